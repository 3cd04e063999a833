"""A row of a table that is the total of the others, read as one member more: all money there is would count twice."""

import re
from collections.abc import Iterator, Mapping

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
    others = [member for member in places if member not in called_so]
    for member in sorted(called_so):
        above = [other for other in others if _stands_above(places[other], places[member])]
        earlier = [other for other in called_so if _stands_above(places[other], places[member])]
        since = [one for one in above if all(_stands_above(places[other], places[one]) for other in earlier)]
        parts = ("all others", others), ("all above it", above), ("those since the total before it", since)
        for whose, summed in parts:
            columns, exact = _summed(program, fields, member, summed)
            if not columns or (whose != "all others" and len(summed) < _SEVERAL):
                continue
            nearly = "" if exact else "nearly "
            message = f"the member `{member}` has {nearly}the sum of {whose} in {listed(columns, 'and')}"
            advice = "remove the row if it is their total: as a member it would pay, and count twice in every sum"
            yield finding("total-as-member", message, places[member], help=advice)
            break


_SEVERAL = 2
_ROUNDED = 100
"""An amount that is off by less than this part of the sum may be the total of amounts not yet rounded."""


def _called_total(name: str) -> bool:
    words = re.split(r"[\W_]+", name.casefold())
    return "".join(words) in _WORDS or not _WORDS.isdisjoint(words)


def _stands_above(one: Place, other: Place) -> bool:
    return one.source is other.source and one.span is not None and other.span is not None and one.span < other.span


def _summed(program: CheckedProgram, fields: Columns, member: str, others: list[str]) -> tuple[list[str], bool]:
    """The columns of money in which a member has the sum of others, none if it has another amount in any.

    Whether it is exactly the sum goes with them.
    """
    found, exact = [], True
    for key, column in fields.items():
        if program.fields[key[0]].type.kind is not Kind.MONEY or column.get(member) is None:
            continue
        summed = sum(value for other in others if isinstance(value := column.get(other), int))
        value = column[member]
        if not isinstance(value, int) or abs(value - summed) * _ROUNDED > abs(summed):
            return [], False
        exact = exact and value == summed
        if summed:
            found.append(called(key))
    return found, exact
