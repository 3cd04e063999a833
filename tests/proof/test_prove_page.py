"""The page on proofs keeps its word: its commands print what it shows but for the times, and it names every option."""

import re

import pytest

from rulelang.tools import cli as shell
from tests.conftest import ROOT
from tests.console_blocks import printed, shown_in, timeless
from tests.examples import mostly_slow

pytest.importorskip("z3")

TEXT = (ROOT / "docs" / "prove.md").read_text(encoding="utf-8")
SHOWN = shown_in("prove.md")


def test_it_shows_commands():
    assert len(SHOWN) >= 4
    assert all(output for _, output in SHOWN)


@pytest.mark.parametrize("number", mostly_slow(range(len(SHOWN))))
def test_commands_print_what_is_shown(number, console):
    command, output = SHOWN[number]
    assert command.startswith("rulelang ")
    code, out, errors = console(command, 100)
    assert timeless(out) == timeless(output), errors
    assert code == ("REFUTED" in output)


def test_its_python_gives_what_it_says():
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    done = printed(["-c", code], 100)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Proved" in done.stdout.decode("utf-8")


def test_it_names_every_option():
    command = shell.cli.get_command(None, "prove")
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    assert {option for option in options if option not in TEXT} <= {"--help"}
