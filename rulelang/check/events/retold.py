"""Lines of an event on losses, told as the other kind of loss."""

import re

from rulelang.base.advice import Advice, Repair
from rulelang.base.source import Span
from rulelang.check.events.raw import Word
from rulelang.check.repairs import words_before

_ID = r'(?P<id>"[^"\r\n]*"|\w+)'
_SEGMENT = r"(?P<segment>(?:\s+in\s+\w+)?)"
_OF_DEFAULT = re.compile(rf"{_ID}{_SEGMENT}\s+loss\b")
_OF_FURTHER_LOSS = re.compile(rf"{_ID}{_SEGMENT}")


def as_further_loss(member: Word) -> Advice:
    """The advice to make a further loss of an earlier default of the loss of a default."""
    title = f"write `further loss of {member.text}`"
    edits = _retold(member, "default of", _OF_DEFAULT, "further loss of {id}{segment}", title)
    return Advice(f"{title} for more loss of that default", edits)


def as_default(member: Word, why: str) -> Advice:
    """The advice to make the loss of a default of a further loss."""
    title = f"write `default of {member.text}`"
    edits = _retold(member, "further loss of", _OF_FURTHER_LOSS, "default of {id}{segment} loss", title)
    return Advice(f"{title} {why}", edits)


def _retold(member: Word, before: str, rest: "re.Pattern[str]", told: str, title: str) -> tuple[Repair, ...]:
    """The edit of a line, where it stands in a text with these words before the member and this behind them."""
    source, span = member.place.source, member.place.span
    if span is None:
        return ()
    start = words_before(source, before, span).start
    match = rest.match(source.text, span.start)
    if start == span.start or match is None:
        return ()
    return (Repair(told.format_map(match.groupdict()), title, Span(start, match.end())),)
