"""Days that stand for all days: one for each range of days on which a rulebook does the same.

What hangs on the day of the event is which steps are in force, and what the rules compare with it.  Both change only
next to a day that is written in the rules; so do values as of such a day.
"""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import suppress

from rulelang.check.expressions.walk import walk
from rulelang.check.program import CheckedProgram
from rulelang.check.types import Kind
from rulelang.proof.domain.values import Outside
from rulelang.syntax import nodes

SOME_DAY = datetime.date(2025, 6, 2)
_WITH_A_PAST = datetime.date(1000, 1, 1)
"""A day that stands for a range which begins long before: all days that rules count back to are in the calendar."""
_ONE = datetime.timedelta(1)
_MOST_DIGITS = 3


def regimes(programs: Sequence[CheckedProgram], *, ends: bool = False) -> list[datetime.date]:
    """A day of each regime, in their order; with ``ends`` those of the calendar too, if days are moved.

    Raises:
        Outside: the rules compare the day of the event with something else than a written day.
    """
    _check_days_of_data(programs)
    cuts: set[datetime.date] = set()
    for program in programs:
        for step in program.each_step():
            if step.force is not None:
                first, last = step.force
                cuts.add(first)
                if last is not None:
                    cuts.update(_day_after(last))
        if any(map(_reads_the_day, program.expressions)):
            for day in _written_days(program):
                cuts.update((day, *_day_after(day)))
            _check_use_of_days(program)
    days = [SOME_DAY]
    if cuts:
        firsts = sorted(cuts)
        lasts = [*(first - _ONE for first in firsts[1:]), datetime.date.max]
        days = [min(last, max(first, _WITH_A_PAST)) for first, last in zip(firsts, lasts, strict=True)]
        if firsts[0] > datetime.date.min:
            days = [firsts[0] - _ONE, *days]
    if ends and any(_is_moved_day(program, node) for program in programs for node in program.expressions):
        days += [day for day in (datetime.date.min, datetime.date.max) if day not in days]
    return days


def _day_after(day: datetime.date) -> tuple[datetime.date, ...]:
    """The next day, unless it is the last of the calendar."""
    return (day + _ONE,) if day < datetime.date.max else ()


def _written_days(program: CheckedProgram) -> Iterator[datetime.date]:
    """The days that the rules write, and those that lie so many days before or behind one of them."""
    return (day for day in (_written_day(program, node) for node in program.expressions) if day is not None)


def _written_day(program: CheckedProgram, node: nodes.Expression) -> datetime.date | None:
    """The day that an expression is in every event, as the rules write it (``None``: it is none)."""
    match node:
        case nodes.Reference(name=name) if name in program.definitions:
            return _written_day(program, program.definitions[name].value)
        case nodes.Arithmetic(operator=sign, left=left, right=nodes.DaysLiteral(digits=digits, unit=unit)) if (
            first := _written_day(program, left)
        ) is not None:
            with suppress(OverflowError):
                return program.calendar.shifted(first, int(f"{sign}{digits}"), unit)
    day = program.constants.get(id(node))
    return day if isinstance(day, datetime.date) else None


def reads_earlier_days(program: CheckedProgram) -> bool:
    """Whether values as of earlier days are read."""
    return bool(program.limits_of_earlier_days) or any(isinstance(node, nodes.AsOf) for node in program.expressions)


def _reads_the_day(node: nodes.Expression) -> bool:
    if isinstance(node, nodes.PeriodValue):
        return node.what == "start"
    return isinstance(node, nodes.AsOf) or (isinstance(node, nodes.RunValue) and node.what == "declared")


def _is_moved_day(program: CheckedProgram, node: nodes.Expression) -> bool:
    return isinstance(node, nodes.Arithmetic) and program.types[id(node)].type.kind is Kind.DATE


def given_days(program: CheckedProgram) -> list[str]:
    """The givens that are days as of which data are read, and nothing else."""
    days = {id(node.day) for node in program.expressions if isinstance(node, nodes.AsOf)}
    read = [node for node in program.expressions if isinstance(node, nodes.Reference)]
    return [
        name
        for name, datum in program.givens.items()
        if datum.type.kind is Kind.DATE and not datum.per_segment
        if all(id(node) in days for node in read if node.name == name)
    ]


def _check_days_of_data(programs: Sequence[CheckedProgram]) -> None:
    """Data may be read as of one day, of several that are written, or of several that are given.

    Two days that vary with the event may be one day in one event and two in another (31 days and a month before it):
    no day stands for all then.  Of two given days, taken apart, the values are free: those of one day are among these.
    """
    read = [(program, node) for program in programs for node in program.expressions if isinstance(node, nodes.AsOf)]
    given = [isinstance(node.day, nodes.Reference) and node.day.name in program.givens for program, node in read]
    days = {program.source.phrase(node.day.span) for program, node in read}
    varies = any(_reads_the_day(inner) for _, node in read for inner in walk(node.day))
    if len(days) > 1 and not all(given) and (varies or any(given)):
        program, node = read[-1]
        what = "data read as of several days, of which one varies with the event,"
        raise Outside(what, None, program.source.phrase(node.span), node.span)


def _check_use_of_days(program: CheckedProgram) -> None:
    """The day of the event may be compared with a written day, and stand behind ``as of``; nothing else is covered."""
    allowed: set[int] = set()
    for node in program.expressions:
        if isinstance(node, nodes.AsOf):
            allowed.update(id(inner) for inner in walk(node.day))
            if any(
                isinstance(inner, nodes.DaysLiteral) and len(inner.digits) > _MOST_DIGITS for inner in walk(node.day)
            ):
                raise Outside("so many days from one on which data are read", node)
        elif isinstance(node, nodes.Comparison):
            sides = (node.left, node.right)
            if any(_written_day(program, side) is not None for side in sides):
                allowed.update(id(side) for side in sides if not isinstance(side, nodes.PeriodValue))
    for node in program.expressions:
        if _varies_with_the_day(program, node) and id(node) not in allowed:
            words = program.source.phrase(node.span)
            raise Outside(
                "the day of the event is compared with a day that is not written in the rules", node, words, node.span
            )


def _varies_with_the_day(program: CheckedProgram, node: nodes.Expression) -> bool:
    is_day = id(node) in program.types and program.types[id(node)].type.kind is Kind.DATE
    from_period = isinstance(node, nodes.PeriodValue) and node.what == "start"
    return is_day and (from_period or (isinstance(node, nodes.RunValue) and node.what == "declared"))
