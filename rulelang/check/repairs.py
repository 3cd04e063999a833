"""Edits of a rulebook that findings of the checker offer: words of a clause replaced or removed, clauses added."""

import re

from rulelang.base.advice import Advice, Repair, remove
from rulelang.base.source import SourceText, Span
from rulelang.syntax import nodes


def words(source: SourceText, within: Span, phrase: str) -> Span:
    """Where the words of a phrase stand in a span for the last time, with whatever blanks are between them.

    A span that is told of a clause that has these words holds them; without them it is its own end.
    """
    pattern = re.compile(r"\b" + r"\s+".join(map(re.escape, phrase.split())) + r"\b")
    found = [match.span() for match in pattern.finditer(source.text, within.start, within.end)]
    return Span(*found[-1]) if found else Span(within.end, within.end)


def words_before(source: SourceText, phrase: str, span: Span) -> Span:
    """A span with the words of a phrase right before it; the span alone if they do not stand there."""
    start = span.start
    for word in reversed(phrase.split()):
        end = _behind_text(source.text, start)
        if not source.text.endswith(word, 0, end):
            return span
        start = end - len(word)
    return Span(start, span.end)


def _behind_text(text: str, at: int) -> int:
    """Where the text before an offset ends, without the blanks there."""
    while text[at - 1 : at].isspace():
        at -= 1
    return at


def end_of(source: SourceText, clause: nodes.Clause) -> int:
    """Where a clause ends, before its citation."""
    return _behind_text(source.text, clause.span.end if clause.cite is None else clause.cite.span.start)


def add_clause(source: SourceText, step: nodes.Step, text: str) -> Repair:
    """To add a clause behind those of a step, on a line of its own if these have theirs."""
    last = step.clauses[-1].span if step.clauses else step.span
    line_start = source.text.rfind("\n", 0, last.start) + 1
    lead = source.text[line_start : last.start]
    own_line = not lead.strip()
    before = f"\n{lead}" if step.clauses and own_line else f"\n{lead}    " if own_line else " "
    return Repair(f"{before}{text}", f"add `{text}`", Span(last.end, last.end))


def removal(source: SourceText, span: Span, sentence: str, what: str = "the clause") -> Advice:
    """The advice to remove something; ``sentence`` says so, and perhaps more."""
    return Advice(sentence, (remove(source, span, what),))
