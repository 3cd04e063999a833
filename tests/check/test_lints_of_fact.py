"""Lints that judge by what is so, not by how it is written: each kind both where it is said and where it is not."""

import pytest

from rulelang.base.diagnostic import CheckError
from rulelang.base.source import SourceText
from rulelang.check.rulebook import check_rulebook
from tests.fixing import applied

HEAD = """rulebook "R" version "1"
currency EUR
members have
    contribution : money
    margin       : money
    group        : one of north, south
    bank         : yes/no
given capital : money
given factor  : number
define cap as 200% of contribution
define fund as contribution
"""
OWN = '    tranche own cite "1"\n        paid by defaulters from contribution\n'


def codes(waterfall: str, sections: str = "") -> list[str]:
    text = f"{HEAD}{sections}waterfall\n{OWN}{waterfall}    finally closure\n"
    found = check_rulebook(SourceText.from_text(text, "r.rules")).warnings
    return [each.code for each in found if each.code not in {"unused-name", "ccp-after-members", "uncapped-assessment"}]


def step(*clauses: str, name: str = "calls", head: str = 'assessment {} cite "2"') -> str:
    return "".join(f"{line}\n" for line in ("    " + head.format(name), *("        " + clause for clause in clauses)))


@pytest.mark.parametrize(
    ("limit", "key"),
    [
        ("contribution", "contribution"),
        ("cap", "contribution"),
        ("cap", "fund"),
        ("3 * cap", "50% of contribution"),
        ("factor * contribution", "contribution"),
        ("contribution * (capital / EUR 5)", "contribution"),
        ("min(2 * contribution, cap)", "contribution"),
        ("contribution + 10% of fund", "contribution"),
        ("(if factor > 1 then contribution else cap)", "contribution"),
        ("contribution / sum of contribution over survivors * capital", "contribution"),
    ],
)
def test_nothing_is_passed_on_where_all_reach_their_limits_together(limit, key):
    assert codes(step("paid by survivors", f"up to {limit} each", f"shared pro rata to {key}")) == []


@pytest.mark.parametrize(
    ("limit", "sharing"),
    [
        ("EUR 5 each", "pro rata to contribution"),
        ("margin each", "pro rata to contribution"),
        ("min(margin, contribution) each", "pro rata to contribution"),
        ("(contribution + EUR 5) each", "pro rata to contribution"),
        ("(if bank then contribution else cap) each", "pro rata to contribution"),
        ("cap each", "equally"),
        # the limits are in proportion, what is left of them need not be
        ("contribution each in any 30 days", "pro rata to contribution"),
        ("contribution each during cooling", "pro rata to contribution"),
        ("contribution each in the calendar year", "pro rata to contribution"),
    ],
)
def test_what_one_cannot_bear_is_passed_on_where_some_reach_their_limits_first(limit, sharing):
    period = "period cooling opens at a default lasts 30 days\n"
    clauses = "paid by survivors", f"up to {limit}", f"shared {sharing}"
    assert codes(step(*clauses), period) == ["silent-reallocation"]
    assert codes(step(*clauses[:2], f"{clauses[2]} without reallocation"), period) == []


def test_a_named_limit_that_two_steps_take_leaves_what_need_not_be_in_proportion():
    limit = "limit cap_of_all as cap each\n"
    clauses = "paid by survivors", "up to cap_of_all", "shared pro rata to contribution"
    assert codes(step(*clauses), limit) == []
    assert codes(step(*clauses) + step(*clauses, name="more"), limit) == ["silent-reallocation"] * 2


DRAWS = step("paid by survivors", "shared pro rata to contribution", name="draw", head='tranche {} cite "2"')


def drawing(payers: str, *more: str) -> str:
    return step(f"paid by {payers}", *more, "shared pro rata to contribution", name="draw", head='tranche {} cite "2"')


@pytest.mark.parametrize(
    ("draws", "bears"),
    [
        (("survivors from contribution",), ("survivors",)),
        (("survivors where bank from contribution",), ("survivors",)),
        (("survivors where bank from contribution",), ("survivors where group = north",)),
        (("survivors where margin > EUR 5 from contribution",), ("survivors where margin > EUR 9",)),
        (("survivors from contribution", "when remaining > EUR 5"), ("survivors", "when not (remaining > EUR 5)")),
        (("survivors from contribution", "in force from 2018-01-01"), ("survivors", "in force from 2019-01-01")),
    ],
)
def test_money_is_counted_twice_where_one_payer_may_pay_both(draws, bears):
    text = drawing(*draws) + step(
        f"paid by {bears[0]}", *bears[1:], "up to fund each", "shared pro rata to contribution"
    )
    assert codes(text) == ["same-money-twice"]


@pytest.mark.parametrize(
    ("draws", "bears"),
    [
        (("survivors where bank from contribution",), ("survivors where not bank",)),
        (("survivors where group = north from contribution",), ("survivors where group = south",)),
        (("survivors where group = north from contribution",), ("survivors where bank and group != north",)),
        (("survivors where margin > EUR 5 from contribution",), ("survivors where margin <= EUR 5",)),
        (("survivors from contribution", "when factor > 1"), ("survivors", "when not (factor > 1)")),
        (
            ("survivors from contribution", "in force from 2018-01-01 to 2018-12-31"),
            ("survivors", "in force from 2019-01-01"),
        ),
    ],
)
def test_money_is_not_counted_twice_where_nobody_can_pay_both(draws, bears):
    text = drawing(*draws) + step(
        f"paid by {bears[0]}", *bears[1:], "up to fund each", "shared pro rata to contribution"
    )
    assert codes(text) == []


def test_what_the_defaulter_draws_from_does_not_limit_the_survivors_twice():
    assert codes(step("paid by survivors", "up to contribution each", "shared pro rata to contribution")) == []


def test_a_step_of_a_group_that_cites_its_rule_is_cited():
    inside = (
        "    together{}\n        tranche a\n            paid by ccp\n            up to EUR 5\n"
        "        tranche b\n            paid by ccp\n            up to EUR 5\n    end\n"
    )
    assert codes(inside.format(' cite "2"')) == []
    assert codes(inside.format("")) == ["uncited-step"] * 2


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("group = group", ["compared-with-itself"]),
        ("contribution >= fund", ["compared-with-itself"]),
        ("factor != factor", ["compared-with-itself"]),
        ("group = north", []),
        ("contribution >= margin", []),
    ],
)
def test_a_comparison_with_itself_is_noted(condition, found):
    ensure = f'ensure "e" for members: {condition}\n'
    assert codes("", ensure) == found


@pytest.mark.parametrize(
    ("aggregate", "found"),
    [
        ("largest of capital over members", ["aggregate-of-one-value"]),
        ("sum of EUR 5 over members where bank", ["aggregate-of-one-value"]),
        ("average of factor * capital over members", ["aggregate-of-one-value"]),
        ("sum of factor * contribution over members", []),
        ("largest 2 of margin over members by group", []),
        ("largest of capital over members by group", []),
        ("average of capital over members by group", []),
        ("sum of capital over members by group", ["aggregate-of-one-value"]),
    ],
)
def test_an_aggregate_of_what_is_the_same_for_all_is_noted(aggregate, found):
    ensure = f'ensure "e": ({aggregate}) > EUR 5\n'
    assert codes("", ensure) == found


@pytest.mark.parametrize(
    ("aggregate", "advice"),
    [
        ("largest 2 of capital over members", "capital * 2"),
        ("sum of capital over members", "capital * count of members"),
        ("sum of capital over members where bank", "capital * (count of members where …)"),
        ("average of capital over members", "capital"),
    ],
)
def test_the_advice_says_as_much_as_the_aggregate(aggregate, advice):
    text = f'{HEAD}ensure "e": ({aggregate}) > EUR 5\nwaterfall\n{OWN}    finally closure\n'
    found = check_rulebook(SourceText.from_text(text, "r.rules")).warnings
    (helped,) = [each.helps[0] for each in found if each.code == "aggregate-of-one-value"]
    assert helped.startswith(f"write `{advice}`")


@pytest.mark.parametrize(("name", "grouped"), [("group", True), ("margin", False), ("bank", False)])
def test_only_what_can_stand_behind_by_is_advised_there(name, grouped):
    text = f'{HEAD}ensure "e" for members: {name} = {name}\nwaterfall\n{OWN}    finally closure\n'
    found = check_rulebook(SourceText.from_text(text, "r.rules")).warnings
    (helped,) = [each.helps[0] for each in found if each.code == "compared-with-itself"]
    assert ("write `by" in helped) == grouped


@pytest.mark.parametrize(
    ("clauses", "found"),
    [
        (("paid by survivors from contribution", "up to contribution each"), ["repeated-limit"]),
        (("paid by survivors from contribution", "up to 100% of contribution each"), ["repeated-limit"]),
        (("paid by survivors from contribution", "up to cap each"), ["repeated-limit"]),
        (("paid by survivors from contribution", "up to 2 * fund each"), ["repeated-limit"]),
        (("paid by survivors from contribution", "up to factor * contribution each"), []),
        (("paid by survivors from contribution", "up to fund each"), ["repeated-limit"]),
        (("paid by survivors from contribution", "up to sum of fund over survivors in total"), ["repeated-limit"]),
        (("paid by survivors", "up to cap each", "up to sum of cap over survivors in total"), ["repeated-limit"]),
        (("paid by survivors", "up to cap each", "up to 200% of contribution each"), ["repeated-limit"]),
        (("paid by survivors from contribution", "up to 50% of contribution each"), []),
        (
            ("paid by survivors from contribution", "up to sum of fund over members in total"),
            ["defaulter-among-payers"],
        ),
        (("paid by survivors where bank", "up to cap each", "up to sum of cap over survivors in total"), []),
        (("paid by survivors", "up to cap each", "up to cap each in any 30 days"), ["silent-reallocation"]),
    ],
)
def test_a_limit_that_holds_anyway_is_noted(clauses, found):
    assert codes(step(*clauses, "shared pro rata to contribution")) == found


@pytest.mark.parametrize(
    "clause",
    [
        "up to cap each during cooling",
        "once during cooling",
        "when open(cooling)",
        "up to margin as of start(cooling) each",
        "",
    ],
)
def test_a_period_that_nothing_asks_for_is_noted(clause):
    period = "period cooling opens at a default lasts 30 days\n"
    text = (
        f"{HEAD}{period}waterfall\n{OWN}"
        + step("paid by survivors", clause, "shared equally")
        + "    finally closure\n"
    )
    found = check_rulebook(SourceText.from_text(text, "r.rules")).warnings
    told = [each.message for each in found if each.code == "unused-name" and "period" in each.message]
    assert told == ([] if clause else ["nothing asks for the period `cooling`"])


CCP = 'tranche {} cite "3"'


@pytest.mark.parametrize(
    ("first", "then", "found"),
    [
        ((), (), ["unreachable-step"]),
        (("for all losses",), (), ["unreachable-step"]),
        (("for non-default losses",), (), []),
        ((), ("for non-default losses",), []),
        (("for non-default losses",), ("for non-default losses",), ["unreachable-step"]),
        (("for losses in rates",), (), []),
        (("for losses in rates",), ("for losses in rates",), ["unreachable-step"]),
        (("for losses in rates, credit",), (), ["unreachable-step"]),
        (("for losses outside rates",), ("for losses in credit",), ["unreachable-step"]),
        (("once during cooling",), (), []),
        (("when capital > EUR 0",), (), []),
        (("when capital >= EUR 0",), (), ["settled-comparison", "unreachable-step"]),
    ],
)
def test_a_step_is_reached_unless_all_its_losses_are_paid_before(first, then, found):
    sections = "segments rates, credit\nperiod cooling opens at a default lasts 30 days\n"
    steps = step("paid by ccp", *first, name="a", head=CCP) + step(
        "paid by ccp", *then, "up to EUR 5", name="b", head=CCP
    )
    assert sorted(codes(steps, sections)) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("capital >= EUR 0", ["settled-comparison"]),
        ("capital < EUR 0", ["settled-comparison"]),
        ("EUR 0 <= capital", ["settled-comparison"]),
        ("capital > -EUR 5", ["settled-comparison"]),
        ("capital + loss >= EUR 0", ["settled-comparison"]),
        ("25% of capital >= EUR 0", ["settled-comparison"]),
        ("max(capital, profit) >= EUR 0", ["settled-comparison"]),
        ("count of survivors >= 0", ["settled-comparison"]),
        ("used(own) >= EUR 0", ["settled-comparison"]),
        ("EUR 5 > EUR 3", ["settled-comparison"]),
        ("min(capital, EUR 5) <= EUR 5", ["settled-comparison"]),
        ("capital > EUR 0", []),
        ("capital <= EUR 0", []),
        ("profit >= EUR 0", []),
        ("capital - loss >= EUR 0", []),
        ("factor * profit >= EUR 0", []),
        ("min(capital, EUR 5) <= EUR 4", []),
    ],
)
def test_a_comparison_that_comes_out_the_same_whatever_the_data_is_noted(condition, found):
    given = "given profit : signed money\n"
    assert codes(step("paid by ccp", "up to EUR 5", f"when {condition}", head=CCP), given) == found


def test_what_is_claimed_may_hold_always():
    claims = 'ensure "never negative": used(own) >= EUR 0\nassume "never negative": capital >= EUR 0\n'
    assert codes("", claims) == []


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (("up to cap each", "up to 3 * contribution each"), ["repeated-limit"]),
        (("up to 3 * contribution each", "up to cap each"), ["repeated-limit"]),
        (("up to margin each", "up to max(margin, contribution) each"), ["repeated-limit"]),
        (("up to contribution each", "up to contribution + margin each"), ["repeated-limit"]),
        (("up to EUR 5 in total", "up to EUR 5 each"), []),
        (("up to cap each", "up to contribution each in any 30 days"), []),
        (("up to margin each", "up to contribution each"), []),
        (("up to contribution each", "up to factor * contribution each"), []),
    ],
)
def test_a_limit_that_another_is_never_above_holds_anyway(limits, found):
    text = step("paid by survivors", *limits, "shared pro rata to limits")
    assert [code for code in codes(text) if code != "silent-reallocation"] == found


def test_a_limit_that_holds_anyway_passes_nothing_on():
    limits = "up to contribution + margin each", "shared pro rata to contribution"
    assert codes(step("paid by survivors from contribution", *limits, head='tranche {} cite "2"')) == ["repeated-limit"]


def test_losses_without_a_defaulter_are_met_by_the_house_in_any_order():
    house = step("paid by ccp", "up to EUR 5", "for non-default losses", name="house", head=CCP)
    text = f"{HEAD}waterfall\n{house}{OWN}    finally closure\n"
    found = check_rulebook(SourceText.from_text(text, "r.rules")).warnings
    assert "defaulter-not-first" not in {each.code for each in found}


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("margin > EUR 9", "margin < EUR 5", []),
        ("margin >= EUR 5", "margin < EUR 5", []),
        ("margin = EUR 9", "margin <= EUR 5", []),
        ("margin > EUR 5", "margin < EUR 9", ["same-money-twice"]),
        ("margin >= EUR 5", "margin <= EUR 5", ["same-money-twice"]),
    ],
)
def test_payers_on_both_sides_of_a_range_are_others(one, other, found):
    draws = drawing(f"survivors where {one} from contribution")
    bears = step(f"paid by survivors where {other}", "up to fund each", "shared pro rata to contribution")
    assert codes(draws + bears) == found


@pytest.mark.parametrize(
    ("condition", "advice"),
    [
        ("margin > 0", "write `EUR 0`"),
        ("max(margin, 0) > EUR 5", "write `EUR 0`"),
        ('rating = "A" or "B"', 'write `rating = "B"`'),
        ("group = north or south", "write `group = south`"),
    ],
)
def test_what_is_left_out_of_a_comparison_is_put_in(condition, advice):
    fields = HEAD.replace("given capital", "    rating : text\ngiven capital")
    text = (
        f"{fields}waterfall\n{OWN}{step(f'paid by survivors where {condition}', 'shared equally')}    finally closure\n"
    )
    with pytest.raises(CheckError) as raised:
        check_rulebook(SourceText.from_text(text, "r.rules"))
    (found,) = raised.value.diagnostics
    assert found.helps == (advice,)
    mended = applied(text, found.fixes)
    assert check_rulebook(SourceText.from_text(mended, "r.rules"))


@pytest.mark.parametrize(
    "condition",
    ["bank = no and margin >= EUR 5", "bank = yes or group = north", "bank != no and not bank", "bank = no and bank"],
)
def test_behind_a_comparison_with_yes_or_no_another_condition_is_no_value(condition):
    text = (
        f"{HEAD}waterfall\n{OWN}{step(f'paid by survivors where {condition}', 'shared equally')}    finally closure\n"
    )
    assert check_rulebook(SourceText.from_text(text, "r.rules"))
