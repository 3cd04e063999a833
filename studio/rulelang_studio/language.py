"""The language server in the page: messages go in and out as texts, with no stream, process or thread in between."""

import json
from collections.abc import Callable

from attrs import define, field

from rulelang.lsp.server import RulelangServer, make_server


@define(eq=False)
class Connection:
    """A language server; ``tell`` takes its messages, one text each."""

    tell: Callable[[str], object]
    _server: RulelangServer = field(factory=make_server)

    def __attrs_post_init__(self) -> None:
        """Let the server write here."""
        self._server.protocol.set_writer(self, include_headers=False)

    def write(self, data: bytes) -> None:
        """Pass a message of the server on."""
        self.tell(data.decode("utf-8"))

    def close(self) -> None:
        """Nothing is open."""

    def hear(self, message: str) -> None:
        """Pass a message to the server."""
        protocol = self._server.protocol
        protocol.handle_message(protocol.structure_message(json.loads(message)))
