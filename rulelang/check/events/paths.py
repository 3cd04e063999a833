"""Files that a text names: they lie in the folder tree of that text, or of what the user named.

A text may come from anybody.  So no path in it is absolute, and none leads out, by way of a link either: nothing of a
file elsewhere is read, let alone shown.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.files import Kind, kind_of
from rulelang.base.source import Place, SourceText

_ONE_TREE = "keep the files of a rulebook in one folder tree"
_UNDER = "name a *.rules file in the tree of the event, check the folder that holds both, or use --rulebook"


def inside(written: str, place: Place, source: SourceText, rulebook: SourceText) -> tuple[Path, str]:
    """The file that a text names, and how to call it: it lies in the folder tree of that text or of the rulebook.

    Raises:
        ReadError: it does not, or the text has no folder because it never was a file.
    """
    roots = [] if rulebook.path is None else [rulebook.path.parent]
    return _target(written, place, source, roots, _ONE_TREE), str(Path(source.name).parent / written)


def holds_file(path: Path) -> bool:
    """Whether a file stands at a path.

    Raises:
        ReadError: the system does not say.
    """
    return kind_of(path) is Kind.FILE


def rulebook_under(
    written: str, place: Place, source: SourceText, folder: Path | None, there: Callable[[Path], bool] = holds_file
) -> Path | None:
    """The rulebook that an event names with ``under``, if there is such a file.

    Above the event's own folder it is a ``*.rules`` file below ``folder``, which the user named, below the folder that
    holds ``events`` where the event lies in a folder of this name, or in the same repository.

    Raises:
        ReadError: it lies elsewhere, or cannot be looked at.
    """
    roots: list[Path] = []
    if source.path is not None and written.endswith(".rules"):
        roots = [*([] if folder is None else [folder]), *_projects(Path(os.path.realpath(source.path.parent)))]
    path = _target(written, place, source, roots, _UNDER)
    return path if there(path) else None


def _projects(home: Path) -> Iterable[Path]:
    if home.name == "events":
        yield home.parent
    for folder in (home, *home.parents):
        if os.path.lexists(folder / ".git"):
            yield folder
            return


def _target(written: str, place: Place, source: SourceText, roots: Iterable[Path], advice: str) -> Path:
    if source.path is None:
        message = f"`{written}` cannot be found: this text is no file, so it has no folder"
        raise ReadError([finding("path-outside", message, place)])
    home = source.path.parent
    target, plain = home / written, Path(os.path.normpath(home / written))
    try:
        resolved = Path(os.path.realpath(target))
        target = plain if os.path.realpath(plain) == str(resolved) else target  # not so behind a linked folder
        within = any(resolved.is_relative_to(os.path.realpath(root)) for root in (home, *roots))
    except ValueError:  # a zero byte
        within = False
    if Path(written).is_absolute() or not within:
        message = f"`{written}` lies outside the folder of the rulebook and of the event"
        raise ReadError([finding("path-outside", message, place, help=advice)])
    return target
