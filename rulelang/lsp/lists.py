"""The parts of a text and of all texts, what folds, and what each word is."""

import time
from collections.abc import Iterator

from lsprotocol import types

from rulelang.analysis.facts import Facts
from rulelang.analysis.outline import every, folds, outline
from rulelang.analysis.tokens import coloured
from rulelang.lsp import shapes
from rulelang.lsp.connection import RulelangServer, moment

MOST_SYMBOLS = 500
_AT_ONCE = 200
"""So many milliseconds texts are read for one question before others are answered: a folder may hold thousands."""


def _symbols(server: RulelangServer, facts: Facts, wanted: str) -> Iterator[types.SymbolInformation]:
    """The parts of a text that have a word in their names."""
    path = facts.source.path
    for entry in every(outline(facts)):
        if wanted in entry.name.lower() and path is not None:
            where = types.Location(server.address(path), shapes.range_of(facts.columns, entry.name_span))
            yield types.SymbolInformation(where, entry.name, shapes.SYMBOLS[entry.shape], container_name=path.name)


def register(server: RulelangServer) -> None:
    """The parts of a text and of all texts, what folds, and what each word is."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def parts(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        facts = session.facts(params.text_document.uri)
        return [] if facts is None else [shapes.symbol(entry, facts.columns) for entry in outline(facts)]

    @server.feature(types.WORKSPACE_SYMBOL)
    async def parts_of_all(params: types.WorkspaceSymbolParams) -> list[types.SymbolInformation]:
        found: list[types.SymbolInformation] = []
        wanted, workspace = params.query.lower(), session.workspace
        waiting = [*reversed(workspace.documents.paths())]
        while waiting and len(found) < MOST_SYMBOLS:
            await moment()
            with workspace.together.unchanged():
                until = time.monotonic() + _AT_ONCE / 1000
                while waiting and time.monotonic() < until:
                    path = waiting.pop()
                    for facts in workspace.readable([path] if workspace.documents.holds(path, wanted.split()) else []):
                        found += _symbols(server, facts, wanted)
        return found[:MOST_SYMBOLS]

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folded(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        facts = session.facts(params.text_document.uri)
        return [] if facts is None else [types.FoldingRange(*lines) for lines in folds(facts)]

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, shapes.LEGEND)
    def tokens(params: types.SemanticTokensParams) -> types.SemanticTokens:
        facts = session.facts(params.text_document.uri)
        return types.SemanticTokens([] if facts is None else shapes.token_data(coloured(facts), facts.columns))
