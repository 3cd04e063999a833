"""Events: the same content as text, CSV and JSON is the same event; every finding points at its cell or key."""

import json
import time
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from tests.examples import share_of, some_of
from tests.oracle.generate import generate
from tests.schemas import validator

RULEBOOK = """
rulebook "members of every kind" version "1"
currency EUR
segments energy, metals
party insurer "The insurer"
members have
    fund     : money
    gain     : signed money                if missing EUR 0
    weight   : number                      if missing 1
    part     : ratio                       if missing 50%
    solvent  : yes/no                      if missing yes
    bid      : one of absent, poor, good   if missing good
    town     : text                        if missing "nowhere"
    since    : date                        if missing 2020-02-29
    stake    : money per segment           if missing EUR 1
given capital : money if missing EUR 2
given cover : money per segment if missing EUR 3
given alert : one of red, green if missing red
waterfall
    tranche junior formerly first_line
        paid by ccp from capital
        at the discretion of "Board"
    tranche insured paid by insurer up to EUR 1 in total in any 30 days
    tranche mutual per segment
        paid by survivors
        up to stake each in any 10 business days
        shared equally
    finally open
"""
TEXT = """
event "everything"
under "rulebook.rules"
declared 2024-03-15
given capital = EUR 7_000.5
given cover in energy = EUR 2 thousand
given alert = green
member A "Alpha" fund = EUR 1.25 gain = -EUR 3 weight = 0.333 part = 25% solvent = no bid = poor
    town = "Oslo" since = 2018-09-11 stake in energy = EUR 4 stake in metals = EUR 5
member "b c" fund = EUR 0
member D fund = EUR 2
default of D in metals loss EUR 9.99
default of D in energy loss EUR 1 million
paid 2024-03-01 by ccp under first_line EUR 1
paid 2024-03-14 by A under mutual in energy EUR 0.50
paid 2024-03-15 by insurer under insured EUR 0.01
decide junior: decline by "Board" because "no"
"""
JSON: dict[str, Any] = {
    "event": "everything",
    "under": "rulebook.rules",
    "declared": "2024-03-15",
    "givens": {"capital": "7,000.50", "cover": {"energy": "2000", "metals": None}, "alert": "green"},
    "members": [
        {"member": "D", "fields": {"fund": 2}},
        {
            "member": "A",
            "name": "Alpha",
            "fields": {
                "fund": "1.25",
                "gain": "-3.00",
                "weight": "0.333",
                "part": " 25% ",
                "solvent": False,
                "bid": "poor",
                "town": "Oslo",
                "since": "2018-09-11",
                "stake": {"metals": "5", "energy": "4"},
            },
        },
        {"member": "b c", "name": None, "fields": {"fund": "0", "solvent": None}},
    ],
    "defaults": [
        {"member": "D", "segment": "metals", "amount": "9.99"},
        {"member": "D", "segment": "energy", "amount": "1,000,000"},
    ],
    "payments": [
        {"date": "2024-03-01", "payer": "ccp", "step": "first_line", "amount": "1"},
        {"date": "2024-03-14", "payer": "A", "step": "mutual", "segment": "energy", "amount": "0.5"},
        {"date": "2024-03-15", "payer": "insurer", "step": "insured", "segment": None, "amount": "0.01"},
    ],
    "decisions": [{"step": "junior", "decision": "decline", "by": "Board", "because": "no"}],
}


@pytest.fixture(scope="module")
def program() -> CheckedProgram:
    return rulelang.parse_rulebook(RULEBOOK)


def from_text(text: str, program: CheckedProgram) -> Event:
    return check_event(SourceText.from_text(text, "e.event"), program)


def from_json(data: Any, program: CheckedProgram) -> Event:
    text = data if isinstance(data, str) else json.dumps(data)
    return check_event(SourceText.from_text(text, "e.json"), program)


# ------------------------------------------------------------------------------------------------------------- JSON


def test_text_and_json_give_the_same_event(program):
    text, data = from_text(TEXT, program), from_json(JSON, program)
    assert text == data
    assert data.members == ("A", "D", "b c")
    assert data.names == {"A": "Alpha"}
    assert data.fields["fund", None] == {"A": 125, "D": 200, "b c": 0}
    assert data.fields["gain", None] == {"A": -300, "D": None, "b c": None}
    assert data.fields["weight", None]["A"] == Fraction(333, 1000)
    assert data.fields["part", None]["A"] == Fraction(1, 4)
    assert data.fields["solvent", None] == {"A": False, "D": None, "b c": None}
    assert data.fields["stake", "metals"]["A"] == 500
    assert data.givens == {
        ("capital", None): 700_050,
        ("cover", "energy"): 200_000,
        ("cover", "metals"): None,
        ("alert", None): "green",
    }
    assert [loss.amount for loss in data.losses] == [999, 100_000_000]
    assert [payment.step for payment in data.payments] == ["junior", "mutual", "insured"]
    assert data.decisions["junior"].invoke is False


def test_text_and_json_run_alike(program):
    one, other = (
        rulelang.evaluate(program, event).to_dict() for event in (from_text(TEXT, program), from_json(JSON, program))
    )
    assert one.pop("event") != other.pop("event")  # the digests differ
    assert one == other


@pytest.mark.parametrize("block", range(4))
def test_random_events_written_as_json_are_the_same(block, tmp_path):
    schema = validator("event")
    each = share_of(20, least=2)
    for seed in range(block * each, (block + 1) * each):
        case = generate(200_000 + seed)
        case.write(tmp_path / str(seed))
        rulebook = rulelang.load_rulebook(tmp_path / str(seed) / "rulebook.rules")
        event = rulelang.load_event(tmp_path / str(seed) / "event.event", rulebook)
        data = as_json(event, rulebook)
        schema.validate(data)
        path = tmp_path / str(seed) / "event.json"
        path.write_text(json.dumps(data), "utf-8")
        assert rulelang.load_event(path, rulebook) == event, f"seed {200_000 + seed}"


def as_json(event: Event, rulebook: CheckedProgram) -> dict[str, Any]:
    """An event as JSON, missing values left out."""

    def written(value: Any, kind: str) -> str | bool:
        if isinstance(value, bool):
            return value
        if kind == "money":
            return rulebook.currency.plain(value)
        if isinstance(value, int | Fraction):
            return f"{float(value * 100):.10g}%" if value.denominator > 1 else str(value)
        return str(value)

    def nested(columns: Mapping[tuple[str, str | None], Any], table: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for (name, segment), value in columns.items():
            if value is not None:
                text = written(value, table[name].type.kind.value)
                if segment is None:
                    found[name] = text
                else:
                    found.setdefault(name, {})[segment] = text
        return found

    plain = rulebook.currency.plain
    return {
        "event": event.title,
        "under": event.under,
        "declared": event.declared.isoformat(),
        "givens": nested(event.givens, rulebook.givens),
        "members": [
            {
                "member": member,
                "name": event.names.get(member),
                "fields": nested({key: column[member] for key, column in event.fields.items()}, rulebook.fields),
            }
            for member in reversed(event.members)
        ],
        "defaults": [{"member": x.member, "segment": x.segment, "amount": plain(x.amount)} for x in event.losses],
        "payments": [
            {"date": str(x.date), "payer": x.payer, "step": x.step, "segment": x.segment, "amount": plain(x.amount)}
            for x in event.payments
        ],
        "decisions": [
            {"step": x.step, "decision": "invoke" if x.invoke else "decline", "by": x.body, "because": x.reason}
            for x in event.decisions.values()
        ],
    }


def changed(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**JSON, **changes}.items() if value != "left out"}


ACCEPTED = {
    "all of it": JSON,
    "the least": {"event": "e", "declared": "2024-02-29"},
    "no title": {"event": "", "declared": "2024-01-01", "under": None},
    "empty lists": changed(members=[], defaults=[], payments=[], decisions=[], givens={}),
    "a member alone": changed(members=[*JSON["members"], {"member": "Z", "fields": {"fund": "1"}}]),
    "a member with a lower-case id": changed(members=[*JSON["members"], {"member": "z", "fields": {"fund": "1"}}]),
    "a whole number": changed(givens={"capital": 7}),
    "yes and no as words": changed(members=[*JSON["members"], {"member": "Z", "fields": {"fund": 1, "solvent": "no"}}]),
    "null": changed(givens={"capital": None}),
    "blanks around amounts": changed(defaults=[{"member": "D", "segment": "energy", "amount": " 5 "}]),
    "no segment said": changed(payments=[{"date": "2024-03-01", "payer": "ccp", "step": "junior", "amount": "0"}]),
    "neither who nor why": changed(decisions=[{"step": "junior", "decision": "invoke", "by": None}]),
}
"""JSON that both the reader and the schema accept."""

REFUSED: dict[str, tuple[Any, str]] = {
    "a list": ([], "/"),
    "null": (None, "/"),
    "no title": (changed(event="left out"), "/"),
    "no date": (changed(declared="left out"), "/"),
    "a key too many": (changed(Members=[]), "/Members"),
    "a misspelt key": (changed(default=[]), "/default"),
    "a key with a slash": (changed(**{"a/b~c": 1}), "/a~1b~0c"),
    "a title that is a number": (changed(event=5), "/event"),
    "a title that is null": (changed(event=None), "/event"),
    "a path that is a number": (changed(under=5), "/under"),
    "no day": (changed(declared="15 March 2024"), "/declared"),
    "a week for a day": (changed(declared="2024-W11-5"), "/declared"),
    "a day without dashes": (changed(declared="20240315"), "/declared"),
    "a day as a number": (changed(declared=20240315), "/declared"),
    "givens as a list": (changed(givens=[]), "/givens"),
    "givens as null": (changed(givens=None), "/givens"),
    "a given with decimals": (changed(givens={"capital": 7.5}), "/givens/capital"),
    "a given that is a list": (changed(givens={"capital": ["7"]}), "/givens/capital"),
    "a given too deep": (changed(givens={"cover": {"energy": {"x": "1"}}}), "/givens/cover/energy"),
    "members as an object": (changed(members={}), "/members"),
    "members as null": (changed(members=None), "/members"),
    "a member as a string": (changed(members=["A"]), "/members/0"),
    "a member without id": (changed(members=[{"name": "A"}]), "/members/0"),
    "a member with a number as id": (changed(members=[{"member": 5}]), "/members/0/member"),
    "a member with a field outside": (changed(members=[{"member": "A", "fund": "1"}]), "/members/0/fund"),
    "a name that is a number": (changed(members=[{"member": "A", "name": 5}]), "/members/0/name"),
    "fields as null": (changed(members=[{"member": "A", "fields": None}]), "/members/0/fields"),
    "a field with decimals": (changed(members=[{"member": "A", "fields": {"fund": 1.5}}]), "/members/0/fields/fund"),
    "defaults as an object": (changed(defaults={}), "/defaults"),
    "a default without amount": (changed(defaults=[{"member": "D"}]), "/defaults/0"),
    "a further loss of nobody": (changed(defaults=[{"amount": "1", "further": True}]), "/defaults/0/further"),
    "a number as amount": (changed(defaults=[{"member": "D", "segment": "energy", "amount": 5}]), "/defaults/0/amount"),
    "decimals as amount": (
        changed(defaults=[{"member": "D", "segment": "energy", "amount": 0.5}]),
        "/defaults/0/amount",
    ),
    "a currency in an amount": (
        changed(defaults=[{"member": "D", "segment": "energy", "amount": "EUR 5"}]),
        "/defaults/0/amount",
    ),
    "a negative amount": (
        changed(defaults=[{"member": "D", "segment": "energy", "amount": "-5"}]),
        "/defaults/0/amount",
    ),
    "an empty amount": (changed(defaults=[{"member": "D", "segment": "energy", "amount": ""}]), "/defaults/0/amount"),
    "badly grouped thousands": (
        changed(defaults=[{"member": "D", "segment": "energy", "amount": "1,00"}]),
        "/defaults/0/amount",
    ),
    "an exponent": (changed(defaults=[{"member": "D", "segment": "energy", "amount": "1e3"}]), "/defaults/0/amount"),
    "a segment that is a number": (
        changed(defaults=[{"member": "D", "segment": 5, "amount": "1"}]),
        "/defaults/0/segment",
    ),
    "a default with a day": (
        changed(defaults=[{"member": "D", "segment": "energy", "amount": "1", "date": "2024-03-15"}]),
        "/defaults/0/date",
    ),
    "a payment without a day": (
        changed(payments=[{"payer": "ccp", "step": "junior", "amount": "1"}]),
        "/payments/0",
    ),
    "a payment without payer": (
        changed(payments=[{"date": "2024-03-01", "step": "junior", "amount": "1"}]),
        "/payments/0",
    ),
    "a payment on no day": (
        changed(payments=[{"date": "1.3.2024", "payer": "ccp", "step": "junior", "amount": "1"}]),
        "/payments/0/date",
    ),
    "a decision in other words": (changed(decisions=[{"step": "junior", "decision": "yes"}]), "/decisions/0/decision"),
    "a decision as yes": (changed(decisions=[{"step": "junior", "decision": True}]), "/decisions/0/decision"),
    "a decision without step": (changed(decisions=[{"decision": "invoke"}]), "/decisions/0"),
    "a reason that is a number": (
        changed(decisions=[{"step": "junior", "decision": "invoke", "because": 5}]),
        "/decisions/0/because",
    ),
}
"""JSON that both refuse, with the pointer of the reader's finding."""


@pytest.mark.parametrize("data", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_the_reader_accepts_the_schema_accepts(data, program):
    validator("event").validate(data)
    members = {"members": JSON["members"], **data} if data.get("defaults") else data
    assert isinstance(from_json(members, program), Event)


@pytest.mark.parametrize(("data", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_reader_refuses_the_schema_refuses(data, pointer, program):
    assert not validator("event").is_valid(data)
    with pytest.raises(RulelangError) as refused:
        from_json(data, program)
    assert pointer in {found.place.pointer for found in refused.value.diagnostics}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "nothing",
        '{"event": "e", "event": "f", "declared": "2024-01-01"}',
        '{"event": "e", "declared": "2024-01-01"} trailing',
        "[" * 100_000,
        '{"event": "e", "declared": "2024-01-01", "givens": {"capital": ' + "9" * 5_000 + "}}",
    ],
)
def test_what_is_no_json_is_one_finding(text, program):
    with pytest.raises(RulelangError) as refused:
        from_json(text, program)
    assert [found.code for found in refused.value.diagnostics] in (["malformed-json"], ["number-too-long"])


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"givens": {"capitol": "1"}}, "unknown-name", "/givens/capitol"),
        ({"givens": {"capital": "1.0051"}}, "too-many-decimals", "/givens/capital"),
        ({"givens": {"capital": "1.005"}}, "ambiguous-amount", "/givens/capital"),
        ({"givens": {"capital": "-1"}}, "negative-value", "/givens/capital"),
        ({"givens": {"capital": {"energy": "1"}}}, "unknown-segment", "/givens/capital/energy"),
        ({"givens": {"cover": "1"}}, "missing-segment", "/givens/cover"),
        ({"givens": {"cover": {"oil": "1"}}}, "unknown-segment", "/givens/cover/oil"),
        ({"givens": {"alert": "blue"}}, "wrong-value", "/givens/alert"),
        ({"givens": {"alert": True}}, "wrong-value", "/givens/alert"),
        ({"members": [{"member": "D", "fields": {}}]}, "missing-value", "/members/0/member"),
        ({"members": [*JSON["members"], {"member": "A"}]}, "duplicate-member", "/members/3/member"),
        ({"members": [*JSON["members"], {"member": "ccp"}]}, "duplicate-name", "/members/3/member"),
        ({"members": [*JSON["members"], {"member": "x\ny"}]}, "wrong-value", "/members/3/member"),
        ({"members": [*JSON["members"], {"member": " "}]}, "wrong-value", "/members/3/member"),
        ({"defaults": [{"member": "X", "segment": "energy", "amount": "1"}]}, "unknown-member", "/defaults/0/member"),
        ({"defaults": [{"member": "D", "amount": "1"}]}, "missing-segment", "/defaults/0/member"),
        ({"defaults": [{"member": "D", "segment": "energy", "amount": "0.00"}]}, "no-loss", "/defaults/0/amount"),
        (
            {"payments": [{"date": "2024-03-16", "payer": "ccp", "step": "junior", "amount": "1"}]},
            "payment-after-declaration",
            "/payments/0/date",
        ),
        (
            {"payments": [{"date": "2024-03-01", "payer": "ccp", "step": "senior", "amount": "1"}]},
            "unknown-step",
            "/payments/0/step",
        ),
        ({"decisions": [{"step": "mutual", "decision": "invoke"}]}, "nothing-to-decide", "/decisions/0/step"),
        ({"decisions": [{"step": "first_line", "decision": "invoke"}]}, "unknown-step", "/decisions/0/step"),
        ({"decisions": JSON["decisions"] * 2}, "duplicate-value", "/decisions/1/step"),
    ],
)
def test_findings_point_at_the_key(change, code, pointer, program):
    with pytest.raises(RulelangError) as refused:
        from_json(changed(**change), program)
    assert (code, pointer) in {(found.code, found.place.pointer) for found in refused.value.diagnostics}


def described(schema: Any, path: str = "") -> list[str]:
    """The keys of a schema that nothing describes."""
    bare = []
    if isinstance(schema, dict):
        for name, inner in schema.get("properties", {}).items():
            if "description" not in inner and "$ref" not in inner:
                bare.append(f"{path}/{name}")
        for name, inner in schema.items():
            bare += described(inner, f"{path}/{name}")
    return bare


@pytest.mark.parametrize("name", ["diff", "event", "run"])
def test_schemas_describe_every_key(name):
    schema = validator(name).schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:rulelang:schema:{name}"
    assert described(schema) == []
    assert all("description" in definition for definition in schema["$defs"].values())


# ----------------------------------------------------------------------------------------------------- runs as JSON


def test_every_result_fits_the_schema_of_runs(program):
    schema = validator("run")
    for kind in ("conformance", "valid"):
        for folder in some_of(sorted((Path(__file__).parents[1] / "cases" / kind).iterdir())):
            rulebook = rulelang.load_rulebook(folder / "rulebook.rules")
            event = rulelang.load_event(folder / "event.event", rulebook)
            schema.validate(json.loads(json.dumps(rulelang.evaluate(rulebook, event).to_dict())))
    result = rulelang.evaluate(program, from_text(TEXT, program)).to_dict()
    schema.validate(result)
    assert {line["skipped"] for line in result["tranches"]} == {"declined", None}


@pytest.mark.parametrize(
    "change",
    [
        {"loss": 5},
        {"loss": "-5.00"},
        {"loss": "5."},
        {"loss": "1,000.00"},
        {"currency": "euro"},
        {"outcome": "Open"},
        {"outcome": None},
        {"more": 1},
        {"event": {"title": "e", "declared": "today", "sha256": ""}},
        {"rulebook": {"title": "e", "version": "1", "sha256": "abc"}},
        {"rulebook": {"title": "e", "sha256": ""}},
        {"allocations": [{"tranche": "t", "payer": "A", "segment": None, "amount": "0.00"}]},
        {"allocations": [{"tranche": "t", "payer": "A", "amount": "1.00"}]},
        {"ensures": [{"text": "x", "holds": "yes", "breaches": []}]},
        {"tranches": [{"tranche": "t", "segment": None, "kind": "tranche", "drawn": "1.00"}]},
    ],
)
def test_the_schema_of_runs_refuses_other_results(change, program):
    result = rulelang.evaluate(program, from_text(TEXT, program)).to_dict()
    assert not validator("run").is_valid({**result, **change})


# -------------------------------------------------------------------------------------------------------------- CSV


def load_csv(data: str | bytes, folder: Path, more: str = "") -> Event:
    """An event whose members stand in a CSV file."""
    (folder / "rulebook.rules").write_text(RULEBOOK, "utf-8")
    (folder / "m.csv").write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    (folder / "e.event").write_text(f'event "e" declared 2024-01-01 members from "m.csv"\n{more}', "utf-8")
    return rulelang.load_event(folder / "e.event", rulelang.load_rulebook(folder / "rulebook.rules"))


PLAIN = {"A": 100, "B": 200}
READ: dict[str, tuple[str | bytes, dict[str, int]]] = {
    "plain": ("member,fund\nA,1\nB,2\n", PLAIN),
    "no last line end": ("member,fund\nA,1\nB,2", PLAIN),
    "byte order mark": ("\ufeffmember,fund\nA,1\nB,2\n", PLAIN),
    "carriage return and line feed": ("member,fund\r\nA,1\r\nB,2\r\n", PLAIN),
    "carriage return alone": ("member,fund\rA,1\rB,2\r", PLAIN),
    "mixed line ends": ("member,fund\r\nA,1\nB,2\r", PLAIN),
    "blanks around cells": (" member , fund\n A , 1 \n B,2\n", PLAIN),
    "columns in any order": ("fund,member\n1,A\n2,B\n", PLAIN),
    "rows in any order": ("member,fund\nB,2\nA,1\n", PLAIN),
    "blank rows": ("\nmember,fund\n\nA,1\n ,\n,\nB,2\n\n", PLAIN),
    "everything in quotes": ('"member","fund"\n"A","1"\n"B","2.00"\n', PLAIN),
    "thousands": ('member,fund\nA,"1,234,567.89"\nB,"12,345"\n', {"A": 123_456_789, "B": 1_234_500}),
    "leading zeros": ("member,fund\nA,0001.50\nB,0\n", {"A": 150, "B": 0}),
    "no rows": ("member,fund\n", {}),
    "ids that are not words": ('member,fund\n"b, c",1\n9,2\n"d ""e""",3\n', {"b, c": 100, "9": 200, 'd "e"': 300}),
}


@pytest.mark.parametrize(("data", "fund"), READ.values(), ids=READ.keys())
def test_tables_are_read(data, fund, tmp_path):
    event = load_csv(data, tmp_path)
    assert event.fields["fund", None] == fund
    assert event.members == tuple(sorted(fund))


def test_cells_of_every_type_are_read(tmp_path):
    event = load_csv(
        "member,name,fund,gain,weight,part,solvent,bid,town,since,stake.energy,stake.metals\n"
        'A,"Alpha, plc",1.5,-2.50,-0,25%,yes,poor,"two\nlines",2024-02-29,1,2\n'
        'B,,"1,000",0,"1,000.5",0.333,no,good,"say ""x""",2000-01-01,,4\n',
        tmp_path,
    )
    assert event.names == {"A": "Alpha, plc"}
    row = {key: (column["A"], column["B"]) for key, column in event.fields.items()}
    assert row["fund", None] == (150, 100_000)
    assert row["gain", None] == (-250, 0)
    assert row["weight", None] == (0, Fraction(2001, 2))
    assert row["part", None] == (Fraction(1, 4), Fraction(333, 1000))
    assert row["solvent", None] == (True, False)
    assert row["bid", None] == ("poor", "good")
    assert row["town", None] == ("two\nlines", 'say "x"')
    assert [day.isoformat() for day in row["since", None]] == ["2024-02-29", "2000-01-01"]
    assert row["stake", "energy"] == (100, None)
    assert row["stake", "metals"] == (200, 400)


def test_blocks_add_to_rows_and_override_them_wherever_they_stand(tmp_path):
    (tmp_path / "m.csv").write_text("member,fund,town\nA,1,Oslo\nB,2,Rome\n", "utf-8")
    (tmp_path / "rulebook.rules").write_text(RULEBOOK, "utf-8")
    rulebook = rulelang.load_rulebook(tmp_path / "rulebook.rules")
    blocks = 'member B fund = EUR 9 member C fund = EUR 3\nmember B town = "Bonn"\n'
    for number, body in enumerate((f'members from "m.csv"\n{blocks}', f'{blocks}members from "m.csv"\n')):
        path = tmp_path / f"{number}.event"
        path.write_text(f'event "e" declared 2024-01-01\n{body}', "utf-8")
        event = rulelang.load_event(path, rulebook)
        assert event.fields["fund", None] == {"A": 100, "B": 900, "C": 300}
        assert event.fields["town", None] == {"A": "Oslo", "B": "Bonn", "C": None}


REFUSED_TABLES: dict[str, tuple[str | bytes, list[tuple[str, int, str]]]] = {
    "semicolons": ("member;fund\nA;1\n", [("malformed-table", 1, "row 1")]),
    "tabs": ("member\tfund\nA\t1\n", [("malformed-table", 1, "row 1")]),
    "nothing": ("", [("malformed-table", 1, "")]),
    "blank": ("\n \n", [("malformed-table", 1, "")]),
    "no header": ("A,1\n", [("malformed-table", 1, "row 1")]),
    "another case": ("Member,fund\nA,1\n", [("malformed-table", 1, "row 1")]),
    "a comment first": ("# funds\nmember,fund\nA,1\n", [("malformed-table", 1, "row 1")]),
    "a long row": ("member,fund\nA,1\nB,2,3\n", [("malformed-table", 3, "row 3")]),
    "a short row": ("member,fund\nA\n", [("malformed-table", 2, "row 2")]),
    "an open quotation": ('member,fund\nB,2\n"A,1\n', [("malformed-table", 3, "row 3")]),
    "text behind a quotation": ('member,fund\n"A"x,1\n', [("malformed-table", 2, "row 2")]),
    "a column without name": ("member,fund,\nA,1,2\n", [("malformed-table", 1, "row 1, column ")]),
    "a column twice": ("member,fund,town,fund\nA,1,x,2\n", [("duplicate-name", 1, "row 1, column fund")]),
    "ids twice": ("member,member\nA,B\n", [("duplicate-name", 1, "row 1, column member")]),
    "a row without id": ("member,fund\n,5\n", [("malformed-table", 2, "row 2, column member")]),
    "a member twice": ("member,fund\nA,1\nB,2\nA,1\n", [("duplicate-member", 4, "row 4, column member")]),
    "the name of the CCP": ("member,fund\nccp,1\n", [("duplicate-name", 2, "row 2, column member")]),
    "the name of a party": ("member,fund\ninsurer,1\n", [("duplicate-name", 2, "row 2, column member")]),
    "a line end in an id": ('member,fund\n"A\nB",1\n', [("wrong-value", 2, "row 2, column member")]),
    "an unknown column": ("member,fund,found\nA,1,2\nB,1,2\n", [("unknown-name", 1, "row 1, column found")]),
    "no segment": ("member,fund,stake\nA,1,2\n", [("missing-segment", 1, "row 1, column stake")]),
    "an unknown segment": ("member,fund,stake.oil\nA,1,2\n", [("unknown-segment", 1, "row 1, column stake.oil")]),
    "a segment too many": ("member,fund.energy\nA,1\n", [("unknown-segment", 1, "row 1, column fund.energy")]),
    "an empty cell": ("member,town,fund\nA,x,1\nB,x,\n", [("missing-value", 3, "row 3, column fund")]),
    "a formula": ("member,fund\nA,=1+1\n", [("wrong-value", 2, "row 2, column fund")]),
    "a call": ("member,fund\nA,@SUM(1)\n", [("wrong-value", 2, "row 2, column fund")]),
    "an apostrophe": ("member,fund\nA,'5\n", [("wrong-value", 2, "row 2, column fund")]),
    "brackets": ("member,fund\nA,(5)\n", [("wrong-value", 2, "row 2, column fund")]),
    "a plus": ("member,fund\nA,+5\n", [("wrong-value", 2, "row 2, column fund")]),
    "an exponent": ("member,fund\nA,1e3\n", [("wrong-value", 2, "row 2, column fund")]),
    "a currency": ("member,fund\nA,EUR 5\n", [("wrong-value", 2, "row 2, column fund")]),
    "a symbol": ("member,fund\nA,€5\n", [("wrong-value", 2, "row 2, column fund")]),
    "a percent for money": ("member,fund\nA,5%\n", [("wrong-value", 2, "row 2, column fund")]),
    "a decimal comma": ('member,fund\nA,"1,5"\n', [("wrong-value", 2, "row 2, column fund")]),
    "points for thousands": ('member,fund\nA,"1.234,56"\n', [("wrong-value", 2, "row 2, column fund")]),
    "underscores": ("member,fund\nA,1_000\n", [("wrong-value", 2, "row 2, column fund")]),
    "other digits": ("member,fund\nA,٥\n", [("wrong-value", 2, "row 2, column fund")]),
    "no digit before the point": ("member,fund\nA,.5\n", [("wrong-value", 2, "row 2, column fund")]),
    "no digit behind the point": ("member,fund\nA,5.\n", [("wrong-value", 2, "row 2, column fund")]),
    "parts of a cent": ("member,fund\nA,1.0051\n", [("too-many-decimals", 2, "row 2, column fund")]),
    "thousands in Europe": ("member,fund\nA,1.005\n", [("ambiguous-amount", 2, "row 2, column fund")]),
    "below zero": ("member,fund\nA,-0.01\n", [("negative-value", 2, "row 2, column fund")]),
    "a hundred digits": (f"member,fund\nA,{'9' * 100}\n", [("number-too-long", 2, "row 2, column fund")]),
    "a blank in a percentage": ("member,fund,part\nA,1,25 %\n", [("wrong-value", 2, "row 2, column part")]),
    "true": ("member,fund,solvent\nA,1,true\n", [("wrong-value", 2, "row 2, column solvent")]),
    "a choice in capitals": ("member,fund,bid\nA,1,Good\n", [("wrong-value", 2, "row 2, column bid")]),
    "a day in words": ("member,fund,since\nA,1,1 May 2024\n", [("malformed-date", 2, "row 2, column since")]),
    "no day of the calendar": ("member,fund,since\nA,1,2023-02-29\n", [("malformed-date", 2, "row 2, column since")]),
    "a week": ("member,fund,since\nA,1,2024-W01-1\n", [("malformed-date", 2, "row 2, column since")]),
    "behind a quoted line end": (
        'member,town,fund\r\nA,"x\r\ny",1\r\nB,z,bad\r\n',
        [("wrong-value", 4, "row 4, column fund")],
    ),
    "several at once": (
        "member,fund,since,bid\nA,x,no,maybe\nB,-1,2024-01-01,good\n",
        [
            ("wrong-value", 2, "row 2, column fund"),
            ("malformed-date", 2, "row 2, column since"),
            ("wrong-value", 2, "row 2, column bid"),
            ("negative-value", 3, "row 3, column fund"),
        ],
    ),
}


HELPED = {
    "the number of a day": ("member,fund,since\nA,1,45000\n", "write `2023-03-15`, or `2027-03-16`"),
    "the number of a day, with a time": ("member,fund,since\nA,1,45000.75\n", "write `2023-03-15`, or `2027-03-16`"),
    "a year": ("member,fund,since\nA,1,2024\n", "as in `2018-09-11`"),
    "true": ("member,fund,solvent\nA,1,TRUE\n", "write `yes`"),
    "no in capitals": ("member,fund,solvent\nA,1,No\n", "write `no`"),
    "one for yes": ("member,fund,solvent\nA,1,1\n", "write `yes` or `no`"),
    "a currency in the head": ("member,fund (EUR)\nA,1\n", "did you mean `fund`?"),
    "millions in the head": ("member,fund (in millions)\nA,1\n", "the fields of the rulebook are"),
    "a spreadsheet": (b"PK\x03\x04...", "save the sheet as CSV"),
    "a Parquet file": (b"PAR1...", "save the sheet as CSV"),
}


@pytest.mark.parametrize(("data", "help_"), HELPED.values(), ids=HELPED.keys())
def test_a_cell_as_a_spreadsheet_leaves_it_is_told_what_to_write(data, help_, tmp_path):
    """What may be meant in two ways is shown in both, and nothing is taken for what it may be."""
    with pytest.raises(RulelangError) as refused:
        load_csv(data, tmp_path)
    assert any(help_ in each for each in refused.value.diagnostics[0].helps), refused.value.diagnostics[0].helps


@pytest.mark.parametrize(("data", "expected"), REFUSED_TABLES.values(), ids=REFUSED_TABLES.keys())
def test_findings_point_at_row_and_column(data, expected, tmp_path):
    with pytest.raises(RulelangError) as refused:
        load_csv(data, tmp_path)
    found = [(found.code, found.place.position.line, found.place.pointer or "") for found in refused.value.diagnostics]
    assert found == expected
    assert all(Path(found.place.source.name).name == "m.csv" for found in refused.value.diagnostics)


@pytest.mark.parametrize(
    ("row", "column", "slice_"),
    [('"A, b",x', 8, "x"), ('"A ""q""",x', 11, "x"), ("A,  x", 3, "  x"), ('A,"x"', 3, '"x"'), ("Å,x", 3, "x")],
)
def test_findings_stand_at_the_cell(row, column, slice_, tmp_path):
    with pytest.raises(RulelangError) as refused:
        load_csv(f"member,fund\n{row}\n", tmp_path)
    (found,) = refused.value.diagnostics
    assert found.place.position == (2, column)
    assert found.place.source.slice(found.place.span) == slice_


@pytest.mark.parametrize("data", [b"member,fund\n\xff,1\n", "member,fund\nA,1\n".encode("utf-16"), b"member\0,fund\n"])
def test_tables_that_are_no_text_are_refused(data, tmp_path):
    with pytest.raises(RulelangError) as refused:
        load_csv(data, tmp_path)
    assert [found.code for found in refused.value.diagnostics] == ["not-text"]


@pytest.mark.parametrize(("path", "code"), [("n.csv", "unreadable-file"), ("../m.csv", "path-outside"), (".", None)])
def test_tables_that_are_not_there_are_refused_at_the_line_that_names_them(path, code, tmp_path):
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "m.csv").write_text("member,fund\nA,1\n", "utf-8")
    (folder / "rulebook.rules").write_text(RULEBOOK, "utf-8")
    (folder / "e.event").write_text(f'event "e"\ndeclared 2024-01-01\nmembers from "{path}"\n', "utf-8")
    with pytest.raises(RulelangError) as refused:
        rulelang.load_event(folder / "e.event", rulelang.load_rulebook(folder / "rulebook.rules"))
    (found,) = refused.value.diagnostics
    assert found.code == (code or "unreadable-file")
    assert found.place.position.line == 3


@pytest.mark.slow
def test_ten_thousand_members_are_read_quickly(tmp_path):
    rows = (
        f'M{i},Member {i},"{i:,}.50",-{i},{i}.25,{i % 100}%,yes,good,"x, {i}",2020-01-01,,{i}\n' for i in range(10_000)
    )
    data = "member,name,fund,gain,weight,part,solvent,bid,town,since,stake.energy,stake.metals\n" + "".join(rows)
    start = time.process_time()
    event = load_csv(data, tmp_path)
    assert time.process_time() - start < 10  # about one second; far more if any of it were quadratic
    assert len(event.members) == 10_000
    assert sum(event.fields["fund", None].values()) == sum(100 * i + 50 for i in range(10_000))


def test_ten_thousand_bad_cells_are_found_quickly(tmp_path):
    data = "member,fund\n" + "".join(f"M{i},bad\n" for i in range(10_000))
    start = time.process_time()
    with pytest.raises(RulelangError) as refused:
        load_csv(data, tmp_path)
    assert time.process_time() - start < 10
    assert len(refused.value.diagnostics) == 10_000
    assert refused.value.diagnostics[-1].place.position == (10_001, 7)


def test_a_member_has_an_id_and_its_name_is_no_field(tmp_path):
    rules = 'rulebook "A" currency EUR members have x : money name : text if missing "none" '
    program = rulelang.parse_rulebook(f"{rules} waterfall tranche a paid by ccp up to EUR 1")
    (tmp_path / "m.csv").write_text("member,name,x\nA,Alpha,1\n", encoding="utf-8")
    for text, code in (
        ('members from "m.csv" default of A loss EUR 1', "duplicate-name"),
        ('member "" x = EUR 1 default of "" loss EUR 1', "wrong-value"),
        ('member " " x = EUR 1 default of " " loss EUR 1', "wrong-value"),
    ):
        (tmp_path / "a.event").write_text(f'event "e" declared 2024-01-01 {text}', encoding="utf-8")
        with pytest.raises(rulelang.CheckError) as caught:
            rulelang.load_event(tmp_path / "a.event", program)
        assert {found.code for found in caught.value.diagnostics} == {code}


@pytest.mark.parametrize("where", ["event", "member", "name", "by", "because"])
def test_half_a_character_in_json_is_refused_where_it_stands(where):
    """JSON can write a lone surrogate, but no file can hold it: nothing could be written of such an event."""
    words = {**dict.fromkeys(("event", "member", "name", "by", "because"), "x"), where: "a\ud800b"}
    data = {
        "event": words["event"],
        "declared": "2024-01-01",
        "members": [{"member": words["member"], "name": words["name"], "fields": {"x": "1"}}],
        "decisions": [{"step": "a", "decision": "invoke", "by": words["by"], "because": words["because"]}],
    }
    rules = 'rulebook "A"\ncurrency EUR\nmembers have x : money\nwaterfall\n'
    program = rulelang.parse_rulebook(rules + 'tranche a paid by ccp at the discretion of "B"\n')
    with pytest.raises(rulelang.CheckError) as caught:
        check_event(SourceText.from_text(json.dumps(data), "e.json"), program)
    assert [found.code for found in caught.value.diagnostics] == ["malformed-json"]
