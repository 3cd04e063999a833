"""What a moment of a run saw is never changed: later, it gives the same resources, and the same capacity as passed."""

from pathlib import Path

import rulelang
from rulelang.model.trail import Status
from rulelang.run.exact import ExactNumbers
from rulelang.run.inputs import make_data
from rulelang.run.plan import make_plan
from rulelang.run.resources import make_resources
from rulelang.run.run_state import settled
from rulelang.run.waterfall import Evaluation, gate_of
from tests.every import every

CASES = Path(__file__).parents[1] / "cases"
FOLDERS = sorted(folder for kind in ("conformance", "valid") for folder in (CASES / kind).iterdir())


@every(FOLDERS, lambda folder: folder.name, parts=5)
def test_after_the_run_every_turn_has_the_resources_that_it_had(folder):
    program = rulelang.load_rulebook(folder / "rulebook.rules")
    plan, domain = make_plan(program, rulelang.load_event(folder / "event.event", program)), ExactNumbers()
    evaluation = Evaluation(plan, domain, make_data(plan, domain))
    results = evaluation.run()
    assert [details.result for details in evaluation.details] == list(results)
    for details in evaluation.details:
        turn = details.result.turn
        if details.resources is None:
            assert details.result.payments is None
            continue
        if turn.round in (None, 1):  # the condition is asked before the first round alone
            assert settled(lambda: gate_of(turn, details.at))[0] is Status.PAID  # noqa: B023 - called at once
        if turn.step.pot is None or turn.step.pot.split_by is None:
            again = settled(lambda: make_resources(turn, details.at, None, gate=True))  # noqa: B023 - called at once
            assert again == details.resources
