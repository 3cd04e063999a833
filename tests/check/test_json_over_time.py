"""Events of the second edition as JSON: every key is read as its line is, written back, and refused if wrong."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import rulelang
from rulelang import RulelangError
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.events.written import event_as_json, written_event
from rulelang.check.program import CheckedProgram
from tests.examples import share_of
from tests.oracle.generate import generate

SCHEMA = json.loads((Path(rulelang.__file__).parent / "schemas" / "event.schema.json").read_text("utf-8"))
VALID = jsonschema.Draft202012Validator(SCHEMA).is_valid

RULES = """rulebook "Fund"
currency EUR also SEK
segments energy, metals
period cooling_off
    opens at a default
    lasts 30 days
given own : money
given fix : EUR per SEK
given pot : money per segment
members have
    fund : money formerly deposit
    abroad : money SEK
        if missing SEK 0
    stake : money per segment
        if missing EUR 0
    traded : money per defaulter
        if missing EUR 0
waterfall "Default" for each default in turn
    tranche first paid by ccp from own at the discretion of "Board"
    assessment calls
        paid by survivors
        up to fund each
        shared pro rata to fund
        in at most 3 rounds
    tranche others for non-default losses
        paid by ccp
        up to EUR 5
    finally closure
"""
TEXT = """event "e"
declared 2024-03-15
given own = EUR 7
given own as of 2024-01-01 = EUR 5
given fix = 0.0973
given pot in energy = EUR 1
given pot in metals = EUR 2
given pot in metals as of 2024-02-01 = EUR 3
member A "Alpha" since 2023-01-01
    fund = EUR 5
    fund as of 2024-01-01 = EUR 4
    abroad = SEK 7
    stake in energy = EUR 1
    stake in energy as of 2024-01-02 = EUR 2
    traded with Z = EUR 3
member B fund = EUR 6
member Y fund = EUR 1
member Z fund = EUR 1
former member Q "Quebec"
former member R
notice by B dated 2024-03-01
defaulted 2024-03-02 Y
defaulted 2024-01-02 Q
period cooling_off open from 2024-03-02 to 2024-03-31
default of Z in energy loss EUR 30
further loss of Y in metals EUR 2
non-default loss in energy EUR 4 "Fraud"
non-default loss in metals EUR 1
paid 2024-03-03 by A under calls for Y, Q EUR 1
paid 2024-03-03 by R under calls EUR 2
decide first: invoke up to EUR 3 by "Board" because "so"
withdraw A after round 1 under calls
"""
JSON: dict[str, Any] = {
    "event": "e",
    "declared": "2024-03-15",
    "givens": {
        "own": "7",
        "own@2024-01-01": "5",
        "fix": "0.0973",
        "pot": {"energy": "1", "metals": "2"},
        "pot@2024-02-01": {"metals": "3"},
    },
    "members": [
        {
            "member": "A",
            "name": "Alpha",
            "since": "2023-01-01",
            "fields": {
                "fund": "5",
                "fund@2024-01-01": "4",
                "abroad": "7",
                "stake": {"energy": "1"},
                "stake@2024-01-02": {"energy": "2"},
                "traded": {"Z": "3"},
            },
        },
        {"member": "B", "fields": {"fund": "6"}},
        {"member": "Y", "fields": {"fund": "1"}},
        {"member": "Z", "fields": {"fund": "1"}},
    ],
    "former_members": [{"member": "Q", "name": "Quebec"}, {"member": "R"}],
    "notices": [{"member": "B", "date": "2024-03-01"}],
    "defaulted": [{"member": "Y", "date": "2024-03-02"}, {"member": "Q", "date": "2024-01-02"}],
    "open_periods": [{"period": "cooling_off", "from": "2024-03-02", "to": "2024-03-31"}],
    "defaults": [
        {"member": "Z", "segment": "energy", "amount": "30"},
        {"member": "Y", "segment": "metals", "amount": "2", "further": True},
        {"segment": "energy", "amount": "4", "cause": "Fraud"},
        {"member": None, "segment": "metals", "amount": "1"},
    ],
    "payments": [
        {"date": "2024-03-03", "payer": "A", "step": "calls", "amount": "1", "for": ["Y", "Q"]},
        {"date": "2024-03-03", "payer": "R", "step": "calls", "amount": "2"},
    ],
    "decisions": [{"step": "first", "decision": "invoke", "up_to": "3", "by": "Board", "because": "so"}],
    "withdrawals": [{"member": "A", "after_round": 1, "step": "calls"}],
}


@pytest.fixture(scope="module")
def program() -> CheckedProgram:
    return rulelang.parse_rulebook(RULES)


def read(data: object, program: CheckedProgram) -> rulelang.Event:
    """An event of JSON."""
    return check_event(SourceText.from_text(json.dumps(data), "e.json"), program)


def test_every_key_says_what_its_line_says(program):
    text = check_event(SourceText.from_text(TEXT, "e.event"), program)
    assert read(JSON, program) == text
    assert VALID(JSON)
    written = json.loads(event_as_json(program, text))
    assert VALID(written)
    assert {key for key, value in JSON.items() if value} <= {key for key, value in written.items() if value}
    assert written_event(program, text, "e.json") == text


def test_what_an_event_does_not_say_is_not_written(program):
    plain = {key: JSON[key] for key in ("event", "declared", "givens", "members")} | {"defaults": JSON["defaults"][:1]}
    plain["members"] = [member | {"since": None} for member in plain["members"]]
    written = json.loads(event_as_json(program, read(plain, program)))
    assert not {"former_members", "notices", "defaulted", "open_periods", "withdrawals"} & set(written)


@pytest.mark.parametrize("block", range(3))
def test_random_events_are_written_and_read_alike(block, tmp_path):
    each = share_of(14, least=2)
    for seed in range(block * each, (block + 1) * each):
        case, folder = generate(seed, over_time=True), tmp_path / str(seed)
        case.write(folder)
        program = rulelang.load_rulebook(folder / "rulebook.rules")
        event = rulelang.load_event(folder / "event.event", program)
        text = event_as_json(program, event)
        assert VALID(json.loads(text)), seed
        assert written_event(program, event, "event.json").source.text == text, seed


def changed(*path: str | int, to: object) -> dict[str, Any]:
    """The event with another value in one place."""
    data = json.loads(json.dumps(JSON))
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return data


FORM = [
    (changed("members", 0, "since", to="2023-02-30"), "malformed-date", "/members/0/since"),
    (changed("members", 0, "fields", "fund@2024-1-1", to="4"), "malformed-date", "/members/0/fields/fund@2024-1-1"),
    (changed("givens", "own@", to="4"), "malformed-date", "/givens/own@"),
    (changed("former_members", to={}), "malformed-json", "/former_members"),
    (changed("former_members", 0, to={"name": "Quebec"}), "malformed-json", "/former_members/0"),
    (changed("former_members", 0, "since", to="2023-01-01"), "malformed-json", "/former_members/0/since"),
    (changed("notices", 0, to={"member": "B"}), "malformed-json", "/notices/0"),
    (changed("notices", 0, "date", to=2024), "malformed-date", "/notices/0/date"),
    (changed("defaulted", 0, "member", to=5), "malformed-json", "/defaulted/0/member"),
    (
        changed("open_periods", 0, to={"period": "cooling_off", "from": "2024-03-02"}),
        "malformed-json",
        "/open_periods/0",
    ),
    (changed("open_periods", 0, "to", to="soon"), "malformed-date", "/open_periods/0/to"),
    (changed("defaults", 1, "further", to="yes"), "malformed-json", "/defaults/1/further"),
    (changed("defaults", 2, "further", to=True), "malformed-json", "/defaults/2/further"),
    (changed("defaults", 0, "cause", to="Fraud"), "malformed-json", "/defaults/0/cause"),
    (changed("defaults", 2, "cause", to=5), "malformed-json", "/defaults/2/cause"),
    (changed("defaults", 2, to={"cause": "Fraud"}), "malformed-json", "/defaults/2"),
    (changed("payments", 0, "for", to="Y"), "malformed-json", "/payments/0/for"),
    (changed("payments", 0, "for", to=["Y", 5]), "malformed-json", "/payments/0/for/1"),
    (changed("decisions", 0, "up_to", to=3), "malformed-json", "/decisions/0/up_to"),
    (changed("decisions", 0, "decision", to="decline"), "malformed-json", "/decisions/0/up_to"),
    (changed("withdrawals", 0, "after_round", to="1"), "malformed-json", "/withdrawals/0/after_round"),
    (changed("withdrawals", 0, "after_round", to=True), "malformed-json", "/withdrawals/0/after_round"),
    (changed("withdrawals", 0, to={"member": "A", "step": "calls"}), "malformed-json", "/withdrawals/0"),
]
MEANING = [
    (changed("givens", "fix", to="0"), "rate-not-positive", "/givens/fix"),
    (changed("givens", "own@2024-04-01", to="4"), "dated-after-declared", "/givens/own@2024-04-01"),
    (
        changed("members", 0, "fields", "fund@2024-01-01", to="1.080"),
        "ambiguous-amount",
        "/members/0/fields/fund@2024-01-01",
    ),
    (changed("members", 0, "fields", "traded", "W", to="1"), "unknown-member", "/members/0/fields/traded/W"),
    (changed("members", 0, "fields", "traded", to="1"), "not-per-defaulter", "/members/0/fields/traded"),
    (changed("members", 0, "fields", "deposit", to="5"), "duplicate-value", "/members/0/fields/deposit"),
    (changed("members", 0, "since", to="2024-04-01"), "dated-after-declared", "/members/0/since"),
    (changed("former_members", 0, "member", to="A"), "duplicate-member", "/former_members/0/member"),
    (changed("notices", 0, "member", to="W"), "unknown-member", "/notices/0/member"),
    (changed("notices", to=JSON["notices"] * 2), "duplicate-value", "/notices/1/member"),
    (changed("defaulted", 0, "date", to="2024-04-01"), "dated-after-declared", "/defaulted/0/date"),
    (changed("defaulted", 0, "member", to="Z"), "defaults-again", "/defaults/0/member"),
    (changed("open_periods", 0, "period", to="cooling"), "unknown-period", "/open_periods/0/period"),
    (changed("open_periods", 0, "to", to="2024-03-01"), "wrong-value", "/open_periods/0/to"),
    (changed("defaults", 1, "member", to="B"), "not-defaulted", "/defaults/1/member"),
    (changed("payments", 0, "for", 1, to="W"), "unknown-member", "/payments/0/for/1"),
    (changed("decisions", 0, "up_to", to="1.070,10"), "wrong-value", "/decisions/0/up_to"),
    (changed("withdrawals", 0, "member", to="W"), "unknown-member", "/withdrawals/0/member"),
    (changed("withdrawals", 0, "step", to="first"), "rounds-not-here", "/withdrawals/0/step"),
    (changed("withdrawals", 0, "after_round", to=101), "malformed-number", "/withdrawals/0/after_round"),
    (changed("withdrawals", to=JSON["withdrawals"] * 2), "duplicate-value", "/withdrawals/1/member"),
]


@pytest.mark.parametrize(("data", "code", "pointer"), [*FORM, *MEANING])
def test_what_is_wrong_is_refused_where_it_stands(data, code, pointer, program):
    with pytest.raises(RulelangError) as refused:
        read(data, program)
    assert (code, pointer) in {(one.code, one.place.pointer) for one in refused.value.diagnostics}


@pytest.mark.parametrize(("data", "code", "pointer"), [each for each in FORM if "2023-02-30" not in json.dumps(each)])
def test_the_schema_refuses_what_has_another_form(data, code, pointer):
    assert not VALID(data)
