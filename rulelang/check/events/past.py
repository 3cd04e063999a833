"""What an event says of the time before it: earlier defaults, notices, periods, former members; and withdrawals."""

import datetime

from rulelang.base.advice import Help
from rulelang.base.source import Place
from rulelang.base.suggest import listed
from rulelang.check.events.event_draft import NOTHING, Column, EventDraft
from rulelang.check.events.members import Members
from rulelang.check.events.raw import MemberDay, Word
from rulelang.check.events.retold import as_default, as_further_loss
from rulelang.check.program import StepProgram
from rulelang.check.steps.guards import MOST_ROUNDS
from rulelang.model.event import Dated, Past, Withdrawal


def enter_former_members(against: EventDraft) -> None:
    """Those who were members once, and are none now."""
    present = {member.member.text: member.member.place for member in against.raw.members}
    for word, _ in against.raw.former_members:
        first = present.get(word.text) or against.former_members.get(word.text)
        if first is not None:
            message = f"`{word.text}` is named twice among members and former members"
            against.report_second("duplicate-member", message, word.place, first)
        if word.text in against.program.parties or word.text == "ccp":
            message = f"`{word.text}` is a payer of the rulebook, not a member that was one"
            advice = "leave it out: earlier payments of a payer need no member, and a member has another id"
            against.report("duplicate-name", message, word.place, advice)
        against.former_members.setdefault(word.text, word.place)


def read_past(against: EventDraft, known: Members, dated_givens: dict[Column, Dated]) -> Past:
    """The past of an event."""
    notices = days_of(against, against.raw.notices, "the member that gave notice", "has given notice")
    defaulted = days_of(against, against.raw.defaulted, "the earlier defaulter", "has defaulted", or_was=True)
    _check_defaulted(against, defaulted)
    return Past(
        known.dated,
        dated_givens,
        known.since,
        tuple(against.former_members),
        tuple((day, member) for member, day in defaulted.items()),
        notices,
        _open_periods(against),
    )


def days_of(
    against: EventDraft, lines: list[MemberDay], what: str, said: str, *, or_was: bool = False
) -> dict[str, datetime.date]:
    """A day for each of some members (``or_was``: or former ones), that of one given twice refused."""
    found: dict[str, datetime.date] = {}
    places: dict[str, Place] = {}
    for word, day in lines:
        if not against.is_member(word, what, or_was=or_was):
            continue
        if word.text in places:
            message = f"the event says twice that `{word.text}` {said}"
            against.report_second("duplicate-value", message, word.place, places[word.text])
            continue
        places[word.text] = word.place
        found[word.text] = day.date
    return found


def _check_defaulted(against: EventDraft, defaulted: dict[str, datetime.date]) -> None:
    """Earlier defaults lie before the event, none of them happens again, and further losses are of them."""
    declared = against.raw.declared
    for word, day in against.raw.defaulted:
        if declared is not None and day.date > declared:
            message = f"`{word.text}` is said to have defaulted on {day.date}, after the event's own day {declared}"
            advice = "check the day, or leave the line out: an event says what was known on its day"
            against.report("dated-after-declared", message, day.place, advice)
    losses = [loss for loss in against.raw.losses if loss.member is not None]
    new = {loss.member.text: loss.member for loss in losses if loss.member is not None and not loss.further}
    further = {loss.member.text: loss.member for loss in losses if loss.member is not None and loss.further}
    for ident, word in new.items():
        if ident in defaulted:
            message = f"`{ident}` has defaulted on {defaulted[ident]} already"
            own: Help = as_further_loss(word)
            if defaulted[ident] == declared:
                own = "remove the line `defaulted …`: `default of …` says so already"
            against.report("defaults-again", message, word.place, own)
        elif ident in further:
            message = f"`{ident}` cannot both default and have a further loss of an earlier default"
            own = as_default(further[ident], "for all its losses of today")
            against.report("defaults-again", message, further[ident].place, own)
            del further[ident]
    if further:
        check_further(against, further, defaulted, beside_new=bool(new))


def check_further(
    against: EventDraft, further: dict[str, Word], defaulted: dict[str, datetime.date], *, beside_new: bool
) -> None:
    """Further losses are of members that have defaulted, and what is met together is of the defaults of one day."""
    for ident, word in further.items():
        if defaulted and ident not in defaulted:  # an event that says nothing of earlier defaults is taken at its word
            message = f"`{ident}` has a further loss, but the event does not say that it has defaulted"
            advice = f"say on which day it did, as in `defaulted 2018-09-11 {ident}`"
            against.report("not-defaulted", message, word.place, advice)
    days = sorted({defaulted[ident] for ident in further if ident in defaulted})
    if against.program.in_turn or not (beside_new or len(days) > 1):
        return
    why = "a further loss of an earlier default stands beside a new default"
    if not beside_new:
        why = f"the further losses are of defaults of {listed([str(day) for day in days], 'and')}"
    apart = "make an event of each" if against.standing is NOTHING else "put the further loss on a day of its own"
    advice = f"{apart}; a waterfall `for each default in turn`, if that is the rule, takes them in one"
    place = next(iter(further.values())).place
    against.report("losses-apart", f"{why}, and the losses of one event are met together", place, advice)


def _open_periods(against: EventDraft) -> dict[str, tuple[datetime.date, datetime.date]]:
    """The periods that stand open when the event happens."""
    found: dict[str, tuple[datetime.date, datetime.date]] = {}
    places: dict[str, Place] = {}
    declared, periods = against.raw.declared, against.program.periods
    for raw in against.raw.open_periods:
        name, (first, last) = raw.period.text, (raw.first.date, raw.last.date)
        if name not in periods:
            advice = against.suggestions.advice(name, periods, "period", "remove the line")
            against.report("unknown-period", f"the rulebook has no period `{name}`", raw.period.place, advice)
        elif name in places:
            message = f"`{name}` is open twice, but a period has one instance at a time"
            against.report_second("duplicate-value", message, raw.period.place, places[name])
        elif last < first:
            message = f"`{name}` is open from {first} to {last}, which is earlier"
            against.report("wrong-value", message, raw.last.place, "write the earlier day first")
        elif declared is not None and first > declared:
            message = f"`{name}` is open from {first}, after the event's own day {declared}"
            advice = "leave it out: what opens on the day or later is found by the run"
            against.report("dated-after-declared", message, raw.first.place, advice)
        else:
            found[name] = (first, last)
        places.setdefault(name, raw.period.place)
    return found


def withdrawals(against: EventDraft) -> tuple[Withdrawal, ...]:
    """Who withdraws after which round of which step."""
    found: dict[tuple[str, str], Withdrawal] = {}
    for raw in against.raw.withdrawals:
        known = against.is_member(raw.member, "the member that withdraws")
        step, digits = _step_in_rounds(against, raw.step), raw.digits.text
        if step is None:
            continue
        if not (digits.isdigit() and len(digits) <= 3 and 1 <= int(digits) <= MOST_ROUNDS):
            message = f"a round is a whole number from 1 to {MOST_ROUNDS}, but `{digits}` stands here"
            against.report("malformed-number", message, raw.digits.place, "write which round, as in `after round 1`")
        elif (raw.member.text, step.name) in found:
            message = f"`{raw.member.text}` withdraws twice under `{step.name}`"
            against.report("duplicate-value", message, raw.member.place, "keep one of the two")
        elif known:
            one = Withdrawal(raw.member.text, int(digits), step.name, raw.member.place.span)
            found[one.member, one.step] = one
    return tuple(found.values())


def _step_in_rounds(against: EventDraft, word: Word) -> StepProgram | None:
    """The step from which somebody withdraws; ``None`` with a finding."""
    step = against.step_of_today(word, "under")
    if step is not None and step.rounds is None:
        message = f"`{step.name}` has no rounds, so nobody withdraws after one"
        advice = "remove the line, or write `in at most … rounds` in the step"
        against.report("rounds-not-here", message, word.place, advice)
        return None
    return step
