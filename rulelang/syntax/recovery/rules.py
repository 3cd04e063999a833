"""What was meant: the slips people make most, each recognised by a rule of its own.

A rule looks at a place where reading stopped and proposes slips.  The first slip counts whose repair lets the text go
on, or that is sure without that.  Where no rule knows better, the diagnostic says what could have come instead.
"""

from collections.abc import Callable, Iterator

from attrs import evolve

from rulelang.syntax.recovery import (
    combinations,
    doubtful,
    event_lines,
    expressions,
    marks,
    names,
    parts,
    phrases,
    quantities,
    unsaid,
    values,
    words,
)
from rulelang.syntax.recovery.expected import listed, may_come
from rulelang.syntax.recovery.slip import Slip, quoted
from rulelang.syntax.recovery.stop import Resumption, Stop

Rule = Callable[[Stop], Iterator[Slip]]

RULES: tuple[Rule, ...] = (
    marks.unseen,
    words.misspelt,
    parts.whole_files,
    values.dates,
    values.amounts,
    values.numbers,
    quantities.multiples,
    quantities.whichever,
    quantities.extremes,
    combinations.combinations,
    combinations.ranked,
    combinations.without_population,
    marks.quotes,
    marks.comments,
    names.member_ids,
    marks.operators,
    parts.groups_and_ends,
    parts.tests,
    parts.endings,
    parts.doubled,
    event_lines.event_lines,
    expressions.brackets,
    expressions.conditionals,
    phrases.aggregates,
    doubtful.types_of_money,
    doubtful.proportions,
    doubtful.doubtful,
    unsaid.unsaid,
    phrases.foreign_words,
    names.names,
    expressions.functions,
    expressions.closing,
    marks.punctuation,
    parts.misplaced,
    parts.strangers,
    words.missing_words,
    words.missing_parts,
    marks.stray_signs,
)
"""From the surest to the most daring."""


def slip_at(stop: Stop) -> tuple[Slip, Resumption | None]:
    """What was probably meant at a stop, and where reading goes on once that is repaired."""
    for rule in RULES:
        for slip in rule(stop):
            resumption = stop.mend(slip)
            if resumption is not None or slip.sure:
                return (slip if resumption is not None else evolve(slip, plain=False)), resumption
    return _unexpected(stop), None


def _unexpected(stop: Stop) -> Slip:
    """What came, what could have come, and behind what."""
    expected = may_come(stop.expected, stop.previous)
    due = f"expected {listed(expected)}{stop.behind}" if expected else f"nothing can stand{stop.behind}"
    if stop.at_end:
        last = stop.before()
        return Slip(
            "unexpected-text", f"{due}, but the file ends", stop.gap, shown=stop.gap if last is None else last.span
        )
    return Slip("unexpected-text", f"{due}, found {quoted(stop.word)}", stop.span)
