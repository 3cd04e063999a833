"""How much a run tries: a tenth in the quick one, ten times as much in the long one, and nobody says otherwise."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import examples
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("share", "tried", "cases"),
    [(examples.QUICK, (10, 5, 1), 2), ("1", (100, 6, 6), 12), (examples.LONG, (1000, 60, 60), 12)],
)
def test_a_run_tries_its_share(share, tried, cases, monkeypatch):
    monkeypatch.setenv(examples.VARIABLE, share)
    assert (examples.share_of(100), examples.share_of(6), examples.share_of(6, least=1)) == tried
    assert len(examples.some_of(range(12))) == cases
    assert examples.is_quick() == (share == examples.QUICK)
    assert examples.is_long() == (share == examples.LONG)
    assert examples.examples(100).max_examples == tried[0]


def test_a_property_test_that_says_nothing_tries_its_share_too():
    @given(st.integers())
    def silent(_):
        pass

    said = silent._hypothesis_internal_use_settings
    assert said.max_examples == settings().max_examples == examples.share_of(100)
    assert said.derandomize == examples.examples(30).derandomize == (os.environ.get(examples.VARIABLE) != examples.LONG)


def test_how_many_examples_are_tried_is_said_in_one_way():
    own = [ROOT / "tests" / name for name in ("examples.py", "test_examples.py")]
    for path in (ROOT / "tests").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert path in own or ("max_examples" not in text and "@settings(" not in text), path
