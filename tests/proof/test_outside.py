"""What the encoding does not cover is refused with the words, and never judged."""

import pytest

import rulelang
from rulelang.proof.claims.questions import claim_of, questions_of
from rulelang.proof.claims.verdict import Refuted, Unknown
from rulelang.proof.domain.values import Outside
from rulelang.proof.settle import settle
from rulelang.proof.solving.ladder import Setting, decide
from rulelang.proof.worlds.families import any_number, days_of

RULEBOOK = """rulebook "Small" version "1"
currency EUR
members have
    contribution : money
    gain : money
    loss_made : signed money
    factor : number
    joined : date
waterfall
    tranche own
        paid by ccp
        up to EUR 10
    tranche fund_draw
        paid by survivors from contribution
        {}
    finally closure
ensure "nobody pays more than it has" for survivors: total_paid <= contribution
"""
OUTSIDE = [
    ("up to gain rounded up to contribution each\n        shared pro rata to contribution", "a unit that differs"),
    ("up to smallest of loss_made over survivors each\n        shared pro rata to contribution", "`smallest`"),
    ("up to largest 2 of loss_made over survivors each\n        shared pro rata to contribution", "`largest`"),
    ("in order of joined, lowest first\n        shared pro rata to contribution", "`joined` is a date"),
    (
        "up to (if joined < declared then gain else contribution) each\n        shared pro rata to contribution",
        "the day of the event",
    ),
    (
        "up to contribution as of joined each\n        shared pro rata to contribution",
        "the day as of which",
    ),
]


@pytest.mark.parametrize(("clauses", "reason"), OUTSIDE, ids=[reason for _, reason in OUTSIDE])
def test_a_construct_that_is_not_covered_is_named(clauses, reason):
    programs = [rulelang.parse_rulebook(RULEBOOK.format(clauses), "small.rules")]
    claim = claim_of(questions_of(programs[0])[0], programs)
    with pytest.raises(Outside, match=reason):
        decide(claim, any_number(programs, [{}], None), days_of(programs), Setting([{}], linear_only=True), 2)


def test_a_question_about_such_a_rulebook_has_no_verdict_but_the_reason():
    clauses = "up to contribution as of joined each\n        shared pro rata to contribution"
    program = rulelang.parse_rulebook(RULEBOOK.format(clauses), "small.rules")
    verdict = settle(questions_of(program)[0], [program], timeout=0.2).verdict
    assert isinstance(verdict, Unknown)
    assert verdict.why == "outside"
    assert verdict.words == "joined"


@pytest.mark.parametrize(
    "clauses",
    [
        "where joined >= declared from contribution\n        shared pro rata to contribution",
        "from contribution\n        in order of joined, lowest first\n        shared pro rata to contribution",
        'where group != "X" from contribution\n        up to largest of gain over members by group each shared equally',
    ],
    ids=["compared days", "an order by days", "groups by texts"],
)
def test_an_event_may_refute_it_all_the_same(clauses):
    text = RULEBOOK.replace("paid by survivors from contribution\n        {}", f"paid by survivors {clauses}")
    text = text.replace("joined : date", "joined : date\n    group : text").replace(
        "<= contribution", "<= 50% of contribution"
    )
    program = rulelang.parse_rulebook(text, "small.rules")
    assert isinstance(settle(questions_of(program)[0], [program]).verdict, Refuted)
