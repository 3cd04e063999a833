"""Ids that a reader takes for one another, wherever they stand; letters that a reader tells apart stay apart."""

import json
import unicodedata
from pathlib import Path

import pyarrow
import pytest

import rulelang
from rulelang import RulelangError
from rulelang.base.diagnostic import Diagnostic
from rulelang.base.look_alikes import difference, look_alikes, skeleton
from rulelang.base.suggest import did_you_mean
from rulelang.check.program import CheckedProgram

FORTUM, CYRILLIC, GREEK = "FORTUM", "F\u041eRTUM", "FOR\u03a4UM"
ALIKE = [
    (FORTUM, CYRILLIC),
    (CYRILLIC, GREEK),
    ("ABC", "\u0410\u0412\u0421"),
    ("\u00c9lan", "E\u0301lan"),
    ("\u0401lan", "\u00cblan"),
    ("Fund", "\uff26und"),
    ("A-1", "A\u20101"),
    ("O'Hara", "O\u2019Hara"),
    ("Nordea Bank", "Nordea  Bank"),
    ("Nordea Bank", "Nordea\u3000Bank"),
    ("A", "A\ufe0f"),
    ("office", "o\ufb03ce"),
    ("Sun", "\u054fun"),
    ("JET", "\u13ab\u13ac\u13a2"),
    ("istanbul", "\u0131stanbul"),
]
APART = [
    ("A", "B"),
    ("A", "a"),
    ("O", "0"),
    ("I", "l"),
    ("Malm\u00f6", "Malmo"),
    ("\u0416", "X"),
    ("\u03a9", "O"),
    ("A1", "A-1"),
]


@pytest.mark.parametrize(("text", "other"), ALIKE)
def test_texts_that_look_alike_have_one_skeleton(text, other):
    assert text != other
    assert skeleton(text) == skeleton(other)
    assert list(look_alikes([text, text, other])) == [(text, other)]


@pytest.mark.parametrize(("text", "other"), APART)
def test_what_a_reader_tells_apart_is_apart(text, other):
    assert not list(look_alikes([text, other]))


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("text", ["\u00c5ngstr\u00f6m", "\u1e9b\u0323", "\uac00\u11a8", "\u0419\u0451"])
def test_the_form_in_which_letters_are_stored_does_not_matter(form, text):
    assert skeleton(unicodedata.normalize(form, text)) == skeleton(text)


RULES = """rulebook "Fund"
currency EUR
party FUND
members have
    fund : money
    town : text
        if missing "none"
    traded : money per defaulter
        if missing EUR 0
waterfall
    tranche first paid by FUND from pot
    tranche draw paid by survivors from fund shared pro rata to fund
    finally closure
given pot : money
    if missing EUR 0
""".replace("FUND", "insurer")


@pytest.fixture
def program(tmp_path: Path) -> CheckedProgram:
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    return rulelang.load_rulebook(tmp_path / "a.rules")


def refused(program: CheckedProgram, folder: Path, name: str, text: str, table: str = "") -> list[Diagnostic]:
    """What is found when an event is read."""
    (folder / name).write_text(text, "utf-8")
    (folder / "m.csv").write_text(table, "utf-8")
    with pytest.raises(RulelangError) as found:
        rulelang.load_event(folder / name, program)
    return list(found.value.diagnostics)


HEAD = 'event "e"\ndeclared 2024-01-01\n'
TOWNS = 'member A fund = EUR 1 town = "Malm\u00f6"\nmember B fund = EUR 1 town = "Malmo\u0308"\n'
EVENTS = {
    "lines": (f'member {FORTUM} fund = EUR 1\nmember "{CYRILLIC}" fund = EUR 1\ndefault of {FORTUM} loss EUR 5\n', ""),
    "a table": (
        f'members from "m.csv"\ndefault of {FORTUM} loss EUR 5\n',
        f"member,fund\n{FORTUM},1\n{CYRILLIC},1\n",
    ),
    "both": (
        f'members from "m.csv"\nmember "{CYRILLIC}" fund = EUR 1\ndefault of {FORTUM} loss EUR 5\n',
        f"member,fund\n{FORTUM},1\n",
    ),
    "a former member": (
        f'member {FORTUM} fund = EUR 1\nformer member "{CYRILLIC}"\ndefault of {FORTUM} loss EUR 5\n',
        "",
    ),
    "a party": ('member "\u0456nsurer" fund = EUR 1\ndefault of "\u0456nsurer" loss EUR 5\n', ""),
    "the clearing house": ('member "c\u0441p" fund = EUR 1\ndefault of "c\u0441p" loss EUR 5\n', ""),
    "texts of a field": (f"{TOWNS}default of A loss EUR 5\n", ""),
}


@pytest.mark.parametrize("kind", EVENTS)
def test_what_looks_alike_is_refused_wherever_it_stands(kind, program, tmp_path):
    text, table = EVENTS[kind]
    found = refused(program, tmp_path, "e.event", HEAD + text, table)
    assert [one.code for one in found] == ["look-alike"]
    assert "U+" in found[0].message


def test_what_looks_alike_is_refused_in_json(program, tmp_path):
    members = [{"member": ident, "fields": {"fund": "1"}} for ident in (FORTUM, CYRILLIC)]
    event = {"event": "e", "declared": "2024-01-01", "members": members}
    event["defaults"] = [{"member": FORTUM, "amount": "5"}]
    found = refused(program, tmp_path, "e.json", json.dumps(event))
    assert [(one.code, one.place.pointer) for one in found] == [("look-alike", "/members/1/member")]


@pytest.mark.parametrize(
    "line",
    [
        f'default of "{CYRILLIC}" loss EUR 5',
        f'default of {FORTUM} loss EUR 5\npaid 2024-01-01 by "{CYRILLIC}" under draw EUR 1',
        f'default of {FORTUM} loss EUR 5\npaid 2024-01-01 by {FORTUM} under draw for "{CYRILLIC}" EUR 1',
        f'default of {FORTUM} loss EUR 5\nmember {FORTUM} traded with "{CYRILLIC}" = EUR 1',
        f'default of {FORTUM} loss EUR 5\nnotice by "{CYRILLIC}" dated 2024-01-01',
    ],
)
def test_who_is_named_with_another_letter_is_told_which(line, program, tmp_path):
    found = refused(program, tmp_path, "e.event", f"{HEAD}member {FORTUM} fund = EUR 1\n{line}\n")
    assert [one.code for one in found] == ["unknown-member"]
    assert found[0].helps[0].startswith(f"did you mean `{FORTUM}`? U+041E (cyrillic capital letter o) stands where")


def test_columns_of_scenarios_name_members_letter_by_letter(program, tmp_path):
    (tmp_path / "e.event").write_text(f"{HEAD}member {FORTUM} fund = EUR 1\ndefault of {FORTUM} loss EUR 5\n", "utf-8")
    event = rulelang.load_event(tmp_path / "e.event", program)
    scenarios = pyarrow.table({f"loss.{CYRILLIC}": ["5"]})
    with pytest.raises(RulelangError) as found:
        rulelang.sweep(program, event, scenarios)
    (one,) = found.value.diagnostics
    assert one.code == "unknown-member"
    assert "U+041E" in one.helps[0]


def test_a_name_of_another_script_is_found_though_no_letter_is_the_same():
    assert str(did_you_mean("\u0410\u0412\u0421", ["ABD", "ABC"])).startswith("did you mean `ABC`? U+0410")


@pytest.mark.parametrize(
    ("text", "other"), [(" loss", "loss"), ("loss", " loss"), ("lo\u200bss", "loss"), ("A", "A\ufe0f")]
)
def test_a_character_more_is_named_alone(text, other):
    assert difference(text, other).endswith("stands in one of them only")
