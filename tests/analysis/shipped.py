"""The texts that ship, and a workspace over them."""

from functools import cache
from pathlib import Path

from rulelang.analysis.documents import Documents
from rulelang.analysis.facts import FileKind
from rulelang.analysis.workspace import Workspace
from rulelang.base.files import data_folder

LIBRARY = data_folder("rulebooks")
FILES = sorted(path for path in LIBRARY.rglob("*") if path.is_file() and FileKind.of(path) is not None)
NASDAQ = LIBRARY / "nasdaq-commodities-2018" / "rulebook.rules"
SEGMENTED = LIBRARY / "segmented-ccp" / "rulebook.rules"


def workspace_of(*folders: Path) -> Workspace:
    """A workspace of the files below some folders, as they are on disk."""
    files = [path for folder in folders for path in FILES if path.is_relative_to(folder)]
    return Workspace(Documents(below=lambda: files, folders=folders))


@cache
def library() -> Workspace:
    """All texts that ship."""
    return workspace_of(LIBRARY)


def in_memory(**texts: str) -> Workspace:
    """A workspace of texts that are on no disk; `a_rules` is the file `/w/a.rules`."""
    named = {f"/w/{name.replace('_', '.')}": text for name, text in texts.items()}
    documents = Documents.of(named)
    documents.folders = (Path("/w"),)
    return Workspace(documents)
