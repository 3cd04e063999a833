"""The names in a tree with the role of each, which the parts of the nodes tell in which they stand."""

import re
from collections.abc import Iterator

from rulelang.analysis.uses import Role
from rulelang.base.source import SourceText, Span
from rulelang.base.values import types_of_parts
from rulelang.syntax import nodes

Written = tuple[str, Span, Role]
"""A name, its place and its role."""

_OF_PARTS = {
    **dict.fromkeys(("name", "names", "values"), Role.DECLARED),
    "formerly": Role.FORMER,
    **dict.fromkeys(("segment", "segments"), Role.SEGMENT),
    "period": Role.PERIOD,
    **dict.fromkeys(("step", "steps", "under"), Role.STEP),
    **dict.fromkeys(("payers", "rest"), Role.PAYER),
    **dict.fromkeys(("pot", "draws_on", "into"), Role.POT),
    "ranks": Role.CHOICE,
    "outcome": Role.OUTCOME,
    **dict.fromkeys(("member", "payer", "who", "defaulter", "defaulters"), Role.MEMBER),
}
"""The role of a name by what the part of the node is called in which it stands; codes of currencies are no names."""
_OF_NODES = {
    (nodes.Finally, "name"): Role.ENDING,
    (nodes.Pot, "name"): Role.POT,
    (nodes.DatumValue, "name"): Role.DATUM,
    (nodes.ExpectPays, "who"): Role.PAYER_OR_STEP,
    (nodes.MemberItem, "member"): Role.JOINING,
    (nodes.FormerMemberItem, "member"): Role.JOINING,
}
"""Where it is another one."""

WORDS = frozenset("ccp survivors defaulters members yes no covered uncovered".split())
"""Words of the language that stand where a name may."""


def nodes_of(tree: nodes.Node, around: int | None = None) -> Iterator[nodes.Node]:
    """A node and all nodes inside it, those that hold others before these; or only those ``around`` an offset."""
    waiting: list[object] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(reversed(node))
        elif isinstance(node, nodes.Node):
            if around is not None and node is not tree and not node.span.start <= around < node.span.end:
                continue
            yield node
            waiting.extend([getattr(node, name) for name in _PARTS[type(node)]])


class _Parts(dict[type[nodes.Node], list[str]]):
    """The parts of each kind of node but for its place, the last first."""

    def __missing__(self, kind: type[nodes.Node]) -> list[str]:
        parts = self[kind] = [name for name in types_of_parts(kind) if name != "span"][::-1]
        return parts


class _Roles(dict[type[nodes.Node], dict[str, Role]]):
    """The parts of each kind of node in which names stand, and the role of these."""

    def __missing__(self, kind: type[nodes.Node]) -> dict[str, Role]:
        found = {part: _OF_NODES.get((kind, part), _OF_PARTS.get(part)) for part in types_of_parts(kind)}
        roles = self[kind] = {part: role for part, role in found.items() if role is not None}
        return roles


_PARTS, ROLES = _Parts(), _Roles()


def written(tree: nodes.Node, source: SourceText) -> Iterator[Written]:
    """The names of a tree with their roles."""
    for node in nodes_of(tree):
        if isinstance(node, nodes.Reference):
            yield node.name, _inner(node, source), Role.VALUE
        elif isinstance(node, nodes.Value) and node.form == "word" and node.text not in WORDS:
            yield node.text, node.span, Role.CHOICE
        for part, role in ROLES[type(node)].items():
            for name in _identifiers(getattr(node, part)):
                if name.quoted or name.text not in WORDS:
                    member = role is Role.PAYER_OR_STEP and (name.quoted or name.text[:1].isupper())
                    yield name.text, name.span, Role.MEMBER if member else role


def _identifiers(part: object) -> Iterator[nodes.Identifier]:
    if isinstance(part, nodes.Identifier):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from _identifiers(each)


def _inner(node: nodes.Reference, source: SourceText) -> Span:
    """The place of a name without the brackets around it."""
    start, end = node.span
    if end - start == len(node.name):
        return node.span
    for found in re.finditer(rf"#[^\n]*|\b{node.name}\b", source.text[start:end]):
        if not found[0].startswith("#"):
            return Span(start + found.start(), start + found.end())
    return node.span
