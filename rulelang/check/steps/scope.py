"""One step while it is lowered: its clauses, who pays it, and whether an expression has a shape that fits it."""

from collections.abc import Collection, Mapping
from typing import TypeVar, Unpack

from rulelang.base.advice import Advice, Help, Repair, write
from rulelang.base.diagnostic import Details
from rulelang.base.source import Span
from rulelang.base.values import Gathering, part
from rulelang.check.draft import Draft
from rulelang.check.expressions.typing_rules import require
from rulelang.check.program import POPULATIONS
from rulelang.check.repairs import add_clause, removal, words
from rulelang.check.types import Kind, TypeAndShape, Varies
from rulelang.syntax import nodes

KEY_KINDS = (Kind.MONEY, Kind.NUMBER, Kind.RATIO)
AFTER_WHEN = "what stands after `when`"

CLAUSE_WORDS: dict[type, str] = {
    nodes.PaidBy: "paid by",
    nodes.Shared: "shared",
    nodes.InOrder: "in order of",
    nodes.PerSegment: "per segment",
    nodes.ForLosses: "for losses",
    nodes.When: "when",
    nodes.InForce: "in force from",
    nodes.Discretion: "at the discretion of",
    nodes.InRounds: "in at most … rounds",
    nodes.OnceDuring: "once during",
    nodes.LossesMet: "for … losses",
}


_Clause = TypeVar("_Clause", bound=nodes.Clause)


class StepScope(Gathering):
    """One step while it is lowered, with its clauses by their class; ``group`` is the group it stands in, if any."""

    draft: Draft
    step: nodes.Step
    group: nodes.Together | None
    clauses: dict[type[nodes.Clause], nodes.Clause] = part(factory=dict)
    limits: list[nodes.UpTo] = part(factory=list)

    def clause(self, kind: type[_Clause]) -> _Clause | None:
        """The clause of a kind, if the step has it."""
        found = self.clauses.get(kind)
        assert found is None or isinstance(found, kind)
        return found

    def refuse(self, code: str, message: str, kind: type[nodes.Clause], advice: Help) -> None:
        """A finding at the clause of a kind, if the step has it."""
        if kind in self.clauses:
            self.report(code, message, self.clauses[kind].span, help=advice)

    def refuse_wholly(self, code: str, message: str, kind: type[nodes.Clause], or_else: str = "") -> None:
        """A finding at the clause of a kind, if the step has it, with the advice to remove it."""
        if kind in self.clauses:
            span = self.clauses[kind].span
            advice = removal(self.draft.source, span, f"remove the clause{or_else}")
            self.report(code, message, span, help=advice)

    def add(self, clause: str) -> Repair:
        """To add a clause to the step."""
        return add_clause(self.draft.source, self.step, clause)

    @property
    def in_segments(self) -> bool:
        """Whether the step is done once for each segment."""
        return nodes.PerSegment in self.clauses or (self.group is not None and self.group.per_segment)

    @property
    def payers(self) -> str:
        """Whom ``paid by`` names."""
        paid_by = self.clause(nodes.PaidBy)
        return "survivors" if paid_by is None else paid_by.payers.text

    @property
    def single(self) -> bool:
        """Whether one payer alone may be charged."""
        return self.payers not in POPULATIONS

    @property
    def known(self) -> bool:
        """Whether the step says who pays and the rulebook knows them; if not, nothing that depends on it is checked."""
        payers = self.payers
        return nodes.PaidBy in self.clauses and (
            payers == "ccp" or payers in POPULATIONS or payers in self.draft.parties
        )

    @property
    def alone(self) -> bool:
        """Whether one payer bears the whole draw, with no other of a pool beside it."""
        return self.single and not (self.group is not None and self.group.one_pool)

    def report(self, code: str, message: str, span: Span, **details: Unpack[Details]) -> None:
        """Add a finding at a span of the rulebook."""
        self.draft.report(code, message, span, **details)

    def sort(self) -> None:
        """Sort the clauses by their class; one that stands twice is a finding."""
        for clause in self.step.clauses:
            if isinstance(clause, nodes.UpTo):
                self.limits.append(clause)
            elif type(clause) in self.clauses:
                message = f"`{CLAUSE_WORDS[type(clause)]}` stands twice in `{self.step.name.text}`"
                advice = "keep one of the two; only `up to` may stand more than once"
                first = self.clauses[type(clause)].span
                self.draft.report_second("duplicate-clause", message, clause.span, first, advice)
            else:
                self.clauses[type(clause)] = clause

    def citations(self) -> Mapping[str, str]:
        """The citations of the clauses, by the words that open them."""
        return {
            CLAUSE_WORDS[kind]: clause.cite.text for kind, clause in self.clauses.items() if clause.cite is not None
        }

    def one(self, node: nodes.Expression, kinds: Collection[Kind], role: str) -> TypeAndShape | None:
        """The type and shape of an expression that gives one value here."""
        return self.fit(node, require(self.draft, node, kinds, role), role, members=False)

    def per_payer(self, node: nodes.Expression, kinds: Collection[Kind], role: str) -> TypeAndShape | None:
        """The type and shape of an expression that may differ from payer to payer, if the payers are members."""
        return self.fit(node, require(self.draft, node, kinds, role), role, members=not self.single)

    def fit(
        self, node: nodes.Expression, typed: TypeAndShape | None, role: str, *, members: bool
    ) -> TypeAndShape | None:
        """The type and shape, if the shape fits the step; ``members`` if it may differ from member to member."""
        if typed is None:
            return None
        written = self.draft.source.phrase(node.span)
        if typed.per_member and not members and self.known:
            self._refuse_per_member(node, typed, role)
            return None
        if typed.segment is Varies.YES and not self.in_segments:
            repairs = [self.add("per segment")]
            if typed.type.kind in KEY_KINDS:
                repairs.append(write(_sum(node, written, "segments")))
            total = "".join(f", or {repair.title}" for repair in repairs[1:])
            message = f"`{written}` is one value per segment, but `{self.step.name.text}` is not done per segment"
            advice = Advice(f"{repairs[0].title} to the step{total}", tuple(repairs))
            self.report("shape-mismatch", message, node.span, marker="differs from segment to segment", help=advice)
            return None
        return typed

    def _refuse_per_member(self, node: nodes.Expression, typed: TypeAndShape, role: str) -> None:
        written = self.draft.source.phrase(node.span)
        total, source = write(_sum(node, written, "survivors")), self.draft.source
        shared = self.clause(nodes.Shared)
        advice: Help
        if self.alone and role == "a key" and shared is not None:
            advice = removal(source, shared.span, "remove the clause: one payer alone shares with nobody")
        elif typed.type.kind is Kind.YES_NO:
            advice = f"say of how many it holds, as in `(count of survivors where {written}) > 0`"
        elif typed.type.kind not in KEY_KINDS:
            advice = "write a value that is the same for all members"
        elif role == "a limit in total":
            limit = next(each for each in self.limits if each.value is node)
            scope = words(source, Span(node.span.end, limit.span.end), "in total")
            each = Repair("each", "say `each`", scope)
            advice = Advice(f"{each.title}, or write `{total.replacement} in total`", (each, total))
        else:
            advice = Advice(f"{total.title}, or another value that is the same for all members", (total,))
        single = self.single and role not in ("a limit in total", AFTER_WHEN)
        why = f"the payer is `{self.payers}`, which is not a member" if single else f"{role} is one value"
        message = f"`{written}` is one value per member, but {why}"
        self.report("shape-mismatch", message, node.span, marker="differs from member to member", help=advice)


def _sum(node: nodes.Expression, written: str, over: str) -> str:
    """The sum of an expression over members or segments, as it would be written."""
    loose = isinstance(node, nodes.Conditional) or (isinstance(node, nodes.Arithmetic) and node.operator in "+-")
    return f"(sum of {f'({written})' if loose else written} over {over})"
