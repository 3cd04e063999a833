"""Claims that are false in a way that an encoding overlooks easily: none of them is ever said to be proved.

Each was proved once: two days that coincide on one day and not on another, the first day of a period, who of
several defaulters in turn has given notice, holidays that differ between versions, a step that stands for two,
four defaulters where three were looked at, the first and the last day of the calendar, further losses and
withdrawals where a step was said never to pay, a ratio or a strict comparison of two versions that was proved up to a
few minor units.
"""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from rulelang.tools.cli import cli
from tests.examples import mostly_slow

pytest.importorskip("z3")

FOLDER = Path(__file__).with_name("false")
NEVER_A = ("--claim", "used(a) = EUR 0")
NEVER_S = ("--claim", "used(s) = EUR 0")
LEAVING = (
    "--assume",
    "cap = EUR 2",
    "--claim",
    "(count of defaulters where leaving) = 0 or used(b) = min(loss, EUR 1)",
)
RATIO = "new used(fund) / (loss + EUR 1) <= old used(fund) / (loss + EUR 1)"
CASES = {
    "31 days and a month": ("a.rules", *NEVER_A),
    "days and business days": ("a2.rules", *NEVER_A),
    "a written day and one that varies": ("a3.rules", *NEVER_A),
    "a period begins on a day": ("pd2.rules", *NEVER_S),
    "of two periods one begins before": ("pd.rules", *NEVER_S),
    "data as of the beginning of two periods": ("pp.rules", *NEVER_S),
    "the second of two in turn leaves": ("t1.rules", *LEAVING),
    "few of them": ("t1.rules", *LEAVING, "--members", "2"),
    "31 days in one version, a month in the other": ("v1.rules", "v2.rules"),
    "holidays count in a window": ("h1.rules", "h2.rules"),
    "holidays before a day of data": ("k1.rules", "k2.rules"),
    "a limit of each by the sum of all": (
        "s3.rules",
        "--claim",
        "for survivors: k > EUR 0 or used(a) <= sum of k over survivors",
    ),
    "the same of those of one kind": ("s4.rules", "--claim", "for survivors where not v: used(a) = EUR 0"),
    "two data of each, each times the sum of the other": (
        "s5.rules",
        "--claim",
        "for survivors: x > 0 or y > EUR 0 or used(a) = EUR 0",
    ),
    "a total and a value of each in one condition": (
        "shared_and_each.rules",
        "--claim",
        "for survivors where not leaving: used(a) = EUR 0",
    ),
    "a total of nothing, of values of either sign": (
        "signed_sum.rules",
        "--claim",
        "for survivors where not leaving: used(a) + unused(a) = used(b) + unused(b)",
    ),
    "what all pay who are of one kind, and what each pays": (
        "one_slot_pays.rules",
        "--claim",
        "for survivors where not leaving: used(b) = EUR 0",
    ),
    "the same of two steps": (
        "two_draws.rules",
        "--claim",
        "for survivors where not leaving: used(c) = EUR 0",
    ),
    "what somebody answered earlier": ("choice_then.rules", "--claim", "for survivors where not v: used(a) = EUR 0"),
    "an assumption of each, of which there may be nobody": ("assumed_of_all.rules", *NEVER_A),
    "an assumption of those of one kind, of whom there is nobody": (
        "assumed_of_nobody.rules",
        "--claim",
        "used(a) <= EUR 5",
    ),
    "a limit below zero where the step is not done": (
        "left_out_limit.rules",
        "--claim",
        "for defaulters: x >= EUR 0 or total_paid != EUR 0",
    ),
    "the unlimited is never exhausted": ("unlimited.rules", "--claim", "used(a) = EUR 0 or open(p)"),
    "a written day that is moved": ("moved_day.rules", *NEVER_A),
    "the first day of the calendar": ("ends.rules", *NEVER_A),
    "the last day of the calendar": ("ends.rules", "--claim", "used(b) = EUR 0"),
    "a day so early that nothing is before it stands for no later one": ("early.rules", *NEVER_A),
    "so many months from the start of a period": ("long_period.rules", *NEVER_A),
    "in force on the first day of the calendar alone": ("first_in_force.rules", *NEVER_A),
    "versions fill in what is missing otherwise": ("filled_1.rules", "filled_2.rules"),
    "four defaulters": ("d4.rules", *NEVER_A, "--members", "4"),
    "one step for two": ("m1.rules", "m3.rules"),
    "a ratio within minor units": ("s1.rules", "s2.rules", "--claim", RATIO),
    "brackets in brackets, and an amount below what rounding may do": (
        "s1.rules",
        "s2.rules",
        "--claim",
        "(if (loss > EUR 1) and loss < EUR 5 then new used(own) else EUR 0) <= EUR 0.5",
    ),
    "less within minor units": ("s1.rules", "s2.rules", "--claim", "new used(own) < old used(own)"),
    "unequal within minor units": ("s1.rules", "s2.rules", "--claim", "new used(fund) != old used(fund)"),
}


@pytest.mark.parametrize("case", mostly_slow(CASES, every=4))
def test_it_is_not_proved(case, monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", *CASES[case]], catch_exceptions=False)
    assert re.search(r"^(REFUTED|unknown) ", done.output, re.MULTILINE), done.output
    assert not re.search(r"^proved ", done.output, re.MULTILINE), done.output


@pytest.mark.parametrize("path", ["n1.rules", "n2.rules"], ids=["after a further loss", "after a withdrawal"])
def test_a_step_that_pays_under_such_events_alone_is_found(path, monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", path], catch_exceptions=False)
    assert re.search(r"^yes +`?a`? can pay", done.output, re.MULTILINE), done.output


def test_a_run_that_an_invariant_stops_is_found(monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", "ensure_refuses.rules"], catch_exceptions=False)
    assert re.search(r"^REFUTED +no event that fits the rulebook makes a run stop", done.output, re.MULTILINE)


def test_a_default_before_the_period_is_not_counted_in_it(monkeypatch):
    monkeypatch.chdir(FOLDER)
    claim = "(count of defaulters) = 0 or defaults(p) >= 1"
    done = CliRunner().invoke(cli, ["prove", "further_default.rules", "--claim", claim], catch_exceptions=False)
    assert "without further losses of earlier defaults" in " ".join(done.output.split()), done.output
