"""How many breakpoints a rulebook may have is worked out once for all amounts: the work grows with the text."""

import pytest

from rulelang import parse_rulebook
from rulelang.check.breakpoints import _Reckoning

HEAD = 'rulebook "A" version "1" currency EUR members have x : money\n'


def rulebook(number: int, limit: str) -> str:
    givens = "".join(f"given g_{index} : money\n" for index in range(number))
    steps = "".join(
        f"tranche s_{index} paid by survivors up to {limit.format(index)} each shared pro rata to x\n"
        for index in range(number)
    )
    return f"{HEAD}{givens}waterfall\n{steps}"


@pytest.mark.parametrize("limit", ["g_{0}", "max(EUR 1, min(g_{0}, x))", "(if g_{0} > EUR 5 then x else EUR 1)"])
def test_the_work_is_not_done_again_for_each_given(limit, monkeypatch):
    visits = []
    visit = _Reckoning._of
    monkeypatch.setattr(_Reckoning, "_of", lambda self, node: visits.append(node) or visit(self, node))
    numbers = []
    for number in (30, 60):
        visits.clear()
        parse_rulebook(rulebook(number, limit))
        numbers.append(len(visits))
    assert numbers[0] >= 30
    assert numbers[1] <= 2 * numbers[0]


def test_where_several_amounts_multiply_the_loss_is_named_first():
    text = rulebook(20, "EUR 1").replace("waterfall\n", "define r_0 as g_7 - EUR 1\ndefine l_0 as loss\nwaterfall\n")
    for level in range(1, 20):
        for name, amount in (("r", "g_7"), ("l", "loss")):
            value = f"max({name}_{level - 1}, {level} * {amount}) - min({name}_{level - 1}, EUR {level})"
            text = text.replace("waterfall\n", f"define {name}_{level} as {value}\nwaterfall\n")
    text = text.replace("up to EUR 1 each", "up to r_19 each", 1)
    text = text.replace("tranche s_9 paid by survivors up to EUR 1", "tranche s_9 paid by survivors up to l_19")
    found = [each for each in parse_rulebook(text).warnings if each.code == "multiplying-breakpoints"]
    assert ["as the loss grows" in each.message for each in found] == [True]


def test_the_amount_that_multiplies_is_named_among_others():
    text = rulebook(20, "EUR 1").replace("given g_7 : money", "given g_7 : money\ndefine r_0 as g_7 - x0 - x0")
    text = text.replace("x : money", "x : money x0 : money")
    for level in range(1, 20):
        definition = f"define r_{level} as max(r_{level - 1}, {level} * g_7) - min(r_{level - 1}, EUR {level})\n"
        text = text.replace("waterfall\n", f"{definition}waterfall\n")
    text = text.replace("up to EUR 1 each", "up to r_19 each", 1)
    found = [each for each in parse_rulebook(text).warnings if each.code == "multiplying-breakpoints"]
    assert len(found) == 1
    assert "as `g_7` grows" in found[0].message
