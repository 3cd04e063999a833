"""What a server keeps between two messages, and what it lets go."""

import pytest

from rulelang.analysis.renaming import renaming
from rulelang.lsp import answers, disk
from rulelang.lsp.session import Session
from tests.analysis.test_told import DAYS
from tests.analysis.test_worlds import EVENT, MEMBERS, RULES, TABLE


def test_a_text_that_is_closed_without_being_saved_counts_no_more_for_those_that_stay_open(tmp_path):
    (tmp_path / "a.rules").write_text(RULES)
    session = Session()
    session.work_in([tmp_path.as_uri()])
    rules, event = ((tmp_path / name).as_uri() for name in ("a.rules", "b.event"))
    session.put(event, EVENT, 1)
    path = session.put(rules, RULES.replace("up to x", "up to y"), 1)
    told = {each.uri: [found.code for found in each.diagnostics] for each in session.refresh(path)}
    assert told[event] == ["no-rulebook"]
    told = {each.uri: [found.code for found in each.diagnostics] for each in session.close(rules)}
    assert "no-rulebook" not in told[event]
    assert told[rules] == []
    session.run(session.workspace.facts(tmp_path / "b.event"))
    session.former[path, "new"] = "old"
    session.close(event)
    session.put(rules, RULES, 1)
    session.close(rules)
    assert not session.runs._kept
    assert not session.open
    assert not session.former
    assert tmp_path / "a.rules" in session.disk._texts
    (tmp_path / "a.rules").unlink()
    session.files_changed()
    assert not session.disk._texts
    assert not session.workspace._kept


def test_the_days_of_a_history_are_run_together_or_one_by_one():
    session, history = Session(), DAYS.as_uri()
    told = answers.run(session, history, None)
    assert told["ok"]
    assert {"## 2018-09-11", "## 2018-11-15"} <= set(told["markdown"].split("\n"))
    one = answers.run(session, history, "2018-09-11")
    assert "150,000,000.00" in one["markdown"]
    assert "2018-11-15" not in one["markdown"]
    assert "they agree to the last unit" in answers.profile(session, history, "2018-09-11", None)["markdown"]
    for asked, why in (
        ("2018-09-12", "has no day"),
        ("soon", "there is no day"),
        ("", "of one day"),
        (None, "of one day"),
    ):
        refused = answers.profile(session, history, asked, None)
        assert not refused["ok"]
        assert why in refused["markdown"]
    assert not answers.run(session, history, "soon")["ok"]
    session.put(history, DAYS.read_text().replace("default of AAS", "default of ASS"), 2)
    broken = answers.run(session, history, None)
    assert "The history does not check" in broken["title"]


@pytest.mark.parametrize("opened", ["a.rules", "events/b.event"])
def test_what_lies_beside_a_text_of_no_folder_counts_as_well(tmp_path, opened):
    (tmp_path / "events").mkdir()
    (tmp_path / "a.rules").write_text(RULES)
    (tmp_path / "events" / "b.event").write_text(MEMBERS.replace("a.rules", "../a.rules"))
    (tmp_path / "events" / "m.csv").write_text(TABLE)
    session = Session()
    path = session.put((tmp_path / opened).as_uri(), (tmp_path / opened).read_text(), 1)
    facts = session.workspace.facts(tmp_path / "a.rules")
    edits = renaming(session.workspace, facts, facts.by_name["contribution"][0], "paid_in")
    assert {each.name for each in edits} == {"a.rules", "m.csv"}
    session.close(path.as_uri())
    assert session.put("untitled:Untitled-1.rules", RULES, 1)
    assert not set(session.disk._found())


def test_a_folder_is_walked_so_far_and_it_is_known_that_this_is_not_all_of_it(tmp_path, monkeypatch):
    for number in range(20):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}" / "a.rules").write_text(RULES)
    known = disk.Disk([tmp_path])
    assert len(known.files()) == 20
    assert not known.is_cut()
    monkeypatch.setattr(disk, "MOST_ENTRIES", 25)
    known.changed()
    assert len(known.files()) < 20
    assert known.is_cut()
    monkeypatch.setattr(disk.os, "walk", None)
    assert known.files()


def test_where_a_history_is_chosen_the_amounts_are_those_of_the_first_event(tmp_path):
    """An editor may run with a history; beside the steps of a rulebook stands what an event came to."""
    session = Session()
    for name, text in (("a.rules", RULES), ("m.csv", TABLE), ("b.event", MEMBERS)):
        (tmp_path / name).write_text(text)
    (tmp_path / "c.history").write_text('history "C"\nunder "a.rules"\nopening 2018-09-01\n')
    session.work_in([tmp_path.as_uri()])
    session.runs.choose(tmp_path / "a.rules", tmp_path / "c.history")
    assert session.runs.event_of(tmp_path / "a.rules") == tmp_path / "b.event"
    assert answers.run(session, (tmp_path / "a.rules").as_uri(), None)["ok"]
