"""Random rulebooks with claims about the order of their steps and about limits; random runs attack what is proved."""

import itertools
import random
from pathlib import Path

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.proof.asking import claim_of
from rulelang.proof.families import any_number, days_of
from rulelang.proof.ladder import Setting, decide
from rulelang.proof.questions import questions_of
from rulelang.proof.values import Outside
from tests.oracle.random_event import Generator
from tests.oracle.random_over_time_event import OverTimeGenerator
from tests.oracle.random_parts import GiveUp

SECONDS = 1


def claimed(text, plain):
    """A rulebook with claims written behind it: of two steps the later pays when the earlier is exhausted, and caps."""
    zero = f"{plain.currency.code} 0"
    claims = []
    names = list(plain.steps)
    for earlier, later in itertools.pairwise(names):
        claims.append(f'ensure "{earlier} before {later}": used({later}) = {zero} or unused({earlier}) = {zero}')
        claims.append(f'ensure "{later} before {earlier}": used({earlier}) = {zero} or unused({later}) = {zero}')
    for name, step in plain.steps.items():
        for limit in step.each_limits:
            if step.payers == "survivors" and not step.per_segment:
                words = plain.source.phrase(limit.value.span)
                claims.append(f'ensure "cap of {name}" for survivors: paid({name}) <= {words}')
    found = plain
    for claim in claims:
        try:
            found = rulelang.parse_rulebook(f"{text}\n{claim}\n", "rulebook.rules")
        except RulelangError:
            continue  # `unused` of the unlimited, or another claim that has no meaning
        text = f"{text}\n{claim}\n"
    return found


def attacked(seed, over_time, runs):
    """The claims about one rulebook that are proved for any number of members, and those of them that a run breaks."""
    g = (OverTimeGenerator if over_time else Generator)(random.Random(f"attack {seed}"))
    try:
        text = g.rulebook()
        program = claimed(text, rulelang.parse_rulebook(text, "rulebook.rules"))
    except (GiveUp, RulelangError):
        return [], []
    proved = [question for question in questions_of(program) if _is_proved(question, program)]
    broken = []
    for _ in range(runs if proved else 0):
        ran = _run(g, program)
        if ran is not None:
            broken += [question.name for question in proved if _breaks(question, ran)]
    return [question.name for question in proved], broken


def _is_proved(question, program):
    if not question.name.startswith("ensure."):
        return False
    try:
        defaulters = 1 if program.in_turn else None
        claim, setting = claim_of(question, [program]), Setting([{}], linear_only=True)
        return decide(claim, any_number([program], [{}], defaulters), days_of([program]), setting, SECONDS).proved
    except Outside:
        return False


def _run(g, program):
    try:
        build = g.event()
        total = g.r.choice([g.units(), g.units() * 3, g.units() * 10, sum(g.palette) * 4])
        text = build(g.losses(max(total, 1)))
        source = SourceText.from_text(text, "event.event", Path("event.event").absolute())
        event = check_event(source, program, lambda p, s: SourceText.from_text(g.files[p.name], s, p))
        if event.withdrawals or any(loss.further for loss in event.losses):
            return None
        if program.in_turn and len(event.defaulters) > 1:
            return None
        return rulelang.evaluate(program, event)
    except (GiveUp, RulelangError):
        return None


def _breaks(question, ran):
    return not ran.ensures[question.about].holds
