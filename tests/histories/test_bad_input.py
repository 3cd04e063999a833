"""What is wrong with a history is refused at its place, with help, and nothing is written."""

import datetime

import pytest

import rulelang
from rulelang.base.diagnostic import RulelangError
from tests.histories.test_commands import RULES, told

HEAD = """history "H"
under "a.rules"
opening 2024-03-01
    given own = EUR 5
    member ALPHA fund = EUR 30 required = EUR 30
    member BRAVO fund = EUR 20 required = EUR 20
    member ZULU fund = EUR 10 required = EUR 10
"""
DEFAULT = "on 2024-03-07 default of ZULU loss EUR 75\n"
BAD = {
    "days-out-of-order": DEFAULT + "on 2024-03-06 notice by ALPHA",
    "days-out-of-order 2": DEFAULT + "on 2024-03-07 notice by ALPHA",
    "days-out-of-order 3": "on 2024-03-01 notice by ALPHA",
    "balance-differs": DEFAULT + "on 2024-03-08 member ALPHA fund = EUR 1",
    "balance-differs 2": DEFAULT + "on 2024-03-08 given own = EUR 5",
    "balance-differs 3": "on 2024-03-08 given own as of 2024-03-08 = EUR 5 paid in by ccp to own EUR 1",
    "balance-differs 4": "on 2024-03-08 member ALPHA fund as of 2024-03-08 = EUR 30 paid out to ALPHA from fund EUR 1",
    "unknown-pot": "on 2024-03-08 paid in by ALPHA to required EUR 5",
    "unknown-pot 2": "on 2024-03-08 paid in by ALPHA to nothing_such EUR 5",
    "unknown-member": "on 2024-03-08 paid in by OMEGA to fund EUR 5",
    "unknown-member 2": "on 2024-03-08 departure of BRAVO\non 2024-03-09 default of BRAVO loss EUR 5",
    "unknown-member 3": "on 2024-03-08 departure of BRAVO\non 2024-03-09 departure of BRAVO",
    "unknown-member 4": DEFAULT + "on 2024-03-08 notice by ZULU",
    "unknown-member 5": "on 2024-03-08 departure of BRAVO\non 2024-03-09 member BRAVO required = EUR 5",
    "unknown-member 6": "on 2024-03-08 departure of OMEGA member OMEGA fund = EUR 1 required = EUR 1",
    "wrong-owner": "on 2024-03-08 paid in by ALPHA to own EUR 5",
    "wrong-owner 2": "on 2024-03-08 paid in by ccp to fund EUR 5",
    "wrong-owner 3": DEFAULT + "on 2024-03-08 paid out to ccp from fund EUR 5",
    "more-than-there-is": "on 2024-03-08 paid out to ALPHA from fund EUR 30.01",
    "defaults-again": DEFAULT + "on 2024-03-08 default of ZULU loss EUR 5",
    "not-defaulted": "on 2024-03-08 further loss of ALPHA EUR 5",
    "not-defaulted 2": "on 2024-03-08 recovered from ALPHA EUR 5",
    "losses-apart": DEFAULT + "on 2024-03-08 further loss of ZULU EUR 5 default of ALPHA loss EUR 5",
    "nothing-to-decide": "on 2024-03-08 decide calls: invoke",
    "duplicate-value": "on 2024-03-08 notice by ALPHA\non 2024-03-09 notice by ALPHA",
    "duplicate-value 2": "on 2024-03-08 member ALPHA since 2024-03-05 required = EUR 5",
    "duplicate-value 3": DEFAULT + "on 2024-03-08 member ZULU since 2023-03-05 required = EUR 5",
    "no-recoveries": DEFAULT + 'on 2024-03-08 under "mute.rules" recovered from ZULU EUR 5',
    "unknown-step": DEFAULT + 'on 2024-03-08 under "other.rules" recovered from ZULU EUR 5',
    "lost-pot": 'on 2024-03-08 under "lost.rules" given capital = EUR 5',
    "changed-type": 'on 2024-03-08 under "typed.rules"',
    "path-outside": 'on 2024-03-08 under "../../elsewhere.rules"',
    "path-outside 2": 'on 2024-03-08 members from "../../elsewhere.csv"',
    "unreadable-file": 'on 2024-03-08 under "nowhere.rules"',
    "unreadable-file 2": 'on 2024-03-08 members from "nowhere.csv"',
    "unexpected-text": "on 2024-03-08 paid in by ALPHA to fund -EUR 5",
    "unexpected-text 2": "on 2024-03-08 paid out to ALPHA from fund -EUR 5",
    "unexpected-text 3": DEFAULT + "on 2024-03-08 further loss of ZULU -EUR 5",
    "misplaced-part": "opening 2024-03-02",
    "not-on-this-day": "on 2024-03-08 declared 2024-03-08",
    "not-on-this-day 2": "on 2024-03-08 paid 2024-03-01 by ALPHA under calls EUR 5",
    "duplicate-section": 'on 2024-03-08 under "a.rules" under "a.rules"',
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    book = RULES.partition("test ")[0]
    inner = tmp_path / "inner" / "one"
    inner.mkdir(parents=True)
    (tmp_path / "elsewhere.rules").write_text(book, "utf-8")
    (tmp_path / "elsewhere.csv").write_text("member,fund\nALPHA,1\n", "utf-8")
    (inner / "a.rules").write_text(book, "utf-8")
    (inner / "mute.rules").write_text(book.partition("recoveries")[0], "utf-8")
    (inner / "other.rules").write_text(book.replace("calls", "asked"), "utf-8")
    (inner / "lost.rules").write_text(book.replace("own", "capital"), "utf-8")
    (inner / "typed.rules").write_text(book.replace("required : money", "required : signed money"), "utf-8")
    monkeypatch.chdir(inner)
    return inner


@pytest.mark.parametrize("case", BAD)
def test_it_is_refused_at_its_place_with_help_and_nothing_is_written(folder, case):
    (folder / "h.history").write_text(HEAD + BAD[case] + "\n", "utf-8")
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(RulelangError) as caught:
        rulelang.evaluate_history(rulelang.load_history("h.history"))
    found = caught.value.diagnostics[0]
    assert found.code == case.split()[0], found.message
    assert found.place is not None
    assert found.helps or found.code == "path-outside", found.message
    assert found.code in told("run", "h.history", "--out", "out.txt", "--audit", "r.json", code=3)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_what_is_missing_is_missing_on_its_day_and_a_second_row_is_beside_the_first(folder):
    book = (folder / "a.rules").read_text("utf-8")
    (folder / "more.rules").write_text(
        book.replace("required : money", "required : money\n    rating : number"), "utf-8"
    )
    (folder / "rows.csv").write_text("member,required\nALPHA,30\nALPHA,31\n", "utf-8")
    for day, code, places in (
        ('on 2024-03-08 under "more.rules"', "missing-value", ["2024-03-08"]),
        (
            'on 2024-03-08 under "more.rules" member ALPHA required = EUR 7 member ZULU rating = 1',
            "missing-value",
            ["2024-03-08", "ALPHA"],
        ),
        ('on 2024-03-08 members from "rows.csv"', "duplicate-member", ["ALPHA", "ALPHA"]),
    ):
        (folder / "h.history").write_text(f"{HEAD}{day}\n", "utf-8")
        with pytest.raises(RulelangError) as caught:
            rulelang.evaluate_history(rulelang.load_history("h.history"))
        found = caught.value.diagnostics[0]
        shown = [*(one.place for one in caught.value.diagnostics), *(label.place for label in found.labels)]
        text = [each.source.text[each.span.start : each.span.end] for each in shown]
        assert (found.code, text) == (code, places)
        assert all(each.source.name.endswith(".csv") or each.span.start > len(HEAD) for each in shown)


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ("fund", "required as of 2024-03-08 = EUR 31", "balance-differs"),
        ("required", "fund as of 2024-03-08 = EUR 30", "duplicate-value"),
    ],
)
def test_what_is_stated_of_an_earlier_day_is_shown_where_it_is_stated(folder, wrong, right, code):
    """Another member and another field stand before it, stated as of the same day."""
    days = f"""on 2024-03-08 member ALPHA required = EUR 31
        on 2024-03-09 member BRAVO {wrong} as of 2024-03-08 = EUR 20
            member ALPHA {right} {wrong} as of 2024-03-08 = EUR 7"""
    (folder / "h.history").write_text(f"{HEAD}{days}\n", "utf-8")
    with pytest.raises(RulelangError) as caught:
        rulelang.evaluate_history(rulelang.load_history("h.history"))
    (found,) = caught.value.diagnostics
    span = found.place.span
    assert (found.code, found.place.source.text[span.start : span.end]) == (code, "EUR 7")


def test_a_history_without_an_opening_says_so(folder):
    (folder / "h.history").write_text(HEAD.partition("opening")[0] + "on 2024-03-08 notice by ALPHA\n", "utf-8")
    assert "the history has no opening" in told("run", "h.history", code=3)


def test_a_loss_that_is_refused_is_still_a_loss_to_decide_on(folder):
    book = (folder / "a.rules").read_text("utf-8")
    (folder / "a.rules").write_text(
        book.replace("assessment calls", 'assessment calls at the discretion of "B"'), "utf-8"
    )
    days = f"{DEFAULT}decide calls: invoke\n"
    (folder / "h.history").write_text(f"{HEAD}{days}on 2024-03-08 default of ZULU loss EUR 5 decide calls: invoke\n")
    with pytest.raises(RulelangError) as caught:
        rulelang.evaluate_history(rulelang.load_history("h.history"))
    assert [found.code for found in caught.value.diagnostics] == ["defaults-again"]


def test_both_amounts_are_shown_where_a_balance_differs(folder):
    (folder / "h.history").write_text(HEAD + BAD["balance-differs"], "utf-8")
    said = told("run", "h.history", code=3)
    assert "stated as EUR 1.00, but its balance is EUR 0.00: EUR 1.00 more" in said


def test_a_default_of_somebody_who_left_says_so(folder):
    (folder / "h.history").write_text(HEAD + BAD["unknown-member 2"], "utf-8")
    assert "the defaulter `BRAVO` left on 2024-03-08" in told("run", "h.history", code=3)


def test_two_thousand_days_are_run(folder):
    first = datetime.date(2024, 4, 1)
    dates = (first + datetime.timedelta(number) for number in range(2000))
    days = "".join(f"on {day} paid in by ALPHA to fund EUR 1\n" for day in dates)
    (folder / "h.history").write_text(HEAD + days, "utf-8")
    result = rulelang.evaluate_history(rulelang.load_history("h.history"))
    assert len(result.days) == 2001
    held = {(one.payer, one.pot): one.amount for one in result.days[-1].balances}
    assert held["ALPHA", "fund"] == 203_000


MISPLACED = {
    "opening": {
        "under": 'under "a.rules"',
        "exercise": 'exercise "drill"',
        "declared": "declared 2024-03-01",
        "default of": "default of ZULU loss EUR 5",
        "further loss of": "further loss of ZULU EUR 5",
        "non-default loss": "non-default loss EUR 5",
        "decide": "decide calls: invoke",
        "withdraw": "withdraw ALPHA after round 1 under calls",
        "departure of": "departure of ALPHA",
        "recovered from": "recovered from ZULU EUR 5",
        "paid in by": "paid in by ALPHA to fund EUR 5",
        "paid out to": "paid out to ALPHA from fund EUR 5",
        "defaults from": 'defaults from "nowhere.csv"',
        "paid in from": 'paid in from "nowhere.csv"',
    },
    "on 2024-03-08": {
        "exercise": 'exercise "drill"',
        "declared": "declared 2024-03-01",
        "paid DATE by": "paid 2024-03-01 by ALPHA under calls EUR 5",
        "former member": "former member OMEGA",
        "defaulted": "defaulted 2024-02-01 OMEGA",
        "period … open": "period cooling_off open from 2024-03-01 to 2024-03-02",
        "paid from": 'paid from "nowhere.csv"',
    },
}


@pytest.mark.parametrize(("block", "words"), [(block, words) for block, found in MISPLACED.items() for words in found])
def test_a_line_in_the_wrong_place_is_called_by_its_words_and_is_the_one_thing_that_is_wrong(folder, block, words):
    line, where = f"{MISPLACED[block][words]}\n", "an opening" if block == "opening" else "a day of a history"
    text = HEAD + (line if block == "opening" else f"{block}\n{line}")
    (folder / "h.history").write_text(text, "utf-8")
    with pytest.raises(RulelangError) as caught:
        rulelang.load_history("h.history")
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("not-on-this-day", f"`{words}` does not stand in {where}")
