"""Letters over a history: what is owed and repaid is computed there too, on its own day, to whoever is called what."""

from fractions import Fraction

import pytest

import rulelang
from rulelang.base.source import SourceText
from rulelang.document.table import Reader
from rulelang.document.write import written
from rulelang.histories.history import read_history
from rulelang.statements.document import statement_document
from rulelang.statements.statement import payers_of_history, statements_of_history
from tests.conftest import ROOT
from tests.examples import mostly_slow
from tests.histories.test_commands import RULES

HISTORIES = sorted((ROOT / "rulebooks").rglob("*.history"))
BOOK = RULES.partition("test ")[0]
HISTORY = """history "H"
under "a.rules"
dues paid when payable
opening 2024-03-01
    given own = EUR 5
    member ALPHA fund = EUR 30 required = EUR 30.01
    member BRAVO fund = EUR 20 required = EUR 20
    member ZULU fund = EUR 10 required = EUR 10
on 2024-03-07 default of ZULU loss EUR 75
on 2024-03-20 departure of BRAVO
on 2024-06-03 recovered from ZULU EUR 50
on 2024-06-10
    member ALPHA "Alpha & Sons"
"""


def letters(text=HISTORY, book=BOOK):
    program = rulelang.parse_rulebook(book)
    history = read_history(SourceText("h.history", text), program)
    result = rulelang.evaluate_history(history)
    return {one.payer: one for one in statements_of_history(result, history.programs, payers_of_history(result))}


def computed(letter, date):
    """What a letter says of how the amounts of a day are computed."""
    days = [day for day in letter.days if str(day.date) == date]
    return " ".join(" ".join((one.heading, *one.sentences, *one.lines)) for day in days for one in day.computed)


def test_what_is_owed_stands_in_the_letter_with_its_rule_and_how_it_is_computed():
    book = BOOK.replace('replenish fund "Refill"', 'replenish fund "Refill" cite "CR 4.4"')
    said = computed(letters(book=book)["ALPHA"], "2024-03-07")
    assert "What is due: Refill (fund)" in said
    assert (
        "Under CR 4.4, ALPHA owes EUR 30.01 to fund, payable on 2024-03-11, 2 business days after 2024-03-07." in said
    )
    assert "Its fund is to hold “required”, EUR 30.01; after the run it holds EUR 0.00" in said
    assert "“up to aggregate” allows it EUR 60.02 (required is EUR 30.01)" in said
    assert "EUR 12.00 counts already under calls and fund on 2024-03-07" in said
    assert "which leaves EUR 48.02" in said


def test_who_owes_without_paying_reads_how_it_is_computed():
    book = BOOK.partition("recoveries")[0].replace(
        "fund_draw paid by survivors from fund shared pro rata to required", "fund_draw paid by defaulters from fund"
    )
    text = HISTORY.replace("loss EUR 75", "loss EUR 15").replace("on 2024-06-03 recovered from ZULU EUR 50\n", "")
    found = letters(text, book)
    letter = found["ALPHA"]
    assert letter.sum_of("pays") == 0
    assert "owes EUR 0.01 to fund" in computed(letter, "2024-03-07")
    shown = str(written(statement_document(letter, Reader("markdown")), "markdown"))
    assert "You pay nothing." in shown
    assert "all pay together" in shown


def test_who_is_asked_and_how_a_limit_in_total_is_shared_stands_there_too():
    book = BOOK.replace(
        "paid by survivors to required each up to aggregate within",
        "paid by survivors where required > EUR 20.5 to more each up to EUR 40.02 / 2 in total within",
    ).replace("waterfall", "define more as required + EUR 1\nwaterfall")
    said = computed(letters(book=book)["ALPHA"], "2024-03-07")
    assert "It is asked because “required > EUR 20.5” holds for it (required is EUR 30.01)." in said
    assert "Its fund is to hold “more”, EUR 31.01 (more is EUR 31.01)" in said
    assert "more is defined as “required + EUR 1”, where required is EUR 30.01." in said
    assert "“up to EUR 40.02 / 2 in total” allows it EUR 20.01" in said
    shared = letters(book=book.replace("EUR 20.5", "EUR 2"))
    said = computed(shared["BRAVO"], "2024-03-07")
    assert "allows all together EUR 20.01" in said
    assert "EUR 52.01 would be due, so that this is shared in proportion to what each would owe" in said
    assert [shared[payer].sum_of("owes") for payer in ("ALPHA", "BRAVO")] == [1193, 808]


def test_what_is_repaid_stands_in_the_letter_with_its_claims():
    said = computed(letters()["BRAVO"], "2024-06-03")
    assert "EUR 50.00 of the EUR 50.00 recovered from the estate of another member" in said
    assert "BRAVO is repaid EUR 14.29 of what it paid under fund_draw: it can claim EUR 20.00" in said
    assert "which makes EUR 14.285714… before rounding" in said


def test_dues_that_pay_themselves_stand_under_the_day_on_which_they_do():
    letter = letters()["ALPHA"]
    assert [(str(one.date), one.what) for one in letter.lines if "in" in one.what] == [("2024-03-11", "pays in")]
    assert [str(one.date) for one in letter.lines] == sorted(str(one.date) for one in letter.lines)


def test_several_dues_between_two_blocks_stand_each_under_its_own_day():
    text = HISTORY.replace("on 2024-03-20", "on 2024-03-08 further loss of ZULU EUR 20\non 2024-03-20")
    book = BOOK.replace("200% of required", "900% of required")
    lines = [one for one in letters(text, book)["ALPHA"].lines if one.what == "pays in"]
    assert [str(one.date) for one in lines] == ["2024-03-11"]
    text = text.replace("on 2024-03-08 further", "on 2024-03-12 further")
    lines = [one for one in letters(text, book)["ALPHA"].lines if one.what == "pays in"]
    assert [str(one.date) for one in lines] == ["2024-03-11", "2024-03-14"]


@pytest.mark.parametrize("since", ["on 2024-06-10\n", "on 2024-06-03 recovered from ZULU EUR 50\n"])
def test_a_payer_is_called_by_its_latest_name(since):
    text = HISTORY.replace(since, f'{since}    member BRAVOX "Nobody" fund = EUR 1 required = EUR 1\n')
    found = letters(text)
    assert found["ALPHA"].name == "Alpha & Sons"
    assert found["BRAVO"].name is None
    again = HISTORY.replace("member ALPHA fund", 'member ALPHA "Alpha Ltd" fund')
    assert letters(again)["ALPHA"].name == "Alpha & Sons"
    assert letters(again.partition("on 2024-06-10")[0])["ALPHA"].name == "Alpha Ltd"


def test_what_is_worked_out_in_the_same_way_is_told_once_and_in_words_if_asked():
    history = rulelang.load_history(ROOT / "tests/worked_examples/icc.history")
    letter = rulelang.history_statement(history, "A")
    shown = str(written(statement_document(letter, Reader("markdown")), "markdown"))
    rows = [line for line in shown.splitlines() if line.startswith("| 2026-") and line.endswith(" 3 |")]
    assert [row.split(" | ")[1] for row in rows] == ["You pay: mutual"] * 3
    assert "\n3. A pays USD 30,000,000.00, its limit. Its fund holds USD 30,000,000.00." in shown
    assert "\n7. A pays" in shown
    assert "\n8. " not in shown
    assert "You owe by 2026-04-10: fund" in shown
    assert "30,000,000.00 / 50,000,000.00 = 16,771,428.57" in shown
    assert "it already paid USD 88,771,428.57 under calls and fund since 2026-04-08" in shown
    assert "The default" not in shown
    full = str(written(statement_document(letter, Reader("markdown"), full=True), "markdown"))
    assert full.startswith(shown.rstrip("\n"))
    assert "A survived the default of another member, declared on 2026-04-20" in full


def test_a_value_that_was_filled_in_stands_in_the_letter():
    book = BOOK.replace("required : money", "required : money\n    weight : number if missing 2").replace(
        "from fund shared pro rata to required", "from fund shared pro rata to weight"
    )
    shown = str(written(statement_document(letters(book=book)["ALPHA"], Reader("markdown")), "markdown"))
    assert "weight was not given for ALPHA; by “if missing 2” it is 2." in shown
    assert "BRAVO" not in shown


@pytest.mark.parametrize("path", mostly_slow(HISTORIES), ids=lambda path: path.stem)
def test_every_amount_that_is_owed_or_repaid_stands_where_it_is_computed(path):
    history = rulelang.load_history(path)
    result = rulelang.evaluate_history(history)
    show = result.currency.show
    for letter in statements_of_history(result, history.programs, payers_of_history(result)):
        for line in letter.lines:
            if line.what in ("owes", "is repaid"):
                said, amount = computed(letter, str(line.date)), show(line.amount)
                how = f"owes {amount} to" if line.what == "owes" else f"is repaid {amount} of what it paid under"
                assert f"{how} {line.under}" in said
                assert amount in line.how
                if line.what == "owes" and line.citation is not None:
                    assert line.citation in said
    for day in result.days:
        for one in day.repaid:
            assert abs(one.amount - Fraction(one.group.repaid) * one.claim / one.group.claims) < 1
