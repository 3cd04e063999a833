"""The built page says what the package says, and everybody can use it."""

import time

import pytest
from rulelang_studio import STATIC

import rulelang
from rulelang.base.files import data_folder
from tests.studio.page import START, at, example, line, of_page, press

pytestmark = of_page


def test_who_pays_is_what_the_package_says(page):
    folder = data_folder("rulebooks") / "nasdaq-commodities-2018"
    rulebook = rulelang.load_rulebook(folder / "rulebook.rules")
    allocation = rulelang.evaluate(rulebook, rulelang.load_event(folder / "events" / "aas-2018.event", rulebook))
    rows = page.js("return [...document.querySelectorAll('#panel-pays .cell')].map((cell) => cell.innerText)")
    assert sorted(rows) == sorted(rulebook.currency.grouped(each.amount) for each in allocation.allotments)
    page.click("#panel-pays .cell[title*='STATKRAFT']")
    page.settle()
    assert "pays EUR 4,999,993.97" in page.text("#why")
    page.click("#why .place")
    assert page.js("return studio.editors.left.view.state.selection.main.empty") is False


def test_what_is_typed_is_checked_and_mended(page):
    page.js("const v = studio.editors.left.view; v.dispatch({selection: {anchor: v.state.doc.length}}); v.focus()")
    page.keys('\nensure "small" for survivor: total_paid <= EUR 5')
    typed = time.monotonic()
    page.until("document.querySelector('#left .cm-lintRange-error')")
    print(f"finding {1000 * (time.monotonic() - typed):.0f} ms after the last key")
    assert "Problems (" in page.text("#tab-problems")
    assert "Write survivors" in page.tab("problems")
    page.click("#panel-problems .fix")
    page.until("!document.querySelector('#left .cm-lintRange-error')")
    assert page.js("return studio.editors.left.text").endswith("for survivors: total_paid <= EUR 5")
    assert "BROKEN: small" in page.tab("pays")


def test_a_finding_of_an_event_is_marked_in_the_event(page):
    text = page.js("return studio.editors.right.text")
    page.write("right", text.replace("default of AAS", "default of ASS"))
    page.until("document.querySelector('#right .cm-lintRange-error')")
    assert "events/aas-2018.event, line" in page.tab("problems")
    page.settle()
    assert "There is no answer" in page.tab("pays")


def test_the_slider_runs_the_event_at_every_loss(page):
    from selenium.webdriver.common.keys import Keys

    page.tab("losses")
    assert "EUR 150,000,000.00" in page.text("#panel-losses .readout")
    page.js("document.querySelector('#panel-losses input[type=range]').focus()")
    page.keys(Keys.END)
    page.settle()
    assert "stays uncovered" in page.text("#panel-losses .below")
    page.keys(Keys.HOME, *[Keys.ARROW_RIGHT] * 20)
    page.settle()
    loss = page.text("#panel-losses .readout").removeprefix("Loss EUR ")
    assert "Nothing stays uncovered" in page.text("#panel-losses .below")
    assert page.js("return document.querySelector('#panel-losses tfoot td:last-child').innerText") == loss
    page.click("#panel-losses .loss-tools button:last-child")
    page.settle()
    assert page.text("#panel-losses .readout") == "Loss EUR 36,000,000.00"
    page.click("#panel-losses .cell")
    page.settle()
    assert "36,000,000.00" in page.text("#why-loss")


def test_versions_are_compared(page):
    example(page, "krx-derivatives")
    told = page.tab("compare")
    assert "order of loss differs" in told
    assert "reserve_junior" in told
    page.write("left", page.js("return studio.editors.left.text").replace("Korea", "KOREA"))
    page.settle()
    assert "before-2014.rules, as opened" in page.text("#panel-compare")
    alone = "const s = [...document.querySelectorAll('#panel-compare select')].at(-1);"
    page.js(f"{alone} s.value = ''; s.dispatchEvent(new Event('change'))")
    page.settle()
    assert "title of the rulebook" in page.text("#panel-compare") or "text" in page.text("#panel-compare .verdict")
    assert "3,848,927,126" in page.tab("pays"), "what is compared alone leaves the event beside the rulebook"
    page.js("location.hash = ''")


def test_tests_and_what_they_reach_are_told(page):
    assert "5 of 5 tests pass" in page.tab("tests")
    text = page.js("return studio.editors.left.text").replace(
        "expect margin pays EUR 36 million", "expect margin pays EUR 35 million", 1
    )
    page.write("left", text)
    page.settle()
    assert "4 of 5 tests pass" in page.text("#panel-tests")
    assert "FAILED the default of September 2018" in page.text("#panel-tests")


def test_a_history_is_told_day_by_day(page):
    example(page, "krx-hanmag")
    assert page.js("return studio.state.right") == "hanmag.history"
    assert "HanMag" in page.tab("pays")
    assert page.js("return document.querySelectorAll('#panel-pays table').length") > 0


def test_a_name_under_the_pointer_is_explained_with_what_it_came_to(page):
    from selenium.webdriver.common.action_chains import ActionChains

    at(page, "left", "tranche fund_draw", 10)
    where = "const v = studio.editors.left.view, c = v.coordsAtPos(v.state.selection.main.head); return [c.left, c.top]"
    x, y = page.js(where)
    ActionChains(page.driver).move_by_offset(int(x), int(y) + 5).move_by_offset(3, 0).perform()
    page.until("document.querySelector('.hover')")
    told = page.text(".hover")
    assert "Commodities default fund" in told
    assert "107,000,000.00" in told
    ActionChains(page.driver).move_by_offset(-int(x) - 3, -int(y) - 5).perform()


def test_names_are_offered_found_and_changed_everywhere(page):
    from selenium.webdriver.common.keys import Keys

    at(page, "left", "up to senior_capital", 20)
    page.keys(" + juni")
    page.until("document.querySelector('.cm-tooltip-autocomplete')")
    time.sleep(0.2)
    page.keys(Keys.ENTER)
    page.until("studio.editors.left.text.includes('senior_capital + junior_capital')")
    page.keys(Keys.F12)
    page.until("studio.editors.left.view.state.selection.main.empty === false")
    assert line(page, "left").startswith("given junior_capital : money")
    page.keys(Keys.F2)
    page.until("document.getElementById('dialog').open")
    page.keys("first_capital", Keys.ENTER)
    page.until("studio.editors.right.text.includes('given first_capital = EUR 7 million')")
    page.settle()
    texts = page.js("return Object.fromEntries(studio.state.files)")
    assert "junior_capital" not in texts["rulebook.rules"]
    assert "given first_capital" in texts["events/third-default.event"]
    assert "given junior_capital" in texts["events/interim-november.event"], "that one is of another rulebook"
    assert "Problems (1)" in page.text("#tab-problems")


def test_the_parts_of_a_text_are_gone_to(page):
    page.click("#left-outline")
    page.until("document.getElementById('dialog').open")
    parts = page.text("#dialog").split("\n")
    assert any(part.startswith("fund_draw") for part in parts)
    press(page, "fund_draw")
    assert line(page, "left").strip().startswith("tranche fund_draw")
    assert page.js("return document.getElementById('dialog').open") is False


def test_the_uses_of_a_name_are_gone_to(page):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    at(page, "left", "given junior_capital", 8)
    ActionChains(page.driver).key_down(Keys.SHIFT).send_keys(Keys.F12).key_up(Keys.SHIFT).perform()
    page.until("document.getElementById('dialog').open")
    told = page.text("#dialog")
    assert "given junior_capital : money" in told
    assert "events/third-default.event" in told
    press(page, "events/third-default.event")
    page.until("studio.editors.right.name === 'events/third-default.event'")
    assert "junior_capital" in line(page, "right")


def test_words_are_coloured_by_what_they_are_and_amounts_stand_beside_steps(page):
    page.until("document.querySelector('#left .amount')")
    beside = page.js(
        "return [...document.querySelectorAll('#left .amount')].map((each) => each.closest('.cm-line').innerText)"
    )
    assert any("tranche fund_draw" in each and "107,000,000" in each for each in beside)
    assert "107,000,000" not in page.js("return studio.editors.left.text")
    words = "return [...document.querySelectorAll('#left .is-method')].map((each) => each.innerText)"
    assert "fund_draw" in page.js(words)
    page.write("left", page.js("return studio.editors.left.text").replace("fund_draw", "draw_fund"))
    page.settle()
    assert "draw_fund" in page.js(words)
    page.js("const v = studio.editors.left.view; v.dispatch({selection: {anchor: 0}}); v.focus()")
    assert page.js("return document.querySelectorAll('#left .cm-foldGutter span[title=\"Fold line\"]').length") > 0


def test_it_is_used_by_keyboard_alone(page):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    page.js("document.querySelector('.skip').focus()")
    reached = []
    for _ in range(30):
        page.keys(Keys.TAB)
        reached.append(page.js("const a = document.activeElement; return a.id || a.getAttribute('aria-label')"))
        if reached[-1] == "tab-pays":
            break
    assert {"examples", "open", "save", "share", "Rulebook", "Event or second version", "tab-pays"} <= set(reached)
    page.keys(Keys.ARROW_RIGHT)
    assert page.js("return document.activeElement.id") == "tab-explain"
    page.keys(Keys.END)
    assert page.js("return studio.state.tab") == "problems"
    page.keys(Keys.HOME)
    page.settle()
    page.keys(Keys.TAB, Keys.TAB, Keys.ENTER)
    page.settle()
    assert "margin" in page.text("#why")
    page.js("document.getElementById('share').focus()")
    page.keys(Keys.ENTER)
    page.until("document.getElementById('dialog').open")
    page.keys(Keys.ESCAPE)
    assert page.js("return document.getElementById('dialog').open") is False
    page.js("studio.editors.left.view.focus()")
    ActionChains(page.driver).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(Keys.CONTROL).perform()
    assert page.js("return document.activeElement.id") == "results"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_telephone_in_light_and_dark(page, scheme, tmp_path):
    device = {"width": 400, "height": 900, "deviceScaleFactor": 1, "mobile": True}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", device)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    try:
        page.settle()
        for tab in ("pays", "explain", "losses", "compare", "tests", "problems"):
            page.tab(tab)
            page.driver.save_screenshot(str(tmp_path / f"{tab}.png"))
            assert page.js("return document.documentElement.scrollWidth") <= 400, tab
        ink, paper = page.js("const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]")
        assert (brightness(ink) > brightness(paper)) == (scheme == "dark")
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def brightness(colour):
    return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))


@pytest.mark.skipif(not (STATIC / "docs").is_dir(), reason="the page was built without the documentation")
def test_the_documentation_lies_beside_it_and_opens_its_examples(page):
    page.driver.get(f"{page.server.address}docs/tour/01-a-waterfall.html")
    page.until("document.querySelector('.playground a')")
    assert page.complaints() == []
    page.click(".playground a")
    page.until("window.studio && studio.engine.ready", seconds=START)
    page.settle()
    assert "Harbour Clearing" in page.js("return studio.editors.left.text")
    assert page.js("return document.querySelector('footer a[href*=docs]') !== null")
    page.open()


def test_the_page_complains_of_nothing(page):
    page.open()
    for tab in ("pays", "losses", "compare", "tests"):
        page.tab(tab)
    assert page.complaints() == []
