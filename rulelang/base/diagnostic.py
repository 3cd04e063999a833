"""Diagnostics: frozen values that say what is wrong, where, why it matters and what to do.

Nothing in the project turns a diagnostic into text except :mod:`rulelang.base.render`; exceptions only carry them.
"""

import enum
from collections.abc import Iterable
from typing import TypedDict

from rulelang.base.advice import Fix, Help, fixes_of
from rulelang.base.codes import CODES
from rulelang.base.source import Place, readable
from rulelang.base.values import ComparedByValue


class Severity(enum.Enum):
    """How much a diagnostic weighs: errors stop, warnings are findings, notes are for information."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Label(ComparedByValue):
    """A second place that shows why, with what is to be seen there."""

    place: Place
    text: str


class Diagnostic(ComparedByValue):
    """One finding.

    ``code`` is a word from :data:`rulelang.base.codes.CODES`; ``message`` says on one line what is wrong, in domain
    words with the values; ``place`` is the smallest text whose edit mends it and ``marker`` what stands beside the
    carets there; ``labels`` show why; ``helps`` say what to do; ``fixes`` are the edits of which the helps speak;
    ``breadcrumb`` is the way from the rulebook down to the place, and ``citation`` the rule that stands there.
    """

    code: str
    severity: Severity
    message: str
    place: Place | None = None
    marker: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    breadcrumb: tuple[str, ...] = ()
    citation: str | None = None


class Details(TypedDict, total=False):
    """What :func:`finding` may be told beside code, message and place, for those that pass it on."""

    marker: str
    labels: Iterable[Label]
    notes: Iterable[str]
    help: Help | None
    breadcrumb: Iterable[str]
    citation: str | None


def finding(  # noqa: PLR0913 - a diagnostic is what these say
    code: str,
    message: str,
    place: Place | None = None,
    *,
    marker: str = "",
    labels: Iterable[Label] = (),
    notes: Iterable[str] = (),
    help: Help | None = None,  # noqa: A002 - the word of the rendered diagnostic
    breadcrumb: Iterable[str] = (),
    citation: str | None = None,
) -> Diagnostic:
    """A diagnostic whose severity is the one its code has in the table of codes."""
    return Diagnostic(
        code,
        Severity(CODES[code].severity),
        readable(message),
        place,
        marker,
        tuple(labels),
        tuple(notes),
        () if help is None else (str(help),),
        fixes_of(help, place),
        tuple(breadcrumb),
        citation,
    )


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics by file and place; those without a place first, those of one place as they were found."""

    def key(diagnostic: Diagnostic) -> tuple[str, int]:
        place = diagnostic.place
        if place is None:
            return "", -1
        return place.source.name, -1 if place.span is None else place.span.start

    return sorted(diagnostics, key=key)


def each_once(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics in order, those that say the same of the same place once."""
    return tuple(in_order({(found.code, found.message, found.place): found for found in diagnostics}.values()))


class RulelangError(Exception):
    """What is raised to whoever calls from Python: it carries diagnostics, in the order in which they were found.

    ``diagnostics`` holds at least one error; warnings found on the way may stand beside it.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep the diagnostics; the text of the exception is the messages alone, for tracebacks."""
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in self.diagnostics))

    def __reduce__(self) -> tuple[type["RulelangError"], tuple[tuple[Diagnostic, ...]]]:
        """How another process makes the error again: from its diagnostics."""
        return type(self), (self.diagnostics,)


class ReadError(RulelangError):
    """A file cannot be read or is not text of the language."""


class CheckError(RulelangError):
    """A rulebook or an event was read but does not check."""


class RunError(RulelangError):
    """A run met a value the rules do not allow: a negative limit, a missing decision, a division by zero."""


class InternalError(RulelangError):
    """An invariant of every run is broken; the fault is the program's, and nothing was written."""
