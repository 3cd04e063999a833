"""Running the tests of a rulebook, those of histories too: what is expected of a day is held against that day."""

import datetime
from collections.abc import Iterator, Mapping

from attrs import evolve

from rulelang.base.diagnostic import Diagnostic, RulelangError, finding
from rulelang.base.source import Place
from rulelang.base.suggest import did_you_mean, listed
from rulelang.check.events.paths import inside
from rulelang.check.events.text import Reader
from rulelang.check.program import CheckedProgram
from rulelang.histories.fold import run_history
from rulelang.histories.history import History, read_history
from rulelang.histories.names import Names, names_known, names_today
from rulelang.model.history import HistoryDay, HistoryResult
from rulelang.run.testing import TestReport, TestResult, broken_statements, compare, judge, run_tests_with
from rulelang.syntax import nodes
from rulelang.syntax.read import read_source


def run_tests(program: CheckedProgram, read: Reader = read_source) -> TestReport:
    """Run every test of a rulebook; a test that cannot run is a failure, and the others go on.

    ``read`` gives the texts of the files that tests name, where they are not read from disk.
    """
    return run_tests_with(program, _test_of_history, read)


def _test_of_history(program: CheckedProgram, test: nodes.TestSection, read: Reader) -> TestResult:
    """A test of a history, in whose head this rulebook takes the place of the one that it names."""
    assert isinstance(test.event, nodes.HistoryFile)
    try:
        path, shown = inside(test.event.path, Place(program.source, test.event.span), program.source, program.source)
        history = read_history(read(path, shown), program, read)
        result = run_history(history)
    except RulelangError as error:
        return TestResult(test.title, error.diagnostics)
    found = [each for expectation in test.expectations for each in _judged(history, result, expectation)]
    found = [evolve(each, breadcrumb=(f'test "{test.title}"',)) for each in found]
    ours = [day for day in result.days if day.rulebook.sha256 == program.source.sha256]
    for day in ours:
        if day.run is not None:
            of_day = tuple(each for each in test.expectations if _day(each) == str(day.date))
            found += broken_statements(program, evolve(test, expectations=of_day), day.run)
    runs = tuple(day.run for day in ours if day.run is not None)
    failures = tuple(each for each in found if each.code != "idle-expectation")
    return TestResult(test.title, failures, (), runs)


def _day(expectation: nodes.Expectation) -> str | None:
    return None if expectation.day is None else expectation.day.text


def _names_on(history: History, date: datetime.date) -> Mapping[str, str]:
    """What the names of the first rulebook have become by a day, where they go on by ``formerly``."""
    first = history.program
    names: dict[str, Names] = {name: (name,) for name in (*first.steps, *first.fields, *first.givens)}
    for block in history.days:
        if block.program is not None and block.date <= date:
            known = names_known(block.program)
            names = {name: names_today(before, known) for name, before in names.items()}
    return {name: now for name, (*_, now) in names.items()}


def _judged(history: History, result: HistoryResult, expectation: nodes.Expectation) -> Iterator[Diagnostic]:
    """What is wrong with a day of the history."""
    program = history.program
    place = Place(program.source, expectation.span)
    day = next((each for each in result.days if str(each.date) == _day(expectation)), None)
    if day is None:
        shown = listed([str(each.date) for each in result.days], "and")
        message = f"the history has no day {_day(expectation)}"
        yield finding("unknown-day", message, place, help=f"its days are {shown}")
        return
    found = _unknown_payer(program, result, expectation, place) or _of_day(history, day, expectation, place)
    if found is not None:
        yield found


def _unknown_payer(
    program: CheckedProgram, result: HistoryResult, expectation: nodes.Expectation, place: Place
) -> Diagnostic | None:
    """An expectation about somebody who is on no day of the history; nothing would hold for it, and so pass."""
    if not isinstance(expectation, nodes.ExpectOwes | nodes.ExpectRepaid):
        return None
    known = {"ccp", *program.parties, *result.members}
    if expectation.who.text in known:
        return None
    message = f"`{expectation.who.text}` is on no day of the history"
    return finding("unknown-member", message, place, help=did_you_mean(expectation.who.text, sorted(known)))


def _of_day(history: History, day: HistoryDay, expectation: nodes.Expectation, place: Place) -> Diagnostic | None:
    program, on, called = history.program, f" on {day.date}", _names_on(history, day.date)
    match expectation:
        case nodes.ExpectOwes(who=who, pot=pot, amount=wanted):
            account = who.text, called[pot.text], _segment(expectation.segment)
            due = sum(one.amount for one in day.due if one.account == account)
            return compare(program, f"what `{who.text}` owes to {_pot(expectation)}{on}", wanted, due, place)
        case nodes.ExpectHolds(who=who, pot=pot, amount=wanted):
            account = who.text, called[pot.text], _segment(expectation.segment)
            held = {one.account: one.amount for one in day.balances}
            amount = held.get(account)
            if amount is None:
                near = did_you_mean(who.text, sorted({payer for payer, other, _ in held if other == account[1]}))
                message = f"`{who.text}` has no balance in {_pot(expectation)}{on}"
                return finding("unknown-member", message, place, help=near)
            return compare(program, f"what `{who.text}` holds in {_pot(expectation)}{on}", wanted, amount, place)
        case nodes.ExpectRepaid(who=who, under=under, amount=wanted):
            step = None if under is None else called[under.text]
            back = sum(one.amount for one in day.repaid if one.payer == who.text and step in (None, one.step))
            what = f"what `{who.text}` is repaid" + ("" if under is None else f" under `{under.text}`")
            return compare(program, what + on, wanted, back, place)
        case nodes.ExpectPeriod(period=period, is_open=wanted_open):
            is_open = any(one.period == period.text for one in day.periods)
            if is_open is wanted_open:
                return None
            words = {True: "open", False: "closed"}
            message = f"`{period.text}` should be {words[wanted_open]} when {day.date} ends, but it is {words[is_open]}"
            return finding("unmet-expectation", message, place)
        case _:
            if day.run is None or day.event is None:
                message = f"nothing is lost on {day.date}, so nothing is paid on it"
                return finding("unmet-expectation", message, place, help="expect it of a day with a loss")
            return judge(program, day.event, day.run, expectation, called)


def _segment(name: nodes.Identifier | None) -> str | None:
    return None if name is None else name.text


def _pot(expectation: nodes.ExpectOwes | nodes.ExpectHolds) -> str:
    where = "" if expectation.segment is None else f" in `{expectation.segment.text}`"
    return f"`{expectation.pot.text}`{where}"
