"""The interface for Python: what it gives, what it raises, how a notebook shows it, and what the README says of it."""

import doctest
import os
import re
import shlex
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import rulelang
from rulelang import CheckError, ReadError, RulelangError, RunError
from tests.conftest import ROOT

BOOK = """
rulebook "<b>Small</b>" currency EUR
members have fund : money
waterfall
    tranche pool paid by survivors up to fund each shared pro rata to limits
    haircut gains at the discretion of "Board" paid by survivors up to EUR 1 each shared equally
"""


@pytest.fixture
def allocate(tmp_path):
    def run(event: str):
        path = tmp_path / "a.event"
        path.write_text(f'event "<i>" declared 2024-01-01 {event}', encoding="utf-8")
        rulebook = rulelang.parse_rulebook(BOOK)
        return rulelang.evaluate(rulebook, rulelang.load_event(path, rulebook))

    return run


DATA = 'member A "<script>" fund = EUR 3 member B fund = EUR 1 member D fund = EUR 0 '


def test_an_allocation_answers_questions(allocate):
    allocation = allocate(f"{DATA} default of D loss EUR 2")
    assert allocation.drawn("pool") == 200
    assert allocation.paid_by("A") == 150
    assert allocation.paid_by("A", "gains") == 0
    assert allocation.payers() == {"A": 150, "B": 50}
    assert allocation.holds


def test_a_notebook_shows_a_table_without_markup_from_names(allocate):
    html = allocate(f"{DATA} default of D loss EUR 2")._repr_html_()
    assert "&lt;script&gt;" in html
    assert "<script>" not in html
    assert "&lt;b&gt;Small&lt;/b&gt;" in html
    assert "1.50" in html


def test_a_data_frame_holds_exact_decimals(allocate):
    frame = allocate(f"{DATA} default of D loss EUR 2").to_frame()
    assert list(frame.columns) == ["step", "segment", "payer", "name", "amount"]
    assert sum(frame["amount"]) == Decimal("2.00")


def test_errors_carry_diagnostics(allocate, tmp_path):
    with pytest.raises(ReadError) as caught:
        rulelang.load_rulebook(tmp_path / "none.rules")
    assert caught.value.diagnostics[0].code == "unreadable-file"
    with pytest.raises(ReadError):
        rulelang.parse_rulebook("rulebook")
    with pytest.raises(CheckError) as caught:
        rulelang.parse_rulebook(BOOK.replace("up to fund each", "up to fund"))
    assert [d.code for d in caught.value.diagnostics if d.severity.value == "error"] == ["missing-each"]
    with pytest.raises(CheckError):
        allocate("member A fund = EUR 3 default of D loss EUR 2")
    with pytest.raises(RunError) as caught:
        allocate(f"{DATA} default of D loss EUR 5")
    assert caught.value.diagnostics[0].code == "missing-decision"
    assert issubclass(RunError, RulelangError)


def test_an_allocation_that_does_not_add_up_cannot_be_made(allocate):
    from attrs import evolve

    allocation = allocate(f"{DATA} default of D loss EUR 2")
    for change in ({"uncovered": 1}, {"loss": 100}, {"allotments": ()}, {"lines": ()}):
        with pytest.raises(ValueError, match="add up|draws"):
            evolve(allocation, **change)


def test_the_docstring_of_the_package_runs():
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        assert doctest.testmod(rulelang).failed == 0
    finally:
        os.chdir(before)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_python_of_the_readme_runs():
    for block in blocks("python"):
        done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == "EUR 19,337,349.40"


@pytest.mark.slow
def test_the_commands_of_the_readme_run(tmp_path):
    commands = [line for block in blocks("sh") for line in block.splitlines() if not line.startswith("python3 ")]
    assert len(commands) >= 10
    (tmp_path / "rulebooks").symlink_to(ROOT / "rulebooks")
    for line in commands:
        command = re.sub("^rulelang ", f"{shlex.quote(sys.executable)} -m rulelang ", line)
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, shell=True)
        differs = line.startswith("rulelang diff ")  # two versions that differ give 1
        assert done.returncode == int(differs), f"{line}\n{done.stderr}"


def test_the_rulebook_of_the_readme_checks():
    text = next(
        block for block in re.findall(r"```\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    )
    program = rulelang.parse_rulebook(text)
    assert not [found for found in program.warnings if found.severity.value == "warning"]
