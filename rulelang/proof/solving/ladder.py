"""From a claim to a verdict of the solver: each world of a family is put up a ladder of ever harder questions.

Bounds alone; linear arithmetic, in which a product is a variable with lemmas; the same with what is known of pairs of
products; the products themselves.  A proof on any rung is a proof, for a rung only adds constraints that hold.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence

from attrs import define, evolve, field, frozen

from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.proof.claims.assumptions import assumed, bounds_of_data, contradict
from rulelang.proof.claims.claims import Built, Claim
from rulelang.proof.claims.questions import Assumption
from rulelang.proof.claims.verdict import How
from rulelang.proof.domain.formulas import Formulas
from rulelang.proof.domain.terms import Formula, Number, Truth, conjunction, negation
from rulelang.proof.domain.values import Symbolic
from rulelang.proof.solving.smt import Problem
from rulelang.proof.solving.solver import solver
from rulelang.proof.worlds.earlier import check_limits_of_earlier_days
from rulelang.proof.worlds.kinds import Day, Kinds
from rulelang.proof.worlds.regimes import given_days
from rulelang.proof.worlds.symbolic_run import AskedAsOf, LossPlace, SymbolicRun
from rulelang.proof.worlds.worlds import World

_APART = datetime.timedelta(30)
RUNGS: tuple[How, ...] = ("by its bounds", "linear", "linear, with pairs", "nonlinear")


@frozen
class Setting:
    """How a claim is put: rounded or not, what two runs may be off by, and what of the event is settled.

    ``sought`` if an event is looked for, which need not stand for all.  ``linear_only`` leaves out the last rung of the
    ladder, which may take long; ``given`` is the event whose members these are.
    """

    names: Sequence[Mapping[str, str]]
    assumptions: Sequence[Assumption] = ()
    rounding: bool = True
    margin: int = 0
    bounded: bool = True
    fixed: Mapping[str, Symbolic] = field(factory=dict)
    missing: str | None = None
    sought: bool = False
    linear_only: bool = False
    given: Event | None = None

    @property
    def put(self) -> str:
        """How the claim is put where that is not as it stands, in words: what else is asked of the same world."""
        within = f"; within {self.margin} minor units" if self.margin else ""
        exact = "" if self.rounding else "; before rounding"
        return within + exact + ("" if self.missing is None else f"; {self.missing} is missing")


def build(claim: Claim, kinds: Kinds, day: Day, setting: Setting) -> tuple[Built, Truth]:
    """The symbolic runs of a claim over one world, and where it does not hold there.

    Raises:
        Outside: a run meets what is not encoded.
    """
    asked = day.asked
    while True:
        try:
            return _build(claim, kinds, evolve(day, asked=asked), setting)
        except AskedAsOf as more:  # values of earlier days are wanted, which the event is now given
            asked |= more.asked


def _build(claim: Claim, kinds: Kinds, day: Day, setting: Setting) -> tuple[Built, Truth]:
    # of the members of an event it is free which loss comes first; of any members all are alike
    between = bounds_of_data(setting.assumptions, claim.programs, setting.names)
    domain = Formulas(rounding=setting.rounding, any_order=setting.given is not None and not setting.sought)
    world = World(
        domain,
        kinds,
        day,
        setting.names,
        setting.fixed,
        between,
        _given_days(claim.programs, setting.names, day),
        bounded=setting.bounded,
        missing=setting.missing,
        sought=setting.sought,
        given=setting.given,
        pots=_pots(claim.programs, setting.names),
    )
    runs = []
    for version, program in enumerate(claim.programs):
        more = larger_by(world, program) if version and claim.larger_loss else None
        judging = evolve(program, ensures=() if version else claim.ensures, assumes=())
        runs.append(SymbolicRun(world, version, judging).evaluate(more))
    built = Built(domain, world, runs, setting.margin)
    if not claim.of_runs_that_end and not world.sought:
        check_limits_of_earlier_days(claim.programs)
    denial = claim.denial(built)
    if denial is False or contradict(between):
        return built, False
    parts = [assumed(built, one, run) for one in setting.assumptions for run in claim.of_runs(one.version)]
    if claim.of_runs_that_end:
        parts += map(negation, domain.refusals)
    return built, conjunction(denial, *parts)


def _pots(programs: Sequence[CheckedProgram], names: Sequence[Mapping[str, str]]) -> frozenset[str]:
    """The data that are pots; what is rounded in one version and not in the other is outside where it is missing."""
    return frozenset(
        known.get(pot, pot)
        for program, known in zip(programs, names, strict=True)
        for pot in program.pots
        if program.edition > 1
    )


def _given_days(
    programs: Sequence[CheckedProgram], names: Sequence[Mapping[str, str]], day: Day
) -> Mapping[str, datetime.date]:
    """A day for each given that is one as of which data are read, none of them another or the event's."""
    found = [
        {known.get(name, name) for name in given_days(program)} for program, known in zip(programs, names, strict=True)
    ]
    common = sorted(set.intersection(*found))
    if day.declared.toordinal() <= len(common) * _APART.days:
        return {}
    return {name: day.declared - number * _APART for number, name in enumerate(common, start=1)}


def larger_by(world: World, program: CheckedProgram) -> Mapping[LossPlace, Number]:
    """By how much each loss is larger in the second run."""
    return {
        (owner, segment): world.larger_by(owner, segment)
        for owner in (*world.defaulters, None)
        for segment in program.segments or (None,)
    }


@define
class Decided:
    """What came of a family: the highest rung that was needed, or the world that was left open.

    ``formulas`` are the texts that were answered, by world and rung; ``out_of_time`` if a solver did not answer.
    """

    how: How = "by its bounds"
    open: Built | None = None
    out_of_time: bool = False
    formulas: dict[str, str] = field(factory=dict)

    @property
    def proved(self) -> bool:
        """Whether no world is open."""
        return self.open is None

    def rests_on(self, rung: How) -> None:
        """A rung was needed; of all that were, the highest is kept."""
        self.how = max(self.how, rung, key=RUNGS.index)


def decide(claim: Claim, family: Iterable[Kinds], days: Sequence[Day], setting: Setting, seconds: float) -> Decided:
    """Whether a claim holds in each world of a family on each day.

    Raises:
        Outside: a run meets what is not encoded.
    """
    decided = Decided()
    for kinds in claim.worlds(family):
        for day in days:
            built, goal = build(claim, kinds, day, setting)
            if goal is False:
                continue
            where = f"{day}; {_words(kinds)}{setting.put}"
            if goal is True or not _climb(decided, built, goal, where, setting, seconds):
                decided.open = built
                return decided
    return decided


def _climb(decided: Decided, built: Built, goal: Formula, where: str, setting: Setting, seconds: float) -> bool:
    """Whether a rung proves that a goal cannot hold."""
    problem = Problem(built.domain.variables, goal, built.world.formulas())
    rungs = RUNGS[1:2]
    if problem.is_nonlinear:
        rungs = RUNGS[1:3] if setting.linear_only else RUNGS[1:]
    for rung in rungs:
        text = problem.text(pairs=rung == "linear, with pairs", products=rung == "nonlinear")
        answer = solver().ask(text, seconds).answer
        if answer == "unsat":
            decided.rests_on(rung)
            decided.formulas[f"{where}; {rung}"] = text
            return True
        decided.out_of_time = answer == "unknown"
    return False


def _words(kinds: Kinds) -> str:
    def side(alone: Sequence[str], others: Sequence[object], what: str) -> str:
        return f"{len(alone)} and any number of other {what}" if others else f"{len(alone)} {what}"

    survivors = side(kinds.survivors, kinds.other_survivors, "survivors")
    parts = [survivors, side(kinds.defaulters, kinds.other_defaulters, "defaulters")]
    parts += [" then ".join(kinds.defaulters)] * kinds.in_turn
    parts += ["no other losses"] * kinds.only_defaults + [f"{who} leaves" for who in sorted(kinds.leaving)]
    for who, steps in kinds.withdrawn.items():
        parts += [f"{who} {step} after round {after}" for (step, _), after in steps.items() if after]
    return ", ".join(parts)
