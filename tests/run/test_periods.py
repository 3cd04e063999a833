"""Periods as they stand when a run has ended: what opens and extends them, and their first and last day, by hand."""

import pytest

import rulelang

BOOK = """rulebook "Periods" version "1"
currency EUR
{holidays}
members have
period p {period}
waterfall{turn}
    tranche own paid by ccp up to EUR 5 for all losses
    assessment calls paid by survivors up to {most} each shared equally
    together
        tranche one paid by ccp up to EUR 1
        tranche two paid by survivors up to EUR 2 each shared equally
    end
    tranche skipped paid by ccp up to EUR 3 when no
    tranche endless paid by ccp when {endless}
    finally closure
"""
EVENT = """event "Periods" declared {day}
member ALPHA
member YANKEE
member ZULU
{lines}
"""
DEFAULT = "default of ZULU loss EUR 100"
STANDING = f"{DEFAULT}\nperiod p open from 2024-03-01 to 2024-03-30"
AT_DEFAULT = "opens at a default lasts 30 days"
EXTENDED = f"{AT_DEFAULT} extended by each further default"
PAYMENT = "opens at a payment under {} lasts 10 days extended by each further payment"
FRIDAY = "2024-03-15"

LENGTHS = [
    # the first day counts
    ("30 days", FRIDAY, "", "2024-04-13"),
    ("1 day", FRIDAY, "", FRIDAY),
    ("1 business day", FRIDAY, "", FRIDAY),
    # Friday, Monday to Thursday
    ("5 business days", FRIDAY, "", "2024-03-21"),
    # Saturday is none: Monday to Friday
    ("5 business days", "2024-03-16", "", "2024-03-22"),
    ("1 business day", "2024-03-16", "", "2024-03-18"),
    # nor is a holiday
    ("5 business days", FRIDAY, "2024-03-18", "2024-03-22"),
    ("1 business day", FRIDAY, "2024-03-15, 2024-03-18", "2024-03-19"),
    ("3 months", FRIDAY, "", "2024-06-14"),
    ("1 month", "2024-03-01", "", "2024-03-31"),
    # a month after 31 January is 29 February, the day before that the 28th
    ("1 month", "2024-01-31", "", "2024-02-28"),
    ("1 month", "2024-02-29", "", "2024-03-28"),
    ("12 months", "2024-02-29", "", "2025-02-27"),
]
"""How long a period lasts, the day on which it opens, the holidays, and its last day."""

STANDS = {
    "a default opens it": (AT_DEFAULT, DEFAULT, (FRIDAY, "2024-04-13")),
    "nothing opens one that is open": (AT_DEFAULT, STANDING, ("2024-03-01", "2024-03-30")),
    "one that ended before is not open": (
        AT_DEFAULT,
        STANDING.replace("03-30", "03-14"),
        (FRIDAY, "2024-04-13"),
    ),
    "one that ends today is open": (AT_DEFAULT, STANDING.replace("03-30", "03-15"), ("2024-03-01", FRIDAY)),
    "a further default extends it": (EXTENDED, STANDING, ("2024-03-01", "2024-04-13")),
    "it is not made shorter": (EXTENDED, STANDING.replace("03-30", "04-30"), ("2024-03-01", "2024-04-30")),
    # three months from 1 March end on 31 May, 40 days on 9 April
    "up to a longest length that is far": (f"{EXTENDED} to at most 3 months", STANDING, ("2024-03-01", "2024-04-13")),
    "up to a longest length": (f"{EXTENDED} to at most 40 days", STANDING, ("2024-03-01", "2024-04-09")),
    "a longest length that is past makes it no shorter": (
        f"{EXTENDED} to at most 20 days",
        STANDING,
        ("2024-03-01", "2024-03-30"),
    ),
    "a further loss opens nothing": (AT_DEFAULT, "further loss of ZULU EUR 9", (None, None)),
    "a further loss extends nothing": (
        EXTENDED,
        STANDING.replace("default of ZULU loss", "further loss of ZULU"),
        ("2024-03-01", "2024-03-30"),
    ),
    "a loss without a defaulter opens nothing": (AT_DEFAULT, "non-default loss EUR 9", (None, None)),
    "beside a default it does not matter": (AT_DEFAULT, f"non-default loss EUR 9 {DEFAULT}", (FRIDAY, "2024-04-13")),
    "a payment opens it": (PAYMENT.format("calls"), DEFAULT, (FRIDAY, "2024-03-24")),
    "a payment extends it": (PAYMENT.format("calls"), STANDING.replace("03-30", "03-20"), ("2024-03-01", "2024-03-24")),
    "one of several steps is enough": (PAYMENT.format("skipped, one"), DEFAULT, (FRIDAY, "2024-03-24")),
    "nothing was paid under the step": (PAYMENT.format("skipped"), DEFAULT, (None, None)),
    "a loss that does not reach the step": (
        PAYMENT.format("calls"),
        DEFAULT.replace("100", "5"),
        (None, None),
    ),
    "exhaustion opens it": ("opens at exhaustion of own lasts 1 day", DEFAULT, (FRIDAY, FRIDAY)),
    "so does that of a step in a group": ("opens at exhaustion of two lasts 1 day", DEFAULT, (FRIDAY, FRIDAY)),
    "a step that can pay more is not exhausted": (
        "opens at exhaustion of own lasts 1 day",
        DEFAULT.replace("100", "4.99"),
        (None, None),
    ),
    "nor is one that was skipped": ("opens at exhaustion of skipped lasts 1 day", DEFAULT, (None, None)),
    "nor ever one without limits": ("opens at exhaustion of endless lasts 1 day", DEFAULT, (None, None)),
    "exactly used up is used up": (
        "opens at exhaustion of own lasts 1 day",
        DEFAULT.replace("100", "5"),
        (FRIDAY, FRIDAY),
    ),
}
"""A period, what happens on 15 March 2024, and the first and last day on which it then stands open."""


def stands(folder, period, lines, day=FRIDAY, holidays="", **changes):
    """The first and the last day of the period after a run."""
    parts = {"most": "EUR 2", "endless": "yes", "turn": "", **changes}
    holidays = f"holidays {holidays}" if holidays else ""
    (folder / "rulebook.rules").write_text(BOOK.format(period=period, holidays=holidays, **parts), "utf-8")
    (folder / "default.event").write_text(EVENT.format(day=day, lines=lines), "utf-8")
    rulebook = rulelang.load_rulebook(folder / "rulebook.rules")
    allocation = rulelang.evaluate(rulebook, rulelang.load_event(folder / "default.event", rulebook))
    (period,) = allocation.trail.periods
    return period.first, period.last


@pytest.mark.parametrize(("length", "day", "holidays", "last"), LENGTHS)
def test_how_long_it_lasts(tmp_path, length, day, holidays, last):
    assert stands(tmp_path, f"opens at a default lasts {length}", DEFAULT, day, holidays) == (day, last)


@pytest.mark.parametrize("case", STANDS)
def test_what_opens_and_extends_it(tmp_path, case):
    period, lines, days = STANDS[case]
    assert stands(tmp_path, period, lines) == days


@pytest.mark.parametrize("case", STANDS)
def test_the_same_with_defaults_in_turn(tmp_path, case):
    period, lines, days = STANDS[case]
    assert stands(tmp_path, period, lines, turn=" for each default in turn") == days


def test_a_payment_of_nothing_opens_nothing(tmp_path):
    assert stands(tmp_path, PAYMENT.format("calls"), DEFAULT, most="EUR 0") == (None, None)


def test_two_defaults_of_a_day_open_one_instance(tmp_path):
    lines = f"{DEFAULT} default of YANKEE loss EUR 100"
    for turn in ("", " for each default in turn"):
        assert stands(tmp_path, EXTENDED, lines, turn=turn) == (FRIDAY, "2024-04-13")
