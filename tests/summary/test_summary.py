"""Summaries of whole results, and what is written of them."""

import csv
import json
import random
import re
import shlex
from decimal import Decimal
from fractions import Fraction
from io import BytesIO, StringIO
from pathlib import Path

import jsonschema
import numpy
import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from attrs import evolve
from click.testing import CliRunner

import rulelang
from rulelang.document.csv import as_csv
from rulelang.document.html import render_html
from rulelang.document.markdown import render_markdown
from rulelang.document.sheets import as_spreadsheet
from rulelang.document.table import Reader
from rulelang.document.terminal import render_terminal
from rulelang.summary.commands import Arguments
from rulelang.summary.document import brief, lead_of, summary_document
from rulelang.summary.drawing import draw_file, draw_inside
from rulelang.summary.levels import read_levels
from rulelang.summary.pictures import pictures
from rulelang.summary.summary import make_summary
from rulelang.summary.table import open_results
from rulelang.summary.worst_sets import find_worst_sets
from rulelang.tools.cli import cli
from tests.summary.results import ABOUT, write_results

pytestmark = pytest.mark.slow  # the language is covered without it

SCHEMA = Path(rulelang.__file__).parent / "schemas" / "summary.schema.json"
LEVELS = read_levels("50,99")


def render_summary(found, *, width, colour):
    return render_terminal(summary_document(found, Reader("table", width)), width=width, colour=colour)


def render_brief(found, results, *, width, colour):
    document = summary_document(found, Reader("table", width), brief(results))
    return render_terminal(document, width=width, colour=colour)


def summary_page(found):
    plots = pictures(found) if found.scenarios else ()
    return render_html(summary_document(found, Reader("html"), pictures=map(draw_inside, plots)))


HOSTILE = '=cmd|"/c"<script>alert(1)</script>\x1b[31m$x_1$'


@pytest.fixture
def results(tmp_path):
    """Seven scenarios; the third and the sixth lose most, and are alike."""
    amounts = {
        "uncovered": [0, 0, 50, 0, 10, 50, 0],
        "drawn.margin": [0, 5, 100, 70, 100, 100, 100],
        "drawn.fund": [0, 0, 300, 0, 300, 300, 1],
        "drawn.fund.a": [0, 0, 100, 0, 0, 300, 1],
        "drawn.fund.b": [0, 0, 200, 0, 300, 0, 0],
        "paid.ccp": [0, 5, 100, 70, 100, 100, 100],
        "paid.X": [0, 0, 200, 0, 150, 150, 1],
        "paid.fund.X": [0, 0, 200, 0, 150, 150, 1],
        "paid.Y": [0, 0, 100, 0, 150, 150, 0],
    }
    return write_results(tmp_path / "results.parquet", amounts, group=2)


def test_figures_of_every_kind(results):
    found = make_summary(results, LEVELS)
    assert found.scenarios == 7
    assert found.outcomes == {"covered": 4, "closure": 3}
    assert [line.name for line in found.steps] == ["margin", "fund"]
    assert [(line.name, line.segment) for line in found.turns] == [("fund", "a"), ("fund", "b")]
    assert [line.name for line in found.payers] == ["ccp", "X", "Y"]
    assert [(line.name, line.segment) for line in found.shares] == [("X", "fund")]
    fund = found.steps[1].amount
    assert (fund.reached, fund.total, fund.mean) == (4, 901, Fraction(901, 7))
    assert found.uncovered.amount.shortfalls[LEVELS[0]] == Fraction(110, 4)
    assert found.uncovered.scenario == "s2"
    assert found.loss.amount.total == 1486
    assert [(d.step, d.scenarios, d.loss) for d in found.depths.depths] == [
        ("", 1, 0),
        ("margin", 2, 75),
        ("fund", 1, 101),
        ("uncovered", 3, 450 + 410 + 450),
    ]
    assert sum(sum(depth.bins) for depth in found.depths.depths) == 7
    assert found.depths.exceeding[0] == (0, 3)
    assert found.depths.exceeding[-1] == (50, 0)


def test_the_summary_is_the_same_however_results_are_grouped_and_held(results, tmp_path):
    table = pyarrow.parquet.read_table(results)
    pyarrow.parquet.write_table(table, tmp_path / "one.parquet", row_group_size=7)
    assert make_summary(results, LEVELS) == make_summary(tmp_path / "one.parquet", LEVELS, whole=0)


def test_a_payer_whose_id_looks_like_a_step_and_a_payer_is_told_from_it(tmp_path):
    about = {"options": {"by_step": []}}
    amounts = {"uncovered": [0], "drawn.fund": [3], "paid.X": [1], "paid.fund.X": [2]}
    found = make_summary(write_results(tmp_path / "r.parquet", amounts, about=about), LEVELS)
    assert [line.name for line in found.payers] == ["X", "fund.X"]


def test_json_is_as_the_schema_says(results):
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    found = make_summary(results, LEVELS).to_dict()
    jsonschema.validate(found, schema)
    assert found["steps"][1]["mean"] == {"amount": "1.28", "exact": "901/700"}
    assert found["steps"][1]["mean_reached"] == {"amount": "2.25", "exact": "901/400"}
    assert found["rejected"] == 2


def test_a_mean_that_is_cut_off_has_a_sign(results):
    """A reader must not take 1.28 for the mean of 9.01 over 7; a program reads plain numbers."""
    found = make_summary(results, LEVELS)
    text = render_summary(found, width=200, colour=False)
    assert "1.28…" in text
    assert "EUR 0.36… on average in these" in text
    assert "2.25…" in text
    assert "1.28…" in summary_page(found)
    document = summary_document(found, Reader("xlsx"))
    assert not any(
        cell.exact for part in document.sections if part.table for row in part.table.rows for cell in row.cells
    )


def test_commands_name_the_scenario_as_a_shell_reads_it(tmp_path):
    ids = ["-a b; rm *"]
    path = write_results(tmp_path / "r.parquet", {"uncovered": [7], "drawn.m": [0]}, ids=ids)
    arguments = Arguments("a book.rules", "e.event", ("x.csv",), ("--unit", "minor"))
    command = make_summary(path, LEVELS, arguments).uncovered.command
    assert shlex.split(command) == [
        *("rulelang", "replay", "--unit", "minor", "--", "a book.rules", "e.event", "x.csv", "-a b; rm *")
    ]


def test_sets_of_defaulters_are_named(tmp_path):
    texts = {"defaulting.1": ["A", "B"], "defaulting.2": [None, "C"]}
    path = write_results(tmp_path / "r.parquet", {"uncovered": [7, 8], "drawn.m": [0, 0]}, texts=texts)
    line = make_summary(path, LEVELS).uncovered
    assert line.defaulting == ("B", "C")
    assert "--defaulting B --defaulting C" in line.command
    assert "B, C" in render_markdown(summary_document(make_summary(path, LEVELS)))


def test_hostile_names_stay_text(tmp_path):
    amounts = {"uncovered": [1, 0], "drawn.m": [1, 2], f"paid.{HOSTILE}": [1, 2]}
    about = {"rulebook": {"title": HOSTILE}, "event": {"title": HOSTILE}, "currency": "<b>"}
    found = make_summary(write_results(tmp_path / "r.parquet", amounts, [HOSTILE, "x"], about=about), LEVELS)
    page = summary_page(found)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;" in page
    assert found.currency.code == ""
    assert "\x1b" not in render_summary(found, width=100, colour=False)
    assert "<script" not in render_markdown(summary_document(found)).replace("\\<", "")
    rows = list(csv.reader(StringIO(as_csv(summary_document(found, Reader("csv"))))))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    book = openpyxl.load_workbook(BytesIO(as_spreadsheet(summary_document(found))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_a_spreadsheet_has_numbers(results):
    document = summary_document(make_summary(results, LEVELS), Reader("xlsx"))
    book = openpyxl.load_workbook(BytesIO(as_spreadsheet(document)))
    assert [sheet.title for sheet in book][:4] == ["Outcomes", "How far the loss goes", "Loss", "Steps"]
    row = [cell.value for cell in book["Steps"][3]]
    assert row[:2] == ["fund", None] or row[:2] == ["fund", ""]
    assert row[2:4] == [4, Decimal("0.5714")] or row[2:4] == [4, 0.5714]
    assert row[-2] == 3
    assert [cell.number_format for cell in book["Steps"][3]][2:6] == ["#,##0", "0.00%", "#,##0.00", "#,##0.00"]
    assert all(sheet.freeze_panes == "A2" for sheet in book)


def test_csv_has_a_row_for_every_amount(results):
    rows = list(csv.DictReader(StringIO(as_csv(summary_document(make_summary(results, LEVELS), Reader("csv"))))))
    assert [(row["kind"], row["name"], row["of"]) for row in rows] == [
        ("loss", "loss", ""),
        ("uncovered", "uncovered", ""),
        ("step", "margin", ""),
        ("step", "fund", ""),
        ("step", "fund", "a"),
        ("step", "fund", "b"),
        *(("payer", name, "") for name in ("ccp", "X", "Y")),
        ("payer by step", "X", "fund"),
    ]
    assert (rows[3]["mean"], rows[3]["ES 99%"], rows[3]["largest"]) == ("1.28", "3.00", "3.00")


@pytest.mark.slow
def test_pictures_and_pages_have_the_same_bytes_again(results):
    found = make_summary(results, LEVELS)
    assert draw_file(pictures(found), "svg") == draw_file(pictures(found), "svg")
    assert draw_file(pictures(found), "png").startswith(b"\x89PNG")
    page = summary_page(found)
    assert page == summary_page(found)
    assert page.count("<svg") == 3
    assert "http-equiv" in page
    assert "src=" not in page
    drawn = "".join(draw_inside(plot).drawing for plot in pictures(found))
    assert "currentColor" in drawn
    assert "mathdefault" not in drawn


def test_pictures_of_no_loss_can_be_drawn(tmp_path):
    path = write_results(tmp_path / "r.parquet", {"uncovered": [0, 0], "drawn.m": [0, 0], "paid.ccp": [0, 0]})
    found = make_summary(path, LEVELS)
    assert "nothing is uncovered" in summary_page(found)
    for plot in pictures(found):  # no numbers stand beside axes on which nothing is drawn
        texts = re.findall(r"<text[^>]*>([^<]*)</text>", draw_file((plot,), "svg").decode("utf-8"))
        assert texts
        assert not [text for text in texts if re.search(r"\d", text)], plot.title


def test_no_scenario_at_all(tmp_path):
    path = write_results(tmp_path / "r.parquet", {"uncovered": numpy.zeros(0, int), "drawn.m": numpy.zeros(0, int)}, [])
    found = make_summary(path, LEVELS)
    jsonschema.validate(found.to_dict(), json.loads(SCHEMA.read_text("utf-8")))
    assert "0 scenarios" in render_summary(found, width=80, colour=False)
    assert summary_page(found)


@pytest.fixture
def many(tmp_path):
    """Thirty steps and a hundred payers with long names and large amounts."""
    amounts = {"uncovered": [0, 10**14, 5]}
    amounts |= {f"drawn.step_{number}": [0, 10**14 + number, 7] for number in range(30)}
    amounts |= {f"paid.Clearing member number {number}": [0, 10**13 + number, 1] for number in range(100)}
    return write_results(tmp_path / "many.parquet", amounts)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_end_of_a_sweep_is_short_and_fits(many, width):
    text = render_brief(make_summary(many), "many.parquet", width=width, colour=False)
    tables, commands = text.split("  # worst for", 1)
    assert len(text.splitlines()) <= (50 if width >= 80 else 70)
    assert max(map(len, tables.splitlines())) <= width
    assert re.search("(?<![0-9])…", tables) is None  # no name is cut short; a mean whose digits go on has the sign
    assert "and 21 other steps" in tables
    assert "and 95 other payers" in tables
    assert "uncovered in 2 of 3 scenarios (66.66%)" in " ".join(tables.split())
    assert commands.endswith("rulelang summary many.parquet\n")


def test_amounts_are_cut_off_to_what_there_is_room_for(many):
    found = make_summary(many)
    narrow, wide = (render_summary(found, width=width, colour=False) for width in (80, 120))
    assert "Payers (EUR million)" in narrow
    assert "100,000" in narrow
    assert "Payers (EUR)" in wide
    assert "100,000,000,000" in wide


def test_what_is_said_first_where_nothing_is_uncovered(tmp_path):
    texts = {"defaulting.1": ["A", "B"], "defaulting.2": [None, "C"]}
    path = write_results(
        tmp_path / "r.parquet", {"uncovered": [0, 0], "drawn.m": [3, 9], "drawn.n": [0, 0]}, texts=texts
    )
    found = make_summary(path, LEVELS)
    lead = "Nothing is uncovered in any scenario. The last step that pays is m, in 2 of 2 scenarios: "
    assert lead_of(found) == f"{lead}EUR 0.09 at most, in s1, where `B` and `C` default."
    assert "--defaulting B --defaulting C" in render_brief(found, "r.parquet", width=80, colour=False)
    nothing = write_results(tmp_path / "n.parquet", {"uncovered": [0], "drawn.m": [0]})
    assert lead_of(make_summary(nothing)) == "Nothing is uncovered in any scenario, and there is no loss."


def test_losses_beyond_nearly_all_share_a_class(tmp_path):
    draws = [number % 100 for number in range(5000)] + [10**6, 10**7]
    path = write_results(tmp_path / "r.parquet", {"uncovered": [0] * 5002, "drawn.m": draws})
    depths = make_summary(path, LEVELS).depths
    step = depths.depths[1]
    assert depths.open
    assert (sum(step.bins), step.bins[-1]) == (4952, 2)
    assert depths.width * 39 >= 99


def test_tables_fit_the_width_and_commands_are_whole(results):
    text = render_summary(make_summary(results, LEVELS), width=80, colour=False)
    tables, commands = text.split("worst scenarios")
    assert max(map(len, tables.splitlines())) <= 80
    assert "rulelang replay --unit minor RULEBOOK EVENT losses.parquet s2" in commands


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.drop_columns(["uncovered"]), "no column `uncovered`"),
        (lambda table: table.append_column("paid.X", pyarrow.array([1])), "`paid.X` is `int64`"),
        (lambda table: table.append_column("scenario", pyarrow.array(["a"])), "stands twice"),
    ],
)
def test_what_is_no_result_of_a_sweep(tmp_path, change, message):
    path = write_results(tmp_path / "r.parquet", {"uncovered": [1], "drawn.m": [1]})
    pyarrow.parquet.write_table(change(pyarrow.parquet.read_table(path)), path)
    with pytest.raises(rulelang.ReadError, match=message):
        make_summary(path)


def test_amounts_that_cannot_be_added_in_64_bits_are_refused(tmp_path):
    path = write_results(tmp_path / "r.parquet", {"uncovered": [2**62], "drawn.m": [2**62]})
    with pytest.raises(rulelang.ReadError, match="beyond 64 bits"):
        make_summary(path)


@pytest.mark.parametrize("content", [None, b"", b"PAR1 nothing PAR1", b"a,b\n1,2\n"])
def test_files_that_cannot_be_read(tmp_path, content):
    path = tmp_path / "r.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(rulelang.ReadError):
        make_summary(path)


def run(*arguments):
    return CliRunner().invoke(cli, ["summary", *map(str, arguments)], catch_exceptions=False)


def test_the_command_writes_every_format(results, tmp_path):
    for form in ("table", "json", "csv", "markdown", "html", "xlsx"):
        out = tmp_path / f"summary.{form}"
        done = run(results, "--format", form, "--out", out, "--quantiles", "50")
        assert done.exit_code == 0, done.output
        assert out.stat().st_size
    chart = tmp_path / "a.svg"
    done = run(results, "--chart", chart, "--rulebook", "b.rules", "--event", "e.event", "--scenarios", "s.csv")
    assert "replay --unit minor b.rules e.event s.csv s2" in done.output
    assert b"<svg" in chart.read_bytes()


@pytest.mark.parametrize(
    "arguments", [["--format", "xlsx"], ["--chart", "a.pdf"], ["--quantiles", "half"], ["--quantiles", "101"]]
)
def test_wrong_use(results, arguments):
    assert run(results, *arguments).exit_code == 2


def test_a_file_that_is_not_there_is_named_once(tmp_path):
    with pytest.raises(rulelang.ReadError) as refused:
        make_summary(tmp_path / "none.parquet")
    assert refused.value.diagnostics[0].message == f"cannot read {tmp_path / 'none.parquet'}: no such file or directory"


# ----------------------------------------------------------------------------------------------- sets of defaulters


def test_sets_are_counted_with_what_they_leave_uncovered(tmp_path):
    """Across row groups; the same members in other columns would be another set, and none at all is one too."""
    chance = random.Random(7)
    ids = [f"s{number}" for number in range(200)]
    sets = [chance.choice([("A", "B"), ("A", "C"), ("B", None), (None, None)]) for _ in ids]
    uncovered = [chance.choice([0, 5, 2**62, 7]) if any(one) else 0 for one in sets]
    texts = {f"defaulting.{place + 1}": [one[place] for one in sets] for place in range(2)}
    amounts = {"uncovered": uncovered, "drawn.m": [0] * len(ids)}
    path = write_results(tmp_path / "r.parquet", amounts, ids, group=17, texts=texts)
    summary = make_summary(path, LEVELS)
    found = {one.members: one for one in summary.sets}
    assert set(found) == {("A", "B"), ("A", "C"), ("B",), ()}
    for one in set(sets):
        rows = [row for row, each in enumerate(sets) if each == one]
        told = found[tuple(member for member in one if member)]
        most = max(uncovered[row] for row in rows)
        assert told.scenarios == len(rows)
        assert told.reached == sum(uncovered[row] > 0 for row in rows)
        assert told.total == sum(uncovered[row] for row in rows)
        assert (told.most, told.scenario) == (most, next(ids[row] for row in rows if uncovered[row] == most))
    assert [one.scenarios for one in summary.sets] == sorted((one.scenarios for one in summary.sets), reverse=True)
    jsonschema.validate(summary.to_dict(), json.loads(SCHEMA.read_text("utf-8")))
    assert (
        "--defaulting B RULEBOOK" in next(s for s in summary.to_dict()["sets"] if s["defaulting"] == ["B"])["command"]
    )
    text = render_summary(summary, width=100, colour=False)
    assert "A, B" in text
    assert "nobody" in text


def test_no_scenarios_have_no_sets(tmp_path):
    none = {"uncovered": numpy.zeros(0, int), "drawn.m": numpy.zeros(0, int)}
    path = write_results(tmp_path / "r.parquet", none, [], texts={"defaulting.1": []})
    assert find_worst_sets(open_results(path)) == ()
    empty = pyarrow.parquet.read_table(path)
    assert rulelang.summarize(pyarrow.concat_tables([empty, empty])).to_dict()["sets"] == []


def test_too_many_sets_are_no_table(tmp_path):
    texts = {"defaulting.1": ["A", "B", "C"]}
    about = {**ABOUT, "options": {"cover": 1}}
    amounts = {"uncovered": [1, 2, 3], "drawn.m": [0, 0, 0]}
    path = write_results(tmp_path / "r.parquet", amounts, texts=texts, about=about)
    assert len(find_worst_sets(open_results(path), most=3)) == 3
    assert find_worst_sets(open_results(path), most=2) is None
    summary = evolve(make_summary(path, LEVELS), sets=None)
    assert summary.to_dict()["sets"] is None
    assert "no table of them" in " ".join(render_summary(summary, width=100, colour=False).split())
