"""How much a payer may be asked for and how a draw is shared: limits, keys and orders."""

from rulelang.base.advice import Advice, Repair, add, remove, write
from rulelang.base.source import Span
from rulelang.base.suggest import listed
from rulelang.check.expressions.names import NO_LIMIT, NOTHING
from rulelang.check.expressions.typing_rules import require
from rulelang.check.expressions.walk import reached
from rulelang.check.over_time import lower_over_time, require_settled
from rulelang.check.program import Key, LimitProgram, OrderProgram, OverTime, Window
from rulelang.check.repairs import end_of, removal, words
from rulelang.check.steps.scope import KEY_KINDS, StepScope
from rulelang.check.types import ORDERED, Kind, TypeAndShape, Varies
from rulelang.syntax import nodes

_RANKED = tuple(kind for kind in Kind if kind in ORDERED)
_BY_RANK = "name the values of a choice in their order, as in `in order of bid: absent then good`"
_BY_SIZE = "amounts, numbers and dates go `lowest first` or `highest first`"


def lower_limit(scope: StepScope, limit: nodes.UpTo) -> LimitProgram:
    """One ``up to``, with its shape checked against its scope, its payers and the segments."""
    named = _named(scope, limit)
    if named is not None:
        return named
    is_known = limit.scope is not None or _is_known(scope, limit.value)
    each = limit.scope == "each" or (limit.scope is None and scope.single)
    if limit.scope is None and not scope.single and scope.known and is_known:
        message = f"a limit of `{scope.step.name.text}` does not say whether it holds for each payer or in total"
        scope.report("missing-each", message, limit.span, help=_each_or_in_total(limit))
    if not is_known:
        typed = None
    elif limit.scope == "in total":
        typed = scope.one(limit.value, (Kind.MONEY,), "a limit in total")
    else:
        typed = scope.per_payer(limit.value, (Kind.MONEY,), "a limit")
    if typed is not None:
        require_settled(scope.draft, limit.value.span, typed.type.currency, "a limit")
    _check_each_segment(scope, limit, typed)
    over_time = None if limit.over_time is None else lower_over_time(scope.draft, limit.over_time)
    if limit.at_every_resizing:
        _check_resizing(scope, limit, over_time, each=each)
    return LimitProgram(
        limit.value,
        each,
        over_time,
        limit.in_each_segment,
        nodes.cited(limit.cite),
        limit.span,
        None,
        limit.at_every_resizing,
    )


def _is_known(scope: StepScope, value: nodes.Expression) -> bool:
    """Whether what stands behind ``up to`` without an ending may be a value; a name that is none may be a limit's."""
    draft = scope.draft
    if not isinstance(value, nodes.Reference) or value.name in {*draft.names, *draft.choices, *NOTHING, *NO_LIMIT}:
        return True
    known = (*draft.limits, *draft.fields, *draft.givens, *draft.definitions)
    draft.report(
        "unknown-name",
        f"no limit, field, given or definition is called `{value.name}`",
        value.span,
        help=draft.suggestions.did_you_mean(value.name, known, "limit")
        or "declare it, as in `limit … as … each`, or as a value with `given`, `define` or in `members have`",
    )
    return False


def _each_or_in_total(limit: nodes.UpTo) -> Advice:
    each, in_total = (add(word, limit.value.span.end) for word in ("each", "in total"))
    return Advice(f"{each.title} or {in_total.quoted}", (each, in_total))


def _named(scope: StepScope, limit: nodes.UpTo) -> LimitProgram | None:
    """A limit with a name, if that is what stands behind ``up to``: it says itself for whom and when it holds."""
    value = limit.value
    named = scope.draft.limits.get(value.name) if isinstance(value, nodes.Reference) else None
    if named is None:
        return None
    step = scope.step.name.text
    if limit.scope is not None or limit.over_time is not None or limit.in_each_segment or limit.at_every_resizing:
        alone = write(f"up to {named.name}", Span(limit.span.start, end_of(scope.draft.source, limit)))
        scope.report(
            "ending-of-named-limit",
            f"the limit `{named.name}` says itself for whom and when it holds",
            limit.span,
            labels=[scope.draft.label(named.span, "it is declared here")],
            help=Advice(f"{alone.title} alone, or another limit with its own amount", (alone,)),
        )
    typed = scope.draft.types.get(id(named.value))
    if typed is not None and typed.per_member and scope.single and scope.known:
        scope.report(
            "shape-mismatch",
            f"`{named.name}` is a limit for each member, and `{step}` is paid by `{scope.payers}`, not a member",
            limit.span,
            labels=[scope.draft.label(named.span, "it is declared here")],
            help="give the step a limit of its own, or a named one that is the same for all",
        )
    citation = nodes.cited(limit.cite) or named.citation
    return LimitProgram(
        named.value,
        named.each,
        named.over_time,
        in_each_segment=False,
        citation=citation,
        span=limit.span,
        named=named.name,
    )


def _check_resizing(scope: StepScope, limit: nodes.UpTo, over_time: OverTime | None, *, each: bool) -> None:
    """``at every resizing`` looks back over a window, and at data alone: those have a value on every day of it."""
    if not isinstance(over_time, Window) or not each:
        scope.report(
            "not-at-every-resizing",
            "`at every resizing` belongs to a limit of each payer `in any` days, business days or months",
            limit.span,
            help=removal(
                scope.draft.source,
                words(scope.draft.source, limit.span, "at every resizing"),
                "remove `at every resizing`, or say the window, as in `each in any 30 days at every resizing`",
                "`at every resizing`",
            ),
        )
        return
    for read in reached(scope.draft.definitions, limit.value):
        if isinstance(read, nodes.RunValue | nodes.StepResult | nodes.PeriodValue | nodes.Aggregate | nodes.AsOf):
            scope.report(
                "not-at-every-resizing",
                f"`{scope.draft.source.phrase(read.span)}` has no value on each day of the window",
                limit.value.span,
                labels=[scope.draft.label(read.span, "read here")],
                help="such a limit reads fields, givens, definitions made of them, and amounts as written",
            )
            return


def _check_each_segment(scope: StepScope, limit: nodes.UpTo, typed: TypeAndShape | None) -> None:
    source = scope.draft.source
    if limit.in_each_segment and not scope.in_segments:
        added = scope.add("per segment")
        removed = remove(source, words(source, limit.span, "in each segment"), "`in each segment`")
        message = f"`in each segment` stands in `{scope.step.name.text}`, which is not done per segment"
        advice = Advice(f"{added.title} to the step, or remove the words", (added, removed))
        scope.report("not-per-segment", message, limit.span, help=advice)
    elif typed is not None and scope.in_segments and not limit.in_each_segment and typed.segment is Varies.NO:
        anew = add("in each segment", end_of(source, limit))
        scope.report(
            "missing-in-each-segment",
            f"a limit of `{scope.step.name.text}` is the same for all segments, but the step is done once for each",
            limit.span,
            help=Advice(f"{anew.title} if it holds in each anew; one over all has a name: `limit … as …`", (anew,)),
        )


def lower_key(scope: StepScope) -> tuple[Key, bool]:
    """The key of the sharing clause, and whether what a payer cannot bear is passed to the others."""
    shared = scope.clause(nodes.Shared)
    if shared is None:
        return None, True
    if shared.key == "limits":
        _check_limits_as_key(scope, shared)
    elif isinstance(shared.key, nodes.Expression):
        typed = scope.per_payer(shared.key, KEY_KINDS, "a key")
        if typed is None:
            return shared.key, shared.reallocation
        if not typed.per_member and not scope.single and scope.known:
            written = scope.draft.source.phrase(shared.key.span)
            equally = Repair("shared equally", "say `shared equally`", Span(shared.span.start, shared.key.span.end))
            scope.report(
                "shape-mismatch",
                f"`{written}` is the same for all, but a key is one value per member",
                shared.key.span,
                help=Advice(f"{equally.title} if all pay the same", (equally,)),
            )
    if scope.alone and scope.known:
        message = f"`{scope.step.name.text}` has a single payer, which shares with nobody"
        scope.refuse_wholly("nothing-to-share", message, nodes.Shared)
    return shared.key, shared.reallocation


def _check_limits_as_key(scope: StepScope, shared: nodes.Shared) -> None:
    paid_by = scope.clause(nodes.PaidBy)
    has_pot = paid_by is not None and paid_by.pot is not None
    if not has_pot and not any(limit.scope != "in total" for limit in scope.limits):
        message = "shares go by the limits of the payers, but no limit per payer is set"
        advice = "add `up to … each` or `from …`, or share by another key"
        scope.report("unlimited-key", message, shared.span, help=advice)


def lower_order(scope: StepScope) -> OrderProgram | None:
    """``in order of``, with a rank for each value of a choice."""
    clause = scope.clause(nodes.InOrder)
    if clause is None:
        return None
    kinds = _RANKED if clause.direction else (Kind.CHOICE, Kind.YES_NO)
    advice = _BY_RANK if clause.direction else _BY_SIZE
    typed = require(scope.draft, clause.value, kinds, "what the order goes by", advice)
    if scope.single:
        return OrderProgram(clause.value, highest=False, ranks=None, citation=None, span=clause.span)
    typed = scope.fit(clause.value, typed, "what the order goes by", members=True)
    if typed is not None and not typed.per_member:
        written = scope.draft.source.phrase(clause.value.span)
        scope.report(
            "shape-mismatch",
            f"`{written}` is the same for all, but an order needs one value per member",
            clause.value.span,
            help="name a field of the members, or a definition made from one",
        )
    ranks = None if clause.direction or typed is None else _ranks(scope, clause, typed)
    return OrderProgram(clause.value, clause.direction == "highest", ranks, nodes.cited(clause.cite), clause.span)


def _ranks(scope: StepScope, clause: nodes.InOrder, typed: TypeAndShape) -> dict[str | bool, int]:
    values = dict.fromkeys(("yes", "no") if typed.type.kind is Kind.YES_NO else typed.type.choices)
    ranks: dict[str | bool, int] = {}
    for rank, choices in enumerate(clause.ranks):
        for choice in choices:
            value: str | bool = choice.text == "yes" if typed.type.kind is Kind.YES_NO else choice.text
            if choice.text not in values:
                scope.report(
                    "unknown-name",
                    f"`{choice.text}` is no value of `{scope.draft.source.phrase(clause.value.span)}`",
                    choice.span,
                    help=scope.draft.suggestions.did_you_mean(choice.text, values)
                    or f"the values are {listed(values, 'and')}",
                )
            elif value in ranks:
                message = f"`{choice.text}` stands twice in the order"
                scope.report("duplicate-name", message, choice.span, help="keep one of the two")
            ranks.setdefault(value, rank)
    named = {choice.text for choices in clause.ranks for choice in choices}
    missing = [value for value in values if value not in named]
    if missing and named <= values.keys():
        advice = "name every value, joined by `or` where they rank alike and `then` where not"
        scope.report("missing-rank", f"the order does not name {listed(missing, 'and')}", clause.span, help=advice)
    return ranks
