"""The compiled machine, and the same with NumPy, against the one module that rounds and plain Python."""

import os
import random
import subprocess
import sys
from itertools import chain

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.base.apportion import share
from rulelang.sweeps.machine import machine as machines
from rulelang.sweeps.machine.machine import Machine
from rulelang.sweeps.tape import players
from rulelang.sweeps.tape.inputs import OutOfBoundsError
from rulelang.sweeps.tape.nodes import Elem, Node
from rulelang.sweeps.tape.numpy_sharing import Sharing
from rulelang.sweeps.tape.operations import OPERATIONS
from rulelang.sweeps.tape.players import WithMachine, WithNumpy, make_player
from rulelang.sweeps.tape.tape import Tape
from tests.examples import examples

pytestmark = pytest.mark.slow  # the language is covered without it

kernel = pytest.importorskip("rulelang.sweeps.machine.kernel")
TOP = 2**52
SMALL = st.integers(0, 5)
LARGE = st.one_of(SMALL, st.integers(0, 10**4), st.integers(0, 2**40), st.integers(0, TOP))


def played(results: list[Node], columns: list[numpy.ndarray], monkeypatch) -> list[list]:
    """The results of some nodes by the machine, made sure to be the same with NumPy."""
    count = len(columns[0])
    machine = make_player(results)
    assert isinstance(machine, WithMachine)
    told = machine.play(columns, count, 1, None)
    ours = [told.arrays[node].astype(object).tolist() for node in results]
    with monkeypatch.context() as patched:
        patched.setattr(machines, "compiled", lambda: None)
        plain = make_player(results)
        assert isinstance(plain, WithNumpy)
        other = plain.play(columns, count, 1, None)
    assert ours == [other.arrays[node].astype(object).tolist() for node in results]
    return ours


def columns_of(*blocks: list[list[int]]) -> list[numpy.ndarray]:
    """One column for each number of a row of blocks that stand side by side."""
    table = numpy.array([list(chain(*rows)) for rows in zip(*blocks, strict=True)], dtype=numpy.int64)
    return [table[:, place] for place in range(table.shape[1])]


@st.composite
def sharings(draw: st.DrawFn) -> tuple[list[list[int]], list[list[int]], list[list[int]], list[list[int]], bool]:
    """Draws, keys, limits and who is there, for some scenarios; no draw is above what can be paid."""
    size, numbers = draw(st.integers(1, 12)), draw(st.sampled_from([SMALL, LARGE]))
    chance = random.Random(draw(st.integers(0, 2**32)))
    rows = draw(st.integers(1, 30))
    row = st.lists(numbers, min_size=size, max_size=size)
    keys = [draw(row) for _ in range(min(rows, 3))]
    limits = [draw(row) for _ in range(min(rows, 3))]
    draws, told, most, there = [], [], [], []
    for number in range(rows):
        told.append(keys[number % len(keys)])
        most.append(limits[number % len(limits)])
        away = set(chance.sample(range(size), chance.choice([0, 0, 1, 1, 2, min(3, size)]) % (size + 1)))
        there.append([int(place not in away) for place in range(size)])
        lent = sum(a for a, key, here in zip(most[-1], told[-1], there[-1], strict=True) if key and here)
        draws.append([chance.choice([0, 1, lent // 3, chance.randint(0, lent), max(lent - 1, 0), lent]) % (lent + 1)])
    return draws, told, most, there, draw(st.booleans())


def due(draws, keys, limits, there, reallocates) -> list[list[int]]:
    found = []
    for (amount,), key, limit, here in zip(draws, keys, limits, there, strict=True):
        weights = [k * h for k, h in zip(key, here, strict=True)]
        found.append(list(share(amount, weights, limit, range(len(key)), reallocate=reallocates).units))
    return found


def inputs(tape: Tape, start: int, size: int, high: int) -> object:
    """A block of columns from a number on; a column if it is one alone."""
    return tape.packed(tape.columns(range(start, start + size), 0, high))


@pytest.mark.slow
@examples(150)
@given(sharings())
def test_shares_with_keys_and_limits_that_vary(case):
    draws, keys, limits, there, reallocates = case
    size, tape = len(keys[0]), Tape()
    if size == 1:
        return  # one payer is a column, and no sharing
    blocks = [inputs(tape, 1 + number * size, size, high) for number, high in enumerate((TOP, TOP, 1))]
    present = tape.make("lt", 0, blocks[2])
    node = tape.make(
        "share", tape.column(0, 0, 12 * TOP), *blocks[:2], present, detail=Sharing(size, reallocates), bounds=(0, TOP)
    )
    with pytest.MonkeyPatch.context() as patch:
        assert played([node], columns_of(draws, keys, limits, there), patch) == [due(*case)]


@examples(250)
@given(sharings(), st.booleans(), st.booleans())
def test_shares_with_keys_and_limits_that_do_not(case, reallocates, by_limits):
    draws, keys, limits, there, _ = case
    size, tape = len(keys[0]), Tape()
    if size == 1:
        return
    row_keys, row_limits = keys[0], keys[0] if by_limits else limits[0]
    rows = len(draws)
    gone = inputs(tape, 1, size, 1)
    present = tape.make("not", tape.make("lt", 0, gone))
    draw = tape.column(0, 0, 12 * TOP)
    node = tape.make(
        "share", draw, tuple(row_keys), tuple(row_limits), present, detail=Sharing(size, reallocates), bounds=(0, TOP)
    )
    lent = [sum(limit for limit, key, here in zip(row_limits, row_keys, h, strict=True) if key and here) for h in there]
    draws = [[min(amount, most)] for (amount,), most in zip(draws, lent, strict=True)]
    away = [[1 - here for here in row] for row in there]
    with pytest.MonkeyPatch.context() as patch:
        told = played([node], columns_of(draws, away), patch)
    assert told == [due(draws, [row_keys] * rows, [row_limits] * rows, there, reallocates)]


@pytest.mark.parametrize("digits", [*range(28, 36), 45, 50])
@pytest.mark.parametrize("levels", [1, 8])
def test_shares_where_products_just_fit_and_where_they_do_not(digits, levels, monkeypatch):
    """Keys of so many binary digits, and levels of the water below 1 and above."""
    size, rows = 9, 200
    chance = random.Random(digits)
    keys = [chance.randint(2 ** (digits - 1), 2**digits - 1) for _ in range(size)]
    limits = [levels * key for key in keys]
    draws = [[chance.randint(0, sum(limits))] for _ in range(rows)]
    tape, sharing = Tape(), Sharing(size, True)
    draw = tape.column(0, 0, 2**56)
    node = tape.make("share", draw, tuple(keys), tuple(limits), True, detail=sharing, bounds=(0, 2**56))
    told = played([node], columns_of(draws), monkeypatch)
    assert told == [due(draws, [keys] * rows, [limits] * rows, [[1] * size] * rows, True)]


def test_what_is_sparse_gives_what_it_would_written_out(monkeypatch):
    """Losses of twenty members: nobody, one, a few, and in some stretches everybody."""
    chance, size, rows = random.Random(5), 20, 700
    losses = [[0] * size for _ in range(rows)]
    for number, row in enumerate(losses):
        for place in chance.sample(range(size), size if number % 97 == 5 else chance.choice([0, 1, 1, 1, 2, 3])):
            row[place] = chance.randint(1, 999)
    other = [[chance.randint(-9, 9) for _ in range(size)] for _ in range(rows)]
    tape = Tape()
    block = inputs(tape, 0, size, 1023)
    signed = tape.packed(tape.columns(range(size, 2 * size), -15, 15))
    limits = tuple(chance.randint(0, 500) for _ in range(size))
    covered = tape.make("min", block, limits)
    left = tape.make("sub", block, covered)
    fails = tape.make("lt", 0, block)
    lives = tape.make("not", fails)
    above = tape.make("lt", 0, signed)
    nodes = [
        covered, left, tape.make("not", lives), tape.make("and", lives, above), tape.make("and", fails, above),
        tape.make("and", fails, tape.make("lt", 0, left)), tape.make("or", lives, above),
        tape.make("select", fails, signed, 7), tape.make("pile", covered, signed, limits, bounds=(-99, 2000)),
        tape.make("add", left, signed),
    ]  # fmt: skip
    sums = [
        tape.make("sum", left, True, bounds=(0, 10**6)), tape.make("sum", limits, lives, bounds=(0, 10**6)),
        tape.make("sum", signed, lives, bounds=(-(10**6), 10**6)), tape.make("sum", signed, fails, bounds=(-999, 999)),
        tape.make("sum", 3, lives, bounds=(0, 99)), tape.make("count", lives, bounds=(0, size)),
        tape.make("any", fails),
        tape.make("highest", signed, lives, detail=(3, -15), bounds=(-45, 45)),
    ]  # fmt: skip
    told = played([*nodes, *sums], columns_of(losses, other), monkeypatch)
    assert told[0] == [[min(a, b) for a, b in zip(row, limits, strict=True)] for row in losses]
    assert told[4] == [[int(a > 0 < b) for a, b in zip(*rows, strict=True)] for rows in zip(losses, other, strict=True)]
    assert told[10] == [sum(max(a - b, 0) for a, b in zip(row, limits, strict=True)) for row in losses]
    assert told[11] == [sum(b for a, b in zip(row, limits, strict=True) if not a) for row in losses]
    living = [[b for a, b in zip(*rows, strict=True) if not a] for rows in zip(losses, other, strict=True)]
    assert told[12] == [sum(row) for row in living]
    assert told[17] == [sum(sorted(row)[-3:]) for row in living]


@pytest.mark.parametrize("operation", ["add", "sub", "mul", "floordiv", "min", "max", "eq", "lt", "le", "select"])
def test_number_by_number(operation, monkeypatch):
    """Columns, blocks, rows of constants and single ones in every place."""
    chance, rows, size, tape = random.Random(8), 40, 9, Tape()
    given = [[chance.randint(-9, 9) for _ in range(2 * size + 2)] for _ in range(rows)]
    one, other = (tape.packed(tape.columns(range(start, start + size), -15, 15)) for start in (0, size))
    column, constants = tape.column(2 * size, -15, 15), tuple(range(-4, 5))
    first = [one, column, constants, -2]
    last = [tape.make("max", 1, operand) for operand in (other, tape.column(2 * size + 1, -15, 15))]
    last += [tuple(abs(value) + 1 for value in constants), 3]
    truths = [tape.make("lt", 0, one), tape.make("lt", 0, column)] if operation == "select" else [None]
    pairs = [(*([] if t is None else [t]), a, b) for t in truths for a in first for b in last]
    nodes = [tape.make(operation, *operands) for operands in pairs]
    kept = [(node, operands) for node, operands in zip(nodes, pairs, strict=True) if isinstance(node, Node)]
    told = played([node for node, _ in kept], columns_of(given), monkeypatch)
    named = {id(one): lambda row: row[:size], id(column): lambda row: [row[2 * size]] * size}
    named |= {id(last[0]): lambda row: [max(value, 1) for value in row[size : 2 * size]]}
    named |= {id(last[1]): lambda row: [max(row[2 * size + 1], 1)] * size}
    if operation == "select":
        named |= {id(truths[0]): lambda row: [value > 0 for value in row[:size]]}
        named |= {id(truths[1]): lambda row: [row[2 * size] > 0] * size}

    def values(operand, row):
        if isinstance(operand, Node):
            return named[id(operand)](row)
        return operand if isinstance(operand, tuple) else [operand] * size

    for (node, operands), amounts in zip(kept, told, strict=True):
        for row, amount in zip(given, amounts, strict=True):
            fold = OPERATIONS[operation].fold
            wanted = [int(fold(*some)) for some in zip(*(values(o, row) for o in operands), strict=True)]
            assert amount == (wanted if node.width else wanted[0])


def test_what_is_out_of_bounds_is_noticed_wherever_it_stands():
    tape = Tape()
    block = inputs(tape, 0, 12, 100)
    node = tape.make("sum", block, True, bounds=(0, 1200))
    player = make_player([node])
    for row, place, value in ((0, 0, 101), (299, 11, -1), (150, 5, 2**40)):
        table = numpy.zeros((300, 12), dtype=numpy.int64)
        table[:, 3] = 7
        assert player.play([table[:, p] for p in range(12)], 300, 1, None).arrays[node].tolist() == [7] * 300
        table[row, place] = value
        for columns in ([table[:, p] for p in range(12)], [table[:, p].copy() for p in range(12)]):
            with pytest.raises(OutOfBoundsError):
                player.play(columns, 300, 2, None)


def test_short_sweeps_are_played_with_numpy_until_there_is_a_machine(monkeypatch):
    """Both ways give the same, whichever room they are given; the machine is asked for when patience ends, or kept."""
    tape = Tape()
    node = tape.make("min", inputs(tape, 0, 3, 100), inputs(tape, 3, 3, 100))
    columns = columns_of([[1, 50, 3], [7, 8, 9]], [[2, 4, 3], [9, 1, 2]])
    asked = []
    run = Machine.run
    monkeypatch.setattr(Machine, "run", lambda self, *given: asked.append(1) or run(self, *given))
    spent = players.Spent()
    monkeypatch.setattr(players, "SPENT", spent)
    monkeypatch.setattr(players, "PATIENCE", 10**18)
    kept = []
    monkeypatch.setattr(players, "is_kept", lambda: bool(kept))
    player = make_player([node])
    first = player.play(columns, 2, 1, None)
    assert not asked
    assert spent.time > 0
    kept.append(1)
    second = player.play(columns, 2, 1, first)
    assert asked == [1]
    kept.clear()
    third = player.play(columns, 2, 1, second)
    assert asked == [1]
    spent.time = 10**18
    fourth = player.play(columns, 2, 1, third)
    assert asked == [1, 1]
    for written in (first, second, third, fourth):
        assert written.arrays[node].tolist() == [[1, 4, 3], [7, 1, 2]]
    assert kernel.kept().exists()


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "kept"), [(0o755, True), (0o777, False)])
def test_the_machine_is_kept_only_where_nobody_else_may_write(tmp_path, mode, kept):
    folder = tmp_path / "numba"
    folder.mkdir()
    folder.chmod(mode)
    asked = "from rulelang.sweeps.machine import kernel; print(kernel.kept() is not None)"
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(kept)


def test_numbers_that_may_be_too_large_are_left_to_numpy():
    tape = Tape()
    draw, keys, limits = tape.column(0, 0, 2**62), inputs(tape, 1, 2, 9), inputs(tape, 3, 2, 9)
    assert isinstance(
        make_player([tape.make("share", draw, keys, limits, True, detail=Sharing(2), bounds=(0, 9))]), WithNumpy
    )
    assert isinstance(make_player([tape.make("add", draw, 5)]), WithMachine)
    assert isinstance(make_player([tape.make("mul", draw, 4)]), WithNumpy)
    assert isinstance(make_player([tape.make("min", draw, 2**70)]), WithMachine), "it never takes the constant"
    assert isinstance(make_player([tape.make("lt", tape.make("add", draw, 2**64), 2**64 + 5)]), WithNumpy)


def test_equal_nodes_are_made_once_and_bounds_tell_when_numbers_are_wide():
    tape = Tape()
    a, b = tape.column(0, 0, 2**62), tape.column(1, -5, 2**62)
    assert tape.make("add", a, b) is tape.make("add", a, b)
    assert tape.make("add", a, b).wide
    assert not tape.make("min", tape.make("add", a, b), 7).wide
    assert tape.make("lt", a, 0) is False
    assert tape.make("mul", a, 1) is a
    assert tape.each("add", [1, Elem(a)], [2, 3])[0] == 3
    alive = tape.make("not", tape.make("lt", 0, a))
    assert tape.make("and", alive, tape.make("lt", 0, a)) is False
