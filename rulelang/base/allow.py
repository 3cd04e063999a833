"""Allowances: a rulebook or event may allow a warning or note, with a reason, beside the line that earns it.

An allowance is a comment ``# allow CODE: reason``, at the end of the line where the finding starts or on a line of
its own directly above it (several of them may stand above each other).  What is found in a table is allowed beside
the line of the event that names the table.  Errors cannot be allowed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rulelang.base.advice import Advice, Certainty, remove
from rulelang.base.codes import CODES
from rulelang.base.diagnostic import Diagnostic, Severity, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.base.suggest import asked, nearest
from rulelang.base.values import ComparedByValue

ABOUT_ALLOWANCES = frozenset({"unknown-code", "allowance-without-reason", "useless-allowance"})
"""The codes of what is said of allowances themselves."""
# With a colon or at the end of the comment the word is meant as a code; `# allow the broker to pay` is prose.
_ALLOWANCE = re.compile(r"#\s*allow\s+([^\s:]+)(?:\s*:\s*(.*)|\s*$)", re.IGNORECASE | re.DOTALL)


class Allowance(ComparedByValue):
    """One ``# allow CODE: reason``: the code, the reason ("" if none), the line it speaks of, and where it stands."""

    code: str
    reason: str
    line: int
    place: Place
    code_place: Place


def allowances(source: SourceText) -> tuple[Allowance, ...]:
    """The allowances of a rulebook, in the order in which they stand in it."""
    found = [(span, match) for span, match in _matches(source)]
    spoken_of: dict[int, int] = {}
    for span, _ in reversed(found):
        line = source.position(span.start).line
        if _stands_alone(source, span):  # of what the line below speaks of
            spoken_of[line] = spoken_of.get(line + 1, line + 1)
    return tuple(_allowance(source, span, match, spoken_of) for span, match in found)


def _matches(source: SourceText) -> Iterator[tuple[Span, re.Match[str]]]:
    for span in source.comments():
        match = _ALLOWANCE.match(source.slice(span).rstrip())
        if match is not None:
            yield Span(span.start, span.start + match.end()), match


def _stands_alone(source: SourceText, span: Span) -> bool:
    line = source.position(span.start).line
    return not source.text[source.line_start(line) : span.start].strip()


def _allowance(source: SourceText, span: Span, match: re.Match[str], spoken_of: Mapping[int, int]) -> Allowance:
    line = source.position(span.start).line
    reason = (match[2] or "").strip()
    code_span = Span(span.start + match.start(1), span.start + match.end(1))
    return Allowance(match[1], reason, spoken_of.get(line, line), Place(source, span), Place(source, code_span))


def apply_allowances(
    diagnostics: Iterable[Diagnostic], source: SourceText, tables: Sequence[tuple[SourceText, Place]] = ()
) -> tuple[Diagnostic, ...]:
    """The diagnostics without the warnings and notes that a text allows, and with findings on its allowances.

    Only diagnostics of this very ``source`` are allowed, and of the ``tables`` that are named at a place of it; the
    others are passed on.  While there are errors, checks may have been left out, so that nothing is said of allowances
    that allowed nothing.
    """
    found = tuple(diagnostics)
    written = allowances(source)
    said = {allowance: unfit for allowance in written if (unfit := _unfit(allowance)) is not None}
    fit: dict[tuple[int, str], Allowance] = {}
    for allowance in written:
        if allowance not in said and fit.setdefault((allowance.line, allowance.code), allowance) is not allowance:
            said[allowance] = _useless(allowance, f"`{allowance.code}` is allowed twice on the same line")
    kept, used = [], set()
    named = {id(table): place for table, place in tables}
    for diagnostic in found:
        key = (_line(diagnostic, source, named), diagnostic.code)
        if key in fit and diagnostic.severity is not Severity.ERROR:
            used.add(fit[key])
        else:
            kept.append(diagnostic)
    if all(diagnostic.severity is not Severity.ERROR for diagnostic in found):
        said |= {allowance: _idle(allowance, kept, named) for allowance in fit.values() if allowance not in used}
    return (*kept, *(said[allowance] for allowance in written if allowance in said))


def _line(diagnostic: Diagnostic, source: SourceText, named: Mapping[int, Place]) -> int:
    """The line of this source where the diagnostic points, or its table is named; 0 if it points elsewhere."""
    place = diagnostic.place
    place = None if place is None else named.get(id(place.source), place)
    if place is None or place.source is not source or place.position is None:
        return 0
    return place.position.line


def _unfit(allowance: Allowance) -> Diagnostic | None:
    """Why an allowance cannot take effect whatever was found."""
    code = allowance.code
    if code not in CODES:
        return _unknown(allowance)
    if CODES[code].severity == "error":
        return _useless(allowance, f"`{code}` is an error, and errors cannot be allowed")
    if not any(character.isalnum() for character in allowance.reason):
        return finding(
            "allowance-without-reason",
            f"`{code}` is allowed without a reason, so it is still reported",
            allowance.place,
            help=f"say why: `# allow {code}: …`",
        )
    return None


def _unknown(allowance: Allowance) -> Diagnostic:
    near = nearest(allowance.code, [code for code, row in CODES.items() if row.severity != "error"])
    return finding(
        "unknown-code",
        f"there is no code `{allowance.code}`",
        allowance.code_place,
        help=asked(allowance.code, near, whole=True),
    )


def _idle(allowance: Allowance, kept: Sequence[Diagnostic], named: Mapping[int, Place]) -> Diagnostic:
    """What is said of an allowance for a finding that is not there, or is elsewhere."""
    source = allowance.place.source
    lines = sorted({_line(diagnostic, source, named) for diagnostic in kept if diagnostic.code == allowance.code} - {0})
    advice = f"it is found on line {lines[0]}; write the comment there" if lines else None
    return _useless(allowance, f"there is no `{allowance.code}` here to allow", advice)


def _useless(allowance: Allowance, message: str, advice: str | None = None) -> Diagnostic:
    place = allowance.place
    assert place.span is not None, "an allowance is a comment of a text"
    away = Advice("take the comment away", (remove(place.source, place.span, "the comment", Certainty.SURE),))
    return finding("useless-allowance", message, place, help=advice or away)
