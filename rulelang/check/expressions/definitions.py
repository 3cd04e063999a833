"""Definitions typed in the order in which they need each other; circles are findings."""

from functools import partial

from rulelang.check.draft import Draft
from rulelang.check.expressions.dependencies import around, dependencies_first
from rulelang.check.expressions.typing_rules import type_of
from rulelang.syntax import nodes


def type_definitions(draft: Draft) -> None:
    """Give every definition its type, those nobody uses too, each after the ones it names; circles are findings."""
    values = {name: section.value for name, section in draft.definitions.items()}
    for name in dependencies_first(values, partial(_report_circle, draft)):
        with draft.inside("definitions", name):
            type_of(draft, values[name])
        draft.definitions_typed[name] = None


def _report_circle(draft: Draft, path: list[str], start: int, node: nodes.Reference) -> None:
    alone = len(path) - start == 1
    message = f"`{path[start]}` is defined by itself" if alone else f"definitions go in a circle: {around(path, start)}"
    with draft.inside("definitions", path[-1]):
        draft.report("circular-definition", message, node.span, help="define one of them without the others")
