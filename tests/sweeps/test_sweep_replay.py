"""Replays: exactly one scenario through the interpreter, with a record that stands alone."""

import json

import pyarrow
import pytest
from attrs import evolve
from click.testing import CliRunner

import rulelang
from rulelang.audit.verify import verify_record
from rulelang.base.source import SourceText
from rulelang.check.events.written import event_as_json, written_event
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.scenarios.scenario import Wanted, scenario_event
from rulelang.tools.cli import cli
from tests.examples import share_of
from tests.oracle.generate import generate

SCENARIOS = {
    "scenario": ["a", "b", "c"],
    "loss.D.energy": ["100", "0", "7.50"],
    "loss.A.metals": ["0", "3", "55"],
    "fund.B.C": ["20", "0", "1000000.01"],
    "gain.A": ["-1.5", "0", "2"],
    "weight.A": ["0.5", "25%", "0.000001"],
    "rank.B.C": ["absent", "poor", "good"],
    "since.D": ["2020-02-29", "1999-12-31", "2024-01-01"],
    "active.A": ["yes", "no", "yes"],
    "given.capital": ["30", "0", "12.34"],
    "given.buffer.energy": ["1", "2", "3"],
}


def run(*arguments):
    return CliRunner().invoke(cli, ["replay", *map(str, arguments)])


def test_a_replay_is_the_row_of_the_sweep(place):
    path = place.write("s.parquet", SCENARIOS)
    swept = place.sweep(SCENARIOS).to_pylist()
    for row in swept:
        event = scenario_event(place.program, place.event, Wanted((path,), row["scenario"]))
        allocation = rulelang.evaluate(place.program, event)
        assert place.program.currency.plain(allocation.uncovered) == str(row["uncovered"])
        for payer in ("ccp", "A", "B.C", "D"):
            assert place.program.currency.plain(allocation.paid_by(payer)) == str(row[f"paid.{payer}"])


def test_an_audit_record_of_a_replay_stands_alone(place, tmp_path):
    path = place.write("s.parquet", SCENARIOS)
    audit = tmp_path / "c.audit.json"
    done = run(place.rules, place.event_file, path, "c", "--audit", audit, "--format", "json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["event"]["title"] == "A default, scenario c"
    place.rules.unlink()
    path.unlink()
    record = verify_record(SourceText.from_text(audit.read_text("utf-8"), "c.audit.json"), rulelang.__version__)
    assert record.stands, record.differences


def test_scenarios_without_ids_are_counted_over_all_files(place):
    first = place.write("1.csv", "loss.D.energy\n1\n2\n")
    second = place.write("2.csv", "loss.D.energy\n3\n")
    event = scenario_event(place.program, place.event, Wanted((first, second), "3"))
    assert [loss.amount for loss in event.losses] == [300]
    for wrong in ("0", "4", "x", "٣", "9" * 30):
        with pytest.raises(rulelang.CheckError) as refused:
            scenario_event(place.program, place.event, Wanted((first, second), wrong))
        assert [found.code for found in refused.value.diagnostics] == ["unknown-scenario"]


def test_ids_are_read_across_files_and_kinds(place):
    ids = pyarrow.array(["x", "y"]).dictionary_encode()
    path = place.write("s.parquet", {"scenario": ids, "loss.D.energy": ["1", "2"]})
    assert scenario_event(place.program, place.event, Wanted((path,), "y")).loss == 200
    path = place.write("n.parquet", {"scenario": [7, 8], "loss.D.energy": ["1", "2"]})
    assert scenario_event(place.program, place.event, Wanted((path,), "7")).loss == 100


def test_an_id_that_stands_twice_is_refused(place):
    path = place.write("s.parquet", {"scenario": ["x", "x"], "loss.D.energy": ["1", "2"]})
    with pytest.raises(rulelang.CheckError, match="stands in rows 1 and 2"):
        scenario_event(place.program, place.event, Wanted((path,), "x"))


def test_data_that_do_not_fit_are_refused(place):
    path = place.write("s.csv", "scenario,loss.D.energy\nx,-1\n")
    done = run(place.rules, place.event_file, path, "x")
    assert isinstance(done.exception, rulelang.CheckError)
    assert "scenario `x`: `loss.D.energy` is EUR -1.00" in str(done.exception)


def test_units_and_floating_numbers_are_read_as_the_sweep_reads_them(place):
    path = place.write("s.parquet", {"scenario": ["x"], "loss.D.energy": [1234.0]})
    wanted = Wanted((path,), "x", SweepOptions(unit="minor", floats="half-even"))
    assert scenario_event(place.program, place.event, wanted).loss == 1234


def test_only_those_named_default_of_the_stressed(place):
    columns = {"scenario": ["x"], "stress.A.energy": ["10"], "stress.A.metals": ["1"], "stress.B.C.energy": ["20"]}
    path = place.write("s.parquet", columns)
    event = scenario_event(place.program, place.event, Wanted((path,), "x", defaulting=("A",)))
    assert [(loss.member, loss.segment, loss.amount) for loss in event.losses] == [
        ("A", "energy", 1000),
        ("A", "metals", 100),
        ("D", "energy", 10000),
    ]
    done = run(place.rules, place.event_file, path, "x", "--defaulting", "D")
    assert "the scenarios have no column `stress.D`" in str(done.exception)


@pytest.mark.parametrize("block", range(2))
def test_events_written_as_json_read_back_the_same(block, tmp_path):
    tried = share_of(20, least=4)
    for seed in range(310_000 + tried * block, 310_000 + tried * (block + 1)):
        folder = tmp_path / str(seed)
        generate(seed).write(folder)
        program = rulelang.load_rulebook(folder / "rulebook.rules")
        event = rulelang.load_event(folder / "event.event", program)
        read = written_event(program, event, "event.json")
        assert evolve(read, under=None) == evolve(event, under=None)
        assert read.source.text == event_as_json(program, event)
