"""A sweep engine in the plainest way: every scenario becomes an event and goes through the interpreter.

It has the interface of ``rulelang.sweeps.tape.engine``; the tests of the ``sweep`` command hold both against each
other.
"""

import datetime
from fractions import Fraction
from typing import Any

import numpy
from attrs import evolve, frozen

from rulelang.base.diagnostic import RunError
from rulelang.check.types import Kind
from rulelang.model.event import Event, Loss
from rulelang.run.interpret import interpret


@frozen
class Override:
    kind: str
    name: str
    member: str | None = None
    segment: str | None = None


@frozen
class Batch:
    uncovered: Any
    outcome: Any
    drawn: dict
    paid: dict
    under: dict
    rejected: list

    def paid_under(self, step, segment, payer):
        zero = numpy.zeros(len(self.uncovered), object)
        return self.under.get((step, segment, payer), zero)


def value_of(datum, code: int):
    """What an integer of a column stands for."""
    kind = datum.type.kind
    if kind is Kind.DATE:
        return datetime.date.fromordinal(code)
    if kind is Kind.YES_NO:
        return bool(code)
    if kind is Kind.CHOICE:
        return datum.type.choices[code]
    if kind is Kind.RATIO:
        exact = Fraction(code, 1_000_000)
        return exact.numerator if exact.denominator == 1 else exact
    return code


@frozen
class SweepPlan:
    program: Any
    event: Event
    overrides: tuple

    def event_at(self, columns, index: int) -> Event:
        losses, fields, givens = [], {key: dict(column) for key, column in self.event.fields.items()}, {}
        replaced = set()
        for override, column in zip(self.overrides, columns, strict=True):
            code = int(column[index])
            if override.kind == "loss":
                of = override.name or None  # of nobody's default
                replaced.add((of, override.segment))
                further = any(loss.further for loss in self.event.losses if loss.member == of)
                if code > 0:
                    losses.append(Loss(of, override.segment, code, further=further))
            elif override.kind == "field":
                datum = self.program.fields[override.name]
                fields[override.name, override.segment][override.member] = value_of(datum, code)
            else:
                datum = self.program.givens[override.name]
                givens[override.name, override.segment] = value_of(datum, code)
        losses += [loss for loss in self.event.losses if (loss.member, loss.segment) not in replaced]
        return evolve(self.event, losses=tuple(losses), fields=fields, givens={**self.event.givens, **givens})

    def run(self, columns) -> Batch:
        size = len(columns[0])
        batch = Batch(numpy.zeros(size, object), numpy.zeros(size, numpy.int64), {}, {}, {}, [])
        for index in range(size):
            try:
                found = interpret(self.program, self.event_at(columns, index))
            except RunError as error:
                batch.rejected.append((index, error.diagnostics[0]))
                continue
            batch.uncovered[index], batch.outcome[index] = found.uncovered, found.uncovered > 0
            for line in found.lines:
                drawn = batch.drawn.setdefault((line.step, line.segment), numpy.zeros(size, object))
                drawn[index] += line.drawn
            for allotment in found.allotments:
                under = (allotment.step, allotment.segment, allotment.payer)
                for table, key in ((batch.paid, allotment.payer), (batch.under, under)):
                    table.setdefault(key, numpy.zeros(size, object))[index] += allotment.amount
        return batch


def make_sweep(program, event, overrides) -> SweepPlan:
    return SweepPlan(program, event, tuple(overrides))
