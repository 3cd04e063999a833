"""The commands that a page of the documentation shows, each with what it is to print."""

import os
import re
import subprocess
import sys

from tests.conftest import ROOT


def shown_in(page):
    """The commands of the console blocks of a page of ``docs``, each with what stands below it."""
    return [
        (command, output)
        for block in re.findall(
            r"^```console\n(.*?)^```$", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
        for command, output in re.findall(r"^\$ ([^\n]*)\n((?:(?!\$ )[^\n]*\n)*)", block, re.MULTILINE)
    ]


def printed(arguments, columns):
    """What Python prints with these arguments, in the checkout, on a terminal so wide."""
    environment = {**os.environ, "COLUMNS": str(columns), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=False, timeout=300)


def timeless(text):
    """What a proof tells, without times, the version of the solver and line ends."""
    return " ".join(re.sub(r"z3 [0-9.]+|[0-9]+\.[0-9]+ s\b", "", text).split())
