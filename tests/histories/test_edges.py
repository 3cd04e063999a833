"""What the contract says of rare days: both evaluators give the same, or both refuse."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.tools.cli import cli
from tests.histories.small import BOOK, DEFAULT, OPENING
from tests.oracle.compare import history_by_oracle, history_by_package, history_differences

OWNED = DEFAULT.replace("given capital", "given floor = EUR 10 given capital")
LATER = BOOK.replace('version "1"', 'version "2"')
OWNER = LATER.replace("paid by ccp from capital", "paid by insurer from capital").replace(
    "replenish capital paid by ccp", "replenish capital paid by insurer"
)
NO_POT = (
    LATER.replace("from fund", "up to fund each")
    .replace(" into fund", "")
    .replace("replenish capital paid by ccp to floor within 5 business days\n", "")
    .replace("replenish fund paid by survivors to size each within 5 business days\n", "")
)

ONCE = BOOK.replace("waterfall", "period cooling opens at a default lasts 30 days\nwaterfall").replace(
    "replenish fund paid by survivors to size each",
    "replenish fund paid by survivors where size > EUR 20 to size each once during cooling",
)
SPENT = DEFAULT.replace("book.rules", "once.rules") + "on 2024-01-10 member B size = EUR 40 default of A loss EUR 9"
"""A alone owes after the first default, and defaults; B would owe after the second."""

BARE = """history "bare" under "bare.rules"
opening 2024-01-02
    member A member D
on 2024-01-08 default of D loss EUR 3
"""
BARE_BEFORE = BARE.replace("member A", "former member E defaulted 2024-01-01 E")
RIGHT = {
    "what is raised once, and cancelled, is not raised again": SPENT,
    "what is raised once, and cancelled, under its new name": SPENT.replace(
        "on 2024-01-10", 'on 2024-01-10 under "pool.rules"'
    ),
    "what is raised once, and cancelled, is raised in the next period": SPENT
    + " on 2024-03-01 default of C loss EUR 1",
    "nothing but an opening": OPENING,
    "a day on which nothing happens": DEFAULT + "on 2024-01-11",
    "two recoveries of one day": DEFAULT + "on 2024-02-01 recovered from D EUR 0.01 recovered from D EUR 7.01",
    "values of one that defaulted": DEFAULT + "on 2024-02-01 member D size = EUR 3",
    "a pot as of a day before the opening": DEFAULT + "on 2024-02-01 member A fund as of 2023-12-01 = EUR 1",
    "a pot as of a day since the opening": DEFAULT + "on 2024-02-01 member A fund as of 2024-01-20 = EUR 20",
    "a member since an earlier day": DEFAULT
    + "on 2024-02-01 member E since 2024-01-20 fund = EUR 3 size = EUR 4 on 2024-02-02 default of A loss EUR 20",
    "one that left pays what it owes": DEFAULT + "on 2024-01-10 departure of A paid in by A to fund EUR 10",
    "one that left takes all": DEFAULT + "on 2024-01-10 departure of A paid out to A from fund EUR 20",
    "a new member that pays in and defaults": DEFAULT
    + "on 2024-01-11 member E fund = EUR 1 size = EUR 1 paid in by E to fund EUR 2 default of E loss EUR 3",
    "a notice of a later day": DEFAULT
    + "on 2024-01-10 notice by A dated 2025-01-01 on 2024-01-11 default of B loss EUR 1",
    "a further loss of a default before the opening": OPENING
    + "    defaulted 2024-01-01 D on 2024-01-11 further loss of D EUR 1",
    "a further loss where members have no data": BARE + "on 2024-01-11 further loss of D EUR 2",
    "a further loss before the opening where members have no data": BARE.replace(
        "member A", "former member E defaulted 2024-01-01 E"
    )
    + "on 2024-01-11 member E further loss of E EUR 2",
    "what was due before the opening": OPENING
    + "    paid 2024-01-01 by A under fund for D EUR 1 on 2024-01-11 default of B loss EUR 1",
    "a pot that is none any more, and is owed to": DEFAULT
    + 'on 2024-01-09 under "none.rules" on 2024-02-02 default of A loss EUR 20',
    "a pot that is none any more, and one again": DEFAULT
    + 'on 2024-01-20 under "none.rules" on 2024-02-02 under "book.rules" default of A loss EUR 20',
    "dues paid by themselves to what is no pot": DEFAULT.replace('rules"', 'rules" dues paid when payable')
    + 'on 2024-01-09 under "none.rules" on 2024-02-02 default of A loss EUR 20',
    "one with a further loss pays in": DEFAULT + "on 2024-02-01 further loss of D EUR 9 paid in by D to fund EUR 4",
    "one with a further loss is paid out": DEFAULT
    + "on 2024-01-09 further loss of D EUR 9 paid out to D from fund EUR 1 paid in by D to fund EUR 4",
    "a value of an earlier day is the latest": DEFAULT
    + "on 2024-02-01 member A size as of 2024-01-20 = EUR 77 on 2024-02-02 default of B loss EUR 20",
    "a value of an earlier day, on the day of a run": DEFAULT
    + "on 2024-02-01 member A size as of 2024-01-20 = EUR 77 default of B loss EUR 20",
    "a value of an earlier day, before a later one": DEFAULT
    + "on 2024-01-25 member A size = EUR 50 on 2024-02-01 member A size as of 2024-01-20 = EUR 77 "
    + "default of B loss EUR 9",
    "a value of an earlier day, before the same again": DEFAULT
    + "on 2024-01-25 member A size = EUR 30 on 2024-02-01 member A size as of 2024-01-20 = EUR 77 "
    + "default of B loss EUR 9",
    "a value of an earlier day, beside that of today": DEFAULT
    + "on 2024-02-01 member A size as of 2024-01-20 = EUR 77 size = EUR 3 default of B loss EUR 20",
    "a value of a day before the opening": DEFAULT
    + "on 2024-02-01 member A size as of 2023-12-20 = EUR 77 default of B loss EUR 20",
    "a due to a pot of another now": OWNED + 'on 2024-01-09 under "owner.rules" paid in by ccp to capital EUR 3',
    "a due to a pot of another now, which pays in too": OWNED
    + 'on 2024-01-09 under "owner.rules" paid in by insurer to capital EUR 3 paid in by ccp to capital EUR 10',
    "a due to a pot of another now, paid by itself": OWNED.replace('rules"', 'rules" dues paid when payable')
    + 'on 2024-01-09 under "owner.rules" on 2024-02-01 default of A loss EUR 5',
    "a due to what is no pot any more": DEFAULT
    + 'on 2024-01-09 under "none.rules" paid in by A to fund EUR 10 on 2024-02-02 default of B loss EUR 20',
    "a due to what is no pot now, in parts": DEFAULT
    + 'on 2024-01-09 under "none.rules" paid in by A to fund EUR 4 on 2024-01-10 paid in by A to fund EUR 6 '
    + 'on 2024-02-02 under "book.rules" default of B loss EUR 20',
    "a step of which nothing can be claimed is gone": DEFAULT
    + 'on 2024-02-01 under "no-calls.rules" on 2024-02-05 recovered from D EUR 20',
}
WRONG = {
    "a pot as of a day since the opening": DEFAULT + "on 2024-02-01 member A fund as of 2024-01-20 = EUR 1",
    "a given as of a day since the opening": DEFAULT + "on 2024-02-01 given capital as of 2024-01-20 = EUR 1",
    "a value of a known day": DEFAULT + "on 2024-02-01 member A size as of 2024-01-02 = EUR 1",
    "one that left pays more than it owes": DEFAULT + "on 2024-01-10 departure of A paid in by A to fund EUR 10.01",
    "one that left pays twice what it owes": DEFAULT
    + "on 2024-01-10 departure of A paid in by A to fund EUR 10 on 2024-01-11 paid in by A to fund EUR 0.01",
    "one that left comes back": DEFAULT
    + "on 2024-01-11 departure of A on 2024-01-12 member A fund = EUR 20 size = EUR 1",
    "money of one that defaulted": DEFAULT + "on 2024-02-01 paid in by D to fund EUR 1",
    "a further loss of one of whom nothing is known": OPENING
    + "    former member Z defaulted 2024-01-01 Z on 2024-01-11 further loss of Z EUR 5",
    "a further loss of one that nothing names, where members have no data": BARE_BEFORE
    + "on 2024-01-11 further loss of E EUR 2",
    "a recovery from a default before the opening": OPENING
    + "    defaulted 2024-01-01 C on 2024-01-11 further loss of C EUR 5 on 2024-01-12 recovered from C EUR 5",
    "two rulebooks of one day": DEFAULT + 'on 2024-01-11 under "book.rules" under "book.rules"',
    "a step with claims is gone": DEFAULT.replace("EUR 25", "EUR 70")
    + 'on 2024-02-01 under "no-calls.rules" on 2024-02-05 recovered from D EUR 20',
    "a due to a pot of another now, and more": OWNED
    + 'on 2024-01-09 under "owner.rules" paid in by ccp to capital EUR 10.01',
    "a due to a pot of another now, taken out again": OWNED
    + 'on 2024-01-09 under "owner.rules" paid in by ccp to capital EUR 3 paid out to ccp from capital EUR 1',
    "a due to what is no pot any more, and more": DEFAULT
    + 'on 2024-01-09 under "none.rules" paid in by A to fund EUR 10.01',
    "money for what is no pot any more": DEFAULT + 'on 2024-01-09 under "none.rules" paid in by C to calls EUR 1',
    "a value of a day on which the same was stated again": DEFAULT
    + "on 2024-01-25 member A size = EUR 30 on 2024-02-01 member A size as of 2024-01-25 = EUR 77",
    "a notice of one with a further loss": DEFAULT + "on 2024-02-01 further loss of D EUR 9 notice by D",
    "a departure of one with a further loss": DEFAULT + "on 2024-02-01 further loss of D EUR 9 departure of D",
    "a pot stated as what it was": DEFAULT + "on 2024-02-01 member A fund = EUR 30",
}


def write(folder: Path, history: str) -> None:
    """Write a history and the rulebooks that it may name."""
    calls = "    assessment calls paid by survivors up to size each shared pro rata to size\n"
    without = LATER.replace(calls, "").replace("repay calls then ", "")
    texts = {"x.history": history, "book.rules": BOOK, "none.rules": NO_POT, "no-calls.rules": without}
    texts["bare.rules"] = """rulebook "bare" version "1" currency EUR members have
        waterfall tranche own paid by ccp up to EUR 4 in any 30 days finally open"""
    texts["owner.rules"], texts["once.rules"] = OWNER, ONCE
    pool = ONCE.replace("from fund", "from pool").replace("into fund", "into pool").replace("to fund", "to pool")
    texts["pool.rules"] = pool.replace("replenish fund", "replenish pool").replace(
        "fund : money", "pool : money formerly fund"
    )
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")


@pytest.mark.parametrize("what", RIGHT)
def test_both_give_the_same(what, tmp_path):
    write(tmp_path, RIGHT[what])
    found = history_by_package(tmp_path)
    assert not isinstance(found, str), found
    assert history_differences(history_by_oracle(tmp_path), found) == []


@pytest.mark.parametrize("what", WRONG)
def test_both_refuse(what, tmp_path):
    write(tmp_path, WRONG[what])
    assert isinstance(history_by_oracle(tmp_path), str)
    assert isinstance(history_by_package(tmp_path), str)


def test_the_event_of_a_day_quotes_members_that_are_no_words_with_a_capital(tmp_path):
    text = DEFAULT.replace("member A", 'member "a"').replace("member B", 'member "b c"')
    write(tmp_path, text + 'on 2024-01-09 default of "a" loss EUR 9')
    made = tmp_path / "day.event"
    words = ["event", str(tmp_path / "x.history"), "--on", "2024-01-09", "--out", str(made)]
    assert CliRunner().invoke(cli, words).exit_code == 0
    event = made.read_text("utf-8")
    assert 'default of "a" loss' in event
    assert 'by "b c" under mutual for D' in event
    program = rulelang.load_rulebook(tmp_path / "book.rules")
    alone = rulelang.evaluate(program, rulelang.load_event(made, program))
    day = rulelang.evaluate_history(rulelang.load_history(tmp_path / "x.history")).days[-1]
    assert day.run is not None
    assert alone.to_dict()["allocations"] == day.run.to_dict()["allocations"]
