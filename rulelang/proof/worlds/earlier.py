"""What payers paid before the event, as far as limits over time count it: free, but not below zero.

One variable stands for what a payer paid under some steps within some window.  Of two, that of more steps and of a
window that holds the other counts no less.  Payments count under the name that their step has in all versions, so that
a step that was renamed keeps what was paid under it.

*At every resizing.*  Such a limit leaves the least, over the days of its window, of its value as of that day less what
was paid from that day on.  Today is one of these days.  So it leaves its value of today less *something* that is not
below zero, and any such amount may have come of earlier days: one variable for each payer is all that there is.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from attrs import evolve, field, frozen

from rulelang.check.events.datum_values import called
from rulelang.check.program import CalendarWindow, CheckedProgram, During, OverTime, StepProgram, Window
from rulelang.model.ledger import Key
from rulelang.proof.domain.formulas import Formulas
from rulelang.proof.domain.terms import Number, Truth
from rulelang.proof.domain.values import Outside, Slot, Symbolic, summed
from rulelang.proof.worlds.labels import plain_id
from rulelang.run.over_time import Counts, LimitPlan

EVERYBODY = '"everybody"'
"""Whose payments a limit in total counts: no id has quotes."""


Since = OverTime | Literal["for these defaults"] | None
"""From when on payments count (``None``: on the day alone)."""


@frozen
class CountedFrom:
    """Which earlier payments count: under which steps (and segments), and from when on."""

    steps: frozenset[tuple[str, str | None]]
    since: Since

    def __str__(self) -> str:
        return f"{', '.join(sorted(map(called, self.steps)))}; {_words(self.since)}"

    def within(self, other: "CountedFrom") -> bool:
        """Whether all that counts here counts in another window too."""
        return self.steps <= other.steps and _no_longer(self.since, other.since)


def _words(since: Since) -> str:
    """From when on payments count."""
    match since:
        case str():
            return since
        case None:
            return "on the day"
        case Window(length=length):
            return str(length)
        case CalendarWindow(unit=unit):
            return f"calendar {unit}"
        case During(period=period):
            return f"during {period}"


def _no_longer(one: Since, other: Since) -> bool:
    if one == other:
        return True
    if one is None:  # what was paid on the day counts in each window, but may be for other defaults
        return not isinstance(other, str)
    if isinstance(one, Window) and isinstance(other, Window):
        return one.length.unit == other.length.unit and one.length.number <= other.length.number
    return isinstance(one, CalendarWindow) and isinstance(other, CalendarWindow) and one.unit == "month"


def _in_events(program: CheckedProgram, plan: LimitPlan) -> tuple[Key, ...]:
    """Under what a limit counts payments that an event can say: those of a step per segment name the segment."""
    per_segment = {step.name for step in program.each_step() if step.per_segment}
    return tuple([(step, segment) for step, segment in plan.keys if segment is not None or step not in per_segment])


@frozen
class EarlierPayments:
    """The earlier payments of an event, by window and payer; ``facts`` are what holds between them.

    ``sought`` if an event is looked for: then the value of a limit at every resizing changes on two days alone.
    """

    domain: Formulas
    fixed: Mapping[str, Number]
    facts: list[Truth]
    sought: bool
    paid: dict[tuple[CountedFrom, str], Number] = field(factory=dict)

    def plan(
        self,
        program: CheckedProgram,
        step: StepProgram,
        plan: LimitPlan,
        payers: Mapping[str, Slot | None],
        names: Mapping[str, str],
        shared: Callable[[str], bool],
        *,
        further: bool,
    ) -> LimitPlan:
        """The plan of a limit, with what it counts of earlier payments as variables.

        ``names`` are those in all versions, where they differ; ``shared`` says of which an event can speak to all of
        them.  ``further``: the losses are further losses, for which limits without words over time count what was paid
        for the same defaults, those of a step in rounds that name no limit left out.
        """
        for_default = further and not (plan.limit.named is None and step.rounds is not None)
        if plan.counts not in (Counts.ALL, Counts.IF_OPEN) and not for_default:
            return plan
        if plan.limit.at_every_resizing and not self.sought:
            taken = {payer: self._taken(program, plan, payer, slot) for payer, slot in payers.items()}
            return evolve(plan, already=taken, days=())
        counted = _in_events(program, plan)
        steps = frozenset((names.get(name, name), segment) for name, segment in counted if shared(name))
        since: Since = "for these defaults"
        if plan.limit.over_time is not None:
            since = plan.limit.over_time if plan.counts is Counts.ALL else None
        window = CountedFrom(steps, since)
        if not plan.limit.each:
            return evolve(plan, already={EVERYBODY: self._amount(window, EVERYBODY)})
        found = {payer: summed(self._amount(window, payer), slot) for payer, slot in payers.items()}
        days = [(day, {} if number else found) for number, (day, _) in enumerate(plan.days)]  # all paid on the first
        return evolve(plan, already=found, days=days)

    def _taken(self, program: CheckedProgram, plan: LimitPlan, payer: str, slot: Slot | None) -> Symbolic:
        """What a limit at every resizing leaves a payer less than its value of today; versions have other values."""
        steps = ", ".join(f"{name} {segment or ''}".strip() for name, segment in _in_events(program, plan))
        place = f"{plan.limit.span} of {program.source.sha256}"
        return summed(self.domain.datum(f"taken before[{plain_id(payer)}; {steps}; {place}]"), slot)

    def _amount(self, window: CountedFrom, payer: str) -> Number:
        if not window.steps:
            return 0
        key = (window, payer)
        if key not in self.paid:
            label = f"paid[{plain_id(payer)}; {window}]"
            given = self.fixed.get(label)
            amount = self.domain.datum(label, whole=True) if given is None else given
            for (other, somebody), counted in self.paid.items():
                if somebody == payer and window.within(other):
                    self.facts.append(self.domain.at_most(amount, counted))
                elif somebody == payer and other.within(window):
                    self.facts.append(self.domain.at_most(counted, amount))
            self.paid[key] = amount
        return self.paid[key]


def check_limits_of_earlier_days(programs: Iterable[CheckedProgram]) -> None:
    """Make sure that no limit is worked out of values of earlier days, which a run may refuse.

    Raises:
        Outside: one is.
    """
    for program in programs:
        for limit in program.limits_of_earlier_days:
            reason = "what a limit `at every resizing` reads of earlier days, where a run may stop,"
            raise Outside(reason, limit.value, "at every resizing", limit.span)
