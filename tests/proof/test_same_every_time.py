"""The same verdicts, formulas and events whatever the seed of hashes is."""

import hashlib
import os
import subprocess
import sys

import pytest

from rulelang.proof.claims.questions import questions_of
from rulelang.proof.settle import settle
from tests.conftest import ROOT
from tests.proof.test_verdicts import rulebook


def digest():
    told = hashlib.sha256()
    program = rulebook("krx-derivatives/after-2014.rules", 'ensure "a false one": used(fund_draw) <= KRW 5')
    for question in questions_of(program):
        if question.name != "larger-loss":
            settled = settle(question, [program])
            told.update(f"{settled.verdict} {sorted(settled.formulas.items())}".encode())
    return told.hexdigest()


@pytest.mark.slow  # two processes prove it all; which verdict it is, others say
def test_a_verdict_does_not_depend_on_the_seed_of_hashes():
    code = "from tests.proof.test_same_every_time import digest; print(digest())"
    found = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        found.add(run.stdout)
    assert len(found) == 1
