"""The data of members with which events are looked for: small and round, or a few minor units.

The random numbers have a fixed seed, so that every search tries the same.
"""

import random
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from rulelang.base.money import Exact
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.proof.claims.claims import Built
from rulelang.proof.domain.variables import Variable
from rulelang.proof.worlds.kinds import DEFAULTERS, Kinds
from rulelang.proof.worlds.labels import label

EACH_IN_ITS_SEGMENT = 5
"""The shape in which every member has something in one segment alone."""
_MEASURES = (Kind.MONEY, Kind.NUMBER, Kind.RATIO, Kind.RATE)
_TRIES_OF_ALL_LOSSES = 2
_MILLION = 1_000_000


@frozen
class Shapes:
    """The shapes of the data of some versions, under the names that these have in all of them."""

    programs: Sequence[CheckedProgram]
    names: Sequence[Mapping[str, str]]

    @property
    def unit(self) -> int:
        """A million, in minor units."""
        return 10 ** self.programs[0].currency.decimals * _MILLION  # type: ignore[no-any-return]

    @property
    def amounts(self) -> list[int]:
        """Amounts that the rules name: there something changes."""
        found = {
            value
            for program in self.programs
            for value in program.constants.values()
            if isinstance(value, int) and not isinstance(value, bool) and value * 1000 >= self.unit
        }
        return sorted(found)[:6]

    def of(self, kinds: Kinds, tries: int) -> Iterator[Mapping[str, Exact]]:
        """Small round data of members, and in every second shape of the event, so that all is linear then."""
        chance, signs = random.Random(1), random.Random(2)  # noqa: S311 - the same numbers every time are wanted
        for number in range(tries):
            shape: dict[str, Exact] = {}
            for version, program in enumerate(self.programs):
                self._shape_members(shape, version, kinds, number, chance, signs)
                if number % 2:
                    self._shape_givens(shape, version, chance)
                only_defaults = all(step.losses_met == "defaults" for step in program.each_step())
                if only_defaults and kinds.defaulters and number < tries - _TRIES_OF_ALL_LOSSES:
                    for segment in program.segments or (None,):
                        shape[label("non-default loss", segment, None)] = 0
                        shape[label("more non-default loss", segment, None)] = 0
            yield shape

    def _shape_members(
        self,
        shape: dict[str, Exact],
        version: int,
        kinds: Kinds,
        number: int,
        chance: random.Random,
        signs: random.Random,
    ) -> None:
        program = self.programs[version]
        for name, datum, segment in _measures(program, program.fields):
            common = self.names[version].get(name, name)
            unit = self.unit if datum.type.kind is Kind.MONEY else 1
            for place, member in enumerate((*kinds.survivors, *kinds.defaulters)):
                apart = None if segment is None else program.segments.index(segment) == place % len(program.segments)
                steps = _steps(number, place, chance, defaults=member in kinds.defaulters, apart=apart)
                if steps is not None:
                    sign = signs.choice((1, -1)) if datum.signed and number % 2 and number != EACH_IN_ITS_SEGMENT else 1
                    shape.setdefault(label(common, segment, member), sign * steps * unit)

    def _shape_givens(self, shape: dict[str, Exact], version: int, chance: random.Random) -> None:
        program = self.programs[version]
        for name, datum, segment in _measures(program, program.givens):
            if datum.type.kind is Kind.MONEY:
                amounts = (0, 10 * self.unit, 100 * self.unit, 1000 * self.unit)
                common = self.names[version].get(name, name)
                more = [scale * amount for amount in self.amounts for scale in (1, 2)]
                shape.setdefault(label(common, segment, None), chance.choice([*amounts, *more]))


def _measures(
    program: CheckedProgram, data: Mapping[str, DatumProgram]
) -> Iterator[tuple[str, DatumProgram, str | None]]:
    for name, datum in data.items():
        if datum.type.kind in _MEASURES and not datum.per_defaulter:
            for segment in program.segments if datum.per_segment else (None,):
                yield name, datum, segment


def _steps(number: int, place: int, chance: random.Random, *, defaults: bool, apart: bool | None) -> int | None:
    """How many millions a member has of something in a shape (``None``: that is left free).

    ``apart`` is known of what it has in a segment: whether that is its own if each member has one of its own.
    """
    if defaults:  # its data are seldom keys
        return {0: 0, 1: 10, 2: 0}.get(number % 4)
    if number == EACH_IN_ITS_SEGMENT and apart is not None:
        return 10 * apart
    fixed = {0: 10 * (place + 1), 1: 10, 2: 90 if place else 10, 3: 0 if place else 10, 4: 0, 6: 1, 8: None}
    return fixed.get(number, chance.choice((0, 0, 1, 2, 5, 10, 10, 20, 30, 50, 60, 100)))


def dated(built: Built, shape: Mapping[str, Exact]) -> Mapping[str, Exact]:
    """What members had on earlier days that are asked for: so many times what they have now, not the same for all."""
    world = built.world
    days = sorted({day for *_, day in world.day.asked})
    found: dict[str, Exact] = {}
    for name, member, segment, day in world.day.asked:
        now = shape.get(label(name, segment, member))
        if isinstance(now, int):
            place = days.index(day) + (0 if member is None else world.members.index(member))
            found[label(f"{name} as of {day}", segment, member)] = now * (1 + place % 3)
    return found


def small(name: str, one: Variable, chance: random.Random) -> Exact | bool:
    """A random value of a few minor units."""
    if one.is_truth:
        return chance.random() * 2 < 1
    if name.startswith(("loss[", "more loss[")):
        return chance.choice((1, 2, 3, 5, 7, 10, 11, 20, 50, 100))
    if name.startswith(("paid[", "non-default", "more non-default")) or any(f"[{who}" in name for who in DEFAULTERS):
        return 0
    return chance.choice((0, 0, 1, 2, 3, 5, 7, 10))
