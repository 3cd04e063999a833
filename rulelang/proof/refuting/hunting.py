"""Looks for an event that breaks a claim: small, round, and run by the interpreter before it is shown.

With the data of members fixed to a few round shapes all that shares in proportion to them is linear, and a solver says
at once whether losses, decisions and earlier payments can be chosen so that the claim is broken.  What it finds is made
round variable by variable.  Claims that only rounding breaks are looked for among events of a few minor units.

The search is the same in every run: its random numbers have a fixed seed, and it is bounded by tries, not by time.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import floor
from typing import Any

from attrs import evolve, frozen

from rulelang.base.money import Exact
from rulelang.model.event import Event
from rulelang.proof.claims.claims import Built, Claim
from rulelang.proof.domain.terms import terms_of
from rulelang.proof.domain.variables import Variable
from rulelang.proof.refuting.replay import Replayed, replay, replay_as_given
from rulelang.proof.refuting.shapes import EACH_IN_ITS_SEGMENT, Shapes, dated, small
from rulelang.proof.solving.ladder import Setting, build
from rulelang.proof.solving.smt import Problem
from rulelang.proof.solving.solver import solver
from rulelang.proof.worlds.families import reads_notices, withdrawn_options
from rulelang.proof.worlds.kinds import DEFAULTERS, SURVIVORS, Day, Kinds, crowd

Value = Exact | bool
Values = dict[str, Value]
_SIZES = ((1, 1), (2, 1), (2, 2), (3, 1), (1, 0), (0, 1))
_CROWDS = ((6, 2), (12, 1), (25, 5))
"""So many members are tried at last where it does not matter how large an event is."""
_ROUND = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
_SHRINKING_STEPS = 600
_SHAKEN = 400
_SECONDS = 2
_ON_EVERY_DAY = 2
_MOST_ORDERS = 6
"""In how many orders the defaults of an event are tried."""
_TRIES_OF_NOBODY = 3
"""How many shapes are tried where nobody survives, or nobody defaults."""


@frozen
class Hunt:
    """A search for an event: ``tries`` shapes are tried for each number of members, of each kind at most ``most``.

    Where the setting is that of an event it is a search among the members and the data of that.
    """

    claim: Claim
    days: Sequence[Day]
    setting: Setting
    seconds: float
    tries: int
    most: int | None = None

    @property
    def _shapes(self) -> Shapes:
        return Shapes(self.claim.programs, self.setting.names)

    def run(self) -> Replayed | None:
        """The first event that breaks the claim, if one is found.

        Raises:
            Outside: a run meets what is not encoded.
        """
        if self.setting.given is not None:
            return self._among_given(self.setting.given)
        return self._searched(lambda kinds, day: [(kinds, day)])

    def beyond(self) -> Replayed | None:
        """The first event that breaks it among those with further losses of earlier defaults, or withdrawals.

        Raises:
            Outside: a run meets what is not encoded.
        """
        programs = self.claim.programs
        leaves = [{place: 1 for place, after in withdrawn_options(programs).items() if 1 in after}]

        def with_more(kinds: Kinds, day: Day) -> Iterator[tuple[Kinds, Day]]:
            days = [day] if self.claim.in_turn else [day, evolve(day, further=True)]
            for withdrawn, when in itertools.product(({}, *filter(None, leaves)), days):
                if withdrawn or when.further:
                    yield evolve(kinds, withdrawn=dict.fromkeys(kinds.survivors[:1], withdrawn)), when

        return self._searched(with_more)

    def _searched(self, variants: Callable[[Kinds, Day], Iterable[tuple[Kinds, Day]]]) -> Replayed | None:
        notices = any(map(reads_notices, self.claim.programs))
        for kinds, number, shape in self._tried():
            setting = self._setting(fixed=shape, bounded=number % 4 == 3 or number == EACH_IN_ITS_SEGMENT)
            # each of the first shapes on every day, each of the others on one
            days = self.days if number < _ON_EVERY_DAY else [self.days[number % len(self.days)]]
            everybody = (*kinds.survivors, *kinds.defaulters)
            leaving = (kinds.survivors[1:], kinds.survivors[:1], everybody, ()) if notices else ((),)
            for day, some in itertools.product(days, leaving):
                for who, when in variants(evolve(kinds, leaving=frozenset(some)), day):
                    if solver().is_exhausted:
                        return None
                    found = self._in_world(who, when, setting)
                    if found is not None:
                        return found
        return None

    def _tried(self) -> Sequence[tuple[Kinds, int, Mapping[str, Exact]]]:
        """Members with the numbers and the shapes of their data; where there are segments, first two in one each."""
        # what is assumed may fit no round data
        free: Sequence[Mapping[str, Exact]] = ({},) if self.setting.assumptions else ()
        sizes = [Kinds(SURVIVORS[:survivors], DEFAULTERS[:defaulters]) for survivors, defaulters in self._few(_SIZES)]
        tried = [
            (kinds, number, shape)
            for kinds in sizes
            for number, shape in enumerate((*self._shapes.of(kinds, self.tries), *free))
            if number < _TRIES_OF_NOBODY or (kinds.survivors and kinds.defaulters) or not shape
        ]
        for survivors, defaulters in self._few(_CROWDS) if self.claim.any_number else ():
            kinds = Kinds(crowd("S", survivors), crowd("X", defaulters))
            tried += [(kinds, number, shape) for number, shape in enumerate((*self._shapes.of(kinds, 2), {}))]
        if self.claim.in_turn:  # there may be no pass of other losses
            few = [one for one in tried if one[1] < _TRIES_OF_NOBODY and one[0].defaulters]
            tried += [(evolve(kinds, only_defaults=True), number, shape) for kinds, number, shape in few]
        if not any(program.segments for program in self.claim.programs):
            return tried
        return sorted(tried, key=lambda one: (len(one[0].survivors), one[1]) != (2, EACH_IN_ITS_SEGMENT))

    def _few(self, sizes: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        """Those sizes of events that have no more members than were asked about."""
        return [size for size in sizes if self.most is None or max(size) <= self.most]

    def _among_given(self, event: Event) -> Replayed | None:
        # which loss comes first is as free as the losses are
        orders = itertools.islice(itertools.permutations(event.defaulters), _MOST_ORDERS)
        worlds = list(self.claim.worlds([Kinds(event.survivors, order) for order in orders]))
        for bounded, kinds in itertools.product((False, True), worlds):
            found = self._in_world(kinds, self.days[0], self._setting(bounded=bounded))
            if found is not None:
                return found
        if self.claim.larger_loss or not self.claim.of_runs_that_end:  # the event may leave out what is due
            return None
        return replay_as_given(self.claim, event, self.setting.assumptions)

    def _setting(self, **changes: Any) -> Setting:  # of the fields of a setting
        return evolve(self.setting, **{"rounding": False, "sought": True, **changes})

    def _in_world(self, kinds: Kinds, day: Day, setting: Setting) -> Replayed | None:
        built, goal = build(self.claim, kinds, day, setting)
        earlier = dated(built, setting.fixed)
        if earlier:
            built, goal = build(self.claim, kinds, day, evolve(setting, fixed={**setting.fixed, **earlier}))
        if goal is False:
            return None
        assumptions = setting.assumptions
        if goal is True:
            return replay(self.claim, built.world, self._plain(built, setting), assumptions)
        problem = Problem(built.domain.variables, goal, built.world.formulas())
        names = {name: built.domain.variables[name].is_truth for name in problem.names}
        # what products mean is left out at first: an event of these data may break the claim all the same
        for products in (False, True) if problem.is_nonlinear else (True,):
            text = problem.text(products=products)
            asked = solver().ask(text, min(self.seconds, _SECONDS), names=names)
            if asked.answer != "sat":  # with more to obey no answer is found sooner
                return None
            found = self._replayed(built, problem, asked.values, setting)
            if found is not None:
                return found
        return None

    def _replayed(
        self, built: Built, problem: Problem, values: Mapping[str, Value], setting: Setting
    ) -> Replayed | None:
        """Run what a solver found, made round if that shows it too."""
        rounded = self._made_round(built, problem, values)
        for data in (rounded, values):
            found = replay(self.claim, built.world, {**self._plain(built, setting), **data}, setting.assumptions)
            if found is not None:
                return found
        return None

    def _plain(self, built: Built, setting: Setting) -> Values:
        """What is known before anything is solved: bounds, rates are 1, who defaults has a loss, what is fixed."""
        world, data = built.world, (one for one in built.domain.variables.values() if one.is_data)
        bounds = {
            one.name: bound
            for one in data
            for bound, sign in ((one.low, 1), (one.high, -1))
            if bound is not None and bound * sign > 0
        }
        losses = {owner: amount for (owner, _), amount in reversed(world.losses.items()) if owner is not None}
        own = {name: self._shapes.unit for amount in losses.values() for name in terms_of(amount)[0]}
        return {**dict.fromkeys(world.rates, 1), **bounds, **own, **setting.fixed}

    # ------------------------------------------------------------------------------------------------- round numbers

    def _made_round(self, built: Built, problem: Problem, values: Mapping[str, Value]) -> Values:
        """The values made round one by one, as long as the goal can still hold; what it does not need is nothing."""
        chosen: Values = {}
        steps = _SHRINKING_STEPS
        names = {name: built.domain.variables[name].is_truth for name in problem.names}
        for name in _in_order(built, problem):
            one = built.domain.variables[name]
            for candidate in self._candidates(one, values[name]):
                if steps == 0:
                    break
                if not one.is_truth and values[name] == candidate:
                    chosen[name] = candidate
                    break
                steps -= 1
                answered = solver().ask(None, self.seconds, values={**chosen, name: candidate}, names=names)
                if answered.answer == "sat":
                    chosen[name], values = candidate, answered.values
                    break
            chosen.setdefault(name, values[name])
        return chosen

    def _candidates(self, one: Variable, value: Value) -> Iterator[Value]:
        if one.is_truth:
            yield from (False, True)
            return
        unit = self._shapes.unit
        size = abs(Fraction(value))
        if one.name.startswith("earlier defaults"):
            yield from range(4)
            return
        if not one.whole:
            yield from (0, 1, Fraction(1, 2), 2, 10)
        yield from (step * unit for step in _ROUND)
        if one.whole:
            for amount in self._shapes.amounts:
                yield from (amount, amount + unit, amount + 10 * unit, amount + 100 * unit)
        if one.low is None:
            yield from (-step * unit for step in _ROUND[1:6])
        if size:
            for digits in (1, 2, 3):
                scale = Fraction(10) ** (len(str(floor(size))) - digits)
                yield floor(Fraction(value) / scale + Fraction(1, 2)) * scale
        if one.whole:
            yield from (floor(value), floor(value) + 1)
        else:
            yield value

    # ------------------------------------------------------------------------------------------------- a few units

    def shaken(self, scales: Sequence[int] = (1,)) -> Replayed | None:
        """An event of a few minor units that breaks the claim, among random ones: there rounding shows.

        ``scales`` are how many minor units all amounts of an event may be counted in.

        Raises:
            Outside: a run meets what is not encoded.
        """
        chance = random.Random(7)  # noqa: S311 - as above
        worlds: dict[tuple[int, Day], Built] = {}
        for _ in range(_SHAKEN):
            key = chance.choice((2, 3, 3, 4)), chance.choice(self.days)
            if key not in worlds:
                kinds = Kinds(SURVIVORS[: min(key[0], self.most or key[0])], DEFAULTERS[:1])
                setting = self._setting(rounding=True, bounded=False)
                worlds[key], _goal = build(self.claim, kinds, key[1], setting)
            built = worlds[key]
            data = ((name, one) for name, one in built.domain.variables.items() if one.is_data)
            values = {name: small(name, one, chance) for name, one in data}
            if len(scales) > 1:
                scale = chance.choice(scales)
                values |= {name: value * scale for name, value in values.items() if built.domain.variables[name].whole}
            found = replay(self.claim, built.world, values, self.setting.assumptions)
            if found is not None:
                return found
        return None


def _in_order(built: Built, problem: Problem) -> list[str]:
    """The data that a goal rests on: truths first, earlier payments, what is given, members' data, losses."""
    names = [name for name in problem.names if built.domain.variables[name].is_data]

    def rank(name: str) -> int:
        if built.domain.variables[name].is_truth:
            return 0
        if name.startswith("paid["):
            return 1
        if name.startswith(("loss[", "more loss[", "more non-default", "non-default loss")):
            return 4
        return 3 if "[" in name else 2

    return sorted(names, key=lambda name: (rank(name), name))
