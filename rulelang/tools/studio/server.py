"""The server of the playground: static files for one person on this machine, and nothing for anybody else.

It listens on the loopback address.  Every address has a token that nobody can guess, requests must name this machine
and port as their host (so that no foreign name that leads here is taken for it), and those that another page sends are
refused.  The policy of each answer lets the page ask nobody but this server.
"""

import secrets
import sys
from collections.abc import Callable
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from urllib.parse import unquote_to_bytes

from rulelang.base.diagnostic import RulelangError
from rulelang.base.files import read_file, reason_of
from rulelang.tools.studio.shared_folder import MOST_BYTES, NotSaved, SharedFolder, as_answer
from rulelang.tools.studio.site import MOST_BYTES as MOST_OF_A_FILE
from rulelang.tools.studio.site import Site

LOOPBACK = "127.0.0.1"
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""That of the page itself, which cannot say the last of it."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".xml": "application/xml",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".zip": "application/zip",
    ".txt": "text/plain; charset=utf-8",
}


Reply = tuple[int, str, bytes]
"""The status, the type and the body of an answer."""


class StudioServer(ThreadingHTTPServer):
    """Serves a page at an address with a token of its own."""

    daemon_threads = True

    def __init__(self, site: Site, folder: SharedFolder | None = None, port: int = 0) -> None:
        """Listen on this machine alone; port 0 is one that is free.

        Raises:
            OSError: the port is taken.
        """
        self.site, self.folder, self.token = site, folder, secrets.token_urlsafe(24)
        super().__init__((LOOPBACK, port), _Handler)
        self.hosts = frozenset(f"{name}:{self.server_port}" for name in (LOOPBACK, "localhost"))

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a tab that was closed while it was answered."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{LOOPBACK}:{self.server_port}/{self.token}/"


class _Refused(Exception):
    """A request is not answered; a status and a few words."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: StudioServer
    asked = ""
    """What is asked for, behind the token."""
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "rulelang", ""
    timeout = 60

    def do_GET(self) -> None:
        """Answer with a file of the page, or what is in the folder."""
        self._answered(self._get)

    do_HEAD = do_GET  # noqa: N815 - the library asks for this name

    def do_PUT(self) -> None:
        """Save a text of the folder."""
        self._answered(self._put)

    def log_message(self, *_words: object) -> None:
        """Say nothing: what a person does in the page is nobody's business."""

    def _answered(self, answer: Callable[[], Reply]) -> None:
        self.asked = ""
        try:
            self._admit()
            status, kind, body = answer()
        except _Refused as refused:
            status, words = refused.args
            kind, body = TYPES[".txt"], f"{words}\n".encode()
            self.close_connection = True
        except ConnectionError:
            raise
        except (RulelangError, OSError) as error:
            words = error.diagnostics[0].message if isinstance(error, RulelangError) else reason_of(error)
            status, kind, body = 500, TYPES[".json"], as_answer({"problem": words})
            self.close_connection = True
        self._send(status, kind, body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what the library refuses by itself; what was asked is not repeated."""
        self.close_connection = True
        self._send(code, TYPES[".txt"], b"this server does not do that\n")

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _admit(self) -> None:
        """Refuse what does not come from this page, on this machine, by its secret address."""
        hosts, origins = self.headers.get_all("Host", []), self.headers.get_all("Origin", [])
        if len(hosts) != 1 or hosts[0].lower() not in self.server.hosts:
            raise _Refused(403, "this server is asked by its own name only")
        own = {f"http://{host}" for host in self.server.hosts}
        if any(origin.lower() not in own for origin in origins):
            raise _Refused(403, "another page may not ask")
        foreign = self.headers.get("Sec-Fetch-Site", "none").lower() not in ("none", "same-origin")
        if foreign and not (self._opens_a_tab() and self.path == f"/{self.server.token}/"):
            raise _Refused(403, "another page may not ask")
        if self.headers.get("Service-Worker") is not None:
            raise _Refused(403, "nothing of this page is kept: its address ends with the server")
        token, slash, asked = self.path.partition("?")[0].removeprefix("/").partition("/")
        if not slash or not compare_digest(token.encode(), self.server.token.encode()):
            raise _Refused(404, "there is nothing here; open the address that `rulelang studio` printed")
        self.asked = asked

    def _opens_a_tab(self) -> bool:
        """Whether the page itself is gone to, as the file does that the command opens."""
        how = [self.headers.get(name, "").lower() for name in ("Sec-Fetch-Mode", "Sec-Fetch-Dest")]
        return self.command == "GET" and how == ["navigate", "document"] and not self.headers.get("Origin")

    def _get(self) -> Reply:
        if self.asked == "folder.json":
            folder = self.server.folder
            return 200, TYPES[".json"], as_answer({} if folder is None else folder.told())
        name = "index.html" if self.asked == "" else self.asked + "index.html" * self.asked.endswith("/")
        path = self.server.site.get(_decoded(name))  # only names of the page are known, so nothing leads elsewhere
        if path is None:
            raise _Refused(404, "the page has no such file")
        kind = TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")
        return 200, kind, read_file(path, MOST_OF_A_FILE)

    def _put(self) -> Reply:
        folder, name = self.server.folder, self.asked.removeprefix("folder/")
        if folder is None or name == self.asked:
            raise _Refused(404, "there is no folder to save to")
        if not self.headers.get("Origin"):
            raise _Refused(403, "only the page may save")
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
            raise _Refused(413, "it is too large, or does not say how large it is")
        data = self.rfile.read(int(length))
        try:
            written = folder.save(_decoded(name), data, self.headers.get("X-Digest", ""))
        except NotSaved as error:
            return 409, TYPES[".json"], as_answer({"problem": str(error)})
        return 200, TYPES[".json"], as_answer({"digest": written})


def _decoded(name: str) -> str:
    try:
        return unquote_to_bytes(name).decode("utf-8")
    except UnicodeDecodeError:
        raise _Refused(404, "the page has no such file") from None
