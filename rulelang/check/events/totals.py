"""A row of a table that is the total of the others, read as one member more: all money there is would count twice."""

import re
from collections.abc import Iterator

from rulelang.base.diagnostic import Diagnostic, finding
from rulelang.base.source import Place
from rulelang.base.suggest import listed
from rulelang.check.events.datum_values import called
from rulelang.check.program import CheckedProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event

_WORDS = frozenset(
    "total totals grandtotal subtotal totaal totale totalt totalgénéral totalgeneral sum summe gesamt gesamtsumme"
    " gesamtbetrag insgesamt zwischensumme summa somme soma suma razem ogółem celkem spolu összesen yhteensä samtals"
    " toplam ukupno skupaj kokku kopā итого всего σύνολο 合計 合计 总计 總計 합계 all allmembers"
    " overall aggregate".split()
)
"""What a row of totals is called."""


def totals(program: CheckedProgram, event: Event, places: dict[str, Place]) -> Iterator[Diagnostic]:
    """A warning for each member that is called a total and has the sum of all others in every column of money."""
    for member in event.members:
        if not _called_total(member) and not _called_total(event.names.get(member, "")):
            continue
        columns = list(_summed(program, event, member))
        if columns:
            message = f"the member `{member}` has the sum of all others in {listed(columns, 'and')}"
            advice = "remove the row if it is their total: as a member it would pay, and count twice in every sum"
            yield finding("total-as-member", message, places[member], help=advice)


def _called_total(name: str) -> bool:
    return re.sub(r"[\W_]+", "", name).casefold() in _WORDS


def _summed(program: CheckedProgram, event: Event, member: str) -> Iterator[str]:
    """The columns of money in which a member has the sum of all others; none if it has another amount in any."""
    found = []
    for key, column in event.fields.items():
        if program.fields[key[0]].type.kind is not Kind.MONEY or column[member] is None:
            continue
        others = sum(value for other, value in column.items() if other != member and isinstance(value, int))
        if column[member] != others:
            return
        if others:
            found.append(called(key))
    yield from found
