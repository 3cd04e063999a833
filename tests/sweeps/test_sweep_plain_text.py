"""Texts that are plain decimals are read at once, and everything else is left to the reader of cells."""

import re

import numpy
import pyarrow
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rulelang.sweeps.scenarios.decimal_text import plain_decimals
from rulelang.sweeps.scenarios.integers import LARGEST, TOO_LARGE

CELLS = st.one_of(
    st.from_regex(r"-?[0-9]{1,15}(\.[0-9]{1,7})?", fullmatch=True),
    st.text("0123456789.-", max_size=8),
    st.text("0123456789.-+ eE,\u0661", max_size=6),
)


@pytest.mark.slow
@pytest.mark.parametrize("type_", [pyarrow.string(), pyarrow.large_string()])
@given(st.lists(CELLS, max_size=6), st.integers(0, 6), st.integers(0, 3))
@example(["1.00", "-2.50"], 2, 0)
@example(["1.", "5"], 2, 0)
@example([".5", "5"], 2, 0)
@example(["1", "-.5"], 2, 0)
@example(["1-2"], 2, 0)
@example(["1.2.3"], 2, 0)
@example(["1.230"], 2, 0)
@example(["1.0"], 0, 0)
@example(["-"], 2, 0)
@example(["1", "-", "1"], 2, 0)
@example(["12", ".", "5"], 2, 0)
@example(["999999999999999.99"], 2, 0)
@example(["\u0661"], 2, 0)
def test_plain_decimals_are_those_of_the_pattern(type_, cells, digits, skip):
    decimals = rf"(\.[0-9]{{1,{digits}}})?" if digits else ""
    pattern = re.compile(rf"-?[0-9]{{1,15}}{decimals}")
    array = pyarrow.array(["7"] * skip + cells, type_).slice(skip)
    found, quick = plain_decimals(array, digits)
    assert numpy.asarray(quick).tolist() == [bool(pattern.fullmatch(cell)) for cell in cells]
    for row, (cell, value, taken) in enumerate(zip(cells, found.values.tolist(), quick, strict=True)):
        if taken:
            whole, _, part = cell.partition(".")
            wanted = int(whole + part.ljust(digits, "0"))
            if abs(wanted) > LARGEST:
                assert found.problems[row] == TOO_LARGE
            else:
                assert value == wanted
                assert row not in found.problems
