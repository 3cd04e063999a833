"""The examples of ``docs/sweep.md`` and ``docs/sweep-questions.md`` run and give what the pages say."""

import os
import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

WRITTEN = {
    "sweep.md": {"results.parquet", "some.parquet", "some.rejects.parquet"},
    "sweep-questions.md": {"summary.json", "summary.xlsx", "summary.html", "summary.png", "storm.audit.json"},
}


def blocks(page, kind):
    """What stands behind the kind of each block, and its text."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}(?: (\S+))?\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def run(folder, *words):
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=folder,
        env={**os.environ, "COLUMNS": "100"},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "rulebooks").symlink_to(ROOT / "rulebooks")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(("page", "consoles"), [("sweep.md", 0), ("sweep-questions.md", 4)])
def test_the_commands_and_the_python_give_what_is_shown(folder, page, consoles, console):
    def run_line(line, exit_code=0):
        code, out, errors = console(line, 100, folder)
        assert code == exit_code, errors
        return out

    for kind in ("csv", "rules", "event"):
        for name, text in blocks(page, kind):
            (folder / name).write_text(text, encoding="utf-8")
    for name, text in blocks(page, "python"):
        if name:
            assert run(folder, "-c", text)[0] == 0
    assert len(blocks(page, "console")) == consoles
    for _, text in blocks(page, "console"):
        command, _, shown = text.partition("\n")
        assert run_line(command.removeprefix("$ ")) == shown
    for exit_code, text in blocks(page, "sh"):
        for line in text.splitlines():
            run_line(line, int(exit_code.removeprefix("exit=") or 0))
    assert WRITTEN[page] <= {path.name for path in folder.iterdir()}
    (code,) = [text for name, text in blocks(page, "python") if not name]
    exit_code, out, errors = run(folder, "-c", code)
    assert exit_code == 0, errors
    ((_, shown),) = blocks(page, "text")
    assert out == shown
    if page == "sweep-questions.md":  # where letters stand depends on the library's version, what they say does not
        texts = [
            re.findall(r"<text[^>]*>([^<]+)</text>", (place / "sweep-summary.svg").read_text(encoding="utf-8"))
            for place in (ROOT / "docs", folder)
        ]
        assert texts[0] == texts[1]
        assert len(texts[0]) > 40
