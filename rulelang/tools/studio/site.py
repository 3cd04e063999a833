"""The page as static files: those that ship with the package ``rulelang-studio``, and a copy of them."""

import json
import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.files import Kind, files_below, held_at, kind_of, read_file
from rulelang.base.outputs import OutputError, folders_made, placed, remove, remove_folder
from rulelang.base.source import readable
from rulelang.tools.studio.shared_folder import digest

PACKAGE = "rulelang_studio"
MANIFEST = "manifest.json"
MADE = "rulelang studio"
"""What the list of a site's files says it was made by; a folder without it is somebody else's."""
MOST_BYTES = 64 << 20
"""No file of the page is larger."""

Site = Mapping[str, Path]
"""The files of the page by their paths, with ``/`` between folders."""


def find_site() -> Site:
    """The files of the page.

    Raises:
        ReadError: the package is not installed, or is a checkout in which the page was not built.
    """
    try:
        folder: Path = import_module(PACKAGE).STATIC
    except ImportError:
        message = "the playground is a package of its own, rulelang-studio, which is not installed"
        advice = (
            "install it, as in `pip install rulelang-studio`, in a checkout `(cd studio && npm ci && node build.mjs)`, "
            "`python -m build --wheel studio`, `pip install studio/dist/*.whl`"
        )
        raise ReadError([finding("missing-extra", message, help=advice)]) from None
    if kind_of(folder / "index.html") is not Kind.FILE:
        message = f"the page of the playground has not been built in {readable(str(folder.parent))}"
        raise ReadError([finding("missing-extra", message, help="build it in `studio/`: `npm ci && node build.mjs`")])
    return {path.as_posix(): folder / path for path in files_below(folder)}


def export(site: Site, folder: Path, made: str = MADE) -> int:
    """Write a site into a folder that is new, empty, or holds an earlier copy of it; how many files were written.

    Raises:
        OutputError: something else is in the folder.
        WriteError: a file cannot be written; then none is.
    """
    if os.path.realpath(folder) == os.path.realpath(site["index.html"].parent):
        raise OutputError(
            [finding("unwritable-file", f"{readable(str(folder))} is the page itself; choose a new folder")]
        )
    there = earlier_copy(folder, made)
    contents = [(folder / name, read_file(path, MOST_BYTES)) for name, path in site.items()]
    with folders_made(dict.fromkeys(path.parent for path, _ in contents)), placed(contents, over_input=True):
        pass  # over what the copy before left: it may hold rulebooks, which nothing else writes over
    gone = there - site.keys()
    for name in gone:
        remove(folder / name)
    for inside in sorted({(folder / name).parent for name in gone}, reverse=True):
        remove_folder(inside)
    return len(contents)


def earlier_copy(folder: Path, made: str) -> set[str]:
    """The files of the earlier copy that a folder holds; none if it is empty, or not there.

    Raises:
        OutputError: the folder holds anything else.
    """
    there = _there(folder)
    if foreign := sorted(there - _copied_before(folder, there, made)):
        message = f"{readable(str(folder))} holds {readable(foreign[0])}, which is not as an earlier copy left it"
        advice = "choose a new folder: nothing of others is overwritten"
        raise OutputError([finding("unwritable-file", f"{message}; {advice}")])
    return there


def _there(folder: Path) -> set[str]:
    """The files in a folder, hidden ones too, for they are somebody's."""
    kind = kind_of(folder)
    if kind is Kind.NOTHING:
        return set()
    if kind is not Kind.FOLDER:
        raise OutputError([finding("unwritable-file", f"{readable(str(folder))} is {kind.value}, not a folder")])
    return {path.as_posix() for path in files_below(folder, hidden=True)}


def _copied_before(folder: Path, there: set[str], made: str) -> set[str]:
    """The files of an earlier copy that are as its own list has them; none where there is no such list."""
    if MANIFEST not in there:
        return set()
    try:
        told = json.loads(held_at(folder / MANIFEST, MOST_BYTES))
        listed = {name: about["sha256"] for name, about in told["files"].items()} if told["made"] == made else {}
    except (ValueError, LookupError, TypeError, AttributeError):
        return set()
    kept = {name for name in there & listed.keys() if digest(held_at(folder / name, MOST_BYTES)) == listed[name]}
    return kept | ({MANIFEST} if listed else set())
