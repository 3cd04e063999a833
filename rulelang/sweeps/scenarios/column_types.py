"""The types of columns, by what their values are."""

import enum

import pyarrow
from pyarrow import types


class Form(enum.Enum):
    """What the values of a column are, whatever their width."""

    WHOLE = "whole numbers"
    DECIMAL = "decimals"
    FLOATING = "floating numbers"
    TEXT = "text"
    DATE = "dates"
    TRUTH = "truth values"
    NOTHING = "nothing"
    OTHER = "something else"


_TESTS = (
    (types.is_integer, Form.WHOLE),
    (types.is_decimal, Form.DECIMAL),
    (types.is_floating, Form.FLOATING),
    (types.is_string, Form.TEXT),
    (types.is_large_string, Form.TEXT),
    (types.is_string_view, Form.TEXT),
    (types.is_date, Form.DATE),
    (types.is_boolean, Form.TRUTH),
    (types.is_null, Form.NOTHING),
)


def form_of(type_: pyarrow.DataType) -> Form:
    """The form of an Arrow type; a dictionary has that of its values."""
    if types.is_dictionary(type_):
        inner = form_of(type_.value_type)
        return inner if inner is Form.TEXT else Form.OTHER
    return next((form for test, form in _TESTS if test(type_)), Form.OTHER)


def said(type_: pyarrow.DataType) -> str:
    """An Arrow type as a person would say it: ``floating numbers (double)``."""
    form = form_of(type_)
    return f"`{type_}`" if form is Form.OTHER else f"{form.value} (`{type_}`)"
