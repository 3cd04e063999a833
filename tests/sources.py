"""The package's own sources and its library, read once for all tests that look at them."""

import ast
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import rulelang
from rulelang.tools.library import Entry, entries

PACKAGE = Path(rulelang.__file__).parent


@cache
def nodes(path: Path) -> Sequence[ast.AST]:
    """All nodes of the tree of a source."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def shipped() -> Sequence[Entry]:
    """The entries of the library."""
    return entries()
