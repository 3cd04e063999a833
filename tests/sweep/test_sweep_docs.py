"""The examples of ``docs/sweep.md`` run and give what the page says."""

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "sweep.md").read_text(encoding="utf-8")


def blocks(kind):
    return re.findall(rf"^```{kind}(?: (\S+))?\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "rulebooks").symlink_to(ROOT / "rulebooks")
    for name, text in blocks("csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_commands_run(folder):
    assert len(blocks("sh")) == 2
    for exit_code, text in blocks("sh"):
        for line in text.splitlines():
            command = [sys.executable, "-m", "rulelang", *line.split()[1:]]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
            assert done.returncode == int(exit_code.removeprefix("exit=") or 0), done.stderr
    assert {path.name for path in folder.glob("*.parquet")} == {
        "results.parquet",
        "some.parquet",
        "some.rejects.parquet",
    }


def test_the_python_gives_what_is_shown(folder):
    ((_, code),) = blocks("python")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr
    ((_, shown),) = blocks("text")
    assert done.stdout == shown
