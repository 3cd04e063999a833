"""A rulebook in which one clause is swapped, dropped or loosened: the invariant that guards it is refuted by a run.

``mutants.json`` has, for each shipped rulebook and invariant, a clause that the invariant guards; the invariants are
proved of the rulebooks as they ship (``test_shipped.py``).
"""

import json
import re
from pathlib import Path

import pytest

import rulelang
from rulelang.proof.claims.questions import questions_of
from rulelang.proof.claims.verdict import Proved, Refuted
from rulelang.proof.settle import settle
from tests.examples import mostly_slow
from tests.proof.mutants import mutated
from tests.proof.test_verdicts import ROOT

GUARDED = [
    (path, int(number), mutation)
    for path, found in json.loads(Path(__file__).with_name("mutants.json").read_text("utf-8")).items()
    for number, mutation in found.items()
]


def replaced(old, new):
    def mutate(text):
        assert old in text
        return text.replace(old, new, 1)

    return mutate


def swapped(one, other):
    """Two steps in each other's place."""

    def block(text, name):
        found = re.search(
            rf"^    (tranche|assessment) {name} .*?(?=^    [a-z]|^\n    #)", text, re.DOTALL | re.MULTILINE
        )
        return found.group(0)

    def mutate(text):
        first, second = block(text, one), block(text, other)
        return text.replace(first, "@1").replace(second, "@2").replace("@1", second).replace("@2", first)

    return mutate


MUTANTS = {
    "a limit is loosened": ("major-ccp/rulebook.rules", 3, replaced("up to 100% of contrib", "up to 250% of contrib")),
    "steps are swapped": ("krx-derivatives/after-2014.rules", 0, swapped("reserve_junior", "fund_draw")),
    "a pot is no bound any more": (
        "krx-derivatives/after-2014.rules",
        2,
        replaced("survivors from contribution", "survivors\n        up to 120% of contribution each"),
    ),
    "a limit is dropped": (
        "nasdaq-commodities-2018/rulebook.rules",
        2,
        replaced("        up to 100% of contribution each\n", ""),
    ),
}


def verdict_of(text, number):
    program = rulelang.parse_rulebook(text, "mutant.rules")
    (question,) = [one for one in questions_of(program) if one.name == f"ensure.{number}"]
    return settle(question, [program]).verdict


@pytest.mark.parametrize(("path", "number", "mutate"), MUTANTS.values(), ids=MUTANTS)
def test_the_invariant_that_guards_a_clause_is_refuted_without_it(path, number, mutate):
    text = (ROOT / path).read_text(encoding="utf-8").split("\ntest ")[0] + "\n"
    assert isinstance(verdict_of(text, number), Proved)
    assert isinstance(verdict_of(mutate(text), number), Refuted)


@pytest.mark.parametrize("guarded", mostly_slow(GUARDED, every=4), ids=lambda case: str(case[:2]))
def test_in_every_shipped_rulebook_the_guard_of_a_clause_is_refuted_without_it(guarded):
    path, number, mutation = guarded
    text = (ROOT / path).read_text(encoding="utf-8").split("\ntest ")[0] + "\n"
    assert isinstance(verdict_of(mutated(text, mutation), number), Refuted)
