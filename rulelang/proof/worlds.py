"""Symbolic events: members whose data, losses, decisions and earlier payments are free, shared by all runs of a claim.

A world is one kind of event: which members stand alone and which are taken as one, on which day, which periods stand
open.  A claim is proved for all events when it is proved in each world of a family that covers them
(:mod:`rulelang.proof.families`).  What an event says beside that, and what is left free here:

* money, numbers, ratios and rates are variables within the bounds of their types, yes/no and choices are truths;
* every defaulter has a loss in each segment, all of them together above zero; in each segment there may be a loss
  without a defaulter.  Several losses of one owner in one segment do as one of their sum;
* decisions are truths, each with a bound on what is invoked; earlier payments are variables.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import define, evolve, field, frozen

from rulelang.base.money import Exact
from rulelang.check.program import CheckedProgram, DatumProgram, EnsureProgram, StepProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event, Loss, Past, Withdrawal
from rulelang.proof.earlier import EarlierPayments
from rulelang.proof.formulas import Formulas
from rulelang.proof.terms import Formula, Number, Truth, added, conjunction, disjunction, fixed, negation
from rulelang.proof.values import Choice, Outside, Slot, Symbolic, Unread, summed
from rulelang.run.inputs import make_data
from rulelang.run.plan import Plan, TurnPlan, make_plan
from rulelang.run.waterfall import Evaluation
from rulelang.syntax import nodes

Place = tuple[str, str | None]
"""A datum (or a step) by its name in all versions, and a segment."""
Choices = Mapping[Place, str | bool | int]
"""What some members have in common: the value of each datum of choice or yes/no, and what they do."""
LEAVING: Place = ("leaving", None)
"""The choice whether a member has given notice."""
WITHDRAWS = "withdraws under "
"""What the choice is called after which round of a step a member withdraws (0: it does not); the step follows."""
NO_DATED_VALUES = "values as of earlier days"
"""What is missing in an event that has none of these."""
Reading = tuple[str, str | None, str | None, datetime.date]
"""What is read as of a day: a datum (by its name in all versions), a member, a segment, the day."""
LONG_BEFORE = datetime.timedelta(10_000)
"""How long a period that stands open has been: no day that the rules count from its start is after the event."""
SURVIVORS = ("ALPHA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "FOXTROT", "GOLF", "HOTEL")
DEFAULTERS = ("XRAY", "YANKEE", "ZULU", "WHISKEY", "VICTOR", "UNIFORM", "TANGO", "SIERRA")
MOST_ALONE = len(SURVIVORS)
"""So many survivors, and as many defaulters, can stand alone in a world."""


@frozen
class Kinds:
    """Who is in a world: members that stand alone, and choices of those that are taken as one, for each a slot.

    ``leaving`` are those that stand alone and have given notice, ``withdrawn`` after which round of which step they
    withdraw; of a slot both are choices.
    """

    survivors: tuple[str, ...] = ()
    defaulters: tuple[str, ...] = ()
    other_survivors: tuple[Choices, ...] = ()
    other_defaulters: tuple[Choices, ...] = ()
    leaving: frozenset[str] = frozenset()
    withdrawn: Mapping[str, Choices] = field(factory=dict)


@frozen
class Day:
    """When it is: the day of the event, the periods that stand open on it, and what is asked for as of earlier days.

    ``further`` if the losses are further losses of defaults of an earlier day.
    """

    declared: datetime.date
    standing: frozenset[str] = frozenset()
    asked: frozenset[Reading] = frozenset()
    further: bool = False

    def __str__(self) -> str:
        parts = [self.declared.isoformat(), *(f"{name} open" for name in sorted(self.standing))]
        return ", ".join([*parts, "further losses"] if self.further else parts)

    @property
    def start(self) -> datetime.date:
        """The first day of the periods that stand open: so early that all days counted from it are past."""
        return self.declared - LONG_BEFORE if self.declared - datetime.date.min > LONG_BEFORE else datetime.date.min


class AskedAsOf(Exception):
    """Values as of earlier days are asked for, which the event did not have."""

    def __init__(self, asked: frozenset[Reading]) -> None:
        super().__init__()
        self.asked = asked


@define
class World:
    """One symbolic event; ``fixed`` are values of some variables, by their names, ``facts`` what all events obey.

    ``bounded`` if a decision may bound what is invoked; ``missing`` is a datum whose values are all missing.  ``given``
    is the event whose members and whose past these are, if they are those of one.
    ``names`` gives for each version the names that its data and steps have in the world.
    """

    domain: Formulas
    kinds: Kinds
    day: Day
    names: Sequence[Mapping[str, str]]
    fixed: Mapping[str, Symbolic] = field(factory=dict)
    bounded: bool = True
    missing: str | None = None
    given: Event | None = None
    facts: list[Truth] = field(factory=list)
    values: dict[tuple[str, str | None, str | None], Symbolic] = field(factory=dict)
    dealt: dict[tuple[str, str, str], Symbolic] = field(factory=dict)
    losses: dict[tuple[str | None, str | None], Number] = field(factory=dict)
    decisions: dict[str, Truth] = field(factory=dict)
    bounds: dict[str, Number] = field(factory=dict)
    slots: dict[str, Slot] = field(factory=dict)
    rates: list[str] = field(factory=list)
    earlier: EarlierPayments = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.earlier = EarlierPayments(self.domain, self.fixed, self.facts)
        others = (("OTHERS", self.kinds.other_survivors), ("XOTHERS", self.kinds.other_defaulters))
        for stem, kinds in others:
            for place, choices in enumerate(kinds):
                name = f"{stem} {place + 1}"
                self.slots[name] = Slot(name, self.domain.datum(f"number[{name}]"), choices)

    @property
    def survivors(self) -> tuple[str, ...]:
        """The survivors, slots included."""
        return (*self.kinds.survivors, *(name for name in self.slots if name.startswith("OTHERS")))

    @property
    def defaulters(self) -> tuple[str, ...]:
        """The defaulters, slots included."""
        return (*self.kinds.defaulters, *(name for name in self.slots if name.startswith("XOTHERS")))

    @property
    def leaving(self) -> tuple[str, ...]:
        """Those that have given notice."""
        others = (name for name, slot in self.slots.items() if slot.choices.get(LEAVING))
        return (*sorted(self.kinds.leaving), *others)

    @property
    def withdrawals(self) -> tuple[Withdrawal, ...]:
        """Who withdraws after which round of which step."""
        if self.given is not None:
            return self.given.withdrawals
        chosen = {**{name: slot.choices for name, slot in self.slots.items()}, **self.kinds.withdrawn}
        return tuple(
            Withdrawal(member, after, place[0].removeprefix(WITHDRAWS))
            for member, choices in chosen.items()
            for place, after in choices.items()
            if place[0].startswith(WITHDRAWS) and isinstance(after, int) and after
        )

    @property
    def members(self) -> tuple[str, ...]:
        """All members in the order of their ids."""
        return tuple(sorted((*self.survivors, *self.defaulters)))

    # --------------------------------------------------------------------------------------------------- the data

    def datum(self, version: int, datum: DatumProgram, segment: str | None, member: str | None) -> Symbolic:
        """The value of a datum: for a member, or (``None``) of the event."""
        name = self.names[version].get(datum.name, datum.name)
        if name == self.missing:
            return None
        key = (name, segment, member)
        if key not in self.values:
            self.values[key] = self._value(label(name, segment, member), datum, member, (name, segment))
        return self.values[key]

    def _value(self, name: str, datum: DatumProgram, member: str | None, place: Place) -> Symbolic:
        slot = None if member is None else self.slots.get(member)
        if name in self.fixed:
            return self.fixed[name]
        if slot is not None and place in slot.choices:
            return slot.choices[place]
        kind = datum.type.kind
        match kind:
            case Kind.MONEY | Kind.NUMBER | Kind.RATIO | Kind.RATE:
                low = None if datum.signed else 0
                value = self.domain.datum(name, low, whole=kind is Kind.MONEY and self._is_whole(datum))
                if slot is not None:
                    nobody = self.domain.equal(value, 0)
                    self.facts.append(disjunction(self.domain.at_most(1, slot.number), nobody))
                    return summed(value, slot)
                if member is None:
                    self.domain.is_shared(value)
                if kind is Kind.RATE:
                    self.rates.append(name)
                    self.facts.append(self.domain.less(0, value))
                return value
            case Kind.YES_NO:
                return self.domain.datum_truth(name)
            case Kind.CHOICE:
                return self._choice(name, datum.type.choices)
            case _:
                return Unread(datum.name, f"{'a ' * (kind is Kind.DATE)}{kind.value}", datum.span)

    def _choice(self, name: str, options: Sequence[str]) -> Choice:
        """Exactly one option holds: each that comes before the others is a truth where none before it holds."""
        truths: dict[str, Truth] = {}
        rest: Truth = True
        for option in options[:-1]:
            chosen = self.domain.datum_truth(f"{name} is {option}")
            truths[option] = conjunction(rest, chosen)
            rest = conjunction(rest, negation(chosen))
        return Choice({**truths, options[-1]: rest})

    def _is_whole(self, datum: DatumProgram) -> bool:
        """Money of an event is in whole minor units; what ``if missing`` puts in its place need not be."""
        return datum.if_missing is None or isinstance(datum.if_missing, nodes.MoneyLiteral)

    def _loss(self, member: str | None, segment: str | None) -> Number:
        key = (member, segment)
        if key not in self.losses:
            name = label("loss" if member is not None else "non-default loss", segment, member)
            value = self.fixed.get(name)
            self.losses[key] = self.domain.datum(name, whole=True) if value is None else value
            slot = None if member is None else self.slots.get(member)
            if slot is not None:
                nobody = self.domain.equal(self.losses[key], 0)
                self.facts.append(disjunction(self.domain.at_most(1, slot.number), nobody))
        return self.losses[key]

    # ---------------------------------------------------------------------------------------------------- the runs

    def run(
        self,
        version: int,
        program: CheckedProgram,
        ensures: tuple[EnsureProgram, ...] = (),
        more: Mapping[tuple[str | None, str | None], Number] | None = None,
    ) -> Evaluation:
        """A run of a version over this world, which judges some invariants; ``more`` is added to the losses.

        Raises:
            Outside: the run meets what is not encoded.
        """
        program = evolve(program, ensures=ensures, assumes=())
        segments: Sequence[str | None] = program.segments or (None,)
        owners = [*self.defaulters, None]
        places = [(owner, segment) for owner in owners for segment in segments]
        amounts = [self._loss(*place) for place in places]
        for owner in self.kinds.defaulters:
            own = added([self._loss(owner, segment) for segment in segments])
            self.facts.append(self.domain.less(0, own))
        event = self._event(version, program, places)
        position = {member: place for place, member in enumerate(event.members)}
        self.domain.slots = {position[name]: slot for name, slot in self.slots.items()}
        self.domain.owners = tuple(None if owner is None else position[owner] for owner, _ in places)
        if more is not None:
            amounts = [amount + more[place] for place, amount in zip(places, amounts, strict=True)]
        plan = self._plan(version, make_plan(program, event))
        if program.in_turn and any(not fixed(slot.number) for slot in self.slots.values() if slot.name[0] == "X"):
            raise Outside("defaults in turn, for any number of defaulters")
        dealt = {
            (name, defaulter, position[member]): self._dealt(version, datum, defaulter, member)
            for name, datum in program.fields.items()
            if datum.per_defaulter
            for defaulter in event.defaulters
            for member in event.members
        }
        data = make_data(plan, self.domain, losses=amounts, dealt=dealt)
        if self.given is None:
            data = evolve(data, earlier_defaults={name: self.defaulted(name) for name in program.periods})
        evaluation = Evaluation(plan, self.domain, data, None, {})
        evaluation.run(judging=True)
        self._check_readings(version, evaluation)
        return evaluation

    def _check_readings(self, version: int, evaluation: Evaluation) -> None:
        """Values that were read as of earlier days must be those of the event, which dates one on each such day.

        Values of other days may then be anything, so nothing is lost: the latest value dated on or before a day is
        free.  An event that has none of that day is refused by the run.
        """
        names = self.names[version]
        asked = {
            (names.get(name, name), member, segment, day)
            for name, member, segment, day in evaluation.readings or ()
            if day < self.day.declared
        }
        if self.given is None and self.missing != NO_DATED_VALUES and not asked <= self.day.asked:
            raise AskedAsOf(frozenset(asked))

    def _event(self, version: int, program: CheckedProgram, places: Sequence[tuple[str | None, str | None]]) -> Event:
        segments = {True: program.segments, False: (None,)}
        fields = {
            (name, segment): {member: self.datum(version, datum, segment, member) for member in self.members}
            for name, datum in program.fields.items()
            if not datum.per_defaulter
            for segment in segments[datum.per_segment]
        }
        givens = {
            (name, segment): self.datum(version, datum, segment, None)
            for name, datum in program.givens.items()
            for segment in segments[datum.per_segment]
        }
        columns: dict[str, dict[str, dict[str, Symbolic]]] = {
            name: {defaulter: dict.fromkeys(self.members, 0) for defaulter in self.defaulters}
            for name, datum in program.fields.items()
            if datum.per_defaulter
        }
        day = self.day.declared
        past = Past(
            defaulted=(),
            notices=dict.fromkeys(self.leaving, day),
            fields=self._dated(version, program.fields, segments, self.members),
            givens={key: rows[None] for key, rows in self._dated(version, program.givens, segments, (None,)).items()},
            open_periods={name: (self.day.start, day) for name in self.day.standing if name in program.periods},
        )
        if self.given is not None:
            past = self.given.past
        further = self.day.further
        losses = tuple(Loss(owner, segment, 1, further=further and owner is not None) for owner, segment in places)
        event = Event("symbolic", day, self.members, {}, fields, givens, losses, with_defaulters=columns, past=past)
        own = tuple(one for one in self.withdrawals if one.step in program.steps)
        return evolve(event, withdrawals=own)

    def _dated(
        self,
        version: int,
        data: Mapping[str, DatumProgram],
        segments: Mapping[bool, Sequence[str | None]],
        members: Sequence[str | None],
    ) -> dict[tuple[str, str | None], dict[Any, Any]]:  # by member, or one row for `None`
        """The values as of earlier days that runs ask for, in rising order of the days."""
        found: dict[tuple[str, str | None], dict[Any, Any]] = {}
        for name, datum in data.items():
            common = self.names[version].get(name, name)
            for segment in segments[datum.per_segment]:
                for member in members:
                    days = sorted(
                        day
                        for one, whose, where, day in self.day.asked
                        if (one, whose, where) == (common, member, segment)
                    )
                    row = tuple((day, self._as_of(common, datum, segment, member, day)) for day in days)
                    found.setdefault((name, segment), {})[member] = row
        return found

    def _as_of(
        self, name: str, datum: DatumProgram, segment: str | None, member: str | None, day: datetime.date
    ) -> Symbolic:
        dated = f"{name} as of {day}"
        key = (dated, segment, member)
        if key not in self.values:
            if member in self.slots and datum.type.kind in (Kind.YES_NO, Kind.CHOICE):
                # those who are alike today need not have been so then
                raise Outside(f"`{name}` as of an earlier day, for any number of members", None, name, datum.span)
            self.values[key] = self._value(label(dated, segment, member), datum, member, (dated, segment))
        return self.values[key]

    def _dealt(self, version: int, datum: DatumProgram, defaulter: str, member: str) -> Symbolic:
        """What a field says of a member with a defaulter; of slots, the sum over all pairs."""
        name = self.names[version].get(datum.name, datum.name)
        if name == self.missing:
            return None
        key = (name, defaulter, member)
        if key not in self.dealt:
            if datum.type.kind not in (Kind.MONEY, Kind.NUMBER, Kind.RATIO):
                self.dealt[key] = Unread(datum.name, datum.type.kind.value, datum.span)
                return self.dealt[key]
            at = f"{name}[{member} with {defaulter}]"
            low = None if datum.signed else 0
            whole = datum.type.kind is Kind.MONEY and self._is_whole(datum)
            value: Symbolic = self.fixed.get(at)
            value = self.domain.datum(at, low, whole=whole) if value is None else value
            slot = self.slots.get(member)
            if slot is not None:
                nobody = self.domain.equal(value, 0)
                self.facts.append(disjunction(self.domain.at_most(1, slot.number), nobody))
                value = summed(value, slot)
            self.dealt[key] = value
        return self.dealt[key]

    def _plan(self, version: int, plan: Plan) -> Plan:
        passes = tuple(
            evolve(
                passing,
                stages=tuple(
                    evolve(
                        stage,
                        sides=tuple(
                            tuple(self._turn(version, plan.program, turn) for turn in side) for side in stage.sides
                        ),
                    )
                    for stage in passing.stages
                ),
            )
            for passing in plan.passes
        )
        return evolve(plan, passes=passes)

    def _turn(self, version: int, program: CheckedProgram, turn: TurnPlan) -> TurnPlan:
        step = turn.step
        changes: dict[str, Any] = {}  # the parts of a turn, each of its own type
        if step.discretion is not None:
            decided = self._decided(version, step)
            changes |= {"decision": decided, "most": self._most(version, step) if decided is not False else None}
        if step.once_during is not None:
            changes["paid_before"] = self._truth(f"paid before[{self._name(version, step)}; {step.once_during}]")
        payers = self._payers(step)
        limits = tuple(
            self.earlier.plan(program, step, limit, payers, further=self.day.further) for limit in turn.limits
        )
        return evolve(turn, limits=limits, **changes)

    def _payers(self, step: StepProgram) -> Mapping[str, Slot | None]:
        members = {"survivors": self.survivors, "defaulters": self.defaulters}.get(step.payers, (step.payers,))
        return {member: self.slots.get(member) for member in members}

    def _name(self, version: int, step: StepProgram) -> str:
        return self.names[version].get(step.name, step.name)

    def _truth(self, name: str) -> Truth:
        value = self.fixed.get(name)
        return self.domain.datum_truth(name) if value is None else value

    def _decided(self, version: int, step: StepProgram) -> Truth:
        name = self._name(version, step)
        if name not in self.decisions:
            self.decisions[name] = self._truth(f"decide {name}")
        return self.decisions[name]

    def _most(self, version: int, step: StepProgram) -> Number | None:
        name = self._name(version, step)
        if not self.bounded:
            return None
        if name not in self.bounds:
            bound: Exact | None = self.fixed.get(f"decide {name} up to")
            self.bounds[name] = self.domain.datum(f"decide {name} up to", whole=True) if bound is None else bound
        return self.bounds[name]

    def defaulted(self, period: str) -> Number:
        """How many members defaulted in a period before the event.

        Those with further losses are counted as defaulters of the event, but may have defaulted before the period.
        """
        name = f"earlier defaults[{period}]"
        number: Exact | None = self.fixed.get(name)
        low = None if self.day.further else 0
        return self.domain.datum(name, low, whole=True) if number is None else number

    def formulas(self) -> Iterator[Formula]:
        """What all events of this world obey."""
        for fact in self.facts:
            if isinstance(fact, Formula):
                yield fact


def label(name: str, segment: str | None, member: str | None) -> str:
    """The name of a variable of an event."""
    inside = ".".join(part for part in (member, segment) if part is not None)
    plain = inside.replace("%", "%25").replace("|", "%7C").replace("\\", "%5C")  # no names of SMT-LIB
    return f"{name}[{plain}]" if inside else name
