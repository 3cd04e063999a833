"""The pairs of rulebooks that show rule changes: both run on the same events, and the verdicts beside them hold."""

import json
from itertools import accumulate

import pytest
from attrs import evolve

from rulelang import evaluate, load_event, load_rulebook
from rulelang.base.files import data_folder
from tests.changes.pairs import VERDICTS

FOLDER = data_folder("rulebooks")
AT_THE_LOSS = ("identical", "members differ", "totals differ")
SCALE = ("identical", "text", "structure without effect", "members differ", "totals differ", "order of loss differs")
FOUND = {"identical": "identical", "text": "identical", "structure without effect": "identical"}
STEPS = 60


def named(path):
    return path.parent.name


def read(path):
    verdict = json.loads(path.read_text(encoding="utf-8"))
    return verdict, load_rulebook(path.parent / verdict["old"]), load_rulebook(path.parent / verdict["new"])


def scaled(event, total):
    """The event with its losses in proportion, ``total`` minor units in all."""
    ends = [total * part // event.loss for part in accumulate(loss.amount for loss in event.losses)]
    cuts = zip(event.losses, ends, [0, *ends], strict=False)
    return evolve(event, losses=tuple(evolve(loss, amount=end - start) for loss, end, start in cuts))


def totals(allocation, event):
    """What each payer pays, and what each class of payer pays and what stays uncovered; without zeros."""
    classes = dict.fromkeys(event.survivors, "survivors") | dict.fromkeys(event.defaulters, "defaulters")
    payers, by_class = {}, {"uncovered": allocation.uncovered} if allocation.uncovered else {}
    for allotment in allocation.allotments:
        payers[allotment.payer] = payers.get(allotment.payer, 0) + allotment.amount
        name = classes.get(allotment.payer, allotment.payer)
        by_class[name] = by_class.get(name, 0) + allotment.amount
    return payers, by_class


def compared(old, new):
    """Which of the three words describes two results of ``totals``."""
    if old[1] != new[1]:
        return "totals differ"
    return "identical" if old[0] == new[0] else "members differ"


def losses_to_try(allocations, stated):
    """Totals from one minor unit to four times the stated loss, closer where a step begins or ends."""
    ends = set(range(stated * 4 // STEPS, stated * 4 + 1, stated * 4 // STEPS))
    for allocation in allocations:
        for end in accumulate(line.capacity or 0 for line in allocation.lines):
            ends |= {end - 1, end, end + 1}
    return sorted(end for end in ends | {1} if end > 0)


def turned_round(first):
    """Whether a class of payer was first reached before another and is now first reached after it."""
    both = set(first[0]) & set(first[1]) - {"uncovered"}
    return any(first[0][a] < first[0][b] and first[1][a] > first[1][b] for a in both for b in both)


def found(old, new, pair_of_events):
    """The strongest word that the runs of one event over many losses give."""
    stated = [evaluate(program, event) for program, event in zip((old, new), pair_of_events, strict=True)]
    first, word = ({}, {}), "identical"
    for total in losses_to_try(stated, pair_of_events[0].loss):
        results = []
        for program, event, reached in zip((old, new), pair_of_events, first, strict=True):
            allocation = evaluate(program, scaled(event, total))
            assert all(line.holds for line in allocation.ensures)
            results.append(totals(allocation, event))
            for name in results[-1][1]:
                reached.setdefault(name, total)
        word = max(word, compared(*results), key=AT_THE_LOSS.index)
    return "order of loss differs" if turned_round(first) else word


def test_there_are_pairs():
    assert len(VERDICTS) >= 20
    assert {path.parent for path in (FOLDER / "changes").glob("*/*.rules")} <= {path.parent for path in VERDICTS}


@pytest.mark.parametrize("path", VERDICTS, ids=named)
def test_a_verdict_is_complete(path):
    verdict = json.loads(path.read_text(encoding="utf-8"))
    assert set(verdict) == {"old", "new", "events", "change", "verdict", "why", "by_event"}
    assert verdict["verdict"] in SCALE
    assert sorted(verdict["events"]) == sorted(f"events/{file.name}" for file in path.parent.glob("events/*.event"))
    assert list(verdict["by_event"]) == verdict["events"]
    assert all(entry["at_the_loss"] in AT_THE_LOSS and entry["note"] for entry in verdict["by_event"].values())
    notes = (path.parent / "README.md").read_text(encoding="utf-8")
    assert verdict["old"] in notes
    assert verdict["new"] in notes


@pytest.mark.parametrize("path", VERDICTS, ids=named)
def test_both_versions_ask_for_the_same_data(path):
    verdict, old, new = read(path)
    for name in verdict["events"]:
        before, after = (load_event(path.parent / name, program) for program in (old, new))
        assert before.fields.keys() == after.fields.keys()
        assert before.givens.keys() == after.givens.keys()
        assert before.under is None


@pytest.mark.slow
@pytest.mark.parametrize("path", VERDICTS, ids=named)
def test_the_runs_bear_the_verdict_out(path):
    verdict, old, new = read(path)
    words = []
    for name, entry in verdict["by_event"].items():
        events = [load_event(path.parent / name, program) for program in (old, new)]
        results = [totals(evaluate(program, event), event) for program, event in zip((old, new), events, strict=True)]
        assert compared(*results) == entry["at_the_loss"], name
        words.append(found(old, new, events))
    assert max(words, key=SCALE.index) == FOUND.get(verdict["verdict"], verdict["verdict"])


@pytest.mark.parametrize("path", VERDICTS, ids=named)
def test_only_a_change_of_text_or_of_single_members_leaves_every_line_of_the_waterfall_as_it_was(path):
    verdict, old, new = read(path)
    lines = [
        [
            (line.kind, line.segment, line.capacity, line.drawn)
            for name in verdict["events"]
            for line in evaluate(program, load_event(path.parent / name, program)).lines
        ]
        for program in (old, new)
    ]
    assert (lines[0] == lines[1]) == (verdict["verdict"] in ("identical", "text", "members differ"))
