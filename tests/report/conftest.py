"""Pages for the tests of the report, and the browser that they are opened in."""

from pathlib import Path

import pytest

from rulelang import load_event, load_rulebook
from rulelang.api.rulebooks import parse_rulebook
from rulelang.base.files import data_folder
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.report.data import Report, make_report
from rulelang.report.page import render_page
from tests.report.browser import browser, lacking

BOOKS = data_folder("rulebooks")


def shipped(rules: str, event: str, old: str | None = None, *, fixed: bool = False, to: int | None = None) -> Report:
    """The report of a rulebook that ships."""
    program = load_rulebook(BOOKS / rules)
    older = None
    if old is not None:
        before = load_rulebook(BOOKS / old)
        older = (before, load_event(BOOKS / event, before))
    return make_report(program, load_event(BOOKS / event, program), older, fixed=fixed, to=to)


def written(rules: str, event: str, **options) -> Report:
    """The report of a rulebook and an event given as texts."""
    program = parse_rulebook(rules, "book.rules")
    return make_report(program, check_event(SourceText.from_text(event, "default.event"), program), **options)


def save(report: Report, folder: Path, name: str = "page.html") -> Path:
    page = folder / name
    page.write_text(render_page(report, "1.2.3"), encoding="utf-8")
    return page


@pytest.fixture(scope="session")
def driver():
    """One browser for all pages of a worker."""
    reason = lacking()
    if reason is not None:
        pytest.skip(reason)
    with browser() as started:
        yield started


HOSTILE_RULES = """
rulebook "</script><script>window.hit=1</script>" version "<b>1</b>"
    cite "<i>book</i>"
currency EUR
party insurer "<img src=x onerror=window.hit=2>"
members have
    fund : money
waterfall "<svg onload=window.hit=3>"
    tranche own "<!--<script>" cite "&lt;b&gt; </style><script>window.hit=4</script>"
        paid by defaulters from fund
    tranche policy "$$\\\\href{javascript:window.hit=5}{x}$$ {safe} @{amount}"
        paid by insurer
        up to EUR 2
    tranche fund_draw "\u05e9\u05dc\u05d5\u05dd </title></textarea>"
        paid by survivors from fund
        shared pro rata to fund
    finally rest "<script>window.hit=6</script>"
ensure "<script>window.hit=7</script>":
    loss > EUR 0
"""

HOSTILE_EVENT = """
event "</title><script>window.hit=8</script>"
declared 2025-01-01
member "<img src=x onerror=window.hit=9>" "</td><script>window.hit=10</script>"
    fund = EUR 1
member BETA "javascript:window.hit=11"
    fund = EUR 5
member GAMMA "\u0627\u0644\u0628\u0646\u0643"
    fund = EUR 4
default of "<img src=x onerror=window.hit=9>" loss EUR 9.50
"""


@pytest.fixture
def hostile(tmp_path) -> Path:
    """A page whose every title and name would like to be markup."""
    return save(written(HOSTILE_RULES, HOSTILE_EVENT), tmp_path, "hostile.html")
