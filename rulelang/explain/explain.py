"""A run told in sentences, for a rulebook lawyer or a member's risk officer: what ``rulelang explain`` prints.

All of the run, or what one payer or one step had to do with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import evolve, field, frozen

from rulelang.base.diagnostic import CheckError, finding
from rulelang.base.suggest import did_you_mean
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.explain.explanation import Explanation, Paragraph
from rulelang.explain.paragraphs.day import after_run, before_run, repaid, repaid_briefly
from rulelang.explain.paragraphs.default import default
from rulelang.explain.paragraphs.dues import Dues
from rulelang.explain.paragraphs.outcome import dated, missing, outcome, periods, remarks, statements
from rulelang.explain.paragraphs.payer import (
    TurnKey,
    computed_for,
    paid_briefly,
    payer_in_run,
    payer_in_step,
)
from rulelang.explain.paragraphs.step import step as step_paragraph
from rulelang.explain.paragraphs.waterfall import waterfall
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.words import Words
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.history import HistoryDay

MOST_SHOWN = 12
"""So many payers of a step, and names of a list, are written out where nobody asked for one step or payer."""


def explain(
    program: CheckedProgram,
    event: Event,
    allocation: Allocation,
    *,
    payer: str | None = None,
    step: str | None = None,
    rejected: bool = False,
    day: HistoryDay | None = None,
) -> Explanation:
    """Tell a run in sentences.

    With ``payer`` only what concerns that payer, with ``step`` only that step; ``rejected`` adds what was looked at
    and not taken, ``day`` what else happens on the day of a history whose run it is.

    Raises:
        CheckError: there is no such payer or step.
    """
    payers = (*event.members, "ccp", *program.parties, *(() if day is None else day.payers()))
    if payer is not None and payer not in payers:
        raise _unknown("unknown-member", "payer", payer, payers)
    wanted = None
    if step is not None:
        wanted = program.step_named(step)
        if wanted is None:
            raise _unknown("unknown-step", "step", step, program.steps)
    whole = payer is None and wanted is None
    names = allocation.names if day is None else {**allocation.names, **day.names}
    words = Words(program, names, MOST_SHOWN if whole else None)
    run = Replay(program, event, allocation, words, rejected)
    title, facts = _title(run, payer, wanted), _facts(run, payer, wanted)
    return Explanation(title, tuple(_all_paragraphs(run, payer, wanted, day)), facts)


@frozen
class Computations:
    """How what payers pay in a run is computed, each for the payer to read: of other members nothing but totals."""

    run: Replay

    @classmethod
    def of_run(cls, program: CheckedProgram, event: Event, allocation: Allocation) -> "Computations":
        """Those of a run, which is evaluated once for all of its payers."""
        return cls(Replay(program, event, allocation, Words(program, allocation.names, None), detailed=False))

    def briefly(self, payer: str) -> dict[TurnKey, str]:
        """The same in a few sentences for each turn in which the payer pays."""
        return paid_briefly(self.run.read_by(payer), payer)

    def of(self, payer: str) -> tuple[Paragraph, ...]:
        """The default, every step under which the payer pays, and the values that were filled in for it."""
        return tuple(computed_for(self.run.read_by(payer), payer))


@frozen
class Briefly:
    """How amounts of a payer came about on a day: paid by turn, owed by pot and segment, repaid by whose default."""

    paid: Mapping[TurnKey, str] = field(factory=dict)
    owed: Mapping[tuple[str, str | None], str] = field(factory=dict)
    repaid: Mapping[tuple[str, str], str] = field(factory=dict)


@frozen
class DayComputations:
    """The same of a day of a history, which need not have a run: also what the run makes due, and what comes back."""

    day: HistoryDay
    words: Words
    run: Computations | None
    dues: Dues | None

    @classmethod
    def of_day(cls, program: CheckedProgram, day: HistoryDay) -> "DayComputations":
        """Those of a day, whose run is evaluated once for all payers."""
        words = Words(program, day.names, None)
        if day.event is None or day.run is None:
            return cls(day, words, None, None)
        run = Computations.of_run(program, day.event, day.run)
        return cls(day, words, run, Dues.of(run.run, day.due, day.owed))

    def briefly(self, payer: str) -> "Briefly":
        """The same in a few sentences for each amount."""
        words = evolve(self.words, reader=payer)
        return Briefly(
            {} if self.run is None else self.run.briefly(payer),
            {} if self.dues is None else self.dues.briefly(words, payer),
            repaid_briefly(self.day, words, payer),
        )

    def of(self, payer: str) -> tuple[Paragraph, ...]:
        """What a payer pays, owes and is repaid on the day, if it does, each as it is computed."""
        words, found = evolve(self.words, reader=payer), list[Paragraph]()
        if self.run is not None and self.day.run is not None and self.day.run.paid_by(payer):
            found += self.run.of(payer)
        if self.dues is not None:
            found += self.dues.told(words, payer)
        return (*found, *repaid(self.day, words, payer))


def _unknown(code: str, what: str, name: str, names: Iterable[str]) -> CheckError:
    return CheckError([finding(code, f"no {what} is called `{name}`", help=did_you_mean(name, names))])


def _title(run: Replay, payer: str | None, step: StepProgram | None) -> str:
    of = [] if payer is None else [run.words.payer(payer)]
    if step is not None:
        of.append(run.words.step(step))
    return ": ".join([run.event.heading, *of])


def _facts(run: Replay, payer: str | None, step: StepProgram | None) -> dict[str, Any]:
    result = run.allocation.to_dict()
    return {
        **{name: result[name] for name in ("rulebook", "event", "currency", "loss", "uncovered", "outcome")},
        "payer": payer,
        "step": None if step is None else step.name,
        "rejected": run.detailed,
    }


def _all_paragraphs(
    run: Replay, payer: str | None, step: StepProgram | None, day: HistoryDay | None
) -> Iterator[Paragraph]:
    """The run, and what else happens on its day, in the order in which a day is worked."""
    if day is None or step is not None:
        yield from _paragraphs(run, payer, step)
        return
    yield from before_run(day, run.words, payer)
    if day.run is None:
        yield Paragraph("The run", (f"Nothing is lost on {day.date}, so nothing is run.",))
    elif payer in (None, "ccp", *run.event.members, *run.program.parties):
        yield from _paragraphs(run, payer, None)
        yield from Dues.of(run, day.due, day.owed).told(run.words, payer)
    yield from after_run(day, run.words, payer)


def _paragraphs(run: Replay, payer: str | None, step: StepProgram | None) -> Iterator[Paragraph]:
    if payer is not None and step is not None:
        yield from payer_in_step(run, payer, step)
    elif payer is not None:
        yield from payer_in_run(run, payer)
    elif step is not None:
        yield from (step_paragraph(run, scene, asked=True) for scene in run.scenes if scene.step is step)
    else:
        yield default(run)
        yield from waterfall(run)
        yield outcome(run)
        yield from statements(run, run.program.statements)
        yield from periods(run)
        yield from dated(run)
        yield from missing(run, run.allocation.trail.missing)
        yield from remarks(run)
