"""Allowances: what they take away, and what is said of those that do not work."""

import re

import pytest

from rulelang.base.allow import allowances, apply_allowances
from rulelang.base.codes import CODES
from rulelang.base.diagnostic import Diagnostic, Severity, finding
from rulelang.base.pages import page
from rulelang.base.source import Place, SourceText, Span
from rulelang.base.suggest import nearest

WARNING, NOTE = "uncapped-assessment", "uncited-step"


def warn(source: SourceText, part: str, code: str = WARNING) -> Diagnostic:
    start = source.text.index(part)
    return finding(code, "m", Place(source, Span(start, start + len(part))))


def left(text: str, *parts: str, code: str = WARNING) -> list[str]:
    """What is left of findings at these parts of a text: their texts, and the codes of findings on allowances."""
    source = SourceText.from_text(text)
    found = [warn(source, part, code) for part in parts]
    kept = apply_allowances(found, source)
    return [source.slice(d.place.span) if d in found else d.code for d in kept if d.place and d.place.span]


@pytest.mark.parametrize(
    "text",
    [
        "assessment calls # allow uncapped-assessment: CR 8",
        "assessment calls #allow uncapped-assessment:CR 8",
        "assessment calls # Allow uncapped-assessment : CR 8\r\n",
        "# allow uncapped-assessment: CR 8\nassessment calls",
        "    # allow uncapped-assessment: CR 8\r\n    assessment calls\r\n",
        "# allow uncited-step: x\n# allow uncapped-assessment: CR 8\nassessment calls # allow unused-name: y",
        'assessment calls "Calls # really" # allow uncapped-assessment: CR 8',
    ],
)
def test_a_finding_is_allowed_on_its_line_or_above(text: str) -> None:
    assert "calls" not in left(text, "calls")


@pytest.mark.parametrize(
    "text",
    [
        "# allow uncapped-assessment: CR 8\n\nassessment calls",
        "assessment calls\n# allow uncapped-assessment: CR 8",
        "currency EUR # allow uncapped-assessment: CR 8\nassessment calls",
        "# allow uncited-step: CR 8\nassessment calls",
        "# allow uncapped-assessment: CR 8\n# and a remark\nassessment calls",
    ],
)
def test_elsewhere_it_is_not_and_the_allowance_is_useless(text: str) -> None:
    assert left(text, "calls") == ["calls", "useless-allowance"]


def test_notes_can_be_allowed_and_findings_elsewhere_stay() -> None:
    text = "one # allow uncited-step: none known\ntwo"
    assert left(text, "one", "two", code=NOTE) == ["two"]


def test_one_allowance_allows_all_findings_of_its_code_on_the_line() -> None:
    assert left("one two # allow uncapped-assessment: CR 8", "one", "two") == []


def test_what_stands_in_strings_or_prose_is_no_allowance() -> None:
    assert left('calls "# allow uncapped-assessment: CR 8"', "calls") == ["calls"]
    assert left("# allow the CCP to pay last\ncalls", "calls") == ["calls"]
    assert left("# allowed: uncapped-assessment: because\ncalls", "calls") == ["calls"]
    assert left("# we allow uncapped-assessment: because\ncalls", "calls") == ["calls"]
    assert left('# a "quote\ncalls # allow uncapped-assessment: CR 8', "calls") == []


@pytest.mark.parametrize("tail", ["", ":", ":   ", ": ...", " : —"])
def test_without_a_reason_it_does_not_take_effect(tail: str) -> None:
    source = SourceText.from_text(f"calls # allow uncapped-assessment{tail}\r\n")
    found = warn(source, "calls")
    kept, said = apply_allowances([found], source)
    assert kept is found
    assert (said.code, said.severity) == ("allowance-without-reason", Severity.WARNING)
    assert said.message == "`uncapped-assessment` is allowed without a reason, so it is still reported"
    assert said.helps == ("say why: `# allow uncapped-assessment: …`",)
    assert said.place is not None
    assert said.place.span is not None
    assert source.slice(said.place.span) == f"# allow uncapped-assessment{tail}".rstrip()


def test_an_unknown_code_is_said_with_the_nearest_that_can_be_allowed() -> None:
    source = SourceText.from_text(
        "calls # allow Uncaped_Assessment: CR 8\n# allow nonsense: why\n# allow Unknown-Step: x"
    )
    near, far, err = apply_allowances([], source)
    assert {found.code for found in (near, far, err)} == {"unknown-code"}
    assert near.message == "there is no code `Uncaped_Assessment`"
    assert near.helps == ("did you mean `uncapped-assessment`?",)
    assert [source.slice(fix.place.span) for fix in near.fixes if fix.place.span] == ["Uncaped_Assessment"]
    assert [fix.replacement for fix in near.fixes] == ["uncapped-assessment"]
    assert (far.helps, far.fixes) == ((), ())
    # an error is no proposal, for it could not be allowed
    assert "unknown-step" in CODES
    assert "unknown-step" not in "".join(err.helps)


def test_errors_cannot_be_allowed() -> None:
    source = SourceText.from_text("USD # allow currency-mismatch: we like dollars")
    found = warn(source, "USD", "currency-mismatch")
    kept, said = apply_allowances([found], source)
    assert kept is found
    assert (said.code, said.message) == (
        "useless-allowance",
        "`currency-mismatch` is an error, and errors cannot be allowed",
    )


def test_a_warning_that_was_raised_to_an_error_stays() -> None:
    source = SourceText.from_text("calls # allow uncapped-assessment: CR 8")
    found = Diagnostic(WARNING, Severity.ERROR, "m", Place(source, Span(0, 5)))
    assert apply_allowances([found], source) == (found,)


def test_while_there_are_errors_nothing_is_said_of_idle_allowances() -> None:
    source = SourceText.from_text("USD\ncalls # allow uncapped-assessment: CR 8")
    found = warn(source, "USD", "currency-mismatch")
    assert apply_allowances([found], source) == (found,)


def test_a_second_allowance_for_the_same_line_is_useless() -> None:
    source = SourceText.from_text("# allow uncapped-assessment: a\ncalls # allow uncapped-assessment: b")
    (said,) = apply_allowances([warn(source, "calls")], source)
    assert said.message == "`uncapped-assessment` is allowed twice on the same line"
    assert said.place is not None
    assert said.place.position == (2, 7)


def test_an_allowance_at_the_wrong_line_is_told_the_right_one() -> None:
    source = SourceText.from_text("# allow uncapped-assessment: a\n\ncalls")
    _, said = apply_allowances([warn(source, "calls")], source)
    assert (said.message, said.severity) == ("there is no `uncapped-assessment` here to allow", Severity.NOTE)
    assert said.helps == ("it is found on line 3; write the comment there",)


def test_findings_of_other_files_and_without_places_are_passed_on() -> None:
    text = "calls # allow uncapped-assessment: CR 8"
    source, other = SourceText.from_text(text), SourceText.from_text(text)
    found = [warn(other, "calls"), finding(WARNING, "m"), finding(WARNING, "m", Place(source))]
    assert list(apply_allowances(found, source))[:3] == found


def test_order_is_kept_and_findings_on_allowances_follow() -> None:
    text = "first # allow nonsense: x\nsecond # allow uncapped-assessment: x\nthird # allow uncited-step"
    source = SourceText.from_text(text)
    found = [warn(source, "third"), warn(source, "second"), warn(source, "first")]
    kept = apply_allowances(found, source)
    assert kept[:2] == (found[0], found[2])
    assert [d.code for d in kept[2:]] == ["unknown-code", "allowance-without-reason"]


def test_allowances_as_values() -> None:
    source = SourceText.from_text("  # allow a-b:  c: d # e \n# allow c\nx # allow d: e")
    assert [(a.code, a.reason, a.line) for a in allowances(source)] == [
        ("a-b", "c: d # e", 3),
        ("c", "", 3),
        ("d", "e", 3),
    ]


@pytest.mark.parametrize("code", ["unknown-code", "allowance-without-reason", "useless-allowance"])
def test_the_example_of_each_page_gives_its_code(code: str) -> None:
    (example,) = re.findall(r"^```rules\n(.*?)^```$", page(code), re.DOTALL | re.MULTILINE)
    assert [found.code for found in apply_allowances([], SourceText.from_text(example))] == [code]


def test_nearest_name() -> None:
    assert nearest("Currency_Mismatch", ["circular-size", "currency-mismatch"]) == "currency-mismatch"
    assert nearest("SAMSUGN", ["SAMSUNG", "SHINYOUNG"]) == "SAMSUNG"
    assert nearest("abcdx", ["abcdf", "abcde"]) == "abcde"  # as near as the other, and before it in the alphabet
    assert nearest("contributoin", ["contribution", "distribution"]) == "contribution"
    assert nearest("pot", ["fund", "loss"]) is None
    assert nearest("unfunded", ["funded"]) is None  # it says the opposite
    assert nearest("funded", ["non_funded", "found"]) == "found"
    assert nearest("x", []) is None
