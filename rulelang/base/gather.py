"""What comes one by one, put together under names; the names stand in the order in which they first come."""

from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


def totals(amounts: Iterable[tuple[Key, Item]]) -> dict[Key, Item]:
    """The sum of the amounts under each name, whatever can be added up."""
    found: dict[Key, Any] = {}
    for key, amount in amounts:
        found[key] = found[key] + amount if key in found else amount
    return found


def collected(items: Iterable[tuple[Key, Item]]) -> dict[Key, list[Item]]:
    """The things under each name."""
    found: dict[Key, list[Item]] = {}
    for key, item in items:
        found.setdefault(key, []).append(item)
    return found
