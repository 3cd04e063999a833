"""Whether what is proved within a few minor units holds of exact shares too: it is asked once, and in time or not."""

from pathlib import Path

import pytest

import rulelang
from rulelang.proof import settle as settling
from rulelang.proof.claims.both_versions import comparison_question
from rulelang.proof.claims.verdict import Refuted, Unknown
from rulelang.proof.settle import settle
from rulelang.proof.solving.ladder import Built, Decided

pytest.importorskip("z3")

FOLDER = Path(__file__).with_name("false")
A_CENT_MORE = comparison_question("new used(a) <= old used(a)", 0)


@pytest.fixture
def versions():
    names = ("cent_1.rules", "cent_2.rules")
    return [rulelang.parse_rulebook((FOLDER / name).read_text(encoding="utf-8"), name) for name in names]


def deciding(monkeypatch, of_exact_shares):
    """Put something in the place of what is decided of exact shares."""
    decide = settling.decide
    monkeypatch.setattr(
        settling, "decide", lambda claim, *how: (decide if how[2].rounding else of_exact_shares)(claim, *how)
    )
    return decide


def test_it_is_asked_once_however_often_it_matters(monkeypatch, versions):
    asked = []
    decide = deciding(monkeypatch, lambda *how: asked.append(how) or decide(*how))
    assert isinstance(settle(A_CENT_MORE, versions).verdict, Refuted)
    assert len(asked) == 1


def test_a_claim_for_which_the_time_ran_out_there_says_so(monkeypatch, versions):
    deciding(monkeypatch, lambda claim, *_: Decided(open=Built(None, claim, ()), out_of_time=True))
    monkeypatch.setattr(settling._Settling, "_hunted", lambda *_, **__: None)
    verdict = settle(A_CENT_MORE, versions).verdict
    assert isinstance(verdict, Unknown)
    assert verdict.why == "out of time"
