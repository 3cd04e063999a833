"""Links that open a block of a page in the playground: the texts travel in the link, behind its ``#``."""

import base64
import json
import re
import zlib
from collections.abc import Iterator, Mapping

from website.sources import fences

NAMES = {"event": "example.event", "history": "example.history"}


def fragment(files: Mapping[str, str], tab: str | None = None) -> str:
    """What stands behind the address of the playground to open these files, in the form that it documents."""
    state = {"v": 1, "files": dict(files)} | ({"tab": tab} if tab else {})
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode()
    packed = packer.compress(data) + packer.flush()
    return "#state=" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def openable(text: str) -> Iterator[tuple[int, dict[str, str], str]]:
    """The blocks of a page that can be opened: where each ends, the files to open, and on which tab.

    A whole rulebook is opened by itself; an event or a history with the rulebook above it and the tables between.
    """
    rules, tables = None, dict[str, str]()
    for block in fences(text):
        language, body = block["language"], block["text"]
        if language == "rules" and re.match(r"(#[^\n]*\n|\s)*rulebook\b", body):
            rules, tables = body, {}
            yield block.end(), {"rulebook.rules": body}, "tests" if "\ntest " in body else "problems"
        elif language == "csv" and (name := block["words"].strip()):
            tables[name] = body
        elif language in NAMES and rules is not None and re.match(rf"(#[^\n]*\n|\s)*{language}\b", body):
            yield block.end(), {"rulebook.rules": rules, NAMES[language]: body, **tables}, "pays"


def with_links(text: str, address: str) -> str:
    """The page with a link below each block that can be opened; ``address`` is the way to the playground from it."""
    parts, at = [], 0
    for end, files, tab in openable(text):
        parts += [text[at:end], "\n\n", opening(address + fragment(files, tab))]
        at = end
    return "".join([*parts, text[at:]])


def opening(address: str) -> str:
    """The link itself."""
    return f'<p class="playground"><a href="{address}">Open in the playground</a></p>\n'
