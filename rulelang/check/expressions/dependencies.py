"""What names what: the order in which each stands behind those it names, and the circles in which there is none."""

from collections.abc import Callable, Iterator, Mapping

from rulelang.check.expressions.walk import references
from rulelang.syntax import nodes

Circle = Callable[[list[str], int, nodes.Reference], None]
"""What is told of a circle: the way of names to its end, where on it the circle begins, and what leads back there."""


def dependencies_first(values: Mapping[str, nodes.Expression], circle: Circle) -> Iterator[str]:
    """The names of values, each behind those that its value names; what closes a circle is told of and passed over.

    Depth first, with a path of its own in place of calls inside calls.
    """
    waiting = {
        name: iter([used for used in references(value) if used.name in values]) for name, value in values.items()
    }
    settled: set[str] = set()
    for start in values:
        path, places = [start], {start: 0}
        while path and start not in settled:
            used = next((each for each in waiting[path[-1]] if each.name not in settled), None)
            if used is None:
                settled.add(path[-1])
                del places[path[-1]]
                yield path.pop()
            elif used.name in places:
                circle(path, places[used.name], used)
            else:
                places[used.name] = len(path)
                path.append(used.name)


def around(path: list[str], start: int) -> str:
    """The circle in which a path comes back to its name number ``start``; of a long one the middle is left out."""
    length = len(path) - start
    names = path[start:] if length <= 10 else [*path[start : start + 5], *path[-4:]]
    quoted = [f"`{name}`" for name in (*names, path[start])]
    if length > 10:
        quoted.insert(5, f"{length - 9} more")
    return " → ".join(quoted)
