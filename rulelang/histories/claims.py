"""Recoveries (section 7.17 of the specification): who has paid for whose losses, and who gets what back."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from operator import sub

from attrs import define, evolve, field, frozen

from rulelang.base.apportion import round_down, share
from rulelang.base.gather import totals
from rulelang.base.money import Exact
from rulelang.check.program import RecoveriesProgram, StepProgram
from rulelang.histories.names import Names, names_today
from rulelang.model.event import Event
from rulelang.model.history import RepaidGroup, Repayment
from rulelang.run.exact import ExactLosses, amounts_of
from rulelang.run.waterfall import TurnDetails

Pair = tuple[str, str]
"""A step and a payer."""


@frozen
class Borne:
    """What the payers of a turn paid, and by how much it (its group) reduced the losses of each defaulter and all.

    Amounts are minor units.
    """

    names: Names
    paid: Mapping[str, int]
    reduced: Mapping[str, int]
    whole: int


@define(eq=False)
class Claims:
    """What was paid for the losses of each defaulter, and what was repaid of it."""

    borne: list[Borne] = field(factory=list)
    repaid: dict[str, dict[tuple[Names, str], Exact]] = field(factory=dict)

    def enter(self, event: Event, details: Sequence[TurnDetails]) -> None:
        """Enter what the turns of a run paid, apart from what defaulters paid themselves."""
        for one in details:
            result = one.result
            if result.payments is None or not result.drawn or result.turn.step.payers == "defaulters":
                continue
            before, after = one.at.state.losses, one.losses
            assert isinstance(before, ExactLosses)
            assert isinstance(after, ExactLosses)
            met = list(map(sub, before.amounts, after.amounts))
            of_losses = zip(event.losses, met, strict=True)
            reduced = totals((loss.member, cut) for loss, cut in of_losses if loss.member is not None and cut)
            paid = {
                payer: amount
                for payer, amount in zip(result.payers, amounts_of(result.payments), strict=True)
                if amount
            }
            self.borne.append(Borne((result.turn.step.name,), paid, reduced, sum(met)))

    def of(self, defaulter: str) -> dict[Pair, Exact]:
        """What each payer can still claim of what it paid under each step for a defaulter: exact, not below zero."""
        return {pair: max(0, sum(parts.values())) for pair, parts in self._left(defaulter).items()}

    def _left(self, defaulter: str) -> dict[Pair, dict[Names, Exact]]:
        """The claims of a defaulter less what was repaid of them; what is one step today, by the names it had."""
        found: dict[Pair, dict[Names, Exact]] = {}
        for one in self.borne:
            part = one.reduced.get(defaulter, 0)
            for payer, amount in one.paid.items() if part else ():
                parts = found.setdefault((one.names[-1], payer), {})
                claim = amount if part == one.whole else Fraction(amount * part, one.whole)
                parts[one.names] = parts.get(one.names, 0) + claim
        for (names, payer), before in self.repaid.get(defaulter, {}).items():
            found[names[-1], payer][names] -= before
        return found

    def repay(
        self, defaulter: str, amount: int, rules: RecoveriesProgram, steps: Mapping[str, StepProgram]
    ) -> tuple[list[Repayment], int]:
        """Repay the groups of the recoveries one after another; whom it repays, and what is left at the end."""
        order, claims, found = {name: place for place, name in enumerate(steps)}, self.of(defaulter), []
        parts = self._left(defaulter)
        recovered = amount
        for number, group in enumerate(rules.groups, start=1):
            pairs = [pair for pair, claim in claims.items() if pair[0] in group.steps and claim]
            keys = [claims[pair] for pair in pairs]
            paid = min(amount, round_down(sum(keys)))
            whole = RepaidGroup(number, group.steps, recovered, paid, sum(keys))
            ids = [(payer, order[step]) for step, payer in pairs]
            units = share(paid, keys, (None,) * len(keys), ids).units
            amount -= paid
            for pair, claim, one in zip(pairs, keys, units, strict=True):
                if one:
                    self._enter(defaulter, pair, one, parts[pair])
                    found.append(Repayment(defaulter, *pair, one, group.into, claim, whole))
        return found, amount

    def _enter(self, defaulter: str, pair: Pair, amount: int, parts: Mapping[Names, Exact]) -> None:
        """Enter what is repaid, in parts, should a later rulebook tell apart again what is one step today."""
        repaid, whole = self.repaid.setdefault(defaulter, {}), sum(parts.values())
        for names, claim in parts.items():
            own = names, pair[1]
            repaid[own] = repaid.get(own, 0) + (amount if claim == whole else Fraction(amount * claim) / whole)

    def renamed(self, known: Mapping[str, str]) -> None:
        """Another rulebook comes into force; see :func:`names_today`."""
        self.borne = [evolve(one, names=names_today(one.names, known)) for one in self.borne]
        self.repaid = {
            defaulter: {(names_today(names, known), payer): amount for (names, payer), amount in pairs.items()}
            for defaulter, pairs in self.repaid.items()
        }
