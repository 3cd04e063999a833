"""The interpreter with its audit trail against a waterfall written by hand, event by event, to the last unit.

Thirty members and six steps: own margin, own contribution, skin in the game, mutual fund, assessments, gains haircut.
Losses range from what the margin covers to what nothing covers.
"""

import random
from collections.abc import Callable

from attrs import evolve

import rulelang
from benchmarks.measure import Goal, Report, main, ratio, seconds_each
from benchmarks.plain_waterfall import STEPS, Waterfall
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.model.event import Loss

RULEBOOK = """
rulebook "Benchmark"
currency EUR
members have
    initial_margin : money
    contribution   : money
    stress         : money
    vm_gain        : signed money
given sitg_capital : money

waterfall
    tranche margin cite "1"
        paid by defaulters from initial_margin
    tranche own_contribution cite "2"
        paid by defaulters from contribution
    tranche sitg cite "3"
        paid by ccp from sitg_capital
    tranche fund cite "4"
        paid by survivors from contribution
        shared pro rata to stress
    assessment assessments cite "5"
        paid by survivors
        up to 100% of contribution each
        shared pro rata to contribution
    haircut vmgh cite "6"
        paid by survivors where vm_gain > EUR 0
        up to vm_gain each
        shared pro rata to limits
    finally closure
"""

MEMBERS, EVENTS = 30, 120
FASTEST, FURTHEST = 3_000, 20.0
"""The goal: so many events a second on one core, or at most so many times the time of the one written by hand."""


def columns() -> tuple[Waterfall, str]:
    """The members' data for the waterfall written by hand, and the same as the text of an event."""
    chance = random.Random(2018)  # noqa: S311 - the same data in every run
    names = ("initial_margin", "contribution", "stress", "vm_gain")
    table: dict[str, list[int]] = {name: [] for name in names}
    lines = ['event "Benchmark"', "declared 2018-09-11", "given sitg_capital = EUR 7 million"]
    for number in range(MEMBERS):
        lines.append(f"member M{number:02}")
        for name, low, high in zip(names, (10**8, 10**7, 10**7, -(10**9)), (10**10, *[10**9] * 3), strict=True):
            value = chance.randrange(low, high)
            table[name].append(value)
            sign = "-" if value < 0 else ""
            lines.append(f"    {name} = {sign}EUR {abs(value) // 100}.{abs(value) % 100:02}")
    lines.append("default of M00 loss EUR 1")
    return Waterfall(7 * 10**8, *table.values()), "\n".join(lines)


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Check that both give the same for every event, then measure both."""
    plain, text = columns()
    program = rulelang.parse_rulebook(RULEBOOK)
    base = check_event(SourceText.from_text(text), program)
    chance = random.Random(11)  # noqa: S311
    cases = []
    for number in range(EVENTS):
        defaulter = chance.randrange(MEMBERS)
        top = plain.margins[defaulter] + plain.contributions[defaulter] + plain.sitg + 3 * sum(plain.contributions)
        cases.append((defaulter, max(1, top * (number + 1) // EVENTS)))
    events = [evolve(base, losses=(Loss(f"M{who:02}", None, loss),)) for who, loss in cases]

    reached: set[str] = set()
    for (who, loss), event in zip(cases, events, strict=True):
        allocation = rulelang.evaluate(program, event)
        paid, uncovered = plain.run(who, loss)
        ours = [(a.step, -1 if a.payer == "ccp" else int(a.payer[1:]), a.amount) for a in allocation.allotments]
        assert (ours, allocation.uncovered) == (paid, uncovered), f"{event.losses}: {ours} is not {paid}"
        reached.update(step for step, _, _ in paid)
        reached.update(["uncovered"] if uncovered else [])
    assert reached == {*STEPS, "uncovered"}, f"some step is never reached: {reached}"

    def ours_all() -> None:
        for event in events:
            rulelang.evaluate(program, event)

    def plain_all() -> None:
        for who, loss in cases:
            plain.run(who, loss)

    sides: dict[str, Callable[[], object]] = {"interpreter with audit trail": ours_all, "written by hand": plain_all}
    seconds = seconds_each(sides, 5 if quick else 25)
    ours_s, plain_s = seconds["interpreter with audit trail"], seconds["written by hand"]
    rate, times = EVENTS / ours_s, ours_s / plain_s
    rows = tuple((name, f"{EVENTS / each:,.0f}", ratio(each / plain_s)) for name, each in seconds.items())
    goal = Goal(
        f"at least {FASTEST:,} events a second on one core, or at most {FURTHEST:.0f}x the one written by hand",
        f"{rate:,.0f} events a second, {ratio(times)}",
        rate >= FASTEST or times <= FURTHEST,
    )
    title = f"Interpreter: {MEMBERS} members, {len(STEPS)} steps, {EVENTS} events, equal to the last unit"
    return Report(title, ("side", "events a second", "time"), rows, (goal,))


if __name__ == "__main__":
    main([run], __doc__ or "")
