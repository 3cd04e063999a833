"""Sizing, held against every value tried one by one through the interpreter."""

import json
import random
import shlex
from contextlib import suppress
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import jsonschema
import pyarrow
import pytest
from attrs import evolve
from click.testing import CliRunner

import rulelang
from rulelang.check.types import Kind
from rulelang.profiles.doubts import Doubt
from rulelang.profiles.lines import Line
from rulelang.profiles.profile import Profile, reach
from rulelang.profiles.variable import Variable
from rulelang.profiles.walk import Piece
from rulelang.run.plan import make_plan
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.scenarios.scenario import Wanted, scenario_event
from rulelang.sweeps.sizing.intervals import OpenIntervals, surely_uncovered
from rulelang.sweeps.sizing.sizing import find_given, size
from rulelang.sweeps.sizing.value_sweep import SizeJob
from rulelang.tools.cli import cli
from tests.oracle.generate import generate

pytestmark = pytest.mark.slow  # the language is covered without it

SCHEMA = Path(rulelang.__file__).parent / "schemas" / "size.schema.json"
BOOK = """
rulebook "Sizes" version "1"
currency EUR
members have
    margin : money
    fund   : money
given capital : money
given reserve : money
given name : text
waterfall
    tranche own paid by defaulters from margin
    tranche junior paid by ccp from capital {junior}
    tranche pool paid by survivors from fund shared pro rata to fund
    {more}
    finally closure
"""
EVENT = """
event "Stress" declared 2024-05-06
given capital = EUR 0
given reserve = EUR 0.50
given name = "x"
member A margin = EUR 0.10 fund = EUR 0.11
member B margin = EUR 0.07 fund = EUR 0.23
member C margin = EUR 0.05 fund = EUR 0.31
default of C loss EUR 0.01
"""
MOST = 260
PLAIN = BOOK.format(junior="", more="")
SHARED = BOOK.format(junior="up to 25% of capital", more="tranche senior paid by ccp up to 50% of capital")
ROUNDED = BOOK.format(
    junior="", more="tranche parts paid by survivors up to 30% of capital in total shared pro rata to margin"
)
FALLING = BOOK.format(junior="", more="tranche help paid by ccp up to max(EUR 1 - capital, EUR 0)")
CONDITION = BOOK.format(junior="when capital < EUR 0.40 or capital > EUR 0.90", more="")
STEPS = BOOK.format(junior="", more="tranche help paid by ccp up to (if capital = EUR 0.33 then EUR 9 else EUR 0)")
USELESS = BOOK.format(junior="up to EUR 0.05", more="")
IN_TURN = PLAIN.replace("waterfall", "waterfall for each default in turn")
ROUNDS = BOOK.format(
    junior="up to 40% of capital",
    more="tranche calls paid by survivors up to 20% of capital each in at most 3 rounds shared equally",
)
NAMED = BOOK.format(
    junior="up to aggregate", more="tranche calls paid by survivors up to aggregate shared equally"
).replace("waterfall", "limit aggregate as 30% of capital each waterfall")
OPENED = BOOK.format(
    junior="", more="tranche calls when open(late) paid by survivors up to EUR 0.15 each shared equally"
).replace("waterfall", "period late opens at exhaustion of junior lasts 5 days waterfall")
SHARED_LOSS = BOOK.format(
    junior="",
    more="""tranche parts paid by survivors up to 20% of capital each
        shared pro rata to margin without reallocation""",
)
OVER_TIME = {
    "in turn": IN_TURN,
    "rounds": ROUNDS,
    "rounds in turn": ROUNDS.replace("waterfall", "waterfall for each default in turn"),
    "a limit with a name": NAMED,
    "a period": OPENED,
    "a period in turn": OPENED.replace("waterfall", "waterfall for each default in turn"),
    "the loss shared": SHARED_LOSS,
}


@pytest.fixture
def make(place, tmp_path):
    def made(text):
        folder = tmp_path / "size"
        folder.mkdir(exist_ok=True)
        return type(place)(folder, text, EVENT)

    return made


def table(seed, kind="loss", count=5):
    chance = random.Random(seed)
    return {
        "scenario": [f"s{number}" for number in range(count)],
        f"{kind}.A": [chance.choice([0, chance.randrange(150)]) for _ in range(count)],
        f"{kind}.B": [chance.choice([0, chance.randrange(120)]) for _ in range(count)],
        "fund.C": [chance.randrange(40) for _ in range(count)],
    }


def uncovered_at(place, event, value):
    event = evolve(event, givens={**event.givens, ("capital", None): value})
    return rulelang.evaluate(place.program, event).uncovered


def events(place, path, ids, sets=((),)):
    options = SweepOptions(unit="minor")
    return [
        scenario_event(place.program, place.event, Wanted((path,), name, options, who)) for name in ids for who in sets
    ]


def brute(place, found):
    for value in range(MOST + 1):
        if not any(uncovered_at(place, event, value) for event in found):
            return value
    return None


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("text", [PLAIN, SHARED, ROUNDED, FALLING, CONDITION, STEPS, USELESS])
def test_the_size_is_the_first_value_that_is_enough(make, text, seed):
    place, columns = make(text), table(seed)
    path = place.write("s.parquet", columns)
    found = size(SizeJob(find_given(place.program, place.event, "capital"), (path,), SweepOptions(unit="minor"), MOST))
    assert found.value == brute(place, events(place, path, columns["scenario"]))
    if found.value:
        assert found.at.lacking == 0
        assert found.below.value == found.value - 1
        assert found.below.lacking > 0


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("text", OVER_TIME.values(), ids=OVER_TIME)
def test_the_size_in_a_rulebook_of_the_second_edition_is_the_first_value_that_is_enough(make, text, seed):
    test_the_size_is_the_first_value_that_is_enough(make, text, seed)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("text", [PLAIN, CONDITION])
def test_the_size_that_covers_every_set_of_two(make, text, seed):
    place, columns = make(text), table(seed, "stress", 3)
    path = place.write("s.parquet", columns)
    options = SweepOptions(unit="minor", cover=2)
    found = size(SizeJob(find_given(place.program, place.event, "capital"), (path,), options, MOST))
    sets = [who for many in (1, 2) for who in combinations("AB", many)]
    assert found.value == brute(place, events(place, path, columns["scenario"], sets))


@pytest.mark.parametrize("text", [PLAIN, SHARED, ROUNDED, FALLING, CONDITION, STEPS])
def test_what_is_surely_uncovered_is_so_in_every_run(make, text):
    place, columns = make(text), table(11)
    path = place.write("s.parquet", columns)
    sure = 0
    for event in events(place, path, columns["scenario"]):
        plan = make_plan(place.program, event)
        profile, _ = reach(plan, Variable(plan, "given", "capital"), 0, MOST)
        closed = OpenIntervals(((0, MOST),)).without(surely_uncovered(profile))
        left = {value for low, high in closed.spans for value in range(low, high + 1)}
        for value in range(MOST + 1):
            if value not in left:
                sure += 1
                assert uncovered_at(place, event, value) > 0
    assert sure > 50


@pytest.mark.parametrize("over_time", [False, True], ids=["first edition", "over time"])
@pytest.mark.parametrize("seed", range(300, 330))
def test_what_is_surely_uncovered_in_random_rulebooks_is_so(seed, over_time, tmp_path):
    generate(seed, over_time).write(tmp_path)
    try:
        program = rulelang.load_rulebook(tmp_path / "rulebook.rules")
        event = rulelang.load_event(tmp_path / "event.event", program)
    except rulelang.RulelangError:
        return
    for name, segment in event.givens:
        if program.givens[name].type.kind is not Kind.MONEY or event.givens[name, segment] is None:
            continue
        variable = Variable(make_plan(program, event), "given", name, segment)
        most = max(100, 3 * event.givens[name, segment])
        profile, _ = reach(variable.plan, variable, 0, most)
        spans = [] if profile is None else list(surely_uncovered(profile))
        ends = {value for low, high in spans for value in (low, low + 1, most if high is None else high)}
        places = ends | {int(at) for at in (() if profile is None else profile.spots)} | {1, most // 2}
        for value in places:
            if 0 <= value <= most and any(low <= value and (high is None or value <= high) for low, high in spans):
                with suppress(rulelang.RunError):  # a rejected run is not enough either
                    assert rulelang.evaluate(program, variable.event_at(value)).uncovered > 0


def test_no_loss_needs_nothing(make):
    place = make(PLAIN)
    path = place.write("s.parquet", {"scenario": ["x"], "loss.A": [0]})
    found = size(SizeJob(find_given(place.program, place.event, "capital"), (path,), SweepOptions(unit="minor")))
    assert (found.value, found.below, found.sweeps) == (0, None, 1)


def test_few_sweeps_are_enough_for_many_scenarios(make):
    place, columns = make(PLAIN), table(3, count=3000)
    path = place.write("s.parquet", columns)
    found = size(
        SizeJob(find_given(place.program, place.event, "capital"), (path,), SweepOptions(unit="minor", rows=500))
    )
    assert found.value is not None
    assert found.sweeps <= 4
    assert found.at.scenarios == 3000


def test_where_a_run_may_round_or_decide_otherwise_nothing_is_sure():
    falling, level = Line(100, -1, 3), Line(2, 0, 2)
    doubt = Doubt(None, Fraction(21, 2), Fraction(23, 2))
    pieces = (Piece(0, Fraction(201, 2), (), falling, (doubt,)), Piece(Fraction(201, 2), 110, (), level))
    rising = Piece(110, None, (), Line(-119, 1, Fraction(1, 2)))
    profile = Profile(None, None, 0, None, (*pieces, rising), {50: Piece(50, 50, (), 0), 111: Piece(111, 111, (), 7)})
    assert list(surely_uncovered(profile)) == [(0, 9), (13, 49), (51, 96), (120, None), (111, 111)]


def test_spans_are_taken_out_wherever_they_lie():
    values = OpenIntervals(((0, None),)).without([(3, 5), (0, 0), (9, None), (4, 7)])
    assert values.spans == ((1, 2), (8, 8))
    assert OpenIntervals(((2, 4),)).without([(0, 1), (5, 9)]).spans == ((2, 4),)
    assert OpenIntervals(((2, 4),)).without([(0, 9)]).first is None


@pytest.mark.parametrize(
    ("given", "columns", "code"),
    [
        ("capitol", {"loss.A": [1]}, "nothing-to-vary"),
        ("name", {"loss.A": [1]}, "nothing-to-vary"),
        ("capital.x", {"loss.A": [1]}, "nothing-to-vary"),
        ("capital", {"loss.A": [1], "given.capital": [1]}, "duplicate-value"),
        ("capital", {"loss.A": [-1]}, "rejected-scenario"),
    ],
)
def test_what_cannot_be_sized(make, given, columns, code):
    place = make(PLAIN)
    path = place.write("s.parquet", columns)
    with pytest.raises(rulelang.RulelangError) as refused:
        size(SizeJob(find_given(place.program, place.event, given), (path,), SweepOptions(unit="minor")))
    assert [found.code for found in refused.value.diagnostics] == [code]


QUOTIENT = BOOK.format(junior="up to EUR 1 / (1 + (EUR 1 / (capital + EUR 0.10)))", more="")
"""Grows with the capital, but not along straight lines."""


@pytest.mark.parametrize("seed", range(3))
def test_without_straight_lines_the_value_is_halved_for_and_the_answer_says_so(make, seed):
    place, columns = make(QUOTIENT), table(seed)
    columns["loss.A"] = [amount // 2 for amount in columns["loss.A"]]
    columns["loss.B"] = [amount // 2 for amount in columns["loss.B"]]
    path = place.write("s.parquet", columns)
    found = size(SizeJob(find_given(place.program, place.event, "capital"), (path,), SweepOptions(unit="minor"), MOST))
    assert found.value == brute(place, events(place, path, columns["scenario"]))
    assert found.value is None or found.value > 5
    assert "divides" in found.assumed


def test_more_that_is_not_enough_is_said(make):
    place = make(BOOK.format(junior="when capital > EUR 0.20 and capital < EUR 1.10", more=""))
    path = place.write("s.parquet", {"scenario": ["x"], "loss.A": [120]})
    found = size(SizeJob(find_given(place.program, place.event, "capital"), (path,), SweepOptions(unit="minor"), MOST))
    (event,) = events(place, path, "x")
    enough = [value for value in range(MOST + 1) if not uncovered_at(place, event, value)]
    assert found.value == enough[0]
    first = next(value for value in range(found.value + 1, MOST) if value not in enough)
    assert (found.again.value, found.again.lacking.uncovered) == (first, uncovered_at(place, event, first))


def test_the_bounds_of_what_is_tried(make):
    place = make(PLAIN)
    path = place.write("s.parquet", {"scenario": ["x"], "loss.A": [150]})
    job = SizeJob(find_given(place.program, place.event, "capital"), (path,), SweepOptions(unit="minor"))
    enough = size(job).value
    assert enough > 10
    bounded = size(evolve(job, start=enough + 3))
    assert (bounded.value, bounded.below) == (enough + 3, None)
    assert size(evolve(job, to=enough)).value == enough
    assert size(evolve(job, to=enough - 1)).value is None
    with pytest.raises(rulelang.ReadError, match="no scenarios"):
        size(evolve(job, table=(place.write("none.parquet", {"loss.A": pyarrow.array([], pyarrow.int64())}),)))


def test_a_rejected_scenario_is_named_with_the_value(make):
    place = make(BOOK.format(junior="up to EUR 1 / ((capital + EUR 0) / EUR 1)", more=""))
    path = place.write("s.parquet", {"scenario": ["x"], "loss.A": [50]})
    with pytest.raises(rulelang.RunError, match="`x` is rejected where `capital` is EUR 0.00") as refused:
        size(SizeJob(find_given(place.program, place.event, "capital"), (path,), SweepOptions(unit="minor")))
    assert "--from" in refused.value.diagnostics[0].helps[0]
    assert "--keep-going" not in refused.value.diagnostics[0].helps[0]


def run(*arguments):
    return CliRunner().invoke(cli, list(map(str, arguments)), catch_exceptions=False)


def test_the_command_says_the_size_and_how_to_replay(make):
    place = make(PLAIN)
    path = place.write("s.csv", "scenario,stress.A,stress.B\nx y,1.00,1.10\nz,0,0\n")
    asked = ("size", place.rules, place.event_file, path, "--given", "capital", "--cover", 2, "--quiet")
    options = SweepOptions(cover=2)
    wanted = [Wanted((path,), "x y", options, who) for who in ("A", "B", "AB")]
    least = next(
        value
        for value in range(MOST)
        if not any(uncovered_at(place, scenario_event(place.program, place.event, each), value) for each in wanted)
    )
    done = run(*asked)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"EUR {least // 100}.{least % 100:02} is the smallest `capital` with which nothing")
    line = next(line for line in done.stdout.splitlines() if "replay" in line)
    again = run(*shlex.split(line)[1:], "--format", "json")
    assert json.loads(again.stdout)["uncovered"] == "0.01"
    told = json.loads(run(*asked, "--format", "json").stdout)
    jsonschema.validate(told, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert (told["value"], told["below"]["worst"][0]["defaulting"]) == (f"{least // 100}.{least % 100:02}", ["A", "B"])


def test_the_command_says_never_and_what_was_asked_wrongly(make):
    place = make(PLAIN)
    path = place.write("s.csv", "scenario,loss.A\n=x\u202e,9.00\nz,0\n")
    asked = ("size", place.rules, place.event_file, path, "--quiet")
    never = run(*asked, "--given", "reserve")
    assert never.stdout.startswith("never: whatever `reserve` is, from EUR 0.00 to EUR ")
    words = [*map(str, asked), "--given", "reserve"]
    assert CliRunner().invoke(cli, words, standalone_mode=False).return_value == 1
    assert "\u202e" not in never.stdout
    told = json.loads(run(*asked, "--given", "reserve", "--format", "json").stdout)
    jsonschema.validate(told, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert (told["value"], told["at"]["worst"][0]["scenario"]) == (None, "=x\u202e")
    assert run(*asked, "--given", "capital", "--from", "2", "--to", "1").exit_code == 2
    assert run("replay", place.rules, place.event_file, path, "z", "--given", "capital").exit_code == 2
