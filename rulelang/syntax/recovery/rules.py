"""What was meant: the slips people make most, each recognised by a rule of its own.

A rule looks at a place where reading stopped and proposes slips.  The first slip counts whose repair lets the text go
on, or that is sure without that.  Where no rule knows better, the diagnostic says what could have come instead.
"""

from collections.abc import Callable, Iterator

from attrs import evolve

from rulelang.syntax.recovery import (
    combinations,
    counts,
    doubtful,
    event_lines,
    expressions,
    marks,
    names,
    parts,
    phrases,
    quantities,
    rounding,
    values,
    words,
)
from rulelang.syntax.recovery.expected import listed, may_come
from rulelang.syntax.recovery.slip import Slip, quoted, too_deep
from rulelang.syntax.recovery.stop import Resumption, Stop

Rule = Callable[[Stop], Iterator[Slip]]

RULES: tuple[Rule, ...] = (
    marks.unseen,
    rounding.of_the_whole,
    words.misspelt,
    parts.whole_files,
    parts.doubled,
    values.dates,
    quantities.in_words_and_digits,
    values.amounts,
    values.numbers,
    quantities.parts,
    quantities.multiples,
    quantities.whichever,
    quantities.extremes,
    counts.counted,
    combinations.several,
    combinations.combinations,
    combinations.sums_over,
    combinations.ranked,
    combinations.without_population,
    marks.quotes,
    marks.comments,
    names.member_ids,
    marks.operators,
    parts.groups_and_ends,
    parts.tests,
    parts.openings,
    parts.endings,
    event_lines.event_lines,
    expressions.brackets,
    expressions.conditionals,
    expressions.memberships,
    phrases.aggregates,
    doubtful.types_of_money,
    doubtful.proportions,
    rounding.units,
    doubtful.doubtful,
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
    if stop.moment.before.is_too_deep:
        return too_deep(stop.first), None
    for rule in RULES:
        for slip in rule(stop):
            resumption = stop.mend(slip)
            if resumption is not None or slip.sure:
                return (slip if resumption is not None else evolve(slip, plain=False)), resumption
    for rule in RULES:
        for slip in rule(stop):
            resumption = stop.mend(slip, alone=True) if slip.code in _BESIDE_OTHERS else None
            if resumption is not None and _is_slip_too(stop.with_repair(slip)):
                return evolve(slip, plain=False), resumption
    return _unexpected(stop), None


_BESIDE_OTHERS = frozenset({"foreign-word", "foreign-number", "foreign-amount", "foreign-date", "misspelt-word"})
"""Slips that are told even if another one stands right behind them."""


def _is_slip_too(stop: Stop | None) -> bool:
    """Whether what stands right behind a repair is a slip as well, with a repair that lets the text go on."""
    return stop is not None and any(stop.mend(slip) is not None for rule in RULES for slip in rule(stop))


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
