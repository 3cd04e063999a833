"""Values of scenarios as exact integers: every width and form, against plain exact arithmetic."""

import decimal
from decimal import Decimal
from fractions import Fraction

import numpy
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.sweeps.options import ROUNDINGS
from rulelang.sweeps.scenarios.integers import (
    LARGEST,
    NOT_A_NUMBER,
    TOO_FINE,
    TOO_LARGE,
    from_decimals,
    from_floats,
    from_whole,
)

pytestmark = pytest.mark.slow  # the language is covered without it

RULES = {
    "half-even": decimal.ROUND_HALF_EVEN,
    "half-up": decimal.ROUND_HALF_UP,
    "down": decimal.ROUND_DOWN,
    "up": decimal.ROUND_UP,
}


def expected(value: Fraction, digits: int) -> tuple[int, str | None]:
    scaled = value * 10**digits
    if scaled.denominator != 1:
        return 0, TOO_FINE
    if abs(scaled) > LARGEST:
        return 0, TOO_LARGE
    return int(scaled), None


def as_found(scaled) -> list[tuple[int, str | None]]:
    return [(value, scaled.problems.get(row)) for row, value in enumerate(scaled.values.tolist())]


@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.integers(0, 6))
def test_whole_numbers(values, digits):
    found = from_whole(pyarrow.array(values, pyarrow.int64()), digits)
    assert as_found(found) == [expected(Fraction(value), digits) for value in values]


@pytest.mark.parametrize("bits", [8, 16, 32, 64])
def test_whole_numbers_of_every_width(bits):
    for type_, most in ((f"uint{bits}", 2**bits - 1), (f"int{bits}", 2 ** (bits - 1) - 1)):
        found = from_whole(pyarrow.array([0, 1, most], type_), 2)
        assert as_found(found) == [expected(Fraction(value), 2) for value in (0, 1, most)]


@given(st.data(), st.integers(1, 38), st.integers(0, 6))
def test_decimals(data, precision, digits):
    scale = data.draw(st.integers(0, precision))
    bound = 10**precision - 1
    near = st.sampled_from([0, 1, -1, LARGEST, -LARGEST, LARGEST + 1, -LARGEST - 1, 2**64, -(2**64)])
    numbers = data.draw(st.lists(st.one_of(st.integers(-bound, bound), near).filter(lambda n: abs(n) <= bound)))
    with decimal.localcontext() as context:
        context.prec = 80
        values = [Decimal(number).scaleb(-scale) for number in numbers]
        array = pyarrow.array([None, *values], pyarrow.decimal128(precision, scale)).slice(1)  # not from the start
        wide = array.cast(pyarrow.decimal256(60, scale))
    wanted = [expected(Fraction(number, 10**scale), digits) for number in numbers]
    assert as_found(from_decimals(array, digits)) == wanted
    assert as_found(from_decimals(wide, digits)) == wanted


@pytest.mark.parametrize("type_", [pyarrow.decimal32(7, 3), pyarrow.decimal64(15, 3)])
def test_decimals_of_few_bits(type_):
    array = pyarrow.array([Decimal("1.25"), Decimal("-7.130"), Decimal("0.001")], type_)
    assert as_found(from_decimals(array, 2)) == [(125, None), (-713, None), (0, TOO_FINE)]


@given(
    st.lists(
        st.one_of(st.floats(allow_nan=False), st.floats(-1e12, 1e12), st.integers(-999, 999).map(lambda n: n / 8))
    ),
    st.sampled_from(ROUNDINGS),
    st.integers(0, 4),
)
def test_floats_are_rounded_from_their_exact_value(values, rounding, digits):
    found = from_floats(pyarrow.array(values, pyarrow.float64()), digits, rounding)
    for (integer, problem), value in zip(as_found(found), values, strict=True):
        if value in (numpy.inf, -numpy.inf):
            assert (integer, problem) == (0, NOT_A_NUMBER)
            continue
        with decimal.localcontext() as context:
            context.prec = 1200  # the exact value of any floating number
            exact = (Decimal(value) * 10**digits).quantize(Decimal(1), rounding=RULES[rounding])
        wanted = int(exact)
        assert (integer, problem) == ((0, TOO_LARGE) if abs(wanted) > LARGEST else (wanted, None))


# ---------------------------------------------------------------------------------------------------------- from Python


@pytest.mark.parametrize(
    ("name", "values", "code", "words"),
    [
        ("loss.A.energy", [1, None], "missing-value", "`loss.A.energy` is empty"),
        ("loss.A.energy", pyarrow.nulls(2), "missing-value", "is empty"),
        ("loss.A.energy", ["1", ""], "missing-value", "is empty"),
        ("loss.A.energy", [1, -2], "negative-value", "EUR -2.00, below zero, but it is a loss"),
        ("fund.A", [1, -2], "negative-value", "not signed"),
        ("weight.A", ["1", "-0.5"], "negative-value", "`-1/2`, below zero"),
        ("fund.A", [Decimal("1.000"), Decimal("1.001")], "too-many-decimals", "`1.001`, finer than EUR 0.01"),
        ("fund.A", ["1.00", "1.0010"], "too-many-decimals", "`1.0010`, finer than EUR 0.01"),
        ("fund.A", ["1.00", "1.001"], "ambiguous-amount", "`1.001` may mean EUR 1,001 or EUR 1.001"),
        ("loss.A.energy", ["1", "1.080"], "ambiguous-amount", "`1.080` may mean EUR 1,080 or EUR 1.080"),
        ("fund.A", ["1", "1.070,10"], "wrong-value", "`1.070,10` stands here"),
        ("fund.A", ["1", "1\u202f080"], "wrong-value", r"`1\u202f080` stands here"),
        ("weight.A", ["0.5", "1,250"], "ambiguous-amount", "`1,250` may mean 1250 or 1.250"),
        ("weight.A", ["10", "25"], "doubtful-ratio", "is a ratio, and `25` is 25 times the whole"),
        ("weight.A", ["1200%", "12.5"], "doubtful-ratio", "`12.5` is 12.5 times the whole"),
        ("weight.A", ["0.5", "0.1234567"], "too-many-decimals", "finer than 6 decimals"),
        ("fund.A", [1, 10**17], "number-too-large", "beyond the largest number"),
        ("fund.A", ["1", "92233720368547758.08"], "number-too-large", "beyond the largest number"),
        ("fund.A", ["1", "2 EUR"], "wrong-value", "is money, but `2 EUR` stands here"),
        ("fund.A", ["1", "1e3"], "wrong-value", "`1e3` stands here"),
        ("fund.A", ["1", "2 2"], "wrong-value", "`2 2` stands here"),
        ("rank.A", ["good", "goood"], "wrong-value", "`goood` stands here"),
        ("since.A", ["2020-01-01", "2020-13-01"], "malformed-date", "no day of the calendar"),
        ("active.A", ["yes", "maybe"], "wrong-value", "`maybe` stands here"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_scenario(place, name, values, code, words):
    for names in (["s1", "s2"], [1, 2]):
        with pytest.raises(type(place).Refused) as refused:
            place.sweep({"scenario": names, name: values, "gain.A": [0, 0]})
        (found,) = refused.value.diagnostics
        first = names[0] if isinstance(values, pyarrow.NullArray) else names[1]
        assert found.code == "rejected-scenario"
        assert found.message.startswith(f"scenario `{first}` is rejected: `{name}`")
        assert words in found.message
        assert f"`rulelang explain {code}`" in found.helps[0]


def test_amounts_in_minor_units(place):
    (found,) = place.sweep({"given.capital": [1234], "gain.A": ["-50"]}, unit="minor").to_pylist()
    assert found["drawn.junior"] == Decimal("12.34")
    for value in (["12.5"], [Decimal("12.5")]):
        ((_, message),) = place.refusals({"given.capital": value}, unit="minor")
        assert "no whole number of minor units" in message


def test_floating_amounts_are_rounded_as_asked(place):
    drawn = [
        place.sweep({"given.capital": [1.125, 1.0, 1e-9]}, floats=rule).column("drawn.junior").to_pylist()
        for rule in ROUNDINGS
    ]
    assert [[str(amount) for amount in row] for row in drawn] == [
        ["1.12", "1.00", "0.00"],
        ["1.13", "1.00", "0.00"],
        ["1.12", "1.00", "0.00"],
        ["1.13", "1.00", "0.01"],
    ]
    for value, words in ((float("nan"), "is empty"), (float("inf"), "no number"), (1e300, "beyond the largest")):
        ((code, message),) = place.refusals({"given.capital": [value]}, floats="down")
        assert code == "rejected-scenario"
        assert words in message


def test_the_largest_amounts_come_out_exactly(place):
    largest = Decimal(LARGEST).scaleb(-2)
    table = {"loss.A.energy": [largest], "loss.A.metals": [largest], "loss.D.energy": [largest]}
    (found,) = place.sweep(table).to_pylist()
    with decimal.localcontext() as context:
        context.prec = 40
        paid = sum(value for name, value in found.items() if name.startswith("paid."))
        assert found["uncovered"] + paid == 3 * largest


def test_pandas_and_polars_tables_give_what_arrow_gives(place):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    columns = {
        "scenario": ["a", "b"],
        "loss.A.energy": [Decimal("1.50"), Decimal("20.25")],
        "rank.A": ["good", "poor"],
        "active.A": [True, False],
    }
    wanted = place.sweep(columns).to_pydict()
    frames = [pandas.DataFrame(columns, index=[7, 8]), polars.DataFrame(columns)]
    frames.append(polars.DataFrame(columns).with_columns(polars.col("rank.A").cast(polars.Categorical)))
    frames.append(pyarrow.table(columns).to_reader())
    for frame in frames:
        assert place.sweep(frame).to_pydict() == wanted


def test_what_is_no_table_is_refused(place):
    ((code, message),) = place.refusals(7)
    assert code == "unreadable-table"
    assert message.startswith("the scenarios are no table")


def test_without_the_extra_the_message_says_what_to_install(place, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(type(place).Refused) as refused:
        place.sweep(7)
    (found,) = refused.value.diagnostics
    assert found.code == "missing-extra"
    assert 'pip install "rulelang[sweep]"' in found.helps[0]
