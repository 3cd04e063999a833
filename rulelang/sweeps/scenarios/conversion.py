"""The values of a column as the integers that the engine takes, exactly, and why some scenarios have none.

Money is minor units, a number whole, a ratio millionths, a rate of exchange parts of ten digits; a date is its day
number (1 for 0001-01-01), yes 1 and no 0, a choice value its place in the declaration.
"""

import datetime
from fractions import Fraction
from typing import Any, assert_never

import numpy
import pyarrow
import pyarrow.compute
from attrs import evolve, field, frozen

from rulelang.base.diagnostic import Diagnostic
from rulelang.base.money import Currency
from rulelang.check.events import values
from rulelang.check.exact import Refusal
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import PLAIN, Kind
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.scenarios.column_types import Form, form_of
from rulelang.sweeps.scenarios.columns import ScenarioColumn
from rulelang.sweeps.scenarios.decimal_text import plain_decimals
from rulelang.sweeps.scenarios.integers import (
    LARGEST,
    NOT_A_NUMBER,
    TOO_FINE,
    Scaled,
    Truths,
    from_decimals,
    from_floats,
    from_whole,
)
from rulelang.sweeps.tape.arrays import Integers
from rulelang.sweeps.tape.comparisons import LAST_DAY

_EPOCH = datetime.date(1970, 1, 1).toordinal()
_EMPTY = ("missing-value", "is empty")


@frozen
class Fault:
    """Why a scenario has no result: code, message and help of a diagnostic, and the column at fault if it is one.

    ``told`` is what a run of it is told, if that is the reason.
    """

    code: str
    message: str
    column: str | None = None
    help: str | None = None
    told: Diagnostic | None = None

    def helped(self, advice: str) -> str:
        """The help of its diagnostic, with advice behind it."""
        return advice if self.help is None else f"{self.help}; {advice}"


@frozen
class Converter:
    """Converts columns of scenarios in the terms of a rulebook's currencies."""

    program: CheckedProgram
    options: SweepOptions
    faults: dict[int, Fault] = field(factory=dict)

    def integers(self, column: ScenarioColumn, chunked: pyarrow.ChunkedArray) -> Integers:
        """The integers of a column; rows without one are 0 and have a fault, unless they have one already."""
        array = _whole_array(chunked)
        if not array.null_count and column.form in (Form.WHOLE, Form.DECIMAL):
            return self._noted(column, array, self._converted(column, array, None))
        nulls = numpy.asarray(array.is_null(), dtype=bool)
        if column.form is Form.FLOATING:
            nulls |= numpy.asarray(pyarrow.compute.fill_null(array.is_nan(), fill_value=True), dtype=bool)
        if nulls.any():
            for row in numpy.flatnonzero(nulls).tolist():
                self._note(column, row, *_EMPTY)
            array = _filled(array, nulls)
        return self._noted(column, array, self._converted(column, array, nulls))

    def _noted(self, column: ScenarioColumn, array: pyarrow.Array, found: Scaled) -> Integers:
        """The integers found, when what is wrong with them is noted."""
        for row, problem in found.problems.items():
            self._note(column, row, *self._problem(column, problem, array[row]))
        self._refuse_negative(column, found.values)
        return found.values

    def _note(self, column: ScenarioColumn, row: int, code: str, message: str) -> None:
        self.faults.setdefault(row, Fault(code, f"`{column.title}` {message}", column.title))

    def _converted(self, column: ScenarioColumn, array: pyarrow.Array, nulls: Truths | None) -> Scaled:
        match column.form:
            case Form.WHOLE:
                return from_whole(array, column.digits)
            case Form.DECIMAL:
                return from_decimals(array, column.digits)
            case Form.FLOATING:
                assert self.options.floats is not None
                return from_floats(array, column.digits, self.options.floats)
            case Form.DATE:
                return self._dates(column, array)
            case Form.TRUTH:
                return Scaled(numpy.asarray(array.cast(pyarrow.int8())).astype(numpy.int64))
            case Form.TEXT:
                return self._texts(column, array, nulls)
            case Form.NOTHING | Form.OTHER:  # the last is refused before
                return Scaled(numpy.zeros(len(array), numpy.int64))
            case _:
                assert_never(column.form)

    def _dates(self, column: ScenarioColumn, array: pyarrow.Array) -> Scaled:
        days = array.cast(pyarrow.date32()).cast(pyarrow.int32())
        found = Scaled(numpy.asarray(days).astype(numpy.int64) + _EPOCH)
        for row in numpy.flatnonzero((found.values < 1) | (found.values > LAST_DAY)).tolist():
            self._note(column, row, "malformed-date", "is no day of the calendar")
            found.values[row] = 1
        return found

    def _texts(self, column: ScenarioColumn, array: pyarrow.Array, nulls: Truths | None) -> Scaled:
        kind = column.datum.type.kind
        if kind is Kind.CHOICE:
            places = pyarrow.compute.index_in(array, pyarrow.array(column.datum.type.choices, array.type))
            quick = numpy.asarray(places.is_valid(), dtype=bool)
            found = Scaled(numpy.asarray(places.fill_null(0)).astype(numpy.int64))
        elif kind in (Kind.MONEY, Kind.RATE) or kind in PLAIN:
            found, quick = plain_decimals(array, column.digits)
            if kind is Kind.RATIO:  # what may be a number of per cent is read as a cell is
                quick &= found.values <= values.MOST_RATIO * 10**column.digits
        else:
            quick = numpy.zeros(len(array), bool)
            found = Scaled(numpy.zeros(len(array), numpy.int64))
        for row in numpy.flatnonzero(~quick if nulls is None else ~quick & ~nulls).tolist():
            self._cell(column, array[row].as_py(), row, found)
        return found

    def _cell(self, column: ScenarioColumn, text: str, row: int, found: Scaled) -> None:
        """One text, read as a cell of a table of members is."""
        text = text.strip()
        if not text:
            self._note(column, row, *_EMPTY)
            return
        unsigned = evolve(column.datum, signed=True)  # the sign is judged for every form in one place
        in_minor = self.options.unit == "minor" and column.datum.type.kind is Kind.MONEY
        currency = self._currency(column)
        currency = Currency(currency.code, 0) if in_minor else currency
        try:
            value = values.from_cell(text, unsigned, currency, f"`{column.title}`")
        except Refusal as refusal:
            if refusal.code == "too-many-decimals" or (in_minor and refusal.code == "ambiguous-amount"):
                self._note(column, row, *self._problem(column, TOO_FINE, text))
                return
            message = refusal.message
            if refusal.code == "ambiguous-amount":
                message = f"`{column.title}` is ambiguous: {message}"
            self.faults.setdefault(
                row, Fault(refusal.code, message, column.title, None if refusal.help is None else str(refusal.help))
            )
            return
        numerator, denominator = _fraction(value, column)
        found.settle([row], [numerator], denominator)

    def _refuse_negative(self, column: ScenarioColumn, integers: Integers) -> None:
        datum = column.datum
        if datum.type.kind is Kind.RATE:
            for row in numpy.flatnonzero(integers <= 0).tolist():
                shown = f"`{Fraction(int(integers[row]), 10**column.digits)}`"
                self._note(column, row, "rate-not-positive", f"is {shown}, but a rate is above zero")
        if datum.signed or datum.type.kind not in (Kind.MONEY, *PLAIN) or not len(integers) or integers.min() >= 0:
            return
        for row in numpy.flatnonzero(integers < 0).tolist():
            what = "a loss" if column.override.kind == "loss" else "not signed"
            shown = self._shown(column, int(integers[row]))
            self._note(column, row, "negative-value", f"is {shown}, below zero, but it is {what}")

    def _shown(self, column: ScenarioColumn, integer: int) -> str:
        if column.datum.type.kind is Kind.MONEY:
            return self._currency(column).show(integer)
        return f"`{Fraction(integer, 10**column.digits)}`"

    def _currency(self, column: ScenarioColumn) -> Currency:
        """The currency of a column's amounts."""
        return self.program.currency_of(column.datum.type)

    def _problem(self, column: ScenarioColumn, problem: str, value: object) -> tuple[str, str]:
        """The code for what is wrong with a value, and what is to be said of its column."""
        written = str(value)[:40]
        if problem == NOT_A_NUMBER:
            return "wrong-value", f"is `{written}`, which is no number"
        if problem != TOO_FINE:
            message = f"is `{written}`, beyond the largest number of a sweep ({LARGEST:,} units)"
            return "number-too-large", message
        finest = f"finer than {self._currency(column).minor_unit}, the smallest amount there is"
        if column.datum.type.kind in (Kind.RATIO, Kind.RATE):
            finest = f"finer than {column.digits} decimals, the most that a sweep can hold"
        elif column.datum.type.kind is Kind.NUMBER:
            finest = "but a sweep holds whole numbers only"
        elif self.options.unit == "minor":
            finest = "no whole number of minor units"
        return "too-many-decimals", f"is `{written}`, {finest}"


def _whole_array(chunked: pyarrow.ChunkedArray) -> pyarrow.Array:
    """One array: chunks are joined, and one alone is not copied."""
    return chunked.chunk(0) if chunked.num_chunks == 1 else chunked.combine_chunks()


def _filled(array: pyarrow.Array, nulls: Truths) -> pyarrow.Array:
    """The array with something harmless where it is null."""
    if pyarrow.types.is_null(array.type):
        return array
    if form_of(array.type) is Form.TEXT:
        return array.fill_null("")
    if array.null_count:
        array = array.fill_null(pyarrow.scalar(0, pyarrow.int32()).cast(array.type))
    if pyarrow.types.is_floating(array.type):
        return pyarrow.array(numpy.where(nulls, 0, numpy.asarray(array)), array.type)
    return array


def _fraction(value: Any, column: ScenarioColumn) -> tuple[int, int]:
    """A value of an event as a numerator over the column's smallest unit, and a denominator that must divide it."""
    datum: DatumProgram = column.datum
    match datum.type.kind:
        case Kind.DATE:
            return value.toordinal(), 1
        case Kind.YES_NO:
            return int(value), 1
        case Kind.CHOICE:
            return datum.type.choices.index(value), 1
        case Kind.MONEY:
            return value, 1
        case Kind.NUMBER | Kind.RATIO | Kind.RATE:
            return value.numerator * 10**column.digits, value.denominator
        case Kind.TEXT | Kind.DAYS | Kind.BUSINESS_DAYS | Kind.MONTHS:
            raise TypeError(f"{datum.type.kind.value} does not vary")
        case _:
            assert_never(datum.type.kind)
