"""Which definition of the old rulebook is which of the new one, beyond those of the same name."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from rulelang.base.gather import collected
from rulelang.changes.match.canonical import Reading
from rulelang.changes.match.likeness import common_share
from rulelang.changes.match.ordering import each_once
from rulelang.check.expressions.walk import children, references
from rulelang.check.program import CheckedProgram
from rulelang.syntax import nodes

Users = Mapping[str, frozenset[tuple[object, ...]]]
"""For each definition what uses it, through other definitions too: clauses of steps, named limits, data, invariants."""

Readings = Callable[[dict[str, str]], tuple[Reading, Reading]]
"""Both rulebooks, read with these definitions as the same."""


def renamed_definitions(
    old: CheckedProgram, new: CheckedProgram, known: dict[str, str], readings: Readings
) -> dict[str, str]:
    """The definitions that are only called otherwise: same body, and a common use (or no use at all), old to new.

    Those that name others are looked at again when the others are matched.
    """
    found: dict[str, str] = {}
    while True:
        one, other = readings({**known, **found})
        taken = {*known.values(), *found.values()}
        free_old = [name for name in old.definitions if name not in known and name not in found]
        free_new = [name for name in new.definitions if name not in taken]
        pairs = _best_pairs(one, other, free_old, free_new)
        if not pairs:
            return found
        found |= pairs


def _best_pairs(one: Reading, other: Reading, free_old: list[str], free_new: list[str]) -> dict[str, str]:
    """Of all that fit, those with most use in common first; ties to the names first in the alphabet."""
    bodies = collected((other.written(other.program.definitions[name].value), name) for name in free_new)
    candidates = []
    users_old, users_new = definition_users(one), definition_users(other)
    for old in free_old:
        for new in bodies.get(one.written(one.program.definitions[old].value), ()):
            share = common_share(Counter(users_old[old]), Counter(users_new[new]))
            if share:
                candidates.append((-share, sorted((old, new)), old, new))
    return each_once((old, new) for *_, old, new in sorted(candidates))


def definition_users(reading: Reading) -> Users:
    """Who uses each definition; steps and names as what they stand for."""
    program = reading.program
    users: dict[str, set[tuple[object, ...]]] = {name: set() for name in program.definitions}
    reach: dict[str, frozenset[str]] = {}
    for user, expression in _roots(reading):
        for used in references(expression):
            for name in _reached(program, used.name, reach):
                users[name].add(user)
    return {name: frozenset(found) for name, found in users.items()}


def _roots(reading: Reading) -> Iterator[tuple[tuple[object, ...], nodes.Expression]]:
    """Every expression that a run evaluates for its own sake, with what it belongs to (any ``ensure`` is one user)."""
    for step in reading.program.each_step():
        for clause in step.syntax.clauses:
            for expression in children(clause):
                yield (reading.token(step.name), type(clause).__name__), expression
    for limit in reading.program.limits.values():
        yield reading.token(limit.name), limit.value
    for datum in (*reading.program.fields.values(), *reading.program.givens.values()):
        if datum.if_missing is not None:
            yield reading.token(datum.name), datum.if_missing
    for stated in reading.program.statements:
        for part in (stated.where, stated.condition):
            if part is not None:
                yield (stated.word,), part


def _reached(program: CheckedProgram, name: str, known: dict[str, frozenset[str]]) -> frozenset[str]:
    """A definition and all that it names, through others too; nothing if the name is no definition."""
    if name not in program.definitions:
        return frozenset()
    if name not in known:
        inside = (_reached(program, used.name, known) for used in references(program.definitions[name].value))
        known[name] = frozenset({name}).union(*inside)
    return known[name]
