"""The page in a headless browser: its figures are the interpreter's, nothing leaves it, and everybody can use it."""

import json
import random
import time

import pytest

from rulelang import evaluate, load_event, load_rulebook
from rulelang.base.diagnostic import RulelangError
from rulelang.report.data import make_report, payers_of, version_data
from tests.examples import share_of
from tests.oracle.generate import generate
from tests.report.browser import opened
from tests.report.conftest import save, shipped, written

pytestmark = pytest.mark.slow  # the language is covered without it

PAGES = {
    "nasdaq": ("nasdaq-commodities-2018/rulebook.rules", "nasdaq-commodities-2018/events/assessments-reached.event"),
    "nasdaq_window": ("nasdaq-commodities-2018/rulebook.rules", "nasdaq-commodities-2018/events/third-default.event"),
    "krx": ("krx-derivatives/before-2014.rules", "krx-derivatives/events/hanmag-2013.event"),
    "eurex_group": ("eurex-pari-passu/rulebook.rules", "eurex-pari-passu/events/beside-the-fund.event"),
    "segments": ("segmented-ccp/rulebook.rules", "segmented-ccp/events/calls-and-haircut.event"),
    "ranks": ("otc-rates/rulebook.rules", "otc-rates/events/all-invoked.event"),
    "sgx": ("changes/sgx-cdp-2023/before.rules", "changes/sgx-cdp-2023/events/beyond-the-fund.event"),
    "pool": ("changes/sebi-2020/after.rules", "changes/sebi-2020/events/other-segments.event"),
    "two_defaulters": ("major-ccp/rulebook.rules", "major-ccp/events/two-largest.event"),
    "scoped_losses": ("changes/cme-base-2024/before.rules", "changes/cme-base-2024/events/two-classes.event"),
}

TOLD = """
return arguments[0].map((loss) => {
  const run = rulelangReport.runAt(loss);
  const id = (payer) => rulelangReport.data.payers[payer].id;
  const paying = ([, paid]) => paid !== "0";
  return [String(run.uncovered), run.turns.map((turn) => [
    turn.status, String(turn.before), String(turn.drawn), String(turn.after),
    Object.fromEntries(turn.payers.map((payer, at) => [id(payer), String(turn.paid[at])]).filter(paying)),
  ])];
});
"""


def of_interpreter(report, loss):
    found = evaluate(report.new.program, report.new.profile.variable.event_at(loss))
    turns = [
        [
            turn.status.value,
            str(turn.before),
            str(turn.drawn),
            str(turn.after),
            {payer: str(paid) for payer, paid in zip(turn.payers, turn.paid, strict=True) if paid},
        ]
        for turn in found.trail.turns
    ]
    return [str(found.uncovered), turns]


def losses_to_try(report, top):
    """Losses at random, and those at and around every breakpoint."""
    chance = random.Random(report.new.program.source.sha256)
    starts = [int(piece.start) for piece in report.new.profile.pieces]
    last = int(top) if top else max(starts[-1] * 5 // 4, report.new.event.loss)
    near = {at + step for at in (*starts, *map(int, report.new.profile.spots), last) for step in (-1, 0, 1)}
    drawn = {chance.randint(1, last) for _ in range(30)}
    return sorted(loss for loss in near | drawn | {report.new.event.loss} if 0 < loss <= last)


def complaints(driver):
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


def wait_for(driver, script, seconds=10):
    until = time.monotonic() + seconds
    while not (found := driver.execute_script(script)):
        assert time.monotonic() < until, script
        time.sleep(0.05)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_every_payer_and_step_at_any_loss_is_the_interpreters(driver, tmp_path, name):
    report = shipped(*PAGES[name])
    opened(driver, save(report, tmp_path))
    assert driver.execute_script("return rulelangReport.agrees") is True
    losses = losses_to_try(report, driver.execute_script("return rulelangReport.data.new.profile.top"))
    assert len(losses) >= 30
    for loss, told in zip(losses, driver.execute_script(TOLD, [str(loss) for loss in losses]), strict=True):
        assert told == of_interpreter(report, loss), loss
    assert not complaints(driver)


MOVING = """
rulebook "Moving amounts" version "1"
currency EUR
members have
    fund : money
    rank : one of first, second
given capital : money
waterfall
    tranche own "Own" cite "1"
        paid by defaulters from fund
        up to 10% of loss each
    tranche part "Part" cite "2"
        paid by ccp from capital
        up to 7% of loss
    together "Beside" in ratio 2 : 1
        tranche a "A" cite "3"
            paid by survivors from fund
            up to 3% of loss each
            up to 30% of used(part) + EUR 5 in total
            shared pro rata to limits
        tranche b "B" cite "4"
            paid by ccp from capital
            up to 1/3 * loss
    end
    assessment calls "Calls" cite "5"
        paid by survivors
        up to 200% of fund each
        in order of rank: first then second
        shared pro rata to fund
    haircut rest "Rest" cite "6"
        paid by survivors
        up to fund each
        shared equally without reallocation
    finally end_of_it
"""

MOVING_EVENT = """
event "Two defaults"
declared 2025-01-01
given capital = EUR 3.77
member ALFA
    fund = EUR 1.11
    rank = first
member BETA
    fund = EUR 0.37
    rank = second
member GAMMA
    fund = EUR 1.93
    rank = first
member DELTA
    fund = EUR 0.71
    rank = second
member EPSILON
    fund = EUR 0.29
    rank = first
default of ALFA loss EUR 3.01
default of BETA loss EUR 1.07
"""


def test_where_amounts_rest_on_rounded_ones_the_page_is_right_or_says_so(driver, tmp_path):
    report = written(MOVING, MOVING_EVENT)
    opened(driver, save(report, tmp_path))
    losses = [str(loss) for loss in range(1, 1500)]
    certain = driver.execute_script("return arguments[0].map((t) => rulelangReport.runAt(t).exact)", losses)
    told = driver.execute_script(TOLD, losses)
    for loss, sure, found in zip(losses, certain, told, strict=True):
        true = of_interpreter(report, int(loss))
        assert not sure or found == true, loss
        if not sure:
            assert sum(abs(int(a[2]) - int(b[2])) for a, b in zip(found[1], true[1], strict=True)) <= 4, loss


RANDOM = """
return arguments[0].map(([version, losses, wanted]) => {
  const run = rulelangReport.makeRunner(version, losses);
  return wanted.map((loss) => {
    const result = run(BigInt(loss));
    const rows = (turn) => turn.payers.map((payer, at) => [payer, String(turn.paid[at])]);
    const paid = (turn) => rows(turn).filter((row) => row[1] !== "0").sort();
    const done = result.turns.filter((turn) => turn.status !== "no further round");
    return [result.exact, String(result.uncovered), done.map((turn) => [String(turn.drawn), paid(turn)])];
  });
});
"""


def random_reports(first, count, folder, over_time):
    for seed in range(first, first + count):
        generate(seed, over_time).write(folder / str(seed))
        try:
            program = load_rulebook(folder / str(seed) / "rulebook.rules")
            yield seed, make_report(program, load_event(folder / str(seed) / "event.event", program))
        except RulelangError:
            continue


@pytest.mark.parametrize("over_time", [False, True], ids=["first edition", "over time"])
def test_random_rulebooks_are_run_as_the_interpreter_does_wherever_the_page_is_certain(driver, tmp_path, over_time):
    opened(driver, save(shipped(*PAGES["krx"]), tmp_path))
    cases, tried = [], share_of(60)
    for seed, report in random_reports(1, tried, tmp_path, over_time):
        version = version_data(report.new, list(payers_of(report)))
        losses = losses_to_try(report, version["profile"]["top"])[:60]
        cases.append((seed, report, losses, version))
    asked = [
        [version, [str(loss.amount) for loss in report.new.event.losses], [str(loss) for loss in losses]]
        for _, report, losses, version in cases
    ]
    certain = 0
    for (seed, report, losses, _), told in zip(cases, driver.execute_script(RANDOM, asked), strict=True):
        place = {payer: number for number, payer in enumerate(payers_of(report))}
        for loss, (sure, uncovered, turns) in zip(losses, told, strict=True):
            if sure:
                certain += 1
                found = evaluate(report.new.program, report.new.profile.variable.event_at(loss))
                paid = [
                    [
                        str(turn.drawn),
                        sorted([place[p], str(u)] for p, u in zip(turn.payers, turn.paid, strict=True) if u),
                    ]
                    for turn in found.trail.turns
                ]
                assert [uncovered, [[drawn, sorted(rows)] for drawn, rows in turns]] == [str(found.uncovered), paid], (
                    seed,
                    loss,
                )
    assert certain > 8 * tried


def test_the_slider_moves_every_figure(driver, tmp_path):
    report = shipped(*PAGES["nasdaq"])
    opened(driver, save(report, tmp_path))
    slider = driver.find_element("id", "loss-slider")
    seen = set()
    for place in range(0, 1001, 40):
        driver.execute_script(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'));", slider, str(place)
        )
        wait_for(driver, "return document.querySelector('[data-loss]').dataset.units === rulelangReport.loss()")
        loss = int(driver.execute_script("return rulelangReport.loss()"))
        seen.add(loss)
        found = evaluate(report.new.program, report.new.profile.variable.event_at(loss))
        shown = wait_for(
            driver,
            """return document.querySelector('[data-loss]').dataset.units === rulelangReport.loss() && {
              drawn: [...document.querySelectorAll('#steps-table [data-cell=drawn]')].map((cell) => cell.textContent),
              total: [...document.querySelectorAll('#payers-table [data-cell=total]')].map((cell) => cell.textContent),
              ids: [...document.querySelectorAll('#payers-table tbody tr')].map((row) => row.cells[4].textContent),
            }""",
        )
        grouped = found.currency.grouped
        assert shown["drawn"] == [grouped(line.drawn) for line in found.lines]
        assert shown["total"] == [grouped(found.paid_by(payer)) for payer in shown["ids"]]
        assert slider.get_attribute("aria-valuetext") == found.currency.show(loss)
    assert len(seen) >= 24


def test_the_stations_have_places_of_their_own_on_the_slider(driver, tmp_path):
    opened(driver, save(shipped(*PAGES["nasdaq"]), tmp_path))
    breakpoints = driver.execute_script("return rulelangReport.data.new.breakpoints.map((row) => row.loss)")
    driver.execute_script("rulelangReport.setLoss('1')")
    visited = []
    for _ in range(len(breakpoints) + 1):
        driver.find_element("id", "loss-next").click()
        visited.append(driver.execute_script("return rulelangReport.loss()"))
    assert visited == sorted({*breakpoints, "24000000000"}, key=int)
    assert driver.find_element("id", "loss-next").get_attribute("disabled")
    on_the_slider = driver.execute_script("""
      const slider = document.getElementById("loss-slider");
      return Array.from({length: 1001}, (_, place) => {
        slider.value = String(place);
        slider.dispatchEvent(new Event("input"));
        return rulelangReport.loss();
      });
    """)
    assert set(visited) <= set(on_the_slider)
    assert [int(loss) for loss in on_the_slider] == sorted(int(loss) for loss in on_the_slider)
    driver.find_element("id", "loss-event").click()
    assert driver.execute_script("return rulelangReport.loss()") == "24000000000"


@pytest.mark.parametrize(
    ("typed", "loss"),
    [
        ("1,234,567.89", "123456789"),
        ("EUR 150 million", "15000000000"),
        ("0.01", "1"),
        ("2bn", "200000000000"),
        ("7.5m", "750000000"),
        ("123456789012345678901234.56", "12345678901234567890123456"),
        ("1.234", None),
        ("0", None),
        ("-5", None),
        ("12,34", None),
        ("USD 5", None),
        ("<b>", None),
    ],
)
def test_an_exact_loss_can_be_typed(driver, tmp_path, typed, loss):
    from selenium.webdriver.common.keys import Keys

    opened(driver, save(shipped(*PAGES["nasdaq"]), tmp_path))
    field = driver.find_element("id", "loss-field")
    field.clear()
    field.send_keys(typed, Keys.ENTER)
    assert driver.execute_script("return rulelangReport.loss()") == (loss or "24000000000")
    assert bool(driver.find_element("id", "loss-problem").text) == (loss is None)
    assert field.get_attribute("aria-invalid") == str(loss is None).lower()


def test_no_request_leaves_the_page_and_nothing_is_complained_of(driver, hostile):
    opened(driver, hostile)
    wait_for(driver, "return document.documentElement.classList.contains('printable')")
    driver.find_element("id", "theme").click()
    driver.execute_script(
        "rulelangReport.setLoss('700'); for (const d of document.querySelectorAll('details')) d.open = true;"
    )
    time.sleep(0.3)
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    wanted = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    assert [url for url in wanted if not url.startswith(("data:", "blob:"))] == [hostile.as_uri()]
    assert not complaints(driver)


def test_hostile_titles_stay_text(driver, hostile):
    opened(driver, hostile)
    driver.execute_script(
        "rulelangReport.setLoss('700'); for (const d of document.querySelectorAll('details')) d.open = true;"
    )
    wait_for(driver, "return document.documentElement.classList.contains('printable')")
    assert driver.execute_script("return window.hit") is None
    assert (
        driver.execute_script(
            "return document.querySelectorAll('main img:not(.on-paper), main script, main svg').length"
        )
        == 0
    )
    shown = driver.find_element("css selector", "main").text
    for title in ("<img src=x onerror=window.hit=2>", "</td><script>window.hit=10</script>", "<!--<script>", "{safe}"):
        assert title in shown
    assert driver.title.startswith("</title><script>window.hit=8</script>")


def test_tables_sort_by_their_headings_and_filter(driver, tmp_path):
    from selenium.webdriver.common.keys import Keys

    report = shipped(*PAGES["nasdaq"])
    opened(driver, save(report, tmp_path))
    column = """
      const rows = [...document.querySelectorAll("#payers-table tbody tr:not([hidden])")];
      return rows.map((row) => row.cells[1].dataset.units);
    """
    heading = driver.find_element("css selector", "#payers-table th:nth-child(2)")
    first = driver.execute_script(column)
    orders = []
    for expected in ("descending", "ascending", None):
        driver.execute_script("arguments[0].focus()", heading.find_element("tag name", "button"))
        driver.switch_to.active_element.send_keys(Keys.ENTER)
        assert heading.get_attribute("aria-sort") == expected
        orders.append([int(units) for units in driver.execute_script(column)])
    assert orders[0] == sorted(orders[0], reverse=True)
    assert orders[1] == sorted(orders[0])
    assert orders[2] == [int(units) for units in first]
    driver.find_element("id", "payers-table-filter").send_keys("aurora")
    assert len(driver.execute_script(column)) == 1
    total = driver.find_element("css selector", "#payers-table [data-sum]").get_attribute("data-units")
    assert int(total) == report.new.allocation.paid_by("AURORA")


def test_the_keyboard_reaches_slider_tables_and_steps(driver, tmp_path):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    opened(driver, save(shipped(*PAGES["eurex_group"]), tmp_path))
    driver.execute_script("""
      window.reached = [];
      addEventListener("focusin", ({target}) => {
        reached.push([target.id || target.localName, getComputedStyle(target).outlineStyle]);
      });
    """)
    ActionChains(driver).send_keys(Keys.TAB * 90).perform()
    stops = driver.execute_script("return reached")
    assert [name for name, outline in stops if outline == "none"] == []
    reached = {name for name, _ in stops}
    for stop in ("theme", "loss-previous", "loss-slider", "loss-field", "steps-table-filter", "summary", "button"):
        assert stop in reached, stop
    slider = driver.find_element("id", "loss-slider")
    before = int(driver.execute_script("return rulelangReport.loss()"))
    slider.send_keys(Keys.ARROW_RIGHT)
    wait_for(driver, f"return BigInt(rulelangReport.loss()) > {before}n")
    wait_for(driver, "return document.getElementById('loss-said').textContent.includes('At a loss of')")


def test_every_control_and_picture_has_a_name_and_every_id_is_there_once(driver, tmp_path):
    opened(driver, save(shipped("changes/sgx-cdp-2023/after.rules", PAGES["sgx"][1], PAGES["sgx"][0]), tmp_path))
    wait_for(driver, "return document.documentElement.classList.contains('printable')")
    nameless = driver.execute_script("""
      const labelled = (each) => each.labels && each.labels.length;
      const named = (each) => each.ariaLabel || each.textContent.trim() || labelled(each) || each.alt;
      return [...document.querySelectorAll("button, input, [role=img], [role=region], img")]
        .filter((each) => !named(each)).map((each) => each.outerHTML);
    """)
    assert nameless == []
    ids = driver.execute_script("return [...document.querySelectorAll('body [id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
    assert not complaints(driver)


CONTRAST = """
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const behind = (element) => {
  for (let each = element; each; each = each.parentElement) {
    const colour = parse(getComputedStyle(each).backgroundColor);
    if (colour.length === 3 || colour[3] > 0) return colour;
  }
};
const found = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const passed = element.closest(".chart, .paper-table, script, noscript") || element.disabled;
  if (!own || passed || !element.checkVisibility()) continue;
  const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) found.push([element.outerHTML.slice(0, 100), ratio]);
}
return found;
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(driver, tmp_path, theme):
    sgx = shipped("changes/sgx-cdp-2023/after.rules", PAGES["sgx"][1], PAGES["sgx"][0])
    opened(driver, save(sgx, tmp_path))
    driver.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
    assert driver.execute_script(CONTRAST) == []


@pytest.mark.parametrize("width", [360, 820, 1440])
def test_the_page_never_scrolls_sideways(driver, tmp_path, width):
    sgx = shipped("changes/sgx-cdp-2023/after.rules", PAGES["sgx"][1], PAGES["sgx"][0])
    page = save(sgx, tmp_path)
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        opened(driver, page)
        wait_for(driver, "return document.documentElement.classList.contains('printable')")
        driver.execute_script("for (const each of document.querySelectorAll('details')) each.open = true;")
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        drawn = driver.execute_script("return [...document.querySelectorAll('.chart')].map((e) => e.clientWidth > 200)")
        assert len(drawn) == 5
        assert all(drawn)
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_paper_shows_the_events_own_loss_and_the_screen_comes_back(driver, tmp_path):
    opened(driver, save(shipped(*PAGES["nasdaq"]), tmp_path))
    wait_for(driver, "return document.documentElement.classList.contains('printable')")
    driver.execute_script("""
      rulelangReport.setLoss("4000000000");
      addEventListener("beforeprint", () => {
        window.printed = [rulelangReport.loss(), document.querySelectorAll("details:not([open])").length];
      });
    """)
    driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert driver.execute_script("return window.printed") == ["24000000000", 0]
    wait_for(driver, "return rulelangReport.loss() === '4000000000' && !document.querySelector('details[open]')")


def test_a_page_for_one_loss_works_without_a_slider(driver, tmp_path):
    files = "segmented-ccp/rulebook.rules", "segmented-ccp/events/financials-default.event"
    opened(driver, save(shipped(*files, fixed=True), tmp_path))
    assert driver.execute_script("return rulelangReport.agrees") is True
    assert not complaints(driver)


def test_a_wrong_profile_is_noticed_by_the_page_itself(driver, tmp_path):
    report = shipped(*PAGES["nasdaq"])
    page = save(report, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert '"capacity":"700000000"' in text
    page.write_text(
        text.replace('"capacity":"700000000"', '"capacity":"700000001"').replace(
            '"limits":["700000000"]', '"limits":["700000001"]'
        ),
        encoding="utf-8",
    )
    opened(driver, page)
    assert driver.execute_script("return rulelangReport.agrees") is False
    assert driver.find_element("id", "self-check").is_displayed()


def test_a_change_is_shown_at_the_loss_of_the_slider(driver, tmp_path):
    report = shipped("changes/sgx-cdp-2023/after.rules", PAGES["sgx"][1], PAGES["sgx"][0])
    opened(driver, save(report, tmp_path))
    loss = report.new.event.loss // 2
    driver.execute_script("rulelangReport.setLoss(arguments[0])", str(loss))
    old = evaluate(report.old.program, report.old.profile.variable.event_at(loss))
    new = evaluate(report.new.program, report.new.profile.variable.event_at(loss))
    rows = driver.execute_script("""
      return [...document.querySelectorAll("#change-payers-table tbody tr")].map((row) => [
        row.cells[row.cells.length - 1].textContent, row.cells[1].dataset.units, row.cells[2].dataset.units]);
    """)
    assert rows == [[payer, str(old.paid_by(payer)), str(new.paid_by(payer))] for payer, _, _ in rows]
    assert any(before != after for _, before, after in rows)
