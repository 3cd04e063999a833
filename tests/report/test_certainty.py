"""When a page says that its figures are those of a run, to the minor unit."""

from types import SimpleNamespace

import pytest

from rulelang.base.diagnostic import InternalError, finding
from rulelang.model.trail import Status
from rulelang.profiles.lines import Line
from rulelang.profiles.profile import follow
from rulelang.profiles.variable import find_variable
from rulelang.report import profile_data
from rulelang.report.certainty import Certainty
from rulelang.report.data import report_data
from rulelang.run.plan import make_plan
from tests.report.conftest import written

RULES = """
rulebook "Rounded" version "1"
currency EUR
members have
    fund : money
waterfall
    tranche first cite "1"
        paid by survivors
        up to {first}
        shared {shared}
    tranche second cite "2"
        paid by survivors
        up to {second}
        shared pro rata to fund
    finally rest
"""
EVENT = """
event "e"
declared 2025-01-01
member A
    fund = EUR 3
member B
    fund = EUR 7
member C
    fund = EUR 0
default of C loss EUR 50
"""


def certain(first, shared="pro rata to fund", second="fund each"):
    """Whether the page of a rulebook is sure of every loss from 0 on."""
    report = written(RULES.format(first=first, shared=shared, second=second), EVENT)
    return all(piece["exact"] for piece in report_data(report)["new"]["profile"]["pieces"])


@pytest.mark.parametrize(
    ("clauses", "sure"),
    [
        ({"first": "fund each"}, True),
        ({"first": "10% of loss each"}, True),
        ({"first": "10% of loss in total"}, True),
        ({"first": "10% of loss each", "shared": "pro rata to limits"}, False),
        ({"first": "fund each", "shared": "pro rata to limits"}, True),
        ({"first": "fund each", "second": "10% of remaining each"}, True),
        ({"first": "10% of loss each", "second": "10% of remaining each"}, False),
        ({"first": "10% of loss in total", "second": "used(first) each"}, False),
        ({"first": "EUR 4 in total", "second": "used(first) each"}, True),
        ({"first": "10% of loss in total", "second": "paid(first) each"}, False),
        ({"first": "10% of loss in total", "second": "max(EUR 1, total_paid) each"}, False),
        ({"first": "EUR 4 in total", "second": "paid(first) each"}, True),
    ],
)
def test_a_page_is_sure_where_it_rounds_where_a_run_rounds(clauses, sure):
    assert certain(**clauses) is sure


def turn(key="equally", limits=(), capacity=None):
    """A turn of which no more is known than what counts here."""
    payments = SHARED.payments
    shared = type(payments)(payments.order, Line(0, 1), (1,) * len(limits), (1,) * len(limits), tuple(limits), True)
    step = SimpleNamespace(name="first", key=key)
    return SimpleNamespace(
        turn=SimpleNamespace(step=step, passing=0),
        status=Status.PAID,
        payments=shared,
        limits=(),
        capacity=capacity,
        before=Line(0, 1),
    )


SHARED = next(
    result
    for result in written(RULES.format(first="fund each", shared="equally", second="fund each"), EVENT)
    .new.profile.pieces[0]
    .turns
)
ROUNDED, TWICE = Line(5, 1, 1), Line(5, 1, 2)


@pytest.mark.parametrize(
    ("one", "sure"),
    [
        (turn(limits=(9, 9), capacity=18), True),
        (turn(limits=(ROUNDED, 9)), True),
        (turn("limits", limits=(9, 9)), True),
        (turn("limits", limits=(ROUNDED, 9)), False),
        (turn(limits=(TWICE, 9)), False),
        (turn(limits=(9, None), capacity=ROUNDED), True),
        (turn(limits=(9, None), capacity=TWICE), False),
        (turn(limits=(ROUNDED, ROUNDED), capacity=TWICE), True),
        (turn(limits=(ROUNDED, 9), capacity=TWICE), False),
    ],
)
def test_more_than_one_rounding_of_an_amount_makes_a_page_unsure(one, sure):
    piece = SimpleNamespace(turns=(one,))
    assert Certainty({"first": frozenset()}, divided=False).of(piece) is sure


EARLIER, ROUNDED_EARLIER = turn(limits=(9, 9), capacity=18), turn(limits=(9, 9), capacity=18)
for known, drawn in ((EARLIER, 18), (ROUNDED_EARLIER, ROUNDED)):
    known.turn.step.name, known.drawn = "before", drawn


@pytest.mark.parametrize(
    ("read", "before", "earlier", "divided", "sure"),
    [
        ("remaining", Line(0, 1), (), False, True),
        ("remaining", ROUNDED, (), False, False),
        ("remaining", Line(0, 1), (), True, False),
        ("loss", Line(0, 1), (), True, False),
        ("used", Line(0, 1), (EARLIER,), False, True),
        ("used", Line(0, 1), (EARLIER, ROUNDED_EARLIER), False, False),
        ("total_paid", Line(0, 1), (), False, True),
        ("total_paid", Line(0, 1), (EARLIER,), False, False),
        ("paid", Line(0, 1), (EARLIER,), False, False),
    ],
)
def test_a_page_is_unsure_where_a_step_reads_what_was_rounded(read, before, earlier, divided, sure):
    last = turn(limits=(9, 9), capacity=18)
    last.before = before
    certainty = Certainty({"before": frozenset(), "first": frozenset({(read, "")})}, divided=divided)
    assert certainty.of(SimpleNamespace(turns=(*earlier, last))) is sure


# --------------------------------------------------------------------------------- the last loss that a page holds for

ENDING = """
rulebook "Ends" currency EUR members have fund : money
waterfall
    tranche own paid by ccp up to EUR 10
    tranche board at the discretion of "Board" paid by ccp up to EUR 5
    finally rest
"""
ENDS = 'event "e" declared 2025-01-01 member A fund = EUR 0 default of A loss EUR 8'


def test_a_page_holds_for_the_last_loss_that_the_rules_allow():
    report = written(ENDING, ENDS)
    assert report.new.profile.ended
    assert profile_data.profile_data(report.new.profile, report.new.places, ["ccp", "A"])["top"] == "1000"


def test_a_page_ends_below_a_loss_at_which_the_rules_end_a_run():
    """At EUR 10 itself the second step is reached, and nobody has decided."""
    rules = ENDING.replace("up to EUR 10", "when loss < EUR 10 paid by ccp up to EUR 10", 1).replace(
        "paid by ccp when", "when"
    )
    report = written(rules, ENDS)
    assert report.new.profile.ended
    assert profile_data.profile_data(report.new.profile, report.new.places, ["ccp", "A"])["top"] == "999"


def test_a_page_ends_below_a_loss_at_which_a_run_pays_otherwise_than_the_profile(monkeypatch):
    report = written(ENDING, ENDS)
    other = SimpleNamespace(lines=[SimpleNamespace(step="own", segment=None, drawn=7)])
    monkeypatch.setattr(profile_data, "interpret", lambda program, event: other)
    assert profile_data.profile_data(report.new.profile, report.new.places, ["ccp", "A"])["top"] == "999"


def test_a_broken_law_is_seen_where_a_page_asks_for_its_last_loss(monkeypatch):
    report = written(ENDING, ENDS)

    def fails(program, event):
        raise InternalError([finding("broken-invariant", "the sum is not what it should be")])

    monkeypatch.setattr(profile_data, "interpret", fails)
    with pytest.raises(InternalError):
        profile_data.profile_data(
            follow(make_plan(report.new.program, report.new.event), find_variable(report.new.plan)),
            report.new.places,
            ["ccp", "A"],
        )
