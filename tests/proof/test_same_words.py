"""Versions whose rules are the same word for word are proved to be the same, however large; and no others are so."""

import re

import pytest

import rulelang
from rulelang.proof.claims.common_names import common_names
from rulelang.proof.claims.questions import QUESTIONS_OF_PAIR, claim_of, possible_for
from rulelang.proof.claims.same_words import same_rules
from rulelang.proof.domain.values import Outside

pytest.importorskip("z3")

RULES = """\
rulebook "A book" version "1"
currency EUR
members have
    fund : money  "the fund"
    key : money  if missing 50% of fund
    open_to : one of all, some
given capital : money  if missing EUR 5
given days : money  if missing EUR 7
limit both as EUR 9 million each in any 90 days
period pause opens at exhaustion of own lasts 30 days
define half as 50% of fund
define most as min(half, EUR 1 million)
party insurer "The insurer"
waterfall "w"
    tranche own "Own" cite "1"
        paid by ccp from capital
    tranche cover "Cover" cite "2"
        paid by insurer
        up to EUR 3
    tranche pool "Pool" cite "3"
        paid by survivors from fund
        in order of open_to: all then some
        shared pro rata to key
    assessment calls "Calls" cite "4"
        paid by survivors where open_to = all
        up to most each in any 30 days
        up to both
        shared pro rata to limits
        at the discretion of "the board"
replenish fund paid by survivors to EUR 1 million each up to both within 5 days
"""
SAME = {
    "a comment": ("currency EUR", "# more\ncurrency EUR"),
    "a title": ('"A book" version "1"', '"Another" version "2"'),
    "a citation": ('cite "3"', 'cite "3(a)"'),
    "a datum called otherwise": (r"\bfund\b(?!\")", "deposit", "deposit : money", "deposit : money formerly fund"),
    "a datum that others are filled in with": (r"\bkey\b", "size", "size : money", "size : money formerly key"),
    "a step called otherwise": (r"\bcalls\b", "levy", 'levy "Calls"', 'levy "Calls" formerly calls'),
    "a step of which no event speaks, called otherwise": (r"\bpool\b", "fund_draw"),
    "a step that is decided on, called otherwise": (r"\bcalls\b", "levy"),
    "a period called otherwise": (r"\bpause\b", "wait"),
    "who decides": ("the board", "the committee"),
    "the order of fields": (r"(    fund : .*\n)(    key : .*\n)", r"\2\1"),
    "the order of choices": ("one of all, some", "one of some, all"),
    "a definition in the place of its name": ("up to most each", "up to min(half, EUR 1 million) each"),
    "what is owed to a pot": ("to EUR 1 million each", "to EUR 2 million each"),
    "an amount written otherwise": ("EUR 1 million", "EUR 1_000_000"),
    "what nothing uses is filled in otherwise": ("missing EUR 7", "missing EUR 8"),
    "an invariant": (r"\Z", 'ensure "x": used(own) <= capital\n'),
    "who decides, and the order of definitions": (r"(define half .*\n)(define most .*\n)", r"\2\1", "the board", "all"),
}
OTHER = {
    "an amount": ("up to EUR 3", "up to EUR 4"),
    "an amount in a definition": ("EUR 1 million", "EUR 2 million"),
    "what is filled in": ("missing EUR 5", "missing EUR 6"),
    "what a datum that is used is filled in with": ("missing 50%", "missing 40%"),
    "the order of steps": (r"(    tranche own(?s:.*))(    tranche cover(?s:.*))(    tranche pool)", r"\2\1\3"),
    "the order of choices": ("all then some", "some then all"),
    "what is paid into a pot counts no more under a limit": ("each up to both within", "each within"),
    "a limit with a name": ("both as EUR 9", "both as EUR 8"),
    "a window": ("30 days$", "60 days"),
    "a window of what a datum was called formerly": (
        *("any 30 days$", "any 30 months"),
        *("given days : money", "given months : money formerly days"),
    ),
    "a period": ("lasts 30 days", "lasts 40 days"),
    "no discretion": (r"        at the discretion of .*\n", ""),
    "each and in total": ("up to most each.*\n.*\n.*limits", "up to EUR 1 million in total\n        shared equally"),
    "a key": ("pro rata to key", "pro rata to fund"),
    "who pays": ("paid by insurer\n", "paid by ccp\n"),
    "in force": ('(tranche cover "Cover" cite "2"\n)', r"\1        in force from 2024-01-01\n"),
    "decimals": ("currency EUR", "currency EUR also XTS with 3 decimals"),
    "who pays where": ("where open_to = all", "where open_to = some"),
    "holidays": ("currency EUR", "currency EUR\nholidays 2024-12-25"),
    "in turn": ('waterfall "w"', 'waterfall "w" for each default in turn'),
}


def changed(*changes):
    text = RULES
    for before, after in zip(changes[::2], changes[1::2], strict=True):
        text, times = re.subn(before, after, text, flags=re.MULTILINE)
        assert times, before
    return rulelang.parse_rulebook(text, "new.rules")


def are_the_same(*changes):
    programs = [rulelang.parse_rulebook(RULES, "old.rules"), changed(*changes)]
    try:
        return same_rules(programs, common_names(programs)) is not None
    except Outside:
        return False


@pytest.mark.parametrize("change", SAME)
def test_rules_are_the_same_whatever_they_are_called(change):
    assert are_the_same(*SAME[change])


@pytest.mark.parametrize("change", OTHER)
def test_rules_that_differ_are_not_the_same(change):
    assert not are_the_same(*OTHER[change])


CLAIMS = {
    "new used(own) <= old used(own)": "by its words",
    "for survivors: old total_paid + fund = new total_paid + fund": "by its words",
    "new used(cover) <= EUR 1 + old used(cover)": "by its bounds",
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_of_versions_with_the_same_rules_are_proved_by_their_words(claim):
    new = changed(*SAME["a title"])
    proof = rulelang.prove(rulelang.parse_rulebook(RULES, "old.rules"), new, claims=[claim])
    assert [one.verdict.how for one in proof.settled] == [CLAIMS[claim]]


def test_less_is_not_proved_of_the_same():
    old, new = rulelang.parse_rulebook(RULES, "old.rules"), changed(*SAME["a title"])
    proof = rulelang.prove(old, new, claims=["new used(own) < old used(own)"])
    assert proof.verdict == "refuted"


def test_that_an_event_obeys_what_is_assumed_is_not_so_by_the_words_of_two_versions():
    programs = [rulelang.parse_rulebook(RULES, "old.rules"), changed(*SAME["a title"])]
    meanings = same_rules(programs, common_names(programs))
    _, possible = possible_for(QUESTIONS_OF_PAIR[0], programs)
    assert claim_of(QUESTIONS_OF_PAIR[0], programs).holds_of_the_same(meanings)
    assert not claim_of(possible, programs).holds_of_the_same(meanings)


def test_what_a_claim_reads_of_data_that_are_filled_in_otherwise_is_not_the_same():
    old, new = rulelang.parse_rulebook(RULES, "old.rules"), changed(*SAME["what nothing uses is filled in otherwise"])
    claims = [f"for survivors: new total_paid + {datum} >= old total_paid + {datum}" for datum in ("days", "fund")]
    proof = rulelang.prove(old, new, claims=claims)
    assert [getattr(one.verdict, "how", None) == "by its words" for one in proof.settled] == [False, True]
