"""Groups: whether the steps inside can pay side by side, and by what ratio."""

from rulelang.base.advice import Advice, Help, Repair
from rulelang.base.money import Exact
from rulelang.base.source import Span
from rulelang.check.draft import Draft
from rulelang.check.expressions.literals import exact_literal
from rulelang.check.expressions.typing_rules import type_of
from rulelang.check.program import StepProgram
from rulelang.check.repairs import removal, words_before
from rulelang.check.types import Kind
from rulelang.syntax import nodes


def check_group(draft: Draft, group: nodes.Together, steps: tuple[StepProgram, ...]) -> None:
    """Check that the steps of a group can pay side by side."""
    word = group.span.opening("together")
    if not steps:
        advice = "write its steps before `end`, or remove both words"
        draft.report("empty-group", "a group without steps pays nothing", word, help=advice)
    elif len(steps) == 1:
        message = f"a group of one step: nothing pays together with `{steps[0].name}`"
        draft.report("lonely-group", message, word, help=_alone(draft, group))
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
                help=removal(
                    draft.source,
                    words_before(draft.source, "in ratio", Span(group.ratio[0].span.start, group.ratio[-1].span.end)),
                    "remove the ratio, or the words `as one pool`",
                    "the ratio",
                ),
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
    _check_limits(draft, group, steps)


def _alone(draft: Draft, group: nodes.Together) -> Help:
    """What to do about a group of one step, which can stand without the words if these say no more."""
    sentence, step = "write what pays beside it, or remove both words", group.steps[0].span
    if group.title is not None or group.cite is not None or group.one_pool or group.per_segment or group.ratio:
        return sentence
    return Advice(sentence, (Repair(draft.source.slice(step), "remove `together` and `end`", group.span),))


def _check_limits(draft: Draft, group: nodes.Together, steps: tuple[StepProgram, ...]) -> None:
    """No limit is named twice in a group, and none in total in a pool: its steps read the run as it was before."""
    named: dict[str, Span] = {}
    for step in steps:
        for limit in step.limits:
            if limit.named is None:
                continue
            first = named.setdefault(limit.named, limit.span)
            with draft.inside(step.name, citation=step.citation):
                if first is not limit.span:
                    message = f"`{step.name}` takes the limit `{limit.named}`, which stands in this group before"
                    advice = "a group is reckoned at once: give each step its own limit, or take one out of the group"
                    draft.report_second("limit-named-twice", message, limit.span, first, advice)
                if group.one_pool and not limit.each:
                    draft.report(
                        "not-in-a-pool",
                        f"`{limit.named}` is a limit in total, which cannot stand in a group `as one pool`",
                        limit.span,
                        help="take a limit of each payer, or take the step out of the pool",
                    )


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
                message = f"`{step.name}` draws from `{step.pot.name}`, as `{first.name}` of the same group does"
                advice = "draw from it in one of the two, or say which pays first by taking one out of the group"
                draft.report_second("pot-named-twice", message, step.pot.span, first.pot.span, advice)


def _check_pool_keys(draft: Draft, steps: tuple[StepProgram, ...]) -> None:
    """The keys of one pool are compared with each other: all money, or all plain numbers."""
    first: tuple[bool, StepProgram] | None = None
    for step in steps:
        if step.key is None:
            continue
        if isinstance(step.key, str):
            money = step.key == "limits"
        else:
            typed = type_of(draft, step.key)
            if typed is None:
                continue
            money = typed.type.kind is Kind.MONEY
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


def lower_ratio(draft: Draft, group: nodes.Together) -> tuple[Exact, ...]:
    """The parts of ``in ratio``, one for each step; empty if the group has none."""
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
