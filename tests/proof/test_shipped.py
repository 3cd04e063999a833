"""Every ``ensure`` of every shipped rulebook has its verdict: that of ``verdicts.json``; ``--rewrite`` writes it."""

import json
from pathlib import Path

import pytest

import rulelang
from rulelang.base.files import data_folder
from rulelang.proof.proof import prove_all, word_of
from tests.examples import mostly_slow

pytest.importorskip("z3")

BOOKS = data_folder("rulebooks")
VERDICTS = Path(__file__).with_name("verdicts.json")
RECORDED = json.loads(VERDICTS.read_text("utf-8"))


def name_of(path):
    return path.relative_to(BOOKS).with_suffix("").as_posix()


FILES = sorted(BOOKS.rglob("*.rules"))


@pytest.mark.parametrize("path", mostly_slow(FILES), ids=name_of)
def test_every_invariant_comes_out_as_recorded(path, rewrite):
    program = rulelang.load_rulebook(path)
    proof = prove_all([program], [program], only=[f"ensure.{number}" for number in range(len(program.ensures))])
    if rewrite:
        RECORDED[name_of(path)] = {one.question.text: told(one) for one in proof.settled}
        VERDICTS.write_text(json.dumps(dict(sorted(RECORDED.items())), indent=1, ensure_ascii=False) + "\n", "utf-8")
    recorded = RECORDED.get(name_of(path), {})
    for one in proof.settled:
        expected = recorded.get(one.question.text, "unknown").partition(":")[0]
        if expected == "unknown":  # an engine that covers more may say more, but no rulebook ships a broken promise
            assert word_of(one) != "refuted", one.question.text
        else:
            assert word_of(one) == expected, one.question.text


def told(settled):
    """The verdict, with the scope of a proof and the reason where it is open."""
    scope = getattr(settled.verdict, "scope", None)
    why = getattr(settled.verdict, "why", None)
    return ": ".join([word_of(settled), *([scope.words] if scope else []), *([why] if why else [])])


def test_nothing_is_unknown_and_nearly_all_is_proved():
    verdicts = [verdict for found in RECORDED.values() for verdict in found.values()]
    assert len(RECORDED) > 70
    assert not [verdict for verdict in verdicts if verdict.startswith("unknown")]
    assert sum(verdict.startswith("proved") for verdict in verdicts) >= 0.95 * len(verdicts)
