"""Where results of sweeps are, a Parquet file or a table in memory, and what they say of themselves."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import pyarrow
import pyarrow.parquet
from attrs import frozen

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.files import for_arrow, note_input, unreadable
from rulelang.base.render import visible
from rulelang.document.write import Plain
from rulelang.model.allocation import with_version
from rulelang.model.result_columns import DIFFERS
from rulelang.summary.seal import require_whole

Arrow = Any
"""Objects of pyarrow, which has no types."""
_BUFFER = 1 << 16


class Held:
    """Results in memory, read as a Parquet file is."""

    def __init__(self, table: Arrow) -> None:
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

    def iter_batches(self, rows: int, columns: Sequence[str]) -> Iterator[Arrow]:
        """Some columns, some rows at a time."""
        yield from self.table.select(list(columns)).to_batches(max_chunksize=rows)

    def read_row_group(self, _group: int, columns: Sequence[str]) -> Arrow:
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
    options: Plain
    rejected: int
    old: str = ""
    exercise: str | None = None


@frozen
class Described:
    """A Parquet file before its columns are looked at: schema, rows, and what it says of itself."""

    schema: Arrow
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
        if isinstance(path, Path):
            note_input(path)
            require_whole(path)
        with opened(path) as file:
            if isinstance(file, Held):
                return Described(file.schema_arrow, file.num_rows, _about(file.metadata or {}))
            return Described(file.schema_arrow, file.metadata.num_rows, _about(file.metadata.metadata or {}))
    except OSError as error:
        raise (unfit(path, said_by(error)) if error.errno is None else unreadable(str(path), error)) from None
    except (pyarrow.ArrowException, ValueError) as error:
        raise unfit(path, said_by(error)) from None


def opened(path: Source) -> Arrow:
    """The file, or the table, to read from."""
    return path if isinstance(path, Held) else parquet_file(path)


def parquet_file(path: Path) -> Arrow:
    """A Parquet file, so opened that no damage goes unseen and memory does not grow with its size.

    Raises:
        OSError: it cannot be read.
        pyarrow.ArrowException: it is no Parquet file.
    """
    return pyarrow.parquet.ParquetFile(
        for_arrow(path), buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True
    )


def require_columns(path: Source, schema: Arrow, due: Sequence[str], amounts: tuple[str, ...]) -> None:
    """Make sure that some columns are there, and that those whose titles start as ``amounts`` do hold amounts.

    Raises:
        ReadError: they are not.
    """
    names = list(schema.names)
    for title in due:
        if title not in names:
            raise unfit(path, f"it has no column `{title}`")
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        raise unfit(path, f"its column `{twice}` stands twice")
    scale = next((getattr(c.type, "scale", -1) for c in schema if c.name.startswith(amounts)), -1)
    for column in schema:
        if not column.name.startswith(amounts):
            continue
        if not pyarrow.types.is_decimal128(column.type) or column.type.scale != scale or scale < 0:
            raise unfit(path, f"its column `{column.name}` is `{column.type}`, no amount of one currency")


def _about(metadata: dict[bytes, bytes]) -> About:
    try:
        found = json.loads(metadata.get(b"rulelang", b"{}"))
    except ValueError:
        found = {}
    found = found if isinstance(found, dict) else {}
    event, scenarios = _part(found, "event"), _part(found, "scenarios")
    files = scenarios.get("files")
    names = [str(file["name"]) for file in files if isinstance(file, dict) and "name" in file] if files else []
    currency, rejected = found.get("currency"), scenarios.get("rejected")
    return About(
        *_titled(_part(found, "rulebook")),
        str(event.get("title") or ""),
        currency if isinstance(currency, str) and currency.isascii() and currency.isalpha() else "",
        tuple(names),
        _part(found, "options"),
        rejected if isinstance(rejected, int) else 0,
        with_version(*_titled(_part(found, "against"))),
        None if event.get("exercise") is None else str(event["exercise"]),
    )


def _titled(rulebook: Plain) -> tuple[str, str | None]:
    """The title and the version of a rulebook."""
    title, version = rulebook.get("title"), rulebook.get("version")
    return str(title or ""), None if version is None else str(version)


def _part(found: Plain, name: str) -> Plain:
    part = found.get(name)
    return part if isinstance(part, dict) else {}


def said_by(error: Exception) -> str:
    """What an error of the library says of a file, on one line."""
    text = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
    text = visible(" ".join(text.split()).rstrip(".: ")) or type(error).__name__
    return text if len(text) <= 160 else f"{text[:157]}…"


def unfit(path: Source, reason: str) -> ReadError:
    """The error for what holds no results of a sweep."""
    advice = "give the file that `rulelang sweep --out` wrote"
    return ReadError([finding("unreadable-table", f"cannot read {path} as results of a sweep: {reason}", help=advice)])
