"""Edits that are offered: fixes of findings, all that are sure at once, and a name kept as a former one."""

from lsprotocol import types

from rulelang.analysis.documents import plain
from rulelang.analysis.facts import sure_fixes
from rulelang.analysis.renaming import former_names
from rulelang.base.advice import Certainty
from rulelang.lsp import shapes
from rulelang.lsp.connection import RulelangServer


def register(server: RulelangServer) -> None:
    """The fixes of findings, and more where it is asked for."""

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(
            [types.CodeActionKind.QuickFix, types.CodeActionKind.Refactor, types.CodeActionKind.SourceFixAll]
        ),
    )
    def mended(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri, found = params.text_document.uri, []
        path = server.session.addresses.path(uri)
        asked = {_key(each): each for each in params.context.diagnostics}
        for present in server.session.told_now(uri) if asked else ():
            each = asked.get(_key(present))
            if each is None or not isinstance(present.data, dict):  # an editor may know of findings that are gone
                continue
            for fix in present.data["fixes"]:
                edit = types.TextEdit(shapes.range_from(fix["range"]), fix["newText"])
                found.append(
                    types.CodeAction(
                        fix["title"],
                        kind=types.CodeActionKind.QuickFix,
                        diagnostics=[each],
                        is_preferred=fix["certainty"] == Certainty.SURE.value,
                        edit=server.edit({path: [edit]}),
                    )
                )
        return [*found, *_kept_name(server, params), *_all_mended(server, params)]


def _key(found: types.Diagnostic) -> tuple[object, ...]:
    start, end = found.range.start, found.range.end
    return found.code, found.message, start.line, start.character, end.line, end.character


def _all_mended(server: RulelangServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    """All fixes of a text at once that nobody would make otherwise, where that is asked for."""
    facts = server.session.facts(params.text_document.uri)
    wanted = types.CodeActionKind.SourceFixAll in (params.context.only or ())
    edits = [] if facts is None or not wanted else sure_fixes(facts)
    if facts is None or facts.source.path is None or not edits:
        return []
    edit = server.edit_of({plain(facts.source.path): edits})
    return [types.CodeAction("Mend all that is sure", types.CodeActionKind.SourceFixAll, edit=edit)]


def _kept_name(server: RulelangServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Behind a new name: to keep the old one as a former one."""
    session = server.session
    facts = session.facts(params.text_document.uri)
    if facts is None or facts.source.path is None:
        return []
    start = params.range.start
    use = facts.use_at(facts.columns.offset(start.line, start.character))
    old = None if use is None else session.former.get((plain(facts.source.path), use.name))
    if use is None or old is None or old in facts.by_name:
        return []
    kept = former_names(session.workspace, facts, use, old)
    if not kept:
        return []
    edit = server.edit_of(kept)
    title = f"Keep “{old}” as its former name (`formerly {old}`)"
    return [types.CodeAction(title, kind=types.CodeActionKind.Refactor, edit=edit)]
