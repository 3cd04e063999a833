"""Where the tables of the parser come from: a file of the package, or made from ``grammar/rulelang.lark`` by Lark.

An installed package holds the tables, made when it was built, and needs no Lark.  A checkout keeps them beside the
grammar, in a file that version control ignores; whoever changes the grammar has them made anew at the next start.  A
file that cannot be believed (``tables.py`` says when) is left alone, and the tables are made in memory.
"""

import functools
from pathlib import Path

from rulelang.base.files import data_folder
from rulelang.syntax.tables import Tables, UnsafeTables, keep, load, written

GRAMMAR = "rulelang.lark"
TABLES = "rulelang.tables"


@functools.cache
def tables() -> Tables:
    """The tables of the parser.

    Raises:
        ReadError: they are missing or not to be believed, and Lark, which would make them, is not installed.
    """
    return _tables(data_folder("grammar"))


@functools.cache
def openers(rule: str) -> frozenset[str]:
    """The kinds of token with which a part of a text begins, such as a ``clause``: what can come wherever it can."""
    return frozenset.intersection(
        *(
            frozenset(kind for kind, to in row.items() if kind.isupper() and to >= 0)
            for row in tables().states.followed(rule)
        )
    )


def _tables(folder: Path) -> Tables:
    """The tables of the grammar in a folder, kept there if they had to be made."""
    grammar = (folder / GRAMMAR).read_bytes()
    path = folder / TABLES
    try:
        return load(path, grammar)
    except FileNotFoundError:
        why = "they are missing"
    except OSError as error:
        why = f"it cannot be read: {(error.strerror or str(error)).lower()}"
    except UnsafeTables as error:
        why = str(error)
    return _made(grammar, path, why)


def _made(grammar: bytes, path: Path, why: str) -> Tables:
    """The tables made anew, and kept for the next time where that is safe."""
    try:
        from rulelang.syntax.make_tables import make_tables
    except ImportError:
        from rulelang.base.diagnostic import ReadError, finding

        message = f"the tables of the grammar in {path} are not used ({why}), and the package lark is not installed"
        advice = "install rulelang again; in a checkout install what development needs, as the README says"
        raise ReadError([finding("missing-extra", message, help=advice)]) from None
    made = make_tables(grammar.decode("utf-8"))
    keep(path, written(made, grammar))
    return made
