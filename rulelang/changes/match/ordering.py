"""Two orders of the same things: what really moved, and one order for what either side has."""

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from rulelang.base.gather import collected

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


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


def same_names(olds: Iterable[Key], news: Container[Key]) -> dict[Key, Key]:
    """The pairs of what is called the same on both sides."""
    return {name: name for name in olds if name in news}


def each_once(ranked: Iterable[tuple[Key, Key]]) -> dict[Key, Key]:
    """The pairs, the best first, of which neither part is in one before it."""
    pairs: dict[Key, Key] = {}
    for old, new in ranked:
        if old not in pairs and new not in pairs.values():
            pairs[old] = new
    return pairs


def side_by_side(
    both: Iterable[Mapping[Key, Item]], pairs: Mapping[Key, Key] | None = None
) -> Iterator[tuple[Item | None, Item | None]]:
    """All things of both sides, old and new, in the new order; what is gone stands behind what it stood behind.

    ``pairs`` gives for the key of an old thing that of the new one that it is (``None``: the same key).
    """
    olds, news = both
    pairs = {old: old for old in olds} if pairs is None else pairs
    same = {old: new for old, new in pairs.items() if old in olds and new in news}
    behind: dict[Key | None, list[Item]] = {}
    last: Key | None = None
    for key, old in olds.items():
        if key in same:
            last = same[key]
        else:
            behind.setdefault(last, []).append(old)
    came_from = {new: olds[old] for old, new in same.items()}
    yield from ((gone, None) for gone in behind.get(None, ()))
    for key, new in news.items():
        yield came_from.get(key), new
        yield from ((gone, None) for gone in behind.get(key, ()))


def paired(
    both: Iterable[Sequence[Item]], *keys: Callable[[int, Item], Hashable]
) -> Iterator[tuple[Item | None, Item | None]]:
    """Things without names :func:`side_by_side`: the same by one key after another, equal keys in their order.

    A key is called with the side (0 old, 1 new) and the thing.
    """
    olds, news = (dict(enumerate(things)) for things in both)
    pairs: dict[int, int] = {}
    free = dict(olds), dict(news)
    for key in keys:
        waiting = collected((key(1, new), place) for place, new in free[1].items())
        for place, old in list(free[0].items()):
            found = waiting.get(key(0, old))
            if found:
                pairs[place] = found.pop(0)
                del free[0][place], free[1][pairs[place]]
    return side_by_side((olds, news), pairs)
