"""Groups: which ``together`` is which, what differs, and which steps moved into, out of and between them."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import field, frozen

from rulelang.base.source import Span
from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.sides import Sides, group_head
from rulelang.changes.match.ordering import each_once
from rulelang.check.program import GroupProgram, StepProgram
from rulelang.explain.sentences.words import listing


def group_name(group: GroupProgram) -> str:
    """A group by its title, or by its steps if it has none."""
    return group.title or listing([step.name for step in group.steps])


@frozen
class Groups:
    """The groups of both rulebooks; ``pairs`` gives for the number of an old group that of the new one."""

    sides: Sides
    old: Sequence[GroupProgram]
    new: Sequence[GroupProgram]
    pairs: Mapping[int, int]
    old_of: Mapping[str, int] = field(init=False)
    new_of: Mapping[str, int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Note of each step in which group it stands."""
        for name, groups in (("old_of", self.old), ("new_of", self.new)):
            home = {step.name: number for number, group in enumerate(groups) for step in group.steps}
            object.__setattr__(self, name, home)

    def regrouped(self, old: StepProgram, new: StepProgram) -> Iterator[Edit]:
        """The edit of a step that changed its group, if it did.

        Steps around which a group was put, or whose group was taken away, are told of by the edit of the group.
        """
        one, other = self.old_of.get(old.name), self.new_of.get(new.name)
        if (one is None and other is None) or (one is not None and self.pairs.get(one) == other):
            return
        spans, names = (old.span, new.span), (old.name, new.name)
        texts = (
            None if one is None else f"group `{group_name(self.old[one])}`",
            None if other is None else f"group `{group_name(self.new[other])}`",
        )
        if one is not None and other is not None:
            yield self.sides.edit("step-regrouped", spans, names, texts)
        elif other is not None and other in self.pairs.values():
            yield self.sides.edit("step-grouped", spans, names, texts)
        elif other is None:
            yield self.sides.edit("step-ungrouped", spans, names, texts)

    def edits_before(self, old: StepProgram | None, new: StepProgram | None) -> Iterator[Edit]:
        """The edits of the groups that begin with a step: of a removed one, then of the new one."""
        if old is not None:
            one = self.old_of.get(old.name)
            if one is not None and one not in self.pairs and self.old[one].steps[0].name == old.name:
                yield self.sides.removed("group", *_said(self.old[one]))
        if new is not None:
            other = self.new_of.get(new.name)
            if other is not None and self.new[other].steps[0].name == new.name:
                yield from self._edits_of(other)

    def _edits_of(self, number: int) -> Iterator[Edit]:
        new = self.new[number]
        old = next((self.old[one] for one, other in self.pairs.items() if other == number), None)
        if old is None:
            yield self.sides.added("group", *_said(new))
        else:
            yield from _changes(self.sides, old, new)


def match_groups(sides: Sides) -> Groups:
    """Match groups by the steps they have in common, then by their title; the most alike first."""
    old, new = ([stage for stage in each.stages if isinstance(stage, GroupProgram)] for each in sides.programs)
    candidates = []
    for i, one in enumerate(old):
        for j, other in enumerate(new):
            here = {sides.matching.steps.get(step.name) for step in one.steps}
            shared = len(here.intersection(step.name for step in other.steps))
            titled = one.title is not None and one.title == other.title
            if shared or titled:
                share = Fraction(2 * shared, len(one.steps) + len(other.steps))
                names = sorted((group_name(one), group_name(other)))
                candidates.append((-share, not titled, abs(i - j), names, i, j))
    return Groups(sides, old, new, each_once((i, j) for *_, i, j in sorted(candidates)))


def _said(group: GroupProgram) -> tuple[Span, str, str, str]:
    """Where a group stands, what it is called, its head, and around which steps it is put."""
    steps = listing([f"`{step.name}`" for step in group.steps])
    return group.syntax.span, group_name(group), group_head(group.syntax), steps


def _changes(sides: Sides, old: GroupProgram, new: GroupProgram) -> Iterator[Edit]:
    """What differs between two groups that are one, apart from their steps."""
    names = group_name(old), group_name(new)
    spans = old.syntax.span, new.syntax.span
    yield from sides.headed(spans, names, old.syntax, new.syntax, "group")
    for kind, words, before, after in (
        ("pool-changed", "as one pool", old.one_pool, new.one_pool),
        ("group-per-segment-changed", "per segment", old.per_segment, new.per_segment),
    ):
        if before != after:
            yield sides.edit(kind, spans, names, (words if before else None, words if after else None))
    texts = _ratio_text(old), _ratio_text(new)
    if texts[0] != texts[1]:
        same = _proportion(old) == _proportion(new)
        yield sides.edit("ratio-changed", spans, names, texts, same=same)


def _ratio_text(group: GroupProgram) -> str | None:
    parts = [part.digits for part in group.syntax.ratio]
    return f"in ratio {' : '.join(parts)}" if parts else None


def _proportion(group: GroupProgram) -> list[Fraction]:
    whole = Fraction(sum(group.ratio))
    return [Fraction(part) / whole for part in group.ratio]
