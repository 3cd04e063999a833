"""What a run gives, as tables: on the pages of the checkout it stands in the words that the tests compare."""

import re
from decimal import Decimal, InvalidOperation

OTHERS = {"uncovered": "stays uncovered", "outcome": "outcome", "ensures": "invariants", "assumes": "assumptions"}


def as_table(language: str, text: str) -> str:
    """The table of a ``result`` or ``days`` block, in Markdown."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if language == "days":
        head = "| day | what | who | under, or into which pot | amount |\n| --- | --- | --- | --- | ---: |\n"
        return head + "".join(_day(*_parts(words)) for words in lines)
    return "| step | payer | amount |\n| --- | --- | ---: |\n" + "".join(map(_row, lines))


def _row(words: list[str]) -> str:
    if words[0] in OTHERS:
        return f"| *{OTHERS[words[0]]}* | | {_shown(words[-1])} |\n"
    step = re.sub(r"^(\S+)", r"`\1`", " ".join(words[:-2]))
    return f"| {step} | {words[-2]} | {_shown(words[-1])} |\n"


def _parts(words: list[str]) -> tuple[str, str, str, str, str]:
    kind = 3 if words[1] == "paid" and words[2] in ("in", "out") else 2
    return words[0], " ".join(words[1:kind]), words[kind], " ".join(words[kind + 1 : -1]), words[-1]


def _day(day: str, kind: str, who: str, where: str, amount: str) -> str:
    return f"| {day} | {kind} | {who} | `{where}` | {_shown(amount)} |\n"


def _shown(word: str) -> str:
    """An amount with its thousands marked; another word as it is."""
    try:
        return f"{Decimal(word):,}"
    except InvalidOperation:
        return word
