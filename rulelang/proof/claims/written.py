"""Claims and assumptions written for one proof, on the command line or in a file: checked as if the rulebook had them.

They are sections of the language (``ensure``, ``assume``, ``define``) that are put behind the text of the rulebook, so
they may name all that it declares; what is wrong with them is told where they were written.
"""

import re
from collections.abc import Iterator, Sequence

from attrs import evolve

from rulelang.base.diagnostic import Diagnostic, ReadError, RulelangError, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.base.two_currencies import settle_apart
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook, errors_among
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_node

_SECTION = re.compile(r"(?:ensure|assume)\s*\"")
_FILE = re.compile(r"(?:\s|#[^\r\n]*+)*+(?P<word>rulebook|event|history)\s*\"")


def claim_source(text: str, number: int) -> SourceText:
    """A claim as it was given: a condition, perhaps with ``for survivors`` before it, or a whole ``ensure``."""
    return SourceText.from_text(_section("ensure", text), f"claim {number}")


def assumption_source(text: str, number: int, program: CheckedProgram) -> SourceText:
    """An assumption as it was given: as a claim is written, or the text of an ``ensure`` of the rulebook."""
    for section in program.rulebook.sections:
        if isinstance(section, nodes.EnsureSection) and section.text == text:
            parts = section.text, section.condition, section.population, section.where, section.cite
            return SourceText.from_text(print_node(nodes.AssumeSection(*parts)), f"assumption {number}")
    return SourceText.from_text(_section("assume", text), f"assumption {number}")


def _section(word: str, text: str) -> str:
    written = " ".join(text.split())
    if _SECTION.match(written):
        return written
    title, condition = written.replace('"', "'"), written.removeprefix(":").strip()
    scoped = re.match(r"for\s+(?:members|survivors|defaulters)\b", condition)
    return f'{word} "{title.removeprefix(":").strip()}"{" " if scoped else ": "}{condition}'


def with_statements(program: CheckedProgram, sources: Sequence[SourceText]) -> CheckedProgram:
    """The rulebook with the sections of some sources behind its own.

    Raises:
        ReadError: a source is empty, is a file of its own kind, or is no text of the language.
        CheckError: what it says does not fit the rulebook.
    """
    for source in sources:
        _refuse_others(source)
    text, starts = program.source.text, list[int]()
    for source in sources:
        starts.append(len(text) + 1)
        text = f"{text}\n{source.text}"
    joined = evolve(program.source, text=text, written=None)
    pieces = list(zip(starts, sources, strict=True))
    try:
        found = check_rulebook(joined)
    except RulelangError as error:
        told = errors_among(error.diagnostics) or error.diagnostics
        error.diagnostics = tuple(_told(each, program.source, pieces) for each in told)
        raise
    for section in found.rulebook.sections:
        place = _place(Place(joined, section.span), program.source, pieces)
        if place.source is program.source:
            continue
        if not isinstance(section, nodes.EnsureSection | nodes.AssumeSection | nodes.DefineSection):
            raise ReadError([finding("misplaced-part", "this section does not stand among claims", place, help=_HELP)])
    return found


_HELP = "write `ensure`, `assume` and `define` here, and all else in the rulebook"


def _refuse_others(source: SourceText) -> None:
    if not re.sub(r"#[^\r\n]*", "", source.text).strip():
        message = f"{source.name} holds no claim"
        raise ReadError([finding("empty-file", message, Place(source, Span(0, 0)), help=_HELP)])
    other = _FILE.match(source.text)
    if other is not None:
        message = f"{source.name} is a {other['word']}, where claims are due"
        place = Place(source, Span(*other.span("word")))
        raise ReadError([finding("wrong-kind-of-file", message, place, help=_HELP)])


def _told(found: Diagnostic, rulebook: SourceText, pieces: Sequence[tuple[int, SourceText]]) -> Diagnostic:
    """A finding with its places in the texts in which they were written."""
    labels = tuple(evolve(label, place=_place(label.place, rulebook, pieces)) for label in found.labels)
    place = None if found.place is None else _place(found.place, rulebook, pieces)
    return evolve(found, place=place, labels=labels, fixes=())


def _place(place: Place, rulebook: SourceText, pieces: Sequence[tuple[int, SourceText]]) -> Place:
    for start, source in reversed(pieces):
        if place.span is not None and place.span.start >= start:
            ends = (min(at - start, len(source.text)) for at in place.span)
            return Place(source, Span(*ends))
    return Place(rulebook, place.span)


def _data_apart(old: CheckedProgram, new: CheckedProgram) -> Iterator[Diagnostic]:
    """What only one of two versions declares, so that no event fits both; former names count."""
    for kind, before, after in (("field", old.fields, new.fields), ("given", old.givens, new.givens)):
        known = {name for datum in after.values() for name in (datum.name, *datum.former_names)}
        for name, datum in before.items():
            if known.isdisjoint((name, *datum.former_names)) and datum.if_missing is None:
                yield _apart(old, datum.span, f"the {kind} `{name}` is declared by the old version only")
        known = {name for datum in before.values() for name in (datum.name, *datum.former_names)}
        for name, datum in after.items():
            other = before.get(name)
            if other is not None and other.type.kind is not datum.type.kind:
                message = f"the {kind} `{name}` is {other.type} in the old version and {datum.type} in the new one"
                yield _apart(new, datum.span, message)
            elif known.isdisjoint((name, *datum.former_names)) and datum.if_missing is None:
                yield _apart(new, datum.span, f"the {kind} `{name}` is declared by the new version only")
    yield from _lists_apart(old, new)


def _lists_apart(old: CheckedProgram, new: CheckedProgram) -> Iterator[Diagnostic]:
    if old.currency != new.currency:
        yield settle_apart(old.currency, new.currency)
    if set(old.segments) != set(new.segments):
        before, after = (", ".join(names) or "none" for names in (old.segments, new.segments))
        yield finding("not-comparable", f"the segments of the old version are {before}, those of the new one {after}")


def _apart(program: CheckedProgram, span: Span, message: str) -> Diagnostic:
    advice = "declare it in both versions, or say by `formerly` what it was called before"
    return finding("not-comparable", message, Place(program.source, span), help=advice)


def require_same_data(old: CheckedProgram, new: CheckedProgram) -> None:
    """Make sure that one event can be held against both versions.

    Raises:
        ReadError: they do not declare the same data; every difference is a finding.
    """
    if found := list(_data_apart(old, new)):
        raise ReadError(found)
