"""Which sets of defaulters are the worst, and how often, where a sweep tried sets of members."""

from collections.abc import Iterator
from fractions import Fraction

import numpy
from attrs import evolve, frozen

from rulelang.base.money import Exact, whole_if_possible
from rulelang.model.result_columns import SCENARIO, UNCOVERED
from rulelang.summary.commands import Arguments, replay_command
from rulelang.summary.selection import Integers, exact_sum
from rulelang.summary.source import Arrow
from rulelang.summary.table import ResultsTable

MOST = 1 << 20
"""Where more different sets than this are the worst somewhere, no table of them is made: this bounds memory."""


@frozen
class WorstSet:
    """A set of members that is the worst in some scenarios.

    ``members`` is empty where nobody has a stress, ``scenarios`` how many they are, and ``reached`` in how many of them
    something is uncovered: ``total`` minor units together, ``most`` at most, first in ``scenario``.
    """

    members: tuple[str, ...]
    scenarios: int
    reached: int
    total: int
    most: int
    scenario: str

    @property
    def mean(self) -> Exact:
        """The mean of what is uncovered in the scenarios in which it is the worst."""
        return whole_if_possible(Fraction(self.total, self.scenarios))

    def command(self, arguments: Arguments) -> str:
        """The command that runs the scenario in which it leaves most uncovered."""
        return replay_command(arguments, self.scenario, self.members)

    def with_more(self, later: "WorstSet") -> "WorstSet":
        """The same set when more scenarios, which stand further down in the file, are counted in."""
        worst = later if later.most > self.most else self
        return evolve(
            worst,
            scenarios=self.scenarios + later.scenarios,
            reached=self.reached + later.reached,
            total=self.total + later.total,
        )


def find_worst_sets(table: ResultsTable, most: int = MOST) -> tuple[WorstSet, ...] | None:
    """The sets, the one that is the worst most often first; ``None`` where no sets were tried, or too many differ.

    Of those that are the worst equally often, the one with the most uncovered comes first, then by the members' names.
    """
    if not table.defaulting:
        return None
    found: dict[tuple[str, ...], WorstSet] = {}
    for batch, (uncovered,) in table.with_amounts([SCENARIO, *table.defaulting], [(UNCOVERED,)]):
        members = [batch.column(title) for title in table.defaulting]
        for one in _sets_of(batch.column(SCENARIO), members, uncovered):
            known = found.get(one.members)
            found[one.members] = one if known is None else known.with_more(one)
        if len(found) > most:
            return None
    return tuple(sorted(found.values(), key=lambda one: (-one.scenarios, -one.total, one.members)))


def _sets_of(ids: Arrow, members: list[Arrow], uncovered: Integers) -> Iterator[WorstSet]:
    """The sets of some scenarios."""
    key = _alike(members)
    order = numpy.lexsort((-uncovered, key))  # the scenarios of a set together, the worst of them first
    starts = numpy.flatnonzero(numpy.diff(key[order], prepend=-1))
    for rows in numpy.split(order, starts[1:]) if len(order) else ():
        first, amounts = int(rows[0]), uncovered[rows]
        names = (column[first].as_py() for column in members)
        yield WorstSet(
            tuple(name for name in names if name is not None),
            len(rows),
            int(numpy.count_nonzero(amounts)),
            exact_sum(amounts),
            int(amounts[0]),
            str(ids[first].as_py()),
        )


def _alike(columns: list[Arrow]) -> Integers:
    """A number for each row, the same for rows in which all columns are."""
    key = numpy.zeros(len(columns[0]), numpy.int64)
    for column in columns:
        encoded = column.dictionary_encode(null_encoding="encode")
        codes = numpy.asarray(encoded.indices, numpy.int64)
        _, key = numpy.unique(key * len(encoded.dictionary) + codes, return_inverse=True)
    return key
