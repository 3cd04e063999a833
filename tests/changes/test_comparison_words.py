"""What a comparison says in words, on made-up differences; and `rulelang.diff`."""

import re
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve

import rulelang
from rulelang.base.diagnostic import finding
from rulelang.base.files import data_folder
from rulelang.base.money import Currency
from rulelang.changes.event_comparison import Change, EventComparison
from rulelang.changes.verdict import Level
from rulelang.changes.words.compared import compared_words
from rulelang.changes.words.document import make_document
from rulelang.changes.words.extent import told
from rulelang.document.cells import pieces, unmarked
from rulelang.document.table import Cell
from rulelang.document.terminal import render_terminal
from rulelang.profiles.difference import Band, Difference, Extreme

EUR = Currency("EUR", 2)
KRX = data_folder("rulebooks") / "krx-derivatives"
EVENTS = sorted(KRX.glob("events/*.event"))
OLD, NEW = (rulelang.load_rulebook(KRX / name) for name in ("before-2014.rules", "after-2014.rules"))
EVENT = evolve(rulelang.load_event(EVENTS[0], OLD), title="E")
FOUND = EventComparison(EVENT, "the loss")


def over(*bands, **extreme):
    return Difference(tuple(Band(*band) for band in bands), Extreme(**extreme))


BEGINS = "; the difference begins where the loss is EUR 1.00 and is largest where it is"
LARGEST = "the difference begins, and is largest, where the loss is"
EVER = "by a difference that grows with the loss without end"


@pytest.mark.parametrize(
    ("name", "difference", "words"),
    [
        (
            "ccp",
            over((100, 900, 1), amount=500, at=600),
            f"the CCP pays up to EUR 5.00 more{BEGINS} EUR 6.00",
        ),
        (
            "survivors",
            over((100, 900, -1), (900, 990, 1), amount=-500, at=600, side="below"),
            f"the surviving members pay up to EUR 5.00 less, elsewhere more{BEGINS} just below EUR 6.00",
        ),
        (
            "A",
            over((100, None, 1), amount=500, at=100, side="above"),
            "`A` pays up to EUR 5.00 more from where the loss is EUR 1.00 on",
        ),
        (
            "A",
            over((100, 300, 1), amount=500, at=200, side="above"),
            f"`A` pays up to EUR 5.00 more{BEGINS} just above EUR 2.00",
        ),
        (
            "uncovered",
            over((100, None, -1), amount=-1, at=100, unbounded=True),
            f"less stays uncovered from where the loss is EUR 1.00 on, {EVER}",
        ),
        (
            "defaulters",
            over((100, 300, 1), (300, None, -1), amount=7, at=300, unbounded=True),
            f"the defaulters pay less from where the loss is EUR 3.00 on, {EVER}, elsewhere more",
        ),
        (
            "A",
            over((100, 100, 1), amount=300, at=100),
            "`A` pays up to EUR 3.00 more, but only where the loss is exactly EUR 1.00",
        ),
        (
            "A",
            over((Fraction(201, 2), 900, 1), amount=Fraction(1001, 2), at=Fraction(1201, 2)),
            f"`A` pays up to EUR 5.00… more{BEGINS.replace('1.00', '1.00…')} EUR 6.00…",
        ),
        (
            "A",
            over((100, 300, 1), amount=500, at=100, side="above"),
            "`A` pays up to EUR 5.00 more where the loss is between EUR 1.00 and EUR 3.00",
        ),
        (
            "A",
            over((100, 300, 1), (300, None, 1), amount=500, at=100, side="above"),
            "`A` pays up to EUR 5.00 more from where the loss is EUR 1.00 on, except where it is exactly EUR 3.00",
        ),
        (
            "A",
            over((100, 300, 1), (400, None, 1), amount=500, at=100),
            f"`A` pays up to EUR 5.00 more; {LARGEST} EUR 1.00",
        ),
        (
            "A",
            over((100, 300, 1), (300, None, -1), amount=500, at=100),
            f"`A` pays up to EUR 5.00 more, elsewhere less; {LARGEST} EUR 1.00",
        ),
        (
            "A",
            over((0, 100, 1), (100, None, 1), amount=0, at=100, unbounded=True),
            f"`A` pays more from where the loss is EUR 0.00 on, except where it is exactly EUR 1.00, {EVER}",
        ),
        (
            "A",
            over((0, 100, 1), (200, None, 1), amount=0, at=200, unbounded=True),
            f"`A` pays more from where the loss is EUR 2.00 on, {EVER}, and at some smaller values too",
        ),
        (
            "A",
            over((0, 100, 1), (100, 200, -1), (200, None, 1), amount=0, at=200, unbounded=True),
            f"`A` pays more from where the loss is EUR 2.00 on, {EVER}, elsewhere now more, now less",
        ),
    ],
)
def test_how_a_difference_is_told(name, difference, words):
    assert told(name, Change(0, 0, difference), FOUND, EUR) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ccp", "the CCP pays EUR 2.00 less at the event's own loss"),
        ("survivors", "the surviving members pay EUR 2.00 less at the event's own loss"),
        ("uncovered", "EUR 2.00 less stays uncovered at the event's own loss"),
    ],
)
def test_how_a_difference_at_the_loss_alone_is_told(name, words):
    assert told(name, Change(500, 300, None), FOUND, EUR) == words


@pytest.mark.parametrize(
    ("change", "matters", "rounding"),
    [
        (Change(5, 6, None, 1), True, False),
        (Change(5, 6, None, Fraction(1, 2)), False, True),
        (Change(5, 5, None, Fraction(1, 2)), False, False),
        (Change(5, 6, None), True, False),
    ],
)
def test_a_difference_at_the_loss_alone_matters_from_a_whole_minor_unit_on(change, matters, rounding):
    assert (change.matters, change.rounding_only) == (matters, rounding)


def test_events_that_stopped_alike_are_told_together():
    stop = (finding("missing-decision", "nobody decides `x`, in step `x`, where the loss is above EUR 9.00"),)
    stopped = evolve(FOUND, until=900, ended=stop)
    other = evolve(stopped, event=evolve(EVENT, title="F"))
    free = evolve(FOUND, event=evolve(EVENT, title="G"))
    words = "only up to EUR 9.00, where the rules end: nobody decides `x`"
    assert compared_words((stopped, other), EUR) == f"2 events, for every loss from 0 on; {words}"
    assert compared_words((stopped, other, free), EUR) == f'3 events, for every loss from 0 on; in "E" and "F" {words}'
    assert compared_words((evolve(free, until=700),), EUR) == "1 event, for every loss from 0 on; only up to EUR 7.00"
    given = evolve(FOUND, varied="`capital`")
    assert compared_words((given,), EUR) == "1 event, for every value of `capital` from 0 on"
    refused = evolve(free, refusal=stop)
    assert compared_words((given, refused), EUR).endswith(
        'the new version does not run in "G", so nothing was compared there'
    )
    assert compared_words((refused,), EUR).startswith("the new version does not run")


def test_code_in_texts():
    assert list(pieces("a `b` c")) == [("a ", False), ("b", True), (" c", False)]
    assert list(pieces("a ` c")) == [("a ` c", False)]
    assert unmarked("`a` (was `b`)") == "a (was b)"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (Cell("difference", "", Fraction(1001, 2)), "+5.00"),
        (Cell("difference", "", Fraction(-1001, 2)), "-5.00"),
        (Cell("difference", "", 0), "0.00"),
        (Cell("amount", "", Fraction(1999, 10)), "1.99"),
        (Cell("amount", "without end", None), "without end"),
        (Cell("code", "a `b`"), "a `b`"),
    ],
)
def test_how_a_cell_is_shown(cell, words):
    assert cell.shown(EUR) == words


# ------------------------------------------------------------------------------------------------------ whole documents


def test_a_changed_order_is_told():
    found = rulelang.diff(OLD, NEW, EVENTS)
    assert found.verdict.level is Level.ORDER
    text = render_terminal(make_document(found), width=100, colour=False)
    assert "a growing loss now reaches the CCP before the surviving members" in " ".join(text.split())
    assert re.search(r"a growing loss reached .*, in this order; now ", " ".join(text.split()))


def test_the_same_differences_in_two_events_are_shown_once():
    found = rulelang.diff(OLD, NEW, EVENTS)
    again = evolve(found, events=(found.events[0], found.events[0]))
    concise, full = make_document(again), make_document(again, full=True)
    assert sum(section.title.startswith("Over all losses: who") for section in concise.sections) == 1
    assert sum(section.title.startswith("Over all losses: who") for section in full.sections) == 2
    assert any("are those of" in line for section in concise.sections for line in section.intro)


# -------------------------------------------------------------------------------------------------------- rulelang.diff


def test_diff_takes_files_events_and_pairs():
    pair = (rulelang.load_event(EVENTS[0], OLD), rulelang.load_event(EVENTS[0], NEW))
    by_file = rulelang.diff(str(KRX / "before-2014.rules"), Path(KRX / "after-2014.rules"), [str(EVENTS[0])])
    for found in (
        rulelang.diff(OLD, NEW, [EVENTS[0]]),
        rulelang.diff(OLD, NEW, [pair[0]]),
        rulelang.diff(OLD, NEW, [pair]),
    ):
        assert isinstance(found, rulelang.Comparison)
        assert found.verdict == by_file.verdict
        assert found.to_dict()["events"] == by_file.to_dict()["events"]
    with pytest.raises(TypeError, match="a pair of events"):
        rulelang.diff(OLD, NEW, [evolve(pair[0], source=None)])


def test_diff_stops_where_it_is_told():
    for to in ("KRW 50 billion", 50_000_000_000):
        (event,) = rulelang.diff(OLD, NEW, [EVENTS[0]], to=to).events
        assert event.until == 50_000_000_000
    (event,) = rulelang.diff(OLD, NEW, [EVENTS[0]], vary=None).events
    assert (event.varied, event.until, event.bands) == (None, None, ())


def test_diff_says_that_a_version_does_not_check(tmp_path):
    file = tmp_path / "after.rules"
    file.write_text((KRX / "after-2014.rules").read_text("utf-8").replace("paid by ccp", "paid by nobody"), "utf-8")
    found = rulelang.diff(OLD, file, EVENTS)
    assert found.verdict.level is Level.DOES_NOT_RUN
    assert found.new is None
    with pytest.raises(rulelang.CheckError):
        rulelang.diff(file, OLD)
