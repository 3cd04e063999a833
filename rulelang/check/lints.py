"""Domain lints: what a rulebook lawyer or a risk officer would want to be asked about, though it may be meant so.

Each lint is a function over the draft and the finished program.  None of them stops a run; a rulebook that means it
says so with a reason (``# allow ccp-after-members: CR 6.3 says so``).
"""

from collections.abc import Callable, Collection, Iterator
from typing import Unpack

from rulelang.base.advice import Advice, Certainty, Repair, add, write
from rulelang.base.diagnostic import Details
from rulelang.base.source import Span
from rulelang.check.breakpoints import multiplying_breakpoints
from rulelang.check.draft import Draft
from rulelang.check.expressions.walk import children, walk
from rulelang.check.program import CheckedProgram, LimitProgram, StepProgram, steps_of
from rulelang.check.proportion import in_proportion, is_common, may_overlap, meant
from rulelang.check.redundant import aggregate_of_one_value, compared_with_itself, repeated_limit, why_repeated
from rulelang.check.repairs import end_of, words
from rulelang.check.settled import Sizes, settled_comparison
from rulelang.check.unused import unused_names
from rulelang.syntax import nodes


def _warn(draft: Draft, step: StepProgram, code: str, message: str, span: Span, **details: Unpack[Details]) -> None:
    """Add a finding that concerns a step, under its breadcrumb and citation."""
    with draft.inside("waterfall", step.name, citation=step.citation):
        draft.report(code, message, span, **details)


def defaulter_first(draft: Draft, program: CheckedProgram) -> None:
    """The defaulter's own money comes before anybody else's (EMIR Art 45; PFMI principle 13)."""
    steps = [step for step in program.each_step() if step.losses_met != "non-default"]
    others = [step for step in steps if step.payers != "defaulters"]
    first_other = steps.index(others[0]) if others else len(steps)
    late = [step for step in steps[first_other:] if step.payers == "defaulters"]
    advice = "begin with steps `paid by defaulters`, or allow this with a reason"
    if late:
        _warn(
            draft,
            late[0],
            "defaulter-not-first",
            f"`{late[0].name}` takes the defaulter's money after `{others[0].name}` has taken that of others",
            late[0].span,
            labels=[draft.label(others[0].span, f"`{others[0].name}` comes first")],
            help=advice,
        )
    elif others and others[0] is steps[0]:
        message = f"the waterfall begins with `{others[0].name}`: no step takes the defaulter's own resources"
        _warn(draft, others[0], "defaulter-not-first", message, others[0].span, help=advice)


def defaulter_counted(draft: Draft, program: CheckedProgram) -> None:
    """A mutualised step that reckons with all members reckons with the defaulter too."""
    for step in program.each_step():
        if step.payers != "survivors":
            continue
        for node in children(step.syntax):
            for inner in walk(node):
                if isinstance(inner, nodes.Aggregate) and inner.over == "members":
                    over = _over_survivors(draft, inner)
                    message = f"`{step.name}` is paid by survivors but reckons with all members, defaulters included"
                    advice = Advice(f"{over.title}, or allow this with a reason", (over,))
                    _warn(draft, step, "defaulter-among-payers", message, inner.span, help=advice)


def _over_survivors(draft: Draft, node: nodes.Aggregate) -> Repair:
    """To reckon with survivors: the population stands behind what is taken and before the condition on it."""
    start = node.span.start if node.operand is None else node.operand.span.end
    behind = (part.span.start for part in (node.by, node.where) if part is not None)
    population = words(draft.source, Span(start, min(behind, default=node.span.end)), "members")
    return write("survivors", population, shown="over survivors", certainty=Certainty.CHANGE)


def ccp_after_members(draft: Draft, program: CheckedProgram) -> None:
    """Some capital of the CCP stands before the money of the members (EMIR Art 45(4))."""
    members: StepProgram | None = None
    for stage in program.stages:
        steps = [step for step in steps_of(stage) if step.losses_met != "non-default"]
        if any(step.payers == "ccp" for step in steps):
            own = next(step for step in steps if step.payers == "ccp")
            if members is not None:
                _warn(
                    draft,
                    own,
                    "ccp-after-members",
                    f"no capital of the CCP is used before `{members.name}`; the first is `{own.name}`",
                    own.span,
                    labels=[draft.label(members.span, "members pay here")],
                    help="put a step `paid by ccp` before it, or allow this with a reason",
                )
            return
        members = members or next((step for step in steps if step.payers == "survivors"), None)


def _end_of(draft: Draft, step: StepProgram, kind: type[nodes.Clause]) -> int:
    """Where the clause of a kind ends that a step has."""
    return end_of(draft.source, next(clause for clause in step.syntax.clauses if type(clause) is kind))


def uncapped_assessment(draft: Draft, program: CheckedProgram) -> None:
    """A cash call without a limit exposes members without limit (EMIR Art 43(3))."""
    for step in program.each_step():
        if step.kind == "assessment" and step.may_be_unlimited:
            message = f"the assessment `{step.name}` has no limit"
            advice = "add one, as in `up to 100% of contribution each`"
            _warn(draft, step, "uncapped-assessment", message, step.span, help=advice)


def unreachable_step(draft: Draft, program: CheckedProgram) -> None:
    """Nothing is left for a step whose losses are all those of steps before it that always pay everything."""
    final, sizes = dict[_Losses, StepProgram](), Sizes(program)
    for stage in program.stages:
        steps = steps_of(stage)
        met = {losses for step in steps for losses in _losses(program, step)}
        if met <= final.keys():
            before = max((final[losses] for losses in met), key=lambda step: step.span)
            _warn(
                draft,
                steps[0],
                "unreachable-step",
                f"`{steps[0].name}` is never reached: `{before.name}` before it has no limit",
                steps[0].span,
                labels=[draft.label(before.span, "pays whatever is left")],
                help="give the earlier step a limit, or remove the later ones",
            )
            return
        for step in steps:
            if _pays_everything(sizes, step):
                final = dict.fromkeys(_losses(program, step), step) | final


_Losses = tuple[str, str | None]
"""A kind of losses (of defaults, or without a defaulter) and a segment."""


def _losses(program: CheckedProgram, step: StepProgram) -> Iterator[_Losses]:
    """The losses that a step meets."""
    for kind in ("defaults", "non-default"):
        if step.losses_met in (kind, "all"):
            for segment in program.segments or (None,):
                if step.scope is None or segment in step.scope:
                    yield kind, segment


def _pays_everything(sizes: Sizes, step: StepProgram) -> bool:
    """Whether a step leaves nothing of the losses that it meets."""
    guards = (step.force, step.discretion, step.once_during, step.where)
    always = step.condition is None or sizes.holds(step.condition) is True
    return (
        always
        and all(guard is None for guard in guards)
        and step.may_be_unlimited
        and step.payers != "defaulters"
        and step.reallocates
    )


def missing_finally(draft: Draft, program: CheckedProgram) -> None:
    """A waterfall says what happens to loss that is still there at its end."""
    if program.outcome is None:
        message = "the waterfall does not say what happens to loss that is still there"
        advice = "end it with `finally`, as in `finally service_closure`"
        draft.report("missing-finally", message, program.waterfall.span.opening("waterfall"), help=advice)


def silent_reallocation(draft: Draft, program: CheckedProgram) -> None:
    """Where what is left of the limits is no multiple of the key, some payers reach theirs before the others do."""
    sizes = Sizes(program)
    for step in program.each_step():
        if not step.reallocates or step.payers != "survivors":
            continue
        for limit, held in zip(step.limits, why_repeated(program, sizes, step), strict=True):
            why = _why_passed_on(program, step, limit) if limit.each and held is None else None
            if why is not None:
                key = step.key.span if isinstance(step.key, nodes.Expression) else step.span
                bound = add("without reallocation", _end_of(draft, step, nodes.Shared), Certainty.CHANGE)
                _warn(
                    draft,
                    step,
                    "silent-reallocation",
                    f"in `{step.name}` what a member cannot bear is passed to the others",
                    limit.span,
                    labels=[draft.label(key, why)],
                    help=Advice(f"if that is not meant, {bound.title} to the sharing clause", (bound,)),
                )


def _why_passed_on(program: CheckedProgram, step: StepProgram, limit: LimitProgram) -> str | None:
    """Why some may reach a limit before others do, or ``None`` if all reach it at once."""
    if isinstance(step.key, nodes.Expression):
        if not in_proportion(program, limit.value, step.key):
            return "the limit is no multiple of this key"
    elif step.key != "equally":
        return None  # by what each can pay, all are at their limits together
    elif not is_common(program, limit.value):
        return "it is shared equally, and the limit is not the same for all"
    if limit.over_time is not None:
        return "what was paid before the event counts against the limit, and need not be a multiple of this key"
    taking = (each for each in program.each_step() if limit.named in [own.named for own in each.limits])
    if limit.named is not None and len(list(taking)) > 1:
        return "other steps take the same limit, and what they leave need not be a multiple of this key"
    return None


def same_money_twice(draft: Draft, program: CheckedProgram) -> None:
    """What somebody pays `from` in one step and bears as a bare limit in another may be counted twice."""
    for step in program.each_step():
        for limit in step.limits:
            value = meant(program, limit.value)
            drawing = None if not isinstance(value, nodes.Reference) else _drawing(program, value.name, step)
            if drawing is None or drawing.pot is None or (step.pot is not None and step.pot.name == drawing.pot.name):
                continue
            name = drawing.pot.name
            drawn = add(f"from {name}", _end_of(draft, step, nodes.PaidBy), Certainty.CHANGE)
            _warn(
                draft,
                step,
                "same-money-twice",
                f"`{name}` limits `{step.name}`, but `{drawing.name}` draws from it",
                limit.value.span,
                labels=[draft.label(drawing.pot.span, "drawn here")],
                help=Advice(f"if it is the same money, write `from {name}` here too", (drawn,)),
            )


def _drawing(program: CheckedProgram, pot: str, step: StepProgram) -> StepProgram | None:
    """The first other step that draws from a pot and whose payers may pay under a step too."""
    return next(
        (
            other
            for other in program.each_step()
            if other is not step
            and other.pot is not None
            and other.pot.name == pot
            and not (other.pot.per_segment and other.scope and step.scope and other.scope.isdisjoint(step.scope))
            and may_overlap(program, other, step)
        ),
        None,
    )


def _of_the_loss(draft: Draft) -> set[str]:
    """The definitions that name the loss or what remains of it, through other definitions too."""
    found: set[str] = set()
    for name in draft.definitions_typed:  # each behind those it names
        if _reads_the_loss(draft.definitions[name].value, found):
            found.add(name)
    return found


def _reads_the_loss(node: nodes.Expression, definitions: Collection[str]) -> bool:
    """Whether an expression names the loss, what remains of it, or one of the definitions that do."""
    return any(
        (isinstance(inner, nodes.RunValue) and inner.what in ("loss", "remaining"))
        or (isinstance(inner, nodes.Reference) and inner.name in definitions)
        for inner in walk(node)
    )


def non_monotone_payers(draft: Draft, program: CheckedProgram) -> None:
    """Where the run itself decides who pays, a larger loss may let somebody pay less."""
    of_the_loss = _of_the_loss(draft)
    for step in program.each_step():
        if step.where is not None and step.payers == "survivors" and _reads_the_loss(step.where, of_the_loss):
            message = f"who pays `{step.name}` depends on the loss, so a larger loss may cost a member less"
            advice = "choose the payers by what is known before the default, or allow this with a reason"
            _warn(draft, step, "non-monotone-payers", message, step.where.span, help=advice)


def circular_size(draft: Draft, program: CheckedProgram) -> None:
    """A limit that depends on the loss it is to bear is sized by what it should withstand."""
    of_the_loss = _of_the_loss(draft)
    for step in program.each_step():
        for limit in step.limits:
            if _reads_the_loss(limit.value, of_the_loss):
                message = f"the limit of `{step.name}` depends on the loss it is to bear"
                advice = "size it by what is known before the default, or allow this with a reason"
                _warn(draft, step, "circular-size", message, limit.value.span, help=advice)


def uncited_step(draft: Draft, program: CheckedProgram) -> None:
    """A step that cites its rule can be defended; a step of a group that cites its rule rests on that."""
    for stage in program.stages:
        for step in steps_of(stage) if stage.citation is None else ():
            cited = step.citation is not None or step.citations or any(limit.citation for limit in step.limits)
            if not cited:
                _warn(draft, step, "uncited-step", f"`{step.name}` cites no rule", step.span, help='add `cite "…"`')


def rounds_the_last_factor(draft: Draft, _program: CheckedProgram) -> None:
    """``10% of exposure rounded up to EUR 5`` rounds the exposure, though it may be read the other way."""
    source = draft.source
    for node in draft.expressions:
        match node:
            case nodes.Arithmetic(operator="*" | "/" | "of", left=left, right=nodes.Rounded(bracketed=False) as right):
                rest = source.slice(Span(right.operand.span.end, right.span.end)).strip()
                whole = source.slice(Span(left.span.start, right.operand.span.end))
                first = source.slice(Span(left.span.start, right.span.start))
                inside = Span(left.span.start, right.span.end)  # what stands around it keeps its brackets
                product = write(f"({whole}) {rest}", inside, certainty=Certainty.CHANGE)
                as_it_stands = write(f"{first}({source.slice(right.span)})", inside)
                sentence = f"{product.title} to round the product, or {as_it_stands.quoted} to say so"
                message = f"only `{source.phrase(right.operand.span)}` is rounded here, not the product"
                advice = Advice(sentence, (product, as_it_stands))
                draft.report("rounds-the-last-factor", message, node.span, help=advice)


LINTS: tuple[Callable[[Draft, CheckedProgram], None], ...] = (
    defaulter_first,
    defaulter_counted,
    ccp_after_members,
    uncapped_assessment,
    unreachable_step,
    missing_finally,
    silent_reallocation,
    same_money_twice,
    non_monotone_payers,
    circular_size,
    uncited_step,
    compared_with_itself,
    settled_comparison,
    aggregate_of_one_value,
    repeated_limit,
    rounds_the_last_factor,
    unused_names,
    multiplying_breakpoints,
)
"""The lints, in the order in which they run."""
