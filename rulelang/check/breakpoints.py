"""How many breakpoints a rulebook may have: a bound from its form alone, without any event.

A profile follows what is paid from one breakpoint to the next.  A comparison (``min``, ``max``, ``when``, a limit) of
amounts that run one way as the loss grows has one breakpoint; one of an amount that turns round and round may have one
each time.  So where comparisons stand on comparisons that turn, each may double what is below it, and a few dozen of
them have more breakpoints than can be followed.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property, reduce
from typing import NamedTuple

from rulelang.base.values import Gathering, part
from rulelang.check.draft import Draft
from rulelang.check.expressions.walk import children, walk
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.check.types import Kind
from rulelang.syntax import nodes

MOST_BREAKPOINTS = 3_000
"""So many breakpoints a profile passes before it gives up; those of the rulebooks that ship have a dozen."""


_LANE = 16
"""The bits of one count.  Amounts are reckoned side by side: one whole number holds a count for each of them."""


class _Course(NamedTuple):
    """How a value moves as one amount or another grows.

    ``up`` and ``down`` have the lowest bit of the lane of each amount with which it rises or falls; with one that is
    in both, it moves now so and now so.  ``bends`` are the comparisons, by number, at which its slope may change,
    ``turns`` those at which it may jump; in between it moves as ``up`` and ``down`` say.
    """

    up: int = 0
    down: int = 0
    bends: int = 0
    turns: int = 0

    @property
    def fixed(self) -> bool:
        """Whether it is the same however much the amounts grow."""
        return not (self.up or self.down or self.bends or self.turns)

    def negated(self) -> "_Course":
        """The course of the value with the other sign."""
        return _Course(self.down, self.up, self.bends, self.turns)

    def with_(self, other: "_Course") -> "_Course":
        """The course of a sum, or of something chosen from two values."""
        return _Course(self.up | other.up, self.down | other.down, self.bends | other.bends, self.turns | other.turns)

    def broken_by(self, other: "_Course | None") -> "_Course":
        """The course where another value says whether, or among whom."""
        if other is None:
            return self
        places = other.turns | (other.bends if other.up & other.down else 0)
        return self._replace(bends=self.bends | other.bends, turns=self.turns | places)


_FIXED = _Course()


def _bits(mask: int) -> Iterator[int]:
    """The places of the bits of a mask."""
    while mask:
        yield (mask & -mask).bit_length() - 1
        mask &= mask - 1


class _Reckoning(Gathering):
    """The courses of definitions and steps as the loss grows (lane 0) or one of the givens that are amounts.

    ``counts`` has for each comparison how many breakpoints it may have of its own, ``total`` their sum: a lane for
    each amount.  Nothing is added to one that is ``beyond`` the bound, so that no lane overflows.
    """

    program: CheckedProgram
    amounts: Mapping[str | None, _Course]
    remaining: _Course
    counts: list[int] = part(factory=list)
    total: int = 0
    beyond: int = 0
    definitions: dict[str, _Course] = part(factory=dict)
    drawn: dict[str, _Course] = part(factory=dict)
    capacities: dict[str, _Course] = part(factory=dict)

    @cached_property
    def lanes(self) -> int:
        """The lowest bit of each lane."""
        return sum(amount.up for amount in self.amounts.values())

    def first_beyond(self) -> tuple[StepProgram, str | None] | None:
        """The first step behind which there may be too many breakpoints, and the amount that grows: the loss first."""
        found: dict[int, StepProgram] = {}
        for step in self.program.each_step():
            self._pass(step)
            for place in _bits(self.beyond):
                found.setdefault(place, step)
            if 0 in found:
                break
        return (found[min(found)], list(self.amounts)[min(found) // _LANE]) if found else None

    def _pass(self, step: StepProgram) -> None:
        before = self.remaining
        limits = [self._of(limit.value) for limit in step.limits]
        if step.pot is not None:
            limits.append(self.amounts.get(step.pot.name, _FIXED))
        capacity = reduce(self._compared, limits) if limits else before
        drawn = self._compared(before, capacity) if limits else before
        left = before.with_(capacity.negated()) if limits else _FIXED
        order = None if step.order is None else step.order.value
        split = None if step.pot is None else step.pot.split_by
        key = step.key if isinstance(step.key, nodes.Expression) else None
        for each in (step.condition, step.where, order, split, key):
            moved = None if each is None else self._of(each)
            drawn, left = drawn.broken_by(moved), left.broken_by(moved)
        if step.condition is not None and not limits:
            left = left.with_(before)
        self.drawn[step.name], self.capacities[step.name] = drawn, capacity
        self.remaining = left._replace(bends=left.bends | drawn.bends)

    def _compared(self, one: _Course, other: _Course) -> _Course:
        """The smaller or the larger of two values."""
        both = one.with_(other)
        return both._replace(bends=both.bends | self._crossings(one, other))

    def _crossings(self, one: _Course, other: _Course) -> int:
        """A comparison of two values, entered with the breakpoints that it may have; no bit if it has none."""
        difference = one.with_(other.negated())
        inside = sum(self.counts[place] for place in _bits(difference.turns))
        turning = (difference.up & difference.down) * ((1 << _LANE) - 1)
        if turning:
            inside += sum(self.counts[place] & turning for place in _bits(difference.bends & ~difference.turns))
        # between the places inside there is one more than there are of them
        count = inside + (difference.up ^ difference.down | self._above(inside, 0))
        count &= (self.lanes & ~self.beyond) * ((1 << _LANE) - 1)
        if not count:
            return 0
        self.counts.append(count)
        self.total += count
        self.beyond = self._above(self.total, MOST_BREAKPOINTS)
        return 1 << len(self.counts) - 1

    def _above(self, counts: int, bound: int) -> int:
        """The lowest bit of each lane whose count is above a bound."""
        carried = counts + self.lanes * ((1 << _LANE - 1) - 1 - bound)
        return carried >> _LANE - 1 & self.lanes

    def _of(self, node: nodes.Expression) -> _Course:  # noqa: C901 - a case for each kind
        """The course of an expression."""
        match node:
            case nodes.Reference(name=name):
                return self._named(name)
            case nodes.RunValue() | nodes.StepResult():
                return self._of_the_run(node)
            case nodes.Negative(operand=operand) | nodes.Negated(operand=operand):
                return self._of(operand).negated()
            case nodes.Converted(operand=operand) | nodes.Rounded(operand=operand):
                return self._of(operand)  # a profile refuses to round what moves, so its steps need not be counted
            case nodes.AsOf() | nodes.PeriodValue():
                return _FIXED
            case nodes.Arithmetic(operator=operator, left=left, right=right):
                return self._arithmetic(operator, left, right)
            case nodes.Comparison(left=left, right=right):
                found = self._crossings(self._of(left), self._of(right))
                return _Course(bends=found, turns=found)
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
                assert not any(children(node)), node  # a literal
                return _FIXED

    def _of_the_run(self, node: nodes.RunValue | nodes.StepResult) -> _Course:
        if isinstance(node, nodes.RunValue):
            loss = self.amounts[None]
            paid = loss.with_(self.remaining.negated())
            return {"loss": loss, "remaining": self.remaining, "total_paid": paid}.get(node.what, _FIXED)
        drawn = self._of_step(self.drawn, node.step.text)
        if node.what == "unused":
            return self._of_step(self.capacities, node.step.text).with_(drawn.negated())
        return drawn

    def _named(self, name: str) -> _Course:
        definition = self.program.definitions.get(name)
        if definition is None:
            return self.amounts.get(name, _FIXED)
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
        if operator == "+" or both.fixed:
            return both
        factor = right if other.fixed else left if one.fixed and operator != "/" else None
        sure = factor is not None and not any(_may_be_negative(inner) for inner in walk(factor))
        return both if sure else both.with_(both.negated())


def _may_be_negative(node: nodes.Expression) -> bool:
    return isinstance(node, nodes.Negative) or (isinstance(node, nodes.Arithmetic) and node.operator == "-")


def multiplying_breakpoints(draft: Draft, program: CheckedProgram) -> None:
    """Comparisons that stand on comparisons may have more breakpoints than a profile passes."""
    givens = [name for name, datum in program.givens.items() if datum.type.kind is Kind.MONEY]
    amounts = {name: _Course(up=1 << _LANE * lane) for lane, name in enumerate((None, *givens))}
    found = _Reckoning(program, amounts, amounts[None]).first_beyond()
    if found is None:
        return
    step, given = found
    moved = "the loss" if given is None else f"`{given}`"
    with draft.inside("waterfall", step.name, citation=step.citation):
        draft.report(
            "multiplying-breakpoints",
            f"as {moved} grows, what is paid up to `{step.name}` may have more than {MOST_BREAKPOINTS:,} breakpoints",
            step.span,
            help="a profile of it, a comparison or a report may have to stop early; let fewer `min`, `max` and `if` "
            "stand on each other",
        )
