"""From bytes to text, from text to the abstract syntax, with every error as a diagnostic."""

import hashlib
from pathlib import Path

import lark

from rulelang.base.diagnostic import Diagnostic, ReadError, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.syntax import nodes
from rulelang.syntax.from_tree import build
from rulelang.syntax.grammar import parser

MAXIMUM_BYTES = {".rules": 4 << 20, ".event": 4 << 20}
"""The largest file that is read, by its ending; data files may be larger."""
MAXIMUM_DATA_BYTES = 64 << 20
MAXIMUM_DEPTH = 200
"""How deep expressions may stand inside each other."""


def read_source(path: Path, name: str | None = None) -> SourceText:
    """The text of a file; ``name`` is what diagnostics call it (the path as given, if left out).

    A byte order mark is skipped, line ends may be of any kind.

    Raises:
        ReadError: the file cannot be opened, is too large, or is not UTF-8 text.
    """
    shown = name or str(path)
    try:
        with path.open("rb") as file:
            limit = MAXIMUM_BYTES.get(path.suffix, MAXIMUM_DATA_BYTES)
            data = file.read(limit + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReadError([finding("unreadable-file", f"cannot read {shown}: {reason.lower()}")]) from None
    if len(data) > limit:
        message = f"{shown} is larger than {limit >> 20} MiB, the most that is read of such a file"
        raise ReadError([finding("file-too-large", message)])
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReadError([finding("not-text", f"{shown} is UTF-16 text", help="save the file as UTF-8")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"{shown} is not UTF-8 text: byte {data[error.start]:#04x} on line {line}"
        raise ReadError([finding("not-text", message, help="save the file as UTF-8")]) from None
    if "\0" in text:
        raise ReadError([finding("not-text", f"{shown} is not text: it holds zero bytes")])
    return SourceText(shown, text, path, digest)


def parse_rulebook(source: SourceText) -> nodes.Rulebook:
    """The abstract syntax of a rulebook.

    Raises:
        ReadError: with a diagnostic for each place where the text is not of the language.
    """
    return _parse(source, "rulebook")  # type: ignore[no-any-return]


def parse_event(source: SourceText) -> nodes.EventSyntax:
    """The abstract syntax of an event file.

    Raises:
        ReadError: with a diagnostic for each place where the text is not of the language.
    """
    return _parse(source, "event")  # type: ignore[no-any-return]


def _parse(source: SourceText, start: str):  # type: ignore[no-untyped-def]
    try:
        tree = parser().parse(source.text, start=start)
    except lark.UnexpectedInput as error:
        raise ReadError([_unexpected(source, error)]) from None
    return build(tree)


def _unexpected(source: SourceText, error: lark.UnexpectedInput) -> Diagnostic:
    at = min(error.pos_in_stream or 0, len(source.text))
    return finding("unexpected-text", "the text does not go on like this", Place(source, Span(at, at + 1)))
