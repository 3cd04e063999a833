"""The plan over points is the interpreter: the same draws, payments and refusals, to the last unit."""

from pathlib import Path

import pytest
from hypothesis import given, settings

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.base.files import data_folder
from rulelang.run.exact import ExactNumbers
from rulelang.run.inputs import make_data
from rulelang.run.interpret import interpret
from rulelang.run.plan import make_plan
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.waterfall import Evaluation
from tests.profiles.measures import world_of
from tests.properties.worlds import SEEDS

CASES = Path(__file__).parents[1] / "cases"
FOLDERS = sorted(folder for kind in ("conformance", "valid") for folder in (CASES / kind).iterdir())
EVENTS = [
    pytest.param(rules, event, id=f"{rules.parent.name}-{rules.stem}-{event.stem}")
    for rules in sorted(data_folder("rulebooks").rglob("*.rules"))
    for event in sorted((rules.parent / "events").glob("*.event"))
]


def by_plan(program, event):
    """Lines and payments of the plan over points, or the code of its refusal."""
    plan, points = make_plan(program, event), ExactNumbers()
    try:
        results = Evaluation(plan, points, make_data(plan, points)).run()
    except RuleViolation as violation:
        return violation.code
    lines = [(*result.turn.key, result.status, result.drawn, result.after) for result in results]
    paid = [
        (*result.turn.key, payer, amount)
        for result in results
        if result.payments is not None
        for place, payer in enumerate(result.payers)
        if (amount := result.payments.of(place))
    ]
    return lines, paid


def by_interpreter(program, event):
    try:
        run = interpret(program, event)
    except rulelang.RunError as error:
        return error.diagnostics[0].code
    lines = [(line.step, line.segment, line.status, line.drawn, line.remaining) for line in run.lines]
    return lines, [(a.step, a.segment, a.payer, a.amount) for a in run.allotments]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_on_the_cases(folder):
    program = rulelang.load_rulebook(folder / "rulebook.rules")
    event = rulelang.load_event(folder / "event.event", program)
    assert by_plan(program, event) == by_interpreter(program, event)


@pytest.mark.parametrize(("rules", "path"), EVENTS)
def test_on_the_rulebooks_that_ship(rules, path):
    program = rulelang.load_rulebook(rules)
    try:
        event = rulelang.load_event(path, program)
    except RulelangError:
        pytest.skip("the event is of another rulebook in the folder")
    assert by_plan(program, event) == by_interpreter(program, event)


@settings(deadline=None, max_examples=300)
@given(SEEDS)
def test_on_random_cases(seed):
    world = world_of(seed)
    if world is not None:
        assert by_plan(*world) == by_interpreter(*world)
