"""What was meant: the slips people make most, each recognised by a rule of its own.

A rule looks at a place where reading stopped and proposes slips.  The first slip counts whose repair lets the text go
on, or that is sure without that.  Where no rule knows better, the diagnostic says what could have come instead.
"""

from collections.abc import Callable, Iterator

from rulelang.syntax.recovery import expressions as slip_expressions
from rulelang.syntax.recovery import marks as slip_marks
from rulelang.syntax.recovery import names as slip_names
from rulelang.syntax.recovery import parts as slip_parts
from rulelang.syntax.recovery import phrases as slip_phrases
from rulelang.syntax.recovery import values as slip_values
from rulelang.syntax.recovery import words as slip_words
from rulelang.syntax.recovery.expected import listed, phrases
from rulelang.syntax.recovery.slip import Slip, quoted
from rulelang.syntax.recovery.stop import Resumption, Stop

Rule = Callable[[Stop], Iterator[Slip]]

RULES: tuple[Rule, ...] = (
    slip_marks.unseen,
    slip_words.misspelt,
    slip_parts.whole_files,
    slip_values.dates,
    slip_values.amounts,
    slip_values.numbers,
    slip_marks.quotes,
    slip_marks.comments,
    slip_marks.operators,
    slip_parts.groups_and_ends,
    slip_parts.tests,
    slip_parts.endings,
    slip_parts.doubled,
    slip_expressions.brackets,
    slip_expressions.conditionals,
    slip_phrases.aggregates,
    slip_phrases.foreign_words,
    slip_names.names,
    slip_expressions.closing,
    slip_marks.punctuation,
    slip_parts.misplaced,
    slip_parts.strangers,
    slip_words.missing_words,
    slip_words.missing_parts,
    slip_marks.stray_signs,
)
"""From the surest to the most daring."""


def slip_at(stop: Stop) -> tuple[Slip, Resumption | None]:
    """What was probably meant at a stop, and where reading goes on once that is repaired."""
    for rule in RULES:
        for slip in rule(stop):
            resumption = stop.mend(slip)
            if resumption is not None or slip.sure:
                return slip, resumption
    return _unexpected(stop), None


def _unexpected(stop: Stop) -> Slip:
    """What came, what could have come, and behind what."""
    expected = phrases(stop.expected, stop.previous)
    behind = f" behind {quoted(stop.previous)}" if stop.previous else ""
    due = f"expected {listed(expected)}{behind}" if expected else f"nothing can stand{behind}"
    if stop.at_end:
        last = stop.before()
        shown = (stop.at, stop.at) if last is None else (last.start, last.end)
        return Slip("unexpected-text", f"{due}, but the file ends", stop.at, stop.at, shown=shown)
    return Slip("unexpected-text", f"{due}, found {quoted(stop.word)}", stop.at, stop.end)
