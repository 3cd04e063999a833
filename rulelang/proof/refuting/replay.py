"""Runs an event by the interpreter: nothing is shown as a refutation that this did not confirm."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import SourceText
from rulelang.check.events.as_text import event_as_text
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram, EnsureProgram
from rulelang.model.event import Event
from rulelang.proof.claims.claims import Claim, Played, Ran
from rulelang.proof.claims.questions import Assumption
from rulelang.proof.domain.terms import Number
from rulelang.proof.refuting.events import Values, event_text
from rulelang.proof.solving.ladder import larger_by
from rulelang.proof.worlds.worlds import World
from rulelang.run.interpret import interpret
from rulelang.run.rule_violation import RuleViolation


@frozen
class Replayed:
    """Events, one for each run, and what the runs showed."""

    texts: Sequence[str]
    shown: str


def replay(claim: Claim, world: World, values: Values, assumptions: Sequence[Assumption] = ()) -> Replayed | None:
    """Run the events that some values stand for; ``None`` if they do not show that the claim is broken."""
    texts = []
    for version, program in enumerate(claim.programs):
        more: Mapping[tuple[str | None, str | None], Number] = {}
        if version and claim.larger_loss:
            more = larger_by(world, program)
        texts.append(event_text(_title(claim), version, program, world, values, more))
    found = _shown_by(claim, texts, assumptions)
    if found is None or claim.larger_loss or len(set(texts)) == 1:
        return found
    # a version takes an event by former names too, so that one text does for both
    one = (_shown_by(claim, [text] * len(texts), assumptions) for text in texts)
    return next((shown for shown in one if shown is not None), found)


def replay_as_given(claim: Claim, event: Event, assumptions: Sequence[Assumption] = ()) -> Replayed | None:
    """Run an event as it is, losses, decisions and earlier payments too; ``None`` as :func:`replay`."""
    try:
        text = event_as_text(claim.programs[0], event)
    except RulelangError:  # it is said in JSON alone
        return None
    return _shown_by(claim, [text] * len(claim.programs), assumptions)


def _shown_by(claim: Claim, texts: Sequence[str], assumptions: Sequence[Assumption]) -> Replayed | None:
    """What the interpreter shows with the events of all versions, if it shows that the claim is broken."""
    runs, events = list[Ran](), list[Event]()
    for text, program in zip(texts, claim.programs, strict=True):
        try:
            events.append(event_of(text, program))
        except RulelangError:
            return None
        runs.append(ran(program, events[-1]))
    if claim.of_runs_that_end and any(isinstance(run, RulelangError) for run in runs):
        return None
    if not all(_obeys(claim, events, assumption) for assumption in assumptions):
        return None
    try:
        shown = claim.seen(Played(runs, events))
    except RuleViolation:  # a side of a comparison has no value
        return None
    return None if shown is None else Replayed(texts, shown)


def _title(claim: Claim) -> str:
    return claim.question.text.replace('"', "'").replace("`", "")


def event_of(text: str, program: CheckedProgram) -> Event:
    """The event that a text says, held against a rulebook.

    Raises:
        ReadError, CheckError: it does not fit.
    """
    return check_event(SourceText.from_text(text, "found.event", Path("found.event").absolute()), program)


def ran(program: CheckedProgram, event: Event) -> Ran:
    """What the interpreter does with an event."""
    try:
        return interpret(program, event)
    except RulelangError as error:
        return error


def _obeys(claim: Claim, events: Sequence[Event], assumption: Assumption) -> bool:
    """Whether an event obeys an assumption: it is judged by a run as an invariant."""
    program = claim.programs[assumption.version]
    obeying = [events[place] for place in claim.of_runs(assumption.version)]
    span = assumption.condition.span
    ensure = EnsureProgram(assumption.text, assumption.condition, assumption.population, assumption.where, None, span)
    runs = [ran(evolve(program, ensures=(ensure,), assumes=()), event) for event in obeying]
    return all(not isinstance(run, RulelangError) and run.ensures[0].holds for run in runs)
