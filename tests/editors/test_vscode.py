"""The extension for VS Code, as far as Python tells: its grammar, snippets and manifest."""

import json
import re
import tomllib
from importlib import util
from pathlib import Path

import pytest

import rulelang
from rulelang.histories.testing import run_tests

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "editors" / "vscode"
MANIFEST = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))


def test_the_grammar_is_what_the_script_writes() -> None:
    spec = util.spec_from_file_location("vscode_grammar", EXTENSION / "grammar.py")
    assert spec is not None
    assert spec.loader is not None
    grammar = util.module_from_spec(spec)
    spec.loader.exec_module(grammar)
    assert grammar.PATH.read_text(encoding="utf-8") == grammar.written(), "python editors/vscode/grammar.py"


# ---------------------------------------------------------------------------------------------------------- snippets


def filled(snippet: dict[str, object]) -> str:
    """A snippet with its own suggestions filled in."""
    text = "\n".join(snippet["body"])
    first: dict[str, str] = {}
    for number, choice, default in re.findall(r"\$\{(\d+)(?:\|([^|]*)\||:([^}]*))?\}", text):
        first.setdefault(number, default or choice.split(",")[0])
    return re.sub(r"\$\{?(\d+)(?:\|[^|]*\||:[^}]*)?\}?", lambda found: first.get(found[1], ""), text)


def snippets(kind: str) -> dict[str, str]:
    read = json.loads((EXTENSION / "snippets" / f"{kind}.json").read_text(encoding="utf-8"))
    return {name: filled(snippet) for name, snippet in read.items()}


SECTIONS = {"Limit of several steps", "Period", "Definition", "Given", "Replenishment", "Statement", "Test"}
FRAME = """rulebook "Frame" version 2026-01-01
currency EUR
members have
    margin       : money
    contribution : money
    gain         : money
given ccp_capital : money
{section}
waterfall
{step}
    finally closure
"""
USE = """
    tranche {name} "A step" cite "1"
        paid by survivors from contribution
        up to {limit} {reach}
        shared pro rata to contribution
"""


def indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())


RULES = snippets("rulebook")


@pytest.mark.parametrize("name", RULES)
def test_a_snippet_of_a_rulebook_checks_clean(name: str, tmp_path: Path) -> None:
    """As it stands when it was chosen and nothing was typed: no error, and no warning but that it is not used yet."""
    snippet = RULES[name]
    whole = {"section": "", "step": ""}
    if name == "Rulebook":
        text = snippet
    elif name in SECTIONS:
        steps = "\n".join(RULES[each] for each in ("Step paid by the CCP", "Default fund", "Cash calls"))
        text = FRAME.format(section="", step=indented(steps)) + snippet
        text = text.replace("    gain         : money\n", "")
    elif name == "Allowance":
        step = snippet.rstrip() + "\ntranche first_loss\n    paid by ccp from ccp_capital"
        text = FRAME.format(**whole | {"step": indented(step)})
    else:
        text = FRAME.format(**whole | {"step": indented(snippet)})
    file = tmp_path / "ccp.rules"
    file.write_text(text, encoding="utf-8")
    rulebook = rulelang.load_rulebook(file)
    start = text.index(snippet.splitlines()[0].strip())
    inside = [
        found
        for found in rulebook.warnings
        if found.place is not None and found.place.span is not None and start <= found.place.span.start
    ]
    about_itself = ("uncited-step", "useless-allowance")
    assert [found for found in inside if name == "Rulebook" or found.code in about_itself] == []
    if rulebook.tests:
        assert all(not result.failures for result in run_tests(rulebook).results)


def test_snippets_of_events_and_histories_check_clean(tmp_path: Path) -> None:
    rules = RULES["Rulebook"].replace("    finally", indented(RULES["Haircut of gains"]) + "\n    finally")
    rules = rules.replace("given ccp_capital", "    gain : money if missing EUR 0\ngiven ccp_capital")
    rules += "\nrecoveries repay fund then repay first_loss rest to defaulters\n"
    (tmp_path / "rulebook.rules").write_text(rules, encoding="utf-8")
    rulebook = rulelang.load_rulebook(tmp_path / "rulebook.rules")
    events, histories = snippets("event"), snippets("history")
    (tmp_path / "members.csv").write_text("member,margin,contribution\nD,0,10000000\n", encoding="utf-8")
    for number, more in enumerate(("", *(text for name, text in events.items() if name != "Event"))):
        file = tmp_path / f"{number}.event"
        file.write_text(events["Event"] + more, encoding="utf-8")
        event = rulelang.load_event(file, rulebook)
        assert not event.warnings
        if "under calls" not in more:
            rulelang.evaluate(rulebook, event)
    file = tmp_path / "year.history"
    file.write_text("\n".join(histories.values()), encoding="utf-8")
    history = rulelang.load_history(file)
    rulelang.evaluate_history(history)


# ---------------------------------------------------------------------------------------------------------- manifest


def test_all_that_the_manifest_names_is_there() -> None:
    contributes = MANIFEST["contributes"]
    named = [each["path"] for each in (*contributes["grammars"], *contributes["snippets"])]
    named += [path for each in contributes["languages"] for path in (each["configuration"], *each["icon"].values())]
    named += [step["media"]["markdown"] for each in contributes["walkthroughs"] for step in each["steps"]]
    assert [path for path in named if not (EXTENSION / path).is_file()] == []
    assert (EXTENSION / "LICENSE").read_text(encoding="utf-8") == (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_every_command_is_registered_and_every_one_that_is_named_exists() -> None:
    declared = {each["command"] for each in MANIFEST["contributes"]["commands"]}
    sources = (EXTENSION / "src" / "extension.ts").read_text(encoding="utf-8")
    assert declared == set(re.findall(r'register\("(rulelang\.\w+)"', sources))
    menus = {each["command"] for menu in MANIFEST["contributes"]["menus"].values() for each in menu}
    steps = json.dumps(MANIFEST["contributes"]["walkthroughs"])
    assert menus | set(re.findall(r"command:(rulelang\.\w+)", steps)) <= declared
    settings = MANIFEST["contributes"]["configuration"]["properties"]
    read = re.findall(r'\.get<\w+>\("(\w+)"', (EXTENSION / "src" / "settings.ts").read_text(encoding="utf-8"))
    assert {f"rulelang.{name}" for name in read} <= settings.keys()


def test_versions_are_pinned_and_the_lock_file_names_no_host() -> None:
    assert all(re.fullmatch(r"[0-9.]+", version) for version in MANIFEST["devDependencies"].values())
    lock = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))
    packages = {path: package for path, package in lock["packages"].items() if path}
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for package in packages.values())
    for name, version in MANIFEST["devDependencies"].items():
        assert packages[f"node_modules/{name}"]["version"] == version


def test_the_version_is_that_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert MANIFEST["version"] == project["version"]
