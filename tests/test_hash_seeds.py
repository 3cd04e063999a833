"""What a command says does not hang on the order in which Python walks a set, which differs from process to process.

``tests/test_digests.py`` compares every output with what it was, under the one order of its own process: a text that
follows a set passes there half of the time. Here the same cases run in processes of their own, in several orders.
"""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

SCRIPT = """
import hashlib, sys
from click.testing import CliRunner
from rulelang.tools.cli import cli
from tests.test_digests import CASES

for book in CASES:
    for event in sorted(book.parent.rglob("*.event")):
        for command in ("explain", "run --format json"):
            done = CliRunner().invoke(cli, [*command.split(), str(book), str(event)])
            print(hashlib.sha256(done.stdout.encode()).hexdigest()[:16], command, event)
"""


def told(seed):
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.splitlines()


@pytest.mark.slow
def test_every_case_says_the_same_in_every_process():
    first, other = (told(seed) for seed in ("1", "6"))
    assert len(first) > 300
    assert sorted({*first} ^ {*other}) == []
