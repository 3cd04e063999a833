"""Texts that name each other in ways nobody would choose, and what a new name does to all of them."""

from pathlib import Path

import pytest

from rulelang.analysis.documents import Documents
from rulelang.analysis.names import references
from rulelang.analysis.outline import outline
from rulelang.analysis.renaming import changed, former_names, renaming
from rulelang.analysis.runs import Runs
from rulelang.analysis.workspace import Workspace
from rulelang.base.diagnostic import RulelangError
from rulelang.histories.rows import rows_of_day
from rulelang.histories.testing import run_tests
from rulelang.proof.claims.written import _FILE
from tests.analysis.shipped import in_memory
from tests.analysis.test_facts import A
from tests.analysis.test_names import _use

RULES = """rulebook "T" version 2020-01-01
currency EUR
members have
    contribution : money
    grade : one of high, low if missing low
given x : money if missing EUR 0
define fund as sum of contribution over survivors
waterfall "W"
    tranche own "O" paid by defaulters from contribution
    tranche ours "C" paid by ccp up to x
    finally rest "rest"
"""
EVENT = 'event "E"\n    under "a.rules"\n    declared 2020-01-01\n'
MEMBERS = EVENT + '    members from "m.csv"\n    default of A loss EUR 5\n'
TABLE = "member,contribution,grade\nA,10,high\n"
TEST = 'test "t"\n    declared 2020-01-01\n    members from "m.csv"\n    default of A loss EUR 5\n'
TESTED = TEST + "    expect own pays EUR 5\n"


def _renamed(workspace, name, new, path=A):
    facts = workspace.facts(path)
    edits = renaming(workspace, facts, _use(facts, name), new)
    return {path.name: changed(workspace.documents.read(path), each) for path, each in edits.items()}


def test_a_banner_of_comment_signs_is_passed_at_once():
    banner = "#" * 4_000
    text = RULES.replace("given x : money", f"given x : money\n{banner}\n   ").replace("own ", f"own\n{banner}\n")
    workspace = in_memory(a_rules=text)
    facts = workspace.facts(A)
    for name in ("x", "own"):
        assert renaming(workspace, facts, _use(facts, name), "other", keep_former=True)
    assert _FILE.match(banner + "\nno rulebook") is None


@pytest.mark.parametrize(
    "texts",
    [
        {"b_event": EVENT.replace("a.rules", "b.event")},
        {"b_event": EVENT.replace("a.rules", "c.event"), "c_event": EVENT.replace("a.rules", "b.event")},
        {"b_event": EVENT.replace("a.rules", "m.csv") + '    members from "m.csv"\n', "m_csv": TABLE},
        {"b_event": EVENT.replace("a.rules", "c.event"), "c_event": EVENT},
    ],
    ids=["itself", "each other", "a table", "an event that is whole"],
)
def test_what_is_under_no_rulebook_is_told_so_and_fails_nothing_else(texts):
    workspace = in_memory(a_rules=RULES, **texts)
    facts = workspace.facts(A.with_name("b.event"))
    assert [found.code for found in facts.findings] == ["wrong-kind-of-file"]
    assert facts.source.slice(facts.findings[0].place.span).endswith('"')
    for path in workspace.documents.paths():
        outline(workspace.facts(path))
        Runs(workspace).of(path)


def test_a_table_of_a_test_is_renamed_with_its_rulebook():
    workspace = in_memory(a_rules=RULES + TESTED, m_csv=TABLE)
    texts = _renamed(workspace, "contribution", "fund_share")
    assert texts["m.csv"] == TABLE.replace("contribution", "fund_share")
    again = in_memory(a_rules=texts["a.rules"], m_csv=texts["m.csv"])
    assert run_tests(again.facts(A).program, again.documents.read).passed


def test_the_names_of_a_table_are_found_anew_when_what_names_it_has_changed():
    workspace = in_memory(
        a_rules=RULES.replace("one of high, low if missing low", "number"), b_event=EVENT, m_csv=TABLE
    )
    table, event = A.with_name("m.csv"), A.with_name("b.event")
    assert not workspace.facts(table).uses
    workspace.documents.put(event, MEMBERS)
    assert [use.name for use in workspace.facts(table).uses] == ["contribution", "grade", "A"]
    workspace.documents.put(A, RULES)
    assert [use.name for use in workspace.facts(table).uses] == ["contribution", "grade", "A", "high"]
    assert workspace.facts(table) is workspace.facts(table)


def test_names_are_renamed_where_events_lie_in_a_folder_of_any_name(tmp_path):
    (tmp_path / "cases").mkdir()
    (tmp_path / "a.rules").write_text(RULES)
    event = tmp_path / "cases" / "b.event"
    event.write_text(EVENT.replace("a.rules", "../a.rules"))
    workspace = Workspace()
    workspace.documents.below = lambda: [tmp_path / "a.rules", event]
    workspace.work_in([tmp_path])
    assert set(_renamed(workspace, "own", "margin", tmp_path / "a.rules")) == {"a.rules"}


@pytest.mark.parametrize(
    ("cell", "name", "new", "written"),
    [
        ('"B ""C"""', 'B "C"', "DELTA", '"DELTA"'),
        ('"B ""C"""', 'B "C"', "D, E", '"D, E"'),
        ('"B, C"', "B, C", "DELTA", '"DELTA"'),
        ("B", "B", "D, E", '"D, E"'),
    ],
)
def test_an_id_is_written_into_a_cell_as_the_cell_needs_it(cell, name, new, written):
    workspace = in_memory(a_rules=RULES, b_event=MEMBERS, m_csv=f"{TABLE}{cell},3,low\n")
    texts = _renamed(workspace, name, new, A.with_name("m.csv"))
    assert texts["m.csv"] == f"{TABLE}{written},3,low\n"


def test_nothing_is_renamed_while_the_rulebook_does_not_check():
    workspace = in_memory(a_rules=RULES.replace("up to x", "up to y"))
    facts = workspace.facts(A)
    with pytest.raises(RulelangError, match="has errors"):
        renaming(workspace, facts, _use(facts, "own"), "margin")


def test_an_event_of_another_rulebook_that_was_chosen_is_not_run():
    other = EVENT.replace("a.rules", "c.rules")
    good = EVENT + "    member A contribution = EUR 10\n    default of A loss EUR 5\n"
    workspace = in_memory(a_rules=RULES, b_event=good, c_rules=RULES, d_event=other)
    runs = Runs(workspace)
    runs.choose(A, A.with_name("d.event"))
    assert runs.event_of(A) == A.with_name("b.event")
    assert runs.of(A).allocation is not None


def test_another_rulebook_keeps_its_names_but_for_those_in_an_event_that_both_are_run_against():
    event = 'event "E"\n    declared 2020-01-01\n    member A contribution = EUR 10\n    default of A loss EUR 5\n'
    tested = RULES + 'test "t"\n    event "b.event"\n    expect own pays EUR 5\n'
    workspace = in_memory(a_rules=tested, c_rules=tested, b_event=event)
    for name in ("own", "fund", "x", "rest", "high"):
        assert set(_renamed(workspace, name, "another")) == {"a.rules"}
    assert set(_renamed(workspace, "contribution", "another")) == {"a.rules", "b.event", "c.rules"}
    under = event.replace("declared", 'under "a.rules" declared')
    workspace = in_memory(a_rules=tested, c_rules=RULES, b_event=under, d_event=under.replace("a.rules", "c.rules"))
    assert set(_renamed(workspace, "contribution", "another")) == {"a.rules", "b.event"}
    assert set(_renamed(workspace, "A", "B", A.with_name("b.event"))) == {"b.event"}


def test_nothing_is_renamed_where_there_are_more_files_than_are_looked_at():
    workspace = in_memory(a_rules=RULES)
    workspace.documents.cut = lambda: True
    facts = workspace.facts(A)
    with pytest.raises(RulelangError, match="more files"):
        renaming(workspace, facts, _use(facts, "own"), "margin")


def test_what_belongs_together_is_found_once_for_a_question():
    events = {f"e{number}_event": MEMBERS for number in range(60)}
    workspace = in_memory(a_rules=RULES, m_csv=TABLE, **events)
    asked = 0

    def listed():
        nonlocal asked
        asked += 1
        return ()

    workspace.documents.below = listed
    facts = workspace.facts(A)
    assert set(_renamed(workspace, "own", "margin")) == {"a.rules"}
    assert len(references(workspace, facts, _use(facts, "contribution"))) >= 3
    assert asked <= 4


def test_nothing_is_renamed_while_a_file_that_belongs_to_it_cannot_be_read(tmp_path):
    path = tmp_path / "a.rules"
    path.write_text(RULES + TESTED)
    (tmp_path / "m.csv").write_bytes(TABLE.encode() + b"M\xfcller,5,low\n")
    workspace = Workspace()
    facts = workspace.facts(path)
    with pytest.raises(RulelangError, match=r"m\.csv cannot be read"):
        renaming(workspace, facts, _use(facts, "contribution"), "fund_share")


HISTORY = """history "H" under "a.rules"
opening 2024-01-01
    member A contribution = EUR 10
    member B contribution = EUR 10
    member C contribution = EUR 10
on 2024-01-02
    default of A loss EUR 15
on 2024-01-03
    under "c.rules"
on 2024-01-04
    recovered from A EUR 3
"""
REPAID = RULES.replace(
    "    finally", "    tranche draw paid by survivors from contribution shared equally\n    finally"
) + ("recoveries repay ours then repay draw rest to defaulters\n")


def test_a_history_binds_all_names_of_the_rulebooks_that_it_goes_through():
    workspace = in_memory(a_rules=REPAID, c_rules=REPAID, d_rules=REPAID, h_history=HISTORY)
    path = A.with_name("h.history")
    before = workspace.facts(path).days
    assert before.days[-1].repaid
    assert set(_renamed(workspace, "draw", "called")) == {"a.rules", "c.rules"}
    texts = _renamed(workspace, "contribution", "paid_in")
    assert set(texts) == {"a.rules", "c.rules", "h.history"}
    for name, new in (("draw", "called"), ("contribution", "paid_in")):
        renamed = {"h.history": HISTORY, **_renamed(workspace, name, new)}
        again = in_memory(**{each.replace(".", "_"): text for each, text in renamed.items()})
        after = again.facts(path).days
        for one, other in zip(before.days, after.days, strict=True):
            assert [row.amount for row in rows_of_day(one)] == [row.amount for row in rows_of_day(other)]
    facts = workspace.facts(A)
    kept = former_names(workspace, facts, _use(facts, "draw"), "old_draw")
    assert set(kept) == {A, A.with_name("c.rules")}


def test_a_name_that_a_rulebook_has_which_comes_into_force_later_is_taken():
    workspace = in_memory(a_rules=REPAID, c_rules=REPAID.replace("draw", "called"), h_history=HISTORY)
    facts = workspace.facts(A)
    with pytest.raises(RulelangError, match=r"there already, in c\.rules"):
        renaming(workspace, facts, _use(facts, "draw"), "called")


def test_a_rulebook_of_a_history_that_does_not_check_is_told_where_it_is_named():
    workspace = in_memory(a_rules=REPAID, c_rules=REPAID.replace("repay draw", "repay drew"), h_history=HISTORY)
    facts = workspace.facts(A.with_name("h.history"))
    assert [found.code for found in facts.findings] == ["no-rulebook"]
    assert facts.source.slice(facts.findings[0].place.span) == '"c.rules"'


BARE = 'event "E" declared 2020-01-01 given x = EUR 1\nmembers from "m.csv" default of A loss EUR 5\n'


@pytest.mark.parametrize("folder", ["", "events/"])
def test_an_event_that_names_no_rulebook_belongs_to_those_beside_it(folder):
    texts = {"/w/before.rules": RULES, "/w/after.rules": RULES, "/w/far/other.rules": RULES}
    documents = Documents.of(texts | {f"/w/{folder}b.event": BARE, f"/w/{folder}m.csv": TABLE})
    documents.folders = (Path("/w"),)
    workspace = Workspace(documents)
    before = Path("/w/before.rules")
    assert set(_renamed(workspace, "contribution", "paid_in", before)) == {"before.rules", "after.rules", "m.csv"}
    assert set(_renamed(workspace, "x", "y", before)) == {"before.rules", "after.rules", "b.event"}
    assert set(_renamed(workspace, "own", "margin", before)) == {"before.rules"}
    event = workspace.facts(Path(f"/w/{folder}b.event"))
    assert [found.code for found in event.findings] == ["no-rulebook"]
    for path in (before, Path("/w/after.rules")):
        assert Runs(workspace).of(path).allocation.loss == 500
        assert [each for each, _ in workspace.events(path)] == [event.source.path]
    assert not list(workspace.events(Path("/w/far/other.rules")))
    assert set(_renamed(workspace, "contribution", "paid_in", Path("/w/far/other.rules"))) == {"other.rules"}
    documents.put(before, RULES + f'test "t" event "{folder}b.event" expect own pays EUR 5\n')
    assert set(_renamed(workspace, "x", "y", before)) == {"before.rules", "b.event"}


def test_files_on_disk_are_looked_at_again_only_when_their_list_is_another(tmp_path):
    for name in ("b.event", "c.event"):
        (tmp_path / name).write_text(EVENT)
    (tmp_path / "a.rules").write_text(RULES)
    asked = []
    documents = Documents(on_disk=lambda path: asked.append(path) or path.exists(), folders=(tmp_path,))
    listed = [tmp_path / "a.rules", tmp_path / "b.event"]
    documents.below = lambda: listed
    workspace = Workspace(documents)
    rulebook = tmp_path / "a.rules"
    assert workspace.together.world(rulebook) == (rulebook, tmp_path / "b.event")
    before = len(asked)
    assert workspace.together.world(rulebook) == (rulebook, tmp_path / "b.event")
    assert len(asked) == before
    listed = [*listed, tmp_path / "c.event"]
    assert workspace.together.world(rulebook) == (rulebook, tmp_path / "b.event", tmp_path / "c.event")
    documents.put(tmp_path / "b.event", EVENT.replace("a.rules", "d.rules"))
    assert workspace.together.world(rulebook) == (rulebook, tmp_path / "c.event")
    documents.put(tmp_path / "b.event", EVENT)
    assert workspace.together.world(rulebook) == (rulebook, tmp_path / "b.event", tmp_path / "c.event")
