"""Each refusal of the second edition points at its place, says what is wrong there, and what to do about it.

``over_time_findings.txt`` says what is due.  Whether following a help keeps the rule was judged by reading it; here it
is held fast, so that no other help takes its place unread.
"""

import re
from pathlib import Path

import pytest

import rulelang
from rulelang.base.diagnostic import Diagnostic, Severity
from tests.test_codes import findings, read_page
from tests.test_over_time_refusals import BOOK, EVENT, REFUSED, edited

DUE = re.findall(
    r"^(\S.*): (\S+)\n  at   (.*)\n  says (.*)\n(?:  help (.*)\n)?",
    Path(__file__).with_name("over_time_findings.txt").read_text("utf-8"),
    re.MULTILINE,
)


def refused(folder: Path, case: str) -> list[Diagnostic]:
    """What is found in a case: in the example of a page, or in what one edit makes of a rulebook and event that fit."""
    if case.startswith("page "):
        return findings(folder, read_page(case.removeprefix("page ")).blocks("Example"))
    book, event = edited(BOOK, EVENT, *REFUSED[case])
    (folder / "rulebook.rules").write_text(book, "utf-8")
    (folder / "default.event").write_text(event, "utf-8")
    try:
        rulebook = rulelang.load_rulebook(folder / "rulebook.rules")
        rulelang.evaluate(rulebook, rulelang.load_event(folder / "default.event", rulebook))
    except rulelang.RulelangError as error:
        return list(error.diagnostics)
    return []


def marked(found: Diagnostic) -> str:
    """The text that a finding points at."""
    place = found.place
    assert place is not None
    assert place.source is not None
    assert place.span is not None
    return " ".join(place.source.slice(place.span).split())


def test_all_are_read() -> None:
    """No block of the file is passed over, and every code of a page is there."""
    assert len(DUE) == Path(__file__).with_name("over_time_findings.txt").read_text("utf-8").count("\n  says ")
    assert len({case for case, *_ in DUE}) == len(DUE) > 60


@pytest.mark.parametrize(("case", "code", "at", "says", "advice"), DUE, ids=[case for case, *_ in DUE])
def test_place_message_and_help(case: str, code: str, at: str, says: str, advice: str, tmp_path: Path) -> None:
    found = [each for each in refused(tmp_path, case) if each.severity is Severity.ERROR or each.code == code]
    said = [(each.code, marked(each), each.message, "; ".join(each.helps)) for each in found]
    assert [each for each in said if each[0] != "lonely-group"] == [(code, at, says, advice)]
