"""Random rulebooks with claims about them; random runs attack what is proved.

``python -m tests.proof.attack FIRST COUNT`` attacks so many rulebooks of every form, and as many pairs of versions.
"""

import itertools
import random
import re
import sys
from pathlib import Path

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.proof.claims.both_versions import comparison_question
from rulelang.proof.claims.claims import Played
from rulelang.proof.claims.questions import QUESTIONS_OF_PAIR, claim_of, questions_of
from rulelang.proof.claims.verdict import Proved
from rulelang.proof.domain.values import Outside
from rulelang.proof.proof import assumptions_of
from rulelang.proof.settle import FURTHER, WITHDRAWALS, _Settling
from rulelang.proof.solving.ladder import Setting, decide
from rulelang.proof.solving.solver import solver
from rulelang.proof.worlds.families import any_number, days_of
from rulelang.run.rule_violation import RuleViolation
from tests.oracle.random_event import Generator
from tests.oracle.random_over_time_event import OverTimeGenerator
from tests.oracle.random_parts import GiveUp
from tests.proof.any_event import AnyEvent
from tests.proof.forms import Forms

SECONDS = 1
_FEW = 12
"""How many small events a random claim has to survive before it is asked: then it looks true."""
_DRAWS = 6
"""How many claims are drawn for each that is asked."""
_BUILT_IN = 4
"""How many of the questions that are asked of any rulebook are asked of each."""
_LONG = 4
"""How long the solver may work on a claim about a rulebook of any form, in seconds."""


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


# ------------------------------------------------------------------------------------------------ of every form


def attacked_forms(seed, claims, runs):
    """Claims about a random rulebook of any form that are proved, and those of them that a run breaks."""
    forms = Forms(seed)
    text = forms.rulebook()
    plain = read(text)
    if plain is None:
        return [], []
    events = [event for event in (_event(forms.r, [plain], survivors=3) for _ in range(_FEW)) if event]
    proved, asked = [], 0
    built_in = [one for one in questions_of(plain) if not one.name.startswith("ensure.")]
    for question in forms.r.sample(built_in, min(_BUILT_IN, len(built_in))):
        claim = claim_of(question, [plain])
        if not any(_is_shown(claim, event) for event in events):
            proved += _proof(claim)
    for _ in range(_DRAWS * claims):
        program = read(text + forms.claim()) if asked < claims else None
        if program is None:
            continue
        claim = claim_of(questions_of(program)[0], [program])
        if not any(_is_shown(claim, event) for event in events):
            asked += 1
            proved += _proof(claim)
    return _broken(forms.r, [plain], proved, runs)


def attacked_versions(seed, claims, runs):
    """The same of a random rulebook and another version of it."""
    forms = Forms(f"versions {seed}")
    text = forms.rulebook()
    programs = [read(text), read(forms.mutant(text))]
    if None in programs:
        return [], []
    questions = [*QUESTIONS_OF_PAIR, *(comparison_question(forms.comparison(), n) for n in range(claims))]
    proved = []
    for question in questions:
        try:
            proved += _proof(claim_of(question, programs))
        except RulelangError:
            continue  # an amount is compared with a number, or a step is there no more
    return _broken(forms.r, programs, proved, runs)


def read(text):
    try:
        return rulelang.parse_rulebook(text, "rulebook.rules")
    except RulelangError:
        return None


def _proof(claim):
    """A claim with the scope for which it is proved, any number of members and to the unit or within some, if it is."""
    assumptions = assumptions_of(claim.programs)
    settling = _Settling(claim, assumptions, _LONG, None, {})
    setting = Setting(settling.names, assumptions, linear_only=True)
    try:
        settling.days = days_of(claim.programs)
    except Outside:
        return
    with solver().within(_LONG):
        for scope, family, how in settling._first(setting):
            try:
                decided = settling._decide(family, how)
            except Outside:
                return
            if decided.proved:
                verdict = settling._proved(scope, decided, family, how)
                assert isinstance(verdict, Proved)
                if verdict.scope.within and not hasattr(claim, "units"):
                    return  # what a run shows of it may be a few units
                if verdict.scope.within:
                    claim.units = verdict.scope.within
                yield claim, verdict.scope
                return


def _broken(chance, programs, proved, runs):
    """What is proved, and what a random run breaks of it with the event."""
    broken = []
    for _ in range(runs if proved else 0):
        left_out = {words for words in (FURTHER, WITHDRAWALS) if chance.random() < 0.75}
        if programs[0].in_turn:
            left_out.add(FURTHER)
        events = _event(chance, programs, survivors=chance.choice([3, 5, 8]), left_out=left_out)
        there = {FURTHER, WITHDRAWALS} - left_out
        for claim, scope in proved if events else ():
            if not there & set(scope.without) and _is_shown(claim, events):
                broken.append((claim.question.text, scope, events))
    return [claim.question.text for claim, _ in proved], broken


def _event(chance, programs, *, survivors, left_out=(FURTHER, WITHDRAWALS)):
    """A random event as each version reads it, and one of a larger loss as the first does (``None``: it fits none)."""
    text = AnyEvent(programs[0], chance, survivors).text(
        further=FURTHER not in left_out,
        withdrawals=WITHDRAWALS not in left_out,
        most_defaulters=2 if programs[0].in_turn else 3,
    )
    try:
        return [
            *(read_event(text, program) for program in programs),
            read_event(larger_event(chance, text), programs[0]),
        ]
    except RulelangError:
        return None


def read_event(text, program):
    return check_event(SourceText.from_text(text, "event.event", Path("event.event").absolute()), program)


def larger_event(chance, text):
    """The event with more of one of its losses."""
    lines = text.splitlines()
    place = chance.choice([place for place, line in enumerate(lines) if re.search(r"^default of| loss ", line)])
    lines.insert(place, lines[place])
    if chance.random() < 0.5:
        lines[place] = re.sub(
            r"[0-9.]+$", lambda found: str(int(float(found[0])) + chance.choice([1, 2, 7])), lines[place]
        )
    return "\n".join(lines)


def _is_shown(claim, events):
    """Whether runs show that a claim is broken; one that stops shows nothing, nor does a side without a value."""
    *events, larger = events
    if claim.larger_loss:
        events = [events[0], larger]
        if len(events[0].defaulters) > 1:
            return False
    ran = []
    try:
        for program, event in zip(claim.programs, events, strict=True):
            try:
                ran.append(rulelang.evaluate(program, event))
            except RulelangError as error:
                if claim.of_runs_that_end:
                    return False
                ran.append(error)
        obeyed = all(one.holds for run in ran if not isinstance(run, RulelangError) for one in run.assumes)
        return obeyed and claim.seen(Played(ran, events)) is not None
    except (RulelangError, RuleViolation):
        return False


def main(first, count):
    for seed in range(first, first + count):
        for attack in (attacked_forms, attacked_versions):
            proved, broken = attack(seed, 10, 200)
            print(seed, attack.__name__, len(proved), "proved", len(broken), "broken", *broken[:2], flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
