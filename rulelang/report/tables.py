"""Tables of a page, with the figures of the event's own loss; the page's script puts those of other losses in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from attrs import frozen

from rulelang.base.money import Currency
from rulelang.document.markup import Child, Markup, element, name_of
from rulelang.model.allocation import with_version


@frozen
class Column:
    """A column of words, under its heading."""

    heading: str
    attributes: ClassVar[Mapping[str, str]] = {}


@frozen
class Amounts(Column):
    """A column of amounts: they sort by size, the largest first, and stand to the right."""

    attributes: ClassVar[Mapping[str, str]] = {"data_kind": "amount", "class_": "number"}


def amount(currency: Currency, units: int | None, **attributes: str) -> Markup:
    """A cell with an amount in minor units, ``–`` where there is none."""
    shown = "–" if units is None else grouped(currency, units)
    return element("td", shown, class_="number", data_units="" if units is None else str(units), **attributes)


def grouped(currency: Currency, units: int) -> str:
    """An amount without the currency, with a real minus sign."""
    return currency.grouped(units).replace("-", "−")


def named(name: str) -> Markup:
    """The heading of a row, a name from outside."""
    return element("th", name_of(name), scope="row")


def name_and_version(title: str, version: str | None) -> list[Child]:
    """A rulebook by its title, a name from outside, and by its version."""
    return [name_of(title), with_version("", version)]


def percent(part: int, whole: int) -> str:
    """A part of a whole, with two decimals, cut off."""
    hundredths = part * 10_000 // whole if whole else 0
    return f"{hundredths // 100}.{hundredths % 100:02d} %" if whole else "–"


def table(
    identity: str,
    caption: str,
    columns: Sequence[Column],
    rows: Iterable[Markup],
    foot: Sequence[Markup] = (),
    *,
    filters: bool = False,
    sorts: bool = True,
) -> Markup:
    """A table that ``sorts``, in a box of its own that scrolls sideways where the page is narrow."""
    head = [element("th", column.heading, scope="col", **column.attributes) for column in columns]
    made = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", head)),
        element("tbody", rows),
        element("tfoot", foot) if foot else None,
        id=identity,
        data_sortable=sorts,
        data_filter=filters,
    )
    return element("div", made, class_="scroll", tabindex="0", role="region", aria_label=caption)


def foot_row(label: str, cells: Sequence[Child]) -> Markup:
    """A row of the foot: a label in the first column, then cells."""
    return element("tr", element("th", label, scope="row"), cells)
