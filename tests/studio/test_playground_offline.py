"""A copy of the page on a web server opens without it: what is kept, for how long, and that nothing else is."""

import base64
import hashlib
import json
import time

import pytest
from rulelang_studio.link import fragment

from tests.studio.page import PAGE, START, of_page

pytestmark = of_page
KEPT = "It opens without network too: this browser keeps its files."
FOREIGN = "rulelang studio of somebody else"
"""What another page of the same server keeps; its name begins almost as ours do."""
HELD = """
const done = arguments[0];
(async () => {
  const held = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    held[name] = (await cache.keys()).map(({ url }) => url);
  }
  return held;
})().then(done);
"""
SAID = """
const done = arguments[1];
(async () => {
  for (const name of await caches.keys())
    for (const reply of await (await caches.open(name)).matchAll())
      if ((await reply.text()).includes(arguments[0])) return reply.url;
  return null;
})().then(done);
"""


def visit(page, address):
    page.driver.get("about:blank")
    page.driver.get(address)
    page.until("window.studio && studio.engine.ready", seconds=START)
    page.settle()


def kept(page, words=KEPT):
    page.until("document.getElementById('offline').textContent === arguments[0]", words, seconds=START)
    assert page.js("return document.getElementById('offline').checkVisibility()")


@pytest.fixture
def visited(page, exported):
    """The copy, opened once, and its files kept."""
    page.driver.set_script_timeout(60)
    visit(page, exported.address)
    kept(page)
    yield exported
    page.js("window.onbeforeunload = null")
    page.open()


def test_it_opens_again_without_its_server(page, visited):
    page.write("left", page.js("return studio.editors.left.text") + "# secret words\n")
    page.settle()
    visited.stop()
    asked = {line.removesuffix(" HTTP/1.1") for line in visited.seen}
    own = {path.relative_to(visited.folder).as_posix() for path in visited.folder.rglob("*") if path.is_file()}
    assert asked <= {f"GET /{name}" for name in {*own, "", "folder.json"}}
    visit(page, visited.address)
    kept(page)
    assert "19,337,349.40" in page.tab("pays")
    page.write("right", page.js("return studio.editors.right.text").replace("loss EUR 1", "loss EUR 2") + "# typed\n")
    assert "19,337,349.40" not in page.tab("pays")
    for tab, words in {"explain": "The default", "tests": "tests pass", "compare": "Edits"}.items():
        assert words in page.tab(tab)
    page.js("studio.engine.broke('a test')")  # another worker takes the place of this one
    page.until("studio.engine.ready", seconds=START)
    page.js("studio.state.opened = new Map(studio.state.files)")
    files = {"a.rules": "# shared words\n", "b.rules": "# other shared words\n"}
    for more in (fragment(files), "?plain", "index.html#example=asx-clear-futures"):
        visit(page, visited.address + more)
        assert page.js("return studio.editors.left.text.length") > 0
    assert page.js("return document.getElementById('examples').value") == "asx-clear-futures"
    for words in ("secret words", "shared words"):
        assert page.driver.execute_async_script(SAID, words) is None
    held = page.driver.execute_async_script(HELD)
    assert list(map(len, held.values())) == [len(list(PAGE.rglob("*.*"))) + 1]
    assert all(
        url.startswith((f"{visited.address}{PAGE.name}/", f"{visited.address}index.html")) for url in held.popitem()[1]
    )


def test_another_version_is_there_at_the_next_load(page, visited):
    page.driver.execute_async_script(
        "caches.open(arguments[0]).then((cache) => cache.put('/theirs', new Response('theirs'))).then(arguments[1])",
        FOREIGN,
    )
    [before] = page.driver.execute_async_script(HELD).keys() - {FOREIGN}
    renew(visited.folder)
    visit(page, visited.address)
    assert page.js("return getComputedStyle(document.body).outlineWidth") == "7px"
    kept(page)
    stop = time.monotonic() + START
    while before in (held := page.driver.execute_async_script(HELD)):  # it goes as soon as another is there
        assert time.monotonic() < stop
    assert held[FOREIGN] == [f"{visited.address}theirs"]
    assert len(held) == 2
    visited.stop()
    visit(page, visited.address)
    assert page.js("return getComputedStyle(document.body).outlineWidth") == "7px"
    assert "19,337,349.40" in page.tab("pays")


def renew(folder):
    """Make the copy one of another version, as an export would: another style, and so another folder and digests."""
    other = "page-000000000000"
    (folder / PAGE.name).rename(folder / other)
    keeper, index, style = folder / "keeper.js", folder / "index.html", folder / other / "page.css"
    for file in (keeper, index):
        file.write_text(file.read_text("utf-8").replace(PAGE.name, other), encoding="utf-8")
    style.write_text(style.read_text("utf-8") + "body { outline: 7px solid }\n", encoding="utf-8")
    said, rest = keeper.read_text("utf-8").split("const FILES = ")[1].split(";\n", 1)
    files = json.loads(said)
    for file in (index, style):
        found = hashlib.sha256(file.read_bytes()).digest()
        files[file.relative_to(folder).as_posix()] = f"sha256-{base64.b64encode(found).decode()}"
    keeper.write_text(f"const FILES = {json.dumps(files)};\n{rest}", encoding="utf-8")


def test_what_the_browser_lost_is_had_again(page, visited):
    page.driver.execute_async_script(
        "const done = arguments[0]; caches.keys().then(([name]) => caches.open(name)).then(async (cache) => {"
        "for (const asked of (await cache.keys()).slice(3, 9)) await cache.delete(asked) }).then(done)"
    )
    visit(page, visited.address)
    kept(page)
    visited.stop()
    visit(page, visited.address)


def test_files_that_are_not_as_they_were_built_are_not_kept(page, exported):
    style = exported.folder / PAGE.name / "page.css"
    style.write_text(style.read_text("utf-8") + "/* another's */\n", encoding="utf-8")
    visit(page, exported.address)
    kept(page, "It opens only while its server answers: this browser could not keep its files.")
    page.driver.set_script_timeout(60)
    assert page.driver.execute_async_script(HELD) == {}
    page.open()


def test_a_page_at_a_secret_address_is_not_kept(page):
    kept(page, "It opens only while its server answers: the server lets nothing be kept.")
    workers = "navigator.serviceWorker.getRegistrations().then((all) => arguments[0](all.length))"
    assert page.driver.execute_async_script(workers) == 0
    tried = (
        "const done = arguments[0];"
        "navigator.serviceWorker.register('./keeper.js').then(() => done('kept'), () => done('refused'))"
    )
    assert page.driver.execute_async_script(tried) == "refused"
    page.complaints()
