"""The scripts of a page: the report's, and the chart library's own, unchanged and with their licences."""

import base64
import hashlib
from collections.abc import Iterable
from pathlib import Path

from rulelang.document.html import exercise_style
from rulelang.document.markup import Markup, element, raw

ASSETS = Path(__file__).parent / "assets"
_SCRIPTS = ("exact.js", "run.js", "money.js", "tables.js", "charts.js", "scale.js", "page.js")
_LIBRARY = ("bokeh/bokeh.min.js", "bokeh/bokeh-api.min.js")
CHART_LIBRARY = "3.9.2"
"""The release of Bokeh whose scripts they are; ``tests/report/test_chart_scripts.py`` holds their digests."""


ICON = element("link", rel="icon", href="data:,")
"""No icon at all, so that none is asked for."""


def metas(texts: Iterable[str]) -> list[Markup]:
    """What the head of a page says of it: these scripts run, no other ones, and nothing is fetched at all."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in texts)
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    return [
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
    ]


def scripts() -> tuple[str, ...]:
    """The scripts of a page, in order."""
    library = [(ASSETS / name).read_text(encoding="utf-8") for name in _LIBRARY]
    own = "\n".join(map(own_script, _SCRIPTS))
    texts = (*library, f'"use strict";\n(() => {{\n{own}}})();\n')
    return tuple(map(_normal, texts))


def own_script(name: str) -> str:
    """One of the report's own scripts."""
    return (ASSETS / name).read_text(encoding="utf-8")


def _normal(script: str) -> str:
    """A script as a browser reads it from a page; its line ends are what the digest is made of."""
    return script.replace("\r\n", "\n").replace("\r", "\n").replace("</script", "<\\/script")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def styles(exercise: str | None, *more: str) -> Markup:
    """The style element, with ``more`` files of styles; every printed page of an exercise says so."""
    texts = [(ASSETS / name).read_text(encoding="utf-8") for name in ("report.css", *more)]
    return element("style", raw("".join(texts) + exercise_style(exercise)))
