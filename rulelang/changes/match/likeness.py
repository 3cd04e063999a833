"""How alike two steps are, as an exact fraction from 0 to 1: clause by clause, and in the words of name and title.

Each part of a step is a bag of labels (a limit's shape, the nodes of its expression); two bags agree as far as they
have labels in common.  Agreement in the clauses weighs three quarters, in the words one quarter, so that two steps that
say the same are alike whatever they are called.
"""

import re
from collections import Counter
from collections.abc import Hashable, Mapping
from fractions import Fraction

from attrs import fields

from rulelang.changes.match.canonical import Reading
from rulelang.check.expressions.walk import walk
from rulelang.check.program import StepProgram
from rulelang.syntax import nodes

THRESHOLD = Fraction(3, 4)
"""Two steps of different names are taken for one if they are at least so alike."""
MUCH = Fraction(1, 4)
"""By so much another step has to be more alike before a name counts as used for another step."""
_CLAUSES = Fraction(3, 4)
_WEIGHTS = {
    "kind": 2,
    "payers": 2,
    "pot": 2,
    "limits": 2,
    "where": 1,
    "sharing": 1,
    "order": 1,
    "guards": 1,
    "scope": 1,
}
_WEIGHED = frozenset(
    """
    name kind title citation former_names payers where pot limits key reallocates order per_segment scope losses_met
    condition force discretion
    """.split()
)
"""Fields of a step that :func:`_bags` puts in their place, or that say nothing of likeness; others are guards."""
_WORD = re.compile(r"\w+")

Bag = Counter[Hashable]


def common_share(one: Bag, other: Bag) -> Fraction:
    """Twice what two bags have in common, over all they hold: 1 if they are equal, empty ones included."""
    total = one.total() + other.total()
    return Fraction(2 * (one & other).total(), total) if total else Fraction(1)


class Likeness:
    """The likeness of steps of two rulebooks; what is worked out of one step is kept."""

    def __init__(self, old: Reading, new: Reading) -> None:
        """Both rulebooks, read with the names that are known to mean the same."""
        self._readings = (old, new)
        self._known: tuple[dict[str, Mapping[str, Bag]], dict[str, Mapping[str, Bag]]] = ({}, {})

    def __call__(self, old: StepProgram, new: StepProgram) -> Fraction:
        """How alike a step of the old rulebook and one of the new rulebook are."""
        one, other = self._bags(0, old), self._bags(1, new)
        parts = [part for part in _WEIGHTS if one[part] or other[part]]
        agreed = sum((_WEIGHTS[part] * common_share(one[part], other[part]) for part in parts), Fraction(0))
        clauses = agreed / sum(_WEIGHTS[part] for part in parts)
        return _CLAUSES * clauses + (1 - _CLAUSES) * common_share(one["words"], other["words"])

    def _bags(self, side: int, step: StepProgram) -> Mapping[str, Bag]:
        known = self._known[side]
        if step.name not in known:
            known[step.name] = _bags(self._readings[side], step)
        return known[step.name]


def _bags(reading: Reading, step: StepProgram) -> dict[str, Bag]:
    """The labels of each part of a step."""
    bags: dict[str, Bag] = {part: Counter() for part in _WEIGHTS}
    bags["kind"][step.kind] += 1
    bags["payers"][reading.token(step.payers)] += 1
    bags["words"] = Counter(_WORD.findall(f"{step.name.replace('_', ' ')} {step.title or ''}".lower()))
    bags["where"] = _labels(reading, step.where)
    if step.pot is not None:
        bags["pot"] = _labels(reading, step.pot.split_by)
        bags["pot"][reading.token(step.pot.name)] += 1
    for limit in step.limits:
        bags["limits"][reading.meaning(limit, without=("value", "in_each_segment"))] += 1
        bags["limits"] += _labels(reading, limit.value)
    if step.key is not None:
        bags["sharing"] = Counter([step.key]) if isinstance(step.key, str) else _labels(reading, step.key)
        bags["sharing"][step.reallocates] += 1
    if step.order is not None:
        ranks = None if step.order.ranks is None else frozenset(step.order.ranks.items())
        bags["order"] = _labels(reading, step.order.value)
        bags["order"][step.order.highest, ranks] += 1
    bags["guards"] = _labels(reading, step.condition)
    for guard in (step.force, step.discretion):
        bags["guards"][guard] += guard is not None
    bags["scope"]["per segment"] += step.per_segment
    bags["scope"][step.scope] += step.scope is not None
    bags["scope"][step.losses_met] += step.losses_met != "defaults"
    for part in fields(StepProgram):
        if part.eq and part.name not in _WEIGHED and (value := getattr(step, part.name)):
            bags["guards"][part.name, reading.meaning(value)] += 1
    return {part: +bag for part, bag in bags.items()}


def _labels(reading: Reading, node: nodes.Expression | None) -> Bag:
    """The nodes of an expression, each by its class and the words that are its own."""
    return Counter(_label(reading, inner) for inner in ([] if node is None else walk(node)))


def _label(reading: Reading, node: nodes.Expression) -> Hashable:
    if isinstance(node, nodes.Reference):
        return reading.token(node.name)
    if isinstance(node, nodes.StepResult):
        return (node.what, reading.token(node.step.text))
    if isinstance(node, nodes.PeriodValue):
        return (node.what, reading.token(node.period.text))
    values = (getattr(node, part.name) for part in fields(type(node)) if part.eq)
    return (type(node).__name__, *(value for value in values if isinstance(value, str | bool)))
