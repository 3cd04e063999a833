"""Walking through expressions: what stands directly inside one, all that stands inside, the names among that."""

import typing
from collections.abc import Iterator, Mapping

from rulelang.base.values import types_of_parts
from rulelang.syntax import nodes


def walk(node: nodes.Expression) -> list[nodes.Expression]:
    """An expression and all expressions inside it."""
    found, waiting = [], [node]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(children(current))
    return found


def reached(definitions: Mapping[str, nodes.DefineSection], *starts: nodes.Expression) -> Iterator[nodes.Expression]:
    """Some expressions and all inside them, in the definitions too that they name, each of which is walked once."""
    waiting, seen = list(starts), set[str]()
    while waiting:
        for inner in walk(waiting.pop()):
            yield inner
            if isinstance(inner, nodes.Reference) and inner.name in definitions and inner.name not in seen:
                seen.add(inner.name)
                waiting.append(definitions[inner.name].value)


def parts_read(
    definitions: Mapping[str, nodes.DefineSection], node: nodes.Expression
) -> Iterator[tuple[nodes.Expression, nodes.Expression]]:
    """What is reached from an expression, in its order, each with the part that is it or leads there by its name."""
    for part in walk(node):
        if isinstance(part, nodes.Reference):
            yield from ((read, part) for read in reached(definitions, part))
        else:
            yield part, part


def is_result(node: nodes.Expression) -> bool:
    """Whether an expression is what a run makes of its data, such as what a step has paid."""
    match node:
        case nodes.StepResult() | nodes.PeriodValue() | nodes.RunValue(what="remaining" | "total_paid"):
            return True
    return False


def references(node: nodes.Expression) -> list[nodes.Reference]:
    """The names inside an expression."""
    return [inner for inner in walk(node) if isinstance(inner, nodes.Reference)]


def children(node: nodes.Node) -> list[nodes.Expression]:
    """The expressions directly inside an expression, a step, a section or a whole rulebook, in the order written.

    They are found by the types of the parts, so that those of a kind that is new are not passed over.
    """
    found: list[nodes.Expression] = []
    _find(node, found)
    return found


def _find(node: nodes.Node, found: list[nodes.Expression]) -> None:
    kind = type(node)
    if kind not in _PARTS:
        _PARTS[kind] = tuple(name for name, declared in types_of_parts(kind).items() if _may_hold(declared))
    for name in _PARTS[kind]:
        part = getattr(node, name)
        for each in part if isinstance(part, tuple) else (part,):
            if isinstance(each, nodes.Expression):
                found.append(each)
            elif isinstance(each, nodes.Node):
                _find(each, found)


_PARTS: dict[type[nodes.Node], tuple[str, ...]] = {}
"""The parts of each kind of node in which an expression may stand."""


def _may_hold(declared: object) -> bool:
    """Whether a value of a type, as a part declares it, may be an expression or hold one."""
    if isinstance(declared, type) and issubclass(declared, nodes.Node):
        kinds = (declared, *declared.__subclasses__())
        return issubclass(declared, nodes.Expression) or any(
            _may_hold(part) for kind in kinds for part in types_of_parts(kind).values()
        )
    return any(map(_may_hold, typing.get_args(declared)))
