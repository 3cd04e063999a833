"""How runs relate to each other: larger losses, and texts that must mean the same."""

import datetime
from collections.abc import Collection

import pytest
from attrs import evolve
from hypothesis import assume, example, given
from hypothesis import strategies as st

from rulelang.model.calendar import Calendar, Duration
from tests.examples import examples
from tests.properties.worlds import MEMBERS, UNITS, Step, World, money, survivors, worlds

SOME = examples(60)
LOSSES = st.one_of(st.integers(1, 60), UNITS.filter(bool))


def amounts(world: World) -> list[tuple[str, str, int]]:
    return [(a.step, a.payer, a.amount) for a in world.run().allotments]


def alone(members: dict, *steps: Step, head: str = "", loss: int = 1) -> World:
    return World(members, (tuple(steps),), (head,), loss)


# -------------------------------------------------------------------------------------------------------- larger losses


@examples(120)
@given(worlds(), st.one_of(st.just(1), st.integers(1, 50), UNITS.filter(bool)))
def test_a_larger_loss_lowers_nobody_by_more_than_rounding(world, more):
    """One unit per step, and one more where the part of a step in its group is rounded too."""
    small, large = world.run(), world.run(world.loss + more)
    least = sum(2 if head else 1 for stage, head in zip(world.stages, world.heads, strict=True) for _ in stage)
    before, after = small.payers(), large.payers()
    for payer, amount in before.items():
        assert after.get(payer, 0) >= amount - least
    for line, other in zip(small.lines, large.lines, strict=True):
        grouped = small.trail.turns[small.lines.index(line)].group is not None
        assert other.drawn >= line.drawn - grouped


@examples(120)
@given(worlds(), UNITS)
def test_what_stays_uncovered_never_falls_as_the_loss_grows(world, more):
    small, large = world.run(), world.run(world.loss + more)
    assert small.uncovered <= large.uncovered <= small.uncovered + more
    assert small.outcome in ("covered", large.outcome)


@SOME
@given(worlds(groups=False), LOSSES)
def test_every_unit_of_a_larger_loss_is_borne_by_somebody_or_uncovered(world, more):
    small, large = world.run(), world.run(world.loss + more)
    assert sum(large.payers().values()) - sum(small.payers().values()) + large.uncovered - small.uncovered == more


# ------------------------------------------------------------------------------------------- texts that mean the same


@SOME
@given(MEMBERS, survivors("fund"), LOSSES)
def test_a_group_of_one_step_is_the_step(members, step, loss):
    """Without reallocation a step alone shares the loss, in a group its part, which is no more than it can pay."""
    assume(step.reallocates)
    assert amounts(alone(members, step, head="together", loss=loss)) == amounts(alone(members, step, loss=loss))
    ratio = alone(members, step, head="together in ratio 7", loss=loss)
    assert amounts(ratio) == amounts(alone(members, step, loss=loss))


@SOME
@given(MEMBERS, survivors(pooled=True), LOSSES)
def test_a_pool_of_one_step_is_the_step(members, step, loss):
    pool = alone(members, step, head="together as one pool", loss=loss)
    assert amounts(pool) == amounts(alone(members, step, loss=loss))


@SOME
@given(MEMBERS, survivors(), LOSSES, st.sampled_from(["bid: absent or poor or good", "0 * score, lowest first"]))
def test_an_order_of_one_rank_is_no_order(members, step, loss, order):
    assume(step.reallocates)
    ranked, plain = evolve(step, order=order), evolve(step, order=None)
    assert amounts(alone(members, ranked, loss=loss)) == amounts(alone(members, plain, loss=loss))


@SOME
@given(MEMBERS, survivors(pooled=True), LOSSES, st.sampled_from(["score > 0", "key > 2", "bid = good"]))
def test_a_pool_of_two_halves_is_the_whole(members, step, loss, condition):
    """Whoever meets the condition pays under one step, the others under another, by the same keys and limits."""
    one = evolve(step, payers=f"survivors where {condition}")
    other = evolve(step, payers=f"survivors where not {condition}")
    halves = alone(members, one, other, head="together as one pool", loss=loss).run()
    assert halves.payers() == alone(members, step, loss=loss).run().payers()


@SOME
@given(MEMBERS, st.sampled_from(["equally", "pro rata to key", "pro rata to fund"]), LOSSES)
def test_without_limits_it_does_not_matter_whether_a_step_reallocates(members, sharing, loss):
    strict = Step("survivors", sharing=sharing, reallocates=False)
    free = Step("survivors", sharing=sharing)
    assert amounts(alone(members, strict, loss=loss)) == amounts(alone(members, free, loss=loss))


@SOME
@given(MEMBERS, survivors(), LOSSES)
def test_without_reallocation_nobody_pays_more_than_with_it(members, step, loss):
    plain = evolve(step, order=None, limits=tuple(limit for limit in step.limits if limit.endswith("each")))
    free = alone(members, evolve(plain, reallocates=True), loss=loss).run()
    strict = alone(members, evolve(plain, reallocates=False), loss=loss).run()
    assert sum(strict.payers().values()) <= sum(free.payers().values())
    for payer, amount in strict.payers().items():
        assert amount <= free.paid_by(payer) + 1


@SOME
@given(MEMBERS, UNITS, UNITS, LOSSES)
def test_two_tranches_of_the_ccp_are_one_of_their_sum(members, first, second, loss):
    def ccp(units: int) -> Step:
        return Step("ccp", (f"up to {money(units)}",))

    world = World(members, ((ccp(first),), (ccp(second),)), ("", ""), loss)
    assert world.run().payers() == alone(members, ccp(first + second), loss=loss).run().payers()


@SOME
@given(MEMBERS, survivors("fund"), LOSSES)
def test_limits_that_never_bind_change_nothing(members, step, loss):
    wide = evolve(step, limits=(*step.limits, f"up to {money(10**12)} in total", f"up to {money(10**12)} each"))
    assume(step.sharing != "pro rata to limits")
    assert amounts(alone(members, wide, loss=loss)) == amounts(alone(members, step, loss=loss))


@SOME
@given(MEMBERS, survivors("fund"), LOSSES)
def test_one_segment_is_no_segment(members, step, loss):
    """A step per segment with one segment pays what it pays without."""
    limits = tuple(f"{limit} in each segment" for limit in step.limits)
    inside = evolve(step, pot="fund split by loss", limits=limits)
    found = _InOneSegment(members, ((inside,),), ("",), loss).run()
    expected = alone(members, step, loss=loss).run()
    assert {allotment.segment for allotment in found.allotments} <= {"energy"}
    assert [(a.payer, a.amount) for a in found.allotments] == [(a.payer, a.amount) for a in expected.allotments]


class _InOneSegment(World):
    """The same world with one segment in which everything happens."""

    def rulebook(self) -> str:
        text = super().rulebook().replace("currency EUR", "currency EUR\nsegments energy", 1)
        return text.replace("    finally open", "        per segment\n    finally open")

    def event(self) -> str:
        return super().event().replace('default of "~" loss', 'default of "~" in energy loss')


# ------------------------------------------------------------------------------------------------------------ windows


def _naive(last: datetime.date, length: Duration, holidays: Collection[datetime.date]) -> datetime.date:
    """Step back a day at a time and count, as the contract says: the last day counts if it is a business day."""
    day, left = last + datetime.timedelta(1), length.number
    while left:
        day -= datetime.timedelta(1)
        left -= length.unit == "days" or (day.weekday() < 5 and day not in holidays)
    return day


DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2200, 1, 1))
LENGTHS = st.builds(Duration, st.integers(1, 400), st.sampled_from(["days", "business days"]))


@examples(200)
@given(DAYS, LENGTHS, st.lists(st.integers(0, 60), max_size=5))
@example(datetime.date(2024, 3, 16), Duration(1, "business days"), [])  # from a Saturday to the Friday before
@example(datetime.date(2024, 3, 17), Duration(10, "business days"), [])  # a Sunday
@example(datetime.date(2024, 3, 18), Duration(1, "business days"), [0])  # a Monday that is a holiday
def test_windows_are_stepped_back_a_day_at_a_time(last, length, back):
    holidays = [last - datetime.timedelta(days) for days in back]
    first = Calendar(tuple(sorted(set(holidays)))).first_of_window(last, length)
    assert first == _naive(last, length, holidays)


@examples(200)
@given(DAYS, LENGTHS, st.lists(st.integers(-60, 60), max_size=5))
def test_a_period_is_the_window_seen_from_its_first_day(first, length, near):
    """From a business day on, the last day of a period is the one whose window of that length begins on the first."""
    calendar = Calendar(tuple(sorted({first + datetime.timedelta(days) for days in near})))
    last = calendar.last_of_period(first, length)
    assume(length.unit == "days" or calendar.is_business_day(first))
    assert calendar.first_of_window(last, length) == first


@examples(100)
@given(DAYS, st.integers(1, 400))
def test_a_month_is_from_a_day_to_the_day_before_the_same_day(first, months):
    calendar = Calendar()
    last = calendar.last_of_period(first, Duration(months, "months"))
    later = last + datetime.timedelta(1)
    assert (later.year * 12 + later.month) - (first.year * 12 + first.month) == months
    assert later.day == first.day or (later.day < first.day and (later + datetime.timedelta(1)).day == 1)


def test_windows_begin_no_earlier_than_the_calendar():
    with pytest.raises(OverflowError):
        Calendar().first_of_window(datetime.date.min, Duration(99_999, "days"))
    with pytest.raises(OverflowError):
        Calendar().first_of_window(datetime.date.min + datetime.timedelta(20), Duration(99_999, "business days"))
