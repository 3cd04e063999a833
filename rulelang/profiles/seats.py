"""The curve of each payer of a turn, whichever way its draw was shared, and where these have their breakpoints."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import assert_never

from rulelang.base.money import Exact, whole_if_possible
from rulelang.profiles.line_order import LineOrder
from rulelang.profiles.line_sharing import LineSharing, Listed, WaterFilling
from rulelang.profiles.linear_pieces import LinearPiece, summed
from rulelang.profiles.lines import Moving, base_of, slope_of, value_at
from rulelang.profiles.payment_curves import FilledCurves, LineCurves, PaymentCurves, ReadCurves
from rulelang.run.payments import Payments

Seat = tuple[PaymentCurves, int]
"""A payer's curve: the curves of those who share with it, and its place among them."""


def seats_along(payments: Payments, start: Exact, end: Exact | None) -> list[Seat]:
    """The curves of the payers from ``start`` to ``end`` (``None``: for ever), both inside one piece of a profile."""

    def seats(sharing: LineSharing) -> list[Seat]:
        places = [start, *sorted(set(_breaks(sharing, start, end)))]
        places.append(end if end is not None and end > places[-1] else places[-1] + 1)
        return _seats(sharing, places)

    return payments.gathered(seats)


def seats_at(payments: Payments, places: Sequence[Exact]) -> list[Seat]:
    """The curves of the payers, to be read at these places alone, all inside one piece of a profile or at its ends."""
    return payments.gathered(lambda sharing: _seats(sharing, places))


def _seats(sharing: LineSharing, places: Sequence[Exact]) -> list[Seat]:
    """The curves of those who share a draw."""
    curves: PaymentCurves
    match sharing:
        case Listed():
            curves = LineCurves(places, sharing.amounts)
            return [(curves, index) for index in range(len(sharing.amounts))]
        case WaterFilling(fixed=False):
            curves = ReadCurves(places, [sharing.exact(t) for t in places])
        case WaterFilling():
            moves = slope_of(sharing.draw)
            curves = FilledCurves(places, sharing) if moves else LineCurves(places, sharing.exact(places[0]))
        case _:
            assert_never(sharing)
    return [(curves, index) for index in range(len(sharing.keys))]


def breaks_of(payments: Payments, start: Exact, end: Exact | None) -> Iterator[Exact]:
    """Where, between two values of the variable, a payer becomes full or is so no more; some may come twice."""
    return (t for sharing in payments.sharings() for t in _breaks(sharing, start, end))


def _breaks(sharing: LineSharing, start: Exact, end: Exact | None) -> Iterable[Exact]:
    match sharing:
        case Listed():
            return ()
        case WaterFilling(fixed=False):
            return _walked(sharing, start, end)
        case WaterFilling():
            return _filled(sharing.levels.knots, sharing.draw, start, end)
        case _:
            assert_never(sharing)


def _filled(knots: Sequence[Exact], draw: Moving, start: Exact, end: Exact | None) -> Iterator[Exact]:
    """As :func:`breaks_of`: where a draw comes to the draws at which payers become full."""
    base, slope, here = base_of(draw), slope_of(draw), value_at(draw, start)
    if slope > 0:
        passed = knots[bisect_right(knots, here) : None if end is None else bisect_left(knots, value_at(draw, end))]
    elif slope < 0:
        passed = knots[0 if end is None else bisect_right(knots, value_at(draw, end)) : bisect_left(knots, here)]
    else:
        return iter(())
    return (whole_if_possible(Fraction(knot - base, slope)) for knot in passed)


def _walked(filling: WaterFilling, start: Exact, end: Exact | None) -> Iterator[Exact]:
    """As :func:`breaks_of`, for limits that move: from one to the next."""
    at: Exact | None = start
    while at is not None:
        order = LineOrder(at)
        filling.lines(order)
        at = order.until
        if at is None or (end is not None and at >= end):
            return
        yield at


def added(seats: Iterable[Seat], start: Exact) -> list[LinearPiece]:
    """The sum of what several payers pay."""
    fixed: Exact = 0
    moving: list[Seat] = []
    for curves, index in seats:
        amount = curves.fixed(index)
        if amount is None:
            moving.append((curves, index))
        else:
            fixed += amount
    if not moving:
        return [LinearPiece(start, whole_if_possible(fixed), 0)]
    curves, index = moving[0]
    total = curves.pieces(index, fixed)
    for curves, index in moving[1:]:
        total = list(summed(total, curves.pieces(index)))
    return total
