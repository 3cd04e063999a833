"""What a run of the second edition shows: rounds, passes, what stays uncovered of each loss, alike in every format."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from rulelang.api.rulebooks import evaluate, load_event, load_rulebook
from rulelang.base.diagnostic import RulelangError
from rulelang.document.allocation import allocation_document
from rulelang.document.csv import as_csv
from rulelang.document.html import render_html
from rulelang.document.markdown import render_markdown
from rulelang.document.sheets import as_spreadsheet
from rulelang.document.table import Reader
from rulelang.document.terminal import render_terminal
from rulelang.model.allocation import Allocation
from tests.examples import share_of
from tests.explain.test_explain_over_time import EVENT, RULES
from tests.oracle.generate import generate
from tests.schemas import validator

CONFORMANCE = Path(__file__).parents[1] / "conformance_2"
SEGMENTED = """rulebook "Services" currency EUR segments swaps, repo
members have deposit : money
waterfall
    tranche own paid by ccp up to EUR 10
    finally closure
"""
CLOSING = """event "One default in two services" declared 2024-03-04
member A deposit = EUR 1
member D deposit = EUR 1
default of D in swaps loss EUR 50
default of D in repo loss EUR 10
"""


def run(folder: Path, rules: str, event: str) -> Allocation:
    (folder / "a.rules").write_text(rules, "utf-8")
    (folder / "a.event").write_text(event, "utf-8")
    program = load_rulebook(folder / "a.rules")
    return evaluate(program, load_event(folder / "a.event", program))


@pytest.fixture
def in_turn(tmp_path) -> Allocation:
    return run(tmp_path, RULES, EVENT)


def shown(allocation: Allocation, form: str) -> str:
    """The document in a format for people."""
    document = allocation_document(allocation, Reader(form, 200))
    if form == "table":
        return render_terminal(document, width=200, colour=False)
    return render_html(document) if form == "html" else render_markdown(document)


def rows_of_csv(allocation: Allocation) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(allocation_document(allocation, Reader("csv"))))))


def test_csv_has_a_row_for_each_round_and_pass(in_turn):
    plain, rows = in_turn.to_dict(), rows_of_csv(in_turn)
    assert list(rows[0]) == [
        *("tranche", "segment", "round", "defaulter", "payer", "name", "amount", "currency"),
    ]
    paid = [row for row in rows if row["name"] != "uncovered"]
    assert [(row["tranche"], row["round"], row["defaulter"], row["payer"], row["amount"]) for row in paid] == [
        (a["tranche"], "" if a["round"] is None else str(a["round"]), a["defaulter"] or "", a["payer"], a["amount"])
        for a in plain["allocations"]
    ]
    left = {row["defaulter"]: row["amount"] for row in rows if row["name"] == "uncovered"}
    assert left == {loss["member"] or "": loss["uncovered"] for loss in plain["losses"]}


@pytest.mark.parametrize("form", ["table", "markdown", "html"])
def test_people_are_shown_rounds_passes_and_each_loss(in_turn, form):
    text = shown(in_turn, form)
    for words in ("round", "defaulter", "What stays uncovered", "no defaulter: custody"):
        assert words in text
    for loss in in_turn.to_dict()["losses"]:
        assert loss["uncovered"] in text
    plain = text.replace("\\", "")
    assert "charges (round 2, default of D)" in plain


def test_a_spreadsheet_has_the_same(in_turn):
    book = openpyxl.load_workbook(io.BytesIO(as_spreadsheet(allocation_document(in_turn, Reader("xlsx")))))
    assert book.sheetnames[:4] == ["Waterfall", "Allocations", "Payers", "Losses"]
    head, *rows = book["Waterfall"].iter_rows(values_only=True)
    assert head[3:6] == ("Segment", "Round", "Defaulter")
    assert [(row[0], row[4], row[5]) for row in rows[:-1]] == [
        (row["tranche"], row["round"], row["defaulter"]) for row in in_turn.to_dict()["tranches"]
    ]
    losses = list(book["Losses"].iter_rows(min_row=2, values_only=True))
    assert sum(Decimal(str(row[-1])) for row in losses[:-1]) == Decimal(in_turn.to_dict()["uncovered"])


def test_a_frame_has_the_same(in_turn):
    pytest.importorskip("pandas")
    frame = in_turn.to_frame()
    assert list(frame.columns) == ["step", "segment", "round", "defaulter", "payer", "name", "amount"]
    assert frame["amount"].sum() == Decimal(in_turn.to_dict()["loss"]) - Decimal(in_turn.to_dict()["uncovered"])


@pytest.mark.parametrize("form", ["table", "markdown", "html"])
def test_what_closes_is_shown_by_segment(tmp_path, form):
    """Which service closes: 50 - 50 x 10/60 = 41.67 in swaps, 10 - 10 x 10/60 = 8.33 in repo."""
    allocation = run(tmp_path, SEGMENTED, CLOSING)
    assert [loss["uncovered"] for loss in allocation.to_dict()["losses"]] == ["41.67", "8.33"]
    assert (allocation.left("swaps"), allocation.left("repo")) == (41_67, 8_33)
    text = shown(allocation, form)
    assert text.index("41.67") < text.index("8.33")
    left = [(row["segment"], row["amount"]) for row in rows_of_csv(allocation) if row["name"] == "uncovered"]
    assert left == [("swaps", "41.67"), ("repo", "8.33")]


def test_a_notebook_says_what_stays_uncovered_of_each(in_turn, tmp_path):
    losses = in_turn.to_dict()["losses"]
    assert f"EUR {losses[0]['uncovered']} of D, EUR {losses[1]['uncovered']} of E" in in_turn._repr_html_()
    assert f"EUR {losses[2]['uncovered']} of no defaulter: custody" in in_turn._repr_html_()
    assert "EUR 41.67 of D in swaps, EUR 8.33 of D in repo" in run(tmp_path, SEGMENTED, CLOSING)._repr_html_()


def test_nothing_is_new_where_nothing_is_used(tmp_path):
    event = CLOSING.replace(" in swaps", "").replace("default of D in repo loss EUR 10\n", "")
    allocation = run(tmp_path, SEGMENTED.replace(" segments swaps, repo", ""), event)
    assert list(rows_of_csv(allocation)[0]) == ["tranche", "segment", "payer", "name", "amount", "currency"]
    for form in ("table", "markdown", "html"):
        text = shown(allocation, form)
        assert "round" not in text.replace("background", "")
        assert "What stays uncovered" not in text
    pytest.importorskip("pandas")
    assert list(allocation.to_frame().columns) == ["step", "segment", "payer", "name", "amount"]


def test_json_is_as_the_schema_says(tmp_path):
    """Also of steps skipped once in a period, of losses without a defaulter, and of units of account."""
    seen: set[str] = set()
    for seed in range(710_000, 710_000 + share_of(60, least=20)):
        case = generate(seed, over_time=True)
        folder = tmp_path / str(seed)
        folder.mkdir()
        case.write(folder)
        result = _result(folder)
        if result is not None:
            validator("run").validate(result)
            seen |= {row["skipped"] or "" for row in result["tranches"]}
            seen |= {"nobody" for loss in result["losses"] if loss["member"] is None}
            assert sum(Decimal(loss["uncovered"]) for loss in result["losses"]) == Decimal(result["uncovered"])
    assert {"nobody", "paid once in the period"} <= seen


def _result(folder: Path) -> dict | None:
    """What the case in a folder gives; nothing if it is refused."""
    try:
        program = load_rulebook(folder / "rulebook.rules")
        return evaluate(program, load_event(folder / "event.event", program)).to_dict()
    except RulelangError:
        return None


def test_json_of_a_unit_of_account(tmp_path):
    rules = 'rulebook "Coins" currency BTC with 8 decimals members have deposit : money waterfall\n'
    rules += "tranche own paid by survivors from deposit shared equally\nfinally open\n"
    event = 'event "e" declared 2024-03-04 member A deposit = BTC 0.00000003 member D deposit = BTC 0\n'
    result = run(tmp_path, rules, event + "default of D loss BTC 1").to_dict()
    validator("run").validate(result)
    assert result["uncovered"] == "0.99999997"
