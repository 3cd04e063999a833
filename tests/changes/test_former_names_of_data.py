"""Two versions that call a datum otherwise, under one event: what `formerly` tells is understood from either side."""

import pytest

import rulelang
from rulelang.changes.verdict import Level
from tests.conftest import ROOT

CASES = ROOT / "tests/cases/changes"
EVENT = """event "Default of A"
declared 2026-03-02
given capital = EUR 1 million
given sek_fix = 0.1
member A margin = EUR 1 million {0} = EUR 5 million
member B margin = EUR 1 million {0} = EUR 5 million
default of A loss EUR 3 million
"""


def compared(folder, old, new, name, tmp_path):
    event = tmp_path / "a.event"
    event.write_text(EVENT.format(name), encoding="utf-8")
    return rulelang.diff(CASES / folder / f"{old}.rules", CASES / folder / f"{new}.rules", [event])


@pytest.mark.parametrize("name", ["deposit", "fund_share"])
@pytest.mark.parametrize(("old", "new"), [("old", "new"), ("new", "old")])
def test_an_event_that_says_either_name_is_compared(old, new, name, tmp_path):
    found = compared("field-renamed", old, new, name, tmp_path)
    assert found.verdict.level is Level.TEXT
    assert [edit.kind for edit in found.structure.edits] == ["field-renamed"]
    assert all(not change.matters for change in found.events[0].classes.values())


def test_without_formerly_the_new_version_does_not_know_the_old_name(tmp_path):
    """The text says that both are one; an event that says the old name is refused all the same."""
    found = compared("field-renamed-throughout", "old", "new", "deposit", tmp_path)
    assert found.verdict.level is Level.DOES_NOT_RUN
    assert found.structure.text_only
    assert found.structure.edits[0].words == (
        "field `deposit` is called `fund_share` now, as all that names it shows; "
        "without `formerly`, events have to say the new name"
    )


@pytest.mark.parametrize("name", ["capital", "own_funds"])
def test_what_varies_may_have_either_name(name, tmp_path):
    """So that a given that was renamed can be compared for every value of it."""
    old = (CASES / "given-renamed/old.rules").read_text("utf-8")
    new = (
        (CASES / "given-renamed/new.rules")
        .read_text("utf-8")
        .replace("given own_funds : money", "given own_funds : money formerly capital")
    )
    event = tmp_path / "a.event"
    event.write_text(EVENT.format("deposit"), encoding="utf-8")
    for number, text in enumerate((old, new)):
        (tmp_path / f"{number}.rules").write_text(text, encoding="utf-8")
    found = rulelang.diff(tmp_path / "0.rules", tmp_path / "1.rules", [event], vary=name)
    assert found.verdict.level is Level.TEXT
    assert found.events[0].bands == ()
