"""Two orders of the same things: what really moved, and one order for what either side has."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)
Item = TypeVar("Item")
Pair = tuple[int | None, int | None]
"""The place in the old sequence and that in the new one; ``None`` where only the other has it."""


def kept_in_order(places: Sequence[int], names: Sequence[list[str]]) -> set[int]:
    """Which of several things keep their order: the indices of a longest common subsequence.

    ``places[i]`` is the new place of the thing that comes ``i``-th in the old order.  Of several longest
    subsequences the one is taken whose ``names`` come first in the alphabet, which is the same from both sides.
    """
    count = len(places)
    longest = [1] * count  # of the subsequences that begin at i
    for i in reversed(range(count)):
        for j in range(i + 1, count):
            if places[j] > places[i] and longest[j] >= longest[i]:
                longest[i] = longest[j] + 1
    kept: list[int] = []
    for length in range(max(longest, default=0), 0, -1):
        after = kept[-1] if kept else None
        fitting = [
            i
            for i in range(count)
            if longest[i] == length and (after is None or (i > after and places[i] > places[after]))
        ]
        kept.append(min(fitting, key=lambda i: names[i]))
    return set(kept)


def merged(olds: Sequence[Thing], news: Sequence[Thing], pairs: Mapping[Thing, Thing]) -> Iterator[Pair]:
    """All things of two sequences in the order of the new one; what is gone stands behind what it stood behind.

    ``pairs`` gives for each old thing the new one that it is.
    """
    behind: dict[Thing | None, list[int]] = {}
    last: Thing | None = None
    for place, old in enumerate(olds):
        if old in pairs:
            last = pairs[old]
        else:
            behind.setdefault(last, []).append(place)
    places = {old: place for place, old in enumerate(olds)}
    came_from = {new: places[old] for old, new in pairs.items()}
    yield from ((place, None) for place in behind.get(None, ()))
    for place, new in enumerate(news):
        yield came_from.get(new), place
        yield from ((gone, None) for gone in behind.get(new, ()))


def side_by_side(
    olds: Sequence[Item], news: Sequence[Item], places: Iterator[Pair]
) -> Iterator[tuple[Item | None, Item | None]]:
    """The things themselves at the places that :func:`merged` gives."""
    for one, other in places:
        yield (None if one is None else olds[one]), (None if other is None else news[other])


def paired(olds: Sequence[Thing], news: Sequence[Thing], *keys: Callable[[int, int], Hashable]) -> dict[Thing, Thing]:
    """Pairs of two sequences of different things, by one key after another, equal keys in their order.

    A key is called with the side (0 old, 1 new) and the place in its sequence.
    """
    pairs: dict[Thing, Thing] = {}
    free = [list(range(len(olds))), list(range(len(news)))]
    for key in keys:
        waiting: dict[Hashable, list[int]] = {}
        for place in free[1]:
            waiting.setdefault(key(1, place), []).append(place)
        for place in list(free[0]):
            found = waiting.get(key(0, place))
            if found:
                match = found.pop(0)
                pairs[olds[place]] = news[match]
                free[0].remove(place)
                free[1].remove(match)
    return pairs
