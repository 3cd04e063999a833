"""The pages on comparing and on working in a team keep their word: what they show runs, and gives what they say."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rulelang.changes.verdict import Level
from tests.conftest import ROOT

pytestmark = pytest.mark.slow  # the language is covered without it

CHANGES = (ROOT / "docs/changes.md").read_text("utf-8")
TEAMS = (ROOT / "docs/teams.md").read_text("utf-8")

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="Git is not there")


def block(page, name):
    """The fenced block of this name, or of this language if it has none."""
    found = re.search(rf"^```(?:\w+ )?{re.escape(name)}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert found, name
    return found[1]


def write_example(folder):
    before = block(CHANGES, "before.rules")
    after = before
    lines = block(CHANGES, "after.rules").splitlines()
    for old, new in zip(lines[::2], lines[1::2], strict=True):
        assert (old[0], new[0]) == ("-", "+")
        assert after.count(old[1:]) == 1
        after = after.replace(old[1:], new[1:])
    texts = {"before.rules": before, "after.rules": after, "default.event": block(CHANGES, "default.event")}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def test_the_example_gives_what_is_shown(tmp_path, monkeypatch, console):
    write_example(tmp_path)
    typed, shown = block(CHANGES, "console").split("\n", 1)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert console(typed.removeprefix("$ "), 110, tmp_path)[:2] == (1, shown)


def test_the_verdicts_are_listed():
    rows = re.findall(r"^\| ([a-z ]+) \| ", CHANGES.split("### The verdict")[1].split("###")[0], re.MULTILINE)
    assert rows[1:] == [level.words for level in Level]


def test_hooks_are_those_that_are_described():
    hooks = re.findall(r"^- id: (\S+)$", (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"), re.MULTILINE)
    assert hooks == re.findall(r"^      - id: (\S+)$", TEAMS, re.MULTILINE)
    assert hooks == re.findall(r"^\| `(rulelang-\w+)` \|", TEAMS, re.MULTILINE)


@pytest.mark.parametrize("name", ["rulelang-fmt", "rulelang-check", "rulelang-test"])
def test_a_hook_runs_on_files(name, tmp_path):
    text = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")
    entry = re.search(rf"- id: {name}\n(?:  .*\n)*?  entry: (.*)\n", text)[1].split()
    write_example(tmp_path)
    command = [sys.executable, "-m", *entry, "before.rules", "after.rules"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# ---------------------------------------------------------------------------------------------- in a scratch repository


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """The example in a repository: committed on `main`, changed on a branch; `rulelang` is on the path."""
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "rulelang"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m rulelang "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    for key in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(key, os.devnull)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "a@b")
    root = tmp_path / "team"
    book = root / "books of rules"
    (book / "events").mkdir(parents=True)
    write_example(tmp_path)
    shutil.copy(tmp_path / "before.rules", book / "ccp.rules")
    shutil.copy(tmp_path / "default.event", book / "events")
    monkeypatch.chdir(root)
    run("git", "-c", "init.defaultBranch=main", "init", "-q", ".")
    run("git", "add", "books of rules")
    run("git", "commit", "-q", "-m", "one")
    run("git", "checkout", "-q", "-b", "change")
    return tmp_path


def run(*command, code=0):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def commit(text):
    Path("books of rules/ccp.rules").write_text(text, encoding="utf-8")
    run("git", "commit", "-q", "-a", "-m", "two")


@needs_git
@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")
def test_the_script_for_pull_requests(repository):
    after = (repository / "after.rules").read_text("utf-8")
    Path("rules-diff.sh").write_text(block(TEAMS, "rules-diff.sh"), encoding="utf-8")
    run("sh", "rules-diff.sh", "main")
    assert Path("diff.md").read_text("utf-8") == ""
    commit(after.replace("Nordic", "Northern").replace("EUR 8 million", "EUR 5 million"))
    run("sh", "rules-diff.sh", "main")
    assert "**text**" in Path("diff.md").read_text("utf-8")
    commit(after)
    run("sh", "rules-diff.sh", "main", code=1)
    assert "**totals differ**" in Path("diff.md").read_text("utf-8")
    commit("rulebook")
    run("sh", "rules-diff.sh", "main", code=3)
    assert "books of rules/ccp.rules could not be compared" in Path("diff.md").read_text("utf-8")


@needs_git
def test_the_driver_for_git(repository):
    shutil.copy(repository / "after.rules", "books of rules/ccp.rules")
    Path(".gitattributes").write_text(block(TEAMS, ".gitattributes"), encoding="utf-8")
    assert "+        up to EUR 8 million" in run("git", "diff")
    run("sh", "-c", block(TEAMS, "git-driver.sh"))
    told = run("git", "diff")
    assert "  limit changed\n    - up to EUR 5 million\n    + up to EUR 8 million\n" in told
    assert "diff --git" not in told
    commit((repository / "after.rules").read_text("utf-8"))
    for command in (["show", "--ext-diff"], ["log", "-p", "--ext-diff", "-1"]):
        assert "limit changed" in run("git", *command)
    assert "+        up to EUR 8 million" in run("git", "diff", "--no-ext-diff", "main")
