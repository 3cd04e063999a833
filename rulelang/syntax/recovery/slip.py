"""A slip: what somebody may have meant, and the diagnostic that says so."""

from attrs import frozen

from rulelang.base.diagnostic import Diagnostic, Fix, Label, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.syntax.recovery.breadcrumbs import Trail

MOST_ERRORS = 100
"""Reading ends after so many errors."""
_SHOWN = 40

Offsets = tuple[int, int]
"""A piece of the text: the offsets of its first character and of the one behind its last."""


def quoted(text: str) -> str:
    """A piece of the text for a message, on one line and not too long."""
    plain = " ".join(text.split())
    return f"`{plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + '…'}`"


@frozen(eq=False, repr=False)
class Slip:
    """What somebody may have meant.

    ``replacement`` is put in the place of the text at ``span``; with ``fix`` it is offered as a fix, else it only helps
    to read on.  The diagnostic points at ``shown`` where that is another place.

    A repair counts if ``beyond`` tokens can follow it and, with ``keyword``, its first word is not read as a name.  A
    ``sure`` slip is reported even if its repair does not count.  Reading then goes on at ``skip``, if that is given.
    """

    code: str
    message: str
    span: Offsets
    replacement: str | None = None
    help: str | None = None
    fix: bool = True
    shown: Offsets | None = None
    labels: tuple[tuple[Offsets, str], ...] = ()
    beyond: int = 2
    sure: bool = False
    keyword: bool = False
    skip: int | None = None


def diagnostic(source: SourceText, slip: Slip, trail: Trail | None = None) -> Diagnostic:
    """The diagnostic of a slip, with the way down to it."""

    def place(offsets: Offsets) -> Place:
        return Place(source, Span(*offsets))

    return finding(
        slip.code,
        slip.message,
        place(slip.shown or slip.span),
        labels=[Label(place(offsets), text) for offsets, text in slip.labels],
        help=slip.help,
        fixes=[Fix(place(slip.span), slip.replacement)] if slip.fix and slip.replacement is not None else [],
        breadcrumb=trail.crumbs if trail else (),
        citation=trail.citation if trail else None,
    )
