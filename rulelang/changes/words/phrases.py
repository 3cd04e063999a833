"""How a comparison calls classes of payers, events and amounts."""

from rulelang.base.diagnostic import Diagnostic
from rulelang.base.money import Currency, Exact
from rulelang.changes.event_comparison import EventComparison
from rulelang.model.result_columns import UNCOVERED
from rulelang.profiles.words import shortened

THE_LOSS = "the loss"
"""What varies, in words, unless it is a given or one defaulter's loss."""
SPOKEN = {
    "ccp": "the CCP",
    "survivors": "the surviving members",
    "defaulters": "the defaulters",
    UNCOVERED: "what stays uncovered",
}
"""Classes of payers as a person would say them; parties go by their names."""


def spoken(name: str) -> str:
    """A class of payers, or a payer, in words."""
    return SPOKEN.get(name, f"`{name}`")


def event_named(event: EventComparison) -> str:
    """An event by its title."""
    return f'"{event.event.heading}"'


def shown(amount: Exact, currency: Currency) -> str:
    """An amount cut off behind the minor unit; ``…`` says that its digits go on (the JSON has all)."""
    return f"{currency.code} {shortened(amount, currency)}"


def with_helps(found: Diagnostic, at: str = "") -> str:
    """What was found, ``at`` where, and what helps."""
    return "; ".join((f"{found.message}{at}", *found.helps))
