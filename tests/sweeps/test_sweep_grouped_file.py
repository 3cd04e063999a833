"""Parquet files that grow by row groups made elsewhere: what they hold, and that others read them."""

import errno
import os
from decimal import Decimal

import pyarrow
import pyarrow.parquet
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rulelang.sweeps.results import parquet_writer, thrift
from rulelang.sweeps.results.parquet_writer import ParquetWriter, Stored, encoded

pytestmark = pytest.mark.slow  # the language is covered without it

SCHEMA = pyarrow.schema(
    [
        pyarrow.field("scenario", pyarrow.string(), nullable=False),
        pyarrow.field("outcome", pyarrow.string()),
        *(pyarrow.field(f"x{n}", pyarrow.decimal128(21, 2), nullable=False) for n in range(20)),
    ]
)


def table(start: int, rows: int) -> pyarrow.Table:
    ids = [f"s{n}" for n in range(start, start + rows)]
    amounts = [[Decimal(n * k) / 100 for n in range(start, start + rows)] for k in range(20)]
    return pyarrow.Table.from_arrays(
        [ids, ["covered", None] * (rows // 2) + [None] * (rows % 2), *amounts], schema=SCHEMA
    )


def grown(path, sizes):
    file, tables, start = ParquetWriter.create(path, SCHEMA), [], 0
    for rows in sizes:
        tables.append(table(start, rows))
        file.append(encoded(tables[-1]))
        start += rows
    file.finish({"rulelang": "ö"})
    return pyarrow.concat_tables([SCHEMA.empty_table(), *tables])


@pytest.mark.parametrize("sizes", [[], [1], [5, 1, 1000, 2], [3] * 40])
def test_the_file_holds_what_was_appended(tmp_path, sizes):
    path = tmp_path / "a.parquet"
    wanted = grown(path, sizes)
    assert pyarrow.parquet.read_table(path).equals(wanted)
    with pyarrow.parquet.ParquetFile(path) as file:
        assert file.metadata.metadata[b"rulelang"].decode() == "ö"
        assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == sizes
        for number in range(len(sizes)):  # each by itself, so that every place in the footer counts
            start = sum(sizes[:number])
            assert file.read_row_group(number, ["x3", "outcome"]).equals(
                wanted.slice(start, sizes[number]).select(["x3", "outcome"])
            )


def test_there_may_be_more_row_groups_than_sixteen_bits_count(tmp_path):
    path, schema = tmp_path / "a.parquet", pyarrow.schema([pyarrow.field("x", pyarrow.int64(), nullable=False)])
    file = ParquetWriter.create(path, schema)
    groups = [encoded(pyarrow.table({"x": [number]}, schema)) for number in range(3)]
    for number in range(2**15 + 5):
        file.append(groups[number % 3])
    file.finish({})
    with pyarrow.parquet.ParquetFile(path) as read:
        assert read.num_row_groups == 2**15 + 5
        assert read.read_row_groups([0, 2**15 - 1, 2**15, 2**15 + 4]).column("x").to_pylist() == [0, 1, 2, 0]
    data = path.read_bytes()
    length = int.from_bytes(data[-8:-4], "little")
    described = thrift.read_struct(data[-8 - length : -8])[4][1].items
    assert len(described) == 2**15 + 5
    assert all(7 not in group for group in described)


def test_what_counts_row_groups_with_sixteen_bits_is_left_out(monkeypatch):
    footer = parquet_writer._footer

    def numbered(file):  # as some versions of the library write it
        found, start = footer(file)
        found[4][1].items[0][7] = (thrift.I16, 0)
        return found, start

    monkeypatch.setattr(parquet_writer, "_footer", numbered)
    assert 7 not in thrift.read_struct(encoded(table(0, 3)).description.filled(4))


def test_another_reader_reads_it_and_its_statistics(tmp_path):
    polars = pytest.importorskip("polars")
    path = tmp_path / "a.parquet"
    wanted = grown(path, [50, 50, 50])
    assert polars.read_parquet(path).to_arrow().column("x7").to_pylist() == wanted.column("x7").to_pylist()
    few = polars.scan_parquet(path).filter(polars.col("x1") == Decimal("0.77")).collect()
    assert few["scenario"].to_list() == ["s77"]


@pytest.mark.parametrize("copies", [True, False])
def test_bytes_that_lie_in_a_file_are_appended_as_they_are(tmp_path, monkeypatch, copies):
    def refuse(*_):
        raise OSError(errno.ENOSYS, "not here")

    if not copies:
        monkeypatch.setattr(os, "copy_file_range", refuse, raising=False)
    grown(tmp_path / "wanted.parquet", [3, 5, 2])
    file = ParquetWriter.create(tmp_path / "a.parquet", SCHEMA)
    for start, rows in ((0, 3), (3, 5), (8, 2)):
        group = encoded(table(start, rows))
        if rows != 5:
            with (tmp_path / "lump").open("wb") as lump:
                lump.write(b"before" + memoryview(group.data) + b"behind")
            with (tmp_path / "lump").open("rb") as lump:
                file.append(evolve(group, data=Stored(lump.fileno(), 6, len(group.data))))
        else:
            file.append(group)
    file.finish({"rulelang": "ö"})
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "wanted.parquet").read_bytes()


def test_bytes_cut_short_are_told(tmp_path):
    file = ParquetWriter.create(tmp_path / "a.parquet", SCHEMA)
    (tmp_path / "lump").write_bytes(b"short")
    with (tmp_path / "lump").open("rb") as lump, pytest.raises(OSError, match="cut short"):
        file.append(evolve(encoded(table(0, 3)), data=Stored(lump.fileno(), 0, 100)))
    file.stream.close()


integers = st.sampled_from([thrift.I32, thrift.I64, thrift.I16]).flatmap(
    lambda wire: st.tuples(st.just(wire), st.integers(-(2**63), 2**63 - 1))
)
simple = st.one_of(
    integers,
    st.tuples(st.just(thrift.BINARY), st.binary(max_size=300)),
    st.tuples(st.just(thrift.DOUBLE), st.binary(min_size=8, max_size=8)),
    st.tuples(st.just(thrift.BYTE), st.binary(min_size=1, max_size=1)),
    st.sampled_from([(thrift.TRUE, None), (thrift.FALSE, None)]),
)
lists = st.one_of(
    st.lists(st.integers(-5, 2**40), max_size=40).map(lambda items: thrift.Items(thrift.I64, items)),
    st.lists(st.sampled_from([b"\x01", b"\x02"]), max_size=3).map(lambda items: thrift.Items(thrift.TRUE, items)),
)
structs = st.recursive(
    st.dictionaries(st.integers(1, 60), simple, max_size=5),
    lambda inner: st.dictionaries(
        st.integers(1, 60),
        st.one_of(
            simple,
            st.tuples(st.just(thrift.LIST), lists),
            st.tuples(st.just(thrift.STRUCT), inner),
            st.lists(inner, max_size=20).map(lambda items: (thrift.LIST, thrift.Items(thrift.STRUCT, items))),
        ),
        max_size=5,
    ),
    max_leaves=10,
)


@given(structs)
def test_a_struct_is_read_as_it_was_written(struct):
    assert thrift.read_struct(thrift.write_struct(struct)) == struct


def test_a_struct_cut_short_or_of_unknown_types_is_refused():
    data = thrift.write_struct({1: (thrift.BINARY, b"abc")})
    with pytest.raises(EOFError):
        thrift.read_struct(data[:-2])
    with pytest.raises(ValueError, match="Thrift type 11"):
        thrift.read_struct(bytes([0x1B, 0]))
