"""What the second edition refuses, and what stands just beside it and is right: both evaluators say so.

Each case is a rulebook and an event that fit, with one thing in them changed.
"""

import pytest

from tests.oracle.compare import by_oracle, by_package

BOOK = """rulebook "Refusals" version 2024-01-01
currency EUR also SEK
holidays 2024-05-20
party insurer "Insurance"
members have
    fund     : money formerly old_fund
    required : money
    sek      : money SEK
    weight   : number
    house    : one of red, blue
    note     : text
    spare    : money if missing 10% of required
    traded   : money per defaulter if missing EUR 0
given capital : money
given fix : EUR per SEK
define base as 5% of (sum of required over members)
period cooling opens at a default lasts 5 business days extended by each further default to at most 20 days
period drain opens at exhaustion of first_loss lasts 1 month
limit aggregate as 300% of required each during cooling
limit overall as EUR 500 in total
waterfall
    tranche own paid by defaulters from spare
    tranche first_loss paid by ccp from capital
    assessment calls paid by survivors up to required each in any 5 days shared pro rata to weight
        up to aggregate in at most 3 rounds
    haircut gains paid by survivors up to fund each shared equally for all losses at the discretion of "Board"
    tranche last paid by insurer up to overall
    finally closed
"""
EVENT = """event "Refusals" declared 2024-05-31
given capital = EUR 10
given capital as of 2024-05-01 = EUR 5
given fix = 0.1
member A fund = EUR 10 required = EUR 20 sek = SEK 5 weight = 1 house = red note = "a" traded with D = EUR 4
member B since 2024-05-10 fund = EUR 10 required = EUR 20 sek = SEK 5 weight = 2 house = blue note = "b"
    required as of 2024-05-10 = EUR 7
member D fund = EUR 0 required = EUR 20 sek = SEK 0 weight = 1 house = red note = "d"
former member Gone
notice by A dated 2024-05-30
defaulted 2024-05-02 Gone
period cooling open from 2024-05-02 to 2024-05-09
paid 2024-05-29 by Gone under calls for Gone EUR 5
default of D loss EUR 100
non-default loss EUR 5 "a fire"
decide gains: invoke up to EUR 7
withdraw A after round 1 under calls
"""
SEGMENTED_BOOK = """rulebook "Segments" version "1"
currency EUR
segments north, south
members have
    pot  : money per segment
    fund : money
limit joint as fund each
waterfall
    tranche own paid by survivors from pot per segment shared pro rata to pot
    tranche other paid by survivors from pot in other segments per segment shared pro rata to limits up to joint
    finally closed
"""
SEGMENTED_EVENT = """event "Segments" declared 2024-05-31
member A pot in north = EUR 5 pot in south = EUR 7 fund = EUR 6
member D pot in north = EUR 0 pot in south = EUR 0 fund = EUR 0
default of D in north loss EUR 9
non-default loss in south EUR 1
"""

UP_TO = "up to required each in any 5 days"
CALLS = f"assessment calls paid by survivors {UP_TO} shared pro rata to weight"
LAST = "tranche last paid by insurer up to overall"
TRADED = "    traded   : money per defaulter if missing EUR 0"
TWO = LAST.replace("last paid", "other paid").replace("insurer", "ccp")

RIGHT = {
    "as-it-stands": ("", ""),
    "million-with-three-decimals": ("EUR 500", "EUR 7.757 million"),
    "needless-zeros": ("EUR 500", "EUR 500.12000"),
    "crore": ("EUR 500", "EUR 5 crore"),
    "a-unit-of-account": ("also SEK", "also SEK, USDC with 6 decimals"),
    "open-is-a-name": ("tranche last", "tranche open"),
    "start-is-a-name": ("tranche last", "tranche start"),
    "defaults-is-a-name": ("tranche last", "tranche defaults"),
    "rate": (UP_TO, "up to sek at fix each"),
    "rounded": (UP_TO, "up to required rounded up to EUR 5 each"),
    "lower-of": (UP_TO, "up to lower of required and fund each"),
    "groups": ("EUR 500", "EUR 500 + (largest 2 of required over members by house)"),
    "groups-by-text": ("EUR 500", "count of members by note * EUR 500"),
    "total-paid-in-a-limit": ("as 300% of required each", "as 300% of required + total_paid each"),
    "as-of": (UP_TO, "up to capital as of 2024-05-30 each"),
    "resizing": (UP_TO, "up to capital each in any 5 days at every resizing"),
    "calendar": (UP_TO, "up to required each in the calendar month"),
    "missing-names-a-definition": ("if missing 10% of required", "if missing base"),
    "former-name": (
        "fund = EUR 10 required = EUR 20 sek = SEK 5 weight = 1",
        "old_fund = EUR 10 required = EUR 20 sek = SEK 5 weight = 1",
    ),
    "payment-without-for": (" for Gone EUR 5", " EUR 5"),
    "further-loss": ("default of D loss EUR 100", "defaulted 2024-05-30 D further loss of D EUR 100"),
    "in-turn": ("waterfall\n", "waterfall for each default in turn\n"),
    "in-a-group": (LAST, f"together {LAST} end"),
}
"""What both accept: an edit of the rulebook or of the event."""

REFUSED = {
    # days, amounts, currencies
    "no-such-day": ("version 2024-01-01", "version 2024-02-30"),
    "no-such-holiday": ("holidays 2024-05-20", "holidays 2023-02-29"),
    "three-decimals": ("EUR 500", "EUR 1.080"),
    "three-zeros": ("EUR 500", "EUR 500.000"),
    "three-decimals-in-an-event": ("capital = EUR 10", "capital = EUR 1.080"),
    "no-unit-of-account": ("also SEK", "also SEK, USDC"),
    "other-decimals-than-iso": ("also SEK", "also SEK with 3 decimals"),
    "a-unit-of-small-letters": ("also SEK", "also SEK, Usdc with 6 decimals"),
    "a-currency-not-declared": ("EUR 500", "USD 500"),
    "two-currencies-added": (UP_TO, "up to required + sek each"),
    "a-limit-in-another-currency": (UP_TO, "up to sek each"),
    "a-pot-in-another-currency": ("from spare", "from sek"),
    "the-wrong-currency-at-a-rate": (UP_TO, "up to required at fix each"),
    "at-what-is-no-rate": (UP_TO, "up to sek at weight each"),
    "another-currency-stated": ("sek = SEK 5 weight = 1", "sek = EUR 5 weight = 1"),
    "a-rate-of-zero": ("fix = 0.1", "fix = 0"),
    "a-rate-with-a-currency": ("fix = 0.1", "fix = EUR 0.1"),
    # expressions
    "money-rounded-to-a-number": (UP_TO, "up to required rounded to 5 each"),
    "a-number-rounded-to-money": ("rata to weight", "rata to weight rounded to EUR 1"),
    "lower-of-inside-a-sum": (UP_TO, "up to EUR 1 + lower of required and fund each"),
    "groups-by-a-number": ("EUR 500", "EUR 500 + (largest 2 of required over members by weight)"),
    "groups-by-a-given": ("EUR 500", "EUR 500 + (largest 2 of required over members by capital)"),
    "text-per-defaulter": ("note     : text", "note     : text per defaulter"),
    "missing-reads-the-run": ("if missing 10% of required", "if missing (if open(cooling) then EUR 1 else EUR 2)"),
    "missing-over-survivors": ("if missing 10% of required", "if missing 5% of (sum of required over survivors)"),
    "missing-in-a-circle": ("if missing 10% of required", "if missing largest of spare over members"),
    "missing-names-data-per-defaulter": ("if missing 10% of required", "if missing 10% of traded"),
    "missing-through-a-definition": (
        f"if missing 10% of required\n{TRADED}",
        f"if missing more\n{TRADED}\ndefine more as 2 * traded",
    ),
    "as-of-a-definition": (UP_TO, "up to EUR 1 + base as of 2024-05-30 each"),
    "as-of-a-number": (UP_TO, "up to required as of weight each"),
    "an-unknown-period": ("for all losses", "for all losses when open(closing)"),
    # limits and periods
    "a-named-limit-with-an-ending": ("up to aggregate", "up to aggregate each"),
    "a-named-limit-names-the-loss": ("EUR 500 in total", "10% of loss in total"),
    "a-named-limit-names-a-step": ("EUR 500 in total", "used(own) in total"),
    "a-limit-per-member-for-the-ccp": ("from capital", "from capital up to aggregate"),
    "a-limit-in-an-expression": ("EUR 500 in total", "EUR 500 in total define twice as 2 * overall"),
    "a-limit-twice-in-a-group": (LAST, f"together {LAST} {TWO} end"),
    "in-total-in-a-pool": (LAST, f"together as one pool {LAST} shared equally end"),
    "during-no-period": ("during cooling", "during closing"),
    "a-step-during-no-period": (UP_TO, "up to required each during closing"),
    "once-during-no-period": ("for all losses", "for all losses once during closing"),
    "opened-by-no-step": ("exhaustion of first_loss", "exhaustion of second_loss"),
    "extended-by-another-word": ("further default", "further payment"),
    "resizing-with-an-aggregate": (
        UP_TO,
        "up to smallest of required over members each in any 5 days at every resizing",
    ),
    "resizing-with-the-loss": (UP_TO, "up to 10% of loss each in any 5 days at every resizing"),
    "resizing-during": (UP_TO, "up to required each during cooling at every resizing"),
    # steps
    "rounds-of-one-payer": (LAST, f"{LAST} in at most 2 rounds"),
    "rounds-of-defaulters": ("from spare", "from spare in at most 2 rounds"),
    "too-many-rounds": ("at most 3 rounds", "at most 101 rounds"),
    "no-rounds": ("at most 3 rounds", "at most 0 rounds"),
    "rounds-in-a-group": (
        CALLS,
        f"together {CALLS} in at most 2 rounds end assessment more paid by survivors shared equally",
    ),
    "defaulters-for-non-default-losses": ("from spare", "from spare for non-default losses"),
    "all-losses-in-a-group": (LAST, f"together {LAST} for all losses end"),
    "other-segments-without-segments": ("from capital", "from capital in other segments"),
    "a-reserved-word-as-a-name": ("define base", "define leaving"),
    "another-reserved-word": ("define base", "define recovered"),
    # events
    "dated-after-the-declaration": ("as of 2024-05-01 = EUR 5", "as of 2024-06-01 = EUR 5"),
    "two-for-one-day": ("given fix = 0.1", "given capital as of 2024-05-01 = EUR 6 given fix = 0.1"),
    "dated-today-and-undated": ("as of 2024-05-01 = EUR 5", "as of 2024-05-31 = EUR 5"),
    "former-name-and-name": ("member A fund = EUR 10", "member A fund = EUR 10 old_fund = EUR 10"),
    "no-value-so-early": (UP_TO, "up to required as of 2024-05-01 each"),
    "with-nobody": ("traded with D", "traded with X"),
    "a-second-notice": ("notice by A", "notice by A dated 2024-05-01 notice by A"),
    "notice-by-nobody": ("notice by A", "notice by X"),
    "notice-by-a-former-member": ("notice by A", "notice by Gone"),
    "a-party-that-was-a-member": ("former member Gone", 'former member Gone former member "insurer"'),
    "the-ccp-that-was-a-member": ("former member Gone", 'former member Gone former member "ccp"'),
    "defaulted-later": ("defaulted 2024-05-02", "defaulted 2024-06-02"),
    "a-period-not-yet-open": ("open from 2024-05-02 to 2024-05-09", "open from 2024-06-02 to 2024-06-09"),
    "an-unknown-period-open": ("period cooling open from", "period closing open from"),
    "paid-by-nobody": ("by Gone under", "by X under"),
    "paid-for-nobody": ("for Gone EUR", "for X EUR"),
    "a-default-and-a-further-loss": ("non-default loss EUR 5", "further loss of D EUR 5 non-default loss EUR 5"),
    "new-and-further-losses": ("non-default loss EUR 5", "further loss of A EUR 5 non-default loss EUR 5"),
    "a-further-loss-of-a-former-member": ("default of D loss EUR 100", "further loss of Gone EUR 100"),
    "a-loss-of-nothing": ("non-default loss EUR 5", "non-default loss EUR 0"),
    "decided-in-another-currency": ("up to EUR 7", "up to SEK 7"),
    "withdrawn-from-a-step-without-rounds": ("under calls\n", "under gains\n"),
    "withdrawn-from-no-step": ("under calls\n", "under none\n"),
    "withdrawn-before-the-first-round": ("after round 1", "after round 0"),
}
"""What both refuse, by the same kind of edit."""

SEGMENTED = {
    "as-it-stands": ("", "", True),
    "other-segments-outside-per-segment": ("in other segments per segment", "in other segments", False),
    "other-segments-of-one-pot": ("from pot in other segments", "from fund in other segments", False),
    "a-named-limit-per-segment": ("as fund each", "as pot each", False),
    "rounds-per-segment": ("up to joint", "up to joint in at most 2 rounds", False),
    "a-loss-without-a-segment": ("loss in south EUR 1", "loss EUR 1", False),
}


def edited(book: str, event: str, old: str, new: str) -> tuple[str, str]:
    """The rulebook and the event with one thing changed, which stands in one of them once."""
    if not old:
        return book, event
    assert book.count(old) + event.count(old) == 1 or (old in book and book.count(old) == 1), old
    return (book.replace(old, new), event) if old in book else (book, event.replace(old, new))


@pytest.fixture(params=[by_oracle, by_package], ids=["oracle", "package"])
def said(request, tmp_path):
    """What one of the two says of a rulebook and an event."""

    def say(book: str, event: str) -> object:
        (tmp_path / "rulebook.rules").write_text(book, "utf-8")
        (tmp_path / "event.event").write_text(event, "utf-8")
        return request.param(tmp_path)

    return say


@pytest.mark.parametrize("case", RIGHT)
def test_this_is_right(said, case):
    result = said(*edited(BOOK, EVENT, *RIGHT[case]))
    assert not isinstance(result, str), result


@pytest.mark.parametrize("case", REFUSED)
def test_this_is_refused(said, case):
    assert isinstance(said(*edited(BOOK, EVENT, *REFUSED[case])), str)


@pytest.mark.parametrize("case", SEGMENTED)
def test_this_is_judged_in_segments(said, case):
    old, new, right = SEGMENTED[case]
    result = said(*edited(SEGMENTED_BOOK, SEGMENTED_EVENT, old, new))
    assert isinstance(result, str) is not right, result
