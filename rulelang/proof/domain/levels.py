"""What is known of two sharings together: of their levels, of what each payer pays, and of what is left.

All of it are theorems about numbers that are not below zero.  Whatever is said of a slot holds for each of its members.
"""

from attrs import define, field, frozen

from rulelang.base.money import Exact
from rulelang.proof.domain.rows import Rows
from rulelang.proof.domain.terms import Form, Number, added, conjunction, fixed, implies, terms_of
from rulelang.proof.domain.values import Slot

Limit = Number | None


@frozen
class Payer:
    """One who shares a draw, or a slot of many: its key and its limit as numbers, sums where it is a slot."""

    key: Number
    limit: Limit
    slot: Slot | None

    @property
    def has_no_key(self) -> bool:
        """Whether it pays nothing in any event."""
        return fixed(self.key) and not self.key


@frozen
class Filling:
    """What was shared, for comparison with later sharings: the level, the payers, and the amounts of each.

    ``place`` is where it comes among those of its run, ``draw`` the level times the sum of the keys, where it is that:
    there no other level would do.
    """

    level: Form
    payers: tuple[Payer, ...]
    amounts: tuple[Number, ...]
    at_level: tuple[Number, ...]
    place: int
    draw: Number | None = None


@define
class Levels(Rows):
    """Sharings as they compare; ``fillings`` are those so far, ``place`` counts those that a run asked for."""

    fillings: list[Filling] = field(factory=list)
    place: int = 0

    def new_level(self, high: Exact | None = None) -> Form:
        """A new level, the same for all payers."""
        level = self.fresh("level", 0, high)
        self.is_shared(level)
        return level

    def note(self, filling: Filling) -> None:
        """What holds between this sharing and each before it; whatever is said holds for each member of a slot."""
        for before in self.fillings:
            self._compare_levels(filling, before)
            if len(filling.payers) == len(before.payers):
                self._compare_shares(filling, before)
                for one, other in ((filling, before), (before, filling)):
                    self._compare_draws(one, other, filling.level)
                    if one.place == other.place:
                        self._compare_keys(one, other, filling.level)
        self.fillings.append(filling)

    def _compare_levels(self, filling: Filling, before: Filling) -> None:
        """Of two levels on the same key the higher gives no less."""
        for payer, amount in zip(filling.payers, filling.at_level, strict=True):
            for other, less in zip(before.payers, before.at_level, strict=True):
                if not fixed(payer.key) and payer.key == other.key and amount != less:
                    rises = implies(self.at_most(before.level, filling.level), self.at_most(less, amount))
                    falls = implies(self.at_most(filling.level, before.level), self.at_most(amount, less))
                    self.defines(filling.level, rises, falls)

    def _compare_draws(self, one: Filling, other: Filling, later: Form) -> None:
        """To draw no more on no less takes no higher a level."""
        if one.draw is None or other.draw is None:
            return
        keys, others = (added([payer.key for payer in filling.payers]) for filling in (one, other))
        if keys == others or one.place == other.place:  # else too much would be said
            no_more = conjunction(self.at_most(one.draw, other.draw), self.at_most(others, keys))
            self.defines(later, implies(no_more, self.at_most(one.level, other.level)))

    def _compare_keys(self, one: Filling, other: Filling, later: Form) -> None:
        """A lower level on a lower key gives no more; one of at most 1 leaves no less of a key that is no lower."""
        lower = self.at_most(one.level, other.level)
        rows = zip(one.payers, one.at_level, other.payers, other.at_level, strict=True)
        for payer, amount, another, taken in rows:
            if payer.key == another.key:
                continue  # the levels say it
            pays = implies(conjunction(lower, self.at_most(payer.key, another.key)), self.at_most(amount, taken))
            self.defines(later, pays)
            if payer.key == payer.limit and another.key == another.limit:
                left = self.at_most(another.key - taken, payer.key - amount)
                part = conjunction(lower, self.at_most(one.level, 1), self.at_most(another.key, payer.key))
                leaves = implies(part, left)
                self.defines(later, leaves)

    def _share_data(self, one: Number, other: Number) -> bool:
        """Whether two numbers have a variable in common, products taken apart."""
        ours, theirs = ({each for name in terms_of(side)[0] for each in self.factors(name)} for side in (one, other))
        return not ours.isdisjoint(theirs)

    def _compare_shares(self, filling: Filling, before: Filling) -> None:
        """A payer with the same key and limit in two sharings pays no less in that with the higher level.

        Nor does it pay more than its key times what that level is higher.
        """
        rows = zip(filling.payers, filling.amounts, before.payers, before.amounts, strict=True)
        for place, (payer, amount, other, less) in enumerate(rows):
            if payer.limit is None or other.limit is None or (payer.slot is None) is not (other.slot is None):
                continue
            if payer.key == other.key and amount == filling.at_level[place] and less == before.at_level[place]:
                continue  # the levels say it
            if filling.place != before.place and not self._share_data(payer.key, other.key):
                continue  # of other segments: that these are equal is seldom of interest
            equal = self.equal if payer.slot is None else self.same_for_each
            same = conjunction(equal(payer.key, other.key), equal(payer.limit, other.limit))
            if same is False:
                continue
            more = filling.at_level[place] - before.at_level[place]
            rises = conjunction(same, self.at_most(before.level, filling.level))
            falls = conjunction(same, self.at_most(filling.level, before.level))
            for above, beneath, most, holds in ((amount, less, more, rises), (less, amount, -more, falls)):
                between = conjunction(self.at_most(beneath, above), self.at_most(above - beneath, most))
                self.defines(filling.level, implies(holds, between))
