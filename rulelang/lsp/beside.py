"""Amounts beside steps, what can be run, and links to other files."""

from lsprotocol import types

from rulelang.analysis.beside import hints, lenses, links
from rulelang.analysis.facts import FileKind
from rulelang.base.source import Span
from rulelang.lsp import shapes
from rulelang.lsp.connection import RulelangServer


def register(server: RulelangServer) -> None:
    """Amounts beside steps, what can be run, and links to other files."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    def amounts(params: types.InlayHintParams) -> list[types.InlayHint]:
        facts = session.facts(params.text_document.uri)
        if facts is None:
            return []
        run = session.run(facts) if facts.kind is FileKind.RULES else None
        columns = facts.columns
        shown = Span(*(columns.offset(end.line, end.character) for end in (params.range.start, params.range.end)))
        return [
            types.InlayHint(
                shapes.position(columns.point(hint.offset)),
                hint.text,
                tooltip=shapes.markdown_of(hint.more),
                padding_left=True,
            )
            for hint in hints(facts, run, shown)
        ]

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    def runnable(params: types.CodeLensParams) -> list[types.CodeLens]:
        facts = session.facts(params.text_document.uri)
        if facts is None or facts.source.path is None:
            return []
        of_event = facts.kind is FileKind.EVENT and facts.event is not None
        has_event = of_event or (facts.kind is FileKind.RULES and session.runs.event_of(facts.source.path) is not None)
        return [
            types.CodeLens(
                shapes.range_of(facts.columns, lens.span),
                types.Command(
                    lens.title, lens.command, arguments=[params.text_document.uri, *filter(None, [lens.part])]
                ),
            )
            for lens in lenses(facts, has_event=has_event)
        ]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_LINK)
    def linked(params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        facts = session.facts(params.text_document.uri)
        return [
            types.DocumentLink(shapes.range_of(facts.columns, link.span), server.address(link.path))
            for link in (() if facts is None else links(facts))
            if facts is not None and session.workspace.together.there(link.path, facts.source.path or link.path)
        ]
