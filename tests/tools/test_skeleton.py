"""The skeleton of an event: exactly what a rulebook asks for, no more and no less."""

import csv
from io import StringIO

import pytest

from rulelang import parse_rulebook
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.tools.commands.new import starter
from rulelang.tools.skeleton import needs, skeleton

RULES = """rulebook "All that may be asked for"
currency EUR
segments power, gas
members have
    fund : money per segment "paid in"
    gain : signed money if missing EUR 0
    class : one of good, poor
    weight : ratio
    heads : number
    calm : yes/no
    since : date
    town : text if missing "Oslo"
given capital : money "of the CCP"
given reserve : money per segment if missing EUR 1
waterfall
tranche own paid by ccp up to capital
tranche monthly paid by ccp up to EUR 10 in any 30 days
tranche twice paid by ccp up to EUR 5 up to EUR 10 in any 3 business days
tranche seg per segment paid by survivors up to fund each in any 5 days shared pro rata to fund
assessment calls paid by survivors up to gain + EUR 1 each shared equally at the discretion of "the board"
tranche back per segment paid by ccp up to reserve
"""

EVENT = """event "…"                          # a title: what happened, when
under "../a.rules"
declared 2025-01-31                # the day the default was declared

given capital = EUR …   # money; of the CCP
# given reserve in power = EUR …   # money; may be left out
# given reserve in gas = EUR …   # money; may be left out

members from "m.csv"
# Columns of the file:
#   fund: money; paid in
#   gain: signed money; may be left out
#   class: one of good, poor
#   weight: ratio
#   heads: number
#   calm: yes/no
#   since: date
#   town: text; may be left out

default of … in power loss EUR …
# paid 2025-01-02 by … under monthly EUR …   # earlier payments
# paid 2025-01-02 by … under twice EUR …   # earlier payments
# paid 2025-01-02 by … under seg in power EUR …   # earlier payments
decide calls: invoke by "the board" because "…"   # or: decline
"""

HEADER = "member,name,fund.power,fund.gas,gain,class,weight,heads,calm,since,town\n"


@pytest.fixture(scope="module")
def program():
    return parse_rulebook(RULES, "a.rules")


def datum(name: str, kind: str, **others: object) -> dict:
    plain = {"choices": [], "signed": False, "per_segment": False, "optional": False, "note": None}
    return {"name": name, "type": kind, **plain, **others}


def test_what_is_needed_is_named_whole(program):
    assert needs(program) == {
        "rulebook": "All that may be asked for",
        "currency": "EUR",
        "segments": ["power", "gas"],
        "fields": [
            datum("fund", "money", per_segment=True, note="paid in"),
            datum("gain", "money", signed=True, optional=True),
            datum("class", "choice", choices=["good", "poor"]),
            datum("weight", "ratio"),
            datum("heads", "number"),
            datum("calm", "yes/no"),
            datum("since", "date"),
            datum("town", "text", optional=True),
        ],
        "givens": [
            datum("capital", "money", note="of the CCP"),
            datum("reserve", "money", per_segment=True, optional=True),
        ],
        "decisions": [{"step": "calls", "body": "the board"}],
        "earlier_payments": ["monthly", "twice", "seg"],
    }


def test_the_skeleton_is_this(program):
    made = skeleton(program, "../a.rules", "m.csv")
    assert made.event == EVENT
    assert made.members == HEADER
    assert skeleton(program, "../a.rules").event == EVENT.replace("m.csv", "members.csv")


def test_a_small_rulebook_asks_for_little():
    rules = 'rulebook "Small"\ncurrency USD\nmembers have x : money\nwaterfall tranche a paid by ccp up to USD 1\n'
    program = parse_rulebook(rules)
    assert needs(program) == {
        "rulebook": "Small",
        "currency": "USD",
        "segments": [],
        "fields": [datum("x", "money")],
        "givens": [],
        "decisions": [],
        "earlier_payments": [],
    }
    made = skeleton(program, "a.rules")
    assert made.members == "member,name,x\n"
    assert made.event.splitlines()[2:] == [
        "declared 2025-01-31                # the day the default was declared",
        "",
        'members from "members.csv"',
        "# Columns of the file:",
        "#   x: money",
        "",
        "default of … loss USD …",
    ]


def test_examples_are_of_the_kind_of_each_given():
    kinds = {
        "money": "EUR …",
        "ratio": "…%",
        "number": "…",
        "date": "2025-01-31",
        "text": '"…"',
        "yes/no": "yes / no",
        "one of good, poor": "good / poor",
    }
    rules = 'rulebook "A"\ncurrency EUR\nmembers have x : money\n'
    rules += "".join(f"given g{index} : {kind}\n" for index, kind in enumerate(kinds))
    program = parse_rulebook(f"{rules}waterfall tranche a paid by ccp up to EUR 1\n")
    told = skeleton(program, "a.rules").event.splitlines()
    for index, (kind, example) in enumerate(kinds.items()):
        assert f"given g{index} = {example}   # {kind}" in told


def test_a_skeleton_filled_in_is_an_event(program):
    """Every line that is due is there, and the commented ones may be used as they stand."""
    made = skeleton(program, "a.rules", "m.csv")
    rows = list(csv.reader(StringIO(made.members)))
    text = made.event.replace('members from "m.csv"', "").replace("# given", "given").replace("# paid", "paid")
    text = text.replace("EUR …", "EUR 2").replace("default of …", "default of D").replace("by … under", "by ccp under")
    values = {"class": "good", "weight": "1%", "heads": "1", "calm": "yes", "since": "2024-01-01", "town": '"Oslo"'}
    named = [f"{name.replace('.', ' in ')} = {values.get(name, 'EUR 1')}" for name in rows[0][2:]]
    source = SourceText.from_text(f"{text}member D {' '.join(named)}\n", "e.event")
    event = check_event(source, program)
    assert [payment.step for payment in event.payments] == ["monthly", "twice", "seg"]


def test_the_starter_has_its_title():
    files = starter("My house")
    assert set(files) == {"rulebook.rules", "events/first.event", "events/members.csv"}
    assert files["rulebook.rules"].splitlines()[3] == 'rulebook "My house" version 2025-01-01'
