"""The page of a history: its figures are those of the history, nothing in it is markup, and a browser shows it."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from rulelang import evaluate_history, load_history
from rulelang.report.history_lines import KINDS, line_of, payers_of, sums_by_kind
from rulelang.report.history_page import render_history
from rulelang.report.history_picture import pots_of
from rulelang.report.library import scripts
from rulelang.tools.cli import cli
from tests.examples import mostly_slow
from tests.report.browser import opened

FOLDER = Path(__file__).resolve().parents[1] / "worked_examples"
HOSTILE = '<script>alert(1)</script>"onload="x'


def page(path: Path, payer: str | None = None, *, opening: bool = False) -> str:
    history = load_history(path)
    programs = {program.source.sha256: program for program in history.programs}
    return render_history(evaluate_history(history), programs, "1.2.3", payer, opening=opening)


@pytest.mark.parametrize("path", mostly_slow(sorted(FOLDER.glob("*.history")), every=4), ids=lambda path: path.stem)
def test_the_page_has_every_amount_of_the_history_and_is_the_same_again(path):
    made, result = page(path), evaluate_history(load_history(path))
    assert page(path) == made
    for day in result.days:
        assert f'id="day-{day.date}"' in made
        run = () if day.run is None else day.run.allotments
        for one in (*run, *day.due, *day.paid_in, *day.repaid, *day.balances):
            assert result.currency.grouped(one.amount).replace("-", "−") in made
    identities = re.findall(r' id="([^"]*)"', made)
    assert len(set(identities)) == len(identities)
    for link in re.findall(r'href="#([^"]*)"', made):
        assert link in identities


def test_the_line_of_a_payer_goes_from_its_first_charge_to_its_last_refund():
    result = evaluate_history(load_history(FOLDER / "recoveries.history"))
    entries = line_of(result, "B")
    assert [str(one.day) for one in entries] == [
        *["2026-01-05"] * 2, "2026-03-02", *["2026-04-01"] * 2, "2026-05-01"
    ]  # fmt: skip
    assert sums_by_kind(entries) == dict.fromkeys(KINDS, 0) | {"Is charged": 11_999_999_99, "Receives": 11_999_999_99}
    assert [*payers_of(result)] == ["A", "B", "C", "ccp"]
    alone = page(FOLDER / "recoveries.history", "B")
    assert "The line of one payer" in alone
    assert alone.count('id="line-') == 1


def test_the_pots_are_what_they_are_when_a_day_ends():
    result = evaluate_history(load_history(FOLDER / "icc.history"))
    assert pots_of(result)["fund"] == [50_000_000_00, 40_952_380_95, 0, 0, 0]


def test_a_day_is_called_by_what_happens_on_it(tmp_path):
    text = (FOLDER / "recoveries.history").read_text("utf-8")
    rules = (FOLDER / "recoveries.rules").read_text("utf-8")
    (tmp_path / "recoveries.rules").write_text(rules, "utf-8")
    (tmp_path / "later.rules").write_text(f"{rules}# another text\n", "utf-8")
    (tmp_path / "x.history").write_text(f'{text}on 2026-06-01 under "later.rules"\n', "utf-8")
    made = page(tmp_path / "x.history")
    assert "<bdi>another rulebook</bdi>" in made
    assert "<bdi>The CCP</bdi>" in made


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A history whose title, rulebook and members would like to be markup."""
    title = HOSTILE.replace('"', "'")
    rules = (FOLDER / "recoveries.rules").read_text("utf-8")
    (tmp_path / "recoveries.rules").write_text(rules.replace("Paid back in the reverse order", title), "utf-8")
    text = (FOLDER / "recoveries.history").read_text("utf-8")
    text = text.replace("A leaver is repaid too", title).replace("member A", f'member "{title}"')
    (tmp_path / "x.history").write_text(text, "utf-8")
    return tmp_path / "x.history"


def test_nothing_in_a_history_becomes_markup(hostile):
    made = page(hostile)
    assert "<script>alert" not in made
    assert made.count("<script") == 1
    whole = page(hostile, opening=True)
    assert "<script>alert" not in whole
    assert re.findall(r"<script[^>]*>", whole.replace("\\u003c", "")) == [
        '<script type="application/json" id="day-head">',
        '<script type="application/json" id="page-2026-01-05">',
        *['<script type="text/plain" class="of-days">'] * 3,
        "<script>",
    ]


def test_an_exercise_says_so_at_its_top_and_on_every_printed_page(tmp_path):
    (tmp_path / "icc.rules").write_bytes((FOLDER / "icc.rules").read_bytes())
    text = (FOLDER / "icc.history").read_text("utf-8")
    (tmp_path / "x.history").write_text(text.replace("dues paid", 'exercise "Fire drill"\ndues paid', 1), "utf-8")
    made = page(tmp_path / "x.history")
    assert "Exercise: Fire drill" in made
    assert 'content: "EXERCISE: Fire' in made.partition("</style>")[0]
    assert "Exercise" not in page(FOLDER / "icc.history")


@pytest.mark.slow
def test_a_browser_shows_the_page_by_keyboard_on_a_phone_and_on_paper(driver, hostile, tmp_path):
    made = tmp_path / "page.html"
    made.write_text(page(hostile, opening=True), encoding="utf-8")
    opened(driver, made)
    assert [one for one in driver.get_log("browser") if one["level"] == "SEVERE"] == []
    day = driver.find_element("css selector", "#day-2026-01-05 > summary")
    driver.execute_script("arguments[0].focus()", day)
    day.send_keys("\n")
    assert driver.execute_script("return document.querySelector('#day-2026-01-05').open")
    driver.set_window_size(400, 800)
    wide = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert driver.execute_script(wide)
    driver.set_window_size(1280, 900)
    driver.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert driver.execute_script("return [...document.querySelectorAll('details')].every((one) => one.open)")


def test_each_day_with_a_run_has_its_own_page_once_and_what_they_share_once(hostile):
    for path in (FOLDER / "icc.history", hostile):
        made, result = page(path, opening=True), evaluate_history(load_history(path))
        assert page(path, opening=True) == made
        identities = re.findall(r' id="([^"]*)"', made)
        assert len(set(identities)) == len(identities)
        assert re.findall(r'id="page-([^"]*)"', made) == [str(day.date) for day in result.days if day.run is not None]
        assert set(re.findall(r'href="#([^"]*)"', made)) <= set(identities)
        assert [made.count(text) for text in scripts()] == [1, 1, 1]


@pytest.mark.slow
def test_a_browser_opens_the_page_of_a_day_as_it_is_by_itself_and_comes_back(driver, tmp_path):
    from selenium.webdriver.support.ui import WebDriverWait

    made = tmp_path / "page.html"
    made.write_text(page(FOLDER / "icc.history", opening=True), encoding="utf-8")
    opened(driver, made)
    day = next(day for day in evaluate_history(load_history(FOLDER / "icc.history")).days if day.run is not None)
    driver.execute_script(f"document.querySelector('#day-{day.date}').open = true")
    link = driver.find_element("css selector", f'a[href="#page-{day.date}"]')
    link.send_keys("\n")
    dialog = driver.find_element("css selector", "#day-dialog")
    WebDriverWait(driver, 20).until(lambda _: dialog.is_displayed())
    driver.switch_to.frame(driver.find_element("css selector", "#day-dialog iframe"))
    said = "return document.querySelector('#loss-shown')?.textContent"
    ready = "return document.querySelector('#theme')?.hidden === false"
    WebDriverWait(driver, 20).until(lambda _: driver.execute_script(ready))
    own = driver.execute_script(said)
    assert own == day.currency.show(day.run.loss)
    driver.find_element("css selector", "#loss-previous").click()
    WebDriverWait(driver, 20).until(lambda _: driver.execute_script(said) != own)
    driver.find_element("css selector", "nav a[href='#steps']").click()
    stayed = "return document.querySelector('#loss-shown') !== null && scrollY > 0"
    WebDriverWait(driver, 20).until(lambda _: driver.execute_script(stayed))
    driver.switch_to.default_content()
    driver.set_window_size(400, 800)
    wide = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert driver.execute_script(wide)
    driver.set_window_size(1280, 900)
    driver.find_element("css selector", "#day-close").send_keys("\n")
    assert not dialog.is_displayed()
    assert driver.execute_script("return location.hash") == f"#day-{day.date}"
    assert driver.switch_to.active_element.get_attribute("href").endswith(f"#page-{day.date}")
    assert [one for one in driver.get_log("browser") if one["level"] == "SEVERE"] == []


def test_a_history_without_a_run_needs_nothing_for_the_pages_of_days(tmp_path):
    (tmp_path / "icc.rules").write_bytes((FOLDER / "icc.rules").read_bytes())
    text = (FOLDER / "icc.history").read_text("utf-8")
    (tmp_path / "x.history").write_text(text.partition("\non ")[0] + "\n", "utf-8")
    made = page(tmp_path / "x.history", opening=True)
    assert made == page(tmp_path / "x.history")
    assert len(made) < 60_000


def report(*words: str):
    return CliRunner().invoke(cli, ["report", *map(str, words)], env={"COLUMNS": "100", "NO_COLOR": "1"})


def test_the_command_writes_the_page_with_the_rulebook_named_or_given(tmp_path):
    history, rules, one, two = FOLDER / "icc.history", FOLDER / "icc.rules", tmp_path / "1.html", tmp_path / "2.html"
    assert report(history, "--out", one).exit_code == 0
    assert report(rules, history, "--out", two).exit_code == 0
    assert one.read_bytes() == two.read_bytes()
    assert "day-dialog" in two.read_text("utf-8")
    assert report(history, "--brief", "--out", two).exit_code == 0
    assert two.read_text("utf-8").count("<script") == 1
    assert report(history, "--payer", "A", "--out", two).exit_code == 0
    assert "The line of one payer" in two.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["icc.rules"], "may stand alone"),
        (["icc.history", "--payer", "Q"], "`Q` is charged"),
        (["icc.history", "--fixed"], "about one event"),
        (["icc.history", "--on", "2026-04-01", "--brief"], "about a whole history"),
        (["icc.history", "--to", "5"], "about one event"),
        (["icc.history", "--against", "icc.rules"], "about one event"),
    ],
)
def test_the_command_says_what_does_not_go_together(words, said, tmp_path):
    found = report(*[FOLDER / word if "." in word else word for word in words], "--out", tmp_path / "x.html")
    assert found.exit_code == 2
    assert said in found.output
    assert not (tmp_path / "x.html").exists()


def test_the_page_never_takes_the_place_of_what_it_was_made_from(tmp_path):
    for name in ("icc.history", "icc.rules"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    for name in ("icc.history", "icc.rules"):
        assert report(tmp_path / "icc.history", "--out", tmp_path / name).exit_code != 0
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()
