"""Values beyond the range of exact arithmetic: a run, a profile and a sweep refuse the same, and nothing less."""

import pytest
from attrs import evolve

import rulelang
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event

BOOK = """rulebook "R"
currency EUR
segments north, south
members have
    fund : money
    weight : number
define d0 as 100433627766186892221372630771322662657637687111424552206336
define d1 as d0 * d0
define d2 as d1 * d1
define d3 as d2 * d2
define d4 as d3 * d3
define d5 as d4 * d4
define d6 as d5 * d5
define d7 as d6 * d6
define d8 as d7 * d7
define top as d8 * d6 * d3 * d2 * d1 * 2361183241434822606848
define it as {expression}
waterfall
    tranche one
        paid by ccp
        up to if it > 0 then EUR 1 else EUR 2
    finally closure
"""
EVENT = """event "E"
declared 2020-01-01
member A
    fund = EUR 1
    weight = 1
member B
    fund = EUR 1
    weight = 1
default of A in north loss EUR 2
"""
WITHIN = ["top", "average of top over members", "max(top, 1)", "1 / top", "top - top + top"]
BEYOND = [
    "top + top",
    "0 - top - top",
    "top * 2",
    "top / 0.5",
    "1 / top / 2",
    "0 - 1 / top / 2",
    "sum of top over members",
    "sum of top over segments",
    "largest 2 of top over members",
    "max(top + top, 1)",
    "if loss > EUR 0.50 then top + top else 1",
    "top * (sum of fund over members / EUR 1)",
]
MOVING = [
    "top * (loss / EUR 1)",
    "top + top * (remaining / EUR 3)",
    "sum of top * (loss / EUR 2) over members",
    "0 - top * (loss / EUR 1)",
    "1 / top / 2 * (loss / EUR 1)",
]
LOSSES = [50, 100, 150, 199, 200, 201, 300, 10**9]


def world(expression):
    program = rulelang.parse_rulebook(BOOK.format(expression=expression))
    return program, check_event(SourceText.from_text(EVENT), program)


def of_run(program, event, loss):
    try:
        return rulelang.evaluate(program, evolve(event, losses=(evolve(event.losses[0], amount=loss),))).uncovered
    except rulelang.RunError as refused:
        return refused.diagnostics[0].code


def of_profile(program, event):
    try:
        return rulelang.profile(program, event) and "answered"
    except rulelang.RunError as refused:
        return refused.diagnostics[0].code


def of_sweep(program, event, loss):
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"loss.A.north": [loss]})
    try:
        return int(rulelang.sweep(program, event, table, unit="minor").to_pydict()["uncovered"][0] * 100)
    except rulelang.RulelangError as refused:
        (found,) = refused.diagnostics
        assert found.code == "rejected-scenario"
        return "number-too-large" if "beyond the range of exact arithmetic" in str(found) else found


@pytest.mark.parametrize("expression", WITHIN)
def test_a_value_in_the_range_is_answered_by_all(expression):
    program, event = world(expression)
    assert [of_run(program, event, loss) for loss in (100, 300)] == [0, 200]
    assert [of_sweep(program, event, loss) for loss in (100, 300)] == [0, 200]
    assert of_profile(program, event) == "answered"


@pytest.mark.parametrize("expression", BEYOND)
def test_a_value_beyond_the_range_is_refused_by_all(expression):
    program, event = world(expression)
    found = {of_run(program, event, 100), of_sweep(program, event, 100), of_profile(program, event)}
    assert found == {"number-too-large"}


@pytest.mark.parametrize("expression", MOVING)
def test_a_value_that_grows_beyond_the_range_is_refused_from_the_same_loss_on(expression):
    program, event = world(expression)
    runs = [of_run(program, event, loss) for loss in LOSSES]
    assert runs == [of_sweep(program, event, loss) for loss in LOSSES]
    assert "number-too-large" in runs
    assert of_profile(program, event) == "number-too-large"


def test_what_is_filled_in_for_a_missing_value_is_refused_alike():
    squares = "".join(f"    p{number} : number if missing p{number - 1} * p{number - 1}\n" for number in range(1, 10))
    text = BOOK.replace("    weight : number\n", f"    p0 : number\n{squares}").format(expression="1")
    program = rulelang.parse_rulebook(text)
    power = f"    p0 = {2**196}\n"
    source = EVENT.replace("    fund = EUR 1\n", f"    fund = EUR 1\n{power}").replace("    weight = 1\n", "")
    event = check_event(SourceText.from_text(source), program)
    assert {of_run(program, event, 100), of_profile(program, event)} == {"number-too-large"}
    assert of_sweep(program, event, 100) == "number-too-large"
