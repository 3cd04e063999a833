"""Sharing and rounding, against the rules and against a second, plain way to work it out."""

from fractions import Fraction
from itertools import permutations
from math import floor

import pytest
from attrs import frozen
from hypothesis import assume, example, given
from hypothesis import strategies as st

from rulelang.base.apportion import NOTHING, Shares, round_down, share, split
from rulelang.base.money import Exact


@frozen
class Case:
    """Something to share: payers with their ids, keys and limits."""

    amount: int
    ids: list[str]
    keys: list[Exact]
    limits: list[int | None]

    def run(self, *, reallocate: bool = True) -> Shares:
        """Share it."""
        return share(self.amount, self.keys, self.limits, self.ids, reallocate=reallocate)


KEYS = st.one_of(
    st.integers(0, 6),
    st.integers(0, 10**15),
    st.fractions(min_value=0, max_value=20, max_denominator=12),
)
LIMITS = st.one_of(st.none(), st.integers(0, 12), st.integers(0, 10**15))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Payers in any order, an amount that need not fit into the limits."""
    payers = draw(st.lists(st.tuples(KEYS, LIMITS), min_size=1, max_size=7))
    ids = draw(st.permutations([f"P{number}" for number in range(len(payers))]))
    amount = draw(st.one_of(st.integers(0, 40), st.integers(0, 10**16)))
    return Case(amount, ids, [key for key, _ in payers], [limit for _, limit in payers])


@st.composite
def payable(draw: st.DrawFn) -> Case:
    """Cases whose amount fits into the limits of those whose key is not zero."""
    case = draw(cases())
    assume(any(case.keys))
    bearing = [limit for key, limit in zip(case.keys, case.limits, strict=True) if key]
    if None in bearing:
        return case
    capacity = sum(limit or 0 for limit in bearing)
    amount = draw(st.one_of(st.just(min(case.amount, capacity)), st.integers(max(0, capacity - 5), capacity)))
    return Case(amount, case.ids, case.keys, case.limits)


def water_filling(case: Case) -> list[Fraction]:
    """Exact shares by rounds: share what is left, cut at the limits, take the full payers out, again."""
    paid = [Fraction(0)] * len(case.keys)
    active = {index for index, key in enumerate(case.keys) if key}
    rest = Fraction(case.amount)
    while active:
        weight = sum(Fraction(case.keys[index]) for index in active)
        wanted = {index: rest * case.keys[index] / weight for index in active}
        over = {index for index in active if (limit := case.limits[index]) is not None and wanted[index] >= limit}
        if not over:
            for index in active:
                paid[index] = wanted[index]
            break
        for index in over:
            paid[index] = Fraction(case.limits[index] or 0)
        rest -= sum(paid[index] for index in over)
        active -= over
    return paid


def largest_remainder(exact: list[Fraction], ids: list[str]) -> list[int]:
    """Every share rounded down; the units left go to the largest fractional parts, ties to the smaller id."""
    units = [floor(value) for value in exact]
    left = floor(sum(exact)) - sum(units)
    by_part = sorted(range(len(exact)), key=lambda index: (units[index] - exact[index], ids[index]))
    for index in by_part[:left]:
        units[index] += 1
    return units


def exact_shares(shares: Shares) -> list[Fraction]:
    return [Fraction(shares.exact(index)) for index in range(len(shares.units))]


@given(payable())
def test_with_reallocation_all_is_paid(case: Case) -> None:
    shares = case.run()
    assert shares.total == sum(shares.units) == case.amount
    assert sum(exact_shares(shares)) == case.amount


@given(cases(), st.booleans())
def test_nobody_pays_more_than_its_limit_or_without_a_key(case: Case, reallocate: bool) -> None:
    shares = case.run(reallocate=reallocate)
    for units, key, limit in zip(shares.units, case.keys, case.limits, strict=True):
        assert units >= 0
        assert limit is None or units <= limit
        assert key or not units


@given(cases(), st.booleans())
def test_a_share_is_within_one_unit_of_the_exact_one(case: Case, reallocate: bool) -> None:
    shares = case.run(reallocate=reallocate)
    for units, exact in zip(shares.units, exact_shares(shares), strict=True):
        assert units in (floor(exact), floor(exact) + 1)
        assert abs(units - exact) < 1
        assert units == exact or exact.denominator > 1


@given(payable())
@example(Case(100, ["A", "B", "C"], [1, 1, 1], [10, None, None]))
@example(Case(7, ["A", "B"], [1, 3], [7, 0]))
def test_exact_shares_are_those_of_water_filling(case: Case) -> None:
    shares = case.run()
    exact = water_filling(case)
    assert exact_shares(shares) == exact
    assert list(shares.units) == largest_remainder(exact, case.ids)


@given(payable(), st.integers(2, 7))
@example(Case(100, ["A", "B", "C"], [1, 1, 1], [10, None, None]), 3)
def test_a_part_of_a_minor_unit_is_shared_as_a_whole_one_is(case: Case, parts: int) -> None:
    """The profile of a run shares what lies between two whole losses: amounts and limits are fractions there."""
    limits = [None if limit is None else Fraction(limit, parts) for limit in case.limits]
    shares = share(Fraction(case.amount, parts), case.keys, limits, case.ids)  # type: ignore[arg-type]
    assert exact_shares(shares) == [each / parts for each in water_filling(case)]


@given(cases())
@example(Case(100, ["A", "B"], [1, 2], [20, None]))
@example(Case(10, ["A", "B"], [1, 2], [3, None]))
def test_without_reallocation_the_rest_stays_unpaid(case: Case) -> None:
    shares = case.run(reallocate=False)
    weight = sum(Fraction(key) for key in case.keys) or Fraction(1)
    exact = [
        min(case.amount * key / weight, Fraction(case.amount if limit is None else limit))
        for key, limit in zip(case.keys, case.limits, strict=True)
    ]
    assert exact_shares(shares) == exact
    assert shares.total == floor(sum(exact))
    assert list(shares.units) == largest_remainder(exact, case.ids)


@given(cases(), st.booleans(), st.data())
def test_the_order_of_payers_does_not_matter(case: Case, reallocate: bool, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(case.ids))))
    other = Case(
        case.amount,
        [case.ids[index] for index in order],
        [case.keys[index] for index in order],
        [case.limits[index] for index in order],
    )
    before = dict(zip(case.ids, case.run(reallocate=reallocate).units, strict=True))
    after = dict(zip(other.ids, other.run(reallocate=reallocate).units, strict=True))
    assert before == after


@given(payable(), st.integers(1, 9), st.integers(1, 9))
def test_only_proportions_of_the_keys_matter(case: Case, up: int, down: int) -> None:
    scaled = [key * Fraction(up, down) for key in case.keys]
    assert share(case.amount, scaled, case.limits, case.ids).units == case.run().units


def test_ties_go_to_the_smaller_id() -> None:
    for ids in permutations(["A", "B", "C"]):
        units = dict(zip(ids, share(5, [1, 1, 1], [None] * 3, ids).units, strict=True))
        assert units == {"A": 2, "B": 2, "C": 1}


def test_ids_are_compared_by_code_points() -> None:
    assert share(1, [1, 1], [None, None], ["a", "B"]).units == (0, 1)
    assert share(1, [1, 1], [None, None], [(2, "A"), (1, "Z")]).units == (0, 1)


def test_a_full_payer_drops_out_and_the_others_share_the_rest() -> None:
    assert share(100, [1, 1, 2], [10, None, None], "ABC").units == (10, 30, 60)
    assert share(100, [1, 1, 2], [10, 25, None], "ABC").units == (10, 25, 65)
    assert share(100, [1, 1, 2], [10, None, None], "ABC", reallocate=False).units == (10, 25, 50)
    assert share(50, [1, 1], [20, 30], "AB").units == (20, 30)


def test_one_payer_may_pay_less_when_the_loss_grows() -> None:
    """The known price of largest remainder, the Alabama paradox, as it is said in the module."""
    keys = [6, 6, 2]
    assert share(10, keys, [None] * 3, "ABC").units == (4, 4, 2)
    assert share(11, keys, [None] * 3, "ABC").units == (5, 5, 1)


def test_the_parts_of_the_result() -> None:
    shares = share(10, [1, 2], [None, None], "AB")
    assert shares == Shares((3, 6), (1, 2), 3, (3, 7))
    assert (shares.exact(0), shares.total) == (Fraction(10, 3), 10)
    assert type(share(9, [1, 2], [None, None], "AB").exact(0)) is int


def test_nothing_to_share_and_nobody_to_share_it() -> None:
    assert share(0, [1, 2], [None, 0], "AB").units == (0, 0)
    assert share(10, [0, Fraction(0)], [None, None], "AB").units == (0, 0)
    assert share(10, [], [], []).units == ()
    assert (NOTHING.total, NOTHING.units) == (0, ())


@pytest.mark.parametrize(
    ("amount", "keys", "limits", "units"),
    [
        (10, [1, 1, 1], None, (4, 3, 3)),
        (10, [1, 1, 1], [1, None, None], (1, 5, 4)),
        (10, [0, 0], None, (0, 0)),
        (10, [Fraction(1, 3), Fraction(2, 3)], None, (3, 7)),
        (0, [1], None, (0,)),
        (5, [], None, ()),
    ],
)
def test_split_settles_ties_by_position(
    amount: int, keys: list[Exact], limits: list[int | None] | None, units: tuple[int, ...]
) -> None:
    assert split(amount, keys, limits) == units


@given(st.integers(0, 10**12), st.lists(KEYS, min_size=1, max_size=6))
def test_split_splits_all(amount: int, keys: list[Exact]) -> None:
    assert sum(split(amount, keys)) == (amount if any(keys) else 0)


@given(st.fractions())
def test_rounding_down(amount: Fraction) -> None:
    assert round_down(amount) == floor(amount)
    assert round_down(floor(amount)) == floor(amount)
