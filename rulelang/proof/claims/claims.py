"""What each question asks of symbolic runs, and how a run of the interpreter shows that it is broken."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from attrs import define, evolve, frozen

from rulelang.base.diagnostic import RulelangError
from rulelang.base.gather import totals
from rulelang.check.program import CheckedProgram, EnsureProgram
from rulelang.check.types import MONEY
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.proof.claims.results_read import asks_results, may_stop, steady
from rulelang.proof.claims.same_words import Meaning
from rulelang.proof.claims.verdict import Question
from rulelang.proof.domain.formulas import Formulas
from rulelang.proof.domain.terms import Number, Truth, added, disjunction, negation
from rulelang.proof.worlds.kinds import Kinds
from rulelang.proof.worlds.worlds import World
from rulelang.run.run_state import paid_by
from rulelang.run.waterfall import Evaluation
from rulelang.syntax import nodes

Ran = Allocation | RulelangError
"""What the interpreter did: an allocation, or why it stopped."""


@frozen
class Built:
    """The symbolic runs of a claim over one world; ``margin`` is what a comparison of two runs may be off by."""

    domain: Formulas
    world: World
    runs: Sequence[Evaluation]
    margin: int = 0

    @property
    def survivors(self) -> tuple[str, ...]:
        """The survivors that stand alone."""
        return self.world.kinds.survivors

    def paid(self, run: int, member: str) -> Number:
        """What a member pays in all."""
        return paid_by(self.domain, self.runs[run].state.results, [member])[0]  # type: ignore[no-any-return]

    def drawn(self, run: int, step: str) -> Number:
        """What a step pays in all."""
        return added([one.drawn for one in self.runs[run].state.results if one.turn.step.name == step])

    def uncovered(self, run: int) -> Number:
        """What stays uncovered."""
        evaluation = self.runs[run]
        return evaluation.state.losses.total(range(len(evaluation.plan.event.losses)))  # type: ignore[no-any-return]

    def by_class(self, run: int) -> Mapping[str, Number]:
        """What the payers of each kind pay, and what stays uncovered."""
        drawn = totals((one.turn.step.payers, one.drawn) for one in self.runs[run].state.results)
        return {**drawn, "uncovered": self.uncovered(run)}

    def more(self, one: Number, other: Number) -> Truth:
        """Whether one amount is above another by more than the margin."""
        return self.domain.less(other + self.margin, one)

    def apart(self, one: Number, other: Number) -> Truth:
        """Whether two amounts differ by more than the margin."""
        if not self.margin:
            return negation(self.domain.equal(one, other))
        return disjunction(self.more(one, other), self.more(other, one))


@frozen
class Played:
    """Events, one for each run of a claim, and what the interpreter did with them."""

    runs: Sequence[Ran]
    events: Sequence[Event]

    @property
    def run(self) -> Allocation:
        """The run of a claim about one that ends."""
        (run,) = self.runs
        assert isinstance(run, Allocation)
        return run

    @property
    def two(self) -> tuple[Allocation, Allocation]:
        """The runs of a claim about two that end."""
        first, second = self.runs
        assert isinstance(first, Allocation)
        assert isinstance(second, Allocation)
        return first, second


@frozen
class Whom:
    """Of whom a claim speaks: of the run, or of the members of a population, perhaps of some by their data alone."""

    population: nodes.Population | None = None
    where: nodes.Expression | None = None
    version: int = 0


@define
class Claim(ABC):
    """A question as it is asked of symbolic runs, and of runs."""

    question: Question
    programs: Sequence[CheckedProgram]
    of_runs_that_end: ClassVar[bool] = True
    """Whether it says nothing of a run that stops with an error."""
    rarely_shown: ClassVar[bool] = False
    """Whether the event that it wants is rather not there: then that is tried to be proved first."""
    any_number: ClassVar[bool] = False
    """Whether an event of many members, which nobody is shown, will do."""

    @property
    def ensures(self) -> tuple[EnsureProgram, ...]:
        """The invariants that the runs judge."""
        return ()

    @property
    def larger_loss(self) -> bool:
        """Whether the second run has more of the losses of the first."""
        return False

    def of_runs(self, version: int) -> tuple[int, ...]:
        """Of which runs that is true which is assumed of the event of a version: of a larger loss too."""
        return (0, 1) if self.larger_loss else (version,)

    @property
    def may_be_off(self) -> bool:
        """Whether a proof within a few minor units, or before rounding, tells something of the rounded amounts."""
        return True

    @property
    def whom(self) -> Whom:
        """Of whom it speaks."""
        return Whom()

    @property
    def in_turn(self) -> bool:
        """Whether a version takes the defaults one after another."""
        return any(program.in_turn for program in self.programs)

    def asks(self, kinds: Kinds) -> bool:
        """Whether there is somebody in a world whom it is about."""
        del kinds
        return True

    def worlds(self, family: Iterable[Kinds]) -> Iterator[Kinds]:
        """The worlds of a family that it asks; in turn also those in which nothing is lost but by defaults."""
        for kinds in filter(self.asks, family):
            yield kinds
            if self.in_turn and kinds.defaulters:
                yield evolve(kinds, only_defaults=True)

    def holds_of_the_same(self, meanings: Sequence[Meaning]) -> bool:
        """Whether it holds where each event has the same run under both versions."""
        del meanings
        return not self.larger_loss and not self.question.wants_event

    @abstractmethod
    def denial(self, built: Built) -> Truth:
        """Where it does not hold (of a question that wants an event: where that event is)."""

    @abstractmethod
    def seen(self, played: Played) -> str | None:
        """What runs show of the denial, in a sentence; ``None`` if they do not show it."""


@define
class EnsureHolds(Claim):
    """An invariant holds after every pass."""

    ensure: EnsureProgram

    @property
    def ensures(self) -> tuple[EnsureProgram, ...]:
        """The one."""
        return (self.ensure,)

    @property
    def may_be_off(self) -> bool:
        """Whether it is a comparison of amounts that rounding moves by some minor units: `<=`, `>=` or `=`."""
        program, condition = self.programs[0], self.ensure.condition
        if not isinstance(condition, nodes.Comparison) or condition.operator not in ("<=", ">=", "="):
            return False
        if self.ensure.where is not None and asks_results(program, self.ensure.where):
            return False
        sides = (condition.left, condition.right)
        return all(program.types[id(side)].type == MONEY and steady(program, side) for side in sides)

    @property
    def whom(self) -> Whom:
        """Those whom it names."""
        return Whom(self.ensure.population, self.ensure.where)

    def asks(self, kinds: Kinds) -> bool:
        """Whether one of its population stands alone."""
        alone = {"survivors": kinds.survivors, "defaulters": kinds.defaulters}
        return self.ensure.population not in alone or bool(alone[self.ensure.population])

    def denial(self, built: Built) -> Truth:
        """It is broken for somebody who stands alone; who stands for many has its like among these."""
        broken: list[Truth] = []
        for judged in built.runs[0].judged:
            ((_, who, truths),) = judged
            rows = zip(who, truths, strict=True)
            broken += [negation(truth) for member, truth in rows if built.domain.slot_at(member) is None]
        return disjunction(*broken)

    def seen(self, played: Played) -> str | None:
        """Whether the interpreter finds it broken, and for whom."""
        run = played.run
        for number, ensure in enumerate(self.programs[0].ensures):
            if ensure == self.ensure and not run.ensures[number].holds:
                breaches = run.ensures[number].breaches
                return f"broken for {', '.join(breaches)}" if breaches else "broken"
        return None


@define
class NeverRefuses(Claim):
    """No run stops with an error."""

    of_runs_that_end: ClassVar[bool] = False

    @property
    def may_be_off(self) -> bool:
        """Whether a run stops is not a question of how much."""
        return False

    @property
    def ensures(self) -> tuple[EnsureProgram, ...]:
        """What a run judges and what may stop it there, because it cannot be evaluated."""
        program = self.programs[0]
        return tuple(
            one
            for one in program.statements
            if any(may_stop(program, node) for node in (one.condition, one.where) if node is not None)
        )

    def denial(self, built: Built) -> Truth:
        """Something is refused."""
        return disjunction(*built.domain.refusals)

    def seen(self, played: Played) -> str | None:
        """The error."""
        (run,) = played.runs
        return run.diagnostics[0].message if isinstance(run, RulelangError) else None


@define
class StepPays(Claim):
    """A step can pay: an event in which it does is wanted."""

    step: str

    def denial(self, built: Built) -> Truth:
        """It pays."""
        return built.domain.less(0, built.drawn(0, self.step))

    def seen(self, played: Played) -> str | None:
        """What it pays."""
        run = played.run
        drawn = run.drawn(self.step)
        show = run.currency.show
        return f"`{self.step}` pays {show(drawn)} of a loss of {show(run.loss)}" if drawn else None


@define
class LeavesLoss(Claim):
    """Loss can stay uncovered: an event in which it does is wanted."""

    def denial(self, built: Built) -> Truth:
        """Some does."""
        return built.domain.less(0, built.uncovered(0))

    def seen(self, played: Played) -> str | None:
        """How much."""
        run = played.run
        show = run.currency.show
        return f"{show(run.uncovered)} of {show(run.loss)} stays uncovered" if run.uncovered else None
