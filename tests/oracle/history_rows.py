"""What a day of a history gives, as a history shows it."""

from collections.abc import Callable
from typing import Any

from tests.oracle.due import Due
from tests.oracle.run import shown
from tests.oracle.standing import Movement, Row, Standing, Today


def day_row(stands: Standing, now: Today) -> Row:
    """The day as a history shows it."""
    rb = stands.rb
    position = {seg: i for i, seg in enumerate([None, *rb.segments])}
    step = {name: i for i, name in enumerate(rb.steps)}

    def rows(found: list[Any], amount: Callable[[Any], int] = lambda x: x.amount) -> list[Row]:
        shown_rows = []
        for x in sorted(found, key=lambda x: (x.payer, x.pot, position.get(x.segment, -1))):
            row = {"payer": x.payer, "pot": x.pot, "segment": x.segment, "amount": shown(rb, amount(x))}
            shown_rows.append(row | ({"payable": str(x.payable)} if isinstance(x, Due) else {}))
        return shown_rows

    balances = []
    for (who, pot, seg), amount in stands.balances.items():
        if who is None or who in now.present:
            balances.append(Movement(rb.owner(pot) if who is None else who, pot, seg, amount))
    overdue = [x for x in stands.dues if x.left and x.payable < now.day]
    repaid = sorted(now.repaid, key=lambda x: (x.payer, step[x.step], x.defaulter))
    periods = [(name, *stands.periods[name]) for name in rb.periods if name in stands.periods]
    return {
        "date": str(now.day),
        "rulebook": {"title": rb.title},
        "run": now.result,
        "paid_in": rows(now.paid_in),
        "due": rows(now.due),
        "cancelled": rows(now.cancelled),
        "overdue": rows(overdue, lambda x: x.left),
        "repaid": [
            {"from": x.defaulter, "step": x.step, "payer": x.payer, "amount": shown(rb, x.amount)} for x in repaid
        ],
        "rest": shown(rb, now.rest),
        "balances": rows(balances),
        "periods": [
            {"period": name, "first": str(first), "last": str(last)}
            for name, first, last in periods
            if first <= now.day <= last
        ],
    }
