"""A small page that stands for the built one, and a server of it."""

import http.client
import json
import threading
from contextlib import contextmanager

import pytest

from rulelang.tools.studio.server import StudioServer
from rulelang.tools.studio.shared_folder import digest

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
