"""From bytes to text, from text to the abstract syntax, with every error as a diagnostic."""

import codecs
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from rulelang.base.diagnostic import Diagnostic, ReadError, finding
from rulelang.base.files import read_file
from rulelang.base.source import Place, SourceText, Span
from rulelang.syntax import nodes
from rulelang.syntax.characters import FORBIDDEN, forbidden
from rulelang.syntax.lexer import Token
from rulelang.syntax.parser import Parsed, Refused, parse
from rulelang.syntax.recovery.refusals import refused, trails
from rulelang.syntax.recovery.slip import MOST_ERRORS, diagnostic, quoted

if TYPE_CHECKING:  # a clean text needs none
    from rulelang.syntax.recovery.automaton import Pieces

MAXIMUM_BYTES = {".rules": 4 << 20, ".event": 4 << 20, ".history": 4 << 20}
"""The largest file that is read, by its ending; data files may be larger."""
MAXIMUM_DATA_BYTES = 64 << 20

_KNOWN_FORMATS = {
    b"PK\x03\x04": "an archive, such as a Word or Excel document",
    b"%PDF": "a PDF document",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel document",
    b"\x1f\x8b": "a compressed file",
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
}
_SAVE = "save the file as plain text in UTF-8"
_SAVE_SHEET = "save the sheet as CSV in UTF-8, with commas between the cells"
_SHEETS = (".csv", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".arrow", ".feather")


def read_source(path: Path, name: str | None = None) -> SourceText:
    """The text of a file; ``name`` is what diagnostics call it (the path as given, if left out).

    A byte order mark is skipped, line ends may be of any kind.

    Raises:
        ReadError: the file cannot be opened, is too large, or is not UTF-8 text.
    """
    shown = name or str(path)
    return source_of(read_file(path, _limit(path) + 1, shown), shown, path)


def source_of(data: bytes, shown: str, path: Path) -> SourceText:
    """The text that some bytes hold; ``shown`` is what diagnostics call it, ``path`` where it has its place.

    Raises:
        ReadError: they are too many, or not UTF-8 text.
    """
    limit = _limit(path)
    if len(data) > limit:
        raise ReadError([_too_large(shown, limit)])
    refuse_binary(data, shown)
    try:
        written = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReadError([_not_utf8(data, error, shown)]) from None
    return SourceText.of(written, shown, path, marked=data.startswith(codecs.BOM_UTF8))


def _limit(path: Path) -> int:
    return MAXIMUM_BYTES.get(path.suffix.lower(), MAXIMUM_DATA_BYTES)


def _too_large(shown: str, limit: int) -> Diagnostic:
    message = f"{shown} is larger than {limit >> 20} MiB, the most that is read of such a file"
    return finding("file-too-large", message)


def refuse_binary(data: bytes, shown: str) -> None:
    """Refuse bytes of the start of a file that are plainly something else than UTF-8 text; say what they look like.

    Raises:
        ReadError: they are.
    """
    what = next((what for magic, what in _KNOWN_FORMATS.items() if data.startswith(magic)), None)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        what = "UTF-16 text"
    elif what is None and b"\0" in data:
        what = "UTF-16 text" if _every_other_is_zero(data[:200]) else "a binary file: it holds zero bytes"
    if what is not None:
        is_sheet = what != "UTF-16 text" and shown.lower().endswith(_SHEETS)
        raise ReadError([finding("not-text", f"{shown} is {what}", help=_SAVE_SHEET if is_sheet else _SAVE)])


def _every_other_is_zero(data: bytes) -> bool:
    zeros = max(data[::2].count(0), data[1::2].count(0))
    return zeros > 0 and 5 * zeros >= 2 * len(data)


def _not_utf8(data: bytes, error: UnicodeDecodeError, shown: str) -> Diagnostic:
    """The first byte that is not of UTF-8, in its place in the text."""
    source = SourceText.of(data.decode("utf-8-sig", "replace"), shown)
    at = len(data[: error.start].decode("utf-8-sig"))
    place = Place(source, Span(at, at + 1))
    message = f"{shown} is not UTF-8 text: byte {data[error.start]:#04x} on line {place.source.position(at).line}"
    return finding("not-text", message, place, help=_SAVE)


def parse_rulebook(source: SourceText, edition: int = 2) -> nodes.Rulebook:
    """The abstract syntax of a rulebook.

    Raises:
        ReadError: with a diagnostic for each place where the text is not of the language.
    """
    return cast("nodes.Rulebook", _parse(source, "rulebook", edition).node)


def parse_event(source: SourceText, edition: int = 2) -> nodes.EventSyntax:
    """The abstract syntax of an event file.

    Raises:
        ReadError: with a diagnostic for each place where the text is not of the language.
    """
    return cast("nodes.EventSyntax", _parse(source, "event", edition).node)


def parse_history(source: SourceText) -> nodes.HistorySyntax:
    """The abstract syntax of a history.

    Raises:
        ReadError: with a diagnostic for each place where the text is not of the language.
    """
    return cast("nodes.HistorySyntax", _parse(source, "history", 2).node)


Tree = nodes.Rulebook | nodes.EventSyntax | nodes.HistorySyntax
Start = Literal["rulebook", "event", "history"]
"""What a text is read as."""


class Reading(NamedTuple):
    """What can be read of a text as it stands (``None``: nothing), its tokens, and what is wrong with it."""

    tree: Tree | None
    tokens: Sequence[Token] = ()
    findings: tuple[Diagnostic, ...] = ()


def reading(source: SourceText, start: Start) -> Reading:
    """Read a text that may be broken: its tree holds the sections, steps and clauses that are whole."""
    if len(source.text) > MAXIMUM_BYTES[".rules"]:
        return Reading(None, findings=(_too_large(source.name, MAXIMUM_BYTES[".rules"]),))
    from rulelang.syntax.recovery.automaton import Pieces

    pieces = Pieces(source.text, start)
    parsed, findings = _read(source, start, 2, pieces)
    if isinstance(parsed, Parsed) and not findings:
        return Reading(cast("Tree", parsed.node), parsed.tokens)
    from rulelang.syntax.recovery.partial import partial_tree

    tree, tokens = partial_tree(pieces, start, parsed if isinstance(parsed, Refused) else None)
    return Reading(cast("Tree | None", tree), tokens, tuple(findings))


def _parse(source: SourceText, start: str, edition: int) -> Parsed:
    if len(source.text) > MAXIMUM_BYTES[".rules"]:
        raise ReadError([_too_large(source.name, MAXIMUM_BYTES[".rules"])])
    parsed, findings = _read(source, start, edition)
    if isinstance(parsed, Refused) or findings:
        raise ReadError(findings)
    return parsed


def _read(
    source: SourceText, start: str, edition: int, pieces: "Pieces | None" = None
) -> tuple[Parsed | Refused, list[Diagnostic]]:
    """What the parser makes of a text, and what is wrong with it; ``pieces`` keep what is read to find that."""
    found = _forbidden(source)
    try:
        parsed = parse(source.text, start, edition)
    except Refused as refusal:
        errors = _merged(found, _syntax_errors(source, start, pieces))
        return refusal, errors or [_of_another_edition(source, refusal, edition)]
    slips, has_reserved = refused(source.text, parsed, edition)
    found += [diagnostic(source, s, t) for s, t in zip(slips, trails(source.text, start, slips), strict=True)]
    return parsed, _merged(found, _syntax_errors(source, start, pieces) if has_reserved else ())


def _of_another_edition(source: SourceText, refusal: Refused, edition: int) -> Diagnostic:
    """What recognises slips reads the language of today, in which the text may be right."""
    token = refusal.token
    what = quoted(token.text) if token.text else "the end of the text"
    message = f"{what} cannot stand here in version {edition} of the language"
    return finding("unexpected-text", message, Place(source, Span(token.start, token.end)))


def _syntax_errors(source: SourceText, start: str, pieces: "Pieces | None") -> list[Diagnostic]:
    # what recognises slips is many patterns, which a clean text has no need of
    from rulelang.syntax.recovery.recover import syntax_errors

    return syntax_errors(source, start, pieces)


def _forbidden(source: SourceText) -> list[Diagnostic]:
    """The characters that may stand nowhere, not even in a comment."""
    found = []
    for match in FORBIDDEN.finditer(source.text):
        found.append(diagnostic(source, forbidden(match[0], match.start())))
        if len(found) == MOST_ERRORS:
            break
    return found


def _merged(some: Iterable[Diagnostic], others: Iterable[Diagnostic]) -> list[Diagnostic]:
    """All diagnostics in the order of the text, one for each place and code."""
    by_place: dict[tuple[int, str], Diagnostic] = {}
    for found in (*some, *others):
        start = 0 if found.place is None or found.place.span is None else found.place.span.start
        by_place.setdefault((start, found.code), found)
    return [by_place[key] for key in sorted(by_place)][:MOST_ERRORS]
