"""Every link of the site as it was built, followed as a browser would: to a file of the site and a place in it."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """The links of a page and the places that links can lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [given[key] or "" for key in ("href", "src") if key in given and tag != "base"]
        self.places |= {given[key] or "" for key in ("id", "name") if key in given}


def broken(site: Path, playground: str | None) -> Iterator[str]:
    """What leads nowhere, or to another machine: the page and the link.  The playground lies outside the site."""
    outside = None if playground is None else (site / playground).resolve()
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    for path, page in sorted(pages.items()):
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("data", "mailto"):
                continue
            way = unquote(parts.path)
            if path.name == "404.html":  # it is shown at any address, so its links begin at the root, where it lies
                way = way.removeprefix("/")
            aim = (path.parent / way).resolve() if way else path
            if aim == outside and not parts.netloc:
                continue
            aim = aim / "index.html" if aim.is_dir() else aim
            if parts.scheme or parts.netloc:
                if parts.hostname not in OUTSIDE:
                    yield f"{path.relative_to(site)}: {link} is on another machine"
            elif not aim.exists():
                yield f"{path.relative_to(site)}: {link} does not exist"
            elif parts.fragment and aim in pages and unquote(parts.fragment) not in pages[aim].places:
                yield f"{path.relative_to(site)}: {link} has no such place"


OUTSIDE = {"keepachangelog.com", "pre-commit.com", "zensical.org"}
"""What pages may name on other machines; nothing of it is loaded unless somebody follows the link."""
