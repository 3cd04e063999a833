r"""Who pays how much: the sharings of a run, rounded to the minor unit or exact.

*Rounding.*  By largest remainder an exact share x becomes u with floor(x) <= u <= ceil(x), the sum stays the draw, and
u = x where x is whole, so at a whole limit and at zero.  Kept of that: \\|u - x\\| < 1 (of n members together: <= n),
u <= limit, the two equalities, the sum; and that the same draw, keys, limits and ids give the same units.
"""

from collections.abc import Iterable, Sequence

from attrs import define, field, frozen

from rulelang.proof.domain.filling import Fillings
from rulelang.proof.domain.levels import Payer
from rulelang.proof.domain.terms import Form, Number, Truth, added, conjunction, fixed, implies, negation
from rulelang.proof.domain.values import Sum, Symbolic, number_in, slot_of, summed
from rulelang.run.domain import Sharers
from rulelang.run.payments import Payments
from rulelang.run.values import Row, Tie


@frozen
class SymbolicPayments(Payments):
    """What each payer of a turn pays, sums where it is a slot, and what all pay together."""

    amounts: Sequence[Symbolic]
    total: Number

    def of(self, index: int) -> Symbolic:
        """What one payer pays."""
        return self.amounts[index]

    def sum_of(self, places: Iterable[int]) -> Number:
        """What some payers pay together."""
        return added(number_in(self.amounts[place]) for place in places)


@frozen
class Rounding:
    """A sharing that was rounded: what the units are a function of, and they."""

    ids: tuple[Tie, ...]
    kind: tuple[object, ...]
    draw: Number
    payers: tuple[Payer, ...]
    units: tuple[Number, ...]


@define
class Sharings(Fillings):
    """The sharings of a domain; ``roundings`` are those so far.

    ``any_order`` if defaulters who stand alone may have defaulted in another order than they stand in.
    """

    roundings: list[Rounding] = field(factory=list)
    any_order: bool = False

    def share(self, draw: Number, sharers: Sharers, origin: tuple[Payments, int] | None = None) -> Payments:
        """A draw shared in proportion to keys, nobody above its limit (section 7.5 of the specification)."""
        del origin
        payers = self._present(sharers)
        if not payers:
            return SymbolicPayments((), 0)
        if len(payers) == 1 and sharers.reallocates:
            return self._paid([draw], payers, draw)
        if sharers.reallocates:
            exact = self.filled(draw, payers)
            return self._paid(self._units(draw, payers, exact, tuple(sharers.ids)), payers, draw)
        flat = self.flat(draw, payers)
        total = self.down(added(flat))
        return self._paid(self._units(total, payers, flat, tuple(sharers.ids), ("flat", draw)), payers, total)

    def share_ranked(self, draw: Number, sharers: Sharers, ranks: Sequence[Symbolic], *, highest: bool) -> Payments:
        """A draw shared rank by rank, where the ranks vary.

        Raises:
            Outside: members taken as one are of several ranks.
        """
        payers = self._present(sharers)
        slot_of(*ranks)  # what is outside says so
        if any(isinstance(rank, Sum) for rank in ranks):  # who of the members of a slot comes first is not known
            order = highest, *ranks
            exact = self.filled_in_order(draw, payers, order)
        else:
            order = tuple(-rank for rank in ranks) if highest else tuple(ranks)
            exact = self.ranked_filling(draw, payers, order)
        return self._paid(self._units(draw, payers, exact, tuple(sharers.ids), ("ranked", *order)), payers, draw)

    def _present(self, sharers: Sharers) -> tuple[Payer, ...]:
        """Those who share; who is not there has no key and no limit."""
        keys, limits = list(sharers.keys), list(sharers.limits)
        if sharers.present is not None:
            nothing = [0] * len(keys)
            keys = self.chosen(sharers.present, keys, nothing)
            if None not in limits:
                limits = self.chosen(sharers.present, limits, nothing)
        return self.payers(keys, limits, lending=sharers.present is None)

    def _paid(self, amounts: Sequence[Number], payers: Sequence[Payer], total: Number) -> Payments:
        how = tuple(payers)
        rows = zip(amounts, payers, strict=True)
        each = [
            amount if payer.slot is None else summed(self.of_each(amount, how), payer.slot) for amount, payer in rows
        ]
        return SymbolicPayments(each, total)

    def divide(self, amount: Symbolic, weights: Sequence[Symbolic], limits: Sequence[Symbolic | None]) -> Payments:
        """An amount shared among the steps of a group or the segments of a pot, ties to the one written first."""
        parts = self._in_one_ratio(amount, weights, limits)
        if parts is not None:
            return parts
        if isinstance(amount, Sum):
            return self._divided_by_each(amount, weights, limits)
        payers = self.payers(weights, limits)
        ids = tuple(range(len(payers)))
        if len(payers) == 1:
            only = payers[0]
            paid = amount if only.limit is not None else self.either(negation(self.equal(only.key, 0)), amount, 0)
            return self._paid([paid], payers, paid)
        if any(limit is not None for limit in limits):
            return self._paid(self._units(amount, payers, self.filled(amount, payers), ids), payers, amount)
        # a key is below zero only where a condition leaves its payer out
        keys = [self.greatest_of([payer.key, 0]) for payer in payers]
        amount = self.either(negation(self.equal(added(keys), 0)), amount, 0)
        exact = self.split_in_proportion(amount, keys)
        return self._paid(self._units(amount, payers, exact, ids), payers, amount)

    def _in_one_ratio(
        self, amount: Symbolic, weights: Sequence[Symbolic], limits: Sequence[Symbolic | None]
    ) -> Payments | None:
        """An amount that is so many times all weights, the same for everybody: then each part is as many times its own.

        It is shared before rounding, and nobody's limit is another than its weight (``None``: else it is not known).
        """
        if self.rounding or tuple(weights) != tuple(limits):
            return None
        self.place += 1
        number, slot = number_in(amount), slot_of(amount)
        parts = self.at_known_level(number, self.payers(weights, limits))
        return None if parts is None else SymbolicPayments([summed(part, slot) for part in parts], number)

    def _divided_by_each(self, amount: Sum, weights: Sequence[Symbolic], limits: Sequence[Symbolic | None]) -> Payments:
        """An amount of each of many members, divided by each in its own proportions: only sums and bounds carry over.

        Without limits a member whose weights are all zero divides nothing, so that the parts may come to less.
        """
        slot = amount.slot
        parts = [self.fresh("part", 0, whole=self.whole_number(amount.form)) for _ in weights]
        whole = added(list(parts))
        unlimited = any(limit is None for limit in limits)
        for part, weight, limit in zip(parts, weights, limits, strict=True):
            total = self.at_most(whole, amount.form) if unlimited else self.equal(whole, amount.form)
            nothing = self.equal(self.sum_of_each(weight, slot), 0)
            self.defines(part, total, implies(nothing, self.equal(part, 0)))
            if limit is not None:
                self.defines(part, self.at_most(part, self.sum_of_each(limit, slot)))
        return SymbolicPayments([summed(part, slot) for part in parts], amount.form)

    def own_losses(
        self,
        members: Sequence[int | None],
        owed: Row,
        limits: Sequence[Symbolic | None],
        left: Number,
        *,
        bounded: bool,
    ) -> Row:
        """What each defaulter pays of its own losses, one after the other, and all together at most ``left``."""
        owed = self.of_members_summed(owed, members)
        most = [own if limit is None else self.least([own, limit]) for own, limit in zip(owed, limits, strict=True)]
        if not bounded:
            return most
        left = self.greatest_of([left, 0])  # a limit is below zero only where a condition leaves it out
        if not any(isinstance(value, Sum) for value in most) and (len(most) == 1 or not self.any_order):
            amounts: Row = []
            for own in most:
                amounts.append(self.least_of([own, left]))
                left = self.floored(left - amounts[-1])
            return amounts
        return self._in_some_order(most, left)

    def of_members_summed(self, values: Row, members: Sequence[int | None]) -> Row:
        """Values that are the sums of their members' already, marked as such."""
        return list(map(summed, values, map(self.slot_at, members)))

    def _in_some_order(self, most: Row, left: Number) -> Row:
        """The same where each may stand anywhere among the others: either all pay all, or all is paid.

        Each pays no more than it would alone, together they pay no more than ``left``, and if one pays less than it
        would alone then nothing is left.
        """
        paid = [self.fresh("own", 0, whole=True) for _ in most]
        all_paid = self.equal(added(list(paid)), left)
        for amount, limit in zip(paid, map(number_in, most), strict=True):
            self.defines(amount, self.at_most(amount, limit), self.at_most(added(list(paid)), left))
            self.defines(amount, implies(self.less(amount, limit), all_paid))
        return list(map(summed, paid, map(slot_of, most)))

    def listed(self, amounts: Sequence[Symbolic]) -> Payments:
        """Payments that are known one by one."""
        return SymbolicPayments(list(amounts), self.total(amounts))

    # ------------------------------------------------------------------------------------------------------ rounding

    def _units(
        self,
        draw: Number,
        payers: tuple[Payer, ...],
        exact: Sequence[Number],
        ids: tuple[Tie, ...],
        kind: tuple[object, ...] = (),
    ) -> tuple[Number, ...]:
        """Shares as minor units that add up to a draw, which is whole."""
        if not self.rounding or all(map(self.whole_number, exact)):
            return tuple(exact)
        key = ("units", draw, payers, tuple(exact), ids, kind)
        if key not in self.known:
            units = tuple(self._unit(payer, share, draw) for payer, share in zip(payers, exact, strict=True))
            total = self.equal(added(units), draw)
            for unit in units:
                if isinstance(unit, Form):
                    self.defines(unit, total)
            self._same_units(Rounding(ids, kind, draw, payers, units))
            self.known[key] = units
        return self.known[key]  # type: ignore[no-any-return]

    def _unit(self, payer: Payer, share: Number, draw: Number) -> Number:
        if fixed(share) and self.whole_number(share):
            return share
        high = None if payer.slot is not None or payer.limit is None else self.bounds(payer.limit)[1]
        unit = self.fresh("units", 0, high, whole=True)
        if payer.slot is None:
            self.defines(unit, self.less(unit, share + 1), self.less(share, unit + 1))
        else:
            number = payer.slot.number
            self.defines(unit, self.at_most(unit, share + number), self.at_most(share, unit + number))
            self.settles_at(unit, 0, *([] if payer.limit is None else [payer.limit]))
        if payer.limit is not None:
            self.defines(unit, self.at_most(unit, payer.limit))
            self.defines(unit, implies(self.equal(share, payer.limit), self.equal(unit, payer.limit)))
        for nothing in (payer.key, share, draw):
            self.defines(unit, implies(self.equal(nothing, 0), self.equal(unit, 0)))
        return unit

    def _same_units(self, rounding: Rounding) -> None:
        """Rounding is a function of the draw, the keys and the limits in the order of the ids."""
        for before in self.roundings:
            if before.ids != rounding.ids or before.kind != rounding.kind:
                continue
            same: Truth = self.equal(rounding.draw, before.draw)
            for payer, other in zip(rounding.payers, before.payers, strict=True):
                if (payer.limit is None, payer.slot is None) != (other.limit is None, other.slot is None):
                    same = False
                    break
                equal = self.equal if payer.slot is None else self.same_for_each
                same = conjunction(same, equal(payer.key, other.key), equal(payer.limit or 0, other.limit or 0))
            if same is False:
                continue
            for unit, earlier in zip(rounding.units, before.units, strict=True):
                if isinstance(unit, Form):
                    self.defines(unit, implies(same, self.equal(unit, earlier)))
        self.roundings.append(rounding)
