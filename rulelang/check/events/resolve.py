"""An event in the terms of a rulebook, put together from its parts, or every finding about it."""

from attrs import evolve

from rulelang.base.diagnostic import CheckError, each_once
from rulelang.check.events.event_draft import EventDraft
from rulelang.check.events.givens import givens
from rulelang.check.events.lines import decisions, losses, payments
from rulelang.check.events.members import members
from rulelang.check.events.past import enter_former_members, read_past, withdrawals
from rulelang.check.events.raw import RawEvent
from rulelang.check.events.totals import totals
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event


def resolve(raw: RawEvent, program: CheckedProgram) -> Event:
    """The event in the terms of the rulebook.

    Raises:
        CheckError: with every finding.
    """
    against = EventDraft(raw, program)
    event = _event(against)
    if against.findings:
        raise CheckError(each_once(against.findings))
    assert event is not None
    return evolve(event, warnings=(*raw.warnings, *totals(program, event.names, event.fields, against.members)))


def _event(against: EventDraft) -> Event | None:
    raw = against.raw
    if raw.declared is None:
        message = "the event does not say when the default was declared"
        against.report("missing-value", message, raw.place, "add a line such as `declared 2018-09-11`")
    if raw.exercise is not None and not raw.exercise.strip():
        advice = 'say which it is, as in `exercise "Fire drill 2026"`'
        against.report("missing-value", "the exercise has no name", raw.place, advice)
    enter_former_members(against)
    defaulting = dict.fromkeys(loss.member.text for loss in raw.losses if loss.member is not None)
    known = members(against, tuple(defaulting))
    given = givens(against)
    lines = losses(against), payments(against), decisions(against)
    past = read_past(against, known, given.dated)
    leaving = withdrawals(against)
    if raw.declared is None:
        return None
    names = {word.text: title for word, title in raw.former_members if title is not None} | known.names
    return Event(
        raw.title,
        raw.declared,
        tuple(sorted(against.members)),
        names,
        known.columns,
        given.values,
        *lines,
        known.with_defaulters,
        past,
        leaving,
        raw.under,
        raw.source,
        tuple(raw.data),
        exercise=raw.exercise,
    )
