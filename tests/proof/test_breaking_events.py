"""Each event that breaks a claim is a model of the worlds for which it would be proved."""

import random

import pytest

from rulelang.base.diagnostic import RulelangError
from rulelang.proof.claims.both_versions import comparison_question
from rulelang.proof.claims.questions import QUESTIONS_OF_PAIR, claim_of, questions_of
from rulelang.proof.domain.values import Outside
from rulelang.proof.worlds.families import days_of
from tests.examples import mostly_slow
from tests.proof.any_event import AnyEvent
from tests.proof.attack import larger_event, read, read_event
from tests.proof.breaking import Breaking, is_broken
from tests.proof.forms import Forms

pytest.importorskip("z3")

CLAIMS = 4
EVENTS = 3


def claims_about(forms, text, plain):
    """Random claims about a rulebook and about it and another version, and what may be asked of any."""
    programs = [read(text + forms.claim()) for _ in range(CLAIMS)]
    claims = [claim_of(questions_of(one)[0], [one]) for one in programs if one is not None]
    asked = [one for one in questions_of(plain) if one.name not in ("never-refuses", "assumptions-hold")]
    claims += [claim_of(one, [plain]) for one in asked]
    other = read(forms.mutant(text))
    for question in [*QUESTIONS_OF_PAIR, comparison_question(forms.comparison(), 1)] if other is not None else ():
        try:
            claims.append(claim_of(question, [plain, other]))
        except RulelangError:  # it names what one version has not
            continue
    return claims


def answers(seed):
    """What comes of each random event that breaks a claim about a random rulebook."""
    forms, chance = Forms(f"breaking {seed}"), random.Random(f"breaking {seed}")
    text = forms.rulebook()
    plain = read(text)
    try:
        days_of([] if plain is None else [plain])
    except Outside:
        return
    for claim in [] if plain is None else claims_about(forms, text, plain):
        for _ in range(EVENTS):
            further, withdrawals = chance.random() < 0.15, chance.random() < 0.15
            event = AnyEvent(plain, chance, 5).text(further=further, withdrawals=withdrawals)
            larger = larger_event(chance, event)
            try:
                texts = (event, larger) if claim.larger_loss else (event, event)
                events = [read_event(text, one) for text, one in zip(texts, claim.programs, strict=False)]
                if not is_broken(claim, events):
                    continue
                breaking = Breaking(claim, events)
                yield claim.question.text, event, breaking.alone(), breaking.others_as_one()
            except (RulelangError, Outside):
                continue


@pytest.mark.parametrize("seed", mostly_slow((3, 1, 2, 4, 5, 6, 7), every=7))
def test_an_event_that_breaks_a_claim_is_a_model(seed):
    tried = list(answers(seed))
    assert len(tried) > 3, "hardly anything breaks a claim"
    for claim, event, *found in tried:
        assert "unsat" not in found, (claim, event)
    assert any(found == ["sat", "sat"] for _, _, *found in tried)
