"""Invariants, assumptions, and what a test expects."""

from typing import assert_never

from rulelang.syntax import nodes
from rulelang.syntax.format.layout import Break, Doc, Group, Nest, hanging
from rulelang.syntax.format.phrases.expressions import atom, expression
from rulelang.syntax.format.phrases.words import in_segment, name, quoted, under


def statement_header(node: nodes.Statement) -> Doc:
    """``ensure "text" for survivors where c:``."""
    opening = f"{'ensure' if isinstance(node, nodes.EnsureSection) else 'assume'} {quoted(node.text)}"
    if node.population is None:
        return f"{opening}:"
    where = "" if node.where is None else hanging(("where ", expression(node.where)))
    # Deeper than the condition below it, so that the two cannot be taken for each other.
    scope = Group(Nest((Break(), f"for {node.population}", where), 8))
    return (opening, scope, ":")


def event_file(node: nodes.EventFile) -> str:
    """``event "events/aas-2018.event"``."""
    return f"event {quoted(node.path)}"


def history_file(node: nodes.HistoryFile) -> str:
    """``history "histories/autumn-2018.history"``."""
    return f"history {quoted(node.path)}"


def expectation(node: nodes.Expectation) -> str:
    """``expect junior pays EUR 7 million under x``, ``expect on 2018-09-11 uncovered EUR 0``."""
    day = "" if node.day is None else f"on {node.day.text} "
    return f"expect {day}{_expected(node)}"


def _expected(node: nodes.Expectation) -> str:
    """What is expected, without the day."""
    match node:
        case nodes.ExpectPays():
            return f"{name(node.who)} pays {atom(node.amount)}{under(node.under)}{in_segment(node.segment)}"
        case nodes.ExpectUncovered():
            return f"uncovered {atom(node.amount)}{in_segment(node.segment)}"
        case nodes.ExpectOutcome():
            return f"outcome {name(node.outcome)}"
        case nodes.ExpectEnsure():
            return f"{quoted(node.text)} {'holds' if node.holds else 'broken'}"
        case nodes.ExpectOwes():
            return f"{name(node.who)} owes {atom(node.amount)} to {name(node.pot)}{in_segment(node.segment)}"
        case nodes.ExpectHolds():
            return f"{name(node.who)} holds {atom(node.amount)} in {name(node.pot)}{in_segment(node.segment)}"
        case nodes.ExpectRepaid():
            return f"{name(node.who)} repaid {atom(node.amount)}{under(node.under)}"
        case nodes.ExpectPeriod():
            return f"period {name(node.period)} {'open' if node.is_open else 'closed'}"
        case _:
            assert_never(node)
