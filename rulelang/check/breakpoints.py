"""How many breakpoints a rulebook may have: a bound from its form alone, without any event.

A profile follows what is paid from one breakpoint to the next.  A comparison (``min``, ``max``, ``when``, a limit) of
amounts that run one way as the loss grows has one breakpoint; one of an amount that turns round and round may have one
each time.  So where comparisons stand on comparisons that turn, each may double what is below it, and a few dozen of
them have more breakpoints than can be followed.
"""

from collections.abc import Iterable
from functools import reduce

from attrs import define, field, frozen

from rulelang.base.values import ComparedByValue
from rulelang.check.draft import Draft
from rulelang.check.expressions.walk import LITERALS, walk
from rulelang.check.order import step_expressions
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.check.types import Kind
from rulelang.syntax import nodes

MOST_BREAKPOINTS = 3_000
"""So many breakpoints a profile passes before it gives up; those of the rulebooks that ship have a dozen."""


@frozen(eq=False, repr=False)
class _Course(ComparedByValue):
    """How a value moves as one amount grows: up (1), down (-1), not at all (0), or now so and now so (``None``).

    ``bends`` are the comparisons, by number, at which its slope may change, ``turns`` those at which it may jump; in
    between it moves as ``direction`` says.
    """

    direction: int | None = 0
    bends: frozenset[int] = frozenset()
    turns: frozenset[int] = frozenset()

    def negated(self) -> "_Course":
        """The course of the value with the other sign."""
        return _Course(-self.direction, self.bends, self.turns) if self.direction else self

    def with_(self, other: "_Course") -> "_Course":
        """The course of a sum, or of something chosen from two values."""
        if other is _FIXED:
            return self
        if self is _FIXED:
            return other
        ways = {self.direction, other.direction} - {0}
        direction = 0 if not ways else next(iter(ways)) if len(ways) == 1 else None
        return _Course(direction, self.bends | other.bends, self.turns | other.turns)

    def broken_by(self, other: "_Course | None") -> "_Course":
        """The course where another value says whether, or among whom."""
        if other is None or not (other.bends or other.turns):
            return self
        return _Course(self.direction, self.bends | other.bends, self.turns | other.places)

    @property
    def places(self) -> frozenset[int]:
        """The comparisons at which the value may turn round."""
        return self.turns if self.direction is not None else self.turns | self.bends


_FIXED, _RISING = _Course(), _Course(1)


@define(slots=False, eq=False, repr=False)
class _Reckoning:
    """The courses of definitions and steps as one amount grows: the loss (``given`` ``None``) or a given.

    ``counts`` has for each comparison how many breakpoints it may have of its own, ``total`` their sum.
    """

    program: CheckedProgram
    given: str | None
    counts: list[int] = field(factory=list)
    total: int = 0
    definitions: dict[str, _Course] = field(factory=dict)
    drawn: dict[str, _Course] = field(factory=dict)
    capacities: dict[str, _Course] = field(factory=dict)
    remaining: _Course = _FIXED

    def first_beyond(self, most: int) -> StepProgram | None:
        """The first step behind which there may be more than so many breakpoints."""
        self.remaining = _RISING if self.given is None else _FIXED
        for step in self.program.each_step():
            self._pass(step)
            if self.total > most:
                return step
        return None

    def _pass(self, step: StepProgram) -> None:
        before = self.remaining
        limits = [self._of(limit.value) for limit in step.limits]
        if step.pot is not None:
            limits.append(_RISING if step.pot.name == self.given else _FIXED)
        capacity = reduce(self._compared, limits) if limits else before
        drawn = self._compared(before, capacity) if limits else before
        left = before.with_(capacity.negated()) if limits else _FIXED
        order = None if step.order is None else step.order.value
        split = None if step.pot is None else step.pot.split_by
        key = step.key if isinstance(step.key, nodes.Expression) else None
        for part in (step.condition, step.where, order, split, key):
            moved = None if part is None else self._of(part)
            drawn, left = drawn.broken_by(moved), left.broken_by(moved)
        if step.condition is not None and not limits:
            left = left.with_(before)
        self.drawn[step.name], self.capacities[step.name] = drawn, capacity
        self.remaining = _Course(left.direction, left.bends | drawn.bends, left.turns) if drawn.bends else left

    def _compared(self, one: _Course, other: _Course) -> _Course:
        """The smaller or the larger of two values."""
        both, crossings = one.with_(other), self._crossings(one, other)
        return _Course(both.direction, both.bends | crossings, both.turns) if crossings else both

    def _crossings(self, one: _Course, other: _Course) -> frozenset[int]:
        """A comparison of two values, entered with the breakpoints that it may have."""
        if one is _FIXED and other is _FIXED:
            return frozenset()
        difference = one.with_(other.negated())
        if not difference.direction and not difference.places:
            return frozenset()
        self.counts.append(1 + sum(self.counts[place] for place in difference.places))
        self.total += self.counts[-1]
        return frozenset({len(self.counts) - 1})

    def _of(self, node: nodes.Expression) -> _Course:
        """The course of an expression."""
        match node:
            case nodes.Reference(name=name):
                return self._named(name)
            case nodes.RunValue() | nodes.StepResult():
                return self._of_the_run(node)
            case nodes.Negative(operand=operand) | nodes.Negated(operand=operand):
                return self._of(operand).negated()
            case nodes.Arithmetic(operator=operator, left=left, right=right):
                return self._arithmetic(operator, left, right)
            case nodes.Comparison(left=left, right=right):
                found = self._crossings(self._of(left), self._of(right))
                return _Course(0, found, found)
            case nodes.Connective(left=left, right=right):
                return self._of(left).with_(self._of(right))
            case nodes.Conditional(condition=condition, then=then, otherwise=otherwise):
                return self._of(then).with_(self._of(otherwise)).broken_by(self._of(condition))
            case nodes.Call(arguments=arguments):
                return reduce(self._compared, map(self._of, arguments))
            case nodes.Aggregate(operand=operand, where=where):
                inner = _FIXED if operand is None else self._of(operand)
                return inner.broken_by(None if where is None else self._of(where))
            case _:
                assert isinstance(node, LITERALS), node
                return _FIXED

    def _of_the_run(self, node: nodes.RunValue | nodes.StepResult) -> _Course:
        if isinstance(node, nodes.RunValue):
            loss = _RISING if self.given is None else _FIXED
            paid = loss.with_(self.remaining.negated())
            return {"loss": loss, "remaining": self.remaining, "total_paid": paid}.get(node.what, _FIXED)
        drawn = self._of_step(self.drawn, node.step.text)
        if node.what == "unused":
            return self._of_step(self.capacities, node.step.text).with_(drawn.negated())
        return drawn

    def _named(self, name: str) -> _Course:
        definition = self.program.definitions.get(name)
        if definition is None:
            return _RISING if name == self.given else _FIXED
        if name not in self.definitions:
            self.definitions[name] = self._of(definition.value)
        return self.definitions[name]

    def _of_step(self, courses: dict[str, _Course], name: str) -> _Course:
        step = self.program.step_named(name)
        return _FIXED if step is None else courses.get(step.name, _FIXED)

    def _arithmetic(self, operator: str, left: nodes.Expression, right: nodes.Expression) -> _Course:
        one, other = self._of(left), self._of(right)
        if operator == "-":
            return one.with_(other.negated())
        both = one.with_(other)
        if operator == "+" or both == _FIXED:
            return both
        factor = right if other == _FIXED else left if one == _FIXED and operator != "/" else None
        sure = factor is not None and not any(_may_be_negative(inner) for inner in walk(factor))
        return both if sure else _Course(None, both.bends, both.turns)


def _may_be_negative(node: nodes.Expression) -> bool:
    return isinstance(node, nodes.Negative) or (isinstance(node, nodes.Arithmetic) and node.operator == "-")


def multiplying_breakpoints(draft: Draft, program: CheckedProgram) -> None:
    """Comparisons that stand on comparisons may have more breakpoints than a profile passes."""
    if _comparisons(program) < MOST_BREAKPOINTS.bit_length():
        return  # each of them can at most double what there is
    amounts = [name for name, datum in program.givens.items() if datum.type.kind is Kind.MONEY]
    for given in (None, *amounts):
        step = _Reckoning(program, given).first_beyond(MOST_BREAKPOINTS)
        if step is not None:
            moved = "the loss" if given is None else f"`{given}`"
            with draft.inside("waterfall", step.name, citation=step.citation):
                draft.report(
                    "multiplying-breakpoints",
                    f"as {moved} grows, what is paid up to `{step.name}` may have more than {MOST_BREAKPOINTS:,} "
                    "breakpoints",
                    step.span,
                    help="a profile of it, a comparison or a report may have to stop early; let fewer `min`, `max` and "
                    "`if` stand on each other",
                )
            return


def _comparisons(program: CheckedProgram) -> int:
    """How many comparisons there are at most, those that a step makes with its limits included."""
    parts: Iterable[nodes.Expression] = (
        *(part for step in program.each_step() for part in step_expressions(step)),
        *(section.value for section in program.definitions.values()),
    )
    made = (nodes.Comparison, nodes.Call)
    calls = [inner for part in parts for inner in walk(part) if isinstance(inner, made)]
    limits = sum(1 + len(step.limits) for step in program.each_step())
    return limits + sum(len(inner.arguments) if isinstance(inner, nodes.Call) else 1 for inner in calls)
