"""The parser that Lark makes of a grammar, and what it complains of; that of the package's grammar is made once."""

import logging
from collections.abc import Iterator
from functools import cache
from typing import ClassVar

import lark

from rulelang.base.files import data_folder
from rulelang.syntax.lexer import WHOLE
from rulelang.syntax.tables import START_RULES


class _WholeWords:
    """Lets Lark's lexer read whole words everywhere; Lark asks for it through a step behind the lexer."""

    always_accept: ClassVar[tuple[str, ...]] = WHOLE

    @staticmethod
    def process(stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        return stream


def made(text: str, **options: object) -> tuple[lark.Lark, list[str]]:
    """The parser of a grammar, and its conflicts: those between shift and reduce are told only to who debugs."""
    found: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: found.append(record.getMessage())
    level = lark.logger.level
    lark.logger.addHandler(handler)
    lark.logger.setLevel(logging.DEBUG)
    try:
        parser = lark.Lark(text, parser="lalr", start=list(START_RULES), debug=True, **options)
    finally:
        lark.logger.removeHandler(handler)
        lark.logger.setLevel(level)
    return parser, [message for message in found if "conflict" in message.lower()]


@cache
def of_the_package() -> tuple[lark.Lark, list[str]]:
    """The same of the grammar that ships."""
    text = (data_folder("grammar") / "rulelang.lark").read_text(encoding="utf-8")
    return made(text, propagate_positions=True, maybe_placeholders=True, postlex=_WholeWords())
