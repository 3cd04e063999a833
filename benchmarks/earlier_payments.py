"""Ten periods, ten limits with a name and 100,000 earlier payments, against the same waterfall without them.

Ten calls on a thousand members, each up to a limit of its own: with a name and a period, or plain on the other side.
Earlier payments are read from a table, as a ledger of calls is; that side is measured against half as many of them, so
that reading is seen to be linear.
"""

import random
from collections.abc import Callable

from attrs import evolve

import rulelang
from benchmarks.measure import Goal, Report, main, ratio, rounds_of, times_of
from rulelang.base.source import Place, SourceText
from rulelang.check.events.event import check_event
from rulelang.check.events.event_draft import EventDraft
from rulelang.check.events.lines import payments
from rulelang.check.events.raw import RawEvent
from rulelang.check.events.tables import read_table
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event

CALLS, MEMBERS, PAYMENTS = 10, 1_000, 100_000
FURTHEST, LINEAR = 2.0, 2.6
"""The goals: so many times the time without them; and so many times the time of half the payments."""


def rulebook(*, over_time: bool) -> CheckedProgram:
    """Ten calls, with periods and named limits or with plain limits."""
    text = 'rulebook "Benchmark"\ncurrency EUR\nmembers have\n    requirement : money\n'
    for number in range(CALLS if over_time else 0):
        opener = "a default" if number % 2 else f"a payment under call_{number}"
        text += f"period period_{number}\n    opens at {opener}\n    lasts {10 + number} days\n"
        text += f"limit limit_{number} as {200 + number}% of requirement each during period_{number}\n"
    text += "waterfall\n"
    for number in range(CALLS):
        limit = f"limit_{number}" if over_time else f"{20 + number}% of requirement each"
        text += f"    assessment call_{number}\n        paid by survivors\n        up to {limit}\n"
        text += "        shared pro rata to requirement\n"
    return rulelang.parse_rulebook(text + "    finally closure\n")


def event(program: CheckedProgram, *, over_time: bool) -> Event:
    """A default that nothing covers, half of the periods open."""
    chance = random.Random(7)  # noqa: S311 - the same data in every run
    lines = ['event "Benchmark"', "declared 2024-03-15"]
    for number in range(MEMBERS):
        lines += [f"member M{number:04} requirement = EUR {chance.randrange(10**6, 10**8)}"]
    lines += [
        f"period period_{number} open from 2024-03-10 to 2024-03-20"
        for number in range(0, CALLS if over_time else 0, 2)
    ]
    lines.append("default of M0000 loss EUR 3 trillion")
    return check_event(SourceText.from_text("\n".join(lines)), program)


def ledger(rows: int) -> SourceText:
    """A table of earlier payments."""
    chance = random.Random(rows)  # noqa: S311
    lines = ["date,payer,step,amount"]
    for _ in range(rows):
        day, member, call = chance.randrange(1, 16), chance.randrange(1, MEMBERS), chance.randrange(CALLS)
        lines.append(f"2024-03-{day:02},M{member:04},call_{call},{chance.randrange(1, 10**4)}.50")
    return SourceText.from_text("\n".join(lines), "ledger.csv")


def read(found: Event, program: CheckedProgram, table: SourceText) -> Event:
    """The event with the earlier payments of a table."""
    raw = RawEvent(table, "Benchmark", Place(table), found.declared)
    read_table(raw, "paid", table)
    against = EventDraft(raw, program, members=dict.fromkeys(found.members, Place(table)))
    return evolve(found, payments=payments(against))


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Measure runs with and without, and reading half a ledger and a whole one."""
    plain, full = rulebook(over_time=False), rulebook(over_time=True)
    without, bare = event(plain, over_time=False), event(full, over_time=True)
    table, half = ledger(PAYMENTS), ledger(PAYMENTS // 2)
    loaded = read(bare, full, table)
    assert len(loaded.payments) == PAYMENTS
    assert rulelang.evaluate(full, loaded).uncovered > rulelang.evaluate(full, bare).uncovered
    sides: dict[str, Callable[[], object]] = {
        "plain limits": lambda: rulelang.evaluate(plain, without),
        "periods and named limits": lambda: rulelang.evaluate(full, bare),
        "and 100,000 earlier payments": lambda: rulelang.evaluate(full, loaded),
        "reading 50,000 payments": lambda: read(bare, full, half),
        "reading 100,000 payments": lambda: read(bare, full, table),
    }
    times = rounds_of(sides, 3 if quick else 9)
    first = times["plain limits"]
    rows = tuple((name, f"{min(each):.3f}", ratio(times_of(each, first))) for name, each in times.items())
    further = times_of(times["and 100,000 earlier payments"], first)
    linear = times_of(times["reading 100,000 payments"], times["reading 50,000 payments"])
    goals = (
        Goal(f"at most {ratio(FURTHEST)} the time without them", ratio(further), further <= FURTHEST),
        Goal(f"at most {ratio(LINEAR)} the time of reading half as many", ratio(linear), linear <= LINEAR),
    )
    title = f"Earlier payments: {MEMBERS:,} members, {CALLS} periods and limits with a name, {PAYMENTS:,} payments"
    return Report(title, ("side", "seconds", "time"), rows, goals)


if __name__ == "__main__":
    main([run], __doc__ or "")
