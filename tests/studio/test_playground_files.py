"""Texts come into the built page and leave it by a person's hand: links, files, a folder, what a browser keeps."""

import base64
import json
import time
import zlib

from rulelang_studio.link import fragment

from rulelang.tools.studio.shared_folder import SharedFolder
from rulelang.tools.studio.site import find_site
from tests.studio.conftest import serving
from tests.studio.page import START, example, of_page, press
from tests.studio.test_desk import texts

pytestmark = of_page


def test_a_link_carries_everything(page):
    page.write("left", page.js("return studio.editors.left.text") + "# mine: é 𝕂\n")
    page.tab("explain")
    page.click("#share")
    page.until("document.querySelector('#link')")
    link = page.js("return document.querySelector('#link').value")
    packed = link.partition("#state=")[2]
    state = json.loads(zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15))
    assert state["files"]["rulebook.rules"].endswith("# mine: é 𝕂\n")
    assert (state["v"], state["right"], state["tab"]) == (1, "events/aas-2018.event", "explain")
    page.js("document.getElementById('dialog').close()")
    example(page, "krx-derivatives")
    page.click("#open")
    page.js("document.getElementById('open-link').value = arguments[0]", f"https://example.org/play/#state={packed}")
    page.click("#dialog .choices button")
    page.until("studio.editors.left.text.includes('mine: é')")
    page.open(f"#state={packed}")
    assert page.js("return studio.editors.left.text").endswith("# mine: é 𝕂\n")
    assert page.js("return studio.state.tab") == "explain"
    page.open(fragment(texts("krx-derivatives"), left="after-2014.rules", right=None, tab="tests"))
    assert page.js("return studio.state.left") == "after-2014.rules"
    assert "tests pass" in page.text("#panel-tests")
    page.open("#example=otc-rates")
    assert "interest rate" in page.js("return studio.editors.left.text")


def test_a_long_link_is_warned_of(page):
    lines = "\n".join(
        f"# {base64.b64encode(bytes((n * n * 7) % 251 for n in range(k, k + 60))).decode()}" for k in range(400)
    )
    page.write("right", page.js("return studio.editors.right.text") + lines)
    page.click("#share")
    page.until("document.querySelector('#link')")
    long = page.js("return document.querySelector('#link').value.length") > 8192
    assert long == ("longer than 8 KB" in page.text("#dialog"))
    assert long
    page.js("document.getElementById('dialog').close()")


def test_files_are_opened_and_made(page, tmp_path):
    from selenium.webdriver.common.by import By

    for name in ("a.rules", "b.event"):
        (tmp_path / name).write_text("# opened\r\n", encoding="utf-8")
    (tmp_path / "c.bin").write_bytes(b"\xff")
    page.click("#open")
    field = page.driver.find_element(By.ID, "open-files")
    field.send_keys("\n".join(str(tmp_path / name) for name in ("a.rules", "b.event", "c.bin")))
    page.until("studio.state.left === 'a.rules' && studio.state.right === 'b.event'")
    assert page.js("return studio.editors.left.text") == "# opened\n"
    made = page.driver.execute_async_script(
        "const done = arguments[0];"
        "studio.engine.ask({ask: 'zip', files: Object.fromEntries(studio.state.files)})"
        ".then((a) => done(Array.from(a.told)))"
    )
    (tmp_path / "made.zip").write_bytes(bytes(made))
    page.click("#open")
    page.driver.find_element(By.ID, "open-files").send_keys(str(tmp_path / "made.zip"))
    page.until("!document.getElementById('dialog').open && studio.state.files.size === 2")
    (tmp_path / "d.rules").write_bytes(b"\xff\xfe")
    page.click("#open")
    page.driver.find_element(By.ID, "open-files").send_keys(str(tmp_path / "d.rules"))
    page.until("document.getElementById('dialog').innerText.includes('no text in UTF-8')")
    page.js("document.getElementById('dialog').close()")


def test_a_folder_is_opened_and_saved_to(page, tmp_path):
    (tmp_path / "a.rules").write_text('rulebook "Mine" version "1"\n', encoding="utf-8")
    with serving(find_site(), SharedFolder(tmp_path)) as other:
        page.driver.get(other.address)
        page.until("window.studio && studio.engine.ready", seconds=START)
        page.until("studio.state.left === 'a.rules'")
        page.write("left", 'rulebook "Mine" version "2"\n')
        page.click("#save")
        page.click("#dialog .acts button")
        page.until("document.getElementById('dialog').innerText.includes('saved a.rules')")
        assert (tmp_path / "a.rules").read_text() == 'rulebook "Mine" version "2"\n'
        (tmp_path / "a.rules").write_text("by another\n", encoding="utf-8")
        page.write("left", "mine\n")
        page.click("#save")
        page.click("#dialog .acts button")
        page.until("document.getElementById('dialog').innerText.includes('NOT saved a.rules')")
        assert (tmp_path / "a.rules").read_text() == "by another\n"
    page.open()


def choose(page, name):
    page.js("const s = document.getElementById('examples'); s.value = arguments[0]; s.onchange({ target: s })", name)


def test_texts_of_others_are_not_saved_to_the_folder_and_changes_are_not_put_away_unasked(page, tmp_path):
    text = b'\xef\xbb\xbfrulebook "Mine" version "1"\r\n\r\n'
    (tmp_path / "rulebook.rules").write_bytes(text)
    (tmp_path / "x.csv").write_bytes(b"\xff")
    said = "document.getElementById('dialog').innerText"
    with serving(find_site(), SharedFolder(tmp_path)) as other:
        page.driver.get(other.address)
        page.until(f"window.studio && {said}.includes('x.csv: it is no text in UTF-8')")
        page.js("document.getElementById('dialog').close()")
        page.write("left", 'rulebook "Mine" version "2"\n\n')
        choose(page, "nasdaq-commodities-2018")
        page.until(f"{said}.includes('Put your changes away')")
        press(page, "Keep these")
        page.until("document.getElementById('examples').value === '' && studio.state.files.size === 1")
        page.click("#save")
        press(page, "All that changed")
        page.until(f"{said}.includes('saved rulebook.rules')")
        assert (tmp_path / "rulebook.rules").read_bytes() == text.replace(b'"1"', b'"2"')  # mark and line ends too
        press(page, "Close")
        choose(page, "nasdaq-commodities-2018")
        page.until("studio.state.files.size > 1")
        page.write("left", "another\n")
        page.click("#save")
        assert "All that changed" not in page.js(f"return {said}")
        press(page, "Close")
        page.click("#open")
        press(page, "Read ")
        page.until(f"{said}.includes('Put your changes away')")
        press(page, "Open the others")
        page.until("studio.state.files.size === 1")
    assert (tmp_path / "rulebook.rules").read_bytes() == text.replace(b'"1"', b'"2"')
    page.open()


def test_kept_texts_are_written_over_by_no_example(page):
    kept = "return JSON.parse(localStorage.getItem('rulelang studio')).files['rulebook.rules']"
    page.write("left", "mine\n")
    page.click("#save")
    page.click("#dialog input[type=checkbox]")
    press(page, "Close")
    choose(page, "bme-clearing")  # nothing is lost, so nothing is asked
    page.until("studio.state.example === 'bme-clearing'")
    page.write("left", "of an example\n")
    time.sleep(1)
    assert page.js(kept) == "mine\n"
    page.click("#open")
    press(page, "The texts that are kept")
    press(page, "Open the others") if page.js("return document.getElementById('dialog').open") else None
    page.until("studio.state.kept && studio.editors.left.text === 'mine\\n'")
    page.js("localStorage.clear()")
    page.open()
