"""The questions about sweeps from Python: as the commands answer them, from files and from tables in memory."""

from fractions import Fraction

import pyarrow
import pyarrow.parquet
import pytest
from attrs import evolve

import rulelang
from rulelang.tools.cli import cli
from tests.sweeps.test_sweep_cover import BOOK, EVENT

LOSSES = {"scenario": ["a", "b", "c"], "loss.A": [100, 9000, 0], "loss.B": [0, 7000, 300]}
STRESSES = {"scenario": [1, 2], "stress.A": [1000, 9000], "stress.B": [9000, 8000]}


@pytest.fixture
def ccp(place, tmp_path):
    folder = tmp_path / "python"
    folder.mkdir()
    return type(place)(folder, BOOK, EVENT)


def command(*words):
    cli.main([*map(str, words), "--quiet"], standalone_mode=False)


def test_a_summary_of_a_table_is_that_of_a_file(ccp):
    table = ccp.sweep(LOSSES, unit="minor")
    path = ccp.write("losses.parquet", LOSSES)
    command("sweep", ccp.rules, ccp.event_file, path, "--unit", "minor", "--out", ccp.out)
    mine = rulelang.summarize(table, [50, "99"], scenarios="losses.parquet")
    its = rulelang.summarize(ccp.out, ["50", "99"])
    assert mine.to_dict() == its.to_dict()
    assert mine.scenarios == 3
    assert mine.currency.code == "EUR"
    amounts = sorted(int(value.scaleb(2)) for value in table["drawn.junior"].to_pylist())
    line = mine.step("junior")
    assert (line.quantile("50"), line.shortfall("99.0")) == (amounts[1], amounts[2])
    assert mine.payer("ccp").amount.mean == Fraction(sum(amounts), 3)
    assert rulelang.summarize(table.to_pandas()).scenarios == 3
    assert "<table>" in mine._repr_html_()
    for missing in (lambda: mine.step("x"), lambda: mine.payer("ccp", "junior"), lambda: line.quantile("97")):
        with pytest.raises(KeyError):
            missing()
    with pytest.raises(ValueError, match="no percentage"):
        rulelang.summarize(table, ["half"])
    with pytest.raises(rulelang.ReadError, match="the table as results"):
        rulelang.summarize(pyarrow.table({"a": [1]}))


def test_the_worst_sets_from_python(ccp):
    table = ccp.sweep(STRESSES, unit="minor", cover=2)
    path = ccp.write("s.parquet", STRESSES)
    command("sweep", ccp.rules, ccp.event_file, path, "--unit", "minor", "--cover", 2, "--out", ccp.out)
    assert table.replace_schema_metadata(None).equals(pyarrow.parquet.read_table(ccp.out).replace_schema_metadata(None))
    worst = rulelang.summarize(table).uncovered
    found = rulelang.replay(
        ccp.program, ccp.event, STRESSES_TABLE, worst.scenario, unit="minor", defaulting=worst.defaulting
    )
    assert found.uncovered == worst.amount.most
    event = rulelang.event_of_scenario(ccp.program, ccp.event, path, 2, unit="minor", defaulting=["B"])
    assert event.defaulters == ("B", "C")


STRESSES_TABLE = pyarrow.table(STRESSES)


def test_two_versions_from_python(ccp):
    old = rulelang.parse_rulebook(BOOK.replace("50% of fund", "25% of fund"))
    table = ccp.sweep(LOSSES, unit="minor", against=old)
    found = rulelang.summarize(table)
    assert found.differing == sum(table["differs"].to_pylist()) > 0
    assert found.to_dict()["against"] == "Cover, version 1"
    assert "<table>" in found._repr_html_()
    alone = evolve(ccp.event, source=None)
    with pytest.raises(TypeError, match="a pair"):
        rulelang.sweep(ccp.program, alone, pyarrow.table(LOSSES), unit="minor", against=old)
    pair = rulelang.sweep(ccp.program, alone, pyarrow.table(LOSSES), unit="minor", against=(old, ccp.event))
    assert pair.equals(table)
    with pytest.raises(ValueError, match="single runs"):
        ccp.sweep(LOSSES, against=old, cover=1)


def test_a_size_from_python(ccp):
    found = rulelang.size(ccp.program, ccp.event, pyarrow.table(LOSSES), "capital", unit="minor")
    (column,) = ccp.program.givens
    enough, less = (
        ccp.sweep({**LOSSES, f"given.{column}": [value] * 3}, unit="minor")["uncovered"].to_pylist()
        for value in (found.value, found.value - 1)
    )
    assert not any(enough)
    assert any(less)
    assert rulelang.size(ccp.program, ccp.event, [ccp.write("l.parquet", LOSSES)], "capital", unit="minor") == found
    assert (
        rulelang.size(ccp.program, ccp.event, pyarrow.table(LOSSES), "capital", to="EUR 0.01", unit="minor").value
        is None
    )
    with pytest.raises(ValueError, match="from 0 on"):
        rulelang.size(ccp.program, ccp.event, pyarrow.table(LOSSES), "capital", start=5, to=4)


def test_a_replay_with_another_given(ccp):
    one, other = (
        rulelang.replay(ccp.program, ccp.event, pyarrow.table(LOSSES), "b", unit="minor", givens=givens)
        for givens in (None, {"capital": "500"})
    )
    assert one.drawn("junior") == 500
    assert other.drawn("junior") == 500
    major = rulelang.replay(ccp.program, ccp.event, pyarrow.table(LOSSES), "b", givens={"capital": "12.50"})
    assert major.drawn("junior") == 1250


def test_a_summary_says_which_files_a_replay_reads(ccp):
    """The commands name what is given, each in its place; what is not given stands in capitals."""
    table = ccp.sweep(LOSSES, unit="minor")
    named = {"rulebook": "my ccp.rules", "event": "e.event", "scenarios": ["l.parquet", "m.parquet"]}
    for given, words in (
        (named, "'my ccp.rules' e.event l.parquet m.parquet"),
        ({**named, "scenarios": "l.parquet"}, "'my ccp.rules' e.event l.parquet"),
        ({}, "RULEBOOK EVENT SCENARIOS"),
    ):
        worst = rulelang.summarize(table, **given).step("junior")
        assert worst.command == f"rulelang replay --unit minor {words} {worst.scenario}"
    old = rulelang.parse_rulebook(BOOK.replace("50% of fund", "25% of fund"))
    found = rulelang.summarize(ccp.sweep(LOSSES, unit="minor", against=old), old="old.rules", **named)
    extremes = [each for line in found.lines for each in (line.more, line.less) if each is not None]
    assert extremes
    for each in extremes:
        assert each.new == f"rulelang replay --unit minor 'my ccp.rules' e.event l.parquet m.parquet {each.scenario}"
        assert each.old == f"rulelang replay --unit minor old.rules e.event l.parquet m.parquet {each.scenario}"


def test_a_size_holds_whoever_defaults(ccp):
    """With ``cover`` it is the least with which no set of defaulters leaves anything uncovered."""
    found = rulelang.size(ccp.program, ccp.event, STRESSES_TABLE, "capital", unit="minor", cover=2)
    (column,) = ccp.program.givens
    enough, less = (
        ccp.sweep({**STRESSES, f"given.{column}": [value] * STRESSES_TABLE.num_rows}, unit="minor", cover=2)
        for value in (found.value, found.value - 1)
    )
    assert not any(enough["uncovered"].to_pylist())
    assert any(less["uncovered"].to_pylist())
    alone = rulelang.size(ccp.program, ccp.event, STRESSES_TABLE, "capital", unit="minor", cover=1)
    assert alone.value < found.value


FLOATS = pyarrow.table({"scenario": ["a"], "loss.A": [1234.125]})


@pytest.mark.parametrize(
    ("floats", "loss"), [("down", 123412), ("up", 123413), ("half-even", 123412), ("half-up", 123413)]
)
def test_floating_losses_are_rounded_only_as_it_is_said(ccp, floats, loss):
    """In a sweep, a replay and a size alike."""
    exact = pyarrow.table({"scenario": ["a"], "loss.A": [loss]})
    replayed = rulelang.replay(ccp.program, ccp.event, FLOATS, "a", floats=floats)
    assert replayed.loss == rulelang.replay(ccp.program, ccp.event, exact, "a", unit="minor").loss
    sized = rulelang.size(ccp.program, ccp.event, FLOATS, "capital", floats=floats)
    assert sized.value == rulelang.size(ccp.program, ccp.event, exact, "capital", unit="minor").value
    for refused in (
        lambda: rulelang.replay(ccp.program, ccp.event, FLOATS, "a"),
        lambda: rulelang.size(ccp.program, ccp.event, FLOATS, "capital"),
    ):
        with pytest.raises(rulelang.CheckError, match="float"):
            refused()
