"""A member whose id begins with a small letter is a member like any other, and no party."""

from types import SimpleNamespace

import pytest

import rulelang
from rulelang.base.source import SourceText
from rulelang.changes.history_comparison import compare_histories
from rulelang.changes.verdict import Level
from rulelang.check.events.event import check_event
from rulelang.histories.fold import run_history
from rulelang.histories.history import read_history
from rulelang.proof.saving import _expected
from rulelang.statements.statement import payers_of_history

BOOK = """rulebook "x"
currency EUR
party insurer
members have
    fund : money
    size : money
waterfall
    tranche first paid by insurer up to EUR 1
    tranche own paid by ccp up to EUR 1
    tranche mutual paid by survivors from fund shared pro rata to {}
    finally open
"""
MEMBERS = ("Bank", "abc", "zed")
DATA = "".join(f'    member "{one}" fund = EUR {9 + place} size = EUR 5\n' for place, one in enumerate(MEMBERS))
DATA += "    member Lost fund = EUR 0 size = EUR 5\n"
LOST = "default of Lost loss EUR 8\n"
HISTORY = f'history "x" under "book.rules"\nopening 2024-01-02\n{DATA}on 2024-01-08 {LOST}'
EVENT = f'event "x"\ndeclared 2024-01-08\n{DATA}{LOST}'
IN_ORDER = ["ccp", "insurer", "Bank", "abc", "zed"]


@pytest.fixture(scope="module")
def programs():
    return [rulelang.parse_rulebook(BOOK.format(key)) for key in ("fund", "size")]


def test_the_ccp_and_parties_stand_first_whatever_members_are_called(programs):
    event = check_event(SourceText.from_text(EVENT), programs[0])
    allocation = rulelang.evaluate(programs[0], event)
    assert list(allocation.payers()) == IN_ORDER
    told = rulelang.profile(programs[0], event).to_dict()
    assert [row["payer"] for row in told["payers"]] == IN_ORDER


def test_a_saved_test_quotes_them(programs):
    run = rulelang.evaluate(programs[0], check_event(SourceText.from_text(EVENT), programs[0]))
    lines = list(_expected(SimpleNamespace(verdict=None), run))
    assert [line.split()[0] for line in lines] == ["ccp", "insurer", "Bank", '"abc"', '"zed"']


def test_members_that_share_otherwise_are_members_in_a_history(programs):
    old, new = (run_history(read_history(SourceText.from_text(HISTORY), program)) for program in programs)
    found = compare_histories(old, new, programs[1], {name: name for name in programs[0].steps})
    assert found.level is Level.MEMBERS
    assert list(payers_of_history(old)) == IN_ORDER
