"""The language server: every message of the protocol that it understands, each a question to the facts."""

from rulelang.lsp import beside, commands, lists, mending, names, questions, texts
from rulelang.lsp.connection import RulelangServer


def make_server() -> RulelangServer:
    """A server that nothing is connected to yet."""
    server = RulelangServer()
    for messages in (texts, questions, mending, names, lists, beside, commands):
        messages.register(server)
    return server
