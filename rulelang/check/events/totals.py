"""A row of a table that is the total of the others, read as one member more: all money there is would count twice."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from rulelang.base.diagnostic import Diagnostic, finding
from rulelang.base.source import Place
from rulelang.base.suggest import listed
from rulelang.check.events.datum_values import called
from rulelang.check.program import CheckedProgram
from rulelang.check.types import Kind
from rulelang.model.event import Column

Columns = Mapping[tuple[str, str | None], Column]

_WORDS = frozenset(
    "total totals grandtotal subtotal totaal totale totalt totalgénéral totalgeneral sum summe gesamt gesamtsumme"
    " gesamtbetrag insgesamt zwischensumme summa somme soma suma razem ogółem celkem spolu összesen yhteensä samtals"
    " toplam ukupno skupaj kokku kopā итого всего σύνολο 合計 合计 总计 總計 합계 all allmembers"
    " overall aggregate".split()
)
"""What a row of totals is called."""


def totals(
    program: CheckedProgram, names: Mapping[str, str], fields: Columns, places: Mapping[str, Place]
) -> Iterator[Diagnostic]:
    """A warning for each member that is called a total and has the sum of others in every column of money.

    These are all others, those in the rows above it, or those above it and below the total before; none of them is
    another total.  What is a little off is a total as well, for totals are often of amounts not yet rounded.
    ``places`` say where each member is named.
    """
    called_so = {one for one in places if _called_total(one) or _called_total(names.get(one, ""))}
    if not called_so:
        return
    money = {key: column for key, column in fields.items() if program.fields[key[0]].type.kind is Kind.MONEY}
    whole = [sum(_amount(column, one) for one in places if one not in called_so) for column in money.values()]
    above = _sums_above(money, places, called_so)
    for member in sorted(called_so):
        for whose, sums in (("all others", whole), *above.get(member, ())):
            columns, exact = _summed(money, member, sums)
            if columns:
                nearly = "" if exact else "nearly "
                message = f"the member `{member}` has {nearly}the sum of {whose} in {listed(columns, 'and')}"
                advice = "remove the row if it is their total: as a member it would pay, and count twice in every sum"
                yield finding("total-as-member", message, places[member], help=advice)
                break


_SEVERAL = 2
_ROUNDED = 100
"""An amount that is off by less than this part of the sum may be the total of amounts not yet rounded."""
_Sums = tuple[str, list[int]]
"""Whose amounts are added up, and what they come to, column by column."""


def _called_total(name: str) -> bool:
    words = re.split(r"[\W_]+", name.casefold())
    return "".join(words) in _WORDS or not _WORDS.isdisjoint(words)


def _amount(column: Column, member: str) -> int:
    value = column.get(member)
    return value if isinstance(value, int) else 0


def _sums_above(
    money: Columns, places: Mapping[str, Place], called_so: Collection[str]
) -> Mapping[str, Sequence[_Sums]]:
    """For each total the sums of the rows above it in its text, and of those since the total before, if several are."""
    written = sorted((id(place.source), place.span, one) for one, place in places.items() if place.span is not None)
    found: dict[str, Sequence[_Sums]] = {}
    for _, rows in groupby(written, key=itemgetter(0)):
        nothing = 0, [0] * len(money)
        above, since = nothing, nothing
        for _, _, member in rows:
            if member in called_so:
                parts = ("all above it", above), ("those since the total before it", since)
                found[member] = [(whose, sums) for whose, (count, sums) in parts if count >= _SEVERAL]
                since = nothing
            else:
                above, since = (_with_row(part, money, member) for part in (above, since))
    return found


def _with_row(part: tuple[int, list[int]], money: Columns, member: str) -> tuple[int, list[int]]:
    count, sums = part
    return count + 1, [before + _amount(column, member) for before, column in zip(sums, money.values(), strict=True)]


def _summed(money: Columns, member: str, sums: Sequence[int]) -> tuple[list[str], bool]:
    """The columns of money in which a member has these sums, none if it has another amount in any.

    Whether these are exactly the sums goes with them.
    """
    found, exact = [], True
    for (key, column), summed in zip(money.items(), sums, strict=True):
        value = column.get(member)
        if value is None:
            continue
        if not isinstance(value, int) or abs(value - summed) * _ROUNDED > abs(summed):
            return [], False
        exact = exact and value == summed
        if summed:
            found.append(called(key))
    return found, exact
