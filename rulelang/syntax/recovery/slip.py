"""A slip: what somebody may have meant, and the diagnostic that says so."""

from attrs import frozen

from rulelang.base.diagnostic import Diagnostic, Fix, Label, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.syntax.recovery.breadcrumbs import Trail

MOST_ERRORS = 100
"""Reading ends after so many errors."""
_SHOWN = 40


def quoted(text: str) -> str:
    """A piece of the text for a message, on one line and not too long."""
    plain = " ".join(text.split())
    return f"`{plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + '…'}`"


@frozen(eq=False, repr=False)
class Slip:
    """What somebody may have meant.

    ``replacement`` is put in the place of the characters from ``start`` to ``end``; with ``fix`` it is offered as a
    fix, else it only helps to read on.  The diagnostic points at ``shown`` where that is another place.

    A repair counts if ``beyond`` tokens can follow it and, with ``keyword``, its first word is not read as a name.  A
    ``sure`` slip is reported even if its repair does not count.  Reading then goes on at ``skip``, if that is given;
    after a ``final`` slip it does not go on at all.
    """

    code: str
    message: str
    start: int
    end: int
    replacement: str | None = None
    help: str | None = None
    marker: str = ""
    fix: bool = True
    shown: tuple[int, int] | None = None
    labels: tuple[tuple[int, int, str], ...] = ()
    beyond: int = 2
    sure: bool = False
    keyword: bool = False
    skip: int | None = None
    final: bool = False


def diagnostic(source: SourceText, slip: Slip, trail: Trail | None = None) -> Diagnostic:
    """The diagnostic of a slip, with the way down to it."""
    start, end = slip.shown or (slip.start, slip.end)
    offers = slip.fix and slip.replacement is not None
    return finding(
        slip.code,
        slip.message,
        Place(source, Span(start, end)),
        marker=slip.marker,
        labels=[Label(Place(source, Span(first, last)), text) for first, last, text in slip.labels],
        help=slip.help,
        fixes=[Fix(Place(source, Span(slip.start, slip.end)), slip.replacement or "")] if offers else [],
        breadcrumb=trail.crumbs if trail else (),
        citation=trail.citation if trail else None,
    )
