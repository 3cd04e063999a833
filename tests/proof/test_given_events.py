"""Of the members of an event nothing is proved that the event itself breaks, and what it breaks is refuted."""

from pathlib import Path

import pytest

import rulelang
from rulelang.api.histories import load_history
from rulelang.check.events.written import written_event
from rulelang.histories.fold import event_on, run_history
from rulelang.proof.claims.verdict import Refuted
from tests.examples import mostly_slow

pytest.importorskip("z3")

HISTORIES = {
    path.parent.name: path
    for path in sorted(Path(__file__).parents[1].joinpath("conformance_2").glob("random-history-*/x.history"))
    if not path.parent.name.endswith("refused")
}
_MOST = 2
"""So many claims are put to each day."""


@pytest.mark.parametrize("name", mostly_slow(dict(list(HISTORIES.items())[::2]), every=6))
def test_what_a_day_of_a_history_breaks_is_refuted_on_that_day(name):
    history = load_history(str(HISTORIES[name]))
    day = next(day for day in run_history(history).days if day.run is not None)
    program, event = event_on(history, day.date)
    event = written_event(program, event, "day.json")
    currency = program.currency
    claims = [
        f"used({step.name}) != {currency.code} {currency.plain(drawn)}"
        for step in program.each_step()
        if (drawn := day.run.drawn(step.name))
    ]
    for claim in claims[:_MOST]:
        proof = rulelang.prove(program, claims=[claim], event=event, timeout=2)
        judged = rulelang.evaluate(proof.programs[0], event).ensures[-1]
        if not judged.holds:  # with defaults in turn it is said of each pass
            assert isinstance(proof.settled[0].verdict, Refuted), (claim, proof.settled[0].verdict)
