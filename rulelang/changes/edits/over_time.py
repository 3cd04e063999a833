"""Currencies, holidays, periods and limits with a name: what differs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from attrs import evolve

from rulelang.base.source import Span
from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.sides import Sides, line_of, one_line
from rulelang.changes.match.ordering import side_by_side
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_expression
from rulelang.syntax.nodes import instant

_SATURDAY = 5
_Named = TypeVar("_Named", nodes.PeriodSection, nodes.LimitSection)


def currency_edits(sides: Sides) -> Iterator[Edit]:
    """Further currencies added and removed, and the decimals of units of account.

    The first currency is told of with the header; the order of the others has no meaning.
    """
    (old,), (new,) = sides.sections(nodes.CurrencySection)
    units = ({unit.code.text: unit for unit in section.units} for section in (old, new))
    for before, after in side_by_side(units):
        if before is not None and after is not None:
            if before != after:
                code = after.code.text
                same = len({program.currencies[code].decimals for program in sides.programs}) == 1
                texts = one_line(before), one_line(after)
                yield sides.edit("decimals-changed", (before.span, after.span), (code, code), texts, same=same)
        elif after is not None and after is not new.units[0]:
            yield sides.added("currency", after.span, after.code.text, one_line(after))
        elif before is not None and before is not old.units[0]:
            yield sides.removed("currency", before.span, before.code.text, one_line(before))


def holiday_edits(sides: Sides) -> Iterator[Edit]:
    """Days that are holidays in one of the rulebooks alone; a day of a weekend is no business day anyway."""
    old, new = map(_holidays, sides.sections(nodes.HolidaysSection))
    for kind, mine, others in (("holidays-removed", old, new), ("holidays-added", new, old)):
        days = [day for day in mine if day not in others]
        if days:
            text, span = ", ".join(days), mine[days[0]]
            same = all(found is not None and found.weekday() >= _SATURDAY for found in map(instant, days))
            if mine is new:
                yield sides.edit(kind, (None, span), texts=(None, text), same=same)
            else:
                yield sides.edit(kind, (span, None), texts=(text, None), same=same)


def _holidays(sections: Iterable[nodes.HolidaysSection]) -> dict[str, Span]:
    """The holidays in rising order, with where each stands first."""
    found: dict[str, Span] = {}
    for section in sections:
        for day in section.days:
            found.setdefault(day.text, day.span)
    return dict(sorted(found.items()))


def period_edits(sides: Sides) -> Iterator[Edit]:
    """Periods added, removed, renamed and changed: what opens them, how long they last, what extends them."""
    pairs = sides.matching.common.periods
    return _edits_of(sides, "period", nodes.PeriodSection, pairs, _period_text, _changed_period)


def _period_text(period: nodes.PeriodSection) -> str:
    return " ".join(filter(None, (one_line(period.opener), _length_text(period), line_of(period.extension))))


def _length_text(period: nodes.PeriodSection) -> str:
    return f"lasts {one_line(period.length)}"


def _changed_period(sides: Sides, old: nodes.PeriodSection, new: nodes.PeriodSection) -> Iterator[Edit]:
    names = old.name.text, new.name.text
    one, other = sides.programs[0].periods[names[0]], sides.programs[1].periods[names[1]]
    opened = [
        reading.written(
            evolve(period.opener, steps=tuple(sorted(period.opener.steps, key=lambda step: reading.token(step.text))))
        )
        for reading, period in ((sides.old, old), (sides.new, new))
    ]
    if opened[0] != opened[1]:
        texts = one_line(old.opener), one_line(new.opener)
        yield sides.edit("opener-changed", (old.opener.span, new.opener.span), names, texts)
    if old.length != new.length:
        texts = _length_text(old), _length_text(new)
        same = one.length == other.length
        yield sides.edit("length-changed", (old.length.span, new.length.span), names, texts, same=same)
    if old.extension != new.extension:
        places = (old.extension or old).span, (new.extension or new).span
        extensions = line_of(old.extension), line_of(new.extension)
        same = (one.extended, one.most) == (other.extended, other.most)
        yield sides.edit("extension-changed", places, names, extensions, same=same)


def named_limit_edits(sides: Sides) -> Iterator[Edit]:
    """Limits with a name added, removed, renamed and changed: how much, for whom, over what time."""
    pairs = sides.matching.common.limits
    return _edits_of(sides, "named-limit", nodes.LimitSection, pairs, _limit_text, _changed_limit)


def _limit_text(limit: nodes.LimitSection) -> str:
    return " ".join(filter(None, (print_expression(limit.value), limit.scope, line_of(limit.over_time))))


def _changed_limit(sides: Sides, old: nodes.LimitSection, new: nodes.LimitSection) -> Iterator[Edit]:
    names, spans = (old.name.text, new.name.text), (old.name.span, new.name.span)
    one, other = sides.programs[0].limits[names[0]], sides.programs[1].limits[names[1]]
    if sides.old.written(old.value) != sides.new.written(new.value):
        texts = print_expression(old.value), print_expression(new.value)
        same = sides.old.meant(old.value) == sides.new.meant(new.value)
        yield sides.edit("named-limit-value-changed", (old.value.span, new.value.span), names, texts, same=same)
    if old.scope != new.scope:
        yield sides.edit("named-limit-reach-changed", spans, names, (old.scope, new.scope))
    if sides.old.written(old.over_time) != sides.new.written(new.over_time):
        same = sides.old.meaning(one.over_time) == sides.new.meaning(other.over_time)
        times = line_of(old.over_time), line_of(new.over_time)
        yield sides.edit("named-limit-time-changed", spans, names, times, same=same)


def _edits_of(
    sides: Sides,
    part: str,
    kind: type[_Named],
    pairs: Mapping[str, str],
    text: Callable[[_Named], str],
    changed: Callable[[Sides, _Named, _Named], Iterator[Edit]],
) -> Iterator[Edit]:
    """The edits of sections with names: ``text`` is that of a whole one, ``changed`` what differs beside its head."""

    def both(old: _Named, new: _Named) -> Iterator[Edit]:
        names, spans = (old.name.text, new.name.text), (old.name.span, new.name.span)
        yield from sides.renamed(part, spans, names)
        yield from changed(sides, old, new)
        yield from sides.headed(spans, names, old, new, part)

    by_name = [{section.name.text: section for section in sections} for sections in sides.sections(kind)]
    return sides.things(part, side_by_side(by_name, pairs), lambda it: (it.name.span, it.name.text, text(it)), both)
