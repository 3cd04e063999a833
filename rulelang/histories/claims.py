"""Recoveries (section 7.17 of the specification): who has paid for whose losses, and who gets what back."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from operator import sub

from attrs import define, field, frozen

from rulelang.base.apportion import round_down, share
from rulelang.base.gather import totals
from rulelang.base.money import Exact
from rulelang.check.program import RecoveriesProgram, StepProgram
from rulelang.model.event import Event
from rulelang.model.history import RepaidGroup, Repayment
from rulelang.run.exact import ExactLosses, amounts_of
from rulelang.run.waterfall import TurnDetails

Pair = tuple[str, str]
"""A step and a payer."""


@frozen
class Borne:
    """What the payers of a turn paid, and by how much it (its group) reduced the losses of each defaulter and all."""

    step: str
    paid: Mapping[str, int]
    reduced: Mapping[str, int]
    whole: int


@define(eq=False)
class Claims:
    """What was paid for the losses of each defaulter, and what was repaid of it; steps by their present names."""

    borne: list[Borne] = field(factory=list)
    repaid: dict[str, dict[Pair, int]] = field(factory=dict)

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
            self.borne.append(Borne(result.turn.step.name, paid, reduced, sum(met)))

    def of(self, defaulter: str) -> dict[Pair, Exact]:
        """What each payer can still claim of what it paid under each step for a defaulter: exact, not below zero."""
        found: dict[Pair, Exact] = {}
        for one in self.borne:
            part = one.reduced.get(defaulter, 0)
            for payer, amount in one.paid.items() if part else ():
                pair = one.step, payer
                found[pair] = found.get(pair, 0) + (amount if part == one.whole else Fraction(amount * part, one.whole))
        before = self.repaid.get(defaulter, {})
        return {pair: max(0, claim - before.get(pair, 0)) for pair, claim in found.items()}

    def repay(
        self, defaulter: str, amount: int, rules: RecoveriesProgram, steps: Mapping[str, StepProgram]
    ) -> tuple[list[Repayment], int]:
        """Repay the groups of the recoveries one after another; whom it repays, and what is left at the end."""
        order, claims = {name: place for place, name in enumerate(steps)}, self.of(defaulter)
        own, found = self.repaid.setdefault(defaulter, {}), []
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
                    own[pair] = own.get(pair, 0) + one
                    found.append(Repayment(defaulter, *pair, one, group.into, claim, whole))
        return found, amount

    def renamed(self, names: Mapping[str, str]) -> None:
        """The steps have other names now."""
        self.borne = [Borne(names.get(one.step, one.step), one.paid, one.reduced, one.whole) for one in self.borne]
        self.repaid = {
            defaulter: totals(((names.get(step, step), payer), amount) for (step, payer), amount in pairs.items())
            for defaulter, pairs in self.repaid.items()
        }
