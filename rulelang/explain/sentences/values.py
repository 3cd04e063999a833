"""The values that stand behind the rulebook's words.

Expressions are evaluated again only to put values beside their words; all else is told from the trail.
"""

from collections.abc import Iterator
from functools import partial

from attrs import evolve

from rulelang.base.gather import totals
from rulelang.check.expressions.walk import children, references
from rulelang.check.program import CheckedProgram
from rulelang.check.types import NUMBER
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.words import Words, bracketed, listing
from rulelang.run.expressions import Moment
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import settled
from rulelang.run.values import ONE, Who
from rulelang.syntax import nodes

_MOST_VALUES = 6


def values_of(words: Words, at: Moment, node: nodes.Expression, member: str | None = None) -> str:
    """The values of the names in an expression: ``loss is EUR 50.00 and used(junior) is EUR 3.00``."""
    found: dict[str, str] = {}
    who = ONE if member is None else (at.plan.position[member],)
    for leaf in sorted(_leaves(words.program, node), key=lambda leaf: leaf.span.start):
        text = words.program.source.phrase(leaf.span)
        if leaf.bracketed and text.startswith("("):
            text = text[1:-1].strip()
        try:
            value = settled(partial(at.column, leaf, who))[0]
            more = _beside(words, at, leaf, who)
        except (RuleViolation, KeyError):  # not needed by the run, so that nothing says it can be worked out
            continue
        found.setdefault(
            text, f"{words.value(value, words.program.types[id(leaf)].type)}{f' [{more}]' if more else ''}"
        )
    return listing([f"{text} is {value}" for text, value in list(found.items())[:_MOST_VALUES]]) if found else ""


def _beside(words: Words, at: Moment, leaf: nodes.Expression, who: Who) -> str:
    """What is told beside a value: the day by which it stands, the sums of groups, whose default it is about."""
    match leaf:
        case nodes.AsOf():
            alone = evolve(at, readings={}, known={}, defined={})
            alone.column(leaf, who)
            (*_, day), (dated, _) = next(iter((alone.readings or {}).items()))
            return f"as of {day}, {'the value of today' if dated is None else f'dated {dated}'}"
        case nodes.Aggregate(by=by) if by is not None and leaf.over != "segments":
            if words.reader is not None:  # a group is called by what its members are
                return ""
            return _groups(words, at, leaf, by)
        case nodes.RunValue(what="leaving") if who[0] is not None:
            notice = at.plan.event.past.notices.get(at.plan.event.members[who[0]])
            return "" if notice is None else f"notice dated {notice}"
        case nodes.Reference() if leaf.name in at.plan.event.with_defaulters:
            return f"with {words.ids(at.ids(at.population('defaulters')[0]))}"
        case _:
            return ""


def _groups(words: Words, at: Moment, leaf: nodes.Aggregate, by: nodes.Expression) -> str:
    """What each group comes to, the largest first."""
    members, _, inside = at.those(leaf.over, leaf.where)
    values = [1] * len(members) if leaf.operand is None else inside.column(leaf.operand, members)
    sums = totals(zip(inside.column(by, members), values, strict=True))
    type_ = NUMBER if leaf.operand is None else words.program.types[id(leaf.operand)].type
    order = sorted(sums, key=lambda group: (-sums[group], group))
    return f"by group: {listing([f'{group} {words.value(sums[group], type_)}' for group in order], _MOST_VALUES)}"


def _leaves(program: CheckedProgram, node: nodes.Expression) -> Iterator[nodes.Expression]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, nodes.Aggregate | nodes.RunValue | nodes.StepResult | nodes.PeriodValue | nodes.AsOf):
            yield current
        elif isinstance(current, nodes.Reference):
            if current.name in (*program.fields, *program.givens, *program.definitions):
                yield current
        else:
            if isinstance(current, nodes.Converted | nodes.Rounded) and current is not node:
                yield current
            waiting.extend(children(current))


def leaves(scene: Scene, node: nodes.Expression, member: str | None) -> str:
    """The values of the names in an expression, in the run as the turn met it."""
    return values_of(scene.words, scene.at, node, member)


def with_values(scene: Scene, node: nodes.Expression, member: str | None = None) -> str:
    """The words of an expression, with the values of its names in brackets."""
    values = leaves(scene, node, member)
    return f"{scene.words.quoted(node.span)}{bracketed(values)}"


def definitions(scene: Scene, member: str | None = None) -> Iterator[str]:
    """What the definitions stand for that the step names, directly or through others."""
    limits = zip(scene.step.limits, scene.turn.limit_trails, strict=True)
    idle = {id(limit.value) for limit, trail in limits if not (scene.detailed or scene.binds(trail))}
    named = [limit.value for limit in scene.step.limits if limit.named is not None]
    named_nodes = [node for node in (*children(scene.step.syntax), *named) if id(node) not in idle]
    yield from defined(scene.words, scene.at, named_nodes, member)


def defined(words: Words, at: Moment, waiting: list[nodes.Expression], member: str | None) -> Iterator[str]:
    """What the definitions stand for that nodes name, directly or through others, each once."""
    program = words.program
    told_of: set[str] = set()
    while waiting:
        names = [inner.name for inner in references(waiting.pop(0)) if inner.name in program.definitions]
        for name in sorted(set(names) - told_of):
            told_of.add(name)
            define = program.definitions[name]
            waiting.append(define.value)
            varies = program.types[id(define.value)].per_member
            plain = isinstance(define.value, nodes.Aggregate | nodes.Reference | nodes.RunValue | nodes.StepResult)
            values = "" if plain or (varies and member is None) else values_of(words, at, define.value, member)
            cite = bracketed(None if define.cite is None else define.cite.text)
            where = f", where {values}" if values else ""
            yield f"{name} is defined as {words.quoted(define.value.span)}{cite}{where}."
