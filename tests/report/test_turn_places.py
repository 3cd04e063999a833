"""A page of defaults in turn and of rounds: a place for each pass and round, and figures that are those of a run."""

import pytest

from rulelang import evaluate
from rulelang.changes.comparison import EventPair, compare_versions
from rulelang.report.breakpoints import breakpoints
from rulelang.report.data import report_data
from rulelang.report.page import render_page
from rulelang.report.turn_places import NO_ROUND
from tests.report.browser import opened
from tests.report.conftest import save, written
from tests.report.test_browser import TOLD, of_interpreter
from tests.report.test_browser import losses_to_try as losses_of
from tests.report.test_page import Reader

RULES = """
rulebook "Turns" version "1"
currency EUR
members have
    fund : money
{more}
waterfall "w" {turn}
    tranche own "Own resources" cite "1"
        paid by ccp
        up to EUR 5
    assessment calls "Calls" cite "2"
        paid by survivors
        {clauses}
    finally rest
"""
EVENT = """
event "e"
declared 2025-01-01
member A fund = EUR 10
member B fund = EUR 20
member C fund = EUR 30
member D fund = EUR 7
default of A loss EUR {first}
default of B loss EUR 12
"""
ROUNDS = "up to 10% of fund each in at most 3 rounds shared pro rata to fund"
IN_TURN = "for each default in turn"


def page_of(clauses, turn="", more="", first=6):
    return written(RULES.format(clauses=clauses, turn=turn, more=more), EVENT.format(first=first))


def test_a_page_has_a_row_for_each_round_that_some_loss_comes_to():
    report = page_of(ROUNDS)
    turns = report.new.places.turns
    assert [(turn.step.name, turn.round) for turn in turns] == [("own", None), ("calls", 1), ("calls", 2), ("calls", 3)]
    assert [report.new.places.words(turn) for turn in turns] == ["", ", round 1", ", round 2", ", round 3"]


def test_a_round_that_is_not_done_at_the_events_loss_says_so():
    report = written(RULES.format(clauses=ROUNDS, turn="", more=""), EVENT.replace("12", "1").format(first=6))
    told = report_data(report)["new"]
    assert [turn["status"] for turn in told["run"]["turns"]] == ["paid", "paid", NO_ROUND, NO_ROUND]
    assert [side["again"] for side in told["sides"]] == [False, False, True, True]
    page = render_page(report, "1.2.3")
    assert page.count("This round is not done at the") == 2
    assert page.count(f">{NO_ROUND}<") == 2


def test_a_round_beyond_the_last_one_of_the_page_may_follow():
    """Where the range ends before all rounds are done, more may follow."""
    report = written(RULES.format(clauses=ROUNDS, turn="", more=""), EVENT.format(first=6), to=900)
    sides = report_data(report)["new"]["sides"]
    assert [side["more"] for side in sides] == [False, False, False, False]  # the event itself comes to all three
    small = written(RULES.format(clauses=ROUNDS, turn="", more=""), EVENT.replace("12", "1").format(first=6), to=800)
    assert [side["more"] for side in report_data(small)["new"]["sides"]] == [False, True]


def test_a_page_of_defaults_in_turn_has_a_row_for_each_pass():
    report = page_of("up to 10% of fund each shared pro rata to fund", IN_TURN)
    words = [report.new.places.words(turn) for turn in report.new.places.turns]
    assert words == [", default of A"] * 2 + [", default of B"] * 2
    assert [row["data-turn"] for row, _ in Reader(render_page(report, "1.2.3")).all("tr") if "data-turn" in row] == [
        "0",
        "1",
        "2",
        "3",
    ]
    happenings = [text for row in breakpoints(report.new.profile, report.new.places) for text in row["what"]]
    assert "Calls (default of A): begins to pay" in happenings
    assert "Calls (default of B): used up" in happenings


def test_rounds_begin_and_are_used_up_in_words():
    report = page_of(ROUNDS)
    found = {int(row["loss"]): row["what"] for row in breakpoints(report.new.profile, report.new.places)}
    # C and D pay EUR 3.70 a round, behind EUR 5
    assert found[870] == ["Calls (round 1): used up", "Calls (round 2): begins to pay"]
    assert found[1610] == ["Calls (round 3): used up", "from here on loss stays uncovered"]


LATE = "period late opens at a payment under own lasts 5 days"
NAMED = "limit aggregate as 10% of fund each"


@pytest.mark.parametrize(
    ("clauses", "more", "turn", "sure"),
    [
        ("up to fund each shared pro rata to fund", "", "", True),
        ("up to fund each shared equally without reallocation", "", "", True),
        ("up to aggregate shared pro rata to fund", NAMED, "", True),
        ("up to aggregate shared pro rata to fund", NAMED, IN_TURN, True),
        ("up to 50% of fund each during late shared pro rata to fund", LATE, "", True),
        ("up to EUR 3 each in any 30 days shared pro rata to fund", "", IN_TURN, False),
        ("from fund in at most 2 rounds shared pro rata to fund", "", "", True),
        ("from fund shared pro rata to fund", "", IN_TURN, False),
    ],
)
def test_a_page_is_sure_where_it_knows_what_a_run_has_rounded(clauses, more, turn, sure):
    """In a later pass or round a limit may rest on shares of the one before, which a run rounds."""
    report = page_of(clauses, turn, more)
    assert all(piece["exact"] for piece in report_data(report)["new"]["profile"]["pieces"]) is sure


@pytest.mark.slow
@pytest.mark.parametrize(
    ("clauses", "turn", "more"),
    [
        (ROUNDS, "", ""),
        (ROUNDS, IN_TURN, ""),
        ("up to aggregate shared pro rata to fund", IN_TURN, NAMED),
        ("up to 5% of fund each shared equally without reallocation", "", ""),
        ("up to 5% of fund each up to EUR 1 in total shared equally without reallocation", IN_TURN, ""),
        ("up to 5% of fund each during late shared pro rata to fund", IN_TURN, LATE),
    ],
)
def test_a_page_runs_passes_and_rounds_as_the_interpreter_does(driver, tmp_path, clauses, turn, more):
    report = page_of(clauses, turn, more)
    opened(driver, save(report, tmp_path))
    assert driver.execute_script("return rulelangReport.agrees")
    wanted = losses_of(report, report_data(report)["new"]["profile"]["top"])
    for loss, (uncovered, turns) in zip(
        wanted, driver.execute_script(TOLD, [str(each) for each in wanted]), strict=True
    ):
        done = [turn for turn in turns if turn[0] != NO_ROUND]
        sure = driver.execute_script("return rulelangReport.runAt(arguments[0]).exact", str(loss))
        assert not sure or [uncovered, done] == of_interpreter(report, loss), loss


def test_steps_in_rounds_are_one_line_of_a_comparison():
    old, new = page_of("up to 10% of fund each shared pro rata to fund"), page_of(ROUNDS)
    found = compare_versions(old.new.program, new.new.program, [EventPair(old.new.event, new.new.event)])
    (event,) = found.events
    assert [(step.old, step.new, step.segment) for step in event.steps] == [
        ("own", "own", None),
        ("calls", "calls", None),
    ]
    calls = event.steps[1].amount
    assert (calls.before, calls.after) == (370, 1110)
    band = calls.over.bands[0]
    assert (band.start, band.end, band.sign) == (870, None, 1)
    assert calls.over.extreme.amount == 740


def test_passes_are_one_line_of_a_comparison():
    clauses = "up to EUR 1 each shared pro rata to fund"
    old, new = page_of(clauses), page_of(clauses, IN_TURN)
    found = compare_versions(old.new.program, new.new.program, [EventPair(old.new.event, new.new.event)])
    (event,) = found.events
    assert {step.new: (step.amount.before, step.amount.after) for step in event.steps} == {
        "own": (500, 1000),
        "calls": (200, 300),
    }
    for program, side in ((old.new.program, "before"), (new.new.program, "after")):
        paid = evaluate(program, new.new.event).drawn("calls")
        assert paid == getattr(event.steps[1].amount, side)


def test_a_loss_without_a_default_is_no_default_on_the_page():
    event = EVENT[: EVENT.index("default of A")] + 'non-default loss EUR 8 "fraud"'
    rules = RULES.format(clauses="up to 10% of fund each shared equally", turn=IN_TURN, more="")
    page = render_page(written(rules.replace("paid by ccp", "for all losses paid by ccp"), event), "1.2.3")
    assert "Default declared" not in page
    assert page.count("Declared on 2025-01-01.") == 2
    assert "Own resources (losses of no default): used up" in page
