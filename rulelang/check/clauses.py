"""Steps: the clauses of each, sorted into their places and checked against the payers, the shapes and the group."""

import datetime
from collections.abc import Mapping
from typing import Any

from attrs import define, field

from rulelang.base.money import Exact
from rulelang.base.source import Span
from rulelang.base.suggest import did_you_mean, listed
from rulelang.check.draft import Draft
from rulelang.check.facts import day, exact_literal, judge, require, whole_days
from rulelang.check.program import (
    GroupProgram,
    LimitProgram,
    OrderProgram,
    PotProgram,
    Stage,
    StepProgram,
)
from rulelang.check.types import ORDERED, Fact, Kind, Varies
from rulelang.syntax import nodes

_KEY_KINDS = (Kind.MONEY, Kind.NUMBER, Kind.RATIO)
_RANKED = tuple(kind for kind in Kind if kind in ORDERED)
_POPULATIONS = ("survivors", "defaulters")
_AFTER_WHEN = "what stands after `when`"
_BY_RANK = "name the values of a choice in their order, as in `in order of bid: absent then good`"
_BY_SIZE = "amounts, numbers and dates go `lowest first` or `highest first`"


def lower_waterfall(draft: Draft) -> tuple[Stage, ...]:
    """The stages of the waterfall, in order."""
    assert draft.waterfall is not None
    stages: list[Stage] = []
    with draft.inside("waterfall", citation=nodes.cited(draft.waterfall.cite)):
        for item in draft.waterfall.items:
            if isinstance(item, nodes.Together):
                stages.append(_lower_group(draft, item))
            else:
                stages.append(_lower_step(draft, item, None))
    return tuple(stages)


def _lower_step(draft: Draft, step: nodes.Step, group: nodes.Together | None) -> StepProgram:
    with draft.inside(step.name.text, citation=nodes.cited(step.cite)):
        return _StepLowering(draft, step, group).lower()


@define
class _StepLowering:
    """Lowers one step; ``group`` is the group it stands in, if any."""

    draft: Draft
    step: nodes.Step
    group: nodes.Together | None
    clauses: dict[type, Any] = field(factory=dict)
    limits: list[nodes.UpTo] = field(factory=list)

    @property
    def in_segments(self) -> bool:
        """Whether the step is done once for each segment."""
        return nodes.PerSegment in self.clauses or (self.group is not None and self.group.per_segment)

    @property
    def payers(self) -> str:
        """Whom ``paid by`` names."""
        paid_by: nodes.PaidBy | None = self.clauses.get(nodes.PaidBy)
        return "survivors" if paid_by is None else paid_by.payers.text

    @property
    def single(self) -> bool:
        """Whether one payer alone may be charged."""
        return self.payers not in _POPULATIONS

    @property
    def known(self) -> bool:
        """Whether the step says who pays and the rulebook knows them; if not, nothing that depends on it is judged."""
        return nodes.PaidBy in self.clauses and self.payers in ("ccp", *_POPULATIONS, *self.draft.parties)

    @property
    def alone(self) -> bool:
        """Whether one payer bears the whole draw, with no other of a pool beside it."""
        return self.single and not (self.group is not None and self.group.one_pool)

    def report(self, code: str, message: str, span: Span, **details: Any) -> None:
        self.draft.report(code, message, span, **details)

    def lower(self) -> StepProgram:
        self._sort()
        self._check_payers()
        self._check_group()
        self._check_fit()
        key, reallocates = self._key()
        return StepProgram(
            self.step.name.text,
            self.step.kind,
            self.step.title,
            nodes.cited(self.step.cite),
            tuple(name.text for name in self.step.formerly),
            self.payers,
            self._where(),
            self._pot(),
            tuple(self._limit(limit) for limit in self.limits),
            key,
            reallocates,
            self._order(),
            self.in_segments,
            self._scope(),
            self._condition(),
            self._force(),
            self._discretion(),
            self.step,
            self._citations(),
        )

    def _sort(self) -> None:
        for clause in self.step.clauses:
            if isinstance(clause, nodes.UpTo):
                self.limits.append(clause)
            elif type(clause) in self.clauses:
                first = self.clauses[type(clause)]
                self.report(
                    "duplicate-clause",
                    f"`{_CLAUSE_WORDS[type(clause)]}` stands twice in `{self.step.name.text}`",
                    clause.span,
                    labels=[self.draft.label(first.span, "the first is here")],
                    help="keep one of the two; only `up to` may stand more than once",
                )
            else:
                self.clauses[type(clause)] = clause

    def _citations(self) -> Mapping[str, str]:
        return {
            _CLAUSE_WORDS[kind]: clause.cite.text for kind, clause in self.clauses.items() if clause.cite is not None
        }

    # ------------------------------------------------------------------------------------------ who pays, in a group

    def _check_payers(self) -> None:
        clause: nodes.PaidBy | None = self.clauses.get(nodes.PaidBy)
        if clause is None:
            self.report(
                "missing-payers",
                f"step `{self.step.name.text}` does not say who pays",
                self.step.name.span,
                help="add `paid by ccp`, `paid by defaulters` or `paid by survivors`",
            )
            return
        name = clause.payers
        if not self.known:
            known = ["ccp", *_POPULATIONS, *self.draft.parties]
            what = self.draft.names.get(name.text)
            others = f"write {listed(known)}"
            self.report(
                "unknown-payer",
                f"no party is called `{name.text}`" if what is None else f"`{name.text}` is {what[0]}, not a payer",
                name.span,
                help=did_you_mean(name.text, known)
                or (f"declare it, as in `party {name.text}`, or {others}" if what is None else others),
            )

    def _check_group(self) -> None:
        if self.group is None:
            return
        for kind in (nodes.PerSegment, nodes.ForLosses):
            if kind in self.clauses:
                self._refuse_in_group(f"`{_CLAUSE_WORDS[kind]}`", self.clauses[kind].span)
        if self.payers == "defaulters" and nodes.PaidBy in self.clauses:
            self._refuse_in_group("`paid by defaulters`", self.clauses[nodes.PaidBy].payers.span)
        if self.group.one_pool:
            self._check_pool()

    def _refuse_in_group(self, what: str, span: Span) -> None:
        advice = "say `together per segment`" if "per segment" in what else "put the step before the group"
        self.report("not-in-a-group", f"{what} cannot stand inside `together`", span, help=advice)

    def _check_pool(self) -> None:
        for limit in self.limits:
            if limit.scope == "in total":
                self.report(
                    "not-in-a-pool",
                    "a limit `in total` cannot stand in a group `as one pool`",
                    limit.span,
                    help="one pool has only limits per payer: say `each`",
                )
        if nodes.InOrder in self.clauses:
            self.report(
                "not-in-a-pool",
                "`in order of` cannot stand in a group `as one pool`",
                self.clauses[nodes.InOrder].span,
                help="remove the clause: in one pool all payers stand side by side",
            )
        shared: nodes.Shared | None = self.clauses.get(nodes.Shared)
        if shared is not None and not shared.reallocation:
            self.report(
                "not-in-a-pool",
                "`without reallocation` cannot stand in a group `as one pool`",
                shared.span,
                help="remove the words: what a payer of one pool cannot bear, the others do",
            )
        if shared is None and self.single and self.known:
            self.report(
                "missing-sharing",
                f"`{self.step.name.text}` shares one pool but does not say by what key",
                self.step.name.span,
                help="add `shared pro rata to …`, also for the CCP or a party",
            )

    def _check_fit(self) -> None:
        shared: nodes.Shared | None = self.clauses.get(nodes.Shared)
        order: nodes.InOrder | None = self.clauses.get(nodes.InOrder)
        if not self.known:
            return
        if self.payers == "survivors" and shared is None:
            self.report(
                "missing-sharing",
                f"`{self.step.name.text}` is paid by several members but does not say how they share it",
                self.clauses[nodes.PaidBy].span,
                help="add `shared pro rata to …`, `shared pro rata to limits` or `shared equally`",
            )
        if self.payers == "defaulters":
            for clause in (shared, order):
                if clause is not None:
                    self.report(
                        "defaulters-do-not-share",
                        "a step paid by defaulters takes no sharing and no order: each meets its own losses",
                        clause.span,
                        help="remove the clause",
                    )
        if self.single and order is not None:
            self.report(
                "nothing-to-order",
                f"`{self.step.name.text}` has a single payer, so there is nothing to put in order",
                order.span,
                help="remove the clause",
            )
        pool = self.group is not None and self.group.one_pool
        if order is not None and shared is not None and not shared.reallocation and not pool:
            self.report(
                "order-without-reallocation",
                "`in order of` and `without reallocation` exclude each other",
                shared.span,
                labels=[self.draft.label(order.span, "the order stands here")],
                help="remove one of the two",
            )

    # -------------------------------------------------------------------------------------------------------- shapes

    def one(self, node: nodes.Expression, kinds: Any, role: str) -> Fact | None:
        """The fact of an expression that gives one value here."""
        return self._fit(node, require(self.draft, node, kinds, role), role, members=False)

    def per_payer(self, node: nodes.Expression, kinds: Any, role: str) -> Fact | None:
        """The fact of an expression that may differ from payer to payer, if the payers are members."""
        return self._fit(node, require(self.draft, node, kinds, role), role, members=not self.single)

    def _fit(self, node: nodes.Expression, fact: Fact | None, role: str, *, members: bool) -> Fact | None:
        if fact is None:
            return None
        written = self.draft.source.phrase(node.span)
        if fact.per_member and not members and self.known:
            self._refuse_per_member(node, fact, role)
            return None
        if fact.segment is Varies.YES and not self.in_segments:
            total = f", or write `{_sum(node, written, 'segments')}`" if fact.type.kind in _KEY_KINDS else ""
            self.report(
                "shape-mismatch",
                f"`{written}` is one value per segment, but `{self.step.name.text}` is not done per segment",
                node.span,
                marker="differs from segment to segment",
                help=f"add `per segment` to the step{total}",
            )
            return None
        return fact

    def _refuse_per_member(self, node: nodes.Expression, fact: Fact, role: str) -> None:
        written = self.draft.source.phrase(node.span)
        total = _sum(node, written, "survivors")
        if self.alone and role == "a key":
            advice = "remove the clause: one payer alone shares with nobody"
        elif fact.type.kind is Kind.YES_NO:
            advice = f"say of how many it holds, as in `(count of survivors where {written}) > 0`"
        elif fact.type.kind not in _KEY_KINDS:
            advice = "write a value that is the same for all members"
        elif role == "a limit in total":
            advice = f"say `each`, or write `{total} in total`"
        else:
            advice = f"write `{total}`, or another value that is the same for all members"
        single = self.single and role not in ("a limit in total", _AFTER_WHEN)
        why = f"the payer is `{self.payers}`, which is not a member" if single else f"{role} is one value"
        self.report(
            "shape-mismatch",
            f"`{written}` is one value per member, but {why}",
            node.span,
            marker="differs from member to member",
            help=advice,
        )

    def _where(self) -> nodes.Expression | None:
        clause: nodes.PaidBy | None = self.clauses.get(nodes.PaidBy)
        if clause is not None and clause.where is not None:
            self.per_payer(clause.where, (Kind.YES_NO,), "what stands after `where`")
            return clause.where
        return None

    def _limit(self, limit: nodes.UpTo) -> LimitProgram:
        each = limit.scope == "each" or (limit.scope is None and self.single)
        if limit.scope is None and not self.single and self.known:
            self.report(
                "missing-each",
                f"a limit of `{self.step.name.text}` does not say whether it holds for each payer or in total",
                limit.span,
                help="add `each` or `in total`",
            )
        if limit.scope == "in total":
            fact = self.one(limit.value, (Kind.MONEY,), "a limit in total")
        else:
            fact = self.per_payer(limit.value, (Kind.MONEY,), "a limit")
        self._check_each_segment(limit, fact)
        window = limit.window
        days = None if window is None else whole_days(self.draft, window.digits, window.span)
        return LimitProgram(
            limit.value,
            each,
            days,
            window is not None and window.business,
            limit.in_each_segment,
            nodes.cited(limit.cite),
            limit.span,
        )

    def _check_each_segment(self, limit: nodes.UpTo, fact: Fact | None) -> None:
        if limit.in_each_segment and not self.in_segments:
            self.report(
                "not-per-segment",
                f"`in each segment` stands in `{self.step.name.text}`, which is not done per segment",
                limit.span,
                help="add `per segment` to the step, or remove the words",
            )
        elif fact is not None and self.in_segments and not limit.in_each_segment and fact.segment is Varies.NO:
            self.report(
                "missing-in-each-segment",
                f"a limit of `{self.step.name.text}` is the same for all segments, but the step is done once for each",
                limit.span,
                help="add `in each segment` if it holds in each anew; a limit over all needs a step of its own",
            )

    def _key(self) -> tuple[Any, bool]:
        shared: nodes.Shared | None = self.clauses.get(nodes.Shared)
        if shared is None:
            return None, True
        if shared.key == "limits":
            self._check_limits_as_key(shared)
        elif isinstance(shared.key, nodes.Expression):
            fact = self.per_payer(shared.key, _KEY_KINDS, "a key")
            if fact is None:
                return shared.key, shared.reallocation
            if not fact.per_member and not self.single and self.known:
                written = self.draft.source.phrase(shared.key.span)
                self.report(
                    "shape-mismatch",
                    f"`{written}` is the same for all, but a key is one value per member",
                    shared.key.span,
                    help="say `shared equally` if all pay the same",
                )
        if self.alone and self.known:
            self.report(
                "nothing-to-share",
                f"`{self.step.name.text}` has a single payer, which shares with nobody",
                shared.span,
                help="remove the clause",
            )
        return shared.key, shared.reallocation

    def _check_limits_as_key(self, shared: nodes.Shared) -> None:
        paid_by: nodes.PaidBy | None = self.clauses.get(nodes.PaidBy)
        has_pot = paid_by is not None and paid_by.pot is not None
        if not has_pot and not any(limit.scope != "in total" for limit in self.limits):
            self.report(
                "unlimited-key",
                "shares go by the limits of the payers, but no limit per payer is set",
                shared.span,
                help="add `up to … each` or `from …`, or share by another key",
            )

    def _order(self) -> OrderProgram | None:
        clause: nodes.InOrder | None = self.clauses.get(nodes.InOrder)
        if clause is None:
            return None
        kinds = _RANKED if clause.direction else (Kind.CHOICE, Kind.YES_NO)
        advice = _BY_RANK if clause.direction else _BY_SIZE
        fact = require(self.draft, clause.value, kinds, "what the order goes by", advice)
        if self.single:
            return OrderProgram(clause.value, highest=False, ranks=None, citation=None, span=clause.span)
        fact = self._fit(clause.value, fact, "what the order goes by", members=True)
        if fact is not None and not fact.per_member:
            written = self.draft.source.phrase(clause.value.span)
            self.report(
                "shape-mismatch",
                f"`{written}` is the same for all, but an order needs one value per member",
                clause.value.span,
                help="name a field of the members, or a definition made from one",
            )
        ranks = None if clause.direction or fact is None else self._ranks(clause, fact)
        return OrderProgram(clause.value, clause.direction == "highest", ranks, nodes.cited(clause.cite), clause.span)

    def _ranks(self, clause: nodes.InOrder, fact: Fact) -> dict[str | bool, int]:
        values = ("yes", "no") if fact.type.kind is Kind.YES_NO else fact.type.choices
        ranks: dict[str | bool, int] = {}
        for rank, choices in enumerate(clause.ranks):
            for choice in choices:
                value: str | bool = choice.text == "yes" if fact.type.kind is Kind.YES_NO else choice.text
                if choice.text not in values:
                    self.report(
                        "unknown-name",
                        f"`{choice.text}` is no value of `{self.draft.source.phrase(clause.value.span)}`",
                        choice.span,
                        help=did_you_mean(choice.text, values) or f"the values are {listed(values, 'and')}",
                    )
                elif value in ranks:
                    message = f"`{choice.text}` stands twice in the order"
                    self.report("duplicate-name", message, choice.span, help="keep one of the two")
                ranks.setdefault(value, rank)
        named = {choice.text for choices in clause.ranks for choice in choices}
        missing = [value for value in values if value not in named]
        if missing and named <= set(values):
            self.report(
                "missing-rank",
                f"the order does not name {listed(missing, 'and')}",
                clause.span,
                help="name every value, joined by `or` where they rank alike and `then` where not",
            )
        return ranks

    # ---------------------------------------------------------------------------------------------------------- pots

    def _pot(self) -> PotProgram | None:
        clause: nodes.PaidBy | None = self.clauses.get(nodes.PaidBy)
        if clause is None or clause.pot is None:
            return None
        pot, name = clause.pot, clause.pot.name
        table, kind = (self.draft.givens, "given") if self.single else (self.draft.fields, "member field")
        datum = table.get(name.text)
        if datum is None or not self.known:
            if self.known:
                self._no_pot(name, kind, table)
            return PotProgram(name.text, not self.single, per_segment=False, split_by=pot.split_by, span=pot.span)
        if datum.type.kind is not Kind.MONEY or datum.signed:
            sign = "signed " if datum.signed else ""
            self.report(
                "type-mismatch",
                f"a step draws from money, but `{name.text}` is {sign}{datum.type}",
                name.span,
                labels=[self.draft.label(datum.span, "declared here")],
                help="what is drawn down is declared as `money`, without `signed`",
            )
        if datum.per_segment and not self.in_segments:
            self.report(
                "shape-mismatch",
                f"`{name.text}` is per segment, but `{self.step.name.text}` is not done per segment",
                name.span,
                labels=[self.draft.label(datum.span, "declared here")],
                help="add `per segment` to the step",
            )
        self._check_split(pot, per_segment=datum.per_segment)
        return PotProgram(name.text, not self.single, datum.per_segment, pot.split_by, pot.span)

    def _no_pot(self, name: nodes.Identifier, kind: str, table: Mapping[str, Any]) -> None:
        what = self.draft.names.get(name.text)
        message = f"no {kind} is called `{name.text}`" if what is None else f"`{name.text}` is {what[0]}, not a {kind}"
        money = [entry.name for entry in table.values() if entry.type.kind is Kind.MONEY]
        whose = "the CCP or a party" if self.single else "members"
        advice = did_you_mean(name.text, money) or f"money of {whose} is a {kind} of type `money`"
        self.report("unknown-pot", message, name.span, help=advice)

    def _check_split(self, pot: nodes.Pot, *, per_segment: bool) -> None:
        if pot.split_by is None:
            if self.in_segments and not per_segment:
                self.report(
                    "missing-split",
                    f"`{pot.name.text}` is one pot, but `{self.step.name.text}` is done once for each segment",
                    pot.name.span,
                    help=f"say how it is split, as in `from {pot.name.text} split by loss`",
                )
            return
        if not self.in_segments or per_segment:
            why = "is per segment already" if per_segment else "is not used per segment"
            self.report(
                "nothing-to-split",
                f"`{pot.name.text}` {why}, so there is nothing to split",
                pot.split_by.span,
                help="remove `split by …`",
            )
            return
        fact = self.per_payer(pot.split_by, _KEY_KINDS, "what a pot is split by")
        if fact is not None and fact.segment is Varies.NO:
            written = self.draft.source.phrase(pot.split_by.span)
            self.report(
                "shape-mismatch",
                f"`{written}` is the same for all segments, but a split needs one value per segment",
                pot.split_by.span,
                help="name data declared `per segment`, or `loss`",
            )

    # ---------------------------------------------------------------------------------------------- scope and guards

    def _scope(self) -> frozenset[str] | None:
        clause: nodes.ForLosses | None = self.clauses.get(nodes.ForLosses)
        if nodes.PerSegment in self.clauses and not self.draft.segments:
            self.report(
                "no-segments",
                f"`{self.step.name.text}` is done per segment, but the rulebook has no segments",
                self.clauses[nodes.PerSegment].span,
                help="declare them, as in `segments energy, financials`",
            )
        if clause is None:
            return None
        seen: set[str] = set()
        for name in clause.segments:
            if name.text not in self.draft.segments:
                self.report(
                    "unknown-segment",
                    f"no segment is called `{name.text}`",
                    name.span,
                    help=did_you_mean(name.text, self.draft.segments) or _segments_help(self.draft),
                )
            elif name.text in seen:
                message = f"the segment `{name.text}` stands twice"
                self.report("duplicate-name", message, name.span, help="keep one of the two")
            seen.add(name.text)
        return frozenset(self.draft.segments) - seen if clause.outside else frozenset(seen)

    def _condition(self) -> nodes.Expression | None:
        clause: nodes.When | None = self.clauses.get(nodes.When)
        if clause is None:
            return None
        self.one(clause.condition, (Kind.YES_NO,), _AFTER_WHEN)
        return clause.condition

    def _force(self) -> tuple[datetime.date, datetime.date | None] | None:
        clause: nodes.InForce | None = self.clauses.get(nodes.InForce)
        if clause is None:
            return None
        start = day(self.draft, clause.start)
        end = None if clause.end is None else day(self.draft, clause.end)
        if start is not None and end is not None and end < start:
            self.report(
                "never-in-force",
                f"`{self.step.name.text}` is in force from {start} to {end}, which is earlier",
                clause.span,
                help="write the earlier day first",
            )
        return None if start is None else (start, end)

    def _discretion(self) -> str | None:
        clause: nodes.Discretion | None = self.clauses.get(nodes.Discretion)
        return None if clause is None else clause.body


def _segments_help(draft: Draft) -> str:
    known = listed(draft.segments, "and")
    return f"the segments are {known}" if known else "declare segments, as in `segments energy, financials`"


def _sum(node: nodes.Expression, written: str, over: str) -> str:
    """The sum of an expression over members or segments, as it would be written."""
    loose = isinstance(node, nodes.Conditional) or (isinstance(node, nodes.Arithmetic) and node.operator in "+-")
    return f"(sum of {f'({written})' if loose else written} over {over})"


_CLAUSE_WORDS: dict[type, str] = {
    nodes.PaidBy: "paid by",
    nodes.Shared: "shared",
    nodes.InOrder: "in order of",
    nodes.PerSegment: "per segment",
    nodes.ForLosses: "for losses",
    nodes.When: "when",
    nodes.InForce: "in force from",
    nodes.Discretion: "at the discretion of",
}


# ----------------------------------------------------------------------------------------------------------- groups


def _lower_group(draft: Draft, group: nodes.Together) -> GroupProgram:
    with draft.inside("together", citation=nodes.cited(group.cite)):
        steps = tuple(_lower_step(draft, step, group) for step in group.steps)
        _check_group(draft, group, steps)
        return GroupProgram(
            steps,
            group.title,
            nodes.cited(group.cite),
            group.one_pool,
            group.per_segment,
            _ratio(draft, group),
            group,
        )


def _check_group(draft: Draft, group: nodes.Together, steps: tuple[StepProgram, ...]) -> None:
    word = Span(group.span.start, group.span.start + len("together"))
    if not steps:
        draft.report(
            "empty-group",
            "a group without steps pays nothing",
            word,
            help="write its steps before `end`, or remove both words",
        )
    elif len(steps) == 1:
        message = f"a group of one step: nothing pays together with `{steps[0].name}`"
        draft.report("lonely-group", message, word, help="remove `together` and `end`")
    if group.per_segment and not draft.segments:
        draft.report(
            "no-segments",
            "the group is done per segment, but the rulebook has no segments",
            word,
            help="declare them, as in `segments energy, financials`",
        )
    if group.one_pool:
        _check_pool_keys(draft, steps)
        if group.ratio:
            draft.report(
                "not-in-a-pool",
                "a group `as one pool` takes no ratio",
                Span(group.ratio[0].span.start, group.ratio[-1].span.end),
                help="remove the ratio, or the words `as one pool`",
            )
    elif not group.ratio:
        for step in steps:
            if step.may_be_unlimited:
                with draft.inside(step.name, citation=step.citation):
                    draft.report(
                        "unlimited-in-group",
                        f"`{step.name}` has no limit, so the group cannot be shared by capacity",
                        step.span,
                        help="add `up to …` or `from …`, or give the group a ratio, as in `in ratio 3 : 1`",
                    )
    _check_pots(draft, steps)


def _check_pots(draft: Draft, steps: tuple[StepProgram, ...]) -> None:
    """No two steps of a group draw from the same pot."""
    pots: dict[str, StepProgram] = {}
    for step in steps:
        if step.pot is None:
            continue
        first = pots.setdefault(step.pot.name, step)
        if first is not step:
            assert first.pot is not None
            with draft.inside(step.name, citation=step.citation):
                draft.report(
                    "pot-named-twice",
                    f"`{step.name}` draws from `{step.pot.name}`, as `{first.name}` of the same group does",
                    step.pot.span,
                    labels=[draft.label(first.pot.span, "the first is here")],
                    help="put one of them before or after the group",
                )


def _check_pool_keys(draft: Draft, steps: tuple[StepProgram, ...]) -> None:
    """The keys of one pool are compared with each other: all money, or all plain numbers."""
    first: tuple[bool, StepProgram] | None = None
    for step in steps:
        if step.key is None:
            continue
        if isinstance(step.key, str):
            money = step.key == "limits"
        else:
            fact = judge(draft, step.key)
            if fact is None:
                continue
            money = fact.type.kind is Kind.MONEY
        if first is None:
            first = (money, step)
        elif first[0] is not money:
            kinds = ("money", "a plain number")
            with draft.inside(step.name, citation=step.citation):
                draft.report(
                    "mixed-keys",
                    f"the key of `{step.name}` is {kinds[not money]}, that of `{first[1].name}` is {kinds[money]}",
                    _key_span(step),
                    labels=[draft.label(_key_span(first[1]), f"the key here is {kinds[money]}")],
                    help="the keys of one pool are all money or all plain numbers",
                )


def _key_span(step: StepProgram) -> Span:
    return next(clause.span for clause in step.syntax.clauses if isinstance(clause, nodes.Shared))


def _ratio(draft: Draft, group: nodes.Together) -> tuple[Exact, ...]:
    if not group.ratio:
        return ()
    if len(group.ratio) != len(group.steps):
        steps = "1 step stands" if len(group.steps) == 1 else f"{len(group.steps)} steps stand"
        draft.report(
            "wrong-ratio",
            f"the ratio has {len(group.ratio)} part{'s' * (len(group.ratio) != 1)}, but {steps} in the group",
            Span(group.ratio[0].span.start, group.ratio[-1].span.end),
            help="give one part for each step, in the order written",
        )
    parts: list[Exact] = []
    for part in group.ratio:
        value = exact_literal(draft, part.digits, part.span)
        if value == 0:
            message = "a part of the ratio is zero, so its step would pay nothing"
            draft.report("wrong-ratio", message, part.span, help="give each step of the group a part above zero")
        parts.append(value or 1)
    return tuple(parts)
