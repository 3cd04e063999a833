"""Claims and assumptions written for one proof, on the command line or in a file: checked as if the rulebook had them.

They are sections of the language (``ensure``, ``assume``, ``define``) that are put behind the text of the rulebook, so
they may name all that it declares; what is wrong with them is told where they were written.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from attrs import evolve

from rulelang.base.diagnostic import Diagnostic, ReadError, RulelangError, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.base.two_currencies import settle_apart
from rulelang.base.values import types_of_parts
from rulelang.check.expressions.walk import children, references, walk
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook, errors_among
from rulelang.proof.claims.results_read import is_result
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_node
from rulelang.syntax.read import parse_rulebook
from rulelang.syntax.words import RESERVED

Part = TypeVar("Part")
_SECTION = re.compile(r"(?:ensure|assume)\s*\"")
_NO_NAMES = "|".join(
    sorted(RESERVED - set("total_paid remaining used unused paid".split()) | set("rounded also".split()))
)
_NAMED_VERSION = re.compile(rf'"[^"\n]*"|#[^\n]*|\b(?P<version>old|new)(?=\s+(?!(?:{_NO_NAMES})\b)[^\W\d]\w*)')
"""`old` or `new` before a result of a run, or before a definition that may read one; and what it does not stand in."""
_HEAD = 'rulebook "claims"\n'
_FILE = re.compile(r"(?:\s|#[^\r\n]*+)*+(?P<word>rulebook|event|history)\s*\"")


def claim_source(text: str, number: int) -> SourceText:
    """A claim as it was given: a condition, perhaps with ``for survivors`` before it, or a whole ``ensure``."""
    return SourceText.from_text(_section("ensure", text), f"claim {number}")


def assumption_source(text: str, number: int, programs: Sequence[CheckedProgram]) -> SourceText:
    """An assumption as it was given: as a claim is written, or the text of an ``ensure`` of a rulebook."""
    for section in (section for program in programs for section in program.rulebook.sections):
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
    joined = program.source.with_text(text)
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


def plain(source: SourceText) -> SourceText:
    """A source about two versions without the words that name them, blanks in their places."""
    text = _NAMED_VERSION.sub(lambda found: " " * len(found[0]) if found["version"] else found[0], source.text)
    return SourceText(source.name, text, source.path)


def sections_of(source: SourceText) -> list[nodes.Section]:
    """The sections of a source about two versions, which are read but not held against either; their spans are in it.

    Raises:
        ReadError: the source is empty, is a file of its own kind, is no text of the language, or has other sections.
    """
    _refuse_others(source)
    joined = SourceText(source.name, f"{_HEAD}{plain(source).text}", source.path)
    pieces = [(len(_HEAD), source)]
    try:
        rulebook = parse_rulebook(joined)
    except ReadError as error:
        error.diagnostics = tuple(_told(each, source, pieces) for each in error.diagnostics)
        raise
    for section in rulebook.sections:
        place = _place(Place(joined, section.span), source, pieces)
        if not isinstance(section, nodes.EnsureSection | nodes.AssumeSection | nodes.DefineSection):
            raise ReadError([finding("misplaced-part", "this section does not stand among claims", place, help=_HELP)])
    return [_behind_head(section) for section in rulebook.sections]


def _behind_head(part: Part) -> Part:
    """A part of a text that was read with a head before it, as it stands in the text alone."""
    if isinstance(part, tuple):
        return tuple(map(_behind_head, part))  # type: ignore[return-value]
    if not isinstance(part, nodes.Node):
        return part
    parts = {name: _behind_head(getattr(part, name)) for name in types_of_parts(type(part)) if name != "span"}
    return evolve(part, **parts, span=Span(*(at - len(_HEAD) for at in part.span)))


def in_names_of(program: CheckedProgram, other: CheckedProgram, source: SourceText, node: nodes.Node) -> str:
    """The words of a part with the names that data have in a version; the other one, or it formerly, has them too."""
    text, end = "", node.span.start
    inside = [node] if isinstance(node, nodes.Expression) else children(node)
    found = (each for one in inside for each in references(one))
    for name in sorted(found, key=lambda one: one.span):
        text += source.text[end : name.span.start] + _present(program, other, name.name)
        end = name.span.end
    return text + source.text[end : node.span.end]


def _present(program: CheckedProgram, other: CheckedProgram, name: str) -> str:
    """What a datum is called in a version; any other name stays as it is."""
    datum = other.fields.get(name) or other.givens.get(name)
    if name in program.fields or name in program.givens:
        return name
    names = (name,) if datum is None else (name, *datum.former_names)
    known = (program.data_by_any_name.get(each) for each in names)
    return next((one for one in known if one is not None), name)


def statements_for(
    program: CheckedProgram, other: CheckedProgram, source: SourceText, kinds: tuple[type[nodes.Node], ...]
) -> SourceText | None:
    """The definitions and assumptions of a source about two versions as one of them says them; ``None``: it has none.

    Raises:
        ReadError: a definition reads a result of a run, of which it cannot say the version.
    """
    text, end = "", 0
    for section in sections_of(source):
        if not isinstance(section, kinds):
            continue
        words = (found for found in _NAMED_VERSION.finditer(source.text, *section.span) if found["version"])
        results = (each.span for node in children(section) for each in filter(is_result, walk(node)))
        for place in (*results, *(Span(*found.span()) for found in words)):
            message = "what two versions share is said of data, and this is a result of a run"
            raise ReadError([finding("misplaced-part", message, Place(source, place), help=_OF_DATA)])
        # what stands before keeps its place, so that it is told where it was written
        text += re.sub(r"[^\n]", " ", source.text[end : section.span.start])
        text += in_names_of(program, other, source, section)
        end = section.span.end
    return SourceText(source.name, text, source.path) if text else None


_OF_DATA = "write the result in the `ensure`, with `old` or `new` before it"
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
