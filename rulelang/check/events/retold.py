"""Lines of an event on losses, told as the other kind of loss."""

import re

from rulelang.base.advice import Advice, Repair
from rulelang.base.source import Span
from rulelang.check.events.raw import Word

_ID = r'(?P<id>"[^"\r\n]*"|\w+)'
_SEGMENT = r"(?P<segment>(?:\s+in\s+\w+)?)"
_DEFAULT = re.compile(rf"\bdefault\s+of\s+{_ID}{_SEGMENT}\s+loss\b")
_FURTHER = re.compile(rf"\bfurther\s+loss\s+of\s+{_ID}{_SEGMENT}")


def as_further_loss(member: Word) -> Advice:
    """The advice to make a further loss of an earlier default of the loss of a default."""
    return _retold(member, _DEFAULT, "further loss of {}", "for more loss of that default")


def as_default(member: Word, why: str) -> Advice:
    """The advice to make the loss of a default of a further loss."""
    return _retold(member, _FURTHER, "default of {}", why, " loss")


def _retold(member: Word, pattern: "re.Pattern[str]", said: str, why: str, ending: str = "") -> Advice:
    """The advice, with its edit where the line stands in a text as the pattern has it."""
    title, place = f"write `{said.format(member.text)}`", member.place
    if place.span is None:
        return Advice(f"{title} {why}")
    found = (
        Repair(said.format(match["id"]) + match["segment"] + ending, title, Span(*match.span()))
        for match in pattern.finditer(place.source.text)
        if match.start("id") <= place.span.start < match.end("id")
    )
    return Advice(f"{title} {why}", tuple(found))
