"""Where a curve first reaches an amount, and how large it ever gets."""

from fractions import Fraction
from itertools import pairwise

from attrs import frozen

from rulelang.base.apportion import round_down
from rulelang.base.decimals import exact_amount
from rulelang.base.money import Currency, Exact, whole_if_possible
from rulelang.document.write import Plain
from rulelang.profiles.curves import Curve


@frozen
class Crossing:
    """Where something first holds: at ``at`` itself, or (``attained`` false) only just above it."""

    at: Exact
    attained: bool

    @property
    def whole(self) -> int:
        """The first whole minor unit of the variable at which the lines have it so."""
        return -round_down(-self.at) if self.attained else round_down(self.at) + 1

    def to_dict(self, currency: Currency) -> Plain:
        """The crossing as plain values; ``currency`` is that of the variable."""
        return {"at": exact_amount(self.at, currency), "attained": self.attained}


@frozen
class Peak:
    """The largest value of a curve (``None``: it grows for ever), in minor units, and where it is first so large."""

    amount: Exact | None
    at: Exact


def first_crossing(curve: Curve, amount: Exact, *, above: bool = False, stop: Exact | None = None) -> Crossing | None:
    """Where a curve is first at least an amount, or ``above`` it; ``None`` if it never is (up to ``stop``)."""
    for knot, following in zip(curve, [*curve[1:], None], strict=True):
        end = stop if following is None else following.at
        if stop is not None and knot.at > stop:
            return None
        if knot.value > amount or (knot.value == amount and not above):
            return Crossing(knot.at, attained=True)
        if end is not None and end <= knot.at:
            continue
        rises = knot.slope > 0 if above else knot.slope >= 0
        if knot.after > amount or (knot.after == amount and rises):
            return Crossing(knot.at, attained=False)
        if knot.slope > 0:
            at = whole_if_possible(knot.at + Fraction(amount - knot.after) / knot.slope)
            if end is None or at < end or (at == end and following is None and not above):
                return Crossing(at, attained=not above)
    return None


def peak(curve: Curve, stop: Exact | None = None) -> Peak:
    """The largest value of a curve (up to ``stop``)."""
    last = curve[-1]
    if stop is None and last.slope > 0:
        return Peak(None, last.at)
    if not last.slope and not any(knot.slope < 0 or knot.jumps for knot in curve):
        return Peak(last.after, last.at)
    ends = [(one.on(other.at), other.at) for one, other in pairwise(curve)]
    if stop is not None and stop > last.at:
        ends.append((last.on(stop), stop))
    points = [*ends, *((amount, knot.at) for knot in curve for amount in (knot.value, knot.after))]
    amount = max(value for value, _ in points)
    return Peak(amount, min(at for value, at in points if value == amount))
