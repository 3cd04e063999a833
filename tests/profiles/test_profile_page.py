"""The page on profiles keeps its word: its commands print what it shows, its Python gives what it says."""

import os
import re
import subprocess
import sys

import pytest

from rulelang.tools import cli as shell
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "profile.md").read_text(encoding="utf-8")
SHOWN = [
    (command, output)
    for block in re.findall(r"^```console\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    for command, output in re.findall(r"^\$ ([^\n]*)\n((?:(?!\$ )[^\n]*\n)*)", block, re.MULTILINE)
]


def printed(arguments):
    environment = {**os.environ, "COLUMNS": "88", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=False, timeout=120)


def test_it_shows_commands():
    assert len(SHOWN) >= 5
    assert all(output for _, output in SHOWN)


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[str(number) for number in range(len(SHOWN))])
def test_commands_print_what_is_shown(command, output):
    import shlex

    words = shlex.split(command)
    assert words[0] == "rulelang"
    done = printed(["-m", "rulelang", *words[1:]])
    assert done.stdout.decode("utf-8").replace("\r\n", "\n") == output
    assert done.returncode == ("never" in output.splitlines()[0])


def test_its_python_gives_what_is_shown():
    code, output = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", TEXT, re.DOTALL).groups()
    done = printed(["-c", code])
    assert done.stderr == b""
    assert done.stdout.decode("utf-8").replace("\r\n", "\n") == output


@pytest.mark.parametrize("name", ["profile", "when"])
def test_it_names_every_option(name):
    command = shell.cli.get_command(None, name)
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    missing = {option for option in options if option not in TEXT}
    assert missing <= {"--help"}
