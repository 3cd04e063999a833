"""The parser, made from ``grammar/rulelang.lark`` once and kept between runs.

Working out the LALR tables takes a third of a second, so the whole parser is pickled into the user's cache folder,
under a name that holds the digest of the grammar, of the lexer and of the versions of Lark and Python.  (Lark has a
cache of its own, but rebuilds all rules and tables from it, which takes longer than reading a rulebook.)  Where no such
folder can be written, or what is there cannot be read, the tables are worked out anew.
"""

import contextlib
import functools
import gc
import hashlib
import io
import os
import pickle
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import lark
from lark.parsers.lalr_analysis import Action
from platformdirs import user_cache_path

from rulelang.base.files import WriteError, data_folder, write_atomically
from rulelang.syntax import lexer
from rulelang.syntax.lexer import WHOLE, WordLexer

START_RULES = ("rulebook", "event")


class _WholeWords:
    """Lets the lexer see whole words and numbers everywhere; Lark asks for it through a step behind the lexer."""

    always_accept: ClassVar[tuple[str, ...]] = WHOLE

    @staticmethod
    def process(stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        """Pass the tokens on as they are."""
        return stream


class _Pickler(pickle.Pickler):
    """Writes a parser with all its tables, so that reading it back needs no work but unpickling."""

    def reducer_override(self, obj: object) -> Any:
        """Write modules and Lark's two actions, which are compared by identity, as their names."""
        if isinstance(obj, ModuleType):
            return import_module, (obj.__name__,)
        return obj.name if isinstance(obj, Action) else NotImplemented


def grammar_text() -> str:
    """The text of the grammar."""
    return (data_folder("grammar") / "rulelang.lark").read_text(encoding="utf-8")


def _cache_file(grammar: str) -> Path | None:
    """Where the tables are kept: under a name that changes with all they are made from."""
    version = "{}.{}".format(*sys.version_info)
    try:
        code = Path(lexer.__file__).read_text(encoding="utf-8")
        folder = user_cache_path("rulelang", ensure_exists=True)
    except OSError:
        return None
    digest = hashlib.sha256(f"{lark.__version__} {version} {code} {grammar}".encode()).hexdigest()[:16]
    return folder / f"grammar-{digest}.tables" if os.access(folder, os.W_OK) else None


@functools.cache
def parser() -> lark.Lark:
    """The parser of both start rules."""
    grammar = grammar_text()
    cache = _cache_file(grammar)
    return _made(grammar) if cache is None else _load(cache) or _kept(_made(grammar), cache)


def _made(grammar: str) -> lark.Lark:
    """A parser made from the grammar, saved and loaded once: Lark then has plain strings for the names of rules."""
    made = lark.Lark(
        grammar,
        parser="lalr",
        start=list(START_RULES),
        propagate_positions=True,
        maybe_placeholders=True,
        postlex=_WholeWords(),
        _plugins={"ContextualLexer": WordLexer},
    )
    buffer = io.BytesIO()
    made.save(buffer)
    buffer.seek(0)
    return lark.Lark.load(buffer)


def _load(cache: Path) -> lark.Lark | None:
    """The parser that was kept, or ``None`` if there is none that can be read."""
    enabled = gc.isenabled()
    gc.disable()  # thousands of rows are made and none is garbage
    try:
        kept = pickle.loads(cache.read_bytes())  # noqa: S301 - our own file, in the user's own folder
    except Exception:  # noqa: BLE001 - a file that is not there, cut short or of other versions is made anew
        return None
    finally:
        if enabled:
            gc.enable()
    return kept if isinstance(kept, lark.Lark) else None


def _kept(made: lark.Lark, cache: Path) -> lark.Lark:
    """Keep the parser, if that can be done."""
    buffer = io.BytesIO()
    with contextlib.suppress(WriteError, pickle.PicklingError, TypeError, AttributeError):
        _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(made)
        write_atomically(cache, buffer.getvalue())
    return made
