"""Damaged and hostile files: the same figures or a refusal; never other figures, never the end of the process."""

import io
import subprocess
import sys
from decimal import Decimal

import pyarrow
import pyarrow.ipc
import pyarrow.parquet
import pytest

import rulelang
from rulelang.summary import seal
from rulelang.summary.seal import OPEN, require_whole
from rulelang.summary.source import describe
from rulelang.sweeps.options import CannotGoOn, SweepOptions
from rulelang.sweeps.results.journal import folder_of
from rulelang.sweeps.results.parquet_writer import ParquetWriter, encoded
from rulelang.sweeps.scenarios.tables import open_scenarios
from rulelang.sweeps.workers.job import SweepJob, sweep_files

pytestmark = pytest.mark.slow  # the language is covered without it

ROWS = 40
COLUMNS = {
    "scenario": [f"s{n}" for n in range(ROWS)],
    "loss.A.energy": pyarrow.array([Decimal(n) for n in range(ROWS)], pyarrow.decimal128(20, 2)),
}


def job(place, **options):
    path = place.folder / "scenarios.parquet"
    if not path.exists():
        place.write(path.name, COLUMNS)
    resume = options.pop("resume", False)
    return SweepJob(place.program, place.event, (path,), place.out, SweepOptions(rows=10, **options), resume=resume)


def swept(place, path):
    sweep_files(SweepJob(place.program, place.event, (path,), place.out))


def flipped(data, at):
    found = bytearray(data)
    found[at // 8] ^= 1 << at % 8
    return bytes(found)


def refusal(call, *arguments):
    with pytest.raises(rulelang.RulelangError) as refused:
        call(*arguments)
    return refused.value.diagnostics[0]


# ------------------------------------------------------------------------------------------------------------- results


def test_no_bit_of_results_turns_unseen(place):
    sweep_files(job(place))
    whole = place.out.read_bytes()
    wanted = rulelang.summarize(place.out).to_dict()
    marks = range(8 * 4, 8 * 12)  # without its mark it is a file of somebody else, with the same figures
    places = [*range(0, 8 * len(whole), 101), *range(8 * (len(whole) - 12), 8 * len(whole)), *range(8 * 16)]
    for at in places:
        place.out.write_bytes(flipped(whole, at))
        if at in marks:
            assert rulelang.summarize(place.out).to_dict() == wanted
        else:
            found = refusal(describe, place.out)
            assert found.code == "unreadable-table", at
            assert "its bytes are not those that were written" in found.message


def test_the_seal_is_of_all_bytes_however_many_are_read_at_once(place, monkeypatch):
    sweep_files(job(place))
    whole = place.out.read_bytes()
    monkeypatch.setattr(seal, "_AT_ONCE", 100)
    require_whole(place.out)
    place.out.write_bytes(flipped(whole, 8 * 50))
    with pytest.raises(ValueError, match="damaged"):
        require_whole(place.out)


def test_results_cut_short_or_longer_are_refused(place):
    sweep_files(job(place))
    whole = place.out.read_bytes()
    for data in (whole[:-1], whole[: len(whole) // 2], whole[:20], whole + b"x", whole[:300] + whole[301:]):
        place.out.write_bytes(data)
        assert refusal(describe, place.out).code == "unreadable-table"


@pytest.mark.parametrize("command", [["summary"], ["sweep"]])
def test_damaged_results_are_refused_as_results_and_as_scenarios(place, command):
    sweep_files(job(place))
    place.out.write_bytes(flipped(place.out.read_bytes(), 3000))
    more = [] if command == ["summary"] else [place.rules, place.event_file]
    out = [] if command == ["summary"] else ["--out", place.folder / "again.parquet"]
    words = [sys.executable, "-m", "rulelang", *command, *more, place.out, *out]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "error[unreadable-table]" in done.stderr
    assert not (place.folder / "again.parquet").exists()


def test_pages_have_checksums_that_every_reader_can_verify(tmp_path):
    path = tmp_path / "a.parquet"
    schema = pyarrow.schema([pyarrow.field("x", pyarrow.int64(), nullable=False)])
    file = ParquetWriter.create(path, schema)
    file.append(encoded(pyarrow.table({"x": range(1000)}, schema)))
    file.finish({})
    require_whole(path)
    chunk = pyarrow.parquet.read_metadata(path).row_group(0).column(0)
    last = chunk.data_page_offset + chunk.total_compressed_size - 1
    path.write_bytes(flipped(path.read_bytes(), 8 * last))
    with pytest.raises(OSError, match="CRC"):
        pyarrow.parquet.read_table(path, page_checksum_verification=True)


def test_results_that_another_program_wrote_again_are_read(place):
    sweep_files(job(place))
    wanted = rulelang.summarize(place.out).to_dict()
    assert place.out.read_bytes().startswith(OPEN[:12])
    about = pyarrow.parquet.read_metadata(place.out).metadata
    pyarrow.parquet.write_table(pyarrow.parquet.read_table(place.out).replace_schema_metadata(about), place.out)
    assert not place.out.read_bytes().startswith(OPEN[:12])
    assert rulelang.summarize(place.out).to_dict() == wanted


class Stop(BaseException):
    """What stops a run from outside."""


def stopped(place):
    def progress(done, _total):
        if done >= 20:
            raise Stop

    with pytest.raises(Stop):
        sweep_files(job(place), progress=progress)
    return folder_of(place.out)


@pytest.mark.parametrize("name", ["journal", "results"])
def test_a_stopped_run_with_a_bit_turned_does_not_go_on(place, name):
    folder = stopped(place)
    kept = {file.name: file.read_bytes() for file in folder.iterdir()}
    start = len(OPEN) if name == "results" else 0
    end = len(kept[name]) - (name == "journal")  # without its last line end, a line is one that was never written
    for at in range(8 * start, 8 * end, 211):
        (folder / name).write_bytes(flipped(kept[name], at))
        # where the bit makes the first line none of a journal, the folder counts as somebody else's
        with pytest.raises(CannotGoOn, match="start anew with --restart|had another|holds no stopped run"):
            sweep_files(job(place, resume=True))
        (folder / name).write_bytes(kept[name])
    sweep_files(job(place, resume=True))
    again = place.out.read_bytes()
    sweep_files(job(place))
    assert again == place.out.read_bytes()


# ----------------------------------------------------------------------------------------------------------- scenarios

FUZZ = """
import io, random, sys
from pathlib import Path
import pyarrow, pyarrow.ipc, pyarrow.parquet
from rulelang.base.diagnostic import RulelangError
from rulelang.sweeps.scenarios.tables import open_scenarios

def changed(data, rnd):
    data, at = bytearray(data), rnd.randrange(len(data))
    how = rnd.randrange(5)
    if how == 0:
        data[at] ^= 1 << rnd.randrange(8)
    elif how == 1:
        data[at] = rnd.choice([0, 127, 128, 255])
    elif how == 2:
        data[at : at + 8] = rnd.choice([-1, 0, 1 << 40, -5, 1 << 31]).to_bytes(8, "little", signed=True)
    elif how == 3:
        data[at : at + 4] = rnd.randbytes(4)
    else:
        del data[at:]
    return bytes(data)

folder, rnd = Path(sys.argv[1]), random.Random(int(sys.argv[2]))
for path in sorted(folder.iterdir()):
    data, read = path.read_bytes(), 0
    for number in range(int(sys.argv[3])):
        target = folder / f"{number}.{path.name}"
        target.write_bytes(changed(data, rnd))
        try:
            for table in open_scenarios([target]).pieces(16):
                table.to_pylist()  # whatever is wrong with it, this looks at it
                read += 1
        except RulelangError as error:
            assert error.diagnostics[0].code in ("unreadable-table", "unreadable-file"), error
            assert error.diagnostics[0].message.isprintable()
        target.unlink()
    assert read
"""


def sound():
    texts = [f"text {n} é" if n % 5 else None for n in range(ROWS)]
    return pyarrow.table(
        {
            "scenario": [f"s{n}" for n in range(ROWS)],
            "decimal": pyarrow.array([Decimal(n) / 100 for n in range(ROWS)], pyarrow.decimal128(20, 2)),
            "large": pyarrow.array(texts, pyarrow.large_string()),
            "dictionary": pyarrow.array(["poor", "good"] * (ROWS // 2)).dictionary_encode(),
            "truth": [n % 3 == 0 for n in range(ROWS)],
            "whole": pyarrow.array(range(ROWS), pyarrow.int32()),
        }
    )


def written(table, compression=None, stream=False):
    out = io.BytesIO()
    options = pyarrow.ipc.IpcWriteOptions(compression=compression)
    with (pyarrow.ipc.new_stream if stream else pyarrow.ipc.new_file)(out, table.schema, options=options) as file:
        file.write_table(table, max_chunksize=16)
    return out.getvalue()


def fuzzed(folder, seed, number):
    files = folder / "files"
    files.mkdir()
    for compression in (None, "lz4", "zstd"):
        for stream in (False, True):
            (files / f"{compression}{stream}.arrow").write_bytes(written(sound(), compression, stream))
    pyarrow.parquet.write_table(sound(), files / "zstd.parquet", compression="zstd", row_group_size=16)
    pyarrow.parquet.write_table(sound(), files / "plain.parquet", compression="none", use_dictionary=False)
    words = [sys.executable, "-X", "faulthandler", "-c", FUZZ, str(files), str(seed), str(number)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_damaged_table_is_refused_or_read_and_never_ends_the_process(tmp_path):
    fuzzed(tmp_path, 1, 25)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 5))
def test_many_damaged_tables_are_refused_or_read(tmp_path, seed):
    fuzzed(tmp_path, seed, 250)


def with_buffer(column, place, data):
    """A column of an Arrow table, one of its buffers exchanged."""
    buffers = column.buffers()
    buffers[place] = pyarrow.py_buffer(data)
    return pyarrow.Array.from_buffers(column.type, len(column), buffers)


def unsound():
    text, large = pyarrow.array(["one", "two", "three"]), pyarrow.array(["one", "two"], pyarrow.large_string())
    for number in (1 << 30, -4, 2):
        offsets = b"".join(n.to_bytes(4, "little", signed=True) for n in (0, number, 1, 5))
        yield f"offsets {number}", with_buffer(text, 1, offsets)
    yield "large offsets", with_buffer(large, 1, b"".join(n.to_bytes(8, "little") for n in (0, 1 << 50, 6)))
    yield "no UTF-8", with_buffer(text, 2, b"\xff" * 11)
    known = pyarrow.array(["a", "b"])
    for index in (7, -1):
        indices = pyarrow.array([0, index, 1], pyarrow.int32())
        yield f"place {index}", pyarrow.DictionaryArray.from_arrays(indices, known, safe=False)


@pytest.mark.parametrize(("what", "column"), list(unsound()), ids=[what for what, _ in unsound()])
@pytest.mark.parametrize("how", ["file", "stream", "memory"])
def test_a_column_that_points_elsewhere_is_refused(place, what, column, how):
    table = pyarrow.table({"rank.A": column, "fund.A": range(len(column))})
    if how == "memory":
        found = refusal(place.sweep, table)
    else:
        path = place.folder / "a.arrow"
        path.write_bytes(written(table, stream=how == "stream"))
        found = refusal(lambda: list(open_scenarios([path]).pieces(2)))
    assert found.code == "unreadable-table", what


def test_titles_that_are_no_utf8_are_refused(place):
    data = written(pyarrow.table({"fund.A": [1], "gain.AB": [2]}))
    path = place.folder / "a.arrow"
    path.write_bytes(data.replace(b"gain.AB", b"gain\x80AB"))
    found = refusal(open_scenarios, [path])
    assert found.code == "unreadable-table"
    assert "not UTF-8" in found.message


@pytest.mark.parametrize("scale", [-(2**31), -2000, -77, 77, 2000, 2**31 - 1])
@pytest.mark.parametrize("width", [128, 256])
@pytest.mark.parametrize("how", ["arrow", "memory"])
def test_decimals_that_nobody_can_write_out_are_refused(place, scale, width, how):
    type_ = (pyarrow.decimal128 if width == 128 else pyarrow.decimal256)(38, scale)
    table = pyarrow.table({"fund.A": pyarrow.array([None], type_)})
    path = place.folder / "a.arrow"
    path.write_bytes(written(table))
    found = refusal(place.sweep, table) if how == "memory" else refusal(open_scenarios, [path])
    assert found.code == "unreadable-table"
    assert "`fund.A`" in found.message


@pytest.mark.parametrize("scale", [-38, -3, 0, 2, 38])
def test_decimals_of_any_sensible_scale_are_read_or_rejected_row_by_row(place, scale):
    words = pyarrow.py_buffer((5).to_bytes(16, "little"))
    column = pyarrow.Array.from_buffers(pyarrow.decimal128(38, scale), 1, [None, words])
    table = pyarrow.table({"fund.A": column})
    if scale in (-3, 0, 2):
        assert place.sweep(table).num_rows == 1
    else:
        assert refusal(place.sweep, table).code == "rejected-scenario"


class Odd(pyarrow.ExtensionType):
    """A type that nobody else knows."""

    def __init__(self):
        super().__init__(pyarrow.int64(), "rulelang.odd")

    def __arrow_ext_serialize__(self):
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage, serialized):
        return cls()


ODD = {
    "list": pyarrow.array([[1], [2]]),
    "struct": pyarrow.array([{"a": 1}, {"a": 2}]),
    "map": pyarrow.array([[("a", 1)], []], pyarrow.map_(pyarrow.string(), pyarrow.int64())),
    "binary": pyarrow.array([b"1", b"2"]),
    "time": pyarrow.array([1, 2], pyarrow.time32("s")),
    "duration": pyarrow.array([1, 2], pyarrow.duration("s")),
    "union": pyarrow.UnionArray.from_dense(
        pyarrow.array([0, 1], pyarrow.int8()),
        pyarrow.array([0, 0], pyarrow.int32()),
        [pyarrow.array([1]), pyarrow.array(["a"])],
    ),
    "dictionary of numbers": pyarrow.array([1, 2]).dictionary_encode(),
    "dictionary of lists": pyarrow.DictionaryArray.from_arrays(pyarrow.array([0, 0]), pyarrow.array([[1], [2]])),
    "runs": pyarrow.RunEndEncodedArray.from_arrays(pyarrow.array([2], pyarrow.int32()), pyarrow.array([1])),
    "extension": pyarrow.ExtensionArray.from_storage(Odd(), pyarrow.array([1, 2])),
    "binary view": pyarrow.array([b"1", b"2"], pyarrow.binary_view()),
    "list view": pyarrow.array([[1], [2]], pyarrow.list_view(pyarrow.int64())),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("title", ["fund.A", "scenario", "since.A", "rank.A", "unknown"])
def test_types_that_hold_no_amounts_are_refused(place, name, title):
    table = pyarrow.table({title: ODD[name], "gain.A": [1, 2]})
    path = place.folder / "a.arrow"
    path.write_bytes(written(table))
    found = refusal(place.sweep, table)
    assert found.code in ("wrong-column-type", "unknown-column")
    if name != "extension":  # who does not know the type reads what it is stored as
        assert refusal(swept, place, path).code == found.code


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ([], "unknown-column"),
        ([("fund.A", [1]), ("fund.A", [2])], "duplicate-value"),
        ([("", [1]), ("", [2])], "unknown-column"),
        ([("fund.A\x00", [1])], "unknown-member"),
        ([("fund.A", pyarrow.nulls(2))], "rejected-scenario"),
    ],
)
def test_odd_tables_are_refused(place, columns, code):
    table = pyarrow.Table.from_arrays([values for _, values in columns], names=[title for title, _ in columns])
    path = place.folder / "a.arrow"
    path.write_bytes(written(table))
    assert refusal(place.sweep, table).code == code
    assert refusal(swept, place, path).code == code
    assert not place.out.exists()


@pytest.mark.parametrize(
    "text",
    [
        b"scenario,fund.A\n1,\xff\xfe\n",
        b"scen\xffario,fund.A\n1,1\n",
        b'scenario,fund.A\n1,"2\n3,4\n',
        b'scenario,"fund.A\n1,2\n',
        b'scenario,fu"nd.A\n1,2\n',
        b'"scen\nario",fund.A\n1,2\n',
        b"scenario,fund.A\n1," + b"9" * 3_000_000 + b"\n",
        b"scenario," + b"x" * 3_000_000 + b"\n1,2\n",
        b"scenario,fund.A\n" + b"1," * 100 + b"\n",
        b"\n\n\n",
        b"scenario,fund.A,fund.A\n1,2,3\n",
    ],
)
def test_csv_that_is_none_is_refused(place, text):
    path = place.folder / "a.csv"
    path.write_bytes(text)
    out = place.folder / "r.parquet"
    words = [sys.executable, "-m", "rulelang", "sweep", place.rules, place.event_file, path, "--out", out, "--quiet"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert done.stderr.startswith("error[")
    assert [file.name for file in place.folder.iterdir() if file.name.startswith("r.")] == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"scenario,fund.A\n\x00,1\n", "a binary file: it holds zero bytes"),
        (b"scenario,fund.A\na\x00b,1\n", "a binary file: it holds zero bytes"),
        (b"scenario,fund.A\n1,\x00\n", "a binary file: it holds zero bytes"),
        (b"scenario,fund.A\x00\n1,1\n", "a binary file: it holds zero bytes"),
        (b"scenario,fund.A\n" + b"12345678,1\n" * 200_000 + b"1\x00,1\n", "a binary file: it holds zero bytes"),
        ("scenario,fund.A\n1,1\n".encode("utf-16"), "UTF-16 text"),
        ("scenario,fund.A\n1,1\n".encode("utf-16-le"), "UTF-16 text"),
        (b"PK\x03\x04scenario,fund.A\n1,1\n", "an archive, such as a Word or Excel document"),
    ],
)
def test_csv_that_is_no_text_is_said_to_be_none_as_of_any_other_file(place, text, what):
    path = place.folder / "a.csv"
    path.write_bytes(text)
    for call in (swept, lambda place, path: rulelang.replay(place.program, place.event, path, "12345678")):
        found = refusal(call, place, path)
        assert (found.code, found.message) == ("not-text", f"{path} is {what}")
    assert [file.name for file in place.folder.iterdir() if file.name.startswith("results.")] == []
