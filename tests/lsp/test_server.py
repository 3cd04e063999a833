"""The language server end to end, over standard input and output."""

import shutil

import pytest

from tests.analysis.shipped import NASDAQ, SEGMENTED
from tests.analysis.test_facts import SHORT
from tests.lsp.client import Client, at


@pytest.fixture(scope="module")
def served():
    client = Client(NASDAQ.parent)
    yield client
    assert client.stop() == 0
    assert client.errors == ""


@pytest.fixture(scope="module")
def nasdaq(served):
    uri = served.open(NASDAQ)
    served.findings(uri)
    return uri


def _of(uri, text, needle, skip=0):
    return {"textDocument": {"uri": uri}, "position": at(text, needle, skip)}


def _errors(findings):
    return [found for found in findings if found["severity"] == 1]


def test_it_says_what_it_can_do(served):
    can = served.server["capabilities"]
    assert can["positionEncoding"] == "utf-16"
    assert can["textDocumentSync"]["change"] == 1
    for each in ("hover", "definition", "references", "documentFormatting", "documentSymbol", "workspaceSymbol"):
        assert can[f"{each}Provider"]
    for each in ("foldingRange", "inlayHint", "documentHighlight", "codeAction", "rename", "completion", "codeLens"):
        assert can[f"{each}Provider"]
    assert can["documentLinkProvider"]
    assert can["semanticTokensProvider"]["full"]
    assert "rulelang.run" in can["executeCommandProvider"]["commands"]


def test_a_hover_says_what_a_step_came_to_in_the_event_beside_it(served, nasdaq):
    text = NASDAQ.read_text()
    told = served.ask("textDocument/hover", **_of(nasdaq, text, "tranche fund_draw", 9))
    assert "Draws EUR 107,000,000.00 of at most EUR 166,000,000.00" in told["contents"]["value"]
    assert told["range"]["start"] == at(text, "fund_draw")


def test_a_hover_in_a_test_says_what_the_test_came_to(served, nasdaq):
    text = NASDAQ.read_text()
    start = text.count("\n", 0, text.index('test "margin alone is enough"'))
    place = {"line": start + 12, "character": 12}
    told = served.ask("textDocument/hover", textDocument={"uri": nasdaq}, position=place)
    assert "In “margin alone is enough”: Draws EUR 36,000,000.00" in told["contents"]["value"]


def test_a_name_leads_to_its_declaration_and_to_its_uses(served, nasdaq):
    text = NASDAQ.read_text()
    place = _of(nasdaq, text, "from junior_capital", 6)
    (declared,) = served.ask("textDocument/definition", **place)
    assert declared["range"]["start"] == at(text, "given junior_capital", 6)
    uses = served.ask("textDocument/references", **place, context={"includeDeclaration": True})
    others = served.ask("textDocument/references", **place, context={"includeDeclaration": False})
    assert len(uses) == len(others) + 1
    assert any(use["uri"].endswith(".event") for use in uses)
    marked = served.ask("textDocument/documentHighlight", **place)
    assert {each["kind"] for each in marked} == {2, 3}


def test_words_and_names_are_offered_where_they_may_stand(served, nasdaq):
    text = NASDAQ.read_text()
    offered = served.ask("textDocument/completion", **_of(nasdaq, text, "paid by survivors", 8))["items"]
    assert {"ccp", "survivors", "defaulters"} == {each["label"] for each in offered}
    assert offered[0]["textEdit"]["range"]["start"] == at(text, "paid by survivors", 8)


def test_lists_of_a_text(served, nasdaq):
    text = NASDAQ.read_text()
    document = {"textDocument": {"uri": nasdaq}}
    symbols = served.ask("textDocument/documentSymbol", **document)
    names = {each["name"] for symbol in symbols for each in (symbol, *symbol.get("children", ()))}
    assert {"members have", "fund_draw", "junior_capital"} <= names
    assert len(served.ask("textDocument/foldingRange", **document)) > 10
    data = served.ask("textDocument/semanticTokens/full", **document)["data"]
    assert len(data) % 5 == 0
    assert len(data) > 1000
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 999, "character": 0}}
    hints = served.ask("textDocument/inlayHint", **document, range=everything)
    assert "drawn EUR 107,000,000.00 of 166,000,000.00" in {each["label"] for each in hints}
    lenses = served.ask("textDocument/codeLens", **document)
    assert [each["command"]["title"] for each in lenses][:3] == ["Run", "Profile", "Test"]
    assert len(lenses) == 3 + text.count("\ntest ")
    links = served.ask("textDocument/documentLink", **document)
    assert all(each["target"].endswith(".event") for each in links)
    assert served.ask("textDocument/formatting", **document, options={"tabSize": 4, "insertSpaces": True}) == []
    found = served.ask("workspace/symbol", query="FUND_dr")
    assert "fund_draw" in {each["name"] for each in found}


def test_commands_answer_with_markdown(served, nasdaq):
    (first, *_) = events = served.ask("workspace/executeCommand", command="rulelang.events", arguments=[nasdaq])
    assert first["title"] == "Nasdaq Clearing, September 2018"
    told = served.ask("workspace/executeCommand", command="rulelang.run", arguments=[nasdaq])
    assert told["ok"]
    assert "107,000,000.00" in told["markdown"]
    other = served.ask("workspace/executeCommand", command="rulelang.run", arguments=[nasdaq, events[1]["uri"]])
    assert other["markdown"] != told["markdown"]
    tests = served.ask("workspace/executeCommand", command="rulelang.test", arguments=[nasdaq])
    assert "5 passed, 0 failed" in tests["markdown"]
    one = served.ask("workspace/executeCommand", command="rulelang.test", arguments=[nasdaq, "margin alone is enough"])
    assert "1 passed, 0 failed" in one["markdown"]
    profile = served.ask("workspace/executeCommand", command="rulelang.profile", arguments=[nasdaq])
    assert profile["ok"]
    assert "exact: every run gives these amounts" in profile["markdown"]
    refused = served.refused("workspace/executeCommand", command="rulelang.run", arguments=[])
    assert "first argument" in refused["message"]


def test_the_chosen_event_is_the_one_whose_amounts_are_shown(served, nasdaq):
    events = served.ask("workspace/executeCommand", command="rulelang.events", arguments=[nasdaq])
    text = NASDAQ.read_text()
    place = _of(nasdaq, text, "tranche fund_draw", 9)
    before = served.ask("textDocument/hover", **place)["contents"]["value"]
    served.ask("workspace/executeCommand", command="rulelang.chooseEvent", arguments=[nasdaq, events[1]["uri"]])
    after = served.ask("textDocument/hover", **place)["contents"]["value"]
    assert events[1]["title"] in after
    served.ask("workspace/executeCommand", command="rulelang.chooseEvent", arguments=[nasdaq, None])
    assert served.ask("textDocument/hover", **place)["contents"]["value"] == before


def test_findings_come_once_typing_rests_and_only_of_the_last_version(served, tmp_path):
    uri = served.open(tmp_path / "typed.rules", SHORT)
    assert not _errors(served.findings(uri))
    served.notes.clear()
    for count in range(1, 8):
        last = served.change(uri, SHORT.replace("shared pro rata", "shared pro ratta"[: 9 + count], 1))
    (found,) = _errors(served.findings(uri, last))
    assert found["code"] == "misspelt-word"
    assert [note["version"] for note in served.notes if note["uri"] == uri] == [last]
    assert found["codeDescription"]["href"].endswith("misspelt-word.md")
    asked = {"textDocument": {"uri": uri}, "range": found["range"], "context": {"diagnostics": [found]}}
    (action,) = served.ask("textDocument/codeAction", **asked)
    (edit,) = action["edit"]["changes"][uri]
    assert edit["newText"] == "rata"
    assert edit["range"] == found["range"]
    served.tell("textDocument/didClose", textDocument={"uri": uri})
    served.ask("workspace/symbol", query="zzz")
    assert served.told[uri]["diagnostics"] == []


def test_a_table_that_is_wrong_is_told_at_its_cell_and_a_rulebook_that_breaks_at_the_event(served, tmp_path):
    folder = tmp_path / "one"
    shutil.copytree(SEGMENTED.parent, folder)
    rules = served.open(folder / "rulebook.rules")
    event = served.open(folder / "events" / "energy-default.event")
    table = served.open(folder / "events" / "members.csv")
    assert not served.findings(event)
    assert not served.findings(table)
    text = (folder / "events" / "members.csv").read_text()
    served.findings(table, served.change(table, text.replace("contribution.energy", "contribution.enrgy", 1)))
    served._until(lambda _m: served.told[table]["diagnostics"], peek=True)
    assert "enrgy" in served.told[table]["diagnostics"][0]["message"]
    served.findings(table, served.change(table, text))
    book = (folder / "rulebook.rules").read_text()
    served.findings(rules, served.change(rules, book.replace("\nwaterfall", "\nwaterfal", 1)))
    served._until(lambda _m: served.told[event]["diagnostics"], peek=True)
    assert served.told[event]["diagnostics"][0]["code"] == "no-rulebook"


def test_a_new_name_goes_through_all_texts_of_a_folder_and_the_old_one_can_be_kept(served, tmp_path):
    folder = tmp_path / "two"
    shutil.copytree(SEGMENTED.parent, folder)
    book = folder / "rulebook.rules"
    rules, text = served.open(book), book.read_text()
    place = _of(rules, text, "contribution      : money")
    assert served.ask("textDocument/prepareRename", **place)["placeholder"] == "contribution"
    changes = served.ask("textDocument/rename", **place, newName="paid_in")["changes"]
    assert {uri.rsplit("/", 1)[1] for uri in changes} == {"rulebook.rules", "members.csv"}
    for uri, edits in changes.items():
        path = folder / uri.removeprefix(folder.as_uri()).lstrip("/")
        lines = path.read_text().split("\n")
        for edit in sorted(edits, key=lambda e: (e["range"]["start"]["line"], e["range"]["start"]["character"]))[::-1]:
            start, end = edit["range"]["start"], edit["range"]["end"]
            line = lines[start["line"]]
            lines[start["line"]] = line[: start["character"]] + edit["newText"] + line[end["character"] :]
        path.write_text("\n".join(lines))
    served.tell("workspace/didChangeWatchedFiles", changes=[])
    assert not _errors(served.findings(rules, served.change(rules, book.read_text())))
    where = {"start": at(book.read_text(), "paid_in      : money"), "end": at(book.read_text(), "paid_in      : money")}
    (action,) = served.ask(
        "textDocument/codeAction", textDocument={"uri": rules}, range=where, context={"diagnostics": []}
    )
    assert "formerly contribution" in action["title"]
    (edit,) = action["edit"]["changes"][rules]
    assert edit["newText"] == " formerly contribution"
    refused = served.refused(
        "textDocument/rename", **_of(rules, book.read_text(), "paid_in      : money"), newName="energy"
    )
    assert "there already" in refused["message"]
    refused = served.refused(
        "textDocument/rename", **_of(rules, book.read_text(), "paid_in      : money"), newName="paid"
    )
    assert refused["code"] == -32803


def test_requests_can_be_taken_back_and_unknown_ones_are_refused(served):
    answers = []
    for _ in range(20):  # a server may be done before it is told
        number = served.begin("workspace/symbol", query="a")
        served.tell("$/cancelRequest", id=number)
        answers.append(served.answer(number).get("error", {}).get("code"))
    assert -32800 in answers
    assert "error" in served.answer(served.begin("rulelang/nothingLikeIt"))


@pytest.mark.parametrize(
    "text",
    ["", "rulebook", '"', "(" * 5000, "\r\n", SHORT.replace("\n", "\r\n"), "x" * 300_000, "🏦" * 2000, "\x00\x01"],
)
def test_whatever_is_typed_the_server_answers(served, tmp_path, text):
    for ending in ("rules", "event", "history", "csv", "txt"):
        uri = served.open(tmp_path / f"odd.{ending}", text)
        document = {"textDocument": {"uri": uri}}
        position = {"position": {"line": 10**6, "character": 10**6}}
        served.findings(uri)
        for method in ("hover", "completion", "definition", "documentHighlight", "prepareRename"):
            served.ask(f"textDocument/{method}", **document, **position)
        for method in ("documentSymbol", "foldingRange", "semanticTokens/full", "codeLens", "documentLink"):
            served.ask(f"textDocument/{method}", **document)
        served.ask("textDocument/formatting", **document, options={"tabSize": 4, "insertSpaces": True})
        served.tell("textDocument/didClose", **document)


@pytest.mark.slow  # the analysis by itself is asked in the quick run
def test_a_text_of_four_megabytes_is_refused_kindly(served, tmp_path):
    uri = served.open(tmp_path / "huge.rules", "# 🏦\n" * 1_100_000)
    (found,) = served.findings(uri)
    assert found["code"] == "file-too-large"
    assert served.ask("textDocument/hover", textDocument={"uri": uri}, position={"line": 3, "character": 1}) is None


def test_an_unsaved_text_that_is_no_file_is_served(served):
    uri = "untitled:Untitled-1.rules"
    document = {
        "uri": uri,
        "languageId": "rulelang",
        "version": 1,
        "text": SHORT.replace("from capital", "from capitol"),
    }
    served.tell("textDocument/didOpen", textDocument=document)
    assert [found["code"] for found in _errors(served.findings(uri))] == ["unknown-pot"]


@pytest.mark.parametrize("position", [{"line": -1, "character": 0}, {"line": 0, "character": 2**31}, None, [], "x"])
def test_a_position_that_is_none_gets_an_answer(served, nasdaq, position):
    said = served.answer(served.begin("textDocument/hover", textDocument={"uri": nasdaq}, position=position))
    assert said.get("result") is None


def test_fixes_are_those_of_the_text_as_it_stands_whatever_an_editor_remembers(served, tmp_path):
    book = tmp_path / "a.rules"
    text = SHORT.replace("shared pro rata", "shared pro rato")
    book.write_text(text)
    uri = served.open(book)
    (found, *_) = served.findings(uri)
    asked = {"textDocument": {"uri": uri}, "range": found["range"]}
    bare = {**found, "data": {"fixes": [{"newText": "nonsense"}]}}
    (action,) = served.ask("textDocument/codeAction", **asked, context={"diagnostics": [bare]})
    assert action["edit"]["changes"][uri][0]["newText"] == "rata"
    served.change(uri, "\n" + text)
    assert served.ask("textDocument/codeAction", **asked, context={"diagnostics": [found]}) == []


def test_behind_a_new_name_edits_are_offered_even_while_another_text_is_broken(served, tmp_path):
    book = tmp_path / "a.rules"
    book.write_text(SHORT)
    uri = served.open(book)
    served.ask("textDocument/rename", **_of(uri, SHORT, "draw "), newName="taken")
    text = SHORT.replace("draw ", "taken ").replace("(draw)", "(taken)")
    served.change(uri, text)
    place = {"start": at(text, "taken "), "end": at(text, "taken ")}
    asked = {"textDocument": {"uri": uri}, "range": place, "context": {"diagnostics": []}}
    (action,) = served.ask("textDocument/codeAction", **asked)
    assert "formerly draw" in action["title"]
    served.open(tmp_path / "b.event", 'event "b" under "a.rules" declared 20')
    assert served.ask("textDocument/codeAction", **asked) == [action]
