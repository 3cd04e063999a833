"""Which datum, period or named limit of the old rulebook is which of the new one, beyond those of the same name.

A datum is found by its former names, and whatever it is by its use: if everything that names the one reads the same
where it names the other.  So a name that was changed throughout is one renaming, and not a change of all that says it.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Literal

import attrs
from attrs import evolve, frozen

from rulelang.changes.match.canonical import Common, Reading, Token
from rulelang.changes.match.likeness import Bag, common_share
from rulelang.changes.match.ordering import each_once
from rulelang.check.program import CheckedProgram, DatumProgram, StepProgram
from rulelang.syntax import nodes

Sort = Literal["field", "given", "period", "limit"]
_LEAST = Fraction(1, 2)
"""The share of its uses that a name of the same declaration has in common with what it is called now."""
_THIS: Token = ("this", "")


@frozen
class _Declared:
    """A name that only one rulebook has: its sort, its declaration without the name, its note or title, its uses."""

    name: str
    sort: Sort
    declaration: Hashable
    note: str | None
    uses: Bag


def formerly_called(old: CheckedProgram, new: CheckedProgram, known: Mapping[str, str]) -> dict[str, str]:
    """The data of which one was formerly called as the other is, else those with a former name in common."""
    taken = {*known.values()}
    found = []
    for before, after in ((old.fields, new.fields), (old.givens, new.givens)):
        ones = [datum for name, datum in before.items() if name not in known]
        others = [datum for name, datum in after.items() if name not in taken]
        for one, other in product(ones, others):
            if link := former_link(one, other):
                found.append((-link, sorted((one.name, other.name)), one.name, other.name))
    return each_once((old, new) for *_, old, new in sorted(found))


def knowing(program: CheckedProgram, other: CheckedProgram) -> CheckedProgram:
    """The rulebook as it takes an event that calls data as ``other`` does, if a ``formerly`` of either tells which."""
    same = {name: name for name in (*program.fields, *program.givens) if name in other.fields or name in other.givens}
    pairs = same | formerly_called(program, other, same)
    named = {**other.fields, **other.givens}

    def known(datum: DatumProgram) -> DatumProgram:
        if datum.name not in pairs:
            return datum
        names = (pairs[datum.name], *named[pairs[datum.name]].former_names)
        return evolve(datum, former_names=(*datum.former_names, *(name for name in names if name not in taken)))

    taken = program.data_by_any_name
    fields, givens = ({name: known(datum) for name, datum in data.items()} for data in (program.fields, program.givens))
    return (
        program
        if (fields, givens) == (program.fields, program.givens)
        else evolve(program, fields=fields, givens=givens)
    )


def former_link(one: StepProgram | DatumProgram, other: StepProgram | DatumProgram) -> int:
    """2 if one was formerly called as the other is, 1 if both have a former name in common, else 0."""
    if one.name in other.former_names or other.name in one.former_names:
        return 2
    return int(not set(one.former_names).isdisjoint(other.former_names))


def renamed_throughout(one: Reading, other: Reading, known: Common) -> list[tuple[Sort, str, str]]:
    """The names that are only called otherwise wherever they stand, each with its sort: the clearest of them.

    ``known`` are the pairs found so far.  Names that stand beside others are to be looked at again when the others are
    matched.
    """
    olds = _only_here(one, {*known.data, *known.periods, *known.limits})
    news = _only_here(other, {*known.data.values(), *known.periods.values(), *known.limits.values()})
    found = []
    for before in olds:
        for after in news:
            share = _share(before, after)
            if share is not None:
                names = sorted((before.name, after.name))
                found.append((-share, before.declaration != after.declaration, names, before, after))
    best = min((row[0] for row in found), default=None)
    clearest = sorted((row for row in found if row[0] == best), key=lambda row: row[:3])
    pairs = each_once((before.name, after.name) for *_, before, after in clearest)
    return [(one.sort, one.name, pairs[one.name]) for one in olds if one.name in pairs]


def _share(one: _Declared, other: _Declared) -> Fraction | None:
    """What the uses of two names have in common, if that shows that they are one thing."""
    if one.sort != other.sort:
        return None
    is_datum = one.sort in ("field", "given")
    alike = one.declaration == other.declaration
    if not one.uses and not other.uses:
        return Fraction(1) if alike and one.note == other.note and not (is_datum and one.note is None) else None
    share = common_share(one.uses, other.uses)
    if alike:
        return share if share >= _LEAST else None
    return share if share == 1 and not is_datum else None


# ---------------------------------------------------------------------------------------------- what is said of a name


def _only_here(reading: Reading, known: set[str]) -> list[_Declared]:
    """What only this rulebook declares, each with its uses, in which all that only this rulebook has is alike."""
    program = reading.program
    declared: dict[Sort, Collection[str]] = {
        "field": program.fields,
        "given": program.givens,
        "period": program.periods,
        "limit": program.limits,
    }
    free = {name: sort for sort, names in declared.items() for name in names if name not in known}
    if not free:
        return []
    blurred = evolve(reading, tokens={name: _blurred(token) for name, token in reading.tokens.items()})
    uses: dict[str, Bag] = {name: Counter() for name in free}
    for owner, node in _sites(program):
        for name in names_in(node) & free.keys():
            seen = evolve(blurred, tokens={**blurred.tokens, name: _THIS})
            uses[name][blurred.token(owner), seen.written(node)] += 1
    return [_Declared(name, sort, *_declaration(blurred, sort, name), uses[name]) for name, sort in free.items()]


def _blurred(token: Token) -> Token:
    """A name that only one rulebook has, as any other of its sort."""
    side, _, sort = token[0].partition(" ")
    return ("some", sort) if side in ("old", "new") and sort else token


def _sites(program: CheckedProgram) -> Iterator[tuple[str, nodes.Node]]:
    """Every part that may name something, with the name of what it belongs to."""
    for step in program.each_step():
        yield from ((step.name, evolve(clause, cite=None)) for clause in step.syntax.clauses)
    for definition in program.definitions.values():
        yield definition.name.text, definition.value
    for datum in (*program.fields.values(), *program.givens.values()):
        if datum.if_missing is not None:
            yield datum.name, datum.if_missing
    for section in program.rulebook.sections:
        if isinstance(section, nodes.LimitSection):
            yield section.name.text, evolve(section, name=nodes.Identifier(""), title=None)
        elif isinstance(section, nodes.PeriodSection):
            yield section.name.text, section.opener
        elif isinstance(section, nodes.Statement):
            yield "ensure", evolve(section, text="")


def names_in(node: object) -> frozenset[str]:
    """The names inside a part, but for the ids of members in quotes."""
    if isinstance(node, tuple):
        return frozenset().union(*map(names_in, node))
    if isinstance(node, nodes.Reference):
        return frozenset({node.name})
    if isinstance(node, nodes.Identifier):
        return frozenset() if node.quoted else frozenset({node.text})
    if not isinstance(node, nodes.Node):
        return frozenset()
    return frozenset().union(*(names_in(getattr(node, part.name)) for part in attrs.fields(type(node)) if part.eq))


def _declaration(reading: Reading, sort: Sort, name: str) -> tuple[Hashable, str | None]:
    """What a name is declared as, and the note or title beside it."""
    program = reading.program
    if sort in ("field", "given"):
        datum = program.fields[name] if sort == "field" else program.givens[name]
        form = evolve(datum.type, choices=tuple(sorted(datum.type.choices)))
        shape = datum.signed, datum.per_segment, datum.per_defaulter, datum.if_missing is None
        return (reading.meaning(form), *shape), datum.note
    if sort == "period":
        period = program.periods[name]
        return reading.meaning(period, without=("name", "title")), period.title
    limit = program.limits[name]
    return reading.meaning(limit, without=("name", "title")), limit.title
