"""What a spreadsheet cannot hold is continued, and said; what it would run is made harmless."""

import io
import unicodedata

import openpyxl
import pytest

import rulelang
from rulelang.base.money import Currency
from rulelang.document import workbook
from rulelang.document.allocation import allocation_document
from rulelang.document.cells import safe_cell
from rulelang.document.csv import plain_cell
from rulelang.document.document import Document, Section
from rulelang.document.fitting import fitted
from rulelang.document.sheets import as_spreadsheet
from rulelang.document.table import Cell, Column, Reader, Table, amount, count, name, rows_of
from rulelang.document.workbook import CONTINUED, GOES_ON, MOST_CHARACTERS
from tests.every import every

EUR = Currency("EUR", 2)


def written(*tables):
    document = Document(("A title",), tuple(Section(table=table) for table in tables), EUR)
    return openpyxl.load_workbook(io.BytesIO(as_spreadsheet(document)))


def table(cells, title="Table", columns=1):
    return Table(title, (Column("what"),) * columns, rows_of(*cells))


@pytest.mark.parametrize("parting", [", ", "\n", " ", ""])
@pytest.mark.parametrize("letter", ["M", "\U0001f600", "é"])
def test_a_long_text_goes_on_below(parting, letter):
    ids = [f"{letter * 5}{number:05}" for number in range(12_000)]
    whole = parting.join(ids)
    sheet = written(table([[name(whole), count(7)]], columns=2))["Table"]
    parts = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert len(parts) > 1
    assert all(len(part.encode("utf-16-le")) // 2 <= MOST_CHARACTERS for part in parts)
    assert all(part.endswith(GOES_ON) for part in parts[:-1])
    assert all(part.startswith(CONTINUED) for part in parts[1:])
    pieces = [part.removesuffix(GOES_ON).removeprefix(CONTINUED) for part in parts]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)][:2] == [7, None]
    if parting:
        named = [each for piece in pieces for each in piece.strip(f"{parting} ").split(parting.strip() or None)]
        assert [each.strip() for each in named] == ids
    else:
        assert "".join(pieces) == whole


def test_many_rows_and_columns_go_on_upon_further_sheets(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 7)
    monkeypatch.setattr(workbook, "MOST_COLUMNS", 3)
    rows = [[name(f"r{number}"), *(count(10 * number + place) for place in range(4))] for number in range(13)]
    book = written(table(rows, columns=5))
    assert book.sheetnames == ["Table", *(f"Table ({number})" for number in range(2, 7)), "About"]
    found = {}
    for sheet in book.worksheets[:-1]:
        assert sheet.max_row <= 7
        assert sheet.max_column <= 3
        for row in sheet.iter_rows(min_row=2, values_only=True):
            found.setdefault(row[0], []).extend(row[1:])
    assert found == {row[0].text: [cell.number for cell in row[1:]] for row in rows}
    said = [row[1] for row in book["About"].iter_rows(values_only=True)]
    assert len([line for line in said if "goes on" in line]) == 5


def test_names_of_sheets_are_taken_by_every_program():
    titles = ["a" * 40, "a" * 41, "[x]:*?/\\y", "'quoted'", "History", "A" * 40, "", "\x00\u202e"]
    book = written(*(Table(f"{title}", (Column("what"),), rows_of([name(title)])) for title in titles))
    names = book.sheetnames
    assert len({each.lower() for each in names}) == len(titles)
    for each in names:
        assert 0 < len(each) <= 31
        assert each.lower() != "history"
        assert not set(each) & set("[]:*?/\\")
        assert each.strip("'") == each
        assert each.isprintable()


STARTS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe62", "\ufe63", "\ufe66", "\ufe6b", "\u2212"]
BLANKS = ["", " ", "\u00a0", "\u3000", "\u2003", "\t", "\r", "\n", "\r\n", "\x0b"]
BEFORE = [*BLANKS, "\x00", "\u200b", "\ufeff", "\u202e", " \u200b "]


@every([before + start for before in BEFORE for start in STARTS])
def test_no_cell_is_a_formula(begins):
    assert safe_cell(f"{begins}cmd()").startswith("'")
    assert safe_cell(f"x{begins}1")[0] == "x"


def test_what_steers_a_program_is_seen():
    hidden = [chr(point) for point in range(0x3000) if unicodedata.category(chr(point)) in ("Cc", "Cf", "Zl", "Zp")]
    for character in [*hidden, "\ufeff", "\U000e0041", "\ud800"]:
        cell = safe_cell(f"a{character}b")
        assert character in "\t\r\n" or character not in cell


def test_numbers_below_zero_stay_numbers():
    assert plain_cell(amount(-123), EUR) == "-1.23"
    assert plain_cell(Cell("difference", "", -100), EUR) == "-1.00"
    sheet = written(table([[amount(-123), Cell("difference", "", -5)]], columns=2))["Table"]
    assert [cell.value for cell in sheet[2]] == [-1.23, -0.05]


@pytest.mark.slow
def test_a_broken_invariant_names_each_member_in_a_row(tmp_path):
    ids = [f"MEMBER{number:05}" for number in range(5000)]
    (tmp_path / "m.csv").write_text("member,fund\n" + "".join(f"{each},100\n" for each in ids), "utf-8")
    (tmp_path / "a.rules").write_text(
        'rulebook "X" currency EUR members have fund : money waterfall tranche f paid by survivors from fund '
        'shared pro rata to fund finally closure ensure "nobody pays" for survivors: total_paid = EUR 0',
        "utf-8",
    )
    event = 'event "e" declared 2020-01-01 members from "m.csv" default of MEMBER00000 loss EUR 400000'
    (tmp_path / "e.event").write_text(event, "utf-8")
    rulebook = rulelang.load_rulebook(tmp_path / "a.rules")
    found = rulelang.evaluate(rulebook, rulelang.load_event(tmp_path / "e.event", rulebook))
    data = as_spreadsheet(allocation_document(found, Reader("xlsx")))
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Invariants"]
    assert [row[2] for row in sheet.iter_rows(min_row=2, values_only=True)] == ids[1:]


def test_amounts_in_another_currency_need_the_room_of_their_title_without_it():
    """What they are in stands in a line of its own."""
    columns = [Column("starts above (JPY)", "amount"), Column("pays (JPY)", "amount")]
    assert fitted(columns, [[amount(5)], [amount(123_456)]], EUR, 80)[2] == [len("starts above"), len("1,234.56")]
