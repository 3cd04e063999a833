"""Cells of tables that leave the program: texts that others wrote stay texts in CSV, Markdown and spreadsheets.

A cell that a spreadsheet would run as a formula is escaped (CSV injection), characters that would steer a reader's
program or turn the direction of text are shown as escapes, and Markdown shows every text as it is.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from rulelang.base.apportion import round_down
from rulelang.base.money import Exact
from rulelang.base.render import visible

_FORMULA_STARTS = frozenset("=+-@\u2212")
_MARKED = "\\`*_{}[]<>()#+!|~"
_ACTIVE = re.compile(r"[\\`*_{}\[\]<>#|~&$]|(?<=:)//|(?<=www)\.")
_OPENS_BLOCK = re.compile(r"([-+=>]|[0-9]+[.)])")
_LINKS = re.compile(r"(?<=:)//|(?<=www)\.|&(?=#?\w+;)")
_CALLS_SOMEBODY = re.compile(r"(@|#)(?=\w)")


def cut_off(amount: Exact) -> int:
    """An exact amount as whole minor units: what is less than a unit is left out, whatever the sign."""
    return round_down(amount) if amount >= 0 else -round_down(-amount)


def pieces(text: str) -> Sequence[tuple[str, bool]]:
    """A text cut at its backticks: each piece, and whether it is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a lone backtick is a backtick
        return [(text, False)]
    return [(part, number % 2 == 1) for number, part in enumerate(parts) if part]


def unmarked(text: str) -> str:
    """A text without the backticks around what is code."""
    return "".join(piece for piece, _ in pieces(text))


def safe_text(text: str) -> str:
    """The text of a cell, with what would steer a program or turn the direction of text made visible.

    Line ends and tabs stay: a cell may have several lines.
    """
    if text.isprintable():
        return text
    return "".join(c if c in "\t\r\n" else visible(c) for c in text)


def safe_cell(text: str) -> str:
    """The text of a CSV cell, with an apostrophe before what a spreadsheet would take for a formula."""
    shown = safe_text(text)
    return f"'{shown}" if _starts_formula(text) else shown


def _starts_formula(text: str) -> bool:
    """Whether a spreadsheet may read a formula: behind any blank, in any width of the sign, or after a tab."""
    start = text[:1]
    if not start or (start.isascii() and start.isalnum()):  # nearly all
        return False
    blanks = len(text) - len(text.lstrip())
    if any(ord(character) < 0x20 for character in text[:blanks]):
        return True  # some programs cut the cell there
    first = next((c for c in text if not (c.isspace() or unicodedata.category(c) in ("Cc", "Cf"))), "")
    return any(c in _FORMULA_STARTS for c in unicodedata.normalize("NFKC", first))


def markdown(text: str) -> str:
    """Text that Markdown shows as it is, on one line.

    Where it is posted, an ``@name`` or ``#7`` in it calls nobody, and an address in it is no link.
    """
    escaped = "".join(f"\\{c}" if c in _MARKED else c for c in visible(" ".join(text.split())))
    return _CALLS_SOMEBODY.sub(r"\1<!-- -->", _LINKS.sub(lambda found: f"\\{found[0]}", escaped))


def markdown_sentence(text: str, *, opens: bool = True) -> str:
    """A sentence that Markdown shows as it is, on one line, with no link, list or markup in it.

    It calls nobody either, and has no more signs of escape than it needs; ``opens`` says whether it begins a block.
    """
    plain = _ACTIVE.sub(lambda found: f"\\{found[0]}", " ".join(visible(text).split()))
    return _CALLS_SOMEBODY.sub(r"\1<!-- -->", block(plain) if opens else plain)


def block(escaped: str) -> str:
    """Escaped Markdown as a block of its own: it opens no list, quotation or rule, whatever it begins with."""
    found = _OPENS_BLOCK.match(escaped)
    return escaped if found is None else f"{escaped[: found.end() - 1]}\\{escaped[found.end() - 1 :]}"


def markdown_table(head: Sequence[str], right: Sequence[bool], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose cells are Markdown; ``right`` says of each column whether it ends at the same place."""
    rules = ["--:" if each else ":--" for each in right]
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, rules, *rows))
