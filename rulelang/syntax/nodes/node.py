"""What all nodes have in common, and what stands in many of them: a name, a citation."""

import datetime
import re

from rulelang.base.source import NOWHERE, Span
from rulelang.base.values import ComparedByValue, part


class Node(ComparedByValue):
    """Anything that was written somewhere."""

    span: Span = part(default=NOWHERE, kw_only=True, eq=False, repr=False)


class Identifier(Node):
    """``contribution``, ``FORTUM`` or ``"Bank A"``: a name in a place where a name is due; ``quoted`` as written."""

    text: str
    quoted: bool = part(default=False, eq=False)


class Citation(Node):
    """``cite "CR 6.3(c)"``."""

    text: str


def cited(cite: Citation | None) -> str | None:
    """The text of a citation, if there is one."""
    return None if cite is None else cite.text


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


def instant(text: str) -> datetime.date | None:
    """The day that ``YYYY-MM-DD`` names, or ``None`` if there is no such day."""
    if _DAY.match(text) is None:  # other forms of ISO 8601, such as weeks, are no dates of the language
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
