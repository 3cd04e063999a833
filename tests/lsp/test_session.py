"""What a server keeps between two messages, and what it lets go."""

from rulelang.lsp import disk
from rulelang.lsp.session import Session
from tests.analysis.test_worlds import EVENT, RULES


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
    session.close(event)
    assert not session.runs._kept
    assert not session.open


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
