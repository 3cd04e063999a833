"""Missing values: what the rulebook's ``if missing`` puts in their place, with a note of every use."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from attrs import define, field

from rulelang.check.expressions import references
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.trouble import Trouble
from rulelang.check.values import spoken
from rulelang.model.event import Event
from rulelang.model.trail import MissingUse
from rulelang.run.evaluate import Evaluation
from rulelang.run.state import RunState

Fields = Mapping[tuple[str, str | None], Mapping[str, Any]]
Givens = Mapping[tuple[str, str | None], Any]


def fill_missing(program: CheckedProgram, event: Event) -> tuple[Fields, Givens, tuple[MissingUse, ...]]:
    """The event's data with every missing value filled in, and the uses in the order of their names.

    Raises:
        Trouble: a value cannot be worked out, or is negative where the type is not signed.
    """
    if None not in event.givens.values() and not any(None in column.values() for column in event.fields.values()):
        return event.fields, event.givens, ()
    filling = _Filling(program, event)
    filling.run()
    return filling.fields, filling.givens, tuple(filling.uses)


@define
class _Filling:
    """Fills one name after the other, each after those its ``if missing`` names; the checker refused circles."""

    program: CheckedProgram
    event: Event
    fields: dict[tuple[str, str | None], dict[str, Any]] = field(factory=dict)
    givens: dict[tuple[str, str | None], Any] = field(factory=dict)
    uses: list[MissingUse] = field(factory=list)
    done: set[str] = field(factory=set)

    def run(self) -> None:
        self.fields = {key: dict(column) for key, column in self.event.fields.items()}
        self.givens = dict(self.event.givens)
        waiting = [*self.program.fields, *self.program.givens]
        while waiting:
            name = waiting[-1]
            first = [need for need in self._needs(name) if need not in self.done]
            if first and name not in self.done:
                waiting.extend(first)
                continue
            waiting.pop()
            if name not in self.done:
                self.done.add(name)
                self._fill(name)

    def _datum(self, name: str) -> DatumProgram:
        return self.program.fields.get(name) or self.program.givens[name]

    def _needs(self, name: str) -> list[str]:
        node = self._datum(name).if_missing
        known = (*self.program.fields, *self.program.givens)
        return [] if node is None else [r.name for r in references(node) if r.name in known]

    def _fill(self, name: str) -> None:
        datum = self._datum(name)
        node = datum.if_missing
        if node is None:
            return
        for segment in self.program.segments if datum.per_segment else (None,):
            ev = Evaluation(self.program, self.event, self.fields, self.givens, RunState([]), segment)
            key = (name, segment)
            if name in self.program.givens:
                if self.givens[key] is None:
                    self.givens[key] = self._use(datum, None, segment, ev.one(node))
                continue
            column = self.fields[key]
            missing = [member for member in self.event.members if column[member] is None]
            for member, value in zip(missing, ev.column(node, missing), strict=True):
                column[member] = self._use(datum, member, segment, value)

    def _use(self, datum: DatumProgram, member: str | None, segment: str | None, value: Any) -> Any:
        assert datum.if_missing is not None
        if not datum.signed and isinstance(value, int | Fraction) and value < 0:
            shown = spoken(value, datum, self.program.currency)
            message = f"the value for a missing `{datum.name}` is {shown}, below zero, but it is not signed"
            raise Trouble("negative-value", message, datum.if_missing, member)
        words = self.program.source.phrase(datum.if_missing.span)
        self.uses.append(MissingUse(datum.name, member, segment, words, value))
        return value
