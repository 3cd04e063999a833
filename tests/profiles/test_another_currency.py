"""What varies may be in another currency than what is paid: every value of it is told in its own, with its decimals."""

import csv
import io
import json
import random
import re
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import openpyxl
import pytest

import rulelang
from rulelang.tools.commands import profile as profiling
from tests.currencies import BOOK, EVENT, VARIED, decimals, load, number, run_with
from tests.profiles.measures import differences, places
from tests.schemas import validator

GIVENS = sorted(VARIED)


@pytest.fixture
def run(monkeypatch, in_process, tmp_path):
    """Runs a command about the rulebook and the event, or about others."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)

    def call(name, *arguments, book=BOOK, event=EVENT):
        (tmp_path / "a.rules").write_text(book, "utf-8")
        (tmp_path / "a.event").write_text(event, "utf-8")
        return in_process(name, "a.rules", "a.event", *arguments)

    return call


def told(run, given, *arguments):
    """The rows of the CSV of a profile."""
    code, out, err = run("profile", "--vary", given, "--format", "csv", *arguments)
    assert (code, err) == (0, "")
    return list(csv.DictReader(io.StringIO(out)))


# --------------------------------------------------------------------------------------------------- what runs confirm


def any_event(seed):
    """An event with other amounts and rates."""
    chance = random.Random(seed)
    amounts = [f"{chance.randrange(1, 900) / 100:.2f}", str(chance.randrange(2_000)), f"{chance.random() * 9:.3f}"]
    lines = zip(("plain = EUR", "yen = JPY", "dinar = KWD"), amounts, strict=True)
    rates = [f"{name}_fix = {chance.randrange(1, 40_000) / 10_000}" for name in ("yen", "dinar", "gold")]
    givens = [f"given {word} {amount}" for word, amount in lines] + [f"given {rate}" for rate in rates]
    funds = [f"member {name} fund = EUR {chance.randrange(1, 5_000) / 100:.2f}" for name in "ABC"]
    loss = f"default of A loss EUR {chance.randrange(100, 9_000) / 100:.2f}"
    gold = f"given gold = GLD {chance.random() * 9:.5f}"
    return "\n".join(['event "Any" declared 2024-05-06', *givens, gold, *funds, loss])


@pytest.mark.parametrize("seed", range(6))
def test_profiles_agree_with_runs_at_every_breakpoint_and_beside_it(seed):
    program, event = load(event=any_event(seed))
    for given in GIVENS:
        profile = rulelang.profile(program, event, given)
        found, checked = differences(profile, places(profile, seed, 5))
        assert not found, (seed, given, found[:3])
        assert checked["exact"] + checked["with slack"] > 5


@pytest.mark.parametrize("given", GIVENS)
def test_what_is_told_is_what_a_run_gives_with_the_told_value(run, given):
    code, unit = VARIED[given]
    rows, tried = told(run, given), 0
    assert len({row["payer"] for row in rows}) > 2
    for row in rows:
        at = row[f"at ({code})"]
        if row["curve"] == "payer" and "/" not in at and decimals(at) == unit:
            tried += 1
            paid = Fraction(run_with(given, f"{code} {at}").paid_by(row["payer"]), 100)
            assert abs(paid - number(row["value"])) <= Fraction(3, 100), row
    assert tried > 2


@pytest.mark.parametrize("given", GIVENS)
def test_slopes_are_told_for_major_units_of_both(run, given):
    code, _ = VARIED[given]
    rate = {"yen": "0.006", "dinar": "3.1", "gold": "130"}[given]
    rows = told(run, given)
    curves = [[row for row in rows if row["payer"] == payer and row["curve"] == "payer"] for payer in ("ccp", "B", "C")]
    for curve in curves:
        for one, other in pairwise(curve):
            step = number(other[f"at ({code})"]) - number(one[f"at ({code})"])
            assert number(other["before"]) == number(one["after"]) + number(one["slope"]) * step
    assert curves[0][0]["slope"] == rate
    found = json.loads(run("profile", "--vary", given, "--format", "json")[1])
    payers = {payer["payer"]: payer["curve"] for payer in found["payers"]}
    assert [knot["slope"] for knot in payers["B"]] == [row["slope"] for row in curves[1]]
    steps = run("profile", "--vary", given, "--format", "markdown")[1]
    assert re.search(rf"\| in\\_{given} \|.*\| {rate} \|", steps)


@pytest.mark.parametrize("given", GIVENS)
def test_the_value_of_an_answer_is_confirmed_with_one_minor_unit_less(run, given):
    code, unit = VARIED[given]
    question = ("when", "--vary", given, "--step", f"in_{given}", "--pays", "EUR 3")
    found = json.loads(run(*question, "--format", "json")[1])
    validator("when").validate(found)
    assert (found["currency"], found["vary"]["currency"]) == ("EUR", code)
    value = found["value"]
    assert decimals(value) == unit
    less = f"{Decimal(value) - Decimal(1).scaleb(-unit):.{unit}f}"
    assert (
        run_with(given, f"{code} {value}").drawn(f"in_{given}")
        >= 300
        > (run_with(given, f"{code} {less}").drawn(f"in_{given}"))
    )
    written = f"{Decimal(value):,.{unit}f}"
    code_, out, _ = run(*question)
    assert (code_, out.splitlines()[0]) == (
        0,
        f"`in_{given}` first pays EUR 3.00 where `{given}` is {code} {written}",
    )
    assert out.count(f"{code} {written}") >= 2  # there, and confirmed by runs
    (row,) = csv.DictReader(io.StringIO(run(*question, "--format", "csv")[1]))
    assert (row[f"value ({code})"], row["there"], row["currency"]) == (value, found["there"], "EUR")
    assert f"{code} {written}" in run(*question, "--format", "html")[1]


# ---------------------------------------------------------------------------------------------------- in every format


@pytest.mark.parametrize("given", GIVENS)
def test_json_says_the_currency_of_values_where_it_is_not_that_of_the_rulebook(run, given):
    code, unit = VARIED[given]
    found = json.loads(run("profile", "--vary", given, "--format", "json")[1])
    validator("profile").validate(found)
    assert (found["currency"], found["vary"]["currency"]) == ("EUR", code)
    assert found["vary"]["value"] == {"yen": "700", "dinar": "1.500", "gold": "0.02123"}[given]
    assert decimals(found["from"]) == unit
    doubts = [end for doubt in found["exactness"]["doubts"] for end in (doubt["from"], doubt["to"])]
    knots = [knot for payer in found["payers"] for knot in payer["curve"]]
    values = [*doubts, *(knot["at"] for knot in knots), *(step["starts"]["at"] for step in found["steps"])]
    assert all("/" in at or decimals(at) >= unit for at in values)
    assert doubts
    assert {decimals(knot["value"]) for knot in knots if "/" not in knot["value"]} == {2}
    assert "currency" not in json.loads(run("profile", "--vary", "plain", "--format", "json")[1])["vary"]
    assert "at" in told(run, "plain")[0]


def test_a_terminal_has_the_currency_below_the_titles(run):
    out = run("profile", "--vary", "yen")[1]
    assert max(map(len, out.splitlines())) <= 80
    assert "as `yen` varies, from JPY 0 to where nothing more changes" in " ".join(out.split())
    head = [" ".join(line.split()) for line in out.splitlines()[6:9]]
    assert head == ["starts above exhausted at", "step (JPY) (JPY) pays at most slope", "─" * len(head[2])]
    assert re.search(r"\n ccp +0 +\d+\.\d\d +0\.006\n", out)
    assert re.search(r"a run may decide otherwise in \w+, from JPY [\d,]+…? to JPY [\d,]+…?\n", out)


def test_pages_have_the_currency_in_the_titles(run):
    assert (
        r"| payer | at \(JPY\) | pays | then grows by |" in run("profile", "--vary", "yen", "--format", "markdown")[1]
    )
    page = run("profile", "--vary", "dinar", "--format", "html")[1]
    assert "starts above (KWD)</th>" in page
    assert "from KWD 0.000 to where" in page
    answer = run("when", "--vary", "dinar", "--step", "in_dinar", "--pays", "EUR 3", "--format", "markdown")[1]
    assert "| KWD 0.968 |" in answer


def test_a_spreadsheet_has_each_amount_with_the_decimals_of_its_currency(run):
    assert run("profile", "--vary", "yen", "--format", "xlsx", "--out", "p.xlsx") == (0, "", "")
    sheet = openpyxl.load_workbook("p.xlsx")["Breakpoints"]
    titles = [cell.value for cell in sheet[1]]
    assert titles[4:6] == ["At (JPY)", "Before"]
    last = next(row for row in sheet.iter_rows(min_row=2) if row[4].value and row[3].value == "ccp")
    assert last[4].value == 4933
    assert (last[4].number_format, last[5].number_format) == ("#,##0", "#,##0.00")
    assert run("profile", "--vary", "gold", "--format", "xlsx", "--out", "p.xlsx") == (0, "", "")
    (rows,) = (list(openpyxl.load_workbook("p.xlsx")["Steps"].iter_rows()),)
    assert rows[0][1].value == "Starts above (GLD)"
    assert {rows[1][1].number_format, rows[1][2].number_format} == {"#,##0.00000"}
    assert rows[1][3].number_format == "#,##0.00"


def test_the_axis_of_a_picture_is_in_the_currency_of_what_moves():
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    from rulelang.profiles.chart import _Picture
    from rulelang.profiles.selection import Selection

    program, event = load(event=EVENT.replace("loss EUR 40", "loss EUR 40000"))
    profile = rulelang.profile(program, event, "yen")
    axes = Figure().add_subplot()
    _Picture.of(profile, Selection()).draw(axes)
    assert axes.get_xlabel() == "`yen` (JPY million)"
    assert axes.get_ylabel() == "Paid (EUR thousand)"
    drawn = [path.vertices for area in axes.collections for path in area.get_paths()]
    exhausted = (40_000 - 3) / 0.006 / 10**6  # so many million yen pay all that the first step does not
    assert any(abs(x - exhausted) < 1e-4 and abs(y - 40) < 1e-3 for vertices in drawn for x, y in vertices)
    lines = Figure().add_subplot()
    _Picture.of(profile, Selection(payers=("B",))).draw(lines)
    assert (lines.get_xlabel(), lines.get_ylabel()) == ("`yen` (JPY million)", "Paid (EUR)")
    assert max(lines.lines[0].get_ydata()) == pytest.approx(50)
    assert max(lines.lines[0].get_xdata()) == pytest.approx(lines.get_xlim()[1])


# ------------------------------------------------------------------------------------------------------- how far to go


def test_how_far_to_go_is_said_in_the_currency_of_what_moves(run):
    rows = told(run, "yen", "--to", "JPY 2 thousand")
    assert max(number(row["at (JPY)"]) for row in rows) <= 2000
    out = run("profile", "--vary", "yen", "--to", "2,000")[1]
    assert "from JPY 0 to JPY 2,000" in " ".join(out.split())
    never = run("when", "--vary", "yen", "--step", "in_yen", "--pays", "EUR 30", "--to", "JPY 1000")
    said = "`in_yen` never pays EUR 30.00, up to where `yen` is JPY 1,000: the most it pays is EUR 6.00, first where"
    assert never[:2] == (1, f"{said} `yen` is JPY 1,000\n")
    program, event = load()
    assert rulelang.profile(program, event, "dinar", to="KWD 1.234").stop == 1234
    assert rulelang.profile(program, event, "gold", to="0.00001").stop == 1


@pytest.mark.parametrize("command", [("profile",), ("when", "--uncovered")])
def test_another_currency_is_refused_with_the_reason(run, command):
    name, *others = command
    code, out, err = run(name, *others, "--vary", "yen", "--to", "EUR 7")
    assert (code, out) == (3, "")
    assert "error[currency-mismatch]: `EUR 7` is in EUR, where JPY is due" in err
    assert "note: `yen` is in JPY, and so is every value of it" in err
    code, _, err = run(name, *others, "--vary", "yen", "--to", "7.5")
    assert code == 3
    assert "`JPY 7.5` is finer than JPY 1" in err
    assert "note:" not in run(name, *others, "--vary", "plain", "--to", "JPY 7")[2]


def test_where_the_rules_end_is_told_in_the_currency_of_what_moves(run):
    book = BOOK.replace("up to plain", "up to plain - (yen at yen_fix)")
    code, _, err = run("profile", "--vary", "yen", book=book)
    assert code == 3
    said = " ".join(err.split())
    assert "where `yen` is above JPY 500" in said
    (stop,) = re.findall(r'--to "([^"]+)"', said)
    assert stop == "JPY 500"
    assert run("profile", "--vary", "yen", "--to", stop, book=book)[0] == 0
    crooked = BOOK.replace("up to plain", "up to EUR 1 * ((yen at yen_fix) / EUR 1) * ((yen at yen_fix) / EUR 1)")
    assert "where `yen` is above JPY 0" in " ".join(run("profile", "--vary", "yen", book=crooked)[2].split())


def test_where_a_walk_gives_up_is_told_in_the_currency_of_what_moves(run):
    code, _, err = run("profile", "--vary", "dinar", "--breakpoints", "1")
    assert code == 3
    said = " ".join(err.split())
    (known,) = re.findall(r"where `dinar` is (KWD [\d.]+)", said)
    assert decimals(known) == 3
    assert f'--to "{known}"' in said
    assert run("profile", "--vary", "dinar", "--to", known)[0] == 0


def test_progress_is_told_in_the_currency_of_what_moves(run, monkeypatch):
    seen = []

    class Walking(profiling.Walking):
        def __init__(self, currency, words):
            seen.append((currency.code, words))
            super().__init__(currency, words)

    monkeypatch.setattr(profiling, "Walking", Walking)
    assert run("profile", "--vary", "gold")[0] == 0
    assert seen == [("GLD", "`gold`")]


def test_one_segment_of_an_amount_in_another_currency_moves(run):
    book = """rulebook "Parts" version "1"
    currency EUR also KWD
    segments x, y
    members have fund : money
    given dinar : money KWD per segment
    given fix : EUR per KWD
    waterfall
        tranche first per segment paid by ccp up to dinar at fix
        tranche pool paid by survivors from fund shared pro rata to fund
        finally closure
    """
    event = """event "e" declared 2024-05-06
    given dinar in x = KWD 1
    given dinar in y = KWD 2
    given fix = 3
    member A fund = EUR 1
    member B fund = EUR 70
    default of A in x loss EUR 30
    default of A in y loss EUR 20
    """
    out = run("profile", "--vary", "dinar.x", "--step", "first", book=book, event=event)[1]
    assert "as `dinar` in x varies, from KWD 0.000" in " ".join(out.split())
    found = json.loads(run("profile", "--vary", "dinar.x", "--format", "json", book=book, event=event)[1])
    assert found["vary"] == {"what": "given", "name": "dinar", "segment": "x", "value": "1.000", "currency": "KWD"}
