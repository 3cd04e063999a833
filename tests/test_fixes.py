"""Fixes: what a help names is an edit as well; followed, the finding is gone and no rule has become another one."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import rulelang
from rulelang.base.advice import Certainty, Fix, only, remove
from rulelang.base.codes import CODES
from rulelang.base.diagnostic import Diagnostic, Severity, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.base.suggest import asked
from rulelang.changes.verdict import Level
from rulelang.check.program import DatumProgram
from rulelang.check.types import Kind
from tests.fixing import applied
from tests.test_codes import SHOWN, Blocks, errors, findings, read_page


def found_in(code: str, blocks: Blocks, folder: Path) -> list[Diagnostic]:
    """What is found in the files of an example, or in what became of them."""
    page = read_page(code)
    return findings(folder, blocks, page.varied("Example"), page.compared("Example"))


def followed(blocks: Blocks, fix: Fix) -> Blocks:
    """The files with a fix followed."""
    key = next(key for key, (name, _) in blocks.items() if name == Path(fix.place.source.name).name)
    name, text = blocks[key]
    return blocks | {key: (name, applied(text, [fix]))}


def is_there(found: Diagnostic, others: list[Diagnostic]) -> bool:
    """Whether the finding is among others, wherever it stands now."""
    return any((each.code, each.message) == (found.code, found.message) for each in others)


def count_of_errors(found: list[Diagnostic]) -> int:
    return sum(each.severity is Severity.ERROR for each in found)


# ------------------------------------------------------------------------------------------------------- the meaning

VALUES = {
    Kind.MONEY: ("30123456.00", "20765432.00", "7531902.00"),
    Kind.NUMBER: ("2", "3", "5"),
    Kind.RATIO: ("0.25", "0.5", "0.75"),
    Kind.RATE: ("0.1", "0.1", "0.1"),
    Kind.TEXT: ("x", "x", "y"),
    Kind.DATE: ("2024-01-01", "2024-06-01", "2024-12-01"),
    Kind.YES_NO: ("yes", "no", "yes"),
}


def value(program: rulelang.CheckedProgram, datum: DatumProgram, at: int) -> object:
    """Some value for a field or given."""
    choices = datum.type.choices
    one = choices[at % len(choices)] if choices else VALUES[datum.type.kind][at]
    if datum.per_defaulter:
        return {"C": one}
    return dict.fromkeys(program.segments, one) if datum.per_segment else one


def some_event(program: rulelang.CheckedProgram, folder: Path) -> rulelang.Event:
    """An event in which one of three members defaults with a large loss."""
    segment = {"segment": program.segments[0]} if program.segments else {}
    text = {
        "event": "Some default",
        "declared": "2025-03-10",
        "givens": {name: value(program, datum, 1) for name, datum in program.givens.items()},
        "members": [
            {"member": who, "fields": {name: value(program, datum, at) for name, datum in program.fields.items()}}
            for at, who in enumerate("ABC")
        ],
        "defaults": [{"member": "C", "amount": "61000000", **segment}],
        "decisions": [
            {"step": step.name, "decision": "invoke"} for step in program.each_step() if step.discretion is not None
        ],
    }
    file = folder / "some.json"
    file.write_text(json.dumps(text), encoding="utf-8")
    return rulelang.load_event(file, program)


def means_the_same(old: Path, new: Path, blocks: Blocks) -> bool:
    """Whether two versions of the files pay the same, in the event beside them or in some event."""
    before, after = (rulelang.load_rulebook(folder / blocks["rules"][0]) for folder in (old, new))
    kind = next((kind for kind in ("event", "json") if kind in blocks), None)
    if kind is None:
        pair = (some_event(before, old), some_event(after, new))
    else:
        pair = (rulelang.load_event(old / blocks[kind][0], before), rulelang.load_event(new / blocks[kind][0], after))
    return rulelang.diff(before, after, [pair]).verdict.level <= Level.STRUCTURE


LEADS_ON = {
    "unknown-currency": "the amounts in the unit that was none are still in it, and each has a finding of its own",
    "unused-name": "an event that gives a value for what was removed is told that there is no such name",
}
"""Codes of which a fix may leave an error that nobody could see before, and why."""


@pytest.mark.parametrize("code", SHOWN)
def test_what_a_help_names_is_an_edit_that_ends_the_finding_and_makes_no_error(code: str, tmp_path: Path) -> None:
    """A sure fix leaves no other error; of guesses at least one does; only a change makes another rule."""
    blocks = read_page(code).blocks("Example")
    before = found_in(code, blocks, tmp_path)
    number = 0
    for found in before:
        well_fixed(found)
        clean = []
        for fix in found.fixes:
            number += 1
            folder = tmp_path / str(number)
            folder.mkdir()
            after = found_in(code, followed(blocks, fix), folder)
            assert not is_there(found, after), (fix.title, after)
            clean.append(count_of_errors(after) <= count_of_errors(before) - (found.severity is Severity.ERROR))
            assert clean[-1] or fix.certainty is Certainty.GUESS or code in LEADS_ON, (fix.title, after)
            if clean[-1] and not errors(before):
                same = means_the_same(tmp_path, folder, blocks)
                assert same is (fix.certainty is not Certainty.CHANGE), fix.title
        assert any(clean) or not clean or found.code in LEADS_ON, (found.code, [fix.title for fix in found.fixes])


BRACKETED = """rulebook "R"
currency EUR
members have
    margin : money
    n : number
given capital : money
define value as {}
waterfall
    tranche t paid by ccp up to {}
    finally closure
"""


@pytest.mark.parametrize(
    ("value", "code", "fixed"),
    [
        ("100 / (10 * n rounded up to 5)", "rounds-the-last-factor", "100 / ((10 * n) rounded up to 5)"),
        ("100 / (10 * n rounded up to 5)", "rounds-the-last-factor", "100 / (10 * (n rounded up to 5))"),
        ("capital / (capital * margin / capital)", "type-mismatch", "capital / (capital * (margin / capital))"),
        (
            "(sum of capital over members) rounded up to EUR 5",
            "aggregate-of-one-value",
            "(capital * count of members) rounded up to EUR 5",
        ),
        ("capital / sum of capital over members", "aggregate-of-one-value", "capital / (capital * count of members)"),
    ],
)
def test_what_stands_around_a_fix_keeps_its_meaning(value: str, code: str, fixed: str, tmp_path: Path) -> None:
    text = BRACKETED.format(value, "capital")
    found = [each for each in findings(tmp_path, {"rules": ("r.rules", text)}) if each.code == code]
    assert fixed in [applied(text, [fix])[text.index(value) :].split("\n")[0] for each in found for fix in each.fixes]


def test_survivors_take_the_place_of_the_population_alone(tmp_path: Path) -> None:
    nested = "sum of margin over members where margin > average of margin over defaulters"
    text = BRACKETED.format("1", "capital").replace(
        "paid by ccp up to capital", f"paid by survivors up to {nested} in total shared equally"
    )
    found = findings(tmp_path, {"rules": ("r.rules", text)})
    (fix,) = [fix for each in found if each.code == "defaulter-among-payers" for fix in each.fixes]
    assert applied(text, [fix]) == text.replace("over members where", "over survivors where")


# --------------------------------------------------------------------------------------- what is named is what is done

NAMED = re.compile(r"(?:write|did you mean|add|say|remove|take|put|leave|use)\s+(`[^`]*`(?:(?:,| or|, or)+ `[^`]*`)*)")
TEMPLATE = re.compile(r"…|\b(MEMBER|FIELD|NAME|DEFAULTER)\b")
WITHOUT = {
    "aggregate-of-one-value": "what stands around an aggregate may bind tighter than what is written instead",
    "compared-with-itself": "the word belongs to an aggregate, which stands elsewhere or nowhere",
    "foreign-word": "the number of rounds and the name of a period are in the rule, not in the text",
    "missing-brackets": "the values are examples",
    "negative-key": "a run says so, and who wrote the key knows what is meant where it is below zero",
    "unknown-member": "a line on a former member says since when, and stands elsewhere",
    "unknown-revision": "what is written is an argument of the command",
    "wrong-number-of-arguments": "the values are examples",
}
"""Codes of which a help may name what no edit offers, and why."""


def named(help_: str) -> Iterator[str]:
    """What a help says to write, without examples (``as in …``) and what a person must complete (``…``)."""
    for match in NAMED.finditer(help_):
        for quoted in re.findall(r"`([^`]*)`", match[1]):
            if not TEMPLATE.search(quoted):
                yield quoted


def well_fixed(found: Diagnostic) -> None:
    """What a help names is offered as an edit where there is a text to edit, and an edit is what the help says."""
    told = " ".join((found.message, *found.helps))
    parts = re.findall(r"`([^`]*)`", told)
    if found.place is not None and found.place.span is not None and found.code not in WITHOUT:
        assert found.fixes or not list(named(" ".join(found.helps))), (found.code, told)
    for fix in found.fixes:
        assert fix.title, found.code
        assert fix.place.span is not None
        for quoted in re.findall(r"`([^`]*)`", fix.title):
            assert any(part in quoted for part in parts), (fix.title, told)
        assert fix.place.source.slice(fix.place.span) != fix.replacement, fix.title


def test_exceptions_are_codes_and_none_is_idle() -> None:
    assert {*WITHOUT, *LEADS_ON} <= CODES.keys()


def test_fixes_are_made_from_the_last_to_the_first_and_none_twice() -> None:
    source = SourceText.from_text("abcdef")

    def fix(start: int, end: int, replacement: str) -> Fix:
        return Fix(Place(source, Span(start, end)), replacement)

    assert applied("abcdef", [fix(0, 1, "A"), fix(5, 6, ""), fix(2, 2, "-")]) == "Ab-cde"
    assert applied("abcdef", [fix(1, 3, "x"), fix(2, 4, "y")]) == "abyef"
    assert applied("abcdef", [fix(2, 2, "x"), fix(2, 2, "y")]) in ("abxcdef", "abycdef")


@pytest.mark.parametrize(
    ("word", "name", "text", "fixed"),
    [
        ("HALDREN", "HALDEN", "default of HALDREN loss", "default of HALDEN loss"),
        ("HALDREN", "HALDEN", '"HALDREN"', '"HALDEN"'),
        ("Smth & Co", "Smith & Co", '"Smth & Co"', '"Smith & Co"'),
        ("SmithCo", "Smith & Co", "SmithCo", None),  # it would need quotes
        ("8756", "08756", '"8756"', '"08756"'),
        ("O8756", "08756", "O8756", None),
        ("margn", "margin", "margn.energy@2024-01-01", "margin.energy@2024-01-01"),
        ("a", "b", "a.a", None),  # which of them is not said
    ],
)
def test_a_name_takes_the_place_of_the_word_alone(word: str, name: str, text: str, fixed: str | None) -> None:
    place = Place(SourceText.from_text(text), Span(0, len(text)))
    found = finding("unknown-name", "m", place, help=asked(word, name))
    assert found.helps
    assert (applied(text, found.fixes) if found.fixes else None) == fixed


@pytest.mark.parametrize(
    ("text", "removed", "left"),
    [
        ("a\n  b\nc\n", "b", "a\nc\n"),
        ("a b c\n", "b", "a c\n"),
        ("a\n  b  # why\nc\n", "b", "a\n  # why\nc\n"),
        ("a\r\nb\r\nc", "b", "a\r\nc"),
        ("a\nb", "b", "a\n"),
        ("b", "b", ""),
    ],
)
def test_what_is_removed_takes_its_line_with_it_if_it_stands_alone(text: str, removed: str, left: str) -> None:
    source = SourceText.from_text(text)
    at = text.index(removed)
    advice = only(remove(source, Span(at, at + len(removed)), "it"))
    (fix,) = finding("useless-allowance", "m", Place(source, Span(at, at + 1)), help=advice).fixes
    assert applied(text, [fix]) == left
