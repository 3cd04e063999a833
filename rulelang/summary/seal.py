"""The seal of a results file: a checksum of all its bytes, so that no damage is read as other figures.

A sealed file begins with Parquet's four letters, eight letters of this package, and the CRC-32 of everything behind
these sixteen bytes.  Parquet counts places from the start of a file, so every reader passes over them.  A file without
a seal, such as one that another program wrote from results, is read as it is.
"""

import zlib
from pathlib import Path
from typing import BinaryIO

MAGIC, _MARK = b"PAR1", b"rulelang"
OPEN = MAGIC + _MARK + bytes(4)
"""How a file begins that is not sealed yet."""
_AT_ONCE = 1 << 22


def checksum(stream: BinaryIO, start: int, end: int | None = None) -> int:
    """The CRC-32 of the bytes of a file from ``start`` on, up to ``end`` if that is given."""
    stream.seek(start)
    found, left = 0, end if end is None else end - start
    while data := stream.read(_AT_ONCE if left is None else min(_AT_ONCE, left)):
        found = zlib.crc32(data, found)
        left = None if left is None else left - len(data)
    return found


def seal(stream: BinaryIO) -> None:
    """Seal a file that began as :data:`OPEN` and holds all that it shall hold."""
    found = checksum(stream, len(OPEN))
    stream.seek(len(MAGIC) + len(_MARK))
    stream.write(found.to_bytes(4, "little"))


def require_whole(path: Path) -> None:
    """Make sure that a sealed file holds what it held when it was sealed.

    Raises:
        ValueError: it does not; the text says so.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        start = stream.read(len(OPEN))
        magic, mark, found = start[:4], start[4:-4], int.from_bytes(start[-4:], "little")
        if mark == _MARK and (magic != MAGIC or checksum(stream, len(OPEN)) != found):
            raise ValueError("it is damaged: its bytes are not those that were written")
