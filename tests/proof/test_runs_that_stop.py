"""No run is said never to stop where a number may grow too long or a day fall off the calendar."""

import pytest

import rulelang
from rulelang.proof.claims.questions import questions_of
from rulelang.proof.claims.verdict import Proved, Refuted, Unknown
from rulelang.proof.domain.sizes import beyond_range
from rulelang.proof.settle import ENDS, settle

pytest.importorskip("z3")

RULEBOOK = """rulebook "Small" version "1"
currency EUR
members have
    contribution : money
    factor : number
given scale : number
define grown as {grown}
waterfall
    tranche own
        paid by ccp
        up to grown * EUR 10
    tranche fund_draw
        paid by survivors from contribution
        {clause}
        shared pro rata to contribution
    finally closure
ensure "nobody pays more than it has" for survivors: total_paid <= contribution
"""
LIMIT = "up to contribution each"


def verdict_of(name, grown="1", clause=LIMIT, most=None):
    program = rulelang.parse_rulebook(RULEBOOK.format(grown=grown, clause=clause), "small.rules")
    (question,) = [one for one in questions_of(program) if one.name == name]
    return settle(question, [program], timeout=5, most_members=most).verdict


def test_numbers_of_bounded_length_are_in_range():
    assert isinstance(verdict_of("never-refuses", "sum of factor over members"), Proved)


def test_each_member_may_take_a_branch_and_a_denominator_of_its_own():
    branches = "".join(f"if factor = {number} then contribution / scale_{number} else " for number in range(170))
    givens = "".join(f"given scale_{number} : number\n" for number in range(170))
    text = RULEBOOK.replace("given scale : number\n", givens).format(
        grown=f"(sum of ({branches}EUR 1) over members) / EUR 1", clause=LIMIT
    )
    assert beyond_range(rulelang.parse_rulebook(text, "small.rules")) is not None


def test_a_definition_in_a_sum_has_the_branches_that_it_says():
    branches = "".join(f"if factor = {number} then contribution / scale_{number} else " for number in range(170))
    declared = "".join(f"given scale_{number} : number\n" for number in range(170))
    text = RULEBOOK.replace("given scale : number\n", f"{declared}define scaled as {branches}EUR 1\n")
    text = text.format(grown="(sum of scaled over members) / EUR 1", clause=LIMIT)
    assert beyond_range(rulelang.parse_rulebook(text, "small.rules")) is not None


def test_what_a_step_has_left_may_be_as_long_as_its_limit():
    squares = "define a0 as scale * scale\n" + "".join(f"define a{n} as a{n - 1} * a{n - 1}\n" for n in range(1, 6))
    text = RULEBOOK.replace("given scale : number\n", f"given scale : number\n{squares}")
    left = "(unused(own) / EUR 1)"
    text = text.replace("        {clause}\n", f"        {{clause}}\n        when {left} * {left} * {left} > 1\n")
    assert beyond_range(rulelang.parse_rulebook(text.format(grown="a5", clause=LIMIT), "small.rules")) is not None
    text = text.replace("unused(own)", "used(own)")
    assert beyond_range(rulelang.parse_rulebook(text.format(grown="a5", clause=LIMIT), "small.rules")) is None


def test_a_sum_with_a_denominator_of_each_member_may_grow_out_of_range():
    verdict = verdict_of("never-refuses", "sum of 1 / max(factor, 1) over members", most=1)
    assert isinstance(verdict, Unknown)
    assert verdict.why == "outside"
    assert "range of exact arithmetic" in verdict.reason
    assert verdict.words == "sum of 1 / max(factor, 1) over members"


def test_so_may_a_number_multiplied_with_itself_again_and_again():
    squares = ["scale * scale", *(f"step_{number} * step_{number}" for number in range(7))]
    defined = "".join(f"\ndefine step_{number} as {text}" for number, text in enumerate(squares))
    few = rulelang.parse_rulebook(RULEBOOK.format(grown=f"step_6{defined}", clause=LIMIT), "small.rules")
    assert few.source.phrase(beyond_range(few).span) == "step_6 * step_6"


def test_a_day_that_is_moved_may_fall_off_the_calendar():
    clause = "up to (if declared - 30 days < 2020-01-01 then EUR 1 else EUR 2) each"
    assert isinstance(verdict_of("never-refuses", clause=clause), Unknown)  # a moved day is compared: outside


@pytest.mark.parametrize("earlier", ["declared - 30 days", "declared - 1 month", "declared + 3 business days"])
def test_the_ends_of_the_calendar_are_left_out_by_name(earlier):
    clause = f"up to (contribution as of {earlier}) each"
    verdict = verdict_of("never-refuses", clause=clause)
    if isinstance(verdict, Proved):  # a later day needs no value of an earlier one
        assert ENDS in verdict.scope.without
    else:
        assert isinstance(verdict, Refuted)
        assert "no value dated" in verdict.shown
