"""The language server: every message of the protocol that it understands, each a question to the facts.

It needs no standard input: a page hands messages to ``protocol.handle_message`` and takes answers from a writer.  No
thread and no other process has a part in it, for a page has neither.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, Protocol, cast

from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from rulelang.analysis.beside import hints, lenses, links
from rulelang.analysis.completion import completions
from rulelang.analysis.documents import plain
from rulelang.analysis.facts import Facts, FileKind, sure_fixes
from rulelang.analysis.hover import hover
from rulelang.analysis.names import definitions, references, renaming
from rulelang.analysis.outline import every, folds, outline
from rulelang.analysis.tokens import coloured
from rulelang.analysis.uses import Use
from rulelang.base.advice import Certainty
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import Span
from rulelang.base.version import __version__
from rulelang.lsp import answers, shapes
from rulelang.lsp.session import Session
from rulelang.syntax.format.line_ends import line_end_of
from rulelang.syntax.format.printer import format_text

REFUSED = -32803
"""A request that was understood and is refused, with the reason."""
MOST_SYMBOLS = 500
_MOMENT = 20
"""Milliseconds."""


class _Protocol(LanguageServerProtocol):
    """The protocol with columns in UTF-16 units, which every editor knows, whatever else one offers."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        if data.get("method") == types.INITIALIZE:
            capabilities = (data.get("params") or {}).get("capabilities") or {}
            (capabilities.get("general") or {}).pop("positionEncodings", None)
        return super().structure_message(data)


class _OfPlace(Protocol):
    """A request about a place in a text."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


class _KeptOpen:
    """A stream that is written to and left open, for the command line closes its own."""

    def __init__(self, stream: BinaryIO) -> None:
        self.write, self.flush = stream.write, stream.flush

    def close(self) -> None:
        """Leave it open."""


class RulelangServer(LanguageServer):
    """A server with its session, and the texts that wait to be looked at."""

    def __init__(self) -> None:
        """Begin with nothing open."""
        kind = types.TextDocumentSyncKind.Full
        super().__init__("rulelang", __version__, kind, protocol_cls=_Protocol, converter_factory=get_converter)
        self.session = Session()
        self._waiting: dict[Path, asyncio.TimerHandle] = {}

    def look_at(self, path: Path, *, at_once: bool = False) -> None:
        """Tell what is found in a text, once nothing has been typed for a while: only of its last version."""
        waiting = self._waiting.pop(path, None)
        if waiting is not None:
            waiting.cancel()
        debounce = 0 if at_once else self.session.options.debounce
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # messages are handed in by hand
            debounce = 0
        if debounce:
            self._waiting[path] = loop.call_later(debounce / 1000, self._look_at, path)
        else:
            self._look_at(path)

    def _look_at(self, path: Path) -> None:
        self._waiting.pop(path, None)
        for each in self.session.refresh(path):
            self.text_document_publish_diagnostics(each)

    def address(self, path: Path) -> str:
        """The address of a text."""
        return self.session.addresses.address(path)

    def serve(self) -> bool:
        """Serve whoever is at the other end of standard input and output; whether it said that it would go."""
        logging.getLogger("pygls").addHandler(logging.NullHandler())
        self.start_io(stdout=cast("BinaryIO", _KeptOpen(sys.stdout.buffer)))
        return self.protocol._shutdown  # noqa: SLF001 - it is told nowhere else


def make_server() -> RulelangServer:
    """A server that nothing is connected to yet."""
    server = RulelangServer()
    for register in (_texts, _questions, _names, _lists, _beside, _commands):
        register(server)
    return server


def _at(server: RulelangServer, params: _OfPlace) -> tuple[Facts, int] | None:
    """The facts about a text, and the offset of a position in it."""
    facts = server.session.facts(params.text_document.uri)
    if facts is None:
        return None
    return facts, facts.columns.offset(params.position.line, params.position.character)


def _use_at(server: RulelangServer, params: _OfPlace) -> tuple[Facts, Use] | None:
    """The facts about a text, and the name at a position in it."""
    found = _at(server, params)
    use = None if found is None else found[0].use_at(found[1])
    return None if found is None or use is None else (found[0], use)


async def _moment() -> None:
    """Wait a moment before something long, so that it can be taken back."""
    await asyncio.sleep(_MOMENT / 1000)


def _refuse(error: RulelangError) -> NoReturn:
    """Answer a request with the reason why it is refused."""
    said = [line for found in error.diagnostics for line in (found.message, *found.helps)]
    raise JsonRpcException("; ".join(said), REFUSED)


def _texts(server: RulelangServer) -> None:  # noqa: C901 - a function for each message
    """Texts that are opened, changed and closed, and the folders that are worked in."""
    session = server.session

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        session.options.take(params.initialization_options)
        folders = [folder.uri for folder in params.workspace_folders or ()]
        session.work_in(folders or ([params.root_uri] if params.root_uri else []))

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def folders_changed(_params: types.DidChangeWorkspaceFoldersParams) -> None:
        session.work_in(server.workspace.folders)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(params: types.DidChangeConfigurationParams) -> None:
        said = params.settings
        session.options.take(said.get("rulelang", said) if isinstance(said, dict) else said)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(_params: types.DidChangeWatchedFilesParams) -> None:
        session.disk.changed()
        for path in list(session.open):
            server.look_at(path)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        server.look_at(session.put(document.uri, document.text, document.version), at_once=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        document = server.workspace.get_text_document(params.text_document.uri)
        server.look_at(session.put(document.uri, document.source, params.text_document.version))

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.look_at(session.addresses.path(params.text_document.uri), at_once=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        for each in session.close(params.text_document.uri):
            server.text_document_publish_diagnostics(each)


def _questions(server: RulelangServer) -> None:  # noqa: C901 - a function for each message
    """What is asked of a place: its meaning, what may come there, and how a text is laid out."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        found = _at(server, params)
        if found is None:
            return None
        facts, offset = found
        told = hover(session.workspace, facts, offset, session.run(facts))
        return (
            None
            if told is None
            else types.Hover(shapes.markdown_of(told.text), shapes.range_of(facts.columns, told.span))
        )

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" ", "(", '"', "/"]))
    def offered(params: types.CompletionParams) -> types.CompletionList | None:
        found = _at(server, params)
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

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(
            [types.CodeActionKind.QuickFix, types.CodeActionKind.Refactor, types.CodeActionKind.SourceFixAll]
        ),
    )
    def mended(params: types.CodeActionParams) -> list[types.CodeAction]:
        uri, found = params.text_document.uri, []
        for each in params.context.diagnostics:
            fixes = each.data.get("fixes", []) if isinstance(each.data, dict) else []
            for fix in fixes:
                edit = types.TextEdit(shapes.range_from(fix["range"]), fix["newText"])
                found.append(
                    types.CodeAction(
                        fix["title"],
                        kind=types.CodeActionKind.QuickFix,
                        diagnostics=[each],
                        is_preferred=fix["certainty"] == Certainty.SURE.value,
                        edit=types.WorkspaceEdit({uri: [edit]}),
                    )
                )
        return [*found, *_kept_name(server, params), *_all_mended(server, params)]


def _all_mended(server: RulelangServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    """All fixes of a text at once that nobody would make otherwise, where that is asked for."""
    facts = server.session.facts(params.text_document.uri)
    if facts is None or types.CodeActionKind.SourceFixAll not in (params.context.only or ()):
        return []
    edits, end = [], 0
    for span, new in sure_fixes(facts):
        if span.start >= end:
            edits.append(types.TextEdit(shapes.range_of(facts.columns, span), new))
            end = max(span.end, span.start + 1)
    edit = types.WorkspaceEdit({params.text_document.uri: edits})
    return [types.CodeAction("Mend all that is sure", types.CodeActionKind.SourceFixAll, edit=edit)] if edits else []


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
    former = renaming(session.workspace, facts, use, use.name).formerly
    if former is None:
        return []
    path, span, text = former
    edit = shapes.workspace_edit({path: [(span, text.removesuffix(use.name) + old)]}, _sources(server), server.address)
    title = f"Keep “{old}” as its former name (`formerly {old}`)"
    return [types.CodeAction(title, kind=types.CodeActionKind.Refactor, edit=edit)]


def _sources(server: RulelangServer) -> Callable[[Path], Any]:
    return server.session.workspace.documents.read


def _names(server: RulelangServer) -> None:  # noqa: C901 - a function for each message
    """Where a name is declared and used, and new names."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def defined(params: types.DefinitionParams) -> list[types.Location]:
        found = _use_at(server, params)
        places = [] if found is None else definitions(session.workspace, *found)
        return [where for place in places if (where := shapes.location(place, server.address)) is not None]

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def used(params: types.ReferenceParams) -> list[types.Location]:
        found = _use_at(server, params)
        uses = [] if found is None else references(session.workspace, *found)
        wanted = [each for each in uses if params.context.include_declaration or not each.declares]
        return [where for each in wanted if (where := shapes.location(each.place, server.address)) is not None]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlighted(params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
        found = _use_at(server, params)
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
        found = _use_at(server, params)
        if found is None:
            return None
        facts, use = found
        try:
            renaming(session.workspace, facts, use, use.name)
        except RulelangError as error:
            _refuse(error)
        return types.PrepareRenamePlaceholder(shapes.range_of(facts.columns, use.span), use.name)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def renamed(params: types.RenameParams) -> types.WorkspaceEdit | None:
        found = _use_at(server, params)
        if found is None:
            return None
        facts, use = found
        new = params.new_name.strip()
        try:
            done = renaming(session.workspace, facts, use, new, keep_former=session.options.formerly)
        except RulelangError as error:
            _refuse(error)
        for path in done.edits if done.formerly is not None else ():
            session.former[path, new] = use.name
        return shapes.workspace_edit(done.edits, _sources(server), server.address)


def _lists(server: RulelangServer) -> None:
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
        await _moment()
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


def _beside(server: RulelangServer) -> None:
    """Amounts beside steps, what can be run, and links to other files."""
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    def amounts(params: types.InlayHintParams) -> list[types.InlayHint]:
        facts = session.facts(params.text_document.uri)
        run = None if facts is None or facts.kind is not FileKind.RULES else session.run(facts)
        if facts is None or run is None:
            return []
        found = []
        for hint in hints(facts, run):
            where = shapes.position(facts.columns.point(hint.offset))
            if params.range.start.line <= where.line <= params.range.end.line:
                more = shapes.markdown_of(hint.more)
                found.append(types.InlayHint(where, hint.text, tooltip=more, padding_left=True))
        return found

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
                    lens.title, lens.command, arguments=[params.text_document.uri, *filter(None, [lens.test])]
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
            if facts is not None and session.workspace.documents.has(link.path)
        ]


def _commands(server: RulelangServer) -> None:
    """Runs, tests and profiles, each answered with Markdown."""
    session = server.session

    @server.command("rulelang.run")
    async def run(*said: Any) -> answers.Answer:
        await _moment()
        return answers.run(session, *_said(said, 2))

    @server.command("rulelang.test")
    async def test(*said: Any) -> answers.Answer:
        await _moment()
        return answers.tests(session, *_said(said, 2))

    @server.command("rulelang.profile")
    async def profile(*said: Any) -> answers.Answer:
        await _moment()
        return answers.profile(session, *_said(said, 3))

    @server.command("rulelang.events")
    def events(*said: Any) -> list[dict[str, str]]:
        return answers.events(session, *_said(said, 1))

    @server.command("rulelang.chooseEvent")
    def choose(*said: Any) -> None:
        rulebook, event = _said(said, 2)
        path = None if event is None else session.addresses.path(event)
        session.runs.choose(session.addresses.path(rulebook), path)
        workspace = server.client_capabilities.workspace
        if workspace is not None and workspace.inlay_hint is not None and workspace.inlay_hint.refresh_support:
            server.workspace_inlay_hint_refresh(None)


def _said(arguments: tuple[Any, ...], most: int) -> list[Any]:
    """The arguments of a command: an address, and texts that may be left out."""
    texts = [each if isinstance(each, str) else None for each in arguments[:most]]
    if not texts or texts[0] is None:
        raise JsonRpcException("the first argument is the address of a text", -32602)
    return texts + [None] * (most - len(texts))
