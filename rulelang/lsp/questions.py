"""What is asked of a place: its meaning, what may come there; and how a text is laid out."""

from lsprotocol import types

from rulelang.analysis.completion import completions
from rulelang.analysis.facts import FileKind
from rulelang.analysis.hover import hover
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import Span
from rulelang.lsp import shapes
from rulelang.lsp.connection import RulelangServer, facts_at
from rulelang.syntax.format.line_ends import line_end_of
from rulelang.syntax.format.printer import format_text


def register(server: RulelangServer) -> None:
    """What is asked of a place: its meaning, what may come there, and how a text is laid out."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        found = facts_at(server, params)
        if found is None:
            return None
        facts, offset = found
        told = hover(session.workspace, facts, offset, session.run(facts, at=offset))
        if told is None:
            return None
        return types.Hover(shapes.markdown_of(told.text), shapes.range_of(facts.columns, told.span))

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", "(", '"', "/"]))
    def offered(params: types.CompletionParams) -> types.CompletionList | None:
        found = facts_at(server, params)
        if found is None:
            return None
        facts, offset = found
        return shapes.completion_list(completions(session.workspace, facts, offset), facts.columns)

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def laid_out(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        facts = session.facts(params.text_document.uri)
        if facts is None or facts.kind is FileKind.TABLE:
            return None
        try:
            text = format_text(facts.source).replace("\n", line_end_of(facts.source.text))
        except RulelangError:  # what has errors stays as it is; they are told already
            return None
        if text == facts.source.text:
            return []
        return [types.TextEdit(shapes.range_of(facts.columns, Span(0, len(facts.source.text))), text)]
