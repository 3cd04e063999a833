"""Letters to payers: what they say adds up, and of other members they say nothing but totals."""

import json
import re

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.base.diagnostic import CheckError, RulelangError
from rulelang.document.table import Reader
from rulelang.document.write import written
from rulelang.statements.document import statement_document
from rulelang.statements.statement import (
    payers_of_history,
    statements_of_history,
    statements_of_run,
)
from rulelang.tools.cli import cli
from tests.conftest import ROOT
from tests.examples import mostly_slow
from tests.schemas import validator

HISTORIES = sorted((ROOT / "rulebooks").rglob("*.history"))
NASDAQ = ROOT / "rulebooks/nasdaq-commodities-2018"


def pairs():
    for book in sorted((ROOT / "rulebooks").rglob("*.rules")):
        event = next(iter(sorted(book.parent.rglob("*.event"))), None)
        if event is not None and book.name != "interim.rules":  # its events are those of the other rulebook
            yield book, event


def reads_of_others(told, members, names):
    """Members other than the payer whose id or name stands in its letter."""
    letter = json.dumps(told.to_dict(), ensure_ascii=False)
    letter += str(written(statement_document(told, Reader("html")), "html"))
    letter = letter.replace(told.title, "")  # the title is what the author of the event calls it
    others = {each for member in members for each in (member, names.get(member)) if each and member != told.payer}
    own = {told.payer, names.get(told.payer)}
    return [each for each in others - own if re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", letter)]


@pytest.mark.parametrize("pair", mostly_slow(pairs(), every=20), ids=lambda pair: pair[0].parent.name)
def test_what_letters_of_a_run_say_adds_up_and_names_nobody_else(pair):
    book, event = pair
    program = rulelang.load_rulebook(book)
    loaded = rulelang.load_event(event, program)
    allocation = rulelang.evaluate(program, loaded)
    letters = list(statements_of_run(program, loaded, allocation, allocation.payers()))
    assert sum(letter.sum_of("pays") for letter in letters) == allocation.loss - allocation.uncovered
    for letter in letters[:: max(1, len(letters) // 6)]:
        validator("statement").validate(letter.to_dict())
        assert letter.sum_of("pays") == allocation.paid_by(letter.payer)
        assert all(f"pays {letter.currency.show(line.amount)}" in line.how for line in letter.lines)
        if letter.payer in loaded.members:
            assert reads_of_others(letter, loaded.members, loaded.names) == []


@pytest.mark.parametrize("path", mostly_slow(HISTORIES, every=4), ids=lambda path: path.stem)
def test_what_letters_of_a_history_say_adds_up_and_names_nobody_else(path):
    history = rulelang.load_history(path)
    result = rulelang.evaluate_history(history)
    letters = list(statements_of_history(result, history.programs, payers_of_history(result)))
    paid = sum(one.amount for day in result.days if day.run for one in day.run.allotments)
    assert sum(letter.sum_of("pays") for letter in letters) == paid
    assert sum(letter.sum_of("is repaid") for letter in letters) == sum(r.amount for d in result.days for r in d.repaid)
    members = {row.payer for day in result.days for row in day.balances if not row.payer[0].islower()}
    names = {who: name for day in result.days if day.run for who, name in day.run.names.items()}
    for letter in letters:
        validator("statement").validate(letter.to_dict())
        raised = letter.sum_of("owes") - letter.sum_of("no longer owes")
        assert sum(due.amount for due in letter.owed) <= raised
        if letter.payer in members:
            assert reads_of_others(letter, members, names) == []


def run(folder, *words):
    done = CliRunner().invoke(cli, ["statement", *map(str, words), "--out", str(folder)], catch_exceptions=False)
    return done.exit_code, done.output


def test_each_payer_gets_a_letter(tmp_path):
    event = NASDAQ / "events/aas-2018.event"
    for form, ending in (("markdown", "md"), ("html", "html"), ("json", "json")):
        code, _ = run(tmp_path / form, NASDAQ / "rulebook.rules", event, "--format", form)
        assert code == 0
        assert {path.name for path in (tmp_path / form).iterdir()} == {
            f"{payer}.{ending}" for payer in ("AAS", "FORTUM", "OTHERS", "STATKRAFT", "ccp")
        }
    letter = (tmp_path / "markdown/FORTUM.md").read_text("utf-8")
    assert "Statement for Fortum" in letter
    assert "19,337,349.40" in letter
    assert "Nasdaq DF page" in letter


def test_a_payer_that_pays_nothing_gets_a_letter_if_asked_for(tmp_path):
    program = rulelang.parse_rulebook(RULES)
    event = rulelang.load_event(_event(tmp_path), program)
    told = rulelang.statement(program, event, "B")
    assert "You pay nothing." in str(written(statement_document(told, Reader("markdown")), "markdown"))
    with pytest.raises(CheckError) as caught:
        rulelang.statement(program, event, "Z")
    assert caught.value.diagnostics[0].code == "unknown-member"


RULES = """rulebook "R" version "1"
currency EUR
members have
    fund : money
waterfall
    tranche pool cite "1"
        paid by survivors from fund
        shared pro rata to fund
    finally open
"""


def _event(folder):
    path = folder / "e.event"
    path.write_text(
        'event "E" declared 2024-01-01 member "A/1" fund = EUR 5 member "a_1" fund = EUR 5 member B fund = EUR 0\n'
        "member D fund = EUR 1 default of D loss EUR 4\n",
        "utf-8",
    )
    return path


def test_files_are_called_so_that_none_takes_anothers_place(tmp_path):
    (tmp_path / "r.rules").write_text(RULES, "utf-8")
    run(tmp_path / "out", tmp_path / "r.rules", _event(tmp_path))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["A_1.md", "a_1-2.md"]


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "FORTUM.md").write_text("mine", "utf-8")
    with pytest.raises(RulelangError):
        run(out, NASDAQ / "rulebook.rules", NASDAQ / "events/aas-2018.event")
    assert [path.name for path in out.iterdir()] == ["FORTUM.md"]
    assert (out / "FORTUM.md").read_text("utf-8") == "mine"


def test_a_history_is_told_as_a_whole_or_of_one_day(tmp_path):
    history = ROOT / "rulebooks/nasdaq-autumn-2018/autumn-2018.history"
    code, _ = run(tmp_path / "all", history, "--payer", "FORTUM", "--format", "json")
    assert code == 0
    told = json.loads((tmp_path / "all/FORTUM.json").read_text("utf-8"))
    assert {line["what"] for line in told["lines"]} == {"pays", "owes", "pays in", "is repaid"}
    book = history.with_name("september.rules")
    code, _ = run(tmp_path / "day", book, history, "--on", "2018-09-11", "--payer", "FORTUM", "--format", "json")
    assert code == 0
    told = json.loads((tmp_path / "day/FORTUM.json").read_text("utf-8"))
    assert [(line["what"], line["amount"]) for line in told["lines"]] == [("pays", "19337349.40")]


def test_wrong_use_is_refused(tmp_path):
    code, said = run(tmp_path / "x", NASDAQ / "rulebook.rules")
    assert code == 2
    assert "history that names its rulebook" in said
