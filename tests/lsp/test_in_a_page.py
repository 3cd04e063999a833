"""The server as a page has it: messages handed in, answers taken from a writer, no stream, thread or process."""

import asyncio
import json
import sys

import pytest
from click.testing import CliRunner

from rulelang.base.diagnostic import RulelangError
from rulelang.tools.cli import cli
from tests.analysis.test_facts import SHORT
from tests.lsp.client import CAPABILITIES, at

URI = "file:///rulelang/files/rulebook.rules"
EVENT = "file:///rulelang/files/first.event"
FIRE = """event "Fire" under "rulebook.rules" declared 2024-05-06 given capital = EUR 5
member ALPHA contribution = EUR 50 bid = good
member BRAVO contribution = EUR 40 bid = good
default of ALPHA loss EUR 60
"""


class Page:
    """What a worker of a page does with the server."""

    def __init__(self):
        from rulelang.lsp.server import make_server

        self.server, self.sent, self.number = make_server(), [], 0
        self.server.protocol.set_writer(self, include_headers=False)

    def begin(self, capabilities=CAPABILITIES):
        options = {"debounce": 0, "codePages": "codes/{code}.html"}
        first = {"processId": None, "rootUri": None, "capabilities": capabilities, "initializationOptions": options}
        told = self.put("initialize", ask=True, **first)
        self.put("initialized")
        return told

    def write(self, data):
        self.sent.append(json.loads(data))

    def put(self, method, *, ask=False, **params):
        self.number += 1
        message = {"jsonrpc": "2.0", "method": method, "params": params, **({"id": self.number} if ask else {})}
        protocol = self.server.protocol
        protocol.handle_message(protocol.structure_message(json.loads(json.dumps(message))))
        return next((each for each in self.sent if ask and each.get("id") == self.number), None)

    def open(self, uri, text):
        self.put("textDocument/didOpen", textDocument={"uri": uri, "languageId": "x", "version": 1, "text": text})

    def told(self, uri):
        notes = [each["params"] for each in self.sent if each.get("method") == "textDocument/publishDiagnostics"]
        return [note["diagnostics"] for note in notes if note["uri"] == uri][-1]


def test_a_request_out_of_turn_is_answered_with_an_error():
    page = Page()
    place = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
    assert page.put("textDocument/hover", ask=True, **place)["error"]["code"] == -32002
    page.open(URI, SHORT)
    assert page.server.session.open == {}
    assert "result" in page.begin()
    assert "result" in page.begin()
    assert page.put("textDocument/hover", ask=True, **place)["result"] is None
    assert page.put("shutdown", ask=True)["result"] is None
    assert page.put("textDocument/hover", ask=True, **place)["error"]["code"] == -32600


@pytest.mark.parametrize(
    "address", ["", "x", "file://[::1/a.rules", "file:///%00.rules", "http://[/a.rules", "file:///%ff.rules"]
)
def test_an_address_that_is_none_is_that_of_a_text_all_the_same(address):
    page = Page()
    page.begin()
    page.open(address, SHORT)
    assert page.put(
        "textDocument/hover", ask=True, textDocument={"uri": address}, position=at(SHORT, "draw)")
    ).keys() >= {"result"}


def test_messages_in_and_answers_out_without_any_loop():
    page = Page()
    page.begin()
    page.open(URI, SHORT.replace("pro rata", "pro ratta"))
    (found,) = page.told(URI)
    assert found["codeDescription"]["href"] == "codes/misspelt-word.html"
    change = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": [{"text": SHORT}]}
    page.put("textDocument/didChange", **change)
    page.open(EVENT, FIRE)
    assert page.told(EVENT) == []
    told = page.put("textDocument/hover", ask=True, textDocument={"uri": URI}, position=at(SHORT, "draw)"))
    assert "In “Fire”: Draws EUR 5.00" in told["result"]["contents"]["value"]
    page.put(
        "textDocument/didChange",
        textDocument={"uri": EVENT, "version": 2},
        contentChanges=[{"text": FIRE.replace("capital = EUR 5", "capital = EUR 6")}],
    )
    told = page.put("textDocument/hover", ask=True, textDocument={"uri": URI}, position=at(SHORT, "draw)"))
    assert "In “Fire”: Draws EUR 4.00" in told["result"]["contents"]["value"]


def test_what_can_be_taken_back_needs_the_loop_that_a_page_has():
    async def run():
        page = Page()
        page.begin()
        page.open(URI, SHORT)
        page.open(EVENT, FIRE)
        page.put("workspace/executeCommand", ask=True, command="rulelang.run", arguments=[URI])
        await asyncio.sleep(0.2)
        return page.sent[-1]

    told = asyncio.run(run())["result"]
    assert told["ok"]
    assert "Fire" in told["markdown"]


def test_an_editor_that_tells_versions_apart_gets_edits_of_the_version_that_was_looked_at():
    page = Page()
    page.begin({"workspace": {"workspaceEdit": {"documentChanges": True}}})
    page.open(URI, SHORT)
    page.put("textDocument/didChange", textDocument={"uri": URI, "version": 7}, contentChanges=[{"text": f"\n{SHORT}"}])
    asked = {"textDocument": {"uri": URI}, "position": at(f"\n{SHORT}", "draw)")}
    (change,) = page.put("textDocument/rename", ask=True, **asked, newName="called")["result"]["documentChanges"]
    assert change["textDocument"] == {"uri": URI, "version": 7}
    assert {edit["newText"] for edit in change["edits"]} == {"called"}


def test_all_that_is_sure_is_mended_at_once():
    page = Page()
    page.begin()
    text = SHORT.replace("pro rata", "pro ratta").replace("EUR 50 bid", "EUR50 bid").replace("2024-05-06", "6.5.2024")
    page.open(URI, text)
    asked = {
        "range": {"start": at(text, "rulebook"), "end": at(text, "rulebook")},
        "context": {"diagnostics": [], "only": ["source.fixAll"]},
    }
    (action,) = page.put("textDocument/codeAction", ask=True, textDocument={"uri": URI}, **asked)["result"]
    assert [edit["newText"] for edit in action["edit"]["changes"][URI]] == ["2024-05-06", "EUR 50", "EUR 50"]


def test_without_its_packages_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygls", None)
    with pytest.raises(RulelangError, match="the language server needs the package pygls") as refused:
        CliRunner().invoke(cli, ["lsp"], catch_exceptions=False)
    assert "rulelang[lsp]" in refused.value.diagnostics[0].helps[0]
