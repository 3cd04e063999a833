"""Statements: what a rulebook says must hold after every run, and what it takes for granted of the data."""

from typing import Literal

from rulelang.check.draft import Draft
from rulelang.check.expressions.typing_rules import require
from rulelang.check.expressions.walk import is_result, parts_read
from rulelang.check.program import EnsureProgram
from rulelang.check.types import Kind, Varies
from rulelang.syntax import nodes

_NOUNS = {"ensure": "invariant", "assume": "assumption"}


def lower_statements(draft: Draft) -> None:
    """Enter every ``ensure`` and every ``assume`` of the rulebook into the draft."""
    for section in draft.rulebook.sections:
        match section:
            case nodes.EnsureSection():
                draft.ensures += (_lowered(draft, section),)
            case nodes.AssumeSection():
                draft.assumes += (_lowered(draft, section),)


def _lowered(draft: Draft, section: nodes.Statement) -> EnsureProgram:
    citation = nodes.cited(section.cite)
    word: Literal["ensure", "assume"] = "ensure" if isinstance(section, nodes.EnsureSection) else "assume"
    noun = f"an {_NOUNS[word]}"
    with draft.inside(f'{word} "{section.text}"', citation=citation):
        for node, role in ((section.condition, f"what {noun} states"), (section.where, "what follows `where`")):
            if node is None:
                continue
            if word == "assume":
                _refuse_results(draft, node)
            typed = require(draft, node, (Kind.YES_NO,), role)
            if typed is not None and typed.per_member and section.population is None:
                message = f"this condition is one per member, but the {_NOUNS[word]} does not say for whom"
                advice = f'say for whom, as in `{word} "…" for survivors: …`'
                draft.report("shape-mismatch", message, node.span, help=advice)
            elif typed is not None and typed.segment is Varies.YES:
                message = f"this condition is one per segment, but {noun} holds for the whole run"
                advice = "compare sums, as in `(sum of … over segments)`"
                draft.report("shape-mismatch", message, node.span, help=advice)
    parts = section.text, section.condition, section.population, section.where, citation, section.span
    return EnsureProgram(*parts, word)


def _refuse_results(draft: Draft, node: nodes.Expression) -> None:
    """An assumption is of the data: what a run makes of them is for an invariant to say."""
    for read, part in parts_read(draft.definitions, node):
        if is_result(read):
            draft.report(
                "not-for-assume",
                f"an assumption is of the data, but `{draft.source.phrase(read.span)}` is a result of the run",
                part.span,
                labels=[] if read is part else [draft.label(read.span, "read in this definition")],
                help="name fields, givens, losses or aggregates of them, or write an `ensure`",
            )
            return
