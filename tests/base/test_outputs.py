"""What the one module that writes holds: no input is lost, all outputs are in place or none, rights stay."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import evolve

from rulelang.base import outputs
from rulelang.base.files import inputs_noted, note_input
from rulelang.base.outputs import (
    OutputError,
    WriteError,
    folders_made,
    place_all,
    placed,
    remove_folder,
    require_writable,
    write_atomically,
)


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("in.txt").write_text("in")
    Path("old.txt").write_text("old")
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def refusal(*paths, kind=OutputError, inputs=("in.txt",)):
    with inputs_noted(), pytest.raises(kind) as refused:
        require_writable([Path(path) for path in paths], [Path(path) for path in inputs])
    return refused.value.diagnostics[0].message


def test_an_input_is_known_under_all_its_names(place):
    Path("link").symlink_to("in.txt")
    Path("link-to-link").symlink_to("link")
    os.link("in.txt", "hard")
    (place / "sub").mkdir()
    for name in ("in.txt", "./in.txt", "sub/../in.txt", str(place / "in.txt"), "link", "link-to-link", "hard"):
        assert "is an input" in refusal(name), name
    for name in ("in.txt", "link", "hard"):
        with inputs_noted():
            note_input(Path("in.txt"))
            with pytest.raises(OutputError):
                write_atomically(Path(name), "lost")
    assert Path("in.txt").read_text() == "in"


def test_rulebooks_and_events_are_written_over_by_the_formatter_alone(place):
    for name in ("a.rules", "b.EVENT"):
        Path(name).write_text("by hand")
        with pytest.raises(OutputError, match="stands there, and is not replaced"):
            write_atomically(Path(name), "lost")
        with pytest.raises(OutputError, match="stands there, and is not replaced"):
            place_all([(Path("in.txt"), Path(name))])
        assert Path(name).read_text() == "by hand"
        write_atomically(Path(name), "laid out", over_input=True)
        assert Path(name).read_text() == "laid out"


def test_two_outputs_are_two_files(place):
    Path("link").symlink_to("old.txt")
    Path("ahead").symlink_to("new.txt")
    for pair in (("a", "a"), ("a", "./a"), ("old.txt", "link"), ("new.txt", "ahead"), ("a.json", "A.JSON")):
        assert "two outputs" in refusal(*pair)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not show open files as files")
def test_what_is_open_is_not_replaced(place):
    with Path("old.txt").open("r+") as file:
        for name in (f"/dev/fd/{file.fileno()}", f"/proc/self/fd/{file.fileno()}", f"/proc/{os.getpid()}/fd/1"):
            assert "open file" in refusal(name, kind=WriteError)
    Path("out").symlink_to("/dev/stdout")
    for name in ("/dev/stdout", "/dev/stdin", "/dev/stderr", "out"):
        assert refusal(name, kind=WriteError).startswith(f"cannot write {name}: it ")
    assert Path("old.txt").read_text() == "old"


def test_where_a_standard_stream_leads_is_not_replaced(place):
    script = "from pathlib import Path\nfrom rulelang.base.outputs import write_atomically\n"
    script += "write_atomically(Path('old.txt'), 'lost')"
    for stream in ("stdin", "stdout", "stderr"):
        with Path("old.txt").open("r+") as file:
            done = subprocess.run([sys.executable, "-c", script], check=False, **{stream: file}, timeout=60)
        assert done.returncode == 1
        assert "lost" not in Path("old.txt").read_text().splitlines()


def test_what_is_no_file_stays(place):
    os.mkfifo("pipe")
    Path("folder").mkdir()
    Path("loop").symlink_to("loop")
    Path("to-pipe").symlink_to("pipe")
    for name in ("pipe", "to-pipe", "/dev/null", "folder", ".", "..", "/", "loop", "in.txt/x", "none/x", "x" * 300):
        assert refusal(name, kind=WriteError, inputs=()).startswith(f"cannot write {name}: ")
    assert refusal("y/" * 3000 + "x", kind=WriteError, inputs=())
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)


def test_a_read_only_file_is_not_replaced(place):
    Path("old.txt").chmod(0o444)
    assert refusal("old.txt", kind=WriteError) == "cannot write old.txt: it is read-only"
    with pytest.raises(WriteError):
        write_atomically(Path("old.txt"), "new")
    assert Path("old.txt").read_text() == "old"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_owner_and_mode_stay(place):
    os.chown("old.txt", 65534, 65534)
    Path("old.txt").chmod(0o640)
    write_atomically(Path("old.txt"), "new")
    found = Path("old.txt").stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (65534, 65534, 0o640)


def test_an_owner_that_cannot_stay_is_a_refusal(place, monkeypatch):
    def refused(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(outputs.os, "chown", refused)
    target = outputs._target(Path("old.txt"))
    values = list(target.there)
    values[4] += 1  # the owner
    with pytest.raises(OSError, match="another user"):
        outputs._Move(evolve(target, there=os.stat_result(values)), Path("in.txt")).settle_rights()


def test_the_file_in_the_making_is_private(place, monkeypatch):
    seen = []
    Path("old.txt").chmod(0o666)
    real = outputs.os.fsync
    monkeypatch.setattr(outputs.os, "fsync", lambda file: (seen.append(os.fstat(file).st_mode & 0o777), real(file)))
    write_atomically(Path("old.txt"), "new")
    assert seen[0] == 0o600
    assert Path("old.txt").stat().st_mode & 0o777 == 0o666


@pytest.mark.parametrize("place_of_failure", [0, 1, 2])
@pytest.mark.parametrize("error", [OSError(5, "no luck"), KeyboardInterrupt()])
def test_all_are_in_place_or_none(place, monkeypatch, place_of_failure, error):
    real, count = Path.replace, iter(range(9))

    def failing(self, target):
        if ".rulelang-" in str(self) and str(self).endswith(".tmp") and next(count) == place_of_failure:
            raise error
        return real(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises((WriteError, KeyboardInterrupt)), placed([(Path(n), "x") for n in ("a", "old.txt", "b")]):
        pass
    assert names(place) == ["in.txt", "old.txt"]
    assert Path("old.txt").read_text() == "old"


def test_a_file_that_cannot_be_made_leaves_the_others_out(place):
    with pytest.raises(WriteError), placed([(Path("old.txt"), "new"), (Path("none/b"), "x")]):
        pass
    with pytest.raises(WriteError), placed([(Path("old.txt"), "new"), (Path("b"), "\ud800")]):
        pass
    with pytest.raises(ZeroDivisionError), placed([(Path("old.txt"), "new")]):
        raise ZeroDivisionError
    assert names(place) == ["in.txt", "old.txt"]
    assert Path("old.txt").read_text() == "old"
    with placed([(Path("old.txt"), "new"), (Path("b"), "x")]):
        assert Path("old.txt").read_text() == "old"
    assert (Path("old.txt").read_text(), names(place)) == ("new", ["b", "in.txt", "old.txt"])


def test_new_files_overwrite_nothing(place):
    Path("dangling").symlink_to("nowhere")
    with (
        pytest.raises(WriteError, match="is there already"),
        placed([(Path("b"), "x"), (Path("old.txt"), "x")], new=True),
    ):
        pass
    with pytest.raises(WriteError, match="already"), placed([(Path("c"), "x")], new=True):
        Path("c").write_text("meanwhile")
    assert (Path("c").read_text(), Path("old.txt").read_text()) == ("meanwhile", "old")
    assert not Path("b").exists()


def test_files_that_are_written_already_are_placed_and_others_removed(place):
    for name in ("one", "two"):
        Path(name).write_text(name)
    place_all([(Path("one"), Path("old.txt")), (None, Path("in.txt")), (Path("two"), Path("new"))])
    assert (Path("old.txt").read_text(), names(place)) == ("one", ["new", "old.txt"])
    Path("three").write_text("three")
    with pytest.raises(WriteError):
        place_all([(None, Path("old.txt")), (Path("three"), Path("new")), (Path("none"), Path("last"))])
    assert (Path("old.txt").read_text(), Path("new").read_text()) == ("one", "two")


def test_folders_that_were_made_go_if_nothing_comes_into_them(place):
    with pytest.raises(ZeroDivisionError), folders_made([Path("a/b"), Path("a/c")]):
        raise ZeroDivisionError
    with pytest.raises(WriteError), folders_made([Path("a"), Path("in.txt/c")]):
        pass
    assert names(place) == ["in.txt", "old.txt"]


def test_a_folder_is_removed_with_what_is_ours(place):
    Path("f").mkdir()
    for name in ("ours", "foreign"):
        Path("f", name).write_text("")
    remove_folder(Path("f"), ["ours", "none"])
    assert names(Path("f")) == ["foreign"]


WAITING = """
import signal, time
from pathlib import Path
from rulelang.base.outputs import placed
from rulelang.tools import cli, streams
for number in (signal.SIGTERM, signal.SIGHUP):  # what runs in the background of a shell passes on ignored signals
    signal.signal(number, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
streams.settle_signals()
try:
    with placed([(Path("old.txt"), "new"), (Path("b"), "x")]):
        print("ready", flush=True)
        time.sleep(60)
except streams.Stopped as error:
    streams.end_by(error.number)
"""


@contextmanager
def waiting() -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits while it writes; it is gone afterwards, whatever becomes of the test."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-c", WAITING], **streams) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_a_signal_leaves_nothing_or_what_is_known_again(place, number):
    with waiting() as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(number)
        assert process.wait(timeout=60) == -number
    left = [name for name in names(place) if name not in ("in.txt", "old.txt")]
    assert Path("old.txt").read_text() == "old"
    if number != signal.SIGKILL:
        assert left == []
    assert all(name.startswith(".rulelang-") and name.endswith(".tmp") for name in left)
    assert all(Path(name).stat().st_mode & 0o777 == 0o600 for name in left)
    write_atomically(Path("old.txt"), "new")
