"""The built page in a headless browser: what the tests of the page do with it."""

import base64
import functools
import json
import threading
import time
import zlib
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from rulelang_studio import STATIC

from tests.report.browser import lacking

of_page = [
    pytest.mark.slow,  # the language is covered without it
    pytest.mark.skipif(not (STATIC / "index.html").is_file(), reason="the page is not built: see docs/playground.md"),
    pytest.mark.skipif(lacking() is not None, reason=str(lacking())),
]
PAGE = next(STATIC.glob("page-*"), STATIC)
"""The folder of the page's own files, whose name is made of what they hold."""
START = 120
"""Seconds in which the language is to be there, on a machine that does much else."""
PATIENCE = 60
"""Seconds in which the page is to do what it is asked, likewise: no test says how quick it is."""


class Page:
    """The page in a browser, and what it asked of its own server and of others."""

    def __init__(self, driver, server, seen, others):
        self.driver, self.server, self.seen, self.others = driver, server, seen, others

    def js(self, script, *words):
        return self.driver.execute_script(script, *words)

    def until(self, script, *words, seconds=PATIENCE):
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
        self.until(idle, seconds=START)
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


class _Plain(SimpleHTTPRequestHandler):
    """Any web server: it sends files, and nothing along with them."""

    extensions_map: ClassVar[dict[str, str]] = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}

    def log_message(self, *words):
        self.server.seen.append(self.requestline)


class Plain:
    """A web server that knows nothing of the files in a folder; it can be stopped, and started again at its address."""

    def __init__(self, folder):
        self.folder, self.port, self.seen = folder, 0, []
        self.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}/"

    def start(self):
        handler = functools.partial(_Plain, directory=self.folder)
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self.port, self._server.seen = self._server.server_port, self.seen
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self):
        if self._thread.is_alive():
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


def example(page, name):
    page.js("studio.state.opened = new Map(studio.state.files)")  # so that it does not ask for what a test changed
    script = (
        "const s = document.getElementById('examples'); s.value = arguments[0]; s.dispatchEvent(new Event('change'))"
    )
    page.js(script, name)
    page.settle()


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


def packed(state):
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = deflate.compress(state if isinstance(state, bytes) else json.dumps(state).encode()) + deflate.flush()
    return "#state=" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def press(page, words):
    script = (
        "[...document.querySelectorAll('#dialog button')].find((b) => b.textContent.startsWith(arguments[0])).click()"
    )
    page.js(script, words)
