"""Sweeps: one rulebook and one event, with some amounts varied over many scenarios, each exactly as the interpreter.

What varies is said by *overrides*, and given as one column of whole numbers for each:

==================  ====================================================================================
loss, money         minor units of the rulebook's currency
number              whole numbers
ratio               millionths (250_000 is 25%)
rate of exchange    parts of 10**10 (973_000_000 is 0.0973)
yes/no              0 is no, 1 is yes
one of …            the place of the value in the declaration, from 0
date                days of the proleptic Gregorian calendar, 0001-01-01 is 1 (``date.toordinal``)
==================  ====================================================================================

A member defaults in a scenario where one of its loss columns is above zero; where all are zero it is a survivor,
unless the event has another ``default`` line of it.  The losses of a scenario stand in this order: the overrides of
losses in the order given, without those that are zero, then the event's own ``default`` lines, without those whose
member and segment an override names.  That order settles the order of the defaulters and ties between losses.
"""

from collections.abc import Sequence
from contextlib import suppress

from attrs import define, evolve, field

from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event, Loss
from rulelang.run.plan import Plan, make_plan, with_pass_of_nobody
from rulelang.sweeps.tape.arrays import Array, numpy
from rulelang.sweeps.tape.batch import Batch
from rulelang.sweeps.tape.fitting import find_sources, takes_days_or_groups
from rulelang.sweeps.tape.inputs import OutOfBoundsError
from rulelang.sweeps.tape.overrides import Override, Source
from rulelang.sweeps.tape.trace import Trace, traced

_NEAR = 4
"""Binary digits by which the largest amounts of batches differ that share their bounds."""
_TOGETHER = 1 << 56
"""Columns share their bounds where their sum stays well below 64 bits."""
GLANCE = 1024
"""So many scenarios are looked at beforehand to guess the bounds of the columns."""

__all__ = ["Batch", "Override", "SweepPlan", "make_sweep"]


@define
class SweepPlan:
    """A rulebook and an event with what varies; made by :func:`make_sweep`.

    ``traces`` keeps what was worked out for columns within the same bounds, ``last`` the bounds of the last batch.
    """

    program: CheckedProgram
    event: Event
    sources: tuple[Source, ...]
    plan: Plan = field(init=False, repr=False)
    traces: dict[tuple[tuple[int, int], ...], Trace] = field(factory=dict, repr=False)
    threads: int = 1
    last: tuple[tuple[int, int], ...] | None = field(default=None, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Put the losses that vary before the others."""
        varied = [self._loss(s.override, 1) for s in self.sources if s.override.kind == "loss"]
        losses = (*varied, *self._other_losses())
        event = evolve(self.event, losses=losses)
        dealt = {}
        for name, columns in event.with_defaulters.items():
            named = (s.override.defaulter for s in self.sources if s.override.defaulter and s.override.name == name)
            dealt[name] = {
                defaulter: {member: columns.get(defaulter, {}).get(member) for member in event.members}
                for defaulter in dict.fromkeys((*columns, *event.defaulters, *named))
            }
        self.plan = with_pass_of_nobody(make_plan(self.program, evolve(event, with_defaulters=dealt)))

    def _other_losses(self) -> list[Loss]:
        """The event's own losses that no override replaces."""
        varied = {(s.override.whose_default, s.override.segment) for s in self.sources if s.override.kind == "loss"}
        return [loss for loss in self.event.losses if (loss.member, loss.segment) not in varied]

    def _loss(self, override: Override, amount: int) -> Loss:
        """A loss that varies: it is of an earlier default, and has its cause, as the event's own has."""
        of, segment = override.whose_default, override.segment
        same = [loss for loss in self.event.losses if loss.member == of]
        cause = next((loss.cause for loss in same if loss.segment == segment), None)
        return Loss(of, segment, amount, cause=cause, further=any(loss.further for loss in same))

    def run(self, columns: Sequence[Array], room: Batch | None = None, threads: int | None = None) -> Batch:
        """What every scenario gives; one ``int64`` array for each override, all of one length.

        Columns that lie in memory as those of one table, a row for each scenario, are read without a copy.  ``room``
        is an earlier batch of this sweep that is needed no more: its arrays are written over.  The work is spread
        over so many ``threads``, if not said otherwise those of the sweep; what comes out is the same for any number.

        Raises:
            ValueError: the columns are not as many as the overrides, not of one length, or not whole numbers, or one
                holds what its override does not allow.
            InternalError: a scenario does not conserve its loss, or the interpreter does not refuse what was refused
                here; the fault is the program's.
        """
        arrays, threads = self._arrays(columns), threads or self.threads
        seen = _spans([array[:GLANCE] for array in arrays])
        if all(_within(span, s.scale.range) for s, span in zip(self.sources, seen, strict=True)):
            # most columns look like their beginning; those that are read are held against their bounds on the way, and
            # the others here: what they decide may have been concluded from their bounds alone
            with suppress(OutOfBoundsError):
                batch = self._batch(arrays, seen, room, threads)
                unread = set(range(len(arrays))) - batch.read
                if all(_within(_span(arrays[number]), batch.trace.bounds[number]) for number in unread):
                    return batch
        spans = [_span(array) for array in arrays]
        for array, source, span in zip(arrays, self.sources, spans, strict=True):
            if len(array) and not _within(span, source.scale.range):
                raise ValueError(f"the column of {source.override} holds what it does not allow")
        return self._batch(arrays, spans, room, threads)

    def _batch(
        self, columns: Sequence[Array], seen: Sequence[tuple[int, int]], room: Batch | None, threads: int
    ) -> Batch:
        """The batch of some columns, for bounds that hold for the least and the most seen of each."""
        key = self._alike([_rounded(*span, *s.scale.range) for span, s in zip(seen, self.sources, strict=True)])
        if self.last is not None and key != self.last and not _far_apart(key, self.last):
            key = tuple((min(a, c), max(b, d)) for (a, b), (c, d) in zip(key, self.last, strict=True))
        self.last = key
        if key not in self.traces:
            self.traces[key] = traced(self.plan, self.sources, key)
        return Batch(self.plan, self.traces[key], columns, self.event_at, room, threads)

    def _alike(self, bounds: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Bounds, those of all losses and of one field the same: the next batch has large ones in other columns."""
        groups: dict[tuple[str, str | bool], list[int]] = {}
        for number, source in enumerate(self.sources):
            override = source.override
            groups.setdefault((override.kind, override.kind == "loss" or override.name), []).append(number)
        for numbers in groups.values():
            low, high = min(bounds[number][0] for number in numbers), max(bounds[number][1] for number in numbers)
            if max(-low, high) * len(numbers) < _TOGETHER:
                for number in numbers:
                    bounds[number] = low, high
        return tuple(bounds)

    def _arrays(self, columns: Sequence[Array]) -> list[Array]:
        arrays = [numpy.asarray(column) for column in columns]
        if len(arrays) != len(self.sources):
            raise ValueError(f"{len(self.sources)} columns are due, one for each override, not {len(arrays)}")
        if len({array.shape for array in arrays}) > 1 or any(array.ndim != 1 for array in arrays):
            raise ValueError("the columns are not of one length")
        if any(array.dtype != numpy.int64 for array in arrays):
            raise ValueError("the columns are not all of whole numbers of 64 bits")
        return arrays

    def event_at(self, columns: Sequence[Array], index: int) -> Event:
        """Exactly one scenario as an event for the interpreter."""
        numbers = [int(column[index]) for column in columns]
        varied: list[Loss] = []
        givens, fields = dict(self.event.givens), {key: dict(row) for key, row in self.event.fields.items()}
        dealt = {
            name: {defaulter: dict(column) for defaulter, column in columns.items()}
            for name, columns in self.plan.event.with_defaulters.items()
        }
        for source, number in zip(self.sources, numbers, strict=True):
            override, key = source.override, (source.override.name, source.override.segment)
            if override.kind == "loss":
                varied += [self._loss(override, number)] if number else []
            elif override.kind == "given":
                givens[key] = source.scale.plain(number)
            else:
                assert override.member is not None
                row = fields[key] if override.defaulter is None else dealt[override.name][override.defaulter]
                row[override.member] = source.scale.plain(number)
        found = evolve(self.event, losses=(*varied, *self._other_losses()), givens=givens, fields=fields)
        known = {
            name: {
                who: row
                for who, row in rows.items()
                if who in found.defaulters or any(v is not None for v in row.values())
            }
            for name, rows in dealt.items()
        }
        return evolve(found, with_defaulters=known)


def _span(array: Array) -> tuple[int, int]:
    """The least and the most of a column."""
    return (int(array.min()), int(array.max())) if len(array) else (0, 0)


def _spans(arrays: Sequence[Array]) -> list[tuple[int, int]]:
    """The least and the most of each of several short columns."""
    if not arrays or not len(arrays[0]):
        return [(0, 0)] * len(arrays)
    block = numpy.stack(arrays)
    return list(zip(block.min(axis=1).tolist(), block.max(axis=1).tolist(), strict=True))


def _within(span: tuple[int, int], bounds: tuple[int, int]) -> bool:
    """Whether the least and the most of a column are within bounds."""
    return bounds[0] <= span[0] and span[1] <= bounds[1]


def _rounded(least: int, most: int, lowest: int, highest: int) -> tuple[int, int]:
    """Bounds of a column, the same for columns of about the same size, so that what was worked out can be kept.

    They are within what the column may hold at all, from ``lowest`` to ``highest``.
    """
    low = -(1 << (-least).bit_length()) if least < 0 else 0
    high = (1 << most.bit_length()) - 1 if most > 0 else 0
    return max(low, lowest), min(max(high, lowest), highest)


def _far_apart(these: Sequence[tuple[int, int]], those: Sequence[tuple[int, int]]) -> bool:
    """Whether the largest bounds differ so much that one batch should not bear the width of the other.

    Otherwise the batches of one table share bounds that hold for both: working out what to compute takes longer than
    computing it.
    """
    one, other = (max((max(-low, high) for low, high in bounds), default=0).bit_length() for bounds in (these, those))
    return abs(one - other) > _NEAR


def make_sweep(program: CheckedProgram, event: Event, overrides: Sequence[Override]) -> SweepPlan:
    """Prepare a sweep of the scenarios that some overrides make of an event.

    Raises:
        RulelangError: an override is of a default that cannot be, or of what a sweep can only take as it is.
    """
    sweep = SweepPlan(program, event, find_sources(program, event, overrides))
    if takes_days_or_groups(program):
        traced(sweep.plan, sweep.sources, [source.scale.range for source in sweep.sources])
    return sweep
