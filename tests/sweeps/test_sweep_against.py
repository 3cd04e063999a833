"""Two versions over the same scenarios: every difference is that of two runs of the interpreter."""

import csv
import json
import shlex
from collections import Counter
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import jsonschema
import numpy
import openpyxl
import pyarrow.parquet
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

import rulelang
from rulelang.document.html import render_html
from rulelang.summary.difference_document import differences_document
from rulelang.summary.difference_pictures import difference_pictures
from rulelang.summary.differences import summarise_differences
from rulelang.summary.drawing import draw_file, draw_inside
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.scenarios.scenario import Wanted, scenario_event
from rulelang.sweeps.workers.job import SweepJob, sweep_files
from rulelang.sweeps.workers.processes import Processes
from rulelang.syntax import read
from rulelang.tools.cli import cli

pytestmark = pytest.mark.slow  # the language is covered without it

NEW = """
rulebook "New <b>" version "2"
currency EUR
members have
    margin : money
    fund   : money
given capital : money
waterfall
    tranche own paid by defaulters from margin
    tranche junior paid by ccp from capital
    tranche pool paid by survivors from fund shared pro rata to fund
    assessment calls paid by survivors up to 50% of fund each shared pro rata to fund
    finally closure
"""
OLD = """
rulebook "Old" version "1"
currency EUR
party insurer
members have
    margin : money
    fund   : money
given capital : money
waterfall
    tranche own paid by defaulters from margin
    tranche insurance paid by insurer up to EUR 3
    tranche pool paid by survivors from fund shared pro rata to fund
    tranche junior paid by ccp from capital
    finally end_of_service
"""
EVENT = """
event "Stress" declared 2024-05-06
given capital = EUR 5
member A margin = EUR 10 fund = EUR 10
member B margin = EUR 10 fund = EUR 20
member "=C" margin = EUR 5 fund = EUR 30
default of "=C" loss EUR 1
"""
SCHEMA = Path(rulelang.__file__).parent / "schemas" / "differences.schema.json"


@pytest.fixture
def two(place, tmp_path):
    """A folder with the new version as its rulebook, and the old one beside it."""
    folder = tmp_path / "two"
    folder.mkdir()
    found = type(place)(folder, NEW, EVENT)
    found.old_file = folder / "old.rules"
    found.old_file.write_text(OLD, encoding="utf-8")
    found.old = rulelang.load_rulebook(found.old_file)
    found.old_event = rulelang.load_event(found.event_file, found.old)
    return found


def losses(count):
    random = numpy.random.default_rng(5)
    return {
        "scenario": [f"s{number}" for number in range(count)],
        "loss.A": random.integers(0, 3, count) * random.integers(0, 4000, count),
        "loss.B": random.integers(0, 2, count) * random.integers(0, 9000, count),
        "given.capital": random.integers(0, 1500, count),
    }


def swept(two, columns, pool=None, out=None, **options):
    path = two.write("s.parquet", columns)
    options = SweepOptions(unit="minor", **options)
    job = SweepJob(two.program, two.event, (path,), out or two.out, options, against=(two.old, two.old_event))
    return path, sweep_files(job, pool)


def test_differences_are_those_of_two_runs(two):
    path, done = swept(two, losses(40), sample=40)
    assert done.checked == 40
    for row in pyarrow.parquet.read_table(two.out).to_pylist():
        wanted = Wanted((path,), row["scenario"], SweepOptions(unit="minor"))
        new, old = (
            rulelang.evaluate(program, scenario_event(program, event, wanted))
            for program, event in ((two.program, two.event), (two.old, two.old_event))
        )
        amounts = {"uncovered": new.uncovered - old.uncovered}
        amounts |= {f"drawn.{s}": new.drawn(s) - old.drawn(s) for s in ("own", "junior", "pool", "calls", "insurance")}
        amounts |= {f"paid.{p}": new.paid_by(p) - old.paid_by(p) for p in ("ccp", "A", "B", "=C", "insurer")}
        found = {name.removeprefix("difference."): row[name] for name in row if name.startswith("difference.")}
        assert found == {name: Decimal(amount) / 100 for name, amount in amounts.items()}
        assert row["differs"] == any(amount for name, amount in amounts.items() if not name.startswith("drawn."))
        assert (row["outcome.new"], row["outcome.old"]) == (new.outcome, old.outcome)


def test_the_summary_of_differences_is_that_of_the_rows(two):
    swept(two, losses(60))
    rows = pyarrow.parquet.read_table(two.out).to_pylist()
    found = summarise_differences(two.out)
    assert (found.scenarios, found.differing) == (60, sum(row["differs"] for row in rows))
    assert [line.name for line in found.lines if line.kind == "payer"] == ["ccp", "=C", "A", "B", "insurer"]
    for line in found.lines:
        prefix = {"uncovered": "", "step": "drawn.", "payer": "paid."}[line.kind]
        column = [int(row[f"difference.{prefix}{line.name}"] * 100) for row in rows]
        assert line.amount.total == sum(column)
        assert line.amount.above == sum(amount > 0 for amount in column)
        if max(column) > 0:
            assert (line.more.amount, line.more.scenario) == (max(column), f"s{column.index(max(column))}")
        else:
            assert line.more is None
        if min(column) < 0:
            assert (line.less.amount, line.less.scenario) == (min(column), f"s{column.index(min(column))}")


def test_the_pictures_of_differences_say_who_and_in_how_many(two):
    swept(two, losses(60))
    found = summarise_differences(two.out)
    drawn = difference_pictures(found)
    payers = {line.name: line for line in found.lines if line.kind == "payer" and line.amount.reached}
    for picture, figures in zip(drawn, ("amounts", "counts"), strict=True):
        axes = Figure().subplots()
        picture.draw(axes)
        names = [label.get_text() for label in axes.get_yticklabels()]
        assert names[-1] == "uncovered"
        assert set(names[:-1]) == set(payers)
        less, more = (dict(zip(names, (bar.get_width() for bar in bars), strict=True)) for bars in axes.containers)
        for name, line in payers.items():
            amounts = (min(line.amount.least, 0) / 100, max(line.amount.most, 0) / 100)
            counts = (line.amount.above - line.amount.reached, line.amount.above)
            assert (less[name], more[name]) == (amounts if figures == "amounts" else counts)
    assert draw_file(drawn, "svg") == draw_file(drawn, "svg")
    page = render_html(differences_document(found, pictures=map(draw_inside, drawn)))
    assert page.count("<svg") == 2
    assert "New &lt;b&gt;" in page


def test_a_version_against_itself_differs_nowhere(two):
    path = two.write("s.parquet", losses(10))
    job = SweepJob(
        two.program, two.event, (path,), two.out, SweepOptions(unit="minor"), against=(two.program, two.event)
    )
    sweep_files(job)
    found = summarise_differences(two.out)
    assert found.differing == 0
    assert all(line.more is None and line.less is None for line in found.lines)


@pytest.mark.slow
def test_the_same_bytes_on_two_processes(two):
    swept(two, losses(30), rows=7)
    other = two.folder / "other.parquet"
    swept(two, losses(30), Processes(2), other, rows=7)
    assert two.out.read_bytes() == other.read_bytes()


def test_a_scenario_that_one_version_refuses(two):
    text = OLD.replace("up to EUR 3", "up to EUR 3 - (largest of fund over defaulters)")
    two.old_file.write_text(text, encoding="utf-8")
    two.old = rulelang.load_rulebook(two.old_file)
    two.old_event = rulelang.load_event(two.event_file, two.old)
    columns = {"scenario": ["x", "y"], "loss.A": [2000, 2000], "fund.=C": [100, 3000]}
    with pytest.raises(rulelang.RunError, match="scenario `x` is rejected: under the old rulebook, "):
        swept(two, columns)
    _, done = swept(two, columns, keep_going=True)
    assert done.rejected + pyarrow.parquet.read_table(two.out).num_rows == 2


def test_versions_that_cannot_be_compared(two):
    two.old_file.write_text(OLD.replace("currency EUR", "currency USD").replace("EUR 3", "USD 3"), encoding="utf-8")
    two.old = rulelang.load_rulebook(two.old_file)
    with pytest.raises(rulelang.CheckError, match="the old version settles in USD, the new one in EUR") as refused:
        swept(two, losses(1))
    assert refused.value.diagnostics[0].helps == ("compare versions of one currency",)


def test_a_column_that_the_old_version_does_not_know(two):
    two.rules.write_text(NEW.replace("given capital", "given reserve : money\ngiven capital"), encoding="utf-8")
    two.program = rulelang.load_rulebook(two.rules)
    with pytest.raises(rulelang.CheckError, match="under the old rulebook, the column `given.reserve`"):
        swept(two, {"loss.A": [1], "given.reserve": [1]})


def run(*arguments):
    return CliRunner().invoke(cli, list(map(str, arguments)), catch_exceptions=False)


def test_the_command_and_every_format(two, tmp_path):
    path = two.write("s.parquet", losses(20))
    common = [two.rules, two.event_file, path, "--out", two.out, "--unit", "minor"]
    done = run("sweep", *common, "--against", two.old_file)
    assert done.exit_code == 0, done.output
    replays = [line.strip() for line in done.stdout.splitlines() if line.startswith("  rulelang replay")]
    assert {shlex.split(line)[4] for line in replays} == {str(two.rules), str(two.old_file)}
    for line in replays[:2]:
        assert run(*shlex.split(line)[1:]).exit_code == 0
    found = json.loads(run("summary", two.out, "--format", "json").stdout)
    jsonschema.validate(found, json.loads(SCHEMA.read_text("utf-8")))
    assert found["against"] == "Old, version 1"
    page = run("summary", two.out, "--format", "html").stdout
    assert "New &lt;b&gt;" in page
    assert "<b>" not in page
    rows = list(csv.DictReader(StringIO(run("summary", two.out, "--format", "csv").stdout)))
    assert "'=C" in [row["name"] for row in rows]
    assert all(not row["mean"].startswith("'") for row in rows)
    assert "\\#" not in run("summary", two.out, "--format", "markdown").stdout
    out = tmp_path / "d.xlsx"
    run("summary", two.out, "--format", "xlsx", "--out", out)
    assert openpyxl.load_workbook(BytesIO(out.read_bytes())).sheetnames[0] == "Scenarios"
    assert run("summary", two.out, "--chart", tmp_path / "a.svg").exit_code == 0
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()
    assert run("summary", two.out, "--quantiles", "50").exit_code == 2
    assert run("sweep", *common, "--against", two.old_file, "--cover", "2").exit_code == 2


def test_both_versions_are_given_the_event_that_was_read_once(two, monkeypatch):
    event, members = two.event_file.read_text("utf-8"), two.folder / "members.csv"
    members.write_text('member,margin,fund\nA,10,10\nB,10,20\n"=C",5,30\n', "utf-8")
    lines = [line for line in event.splitlines() if not line.startswith("member ")]
    two.event_file.write_text("\n".join([*lines, 'members from "members.csv"']), "utf-8")
    found = Counter()
    real = read.read_file
    monkeypatch.setattr(read, "read_file", lambda path, *more: (found.update([Path(path).name]), real(path, *more))[1])
    path = two.write("s.parquet", losses(2))
    done = run("sweep", two.rules, two.event_file, path, "--out", two.out, "--unit", "minor", "--against", two.old_file)
    assert done.exit_code == 0, done.output
    assert (found[two.event_file.name], found["members.csv"]) == (1, 1)


def test_an_event_that_the_old_version_cannot_take(two):
    two.old_file.write_text(OLD.replace("given capital : money", "given capital : money\ngiven more : money"), "utf-8")
    path = two.write("s.parquet", losses(2))
    with pytest.raises(rulelang.CheckError, match="under the old rulebook, the event does not give `more`"):
        run("sweep", two.rules, two.event_file, path, "--out", two.out, "--unit", "minor", "--against", two.old_file)
