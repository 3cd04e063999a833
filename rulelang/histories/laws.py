"""The laws of every day of a history, checked with sums alone: what is in a pot is what was in it, and what moved.

They share no code with what moves the money, so that a fault there shows.
"""

from collections.abc import Iterator, Mapping, Sequence

from rulelang.base.diagnostic import InternalError, finding
from rulelang.histories.standing import Standing
from rulelang.model.event import Value
from rulelang.model.history import Account, Balances, Repayment


def verify_day(
    standing: Standing,
    before: Balances,
    drawn: Mapping[Account, int],
    repaid: Sequence[Repayment],
    recovered: Mapping[str, int],
    rest: int,
) -> None:
    """Check the laws of a day; ``before`` are the balances with which its run began.

    Raises:
        InternalError: one is broken.
    """
    broken = []
    into: dict[Account, int] = {}
    for one in repaid:
        if one.into is not None:
            account: Account = standing.program.owners.get(one.into, one.payer), one.into, None
            into[account] = into.get(account, 0) + one.amount
    moved = list(_moved(before, standing.snapshot(), {*drawn, *into}))
    for account, amount, now in moved:
        due = amount - drawn.get(account, 0) + into.get(account, 0)
        if now != due or now < 0:
            broken.append(f"`{account[0]}` has {now} in `{account[1]}`, and should have {due}")
    if drawn.keys() - {account for account, _, _ in moved}:
        broken.append("money was drawn from a pot of nobody")
    if sum(one.amount for one in repaid) + rest != sum(recovered.values()) or rest < 0:
        broken.append("what was repaid and the rest are not what was recovered")
    broken += [
        f"`{owed.account[0]}` owes {owed.left} of {owed.amount} to `{owed.account[1]}`"
        for owed in standing.owed
        if not 0 <= owed.left <= owed.amount
    ]
    if broken:
        message = f"a law of every day is broken: {broken[0]}"
        raise InternalError([finding("broken-invariant", message, notes=broken[1:])])


def _moved(before: Balances, after: Balances, some: set[Account]) -> Iterator[tuple[Account, int, int]]:
    """Some accounts, and all in which anything is different or that are no members', with what was and is in them."""
    for ((pot, segment), old), (_, new) in zip(before.fields, after.fields, strict=True):
        moved = {payer for payer, its_pot, its_segment in some if its_pot == pot and its_segment == segment}
        if old != new:
            moved |= {payer for payer, value in old.items() if value != new[payer]}
        yield from (((payer, pot, segment), _units(old[payer]), _units(new[payer])) for payer in moved if payer in old)
    for ((pot, segment), owner, held), (_, _, now) in zip(before.givens, after.givens, strict=True):
        yield (owner, pot, segment), _units(held), _units(now)


def _units(value: Value | None) -> int:
    assert value is None or isinstance(value, int)
    return value or 0
