"""Sweeps of two versions of a rulebook over the same scenarios: what every payer pays more or less in each.

A difference is what the new version gives less what the old one gives.
"""

from collections.abc import Iterator, Sequence

import numpy
import pyarrow
from attrs import define, evolve, frozen

from rulelang.base.diagnostic import CheckError
from rulelang.base.two_currencies import settle_apart
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.model.result_columns import DIFFERENCE, DIFFERS, DRAWN, OUTCOME, PAID, UNCOVERED
from rulelang.sweeps.results.results import Results, decimals
from rulelang.sweeps.runs.piece import Outcome, Piece, Runner, Setup, make_runner
from rulelang.sweeps.runs.sample import compare
from rulelang.sweeps.scenarios.conversion import Fault
from rulelang.sweeps.scenarios.integers import Truths
from rulelang.sweeps.tape.arrays import Integers
from rulelang.sweeps.tape.batch import Batch

_OLD = "under the old rulebook"


@frozen
class _Pair:
    """A column of differences: its title, and the places of the amounts in the results of both versions, if there."""

    title: str
    old: int | None
    new: int | None


@define(eq=False)
class AgainstRunner(Runner):
    """Runs pieces of scenarios under two versions; its own parts are those of the new one."""

    old: Runner
    pairs: tuple[_Pair, ...]

    def run(self, piece: Piece) -> Outcome:
        """Run a piece.

        Raises:
            RunError: a scenario is rejected under one of the versions, and they are not to be set aside.
            InternalError: a scenario that was checked comes out otherwise in the interpreter.
        """
        new, old = self.prepared(piece), self.old.prepared(piece)
        faults = {
            row: evolve(fault, message=f"{_OLD}, {fault.message}") for row, fault in old.faults.items()
        } | new.faults
        rows = numpy.intersect1d(new.rows, old.rows)
        if not len(rows):
            return self._outcome(piece, new.ids, faults)
        sides = (
            self._ran(self, new.integers, numpy.isin(new.rows, rows)),
            self._ran(self.old, old.integers, numpy.isin(old.rows, rows)),
        )
        refused = {
            int(rows[index]): Fault(told.code, f"{under}{told.message}")
            for batch, under in zip(sides[::-1], (f"{_OLD}, ", ""), strict=True)  # the new one last, so that it counts
            for index, told in batch.rejected
        }
        self._stop(refused, new.ids)
        names = new.ids.take(pyarrow.array(rows))
        picked = numpy.flatnonzero(numpy.isin(rows, piece.picks)).tolist()
        for place in picked:
            for runner, batch in zip((self, self.old), sides, strict=True):
                compare(runner.program, runner.results, batch, place, str(names[place]))
        table = self._table(names, *sides)
        if refused:
            table = table.filter(pyarrow.array(~numpy.isin(rows, list(refused)))).combine_chunks()
        return self._outcome(piece, new.ids, faults | refused, table, len(picked))

    @staticmethod
    def _ran(runner: Runner, integers: Sequence[Integers], kept: Truths) -> Batch:
        return runner.plan.run(integers if kept.all() else [column[kept] for column in integers])

    def _table(self, names: pyarrow.Array, new: Batch, old: Batch) -> pyarrow.Table:
        outcomes = self.old.results.outcome(old), self.results.outcome(new)
        type_ = self.schemas["results"].field(f"{DIFFERENCE}{UNCOVERED}").type
        differs = numpy.zeros(len(names), bool)
        columns = []
        for pair in self.pairs:
            amounts = self._amount(self.results, new, pair.new) - self._amount(self.old.results, old, pair.old)
            if not pair.title.startswith(DRAWN):
                differs |= (amounts != 0).astype(bool)
            columns.append(decimals(amounts, type_))
        return pyarrow.Table.from_arrays(
            [names, pyarrow.array(differs), *outcomes, *columns], schema=self.schemas["results"]
        )

    @staticmethod
    def _amount(results: Results, batch: Batch, place: int | None) -> Integers:
        """Amounts from zero on, so that the difference of two of 64 bits has 64 bits too."""
        return numpy.zeros(len(batch.uncovered), numpy.int64) if place is None else results.amounts[place].read(batch)


def make_against_runner(program: CheckedProgram, setup: Setup) -> AgainstRunner:
    """A runner that compares two versions of a rulebook.

    Raises:
        CheckError: a column does not fit one of them, or they settle in different currencies.
    """
    assert setup.against is not None
    source, event = setup.against
    before = check_rulebook(source)
    if before.currency != program.currency:
        raise CheckError([settle_apart(before.currency, program.currency)])
    single = evolve(setup, against=None)
    runner = make_runner(program, single)
    try:
        old = make_runner(before, evolve(single, rulebook=source, event=event))
    except CheckError as error:
        raise CheckError([evolve(f, message=f"{_OLD}, {f.message}") for f in error.diagnostics]) from None
    pairs = tuple(_pairs(old.results, runner.results))
    schemas = {**runner.schemas, "results": _schema(runner.results, old.results, pairs)}
    return AgainstRunner(program, setup, runner.columns, runner.plan, runner.results, schemas, old, pairs)


def _pairs(old: Results, new: Results) -> Iterator[_Pair]:
    """The columns of both: the uncovered loss, the steps, the payers; those of the old version alone come last."""
    mine = {column.title: place for place, column in enumerate(new.amounts)}
    its = {column.title: place for place, column in enumerate(old.amounts)}
    titles = list(dict.fromkeys((*mine, *its)))
    for kind in (UNCOVERED, DRAWN, PAID):
        for title in titles:
            if title.startswith(kind):
                yield _Pair(title, its.get(title), mine.get(title))


def _schema(new: Results, old: Results, pairs: Sequence[_Pair]) -> pyarrow.Schema:
    types = [results.schema.field(UNCOVERED).type for results in (new, old)]
    amount = max(types, key=lambda type_: int(type_.precision))
    return pyarrow.schema(
        [
            new.schema.field(0),
            pyarrow.field(DIFFERS, pyarrow.bool_(), nullable=False),
            pyarrow.field(f"{OUTCOME}.old", pyarrow.string(), nullable=False),
            pyarrow.field(f"{OUTCOME}.new", pyarrow.string(), nullable=False),
            *(pyarrow.field(f"{DIFFERENCE}{pair.title}", amount, nullable=False) for pair in pairs),
        ]
    )
