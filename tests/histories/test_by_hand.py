"""Histories whose amounts were worked out on paper: the package gives them, and so does the independent evaluator.

``by_hand.txt`` has a case behind each `=`: what is different in the rulebook (`~`), the days, what is expected.
"""

from pathlib import Path

import pytest

import rulelang
from rulelang.histories.testing import run_tests
from tests.histories.small import BOOK, OPENING
from tests.oracle.compare import history_by_oracle, history_by_package, history_differences

SEGMENTS = """rulebook "s" version "1"
currency EUR
segments east, west
members have
    fund : money per segment
    size : money per segment
waterfall
    tranche mutual per segment paid by survivors from fund shared pro rata to fund
    tranche help per segment paid by survivors from fund in other segments shared pro rata to limits
    finally open
replenish fund paid by survivors to size each within 2 business days
recoveries repay mutual then repay help rest to ccp
"""
IN_SEGMENTS = """history "s" under "book.rules"
opening 2024-01-02
    member A fund in east = EUR 30 fund in west = EUR 20 size in east = EUR 30 size in west = EUR 20
    member B fund in east = EUR 10 fund in west = EUR 10 size in east = EUR 10 size in west = EUR 10
    member D fund in east = EUR 0 fund in west = EUR 0 size in east = EUR 0 size in west = EUR 0
"""
NO_POT = (
    BOOK.replace("from fund", "up to fund each")
    .replace("replenish fund paid by survivors to size each within 5 business days\n", "")
    .replace(" into fund", "")
)


def renamed(pot: str, before: str) -> str:
    """The rulebook with another name of the fund."""
    text = BOOK.replace("fund : money", f"{pot} : money formerly {before}").replace(
        "replenish fund", f"replenish {pot}"
    )
    return text.replace("from fund shared pro rata to fund", f"from {pot} shared pro rata to {pot}").replace(
        "into fund", f"into {pot}"
    )


def cases() -> dict[str, list[str]]:
    """The lines of each case by its title."""
    text = Path(__file__).with_name("by_hand.txt").read_text("utf-8")
    found = (part.splitlines() for part in text.removeprefix("= ").split("\n= "))
    return {title: [line for line in lines if line] for title, *lines in found}


CASES = cases()


@pytest.mark.parametrize("title", CASES)
def test_it_comes_to_what_was_worked_out_on_paper(title, tmp_path):
    book, opening, days, expected = BOOK, OPENING, [], []
    changes = [line for line in CASES[title] if line.startswith("~ ")]
    for line in CASES[title]:
        if line == "segments":
            book, opening = SEGMENTS, IN_SEGMENTS
        elif line == "dues paid when payable":
            opening = opening.replace("opening", f"{line}\nopening")
        elif line.startswith("sizes since "):
            opening = opening.replace(" size = ", f" size as of {line.split()[-1]} = EUR 30 size = ")
        elif line.startswith("defaulted "):
            opening += f"    {line}\n"
        elif line.startswith("expect "):
            expected.append(f"    {line}\n")
        elif not line.startswith("~ "):
            days.append(f"{line}\n")
    books = {"book.rules": book, "kitty.rules": renamed("kitty", "fund"), "chest.rules": renamed("chest", "kitty")}
    books["levies.rules"] = BOOK.replace("calls", "levies").replace("levies paid", "levies formerly calls paid")
    books["no-pot.rules"] = NO_POT
    for name, text in books.items():
        made = text
        for line in changes:
            old, new = line.removeprefix("~ ").split(" | ")
            assert old in text or name != "book.rules", line
            made = made.replace(old, new)
        (tmp_path / name).write_text(made, "utf-8")
    (tmp_path / "x.history").write_text(opening + "".join(days), "utf-8")
    test = 'test "by hand" history "x.history"\n' + "".join(expected)
    (tmp_path / "tested.rules").write_text((tmp_path / "book.rules").read_text("utf-8") + test, "utf-8")
    (result,) = run_tests(rulelang.load_rulebook(tmp_path / "tested.rules")).results
    assert [found.message for found in result.failures] == []
    assert history_differences(history_by_oracle(tmp_path), history_by_package(tmp_path)) == []
