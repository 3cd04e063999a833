"""Explanations of what the second edition added: nothing is left untold, and no run ends the telling."""

import json
from pathlib import Path

import pytest

from rulelang.api.rulebooks import evaluate, load_event, load_rulebook
from rulelang.base.diagnostic import RulelangError
from rulelang.explain.explain import explain
from tests.examples import mostly_slow, share_of
from tests.oracle.generate import generate
from tests.schemas import validator

CONFORMANCE = Path(__file__).parents[1] / "conformance_2"
PAIRS = sorted(CONFORMANCE.glob("*/*.event"))
IN_A_BLOCK = share_of(10, least=1)


def told_in_every_way(rulebook: Path, event: Path) -> str:
    """The whole explanation of a run, after every payer and step was asked for, in every form."""
    try:
        program = load_rulebook(rulebook)
        loaded = load_event(event, program)
        allocation = evaluate(program, loaded)
    except RulelangError:
        return ""
    for rejected in (True, False):
        for payer in (*loaded.members, "ccp", *program.parties):
            explain(program, loaded, allocation, payer=payer, rejected=rejected).to_text()
        for step in program.steps:
            explain(program, loaded, allocation, step=step, rejected=rejected).to_markdown()
        whole = explain(program, loaded, allocation, rejected=rejected)
        validator("explain").validate(whole.to_dict())
        json.dumps(whole.to_dict())
    return " ".join(whole.to_text().split())


@pytest.mark.parametrize("event", mostly_slow(PAIRS, every=3), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_pair_of_the_contract_is_told(event):
    told_in_every_way(event.parent / "book.rules", event)


@pytest.mark.parametrize("block", range(6))
def test_random_cases_are_told(tmp_path, block):
    for seed in range(700_000 + IN_A_BLOCK * block, 700_000 + IN_A_BLOCK * (block + 1)):
        folder = tmp_path / str(seed)
        folder.mkdir()
        generate(seed, over_time=True).write(folder)
        told_in_every_way(folder / "rulebook.rules", folder / "event.event")


RULES = """rulebook "In turn" version "1"
currency EUR also JPY
members have
    required : money
    typical  : money JPY
    house    : one of red, blue
    traded   : money per defaulter if missing EUR 0
given fix : EUR per JPY
period cooling "Cooling-off period" cite "802.H"
    opens at a default
    lasts 5 business days
    extended by each further default to at most 20 business days
period calm opens at a payment under nothing_due lasts 3 days
limit aggregate "Aggregate assessment limit" as 550% of (required as of start(cooling)) each during cooling cite "802.G"
waterfall for each default in turn
    tranche own when defaults(cooling) >= 1 paid by ccp up to ((EUR 12 + EUR 0) rounded up to EUR 5) once during cooling
    tranche cover paid by ccp up to 1% of (largest 2 of required over members by house)
    tranche insured for non-default losses paid by ccp up to EUR 5
    tranche nothing_due
        paid by survivors
        up to traded + (if leaving then EUR 1 else EUR 0) each
        up to EUR 3 each during calm
        shared equally
    assessment charges
        at the discretion of "Board"
        paid by survivors
        up to max(required, typical at fix) each
        up to aggregate
        shared pro rata to typical without reallocation
        in at most 3 rounds
    assessment more paid by survivors up to EUR 1 each up to aggregate shared equally
    finally open
"""
EVENT = """event "Two at once" declared 2024-04-02
given fix = 0.01
period cooling open from 2024-03-29 to 2024-04-05
defaulted 2024-03-29 Z
former member Z "Zed"
notice by A dated 2024-03-01
member D required = EUR 0 typical = JPY 0 house = red
member E required = EUR 0 typical = JPY 0 house = red
member A required as of 2024-03-01 = EUR 20 required = EUR 50 typical = JPY 6000 house = red traded with D = EUR 2
member B required as of 2024-03-01 = EUR 45 required = EUR 45 typical = JPY 3000 house = blue
member C "Carl" required as of 2024-03-28 = EUR 10 required = EUR 10 typical = JPY 1000 house = blue
paid 2024-03-29 by A under charges for Z EUR 60
default of D loss EUR 170
default of E loss EUR 90
non-default loss EUR 7 "custody"
withdraw B after round 1 under charges
decide charges: invoke up to EUR 150 by "Board" because "due"
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("told")
    (folder / "a.rules").write_text(RULES, "utf-8")
    (folder / "a.event").write_text(EVENT, "utf-8")
    return told_in_every_way(folder / "a.rules", folder / "a.event")


TOLD = """
The defaults are taken in turn, each through the whole waterfall: the default of D, then the default of E, then
  the losses without a defaulter.
Before that, Zed (Z) on 2024-03-29 had defaulted.
(defaults(cooling) is 2) holds
It pays once during “Cooling-off period” (cooling), in which nothing was paid under it before.
it pays once during “Cooling-off period” (cooling), open since 2024-03-29, and has paid: EUR 15.00 earlier
[by group: blue EUR 55.00 and red EUR 50.00]
charges, round 2, default of D
This is round 2 of at most 3: loss remains, and the last round paid something.
B has withdrawn before this round and does not pay in it.
was invoked up to EUR 150.00 by “Board” because “due”
since 2024-03-29, when “Cooling-off period” (cooling) opened (A EUR 60.00)
The limit “Aggregate assessment limit” (aggregate) is “550% of (required as of start(cooling))” each during
  cooling (802.G); more counts towards it too.
Without reallocation the loss itself is shared pro rata to “typical”
× 1,000 / 7,000
No loss without a defaulter is met here, so that nothing falls to insured.
without a defaulter (“custody”)
“Cooling-off period” (cooling) (802.H) stood open from 2024-03-29 to 2024-04-05 when the run began; a default of
  this run extends it to 2024-04-08.
“calm” opened on 2024-04-02 by a payment under nothing_due and lasts until 2024-04-04, 3 days in all.
required as of 2024-03-29: A EUR 20.00 (dated 2024-03-01)
traded with D was not given for
"""
"""What is told, a line for each; lines that go on are indented; amounts of yen have no decimals."""


@pytest.mark.parametrize("words", TOLD.replace("\n  ", " ").strip().splitlines())
def test_it_is_told(told, words):
    assert words in told


def test_a_payer_is_told_why_it_pays_nothing_after_it_withdrew(tmp_path):
    (tmp_path / "a.rules").write_text(RULES, "utf-8")
    (tmp_path / "a.event").write_text(EVENT, "utf-8")
    program = load_rulebook(tmp_path / "a.rules")
    event = load_event(tmp_path / "a.event", program)
    text = " ".join(explain(program, event, evaluate(program, event), payer="B").to_text().split())
    assert "withdrawn" in text
    assert "in round 1 for the default of D" in text
    converted = explain(program, event, evaluate(program, event), payer="A").to_text()
    values = "required is EUR 50.00, typical at fix is EUR 60.00, typical is JPY 6,000 and fix is EUR 0.01 per JPY"
    assert values in " ".join(converted.split())
    assert "leaving is yes [notice dated 2024-03-01]" in " ".join(converted.split())


MORE = """rulebook "More" currency EUR segments swaps, repo
party insurer "Insurance"
members have
    fund : money per segment
    due : money
period calm "Calm" opens at exhaustion of own lasts 3 days
limit shared_cap as EUR 30 in total
limit monthly as EUR 20 each in the calendar month cite "M"
waterfall
    tranche own paid by ccp up to EUR 1
    tranche local per segment paid by survivors from fund shared pro rata to fund
    tranche abroad per segment paid by survivors from fund in other segments shared pro rata to due
    assessment first paid by survivors up to shared_cap up to EUR 8 each shared equally
    assessment second
        paid by survivors
        up to shared_cap
        up to monthly
        up to EUR 9 each during calm
        shared equally
    assessment third paid by survivors up to EUR 4 in total in any 5 days shared equally
    tranche rest for all losses paid by insurer up to EUR 3
    finally open_loss
"""
MORE_EVENT = """event "More" declared 2024-06-12
member A fund in swaps = EUR 2 fund in repo = EUR 3 due = EUR 4
member B fund in swaps = EUR 1 fund in repo = EUR 1 due = EUR 4
member D fund in swaps = EUR 1 fund in repo = EUR 1 due = EUR 4
further loss of D in swaps EUR 70
defaulted 2024-06-03 D
paid 2024-06-03 by A under first for D EUR 7
paid 2024-06-03 by A under second for D EUR 6
non-default loss in repo EUR 5 "fraud"
"""
TOLD_OF_MORE = """
D defaulted on an earlier day, and there is more loss; the losses are EUR 75.00 in all: EUR 70.00 of D in swaps and
  EUR 5.00 without a defaulter in repo (“fraud”).
towards the loss of EUR 70.00 of a default that remains
The payers' fund in the other segments holds EUR 4.00 in all.
EUR 7.00 was already paid for the default of D, that of earlier runs included (A EUR 7.00), which leaves EUR 9.00.
EUR 22.00 was already paid under first and second for the default of D, that of earlier runs included, which leaves
  EUR 8.00.
of which nothing was paid on 2024-06-12, when “Calm” (calm) opened.
The limit “shared_cap” is “EUR 30” in total; first counts towards it too.
that without a defaulter in repo (“fraud”) from EUR 5.00 to EUR 4.67
Uncovered are EUR 38.33 of the loss of D in swaps and EUR 4.67 of the loss without a defaulter in repo (“fraud”).
“Calm” (calm) opened on 2024-06-12 by the exhaustion of own and lasts until 2024-06-14, 3 days in all.
“up to monthly” (M) allows EUR 20.00 each, EUR 40.00 together; EUR 6.00 was already paid since 2024-06-01
"""


@pytest.mark.parametrize("words", TOLD_OF_MORE.replace("\n  ", " ").strip().splitlines())
def test_more_is_told(tmp_path, words):
    (tmp_path / "a.rules").write_text(MORE, "utf-8")
    (tmp_path / "a.event").write_text(MORE_EVENT, "utf-8")
    program = load_rulebook(tmp_path / "a.rules")
    event = load_event(tmp_path / "a.event", program)
    told = explain(program, event, evaluate(program, event), rejected="monthly" in words)
    assert words in " ".join(told.to_text().split())


def test_a_period_that_is_not_open_counts_nothing_before(tmp_path):
    (tmp_path / "a.rules").write_text(MORE.replace("exhaustion of own", "exhaustion of third"), "utf-8")
    (tmp_path / "a.event").write_text(MORE_EVENT, "utf-8")
    program = load_rulebook(tmp_path / "a.rules")
    event = load_event(tmp_path / "a.event", program)
    text = " ".join(explain(program, event, evaluate(program, event), rejected=True).to_text().split())
    words = "in this run (“Calm” (calm) is not open, so that nothing before 2024-06-12 counts)"
    assert words in text


def test_what_a_limit_at_every_resizing_leaves_is_told_where_nothing_was_paid(tmp_path):
    folder = Path(__file__).parents[1] / "cases/valid/at-every-resizing"
    program = load_rulebook(folder / "rulebook.rules")
    lines = (folder / "event.event").read_text("utf-8").splitlines()
    (tmp_path / "a.event").write_text("\n".join(line for line in lines if not line.startswith("paid")), "utf-8")
    event = load_event(tmp_path / "a.event", program)
    text = " ".join(explain(program, event, evaluate(program, event)).to_text().split())
    allows = "allows EUR 12.00 each, EUR 24.00 together; nothing was paid since 2024-03-06, which leaves EUR 16.00"
    assert f"{allows}, each payer's least over all days of the window" in text


def test_an_event_without_a_default_is_said_to_be_on_its_day(tmp_path):
    step = "tranche {} for all losses paid by ccp up to EUR 3 in force from {}"
    steps = f"{step.format('old', '2020-01-01 to 2021-01-01')} {step.format('new', '2022-01-01')}"
    book = f'rulebook "x" version "1" currency EUR members have fund : money waterfall {steps} finally open'
    (tmp_path / "a.rules").write_text(book, "utf-8")
    (tmp_path / "a.event").write_text(
        'event "x" declared 2024-01-01 member A fund = EUR 1 non-default loss EUR 5 "fraud"', "utf-8"
    )
    program = load_rulebook(tmp_path / "a.rules")
    event = load_event(tmp_path / "a.event", program)
    text = " ".join(explain(program, event, evaluate(program, event), rejected=True).to_text().split())
    assert "in force from 2020-01-01 to 2021-01-01 only, and the event is on 2024-01-01" in text
    assert "in force from 2022-01-01 on; the event is on 2024-01-01" in text
    assert "default was declared" not in text
