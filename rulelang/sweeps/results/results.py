"""What a sweep gives: the columns of results, and a piece of them as a table.

``scenario``, ``uncovered``, ``outcome``, ``drawn.STEP`` (and ``drawn.STEP.SEGMENT`` for a step per segment),
``paid.PAYER`` for everybody who may be charged, and ``paid.STEP.PAYER`` for the steps that were asked for.  Amounts are
decimals in major units, wide enough for every loss that a scenario can have.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy
import pyarrow
from attrs import frozen

from rulelang.base.diagnostic import CheckError, finding
from rulelang.base.suggest import did_you_mean, listed
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.model.event import Event
from rulelang.model.result_columns import OUTCOME, SCENARIO, UNCOVERED, drawn_title, paid_title
from rulelang.sweeps.scenarios.columns import ScenarioColumns
from rulelang.sweeps.scenarios.integers import LARGEST
from rulelang.sweeps.tape.arrays import Array, Integers
from rulelang.sweeps.tape.batch import Batch
from rulelang.sweeps.tape.trace import payers_of

_WORD = 2**64 - 1
PRECISION = 21
"""Decimal digits of amounts, unless the losses of a scenario may add up to more."""


@frozen
class ResultColumn:
    """A column of amounts: its title, and how it is read from a batch of the engine."""

    title: str
    read: Callable[[Batch], Integers]


@frozen
class Results:
    """The columns of results of one rulebook and event."""

    schema: pyarrow.Schema
    amounts: tuple[ResultColumn, ...]
    outcomes: tuple[str, str]

    def table(self, ids: pyarrow.Array, batch: Batch) -> pyarrow.Table:
        """A piece of results: the ids, and what the engine gives for these scenarios."""
        type_ = self.schema.field(UNCOVERED).type
        columns = [decimals(column.read(batch), type_) for column in self.amounts]
        return pyarrow.Table.from_arrays([ids, columns[0], self.outcome(batch), *columns[1:]], schema=self.schema)

    def outcome(self, batch: Batch) -> pyarrow.Array:
        """How each scenario ends."""
        return pyarrow.array(self.outcomes, pyarrow.string()).take(pyarrow.array(batch.outcome.astype(numpy.int64)))


def make_results(
    program: CheckedProgram, event: Event, columns: ScenarioColumns, ids: pyarrow.DataType, by_step: Iterable[str]
) -> Results:
    """The columns of results; ``ids`` is the Arrow type of scenarios' ids.

    Raises:
        CheckError: a step of ``by_step`` does not exist, or ids make two columns of one title.
    """
    steps = program.steps
    wanted = list(dict.fromkeys(by_step))
    unknown = [name for name in wanted if name not in steps]
    if unknown:
        raise no_step(program, unknown[0])
    amounts = (
        ResultColumn(UNCOVERED, lambda batch: batch.uncovered),
        *_draws(program),
        *(ResultColumn(paid_title(payer), _paid(payer)) for payer in payers_of(program, event)),
        *_under(program, event, wanted),
    )
    titles = [column.title for column in amounts]
    twice = next((title for title in titles if titles.count(title) > 1), None)
    if twice is not None:
        message = f"two columns of the results would be called `{twice}`"
        raise CheckError([finding("duplicate-name", message, help="rename the member, or leave out `--by-step`")])
    losses = sum(column.override.kind == "loss" for column in columns.overrides)
    amount = pyarrow.decimal128(_precision(event, losses), program.currency.decimals)
    fields = [pyarrow.field(title, amount, nullable=False) for title in titles]
    head = [pyarrow.field(SCENARIO, ids, nullable=False), fields[0]]
    schema = pyarrow.schema([*head, pyarrow.field(OUTCOME, pyarrow.string(), nullable=False), *fields[1:]])
    final = "uncovered" if program.outcome is None else program.outcome.name
    return Results(schema, amounts, ("covered", final))


def no_step(program: CheckedProgram, name: str) -> CheckError:
    """The error for a step that the rulebook does not have."""
    advice = did_you_mean(name, program.steps) or f"the steps are {listed(program.steps, 'and')}"
    return CheckError([finding("unknown-step", f"the rulebook has no step `{name}`", help=advice)])


def turns_of(program: CheckedProgram, step: StepProgram) -> tuple[str | None, ...]:
    """The segments of a step, in the order it is done; ``None`` alone if it is not done per segment."""
    within = any(
        stage.per_segment
        for stage in program.stages
        if not isinstance(stage, StepProgram) and any(each.name == step.name for each in stage.steps)
    )
    return program.segments if step.per_segment or within else (None,)


def _draws(program: CheckedProgram) -> Iterator[ResultColumn]:
    for step in program.each_step():
        turns = turns_of(program, step)
        yield ResultColumn(drawn_title(step.name), _drawn(step.name, turns))
        for segment in turns:
            if segment is not None:
                yield ResultColumn(drawn_title(step.name, segment), _drawn(step.name, (segment,)))


def _under(program: CheckedProgram, event: Event, wanted: Iterable[str]) -> Iterator[ResultColumn]:
    for name in wanted:
        step = program.steps[name]
        for payer in payers_of(program, event, [step]):
            yield ResultColumn(paid_title(payer, name), _paid_under(name, turns_of(program, step), payer))


def _drawn(step: str, turns: tuple[str | None, ...]) -> Callable[[Batch], Integers]:
    return lambda batch: total(batch, [batch.drawn[step, turn] for turn in turns if (step, turn) in batch.drawn])


def _paid(payer: str) -> Callable[[Batch], Integers]:
    return lambda batch: total(batch, [batch.paid[payer]] if payer in batch.paid else [])


def _paid_under(step: str, turns: tuple[str | None, ...], payer: str) -> Callable[[Batch], Integers]:
    return lambda batch: total(batch, [batch.paid_under(step, turn, payer) for turn in turns])


def total(batch: Batch, amounts: list[Integers]) -> Integers:
    """The sum for each scenario, in Python's integers where it might pass 64 bits."""
    if not amounts or not len(amounts[0]):
        return numpy.zeros(len(batch.uncovered), numpy.int64)
    if len(amounts) == 1:
        return amounts[0]
    if sum(int(amount.max()) for amount in amounts) > LARGEST:
        amounts = [amount.astype(object) for amount in amounts]
    found = amounts[0]
    for amount in amounts[1:]:
        found = found + amount  # not in place: the first still belongs to the batch
    return found


def decimals(integers: Array, type_: pyarrow.DataType) -> pyarrow.Array:
    """Minor units as Arrow decimals: the same integers, in two words each."""
    integers = numpy.ascontiguousarray(integers)  # they may be a column of a block, and are read twice
    words = numpy.empty((len(integers), 2), numpy.uint64)
    if integers.dtype == object:  # the engine's way when amounts pass 64 bits
        words[:, 0] = [int(integer) & _WORD for integer in integers]
        words[:, 1] = [int(integer) >> 64 & _WORD for integer in integers]
    else:
        words[:, 0], words[:, 1] = integers.view(numpy.uint64), (integers >> 63).view(numpy.uint64)
    return pyarrow.Array.from_buffers(type_, len(integers), [None, pyarrow.py_buffer(words)])


def _precision(event: Event, losses: int) -> int:
    """Decimal digits enough for the largest loss that a scenario can have."""
    return max(PRECISION, len(str(event.loss + losses * LARGEST)))
