"""A waterfall of six steps written by hand: what a program without a language, checks or audit trail would do.

It is the yardstick of :mod:`benchmarks.interpreter`: exact whole minor units, water-filling at the limits, largest
remainder with ties to the smaller id; no library, and written to be fast.  Members are numbers in the order of their
ids, so that a smaller number is a smaller id.
"""

from collections.abc import Sequence

STEPS = ("margin", "own_contribution", "sitg", "fund", "assessments", "vmgh")


def share(amount: int, keys: Sequence[int], limits: Sequence[int]) -> list[int]:
    """Share an amount, at most the sum of the limits, in proportion to keys and with water-filling at the limits."""
    weight = sum(keys)
    rest = amount
    paid = [0] * len(keys)
    free = [place for place, key in enumerate(keys) if key]
    while True:
        full = [place for place in free if rest * keys[place] >= limits[place] * weight]
        if not full:
            break
        for place in full:
            paid[place] = limits[place]
        rest -= sum(limits[place] for place in full)
        weight -= sum(keys[place] for place in full)
        taken = set(full)
        free = [place for place in free if place not in taken]
    left = rest
    parts = []
    for place in free:
        paid[place], part = divmod(rest * keys[place], weight)
        left -= paid[place]
        parts.append((-part, place))
    if left:
        parts.sort()
        for _, place in parts[:left]:
            paid[place] += 1
    return paid


class Waterfall:
    """The members' data, as columns of minor units, and the CCP's own capital."""

    def __init__(
        self,
        sitg: int,
        margins: Sequence[int],
        contributions: Sequence[int],
        stresses: Sequence[int],
        gains: Sequence[int],
    ) -> None:
        """Keep the capital and the columns."""
        self.margins, self.contributions, self.stresses, self.gains = margins, contributions, stresses, gains
        self.sitg = sitg

    def run(self, defaulter: int, loss: int) -> tuple[list[tuple[str, int, int]], int]:
        """Who pays how much under which step (the CCP is -1), and what stays uncovered."""
        paid: list[tuple[str, int, int]] = []
        left = loss
        for step, payer, limit in (
            ("margin", defaulter, self.margins[defaulter]),
            ("own_contribution", defaulter, self.contributions[defaulter]),
            ("sitg", -1, self.sitg),
        ):
            amount = min(left, limit)
            if amount:
                paid.append((step, payer, amount))
                left -= amount
        if not left:
            return paid, 0
        others = [member for member in range(len(self.margins)) if member != defaulter]
        contributions = [self.contributions[member] for member in others]
        left = self._shared(paid, "fund", left, others, [self.stresses[member] for member in others], contributions)
        if left:
            left = self._shared(paid, "assessments", left, others, contributions, contributions)
        if left:
            winners = [member for member in others if self.gains[member] > 0]
            gains = [self.gains[member] for member in winners]
            left = self._shared(paid, "vmgh", left, winners, gains, gains)
        return paid, left

    @staticmethod
    def _shared(
        paid: list[tuple[str, int, int]],
        step: str,
        loss: int,
        payers: Sequence[int],
        keys: Sequence[int],
        limits: Sequence[int],
    ) -> int:
        """Enter what the payers of one step pay; gives what is left of the loss."""
        draw = min(loss, sum(limits))
        paid.extend(
            (step, payer, amount) for payer, amount in zip(payers, share(draw, keys, limits), strict=True) if amount
        )
        return loss - draw
