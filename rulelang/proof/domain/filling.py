"""A draw shared among payers, before rounding: levels instead of cases wherever the limits allow it.

Sharing in proportion to keys k with limits l is water-filling: there is a level t with x = min(k t, l) for each payer
and sum x = draw (section 7.5 of the specification).  If every limit is one and the same multiple r of its key, all are
full at the level r, and x = k t with t <= r: no case at all, and the same for a sum of members.  Otherwise the least of
the two is one of them, for a member, and no more than either, for many.
"""

from collections.abc import Sequence

from attrs import define

from rulelang.proof.domain.levels import Filling, Levels, Payer
from rulelang.proof.domain.terms import (
    Form,
    Number,
    Truth,
    added,
    conjunction,
    disjunction,
    fixed,
    implies,
    negation,
)
from rulelang.proof.domain.values import Symbolic, slot_of


@define
class Fillings(Levels):
    """Sharings before rounding."""

    def payers(
        self, keys: Sequence[Symbolic], limits: Sequence[Symbolic | None], *, lending: bool = False
    ) -> tuple[Payer, ...]:
        """Those who share, by the rows of their keys and limits; of many the limits count only of those ``lending``.

        Who has no key pays nothing, and its limit is none of what all can pay together (section 7.4, point 7).
        """
        result = []
        for key, limit in zip(keys, limits, strict=True):
            slot = slot_of(key, limit)
            if slot is None:
                result.append(Payer(key, limit, None))
            else:
                most = None if limit is None else self.sum_of_each(limit, slot)
                own = self.sum_of_each(key, slot)
                if lending and most is not None and own != slot.number:
                    most = self.either_of_each(negation(self.equal(own, 0)), most, 0)
                result.append(Payer(own, most, slot))
        return tuple(result)

    def filled(self, draw: Number, payers: tuple[Payer, ...]) -> tuple[Number, ...]:
        """What each pays of a draw that is no more than they can pay together."""
        self.place += 1
        if fixed(draw) and not draw:
            return (0,) * len(payers)
        key = ("filled", draw, payers)
        if key not in self.known:
            common = self._common_ratio(payers)
            if common is None:
                self.known[key] = self._by_cases(draw, payers)
            else:
                known = self.at_known_level(draw, payers)
                self.known[key] = self._at_one_level(draw, payers, common[0]) if known is None else known
        return self.known[key]  # type: ignore[no-any-return]

    def _common_ratio(self, payers: Sequence[Payer]) -> tuple[Number | None] | None:
        """``(ratio,)`` if every limit is that many times its key (``(None,)``: no limits), else ``None``."""
        if all(payer.limit is None for payer in payers):
            return (None,)
        common: tuple[Number] | None = None
        for payer in payers:
            if payer.has_no_key:
                continue
            if payer.limit is None:
                return None
            ratio = self.ratio(payer.limit, payer.key)
            if ratio is None or (common is not None and common[0] != ratio):
                return None
            common = (ratio,)
        return common or (0,)

    def at_known_level(self, draw: Number, payers: tuple[Payer, ...]) -> tuple[Number, ...] | None:
        """What each pays where the draw is an earlier level times all keys, as it is of parts that are shared again."""
        level = self.ratio(draw, added([payer.key for payer in payers]))
        if not any(level == filling.level for filling in self.fillings):
            return None
        assert isinstance(level, Form)
        amounts = tuple(self.multiplied(payer.key, level) for payer in payers)
        self.note(Filling(level, payers, amounts, amounts, self.place))
        return amounts

    def _at_one_level(self, draw: Number, payers: tuple[Payer, ...], ratio: Number | None) -> tuple[Number, ...]:
        high = None if ratio is None else self.bounds(ratio)[1]
        level = self.new_level(high)
        amounts = tuple(self.multiplied(payer.key, level) for payer in payers)
        self.defines(level, self.equal(added(amounts), draw))
        self._starts(level, draw)
        able = [(payer, amount) for payer, amount in zip(payers, amounts, strict=True) if not payer.has_no_key]
        if ratio is not None:
            if not fixed(ratio):
                self.defines(level, self.at_most(level, ratio))
                self.defines(level, *[self.at_most(amount, payer.limit or 0) for payer, amount in able])
            whole = added([payer.limit or 0 for payer, _ in able])
            exhausted = self.equal(draw, whole)
            self.defines(level, implies(conjunction(self.less(0, draw), exhausted), self.equal(level, ratio)))
            for payer, amount in able:
                self.defines(level, implies(exhausted, self.equal(amount, payer.limit or 0)))
            self.defines(level, implies(self.less(draw, whole), self.less(level, ratio)))
        self.note(Filling(level, payers, amounts, amounts, self.place, draw))
        return amounts

    def _starts(self, level: Form, draw: Number) -> None:
        """The level is above zero exactly if something is drawn; where nothing is, any level would do."""
        self.defines(level, implies(self.equal(draw, 0), self.equal(level, 0)))
        self.defines(level, implies(self.less(0, draw), self.less(0, level)))

    def _by_cases(self, draw: Number, payers: tuple[Payer, ...]) -> tuple[Number, ...]:
        level = self.new_level()
        at_level = tuple(self.multiplied(payer.key, level) for payer in payers)
        amounts: list[Number] = []
        shares: list[tuple[Form, Payer]] = []
        for payer, full in zip(payers, at_level, strict=True):
            if payer.limit is None or payer.has_no_key:
                amounts.append(full)
                continue
            high = None if payer.slot is not None else self.bounds(payer.limit)[1]
            share = self.fresh("share", 0, high)
            self.defines(share, self.at_most(share, payer.limit), self.at_most(share, full))
            self.defines(share, implies(self.equal(payer.key, 0), self.equal(share, 0)))
            if payer.slot is None:
                self.defines(share, disjunction(self.equal(share, payer.limit), self.equal(share, full)))
                some = conjunction(self.less(0, payer.key), self.less(0, draw), self.less(0, payer.limit))
                self.defines(share, implies(some, self.less(0, share)))
            else:
                self.settles_at(share, 0, payer.limit)
            amounts.append(share)
            shares.append((share, payer))
        total = self.equal(added(amounts), draw)
        for share, _ in shares:
            self.defines(share, total)
        self.defines(level, total)
        self._starts(level, draw)
        self._exhausts(draw, payers, shares)
        self.note(Filling(level, payers, tuple(amounts), at_level, self.place))
        return tuple(amounts)

    def _exhausts(self, draw: Number, payers: Sequence[Payer], shares: Sequence[tuple[Form, Payer]]) -> None:
        """A draw of all that they can pay takes from each all that it can.

        Of a slot that is no less than its members with a key can pay; so a draw that reaches it exhausts them.
        """
        if any(payer.limit is None for payer in payers):
            return
        lent = [self.either(negation(self.equal(one.key, 0)), one.limit or 0, 0) for one in payers]
        exhausted = self.equal(draw, added(lent))
        for share, payer in shares:
            has_key = negation(self.equal(payer.key, 0))
            self.defines(share, implies(conjunction(has_key, exhausted), self.equal(share, payer.limit or 0)))

    def filled_in_order(
        self, draw: Number, payers: tuple[Payer, ...], order: tuple[Symbolic, ...]
    ) -> tuple[Number, ...]:
        """Shares in an order that is not known, but the same for the same values: nobody is above its limit."""
        key = ("in order", draw, payers, order)
        if key not in self.known:
            shares: list[tuple[Form, Payer]] = []
            for payer in payers:
                share = self.fresh(
                    "share", 0, None if payer.slot or payer.limit is None else self.bounds(payer.limit)[1]
                )
                if payer.limit is not None:
                    self.defines(share, self.at_most(share, payer.limit))
                self.defines(share, implies(self.equal(payer.key, 0), self.equal(share, 0)))
                shares.append((share, payer))
            amounts = tuple(share for share, _ in shares)
            for share in amounts:
                self.defines(share, self.equal(added(amounts), draw))
            self._exhausts(draw, payers, shares)
            for other, before in self.known.setdefault(("drawn in order", payers, order), []):
                for low, high, less, more in ((draw, other, amounts, before), (other, draw, before, amounts)):
                    for one, another in zip(less, more, strict=True):  # a larger draw gives each no less
                        self.defines_both(one, another, implies(self.at_most(low, high), self.at_most(one, another)))
            self.known["drawn in order", payers, order].append((draw, amounts))
            self.known[key] = amounts
        return self.known[key]  # type: ignore[no-any-return]

    def flat(self, draw: Number, payers: tuple[Payer, ...]) -> tuple[Number, ...]:
        """Shares without reallocation: each its part in proportion to its key, or its limit if that is less."""
        self.place += 1
        level = self.new_level()
        keys = added([payer.key for payer in payers])
        at_level = tuple(self.multiplied(payer.key, level) for payer in payers)
        somebody = negation(self.equal(keys, 0))
        self.defines(level, implies(somebody, self.equal(added(at_level), draw)))
        self.defines(level, implies(negation(somebody), self.equal(level, 0)))
        self.defines(level, implies(self.equal(draw, 0), self.equal(level, 0)))
        amounts: list[Number] = []
        for payer, full in zip(payers, at_level, strict=True):
            if payer.limit is None:
                amounts.append(full)
            else:
                lower = self.least_of if payer.slot is None else self.least_of_each
                amounts.append(lower([full, payer.limit]))
        self.note(Filling(level, payers, tuple(amounts), at_level, self.place, added(at_level)))
        return tuple(amounts)

    def ranked_filling(self, draw: Number, payers: tuple[Payer, ...], ranks: Sequence[Number]) -> tuple[Number, ...]:
        """Shares rank by rank, lower ranks first, where the ranks vary: a level for each, the same for equal ranks.

        Who stands earlier and has a key is full before anybody later pays.
        """
        levels = [self.new_level() for _ in payers]
        in_step = [self._is_in_step(payer) for payer in payers]
        shares: list[Form] = []
        for payer, level, fills_as_one in zip(payers, levels, in_step, strict=True):
            full = self.multiplied(payer.key, level)
            share = self.fresh("share", 0, None if payer.slot or payer.limit is None else self.bounds(payer.limit)[1])
            if payer.limit is None:
                self.defines(share, self.equal(share, full))
            else:
                self.defines(share, self.at_most(share, payer.limit), self.at_most(share, full))
                if fills_as_one:
                    self.defines(share, disjunction(self.equal(share, payer.limit), self.equal(share, full)))
            self.defines(share, implies(self.equal(payer.key, 0), self.equal(share, 0)))
            shares.append(share)
        everything: list[Truth] = [self.equal(added(list(shares)), draw)]
        for one, payer in enumerate(payers):
            for other in range(len(payers)):
                if one == other:
                    continue
                earlier = self.less(ranks[one], ranks[other]) if in_step[one] else False
                pays = conjunction(earlier, self.less(0, shares[other]), negation(self.equal(payer.key, 0)))
                is_full = False if payer.limit is None else self.equal(shares[one], payer.limit)
                everything.append(implies(pays, is_full))
                if one < other:
                    same = self.equal(ranks[one], ranks[other])
                    everything.append(implies(same, self.equal(levels[one], levels[other])))
        for each in (*shares, *levels):
            self.defines(each, *everything)
        for level in levels:
            self.defines(level, implies(self.equal(draw, 0), self.equal(level, 0)))
        return tuple(shares)

    def _is_in_step(self, payer: Payer) -> bool:
        """Whether all members of a slot are full at once, as one is; else it is not known who of them has a key."""
        if payer.slot is None:
            return True
        return payer.limit is not None and self.ratio(payer.limit, payer.key) is not None

    def split_in_proportion(self, amount: Number, weights: Sequence[Number]) -> tuple[Number, ...]:
        """An amount divided in proportion to weights, without limits; nothing where all weights are zero."""
        self.place += 1
        level = self.new_level()
        parts = tuple(self.multiplied(weight, level) for weight in weights)
        some = negation(self.equal(added(list(weights)), 0))
        self.defines(level, implies(some, self.equal(added(parts), amount)))
        self.defines(level, implies(negation(some), self.equal(level, 0)))
        self.note(Filling(level, tuple(Payer(weight, None, None) for weight in weights), parts, parts, self.place))
        return parts
