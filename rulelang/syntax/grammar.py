"""The parser, made from ``grammar/rulelang.lark`` once and kept between runs.

Working out the LALR tables takes a third of a second, so Lark keeps them in the user's cache folder, under a name that
holds the digest of the grammar and the versions of Lark and Python.  Where no such folder can be written the tables
are worked out anew each time.
"""

import functools
import hashlib
import os
import sys
from collections.abc import Iterator
from typing import ClassVar

import lark
from platformdirs import user_cache_path

from rulelang.base.files import data_folder

START_RULES = ("rulebook", "event")


class _WholeWords:
    """Lets the lexer see whole words and numbers everywhere.

    Lark's contextual lexer only looks for terminals that may come next; where no name may, it would read ``byccp``
    as ``by ccp``.  With these always accepted, a word is always read whole, and a wrong one is reported whole.
    """

    always_accept: ClassVar[tuple[str, ...]] = ("NAME", "CAPITALISED", "NUMBER", "PERCENTAGE", "STRING")

    @staticmethod
    def process(stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        """Pass the tokens on as they are."""
        return stream


def grammar_text() -> str:
    """The text of the grammar."""
    return (data_folder("grammar") / "rulelang.lark").read_text(encoding="utf-8")


def _cache_file(grammar: str) -> str | None:
    version = "{}.{}".format(*sys.version_info)
    digest = hashlib.sha256(f"{lark.__version__} {version} {grammar}".encode()).hexdigest()[:16]
    try:
        folder = user_cache_path("rulelang", ensure_exists=True)
    except OSError:
        return None
    return str(folder / f"grammar-{digest}.tables") if os.access(folder, os.W_OK) else None


@functools.cache
def parser() -> lark.Lark:
    """The parser of both start rules."""
    grammar = grammar_text()

    def make(cache: str | bool) -> lark.Lark:  # noqa: FBT001 - as Lark takes it
        return lark.Lark(
            grammar,
            parser="lalr",
            start=list(START_RULES),
            propagate_positions=True,
            maybe_placeholders=True,
            postlex=_WholeWords(),
            cache=cache,
        )

    try:
        return make(_cache_file(grammar) or False)
    except OSError:
        return make(cache=False)
