"""The domain of columns: whole minor units of many scenarios at once, each equal to what the interpreter gives.

The one evaluator runs over it a single time and thereby writes a tape (:mod:`rulelang.sweeps.tape.tape`).  A
:class:`Column` is a fraction of two references into the tape; what does not vary stays a plain number.  What the rules
do not allow is noted with the truth that says in which scenarios.
"""

from collections.abc import Sequence
from math import gcd
from operator import itemgetter
from typing import Literal

from attrs import define, field, frozen

from rulelang.base.apportion import share
from rulelang.run.domain import Domain, Sharers
from rulelang.run.payments import Payments
from rulelang.sweeps.tape.aggregates import Aggregates
from rulelang.sweeps.tape.losses import ColumnLosses
from rulelang.sweeps.tape.nodes import Elem, Node, Operand, Ref, high_of, low_of
from rulelang.sweeps.tape.numpy_sharing import Sharing
from rulelang.sweeps.tape.operations import excludes
from rulelang.sweeps.tape.values import Column, Mask, Row, Truth, Value, kind_of, ref_of, settled, truth_ref


@frozen
class ColumnPayments(Payments):
    """What each payer of a turn pays."""

    amounts: Sequence[Value]
    total: Value

    def of(self, index: int) -> Value:
        """What one payer pays."""
        return self.amounts[index]


@define
class ColumnDomain(Aggregates, Domain):
    """Numbers over many scenarios; see :class:`rulelang.run.domain.Domain` for what each operation means.

    ``owners`` says of a column in which scenarios it may be other than 0, if that is known; ``firsts`` has, for each
    loss in order, whose it is and in which scenarios it is that member's first.
    """

    owners: dict[Elem, Ref] = field(factory=dict)
    firsts: list[tuple[int, Truth]] = field(factory=list)

    # -------------------------------------------------------------------------------------------------------- sharing

    def piled(self, rows: Sequence[Row]) -> Row:
        """The sums of several payments of the same payers, in whole numbers."""
        count = len(rows[0])
        operands = [self.tape.packed([ref_of(value) for value in row]) for row in rows]
        operands = [operand for operand in operands if isinstance(operand, (Node, tuple)) or operand]
        if count == 1 or not any(isinstance(operand, Node) and operand.width for operand in operands):
            result: Row = [0] * count
            for row in rows:
                result = self.plus(result, list(row))
            return result
        bounds = (sum(map(low_of, operands)), sum(map(high_of, operands)))
        node = self.tape.make("pile", *operands, bounds=bounds)
        return [Column(self, Elem(node, place), 1) for place in range(count)]

    def listed(self, amounts: Sequence[Value]) -> Payments:
        """Payments known one by one."""
        return ColumnPayments(amounts, self.total(amounts))

    def losses(self, amounts: Sequence[Value]) -> ColumnLosses:
        """The losses at the start."""
        return ColumnLosses(self, list(amounts))

    def own_losses(
        self, members: Sequence[int | None], owed: Row, limits: Sequence[Value | None], left: Value, *, bounded: bool
    ) -> Row:
        """What each defaulter pays of its own losses, in the order of the first losses of each scenario."""
        bounds = [left if limit is None else limit for limit in limits]
        amounts = self.least_each([owed, bounds])
        if bounded:
            paid: Row = [0] * len(members)
            places = {member: place for place, member in enumerate(members)}
            for member, first in self.firsts:
                if member not in places:
                    continue
                place = places[member]
                amount = self.chosen([first], [self.least([amounts[place], left])], [0])[0]
                left = self.rest(left, amount)
                paid[place] = paid[place] + amount
            amounts = paid
        for owing, amount in zip(owed, amounts, strict=True):
            self.owned_as(amount, owing)
        return amounts

    def owned_as(self, value: Value, other: Value) -> None:
        """Note that a column is other than 0 only where another may be."""
        if isinstance(value, Column) and isinstance(other, Column):
            owner = self.owners.get(other.numerator)  # type: ignore[arg-type]
            if owner is not None and isinstance(value.numerator, Elem):
                self.owners[value.numerator] = owner

    def share(self, draw: Value, sharers: Sharers, origin: tuple[Payments, int] | None = None) -> Payments:
        """Water-filling and largest remainder."""
        del origin  # the draw is whole already
        if len(sharers.ids) == 1 and sharers.present is None and sharers.keys[0] == 1 and sharers.reallocates:
            return ColumnPayments([draw], draw)  # the draw is no more than the one payer can pay
        order, operands = self._sharers(draw, sharers)
        if order is None:
            return ColumnPayments([0] * len(sharers.keys), 0)
        if not any(isinstance(operand, Node) for operand in operands):
            return self._settled(draw, order, operands, sharers)
        return self._shared("share", draw, order, operands, Sharing(len(order), sharers.reallocates))

    def _settled(self, draw: int, order: Sequence[int], operands: Sequence[Operand], sharers: Sharers) -> Payments:
        """A sharing in which nothing varies; ``operands`` are in the order of the payers' ids."""
        size = len(order)
        keys, limits, there = (self.tape.unpacked(operand, size) for operand in operands[1:4])
        weights = [settled(key) if truth else 0 for key, truth in zip(keys, there, strict=True)]
        shared = share(draw, weights, [settled(limit) for limit in limits], range(size), reallocate=sharers.reallocates)
        return ColumnPayments(_put_back(order, shared.units), shared.total)

    def _shared(
        self,
        operation: Literal["share", "ranks"],
        draw: Value,
        order: Sequence[int],
        operands: Sequence[Operand],
        sharing: Sharing,
    ) -> ColumnPayments:
        """A sharing that varies."""
        most = max(min(high_of(operands[0]), high_of(operands[2])), 0)
        node = self.tape.make(operation, *operands, detail=sharing, bounds=(0, most))
        refs: list[Ref] = [Elem(node, place) for place in range(len(order))]
        amounts = _put_back(order, [Column(self, ref, 1) for ref in refs])
        if sharing.reallocates:
            return ColumnPayments(amounts, draw)
        bounds = (0, max(high_of(self.tape.scalar(ref_of(draw))), 0))
        total: Ref = refs[0]
        if len(refs) > 1:
            everybody = True
            total = Elem(self.tape.make("sum", self.tape.packed(refs), everybody, bounds=bounds))
        return ColumnPayments(amounts, self.value(total, 1))

    def _sharers(self, draw: Value, sharers: Sharers) -> tuple[list[int] | None, tuple[Operand, ...]]:
        """The payers in the order of their ids, and what a sharing node takes: draw, keys, limits, who is there."""
        order = sorted(range(len(sharers.ids)), key=lambda place: sharers.ids[place])
        if not order or draw == 0:
            return None, ()
        keys = self._whole_keys([sharers.keys[place] for place in order])
        limits: list[Ref] = [ref_of(draw if sharers.limits[p] is None else sharers.limits[p]) for p in order]
        there: list[Ref] = [True] * len(order)
        if sharers.present is not None:
            there = [truth_ref(sharers.present[place]) for place in order]
        tape = self.tape
        return order, (tape.scalar(ref_of(draw)), tape.packed(keys), tape.packed(limits), tape.packed(there))

    def _whole_keys(self, keys: Row) -> list[Ref]:
        """Whole numbers in the same proportions as the keys."""
        numerators, _ = self.over_one(keys)
        if numerators is None:  # each key times the denominators of all others
            numerators, denominators = self.numbers(keys)
            for index in range(len(keys)):
                for place, denominator in enumerate(denominators):
                    if place != index:
                        numerators[index] = self.tape.one("mul", numerators[index], denominator)
        if not any(isinstance(ref, Elem) for ref in numerators):
            divisor = gcd(*map(settled, numerators)) or 1
            return [settled(ref) // divisor for ref in numerators]
        return numerators

    def share_ranked(self, draw: Value, sharers: Sharers, ranks: Sequence[Value], *, highest: bool) -> Payments:
        """A draw shared rank by rank, where the ranks vary."""
        order, operands = self._sharers(draw, sharers)
        if order is None:
            return ColumnPayments([0] * len(sharers.keys), 0)
        values = [ranks[place] for place in order]
        kind = kind_of(values)
        marks = self.marks(values, kind) if kind != "number" else self.over_one(values)[0]
        if marks is None:
            marks = self._whole_keys(list(values))
        sharing = Sharing(len(order), reallocates=True, highest=highest)
        return self._shared("ranks", draw, order, (*operands, self.tape.packed(marks)), sharing)

    def divide(self, amount: Value, weights: Sequence[Value], limits: Sequence[Value | None]) -> Payments:
        """An amount shared, ties to the one written first."""
        ids = range(len(weights))
        shared = self.share(amount, Sharers(ids, weights, limits))
        if all(limit is None for limit in limits):  # all weights may be zero, and then nothing is shared
            amounts = [shared.of(place) for place in ids]
            return ColumnPayments(amounts, self.total(amounts))
        return shared

    def present_only(self, values: Row, present: Sequence[Truth]) -> Row:
        """The values; 0 for those that are 0 wherever their owner is present."""
        result = list(values)
        for index, (value, truth) in enumerate(zip(values, present, strict=True)):
            if isinstance(value, Column) and isinstance(truth, Mask) and isinstance(value.numerator, Elem):
                owner = self.owners.get(value.numerator)
                if isinstance(owner, Elem) and _excluded(truth.ref, owner):
                    result[index] = 0
        return result


def _put_back(order: Sequence[int], values: Sequence[Value]) -> Row:
    """Values that were put in an order, where each of them was before."""
    return [value for _, value in sorted(zip(order, values, strict=True), key=itemgetter(0))]


def _excluded(truth: Ref, owner: Elem) -> bool:
    """Whether a truth cannot hold where a payer is the owner of something."""
    if not isinstance(truth, Elem) or truth.node.width != owner.node.width or truth.index != owner.index:
        return False
    return excludes(truth.node, owner.node)
