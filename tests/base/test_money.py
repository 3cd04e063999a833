"""Currencies and amounts: what is shown can be read back, and nothing is rounded."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulelang.base.money import (
    MAXIMUM_DIGITS,
    SCALES,
    Currency,
    currency_codes,
    decimal_value,
    whole_if_possible,
)

CURRENCIES = st.sampled_from(currency_codes()).map(Currency.named)
UNITS = st.integers(-(10**40), 10**40)


def named(code: str) -> Currency:
    currency = Currency.named(code)
    assert currency is not None
    return currency


def read(text: str, currency: Currency) -> Fraction:
    """Minor units of a shown amount, by way of the plain decimals of the language."""
    sign = -1 if text.startswith("-") else 1
    scale: int = 10**currency.decimals
    return sign * decimal_value(text.removeprefix("-")) * scale


@given(CURRENCIES, UNITS)
def test_plain_text_can_be_read_back(currency: Currency, units: int) -> None:
    text = currency.plain(units)
    assert read(text, currency) == units
    assert len(text.partition(".")[2]) == currency.decimals


@given(CURRENCIES, UNITS)
def test_grouped_text_is_plain_text_with_commas(currency: Currency, units: int) -> None:
    text = currency.grouped(units)
    assert text.replace(",", "") == currency.plain(units)
    whole = text.lstrip("-").partition(".")[0].split(",")
    assert 1 <= len(whole[0]) <= 3
    assert all(len(group) == 3 for group in whole[1:])
    assert currency.show(units) == f"{currency.code} {text}"
    assert currency.grouped(Fraction(units)) == text


@pytest.mark.parametrize(
    ("code", "decimals", "unit", "million"),
    [
        ("EUR", 2, "EUR 0.01", "EUR 10,000.00"),
        ("JPY", 0, "JPY 1", "JPY 1,000,000"),
        ("KRW", 0, "KRW 1", "KRW 1,000,000"),
        ("KWD", 3, "KWD 0.001", "KWD 1,000.000"),
        ("CLF", 4, "CLF 0.0001", "CLF 100.0000"),
    ],
)
def test_minor_units_of_iso_4217(code: str, decimals: int, unit: str, million: str) -> None:
    currency = named(code)
    assert (currency.decimals, currency.minor_unit, currency.show(1_000_000)) == (decimals, unit, million)


def test_currencies_that_are_none() -> None:
    for code in ("eur", "DEM", "XXX", "", "EURO"):
        assert Currency.named(code) is None
    assert list(currency_codes()) == sorted(set(currency_codes()))


@pytest.mark.parametrize(
    ("units", "text"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (-5, "-0.05"),
        (123456789, "1,234,567.89"),
        (Fraction(1, 2), "0.00 and 1/2 of a minor unit"),
        (Fraction(700_000_001, 3), "2,333,333.33 and 2/3 of a minor unit"),
        (Fraction(-1, 2), "-0.00 and 1/2 of a minor unit"),
        (Fraction(-3, 2), "-0.01 and 1/2 of a minor unit"),
    ],
)
def test_amounts_for_people(units: int | Fraction, text: str) -> None:
    assert named("EUR").grouped(units) == text


@given(st.fractions())
def test_a_shown_fraction_is_exact(amount: Fraction) -> None:
    whole, _, rest = named("JPY").grouped(amount).partition(" and ")
    part = Fraction(rest.split(" ")[0]) if rest else Fraction(0)
    sign = -1 if whole.startswith("-") else 1
    assert sign * (int(whole.lstrip("-").replace(",", "")) + part) == amount
    assert 0 <= part < 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", Fraction(0)),
        ("7", Fraction(7)),
        ("007", Fraction(7)),
        ("7.757", Fraction(7757, 1000)),
        ("7_000_000", Fraction(7_000_000)),
        ("1_0.2_5", Fraction(1025, 100)),
        ("9" * MAXIMUM_DIGITS, Fraction(10**MAXIMUM_DIGITS - 1)),
        ("0." + "0" * (MAXIMUM_DIGITS - 2) + "1", Fraction(1, 10 ** (MAXIMUM_DIGITS - 1))),
    ],
)
def test_decimals(text: str, value: Fraction) -> None:
    assert decimal_value(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "7.",
        ".5",
        "1e3",
        "-1",
        "+1",
        " 7",
        "7\n",
        "1,000",
        "1.2.3",
        "_7",
        "7_",
        "7__0",
        "7_.5",
        "7._5",
        "٣",
        "²",
        "inf",
        "9" * (MAXIMUM_DIGITS + 1),
        "0." + "0" * MAXIMUM_DIGITS,
        "9" * 100_000,
    ],
)
def test_what_is_no_decimal(text: str) -> None:
    with pytest.raises(ValueError, match=".*") as caught:
        decimal_value(text)
    assert len(str(caught.value)) < 80


def test_the_same_number_as_an_integer_where_it_is_whole() -> None:
    assert type(whole_if_possible(Fraction(4, 2))) is int
    assert whole_if_possible(Fraction(4, 2)) == 2
    assert whole_if_possible(Fraction(1, 2)) == Fraction(1, 2)
    assert whole_if_possible(3) == 3


def test_the_words_for_powers_of_ten() -> None:
    assert SCALES == {"thousand": 3, "lakh": 5, "million": 6, "crore": 7, "billion": 9, "trillion": 12}
