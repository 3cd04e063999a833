"""A slip: what somebody may have meant, and the diagnostic that says so."""

import re
from collections.abc import Iterator

from rulelang.base.advice import Advice, Certainty, Repair, write
from rulelang.base.diagnostic import Diagnostic, Label, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.base.values import ComparedByValue
from rulelang.syntax.parser import MAXIMUM_DEPTH
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


class Slip(ComparedByValue):
    """What somebody may have meant.

    ``replacement`` is put in the place of the text at ``span``; with ``fix`` it is offered as a fix, else it only helps
    to read on, and ``choices`` are what may be meant there.  The diagnostic points at ``shown`` where that is another
    place.

    A repair counts if ``beyond`` tokens can follow it and, with ``keyword``, its first word is not read as a name.  A
    ``sure`` slip is reported even if its repair does not count.  Reading then goes on at ``skip``, if that is given.

    A fix is a guess, as slips are there to read on, unless it is ``plain``: nothing but a spelling is put right, so
    that whoever wrote this cannot have meant anything else.
    """

    code: str
    message: str
    span: Offsets
    replacement: str | None = None
    help: str | None = None
    fix: bool = True
    choices: tuple[str, ...] = ()
    shown: Offsets | None = None
    labels: tuple[tuple[Offsets, str], ...] = ()
    beyond: int = 2
    sure: bool = False
    keyword: bool = False
    skip: int | None = None
    plain: bool = False


def instead(  # noqa: PLR0913 - as a slip
    found: "re.Match[str]",
    own: str,
    what: str,
    help_: str | None = None,
    *,
    code: str = "foreign-word",
    fix: bool = True,
    choices: tuple[str, ...] = (),
    sure: bool = False,
    keyword: bool = False,
) -> Slip:
    """The slip of a phrase that was found: ``what`` is said behind it in the message, ``own`` is written instead."""
    message, help_ = f"{quoted(found[0])} {what}", help_ or f"write `{own.strip()}`"
    return Slip(code, message, found.span(), own, help_, fix, choices, beyond=1, sure=sure, keyword=keyword)


def too_deep(place: Offsets) -> Slip:
    """The slip of what stands in too many expressions."""
    message = f"expressions stand inside each other more than {MAXIMUM_DEPTH} deep here"
    return Slip("nested-too-deeply", message, place, help="give parts of it a name with `define`")


def _repairs(slip: Slip) -> Iterator[Repair]:
    """What may be put in the place of a slip: sure if it is plain, else a guess."""
    at, help_ = Span(*slip.span), slip.help or ""
    if slip.replacement is not None and (slip.fix or (not slip.choices and _named(slip.replacement) in help_)):
        certainty = Certainty.SURE if slip.fix and slip.plain else Certainty.GUESS
        yield Repair(slip.replacement, help_, at, certainty)
    for choice in slip.choices:
        yield write(choice, at) if choice.strip() else Repair("", "take it away", at)


def _named(replacement: str) -> str:
    """How a help names what is put in the place of a slip."""
    return f"`{replacement.strip()}`" if replacement.strip() else "take it away"


def diagnostic(source: SourceText, slip: Slip, trail: Trail | None = None) -> Diagnostic:
    """The diagnostic of a slip, with the way down to it."""

    def place(offsets: Offsets) -> Place:
        return Place(source, Span(*offsets))

    return finding(
        slip.code,
        slip.message,
        place(slip.shown or slip.span),
        labels=[Label(place(offsets), text) for offsets, text in slip.labels],
        help=None if slip.help is None else Advice(slip.help, tuple(_repairs(slip))),
        breadcrumb=trail.crumbs if trail else (),
        citation=trail.citation if trail else None,
    )
