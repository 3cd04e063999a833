"""The limits of two steps that are one: which ``up to`` is which, and what differs."""

from collections.abc import Hashable, Iterator

from attrs import evolve, frozen

from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.sides import Both, Sides, cited_span, clause_text
from rulelang.changes.match.canonical import Reading
from rulelang.changes.match.ordering import paired
from rulelang.check.program import LimitProgram, StepProgram
from rulelang.syntax import nodes


@frozen
class _Limit:
    """One ``up to`` of a step."""

    reading: Reading
    step: StepProgram
    program: LimitProgram
    clause: nodes.UpTo

    def written(self) -> Hashable:
        return self.reading.written(self.clause)

    def meant(self) -> Hashable:
        """With a single payer, each and all are the same; ``in each segment`` only says what holds anyway."""
        each = self.program.each or self.step.single_payer
        return self.reading.meaning(evolve(self.program, each=each, in_each_segment=False))

    def extent(self) -> Hashable:
        """All but the value."""
        return self.reading.meaning(self.program, without=("value",))


def limit_edits(sides: Sides, old: StepProgram, new: StepProgram) -> Iterator[Edit]:
    """The edits of the limits, in the order of the new step.

    Equal limits are matched first, then those that mean the same, then those of the same scope and window, those of
    the same scope, and the rest in their order.
    """
    pairs = paired(
        (_limits(sides.old, old), _limits(sides.new, new)),
        lambda _side, limit: limit.written(),
        lambda _side, limit: limit.meant(),
        lambda _side, limit: limit.extent(),
        lambda _side, limit: limit.program.each,
        lambda _side, _limit: None,
    )
    for before, after in pairs:
        yield from _edits_of_one(sides, before, after, (old.name, new.name))


def _limits(reading: Reading, step: StepProgram) -> list[_Limit]:
    clauses = [clause for clause in step.syntax.clauses if isinstance(clause, nodes.UpTo)]
    return [_Limit(reading, step, *both) for both in zip(step.limits, clauses, strict=True)]


def _edits_of_one(sides: Sides, before: _Limit | None, after: _Limit | None, names: Both) -> Iterator[Edit]:
    if before is None or after is None:
        if after is not None:
            yield sides.edit("limit-added", (None, after.clause.span), names, (None, clause_text(after.clause)))
        if before is not None:
            yield sides.edit("limit-removed", (before.clause.span, None), names, (clause_text(before.clause), None))
        return
    one, other = before.clause, after.clause
    if before.written() != after.written():
        texts = clause_text(one), clause_text(other)
        same = before.meant() == after.meant()
        named = before.program.named is not None, after.program.named is not None
        kind = "limit-changed" if named[0] == named[1] else "limit-shared" if named[1] else "limit-own"
        yield sides.edit(kind, (one.span, other.span), names, texts, same=same)
    places = cited_span(one, one.span), cited_span(other, other.span)
    yield from sides.recited(places, names, one.cite, other.cite, "up to")
