"""Invariants: what a rulebook says must hold after every run."""

from rulelang.check.draft import Draft
from rulelang.check.expressions.typing_rules import require
from rulelang.check.program import EnsureProgram
from rulelang.check.types import Kind, Varies
from rulelang.syntax import nodes


def lower_ensures(draft: Draft) -> None:
    """Enter every ``ensure`` of the rulebook into the draft."""
    draft.ensures = tuple(
        _lower_ensure(draft, section) for section in draft.rulebook.sections if isinstance(section, nodes.EnsureSection)
    )


def _lower_ensure(draft: Draft, section: nodes.EnsureSection) -> EnsureProgram:
    citation = nodes.cited(section.cite)
    with draft.inside(f'ensure "{section.text}"', citation=citation):
        for node, role in ((section.condition, "what an invariant states"), (section.where, "what follows `where`")):
            if node is None:
                continue
            typed = require(draft, node, (Kind.YES_NO,), role)
            if typed is not None and typed.per_member and section.population is None:
                draft.report(
                    "shape-mismatch",
                    "this condition is one per member, but the invariant does not say for whom",
                    node.span,
                    help='say for whom, as in `ensure "…" for survivors: …`',
                )
            elif typed is not None and typed.segment is Varies.YES:
                draft.report(
                    "shape-mismatch",
                    "this condition is one per segment, but an invariant holds for the whole run",
                    node.span,
                    help="compare sums, as in `(sum of … over segments)`",
                )
    return EnsureProgram(section.text, section.condition, section.population, section.where, citation, section.span)
