"""The values of an event, as its text and the cells of its CSV files write them."""

import re
from fractions import Fraction
from typing import Any

from tests.oracle.parts import Decl, Expression, Rulebook
from tests.oracle.shapes import is_money, show
from tests.oracle.tokens import to_date
from tests.oracle.words import bad_event, minor_units


def currency_of(t: str, rb: Rulebook) -> str:
    """The currency of a type of money."""
    return t.partition(" ")[2] or rb.currency


def plain_value(d: Decl, raw: Expression, rb: Rulebook, where: str) -> Any:
    """A value written in the event file, checked against its declaration."""
    kind, v = raw[0], raw[1]
    t = d.type
    if is_money(t):
        if kind != "money":
            bad_event(f"{where}: money is due")
        if raw[2] != currency_of(t, rb):
            bad_event(f"{where}: {raw[2]} where {currency_of(t, rb)} is due")
    elif t == "number" or str(t).startswith("rate "):
        if kind != "number":
            bad_event(f"{where}: a number is due")
    elif t == "ratio":
        if kind not in ("number", "percent"):
            bad_event(f"{where}: a ratio is due")
    elif isinstance(t, tuple):
        if kind != "choice" or v not in t[1]:
            bad_event(f"{where}: not one of {', '.join(t[1])}")
    elif kind != t:
        bad_event(f"{where}: {show(t)} is due")
    check_sign(d, v, where)
    return v


def check_sign(d: Decl, v: Any, where: str) -> None:
    """Refuse a negative value where the type is not signed."""
    if (is_money(d.type) or d.type in ("number", "ratio")) and not d.signed and v < 0:
        bad_event(f"{where}: negative")
    if str(d.type).startswith("rate ") and v <= 0:
        bad_event(f"{where}: a rate is above zero")


CSV_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\Z")


def csv_value(d: Decl, cell: str, rb: Rulebook, where: str) -> Any:
    """A value of a cell."""
    t = d.type
    if is_money(t):
        v = csv_amount(cell, currency_of(t, rb), rb, where)
        check_sign(d, v, where)
        return v
    if t in ("number", "ratio") or str(t).startswith("rate "):
        percent = t == "ratio" and cell.endswith("%")
        text = cell[:-1] if percent else cell
        if not CSV_NUMBER.match(text):
            bad_event(f"{where}: {cell!r} is not a plain decimal")
        v = Fraction(text.replace(",", "")) / (100 if percent else 1)
        check_sign(d, v, where)
        return v
    if t == "bool":
        if cell not in ("yes", "no"):
            bad_event(f"{where}: yes or no is due")
        return cell == "yes"
    if t == "date":
        if not re.match(r"\d{4}-\d{2}-\d{2}\Z", cell):
            bad_event(f"{where}: {cell!r} is not a date")
        return to_date(cell)
    if t == "text":
        return cell
    if cell not in t[1]:
        bad_event(f"{where}: {cell!r} is not one of {', '.join(t[1])}")
    return cell


def csv_amount(cell: str, code: str, rb: Rulebook, where: str) -> Fraction:
    """An amount of a cell, in minor units."""
    if not CSV_NUMBER.match(cell):
        bad_event(f"{where}: {cell!r} is not a plain decimal")
    units = minor_units(code, rb.units[code], cell.lstrip("-").replace(",", ""), None, where)
    return -units if cell.startswith("-") else units
