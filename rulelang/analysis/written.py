"""The names in a tree with the role of each, which the parts of the nodes tell in which they stand."""

import re
from collections.abc import Iterator

from rulelang.analysis.uses import Role
from rulelang.base.source import SourceText, Span
from rulelang.base.values import types_of_parts
from rulelang.syntax import nodes

Written = tuple[str, Span, Role]
"""A name, its place and its role."""

ROLES: dict[type[nodes.Node], dict[str, Role]] = {
    nodes.SegmentsSection: {"names": Role.DECLARED},
    nodes.PartySection: {"name": Role.DECLARED},
    nodes.Datum: {"name": Role.DECLARED, "formerly": Role.FORMER},
    nodes.ChoiceType: {"values": Role.DECLARED},
    nodes.DefineSection: {"name": Role.DECLARED},
    nodes.LimitSection: {"name": Role.DECLARED},
    nodes.PeriodSection: {"name": Role.DECLARED},
    nodes.Opener: {"steps": Role.STEP},
    nodes.During: {"period": Role.PERIOD},
    nodes.OnceDuring: {"period": Role.PERIOD},
    nodes.Step: {"name": Role.DECLARED, "formerly": Role.FORMER},
    nodes.Finally: {"name": Role.OUTCOME},
    nodes.PaidBy: {"payers": Role.PAYER},
    nodes.Pot: {"name": Role.POT},
    nodes.ForLosses: {"segments": Role.SEGMENT},
    nodes.InOrder: {"ranks": Role.CHOICE},
    nodes.StepResult: {"step": Role.STEP},
    nodes.PeriodValue: {"period": Role.PERIOD},
    nodes.ReplenishSection: {"pot": Role.POT, "payers": Role.PAYER, "draws_on": Role.POT},
    nodes.Repaid: {"steps": Role.STEP, "into": Role.POT},
    nodes.RecoveriesSection: {"rest": Role.PAYER},
    nodes.ExpectPays: {"who": Role.PAYER_OR_STEP, "under": Role.STEP, "segment": Role.SEGMENT},
    nodes.ExpectUncovered: {"segment": Role.SEGMENT},
    nodes.ExpectOutcome: {"outcome": Role.OUTCOME},
    nodes.ExpectOwes: {"who": Role.MEMBER, "pot": Role.POT, "segment": Role.SEGMENT},
    nodes.ExpectHolds: {"who": Role.MEMBER, "pot": Role.POT, "segment": Role.SEGMENT},
    nodes.ExpectRepaid: {"who": Role.MEMBER, "under": Role.STEP},
    nodes.ExpectPeriod: {"period": Role.PERIOD},
    nodes.DatumValue: {"name": Role.DATUM, "segment": Role.SEGMENT, "defaulter": Role.MEMBER},
    nodes.MemberItem: {"member": Role.JOINING},
    nodes.FormerMemberItem: {"member": Role.JOINING},
    nodes.NoticeItem: {"member": Role.MEMBER},
    nodes.DefaultedItem: {"member": Role.MEMBER},
    nodes.DefaultItem: {"member": Role.MEMBER, "segment": Role.SEGMENT},
    nodes.FurtherLossItem: {"member": Role.MEMBER, "segment": Role.SEGMENT},
    nodes.NonDefaultLossItem: {"segment": Role.SEGMENT},
    nodes.PaymentItem: {"payer": Role.MEMBER, "defaulters": Role.MEMBER, "step": Role.STEP, "segment": Role.SEGMENT},
    nodes.DecisionItem: {"step": Role.STEP},
    nodes.WithdrawalItem: {"member": Role.MEMBER, "step": Role.STEP},
    nodes.OpenPeriodItem: {"period": Role.PERIOD},
    nodes.DepartureItem: {"member": Role.MEMBER},
    nodes.PaidInItem: {"payer": Role.MEMBER, "pot": Role.POT, "segment": Role.SEGMENT},
    nodes.PaidOutItem: {"payer": Role.MEMBER, "pot": Role.POT, "segment": Role.SEGMENT},
    nodes.RecoveredItem: {"member": Role.MEMBER},
}
"""The role of the names in each part of a node; codes of currencies are no names."""

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
            parts = [name for name in types_of_parts(type(node)) if name != "span"]
            waiting.extend(getattr(node, name) for name in reversed(parts))


def written(tree: nodes.Node, source: SourceText) -> Iterator[Written]:
    """The names of a tree with their roles."""
    for node in nodes_of(tree):
        if isinstance(node, nodes.Reference):
            yield node.name, _inner(node, source), Role.VALUE
        elif isinstance(node, nodes.Value) and node.form == "word" and node.text not in WORDS:
            yield node.text, node.span, Role.CHOICE
        for part, role in ROLES.get(type(node), {}).items():
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
