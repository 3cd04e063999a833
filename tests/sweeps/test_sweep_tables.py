"""Tables of scenarios from files: every format, several files, and files that are not as they should be."""

import os
from decimal import Context, Decimal, localcontext

import numpy
import pyarrow
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet
import pytest

from rulelang import ReadError, RulelangError
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.scenarios.columns import read_columns
from rulelang.sweeps.scenarios.tables import open_scenarios

pytestmark = pytest.mark.slow  # the language is covered without it

COLUMNS = {"scenario": list(range(100)), "fund.A": [Decimal(n) / 100 for n in range(100)]}
CSV = "scenario,fund.A\n" + "".join(f"{n},{n / 100:.2f}\n" for n in range(100))


def written(place, name):
    table = pyarrow.table(COLUMNS)
    path = place.folder / name
    if name.endswith(".parquet"):
        return place.write(name, table, row_group_size=7)
    if name.endswith(".csv"):
        return place.write(name, CSV)
    if name == "stream.arrow":
        with pyarrow.ipc.new_stream(path, table.schema) as stream:
            stream.write_table(table, max_chunksize=9)
    elif name == "file.arrow":
        with pyarrow.ipc.new_file(path, table.schema) as file:
            file.write_table(table, max_chunksize=9)
    else:
        pyarrow.feather.write_feather(table, path, compression="lz4")
    return path


def read(scenarios, rows, skip=0):
    return [table.column("scenario").to_pylist() for table in scenarios.pieces(rows, skip)]


NAMES = ["a.parquet", "a.csv", "stream.arrow", "file.arrow", "a.feather"]


@pytest.mark.parametrize("name", NAMES)
def test_every_format_gives_pieces_that_are_short_only_where_a_partition_ends(place, name):
    path = written(place, name)
    whole = [n if not name.endswith(".csv") else str(n) for n in range(100)]
    for rows in (1, 7, 30, 100, 1000):
        for skip in (0, 1, 7, 69, 99, 100):
            found = read(open_scenarios([path]), rows, skip)
            assert [n for piece in found for n in piece] == whole[skip:]
            sizes = [len(piece) for piece in found]
            assert all(size <= rows for size in sizes)
            assert sum(size < rows for size in sizes) <= 1 + len(sizes) / 5
        found = read(open_scenarios([path]), rows)
        for number in range(len(found)):  # going on behind a piece gives the pieces that follow
            assert read(open_scenarios([path]), rows, sum(map(len, found[:number]))) == found[number:]


@pytest.mark.parametrize("name", NAMES)
def test_every_format_says_how_many_there_are(place, name):
    scenarios = open_scenarios([written(place, name)])
    list(scenarios.pieces(10))
    assert scenarios.total() == (None if name == "stream.arrow" else 100)


def test_the_total_of_csv_is_estimated_while_it_is_read(place):
    lines = ["scenario,fund.A\n", *(f"{n},12345.67\n" for n in range(10**5, 5 * 10**5))]
    scenarios = open_scenarios([place.write("a.csv", "".join(lines))])
    pieces = scenarios.pieces(1000)
    assert scenarios.total() is None
    next(pieces)
    assert 350_000 < scenarios.total() < 450_000


def test_files_and_folders_are_read_in_order(place):
    folder = place.folder / "many"
    folder.mkdir()
    for number, name in enumerate(["c.parquet", "a.parquet", "b.parquet"]):
        table = pyarrow.table({"fund.A": [1, 2, 3], "scenario": [10 * number + n for n in range(3)]})
        pyarrow.parquet.write_table(table, folder / name)
    (folder / "notes.txt").write_text("no table")
    scenarios = open_scenarios([folder, folder / "c.parquet"], [folder / "a.parquet"])
    assert read(scenarios, 4) == [[20, 21, 22, 0], [1, 2, 0, 1], [2]]
    assert read(open_scenarios([folder]), 4, 4) == [[21, 22, 0, 1], [2]]


def test_columns_in_another_order_are_the_same_columns(place):
    first = place.write("1.parquet", {"scenario": [1], "fund.A": [5]})
    second = place.write("2.parquet", {"fund.A": [6], "scenario": [2]})
    (table,) = open_scenarios([first, second]).pieces(9)
    assert table.to_pydict() == {"scenario": [1, 2], "fund.A": [5, 6]}


def findings(*paths):
    with pytest.raises(RulelangError) as refused:
        for _ in open_scenarios(paths).pieces(10):
            pass
    return [(found.code, found.message) for found in refused.value.diagnostics]


def test_a_type_that_changes_between_files_is_named(place):
    first = place.write("1.parquet", {"scenario": [1], "fund.A": [5], "fund.D": [1]})
    second = place.write("2.parquet", {"scenario": [1], "fund.A": [Decimal("5.5")], "gain.A": [1]})
    found = findings(first, second)
    assert [code for code, _ in found] == ["unknown-column", "wrong-column-type", "unknown-column"]
    assert "`fund.A` is whole numbers (`int64`)" in found[1][1]
    assert "decimals (`decimal128(2, 1)`) in " in found[1][1]


def test_truncated_files_are_refused(place):
    for name in ("a.parquet", "file.arrow", "stream.arrow"):
        path = written(place, name)
        data = path.read_bytes()
        path.write_bytes(data[: len(data) * 2 // 3])
        ((code, message),) = findings(path)
        assert code == "unreadable-table"
        assert name in message


@pytest.mark.parametrize("name", ["a.parquet", "file.arrow", "stream.arrow"])
def test_files_cut_short_while_they_are_read_are_an_error_and_no_crash(place, name):
    table = pyarrow.table({"fund.A": numpy.arange(400_000)})
    path = place.folder / name
    if name == "a.parquet":
        pyarrow.parquet.write_table(table, path, row_group_size=20_000, use_dictionary=False, compression=None)
    else:
        make = pyarrow.ipc.new_stream if name == "stream.arrow" else pyarrow.ipc.new_file
        with make(path, table.schema) as file:
            file.write_table(table, max_chunksize=20_000)
    pieces = open_scenarios([path]).pieces(1000)
    next(pieces)
    os.truncate(path, path.stat().st_size // 4)
    with pytest.raises(ReadError, match=name):
        list(pieces)


def test_a_damaged_page_in_the_middle_stops_the_reading(place):
    path = place.write("a.parquet", COLUMNS, compression="zstd", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[60:200] = bytes(140)
    path.write_bytes(bytes(data))
    ((code, _),) = findings(path)
    assert code == "unreadable-table"


@pytest.mark.parametrize(
    ("name", "data", "code", "words"),
    [
        ("a.csv", b"", "unreadable-table", "it is empty"),
        ("a.csv", b"scenario,fund.A\n1,2\n3\n", "unreadable-table", "the row `3` has 1 cell, but the header has 2"),
        ("a.csv", b"scenario,fund.A\n1,2,000\n", "unreadable-table", "`1,2,000` has 3 cells, but the header has 2"),
        ("a.csv", b"scenario,fund.A\n1,\xff\n", "unreadable-table", "not UTF-8 text"),
        ("a.csv", b'scenario,"fund.A\n', "unreadable-table", "unexpected end"),
        ("a.parquet", b"", "unreadable-table", "a.parquet"),
        ("a.arrow", b"nothing of the kind", "unreadable-table", "a.arrow"),
        ("a.xlsx", b"", "unreadable-table", "is a spreadsheet"),
        ("a.txt", b"", "unreadable-table", "no known format"),
        ("none.parquet", None, "unreadable-file", "no such file"),
    ],
)
def test_a_file_that_is_no_table_is_refused(place, name, data, code, words):
    path = place.folder / name
    if data is not None:
        path.write_bytes(data)
    ((found, message),) = findings(path)
    assert found == code
    assert words in message
    assert message.isprintable()


@pytest.mark.parametrize(
    ("name", "data", "help_"),
    [
        ("a.csv", b"", "header row"),
        ("a.csv", b"scenario,fund.A\n1,2\n3\n", "a cell for each column"),
        ("a.csv", b"scenario,fund.A\n1,2,000\n", "in quotes"),
        ("a.csv", b"scenario,fund.A\n1,\xff\n", "in UTF-8"),
        ("a.xlsx", b"", "save the sheet as CSV"),
    ],
)
def test_a_table_as_a_spreadsheet_leaves_it_is_told_what_to_do(place, name, data, help_):
    """Not that a copy of it was cut short: who wrote it finds nothing that was."""
    path = place.folder / name
    path.write_bytes(data)
    with pytest.raises(place.Refused) as refused:
        list(open_scenarios([path]).pieces(10))
    (found,) = refused.value.diagnostics
    assert help_ in found.helps[0]


def test_a_folder_without_tables_is_refused(place):
    (place.folder / "empty").mkdir()
    ((code, message),) = findings(place.folder / "empty")
    assert code == "unreadable-table"
    assert "holds no table" in message


def test_csv_cells_are_never_floating_numbers(place):
    path = place.write("a.csv", "\ufeffscenario,fund.A,gain.A\n007,0.10,NA\n8,1e2,\n")
    (table,) = open_scenarios([path]).pieces(10)
    assert table.to_pydict() == {"scenario": ["007", "8"], "fund.A": ["0.10", "1e2"], "gain.A": ["NA", ""]}


@pytest.mark.parametrize("precision", [3, 9, 10, 15, 18, 19, 21, 30, 38])
@pytest.mark.parametrize("stored", ["bytes", "whole numbers"])
def test_decimals_of_every_width_are_read_exactly(place, precision, stored):
    with localcontext(Context(prec=60)):
        most = Decimal(10**precision - 1) / 100
        numbers = [Decimal("0.00"), Decimal("0.01"), Decimal("-0.01"), None, Decimal("1.27"), Decimal("-1.28")]
        numbers += [most, most.copy_negate(), Decimal("2.55"), Decimal("-2.56"), None] * 3
    table = pyarrow.table({"x": pyarrow.array(numbers, pyarrow.decimal128(precision, 2)), "y": range(len(numbers))})
    for more in ({}, {"use_dictionary": False, "data_page_version": "2.0"}):
        path = place.write("a.parquet", table, row_group_size=7, store_decimal_as_integer=stored != "bytes", **more)
        found = pyarrow.concat_tables(open_scenarios([path]).pieces(3))
        found = found.cast(table.schema)
        assert found.equals(table)


def test_files_that_store_a_decimal_differently_are_read_together(place):
    tables = [pyarrow.table({"x": pyarrow.array([Decimal(n), None], pyarrow.decimal128(12, 2))}) for n in range(4)]
    folder = place.folder / "many"
    folder.mkdir()
    for number, table in enumerate(tables):
        pyarrow.parquet.write_table(table, folder / f"{number}.parquet", store_decimal_as_integer=number % 2 == 1)
    found = pyarrow.concat_tables(open_scenarios([folder]).pieces(3))
    assert found.column("x").to_pylist() == [0, None, 1, None, 2, None, 3, None]


def test_csv_is_read_by_the_standard_of_tables_of_members(place):
    path = place.write("a.csv", "scenario, fund.A ,gain.A\n1, 2 ,3\n\n,,\n4,5,\n")
    (table,) = open_scenarios([path]).pieces(10)
    assert table.to_pydict() == {"scenario": ["1", "4"], "fund.A": [" 2 ", "5"], "gain.A": ["3", ""]}
    path = place.write("b.csv", "scenario, fund.A ,gain.A\n1, 2 ,3\n,,\n4, 5,6\n")
    (table,) = open_scenarios([path]).pieces(10)
    assert place.sweep(table).num_rows == 2


@pytest.mark.parametrize(
    ("header", "code", "words"),
    [
        ("scenario;fund.A", "unknown-column", "by commas, not by semicolons or tabs"),
        ("scenario\tfund.A", "unknown-column", "by commas, not by semicolons or tabs"),
        ("scenario,fund.A,", "unknown-column", "remove the column"),
        ("scenario,fund.A,fund.A ", "duplicate-value", "keep one of the two"),
    ],
)
def test_headers_that_are_none_are_told_what_to_do(place, header, code, words):
    path = place.write("a.csv", f"{header}\n1{',2' * header.count(',')}\n")
    with pytest.raises(place.Refused) as refused:
        read_columns(place.program, place.event, open_scenarios([path]).schema, SweepOptions())
    assert [one.code for one in refused.value.diagnostics] == [code]
    assert words in refused.value.diagnostics[0].helps[0]
