"""Names, texts and citations, and what many phrases end in."""

import re
from collections.abc import Iterable

from rulelang.syntax import nodes
from rulelang.syntax.format.layout import Doc, hanging, listed
from rulelang.syntax.words import CAPITALISED

_CAPITALISED = re.compile(CAPITALISED)
_WORD = re.compile(rf"[a-z][a-z0-9_]*|{CAPITALISED}")


def quoted(text: str) -> str:
    """A text between quotes."""
    return f'"{text}"'


def member_id(text: str) -> str:
    """The id of a member: in quotes if it cannot stand without."""
    return text if _CAPITALISED.fullmatch(text) else quoted(text)


def name(node: nodes.Identifier) -> str:
    """A name as it was written: in quotes if it stood in them, or cannot stand without."""
    return quoted(node.text) if node.quoted or not _WORD.fullmatch(node.text) else node.text


def names(items: tuple[nodes.Identifier, ...]) -> Doc:
    """Names with commas between them."""
    return listed([name(item) for item in items], starts(items))


def starts(items: Iterable[nodes.Node]) -> list[int]:
    """Where some nodes begin in the source."""
    return [item.span.start for item in items]


def cite(node: nodes.Citation) -> str:
    """``cite "…"``."""
    return f"cite {quoted(node.text)}"


def titled(text: str, title: str | None) -> str:
    """A text with its title behind it, if it has one."""
    return text if title is None else f"{text} {quoted(title)}"


def cited(citation: nodes.Citation | None, blanks: str = " ") -> Doc:
    """A citation so many blanks behind what it is about, if there is one."""
    return "" if citation is None else hanging(cite(citation), blanks)


def formerly(former: tuple[nodes.Identifier, ...]) -> Doc:
    """``formerly a, b``."""
    return hanging(("formerly ", names(former))) if former else ""


def in_segment(segment: nodes.Identifier | None) -> str:
    """``in energy``."""
    return "" if segment is None else f" in {name(segment)}"


def under(step: nodes.Identifier | None) -> str:
    """``under calls``."""
    return "" if step is None else f" under {name(step)}"
