"""Header, segments, parties, fields, givens and definitions: what differs."""

from collections.abc import Hashable, Iterator
from functools import partial

from attrs import evolve

from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.sides import NEITHER, Sides, datum_text, one_line
from rulelang.changes.match.canonical import Reading
from rulelang.changes.match.definitions import Users, definition_users
from rulelang.changes.match.ordering import side_by_side
from rulelang.syntax import nodes
from rulelang.syntax.format.phrases import quoted
from rulelang.syntax.format.printer import print_expression


def header_edits(sides: Sides) -> Iterator[Edit]:
    """Title, version and citation of the rulebook, and the currency in which it settles."""
    old, new = (program.rulebook for program in sides.programs)
    spans = old.span, new.span
    yield from sides.retitled(spans, NEITHER, old.title, new.title, "rulebook")
    versions = _version(old), _version(new)
    if versions[0] != versions[1]:
        yield sides.edit("version-changed", spans, texts=versions)
    yield from sides.recited(spans, NEITHER, old.cite, new.cite, "rulebook")
    (one,), (other,) = sides.sections(nodes.CurrencySection)
    if one.code != other.code:
        yield sides.edit("currency-changed", (one.span, other.span), texts=(one_line(one), one_line(other)))


def _version(rulebook: nodes.Rulebook) -> str | None:
    if rulebook.version is None:
        return None
    return f"version {rulebook.version if rulebook.version_is_date else quoted(rulebook.version)}"


def segment_edits(sides: Sides) -> Iterator[Edit]:
    """Segments added and removed, and another order of those that both rulebooks have."""
    old, new = (
        {name.text: name for section in sections for name in section.names}
        for sections in sides.sections(nodes.SegmentsSection)
    )
    yield from sides.things("segment", side_by_side((old, new)), lambda name: (name.span, name.text, one_line(name)))
    orders = [name for name in old if name in new], [name for name in new if name in old]
    if orders[0] != orders[1]:
        texts = f"segments {', '.join(old)}", f"segments {', '.join(new)}"
        spans = old[orders[0][0]].span, new[orders[1][0]].span
        yield sides.edit("segments-reordered", spans, texts=texts)


def party_edits(sides: Sides) -> Iterator[Edit]:
    """Parties added and removed, then their titles."""
    old, new = ({party.name.text: party for party in parties} for parties in sides.sections(nodes.PartySection))
    yield from sides.things(
        "party", side_by_side((old, new)), lambda party: (party.name.span, party.name.text, one_line(party))
    )
    for name, after in new.items():
        if name in old:
            yield from sides.retitled((old[name].span, after.span), (name, name), old[name].title, after.title, "party")


def datum_edits(sides: Sides) -> Iterator[Edit]:
    """Fields, then givens: added, removed, renamed and changed."""
    fields = [[datum for section in each for datum in section.fields] for each in sides.sections(nodes.MembersSection)]
    givens = [[section.datum for section in each] for each in sides.sections(nodes.GivenSection)]
    for part, both in (("field", fields), ("given", givens)):
        old, new = ({datum.name.text: datum for datum in data} for data in both)
        yield from sides.things(
            part,
            side_by_side((old, new), sides.matching.common.data),
            lambda it: (it.name.span, it.name.text, datum_text(it)),
            partial(_changed_datum, sides, part),
        )


def _changed_datum(sides: Sides, part: str, old: nodes.Datum, new: nodes.Datum) -> Iterator[Edit]:
    one, other = old.name.text, new.name.text
    names, spans = (one, other), (old.name.span, new.name.span)
    yield from sides.renamed(part, spans, names)
    former = tuple(name.text for name in old.formerly), tuple(name.text for name in new.formerly)
    yield from sides.formerly_called(spans, names, *former, part)
    if _datum_form(sides.old, old) != _datum_form(sides.new, new):
        same = _datum_meaning(sides.old, part, one) == _datum_meaning(sides.new, part, other)
        texts = datum_text(evolve(old, formerly=())), datum_text(evolve(new, formerly=()))
        yield sides.edit(f"{part}-changed", spans, names, texts, same=same)
    yield from sides.retitled(spans, names, old.note, new.note, part, "note")


def _datum_form(reading: Reading, datum: nodes.Datum) -> Hashable:
    return reading.written(evolve(datum, note=None, formerly=()))


def _datum_meaning(reading: Reading, part: str, name: str) -> Hashable:
    """The order in which the values of a choice are declared has no meaning."""
    datum = (reading.program.fields if part == "field" else reading.program.givens)[name]
    in_order = evolve(datum.type, choices=tuple(sorted(datum.type.choices)))
    return reading.meaning(evolve(datum, type=in_order), without=("note", "former_names"))


def definition_edits(sides: Sides) -> Iterator[Edit]:
    """Definitions added, removed, renamed and changed."""
    return sides.things(
        "definition",
        side_by_side((program.definitions for program in sides.programs), sides.matching.common.definitions),
        lambda it: (it.name.span, it.name.text, print_expression(it.value)),
        partial(_changed_definition, sides, (definition_users(sides.old), definition_users(sides.new))),
    )


def _changed_definition(
    sides: Sides, users: tuple[Users, Users], old: nodes.DefineSection, new: nodes.DefineSection
) -> Iterator[Edit]:
    """What no step and no invariant uses in both rulebooks changes nothing else."""
    one, other = old.name.text, new.name.text
    names, spans = (one, other), (old.name.span, new.name.span)
    yield from sides.renamed("definition", spans, names)
    if sides.old.written(old.value) != sides.new.written(new.value):
        texts = print_expression(old.value), print_expression(new.value)
        idle = users[0][one].isdisjoint(users[1][other])
        textual = idle or sides.old.definition(one) == sides.new.definition(other)
        yield sides.edit("definition-changed", spans, names, texts, same=textual)
    yield from sides.retitled(spans, names, old.note, new.note, "definition", "note")
    yield from sides.recited(spans, names, old.cite, new.cite, "definition")
