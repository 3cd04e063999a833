"""The tour of the language: each example runs as the page says, reads well, and opens in the playground."""

import base64
import json
import re
import zlib

import pytest

from rulelang.histories.testing import run_tests
from rulelang.syntax.format.printer import format_text
from tests.blocks import blocks_of, cases_of, days_of, given_by, rulebook_of, run_of, same_days, stated_in
from tests.conftest import ROOT
from tests.console_blocks import printed, timeless
from website.playground import fragment, openable, with_links

PAGES = sorted((ROOT / "docs" / "tour").glob("[0-9]*.md"))
TEXTS = {page.stem: page.read_text(encoding="utf-8") for page in PAGES}
BLOCKS = {name: tuple(blocks_of(text)) for name, text in TEXTS.items()}
RULEBOOKS = [(name, block) for name, blocks in BLOCKS.items() for block in blocks if block.language == "rules"]
CASES = [(name, case) for name, blocks in BLOCKS.items() for case in cases_of(blocks)]
SHORT = {"defaulter-not-first"}
"""What examples may be warned about: some begin in the middle of a waterfall, to be short."""


def named(each):
    return each if isinstance(each, str) else f"line {getattr(each, 'line', None) or each.event.line}"


def test_it_has_ten_short_pages():
    assert [name[:2] for name in TEXTS] == [f"{number:02}" for number in range(1, 11)]
    assert max(len(text.splitlines()) for text in TEXTS.values()) < 140
    assert all(any(block.language == "rules" for block in blocks) for blocks in BLOCKS.values())
    listed = re.findall(r"\]\((\d[^)]*)\.md\)", (ROOT / "docs" / "tour" / "index.md").read_text("utf-8"))
    assert listed == list(TEXTS)


@pytest.mark.parametrize(("page", "block"), RULEBOOKS, ids=named)
def test_a_rulebook_checks_is_laid_out_and_passes_its_tests(page, block, tmp_path):
    program = rulebook_of(block, tmp_path)
    assert {found.code for found in program.warnings if found.severity.value == "warning"} <= SHORT
    assert format_text(program.source) == block.text
    assert [result.failures for result in run_tests(program).results if not result.passed] == []


@pytest.mark.parametrize(("page", "case"), CASES, ids=named)
def test_an_event_gives_the_stated_result(page, case, tmp_path):
    given, stated = given_by(run_of(case, tmp_path)), stated_in(case.result)
    assert given.payments == stated.payments
    assert {key: given.others[key] for key in stated.others} == stated.others


def test_the_history_gives_the_stated_days(tmp_path):
    ((rules, history, days),) = [
        (blocks[at - 1], blocks[at], blocks[at + 1])
        for blocks in BLOCKS.values()
        for at, block in enumerate(blocks)
        if block.language == "history"
    ]
    assert same_days(days.text, days_of(rules, history, tmp_path))


@pytest.mark.slow
def test_the_proof_begins_as_shown():
    pytest.importorskip("z3")
    (command,), (shown,) = (
        re.findall(rf"```{language}\n(.*?)\n```", TEXTS["09-what-must-hold"], re.DOTALL) for language in ("sh", "text")
    )
    done = printed(["-m", *command.split()], 100).stdout.decode("utf-8")
    assert timeless(done.partition("\n\n")[2]).startswith(timeless(shown))


# -------------------------------------------------------------------------------------------------------- links


def opened(link):
    """What a link of the playground holds."""
    packed = link.partition("#state=")[2]
    data = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    return json.loads(zlib.decompress(data, -15))


@pytest.mark.parametrize("page", TEXTS)
def test_every_example_opens_in_the_playground(page):
    text = with_links(TEXTS[page], "../../index.html")
    links = re.findall(r'<a href="(\.\./\.\./index\.html#state=[\w-]+)">Open in the playground</a>', text)
    languages = [block.language for block in BLOCKS[page]]
    assert len(links) == sum(languages.count(kind) for kind in ("rules", "event", "history"))
    states = [opened(link) for link in links]
    assert all(state["v"] == 1 for state in states)
    texts = {block.text for block in BLOCKS[page]}
    assert all(set(state["files"].values()) <= texts for state in states)
    assert max(map(len, links)) < 4000


def test_an_event_travels_with_its_rulebook_and_tables():
    text = TEXTS["08-data"]
    held = [set(files) for _, files, _ in openable(text)]
    assert {"rulebook.rules", "example.event", "members.csv"} in held
    assert {"rulebook.rules", "example.event"} in held  # another rulebook has no tables of the one before


def test_a_fragment_of_a_rulebook_has_no_link():
    text = '```rules\ntranche a\n    paid by ccp\n```\n\n```event\nevent "E"\n```\n'
    assert with_links(text, "x") == text


def test_a_link_keeps_every_character():
    files = {"rulebook.rules": 'rulebook "Zürich – “Ω” 清算"\r\n', "a/b.event": "# <script>&'\n"}
    assert opened(fragment(files, tab="pays")) == {"v": 1, "files": files, "tab": "pays"}
