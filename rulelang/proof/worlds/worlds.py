"""Symbolic events: members whose data, losses, decisions and earlier payments are free, shared by all runs of a claim.

A world is one kind of event (:mod:`rulelang.proof.worlds.kinds`).  A claim is proved for all events when it is proved
in each world of a family that covers them (:mod:`rulelang.proof.worlds.families`).  What is left free:

* money, numbers, ratios and rates are variables within the bounds of their types, yes/no and choices are truths;
* every defaulter has a loss in each segment, all of them together above zero; in each segment there may be a loss
  without a defaulter.  Several losses of one owner in one segment do as one of their sum;
* decisions are truths, each with a bound on what is invoked; earlier payments are variables.
"""

import datetime
from collections.abc import Mapping, Sequence

from attrs import define, field

from rulelang.base.money import Exact
from rulelang.check.program import DatumProgram, StepProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event, Withdrawal
from rulelang.proof.domain.formulas import Formulas
from rulelang.proof.domain.terms import Form, Formula, Number, Truth, conjunction, disjunction, negation
from rulelang.proof.domain.values import Choice, Outside, Slot, Symbolic, Unread, summed
from rulelang.proof.worlds.earlier import EarlierPayments
from rulelang.proof.worlds.kinds import LEAVING, NO_DATED_VALUES, WITHDRAWS, Bounds, Choices, Day, InSegment, Kinds
from rulelang.proof.worlds.labels import dealt_label, label
from rulelang.syntax import nodes


@define
class World:
    """One symbolic event; ``fixed`` are values of some variables, by their names, ``facts`` what all events obey.

    ``given_days`` are days that are data and stand for all such days, by the names of the givens in all versions.
    ``between`` are the lowest and the highest that some variables can be, by assumption.
    ``pots`` are the data, by their names in all versions, for which an amount is rounded down that fills them in.
    ``bounded`` if a decision may bound what is invoked; ``missing`` is a datum whose values are all missing, and
    ``sought`` if an event is looked for, which need not stand for all; ``any_will_do`` if it is for no other reason, so
    that days and texts may be any.  ``given`` is the event whose members and whose past these are, if there is one.
    ``slots`` are the members taken as one, by the names that ``other_survivors`` and ``other_defaulters`` have of them.
    ``names`` gives for each version the names that its data and steps have in the world.
    """

    domain: Formulas
    kinds: Kinds
    day: Day
    names: Sequence[Mapping[str, str]]
    fixed: Mapping[str, Symbolic] = field(factory=dict)
    between: Bounds = field(factory=dict)
    given_days: Mapping[str, datetime.date] = field(factory=dict)
    bounded: bool = True
    missing: str | None = None
    sought: bool = False
    given: Event | None = None
    pots: frozenset[str] = frozenset()
    facts: list[Truth] = field(factory=list)
    values: dict[tuple[str, str | None, str | None], Symbolic] = field(factory=dict)
    dealt: dict[tuple[str, str, str], Symbolic] = field(factory=dict)
    losses: dict[tuple[str | None, str | None], Number] = field(factory=dict)
    decisions: dict[str, Truth] = field(factory=dict)
    bounds: dict[str, Number] = field(factory=dict)
    slots: dict[str, Slot] = field(factory=dict)
    other_survivors: tuple[str, ...] = ()
    other_defaulters: tuple[str, ...] = ()
    rates: list[str] = field(factory=list)
    earlier: EarlierPayments = field(init=False)
    any_will_do: bool = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.any_will_do = self.sought
        self.sought = self.sought or self.missing == NO_DATED_VALUES
        self.earlier = EarlierPayments(self.domain, self.fixed, self.facts, self.sought)
        self.other_survivors = self._taken_as_one("OTHERS", self.kinds.other_survivors)
        self.other_defaulters = self._taken_as_one("XOTHERS", self.kinds.other_defaulters)

    def _taken_as_one(self, stem: str, others: Sequence[Choices]) -> tuple[str, ...]:
        """The names of new slots, one for each combination of choices."""
        slots = {f"{stem} {number}": choices for number, choices in enumerate(others, start=1)}
        for name, choices in slots.items():
            self.slots[name] = Slot(name, self.domain.datum(f"how many[{name}]"), choices)
        return tuple(slots)

    @property
    def survivors(self) -> tuple[str, ...]:
        """The survivors, slots included."""
        return (*self.kinds.survivors, *self.other_survivors)

    @property
    def defaulters(self) -> tuple[str, ...]:
        """The defaulters, slots included."""
        return (*self.kinds.defaulters, *self.other_defaulters)

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

    def payers(self, step: StepProgram) -> tuple[str, ...]:
        """Those who may pay in a step."""
        return {"survivors": self.survivors, "defaulters": self.defaulters}.get(step.payers, (step.payers,))

    # --------------------------------------------------------------------------------------------------- the data

    def datum(self, version: int, datum: DatumProgram, segment: str | None, member: str | None) -> Symbolic:
        """The value of a datum: for a member, or (``None``) of the event."""
        name = self.names[version].get(datum.name, datum.name)
        if name == self.missing or self._is_left_out(version, datum):
            return None
        return self._known(name, name, datum, segment, member)

    def _is_left_out(self, version: int, datum: DatumProgram) -> bool:
        """Whether no event has such a value, because one of two versions alone would know it."""
        return self.given is None and datum.if_missing is not None and not self.is_shared(version, datum.name)

    def as_of(
        self, name: str, datum: DatumProgram, segment: str | None, member: str | None, day: datetime.date
    ) -> Symbolic:
        """The value of a datum, by its name in all versions, as of an earlier day.

        Raises:
            Outside: it is a choice of members taken as one: who are alike today need not have been so then.
        """
        if member in self.slots and datum.type.kind in (Kind.YES_NO, Kind.CHOICE):
            raise Outside(f"`{name}` as of an earlier day, for any number of members", None, name, datum.span)
        return self._known(name, f"{name} as of {day}", datum, segment, member)

    def _known(self, name: str, what: str, datum: DatumProgram, segment: str | None, member: str | None) -> Symbolic:
        key = (what, segment, member)
        if key not in self.values:
            whole = is_whole(datum) or name in self.pots
            self.values[key] = self._value(label(what, segment, member), datum, member, (what, segment), whole=whole)
        return self.values[key]

    def _value(self, name: str, datum: DatumProgram, member: str | None, place: InSegment, *, whole: bool) -> Symbolic:
        slot = self._slot(member)
        if name in self.fixed:
            return self.fixed[name]
        if slot is not None and place in slot.choices:
            return slot.choices[place]
        if member is None and name in self.given_days:
            return self.given_days[name]
        kind = datum.type.kind
        match kind:
            case Kind.MONEY | Kind.NUMBER | Kind.RATIO | Kind.RATE:
                value = self._number(name, slot, low=None if datum.signed else 0, whole=whole)
                if slot is not None:
                    return summed(value, slot)
                if member is None and isinstance(value, Form):
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
                return self._day_or_text(datum, member)

    def _day_or_text(self, datum: DatumProgram, member: str | None) -> Symbolic:
        """What is not encoded; in an event that is looked for all days are one, and texts are of each its own."""
        is_day = datum.type.kind is Kind.DATE
        if self.any_will_do:
            return self.day.declared if is_day else member or datum.name
        return Unread(datum.name, f"{'a ' * is_day}{datum.type.kind.value}", datum.span)

    def _slot(self, member: str | None) -> Slot | None:
        return None if member is None else self.slots.get(member)

    def _number(self, name: str, slot: Slot | None, *, low: Exact | None = 0, whole: bool = True) -> Number:
        """A number of the event, within what is assumed of it; of a slot of nobody it is nothing."""
        number: Number | None = self.fixed.get(name)
        if number is not None:
            return number
        least, most = self.between.get(name, (None, None))
        if least is not None and least == most:
            return least
        if least is not None:
            low = least if low is None else max(low, least)
        free = self.domain.datum(name, low, most, whole=whole)
        if slot is not None:
            self.facts.append(disjunction(self.domain.at_most(1, slot.number), self.domain.equal(free, 0)))
        return free

    def _choice(self, name: str, options: Sequence[str]) -> Choice:
        """Exactly one option holds: each that comes before the others is a truth where none before it holds."""
        truths: dict[str, Truth] = {}
        rest: Truth = True
        for option in options[:-1]:
            chosen = self.domain.datum_truth(f"{name} is {option}")
            truths[option] = conjunction(rest, chosen)
            rest = conjunction(rest, negation(chosen))
        return Choice({**truths, options[-1]: rest})

    def dealt_with(self, version: int, datum: DatumProgram, defaulter: str, member: str) -> Symbolic:
        """What a field says of a member with a defaulter; of members taken as one, the sum over all pairs."""
        name = self.names[version].get(datum.name, datum.name)
        if name == self.missing or self._is_left_out(version, datum):
            return None
        key = (name, defaulter, member)
        if key not in self.dealt:
            if datum.type.kind not in (Kind.MONEY, Kind.NUMBER, Kind.RATIO):
                self.dealt[key] = Unread(datum.name, datum.type.kind.value, datum.span)
                return self.dealt[key]
            slot, at = self._slot(member), dealt_label(name, member, defaulter)
            if at in self.fixed:
                self.dealt[key] = self.fixed[at]
                return self.dealt[key]
            value = self._number(at, slot, low=None if datum.signed else 0, whole=is_whole(datum))
            self.dealt[key] = summed(value, slot)
        return self.dealt[key]

    # ---------------------------------------------------------------------------------- losses, decisions, the past

    def loss(self, member: str | None, segment: str | None) -> Number:
        """The loss of a defaulter, or (``None``) one without a defaulter."""
        key = (member, segment)
        if key not in self.losses:
            name = label("loss" if member is not None else "non-default loss", segment, member)
            self.losses[key] = self._number(name, self._slot(member))
        return self.losses[key]

    def larger_by(self, member: str | None, segment: str | None) -> Number:
        """By how much a loss is larger in a second run."""
        return self._number(
            label("more loss" if member is not None else "more non-default loss", segment, member), None
        )

    def truth(self, name: str) -> Truth:
        """A yes or no of the event."""
        value = self.fixed.get(name)
        return self.domain.datum_truth(name) if value is None else value

    def decided(self, decision: str) -> Truth:
        """Whether a step at discretion is invoked, by what the decision is called (:func:`decision_on`)."""
        if decision not in self.decisions:
            self.decisions[decision] = self.truth(decision)
        return self.decisions[decision]

    def most_invoked(self, decision: str) -> Number | None:
        """How much of it is invoked at most."""
        if not self.bounded:
            return None
        if decision not in self.bounds:
            self.bounds[decision] = self._number(f"{decision} up to", None)
        return self.bounds[decision]

    def is_shared(self, version: int, name: str) -> bool:
        """Whether an event can speak of a datum or step of a version to all versions."""
        shared = self.names[-1]
        return not shared or name in (shared if version else shared.values())

    def paid_before(self, version: int, step: StepProgram) -> Truth:
        """Whether something was paid under a step in the period that it is done once during."""
        return self.is_shared(version, step.name) and self.truth(paid_before(self.names[version], step))

    def defaulted(self, period: str) -> Number:
        """How many members defaulted in a period before the event.

        Those with further losses are counted as defaulters of the event, but may have defaulted before the period.
        """
        return self._number(f"earlier defaults[{period}]", None, low=None if self.day.further else 0)

    def formulas(self) -> list[Formula]:
        """What all events of this world obey."""
        return [fact for fact in self.facts if isinstance(fact, Formula)]


def is_whole(datum: DatumProgram) -> bool:
    """Money of an event is in whole minor units; what ``if missing`` puts in its place need not be (a pot is)."""
    stated = datum.if_missing is None or isinstance(datum.if_missing, nodes.MoneyLiteral)
    return datum.type.kind is Kind.MONEY and stated


def decision_on(names: Mapping[str, str], step: StepProgram) -> str:
    """The name of the truth that a step at discretion is invoked."""
    decision = f"decide {step.name}"
    return names.get(decision, f"decide {names.get(step.name, step.name)}")


def paid_before(names: Mapping[str, str], step: StepProgram) -> str:
    """The name of the truth that something was paid under a step in the period that it is done once during."""
    return f"paid before[{names.get(step.name, step.name)}; {step.once_during}]"
