"""The results of a sweep as they stand in a Parquet file: columns, what they are results of, and amounts."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy
import pyarrow
import pyarrow.parquet
from attrs import frozen

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.money import Currency
from rulelang.views.summary.selection import Integers

SCENARIO, UNCOVERED, OUTCOME, DIFFERS = "scenario", "uncovered", "outcome", "differs"
DRAWN, PAID, DEFAULTING, DIFFERENCE = "drawn.", "paid.", "defaulting.", "difference."
_ROWS = 1 << 16
_LARGEST = 2**63 - 1
_BUFFER = 1 << 16


class Held:
    """Results in memory, read as a Parquet file is."""

    def __init__(self, table: Any) -> None:
        """Keep the table."""
        self.table = table
        self.schema_arrow, self.num_row_groups, self.num_rows = table.schema, 1, table.num_rows
        self.metadata = table.schema.metadata

    def __enter__(self) -> Self:
        """Nothing is opened."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing is closed."""

    def __str__(self) -> str:
        return "the table"

    def iter_batches(self, rows: int, columns: Sequence[str]) -> Iterator[Any]:
        """Some columns, some rows at a time."""
        yield from self.table.select(list(columns)).to_batches(max_chunksize=rows)

    def read_row_group(self, _group: int, columns: Sequence[str]) -> Any:
        """Some columns."""
        return self.table.select(list(columns))


Source = Path | Held
"""Where results are: in a file, or in memory."""


@frozen
class About:
    """What results are results of: what ``rulelang sweep`` wrote into the file, as far as it did.

    ``old`` is the version that was compared with, by title and version.
    """

    rulebook: str
    version: str | None
    event: str
    currency: str
    scenarios: tuple[str, ...]
    options: dict[str, Any]
    rejected: int
    old: str = ""


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
        titles = list(dict.fromkeys(title for column in columns for title in column))
        for batch in self._batches(titles):
            whole = {title: _whole(self.path, batch.column(title)) for title in titles}
            yield [_sum(self.path, [whole[title] for title in column]) for column in columns]

    def texts(self, title: str, rows: Sequence[int]) -> list[str | None]:
        """The values of a column in some rows, as text."""
        found: dict[int, str | None] = {}
        with _opened(self.path) as file:
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

    def _batches(self, titles: Sequence[str]) -> Iterator[Any]:
        try:
            with _opened(self.path) as file:
                yield from file.iter_batches(_ROWS, columns=list(titles))
        except (pyarrow.ArrowException, OSError) as error:
            raise _unfit(self.path, _reason(error)) from None


@frozen
class Described:
    """A Parquet file before its columns are looked at: schema, rows, and what it says of itself."""

    schema: Any
    rows: int
    about: About

    @property
    def compares(self) -> bool:
        """Whether it holds the differences of two versions."""
        return DIFFERS in self.schema.names


def describe(path: Source) -> Described:
    """What a Parquet file, or a table in memory, is.

    Raises:
        ReadError: it cannot be read.
    """
    try:
        with _opened(path) as file:
            if isinstance(file, Held):
                return Described(file.schema_arrow, file.num_rows, _about(file.metadata or {}))
            return Described(file.schema_arrow, file.metadata.num_rows, _about(file.metadata.metadata or {}))
    except OSError as error:
        if error.errno is None:
            raise _unfit(path, _reason(error)) from None
        reason = os.strerror(error.errno).lower()
        raise ReadError([finding("unreadable-file", f"cannot read {path}: {reason}")]) from None
    except (pyarrow.ArrowException, ValueError) as error:
        raise _unfit(path, _reason(error)) from None


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


def _opened(path: Source) -> Any:
    if isinstance(path, Held):
        return path
    return pyarrow.parquet.ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False)


def require_columns(path: Source, schema: Any, due: Sequence[str], amounts: tuple[str, ...]) -> None:
    """Make sure that some columns are there, and that those whose titles start as ``amounts`` do hold amounts.

    Raises:
        ReadError: they are not.
    """
    names = list(schema.names)
    for title in due:
        if title not in names:
            raise _unfit(path, f"it has no column `{title}`")
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        raise _unfit(path, f"its column `{twice}` stands twice")
    scale = next((getattr(c.type, "scale", -1) for c in schema if c.name.startswith(amounts)), -1)
    for column in schema:
        if not column.name.startswith(amounts):
            continue
        if not pyarrow.types.is_decimal128(column.type) or column.type.scale != scale or scale < 0:
            raise _unfit(path, f"its column `{column.name}` is `{column.type}`, no amount of one currency")


def _about(metadata: dict[bytes, bytes]) -> About:
    try:
        found = json.loads(metadata.get(b"rulelang", b"{}"))
    except ValueError:
        found = {}
    found = found if isinstance(found, dict) else {}
    rulebook, event, scenarios = (_part(found, name) for name in ("rulebook", "event", "scenarios"))
    files = scenarios.get("files")
    names = [str(file["name"]) for file in files if isinstance(file, dict) and "name" in file] if files else []
    currency, version, rejected = found.get("currency"), rulebook.get("version"), scenarios.get("rejected")
    return About(
        str(rulebook.get("title") or ""),
        None if version is None else str(version),
        str(event.get("title") or ""),
        currency if isinstance(currency, str) and currency.isascii() and currency.isalpha() else "",
        tuple(names),
        _part(found, "options"),
        rejected if isinstance(rejected, int) else 0,
        _named(_part(found, "against")),
    )


def _named(rulebook: dict[str, Any]) -> str:
    """A rulebook by its title and version."""
    title, version = str(rulebook.get("title") or ""), rulebook.get("version")
    return title if version is None else f"{title}, version {version}"


def _part(found: dict[str, Any], name: str) -> dict[str, Any]:
    part = found.get(name)
    return part if isinstance(part, dict) else {}


def _sorted_out(path: Source, schema: Any, about: About) -> tuple[tuple[Any, ...], ...]:
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
        raise _unfit(path, "a segment's draw stands without its step")
    return steps, turns, tuple(wholes), tuple(shares), defaulting


def _whole(path: Source, array: Any) -> Integers:
    """Arrow decimals as the integers they are made of: two words each, the upper one all sign."""
    if array.null_count:
        raise _unfit(path, "an amount is missing")
    if not len(array):
        return numpy.zeros(0, numpy.int64)
    words = numpy.frombuffer(array.buffers()[1], numpy.int64)
    pairs = words[: 2 * (array.offset + len(array))].reshape(-1, 2)[array.offset :]
    low: Integers = pairs[:, 0]
    if (pairs[:, 1] != low >> 63).any():
        raise _unfit(path, "an amount is beyond 64 bits")
    return low


def _sum(path: Source, parts: Sequence[Integers]) -> Integers:
    """The sum of some columns, refused where it could leave 64 bits."""
    if len(parts) == 1:
        return parts[0]
    if sum(max(-int(part.min()), int(part.max())) for part in parts if len(part)) > _LARGEST:
        raise _unfit(path, "a sum of amounts may be beyond 64 bits")
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split()).rstrip(".: ") or type(error).__name__
    return text if len(text) <= 160 else f"{text[:157]}…"


def _unfit(path: Source, reason: str) -> ReadError:
    advice = "give the file that `rulelang sweep --out` wrote"
    return ReadError([finding("unreadable-table", f"cannot read {path} as results of a sweep: {reason}", help=advice)])
