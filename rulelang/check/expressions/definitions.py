"""Definitions typed in the order in which they need each other; circles are findings."""

from rulelang.check.draft import Draft
from rulelang.check.expressions.typing_rules import type_of
from rulelang.check.expressions.walk import references
from rulelang.syntax import nodes


def type_definitions(draft: Draft) -> None:
    """Give every definition its type, those nobody uses too, each after the ones it names; cycles are findings."""
    for name in draft.definitions:
        _type_from(draft, name)


def _type_from(draft: Draft, start: str) -> None:
    """Depth first, with a stack of its own: a definition is typed when all it names have been."""
    path: list[str] = []
    on_path: dict[str, int] = {}
    stack: list[tuple[str, bool]] = [(start, False)]
    while stack:
        name, ready = stack.pop()
        section = draft.definitions[name]
        if ready:
            del on_path[path.pop()]
            with draft.inside("definitions", name):
                type_of(draft, section.value)
            draft.definitions_typed[name] = None
            continue
        if name in draft.definitions_typed:
            continue
        on_path[name] = len(path)
        path.append(name)
        stack.append((name, True))
        for used in references(section.value):
            if used.name in on_path:
                _report_circle(draft, path, on_path[used.name], used)
            elif used.name in draft.definitions and used.name not in draft.definitions_typed:
                stack.append((used.name, False))


def around(path: list[str], start: int) -> str:
    """The circle in which a path comes back to its name number ``start``; of a long one the middle is left out."""
    length = len(path) - start
    names = path[start:] if length <= 10 else [*path[start : start + 5], *path[-4:]]
    quoted = [f"`{name}`" for name in (*names, path[start])]
    if length > 10:
        quoted.insert(5, f"{length - 9} more")
    return " → ".join(quoted)


def _report_circle(draft: Draft, path: list[str], start: int, node: nodes.Reference) -> None:
    alone = len(path) - start == 1
    message = f"`{path[start]}` is defined by itself" if alone else f"definitions go in a circle: {around(path, start)}"
    with draft.inside("definitions", path[-1]):
        draft.report("circular-definition", message, node.span, help="define one of them without the others")
