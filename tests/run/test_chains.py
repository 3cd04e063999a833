"""Steps whose ``unused`` rests on each other, however many: an answer, with work that grows with their number only."""

from functools import partial

import pytest

import rulelang
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.explain.explain import explain
from tests.check.test_growth import lines_run

EVENT = 'event "E" declared 2020-01-01 member M contribution = EUR 7 default of M loss EUR 1'
WIDE = " + ".join(["EUR 1"] * 150)


def book(limits, ensure):
    """A step that takes the whole loss, then steps that no loss reaches, with these limits."""
    steps = "".join(f" tranche s{number} paid by ccp up to {limit}\n" for number, limit in enumerate(limits, start=1))
    return rulelang.parse_rulebook(
        'rulebook "B"\ncurrency EUR\nmembers have\n contribution : money\nwaterfall\n'
        f' tranche s0 paid by ccp up to EUR 1\n{steps}ensure "x": {ensure}\n'
    )


def outcome(program):
    """Whether the ensure holds; the run can be told, too."""
    event = check_event(SourceText.from_text(EVENT), program)
    allocation = rulelang.evaluate(program, event)
    assert "holds" in explain(program, event, allocation, rejected=True).to_text() or not allocation.holds
    return allocation.holds


def chained(count, more="EUR 1"):
    return [f"unused(s{number}) + {more}" for number in range(count)]


@pytest.mark.parametrize("count", [1, 77, pytest.param(1200, marks=pytest.mark.slow)])
def test_a_chain_of_any_length_is_worked_out(count):
    """Nothing is left of the first step, and each step has a unit more than the one before."""
    assert outcome(book(chained(count), f"unused(s{count}) = EUR {count}"))
    assert not outcome(book(chained(count), f"unused(s{count}) > EUR {count}"))


def test_links_as_deep_as_an_expression_may_be():
    assert outcome(book(chained(6, WIDE), f"unused(s6) + {WIDE} = EUR 1050"))


def test_a_chain_that_asks_twice_for_each_link_is_not_worked_out_twice():
    limits = [f"unused(s{number}) / 2 + unused(s{number}) / 2 + EUR 2" for number in range(300)]
    assert outcome(book(limits, "unused(s300) = EUR 600"))


def test_a_chain_is_profiled_and_swept():
    pyarrow = pytest.importorskip("pyarrow")
    program = book(chained(25), "unused(s25) >= EUR 0")
    event = check_event(SourceText.from_text(EVENT), program)
    assert rulelang.profile(program, event)
    found = rulelang.sweep(program, event, pyarrow.table({"loss.M": [0, 100, 300]}), unit="minor").to_pydict()
    assert [str(amount) for amount in found["uncovered"]] == ["0.00", "0.00", "0.00"]


def test_what_a_link_is_refused_for_is_said_of_its_step():
    program = book([*chained(3), "EUR 1 / (used(s3) / EUR 1)", *["unused(s4)"]], "unused(s5) >= EUR 0")
    event = check_event(SourceText.from_text(EVENT), program)
    with pytest.raises(rulelang.RunError) as refused:
        rulelang.evaluate(program, event)
    (found,) = refused.value.diagnostics
    assert found.code == "division-by-zero"
    assert "s4" in found.breadcrumb


def test_a_branch_that_nobody_takes_asks_for_nothing():
    limits = ["EUR 1 / (used(s0) / EUR 1 - 1)", "if used(s0) > EUR 0 then EUR 5 else unused(s1)"]
    assert outcome(book(limits, "unused(s2) = EUR 5"))


def wide(count):
    return book(["EUR 1"] * count, f"max({', '.join(f'unused(s{number})' for number in range(count))}) = EUR 1")


@pytest.mark.slow
def test_an_expression_over_many_links_takes_work_in_proportion():
    work = {}
    for count in (150, 1200):
        program = wide(count)
        event = check_event(SourceText.from_text(EVENT), program)
        work[count] = lines_run(partial(rulelang.evaluate, program, event))
    assert work[1200] < 12 * work[150]
