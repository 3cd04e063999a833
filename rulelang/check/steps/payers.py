"""Who pays a step, out of which pot, and whether that goes with its other clauses and its group."""

from collections.abc import Mapping

from rulelang.base.advice import Advice, Repair, remove, write
from rulelang.base.source import Span
from rulelang.base.suggest import listed
from rulelang.check.over_time import require_settled
from rulelang.check.program import DatumProgram, PotProgram
from rulelang.check.repairs import removal, words
from rulelang.check.steps.scope import KEY_KINDS, StepScope
from rulelang.check.types import Kind, Varies
from rulelang.syntax import nodes


def check_payers(scope: StepScope) -> None:
    """Check that the step says who pays, and that the rulebook knows them."""
    clause = scope.clause(nodes.PaidBy)
    if clause is None:
        scope.report(
            "missing-payers",
            f"step `{scope.step.name.text}` does not say who pays",
            scope.step.name.span,
            help=Advice(
                "add `paid by ccp`, `paid by defaulters` or `paid by survivors`",
                (scope.add("paid by ccp"), scope.add("paid by defaulters")),  # survivors need a key as well
            ),
        )
        return
    name = clause.payers
    if not scope.known:
        known = scope.draft.all_payers
        what = scope.draft.names.get(name.text)
        payers = tuple(write(each) for each in known[:_MOST_OFFERED])
        others = f"write {listed(known)}"
        declared = f"declare it, as in `party {name.text}`, or {others}" if what is None else others
        message = f"no party is called `{name.text}`" if what is None else f"`{name.text}` is {what[0]}, not a payer"
        advice = scope.draft.suggestions.did_you_mean(name.text, known, "payers") or Advice(declared, payers)
        scope.report("unknown-payer", message, name.span, help=advice)


_MOST_OFFERED = 4
"""Of a list that names more than five, so many are named."""


def check_in_group(scope: StepScope) -> None:
    """Check what a step inside a group may not have."""
    if scope.group is None:
        return
    alone = "such a step stands by itself, before or after the group: say which the rule means"
    code, cannot = "not-in-a-group", "cannot stand inside `together`"
    scope.refuse(code, f"`per segment` {cannot}", nodes.PerSegment, _ALL_OR_ALONE)
    scope.refuse(code, f"`for losses` {cannot}", nodes.ForLosses, alone)
    paid_by = scope.clause(nodes.PaidBy)
    if paid_by is not None and scope.payers == "defaulters":
        scope.report(code, f"`paid by defaulters` {cannot}", paid_by.payers.span, help=alone)
    if scope.group.one_pool:
        _check_pool(scope)


_ALL_OR_ALONE = "say `together per segment` if all its steps are done so, or take the step out of the group"


def _check_pool(scope: StepScope) -> None:
    code, cannot, source = "not-in-a-pool", "cannot stand in a group `as one pool`", scope.draft.source
    for limit in scope.limits:
        if limit.scope == "in total":
            each = Repair("each", "say `each`", words(source, Span(limit.value.span.end, limit.span.end), "in total"))
            advice = f"one pool has only limits per payer: {each.title} if that is meant, or remove `as one pool`"
            scope.report(code, f"a limit `in total` {cannot}", limit.span, help=Advice(advice, (each,)))
    or_else = ", or the words `as one pool`: in one pool all payers stand side by side"
    scope.refuse_wholly(code, f"`in order of` {cannot}", nodes.InOrder, or_else)
    shared = scope.clause(nodes.Shared)
    if shared is not None and not shared.reallocation:
        advice = "remove the words, or `as one pool`: what a payer of one pool cannot bear, the others do"
        scope.report(code, f"`without reallocation` {cannot}", shared.span, help=_reallocating(scope, shared, advice))
    if shared is None and scope.single and scope.known:
        scope.report(
            "missing-sharing",
            f"`{scope.step.name.text}` shares one pool but does not say by what key",
            scope.step.name.span,
            help="add `shared pro rata to …`, also for the CCP or a party",
        )


def check_fit(scope: StepScope) -> None:
    """Check that payers, sharing and order go together."""
    if not scope.known:
        return
    name = scope.step.name.text
    if scope.payers == "survivors" and nodes.Shared not in scope.clauses:
        message = f"`{name}` is paid by several members but does not say how they share it"
        scope.refuse("missing-sharing", message, nodes.PaidBy, _how_to_share(scope))
    if scope.payers == "defaulters":
        message = "a step paid by defaulters takes no sharing and no order: each meets its own losses"
        for kind in (nodes.Shared, nodes.InOrder):
            scope.refuse_wholly("defaulters-do-not-share", message, kind)
    if scope.single:
        message = f"`{name}` has a single payer, so there is nothing to put in order"
        scope.refuse_wholly("nothing-to-order", message, nodes.InOrder)
    shared, order = scope.clause(nodes.Shared), scope.clause(nodes.InOrder)
    pool = scope.group is not None and scope.group.one_pool
    if order is not None and shared is not None and not shared.reallocation and not pool:
        scope.report(
            "order-without-reallocation",
            "`in order of` and `without reallocation` exclude each other",
            shared.span,
            labels=[scope.draft.label(order.span, "the order stands here")],
            help=_reallocating(
                scope, shared, "remove one of the two", remove(scope.draft.source, order.span, "the order")
            ),
        )


def _reallocating(scope: StepScope, shared: nodes.Shared, sentence: str, *others: Repair) -> Advice:
    """The advice to remove ``without reallocation``, or something else."""
    source, phrase = scope.draft.source, "without reallocation"
    return Advice(sentence, (remove(source, words(source, shared.span, phrase), f"`{phrase}`"), *others))


def _how_to_share(scope: StepScope) -> Advice:
    """The clauses that may be meant; a key has to be named, and limits are one where there are limits."""
    by_limits = any(limit.scope == "each" for limit in scope.limits)
    clauses = ["shared equally", *(["shared pro rata to limits"] if by_limits else [])]
    sentence = "add `shared pro rata to …`, `shared pro rata to limits` or `shared equally`"
    return Advice(sentence, tuple(scope.add(clause) for clause in clauses))


def lower_where(scope: StepScope) -> nodes.Expression | None:
    """The condition that a payer must meet."""
    clause = scope.clause(nodes.PaidBy)
    if clause is not None and clause.where is not None:
        scope.per_payer(clause.where, (Kind.YES_NO,), "what stands after `where`")
        return clause.where
    return None


def lower_pot(scope: StepScope) -> PotProgram | None:
    """The money that the step draws from."""
    clause = scope.clause(nodes.PaidBy)
    if clause is None or clause.pot is None:
        return None
    pot, name = clause.pot, clause.pot.name
    table, kind = (scope.draft.givens, "given") if scope.single else (scope.draft.fields, "member field")
    datum = table.get(name.text)
    if datum is None or not scope.known:
        if scope.known:
            _no_pot(scope, name, kind, table)
        return PotProgram(name.text, not scope.single, per_segment=False, split_by=pot.split_by, span=pot.span)
    if datum.type.kind is not Kind.MONEY or datum.signed:
        scope.report(
            "type-mismatch",
            f"a step draws from money, but `{name.text}` is {datum.type_said}",
            name.span,
            labels=[scope.draft.label(datum.span, "declared here")],
            help="what is drawn down is declared as `money`, without `signed`",
        )
    advice = "draw from money in the first currency of the rulebook"
    require_settled(scope.draft, name.span, datum.type.currency, "a pot", advice)
    if datum.per_defaulter:
        scope.report(
            "not-per-defaulter",
            f"`{name.text}` has a value for each defaulter, so it is no money that a step draws from",
            name.span,
            labels=[scope.draft.label(datum.span, "declared here")],
            help="draw from a field that is one amount of each member",
        )
    if pot.other_segments and not (datum.per_segment and scope.in_segments):
        _no_other_segments(scope, pot, datum)
    else:
        _check_split(scope, pot, datum)
    return PotProgram(name.text, not scope.single, datum.per_segment, pot.split_by, pot.span, pot.other_segments)


def _no_other_segments(scope: StepScope, pot: nodes.Pot, datum: DatumProgram) -> None:
    step, name = scope.step.name.text, pot.name.text
    missing = f"`{step}` is not done per segment" if datum.per_segment else f"`{name}` is not per segment"
    source, here = scope.draft.source, "in other segments"
    removed, added = remove(source, words(source, pot.span, here), f"`{here}`"), scope.add("per segment")
    advice = f"{added.title} to the step" if datum.per_segment else f"declare `{name}` as `money per segment`"
    scope.report(
        "no-other-segments",
        f"{missing}, so there are no other segments to draw from",
        pot.span,
        labels=[scope.draft.label(datum.span, "declared here")],
        help=Advice(f"{advice}, or {removed.title}", (removed, *([added] if datum.per_segment else []))),
    )


def _no_pot(scope: StepScope, name: nodes.Identifier, kind: str, table: Mapping[str, DatumProgram]) -> None:
    money = (entry.name for entry in table.values() if entry.type.kind is Kind.MONEY)
    whose = "the CCP or a party" if scope.single else "members"
    near = scope.draft.suggestions.did_you_mean(name.text, money)
    advice = near or f"money of {whose} is a {kind} of type `money`"
    scope.report("unknown-pot", scope.draft.is_none(name.text, kind), name.span, help=advice)


def _check_split(scope: StepScope, pot: nodes.Pot, datum: DatumProgram) -> None:
    """A pot of a step per segment is per segment itself, or it is split; elsewhere it is neither."""
    per_segment = datum.per_segment
    if datum.per_segment and not scope.in_segments:
        added = scope.add("per segment")
        scope.report(
            "shape-mismatch",
            f"`{pot.name.text}` is per segment, but `{scope.step.name.text}` is not done per segment",
            pot.name.span,
            labels=[scope.draft.label(datum.span, "declared here")],
            help=Advice(f"{added.title} to the step, or draw from money that is one amount", (added,)),
        )
    if pot.split_by is None:
        if scope.in_segments and not per_segment:
            message = f"`{pot.name.text}` is one pot, but `{scope.step.name.text}` is done once for each segment"
            advice = f"say how it is split, as in `from {pot.name.text} split by loss`"
            scope.report("missing-split", message, pot.name.span, help=advice)
        return
    if not scope.in_segments or per_segment:
        why = "is per segment already" if per_segment else "is not used per segment"
        scope.report(
            "nothing-to-split",
            f"`{pot.name.text}` {why}, so there is nothing to split",
            pot.split_by.span,
            help=removal(
                scope.draft.source, Span(pot.name.span.end, pot.split_by.span.end), "remove `split by …`", "the split"
            ),
        )
        return
    typed = scope.per_payer(pot.split_by, KEY_KINDS, "what a pot is split by")
    if typed is not None and typed.segment is Varies.NO:
        written = scope.draft.source.phrase(pot.split_by.span)
        message = f"`{written}` is the same for all segments, but a split needs one value per segment"
        scope.report("shape-mismatch", message, pot.split_by.span, help="name data declared `per segment`, or `loss`")
