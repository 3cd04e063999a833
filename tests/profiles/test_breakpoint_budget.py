"""Rulebooks whose breakpoints multiply: a profile gives up behind a budget and says what is known, `check` says so."""

import re
from itertools import pairwise

import pyarrow
import pytest
from click.testing import CliRunner

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.base.files import data_folder
from rulelang.base.source import SourceText
from rulelang.check.breakpoints import MOST_BREAKPOINTS
from rulelang.check.events.amounts import amount_in
from rulelang.check.events.event import check_event
from rulelang.profiles.profile import Budget, Profile, follow, make_profile, reach
from rulelang.profiles.questions import Question, ask
from rulelang.profiles.variable import find_variable
from rulelang.run.interpret import interpret
from rulelang.run.plan import make_plan
from rulelang.tools.cli import cli
from tests.profiles.measures import differences, places

pytestmark = pytest.mark.slow  # the language is covered without it

HEAD = 'rulebook "g" currency EUR members have fund : money given cap : money '
EVENT = 'event "e" declared 2020-01-01 given cap = EUR 1 member M fund = EUR 0 default of M loss EUR 5000'
TENT = "max(min(2 * {0}, EUR 20000 - 2 * {0}), EUR 0)"
SAW = "if {0} > EUR 5000 then 2 * {0} - EUR 10000 else 2 * {0}"


def chain(form, first, count):
    """Definitions that stand on each other, and one step that is limited by the last."""
    names = [first, *(f"d{number}" for number in range(1, count + 1))]
    lines = [f"define {name} as {form.format(below)}" for below, name in pairwise(names)]
    return f"{HEAD}{' '.join(lines)} waterfall tranche f paid by ccp up to max({names[-1]}, EUR 0) finally z"


def steps(form, count):
    """Steps that are each limited by what the step before has paid, in all by far less than the loss."""
    lines = ["tranche s0 paid by ccp up to max(min(0.1% of loss, EUR 20000 - 0.1% of loss), EUR 0)"]
    lines += [f"tranche s{n} paid by ccp up to max({form.format(f'used(s{n - 1})')}, EUR 0)" for n in range(1, count)]
    return f"{HEAD}waterfall {' '.join(lines)} finally z"


MULTIPLYING = {
    "tents": (chain(TENT, "loss", 14), "loss"),
    "saw teeth": (chain(SAW, "loss", 14), "loss"),
    "a given": (chain(TENT, "cap", 14), "cap"),
    "steps": (steps(TENT, 14), "loss"),
}
TAME = {
    "many tranches": HEAD + "waterfall " + " ".join(f"tranche t{n} paid by ccp up to EUR {n + 1}" for n in range(60)),
    "guarded tranches": (
        f"{HEAD}waterfall tranche t paid by ccp from cap "
        + " ".join(f"tranche t{n} when remaining > EUR 5 paid by ccp up to min(cap, EUR {n + 1})" for n in range(8))
    ),
    "rising limits": HEAD
    + " ".join(f"define r{n} as min(r{n - 1}, loss / {n + 1})" if n else "define r0 as loss" for n in range(40))
    + " waterfall tranche t paid by ccp up to r39",
    "constants": HEAD
    + " ".join(f"define r{n} as max(min(2 * r{n - 1}, EUR 9), EUR 1)" if n else "define r0 as EUR 2" for n in range(40))
    + " waterfall tranche t paid by ccp up to r39",
}


def planned(text, variable="loss"):
    program = rulelang.parse_rulebook(text)
    plan = make_plan(program, check_event(SourceText.from_text(EVENT, "e.event"), program))
    return plan, find_variable(plan, variable)


def codes(text):
    return [found.code for found in rulelang.parse_rulebook(text).warnings]


@pytest.mark.slow
@pytest.mark.parametrize("name", MULTIPLYING)
def test_a_walk_gives_up_behind_its_budget_and_says_what_is_known(name):
    plan, variable = planned(*MULTIPLYING[name])
    with pytest.raises(RulelangError) as refused:
        make_profile(plan, variable, budget=Budget(40))
    (found,) = refused.value.diagnostics
    assert found.code == "too-many-breakpoints"
    assert found.message.startswith("the profile has more than 40 breakpoints; what is known goes to where")
    known = amount_in(re.search(r'--to "(.*?)"', found.helps[0])[1], plan.program.currency)
    assert f"is {plan.program.currency.show(known)}" in found.message
    profile = make_profile(plan, variable, stop=known, budget=Budget(40))
    assert 25 < len({*profile.spots, *(piece.start for piece in profile.pieces)}) <= 42
    assert differences(profile, places(profile, 1, 20))[0] == []
    below, error = reach(plan, variable, budget=Budget(40))
    assert error.diagnostics == below.ended == refused.value.diagnostics
    assert known <= below.stop < known + 1
    assert below.pieces[: len(profile.pieces) - 1] == profile.pieces[:-1]


def test_an_answer_below_where_a_walk_gives_up_is_an_answer():
    plan, variable = planned(*MULTIPLYING["tents"])
    profile, error = reach(plan, variable, budget=Budget(40))
    assert error is not None
    assert ask(profile, Question(step="f"), interpret).value == 1


@pytest.fixture
def thirty(monkeypatch):
    """The budget of whoever asks for none is thirty breakpoints."""
    for function in (make_profile, reach):
        monkeypatch.setattr(function, "__defaults__", (*function.__defaults__[:-1], Budget(30)))


@pytest.mark.usefixtures("thirty")
def test_no_part_of_a_profile_is_taken_for_the_whole():
    """Where the rules end a run a profile may end, but not where patience does."""
    plan, variable = planned(*MULTIPLYING["tents"])
    with pytest.raises(RulelangError, match="more than 30 breakpoints"):
        follow(plan, variable)


def test_seconds_are_counted_only_where_somebody_asks(monkeypatch):
    plan, variable = planned(chain(TENT, "loss", 4))
    clock = iter(range(0, 10_000, 10))
    monkeypatch.setattr("rulelang.profiles.profile.monotonic", lambda: next(clock))
    assert isinstance(make_profile(plan, variable), Profile)
    with pytest.raises(RulelangError) as refused:
        make_profile(plan, variable, budget=Budget(seconds=25))
    assert refused.value.diagnostics[0].message.startswith(
        "the profile has 3 breakpoints, and no end within 25 seconds"
    )


# ------------------------------------------------------------------------------------------------------- the commands


@pytest.fixture
def files(tmp_path):
    (tmp_path / "a.rules").write_text(MULTIPLYING["tents"][0], encoding="utf-8")
    (tmp_path / "e.event").write_text(EVENT, encoding="utf-8")
    return str(tmp_path / "a.rules"), str(tmp_path / "e.event")


@pytest.mark.usefixtures("thirty")
def test_the_commands_refuse_with_the_code_and_write_nothing(files, tmp_path):
    rules, event = files
    page = tmp_path / "page.html"
    for arguments in (
        ("profile", rules, event, "--breakpoints", "30"),
        ("when", rules, event, "--step", "f", "--pays", "EUR 1 million", "--breakpoints", "30"),
        ("diff", rules, rules.replace("a.rules", "b.rules"), "--event", event),
        ("report", rules, event, "--out", str(page)),
    ):
        text = MULTIPLYING["tents"][0].replace('"g"', '"h"').replace("EUR 20000 - 2 * d9", "EUR 19000 - 2 * d9")
        (tmp_path / "b.rules").write_text(text, encoding="utf-8")
        with pytest.raises(RulelangError, match="more than 30 breakpoints"):
            CliRunner().invoke(cli, arguments, standalone_mode=False, catch_exceptions=False)
    assert not page.exists()


@pytest.mark.usefixtures("thirty")
def test_a_size_is_looked_for_by_halving_where_a_profile_gives_up():
    """Else one profile after the other would be begun, each a little further on."""
    plan, _ = planned(*MULTIPLYING["a given"])
    found = rulelang.size(plan.program, plan.event, pyarrow.table({"loss.M": ["5000"]}), "cap", to="EUR 20000")
    assert found.assumed.startswith("the profile has more than 30 breakpoints")
    assert found.at.lacking == 0 < found.below.lacking


@pytest.mark.slow
def test_more_breakpoints_are_passed_on_request(files):
    rules, event = files
    short = ("profile", rules, event, "--to", "EUR 100", "--format", "csv")
    done = CliRunner().invoke(cli, [*short, "--breakpoints", "1000"], standalone_mode=False, catch_exceptions=False)
    assert done.return_value == 0
    assert done.stdout.count("\n") > 30


# --------------------------------------------------------------------------------------------------------------- check


@pytest.mark.parametrize("name", MULTIPLYING)
def test_check_says_that_breakpoints_may_multiply(name):
    assert codes(MULTIPLYING[name][0]).count("multiplying-breakpoints") == 1


@pytest.mark.parametrize("name", TAME)
def test_check_says_nothing_of_rulebooks_that_are_merely_long(name):
    assert "multiplying-breakpoints" not in codes(TAME[name])


def test_check_says_nothing_of_what_ships():
    shipped = sorted(data_folder("rulebooks").rglob("*.rules"))
    assert len(shipped) > 20
    for path in shipped:
        assert "multiplying-breakpoints" not in codes(path.read_text(encoding="utf-8").split('\ntest "')[0]), path


@pytest.mark.slow
@pytest.mark.parametrize(("form", "count"), [(TENT, 2), (TENT, 4), (SAW, 3), (SAW, 6)])
def test_the_bound_of_check_holds_for_what_is_walked(form, count, monkeypatch):
    """What is really there is never more than what `check` reckons with."""
    text = chain(form, "loss", count)
    plan, variable = planned(text)
    passed = len(make_profile(plan, variable).pieces) - 1
    assert passed >= 2**count - 1
    monkeypatch.setattr("rulelang.check.breakpoints.MOST_BREAKPOINTS", passed - 1)
    assert "multiplying-breakpoints" in codes(text)
    assert passed < MOST_BREAKPOINTS
