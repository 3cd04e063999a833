"""Sets of defaulters: every set in every scenario, held against the interpreter with every set tried one by one."""

from itertools import combinations
from math import comb

import numpy
import pyarrow.parquet
import pytest
from attrs import evolve
from click.testing import CliRunner

import rulelang
from rulelang.model.event import Loss
from rulelang.run.interpret import interpret
from rulelang.summary.summary import make_summary
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.runs.sets import DefaultSets
from rulelang.sweeps.scenarios.scenario import Wanted, scenario_event
from rulelang.sweeps.workers.job import SweepJob, sweep_files
from rulelang.tools.cli import cli

pytestmark = pytest.mark.slow  # the language is covered without it

BOOK = """
rulebook "Cover" version "1"
currency EUR
members have
    margin : money
    fund   : money
given capital : money
waterfall
    tranche own paid by defaulters from margin
    tranche own_fund paid by defaulters from fund
    tranche junior paid by ccp from capital
    tranche pool paid by survivors from fund shared pro rata to fund
    assessment calls paid by survivors up to 50% of fund each shared pro rata to fund
    finally closure
"""
EVENT = """
event "Stress" declared 2024-05-06
given capital = EUR 5
member A margin = EUR 10 fund = EUR 10
member B margin = EUR 10 fund = EUR 20
member C margin = EUR 5 fund = EUR 30
member "D d" margin = EUR 0 fund = EUR 0.07
default of C loss EUR 1
"""


@pytest.fixture
def ccp(place, tmp_path):
    folder = tmp_path / "cover"
    folder.mkdir()
    return type(place)(folder, BOOK, EVENT)


def stresses(count, seed=1):
    random = numpy.random.default_rng(seed)
    return {
        "scenario": [f"s{number}" for number in range(count)],
        "stress.B": random.integers(0, 3, count) * random.integers(0, 9000, count),
        "stress.A": random.integers(0, 9000, count),
        "given.capital": random.integers(0, 1000, count),
        "stress.D d": random.integers(0, 2, count) * random.integers(0, 5000, count),
    }


def swept(ccp, columns, **options):
    path = ccp.write("s.parquet", columns)
    job = SweepJob(ccp.program, ccp.event, (path,), ccp.out, SweepOptions(unit="minor", **options))
    done = sweep_files(job)
    return pyarrow.parquet.read_table(ccp.out).to_pylist(), path, done


@pytest.mark.parametrize("by", ["uncovered", "junior", "calls"])
@pytest.mark.parametrize("most", [1, 2, 3])
def test_the_worst_set_is_that_of_the_interpreter(ccp, most, by):
    rows, path, done = swept(ccp, stresses(12), cover=most, cover_by=by, sample=12)
    assert done.checked == 12
    show = ccp.program.currency.plain
    for row in rows:
        best = None
        for size in range(1, most + 1):
            for members in combinations(("B", "A", "D d"), size):
                wanted = Wanted((path,), row["scenario"], SweepOptions(unit="minor"), members)
                event = scenario_event(ccp.program, ccp.event, wanted)
                found = interpret(ccp.program, event)
                key = (found.uncovered, found.drawn("pool") + found.drawn("calls"))
                if by != "uncovered":
                    key = (found.drawn(by), found.uncovered)
                if best is None or key > best[0]:
                    best = key, [m for m in ("B", "A", "D d") if m in event.defaulters], found
        _, members, allocation = best
        assert [row[f"defaulting.{n}"] for n in range(1, most + 1)] == members + [None] * (most - len(members))
        assert str(row["uncovered"]) == show(allocation.uncovered)
        assert row["outcome"] == allocation.outcome
        for step in ("own", "own_fund", "junior", "pool", "calls"):
            assert str(row[f"drawn.{step}"]) == show(allocation.drawn(step))
        for payer in ("ccp", "A", "B", "C", "D d"):
            assert str(row[f"paid.{payer}"]) == show(allocation.paid_by(payer))


@pytest.mark.usefixtures("engine")
def test_blocks_do_not_matter(ccp, monkeypatch):
    whole, _, _ = swept(ccp, stresses(40), cover=3)
    from rulelang.sweeps.runs import cover as module

    made = module.make_cover_runner
    for block in (1, 2, 5, 7, 20):

        def smaller(program, setup, block=block):
            runner = made(program, setup)
            runner.block = block
            return runner

        monkeypatch.setattr(module, "make_cover_runner", smaller)
        assert swept(ccp, stresses(40), cover=3)[0] == whole


@pytest.mark.slow
def test_the_same_bytes_whatever_the_pieces_and_workers(ccp):
    from rulelang.sweeps.workers.processes import Processes

    columns = stresses(30)
    path = ccp.write("s.parquet", columns)
    options = SweepOptions(unit="minor", cover=2, rows=7)
    sweep_files(SweepJob(ccp.program, ccp.event, (path,), ccp.out, options))
    other = ccp.folder / "other.parquet"
    sweep_files(SweepJob(ccp.program, ccp.event, (path,), other, options), Processes(2))
    assert ccp.out.read_bytes() == other.read_bytes()


def test_sets_are_all_there_in_order_and_once():
    for count in range(1, 7):
        for most in range(1, 5):
            sets = DefaultSets(tuple("ABCDEF"[:count]), most)
            every = [tuple(p for p in row if p >= 0) for block in sets.blocks(3) for row in block.tolist()]
            assert every == [c for k in range(1, min(most, count) + 1) for c in combinations(range(count), k)]
            assert len(sets) == len(every) == sum(comb(count, k) for k in range(1, min(most, count) + 1))
            assert all(len(block) == 3 for block in list(sets.blocks(3))[:-1])


def test_a_set_in_which_the_rules_allow_nothing_rejects_its_scenario(ccp):
    text = BOOK.replace("up to 50% of fund each", "up to (EUR 10 - (sum of margin over defaulters)) / 1 each")
    place = type(ccp)(ccp.folder, text, EVENT)
    columns = {"scenario": ["x", "y"], "stress.A": [100000, 100000], "stress.B": [100000, 0]}
    with pytest.raises(rulelang.RunError) as refused:
        swept(place, columns, cover=2)
    (found,) = refused.value.diagnostics
    assert found.code == "rejected-scenario"
    assert found.message.startswith("scenario `x` is rejected where")
    rows, _, done = swept(place, columns, cover=2, keep_going=True)
    assert done.rejected == 2 - len(rows)
    rejects = pyarrow.parquet.read_table(place.folder / "results.rejects.parquet")
    assert "stress.A" in rejects.schema.names
    assert rejects["message"][0].as_py().startswith("where ")


@pytest.mark.parametrize(
    ("columns", "options", "code"),
    [
        ({"loss.A": [1]}, {"cover": 2}, "unknown-column"),
        ({"stress.A": [1]}, {}, "unknown-column"),
        ({"stress.A": [1], "loss.A": [1]}, {"cover": 2}, "duplicate-value"),
        ({"stress.Z": [1]}, {"cover": 2}, "unknown-member"),
        ({"stress.A": [1]}, {"cover": 2, "cover_by": "pol"}, "unknown-step"),
        ({"stress.A": [-1]}, {"cover": 2}, "rejected-scenario"),
    ],
)
def test_what_cannot_be_tried(ccp, columns, options, code):
    with pytest.raises(rulelang.RulelangError) as refused:
        swept(ccp, columns, **options)
    assert [found.code for found in refused.value.diagnostics] == [code]


def test_the_command_says_how_many_runs_and_how_to_replay_the_worst(ccp):
    path = ccp.write("s.parquet", stresses(20))
    common = [str(ccp.rules), str(ccp.event_file), str(path)]
    done = CliRunner().invoke(
        cli, ["sweep", *common, "--out", str(ccp.out), "--unit", "minor", "--cover", "2"], catch_exceptions=False
    )
    assert "every set of up to 2 of 3 members: 6 runs in each scenario, 120 in all" in done.stderr
    worst = make_summary(ccp.out).uncovered
    assert worst.defaulting
    assert f"--defaulting {worst.defaulting[0]}" in done.stdout
    words = [*common, worst.scenario, "--unit", "minor", "--format", "json"]
    for member in worst.defaulting:
        words += ["--defaulting", member]
    again = CliRunner().invoke(cli, ["replay", *words], catch_exceptions=False)
    assert f'"uncovered": "{ccp.program.currency.plain(worst.amount.most)}"' in again.stdout
    assert CliRunner().invoke(cli, ["sweep", *common, "--out", "x", "--cover-by", "pool"]).exit_code == 2


def test_losses_beyond_64_bits_are_compared_exactly(ccp):
    large = 2**63 - 1
    columns = {"scenario": ["x"], "stress.A": [large], "stress.B": [large - 1000_00], "stress.D d": [large]}
    rows, _, _ = swept(ccp, columns, cover=2, sample=1)
    assert (rows[0]["defaulting.1"], rows[0]["defaulting.2"]) == ("A", "D d")


def test_more_sets_than_a_machine_can_try_are_refused(ccp):
    members = [f"M{number}" for number in range(60)]
    event = EVENT + "".join(f"member {name} margin = EUR 1 fund = EUR 1\n" for name in members)
    many = type(ccp)(ccp.folder, BOOK, event)
    table = {"scenario": ["x"], **{f"stress.{name}": [1] for name in members}}
    assert many.refusals(table, cover=60) == [
        ("number-too-large", "sets of up to 60 of 60 members are 1,152,921,504,606,846,975 runs in each scenario")
    ]


# ------------------------------------------------------------------------------------------------------------ groups

HOUSES = (
    BOOK.replace("    fund   : money", "    fund   : money\n    house  : text\n    region : one of north, south")
    .replace("given capital", "given other")
    .replace("from capital", "from other")
)
IN_HOUSES = """
event "Stress" declared 2024-05-06
given other = EUR 5
member A margin = EUR 10 fund = EUR 10 house = "One" region = north
member B margin = EUR 10 fund = EUR 20 house = "Two" region = south
member C margin = EUR 5 fund = EUR 30 house = "One" region = north
member "D d" margin = EUR 0 fund = EUR 0.07 house = "Three" region = south
member E margin = EUR 2 fund = EUR 9 house = "Two" region = north
"""


def test_members_of_a_group_default_together(ccp):
    """Each row is the worst of all sets of groups, each tried by the interpreter."""
    houses = type(ccp)(ccp.folder, HOUSES, IN_HOUSES)
    random = numpy.random.default_rng(4)
    columns = {f"stress.{name}": random.integers(0, 9000, 25) for name in ("E", "A", "B", "C", "D d")}
    for by, groups in (
        ("house", [("E", "B"), ("A", "C"), ("D d",)]),
        ("region", [("E", "A", "C"), ("B", "D d")]),
    ):
        for most in (1, 2):
            rows, _, _ = swept(houses, columns, cover=most, cover_groups=by)
            for index, row in enumerate(rows):
                found = []
                for size in range(1, most + 1):
                    for chosen in combinations(groups, size):
                        members = [name for group in chosen for name in group if columns[f"stress.{name}"][index]]
                        losses = [
                            Loss(name, None, int(columns[f"stress.{name}"][index])) for name in columns_order(members)
                        ]
                        found.append(interpret(houses.program, evolve(houses.event, losses=tuple(losses))).uncovered)
                assert int(row["uncovered"].scaleb(2)) == max(found)
            wide = sum(sorted(map(len, groups), reverse=True)[:most])
            assert sum(title.startswith("defaulting.") for title in rows[0]) == wide


def columns_order(members):
    """Members in the order of the columns of stresses."""
    return [name for name in ("E", "A", "B", "C", "D d") if name in members]


@pytest.mark.parametrize(
    ("by", "more", "code"),
    [
        ("hause", {}, "unknown-name"),
        ("fund", {}, "not-a-group"),
        ("region", {"region.A": ["north"]}, "nothing-to-vary"),
    ],
)
def test_groups_that_are_none(ccp, by, more, code):
    houses = type(ccp)(ccp.folder, HOUSES, IN_HOUSES)
    with pytest.raises(rulelang.RulelangError) as refused:
        swept(houses, {"stress.A": [1], **more}, cover=1, cover_groups=by)
    assert [found.code for found in refused.value.diagnostics] == [code]


def test_the_command_says_how_many_groups(ccp):
    houses = type(ccp)(ccp.folder, HOUSES, IN_HOUSES)
    path = houses.write("s.csv", "stress.A,stress.C,stress.B\n50.00,60.00,70.00\n")
    common = [str(houses.rules), str(houses.event_file), str(path)]
    done = CliRunner().invoke(cli, ["sweep", *common, "--out", str(houses.out), "--cover", "1", "--by", "house"])
    assert done.exit_code == 0, done.output
    assert "every set of up to 1 of 2 groups by `house` (3 members): 2 runs in each scenario" in done.stderr
    assert "--defaulting A --defaulting C" in done.stdout
    assert CliRunner().invoke(cli, ["sweep", *common, "--out", "x", "--by", "house"]).exit_code == 2
    sized = CliRunner().invoke(cli, ["size", *common, "--given", "other", "--cover", "1", "--by", "house"])
    assert "whichever one of the groups by `house` default" in sized.stdout
    words = [*common, "--given", "other", "--cover", "1", "--by", "house", "--format", "json"]
    assert '"by": "house"' in CliRunner().invoke(cli, ["size", *words]).stdout
