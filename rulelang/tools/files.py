"""What several commands need: the files that paths stand for, the rulebook of an event, and where output goes."""

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import click

from rulelang.base.diagnostic import Diagnostic, ReadError, finding
from rulelang.base.files import Kind, held_at, kind_of, unreadable
from rulelang.base.outputs import folders_made, placed, refused_output, require_writable
from rulelang.base.source import SourceText, readable
from rulelang.base.values import ComparedByValue, part
from rulelang.syntax.read import MAXIMUM_BYTES, MAXIMUM_DATA_BYTES, read_source, source_of

ENDINGS = (".rules", ".event", ".history")
Output = tuple[str | bytes, str | None]
"""What goes to a file, and the name of that file: ``-`` for standard output, ``None`` if it was not asked for."""
_RECORD, _TABLE, _EVENT = "an audit record", "a table for programs", "an event"


class Files(ComparedByValue):
    """The files that paths stand for, and why others are missing among them: what could not be looked at."""

    paths: list[Path]
    folders: dict[Path, Path] = part(factory=dict)  # of a file that was found in a folder: the folder that was given
    errors: tuple[Diagnostic, ...] = ()


def files_of(paths: Iterable[str], endings: tuple[str, ...] = ENDINGS) -> Files:
    """The files that the paths stand for: a file as it is, a folder with all files of these endings below it.

    A link in a folder that leads out of it is passed over, and that is said on standard error.

    Raises:
        ReadError: a folder holds no such file.
    """
    found: dict[Path, None] = {}
    folders: dict[Path, Path] = {}
    errors: list[Diagnostic] = []
    for path in map(Path, paths):
        try:
            if kind_of(path) is not Kind.FOLDER:
                found[path] = None
                continue
        except ReadError:  # who reads it says so
            found[path] = None
            continue
        inside = [file for file in _below(path, endings, errors) if _belongs(file, path, errors)]
        if not inside and not errors:
            kinds = " or ".join(f"*{ending}" for ending in endings)
            raise ReadError([finding("unreadable-file", f"the folder {path} holds no {kinds} file")])
        found.update(dict.fromkeys(inside))
        folders.update(dict.fromkeys(inside, path))
    return Files(list(found), folders, tuple(errors))


def _below(folder: Path, endings: tuple[str, ...], errors: list[Diagnostic]) -> list[Path]:
    """All that has such an ending, without links to another of these; hidden names are passed over."""
    found: list[Path] = []

    def refused(error: OSError) -> None:
        errors.extend(unreadable(Path(os.fspath(error.filename)), error).diagnostics)

    for place, folders, names in os.walk(folder, onerror=refused):
        folders[:] = [name for name in folders if not name.startswith(".") and _within(Path(place, name), folder)]
        found += [Path(place, name) for name in names if not name.startswith(".") and Path(name).suffix in endings]
    known = {os.path.realpath(path) for path in found if not path.is_symlink()}
    return sorted(path for path in found if not (path.is_symlink() and os.path.realpath(path) in known))


def _belongs(file: Path, folder: Path, errors: list[Diagnostic]) -> bool:
    """Whether it is a file of that folder; what cannot be looked at, or is something else, is an error."""
    try:
        kind = kind_of(file)
    except ReadError as error:
        errors.extend(error.diagnostics)
        return False
    if kind in (Kind.FOLDER, Kind.OTHER):
        errors.append(finding("unreadable-file", f"cannot read {file}: it is {kind.value}"))
        return False
    return _within(file, folder)


def _within(path: Path, folder: Path) -> bool:
    """Whether it lies below a folder, links followed; it is said if not."""
    if not path.is_symlink() or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        return True
    click.echo(readable(f"passed over {path}: the link leads out of {folder}"), err=True)
    return False


def read_argument(name: str) -> SourceText:
    """The text of a file given on the command line."""
    return read_source(Path(name))


def standard_input() -> SourceText:
    """The rulebook or event on standard input.

    Raises:
        ReadError: it cannot be read, or is no text.
    """
    try:
        data = sys.stdin.buffer.read(MAXIMUM_BYTES[".rules"] + 1)
    except OSError as error:
        raise unreadable("standard input", error) from None
    source = source_of(data, "<standard input>", Path("standard-input.rules"))
    return SourceText.of(source.as_read, source.name, marked=source.marked)


def require_outputs(
    *outputs: str | None, inputs: Iterable[str | None] = (), audit: str | None = None, results: str | None = None
) -> None:
    """Refuse, before anything is worked out, outputs that cannot be written or would destroy what a command may read.

    An audit record gives way to a new one only (``audit``), a Parquet or Arrow table to ``results`` only.

    Raises:
        OutputError, WriteError: a file cannot be written, or must not be.
        UsageError: two outputs are to go to standard output.
    """
    named = [(audit, _RECORD), (results, _TABLE), *((name, None) for name in outputs)]
    if [name for name, _ in named].count("-") > 1:
        raise click.UsageError("only one output can go to standard output: give the others files")
    files = [(Path(name), kind) for name, kind in named if name is not None and name != "-"]
    require_writable((path for path, _ in files), [Path(name) for name in inputs if name is not None])
    for path, kind in files:
        if (kept := _kept(path)) not in (None, kind):
            raise refused_output(path, f"{kept} stands there, and is not replaced")


def _kept(path: Path) -> str | None:
    """What stands at a place that commands read: an audit record, a table, an event as JSON; ``None``: nothing such."""
    if held_at(path, 8).startswith((b"PAR1", b"ARROW1")):
        return _TABLE
    import json

    try:
        content = json.loads(held_at(path, MAXIMUM_DATA_BYTES))
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    from rulelang.audit.record import FORMAT

    return _RECORD if content.get("format") == FORMAT else _EVENT if {"event", "declared"} <= content.keys() else None


def put(text: str | bytes, out: str | None, *others: Output) -> None:
    """Write the outputs of a command: all files whole and in their places, or none.

    ``text`` goes to standard output where ``out`` is ``-``, or ``None`` and no other output is to go there.

    Raises:
        OutputError, WriteError: an output cannot be written; then none is.
        BrokenPipeError: whoever reads standard output has enough; the files are in their places all the same.
    """
    aside = [content for content, name in others if name == "-"]
    streamed = aside if aside and out is None else [*aside, *([text] if out in (None, "-") else [])]
    files = [(Path(name), content) for content, name in (*others, (text, out)) if name is not None and name != "-"]
    broken: BrokenPipeError | None = None
    with placed(files):
        try:
            for content in streamed:
                _print(content)
        except BrokenPipeError as error:  # whoever read has enough; the files are wanted all the same
            broken = error
    if broken is not None:
        raise broken


@contextlib.contextmanager
def new_files(files: Mapping[Path, str]) -> Iterator[None]:
    """Files that are put where none are yet when the block ends well, all or none, their folders made for them.

    Raises:
        WriteError: one is there already, or cannot be written.
    """
    with folders_made(sorted({path.parent for path in files})), placed(list(files.items()), new=True):
        yield


def write_new(files: Mapping[Path, str]) -> None:
    """Write files where none are yet, in new folders perhaps, all or none, and say so.

    Raises:
        WriteError: one is there already, or cannot be written.
    """
    with new_files(files):
        pass
    for path in files:
        click.echo(f"wrote {readable(str(path))}")


def _print(text: str | bytes) -> None:
    if isinstance(text, bytes):
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    else:
        click.echo(text, nl=False, color=True)  # it is coloured only where that was wanted


class RulelangPath(click.Path):
    """A path argument that completes to files; existence is judged by the reader, with its own diagnostics."""

    def __init__(self) -> None:
        """Accept any path, ``-`` too; click would refuse one that may not be read as wrong use."""
        super().__init__(allow_dash=True, readable=False)


class ChartPath(RulelangPath):
    """The path of a picture."""

    def convert(self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The path; wrong use if its ending is that of no picture that can be drawn."""
        if chart_form(path := os.fspath(value)) not in ("png", "svg"):
            self.fail("a chart is drawn to a file that ends in .png or .svg", param, ctx)
        return path


def chart_form(chart: str) -> str:
    """The form of a picture, by the ending of its file."""
    return Path(chart).suffix.lower().removeprefix(".")


OUT_HELP = "Write to this file (whole or not at all) instead of standard output."
