"""Runs, tests and profiles, each answered with Markdown."""

from typing import Any

from pygls.exceptions import JsonRpcException

from rulelang.lsp import answers
from rulelang.lsp.connection import RulelangServer, moment


def register(server: RulelangServer) -> None:
    """Runs, tests and profiles, each answered with Markdown."""
    session = server.session

    @server.command("rulelang.run")
    async def run(*said: Any) -> answers.Answer:
        await moment()
        return answers.run(session, *_said(said, 2))

    @server.command("rulelang.test")
    async def test(*said: Any) -> answers.Answer:
        await moment()
        return answers.tests(session, *_said(said, 2))

    @server.command("rulelang.profile")
    async def profile(*said: Any) -> answers.Answer:
        await moment()
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
