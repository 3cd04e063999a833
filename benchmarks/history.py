"""A history of 250 days with 60 runs against its runs alone; twice as long a one; verifying its record.

A hundred members and twelve steps.  A run is a default or a further loss, and what replenishes the first pot makes
every survivor owe something, which pays itself five business days later.  On the other days a member has another
requirement, and one pays something in.  The runs alone are the events of those days, in memory, each run for itself
once: with its members, values, dated values and up to seven thousand earlier payments, which a run by itself has to add
up.  They are measured once more with that done beforehand, which no single run finds done.
"""

import datetime
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from attrs import evolve

from benchmarks.measure import Goal, Report, main, ratio, rounds_of, times_of
from rulelang.audit.histories import history_record
from rulelang.audit.verify import verify_record
from rulelang.base.source import SourceText
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.histories.fold import run_history
from rulelang.histories.history import History, read_history
from rulelang.model.event import EarlierPayments, Event
from rulelang.run.interpret import interpret

DAYS, RUNS, MEMBERS, PAIRS = 250, 60, 100, 4
FURTHEST, LINEAR, VERIFIED = 1.3, 2.2, 1.5
"""The goals: so many times the runs alone; twice as many days and runs; a record verified, against what ran it."""
_ENGINE = "0"


def rulebook() -> str:
    """Capital and funds in turn, three calls with limits over time, a haircut; the first pot is replenished."""
    lines = ['rulebook "Benchmark" version "1"', "currency EUR", "members have", "    required : money"]
    lines += [f"    pot_{number} : money" for number in range(PAIRS)]
    lines += [f"given capital_{number} : money" for number in range(PAIRS)]
    lines += ["period cooling opens at a default lasts 10 business days"]
    lines += ["    extended by each further default to at most 3 months"]
    lines += ["limit aggregate as 550% of required each during cooling", "waterfall"]
    lines += [f"    tranche own_{number} paid by ccp from capital_{number}" for number in range(PAIRS)]
    for number in range(PAIRS):
        lines.append(f"    tranche fund_{number} paid by survivors from pot_{number} shared pro rata to required")
    for number in range(1, PAIRS):
        lines.append(f"    assessment call_{number} paid by survivors up to {number}00% of required each")
        lines.append(f"        in any {30 * number} days up to aggregate shared pro rata to required")
    lines.append("    haircut gains paid by survivors up to EUR 5 million each shared equally")
    lines.append("    finally closure")
    lines.append("replenish pot_0 paid by survivors to required each up to aggregate within 5 business days")
    lines.append("recoveries repay call_1, call_2, call_3, gains then repay fund_0, fund_1, fund_2, fund_3")
    lines.append("    then repay own_0, own_1, own_2, own_3 rest to defaulters")
    return "\n".join(lines) + "\n"


def history_text(days: int, runs: int) -> str:
    """So many days, some of them with a run: losses from what capital covers to what reaches the last step."""
    chance = random.Random(1)  # noqa: S311 - the same data in every run
    lines = ['history "Benchmark"', 'under "b.rules"', "dues paid when payable", "opening 2020-01-01"]
    lines += [f"    given capital_{number} = EUR {5 + number} million" for number in range(PAIRS)]
    for number in range(MEMBERS):
        pots = " ".join(f"pot_{pot} = EUR {chance.randint(50, 500)}_000" for pot in range(PAIRS))
        lines.append(f"    member M{number:03} required = EUR {chance.randint(100, 999)}_000 {pots}")
    there, gone = [f"M{number:03}" for number in range(MEMBERS)], list[str]()
    with_run = set(chance.sample(range(days), runs))
    for number in range(days):
        lines.append(f"on {datetime.date(2020, 1, 2) + datetime.timedelta(number)}")
        if number in with_run:
            lines.append(_loss(chance, there, gone))
        else:
            lines.append(f"    member {chance.choice(there)} required = EUR {chance.randint(100, 999)}_000")
            lines.append(f"    paid in by {chance.choice(there)} to pot_1 EUR {chance.randint(1, 9)}_000")
    return "\n".join(lines) + "\n"


def _loss(chance: random.Random, there: list[str], gone: list[str]) -> str:
    amount = f"EUR {chance.randint(10, 250)} million"
    if gone and (len(gone) == MEMBERS // 5 or chance.randrange(5) > 1):
        return f"    further loss of {gone[-1]} {amount}"
    gone.append(there.pop(chance.randrange(len(there))))
    return f"    default of {gone[-1]} loss {amount}"


def read(text: str) -> History:
    """A history, with its rulebook."""
    return read_history(
        SourceText.from_text(text, "h.history"),
        None,
        _no_table,
        {"b.rules": check_rulebook(SourceText.from_text(_RULES))},
    )


def _no_table(path: Path, name: str) -> SourceText:
    raise AssertionError(f"{path} {name}")


_RULES = rulebook()


def runs_alone(program: CheckedProgram, events: Sequence[Event]) -> Iterator[object]:
    """Run each event for itself; what was paid before is added up, as for any event that is read."""
    for event in events:
        yield interpret(program, evolve(event, payments=EarlierPayments(tuple(event.payments))))


def run(quick: bool) -> Report:  # noqa: FBT001 - the form of every benchmark
    """Measure a history, its runs alone, a longer history, and verifying a record."""
    text = history_text(DAYS, RUNS)
    history, longer = read(text), read(history_text(2 * DAYS, 2 * RUNS))
    result = run_history(history)
    program: CheckedProgram = check_rulebook(SourceText.from_text(_RULES))
    events = [day.event for day in result.days if day.event is not None]
    assert len(events) == RUNS
    assert sum(interpret(program, event).uncovered for event in events) == sum(
        day.run.uncovered for day in result.days if day.run is not None
    )
    record = SourceText.from_text(history_record(history, result, _ENGINE).decode(), "record.json")
    assert verify_record(record, _ENGINE).stands
    sides: dict[str, Callable[[], object]] = {
        "the runs alone": lambda: list(runs_alone(program, events)),
        "the history": lambda: run_history(history),
        "the runs alone, payments added up before": lambda: [interpret(program, event) for event in events],
        "twice as many days and runs": lambda: run_history(longer),
        "reading and running": lambda: run_history(read(text)),
        "verifying the record": lambda: verify_record(record, _ENGINE),
    }
    times = rounds_of(sides, 3 if quick else 9)
    alone, reading = times["the runs alone"], times["reading and running"]
    rows = tuple((name, f"{statistics.median(each):.3f}", ratio(times_of(each, alone))) for name, each in times.items())
    ran = times_of(times["the history"], alone)
    linear = times_of(times["twice as many days and runs"], times["the history"])
    verified = times_of(times["verifying the record"], reading)
    goals = (
        Goal(f"at most {ratio(FURTHEST)} the time of its runs alone", ratio(ran), ran <= FURTHEST),
        Goal(f"at most {ratio(LINEAR)} the time with twice as many days and runs", ratio(linear), linear <= LINEAR),
        Goal(
            f"verifying a record takes at most {ratio(VERIFIED)} reading and running",
            ratio(verified),
            verified <= VERIFIED,
        ),
    )
    title = f"A history of {DAYS} days with {RUNS} runs, {MEMBERS} members, 12 steps"
    return Report(title, ("side", "seconds", "time"), rows, goals)


if __name__ == "__main__":
    main([run], __doc__ or "")
