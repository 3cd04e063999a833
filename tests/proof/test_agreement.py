"""Every run of the interpreter is a model of the encoding: what is proved of it holds for runs."""

import pytest
from attrs import evolve

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.proof.domain.values import Outside
from tests.examples import share_of
from tests.proof.attack import attacked, attacked_forms, attacked_versions
from tests.proof.embedding import alone, embedded, embedded_together, loaded, others_as_one


def some(first, usual):
    return range(first, first + share_of(usual, least=3))


@pytest.mark.parametrize("over_time", [False, True], ids=["first edition", "second edition"])
def test_what_the_interpreter_does_is_a_model_of_the_formulas(over_time):
    answers = []
    for seed in some(2300, 16):
        case = loaded(seed, over_time)
        if case is not None:
            program, event, ran = case
            answers.append((seed, embedded(program, event, ran, alone(program, event))))
    assert not [seed for seed, answer in answers if answer == "unsat"]
    assert sum(answer == "sat" for _, answer in answers) > len(answers) // 2


def merged(seed, over_time):
    """How a case with members taken as one is answered, or why it is not asked."""
    case = loaded(seed, over_time)
    if case is None or isinstance(case[2], RulelangError):
        return "no run"
    program, event, ran = case
    where = others_as_one(program, event, seed)
    if len(set(where.values())) == len(where):
        return "nobody to merge"
    try:
        return embedded(program, event, ran, where)
    except Outside as outside:
        return f"outside: {outside}"


MERGING = [
    (False, 9000, 60),
    (True, 12000, 20),
]


@pytest.mark.parametrize(("over_time", "first", "usual"), MERGING, ids=["first edition", "second edition"])
def test_the_sums_of_what_many_members_do_are_a_model_too(over_time, first, usual):
    """The gate of every claim about any number of members."""
    answers = {seed: merged(seed, over_time) for seed in some(first, usual)}
    assert not [seed for seed, answer in answers.items() if answer == "unsat"]
    assert over_time or "sat" in answers.values()


def with_a_larger_loss(seed, over_time):
    """How two runs of which one has a larger loss are answered together, with members taken as one."""
    case = loaded(seed, over_time)
    if case is None or isinstance(case[2], RulelangError):
        return "no run"
    program, event, ran = case
    factor = 1 + seed % 3
    more = [evolve(loss, amount=factor * loss.amount + seed % 7 + place) for place, loss in enumerate(event.losses)]
    larger = evolve(event, losses=tuple(more))
    try:
        runs = (ran, rulelang.evaluate(program, larger))
        return embedded_together(program, (event, larger), runs, others_as_one(program, event, seed))
    except (Outside, RulelangError) as error:
        return str(error)


@pytest.mark.parametrize(("over_time", "first", "usual"), MERGING, ids=["first edition", "second edition"])
def test_two_runs_are_a_model_of_what_is_said_of_both(over_time, first, usual):
    answers = {seed: with_a_larger_loss(seed, over_time) for seed in some(first, usual // 4)}
    assert not [seed for seed, answer in answers.items() if answer == "unsat"]
    assert over_time or "sat" in answers.values()


@pytest.mark.parametrize("over_time", [False, True], ids=["first edition", "second edition"])
def test_what_is_proved_of_random_rulebooks_no_random_run_breaks(over_time):
    found = {seed: attacked(seed, over_time, 30) for seed in some(0, 8)}
    assert not {seed: broken for seed, (_, broken) in found.items() if broken}
    assert over_time or any(proved for proved, _ in found.values())


@pytest.mark.slow
@pytest.mark.parametrize("attack", [attacked_forms, attacked_versions])
def test_what_is_proved_of_rulebooks_of_every_form_no_random_run_breaks(attack):
    found = {seed: attack(seed, 3, 25) for seed in some(0, 2)}
    assert not {seed: broken for seed, (_, broken) in found.items() if broken}
    assert any(proved for proved, _ in found.values())
