"""What several commands need: the files that paths stand for, the rulebook of an event, and where output goes."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.files import write_atomically
from rulelang.base.source import SourceText
from rulelang.syntax.read import read_source

ENDINGS = (".rules", ".event")


def files_of(paths: Iterable[str], endings: tuple[str, ...] = ENDINGS) -> list[Path]:
    """The files that the paths stand for: a file as it is, a folder with all files of these endings below it.

    Raises:
        ReadError: a folder holds no such file.
    """
    found: dict[Path, None] = {}
    for name in paths:
        path = Path(name)
        if not path.is_dir():
            found[path] = None
            continue
        inside = [
            file
            for file in sorted(path.rglob("*"))
            if file.suffix in endings and file.is_file() and not _hidden(file.relative_to(path))
        ]
        if not inside:
            kinds = " or ".join(f"*{ending}" for ending in endings)
            raise ReadError([finding("unreadable-file", f"the folder {path} holds no {kinds} file")])
        found.update(dict.fromkeys(inside))
    return list(found)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def rulebook_beside(source: SourceText, under: str) -> Path | None:
    """The rulebook that an event names with ``under``, if there is such a file."""
    if source.path is None:
        return None
    path = Path(os.path.normpath(source.path.parent / under))
    return path if path.is_file() else None


def read_argument(name: str) -> SourceText:
    """The text of a file given on the command line."""
    return read_source(Path(name))


def put(text: str | bytes, out: str | None) -> None:
    """Write to a file, whole or not at all, or to standard output."""
    if out is not None and out != "-":
        write_atomically(Path(out), text)
    elif isinstance(text, bytes):
        sys.stdout.buffer.write(text)
    else:
        click.echo(text, nl=False, color=True)  # it is coloured only where that was wanted


class RulelangPath(click.Path):
    """A path argument that completes to files; existence is judged by the reader, with its own diagnostics."""

    def __init__(self) -> None:
        """Accept any path, ``-`` too."""
        super().__init__(allow_dash=True)


OUT_HELP = "Write to this file (whole or not at all) instead of standard output."
