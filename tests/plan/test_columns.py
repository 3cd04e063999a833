"""The domain of integer columns: every scenario gives what the interpreter gives, or is refused as it is there."""

import random

import numpy
import pytest
from hypothesis import given, settings

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.check.types import Kind
from rulelang.plan import kernels
from rulelang.plan.sweep import Override, SweepPlan, make_sweep
from tests.oracle.generate import Case
from tests.properties.worlds import SEEDS, case_of, load

SCENARIOS = 12
LARGEST = 2**63 - 1


def overrides_of(program, event, chance: random.Random) -> list[Override]:
    """Some of what may vary: losses of members that default and of some that do not, givens, fields of members."""
    segments = program.segments or (None,)
    found = [Override("loss", loss.member, None, loss.segment) for loss in event.losses]
    found += [Override("loss", member, None, chance.choice(segments)) for member in event.members[:3]]
    found += [Override("given", name, None, segment) for name, segment in event.givens]
    for name, segment in event.fields:
        if program.fields[name].type.kind not in (Kind.TEXT, Kind.RATIO):
            found.append(Override("field", name, chance.choice(event.members), segment))
    found = [override for override in found if override.kind != "given" or of_amount(program, override)]
    return list(dict.fromkeys(chance.sample(found, chance.randint(1, min(6, len(found))))))


def of_amount(program, override: Override) -> bool:
    return program.givens[override.name].type.kind is Kind.MONEY


def columns_of(sweep: SweepPlan, chance: random.Random) -> list[numpy.ndarray]:
    """Numbers for each override: none, few, as many as amounts are, and now and then near what 64 bits hold."""
    columns = []
    for source in sweep.sources:
        low, high = source.range
        numbers = []
        for _ in range(SCENARIOS):
            size = chance.choice([0, 3, 5_000, 10**7, 10**7, LARGEST // 7 if chance.random() < 0.1 else 40])
            numbers.append(min(max(chance.randint(min(low, 0) and -size, size), low), high))
        columns.append(numpy.array(numbers, dtype=numpy.int64))
    return columns


def figures(allocation: rulelang.Allocation) -> dict[object, int]:
    """The draws, what everybody pays in all, and the uncovered; what is nothing is left out."""
    found: dict[object, int] = {("uncovered",): allocation.uncovered}
    for line in allocation.lines:
        found[line.step, line.segment] = found.get((line.step, line.segment), 0) + line.drawn
    found.update(allocation.payers())
    return {key: amount for key, amount in found.items() if amount}


def held_against_the_interpreter(program, event, overrides, chance: random.Random) -> int:
    """Compare every scenario of a sweep with its run; how many were allowed."""
    sweep = make_sweep(program, event, overrides)
    columns = columns_of(sweep, chance)
    batch = sweep.run(columns)
    refused = {rejection.scenario: rejection for rejection in batch.rejected}
    allowed = 0
    for index in range(SCENARIOS):
        try:
            run = rulelang.evaluate(program, sweep.event_at(columns, index))
        except RulelangError as error:
            assert refused[index].code == error.diagnostics[0].code
            continue
        assert index not in refused, refused[index]
        told: dict[object, int] = {("uncovered",): int(batch.uncovered[index])}
        told.update({key: int(amounts[index]) for key, amounts in batch.drawn.items()})
        told.update({payer: int(amounts[index]) for payer, amounts in batch.paid.items()})
        assert {key: amount for key, amount in told.items() if amount} == figures(run)
        assert int(batch.outcome[index]) == int(run.uncovered > 0)
        allowed += 1
    return allowed


@given(SEEDS)
@settings(max_examples=120, deadline=None)
def test_random_scenarios_give_what_the_interpreter_gives(seed):
    program, event = load(case_of(seed))
    chance = random.Random(seed)
    held_against_the_interpreter(program, event, overrides_of(program, event, chance), chance)


def test_most_random_scenarios_are_allowed():
    allowed = 0
    for seed in range(30):
        program, event = load(case_of(seed))
        chance = random.Random(seed)
        allowed += held_against_the_interpreter(program, event, overrides_of(program, event, chance), chance)
    assert allowed > 30 * SCENARIOS // 2


@pytest.mark.parametrize("seed", range(40, 60))
def test_without_compiled_kernels_the_numbers_are_the_same(seed, monkeypatch):
    monkeypatch.setattr(kernels, "compiled", lambda: None)
    program, event = load(case_of(seed))
    chance = random.Random(seed)
    held_against_the_interpreter(program, event, overrides_of(program, event, chance), chance)


BOOK = """rulebook "A" currency EUR
members have fund : money
given capital : money
waterfall
    tranche own paid by defaulters from fund
    tranche junior paid by ccp from capital
    tranche pool paid by survivors from fund shared pro rata to fund
    assessment calls paid by survivors up to 200% of fund each shared equally
    finally open
"""


def small(members: int) -> tuple[rulelang.CheckedProgram, rulelang.Event]:
    rows = "\n".join(f"member M{number} fund = EUR {number + 1}" for number in range(members))
    event = f'event "e" declared 2024-01-01 given capital = EUR 3\n{rows}\ndefault of M0 loss EUR 5\n'
    return load(Case(BOOK, event, {}))


@pytest.mark.parametrize("members", [1, 2, 7])
def test_everybody_may_default(members):
    program, event = small(members)
    overrides = [Override("loss", f"M{number}", None, None) for number in range(members)]
    sweep = make_sweep(program, event, overrides)
    columns = [numpy.array([700, 0, 1, 10**6 + number], dtype=numpy.int64) for number in range(members)]
    batch = sweep.run(columns)
    for index in range(4):
        run = rulelang.evaluate(program, sweep.event_at(columns, index))
        assert (int(batch.uncovered[index]), batch.rejected) == (run.uncovered, [])


def test_amounts_near_the_end_of_64_bits_do_not_wrap():
    program, event = small(4)
    overrides = [Override("loss", f"M{number}", None, None) for number in range(3)]
    overrides += [Override("field", "fund", "M3", None), Override("given", "capital", None, None)]
    sweep = make_sweep(program, event, overrides)
    columns = [numpy.array([LARGEST, LARGEST - 1, 2**62], dtype=numpy.int64) for _ in overrides]
    batch = sweep.run(columns)
    for index in range(3):
        run = rulelang.evaluate(program, sweep.event_at(columns, index))
        assert int(batch.uncovered[index]) == run.uncovered
        assert int(batch.paid["M3"][index]) == run.paid_by("M3")
