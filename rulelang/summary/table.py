"""The results of a sweep: columns by what they are, and amounts as whole minor units."""

from collections.abc import Iterator, Sequence

import numpy
import pyarrow
from attrs import frozen

from rulelang.base.money import Currency
from rulelang.model.result_columns import DEFAULTING, DRAWN, OUTCOME, PAID, SCENARIO, UNCOVERED
from rulelang.summary.levels import Level
from rulelang.summary.selection import Integers
from rulelang.summary.source import About, Arrow, Held, Source, describe, opened, require_columns, said_by, unfit
from rulelang.summary.statistics import Distribution, Gathering

_Pairs = tuple[tuple[str, str], ...]
_Columns = tuple[tuple[str, ...], _Pairs, tuple[str, ...], _Pairs, tuple[str, ...]]
_ROWS = 1 << 16
_LARGEST = 2**63 - 1


@frozen
class ResultsTable:
    """The results of a sweep: ``rows`` scenarios; titles of the columns by what they are, in the order of the file.

    ``steps`` and ``turns`` are the draws of steps and of their segments, in the order of the waterfall; ``payers`` what
    each pays; ``shares`` what each pays under one step; ``defaulting`` who defaults, where sets of members were tried.
    """

    path: Source
    rows: int
    currency: Currency
    about: About
    steps: tuple[str, ...]
    turns: tuple[tuple[str, str], ...]
    payers: tuple[str, ...]
    shares: tuple[tuple[str, str], ...]
    defaulting: tuple[str, ...]

    def amounts(self, columns: Sequence[Sequence[str]]) -> Iterator[list[Integers]]:
        """Minor units of several columns, some thousand scenarios at a time; each is the sum of some titles.

        Raises:
            ReadError: the file turns out to be damaged, or amounts are beyond 64 bits.
        """
        for _, amounts in self.with_amounts((), columns):
            yield amounts

    def with_amounts(
        self, titles: Sequence[str], columns: Sequence[Sequence[str]]
    ) -> Iterator[tuple[Arrow, list[Integers]]]:
        """As :meth:`amounts`, each beside the Arrow batch, which has some other ``titles`` too."""
        added = list(dict.fromkeys(title for column in columns for title in column))
        for batch in self._batches(list(dict.fromkeys([*titles, *added]))):
            whole = {title: _whole(self.path, batch.column(title)) for title in added}
            yield batch, [_sum(self.path, [whole[title] for title in column]) for column in columns]

    def distributions(
        self, columns: Sequence[Sequence[str]], levels: Sequence[Level], whole: int
    ) -> list[Distribution]:
        """The distributions of several columns: passes over those that wait for one.

        Raises:
            ReadError: as :meth:`amounts`.
        """
        gatherings = [Gathering(levels, self.rows, whole=whole) for _ in columns]
        while waiting := [place for place, each in enumerate(gatherings) if each.waits]:
            for amounts in self.amounts([columns[place] for place in waiting]):
                for place, values in zip(waiting, amounts, strict=True):
                    gatherings[place].add(values)
            for place in waiting:
                gatherings[place].close()
        return [each.result() for each in gatherings]

    def texts(self, title: str, rows: Sequence[int]) -> list[str | None]:
        """The values of a column in some rows, as text."""
        found: dict[int, str | None] = {}
        with opened(self.path) as file:
            start = 0
            for group in range(file.num_row_groups):
                end = start + (file.num_rows if isinstance(file, Held) else file.metadata.row_group(group).num_rows)
                inside = [row for row in set(rows) if start <= row < end]
                if inside:
                    values = file.read_row_group(group, columns=[title]).column(title)
                    for row in inside:
                        value = values[row - start].as_py()
                        found[row] = None if value is None else str(value)
                start = end
        return [found[row] for row in rows]

    def outcomes(self) -> dict[str, int]:
        """How often each outcome occurs, in the order of first occurrence."""
        found: dict[str, int] = {}
        for batch in self._batches([OUTCOME]):
            for pair in batch.column(OUTCOME).value_counts().to_pylist():
                found[pair["values"]] = found.get(pair["values"], 0) + pair["counts"]
        return found

    def trues(self, title: str) -> int:
        """In how many rows a truth value holds."""
        return sum(batch.column(title).true_count for batch in self._batches([title]))

    def _batches(self, titles: Sequence[str]) -> Iterator[Arrow]:
        try:
            with opened(self.path) as file:
                yield from file.iter_batches(_ROWS, columns=list(titles))
        except (pyarrow.ArrowException, OSError) as error:
            raise unfit(self.path, said_by(error)) from None


def open_results(path: Source) -> ResultsTable:
    """Open the results of a sweep.

    Raises:
        ReadError: the file cannot be read, or holds no results of a sweep.
    """
    found = describe(path)
    schema, about = found.schema, found.about
    require_columns(path, schema, (SCENARIO, UNCOVERED, OUTCOME), (UNCOVERED, DRAWN, PAID))
    currency = Currency(about.currency, schema.field(UNCOVERED).type.scale)
    return ResultsTable(path, found.rows, currency, about, *_sorted_out(path, schema, about))


def _sorted_out(path: Source, schema: Arrow, about: About) -> _Columns:
    """The columns by what they are.  Names of steps hold no point, so a draw's title says what is a segment."""
    draws = [name.removeprefix(DRAWN) for name in schema.names if name.startswith(DRAWN)]
    steps = tuple(name for name in draws if "." not in name)
    turns = tuple((step, segment) for step, dot, segment in (name.partition(".") for name in draws) if dot)
    paid = [name.removeprefix(PAID) for name in schema.names if name.startswith(PAID)]
    known, wholes, shares = set(paid), [], []
    by_step = about.options.get("by_step")
    asked = set(by_step) if isinstance(by_step, list) else set(steps)
    for name in paid:
        step, dot, payer = name.partition(".")
        if dot and step in asked and step in steps and payer in known:
            shares.append((step, payer))
        else:
            wholes.append(name)
    defaulting = tuple(name for name in schema.names if name.startswith(DEFAULTING))
    if not all(step in steps for step, _ in turns):
        raise unfit(path, "a segment's draw stands without its step")
    return steps, turns, tuple(wholes), tuple(shares), defaulting


def _whole(path: Source, array: Arrow) -> Integers:
    """Arrow decimals as the integers they are made of: two words each, the upper one all sign."""
    if array.null_count:
        raise unfit(path, "an amount is missing")
    if not len(array):
        return numpy.zeros(0, numpy.int64)
    words = numpy.frombuffer(array.buffers()[1], numpy.int64)
    pairs = words[: 2 * (array.offset + len(array))].reshape(-1, 2)[array.offset :]
    low: Integers = pairs[:, 0]
    if (pairs[:, 1] != low >> 63).any():
        raise unfit(path, "an amount is beyond 64 bits")
    return low


def _sum(path: Source, parts: Sequence[Integers]) -> Integers:
    """The sum of some columns, refused where it could leave 64 bits."""
    if len(parts) == 1:
        return parts[0]
    if sum(max(-int(part.min()), int(part.max())) for part in parts if len(part)) > _LARGEST:
        raise unfit(path, "a sum of amounts may be beyond 64 bits")
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total
