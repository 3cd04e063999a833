"""A run told in sentences, for a rulebook lawyer or a member's risk officer: what ``rulelang explain`` prints.

All of the run, or what one payer or one step had to do with it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from rulelang.base.diagnostic import CheckError, finding
from rulelang.base.suggest import did_you_mean
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.explain.explanation import Explanation, Paragraph
from rulelang.explain.paragraphs.day import after_run, before_run
from rulelang.explain.paragraphs.default import default
from rulelang.explain.paragraphs.dues import Dues
from rulelang.explain.paragraphs.outcome import dated, missing, outcome, periods, remarks, statements
from rulelang.explain.paragraphs.payer import payer_in_run, payer_in_step
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
