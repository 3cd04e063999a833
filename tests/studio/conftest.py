"""A small page that stands for the built one, and a server of it; and the built one in a browser."""

import http.client
import json
import threading
from contextlib import contextmanager

import pytest

from rulelang.tools.studio import server as servers
from rulelang.tools.studio.server import StudioServer
from rulelang.tools.studio.shared_folder import digest
from rulelang.tools.studio.site import export, find_site
from tests.report.browser import browser
from tests.studio.page import Page, Plain, all_others, example

PAGE = {
    "index.html": "<!doctype html><title>a page</title>",
    "app.js": "export {}",
    "pyodide/run.wasm": "\0asm",
    "examples/a b.json": "{}",
    "docs/index.html": "<!doctype html><title>documentation</title>",
    "docs/example.rules": "rulebook\n",
}


@pytest.fixture
def static(tmp_path):
    """The static files of a page, with a list of them."""
    folder = tmp_path / "static"
    for name, text in PAGE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    told = {
        "made": "rulelang studio",
        "files": {name: {"sha256": digest(text.encode())} for name, text in PAGE.items()},
    }
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.fixture
def site(static):
    return {path.relative_to(static).as_posix(): path for path in static.rglob("*") if path.is_file()}


@contextmanager
def serving(site, folder=None):
    """A server on a free port of this machine."""
    with StudioServer(site, folder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def asked(server, path, method="GET", body=None, **headers):
    """The status, headers and body of an answer; ``path`` is taken as it is, ``Host`` may be given."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


@pytest.fixture(scope="session")
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


@pytest.fixture
def exported(tmp_path):
    """A copy of the page on a web server that knows nothing of it."""
    export(find_site(), tmp_path / "public")
    plain = Plain(tmp_path / "public")
    yield plain
    plain.stop()
