"""The language server as the page speaks to it: without streams, one text for each message."""

import json

from rulelang_studio.language import Connection

from tests.studio.test_desk import texts


def test_it_answers_what_is_said_to_it(tmp_path):
    told = []
    connection = Connection(lambda text: told.append(json.loads(text)))
    files = texts("nasdaq-commodities-2018")
    (tmp_path / "events").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    uri, event = ((tmp_path / name).as_uri() for name in ("rulebook.rules", "events/aas-2018.event"))

    def say(method, params, number=None):
        told.clear()
        more = {} if number is None else {"id": number}
        connection.hear(json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}))
        return next((each for each in told if each.get("id") == number), None)

    options = {"debounce": 10_000, "codePages": None}
    given = {"processId": None, "rootUri": tmp_path.as_uri(), "capabilities": {}, "initializationOptions": options}
    assert say("initialize", given, 1)["result"]["capabilities"]["hoverProvider"]
    say("initialized", {})
    opened = {"uri": uri, "languageId": "rulelang", "version": 1, "text": files["rulebook.rules"]}
    say("textDocument/didOpen", {"textDocument": opened})
    say("workspace/executeCommand", {"command": "rulelang.chooseEvent", "arguments": [uri, event]}, 2)
    lines = files["rulebook.rules"].split("\n")
    line = next(number for number, text in enumerate(lines) if "tranche fund_draw" in text)
    position = {"line": line, "character": lines[line].index("fund_draw")}
    hover = say("textDocument/hover", {"textDocument": {"uri": uri}, "position": position}, 3)
    assert "107,000,000.00" in hover["result"]["contents"]["value"]
    say("textDocument/didClose", {"textDocument": {"uri": uri}})
    assert say("initialize", given, 4)["result"]["capabilities"]["hoverProvider"], "a page that starts from a memory"
