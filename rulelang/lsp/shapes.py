"""Facts in the shapes of the protocol."""

from collections.abc import Callable, Iterable
from pathlib import Path

from lsprotocol import types

from rulelang.analysis.columns import Columns, Point
from rulelang.analysis.completion import Offer, Offers, Sort
from rulelang.analysis.outline import Entry, Shape
from rulelang.analysis.tokens import Coloured, TokenKind
from rulelang.analysis.uses import Named
from rulelang.base.diagnostic import Diagnostic, Severity
from rulelang.base.source import Place, SourceText, Span

Address = Callable[[Path], str]
"""What gives the address of a text by its path."""

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}
SYMBOLS = {
    Shape.FILE: types.SymbolKind.File,
    Shape.GROUP: types.SymbolKind.Class,
    Shape.FIELD: types.SymbolKind.Field,
    Shape.GIVEN: types.SymbolKind.Variable,
    Shape.DEFINITION: types.SymbolKind.Function,
    Shape.STEP: types.SymbolKind.Method,
    Shape.STATEMENT: types.SymbolKind.Boolean,
    Shape.TEST: types.SymbolKind.Event,
    Shape.SEGMENT: types.SymbolKind.Namespace,
    Shape.PARTY: types.SymbolKind.Object,
    Shape.PERIOD: types.SymbolKind.Interface,
    Shape.MEMBER: types.SymbolKind.Object,
    Shape.LOSS: types.SymbolKind.Event,
    Shape.DAY: types.SymbolKind.Namespace,
}
_COMPLETIONS = {
    Named.FIELD: types.CompletionItemKind.Field,
    Named.GIVEN: types.CompletionItemKind.Variable,
    Named.DEFINITION: types.CompletionItemKind.Function,
    Named.STEP: types.CompletionItemKind.Method,
    Named.CHOICE: types.CompletionItemKind.EnumMember,
    Named.OUTCOME: types.CompletionItemKind.EnumMember,
    Named.SEGMENT: types.CompletionItemKind.Module,
    Named.MEMBER: types.CompletionItemKind.Class,
}
_SORTS = {
    Sort.NAME: types.CompletionItemKind.Value,
    Sort.CURRENCY: types.CompletionItemKind.Unit,
    Sort.WORD: types.CompletionItemKind.Keyword,
    Sort.FILE: types.CompletionItemKind.File,
}
_TOKENS = {kind: number for number, kind in enumerate(TokenKind)}
LEGEND = types.SemanticTokensLegend([kind.value for kind in _TOKENS], ["declaration"])


def position(point: Point) -> types.Position:
    """A position."""
    return types.Position(point.line, point.column)


def range_of(columns: Columns, span: Span) -> types.Range:
    """The range of a span."""
    start, end = columns.ends(span)
    return types.Range(position(start), position(end))


def markdown_of(text: str) -> types.MarkupContent:
    """A text that is Markdown."""
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def location(place: Place, address: Address) -> types.Location | None:
    """Where a place is, if it is in a file."""
    if place.source.path is None:
        return None
    return types.Location(address(place.source.path), range_of(Columns(place.source), place.span or Span(0, 0)))


def diagnostic(found: Diagnostic, columns: Columns, address: Address, page: str | None) -> types.Diagnostic:
    """A finding; ``page`` is the address of the page of its code."""
    span = found.place.span if found.place is not None and found.place.span is not None else Span(0, 0)
    related = []
    for label in found.labels:
        where = location(label.place, address)
        if where is not None:
            related.append(types.DiagnosticRelatedInformation(where, label.text))
    said = [found.message, *(f"help: {each}" for each in found.helps), *(f"note: {each}" for each in found.notes)]
    fixes = [
        {
            "title": f"{fix.title[:1].upper()}{fix.title[1:]}",
            "certainty": fix.certainty.value,
            "newText": fix.replacement,
            "range": _plain(range_of(columns, fix.place.span)),
        }
        for fix in found.fixes
        if fix.place.span is not None and fix.place.source is columns.source
    ]
    return types.Diagnostic(
        range_of(columns, span),
        "\n".join(said),
        _SEVERITIES[found.severity],
        found.code,
        None if page is None else types.CodeDescription(page),
        "rulelang",
        related_information=related or None,
        data={"fixes": fixes} if fixes else None,
    )


def _plain(of: types.Range) -> dict[str, dict[str, int]]:
    """A range as plain values, for data that an editor keeps for us."""
    return {
        "start": {"line": of.start.line, "character": of.start.character},
        "end": {"line": of.end.line, "character": of.end.character},
    }


def range_from(plain: dict[str, dict[str, int]]) -> types.Range:
    """A range from such plain values."""
    ends = [types.Position(plain[end]["line"], plain[end]["character"]) for end in ("start", "end")]
    return types.Range(*ends)


def symbol(entry: Entry, columns: Columns) -> types.DocumentSymbol:
    """An entry of the outline."""
    return types.DocumentSymbol(
        entry.name,
        SYMBOLS[entry.shape],
        range_of(columns, entry.span),
        range_of(columns, entry.name_span),
        entry.detail or None,
        children=[symbol(each, columns) for each in entry.inside],
    )


def completion_list(offers: Offers, columns: Columns) -> types.CompletionList:
    """What may be written at a place, in the order in which it is offered."""
    where = range_of(columns, offers.span)
    items = [_completion(number, offer, where) for number, offer in enumerate(offers.offers)]
    return types.CompletionList(is_incomplete=False, items=items)


def _completion(number: int, offer: Offer, where: types.Range) -> types.CompletionItem:
    kind = _SORTS[offer.sort] if offer.named is None else _COMPLETIONS.get(offer.named, _SORTS[offer.sort])
    return types.CompletionItem(
        offer.text,
        kind=kind,
        detail=offer.detail or None,
        documentation=offer.meaning or None,
        sort_text=f"{number:04}",
        text_edit=types.TextEdit(where, offer.text),
    )


def token_data(coloured: Iterable[Coloured], columns: Columns) -> list[int]:
    """Semantic tokens as the protocol numbers them: each from the one before; one of several lines is told by line."""
    data: list[int] = []
    last = Point(0, 0)
    for each in coloured:
        for span in _lines(columns.source, each.span):
            point = columns.point(span.start)
            column = point.column - last.column if point.line == last.line else point.column
            data += [point.line - last.line, column, columns.units(span), _TOKENS[each.kind], int(each.declares)]
            last = point
    return data


def _lines(source: SourceText, span: Span) -> Iterable[Span]:
    """The parts of a span by lines, for most editors know no token of several."""
    start = span.start
    while start < span.end:
        end = source.text.find("\n", start, span.end)
        end = span.end if end < 0 else end
        if end > start:
            yield Span(start, end)
        start = end + 1


def text_edits(edits: Iterable[tuple[Span, str]], columns: Columns) -> list[types.TextEdit]:
    """Changes in a text."""
    return [types.TextEdit(range_of(columns, span), new) for span, new in edits]
