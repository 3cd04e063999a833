"""``rulelang profile`` and ``rulelang when`` as a person types them."""

import csv
import io
import json
import sys
from itertools import pairwise
from xml.etree import ElementTree

import pytest

import rulelang
from rulelang.base.decimals import exact_text
from rulelang.base.diagnostic import RulelangError
from rulelang.base.files import data_folder
from rulelang.base.money import Currency
from rulelang.check.events.amounts import amount_in
from rulelang.tools.progress import Walking
from tests.schemas import validator

BOOKS = data_folder("rulebooks")
NASDAQ = [
    str(BOOKS / "nasdaq-commodities-2018/rulebook.rules"),
    str(BOOKS / "nasdaq-commodities-2018/events/aas-2018.event"),
]
OTC = [str(BOOKS / "otc-rates/rulebook.rules"), str(BOOKS / "otc-rates/events/poor-auction.event")]
SEGMENTS = [str(BOOKS / "segmented-ccp/rulebook.rules"), str(BOOKS / "segmented-ccp/events/haircut-declined.event")]
TWO = [str(BOOKS / "major-ccp/rulebook.rules"), str(BOOKS / "major-ccp/events/two-largest.event")]

JUMP = """rulebook "A jump" version "1" currency EUR
members have
    fund : money
given capital : money
waterfall
    tranche own when loss < EUR 20 paid by ccp up to EUR 8
    tranche pool paid by survivors from fund shared pro rata to fund
    tranche second when loss > EUR 30 paid by ccp from capital
    finally open
"""
JUMP_EVENT = """event "e" declared 2024-01-01
given capital = EUR 5
member A "{name}" fund = EUR 4
member B fund = EUR 8
member D fund = EUR 0
default of D loss EUR 10
"""


@pytest.fixture
def run(monkeypatch, in_process):
    monkeypatch.setenv("COLUMNS", "100")
    return in_process


@pytest.fixture
def jump(tmp_path):
    def write(name="Alfa"):
        (tmp_path / "a.rules").write_text(JUMP, "utf-8")
        (tmp_path / "a.event").write_text(JUMP_EVENT.replace("{name}", name), "utf-8")
        return [str(tmp_path / "a.rules"), str(tmp_path / "a.event")]

    return write


# ------------------------------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("files", [NASDAQ, SEGMENTS, TWO])
def test_a_table_keeps_to_the_width(run, monkeypatch, width, files):
    monkeypatch.setenv("COLUMNS", str(width))
    code, out, _ = run("profile", *files)
    assert code == 0
    assert max(map(len, out.splitlines())) <= width
    assert out.index("starts above") < out.index("What each payer pays")


def test_the_table_shows_where_steps_start_and_end_and_every_breakpoint(run):
    _, out, _ = run("profile", *NASDAQ)
    words = [line.split() for line in out.splitlines()]
    ends = ["43,000,000.00", "209,000,000.00", "166,000,000.00", "1"]
    assert any(line[:1] == ["fund_draw"] and line[-4:] == ends for line in words)
    assert ["215,100,000.00", "30,000,000.00", "15/83"] in words
    assert "exact: every run gives these amounts" in out


def test_jumps_are_marked(run, jump):
    _, out, _ = run("profile", *jump())
    rows = [line.split() for line in out.splitlines()]
    # the clearing house pays 8 below a loss of 20, nothing from there to 30, and then up to 5
    assert ["<", "20.00", "8.00", "jumps"] in rows
    assert ["20.00", "0.00", "0"] in rows
    assert ["30.00", "0.00", "jumps"] in rows
    assert [">", "30.00", "5.00", "0"] in rows


def test_some_payers_and_steps(run):
    _, out, _ = run("profile", *NASDAQ, "--payer", "FORTUM", "--step", "calls", "--step", "fund_draw")
    assert "FORTUM under calls" in out
    assert "STATKRAFT" not in out
    assert "mutual_draw" not in out
    assert run("profile", *NASDAQ, "--payer", "FORTUN")[0] == 3
    code, _, err = run("profile", *NASDAQ, "--step", "fund_drow")
    assert code == 3
    assert "did you mean `fund_draw`?" in err


def test_slack_and_doubts_are_told(run):
    _, out, _ = run("profile", *SEGMENTS)
    flat = " ".join(out.split())
    assert "runs may differ by up to 1 minor unit more than rounding a share does" in flat
    assert "fund_draw (energy)" in flat
    _, out, _ = run("profile", *TWO)
    assert "runs may differ by up to" in " ".join(out.split())


def test_many_breakpoints_become_a_line_for_each_payer(run, tmp_path):
    members = "".join(f"member M{n:03} fund = EUR {1 + n * 37 % 101} weight = {1 + n * 53 % 97}\n" for n in range(60))
    (tmp_path / "a.rules").write_text(
        'rulebook "Many" currency EUR members have fund : money weight : number waterfall '
        "tranche pool paid by survivors from fund shared pro rata to weight finally open",
        "utf-8",
    )
    (tmp_path / "a.event").write_text(
        f'event "e" declared 2024-01-01 {members} member Z fund = EUR 0 weight = 0 default of Z loss EUR 5', "utf-8"
    )
    files = [tmp_path / "a.rules", tmp_path / "a.event"]
    _, out, _ = run("profile", *files)
    assert "breakpoints" in out
    assert len(out.splitlines()) < 90
    assert "then grows by" in run("profile", *files, "--payer", "M007")[1]


# --------------------------------------------------------------------------------------------------------- JSON and CSV


@pytest.mark.parametrize("files", [NASDAQ, SEGMENTS, TWO])
def test_json_is_of_the_schema(run, files):
    code, out, _ = run("profile", *files, "--format", "json")
    assert code == 0
    found = json.loads(out)
    validator("profile").validate(found)
    assert found["currency"] in ("EUR", "USD")
    for payer in found["payers"]:
        slopes = [knot["slope"] for knot in payer["curve"]]
        assert all(one != other for one, other in pairwise(slopes))


def test_json_of_a_part_and_of_jumps(run, jump):
    found = json.loads(run("profile", *jump(), "--format", "json", "--payer", "ccp", "--step", "own")[1])
    validator("profile").validate(found)
    assert [step["step"] for step in found["steps"]] == ["own"]
    (payer,) = found["payers"]
    assert payer["under"][0]["curve"][-1] == {
        "at": "20.00",
        "value": "0.00",
        "before": "8.00",
        "after": "0.00",
        "slope": "0",
    }


def test_csv_has_every_breakpoint(run):
    code, out, _ = run("profile", *NASDAQ, "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["curve"] for row in rows} == {"step", "payer", "payer under step", "uncovered"}
    mine = [
        (row["at"], row["value"], row["slope"]) for row in rows if (row["curve"], row["payer"]) == ("payer", "FORTUM")
    ]
    assert mine[1:3] == [("43000000.00", "0.00", "15/83"), ("209000000.00", "30000000.00", "0")]
    assert all(row["before"] == row["value"] == row["after"] for row in rows)


def test_out_and_to(run, tmp_path):
    out = tmp_path / "p.json"
    code, printed, _ = run("profile", *NASDAQ, "--to", "EUR 100 million", "--format", "json", "--out", out)
    assert (code, printed) == (0, "")
    found = json.loads(out.read_text("utf-8"))
    assert (found["from"], found["to"]) == ("0.00", "100000000.00")
    assert run("profile", *NASDAQ, "--to", "5 USD")[0] == 3
    code, _, err = run("profile", *NASDAQ, "--to", "USD 5")
    assert code == 3
    assert "currency-mismatch" in err


def test_what_cannot_be_profiled_is_refused_with_its_place(run):
    code, out, err = run("profile", *OTC)
    assert (code, out) == (3, "")
    assert "missing-decision" in err
    assert '--to "GBP 1,620,000,000.00"' in " ".join(err.split())
    assert run("profile", *OTC, "--to", "GBP 1,620,000,000.00")[0] == 0
    code, _, err = run("profile", *NASDAQ, "--vary", "junior_capitol")
    assert code == 3
    assert "nothing-to-vary" in err
    assert "did you mean `junior_capital`?" in err


# ------------------------------------------------------------------------------------------------------------- charts


@pytest.mark.parametrize(
    "more",
    [
        ["--step", "calls"],
        *(
            pytest.param(more, marks=pytest.mark.slow)
            for more in ([], ["--payer", "FORTUM", "--payer", "ccp"], ["--vary", "junior_capital"])
        ),
    ],
)
def test_charts(run, tmp_path, more):
    pytest.importorskip("matplotlib")
    picture, drawing = tmp_path / "a.png", tmp_path / "a.SVG"
    assert run("profile", *NASDAQ, *more, "--chart", picture)[0] == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert run("profile", *NASDAQ, *more, "--chart", drawing)[0] == 0
    first = drawing.read_bytes()
    assert ElementTree.fromstring(first).tag.endswith("svg")
    assert run("profile", *NASDAQ, *more, "--chart", drawing)[0] == 0
    assert drawing.read_bytes() == first


def test_a_chart_shows_odd_and_long_names_as_they_are(run, jump, tmp_path):
    pytest.importorskip("matplotlib")
    files = jump("$x^2$ _{und} \u4e2d\u6587 " + "long " * 40)
    for more in ([], ["--payer", "A"]):
        assert run("profile", *files, *more, "--chart", tmp_path / "a.png")[0] == 0


def test_the_numbers_of_a_chart_stack_up_to_the_loss():
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    from rulelang.profiles.chart import _Picture
    from rulelang.profiles.selection import Selection

    program = rulelang.load_rulebook(NASDAQ[0])
    profile = rulelang.profile(program, rulelang.load_event(NASDAQ[1], program))
    axes = Figure().add_subplot()
    _Picture.of(profile, Selection()).draw(axes)
    assert axes.get_xlabel() == "The loss (EUR million)"
    assert axes.get_ylabel() == "Paid (EUR million)"
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["uncovered", "calls", "mutual_draw", "senior", "fund_draw", "junior", "margin"]
    top = axes.collections[-1].get_paths()[0].vertices
    assert any(abs(x - 446.6) < 1e-9 and abs(y - 446.6) < 1e-9 for x, y in top)


def test_charts_ask_for_their_package_and_ending(run, tmp_path, monkeypatch):
    assert run("profile", *NASDAQ, "--chart", tmp_path / "a.pdf")[0] == 2
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, out, err = run("profile", *NASDAQ, "--chart", tmp_path / "a.png")
    assert (code, out) == (3, "")
    assert 'pip install "rulelang[chart]"' in err


# --------------------------------------------------------------------------------------------------------------- when


@pytest.mark.parametrize(
    ("question", "code", "words"),
    [
        (
            ["--payer", "FORTUM", "--pays", "EUR 10 million"],
            0,
            "FORTUM first pays EUR 10,000,000.00 where the loss is EUR 98,333,333.31",
        ),
        (
            ["--payer", "FORTUM", "--pays", "100 million"],
            1,
            (
                "FORTUM never pays EUR 100,000,000.00: the most it pays is EUR 64,500,000.00, "
                "first where the loss is EUR 406,000,000.00"
            ),
        ),
        (
            ["--payer", "FORTUM", "--under", "calls", "--starts"],
            0,
            "FORTUM under `calls` first pays anything where the loss is EUR 240,000,000.03",
        ),
        (["--step", "calls", "--starts"], 0, "`calls` first pays anything where the loss is EUR 240,000,000.01"),
        (["--step", "calls", "--exhausted"], 0, "`calls` is first exhausted where the loss is EUR 406,000,000.00"),
        (
            ["--step", "residual_capital", "--exhausted"],
            1,
            "`residual_capital` is never exhausted: it never pays anything",
        ),
        (
            ["--step", "calls", "--pays", "1", "--to", "EUR 1 million"],
            1,
            "`calls` never pays EUR 1.00, up to where the loss is EUR 1,000,000.00: it never pays anything",
        ),
        (["--uncovered"], 0, "anything stays uncovered first where the loss is EUR 406,000,000.01"),
        (["--uncovered", "EUR 5"], 0, "EUR 5.00 stays uncovered first where the loss is EUR 406,000,005.00"),
        (["--outcome"], 0, "the outcome is first `unallocated_loss` where the loss is EUR 406,000,000.01"),
        (
            ["--outcome", "--to", "EUR 9"],
            1,
            "the outcome is never `unallocated_loss`, up to where the loss is EUR 9.00: every loss is covered",
        ),
        (["--step", "senior", "--starts", "--vary", "junior_capital"], 1, "`senior` never pays anything"),
        (
            ["--step", "junior", "--exhausted", "--vary", "junior_capital"],
            0,
            "`junior` is first exhausted where `junior_capital` is EUR 0.01",
        ),
    ],
)
def test_questions(run, question, code, words):
    found, out, _ = run("when", *NASDAQ, *question)
    assert (found, out.splitlines()[0]) == (code, words)
    found, out, _ = run("when", *NASDAQ, *question, "--format", "json")
    told = json.loads(out)
    validator("when").validate(told)
    assert (found, told["words"]) == (code, words)
    assert (told["value"] is None) == bool(code)


def test_a_step_without_limit_is_never_exhausted(run, tmp_path):
    (tmp_path / "a.rules").write_text(
        'rulebook "U" currency EUR members have x : money waterfall tear-up all paid by survivors shared equally',
        "utf-8",
    )
    (tmp_path / "a.event").write_text(
        'event "e" declared 2024-01-01 member A x = EUR 1 member D x = EUR 1 default of D loss EUR 5', "utf-8"
    )
    code, out, _ = run("when", tmp_path / "a.rules", tmp_path / "a.event", "--step", "all", "--exhausted")
    assert (code, out) == (1, "`all` is never exhausted: it has no limit\n")


def test_a_question_about_one_segment(run):
    _, out, _ = run("when", *SEGMENTS, "--step", "fund_draw.energy", "--exhausted")
    assert out.startswith("`fund_draw` in energy is first exhausted where the loss is USD 387,050,000.00\n")
    assert run("when", *SEGMENTS, "--step", "fund_draw", "--exhausted")[0] == 1
    assert run("when", *SEGMENTS, "--step", "fund_draw.nowhere", "--starts")[0] == 2


def test_what_is_answered_below_the_place_where_the_rules_end_the_run_is_answered(run):
    code, out, _ = run("when", *OTC, "--payer", "ccp", "--starts")
    assert code == 0
    assert "GBP 460,000,000.01" in out
    code, out, err = run("when", *OTC, "--step", "gains_haircut", "--starts")
    assert (code, out) == (3, "")
    assert "missing-decision" in err


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["--payer", "AAS"],
        ["--payer", "AAS", "--step", "calls", "--starts"],
        ["--payer", "AAS", "--exhausted"],
        ["--payer", "AAS", "--starts", "--pays", "5"],
        ["--step", "calls", "--under", "calls", "--starts"],
        ["--uncovered", "5", "--outcome"],
        ["--outcome", "--starts"],
    ],
)
def test_questions_that_are_none(run, wrong):
    assert run("when", *NASDAQ, *wrong)[0] == 2


def test_unknown_payers_and_steps(run):
    assert "did you mean `FORTUM`?" in run("when", *NASDAQ, "--payer", "FORTUN", "--starts")[2]
    assert run("when", *NASDAQ, "--payer", "FORTUM", "--under", "nothing", "--starts")[0] == 3


# -------------------------------------------------------------------------------------------------------------- pieces

EUR, JPY = Currency("EUR", 2), Currency("JPY", 0)


@pytest.mark.parametrize(
    ("text", "currency", "units"),
    [
        ("EUR 5 billion", EUR, 500_000_000_000),
        ("5 million", EUR, 500_000_000),
        ("1250000", EUR, 125_000_000),
        ("EUR 1,250,000.50", EUR, 125_000_050),
        ("EUR1_000", EUR, 100_000),
        ("  7.5 thousand ", EUR, 750_000),
        ("JPY 3", JPY, 3),
        (42, EUR, 42),
    ],
)
def test_amounts_in_words(text, currency, units):
    assert amount_in(text, currency) == units


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "wrong-value"),
        ("five", "wrong-value"),
        ("-5", "wrong-value"),
        ("5e3", "wrong-value"),
        ("EUR 1,25", "wrong-value"),
        ("EUR 5 zillion", "wrong-value"),
        ("EUR 5 billion\nx", "wrong-value"),
        ("USD 5", "currency-mismatch"),
        ("EUR 0.0001", "too-many-decimals"),
        ("EUR 0.001", "ambiguous-amount"),
        ("9" * 61, "number-too-long"),
    ],
)
def test_what_is_no_amount(text, code):
    with pytest.raises(RulelangError) as refused:
        amount_in(text, EUR)
    assert [d.code for d in refused.value.diagnostics] == [code]


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ((1, 3), 2, "1/3"),
        ((1, 4), 0, "0.25"),
        ((5, 1), 2, "5.00"),
        ((5, 1), 0, "5"),
        ((-1, 8), 2, "-0.125"),
        ((-7, 3), 2, "-7/3"),
        ((1, 2**20), 0, "0.00000095367431640625"),
        ((1, 2**21), 0, "1/2097152"),
        ((123, 50), 2, "2.46"),
    ],
)
def test_exact_numbers_as_text(value, places, text):
    from fractions import Fraction

    assert exact_text(Fraction(*value), places) == text


def test_progress_speaks_after_two_seconds_and_then_now_and_then(capsys):
    times = iter([0, 1, 3, 3, 4, 14, 14])
    progress = Walking(EUR, "the loss", lambda: next(times) * 10**9)
    for at in (100, 200, 300, 400):
        progress(at)
    progress.done()
    assert capsys.readouterr().err == "walking: EUR 2.00 of the loss\nwalking: EUR 4.00 of the loss\n"
