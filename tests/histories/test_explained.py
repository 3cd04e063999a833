"""What letters and explanations say of days of random histories is what the days give, and no page of one fails."""

import tempfile
from pathlib import Path

import pytest

import rulelang
from rulelang.document.table import Reader
from rulelang.document.write import written
from rulelang.explain.explain import explain
from rulelang.explain.paragraphs.day import after_run
from rulelang.explain.sentences.words import Words
from rulelang.histories.fold import event_on
from rulelang.report.history_page import render_history
from rulelang.run.interpret import interpreted
from rulelang.statements.document import statement_document
from rulelang.statements.statement import payers_of_history, statements_of_history
from tests.examples import mostly_slow
from tests.histories.small import BOOK, DEFAULT
from tests.histories.test_laws import BLOCKS, right


def told(history, result, day):
    """The explanation of a day."""
    program, event = event_on(history, day.date)
    allocation, _ = interpreted(program, event, own_past=True)
    return explain(program, event, allocation, day=day)


def rows(paragraphs, what):
    """The payers of the paragraphs that say what is due, or what comes back, with their amounts."""
    for one in paragraphs:
        if one.heading.startswith(what):
            for each in one.facts["payers"]:
                yield one, each


@pytest.mark.parametrize("block", mostly_slow(range(BLOCKS)))
def test_letters_and_explanations_give_what_the_days_give(block):
    for seed, found in right(block):
        with tempfile.TemporaryDirectory() as name:
            found.write(Path(name))
            history = rulelang.load_history(Path(name) / "x.history")
            result = rulelang.evaluate_history(history)
            plain, show = result.currency.plain, result.currency.show
            for day in result.days:
                paragraphs = told(history, result, day).paragraphs
                due = [
                    (each["payer"], one.facts["pot"], one.facts["segment"], each["owes"])
                    for one, each in rows(paragraphs, "What is due")
                ]
                assert sorted(map(str, due)) == sorted(
                    str((one.payer, one.pot, one.segment, plain(one.amount))) for one in day.due
                ), f"seed {seed}, {day.date}"
                back = [
                    (p.facts["from"], one["step"], one["payer"], one["amount"])
                    for p, one in rows(paragraphs, "What comes back")
                ]
                assert sorted(back) == sorted(
                    (one.defaulter, one.step, one.payer, plain(one.amount)) for one in day.repaid
                ), f"seed {seed}, {day.date}"
            for letter in statements_of_history(result, history.programs, payers_of_history(result)):
                said = {
                    str(day.date): " ".join(" ".join((*one.sentences, *one.lines)) for one in day.computed)
                    for day in letter.days
                }
                assert [line.date for line in letter.lines] == sorted(line.date for line in letter.lines)
                for line in letter.lines:
                    if line.what in ("owes", "is repaid"):
                        assert f"{line.what} {show(line.amount)}" in said[str(line.date)], f"seed {seed}"
                assert written(statement_document(letter, Reader("html")), "html")
            programs = {program.source.sha256: program for program in history.programs}
            assert render_history(result, programs, "1", opening=block == 1)


def test_a_pot_that_a_party_draws_from_beside_its_owner_is_not_called_its_own(tmp_path):
    first = "tranche first paid by insurer from capital up to EUR 4 tranche own"
    book = BOOK.replace("tranche own", first).replace("then repay own rest", "rest")
    book = book.replace("recoveries repay", "recoveries repay first, own into capital then repay")
    (tmp_path / "book.rules").write_text(book, "utf-8")
    (tmp_path / "x.history").write_text(DEFAULT + "on 2024-02-01 recovered from D EUR 8\n", "utf-8")
    history = rulelang.load_history(tmp_path / "x.history")
    _, default, recovery = rulelang.evaluate_history(history).days
    text = str(told(history, None, default).paragraphs)
    assert "The capital holds EUR 10.00" in text
    assert "Its capital still holds EUR 6.00" in text
    program, event = event_on(history, recovery.date)
    words = Words(program, event.names, None)
    text = str(list(after_run(recovery, words, None)))
    assert "under first, into the capital" in text
    assert "under own, into its capital" in text
    (letter,) = statements_of_history(rulelang.evaluate_history(history), (program,), ["insurer"])
    paid, back = (line.how for line in letter.lines)
    assert paid.startswith("Insurance (insurer) pays EUR 4.00")
    assert back.startswith("Insurance (insurer) is repaid EUR 3.20")


RESIZED = """rulebook "x" version "1"
currency EUR
members have
    prescribed : money
    fund : money
waterfall
    tranche mutual paid by survivors from fund shared pro rata to fund
    finally open
replenish fund paid by survivors to prescribed each up to prescribed each in any 5 days at every resizing within 1 days
"""
TWICE = """history "x" under "book.rules"
opening 2024-03-01
    member A prescribed = EUR 100 fund = EUR 100
    member D prescribed = EUR 0 fund = EUR 0
    member E prescribed = EUR 0 fund = EUR 0
on 2024-03-05 default of D loss EUR 60
on 2024-03-06 paid in by A to fund EUR 60
on 2024-03-08 member A prescribed = EUR 80
on 2024-03-09 default of E loss EUR 50
"""


def test_what_a_limit_at_every_resizing_leaves_of_what_is_due_is_the_least_of_its_days(tmp_path):
    (tmp_path / "book.rules").write_text(RESIZED, "utf-8")
    (tmp_path / "x.history").write_text(TWICE, "utf-8")
    history = rulelang.load_history(tmp_path / "x.history")
    result = rulelang.evaluate_history(history)
    day = result.days[-1]
    text = " ".join(told(history, result, day).paragraphs[-1].sentences)
    assert "allows it EUR 80.00 (prescribed is EUR 80.00); of all days since 2024-03-05 the least is left by" in text
    assert "2024-03-05, when it is EUR 100.00 less the EUR 60.00 paid or due from that day on" in text
    assert text.endswith("that leaves EUR 40.00.")
    assert "counts already" not in text
