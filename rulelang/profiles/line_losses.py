"""What is left of every loss, as lines.

A run takes what a step pays from the losses it meets in proportion to what is left of each.  The parts are straight
lines only while the losses keep their proportions, but their sum always is one, and most rulebooks ask for nothing
else.  So losses are kept in *blocks*: the sum of a block is a line; its parts are known only if their weights are.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any, cast

from attrs import frozen

from rulelang.base.money import Exact
from rulelang.profiles.lines import Crooked, Line, Moving, NotStraight, is_whole, loosened, proportion, scaled
from rulelang.run.domain import Cut

_IN_PROPORTION = "takes from several losses in proportion to what is left of each"


@frozen
class Block:
    """Losses that are reduced together: their places, their sum, and their weights in it (``None``: not known).

    Weights are whole numbers, because many of them are added again and again.
    """

    places: tuple[int, ...]
    total: Moving
    weights: tuple[int, ...] | None

    def part(self, places: Sequence[int]) -> "Block":
        """Some of the losses of the block, as a block of their own.

        Raises:
            NotStraight: their sum is no straight line.
        """
        if self.weights is None:
            raise NotStraight(_IN_PROPORTION, None)
        weight = dict(zip(self.places, self.weights, strict=True))
        chosen = tuple(weight[place] for place in places)
        whole = sum(self.weights)
        total = scaled(self.total, Fraction(sum(chosen)) / whole) if whole else 0
        # a part of a loss is rounded to whole units by a run, up or down
        return Block(tuple(places), total if is_whole(total) else loosened(total, 1), chosen)


@frozen
class LineLosses:
    """What is left of every loss, in minor units."""

    blocks: tuple[Block, ...]

    @classmethod
    def at_start(cls, amounts: Sequence[Moving]) -> "LineLosses":
        """The losses at the start; those that keep their proportions to each other make one block."""
        alike: list[list[tuple[int, Exact]]] = []
        for place, amount in enumerate(amounts):
            for block in alike:
                factor = proportion(amount, amounts[block[0][0]]) if isinstance(amount, Line) else None
                if factor is not None:
                    block.append((place, factor))
                    break
            else:
                alike.append([(place, 1)])
        blocks = []
        for block in alike:
            places = tuple(place for place, _ in block)
            weights = whole_weights([factor for _, factor in block])
            blocks.append(Block(places, sum(amounts[place] for place in places), weights))
        return cls(tuple(blocks))

    def total(self, places: Sequence[int]) -> Moving:
        """The sum of what is left of some losses.

        Raises:
            NotStraight: the sum is no straight line.
        """
        total = self.met(places)
        if isinstance(total, Crooked):
            raise NotStraight(total.construct, None)
        return total

    def met(self, places: Sequence[int]) -> Moving:
        """As :meth:`total`, but a :class:`~rulelang.profiles.lines.Crooked` amount where the sum is no line."""
        wanted = set(places)
        total: Any = 0
        for block in self.blocks:
            inside = [place for place in block.places if place in wanted]
            if len(inside) == len(block.places):
                total += block.total
            elif inside and block.weights is None:
                return cast("Moving", Crooked(_IN_PROPORTION))
            elif inside:
                total += block.part(inside).total
        return cast("Moving", total)

    def reduced(self, cuts: Sequence[Cut]) -> "LineLosses":
        """The losses after each of some amounts was taken from some of them.

        Raises:
            NotStraight: what is left of the others is no straight line.
        """
        left = self
        for places, amount in cuts:
            left = left._less(places, amount)
        return left

    def _less(self, places: Sequence[int], amount: Moving) -> "LineLosses":
        if not amount:
            return self
        wanted = set(places)
        kept: list[Block] = []
        met: list[Block] = []
        for block in self.blocks:
            inside = [place for place in block.places if place in wanted]
            outside = [place for place in block.places if place not in wanted]
            if not block.total:
                kept.append(block)  # nothing is left of these, so nothing is taken
            elif inside and outside:
                met.append(block.part(inside))
                kept.append(block.part(outside))
            else:
                (met if inside else kept).append(block)
        return LineLosses((*kept, _merged(met, amount)) if met else tuple(kept))


def _merged(met: Sequence[Block], amount: Moving) -> Block:
    """Blocks that pay together become one; its parts stay known if the blocks keep their proportions."""
    together = tuple(place for block in met for place in block.places)
    before = sum(block.total for block in met)
    left = before - amount
    if not left:
        return Block(together, 0, (1,) * len(together))
    weights: list[Exact] = []
    for block in met:
        factor = proportion(block.total, before) if len(met) > 1 else 1
        if factor is None or block.weights is None:
            return Block(together, left, None)
        whole = sum(block.weights)
        weights += [weight * factor / Fraction(whole) if whole else 0 for weight in block.weights]
    return Block(together, left, whole_weights(weights))


def whole_weights(weights: Sequence[Exact]) -> tuple[int, ...]:
    """Whole numbers, as small as can be, in the same proportions."""
    scale = lcm(*(weight.denominator for weight in weights))
    whole = [int(weight * scale) for weight in weights]
    divisor = gcd(*whole) or 1
    return tuple(weight // divisor for weight in whole)
