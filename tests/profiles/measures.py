"""How profiles are held against the interpreter: at whole values of the variable, turn by turn and payer by payer."""

import functools
import random
from collections import Counter, defaultdict
from fractions import Fraction

from attrs import evolve

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.profiles.profile import reach
from rulelang.profiles.variable import amounts_given, find_variable
from rulelang.run.interpret import interpret
from rulelang.run.plan import make_plan
from tests.oracle.generate import generate
from tests.properties.worlds import load


@functools.cache
def world_of(seed, *, over_time=False):
    """A random program and event, ``None`` if the case does not check; without what is claimed, which pays nothing."""
    try:
        program, event = load(generate(seed, over_time))
    except RulelangError:
        return None
    return evolve(program, ensures=(), assumes=()), event


def words_of(program, event):
    """All that may vary: the loss, the first defaulter, every given amount."""
    known = amounts_given(program)
    amounts = [name + (f".{segment}" if segment else "") for name, segment in event.givens if name in known]
    return ["loss", *event.defaulters[:1], *amounts] if event.losses else amounts


def profiles_of(program, event, words=None):
    """For each word the profile as far as it goes, and what stopped it."""
    plan = make_plan(program, event)
    for word in words_of(program, event) if words is None else words:
        profile, error = reach(plan, find_variable(plan, word))
        yield word, profile, error


def places(profile, seed, count, every=None):
    """Whole values: on and beside every breakpoint (or a sample of so many), and random ones between and behind."""
    rng = random.Random(seed)
    breaks = sorted({knot.at for curve in profile.curves().values() for knot in curve} | {*profile.spots})
    breaks += [piece.start for piece in profile.pieces]
    if every is not None and len(breaks) > every:
        breaks = rng.sample(breaks, every)
    last = profile.stop if profile.stop is not None else 2 * max(breaks) + 1000
    near = {whole(at) + more for at in breaks for more in (-1, 0, 1, 2)}
    found = near | {rng.randint(0, whole(last)) for _ in range(count)}
    return sorted(t for t in found if t >= 0 and (profile.stop is None or t < profile.stop))


def whole(value):
    return Fraction(value).numerator // Fraction(value).denominator


def charged(profile, t):
    """What the interpreter charges at a value: by step, segment and payer; or the code with which it refuses."""
    try:
        allocation = interpret(profile.plan.program, profile.variable.event_at(t))
    except rulelang.RunError as error:
        return error.diagnostics[0].code
    found = defaultdict(int)
    for a in allocation.allotments:  # of all passes and rounds
        found[a.step, a.segment, a.payer] += a.amount
    return dict(found)


def roundings(profile, t):
    """How often a run at a value rounds what a payer of a turn pays: in each pass and round."""
    return Counter(turn.turn.key for turn in profile.piece_at(t).turns if turn.payments is not None)


def flat(amounts):
    """Amounts by turn and payer in one table, without zeros."""
    return {(*key, payer): amount for key, paid in amounts.items() for payer, amount in paid.items() if amount}


def differences(profile, values):
    """Where a run is not what the profile says it is, in words; ``checked`` counts the runs held against it."""
    slack, doubts, found = profile.exactness.slack, profile.exactness.doubts, []
    checked = defaultdict(int)
    for t in values:
        if any(doubt.holds_at(t) for doubt in doubts):
            checked["in doubt"] += 1
            continue
        real = charged(profile, t)
        if isinstance(real, str):
            found.append(f"at {t} the run refuses: {real}")
            continue
        exact, units, rounded = flat(profile.exact(t)), flat(profile.units(t)), roundings(profile, t)
        checked["exact" if not slack else "with slack"] += 1
        if not slack and units != real:
            found.append(f"at {t} the units are {units}, the run has {real}")
        for key in {*exact, *real}:
            share, paid = exact.get(key, 0), real.get(key, 0)
            room, often = slack.get(key[:2], 0), rounded[key[:2]] or 1
            whole_share = room == 0 and often == 1 and Fraction(share).denominator == 1
            if (whole_share and share != paid) or abs(share - paid) >= often + room:
                found.append(f"at {t} {key} pays {share}, the run has {paid}, slack {room}")
    return found, checked
