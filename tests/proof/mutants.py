"""One clause of a rulebook swapped, dropped or loosened: told by its words, so that it is found in a later text."""

import itertools
import re

import rulelang
from rulelang.check.program import steps_of
from rulelang.syntax import nodes

_DROPPED = (nodes.UpTo, nodes.When, nodes.OnceDuring, nodes.InForce, nodes.InOrder, nodes.ForLosses)


def read(text):
    return rulelang.parse_rulebook(text, "mutant.rules")


def mutants(program):
    """What may be done to a rulebook, each as three words: what, and to what."""
    for step in program.each_step():
        for clause in step.syntax.clauses:
            words = program.source.phrase(clause.span)
            yield from ([what, step.name, words] for what in _done_to(clause, words))
    names = [steps_of(stage)[0].name for stage in program.stages]
    yield from (["swap", *two] for two in itertools.pairwise(names))
    for name, limit in program.limits.items():
        if "%" in (words := program.source.phrase(limit.value.span)):
            yield ["loosen limit", name, words]


def _done_to(clause, words):
    if isinstance(clause, nodes.UpTo) and "%" in words:
        yield "loosen"
    if isinstance(clause, _DROPPED):
        yield "drop"
    if isinstance(clause, nodes.PaidBy):
        yield from (f"drop {part}" for part in ("where", "pot") if getattr(clause, part) is not None)


def mutated(text, mutation):
    """The text of a mutant."""
    what, one, other = mutation
    program = read(text)
    if what == "loosen limit":
        span = program.limits[one].value.span
        return _put(text, span.start, span.end, _loosened(other))
    if what == "swap":
        first, second = (_stage(program, name).syntax for name in (one, other))
        mine, yours = text[first.span.start : first.span.end], text[second.span.start : second.span.end]
        between = text[first.span.end : second.span.start]
        return _put(text, first.span.start, second.span.end, yours + between + mine)
    clauses = program.steps[one].syntax.clauses
    clause = next(each for each in clauses if program.source.phrase(each.span) == other)
    if what == "drop":
        return _put(text, clause.span.start, clause.span.end, "")
    if what == "loosen":
        return _put(text, clause.span.start, clause.span.end, _loosened(other))
    part = clause.where if what == "drop where" else clause.pot
    start = text.rindex("where", 0, part.span.start) if what == "drop where" else text.rindex("from", 0, part.span.end)
    return _put(text, start, part.span.end, "")


def _stage(program, name):
    return next(stage for stage in program.stages if steps_of(stage)[0].name == name)


def _loosened(words):
    return re.sub(r"(\d+(?:\.\d+)?)%", lambda found: f"{float(found[1]) * 3:g}%", words)


def _put(text, start, end, words):
    return text[:start] + words + text[end:]
