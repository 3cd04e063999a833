"""The package's own sources, parsed once for all tests that read them."""

import ast
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import rulelang

PACKAGE = Path(rulelang.__file__).parent


@cache
def parsed(path: Path) -> ast.Module:
    """The tree of a source."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> Sequence[ast.AST]:
    """All nodes of the tree of a source."""
    return tuple(ast.walk(parsed(path)))
