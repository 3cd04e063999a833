"""The skeleton of an event: exactly what a rulebook asks for, no more and no less."""

import csv
from io import StringIO

import pytest

from rulelang import parse_rulebook
from rulelang.api.rulebooks import evaluate, load_event, load_rulebook
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.tools.commands.new import starter
from rulelang.tools.needs import needs
from rulelang.tools.skeleton import skeleton

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

members from "members.csv"
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
    plain = {"currency": None, "per": None, "choices": [], "signed": False, "per_segment": False}
    plain |= {"per_defaulter": False, "as_of": [], "former_names": [], "optional": False, "note": None}
    return {"name": name, "type": kind, **plain, **others}


NOTHING_OVER_TIME = {
    "periods": [],
    "earlier_defaults": [],
    "notices": False,
    "withdrawals": [],
    "non_default_losses": False,
}


def test_what_is_needed_is_named_whole(program):
    assert needs(program) == {
        "rulebook": "All that may be asked for",
        "currency": "EUR",
        "segments": ["power", "gas"],
        "fields": [
            datum("fund", "money", currency="EUR", per_segment=True, note="paid in"),
            datum("gain", "money", currency="EUR", signed=True, optional=True),
            datum("class", "choice", choices=["good", "poor"]),
            datum("weight", "ratio"),
            datum("heads", "number"),
            datum("calm", "yes/no"),
            datum("since", "date"),
            datum("town", "text", optional=True),
        ],
        "givens": [
            datum("capital", "money", currency="EUR", note="of the CCP"),
            datum("reserve", "money", currency="EUR", per_segment=True, optional=True),
        ],
        "decisions": [{"step": "calls", "body": "the board"}],
        "earlier_payments": ["monthly", "twice", "seg"],
        **NOTHING_OVER_TIME,
    }


def test_the_skeleton_is_this(program):
    made = skeleton(program, "../a.rules")
    assert made.event == EVENT
    assert made.members == HEADER


def test_a_small_rulebook_asks_for_little():
    rules = 'rulebook "Small"\ncurrency USD\nmembers have x : money\nwaterfall tranche a paid by ccp up to USD 1\n'
    program = parse_rulebook(rules)
    assert needs(program) == {
        "rulebook": "Small",
        "currency": "USD",
        "segments": [],
        "fields": [datum("x", "money", currency="USD")],
        "givens": [],
        "decisions": [],
        "earlier_payments": [],
        **NOTHING_OVER_TIME,
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
    made = skeleton(program, "a.rules")
    rows = list(csv.reader(StringIO(made.members)))
    text = made.event.replace('members from "members.csv"', "").replace("# given", "given").replace("# paid", "paid")
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


# ------------------------------------------------------------------------------------------------ the second edition

OVER_TIME = """rulebook "Over time" currency EUR also SEK
members have
    part : money SEK formerly stake
    traded : money per defaulter if missing EUR 0
    due : money
given fix : EUR per SEK "closing rate"
given cap : money
period calm "Calm" opens at a default lasts 3 days
limit once as cap_then each in any 5 days
define cap_then as cap as of start(calm)
waterfall for each default in turn
    tranche own for all losses paid by ccp up to EUR 10 when defaults(calm) > 1
    assessment calls
        paid by survivors
        up to (if leaving then part at fix else traded) each
        up to once
        shared equally
        in at most 2 rounds
        once during calm
    assessment more paid by survivors up to 2 * due each in any 30 days at every resizing shared equally
    finally open_loss
"""


def test_what_is_read_of_earlier_days_is_named():
    found = needs(parse_rulebook(OVER_TIME))
    assert found["fields"] == [
        datum("part", "money", currency="SEK", former_names=["stake"]),
        datum("traded", "money", currency="EUR", per_defaulter=True, optional=True),
        datum("due", "money", currency="EUR", as_of=["each day `in any 30 days at every resizing`"]),
    ]
    assert found["givens"] == [
        datum("fix", "rate", currency="EUR", per="SEK", note="closing rate"),
        datum("cap", "money", currency="EUR", as_of=["start(calm)"]),
    ]
    assert found["earlier_payments"] == ["calls", "more"]
    assert {name: found[name] for name in NOTHING_OVER_TIME} == {
        "periods": [{"period": "calm", "title": "Calm"}],
        "earlier_defaults": ["calm"],
        "notices": True,
        "withdrawals": ["calls"],
        "non_default_losses": True,
    }


def test_what_dues_read_of_earlier_days_is_named():
    steps = "tranche own paid by survivors from fund shared pro rata to fund finally open"
    dues = "replenish fund paid by survivors to size each up to size each in any 9 days at every resizing within 1 days"
    data = "members have fund : money size : money"
    found = needs(parse_rulebook(f'rulebook "x" version "1" currency EUR {data} waterfall {steps} {dues}'))
    assert found["fields"][1]["as_of"] == ["each day `in any 9 days at every resizing`"]


def test_the_skeleton_of_a_rulebook_over_time_asks_for_its_past_and_runs_when_it_is_filled_in(tmp_path):
    made = skeleton(parse_rulebook(OVER_TIME), "a.rules")
    assert made.members == "member,name,part,traded.…,due\n"
    for line in (
        "given fix = …   # EUR per SEK; closing rate; a plain number: EUR for one SEK",
        "given cap = EUR …   # money; also as of start(calm), as in `given cap as of 2025-01-02 = …`",
        "#   traded: money per defaulter; a column traded.… for each defaulter; may be left out",
        "#   due: money; also as of each day `in any 30 days at every resizing`, as in `due@2025-01-02`",
        '# non-default loss EUR … "…"   # a loss without a defaulter',
        "# period calm open from 2025-01-02 to 2025-02-14   # if it stands open already",
        "# defaulted 2025-01-02 …   # a line for each earlier default in calm",
        "# notice by … dated 2025-01-02   # members that have given notice to leave",
        "# withdraw … after round 1 under calls   # members that pay no more in later rounds",
    ):
        assert line in made.event.splitlines()
    filled = made.event.replace("given fix = …", "given fix = 0.1").replace("given cap = EUR …", "given cap = EUR 9")
    filled = filled.replace("default of … loss EUR …", "default of D loss EUR 5")
    filled = filled.replace('# non-default loss EUR … "…"', 'non-default loss EUR 2 "theft"')
    for words in ("period calm", "defaulted 2025-01-02", "notice by", "withdraw", "paid 2025-01-02"):
        filled = filled.replace(f"# {words}", words)
    filled = filled.replace("by … under", "by A under").replace("EUR …", "EUR 1").replace("defaulted 2025-01-02 …", "")
    filled = filled.replace("2025-02-14   #", "2025-02-03 #").replace("from 2025-01-02", "from 2025-01-31")
    filled = filled.replace("notice by …", "notice by A").replace("withdraw …", "withdraw A")
    (tmp_path / "a.rules").write_text(OVER_TIME, "utf-8")
    (tmp_path / "new.event").write_text(filled, "utf-8")
    table = "member,name,part,traded.D,due,due@2025-01-02\nA,,5,1,3,2\nD,,0,0,0,0\n"
    (tmp_path / "members.csv").write_text(table, "utf-8")
    program = load_rulebook(tmp_path / "a.rules")
    result = evaluate(program, load_event(tmp_path / "new.event", program))
    assert [line.member for line in result.losses] == ["D", None]
