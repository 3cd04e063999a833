"""The values that stand behind the rulebook's words.

Expressions are evaluated again only to put values beside their words; all else is told from the trail.
"""

from collections.abc import Iterator
from functools import partial

from rulelang.check.expressions.walk import children, references
from rulelang.check.program import CheckedProgram
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.words import Words, bracketed, listing
from rulelang.run.expressions import Moment
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import settled
from rulelang.run.values import ONE
from rulelang.syntax import nodes

_MOST_VALUES = 6


def values_of(words: Words, ev: Moment, node: nodes.Expression, member: str | None = None) -> str:
    """The values of the names in an expression: ``loss is EUR 50.00 and used(junior) is EUR 3.00``."""
    found: dict[str, str] = {}
    who = ONE if member is None else (ev.plan.position[member],)
    for leaf in sorted(_leaves(words.program, node), key=lambda leaf: leaf.span.start):
        text = words.program.source.phrase(leaf.span)
        if leaf.bracketed and text.startswith("("):
            text = text[1:-1].strip()
        try:
            value = settled(partial(ev.column, leaf, who))[0]
        except (RuleViolation, KeyError):  # not needed by the run, so that nothing says it can be worked out
            continue
        found.setdefault(text, words.value(value, words.program.types[id(leaf)].type.kind))
    return listing([f"{text} is {value}" for text, value in list(found.items())[:_MOST_VALUES]]) if found else ""


def _leaves(program: CheckedProgram, node: nodes.Expression) -> Iterator[nodes.Expression]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, nodes.Aggregate | nodes.RunValue | nodes.StepResult):
            yield current
        elif isinstance(current, nodes.Reference):
            if current.name in (*program.fields, *program.givens, *program.definitions):
                yield current
        else:
            waiting.extend(children(current))


def leaves(scene: Scene, node: nodes.Expression, member: str | None = None) -> str:
    """The values of the names in an expression, in the run as the turn met it."""
    return values_of(scene.words, scene.at, node, member)


def with_values(scene: Scene, node: nodes.Expression, member: str | None = None) -> str:
    """The words of an expression, with the values of its names in brackets."""
    values = leaves(scene, node, member)
    return f"{scene.words.quoted(node.span)}{bracketed(values)}"


def definitions(scene: Scene, member: str | None = None) -> Iterator[str]:
    """What the definitions stand for that the step names, directly or through others."""
    program, words = scene.program, scene.words
    limits = zip(scene.step.limits, scene.turn.limit_trails, strict=True)
    idle = {id(limit.value) for limit, trail in limits if not (scene.detailed or scene.binds(trail))}
    waiting = [node for node in children(scene.step.syntax) if id(node) not in idle]
    told_of: set[str] = set()
    while waiting:
        names = [inner.name for inner in references(waiting.pop(0)) if inner.name in program.definitions]
        for name in sorted(set(names) - told_of):
            told_of.add(name)
            define = program.definitions[name]
            waiting.append(define.value)
            varies = program.types[id(define.value)].per_member
            plain = isinstance(define.value, nodes.Aggregate | nodes.Reference | nodes.RunValue | nodes.StepResult)
            values = "" if plain or (varies and member is None) else leaves(scene, define.value, member)
            cite = bracketed(None if define.cite is None else define.cite.text)
            where = f", where {values}" if values else ""
            yield f"{name} is defined as {words.quoted(define.value.span)}{cite}{where}."
