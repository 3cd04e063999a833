"""What of a profile is shown: all of it, or some payers and some steps."""

from collections.abc import Collection

from attrs import frozen

from rulelang.profiles.curves import Curve, by_payer, by_turn, by_turn_and_payer, curves
from rulelang.profiles.walk import Walk
from rulelang.run.plan import Key, Plan


@frozen
class Selection:
    """The payers and steps asked for; ``None`` is all of them."""

    payers: Collection[str] | None = None
    steps: Collection[str] | None = None

    def turns(self, profile: Walk) -> dict[Key, Curve]:
        """What the chosen steps draw, in the order of the waterfall."""
        wanted = list(dict.fromkeys(turn.key for turn in profile.plan.turns() if self._has(turn.key)))
        found = curves(profile, by_turn, wanted)
        return {key: found[key] for key in wanted if key in found}

    def totals(self, profile: Walk) -> dict[str, Curve]:
        """What the chosen payers pay in all, the CCP and parties first; those who never pay are left out."""
        found = curves(profile, by_payer, self.payers)
        order = sorted(found, key=lambda payer: (payer in profile.plan.position, payer))
        return {payer: found[payer] for payer in order if not is_nothing(found[payer])}

    def under(self, profile: Walk) -> dict[tuple[str, str | None, str], Curve]:
        """What the chosen payers pay under each chosen step."""
        wanted = None
        if self.payers is not None or self.steps is not None:
            payers = everybody(profile.plan) if self.payers is None else self.payers
            wanted = {(*turn.key, payer) for turn in profile.plan.turns() if self._has(turn.key) for payer in payers}
        found = curves(profile, by_turn_and_payer, wanted)
        return {name: curve for name, curve in found.items() if not is_nothing(curve)}

    def _has(self, turn: Key) -> bool:
        return self.steps is None or turn[0] in self.steps


def everybody(plan: Plan) -> tuple[str, ...]:
    """All who could ever be charged: the CCP, the parties, the members."""
    return ("ccp", *plan.program.parties, *plan.event.members)


def is_nothing(curve: Curve) -> bool:
    """Whether a curve is zero everywhere."""
    return not any(knot.value or knot.after or knot.slope for knot in curve)
