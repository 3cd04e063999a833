"""The page on profiles keeps its word: its commands print what it shows, its Python gives what it says."""

import re

import pytest

from rulelang.tools import cli as shell
from tests.conftest import ROOT
from tests.console_blocks import printed, shown_in
from tests.examples import mostly_slow

TEXT = (ROOT / "docs" / "profile.md").read_text(encoding="utf-8")
SHOWN = shown_in("profile.md")


def test_it_shows_commands():
    assert len(SHOWN) >= 5
    assert all(output for _, output in SHOWN)


@pytest.mark.parametrize("number", mostly_slow(range(len(SHOWN)), every=5))
def test_commands_print_what_is_shown(number, console):
    command, output = SHOWN[number]
    assert command.startswith("rulelang ")
    code, out, _ = console(command, 88)
    assert out == output
    assert code == ("never" in output.splitlines()[0])


def test_its_python_gives_what_is_shown():
    code, output = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", TEXT, re.DOTALL).groups()
    done = printed(["-c", code], 88)
    assert done.stderr == b""
    assert done.stdout.decode("utf-8").replace("\r\n", "\n") == output


@pytest.mark.parametrize("name", ["profile", "when"])
def test_it_names_every_option(name):
    command = shell.cli.get_command(None, name)
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    missing = {option for option in options if option not in TEXT}
    assert missing <= {"--help"}
