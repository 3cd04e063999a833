"""What tests of a rulebook may expect: amounts in all and in a segment, over rounds and passes, and invariants."""

import pytest

import rulelang
from rulelang.histories.testing import run_tests

SEGMENTED = """rulebook "Segments" version "1"
currency EUR
segments energy, metals
members have
waterfall
    tranche own paid by ccp up to EUR 1
    tranche fund per segment paid by survivors up to EUR 5 each in each segment shared equally
    finally closure
ensure "at most five" for survivors: total_paid <= EUR 5
ensure "at most nine" for survivors: total_paid <= EUR 9
test "both"
    declared 2024-01-15
    member ALPHA
    member ZULU
    default of ZULU in energy loss EUR 9
    default of ZULU in metals loss EUR 3
    expect "at most five" broken
    expect {}
"""
IN_TURN = """rulebook "In turn" version "1"
currency EUR
members have
waterfall for each default in turn
    assessment calls paid by survivors up to EUR 5 each shared equally in at most 2 rounds
    finally closure
ensure "little in each pass": used(calls) <= EUR 10
test "both"
    declared 2024-01-15
    member ALPHA
    member YANKEE
    member ZULU
    default of YANKEE loss EUR 8
    default of ZULU loss EUR 30
    expect {}
"""
MET = [
    # own takes 0.75 of energy and 0.25 of metals: 8.25 and 2.75 are left for the fund
    (SEGMENTED, "fund pays EUR 7.75"),
    (SEGMENTED, "fund pays EUR 5 in energy"),
    (SEGMENTED, "fund pays EUR 2.75 in metals"),
    (SEGMENTED, "ALPHA pays EUR 7.75"),
    (SEGMENTED, "ALPHA pays EUR 2.75 in metals"),
    (SEGMENTED, "ALPHA pays EUR 5 under fund in energy"),
    (SEGMENTED, "uncovered EUR 3.25"),
    (SEGMENTED, "uncovered EUR 3.25 in energy"),
    (SEGMENTED, "uncovered EUR 0 in metals"),
    (SEGMENTED, 'outcome closure expect "at most nine" holds'),
    # 8 for YANKEE in two rounds, 10 for ZULU
    (IN_TURN, "calls pays EUR 18"),
    (IN_TURN, "ALPHA pays EUR 18 under calls"),
    (IN_TURN, "uncovered EUR 20"),
    (IN_TURN, '"little in each pass" holds'),
]
UNMET = [
    (SEGMENTED, "fund pays EUR 5 in metals", "what `fund` pays in `metals` should be EUR 5.00, but it is EUR 2.75"),
    (SEGMENTED, "ALPHA pays EUR 1 in energy", "what `ALPHA` pays in `energy` should be EUR 1.00, but it is EUR 5.00"),
    (SEGMENTED, "uncovered EUR 1 in metals", "what stays uncovered in `metals` should be EUR 1.00, but it is EUR 0.00"),
    (SEGMENTED, '"at most nine" broken', '"at most nine" should be broken, but it holds'),
    (SEGMENTED.replace('five" broken', 'five" holds'), "fund pays EUR 7.75", "should hold, but it is broken"),
    (IN_TURN, "calls pays EUR 10", "what `calls` pays should be EUR 10.00, but it is EUR 18.00"),
    (IN_TURN.replace("<= EUR 10", "<= EUR 9"), "uncovered EUR 20", '"little in each pass" does not hold'),
]
REFUSED = [
    ("fund pays EUR 5 in gas", "unknown-segment", "the segments are `energy` and `metals`"),
    ("uncovered EUR 5 in metal", "unknown-segment", "did you mean `metals`?"),
    ("own pays EUR 0.75 in energy", "unknown-segment", "leave the segment out"),
    ("ccp pays EUR 0.75 under own in energy", "unknown-segment", "leave the segment out"),
    ('"at most six" holds', "unknown-name", "did you mean `at most five`?"),
    ('"the fund stands" holds', "unknown-name", "write the text of an `ensure` or `assume` of this rulebook"),
]


def loaded(folder, text):
    (folder / "rulebook.rules").write_text(text, "utf-8")
    return rulelang.load_rulebook(folder / "rulebook.rules")


def failures(folder, text):
    return [found.message for result in run_tests(loaded(folder, text)).results for found in result.failures]


@pytest.mark.parametrize(("book", "expected"), MET, ids=[expected for _, expected in MET])
def test_what_is_expected_comes(tmp_path, book, expected):
    assert failures(tmp_path, book.format(expected)) == []


@pytest.mark.parametrize(("book", "expected", "says"), UNMET, ids=[expected for _, expected, _ in UNMET])
def test_what_does_not_come_fails_the_test(tmp_path, book, expected, says):
    (message,) = failures(tmp_path, book.format(expected))
    assert says in message


@pytest.mark.parametrize(("expected", "code", "says"), REFUSED, ids=[expected for expected, _, _ in REFUSED])
def test_an_expectation_names_what_there_is(tmp_path, expected, code, says):
    with pytest.raises(rulelang.CheckError) as refused:
        loaded(tmp_path, SEGMENTED.format(expected))
    (found,) = refused.value.diagnostics
    assert (found.code, found.helps) == (code, (says,))
