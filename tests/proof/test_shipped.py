"""Every ``ensure`` of every shipped rulebook has its verdict: that of ``verdicts.json``; ``--rewrite`` writes it."""

import json
from pathlib import Path

import pytest

import rulelang
from rulelang.base.files import data_folder
from rulelang.proof.proof import prove_all, word_of

pytest.importorskip("z3")

BOOKS = data_folder("rulebooks")
FILES = sorted(BOOKS.rglob("*.rules"))
VERDICTS = Path(__file__).with_name("verdicts.json")
RECORDED = json.loads(VERDICTS.read_text("utf-8")) if VERDICTS.exists() else {}


def name_of(path):
    return path.relative_to(BOOKS).with_suffix("").as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_invariant_comes_out_as_recorded(path, rewrite):
    program = rulelang.load_rulebook(path)
    asked = [number for number, _ in enumerate(program.ensures)]
    proof = prove_all([program], [program], only=tuple(f"ensure.{number}" for number in asked))
    found = {one.question.text: told(one) for one in proof.settled}
    if rewrite:
        RECORDED[name_of(path)] = found
        VERDICTS.write_text(json.dumps(dict(sorted(RECORDED.items())), indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert found == RECORDED[name_of(path)]


def told(settled):
    """The verdict, with the scope of a proof and the reason where it is open."""
    scope = getattr(settled.verdict, "scope", None)
    why = getattr(settled.verdict, "why", None)
    return ": ".join([word_of(settled), *([scope.words] if scope else []), *([why] if why else [])])


def test_no_rulebook_is_forgotten():
    assert set(RECORDED) == {name_of(path) for path in FILES}
    verdicts = [verdict for found in RECORDED.values() for verdict in found.values()]
    assert sum(verdict.startswith("proved") for verdict in verdicts) >= 60
