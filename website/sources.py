"""Which file of the checkout becomes which page, and what has to change for it: links, fences, lists."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from website.results import as_table

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
_FENCE = re.compile(r"(?ms)^(?P<marks>`{3,})(?P<language>\w*)(?P<words>[^\n]*)\n(?P<text>.*?)^(?P=marks)$")
_LINK = re.compile(r"(?P<before>!?\[(?:[^\[\]]|`[^`]*`)*\]\()(?P<target>[^()\s]+)\)")
_CODE = re.compile(r"`[^`]*`")
_ITEM = re.compile(r"(- |\d+\. )")
OTHERS = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md"}


class DeadLink(Exception):
    """A page links to something that is no page of the site."""


def homes() -> dict[str, str]:
    """The pages that stand in the checkout: from the path of the file to that of the page."""
    found = {path.relative_to(ROOT).as_posix(): path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    found |= OTHERS
    for path in (ROOT / "rulebooks").rglob("README.md"):
        name = "index" if path.parent.name == "rulebooks" else path.parent.name
        found[path.relative_to(ROOT).as_posix()] = f"gallery/{name}.md"
    return found


def files() -> dict[str, str]:
    """What the site holds beside its pages: pictures, styles, and the schemas of what commands print."""
    own = {path: path.relative_to(DOCS).as_posix() for path in (*DOCS.rglob("*.svg"), *DOCS.rglob("*.css"))}
    own |= {path: f"reference/schemas/{path.name}" for path in (ROOT / "rulelang" / "schemas").glob("*.json")}
    own[ROOT / "rulelang" / "report" / "assets" / "drawing.css"] = "drawing.css"
    return {path.relative_to(ROOT).as_posix(): place for path, place in own.items()}


def outside_fences(text: str) -> Iterator[tuple[bool, str]]:
    """The parts of a page in order: whether a part is a fenced block, and its text."""
    at = 0
    for found in _FENCE.finditer(text):
        yield False, text[at : found.start()]
        yield True, found[0]
        at = found.end()
    yield False, text[at:]


def fences(text: str) -> Iterator[re.Match[str]]:
    """The fenced blocks of a page, each with its ``language``, the ``words`` behind it and its ``text``."""
    return _FENCE.finditer(text)


def links(text: str) -> list[str]:
    """The targets of the links of a page that stand outside its fenced blocks."""
    return [found["target"] for fenced, part in outside_fences(text) if not fenced for found in _LINK.finditer(part)]


def relinked(text: str, source: str, place: str, known: dict[str, str]) -> str:
    """The page with each link to a file of the checkout turned into one to its page.

    Raises:
        DeadLink: the site has nothing in its place.
    """

    def turned(found: re.Match[str]) -> str:
        target, _, anchor = found["target"].partition("#")
        if not target or "://" in target or target.startswith("mailto:"):
            return found[0]
        aim = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        home = next((known[each] for each in (aim, f"{aim}/README.md", f"{aim}/index.md") if each in known), None)
        if home is None:
            raise DeadLink(f"{source} links to {found['target']}")
        way = posixpath.relpath(home, posixpath.dirname(place) or ".")
        return f"{found['before']}{way}{'#' if anchor else ''}{anchor})"

    return "".join(part if fenced else _LINK.sub(turned, part) for fenced, part in outside_fences(text))


def laid_out(text: str) -> str:
    """The page as the site's Markdown wants it: blank lines before lists, results as tables."""
    parts = []
    for fenced, part in outside_fences(text):
        if fenced:
            parts.append(_titled(part))
            continue
        lines = part.split("\n")
        for before, line in zip(["", *lines], lines, strict=False):
            if _ITEM.match(line) and before.strip() and not before.startswith((" ", "- ")) and not _ITEM.match(before):
                parts.append("\n")
            parts.append(f"{_CODE.sub(_unescaped, line) if line.startswith('|') else line}\n")
        parts[-1] = parts[-1].removesuffix("\n")
    return "".join(parts)


def _unescaped(found: re.Match[str]) -> str:
    """Code in a table; a code host wants its bars escaped, the site does not."""
    return found[0].replace(r"\|", "|")


def _titled(block: str) -> str:
    found = _FENCE.match(block)
    assert found is not None
    if found["language"] in ("result", "days"):
        return as_table(found["language"], found["text"])
    head, rest = f"{found['marks']}{found['language']}", block.partition("\n")[2]
    named = re.fullmatch(r"[\w-]+\.\w+", found["words"].strip())
    return f'{head} title="{named[0]}"\n{rest}' if named else f"{head}\n{rest}"
