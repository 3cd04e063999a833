"""The data of an event in the numbers of a domain, as a run and each of its passes read them."""

from collections.abc import Mapping, Sequence

from attrs import evolve, field

from rulelang.base.values import unchanging
from rulelang.model.trail import MissingUse
from rulelang.run.domain import Domain, Losses
from rulelang.run.plan import Key, PassPlan, Plan
from rulelang.run.values import Row, Truth, Value, Who

Population = tuple[Who, Sequence[Truth] | None]
"""Those who may belong to it, and whether each of them does (``None``: all do)."""


def chances(population: Population) -> dict[int | None, Truth]:
    """Of each who may belong to a population, whether it does."""
    who, present = population
    return dict(zip(who, (True,) * len(who) if present is None else present, strict=True))


@unchanging
class Data:
    """The data of an event in the numbers of a domain: fields by member position, givens, the losses at the start.

    ``populations`` gives the members that may belong to each population and whether they do, if that is not settled;
    then ``whole`` has, in a pass, those of all passes, and ``there`` says whether the pass is made.
    ``with_defaulters`` has the values of fields per defaulter, by defaulter; the sums that expressions read stand in
    ``fields``, for those who default in a pass (:meth:`in_pass`).  ``earlier_defaults`` says of a period how many more
    members had defaulted in it before the event than the event names, where that varies.  ``began`` are, after a run,
    the data with which it began.
    """

    fields: Mapping[Key, Sequence[Value]]
    givens: Mapping[Key, Value]
    losses: Losses
    populations: Mapping[str, Population] | None = None
    missing: tuple[MissingUse, ...] = ()
    with_defaulters: Mapping[str, Mapping[str, Sequence[Value]]] = field(factory=dict)
    whole: Mapping[str, Population] | None = None
    there: Truth = True
    earlier_defaults: Mapping[str, Value] = field(factory=dict)
    began: "Data | None" = None

    def in_pass(self, plan: Plan, passing: PassPlan, domain: Domain) -> "Data":
        """The data of a pass: who is what in it, and of what there is per defaulter the sum over those who default."""
        data = self._of_pass(plan, passing, domain) if plan.program.in_turn and self.populations is not None else self
        if not data.with_defaulters:
            return data
        members = plan.event.members
        failing, present = (data.populations or {"defaulters": (passing.populations["defaulters"], None)})["defaulters"]
        sums: dict[Key, Row] = {}
        for name, columns in data.with_defaulters.items():
            total: Row = [0] * len(members)
            for place, defaulter in enumerate(failing):
                column = list(columns[members[defaulter or 0]])
                if present is not None:
                    column = domain.chosen([present[place]] * len(members), column, [0] * len(members))
                total = domain.plus(total, column)
            sums[name, None] = total
        return evolve(data, fields={**data.fields, **sums})

    def _of_pass(self, plan: Plan, passing: PassPlan, domain: Domain) -> "Data":
        """The data of one default in turn, where it varies who defaults: all survivors are there, and that one.

        A pass of nobody and without a loss is made where nobody defaults.
        """
        assert self.populations is not None
        failing, fails = self.populations["defaulters"]
        there: Truth = True
        here: Who = ()
        if passing.defaulter is not None:
            position = plan.position[passing.defaulter]
            there, here = chances((failing, fails)).get(position, False), (position,)
        elif not passing.losses and failing:
            there = False if fails is None else domain.denied([domain.anyone(fails)])[0]
        present = chances(self.populations["survivors"])
        present |= dict.fromkeys(here, True)  # wherever the pass is made
        everyone = tuple(sorted(position for position in present if position is not None))
        populations: Mapping[str, Population] = {
            "members": (everyone, [present[position] for position in everyone]),
            "survivors": self.populations["survivors"],
            "defaulters": (here, None),
        }
        return evolve(self, populations=populations, whole=self.populations, there=there)
