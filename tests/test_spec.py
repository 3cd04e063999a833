"""The specification keeps its word: its examples run as it says, its lists and grammar are those of the language."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from rulelang.base.codes import CODES
from rulelang.histories.testing import run_tests
from rulelang.syntax.words import RESERVED, SPELLINGS
from tests.blocks import (
    Block,
    Case,
    blocks_of,
    cases_of,
    days_of,
    given_by,
    rulebook_of,
    run_of,
    same_days,
    stated_in,
    titled,
)
from tests.oracle.compare import by_oracle, compared
from tests.phrase_words import PHRASE_WORDS

ROOT = Path(__file__).parent.parent
SPEC = ROOT / "docs" / "spec.md"
TEXT = SPEC.read_text(encoding="utf-8")


BLOCKS = tuple(blocks_of(TEXT))
RULEBOOKS = tuple(block for block in BLOCKS if block.language == "rules")


CASES = tuple(cases_of(BLOCKS))
HISTORIES = tuple(at for at, block in enumerate(BLOCKS) if block.language == "history")


@pytest.mark.parametrize("at", HISTORIES, ids=lambda at: f"line {BLOCKS[at].line}")
def test_histories_give_the_stated_days(at: int, tmp_path: Path) -> None:
    """Every amount that is stated of a day, and no other of its kind on that day for a step or pot that is named."""
    rules = next(block for block in reversed(BLOCKS[:at]) if block.language == "rules")
    assert same_days(BLOCKS[at + 1].text, days_of(rules, BLOCKS[at], tmp_path))


# ------------------------------------------------------------------------------------------------------- examples


def test_it_has_the_examples_it_promises() -> None:
    """Nothing was lost to a misspelt fence."""
    histories = sum(block.language == "history" for block in BLOCKS)
    # one rulebook has two events, two have a JSON event beside their own
    assert len(RULEBOOKS) == len(CASES) - 3 + histories
    languages = "rules event history csv json result days ebnf words text"
    assert {block.language for block in BLOCKS} == set(languages.split())


@pytest.mark.parametrize("block", RULEBOOKS, ids=lambda block: f"line {block.line}")
def test_rulebooks_check_and_their_tests_pass(block: Block, tmp_path: Path) -> None:
    """Every rulebook checks, and every test written in it holds."""
    report = run_tests(rulebook_of(block, tmp_path))
    assert [result.failures for result in report.results if not result.passed] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_events_give_the_stated_result(case: Case, tmp_path: Path) -> None:
    """Every payment, and what else the block states, is what the run gives."""
    given, stated = given_by(run_of(case, tmp_path)), stated_in(case.result)
    assert given.payments == stated.payments
    assert {key: given.others[key] for key in stated.others} == stated.others


@pytest.mark.parametrize("case", [case for case in CASES if case.event.language == "event"], ids=lambda case: case.name)
def test_the_oracle_gives_the_same(case: Case, tmp_path: Path) -> None:
    """The independent evaluator reads the page as the package does."""
    ours = run_of(case, tmp_path).to_dict()
    theirs = by_oracle(tmp_path, event="it.event")
    assert not isinstance(theirs, str), theirs
    assert compared(theirs) == compared(ours)


def test_output_is_as_shown(tmp_path: Path) -> None:
    """The JSON of section 9 is what the run prints, but for the digests."""
    shown = next(block for block in BLOCKS if block.language == "json" and block.words.startswith("output"))
    rules = titled(BLOCKS, shown.words)
    output = run_of(next(case for case in CASES if case.rules == rules), tmp_path).to_dict()
    assert len(output["rulebook"]["sha256"]) == len(output["event"]["sha256"]) == 64
    output["rulebook"]["sha256"] = output["event"]["sha256"] = "…"
    expected = json.loads(shown.text)
    assert output == expected
    assert _keys(output) == _keys(expected)


def _keys(value: Any) -> list[Any]:
    """The keys of nested objects, in their order."""
    if isinstance(value, dict):
        return [(key, _keys(inner)) for key, inner in value.items()]
    return [_keys(inner) for inner in value] if isinstance(value, list) else []


# ---------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(("kind", "words"), [("reserved", RESERVED), ("phrase", PHRASE_WORDS)])
def test_words_are_those_of_the_language(kind: str, words: frozenset[str]) -> None:
    """The two lists of section 2 are complete, and no word stands twice."""
    listed = next(block for block in BLOCKS if block.language == "words" and block.words == kind).text.split()
    assert len(listed) == len(set(listed))
    assert set(listed) == words


def test_codes_exist() -> None:
    """Every diagnostic the page speaks of is one, and every link to a page is well formed."""
    links = re.findall(r"\[`([a-z-]+)`\]\(codes/([a-z-]+)\.md\)", TEXT)
    assert len(links) == TEXT.count("](codes/")
    assert {shown for shown, _ in links} <= set(CODES)
    assert all(shown == target for shown, target in links)


def test_severities_are_asstated_in() -> None:
    """The table of warnings and notes gives each its severity, and leaves out none of the checker's."""
    rows = dict(re.findall(r"^\| \[`([a-z-]+)`\]\([^)]*\) \| (warning|note) \|", TEXT, re.MULTILINE))
    assert rows
    assert rows == {code: CODES[code].severity for code in rows}


def test_sections_are_where_links_lead() -> None:
    """The table of contents leads to headings that exist."""
    headings = re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", TEXT)) <= anchors


# -------------------------------------------------------------------------------------------------------- grammar

_SPELT = {kind: frozenset(words) for kind, words in SPELLINGS.items()}
"""The terminals that the Lark file writes as patterns, as a person types them."""
_FORMS = frozenset({"NAME", "CAPITALISED", "STRING", "NUMBER", "PERCENTAGE", "DATE"})
"""The forms of words that section 2 describes."""
_PART = re.compile(r'"([^"]+)"|([A-Z_]{2,})|([a-z_]+)')


def _lark_productions() -> dict[str, set[str]]:
    """For each rule of the Lark file the words and the rules it is made of."""
    lines = (ROOT / "grammar" / "rulelang.lark").read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("//"))
    terminals = dict(re.findall(r'^([A-Z_]+) +: "([^"]+)"$', text, re.MULTILINE))
    rules = re.findall(r"^[?!]*([a-z_]+) *:(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    found: dict[str, set[str]] = {}
    for name, body in rules:
        parts: set[str] = set()
        for word, terminal, rule in _PART.findall(re.sub(r"->\s*\w+", "", body)):
            if not terminal:
                parts.add(f'"{word}"' if word else rule)
            elif terminal in _FORMS:
                parts.add(terminal)
            else:
                parts |= {f'"{spelt}"' for spelt in _SPELT.get(terminal) or {terminals[terminal]}}
        found[name] = parts
    return found


def _stated_productions() -> dict[str, set[str]]:
    """The same for the productions of section 3."""
    text = re.sub(r"/\*.*?\*/", "", "\n".join(block.text for block in BLOCKS if block.language == "ebnf"))
    found: dict[str, set[str]] = {}
    for name, body in re.findall(r"^([a-z_]+) ::=(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL):
        assert name not in found
        found[name] = {f'"{word}"' if word else form or rule for word, form, rule in _PART.findall(body)}
    return found


def test_grammar_is_that_of_the_parser() -> None:
    """Both grammars have the same productions, each made of the same words and parts."""
    stated, actual = _stated_productions(), _lark_productions()
    assert stated.keys() == actual.keys()
    for name, parts in actual.items():
        assert stated[name] == parts, name


def test_every_production_has_its_reading() -> None:
    """Above each production stands a line that says it in words."""
    for block in BLOCKS:
        if block.language == "ebnf":
            read = re.findall(r"^/\* [A-Z].*\. \*/\n[a-z_]+ ::=", block.text, re.MULTILINE)
            assert len(read) == block.text.count("::=")
