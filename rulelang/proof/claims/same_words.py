"""What the parts of a rulebook mean, so that versions whose rules are the same word for word need no solver.

Of two versions that differ in comments, titles, citations, the order of sections, what nothing uses, or in names that
say what they were called formerly, every run is the same.  So it is however large the rulebook is.
"""

from collections.abc import Hashable, Mapping, Sequence

import attrs
from attrs import define, evolve, field

from rulelang.base.values import ComparedByValue
from rulelang.check.program import (
    CheckedProgram,
    DatumProgram,
    During,
    LimitProgram,
    OrderProgram,
    PeriodProgram,
    PotProgram,
    StepProgram,
)
from rulelang.check.types import Type
from rulelang.run.over_time import counted_by
from rulelang.syntax import nodes

_TOLD = frozenset({"title", "citation", "citations", "former_names", "note"})
"""Parts that no run rests on."""


def in_any_order(type_: Type) -> Type:
    """A type whose choices stand in one order, whichever they were declared in."""
    return evolve(type_, choices=tuple(sorted(type_.choices)))


@define
class Meaning:
    """What the parts of one version mean, by the names that its data and steps have in all versions.

    A definition means its expression (section 4.4 of the specification).  ``read`` are the data that were met.
    """

    program: CheckedProgram
    names: Mapping[str, str]
    read: dict[str, DatumProgram] = field(factory=dict)

    def of(self, what: object) -> Hashable:
        """The meaning of a part, which is equal to that of another that does the same in every run."""
        match what:
            case nodes.Expression():
                return self._of_expression(what)
            case nodes.Identifier(text=name):
                return self.called(name)
            case OrderProgram(ranks=ranks):  # the names of choices are no names of data
                order = None if ranks is None else frozenset(ranks.items())
                return self.of(what.value), what.highest, order
            case During(period=period):
                return "during", self.called(period)
            case ComparedByValue():
                return self._of_parts(what, **self._names_in(what))
            case tuple():
                return tuple(map(self.of, what))
        assert isinstance(what, Hashable), "parts that are compared are"
        return what

    def _names_in(self, what: ComparedByValue) -> dict[str, Hashable]:
        """The parts that are names, not words of the language; and whether something is decided, whoever decides."""
        match what:
            case StepProgram(name=name, once_during=during):
                once = None if during is None else self.called(during)
                return {"name": self.called(name), "once_during": once, "discretion": what.discretion is not None}
            case LimitProgram(named=str(named)):
                return {"named": self.called(named)}
            case PotProgram(name=name):
                return {"name": self.called(name)}
            case PeriodProgram(name=name, steps=steps):
                return {"name": self.called(name), "steps": tuple(map(self.called, steps))}
        return {}

    def called(self, name: str) -> str:
        """The name that a datum or a step has in all versions; any other name, and any other word, stays as it is."""
        datum = self.program.fields.get(name) or self.program.givens.get(name)
        if datum is not None:
            self.read[name] = datum
        return self.names.get(name, name)

    def _of_parts(self, what: ComparedByValue, **known: Hashable) -> Hashable:
        parts = [one.name for one in attrs.fields(type(what)) if one.eq and one.name not in _TOLD]
        values = [known[name] if name in known else self.of(getattr(what, name)) for name in parts]
        return type(what).__name__, *zip(parts, values, strict=True)

    def _of_expression(self, node: nodes.Expression) -> Hashable:
        if id(node) in self.program.constants:
            return "constant", in_any_order(self.program.types[id(node)].type), self.program.constants[id(node)]
        if not isinstance(node, nodes.Reference):
            return self._of_parts(node)
        definition = self.program.definitions.get(node.name)
        return ("called", self.called(node.name)) if definition is None else self.of(definition.value)


def same_rules(
    programs: Sequence[CheckedProgram], names: Sequence[Mapping[str, str]]
) -> tuple[Meaning, Meaning] | None:
    """The meanings of two versions if every event has the same run under both, by their words; else ``None``."""
    old, new = programs
    if any(_frame(old)[part] != _frame(new)[part] for part in _frame(old)):
        return None
    one, other = Meaning(old, names[0]), Meaning(new, {**names[1], **_by_their_place(old, new, names[1])})
    if one.of(old.stages) != other.of(new.stages) or _periods(one) != _periods(other):
        return None
    if _counted(one) != _counted(other):
        return None
    return (one, other) if filled_the_same(one, other) else None


def filled_the_same(one: Meaning, other: Meaning) -> bool:
    """Whether the data that two versions read, which an event may leave out, are the same where it does."""
    known = {other.names.get(name, name): datum for name, datum in other.read.items()}
    waiting, looked_at = list(one.read), set[str]()
    while waiting:
        name = waiting.pop()
        before, after = one.read[name].if_missing, known[name].if_missing if name in known else None
        if name in looked_at or before is None or after is None:  # without it an event states the value
            continue
        looked_at.add(name)
        if one.of(before) != other.of(after):
            return False
        known = {other.names.get(each, each): datum for each, datum in other.read.items()}
        waiting = list(one.read)
    return True


def _frame(program: CheckedProgram) -> Mapping[str, object]:
    """What a run rests on beside the steps and the data."""
    return {
        "currency": program.currency,
        "currencies": dict(program.currencies),
        "segments": program.segments,
        "holidays": repr(program.calendar),
        "in turn": program.in_turn,
        "edition": program.edition,
    }


def _periods(meaning: Meaning) -> Mapping[str, Hashable]:
    return {meaning.called(name): meaning.of(period) for name, period in meaning.program.periods.items()}


def _counted(meaning: Meaning) -> Mapping[str, Hashable]:
    """Under what each limit with a name counts earlier payments: what is paid into a pot counts in some as well."""
    program = meaning.program
    return {
        meaning.called(name): frozenset(
            (meaning.called(under), segment) for under, segment in counted_by(program, (name, None), name)
        )
        for name in program.limits
    }


def _by_their_place(old: CheckedProgram, new: CheckedProgram, names: Mapping[str, str]) -> Mapping[str, str]:
    """What only the new version calls so, by what stands in its place and only the old one has: steps, periods, limits.

    No event that fits both can speak of it, but for decisions, which each version needs under its own name.
    """
    steps = [step.name for step in old.each_step()], [step.name for step in new.each_step()]
    known = {*names.values()}
    found = {after: before for before, after in zip(*steps, strict=False) if after not in names and before not in known}
    for befores, afters in ((old.periods, new.periods), (old.limits, new.limits)):
        only = [name for name in befores if name not in afters], [name for name in afters if name not in befores]
        found |= {after: before for before, after in zip(*only, strict=False)}
    return found


def decided_alike(old: CheckedProgram, new: CheckedProgram, names: Mapping[str, str]) -> Mapping[str, str]:
    """Decisions of the new version by those of the old one that are the same, though their steps have other names.

    So it is where steps in one place do the same, word for word, and neither version calls them as the other does.
    """
    places = _by_their_place(old, new, names)
    one, other = Meaning(old, {}), Meaning(new, {**names, **places})
    return {
        f"decide {step.name}": f"decide {before}"
        for step in new.each_step()
        if (before := places.get(step.name)) is not None and step.discretion is not None
        if one.of(old.steps[before]) == other.of(step)
    }
