"""Texts that are opened, changed and closed, the folders that are worked in, and what an editor chooses."""

from lsprotocol import types

from rulelang.lsp.connection import RulelangServer


def register(server: RulelangServer) -> None:  # noqa: C901 - a function for each message
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
        session.files_changed()
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
