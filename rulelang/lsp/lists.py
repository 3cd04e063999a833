"""The parts of a text and of all texts, what folds, and what each word is."""

from lsprotocol import types

from rulelang.analysis.outline import every, folds, outline
from rulelang.analysis.tokens import coloured
from rulelang.lsp import shapes
from rulelang.lsp.connection import RulelangServer, moment

MOST_SYMBOLS = 500


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
        wanted = params.query.lower()
        await moment()
        with session.workspace.together.unchanged():
            for path in session.workspace.documents.paths():
                facts = session.facts(server.address(path))
                for entry in () if facts is None else every(outline(facts)):
                    if wanted in entry.name.lower() and facts is not None:
                        where = types.Location(server.address(path), shapes.range_of(facts.columns, entry.name_span))
                        kind = shapes.symbol_kind(entry.shape)
                        found.append(types.SymbolInformation(where, entry.name, kind, container_name=path.name))
                if len(found) >= MOST_SYMBOLS:
                    break
        return found[:MOST_SYMBOLS]

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folded(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        facts = session.facts(params.text_document.uri)
        return [] if facts is None else [types.FoldingRange(*lines) for lines in folds(facts)]

    @server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, shapes.LEGEND)
    def tokens(params: types.SemanticTokensParams) -> types.SemanticTokens:
        facts = session.facts(params.text_document.uri)
        return types.SemanticTokens([] if facts is None else shapes.token_data(coloured(facts), facts.columns))
