"""What sweeps are tried on: random cases with random overrides, and the interpreter beside each scenario.

``python -m tests.sweeps.random_sweeps --random 500 --seed 1`` is the same for long: the cases of the tests, and each
once more with a crowd of further members, of whom few default, so that losses are sparse.
"""

import argparse
import random
import sys
from collections import Counter

import numpy
from attrs import evolve

import rulelang
from rulelang.check.program import CheckedProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.sweeps.tape.engine import Batch, Override, SweepPlan, make_sweep
from rulelang.sweeps.tape.overrides import NOBODY
from tests.oracle.generate import generate
from tests.properties.worlds import load

NEAR = (2**61 + 7, 2**62, 2**63 - 1)
"""Losses whose sums pass 64 bits."""


def case_at(seed: int, *, over_time: bool = False) -> tuple[CheckedProgram, Event] | None:
    """The rulebook and event of a random case; ``None`` if it does not check."""
    try:
        return load(generate(seed, over_time))
    except rulelang.RulelangError:
        return None


def random_overrides(rng: random.Random, program: CheckedProgram, event: Event) -> list[Override]:
    """Some losses, givens and fields."""
    segments = program.segments or (None,)
    members = list(event.members)
    further = {loss.member for loss in event.losses if loss.further}
    gone = {member for _, member in event.past.defaulted} - further
    failing = [
        member for member in members if (member in further or not further or program.in_turn) and member not in gone
    ]
    found = [
        Override("loss", rng.choice(failing), segment=rng.choice(segments))
        for _ in range(rng.choice([1, 1, 2, 3, len(failing)]) if failing else 0)
    ]
    if rng.random() < 0.3:
        found += [Override("loss", member, segment=segments[0]) for member in failing]
    if any(loss.member is None for loss in event.losses) and rng.random() < 0.5:
        found.append(Override("loss", NOBODY, segment=rng.choice(segments)))
    for name, datum in program.givens.items():
        if datum.type.kind is not Kind.TEXT and rng.random() < 0.5:
            found.append(Override("given", name, segment=rng.choice(segments) if datum.per_segment else None))
    for name, datum in program.fields.items():
        if datum.type.kind is not Kind.TEXT and rng.random() < 0.4:
            segment = rng.choice(segments) if datum.per_segment else None
            with_whom = rng.choice(members) if datum.per_defaulter else None
            who = members if rng.random() < 0.5 else rng.sample(members, 1)
            found += [Override("field", name, member, segment, with_whom) for member in who]
    found = list(dict.fromkeys(found))
    rng.shuffle(found)
    return found


def random_column(
    rng: random.Random, override: Override, program: CheckedProgram, event: Event, count: int
) -> numpy.ndarray:
    """A column for an override."""
    loss = override.kind == "loss"
    values = _losses(rng, event, count) if loss else _data(rng, override, program, event, count)
    return numpy.array(values, dtype=numpy.int64)


def _losses(rng: random.Random, event: Event, count: int) -> list[int]:
    total = event.loss + 1
    large = rng.random() < 0.08
    return [
        0
        if rng.random() < 0.4
        else rng.choice(NEAR)
        if large
        else rng.choice([rng.randint(1, 50), rng.randint(1, total), rng.randint(1, 2 * total), total])
        for _ in range(count)
    ]


def _data(rng: random.Random, override: Override, program: CheckedProgram, event: Event, count: int) -> list[int]:
    datum = (program.fields if override.kind == "field" else program.givens)[override.name]
    known = [v for column in event.fields.values() for v in column.values() if type(v) is int and v >= 0] + [1000]
    today = event.declared.toordinal()
    make = {
        Kind.MONEY: lambda: rng.choice([0, rng.randint(0, 30), rng.randint(0, max(known)), rng.choice(known)]),
        Kind.NUMBER: lambda: rng.choice([0, 1, 2, 3, rng.randint(0, 9)]),
        Kind.RATE: lambda: rng.choice([1, 973_000_000, 10**10, 123_456_789_012]),
        Kind.RATIO: lambda: rng.choice([0, 250_000, 333_333, 1_000_000, 1_500_000]),
        Kind.YES_NO: lambda: rng.randint(0, 1),
        Kind.CHOICE: lambda: rng.randrange(len(datum.type.choices)),
        Kind.DATE: lambda: today + rng.randint(-40, 40),
    }[datum.type.kind]
    return [make() * (rng.choice([1, -1]) if datum.signed else 1) for _ in range(count)]


def random_sweep(
    seed: int, count: int = 10, crowd: int = 0, *, over_time: bool = False
) -> tuple[SweepPlan, list[numpy.ndarray]] | None:
    """A sweep of a random case, perhaps with a crowd of further members, and its columns.

    Raises:
        RulelangError: something varies that a sweep can only take as it is.
    """
    case = case_at(seed, over_time=over_time)
    if case is None:
        return None
    program, event = case
    rng = random.Random(seed)
    event = _crowded(rng, program, event, crowd) if crowd else event
    overrides = random_overrides(rng, program, event)
    columns = [random_column(rng, override, program, event, count) for override in overrides]
    if crowd:
        _thin_out(rng, overrides, columns)
    return make_sweep(program, event, overrides), columns


def _crowded(rng: random.Random, program: CheckedProgram, event: Event, crowd: int) -> Event:
    """The event with further members, each with values of those there, and multiples of their amounts."""
    more = [f"CROWD{number}" for number in range(crowd)]
    fields = {}
    for (name, segment), row in event.fields.items():
        money = program.fields[name].type.kind is Kind.MONEY
        values = {member: row[rng.choice(event.members)] for member in more}
        scaled = {m: v * rng.randint(0, 5) if money and v is not None else v for m, v in values.items()}
        fields[name, segment] = {**row, **scaled}
    past = {
        key: {**rows, **{member: rows[rng.choice(event.members)] for member in more}}
        for key, rows in event.past.fields.items()
        if set(event.members) <= rows.keys()
    }
    known = {name: {who: dict(row) for who, row in rows.items()} for name, rows in event.with_defaulters.items()}
    dealt = {
        name: {
            who: {**row, **{member: row[rng.choice(event.members)] for member in more}}
            for who, row in (rows | {member: rows[rng.choice(list(rows))] for member in more if rows}).items()
        }
        for name, rows in known.items()
    }
    return evolve(
        event,
        members=tuple(sorted([*event.members, *more])),
        fields=fields,
        with_defaulters=dealt,
        past=evolve(event.past, fields={**event.past.fields, **past}),
    )


def _thin_out(rng: random.Random, overrides: list[Override], columns: list[numpy.ndarray]) -> None:
    """Leave few losses in each scenario, and now and then none or all of them."""
    losses = [place for place, override in enumerate(overrides) if override.kind == "loss"]
    for index in range(len(columns[0])):
        left = set(rng.sample(losses, min(len(losses), rng.choice([0, 1, 1, 1, 2, 2, 3, len(losses)]))))
        for place in losses:
            if place not in left:
                columns[place][index] = 0


def differences(sweep: SweepPlan, columns: list[numpy.ndarray], batch: Batch) -> list[str]:
    """Where a batch is not what the interpreter gives, scenario by scenario."""
    rejected = {rejection.scenario: rejection for rejection in batch.rejected}
    found = []
    for index in range(len(batch)):
        try:
            allocation = rulelang.evaluate(sweep.program, sweep.event_at(columns, index))
        except rulelang.RulelangError as error:
            first = error.diagnostics[0]
            told = rejected[index].told if index in rejected else None
            if told is None or (told.code, told.message) != (first.code, first.message):
                found.append(f"{index}: {first.code}, {first.message} is due, not {rejected.get(index)}")
            elif batch.uncovered[index] or any(array[index] for array in batch.paid.values()):
                found.append(f"{index}: a rejected scenario has amounts")
            continue
        if index in rejected:
            found.append(f"{index}: {rejected[index]} is not due")
            continue
        found += [f"{index}: {what}" for what in _differing(batch, index, allocation)]
    return found


def _differing(batch: Batch, index: int, allocation: rulelang.Allocation) -> list[str]:
    found = []
    due: Counter[tuple[str, str | None]] = Counter()
    for line in allocation.lines:
        due[line.step, line.segment] += line.drawn
    due = +due
    ours = {key: int(array[index]) for key, array in batch.drawn.items() if array[index]}
    if due != ours:
        found.append(f"drawn {ours} is not {due}")
    paid: Counter[str] = Counter()
    for allotment in allocation.allotments:
        paid[allotment.payer] += allotment.amount
    ours_paid = {payer: int(array[index]) for payer, array in batch.paid.items() if array[index]}
    if dict(paid) != ours_paid:
        found.append(f"paid {ours_paid} is not {dict(paid)}")
    if int(batch.uncovered[index]) != allocation.uncovered:
        found.append(f"uncovered {batch.uncovered[index]} is not {allocation.uncovered}")
    if bool(batch.outcome[index]) != (allocation.outcome != "covered"):
        found.append(f"outcome {batch.outcome[index]} is not {allocation.outcome}")
    return found


def main() -> int:
    """Report every difference; 1 if there is one."""
    parser = argparse.ArgumentParser("python -m tests.sweeps.random_sweeps", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--random", type=int, metavar="N", required=True, help="how many random cases")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first of them")
    parser.add_argument("--over-time", action="store_true", help="cases of the second edition")
    parser.add_argument("--scenarios", type=int, default=10, help="how many scenarios each has")
    arguments = parser.parse_args()
    scenarios = differ = 0
    for seed in range(arguments.seed, arguments.seed + arguments.random):
        for crowd in (0, random.Random(seed).randint(8, 60)):
            try:
                made = random_sweep(seed, arguments.scenarios, crowd, over_time=arguments.over_time)
            except rulelang.RulelangError as error:
                if error.diagnostics[0].code not in ("nothing-to-vary", "missing-value"):
                    raise
                continue
            if made is None:
                continue
            found = differences(*made, made[0].run(made[1]))
            scenarios, differ = scenarios + arguments.scenarios, differ + bool(found)
            for line in found:
                print(f"seed {seed}, {crowd} more members: {line}", flush=True)
    print(f"{scenarios} scenarios, {differ} sweeps differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
