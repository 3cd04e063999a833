"""Tests: what a test expects names steps and payers that the rulebook has, and amounts in its currency."""

from collections.abc import Iterator
from typing import assert_never

from rulelang.base.advice import Advice, Help
from rulelang.base.suggest import listed
from rulelang.check.draft import Draft
from rulelang.check.expressions.literals import day, money_units
from rulelang.check.expressions.names import known_period, known_step, pot_advice
from rulelang.check.expressions.walk import children
from rulelang.check.repairs import removal, words_before
from rulelang.syntax import nodes


def check_tests(draft: Draft) -> None:
    """Check the expectations of every test and the days of its event, which is else checked when it is loaded."""
    titles: dict[str, nodes.TestSection] = {}
    for section in draft.rulebook.sections:
        if not isinstance(section, nodes.TestSection):
            continue
        with draft.inside(f'test "{section.title}"'):
            if section.title in titles:
                message, advice = f'two tests are called "{section.title}"', "give each test a title of its own"
                draft.report_second("duplicate-name", message, section.span, titles[section.title].span, advice)
            titles.setdefault(section.title, section)
            if isinstance(section.event, nodes.EventSyntax):
                for written in _days(section.event):
                    day(draft, written)
            for expectation in section.expectations:
                _check_day(draft, section, expectation)
                _check(draft, expectation)


def _check_day(draft: Draft, section: nodes.TestSection, expectation: nodes.Expectation) -> None:
    """In a test of a history every expectation says of which day it is, in one of an event none does."""
    of_history = isinstance(section.event, nodes.HistoryFile)
    if expectation.day is not None:
        day(draft, expectation.day)
    if of_history is not (expectation.day is not None):
        message = "the expectation does not say of which day of the history it is"
        advice: Help = "name the day, as in `expect on 2018-09-11 …`"
        if expectation.day is not None:
            message = "the expectation names a day, but the test has one run alone"
            whole = words_before(draft.source, "on", expectation.day.span)
            advice = removal(draft.source, whole, "leave out `on` and the day", "the day")
        draft.report("day-of-expectation", message, expectation.span, help=advice)


def _days(event: nodes.EventSyntax) -> Iterator[nodes.DateLiteral | nodes.Value]:
    """Every day that an event names, and every one that is the value of a datum."""
    yield from (each for each in children(event) if isinstance(each, nodes.DateLiteral))
    for item in event.items:
        match item:
            case nodes.GivenItem(datum=datum):
                values: tuple[nodes.DatumValue, ...] = (datum,)
            case nodes.MemberItem(values=values):
                pass
            case _:
                continue
        yield from (each.value for each in values if each.value.form == "date")


def _check(draft: Draft, expectation: nodes.Expectation) -> None:
    match expectation:
        case nodes.ExpectOutcome(outcome=outcome):
            _check_outcome(draft, outcome)
        case nodes.ExpectEnsure():
            _check_ensure(draft, expectation)
        case nodes.ExpectPays(amount=amount, segment=segment):
            _check_amount(draft, amount)
            _check_who(draft, expectation)
            _check_segment(draft, segment)
            _check_step_segment(draft, expectation)
        case nodes.ExpectUncovered(amount=amount, segment=segment):
            _check_amount(draft, amount)
            _check_segment(draft, segment)
        case nodes.ExpectOwes(who=who) | nodes.ExpectHolds(who=who):
            _check_amount(draft, expectation.amount)
            _check_payer(draft, who)
            _check_pot(draft, expectation)
        case nodes.ExpectRepaid(amount=amount, who=who, under=under):
            _check_amount(draft, amount)
            _check_payer(draft, who)
            if under is not None:
                known_step(draft, under)
        case nodes.ExpectPeriod(period=period):
            known_period(draft, period)
        case _:
            assert_never(expectation)


def _check_ensure(draft: Draft, expectation: nodes.ExpectEnsure) -> None:
    texts = [each.text for each in (*draft.ensures, *draft.assumes)]
    if expectation.text not in texts:
        near = draft.suggestions.did_you_mean(expectation.text, texts, "ensure")
        advice = near or "write the text of an `ensure` or `assume` of this rulebook"
        message = f'no `ensure` or `assume` has the text "{expectation.text}"'
        draft.report("unknown-name", message, expectation.span, help=advice)


def _check_step_segment(draft: Draft, expectation: nodes.ExpectPays) -> None:
    """A step that is not done per segment pays in none of them."""
    step = expectation.under or expectation.who
    if expectation.segment is not None and draft.step_per_segment.get(step.text) is False:
        message = f"`{step.text}` is not done per segment"
        draft.report("unknown-segment", message, expectation.segment.span, help=_without(draft, expectation.segment))


def _without(draft: Draft, segment: nodes.Identifier) -> Advice:
    span = words_before(draft.source, "in", segment.span)
    return removal(draft.source, span, "leave the segment out", "the segment")


def _check_segment(draft: Draft, segment: nodes.Identifier | None) -> None:
    if segment is not None and segment.text not in draft.segments:
        advice = draft.suggestions.advice(segment.text, draft.segments, "segment", "leave it out")
        draft.report("unknown-segment", f"no segment is called `{segment.text}`", segment.span, help=advice)


def _check_amount(draft: Draft, amount: nodes.MoneyLiteral) -> None:
    units = money_units(draft, amount)
    if units is not None:
        draft.constants[id(amount)] = units


def _check_outcome(draft: Draft, name: nodes.Identifier) -> None:
    final = draft.waterfall.outcome if draft.waterfall is not None else None
    known = ["covered", final.name.text if final is not None else "uncovered"]
    if name.text not in known:
        near = draft.suggestions.did_you_mean(name.text, known, "outcome")
        advice = near or f"a run ends in `{known[0]}` or `{known[1]}`"
        draft.report("unknown-name", f"no run of this rulebook ends in `{name.text}`", name.span, help=advice)


def _check_who(draft: Draft, expectation: nodes.ExpectPays) -> None:
    who = expectation.who
    if not (who.quoted or who.text[0].isupper()):  # a member is known only to the event
        is_step = expectation.under is None and who.text in draft.step_nodes
        if who.text != "ccp" and who.text not in draft.parties and not is_step:
            _report_unknown(draft, who, steps=expectation.under is None)
    if expectation.under is not None:
        known_step(draft, expectation.under)


def _check_payer(draft: Draft, who: nodes.Identifier) -> None:
    """Who owes, holds or is repaid: a member (known only to the history), the CCP or a party."""
    if not (who.quoted or who.text[0].isupper()) and who.text not in draft.payers:
        _report_unknown(draft, who, steps=False)


def _check_pot(draft: Draft, expectation: nodes.ExpectOwes | nodes.ExpectHolds) -> None:
    pot = expectation.pot
    if pot.text not in draft.pots:
        message = f"no step draws from `{pot.text}`"
        draft.report("unknown-pot", message, pot.span, help=pot_advice(draft, pot.text))
        return
    _check_segment(draft, expectation.segment)
    if expectation.segment is None and draft.pots[pot.text].per_segment:
        message = f"`{pot.text}` is per segment"
        draft.report("missing-segment", message, pot.span, help="say in which, as in `in energy`")
    elif expectation.segment is not None and not draft.pots[pot.text].per_segment:
        message = f"`{pot.text}` is not per segment"
        draft.report("unknown-segment", message, pot.span, help=_without(draft, expectation.segment))


def _report_unknown(draft: Draft, who: nodes.Identifier, *, steps: bool) -> None:
    known = draft.payers_and_steps if steps else draft.payers
    near = draft.suggestions.did_you_mean(who.text, known, "payer or step" if steps else "payer")
    advice = near or f"they are {listed(known, 'and')}; members begin with a capital"
    draft.report("unknown-name", f"no step or payer is called `{who.text}`", who.span, help=advice)
