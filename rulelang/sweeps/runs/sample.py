"""The sample: scenarios picked at random that the interpreter runs too; any difference stops the sweep."""

import secrets
from collections.abc import Iterator

import numpy
from attrs import define, evolve, field
from numpy.typing import NDArray

from rulelang.base.diagnostic import Diagnostic, InternalError, RunError, finding
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.model.result_columns import UNCOVERED, drawn_title, paid_title
from rulelang.run.interpret import interpret
from rulelang.sweeps.results.results import Results
from rulelang.sweeps.tape.arrays import Integers
from rulelang.sweeps.tape.batch import Batch


@define
class Picker:
    """Picks ``number`` scenarios, all equally likely, piece by piece.

    Where it is not known how many scenarios there are (``total`` is ``None``), it picks a few times as many: each gets
    a random mark, and is picked if its mark is among the smallest so far.
    """

    number: int
    total: int | None = None
    seen: int = field(default=0, init=False)
    picked: Integers = field(init=False)
    smallest: NDArray[numpy.uint64] = field(init=False)
    random: numpy.random.Generator = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Pick beforehand what can be."""
        self.random = numpy.random.default_rng(secrets.randbits(64))
        self.smallest = numpy.zeros(0, numpy.uint64)
        known = self.total or 0
        self.picked = numpy.sort(self.random.choice(known, min(self.number, known), replace=False))

    def pick(self, size: int) -> list[int]:
        """The rows to check of the next ``size`` scenarios."""
        if self.total is None:
            return self._marked(size) if self.number else []
        start, self.seen = self.seen, self.seen + size
        first, last = numpy.searchsorted(self.picked, (start, self.seen))
        rows: list[int] = (self.picked[first:last] - start).tolist()
        return rows

    def _marked(self, size: int) -> list[int]:
        marks = self.random.integers(0, 2**64 - 1, size, numpy.uint64)
        known = len(self.smallest)
        order = numpy.argsort(numpy.concatenate([self.smallest, marks]), kind="stable")[: self.number]
        self.smallest = numpy.concatenate([self.smallest, marks])[order]
        return sorted((order[order >= known] - known).tolist())


def compare(program: CheckedProgram, results: Results, batch: Batch, row: int, name: str) -> None:
    """Run a scenario through the interpreter and compare every figure of the sweep with it.

    Raises:
        InternalError: they differ; the fault is the program's.
    """
    if row in {index for index, _ in batch.rejected}:
        return  # because the interpreter refuses it
    try:
        allocation = interpret(program, batch.event(row))
    except RunError as error:
        raise differs(name, f"the interpreter refuses it: {error.diagnostics[0].message}") from None
    for what, mine, its in _figures(results, allocation, batch, row):
        if mine != its:
            show = program.currency.show
            raise differs(name, f"{what} is {show(mine)} in the sweep and {show(its)} in the interpreter")
    outcome = results.outcomes[int(batch.outcome[row])]
    if outcome != allocation.outcome:
        raise differs(name, f"the outcome is {outcome} in the sweep and {allocation.outcome} in the interpreter")


def _figures(results: Results, allocation: Allocation, batch: Batch, row: int) -> Iterator[tuple[str, int, int]]:
    """Each figure: what it is, in the sweep, in the interpreter."""
    figures = {UNCOVERED: allocation.uncovered}
    for line in allocation.lines:
        for title in {drawn_title(line.step), drawn_title(line.step, line.segment)}:
            figures[title] = figures.get(title, 0) + line.drawn
    for allotment in allocation.allotments:
        for title in (paid_title(allotment.payer), paid_title(allotment.payer, allotment.step)):
            figures[title] = figures.get(title, 0) + allotment.amount
    for column in results.amounts:
        yield f"`{column.title}`", int(column.read(batch)[row]), figures.get(column.title, 0)
    paid = sum(int(amounts[row]) for amounts in batch.paid.values())
    yield "what all payers pay", paid, sum(allotment.amount for allotment in allocation.allotments)


def rejected(name: object, message: str, advice: str, told: Diagnostic | None = None) -> RunError:
    """The error for a scenario that is rejected (``None``: it has no name); ``told`` is what the interpreter says."""
    shown = "a scenario" if name is None else f"scenario `{name}`"
    found = finding("rejected-scenario", f"{shown} is rejected{message}", help=advice)
    if told is not None:
        found = evolve(found, place=told.place, notes=told.notes, breadcrumb=told.breadcrumb, citation=told.citation)
    return RunError([found])


def differs(name: str, what: str) -> InternalError:
    """The error for a scenario that comes out otherwise in the sweep than in the interpreter."""
    advice = "report it with the rulebook, the event and this scenario; no result of this sweep is to be relied on"
    return InternalError([finding("sample-differs", f"scenario `{name}`: {what}", help=advice)])
