"""The lines of a history that an event does not have."""

from rulelang.syntax import nodes
from rulelang.syntax.format.layout import Doc
from rulelang.syntax.format.phrases.events import event_item
from rulelang.syntax.format.phrases.expressions import atom
from rulelang.syntax.format.phrases.words import in_segment, name


def item(node: nodes.HistoryHead | nodes.HistoryItem) -> Doc:
    """A line of an event, of the head of a history or of a day; of a member only the line that names it."""
    match node:
        case nodes.DuesPaid():
            return "dues paid when payable"
        case nodes.DepartureItem():
            return f"departure of {name(node.member)}"
        case nodes.PaidInItem():
            pot = f"{name(node.pot)}{in_segment(node.segment)}"
            return f"paid in by {name(node.payer)} to {pot} {atom(node.amount)}"
        case nodes.PaidOutItem():
            pot = f"{name(node.pot)}{in_segment(node.segment)}"
            return f"paid out to {name(node.payer)} from {pot} {atom(node.amount)}"
        case nodes.RecoveredItem():
            return f"recovered from {name(node.member)} {atom(node.amount)}"
        case _:
            return event_item(node)
