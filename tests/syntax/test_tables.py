"""The tables of the grammar: the same bytes for the same grammar, and never believed when others could have made them.

A file that is cut, changed, planted or another user's is refused and left as it is; the parser is then made from the
grammar in memory, and reads every good text.
"""

import itertools
import os
import random
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import rulelang
from rulelang.base.diagnostic import ReadError
from rulelang.base.files import data_folder
from rulelang.syntax import grammar, make_tables
from rulelang.syntax.tables import MOST_BYTES, Tables, UnsafeTables, _headline, keep, load, read, written

GRAMMAR = (data_folder("grammar") / "rulelang.lark").read_bytes()
NOBODY = 65534
only_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
only_posix = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and permissions as POSIX has them")

GROUP = stat.S_IWGRP & ~Path(grammar.__file__).stat().st_mode & ~Path(rulelang.__file__).parent.stat().st_mode
"""The right of the group to write, unless the group may write the program itself: then nothing is lost by it."""


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Those of the grammar as it stands; that another process makes the same is tried below."""
    return grammar.tables()


@pytest.fixture(scope="module")
def data(tables) -> bytes:
    return written(tables, GRAMMAR)


@pytest.fixture
def folder(tmp_path, data) -> Path:
    """A folder like that of a checkout, with the grammar and its tables."""
    place = tmp_path / "grammar"
    place.mkdir(mode=0o755)
    place.chmod(0o755)
    (place / "rulelang.lark").write_bytes(GRAMMAR)
    (place / "rulelang.tables").write_bytes(data)
    (place / "rulelang.tables").chmod(0o644)
    return place


@pytest.fixture
def made(monkeypatch, tables) -> list[str]:
    """Each time that tables are made; making takes a second, so these were made before."""
    times: list[str] = []

    def make(text: str) -> Tables:
        times.append(text)
        return tables

    monkeypatch.setattr(make_tables, "make_tables", make)
    return times


def test_what_is_written_reads_back_the_same(tables, data):
    assert read(data, GRAMMAR) == tables


@pytest.mark.slow  # another process makes them all; what is written is read back above
def test_the_same_grammar_gives_the_same_bytes(data):
    script = (
        "import sys; from pathlib import Path; from rulelang.syntax.make_tables import make_tables\n"
        "from rulelang.syntax.tables import written; text = Path(sys.argv[1]).read_bytes()\n"
        "sys.stdout.buffer.write(written(make_tables(text.decode()), text))"
    )
    path = str(data_folder("grammar") / "rulelang.lark")
    command = [sys.executable, "-c", script, path]
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    assert subprocess.run(command, capture_output=True, check=True, env=environment).stdout == data


def test_tables_are_read_where_they_are_good_and_made_once_where_there_are_none(folder, data, made, tables):
    assert grammar._tables(folder) == tables
    assert not made
    (folder / "rulelang.tables").unlink()
    assert grammar._tables(folder) == tables
    assert len(made) == 1
    assert (folder / "rulelang.tables").read_bytes() == data
    assert grammar._tables(folder) == tables
    assert len(made) == 1


def test_a_changed_grammar_has_its_tables_made_anew(folder, made):
    changed = GRAMMAR + b"// a comment\n"
    (folder / "rulelang.lark").write_bytes(changed)
    grammar._tables(folder)
    assert made == [changed.decode()]
    load(folder / "rulelang.tables", changed)


# ---------------------------------------------------------------------------------------------------- damaged files


@pytest.mark.parametrize("seed", range(4))
def test_no_flipped_bit_is_read(data, seed):
    chance = random.Random(seed)
    for _ in range(150):
        changed = bytearray(data)
        changed[chance.randrange(len(data)) if chance.random() < 0.8 else chance.randrange(60)] ^= (
            1 << chance.randrange(8)
        )
        with pytest.raises(UnsafeTables):
            read(bytes(changed), GRAMMAR)


def test_no_cut_or_lengthened_file_is_read(data):
    chance = random.Random(1)
    for end in [0, 1, 17, len(data) - 1, *(chance.randrange(len(data)) for _ in range(100))]:
        with pytest.raises(UnsafeTables):
            read(data[:end], GRAMMAR)
    for more in b"\n", b" ", b"{}", data:
        with pytest.raises(UnsafeTables):
            read(data + more, GRAMMAR)


def planted(body: str) -> bytes:
    """A file whose checksums agree, whatever it holds."""
    return _headline(GRAMMAR, body.encode()) + body.encode()


def test_what_is_not_of_the_form_is_refused_though_its_checksum_is_right(tables, data):
    body = data.partition(b"\n")[2].decode()
    assert read(planted(body), GRAMMAR) == tables
    for wrong in [
        "",
        "\n",
        "1 1",
        "x",
        "[" * 100_000,
        "1 1 1 1 1 1 1",
        "9" * 5_000,
        body + "\n",
        body + " 1",
    ]:
        with pytest.raises(UnsafeTables):
            read(planted(wrong), GRAMMAR)
    lines = body.split("\n")
    ends = list(itertools.accumulate(map(int, lines[0].split())))
    starts, rules, states = (ends[sort] + 1 for sort in (2, 3, 5))
    most, shapes = len(lines) - states, states - ends[4] - 1
    first = lines[states].partition(" ")
    wrong = {
        0: ["7", "1 2 3 4 5 6 7 8", "-1 " + lines[0][2:]],
        1 + ends[0]: ["NAME", "NAME ~", "NAME ~ \\x"],
        starts: ["rulebook", "rulebook x", f"rulebook {most}", "rulebook 0 1", "event 0", "other 0"],
        rules: ["", "a 1", "a x b", "a 0 b", "a 1 b 2", "a 1 b -2", "a 1 b 0", "a 1 b x"],
        states: ["", "NAME", f"{shapes} {first[2]}", f"-1 {first[2]}", f"{first[0]}", f"{lines[states]} 0"],
        states + 1: ["0 " + f"{number} " * lines[states].count(" ") for number in ("x", most, -9 * most)],
    }
    assert lines[states].startswith("0 ")
    for at, texts in wrong.items():
        for text in texts:
            with pytest.raises(UnsafeTables):
                read(planted("\n".join([*lines[:at], text, *lines[at + 1 :]])), GRAMMAR)


@pytest.mark.parametrize("content", [b"", b"\x80\x04\x95cposix\nsystem\n", b"\0" * 100, b"import os\n"])
def test_a_file_that_is_something_else_is_replaced_by_a_good_one(folder, content, data, made, tables):
    (folder / "rulelang.tables").write_bytes(content)
    assert grammar._tables(folder) == tables
    assert len(made) == 1
    assert (folder / "rulelang.tables").read_bytes() == data


def test_a_huge_file_is_not_read(folder, made, tables):
    with (folder / "rulelang.tables").open("r+b") as file:
        file.truncate(1 << 40)  # holes alone: nothing is on the disk
    with pytest.raises(UnsafeTables, match="too large"):
        load(folder / "rulelang.tables", GRAMMAR)
    assert MOST_BYTES < 1 << 24
    assert grammar._tables(folder) == tables
    assert len(made) == 1


# ---------------------------------------------------------------------------------------- files of others, and links


@only_posix
@pytest.mark.parametrize("mode", [0o644 | (GROUP or 0o002), 0o666, 0o646])
def test_a_file_that_others_may_write_is_not_believed(folder, mode, made, tables):
    (folder / "rulelang.tables").chmod(mode)
    with pytest.raises(UnsafeTables, match="it can be written by others"):
        load(folder / "rulelang.tables", GRAMMAR)
    assert grammar._tables(folder) == tables
    assert len(made) == 1


@only_posix
@pytest.mark.parametrize("mode", [0o755 | (GROUP or 0o002), 0o777, 0o1777])
def test_nothing_is_believed_or_kept_in_a_folder_that_others_may_write(folder, mode, made, tables, data):
    folder.chmod(mode)
    with pytest.raises(UnsafeTables, match="its folder can be written by others"):
        load(folder / "rulelang.tables", GRAMMAR)
    assert grammar._tables(folder) == tables
    assert len(made) == 1
    (folder / "rulelang.tables").unlink()
    assert grammar._tables(folder) == tables
    assert not keep(folder / "rulelang.tables", data)
    assert sorted(path.name for path in folder.iterdir()) == ["rulelang.lark"]


@only_posix
def test_a_symbolic_link_is_neither_followed_nor_replaced(folder, data, made, tables):
    path, target = folder / "rulelang.tables", folder.parent / "target"
    target.write_bytes(data)
    path.unlink()
    path.symlink_to(target)
    with pytest.raises((OSError, UnsafeTables)):
        load(path, GRAMMAR)
    target.write_text("precious")
    assert grammar._tables(folder) == tables
    assert len(made) == 1
    assert path.is_symlink()
    assert target.read_text() == "precious"


@only_posix
def test_a_folder_that_is_a_symbolic_link_is_not_believed(folder, made, tables):
    link = folder.parent / "link"
    link.symlink_to(folder)
    with pytest.raises(UnsafeTables, match="its folder is a symbolic link"):
        load(link / "rulelang.tables", GRAMMAR)
    assert grammar._tables(link) == tables
    assert len(made) == 1


@only_posix
@pytest.mark.parametrize("kind", ["fifo", "folder"])
def test_what_is_no_regular_file_is_left_alone(folder, kind, made, tables):
    path = folder / "rulelang.tables"
    path.unlink()
    path.mkdir() if kind == "folder" else os.mkfifo(path, 0o644)
    assert grammar._tables(folder) == tables
    assert len(made) == 1
    assert path.is_dir() if kind == "folder" else path.is_fifo()


@only_root
@pytest.mark.parametrize("whose", ["file", "folder"])
def test_what_belongs_to_another_user_is_not_believed_and_stays(folder, whose, data, made, tables):
    path = folder / "rulelang.tables"
    os.chown(path if whose == "file" else folder, NOBODY, NOBODY)
    with pytest.raises(UnsafeTables, match="belongs to another user"):
        load(path, GRAMMAR)
    path.write_bytes(b"planted")
    assert grammar._tables(folder) == tables
    assert len(made) == 1
    assert path.read_bytes() == b"planted"
    assert not keep(path, data)


# -------------------------------------------------------------------------------------- keeping, many makers, no Lark


@only_posix
def test_a_folder_that_cannot_be_written_costs_nothing_but_time(folder, made, tables, monkeypatch):
    (folder / "rulelang.tables").unlink()

    def refuse(*_args, **_keywords):
        raise PermissionError("read-only")

    monkeypatch.setattr(os, "open", refuse)
    assert grammar._tables(folder) == tables
    assert [path.name for path in folder.iterdir()] == ["rulelang.lark"]


def test_a_full_disk_leaves_nothing_behind(folder, data, monkeypatch):
    before = (folder / "rulelang.tables").read_bytes()

    def full(*_args):
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert not keep(folder / "rulelang.tables", data)
    assert sorted(path.name for path in folder.iterdir()) == ["rulelang.lark", "rulelang.tables"]
    assert (folder / "rulelang.tables").read_bytes() == before


def test_many_makers_at_once_never_show_half_a_file(folder, data):
    path, failures, done = folder / "rulelang.tables", [], threading.Event()

    def look() -> None:
        while not done.is_set():
            try:
                load(path, GRAMMAR)
            except (UnsafeTables, OSError) as error:
                failures.append(error)

    watcher = threading.Thread(target=look)
    makers = [threading.Thread(target=lambda: [keep(path, data) for _ in range(5)]) for _ in range(4)]
    for thread in (watcher, *makers):
        thread.start()
    for thread in makers:
        thread.join()
    done.set()
    watcher.join()
    assert not failures
    assert sorted(each.name for each in folder.iterdir()) == ["rulelang.lark", "rulelang.tables"]


def test_without_lark_bad_tables_are_a_plain_error(folder, monkeypatch):
    (folder / "rulelang.tables").write_bytes(b"cut")
    monkeypatch.setitem(sys.modules, "rulelang.syntax.make_tables", None)
    with pytest.raises(ReadError) as caught:
        grammar._tables(folder)
    (found,) = caught.value.diagnostics
    assert found.code == "missing-extra"
    assert "damaged" in found.message
    assert "install rulelang again" in found.helps[0]
