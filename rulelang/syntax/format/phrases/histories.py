"""The lines of a history that an event does not have."""

from rulelang.syntax import nodes
from rulelang.syntax.format.layout import Doc
from rulelang.syntax.format.phrases.events import event_item
from rulelang.syntax.format.phrases.expressions import atom
from rulelang.syntax.format.phrases.words import in_segment, name, quoted


def head_item(node: nodes.HistoryHead) -> str:
    """A line of the head of a history."""
    match node:
        case nodes.ExerciseItem():
            return f"exercise {quoted(node.name)}"
        case nodes.Under():
            return f"under {quoted(node.path)}"
        case nodes.DuesPaid():
            return "dues paid when payable"


def item(node: nodes.HistoryItem) -> Doc:
    """One item of an event or of a day of a history; of a member only the line that names it."""
    match node:
        case nodes.DepartureItem():
            return f"departure of {name(node.member)}"
        case nodes.PaidInItem():
            pot_ = f"{name(node.pot)}{in_segment(node.segment)}"
            return f"paid in by {name(node.payer)} to {pot_} {atom(node.amount)}"
        case nodes.PaidOutItem():
            pot_ = f"{name(node.pot)}{in_segment(node.segment)}"
            return f"paid out to {name(node.payer)} from {pot_} {atom(node.amount)}"
        case nodes.RecoveredItem():
            return f"recovered from {name(node.member)} {atom(node.amount)}"
        case _:
            return event_item(node)
