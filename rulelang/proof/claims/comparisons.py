"""Claims about two runs of one event: two versions of a rulebook, or a loss and a larger one."""

from collections.abc import Mapping

from attrs import define, field

from rulelang.base.gather import totals
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.proof.claims.claims import Built, Claim, Played, Whom
from rulelang.proof.domain.terms import Truth, disjunction
from rulelang.proof.worlds.kinds import Kinds


@define
class NoSurvivorPays(Claim):
    """In the second run no survivor pays more (or less) than in the first."""

    more: bool
    larger: bool = False
    units: int = field(default=0, kw_only=True)

    @property
    def larger_loss(self) -> bool:
        """Whether the second run is of a larger loss."""
        return self.larger

    @property
    def whom(self) -> Whom:
        """All survivors."""
        return Whom("survivors")

    def asks(self, kinds: Kinds) -> bool:
        """Whether a survivor stands alone."""
        return bool(kinds.survivors)

    def denial(self, built: Built) -> Truth:
        """One does."""
        pairs = [(built.paid(0, member), built.paid(1, member)) for member in built.survivors]
        return disjunction(
            *[built.more(after, before) if self.more else built.more(before, after) for before, after in pairs]
        )

    def seen(self, played: Played) -> str | None:
        """Who does, by more than rounding may make of it."""
        first, second = played.two
        for member in played.events[0].survivors:
            before, after = first.paid_by(member), second.paid_by(member)
            if (after - before if self.more else before - after) > self.units:
                show, which = first.currency.show, "of the larger loss" if self.larger else "under the new version"
                return f"{member} pays {show(after)} {which} instead of {show(before)}"
        return None


@define
class SameTotals(Claim):
    """The payers of each kind pay the same in total, and the same stays uncovered; ``each``: every payer does."""

    each: bool
    units: int = field(default=0, kw_only=True)

    def denial(self, built: Built) -> Truth:
        """Some total differs."""
        before, after = built.by_class(0), built.by_class(1)
        kinds = dict.fromkeys((*before, *after))
        parts = [built.apart(before.get(kind, 0), after.get(kind, 0)) for kind in kinds]
        if self.each:
            members = (*built.survivors, *built.world.kinds.defaulters)
            parts += [built.apart(built.paid(0, member), built.paid(1, member)) for member in members]
        return disjunction(*parts)

    def seen(self, played: Played) -> str | None:
        """Which."""
        first, second = played.two
        before, after = (
            self._totals(run, program) for run, program in zip((first, second), self.programs, strict=True)
        )
        for kind in dict.fromkeys((*before, *after)):
            amounts = before.get(kind, 0), after.get(kind, 0)
            if abs(amounts[0] - amounts[1]) > self.units:
                show = first.currency.show
                if kind == "uncovered":
                    return f"{show(amounts[1])} stays uncovered under the new version instead of {show(amounts[0])}"
                before_and_after = f"{show(amounts[1])} under the new version instead of {show(amounts[0])}"
                return f"{kind} pay{'' if kind.endswith('s') else 's'} {before_and_after}"
        return None

    def _totals(self, run: Allocation, program: CheckedProgram) -> Mapping[str, int]:
        charged = ((one.payer if self.each else program.steps[one.step].payers, one.amount) for one in run.allotments)
        return totals((("uncovered", run.uncovered), *charged))


@define
class NothingMoreUncovered(Claim):
    """No more loss stays uncovered in the second run."""

    units: int = field(default=0, kw_only=True)

    def denial(self, built: Built) -> Truth:
        """More does."""
        return built.more(built.uncovered(1), built.uncovered(0))

    def seen(self, played: Played) -> str | None:
        """How much more."""
        first, second = played.two
        if second.uncovered - first.uncovered <= self.units:
            return None
        show = first.currency.show
        return f"{show(second.uncovered)} stays uncovered under the new version instead of {show(first.uncovered)}"
