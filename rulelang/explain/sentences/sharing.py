"""A draw that was shared at once, and who reached a limit or got a unit that rounding left over."""

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

from attrs import frozen

from rulelang.base.apportion import Shares
from rulelang.base.money import Exact


@frozen(slots=False)
class Sharing:
    """A draw that was shared at once: that of a step, of one rank of it, of a pool of steps, or of a group."""

    draw: int
    keys: Sequence[Exact]
    limits: Sequence[int | None]
    shares: Shares
    reallocates: bool = True
    rank: str | None = None

    @cached_property
    def weight(self) -> Exact:
        """The sum of all keys."""
        return sum(self.keys)

    @cached_property
    def full(self) -> frozenset[int]:
        """Who reaches its limit."""
        rows = enumerate(zip(self.keys, self.limits, strict=True))
        return frozenset(i for i, (key, limit) in rows if key and limit is not None and self.shares.exact(i) >= limit)

    @cached_property
    def rest(self) -> int:
        """What those share who do not reach their limit."""
        return self.draw - sum(self.limits[i] or 0 for i in self.full) if self.reallocates else self.draw

    @cached_property
    def rest_weight(self) -> Exact:
        """The sum of the keys that share the rest."""
        return self.weight - sum(self.keys[i] for i in self.full) if self.reallocates else self.weight

    @cached_property
    def lifted(self) -> tuple[int, ...]:
        """Who got one of the minor units that rounding down left over."""
        rows = enumerate(zip(self.shares.units, self.shares.whole, strict=True))
        return tuple(i for i, (units, whole) in rows if units > whole)

    @cached_property
    def tied(self) -> bool:
        """Whether ids had to settle who got the last of these units."""
        passed_over = set(range(len(self.keys))) - set(self.lifted)
        return bool(self.lifted) and self.last_part in {self.shares.part[i] for i in passed_over}

    @cached_property
    def last_part(self) -> int:
        """The smallest fractional part that still got a unit."""
        return min(self.shares.part[i] for i in self.lifted)

    @cached_property
    def exhausted(self) -> bool:
        """Whether everybody pays its limit."""
        return len(self.full) == self.with_key

    def fair(self, index: int) -> Exact:
        """The share of a payer if there were no limits."""
        return Fraction(self.draw * self.keys[index]) / self.weight

    @cached_property
    def with_key(self) -> int:
        """How many have a key that is not 0."""
        return sum(1 for key in self.keys if key)
