"""Where a name is declared and used, and new names."""

from lsprotocol import types

from rulelang.analysis.names import definitions, references
from rulelang.analysis.renaming import KEEPS_FORMER, renaming
from rulelang.lsp import shapes
from rulelang.lsp.connection import RulelangServer, refusing, use_at


def register(server: RulelangServer) -> None:
    """Where a name is declared and used, and new names."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def defined(params: types.DefinitionParams) -> list[types.Location]:
        found = use_at(server, params)
        places = [] if found is None else definitions(session.workspace, *found)
        return [where for place in places if (where := shapes.location(place, server.address)) is not None]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def used(params: types.ReferenceParams) -> list[types.Location]:
        found = use_at(server, params)
        uses = [] if found is None else references(session.workspace, *found)
        wanted = [each for each in uses if params.context.include_declaration or not each.declares]
        return [where for each in wanted if (where := shapes.location(each.place, server.address)) is not None]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlighted(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        found = use_at(server, params)
        if found is None:
            return []
        facts, use = found
        kinds = {True: types.DocumentHighlightKind.Write, False: types.DocumentHighlightKind.Read}
        return [
            types.DocumentHighlight(shapes.range_of(facts.columns, each.span), kinds[each.declares])
            for each in facts.by_name[use.name]
            if each.named is use.named
        ]

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def renamable(params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
        found = use_at(server, params)
        if found is None:
            return None
        facts, use = found
        with refusing():
            renaming(session.workspace, facts, use, use.name)
        return types.PrepareRenamePlaceholder(shapes.range_of(facts.columns, use.span), use.name)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def renamed(params: types.RenameParams) -> types.WorkspaceEdit | None:
        found = use_at(server, params)
        if found is None:
            return None
        facts, use = found
        new = params.new_name.strip()
        with refusing():
            edits = renaming(session.workspace, facts, use, new, keep_former=session.options.formerly)
        for path in edits if use.named in KEEPS_FORMER else ():
            session.former[path, new] = use.name
        return server.edit_of(edits)
