"""Which step, definition, datum, period and named limit of the old rulebook is which of the new one.

Steps: the same name; else a name that one of them has ``formerly``, or that both have; else likeness (see
:mod:`rulelang.changes.match.likeness`), the most alike first.  Two steps of one name with nothing in common are told
apart if another step is formerly, or is much more like, one of them.  Definitions: the same name; else the same body
and a common use.  Data: the same name; else a former name; else, as for periods and named limits, the same use (see
:mod:`rulelang.changes.match.renames`).  Everything is decided alike from both sides, so that old and new can change
places.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from attrs import define, evolve, field, frozen

from rulelang.changes.match.canonical import Common, Reading, readings
from rulelang.changes.match.definitions import renamed_definitions
from rulelang.changes.match.likeness import MUCH, THRESHOLD, Likeness
from rulelang.changes.match.ordering import same_names
from rulelang.changes.match.renames import former_link, formerly_called, renamed_throughout
from rulelang.check.program import CheckedProgram, StepProgram

Evidence = Literal["name", "formerly", "likeness", "use"]
Pair = tuple[StepProgram, StepProgram]


@frozen
class Matching:
    """What both rulebooks have, and ``evidence`` why, by the old name of a step, datum, period or named limit.

    ``reused`` are the names that stand for one step in the old rulebook and for another in the new one.
    """

    common: Common
    evidence: Mapping[str, Evidence]
    reused: frozenset[str]

    @property
    def steps(self) -> Mapping[str, str]:
        """For the old name of each step that both have the new one."""
        return self.common.steps


def match(old: CheckedProgram, new: CheckedProgram) -> Matching:
    """Match the steps, definitions, data, periods and named limits of two rulebooks."""
    matcher = _Matcher(old, new)
    matcher.by_name()
    matcher.match_names()
    matcher.by_former_name()
    matcher.match_names()
    matcher.settle_doubtful()
    matcher.match_names()
    while matcher.by_likeness():
        matcher.match_names()
    reused = frozenset(one.name for one, other in matcher.doubtful if matcher.common.steps.get(one.name) != other.name)
    return Matching(matcher.common, matcher.evidence, reused)


@define
class _Matcher:
    """The matches found so far; ``doubtful`` are steps of one name that have nothing in common."""

    old: CheckedProgram
    new: CheckedProgram
    common: Common = field(init=False)
    evidence: dict[str, Evidence] = field(factory=dict)
    doubtful: list[Pair] = field(factory=list)

    def by_name(self) -> None:
        """Whatever has the same name, steps that are doubtful set aside, and data by their former names."""
        old, new = self.old, self.new
        data = same_names(old.fields, new.fields) | same_names(old.givens, new.givens)
        former = formerly_called(old, new, data)
        self.evidence |= dict.fromkeys(former, "formerly")
        self.common = Common(
            steps={},
            definitions=same_names(old.definitions, new.definitions),
            data=data | former,
            periods=same_names(old.periods, new.periods),
            limits=same_names(old.limits, new.limits),
        )
        for name in same_names(old.steps, new.steps):
            pair = old.steps[name], new.steps[name]
            if _nothing_in_common(*pair):
                self.doubtful.append(pair)
            else:
                self._enter(*pair, "name")

    def by_former_name(self) -> None:
        """Steps of which one was formerly called as the other is, else those that have a former name in common."""
        likeness = self._likeness()
        links = [(one, other, former_link(one, other)) for one, other in self._free_pairs()]
        weighed = [(one, other, link + likeness(one, other) / 2) for one, other, link in links if link]
        self._enter_best(weighed, "formerly")

    def settle_doubtful(self) -> None:
        """Take doubtful steps for the same after all, unless another step is much more like one of them.

        Each of them may be that other step for another pair, so this goes on until no pair is taken for the same.
        """
        likeness = self._likeness()
        waiting = [pair for pair in self.doubtful if self._is_free(pair)]
        while True:
            same = [pair for pair in waiting if not self._has_rival(pair, likeness)]
            for one, other in same:
                self._enter(one, other, "name")
            waiting = [pair for pair in waiting if self._is_free(pair)]
            if not same:
                return

    def by_likeness(self) -> bool:
        """Steps that are at least as alike as the threshold asks; whether there were any."""
        likeness = self._likeness()
        alike = [(one, other, likeness(one, other)) for one, other in self._free_pairs()]
        return self._enter_best([found for found in alike if found[2] >= THRESHOLD], "likeness")

    def match_names(self) -> None:
        """Definitions, data, periods and named limits that are only called otherwise."""
        common = self.common

        def read(definitions: dict[str, str]) -> tuple[Reading, Reading]:
            return readings(self.old, self.new, evolve(common, definitions=definitions))

        while True:
            common.definitions.update(renamed_definitions(self.old, self.new, common.definitions, read))
            found = renamed_throughout(*read(common.definitions), common)
            for sort, old, new in found:
                {"period": common.periods, "limit": common.limits}.get(sort, common.data)[old] = new
                self.evidence[old] = "use"
            if not found:
                return

    def _likeness(self) -> Likeness:
        return Likeness(*readings(self.old, self.new, self.common))

    def _enter(self, one: StepProgram, other: StepProgram, evidence: Evidence) -> None:
        self.common.steps[one.name] = other.name
        self.evidence[one.name] = evidence

    def _is_free(self, pair: Pair) -> bool:
        return pair[0].name not in self.common.steps and pair[1].name not in self.common.steps.values()

    def _free_pairs(self) -> list[Pair]:
        """Every old step with every new step of another name, neither matched yet."""
        taken = set(self.common.steps.values())
        news = [step for step in self.new.each_step() if step.name not in taken]
        olds = [step for step in self.old.each_step() if step.name not in self.common.steps]
        return [(one, other) for one in olds for other in news if one.name != other.name]

    def _has_rival(self, pair: Pair, likeness: Likeness) -> bool:
        """Whether a free step is much more like one of the pair than the other of the pair is."""
        least = max(THRESHOLD, likeness(*pair) + MUCH)
        return any(
            likeness(one, other) >= least
            for one, other in self._free_pairs()
            if one.name == pair[0].name or other.name == pair[1].name
        )

    def _enter_best(self, found: list[tuple[StepProgram, StepProgram, Fraction]], evidence: Evidence) -> bool:
        """Enter pairs by their weight, then by likeness of place, then by the alphabet, each step once."""
        places_old = {step.name: place for place, step in enumerate(self.old.each_step())}
        places_new = {step.name: place for place, step in enumerate(self.new.each_step())}
        ranked = sorted(
            (-weight, abs(places_old[one.name] - places_new[other.name]), sorted((one.name, other.name)), number)
            for number, (one, other, weight) in enumerate(found)
        )
        for *_, number in ranked:
            one, other, _ = found[number]
            if self._is_free((one, other)):
                self._enter(one, other, evidence)
        return bool(found)


def _nothing_in_common(one: StepProgram, other: StepProgram) -> bool:
    """Whether kind, payers and pot all differ; a pot that neither has is nothing in common."""
    pots = {None if step.pot is None else step.pot.name for step in (one, other)}
    return one.kind != other.kind and one.payers != other.payers and (len(pots) == 2 or pots == {None})
