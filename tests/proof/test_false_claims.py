"""Claims that are false in a way that an encoding overlooks easily: none of them is ever said to be proved.

Each was proved once: two days that coincide on one day and not on another, the first day of a period, who of
several defaulters in turn has given notice, holidays that differ between versions, a step that stands for two,
four defaulters where three were looked at, the first and the last day of the calendar, further losses and
withdrawals where a step was said never to pay, a ratio or a strict comparison of two versions that was proved up to a
few minor units, a pass of losses that are not there, a datum or a step for two of the other version, a value asked for
of somebody who does not count, a field called as a variable, a currency with other decimals, a pot that is rounded in
one version alone, the order of the defaults of an event, ids of many words, what half a minor unit decides.
"""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from rulelang.tools.cli import cli
from tests.examples import mostly_slow

pytest.importorskip("z3")

FOLDER = Path(__file__).with_name("false")
NEVER_A = ("--claim", "used(a) = EUR 0")
NEVER_C = ("--claim", "used(c) = EUR 0")
NEVER_S = ("--claim", "used(s) = EUR 0")
LEAVING = (
    "--assume",
    "cap = EUR 2",
    "--claim",
    "(count of defaulters where leaving) = 0 or used(b) = min(loss, EUR 1)",
)
RATIO = "new used(fund) / (loss + EUR 1) <= old used(fund) / (loss + EUR 1)"
OTHERS = (
    "for survivors where number = EUR 0: "
    "used(a) = EUR 0 or (sum of number over survivors) <= (count of survivors) * EUR 1"
)
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
    "four defaulters": ("d4.rules", *NEVER_A, "--members", "4"),
    "one step for two": ("m1.rules", "m3.rules"),
    "a pass of losses without a defaulter, of which there are none": (
        "in_turn.rules",
        "--claim",
        "used(a) / (count of defaulters) = EUR 0",
    ),
    "one datum for two": ("merged_datum_1.rules", "merged_datum_2.rules"),
    "two steps for one": ("merged_step_1.rules", "merged_step_2.rules"),
    "a quotient of those who do not count": (
        "guarded_1.rules",
        "guarded_2.rules",
        "--claim",
        "for members where k > EUR 0: new paid(b) / k <= old paid(b) / k",
    ),
    "a field called number": (
        "called_number.rules",
        "--claim",
        OTHERS,
    ),
    "other decimals": ("decimals_1.rules", "decimals_2.rules"),
    "rounded as a pot in one version": ("pot_1.rules", "pot_2.rules"),
    "the defaults of an event in another order": (
        "order_of_defaults.rules",
        "--event",
        "order_of_defaults.event",
        "--claim",
        "for defaulters where k > EUR 10: paid(a) < EUR 10",
    ),
    "a limit that was filled in, which is no pot, is rounded and the datum is not": (
        "filled_limit.rules",
        "--claim",
        "for survivors: used(rest) = EUR 0 or paid(fund_draw) = fund",
    ),
    "what is rounded decides it": ("rounding.rules", *NEVER_C),
    "a cent more in the rules": ("cent_1.rules", "cent_2.rules", "--claim", "new used(a) <= old used(a)"),
    "left out by an event, and needed by one version": (
        "left_out_1.rules",
        "left_out_2.rules",
        "--event",
        "left_out.event",
    ),
    "assumed of each, so that there is nobody": (
        "nobody_obeys.rules",
        "--claim",
        "for survivors: total_paid <= EUR 5",
        "--assume",
        "for survivors: c < EUR 0",
    ),
    "assumed so that no whole amount is left": (
        "nobody_obeys.rules",
        "--claim",
        "used(a) <= EUR 5",
        "--assume",
        "g > EUR 0.02 and g < EUR 0.03",
    ),
    "assumed so that no number of members is left": (
        "nobody_obeys.rules",
        "--claim",
        "used(a) <= EUR 5",
        "--assume",
        "(count of survivors) > 1 and (count of survivors) < 2 and g < EUR 3",
    ),
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


@pytest.mark.parametrize("path", ["ensure_refuses.rules", "no_rate.rules"], ids=["an invariant", "no rate is zero"])
def test_a_run_that_stops_is_found(path, monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", path], catch_exceptions=False)
    assert re.search(r"^REFUTED +no event that fits the rulebook makes a run stop", done.output, re.MULTILINE)


def test_a_field_may_be_called_as_what_a_loss_is_larger_by(monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", "called_more.rules"], catch_exceptions=False)
    assert re.search(r"^REFUTED +no survivor pays less when a loss grows", done.output, re.MULTILINE), done.output


def test_no_event_says_what_one_of_two_versions_alone_would_read(monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", "one_sided_1.rules", "one_sided_2.rules"], catch_exceptions=False)
    assert "REFUTED" not in done.output


ALONE = ("filled_3.rules", "filled_1.rules")


@pytest.mark.parametrize("pair", [ALONE, ALONE[::-1]], ids=["the old version", "the new version"])
def test_what_one_of_two_versions_alone_would_read_is_what_it_puts_in_its_place(pair, monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", *pair], catch_exceptions=False)
    assert re.findall(r"^(\w+)  ", done.output, re.MULTILINE) == ["proved"] * 5, done.output


def test_an_event_that_leaves_out_what_versions_fill_in_otherwise_is_found(monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", "filled_1.rules", "filled_2.rules"], catch_exceptions=False)
    found = ["REFUTED", "REFUTED", "proved", "proved", "proved"]
    assert re.findall(r"^(\w+)  ", done.output, re.MULTILINE) == found, done.output


def test_the_defaults_of_an_event_are_tried_in_another_order(monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", *CASES["the defaults of an event in another order"]])
    assert re.search(r"^REFUTED ", done.output, re.MULTILINE), done.output


IN_TURN = ("taken_in_turn.rules", "--event", "taken_in_turn.event", "--claim")


def test_defaults_of_an_event_that_are_taken_in_turn_are_so_in_each_order(monkeypatch):
    monkeypatch.chdir(FOLDER)
    second = "used(b) = EUR 0 or (sum of k over defaulters where total_paid > EUR 0) >= EUR 11"  # Y, not X
    done = CliRunner().invoke(cli, ["prove", *IN_TURN, second], catch_exceptions=False)
    assert re.search(r"^REFUTED ", done.output, re.MULTILINE), done.output
    assert "is EUR 10.00 and sum of k" in " ".join(done.output.split()), done.output
    done = CliRunner().invoke(cli, ["prove", *IN_TURN, "used(b) <= EUR 10"], catch_exceptions=False)
    assert re.search(r"^proved ", done.output, re.MULTILINE), done.output
    assert "in another order" not in done.output


def test_what_is_broken_before_the_last_of_the_defaults_is_not_told_of_the_last(monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", *IN_TURN, "used(b) > EUR 0"], catch_exceptions=False)
    assert re.search(r"^REFUTED .*broken at the default of X", done.output, re.MULTILINE), done.output
    done = CliRunner().invoke(cli, ["prove", *IN_TURN, "for defaulters: paid(a) < EUR 9 or used(b) > EUR 0"])
    assert re.search(r"^ +broken at the default of X", done.output, re.MULTILINE), done.output


def test_versions_that_differ_by_less_than_round_amounts_show(monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", "to_the_euro_1.rules", "to_the_euro_2.rules"], catch_exceptions=False)
    assert re.search(r"^REFUTED +every payer pays the same", done.output, re.MULTILINE), done.output


ONE_EVENT = {
    "earlier payments": ("one_event_w1.rules", "one_event_w3.rules"),
    "a period that stands open": ("one_event_p1.rules", "one_event_p3.rules"),
    "former names of data": ("as_of_1.rules", "as_of_2.rules"),
    "former names of data, the other way round": ("as_of_2.rules", "as_of_1.rules"),
}


@pytest.mark.parametrize("pair", ONE_EVENT)
def test_one_event_is_held_against_both_versions_whatever_only_one_could_be_told(pair, monkeypatch):
    monkeypatch.chdir(FOLDER)
    command = ["prove", *ONE_EVENT[pair], "--format", "json"]
    claims = json.loads(CliRunner().invoke(cli, command, catch_exceptions=False).stdout)["claims"]
    assert {len(set(claim["events"])) for claim in claims if claim["verdict"] == "refuted"} == {1}


def test_an_event_has_values_of_earlier_days_for_a_version_that_calls_them_otherwise(monkeypatch):
    monkeypatch.chdir(FOLDER)
    claims = {
        "for survivors: new paid(a) <= EUR 15": "proved",
        "for survivors where k = EUR 20: new paid(a) <= EUR 5": "proved",
        "for survivors where k = EUR 20: new paid(a) < EUR 5": "refuted",
    }
    asked = [word for claim in claims for word in ("--claim", claim)]
    command = ["prove", "as_of_1.rules", "as_of_2.rules", "--event", "as_of.event", *asked, "--format", "json"]
    found = json.loads(CliRunner().invoke(cli, command, catch_exceptions=False).stdout)["claims"]
    assert [one["verdict"] for one in found] == [*claims.values()]


def test_ids_of_many_words_are_told_apart(monkeypatch):
    monkeypatch.chdir(FOLDER)
    claim = "for survivors where k = EUR 0: paid(a) <= EUR 3"  # `"A with B" with "C"` is not `"A" with "B with C"`
    arguments = ["prove", "dealt.rules", "--event", "dealt.event", "--claim", claim]
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert re.search(r"^proved ", done.output, re.MULTILINE), done.output


def test_a_default_before_the_period_is_not_counted_in_it(monkeypatch):
    monkeypatch.chdir(FOLDER)
    claim = "(count of defaulters) = 0 or defaults(p) >= 1"
    done = CliRunner().invoke(cli, ["prove", "further_default.rules", "--claim", claim], catch_exceptions=False)
    assert "without further losses of earlier defaults" in " ".join(done.output.split()), done.output


@pytest.mark.parametrize(
    "pair",
    [
        ("renamed_1.rules", "renamed_2.rules"),
        ("meant_1.rules", "meant_2.rules"),
        ("left_out_1.rules", "left_out_3.rules", "--event", "left_out.event"),
    ],
    ids=[
        "what was paid under a step that has another name now",
        "an assumption that each version means otherwise",
        "what an event leaves out is what the rules put in its place",
    ],
)
def test_versions_are_the_same_under_one_event(pair, monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", *pair], catch_exceptions=False)
    assert not re.search(r"^(REFUTED|unknown) ", done.output, re.MULTILINE), done.output


def test_an_assumption_that_fits_no_round_data_is_found_to_be_possible(monkeypatch):
    monkeypatch.chdir(FOLDER)
    assumed = ("--assume", "g <= EUR 5", "--assume", "for survivors: c = EUR 12345.67")
    claim = ("--claim", "for survivors: used(a) <= EUR 5")
    done = CliRunner().invoke(cli, ["prove", "nobody_obeys.rules", *claim, *assumed], catch_exceptions=False)
    assert re.search(r"^proved ", done.output, re.MULTILINE), done.output


def test_what_is_at_discretion_in_one_version_is_decided_there_alone(monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", "decided_1.rules", "decided_2.rules"], catch_exceptions=False)
    assert re.search(r"^REFUTED +every payer pays the same", done.output, re.MULTILINE), done.output


def test_half_a_cent_decides_whether_a_step_has_paid_in_an_earlier_pass(monkeypatch):
    monkeypatch.chdir(FOLDER)
    done = CliRunner().invoke(cli, ["prove", "once_1.rules", "once_2.rules"], catch_exceptions=False)
    assert re.search(r"^unknown +every payer pays the same", done.output, re.MULTILINE), done.output
    assert re.search(r"^unknown +no more loss stays uncovered", done.output, re.MULTILINE), done.output


def test_bounds_that_are_assumed_are_kept_in_events(monkeypatch):
    monkeypatch.chdir(FOLDER)
    claim = ("--claim", "for survivors: used(a) <= EUR 100", "--assume", "g >= EUR 95 and g <= EUR 100")
    done = CliRunner().invoke(cli, ["prove", "nobody_obeys.rules", *claim], catch_exceptions=False)
    assert re.search(r"^proved ", done.output, re.MULTILINE), done.output


def test_a_step_can_pay_where_what_is_assumed_fits_no_round_data(monkeypatch):
    monkeypatch.chdir(FOLDER)
    assumed = ("--assume", "for survivors: c <= EUR 12.34", "--assume", "for survivors: c >= EUR 12.33")
    done = CliRunner().invoke(cli, ["prove", "nobody_obeys.rules", *assumed], catch_exceptions=False)
    assert re.search(r"^yes +`?s`? can pay", done.output, re.MULTILINE), done.output


@pytest.mark.parametrize("assumed", [("g <= EUR 5", "g >= EUR 6"), ("g > EUR 0.02 and g < EUR 0.03",), ("g < EUR 0",)])
def test_bounds_that_contradict_each_other_are_said_to(assumed, monkeypatch):
    monkeypatch.chdir(FOLDER)
    given = [word for one in assumed for word in ("--assume", one)]
    claim = ("--claim", "used(a) <= EUR 5")
    done = CliRunner().invoke(cli, ["prove", "nobody_obeys.rules", *claim, *given], catch_exceptions=False)
    assert "the assumptions contradict each other" in " ".join(done.output.split()), done.output


@pytest.mark.parametrize("assumed", [("g = EUR 5",), ("g <= EUR 5", "g >= EUR 5"), ("g > EUR 4.99 and g < EUR 5.01",)])
def test_bounds_that_leave_one_amount_do_not_contradict_each_other(assumed, monkeypatch):
    monkeypatch.chdir(FOLDER)
    given = [word for one in assumed for word in ("--assume", one)]
    claim = ("--claim", "used(a) <= EUR 5")
    done = CliRunner().invoke(cli, ["prove", "nobody_obeys.rules", *claim, *given], catch_exceptions=False)
    assert re.search(r"^proved ", done.output, re.MULTILINE), done.output


def test_what_perhaps_no_event_obeys_proves_nothing(monkeypatch):
    """No number of an event is a root of two, which a solver does not know."""
    monkeypatch.chdir(FOLDER)
    command = ["prove", "nobody_obeys.rules", "--claim", "used(a) <= g", "--assume", "x * x = 2", "--timeout", "2"]
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert re.search(r"^unknown ", done.output, re.MULTILINE), done.output
    assert "no such event was found: perhaps there is none" in " ".join(done.output.split())


MANY = ("(count of survivors) >= 10", "for survivors: c <= 10% of (sum of c over survivors)")


@pytest.mark.parametrize("assumed", MANY)
@pytest.mark.parametrize("most", [(), ("--members", "2")], ids=["any number", "two"])
def test_an_event_that_obeys_may_have_as_many_members_as_are_asked_about(assumed, most, monkeypatch):
    monkeypatch.chdir(FOLDER)
    taken = ("--assume", assumed, "--assume", "sum of c over survivors > EUR 0")
    claim = ("--claim", "for survivors: paid(s) <= c")
    done = CliRunner().invoke(cli, ["prove", "nobody_obeys.rules", *claim, *taken, *most], catch_exceptions=False)
    assert bool(re.search(r"^proved ", done.output, re.MULTILINE)) is not bool(most), done.output


def test_what_refutes_has_no_more_members_than_are_asked_about(monkeypatch):
    monkeypatch.chdir(FOLDER)
    claim = ("--claim", "used(s) * (count of survivors) = used(s) or used(s) = EUR 0")
    done = CliRunner().invoke(cli, ["prove", "nobody_obeys.rules", *claim, "--members", "1"], catch_exceptions=False)
    assert not re.search(r"^REFUTED ", done.output, re.MULTILINE), done.output


def test_a_larger_loss_obeys_what_is_assumed_too(monkeypatch):
    monkeypatch.chdir(FOLDER)
    command = ["prove", "up_to_a_loss.rules"]
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert re.search(r"^REFUTED +no survivor pays less when a loss grows", done.output, re.MULTILINE), done.output
    done = CliRunner().invoke(cli, [*command, "--assume", "loss <= EUR 10"], catch_exceptions=False)
    assert re.search(r"^proved +no survivor pays less when a loss grows", done.output, re.MULTILINE), done.output
