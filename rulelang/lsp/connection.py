"""The server itself: its session, the texts that wait to be looked at, and how it is connected.

It needs no standard input: a page hands messages to ``protocol.handle_message`` and takes answers from a writer.  No
thread and no other process has a part in it, for a page has neither.
"""

import asyncio
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from rulelang.analysis.columns import Columns
from rulelang.analysis.facts import Facts
from rulelang.analysis.renaming import Edits
from rulelang.analysis.uses import Use
from rulelang.base.diagnostic import RulelangError
from rulelang.base.version import __version__
from rulelang.lsp import shapes
from rulelang.lsp.session import Session

REFUSED = -32803
"""A request that was understood and is refused, with the reason."""
_MOMENT = 20
"""Milliseconds."""


_NOT_BEGUN, _AT_ITS_END = -32002, -32600
"""The codes of the protocol for a request before the first one, and for one behind the last."""


class _Protocol(LanguageServerProtocol):
    """The protocol with columns in UTF-16 units, which every editor knows, whatever else one offers.

    Every request is answered, those that cannot be understood or come out of turn with an error.
    """

    _begun = False

    def handle_message(self, message: Any) -> None:
        # a page may begin again: the memory that it starts from holds a server that has begun once
        self._begun = self._begun or isinstance(message, types.InitializeRequest)
        if (self._begun and not self._shutdown) or getattr(message, "method", None) == types.EXIT:
            super().handle_message(message)
        elif hasattr(message, "method") and hasattr(message, "id"):
            why = ("the server is at its end", _AT_ITS_END) if self._begun else ("initialize first", _NOT_BEGUN)
            self._send_response(message.id, error=JsonRpcException(*why).to_response_error())

    def structure_message(self, data: dict[str, Any]) -> Any:
        if data.get("method") == types.INITIALIZE:
            capabilities = (data.get("params") or {}).get("capabilities") or {}
            (capabilities.get("general") or {}).pop("positionEncodings", None)
        try:
            return super().structure_message(data)
        except JsonRpcException as error:  # otherwise whoever asked would wait for good
            if "method" not in data or data.get("id") is None:
                raise
            self._send_response(data["id"], error=error.to_response_error())
            return types.CancelNotification(types.CancelParams(data["id"]))


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

    def edit(self, changes: Mapping[Path, list[types.TextEdit]]) -> types.WorkspaceEdit:
        """Changes in several texts, each in the version that was looked at, where an editor can tell versions apart."""
        workspace = self.client_capabilities.workspace
        if workspace is None or workspace.workspace_edit is None or not workspace.workspace_edit.document_changes:
            return types.WorkspaceEdit({self.address(path): edits for path, edits in changes.items()})
        texts = types.OptionalVersionedTextDocumentIdentifier
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(texts(self.address(path), self.session.open.get(path)), edits)
                for path, edits in changes.items()
            ]
        )

    def edit_of(self, edits: Edits) -> types.WorkspaceEdit:
        """Changes in several texts, by their spans."""
        read = self.session.workspace.documents.read
        return self.edit({path: shapes.text_edits(each, Columns(read(path))) for path, each in edits.items()})

    def serve(self) -> bool:
        """Serve whoever is at the other end of standard input and output; whether it said that it would go."""
        logging.getLogger("pygls").addHandler(logging.NullHandler())
        self.start_io(stdout=cast("BinaryIO", _KeptOpen(sys.stdout.buffer)))
        return self.protocol._shutdown  # noqa: SLF001 - it is told nowhere else


def facts_at(server: RulelangServer, params: _OfPlace) -> tuple[Facts, int] | None:
    """The facts about a text, and the offset of a position in it."""
    facts = server.session.facts(params.text_document.uri)
    if facts is None:
        return None
    return facts, facts.columns.offset(params.position.line, params.position.character)


def use_at(server: RulelangServer, params: _OfPlace) -> tuple[Facts, Use] | None:
    """The facts about a text, and the name at a position in it."""
    found = facts_at(server, params)
    use = None if found is None else found[0].use_at(found[1])
    return None if found is None or use is None else (found[0], use)


async def moment() -> None:
    """Wait a moment before something long, so that it can be taken back."""
    await asyncio.sleep(_MOMENT / 1000)


@contextmanager
def refusing() -> Iterator[None]:
    """Answer a request with the reason why it is refused."""
    try:
        yield
    except RulelangError as error:
        said = [line for found in error.diagnostics for line in (found.message, *found.helps)]
        raise JsonRpcException("; ".join(said), REFUSED) from None
