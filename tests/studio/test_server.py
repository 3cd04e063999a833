"""The server answers its own page, on this machine, at its secret address; it gives files of the page and no others."""

import http.client
import json
import os
import re
from pathlib import Path

import pytest

from rulelang.base.files import read_file, unreadable
from rulelang.tools.studio import shared_folder
from rulelang.tools.studio.server import POLICY, StudioServer, _Handler
from rulelang.tools.studio.shared_folder import SharedFolder, digest
from tests.conftest import ROOT
from tests.studio.conftest import PAGE, asked, serving

RULES = 'rulebook "A" version "1"\n'


@pytest.fixture
def server(site):
    with serving(site) as started:
        yield started


@pytest.fixture
def folder(tmp_path):
    """A folder of texts, with others about it."""
    root = tmp_path / "ccp"
    (root / "events").mkdir(parents=True)
    (root / "a.rules").write_text(RULES, encoding="utf-8")
    (root / "events" / "é.event").write_text("event\n", encoding="utf-8")
    (root / ".hidden.rules").write_text("secret\n", encoding="utf-8")
    (root / "notes.txt").write_text("secret\n", encoding="utf-8")
    (root / "binary.csv").write_bytes(b"\xff\xfe secret")
    (tmp_path / "outside.rules").write_text("secret\n", encoding="utf-8")
    (root / "link.rules").symlink_to(tmp_path / "outside.rules")
    return root


def base(server):
    return f"/{server.token}/"


def save(server, name, text, known="", **headers):
    own = {"Origin": f"http://127.0.0.1:{server.server_port}", "X_Digest": known, **headers}
    return asked(server, f"{base(server)}folder/{name}", "PUT", text.encode(), **own)


def test_the_page_and_its_files_are_served_as_what_they_are(server):
    kinds = {"": "text/html; charset=utf-8", "app.js": "text/javascript; charset=utf-8"}
    kinds |= {"pyodide/run.wasm": "application/wasm", "examples/a%20b.json": "application/json"}
    for name, kind in kinds.items():
        status, headers, body = asked(server, base(server) + name)
        assert (status, headers["Content-Type"]) == (200, kind)
        assert body.decode() == PAGE[name.replace("%20", " ") or "index.html"]
        assert asked(server, base(server) + name, "HEAD")[2] == b""


def test_every_answer_carries_the_policy_and_is_kept_by_nobody(server):
    for path, method in ((base(server), "GET"), (f"{base(server)}none", "GET"), ("/", "GET"), ("/", "POST")):
        _, headers, _ = asked(server, path, method)
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
        assert policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in headers
        assert "Python" not in headers["Server"]


def test_the_documentation_is_held_to_the_same_policy(server):
    _, headers, body = asked(server, f"{base(server)}docs/")
    assert b"documentation" in body
    assert headers["Content-Security-Policy"] == POLICY


def test_the_page_holds_itself_to_the_policy_of_its_server():
    page = (ROOT / "studio" / "page" / "index.html").read_text("utf-8")
    (own,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    assert own == POLICY.removesuffix("; frame-ancestors 'none'") != POLICY


def test_it_listens_on_this_machine_alone_and_each_start_has_an_address_of_its_own(site):
    with StudioServer(site) as one, StudioServer(site) as other:
        assert one.server_address[0] == other.server_address[0] == "127.0.0.1"
        assert one.server_port != other.server_port
        assert one.token != other.token
        assert len(one.token) >= 32


@pytest.mark.parametrize("token", ["", "x", "é", "../", "{token}x", "x{token}"])
def test_without_the_token_there_is_nothing(server, token):
    path = "/" + token.replace("{token}", server.token).replace("é", "%C3%A9")
    for name in ("", "/", "/index.html", "/folder.json"):
        status, _, body = asked(server, path + name)
        assert status == 404
        assert b"a page" not in body


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1", "127.0.0.1:1", "evil.example:{port}", "127.0.0.1.evil:{port}", "[::1]:{port}", ""],
)
def test_a_foreign_name_that_leads_here_is_refused(server, host):
    status, _, body = asked(server, base(server), Host=host.format(port=server.server_port))
    assert status == 403
    assert b"a page" not in body


def test_its_own_names_are_taken(server):
    for name in ("127.0.0.1", "localhost", "LOCALHOST"):
        assert asked(server, base(server), Host=f"{name}:{server.server_port}")[0] == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost", "file://"]
)
def test_another_page_may_not_ask(server, origin):
    assert asked(server, base(server), Origin=origin)[0] == 403
    assert asked(server, base(server), Sec_Fetch_Site="cross-site")[0] == 403
    assert asked(server, base(server), Sec_Fetch_Site="same-site")[0] == 403


def test_no_worker_of_the_page_outlives_the_server(server):
    assert asked(server, f"{base(server)}app.js", Service_Worker="script", Sec_Fetch_Site="same-origin")[0] == 403


def test_only_the_page_itself_is_gone_to_from_elsewhere(server):
    gone = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert asked(server, base(server), **gone)[0] == 200
    assert asked(server, f"{base(server)}app.js", **gone)[0] == 403
    assert asked(server, f"{base(server)}folder.json", **gone)[0] == 403
    assert asked(server, base(server), **{**gone, "Sec_Fetch_Dest": "iframe"})[0] == 403
    assert asked(server, base(server), **{**gone, "Sec_Fetch_Mode": "no-cors"})[0] == 403
    assert asked(server, base(server), **gone, Origin="null")[0] == 403
    assert asked(server, "/", **gone)[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        "../static/index.html",
        "..%2fstatic%2findex.html",
        "%2e%2e/outside.rules",
        "pyodide/../../outside.rules",
        "./index.html",
        "/etc/passwd",
        "//etc/passwd",
        "%00",
        "%ff",
        "pyodide",
        "pyodide/",
        "index.html%00.js",
        "..\\outside.rules",
    ],
)
def test_only_files_of_the_page_are_found(server, path):
    status, _, body = asked(server, base(server) + path)
    assert status == 404
    assert b"secret" not in body


def test_other_ways_of_asking_are_not_answered(server):
    assert asked(server, base(server), "POST", b"x")[0] == 501
    assert asked(server, base(server), "DELETE")[0] == 501
    assert asked(server, f"http://evil.example{base(server)}")[0] == 403
    assert asked(server, f"http://evil.example{base(server)}", Host=f"localhost:{server.server_port}")[0] == 404
    assert b"evil" not in asked(server, f"{base(server)}", "<evil>")[2]
    assert save(server, "a.rules", RULES)[0] == 404
    assert json.loads(asked(server, f"{base(server)}folder.json")[2]) == {}


def test_a_folder_is_told_without_what_is_hidden_foreign_or_no_text(site, folder):
    with serving(site, SharedFolder(folder)) as server:
        told = json.loads(asked(server, f"{base(server)}folder.json")[2])
    assert told["name"] == "ccp"
    assert told["files"] == {"a.rules": RULES, "events/é.event": "event\n"}
    assert told["digests"]["a.rules"] == digest(RULES.encode())
    assert told["left_out"] == ["link.rules: it is a link", "binary.csv: it is no text in UTF-8"]


def test_what_cannot_be_read_is_left_out_and_named(site, folder, monkeypatch):
    def refusing(path, limit, name=None):
        if path.name == "a.rules":
            raise unreadable(name, PermissionError(13, "Permission denied"))
        return read_file(path, limit, name)

    monkeypatch.setattr(shared_folder, "read_file", refusing)
    (folder / "gone.rules").symlink_to(folder / "nothing.rules")
    with serving(site, SharedFolder(folder)) as server:
        status, _, body = asked(server, f"{base(server)}folder.json")
    assert (status, list(json.loads(body)["files"])) == (200, ["events/é.event"])
    assert "a.rules: cannot read a.rules: permission denied" in json.loads(body)["left_out"]


def test_a_folder_that_cannot_be_looked_into_is_named(folder, monkeypatch):
    scandir = os.scandir

    def refusing(path):
        if Path(path).name == "events":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    told = SharedFolder(folder).told()
    assert list(told["files"]) == ["a.rules"]
    assert told["left_out"][0] == "events: it cannot be looked into: permission denied"


def test_whatever_the_system_refuses_becomes_an_answer(site, folder, monkeypatch, capfd):
    def refusing(self):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(SharedFolder, "told", refusing)
    with serving(site, SharedFolder(folder)) as server:
        status, _, body = asked(server, f"{base(server)}folder.json")
    assert (status, json.loads(body)) == (500, {"problem": "input/output error"})
    assert capfd.readouterr().err == ""


def test_a_tab_that_was_closed_is_not_mentioned(site, folder, monkeypatch, capfd):
    def gone(self, *words):
        raise BrokenPipeError(32, "Broken pipe")

    with serving(site, SharedFolder(folder)) as server:
        with monkeypatch.context() as patch:
            patch.setattr(_Handler, "end_headers", gone)
            with pytest.raises((http.client.HTTPException, OSError)):
                asked(server, base(server))
        assert asked(server, base(server))[0] == 200
    assert capfd.readouterr().err == ""


def test_folders_of_packages_are_passed_over_and_rulebooks_come_first(folder):
    for name in ("node_modules/a", ".git", "venv", "events/__pycache__", ".venv"):
        (folder / name).mkdir(parents=True)
        (folder / name / "b.rules").write_text(RULES)
    (folder / "z").mkdir()
    (folder / "z" / "z.rules").write_text(RULES)
    assert list(SharedFolder(folder).told()["files"]) == ["a.rules", "z/z.rules", "events/é.event"]


def test_a_walk_has_an_end(folder, monkeypatch):
    monkeypatch.setattr(shared_folder, "MOST_ENTRIES", 3)
    assert SharedFolder(folder).told()["left_out"][0] == "not everything was looked at: it holds more than 3 entries"
    monkeypatch.undo()
    monkeypatch.setattr(shared_folder, "MOST_FOUND", 1)
    told = SharedFolder(folder).told()
    assert "not everything was looked at" in told["left_out"][0]
    assert len(told["files"]) <= 1


@pytest.mark.parametrize("target", [".git/hooks/pre-commit", "run.sh", "a.rules", "b.event"])
def test_links_are_not_followed_where_a_text_is_saved(site, folder, target):
    (folder / ".git" / "hooks").mkdir(parents=True)
    (folder / target).write_text("as it is\n")
    (folder / "inner.rules").symlink_to(folder / target)
    (folder / "linked").symlink_to(folder / "events")
    with serving(site, SharedFolder(folder)) as server:
        status, _, body = save(server, "inner.rules", "new\n", digest(b"as it is\n"))
        assert (status, "link" in json.loads(body)["problem"]) == (409, True)
        assert save(server, "linked/é.event".replace("é", "%C3%A9"), "new\n", digest(b"event\n"))[0] == 409
    assert (folder / target).read_text() == "as it is\n"


def test_a_large_folder_is_told_in_part(folder, monkeypatch):
    monkeypatch.setattr(shared_folder, "MOST_FILES", 1)
    assert list(SharedFolder(folder).told()["files"]) == ["a.rules"]
    assert "events/é.event: more than 1 files" in SharedFolder(folder).told()["left_out"]
    monkeypatch.setattr(shared_folder, "MOST_BYTES", 10)
    assert list(SharedFolder(folder).told()["files"]) == ["events/é.event"]
    assert "a.rules: it is larger than 10 bytes" in SharedFolder(folder).told()["left_out"]


def test_a_text_is_saved_where_it_was_read(site, folder):
    with serving(site, SharedFolder(folder)) as server:
        status, _, body = save(server, "a.rules", "new\n", digest(RULES.encode()))
        assert (status, (folder / "a.rules").read_text()) == (200, "new\n")
        assert save(server, "a.rules", "newer\n", json.loads(body)["digest"])[0] == 200
        assert save(server, "events/%C3%A9.event", "x\n", digest(b"event\n"))[0] == 200
        assert save(server, "events/b.event", "fresh\n")[0] == 200
    assert (folder / "events" / "b.event").read_text() == "fresh\n"
    assert sorted(each.name for each in (folder / "events").iterdir()) == ["b.event", "é.event"]


def test_what_changed_on_the_disk_meanwhile_is_not_overwritten(site, folder):
    with serving(site, SharedFolder(folder)) as server:
        (folder / "a.rules").write_text("by another\n", encoding="utf-8")
        status, _, body = save(server, "a.rules", "new\n", digest(RULES.encode()))
        assert (status, "changed on the disk" in json.loads(body)["problem"]) == (409, True)
        assert save(server, "a.rules", "new\n")[0] == 409
    assert (folder / "a.rules").read_text() == "by another\n"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "../outside.rules",
            "..%2foutside.rules",
            "%2e%2e%2foutside.rules",
            "link.rules",
            ".hidden.rules",
            "%2ftmp%2fx.rules",
        ),
        *("notes.txt", "a", "", "none/b.rules", "x%0a.rules", "..\\outside.rules", ".git/b.rules", "a.rules/b.rules"),
    ],
)
def test_nothing_else_is_saved(site, folder, name):
    before = {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()}
    with serving(site, SharedFolder(folder)) as server:
        for known in ("", digest(b"secret\n")):
            assert save(server, name, "new\n", known)[0] == 409
    assert {path: path.read_bytes() for path in folder.parent.rglob("*") if path.is_file()} == before


def test_only_the_page_saves_and_only_so_much(site, folder, monkeypatch):
    known = digest(RULES.encode())
    with serving(site, SharedFolder(folder)) as server:
        path = f"{base(server)}folder/a.rules"
        assert asked(server, path, "PUT", b"x", X_Digest=known)[0] == 403
        assert save(server, "a.rules", "x", known, Origin="https://evil.example")[0] == 403
        own = f"http://127.0.0.1:{server.server_port}"
        assert asked(server, path, "PUT", Origin=own, Content_Length="2000000")[0] == 413
        assert (
            asked(server, path, "PUT", Origin=f"http://localhost:{server.server_port}", Content_Length="-1")[0] == 413
        )
        assert asked(server, path, "PUT", b"\xff", X_Digest=known, Origin=own)[0] == 409
    assert (folder / "a.rules").read_text() == RULES
