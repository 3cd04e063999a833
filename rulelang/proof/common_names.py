"""One name for what two versions call differently: data and steps that say what they were called formerly."""

from collections.abc import Mapping, Sequence
from operator import attrgetter

from rulelang.check.expressions.walk import references
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.proof.values import Outside
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_node


def common_names(programs: Sequence[CheckedProgram]) -> list[Mapping[str, str]]:
    """For each version the names that its data and steps have in the first, where these differ.

    Raises:
        Outside: a datum has another type in the other version, a step stands for several, or holidays differ, so that
            days back from the event's are others.
    """
    if len(programs) == 1 or programs[0] is programs[1]:
        return [{} for _ in programs]
    old, new = programs
    if repr(old.calendar) != repr(new.calendar):
        raise Outside("a difference in holidays between the versions")
    names: dict[str, str] = {}
    for datum in (*new.fields.values(), *new.givens.values()):
        before = next(
            (old.data_by_any_name[name] for name in (datum.name, *datum.former_names) if name in old.data_by_any_name),
            None,
        )
        if before is not None:
            names[datum.name] = before
            _check_type(old.fields.get(before) or old.givens[before], datum)
    for step in new.each_step():
        known = [one for one in map(old.step_named, step.names) if one is not None]
        if len({one.name for one in known}) > 1:
            raise Outside(f"`{step.name}`, which stands for several steps of the other version,")
        earlier = next(iter(known), None)
        if earlier is not None:
            names[step.name] = earlier.name
    return [{}, names]


def _check_type(old: DatumProgram, new: DatumProgram) -> None:
    kind = attrgetter("type", "signed", "per_segment", "per_defaulter")
    if kind(old) != kind(new):
        raise Outside(f"`{new.name}` has another type in the other version", None, new.name, new.span)


def filled_otherwise(programs: Sequence[CheckedProgram], names: Sequence[Mapping[str, str]]) -> Outside | None:
    """What keeps events that leave out a datum from being covered: the versions put something else in its place."""
    old, new = programs[0], programs[-1]
    for datum in (*new.fields.values(), *new.givens.values()):
        known = old.fields.get(name := names[-1].get(datum.name, datum.name)) or old.givens.get(name)
        if known is None or known.if_missing is None or datum.if_missing is None:
            continue
        if _filled_by(old, known) != _filled_by(new, datum):
            what = f"`{datum.name}`, which the versions fill in otherwise where it is missing,"
            return Outside(what, None, datum.name, datum.span)
    return None


def _filled_by(program: CheckedProgram, datum: DatumProgram) -> list[str]:
    """The words of what is put in the place of a missing value, and of the definitions that it rests on."""
    words: list[str] = []
    waiting: list[nodes.Expression | None] = [datum.if_missing]
    while waiting:
        node = waiting.pop()
        if node is not None and (said := print_node(node)) not in words:
            words.append(said)
            needed = (program.definitions.get(need.name) for need in references(node))
            waiting.extend(definition.value for definition in needed if definition is not None)
    return sorted(words)
