"""Header, currency, segments, parties, fields, givens and definitions: what differs."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TypeVar

from attrs import evolve, frozen

from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.sides import NEITHER, Sides, datum_text, one_line
from rulelang.changes.match.canonical import Reading
from rulelang.changes.match.definitions import definition_users
from rulelang.changes.match.ordering import merged, side_by_side
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.syntax import nodes
from rulelang.syntax.format.phrases import quoted
from rulelang.syntax.format.printer import print_expression

_Part = TypeVar("_Part", nodes.Identifier, nodes.PartySection, nodes.Datum)
_Section = TypeVar("_Section", bound=nodes.Node)


def header_edits(sides: Sides) -> Iterator[Edit]:
    """Title, version and citation of the rulebook, and its currency."""
    old, new = (program.rulebook for program in sides.programs)
    spans = old.span, new.span
    yield from sides.retitled(spans, NEITHER, old.title, new.title, "rulebook")
    versions = _version(old), _version(new)
    if versions[0] != versions[1]:
        yield sides.edit("version-changed", spans, texts=versions)
    yield from sides.recited(spans, NEITHER, old.cite, new.cite, "rulebook")
    one, other = (_all(program, nodes.CurrencySection)[0] for program in sides.programs)
    if one.code != other.code:
        yield sides.edit("currency-changed", (one.span, other.span), texts=(one_line(one), one_line(other)))


def _version(rulebook: nodes.Rulebook) -> str | None:
    if rulebook.version is None:
        return None
    return f"version {rulebook.version if rulebook.version_is_date else quoted(rulebook.version)}"


def _all(program: CheckedProgram, kind: type[_Section]) -> list[_Section]:
    return [section for section in program.rulebook.sections if isinstance(section, kind)]


def segment_edits(sides: Sides) -> Iterator[Edit]:
    """Segments added and removed, and another order of those that both rulebooks have."""
    old, new = (
        {name.text: name for section in _all(program, nodes.SegmentsSection) for name in section.names}
        for program in sides.programs
    )
    yield from _wholes(sides, old, new, "segment", one_line)
    orders = [name for name in old if name in new], [name for name in new if name in old]
    if orders[0] != orders[1]:
        texts = f"segments {', '.join(old)}", f"segments {', '.join(new)}"
        spans = old[orders[0][0]].span, new[orders[1][0]].span
        yield sides.edit("segments-reordered", spans, texts=texts)


def party_edits(sides: Sides) -> Iterator[Edit]:
    """Parties added and removed, and their titles."""
    old, new = ({s.name.text: s for s in _all(program, nodes.PartySection)} for program in sides.programs)
    yield from _wholes(sides, old, new, "party", one_line)
    for name, after in new.items():
        before = old.get(name)
        if before is not None:
            spans = before.span, after.span
            yield from sides.retitled(spans, (name, name), before.title, after.title, "party")


def _wholes(
    sides: Sides, old: Mapping[str, _Part], new: Mapping[str, _Part], part: str, text: Callable[[_Part], str]
) -> Iterator[Edit]:
    """What only one of the rulebooks has, by name, in the order of the new one."""
    places = merged(list(old), list(new), {name: name for name in old if name in new})
    for one, other in side_by_side(list(old.items()), list(new.items()), places):
        if one is None and other is not None:
            yield sides.added(part, _name_of(other[1]).span, other[0], text(other[1]))
        elif other is None and one is not None:
            yield sides.removed(part, _name_of(one[1]).span, one[0], text(one[1]))


def _name_of(part: nodes.Identifier | nodes.PartySection | nodes.Datum) -> nodes.Identifier:
    return part if isinstance(part, nodes.Identifier) else part.name


# ------------------------------------------------------------------------------------------------- fields and givens


@frozen
class _DatumKind:
    """Fields or givens: where they stand, and what they hold."""

    part: str
    programs: Callable[[CheckedProgram], Mapping[str, DatumProgram]]
    syntax: Callable[[CheckedProgram], dict[str, nodes.Datum]]


_DATA = (
    _DatumKind(
        "field",
        lambda program: program.fields,
        lambda program: {d.name.text: d for s in _all(program, nodes.MembersSection) for d in s.fields},
    ),
    _DatumKind(
        "given",
        lambda program: program.givens,
        lambda program: {s.datum.name.text: s.datum for s in _all(program, nodes.GivenSection)},
    ),
)


def datum_edits(sides: Sides) -> Iterator[Edit]:
    """Fields, then givens: added, removed and changed."""
    for kind in _DATA:
        old, new = (kind.syntax(program) for program in sides.programs)
        yield from _wholes(sides, old, new, kind.part, datum_text)
        for name, after in new.items():
            if name in old:
                yield from _changed_datum(sides, kind, old[name], after)


def _changed_datum(sides: Sides, kind: _DatumKind, old: nodes.Datum, new: nodes.Datum) -> Iterator[Edit]:
    name = new.name.text
    names, spans = (name, name), (old.name.span, new.name.span)
    if _datum_form(sides.old, old) != _datum_form(sides.new, new):
        meanings = (_datum_meaning(reading, kind.programs(reading.program)[name]) for reading in (sides.old, sides.new))
        texts = datum_text(old), datum_text(new)
        yield sides.edit(f"{kind.part}-changed", spans, names, texts, same=len(set(meanings)) == 1)
    yield from sides.retitled(spans, names, old.note, new.note, kind.part, "note")


def _datum_form(reading: Reading, datum: nodes.Datum) -> Hashable:
    return reading.written(evolve(datum, note=None))


def _datum_meaning(reading: Reading, datum: DatumProgram) -> Hashable:
    """The order in which the values of a choice are declared has no meaning."""
    in_order = evolve(datum.type, choices=tuple(sorted(datum.type.choices)))
    return reading.meaning(evolve(datum, type=in_order), without=("note",))


# ------------------------------------------------------------------------------------------------------- definitions


def definition_edits(sides: Sides) -> Iterator[Edit]:
    """Definitions added, removed, renamed and changed."""
    old, new = (program.definitions for program in sides.programs)
    users = definition_users(sides.old), definition_users(sides.new)
    places = merged(list(old), list(new), sides.matching.definitions)
    for before, after in side_by_side(list(old.values()), list(new.values()), places):
        if before is not None and after is not None:
            idle = users[0][before.name.text].isdisjoint(users[1][after.name.text])
            yield from _changed_definition(sides, before, after, idle=idle)
        elif after is not None:
            yield sides.added("definition", after.name.span, after.name.text, print_expression(after.value))
        elif before is not None:
            yield sides.removed("definition", before.name.span, before.name.text, print_expression(before.value))


def _changed_definition(
    sides: Sides, old: nodes.DefineSection, new: nodes.DefineSection, *, idle: bool
) -> Iterator[Edit]:
    """``idle``: no step and no invariant uses it in both rulebooks."""
    one, other = old.name.text, new.name.text
    names, spans = (one, other), (old.name.span, new.name.span)
    if one != other:
        yield sides.edit("definition-renamed", spans, names, names)
    if sides.old.written(old.value) != sides.new.written(new.value):
        texts = print_expression(old.value), print_expression(new.value)
        textual = idle or sides.old.definition(one) == sides.new.definition(other)
        yield sides.edit("definition-changed", spans, names, texts, same=textual)
    yield from sides.retitled(spans, names, old.note, new.note, "definition", "note")
    yield from sides.recited(spans, names, old.cite, new.cite, "definition")
