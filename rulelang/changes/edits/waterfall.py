"""The waterfall: its steps in the order of the new rulebook, what moved, its groups and its end."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial

from attrs import frozen

from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.groups import Groups, group_name, match_groups
from rulelang.changes.edits.sides import NEITHER, Sides, one_line, step_head
from rulelang.changes.edits.steps import step_edits
from rulelang.changes.match.ordering import kept_in_order, side_by_side
from rulelang.check.program import StepProgram
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_node

_IN_TURN = "for each default in turn"


def waterfall_edits(sides: Sides) -> Iterator[Edit]:
    """The edits of the waterfall, in the order of the new one; what is gone stands where it stood."""
    old, new = (program.waterfall for program in sides.programs)
    yield from sides.headed((old.span, new.span), NEITHER, old, new, "waterfall")
    if old.in_turn != new.in_turn:
        texts = _IN_TURN if old.in_turn else None, _IN_TURN if new.in_turn else None
        yield sides.edit("in-turn-changed", (old.span, new.span), texts=texts)
    comparison = _comparison(sides)
    steps = (program.steps for program in sides.programs)
    for before, after in side_by_side(steps, sides.matching.steps):
        yield from comparison.groups.edits_before(before, after)
        yield from comparison.edits_of(before, after)
    yield from sides.things(
        "outcome",
        [(old.outcome, new.outcome)],
        lambda end: (end.name.span, end.name.text, one_line(end)),
        partial(_changed_outcome, sides),
    )


@frozen
class _Comparison:
    """The steps of both waterfalls; ``moved`` and ``kept`` hold old names of steps that both have."""

    sides: Sides
    groups: Groups
    old: Sequence[StepProgram]
    new: Sequence[StepProgram]
    moved: frozenset[str]
    kept: frozenset[str]

    def edits_of(self, old: StepProgram | None, new: StepProgram | None) -> Iterator[Edit]:
        """The edits of a step that one or both rulebooks have."""
        if new is not None and new.name in self.sides.matching.reused:
            before = self.sides.old.program.steps[new.name]
            texts = step_head(before.syntax), step_head(new.syntax)
            yield self.sides.edit("name-reused", (before.span, new.span), (new.name, new.name), texts)
        if old is None:
            assert new is not None
            yield self.sides.added("step", new.span, new.name, print_node(new.syntax), self._position(new, self.new))
        elif new is None:
            yield self.sides.removed("step", old.span, old.name, print_node(old.syntax), self._position(old, self.old))
        else:
            yield from self.groups.regrouped(old, new)
            if old.name in self.moved:
                yield self._moved(old, new)
            yield from step_edits(self.sides, old, new)

    def _position(self, step: StepProgram, steps: Sequence[StepProgram]) -> str:
        """Where a step stands that only one of the rulebooks has."""
        place = steps.index(step)
        where = f"after `{steps[place - 1].name}`" if place else "at the start"
        homes, groups = (
            (self.groups.new_of, self.groups.new) if steps is self.new else (self.groups.old_of, self.groups.old)
        )
        home = homes.get(step.name)
        return where if home is None else f"{where}, in group `{group_name(groups[home])}`"

    def _moved(self, old: StepProgram, new: StepProgram) -> Edit:
        kept_new = {self.sides.matching.steps[name] for name in self.kept}
        texts = _beside(old, self.old, self.kept), _beside(new, self.new, kept_new)
        return self.sides.edit("step-moved", (old.span, new.span), (old.name, new.name), texts)


def _comparison(sides: Sides) -> _Comparison:
    """Which steps moved: those that have to, so that the others stand in one order; a change of group is no move."""
    groups = match_groups(sides)
    old, new = (tuple(program.each_step()) for program in sides.programs)
    places = {step.name: place for place, step in enumerate(new)}
    after = {step.name: step for step in new}
    pairs = [(step, after[sides.matching.steps[step.name]]) for step in old if step.name in sides.matching.steps]
    stayed = [(one, other) for one, other in pairs if not list(groups.regrouped(one, other))]
    kept = kept_in_order([places[other.name] for _, other in stayed], [_sort_key(*pair) for pair in stayed])
    kept_names = frozenset(one.name for number, (one, _) in enumerate(stayed) if number in kept)
    moved = frozenset(one.name for one, _ in stayed) - kept_names
    return _Comparison(sides, groups, old, new, moved, kept_names)


def _sort_key(old: StepProgram, new: StepProgram) -> list[str]:
    """By what steps that both have are sorted, the same from both sides, also if two exchanged their names."""
    if old.name == new.name:
        return [old.name, new.name]
    return [*sorted((old.name, new.name)), *sorted((print_node(old.syntax), print_node(new.syntax)))]


def _beside(step: StepProgram, steps: Sequence[StepProgram], kept: Collection[str]) -> str:
    """Behind which of the steps that kept their order a step stands, or before which if behind none."""
    names = [other.name for other in steps if other.name in kept or other is step]
    place = names.index(step.name)
    return f"after `{names[place - 1]}`" if place else f"before `{names[1]}`"


def _changed_outcome(sides: Sides, old: nodes.Finally, new: nodes.Finally) -> Iterator[Edit]:
    names = old.name.text, new.name.text
    if old.name != new.name:
        finals = f"finally {old.name.text}", f"finally {new.name.text}"
        yield sides.edit("outcome-changed", (old.name.span, new.name.span), names, finals)
    yield from sides.headed((old.span, new.span), names, old, new, "outcome")
