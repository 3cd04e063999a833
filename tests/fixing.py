"""Texts with the fixes of their findings made."""

from collections.abc import Iterable

from rulelang.base.advice import Fix
from rulelang.base.source import Span


def applied(text: str, fixes: Iterable[Fix]) -> str:
    """A text with these fixes made, from the last to the first; one that overlaps another is left out."""
    done = len(text) + 1
    for fix in sorted(fixes, key=lambda each: each.place.span or Span(0, 0), reverse=True):
        span = fix.place.span
        if span is not None and span.end <= done:
            text = text[: span.start] + fix.replacement + text[span.end :]
            done = span.start if span.end > span.start else span.start - 1
    return text
