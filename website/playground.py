"""Links that open a block of a page in the playground: the texts travel in the link, behind its ``#``."""

import re
import runpy
from collections.abc import Callable, Iterator

from website.sources import ROOT, fences

fragment: Callable[..., str] = runpy.run_path(str(ROOT / "studio" / "rulelang_studio" / "link.py"))["fragment"]
"""What stands behind the address of the playground to open files: the playground's own, which is not installed here."""

NAMES = {"event": "example.event", "history": "example.history"}


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
        parts += [text[at:end], "\n\n", opening(address + fragment(files, tab=tab))]
        at = end
    return "".join([*parts, text[at:]])


def opening(address: str) -> str:
    """The link itself."""
    return f'<p class="playground"><a href="{address}">Open in the playground</a></p>\n'
