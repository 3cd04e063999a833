"""Parts of the page that need no browser: names and links, amounts, and texts as they were written."""

import json
import shutil
import subprocess

import pytest

from tests.conftest import ROOT
from tests.studio.test_desk import NAMES

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")


def told(module, names, script):
    """What a script says that uses names of a module of the page."""
    place = (ROOT / "studio" / "page" / f"{module}.js").as_uri()
    script = f"import {{ {names} }} from {json.dumps(place)};\nconsole.log(JSON.stringify({script}))"
    command = ["node", "--input-type=module", "-e", script]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout)


def test_names_are_held_to_the_rule_of_the_desk():
    assert dict(zip(NAMES, told("link", "named", f"{json.dumps(list(NAMES))}.map(named)"), strict=True)) == NAMES
    assert told("link", "clash", "[clash(['a.rules', 'a.rules/b.rules']), clash(['a.rules', 'a/b.rules'])]") == [
        "a.rules",
        None,
    ]


def test_a_link_of_too_many_files_is_refused():
    many = "Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`${at}.rules`, '']))"
    refused = f"(() => {{ try {{ believed({{ v: 1, files: {many} }}) }} catch (error) {{ return error.message }} }})()"
    assert "201 files" in told("link", "believed", refused)


def test_amounts_are_whole_minor_units():
    texts = ["0.10", "0.1", "12", "9007199254740993.01", "1/3", "0.009"]
    units = told("money", "units", f"{json.dumps(texts)}.map((text) => units(text, 2).toString())")
    assert units == ["10", "10", "1200", "900719925474099301", "33", "0"]
    assert told("money", "units", "units('4000', 0).toString()") == "4000"
    amounts = "[[5n, 2], [1234567n, 2], [900719925474099301n, 2], [4000n, 0]]"
    shown = told("money", "shown", f"{amounts}.map(([amount, decimals]) => shown(amount, decimals))")
    assert shown == ["0.05", "12,345.67", "9,007,199,254,740,993.01", "4,000"]


def test_a_text_is_written_as_it_was():
    shapes = {"a.rules": "\ufeffa\r\nb\r\n", "b.rules": "a\nb\n", "c.rules": "a\rb", "d.rules": "a\r\nb\nc\n"}
    texts = "[...state.files].map(([name, text]) => [text, written(name)])"
    script = f"(hold(new Map(Object.entries({json.dumps(shapes)}))), {texts})"
    assert told("state", "hold, state, written", script) == [
        ["a\nb\n", shapes["a.rules"]],
        ["a\nb\n", shapes["b.rules"]],
        ["a\nb", shapes["c.rules"]],
        ["a\nb\nc\n", "a\nb\nc\n"],
    ]


def test_pieces_of_a_text_are_replaced_in_any_order():
    pieces = [
        {"from": 4, "to": 5, "insert": "E!"},
        {"from": 0, "to": 1, "insert": ""},
        {"from": 2, "to": 2, "insert": "+"},
    ]
    script = f"[replaced('abcdef', {json.dumps(pieces)}), replaced('a', [])]"
    assert told("state", "replaced", script) == ["b+cdE!f", "a"]
