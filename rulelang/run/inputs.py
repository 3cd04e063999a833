"""The data of an event in the numbers of a domain, with what is missing filled in."""

from collections.abc import Collection, Mapping, Sequence

from attrs import define, field

from rulelang.check.expressions.walk import references
from rulelang.check.program import DatumProgram
from rulelang.check.types import Kind
from rulelang.model.trail import MissingUse
from rulelang.run.data import Data, Population
from rulelang.run.domain import Domain
from rulelang.run.expressions import Moment
from rulelang.run.plan import Key, PassPlan, Plan
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import RunState
from rulelang.run.values import Row, Value
from rulelang.syntax import nodes


def make_data(
    plan: Plan,
    domain: Domain,
    losses: Sequence[Value] | None = None,
    givens: Mapping[Key, Value] | None = None,
    cells: Mapping[tuple[Key, int], Value] | None = None,
    populations: Mapping[str, Population] | None = None,
    dealt: Mapping[tuple[str, str, int], Value] | None = None,
) -> Data:
    """The data of the plan's event; ``losses``, ``givens`` and ``cells`` take the place of the event's own.

    ``cells`` are values of fields, each with the position of its member, and ``dealt`` those of fields per defaulter,
    each with the defaulter too; for ``populations`` see :class:`~rulelang.run.data.Data`.

    Raises:
        RuleViolation: a value for what is missing cannot be worked out, or is negative where the type is not signed.
    """
    event = plan.event
    amounts = [loss.amount for loss in event.losses] if losses is None else losses
    fields = {key: [column[member] for member in event.members] for key, column in event.fields.items()}
    for (key, position), value in (cells or {}).items():
        fields[key][position] = value
    with_defaulters = {
        name: {defaulter: [column[member] for member in event.members] for defaulter, column in columns.items()}
        for name, columns in event.with_defaulters.items()
    }
    for (name, defaulter, position), value in (dealt or {}).items():
        with_defaulters[name][defaulter][position] = value
    filling = _Filling(plan, domain, fields, {**event.givens, **(givens or {})}, with_defaulters)
    filling.run()
    uses = tuple(filling.uses)
    return Data(filling.fields, filling.givens, domain.losses(amounts), populations, uses, with_defaulters)


_MEASURES = (Kind.MONEY, Kind.NUMBER, Kind.RATIO)


@define
class _Filling:
    """Fills one name after the other, each after those its ``if missing`` names; the checker refused circles."""

    plan: Plan
    domain: Domain
    fields: dict[Key, Row]
    givens: dict[Key, Value]
    with_defaulters: dict[str, dict[str, Row]]
    done: set[str] = field(factory=set)
    uses: list[MissingUse] = field(factory=list)
    words: dict[str, str] = field(factory=dict)

    def run(self) -> None:
        """Fill in what is missing."""
        program = self.plan.program
        gaps = {key[0] for key, column in self.fields.items() if None in column}
        gaps |= {key[0] for key, value in self.givens.items() if value is None}
        gaps |= {name for name, rows in self.with_defaulters.items() if any(None in row for row in rows.values())}
        if gaps:
            for name in reversed((*program.fields, *program.givens)):
                self._fill(name)

    def _datum(self, name: str) -> DatumProgram | None:
        return self.plan.program.fields.get(name) or self.plan.program.givens.get(name)

    def _rests_on(self, name: str) -> nodes.Expression | None:
        """What a definition says, or the ``if missing`` of a datum."""
        definition = self.plan.program.definitions.get(name)
        if definition is not None:
            return definition.value
        datum = self._datum(name)
        return None if datum is None else datum.if_missing

    def _fill(self, name: str) -> None:
        """Fill in a name after those that it needs; these may be thousands, each resting on the next."""
        waiting, entered = [name], set[str]()
        while waiting:
            name = waiting[-1]
            source = self._rests_on(name)
            if source is None or name in self.done:
                waiting.pop()
            elif name not in entered:
                entered.add(name)
                waiting.extend(need.name for need in references(source))
            else:
                self.done.add(waiting.pop())
                datum = self._datum(name)
                if datum is not None:
                    self._fill_datum(datum, source)

    def _fill_datum(self, datum: DatumProgram, if_missing: nodes.Expression) -> None:
        name = datum.name
        for segment in self.plan.program.segments if datum.per_segment else (None,):
            key = (name, segment)
            if key in self.givens:
                if self.givens[key] is None:
                    value = self._moment(segment).one(if_missing)
                    self.givens[key] = self._allowed(datum, None, segment, value)
                continue
            columns: Collection[tuple[str | None, Row]] = [(None, self.fields[key])] if key in self.fields else []
            if datum.per_defaulter:
                columns = self.with_defaulters[name].items()
            if not any(None in column for _, column in columns):
                continue
            at = self._moment(segment)
            for defaulter, column in columns:
                missing = [place for place, value in enumerate(column) if value is None]
                for place, value in zip(missing, at.column(if_missing, missing), strict=True):
                    column[place] = self._allowed(datum, at.member(place), segment, value, defaulter)

    def _moment(self, segment: str | None) -> Moment:
        """The data as far as they are filled in; nothing of the run is there yet, and all members are."""
        data = Data(self.fields, self.givens, self.domain.losses(()), with_defaulters=self.with_defaulters)
        whole = PassPlan(0, None, (), False, self.plan.populations, ())  # noqa: FBT003 - no period opens
        path = self.domain.joined(None, ())
        return Moment(self.plan, whole, self.domain, data, RunState(data.losses), segment, path=path)

    def _allowed(
        self,
        datum: DatumProgram,
        member: str | None,
        segment: str | None,
        value: Value,
        defaulter: str | None = None,
    ) -> Value:
        if datum.type.kind is Kind.RATE:
            for wrong in self.domain.comparisons("<=", [value], [0]):
                message = f"the value for a missing `{datum.name}` is {value}, but a rate is above zero"
                violation = RuleViolation("rate-not-positive", message, datum.if_missing, member)
                self.domain.refuse(self.domain.joined(None, ()), None, wrong, violation)
        if not datum.signed and datum.type.kind in _MEASURES:
            for _, negative in self.domain.below_zero([value]):
                shown = self.plan.program.show(datum.type, value)
                message = f"the value for a missing `{datum.name}` is {shown}, below zero, but it is not signed"
                violation = RuleViolation("negative-value", message, datum.if_missing, member)
                self.domain.refuse(self.domain.joined(None, ()), None, negative, violation)
        program = self.plan.program
        rounds = datum.name in program.pots and datum.type.kind is Kind.MONEY and program.edition > 1
        if rounds and type(value) is not int:
            value = self.domain.whole(value)
        if datum.name not in self.words:
            assert datum.if_missing is not None
            self.words[datum.name] = self.plan.program.source.phrase(datum.if_missing.span)
        self.uses.append(MissingUse(datum.name, member, segment, self.words[datum.name], value, defaulter))
        return value
