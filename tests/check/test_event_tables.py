"""Tables of givens, earlier payments and defaults, and dated columns of members: every kind of data can be a table."""

from pathlib import Path

import pytest

import rulelang
from rulelang import RulelangError
from rulelang.model.event import Event

RULES = """
rulebook "Tables"
currency EUR
segments energy, metals
members have
    fund : money formerly deposit
    requirement : money
        if missing EUR 1
    stake : money per segment
        if missing EUR 0
    traded : money per defaulter
        if missing EUR 0
given own : money
given fee : ratio
    if missing 1%
given pot : money per segment
waterfall
    tranche first paid by ccp from own
    assessment calls formerly requests
        paid by survivors
        up to requirement each in any 30 days
        shared pro rata to fund
    tranche lines per segment
        paid by ccp from pot
    finally closure
"""
MEMBERS = "member,fund\nA,1\nB,2\nZ,3\n"
GIVENS = "name,segment,value\nown,,100\npot,energy,5\npot,metals,6\n"
DEFAULTS = "member,segment,loss\nZ,energy,30\nZ,metals,7.50\n"


def read(folder: Path, lines: str = "", **tables: str) -> Event:
    """An event of tables, each read where no other is given, with some lines more."""
    texts = {"members": MEMBERS, "givens": GIVENS, "defaults": DEFAULTS, **tables}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_bytes(text.encode())
    (folder / "a.rules").write_text(RULES, "utf-8")
    named = "".join(f'{name} from "{name}.csv"\n' for name, text in texts.items() if text)
    (folder / "e.event").write_text(f'event "e"\ndeclared 2024-01-31\n{named}{lines}', "utf-8")
    return rulelang.load_event(folder / "e.event", rulelang.load_rulebook(folder / "a.rules"))


def found(folder: Path, lines: str = "", **tables: str) -> list[tuple[str, str]]:
    """The code of each finding, and the row and column where it is."""
    with pytest.raises(RulelangError) as refused:
        read(folder, lines, **tables)
    return [(one.code, one.place.pointer or "") for one in refused.value.diagnostics]


def test_givens_and_defaults_are_read_from_tables(tmp_path):
    event = read(tmp_path)
    assert event.givens == {("own", None): 10000, ("fee", None): None, ("pot", "energy"): 500, ("pot", "metals"): 600}
    assert [(one.member, one.segment, one.amount) for one in event.losses] == [
        ("Z", "energy", 3000),
        ("Z", "metals", 750),
    ]
    assert [Path(data.name).name for data in event.data] == ["members.csv", "givens.csv", "defaults.csv"]


def test_payments_are_read_from_a_table(tmp_path):
    table = (
        "date,payer,step,segment,amount,for\n"
        "2024-01-10,A,calls,,5,\n"
        '2024-01-11,B,requests,,"1,000",Y\n'
        '2024-01-12,ccp,lines,metals,0.50,"Y, Z"\n'
    )
    event = read(tmp_path, "former member Y\n", paid=table)
    rows = [(one.date.day, one.payer, one.step, one.segment, one.amount, one.defaulters) for one in event.payments]
    assert rows == [
        (10, "A", "calls", None, 500, None),
        (11, "B", "calls", None, 100000, ("Y",)),
        (12, "ccp", "lines", "metals", 50, ("Y", "Z")),
    ]


def test_optional_columns_may_be_left_out_and_stand_in_any_order(tmp_path):
    event = read(tmp_path, paid="amount,step,payer,date\n5,calls,A,2024-01-10\n")
    assert [(one.payer, one.amount, one.defaulters) for one in event.payments] == [("A", 500, None)]


def test_ids_that_hold_commas_stand_in_quotes_within_the_cell(tmp_path):
    table = 'date,payer,step,amount,for\n2024-01-10,A,calls,5,"""Smith, Jones"", Z"\n'
    event = read(tmp_path, 'former member "Smith, Jones"\n', paid=table)
    assert event.payments[0].defaulters == ("Smith, Jones", "Z")


def test_tables_of_one_kind_may_be_several_and_lines_stand_beside_them(tmp_path):
    (tmp_path / "more.csv").write_text("member,segment,loss\nA,energy,1\n", "utf-8")
    event = read(tmp_path, 'defaults from "more.csv"\ndefault of B in metals loss EUR 2\n')
    assert [one.member for one in event.losses] == ["Z", "Z", "A", "B"]


def test_a_given_in_the_text_stands_instead_of_one_in_a_table(tmp_path):
    event = read(
        tmp_path, "given own = EUR 7\ngiven own as of 2024-01-01 = EUR 3\n", givens=f"{GIVENS}own@2024-01-01,,2\n"
    )
    assert event.givens["own", None] == 700
    assert [(day.isoformat(), value) for day, value in event.past.givens["own", None]] == [("2024-01-01", 300)]


def test_givens_and_columns_of_members_may_be_dated(tmp_path):
    columns = "member,fund,deposit@2023-12-01,requirement@2024-01-01,requirement,stake.energy@2024-01-05"
    members = f"{columns}\nA,1,4,2,3,1\nZ,3,5,,,\n"
    event = read(tmp_path, members=members, givens=f"{GIVENS}own@2023-12-31,,90\npot@2023-12-30,energy,4\n")
    past = event.past
    assert {key: dict(rows[0:1]) for key, rows in past.givens.items()}.keys() == {("own", None), ("pot", "energy")}
    assert {key: [(ident, rows[0][1]) for ident, rows in column.items()] for key, column in past.fields.items()} == {
        ("fund", None): [("A", 400), ("Z", 500)],
        ("requirement", None): [("A", 200)],
        ("stake", "energy"): [("A", 100)],
    }
    assert event.fields["requirement", None] == {"A": 300, "Z": None}


def test_a_column_per_defaulter_names_it_behind_a_point(tmp_path):
    event = read(tmp_path, members="member,fund,traded.Z,traded.A\nA,1,5,\nB,2,,6\nZ,3,,\n")
    assert event.with_defaulters["traded"]["Z"] == {"A": 500, "B": None, "Z": None}


REFUSED = {
    "givens without name": ({"givens": "field,value\nown,1\n"}, [("malformed-table", "row 1")]),
    "givens in capitals": ({"givens": "Name,Value\nown,1\n"}, [("malformed-table", "row 1")]),
    "givens between semicolons": ({"givens": "name;value\nown;1\n"}, [("malformed-table", "row 1")]),
    "nothing": ({"defaults": "\n"}, [("malformed-table", "")]),
    "a column too many": ({"givens": "name,value,note\nown,1,x\n"}, [("malformed-table", "row 1, column note")]),
    "a row without step": (
        {"paid": "date,payer,step,amount\n2024-01-10,A,,5\n2024-01-10,A,calls,\n"},
        [("malformed-table", "row 2, column step"), ("malformed-table", "row 3, column amount")],
    ),
    "no day": (
        {"paid": "date,payer,step,amount\n2024-02-30,A,calls,5\n10/01/2024,A,calls,5\n"},
        [("malformed-date", "row 2, column date"), ("malformed-date", "row 3, column date")],
    ),
    "names and amounts": (
        {
            "paid": "date,payer,step,segment,amount,for\n2024-01-10,Q,calls,,5,\n2024-01-10,A,call,,5,\n"
            "2024-01-10,A,calls,energy,5,\n2024-01-10,A,lines,,5,\n2024-01-10,A,calls,,5.001,\n"
            "2024-02-10,A,calls,,5,\n2024-01-10,A,calls,,5,Q\n"
        },
        [
            ("unknown-member", "row 2, column payer"),
            ("unknown-step", "row 3, column step"),
            ("unknown-segment", "row 4, column segment"),
            ("missing-segment", "row 5, column step"),
            ("ambiguous-amount", "row 6, column amount"),
            ("payment-after-declaration", "row 7, column date"),
            ("unknown-member", "row 8, column for"),
        ],
    ),
    "nobody between commas": (
        {"paid": 'date,payer,step,amount,for\n2024-01-10,A,calls,5,"Z,,A"\n'},
        [("malformed-table", "row 2, column for")],
    ),
    "a given twice": ({"givens": f"{GIVENS}own,,5\n"}, [("duplicate-value", "row 5, column name")]),
    "a given of no name": ({"givens": f"{GIVENS}owm,,5\n"}, [("unknown-name", "row 5, column name")]),
    "a given missing": (
        {"givens": "name,segment,value\nown,,\npot,energy,5\npot,metals,6\n"},
        [("missing-value", "row 2, column value")],
    ),
    "a given on no day": ({"givens": f"{GIVENS}own@2024-02-30,,5\n"}, [("malformed-date", "row 5, column name")]),
    "a loss of zero": ({"defaults": "member,segment,loss\nZ,energy,0\n"}, [("no-loss", "row 2, column loss")]),
    "a loss in no segment": ({"defaults": "member,loss\nZ,5\n"}, [("missing-segment", "row 2, column member")]),
    "a loss of nobody": ({"defaults": f"{DEFAULTS},energy,5\n"}, [("malformed-table", "row 4, column member")]),
    "a column on no day": (
        {"members": "member,fund,fund@2024-02-30\nA,1,1\nB,1,1\n"},
        [("malformed-date", "row 1, column fund@2024-02-30")],
    ),
    "a field by its former name too": (  # told once for the two columns; a cell that is empty says nothing
        {"members": "member,deposit,fund\nA,1,\nB,2,2\nZ,3,4\n"},
        [("duplicate-value", "row 1, column fund")],
    ),
    "two values for a day": (
        {"members": "member,fund,fund@2024-01-31\nA,1,2\n", "defaults": "member,segment,loss\nA,energy,1\n"},
        [("duplicate-value", "row 1, column fund@2024-01-31")],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_findings_point_at_row_and_column(name, tmp_path):
    tables, expected = REFUSED[name]
    assert found(tmp_path, **tables) == expected


def test_an_empty_cell_of_a_given_is_missing_and_not_an_empty_value(tmp_path):
    event = read(tmp_path, givens=f"{GIVENS}fee,,\n")
    assert event.givens["fee", None] is None


@pytest.mark.parametrize("contents", ["givens", "paid", "defaults"])
def test_tables_lie_in_the_folder_of_the_event(contents, tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "x.csv").write_text("name,value\n", "utf-8")
    assert ("path-outside", "") in found(inner, f'{contents} from "../x.csv"\n')


def test_rows_that_say_the_same_are_a_warning_and_both_count(tmp_path):
    row = "2024-01-10,A,calls,5\n"
    event = read(
        tmp_path, paid=f"date,payer,step,amount\n{row}2024-01-10,A,calls,6\n{row}", defaults=f"{DEFAULTS}Z,metals,1\n"
    )
    assert len(event.payments) == len(event.losses) == 3
    told = [(one.code, one.severity.value, one.place.position.line, one.message) for one in event.warnings]
    assert told == [
        ("repeated-row", "warning", 4, "this row repeats row 3, and both count"),
        ("repeated-row", "warning", 4, "this row repeats row 2, and both count"),
    ]


def test_a_dated_value_in_the_text_stands_instead_of_one_in_a_table(tmp_path):
    lines = "member A\n    fund as of 2024-01-01 = EUR 9\n    requirement = EUR 8\n"
    event = read(tmp_path, lines, members="member,fund,fund@2024-01-01,requirement\nA,1,2,3\nZ,1,2,3\n")
    assert {ident: rows[0][1] for ident, rows in event.past.fields["fund", None].items()} == {"A": 900, "Z": 200}
    assert event.fields["requirement", None] == {"A": 800, "Z": 300}


def test_the_help_fits_what_stands_in_the_table(tmp_path):
    for tables, advice in [
        (
            {"givens": f"{GIVENS}fee,,N/A\n"},
            "`N/A` is no number: leave it empty where there is no value, or write a number",
        ),
        ({"defaults": "member,segment,loss\nZ,energy,-5\n"}, "check the sign: what was lost, paid or decided"),
        ({"defaults": "Member,segment,loss\nZ,energy,5\n"}, "write `member` in small letters"),
    ]:
        with pytest.raises(RulelangError) as refused:
            read(tmp_path, **tables)
        assert refused.value.diagnostics[0].helps[0].startswith(advice)


def test_a_missing_segment_is_wanted_where_the_table_has_it(tmp_path):
    for tables, advice in [
        ({"givens": "name,value\nown,1\npot,5\n"}, "write `energy` or another in the column `segment`"),
        ({"defaults": "member,loss\nZ,5\n"}, "write `energy` or another in the column `segment`"),
        ({"members": "member,fund,stake\nZ,1,2\n"}, "name a column for each segment, as in `stake.energy`"),
    ]:
        with pytest.raises(RulelangError) as refused:
            read(tmp_path, **tables)
        assert advice in [helped for each in refused.value.diagnostics for helped in each.helps]
