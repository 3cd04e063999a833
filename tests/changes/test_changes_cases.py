"""Pairs of small rulebooks in ``tests/cases/changes``, and the edits between them.

``pytest tests/changes --rewrite`` writes what is found as what is expected; read the difference before it is
committed.
"""

import json
import re
from collections import Counter
from functools import cache

import pytest
from attrs import evolve, fields

import rulelang
from rulelang.changes.edits.kinds import KINDS
from rulelang.changes.edits.steps import FACETS
from rulelang.changes.edits.structure import StructureChanges, compare_structure
from rulelang.changes.match.canonical import Reading
from rulelang.check.program import LimitProgram
from rulelang.check.steps.scope import CLAUSE_WORDS
from rulelang.syntax import nodes
from tests import strategies
from tests.changes.mirrors import mirrored
from tests.conftest import ROOT
from tests.every import every

FOLDERS = sorted((ROOT / "tests/cases/changes").iterdir())
PAIRS = pytest.mark.parametrize("folder", [pytest.param(folder, id=folder.name) for folder in FOLDERS])


@cache
def programs(folder):
    return tuple(
        rulelang.parse_rulebook((folder / name).read_text("utf-8"), name) for name in ("old.rules", "new.rules")
    )


def shown(changes: StructureChanges):
    """The changes as plain values, with places as ``line:column`` and without what is empty."""
    return {
        "steps": {pair["old"]: pair["new"] for pair in changes.to_dict()["steps"] if pair["old"] != pair["new"]},
        "edits": [{key: at(value) for key, value in edit.items() if value} for edit in changes.to_dict()["edits"]],
    }


def at(value):
    return f"{value['line']}:{value['column']}" if isinstance(value, dict) else value


def expected(folder):
    return json.loads((folder / "edits.json").read_text("utf-8"))


@cache
def there(folder):
    """What changes from the old version to the new one."""
    return compare_structure(*programs(folder))


@PAIRS
def test_a_pair_has_the_edits_that_are_expected(folder, rewrite):
    found = shown(there(folder))
    if rewrite:
        text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
        (folder / "edits.json").write_text(text, "utf-8")
    assert found == expected(folder)


@PAIRS
def test_a_pair_the_other_way_round_is_the_mirror(folder):
    old, new = programs(folder)
    back = compare_structure(new, old)
    assert Counter(map(mirrored, there(folder).edits)) == Counter(back.edits)
    assert {after: before for before, after in there(folder).steps.items()} == back.steps


@every(FOLDERS, lambda folder: folder.name)
def test_places_point_into_the_text_they_are_of(folder):
    old, new = programs(folder)
    for edit in there(folder).edits:
        assert edit.old_place is None or edit.old_place.source is old.source
        assert edit.new_place is None or edit.new_place.source is new.source
        assert edit.old_place or edit.new_place


@every(FOLDERS, lambda folder: folder.name)
def test_a_folder_is_named_after_what_is_in_it(folder):
    """So that no case can lose its point unseen."""
    kinds = {edit["kind"] for edit in expected(folder)["edits"]}
    if folder.name in KINDS:
        assert folder.name in kinds
    if "without-meaning" in folder.name or folder.name == "layout-and-comments":
        assert not kinds
    if folder.name.endswith("written-otherwise"):
        assert kinds
        assert all(edit.get("textual") for edit in expected(folder)["edits"])


def test_every_kind_of_edit_has_a_case():
    seen = {edit["kind"] for folder in FOLDERS for edit in expected(folder)["edits"]}
    assert seen == set(KINDS)


def test_every_kind_of_edit_is_in_the_page():
    page = (ROOT / "docs/changes.md").read_text("utf-8")
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", page)) >= set(KINDS)


def test_every_class_of_clauses_is_compared_and_its_citation_too():
    clauses = set(strategies.CLAUSES) - {nodes.UpTo}
    assert {facet.clause for facet in FACETS.values()} - {None} == clauses
    assert set(CLAUSE_WORDS) == clauses


@pytest.mark.parametrize("field", sorted(FACETS))
def test_a_field_of_a_step_without_a_row_is_compared_and_shown_nevertheless(field, monkeypatch):
    """As a field would be that is new: its edit is there, and shows the clause that no row is about."""
    kind, clause = FACETS[field].kind, FACETS[field].clause
    alone = clause is not None and [facet.clause for facet in FACETS.values()].count(clause) == 1
    monkeypatch.delitem(FACETS, field)
    found = [
        edit
        for edit in compare_structure(*programs(ROOT / "tests/cases/changes" / kind)).edits
        if edit.kind == f"{field.replace('_', '-')}-changed"
    ]
    assert found
    assert "None" not in found[0].words
    if alone:
        assert CLAUSE_WORDS[clause].split()[0] in f"{found[0].old} {found[0].new}"


def test_every_field_of_a_limit_counts():
    """But for ``in each segment``, which only says what holds anyway, and what is no rule."""
    program = programs(ROOT / "tests/cases/changes/limit-changed")[0]
    limit = next(limit for step in program.each_step() for limit in step.limits)
    reading = Reading(program, {}, {})
    for part in fields(LimitProgram):
        changed = evolve(limit, **{part.name: "another"})
        counts = part.eq and part.name != "citation"
        if part.name != "value":
            assert (reading.meaning(changed) != reading.meaning(limit)) == counts, part.name


def words_of(name):
    return [edit["words"] for edit in expected(ROOT / "tests/cases/changes" / name)["edits"]]


def test_words_are_plain_sentences():
    assert words_of("limit-changed")[0] == (
        "limit of `junior` changed from `up to EUR 5 million` to `up to EUR 7 million`"
    )
    assert words_of("step-moved") == ["`junior` moved from after `own_margin` to after `calls`"]
    for folder in FOLDERS:
        for words in words_of(folder.name):
            assert "\n" not in words
            assert "None" not in words
            assert not words.endswith(".")


def test_one_step_moved_is_one_edit_whatever_is_inserted():
    kinds = [edit["kind"] for edit in expected(ROOT / "tests/cases/changes/step-moved-and-insertion")["edits"]]
    assert kinds == ["step-moved", "step-added"]


NAMED = {"layout-and-comments", "limit-written-otherwise", "limit-changed", "definition-becomes-a-given"}


def test_identical_and_text_only():
    changes = {folder.name: compare_structure(*programs(folder)) for folder in FOLDERS if folder.name in NAMED}
    assert changes["layout-and-comments"].identical
    assert changes["layout-and-comments"].text_only
    assert not changes["limit-written-otherwise"].identical
    assert changes["limit-written-otherwise"].text_only
    assert not changes["limit-changed"].text_only
    assert not changes["definition-becomes-a-given"].text_only
    assert changes["layout-and-comments"].to_dict() == {
        "identical": True,
        "text_only": True,
        "steps": [{"old": name, "new": name} for name in ("own_margin", "junior", "fund_draw", "calls", "gains")],
        "edits": [],
    }


def test_the_reform_of_the_korea_exchange_is_a_new_step_and_a_renamed_one():
    folder = ROOT / "rulebooks/krx-derivatives"
    old, new = (rulelang.load_rulebook(folder / f"{name}.rules") for name in ("before-2014", "after-2014"))
    changes = compare_structure(old, new)
    told = [(edit.kind, edit.subject) for edit in changes.edits if not edit.textual]
    assert told[0] == ("step-added", "reserve_junior")
    assert {kind for kind, _ in told[1:]} == {"ensure-added"}
    assert changes.steps["reserve_draw"] == "reserve_senior"
