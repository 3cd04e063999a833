"""The lines of an event on losses, earlier payments and decisions, in the terms of the rulebook."""

from rulelang.base.source import Place, Span
from rulelang.check import exact
from rulelang.check.events import values
from rulelang.check.events.event_draft import EventDraft
from rulelang.check.events.raw import RawAmount, RawDecision, RawLoss, RawPayment, Word
from rulelang.check.program import DatumProgram, GroupProgram, StepProgram
from rulelang.check.types import MONEY
from rulelang.model.event import Decision, EarlierPayment, EarlierPayments, Loss

_AMOUNT = DatumProgram("amount", MONEY, signed=False, per_segment=False, note=None, if_missing=None, span=Span(0, 0))


def losses(against: EventDraft) -> tuple[Loss, ...]:
    """The losses of the defaulters, and those without one."""
    found = []
    for raw in against.raw.losses:
        known = raw.member is None or against.is_member(raw.member, "the defaulter")
        what = "the non-default loss" if raw.member is None else f"the loss of `{raw.member.text}`"
        if against.program.segments:
            fits = against.fits_segment(raw.segment, per_segment=True, what=what, place=raw.place)
        else:
            fits = _names_no_segment(against, raw, what)
        units = units_of(against, raw.amount)
        if units == 0:
            against.report("no-loss", f"{what} is zero", raw.amount.place, "remove the line, or give the loss")
        if known and fits and units:
            segment = None if raw.segment is None else raw.segment.text
            member = None if raw.member is None else raw.member.text
            found.append(Loss(member, segment, units, raw.place.span, raw.cause, raw.further))
    return tuple(found)


def _names_no_segment(against: EventDraft, raw: RawLoss, what: str) -> bool:
    if raw.segment is None:
        return True
    message = f"{what} names the segment `{raw.segment.text}`, but the rulebook has no segments"
    against.report("no-segments", message, raw.segment.place, "leave the segment out")
    return False


def payments(against: EventDraft) -> EarlierPayments:
    """The earlier payments."""
    return EarlierPayments(found for raw in against.raw.payments if (found := _payment(against, raw)) is not None)


def _payment(against: EventDraft, raw: RawPayment) -> EarlierPayment | None:
    step = _step_or_pot(against, raw.step)
    units = units_of(against, raw.amount)
    payer = raw.payer.text
    known = payer == "ccp" or payer in against.program.parties or against.is_member(raw.payer, "the payer", or_was=True)
    for one in raw.defaulters:
        known = against.is_member(one, "the defaulter", or_was=True) and known
    if against.raw.declared is not None and raw.day.date > against.raw.declared:
        against.report(
            "payment-after-declaration",
            f"a payment of {raw.day.date} is later than the declaration of {against.raw.declared}",
            raw.day.place,
            "earlier payments are dated on or before the declaration",
        )
    if step is None or units is None or not known:
        return None
    name, per_segment = step
    what = f"a payment under `{name}`"
    if not against.fits_segment(raw.segment, per_segment=per_segment, what=what, place=raw.step.place):
        return None
    segment = None if raw.segment is None else raw.segment.text
    whose = tuple(dict.fromkeys(one.text for one in raw.defaulters)) or None
    return EarlierPayment(raw.day.date, payer, name, segment, units, raw.payer.place.span, whose)


def decisions(against: EventDraft) -> dict[str, Decision]:
    """What was decided on each step that is at somebody's discretion."""
    found: dict[str, Decision] = {}
    places: dict[str, Place] = {}
    for raw in against.raw.decisions:
        step = _decided_step(against, raw)
        if step is None:
            continue
        if step.name in found:
            message = f"`{step.name}` is decided twice"
            against.report_second("duplicate-value", message, raw.step.place, places[step.name])
            continue
        places[step.name] = raw.step.place
        most = None if raw.most is None else units_of(against, raw.most)
        if raw.most is not None and _in_pool(against, step):
            message = f"`{step.name}` stands in a group `as one pool`, which has no limit in total"
            against.report("not-in-a-pool", message, raw.most.place, "leave the bound out")
        found[step.name] = Decision(step.name, raw.invoke, raw.body, raw.reason, raw.step.place.span, most)
    return found


def _in_pool(against: EventDraft, step: StepProgram) -> bool:
    groups = (stage for stage in against.program.stages if isinstance(stage, GroupProgram))
    return any(group.one_pool and step in group.steps for group in groups)


def _decided_step(against: EventDraft, raw: RawDecision) -> StepProgram | None:
    step = against.step_of_today(raw.step, "decide")
    if step is not None and step.discretion is None:
        against.report(
            "nothing-to-decide",
            f"`{step.name}` leaves nothing to decide",
            raw.step.place,
            "remove the line, or write `at the discretion of …` in the step",
        )
        return None
    return step


def _step_or_pot(against: EventDraft, word: Word) -> tuple[str, bool] | None:
    """Under what a payer paid, and whether that is per segment: a step, or a pot to which it owed something.

    What is owed counts in limits as paid under the name of the pot (section 7.16 of the specification).
    """
    pot = against.program.replenished.get(against.program.data_by_any_name.get(word.text, word.text))
    if pot is not None:
        return pot.pot, pot.per_segment
    step = against.step(word)
    return None if step is None else (step.name, step.per_segment)


def units_of(against: EventDraft, amount: RawAmount) -> int | None:
    """The minor units of an amount; ``None`` with a finding if it is none."""
    try:
        if isinstance(amount.written, str):
            doubts: list[exact.Refusal] = []
            read = values.from_cell(amount.written, _AMOUNT, against.program.currency, "the amount", doubts)
            against.doubt(doubts, amount.place)
            assert isinstance(read, int)
            return read
        return exact.amount(amount.written, against.program.currency)
    except exact.Refusal as refusal:
        advice = refusal.help
        if refusal.code == "negative-value":
            advice = "check the sign: what was lost, paid or decided is never below zero"
        message = refusal.message.removesuffix(", but it is not declared as signed")
        against.report(refusal.code, message, amount.place, advice)
        return None
