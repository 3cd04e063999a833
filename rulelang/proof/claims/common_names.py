"""One name for what two versions call differently: data and steps that say what they were called formerly."""

from collections.abc import Mapping, Sequence
from operator import attrgetter

from rulelang.check.expressions.walk import references
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.proof.claims.same_words import Meaning, decided_alike, in_any_order
from rulelang.proof.domain.values import Outside
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_node


def common_names(programs: Sequence[CheckedProgram]) -> list[Mapping[str, str]]:
    """For each version the names that its data, steps and decisions have in the first, where these differ.

    Raises:
        Outside: a datum has another type in the other version, a currency has other decimals there, a step or a datum
            stands for several, or holidays differ, so that days back from the event's are others.
    """
    if len(programs) == 1 or programs[0] is programs[1]:
        return [{} for _ in programs]
    old, new = programs
    if repr(old.calendar) != repr(new.calendar):
        raise Outside("a difference in holidays between the versions")
    for code in old.currencies.keys() & new.currencies.keys():
        if old.currencies[code] != new.currencies[code]:
            raise Outside(f"`{code}`, which has other decimals in the other version,")
    data: dict[str, str] = {}
    for datum in (*new.fields.values(), *new.givens.values()):
        known = [old.data_by_any_name.get(name) for name in (datum.name, *datum.former_names)]
        before = _known_as(datum.name, known, data, "data")
        if before is not None:
            _check_type(old.fields.get(before) or old.givens[before], datum)
    steps: dict[str, str] = {}
    for step in new.each_step():
        named = map(old.step_named, step.names)
        _known_as(step.name, [None if one is None else one.name for one in named], steps, "steps")
    found = {**data, **steps}
    return [{}, {**found, **decided_alike(old, new, found)}]


def _known_as(name: str, known: Sequence[str | None], names: dict[str, str], what: str) -> str | None:
    """What stands for a name of the new version in the old one, which is noted among ``names``.

    One that stands for several is in an event under one name for a version and under another for the other; so nothing
    that the world has by one name is the same in both.
    """
    found = dict.fromkeys(one for one in known if one is not None)
    if len(found) > 1:
        raise Outside(f"`{name}`, which stands for several {what} of the other version,")
    for before in found:
        if before in names.values():
            raise Outside(f"`{name}`, which is one of several {what} that `{before}` of the other version stands for,")
        names[name] = before
        return before
    return None


def _check_type(old: DatumProgram, new: DatumProgram) -> None:
    shape = attrgetter("signed", "per_segment", "per_defaulter")
    if shape(old) != shape(new) or in_any_order(old.type) != in_any_order(new.type):
        raise Outside(f"`{new.name}` has another type in the other version", None, new.name, new.span)


def filled_otherwise(programs: Sequence[CheckedProgram], names: Sequence[Mapping[str, str]]) -> list[DatumProgram]:
    """The data of the new version in whose place the versions put something else where an event leaves them out."""
    old, new = programs[0], programs[-1]
    found = []
    for datum in (*new.fields.values(), *new.givens.values()):
        known = old.fields.get(name := names[-1].get(datum.name, datum.name)) or old.givens.get(name)
        if known is None or known.if_missing is None or datum.if_missing is None:
            continue
        before, after = Meaning(old, names[0]).of(known.if_missing), Meaning(new, names[-1]).of(datum.if_missing)
        # what is put in the place of a pot is rounded, which changes nothing of an amount as it is written
        rounded = (known.name in old.pots) is not (datum.name in new.pots)
        if before != after or (rounded and not isinstance(known.if_missing, nodes.MoneyLiteral)):
            found.append(datum)
    return found


def not_covered(filled: Sequence[DatumProgram], program: CheckedProgram) -> Outside | None:
    """What keeps events that leave out a datum, which versions fill in otherwise, from being covered.

    A given is stated or left out; of a field each member may do either.
    """
    if not filled or (len(filled) == 1 and filled[0].name in program.givens and not filled[0].per_segment):
        return None
    datum = filled[0]
    what = f"`{datum.name}`, which the versions fill in otherwise where it is missing,"
    return Outside(what, None, datum.name, datum.span)


def in_words(program: CheckedProgram, *expressions: nodes.Expression) -> list[str]:
    """The words of some expressions, and of the definitions that they rest on."""
    words: list[str] = []
    waiting = [*expressions]
    while waiting:
        node = waiting.pop()
        if (said := print_node(node)) not in words:
            words.append(said)
            needed = (program.definitions.get(need.name) for need in references(node))
            waiting.extend(definition.value for definition in needed if definition is not None)
    return sorted(words)
