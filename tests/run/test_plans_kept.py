"""What a rulebook keeps of its plans is what would be made anew, for every event."""

import pytest

import rulelang
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.run.plan import make_plan

BOOK = """
rulebook "Kept" version "1"
currency EUR
segments energy, metals
members have
    fund : money per segment
waterfall
    tranche own
        paid by ccp
        up to EUR 5
        {clause}
    tranche mutual per segment
        paid by survivors from fund
        shared pro rata to fund
        for losses in energy
    tranche others
        paid by survivors
        up to EUR 3 each
        shared equally
        for all losses
    finally closure
"""
EVENT = """
event "E"
declared {declared}
{lines}
member ALPHA  fund in energy = EUR 20  fund in metals = EUR 10
member BRAVO  fund in energy = EUR 10  fund in metals = EUR 10
member ZULU   fund in energy = EUR 0   fund in metals = EUR 0
{losses}
"""
ENERGY, METALS = "default of ZULU in energy loss EUR 30", "default of ZULU in metals loss EUR 7"
FIRE = 'non-default loss in energy EUR 4 "a fire"'
LOSSES = [
    "\n".join(lines) for lines in ([ENERGY], [METALS], [ENERGY, METALS], [METALS, ENERGY], [ENERGY, FIRE], [FIRE])
]


def evaluated(program, lines, losses, declared="2024-01-15"):
    text = EVENT.format(lines=lines, losses=losses, declared=declared)
    return rulelang.evaluate(program, check_event(SourceText.from_text(text), program))


def test_events_with_other_losses_are_planned_as_they_would_be_alone():
    text = BOOK.format(clause="")
    program = rulelang.parse_rulebook(text)
    for losses in (*LOSSES, *LOSSES):
        assert evaluated(program, "", losses) == evaluated(rulelang.parse_rulebook(text), "", losses)
    assert len(program.kept) == len(LOSSES)


@pytest.mark.parametrize(
    ("clause", "done", "left_out"),
    [
        (
            'at the discretion of "the board"',
            ('decide own: invoke by "the board"', ENERGY),
            ('decide own: decline by "the board"', ENERGY),
        ),
        ("in force from 2024-01-01", ("", ENERGY, "2024-01-15"), ("", ENERGY, "2023-01-15")),
    ],
)
def test_a_rulebook_that_asks_more_of_an_event_than_its_losses_keeps_no_plan(clause, done, left_out):
    program = rulelang.parse_rulebook(BOOK.format(clause=clause))
    assert evaluated(program, *done).drawn("own") == 500
    assert evaluated(program, *left_out).drawn("own") == 0
    assert not program.kept


def test_stages_are_made_once_for_events_with_such_losses():
    program = rulelang.parse_rulebook(BOOK.format(clause=""))
    events = [
        check_event(SourceText.from_text(EVENT.format(lines="", declared=day, losses=losses)), program)
        for day, losses in (("2024-01-15", ENERGY), ("2024-02-15", ENERGY.replace("30", "20")), ("2024-01-15", METALS))
    ]
    first, again, other = (make_plan(program, event).passes[0].stages for event in events)
    assert first is again
    assert other is not first
