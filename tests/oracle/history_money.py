"""Money that comes into the pots of a history and goes out of them, and what settles dues."""

from tests.oracle.event import segment_for, whole_amount
from tests.oracle.parts import Move, RawDay
from tests.oracle.standing import Movement, Standing, Today
from tests.oracle.tables import Tables
from tests.oracle.values import csv_amount
from tests.oracle.words import bad_event


def dues_payable(stands: Standing, now: Today) -> None:
    """What is due by now is paid in by itself, each on its day."""
    for due in sorted(stands.dues, key=lambda x: x.payable):
        if due.left and due.payable <= now.day:
            key = stands.key(due.payer, due.pot, due.segment)
            now.paid_in.append(Movement(due.payer, due.pot, due.segment, due.left))
            dates = stands.values[key[0]].setdefault((due.pot, due.segment), {})
            dates[due.payable] = stands.balances.get(key, dates[max(dates)]) + due.left
            if key in stands.balances:
                stands.balances[key] = dates[due.payable]
            due.left = 0


def pay(stands: Standing, block: RawDay, now: Today, tables: Tables) -> None:
    """What is paid in, then what is paid out."""
    moves = []
    for move in block.moves:
        if move.table is None:
            moves.append((move, whole_amount(move.amount, stands.rb, move.place)))
            continue
        for where, row in tables.records(move.table, ("payer", "pot", "amount"), ("segment",)):
            amount = csv_amount(row["amount"], stands.rb.currency, stands.rb, where)
            if amount < 0:
                bad_event(f"{where}: negative")
            line = Move(False, row["payer"], row["pot"], row["segment"] or None, (), where)
            moves.append((line, int(amount)))
    for move, amount in sorted(moves, key=lambda x: x[0].out):
        _move(stands, move, amount, now)


def _move(stands: Standing, move: Move, amount: int, now: Today) -> None:
    """Money in or out."""
    rb, payer, seg = stands.rb, move.payer, move.segment
    where = f"{move.place}, {payer}, {move.pot}"
    d = rb.decl(move.pot)
    if d is None:
        bad_event(f"{where}: no such name")
    segment_for(rb, d.per_segment, seg, where)
    owed = [x for x in stands.dues if (x.payer, x.pot, x.segment) == (payer, d.name, seg)]
    left = 0 if move.out else sum(x.left for x in owed)
    if not left:
        if d.name not in rb.pots:
            bad_event(f"{where}: no pot")
        if d.is_field:
            if payer not in now.present and payer not in stands.departed:
                bad_event(f"{where}: neither a member nor one that departed")
        elif payer != rb.owner(d.name):
            bad_event(f"{where}: it is a pot of {rb.owner(d.name)}")
    key = stands.key(payer, d.name, seg)
    if move.out:
        if amount > stands.balances.get(key, 0):
            bad_event(f"{where}: more is paid out than there is")
        stands.balances[key] = stands.balances.get(key, 0) - amount
        now.paid_in.append(Movement(payer, d.name, seg, -amount))
        return
    theirs = payer not in stands.departed if d.is_field else payer == rb.owner(d.name)
    if not (theirs and d.name in rb.pots) and amount > left:
        bad_event(f"{where}: it departed, or the pot is another's or none, and it pays in more than it owes")
    if key in stands.balances:
        stands.balances[key] += amount
    else:
        dates = stands.values[key[0]][key[1:]]
        dates[now.day] = dates[max(dates)] + amount
    now.paid_in.append(Movement(payer, d.name, seg, amount))
    for due in owed:
        part = min(amount, due.left)
        due.left -= part
        amount -= part
