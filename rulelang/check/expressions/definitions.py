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
    on_path: set[str] = set()
    stack: list[tuple[str, bool]] = [(start, False)]
    while stack:
        name, ready = stack.pop()
        section = draft.definitions[name]
        if ready:
            on_path.discard(path.pop())
            with draft.inside("definitions", name):
                type_of(draft, section.value)
            draft.definitions_typed[name] = None
            continue
        if name in draft.definitions_typed:
            continue
        path.append(name)
        on_path.add(name)
        stack.append((name, True))
        for used in references(section.value):
            if used.name in on_path:
                _report_circle(draft, [*path[path.index(used.name) :], used.name], used)
            elif used.name in draft.definitions and used.name not in draft.definitions_typed:
                stack.append((used.name, False))


def _report_circle(draft: Draft, names: list[str], node: nodes.Reference) -> None:
    around = " → ".join(f"`{name}`" for name in names)
    message = f"`{names[0]}` is defined by itself" if len(names) == 2 else f"definitions go in a circle: {around}"
    with draft.inside("definitions", names[-2]):
        draft.report("circular-definition", message, node.span, help="define one of them without the others")
