"""What a run says beside the amounts: capacities, what remains, why a step was skipped, breaches, remarks, faults."""

import pytest
from attrs import evolve

import rulelang
from rulelang.base.diagnostic import CheckError, RunError
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.model.allocation import Allocation, Allotment
from rulelang.model.trail import Status
from rulelang.run.exact import ExactLosses

RULEBOOK = """
rulebook "lines" version "1"
currency EUR
members have
    fund : money
    gain : signed money if missing EUR 0
given capital : money
waterfall
    tranche own "The defaulter's" paid by defaulters from fund
    tranche early paid by ccp up to EUR 9 in force from 2030-01-01
    haircut never paid by ccp up to EUR 9 when loss > EUR 1 million
    voluntary asked paid by ccp up to EUR 9 at the discretion of "Board"
    assessment strict cite "CR 6.3" paid by survivors up to fund each shared equally without reallocation
    together
        tranche left paid by ccp from capital
        tranche right paid by survivors up to EUR 2 in total shared pro rata to fund
    end
    tear-up rest paid by survivors shared equally
    tranche behind paid by ccp up to EUR 1
    finally open
ensure "small" for survivors: total_paid <= fund
ensure "whole": used(rest) >= EUR 0
"""
EVENT = """
event "e"
declared 2024-03-15
given capital = EUR 3
member A "Alpha" fund = EUR 10
member B fund = EUR 1
member D fund = EUR 4
default of D loss EUR 30
decide asked: decline by "Board"
"""


def run(event: str = EVENT, rulebook: str = RULEBOOK) -> Allocation:
    program = rulelang.parse_rulebook(rulebook)
    return rulelang.evaluate(program, check_event(SourceText.from_text(event, "e.event"), program))


def test_every_line_says_what_it_could_pay_what_it_paid_and_what_is_left():
    lines = {
        line["tranche"]: (line["kind"], line["capacity"], line["drawn"], line["remaining"], line["skipped"])
        for line in run().to_dict()["tranches"]
    }
    assert list(lines.items()) == [
        ("own", ("tranche", "4.00", "4.00", "26.00", None)),
        ("early", ("tranche", "0.00", "0.00", "26.00", "not in force")),
        ("never", ("haircut", "0.00", "0.00", "26.00", "condition does not hold")),
        ("asked", ("voluntary", "0.00", "0.00", "26.00", "declined")),
        ("strict", ("assessment", "11.00", "11.00", "15.00", None)),  # of 13 each A bears its 10 and B its 1
        ("left", ("tranche", "3.00", "3.00", "10.00", None)),
        ("right", ("tranche", "2.00", "2.00", "10.00", None)),
        ("rest", ("tear-up", None, "10.00", "0.00", None)),
        ("behind", ("tranche", None, "0.00", "0.00", "not reached")),
    ]


def test_each_invariant_says_for_whom_it_does_not_hold():
    allocation = run()
    assert allocation.to_dict()["ensures"] == [
        {"text": "small", "holds": False, "breaches": ["A", "B"]},
        {"text": "whole", "holds": True, "breaches": []},
    ]
    assert not allocation.holds
    assert run(EVENT.replace("loss EUR 30", "loss EUR 4")).holds


def test_the_result_is_called_by_its_texts():
    result = run().to_dict()
    assert result["rulebook"] == {
        "title": "lines",
        "version": "1",
        "sha256": SourceText.from_text(RULEBOOK).sha256,
    }
    assert result["event"] == {"title": "e", "declared": "2024-03-15", "sha256": SourceText.from_text(EVENT).sha256}


def test_amounts_can_be_asked_for():
    allocation = run()
    assert allocation.payers() == {"ccp": 300, "A": 1682, "B": 618, "D": 400}
    assert allocation.paid_by("B") == 618
    assert allocation.paid_by("B", "strict") == 100
    assert allocation.paid_by("nobody") == 0
    assert allocation.drawn("strict") == 1100


def test_the_trail_tells_every_turn():
    turns = {turn.step: turn for turn in run().trail.turns}
    assert turns["own"].reduced == (400,)
    assert turns["asked"].decided is False
    assert turns["strict"].payers == ("A", "B")
    assert turns["strict"].limits == (1000, 100)
    assert [turns["strict"].shares.exact(place) for place in (0, 1)] == [1000, 100]
    assert (turns["left"].part, turns["right"].part) == (300, 200)
    assert turns["left"].group == turns["right"].group is not None
    assert turns["rest"].group is None
    assert turns["behind"].status is Status.NOT_REACHED
    assert turns["left"].pot.left == (300,)
    assert turns["right"].limit_trails[0].words == "up to EUR 2 in total"


@pytest.mark.parametrize(
    ("more", "remark"),
    [
        ("paid 2024-03-01 by A under strict EUR 1", "earlier payments under `strict` had no effect"),
        ("", None),
    ],
)
def test_what_had_no_effect_is_remarked(more, remark):
    remarks = run(EVENT + more).trail.remarks
    assert (remark is None) == (not remarks)
    assert all(remark in said for said in remarks)


def test_a_decision_that_no_loss_reaches_is_remarked():
    (remark,) = run(EVENT.replace("loss EUR 30", "loss EUR 4")).trail.remarks
    assert "`asked`" in remark


def test_an_event_without_a_default_is_remarked():
    event = EVENT.replace("default of D loss EUR 30", "").replace('decide asked: decline by "Board"', "")
    allocation = run(event)
    assert (allocation.loss, allocation.uncovered, allocation.outcome) == (0, 0, "covered")
    (remark,) = allocation.trail.remarks
    assert "no default" in remark


def test_a_fault_names_the_step_its_rule_and_how_far_the_run_had_come():
    fault = RULEBOOK.replace("up to fund each shared equally without", "up to fund - EUR 2 each shared equally without")
    with pytest.raises(RunError) as refused:
        run(rulebook=fault)
    (found,) = refused.value.diagnostics
    assert found.code == "negative-limit"
    assert found.message == "the limit is EUR -1.00, below zero, for member `B`, in step `strict`"
    assert found.breadcrumb == ('event "e"', "strict", "B")
    assert found.citation == "CR 6.3"
    assert found.notes == ("so far EUR 4.00 of EUR 30.00 were covered, by 1 step",)
    assert found.place.source.slice(found.place.span) == "fund - EUR 2"


def test_a_missing_decision_says_what_to_write():
    with pytest.raises(RunError) as refused:
        run(EVENT.replace('decide asked: decline by "Board"', ""))
    (found,) = refused.value.diagnostics
    assert found.code == "missing-decision"
    assert found.helps == ('add a line such as `decide asked: invoke by "Board"`',)


@pytest.mark.parametrize(
    "change",
    [
        {"uncovered": 1},
        {"loss": 2999},
        {"allotments": ()},
        {"lines": ()},
        {"allotments": (Allotment("own", "D", None, 0),)},
    ],
)
def test_an_allocation_that_does_not_add_up_cannot_be_made(change):
    with pytest.raises(ValueError, match=r"add up|below zero|what the payers pay"):
        evolve(run(), **change)


def test_definitions_may_rest_on_each_other_two_hundred_deep():
    def chained(count: int) -> str:
        chain = "".join(f"define d{i} as EUR 1 + d{i + 1}\n" for i in range(count))
        return RULEBOOK.replace("up to EUR 2 in total", "up to d0 in total") + f"{chain}define d{count} as EUR 1\n"

    assert run(rulebook=chained(90)).drawn("right") == 1452  # of 15.00, in proportion to 91 and 3
    with pytest.raises(CheckError) as refused:
        rulelang.parse_rulebook(chained(300))
    assert {found.code for found in refused.value.diagnostics} == {"nested-too-deeply"}


def test_defaulters_reduce_the_losses_together(monkeypatch):
    """One after the other would copy what is left of every loss for each of them."""
    cuts, reduced = [], ExactLosses.reduced
    monkeypatch.setattr(ExactLosses, "reduced", lambda losses, each: cuts.append(len(each)) or reduced(losses, each))
    more = "".join(f"member E{number} fund = EUR 2\ndefault of E{number} loss EUR 5\n" for number in range(8))
    allocation = run(EVENT + more)
    assert allocation.drawn("own") == 2_000
    paid = {(turn.step, turn.group) for turn in allocation.trail.turns if turn.status is Status.PAID}
    assert len(cuts) == len({step if group is None else group for step, group in paid})
    assert cuts[0] == 9
    assert set(cuts[1:]) == {1}


@pytest.mark.parametrize("step", ["5 days", "3 business days", "1 month"])
def test_a_date_beyond_the_calendar_is_that_of_a_member(step):
    """A value that stops the run is told with the member whose it is, if it is one for each."""
    rulebook = RULEBOOK.replace(
        "    fund : money\n", "    fund : money\n    until : date if missing declared\n"
    ).replace("paid by survivors up to fund each", f"paid by survivors where until + {step} > declared up to fund each")
    with pytest.raises(RunError) as stopped:
        run(EVENT.replace("member B", "member B until = 9999-12-31"), rulebook)
    (found,) = stopped.value.diagnostics
    assert found.code == "impossible-date"
    assert "is beyond the calendar, for member `B`, in step `strict`" in found.message


def test_advice_for_nobody_counts_as_the_aggregate_does():
    """Survivors there are, but none whose fund is so large: to count them all would not help."""
    rulebook = RULEBOOK.replace(
        "up to EUR 9 at the", "up to smallest of fund over survivors where fund > EUR 99 at the"
    )
    with pytest.raises(RunError) as stopped:
        run(EVENT.replace("decline", "invoke"), rulebook)
    assert "counting with the same `where`" in stopped.value.diagnostics[0].helps[0]
