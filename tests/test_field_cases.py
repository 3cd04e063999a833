"""What people stumbled over on real material: advice is followed, and the rule then says what its author said.

Each folder beside this file holds the material and where it comes from.  ``followed`` does what a hurried author does:
it takes every fix that is offered until none is left.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

import rulelang
from rulelang.base.diagnostic import Diagnostic, RulelangError
from rulelang.base.source import SourceText
from rulelang.check.rulebook import check_rulebook
from rulelang.syntax.read import parse_event
from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "field_cases"
_MOST_FIXES = 20


def problems(text: str, *, event: bool = False) -> Iterable[Diagnostic]:
    source = SourceText.from_text(text, "followed")
    try:
        return () if event and parse_event(source) else check_rulebook(source).warnings
    except RulelangError as error:
        return error.diagnostics


def followed(text: str, *, event: bool = False) -> str:
    """A text with all that is offered done to it, one fix after another."""
    for _ in range(_MOST_FIXES):
        fix = next((fix for found in problems(text, event=event) for fix in found.fixes), None)
        if fix is None:
            return text
        text = text[: fix.place.span.start] + fix.replacement + text[fix.place.span.end :]
    raise AssertionError(text)


def paid(folder: str, rules: str, event: str = "event.event") -> dict[str, int]:
    """What each pays in the event of a case, in minor units, under a text of rules."""
    return _paid(rules, FOLDER / folder / event)


def _paid(rules: str, event: Path) -> dict[str, int]:
    rulebook = rulelang.parse_rulebook(rules)
    return dict(rulelang.evaluate(rulebook, rulelang.load_event(event, rulebook)).payers())


def read(folder: str, name: str = "rulebook.rules") -> str:
    return Path(FOLDER / folder / name).read_text(encoding="utf-8")


def test_every_folder_says_where_it_comes_from():
    assert all((folder / "README.md").exists() for folder in FOLDER.iterdir() if folder.is_dir())


def test_pari_passu_gives_each_its_share():
    rules = followed(read("pari-passu-advice"))
    assert "shared pro rata to contribution" in rules
    assert "equally" not in rules
    assert paid("pari-passu-advice", rules) == {"A": 900, "B": 100}


@pytest.mark.parametrize(
    ("name", "skin", "calls"),
    [
        ("rulebook.rules", "lower of 25% of capital and EUR 5", "higher of contribution and EUR 10 each"),
        ("second-try.rules", "lower of 25% of capital and EUR 5", "higher of contribution and EUR 10 each"),
    ],
)
def test_the_lower_of_two_amounts_is_the_smaller_one(name, skin, calls, tmp_path):
    rules = followed(read("lower-of", name))
    assert f"up to {skin}" in rules
    assert f"up to {calls}" in rules
    event = 'event "e" declared 2024-01-02 given capital = EUR 12 member A contribution = EUR 20 '
    event += "member B contribution = EUR 4 member Z contribution = EUR 0 default of Z loss EUR 20"
    path = tmp_path / "a.event"
    path.write_text(event, encoding="utf-8")
    assert _paid(rules, path) == {"ccp": 300, "A": 1417, "B": 283}


@pytest.mark.parametrize("word", ["zero", "nil"])
def test_nothing_is_written_in_digits(word):
    (found,) = problems(
        read("lower-of")
        .replace("the lower of 25% of capital and EUR 5", f"max(capital, {word})")
        .replace("the greater of contribution and EUR 10", "contribution")
    )
    assert found.helps == ("write `EUR 0` if it is money, or `0` if it is a number",)


def test_size_times_margin_over_the_sum_of_margins_is_a_share_of_the_size(tmp_path):
    rules = followed(read("money-times-money-over-money"))
    assert "size * (margin / sum of margin over members)" in rules
    event = 'event "e" declared 2024-01-02 given size = CAD 100 member A margin = CAD 30 member B margin = CAD 10 '
    event += "member Z margin = CAD 0 default of Z loss CAD 1_000"
    path = tmp_path / "a.event"
    path.write_text(event, encoding="utf-8")
    assert _paid(rules, path) == {"A": 7500, "B": 2500}


@pytest.mark.parametrize(("name", "units"), [("rulebook.rules", 22_760_000_000), ("trillion.rules", 1_200_000_000_000)])
def test_scales_of_the_field_are_scales(name, units):
    program = check_rulebook(SourceText.from_text(read("scale-words", name)))
    (limit,) = program.steps["core_fund"].limits
    assert program.constants[id(limit.value)] == units


def test_a_contribution_is_rounded_up_to_its_unit():
    rules = followed(read("round-to-a-unit", "with-rounding.rules"))
    assert "(basic + additional) rounded up to EUR 100_000" in rules
    assert paid("round-to-a-unit", rules) == {"A": 710_000_000, "B": 250_000_000}


def test_ids_of_other_forms_are_led_into_quotes():
    event = followed(read("id-needs-quotes", "event.event"), event=True)
    for ident in ("529900HNOAA1KXQJUQ27", "08756", "Smith-Jones"):
        assert f'"{ident}"' in event
    found = problems(read("id-needs-quotes", "event.event"), event=True)
    assert [each.code for each in found] == ["malformed-name"] * 3
    assert all("in quotes" in " ".join(each.helps) for each in found)


@pytest.mark.parametrize(
    ("name", "unit"),
    [("bitcoin.rules", "BTC with 8"), ("stablecoin.rules", "USDC with 6"), ("offshore.rules", "CNH with 2")],
)
def test_a_unit_of_account_is_never_led_to_another_currency(name, unit):
    (found,) = problems(read("unit-of-account", name))
    assert found.code == "unknown-currency"
    assert found.helps == (f"a unit of account is declared with its decimals, as in `currency {unit} decimals`",)
    assert found.fixes == ()


def test_amounts_in_bitcoin_are_shared_to_the_last_unit():
    rules = read("unit-of-account", "bitcoin.rules").replace("currency BTC", "currency BTC with 8 decimals")
    assert paid("unit-of-account", rules) == {"ccp": 2_500_000_000, "W1": 84_259_259, "W2": 28_086_419}


def test_a_step_of_a_cited_group_rests_on_that_rule():
    assert "uncited-step" not in [found.code for found in problems(read("uncited-step-in-cited-group"))]


def test_a_call_once_in_a_period_is_no_sum_over_days():
    folder = "call-once-in-a-period"
    assert paid(folder, read(folder, "mended.rules"), "mended.event") == {"A": 29_250_000_000, "B": 9_750_000_000}


def test_a_period_begins_with_its_default_and_ends_with_the_last():
    folder = "cooling-off-period"
    expected = {"A": 3_500_000_000, "B": 3_000_000_000, "C": 1_500_000_000}
    assert paid(folder, read(folder, "mended.rules"), "mended.event") == expected


def test_each_bears_its_share_of_the_loss_and_no_more():
    folder = "without-reallocation-share-of-capacity"
    assert paid(folder, read(folder)) == {"A": 1_000, "B": 10_000}


def test_what_stays_uncovered_is_told_of_each_loss():
    rulebook = rulelang.parse_rulebook(read("uncovered-by-segment"))
    event = rulelang.load_event(FOLDER / "uncovered-by-segment" / "event.event", rulebook)
    losses = rulelang.evaluate(rulebook, event).to_dict()["losses"]
    assert [(each["segment"], each["uncovered"]) for each in losses] == [("swaps", "41.67"), ("repo", "8.33")]
