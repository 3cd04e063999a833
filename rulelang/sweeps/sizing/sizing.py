"""Sizing: the smallest value of a given with which nothing is uncovered in any scenario, exactly.

Nothing is assumed of how the uncovered loss depends on the given.  All scenarios are run at the smallest value that is
still open.  If something is uncovered, the scenarios with the most are followed over all larger values (a profile),
and the values at which one of them surely leaves something uncovered are closed.  So every value below the answer is
closed by a run or by a profile, and at the answer all scenarios have been run.

Where no straight lines tell, the value is looked for by halving, which finds the smallest only if more of the given
never leaves more uncovered; the answer then says that this was assumed.
"""

from attrs import define, evolve, field, frozen

from rulelang.base.diagnostic import CheckError, InternalError, RunError, finding
from rulelang.base.suggest import did_you_mean, listed
from rulelang.check.program import CheckedProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.profiles.profile import reach
from rulelang.profiles.variable import Variable, amounts_given
from rulelang.run.interpret import interpret
from rulelang.run.plan import make_plan
from rulelang.sweeps.options import Progress
from rulelang.sweeps.runs.sample import differs
from rulelang.sweeps.sizing.intervals import OpenIntervals, Span, surely_uncovered
from rulelang.sweeps.sizing.value_sweep import Lacking, SizeJob, Swept, ValueSweep

_STEPS = 1000
"""So many values may be tried one after the other where lines do not tell."""
_WATCHED = 16
"""So many scenarios are tried by the interpreter before all are run."""


@frozen
class Again:
    """A larger value than the answer at which something is uncovered again, and the scenario."""

    value: int
    lacking: Lacking


@frozen
class Sized:
    """The answer: ``value`` in minor units of the given's currency, ``None`` if there is none from ``start`` to ``to``.

    ``at`` is the sweep at the value (or, if there is none, the last one made), ``below`` the one a minor unit below
    (``None`` where the value is ``start``); ``sweeps`` how often all scenarios were run, ``followed`` how many of them
    were followed over all values.  ``assumed`` says why it was assumed that more of the given never leaves more
    uncovered (``None``: it was not); ``again`` is a larger value that is not enough, as far as one came to light.
    """

    value: int | None
    start: int
    to: int
    at: Swept
    below: Swept | None
    sweeps: int
    followed: int
    assumed: str | None = None
    again: Again | None = None


def size(job: SizeJob, progress: Progress | None = None) -> Sized:
    """The smallest value with which nothing is uncovered.

    Raises:
        ReadError: a file cannot be read, or there are no scenarios.
        CheckError: a column does not fit, or is the given itself.
        RunError: a scenario is rejected at a value that is tried.
        InternalError: the sweep and the interpreter differ; the fault is the program's.
    """
    return _Search(job, ValueSweep(job, progress)).answer()


@define
class _Search:
    """A search under way: the values still open, the scenarios that lacked most, and what is known to be closed."""

    job: SizeJob
    sweep: ValueSweep
    watched: list[Lacking] = field(factory=list)
    closed: list[tuple[Span, Lacking]] = field(factory=list)
    followed: int = 0
    unstraight: str | None = None

    def answer(self) -> Sized:
        """The smallest value that no run and no profile closes."""
        open_values, crawled = OpenIntervals(((self.job.start, self.job.to),)), 0
        found: Swept | None = None
        while (value := open_values.first) is not None:
            left = open_values.without([(value, value)])
            if self._known_to_lack(value):
                open_values = left
                crawled += 1
            else:
                found = self._run(value)
                if not found.lacking:
                    return self._confirmed(found)
                open_values = self._narrowed(left, found)
                crawled = crawled + 1 if open_values == left else 0
            if open_values.spans and (crawled > _STEPS or (open_values == left and self.unstraight is not None)):
                return self._halved(value)
        return self._sized(None, found or self._run(self.job.to))

    def _run(self, value: int) -> Swept:
        found = self.sweep.run(value)
        self.watched = [*found.most, *(each for each in self.watched if each.row not in {m.row for m in found.most})]
        del self.watched[_WATCHED:]
        return found

    def _known_to_lack(self, value: int) -> bool:
        """Whether one of the scenarios that lacked most before leaves something uncovered, by the interpreter."""
        return any(self._uncovered(each, value) for each in self.watched)

    def _uncovered(self, lacking: Lacking, value: int) -> int:
        variable = evolve(self.job.variable, plan=make_plan(self.job.program, lacking.event))
        try:
            return interpret(self.job.program, variable.event_at(value)).uncovered
        except RunError:
            return 0  # all scenarios are run at the value then, and the rejected one is named

    def _narrowed(self, open_values: OpenIntervals, found: Swept) -> OpenIntervals:
        """Follow the scenarios that lack most, and close what they close."""
        for lacking in found.most:
            variable = evolve(self.job.variable, plan=make_plan(self.job.program, lacking.event))
            profile, error = reach(variable.plan, variable, found.value, self.job.to)
            self.followed += 1
            if error is not None and error.diagnostics[0].code == "too-many-breakpoints":
                self.unstraight = error.diagnostics[0].message
                return open_values  # to go on from where it stopped could take for ever
            if profile is not None:
                spans = list(surely_uncovered(profile))
                self.closed += [(span, lacking) for span in spans]
                open_values = open_values.without(spans)
            elif error is not None and not isinstance(error, RunError):
                self.unstraight = error.diagnostics[0].message
        return open_values

    def _halved(self, lacking: int) -> Sized:
        """The answer if more never leaves more uncovered; ``lacking`` is a value that is not enough."""
        reason = self.unstraight or f"rounding decides, from {self._shown(lacking)} on, unit by unit"
        step, found = 1, None
        while found is None:
            if lacking >= self.job.to:
                return self._sized(None, self._run(self.job.to), assumed=reason)
            value = min(self.job.to, lacking + step)
            found = self._enough(value)
            lacking, step = (value, 4 * step) if found is None else (lacking, step)
        while found.value - lacking > 1:
            middle = (found.value + lacking) // 2
            better = self._enough(middle)
            found, lacking = (found, middle) if better is None else (better, lacking)
        return evolve(self._confirmed(found), assumed=reason)

    def _enough(self, value: int) -> Swept | None:
        """All scenarios at a value, if nothing is uncovered there."""
        if self._known_to_lack(value):
            return None
        found = self._run(value)
        return None if found.lacking else found

    def _confirmed(self, at: Swept) -> Sized:
        """The answer, with the sweep a unit below; the interpreter says the same of the scenario that lacks most."""
        below = self.sweep.run(at.value - 1) if at.value > self.job.start else None
        if below is not None:
            if not below.lacking:
                shown = f"`{self.job.given}` is {self._shown(below.value)}"
                raise InternalError([finding("sample-differs", f"where {shown}, nothing is uncovered, unlike before")])
            worst = below.most[0]
            if (self._uncovered(worst, below.value), self._uncovered(worst, at.value)) != (worst.uncovered, 0):
                raise differs(worst.scenario, "what is uncovered differs between sweep and interpreter")
        return self._sized(at.value, at, below, again=self._again(at.value))

    def _again(self, value: int) -> Again | None:
        """The next larger value that is closed, with a scenario that closes it."""
        above = [
            (max(low, value + 1), lacking.row, lacking)
            for (low, high), lacking in self.closed
            if high is None or high > value
        ]
        if not above:
            return None
        first, _, lacking = min(above, key=lambda each: each[:2])
        return Again(first, evolve(lacking, uncovered=self._uncovered(lacking, first)))

    def _sized(
        self,
        value: int | None,
        at: Swept,
        below: Swept | None = None,
        assumed: str | None = None,
        again: Again | None = None,
    ) -> Sized:
        start, to, sweeps = self.job.start, self.job.to, self.sweep.sweeps
        return Sized(value, start, to, at, below, sweeps, self.followed, assumed, again)

    def _shown(self, value: int) -> str:
        return self.job.variable.currency.show(value)


def find_given(program: CheckedProgram, event: Event, given: str) -> Variable:
    """The given that is to be sized, ``NAME`` or ``NAME.SEGMENT``, as what a profile varies.

    Raises:
        CheckError: there is no such given, or it is no money.
    """
    name, _, segment = given.partition(".")
    datum, amounts = program.givens.get(name), amounts_given(program)
    if name in amounts and (name, segment or None) in event.givens:
        return Variable(make_plan(program, event), "given", name, segment or None)
    message = f"the rulebook has no given amount `{given}`"
    advice = did_you_mean(given, amounts) or (f"the given amounts are {listed(amounts, 'and')}" if amounts else None)
    if datum is not None and datum.type.kind is not Kind.MONEY:
        message = f"`{name}` is no amount of money"
    elif datum is not None and datum.per_segment:
        message, advice = f"`{given}` is per segment", f"say of which, as in `{name}.{program.segments[0]}`"
    raise CheckError([finding("nothing-to-vary", message, help=advice)])
