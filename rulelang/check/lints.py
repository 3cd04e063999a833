"""Domain lints: what a rulebook lawyer or a risk officer would want to be asked about, though it may be meant so.

Each lint is a function over the draft and the finished program.  None of them stops a run; a rulebook that means it
says so with a reason (``# allow ccp-after-members: CR 6.3 says so``).
"""

from collections.abc import Callable, Collection
from typing import Unpack

from rulelang.base.diagnostic import Details
from rulelang.base.source import Span
from rulelang.check.breakpoints import multiplying_breakpoints
from rulelang.check.draft import Draft
from rulelang.check.expressions.walk import children, references, walk
from rulelang.check.program import CheckedProgram, StepProgram, steps_of
from rulelang.syntax import nodes


def _warn(draft: Draft, step: StepProgram, code: str, message: str, span: Span, **details: Unpack[Details]) -> None:
    """Add a finding that concerns a step, under its breadcrumb and citation."""
    with draft.inside("waterfall", step.name, citation=step.citation):
        draft.report(code, message, span, **details)


def defaulter_first(draft: Draft, program: CheckedProgram) -> None:
    """The defaulter's own money comes before anybody else's (EMIR Art 45; PFMI principle 13)."""
    steps = list(program.each_step())
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
        _warn(
            draft,
            others[0],
            "defaulter-not-first",
            f"the waterfall begins with `{others[0].name}`: no step takes the defaulter's own resources",
            others[0].span,
            help=advice,
        )


def defaulter_counted(draft: Draft, program: CheckedProgram) -> None:
    """A mutualised step that reckons with all members reckons with the defaulter too."""
    for step in program.each_step():
        if step.payers != "survivors":
            continue
        for node in children(step.syntax):
            for inner in walk(node):
                if isinstance(inner, nodes.Aggregate) and inner.over == "members":
                    _warn(
                        draft,
                        step,
                        "defaulter-among-payers",
                        f"`{step.name}` is paid by survivors but reckons with all members, defaulters included",
                        inner.span,
                        help="write `over survivors`, or allow this with a reason",
                    )


def ccp_after_members(draft: Draft, program: CheckedProgram) -> None:
    """Some capital of the CCP stands before the money of the members (EMIR Art 45(4))."""
    members: StepProgram | None = None
    for stage in program.stages:
        steps = steps_of(stage)
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


def uncapped_assessment(draft: Draft, program: CheckedProgram) -> None:
    """A cash call without a limit exposes members without limit (EMIR Art 43(3))."""
    for step in program.each_step():
        if step.kind == "assessment" and step.may_be_unlimited:
            _warn(
                draft,
                step,
                "uncapped-assessment",
                f"the assessment `{step.name}` has no limit",
                step.span,
                help="add one, as in `up to 100% of contribution each`",
            )


def unreachable_step(draft: Draft, program: CheckedProgram) -> None:
    """Nothing is left for a step behind one that always pays everything."""
    final: StepProgram | None = None
    for stage in program.stages:
        steps = steps_of(stage)
        if final is not None:
            _warn(
                draft,
                steps[0],
                "unreachable-step",
                f"`{steps[0].name}` is never reached: `{final.name}` before it has no limit",
                steps[0].span,
                labels=[draft.label(final.span, "pays whatever is left")],
                help="give the earlier step a limit, or remove the later ones",
            )
            return
        final = next((step for step in steps if _pays_everything(step)), None)


def _pays_everything(step: StepProgram) -> bool:
    guarded = step.condition is not None or step.force is not None or step.discretion is not None
    return (
        step.may_be_unlimited
        and step.payers != "defaulters"
        and step.where is None
        and step.scope is None
        and step.reallocates
        and not guarded
    )


def missing_finally(draft: Draft, program: CheckedProgram) -> None:
    """A waterfall says what happens to loss that is still there at its end."""
    if program.outcome is None:
        start = program.waterfall.span.start
        draft.report(
            "missing-finally",
            "the waterfall does not say what happens to loss that is still there",
            Span(start, start + len("waterfall")),
            help="end it with `finally`, as in `finally service_closure`",
        )


def silent_reallocation(draft: Draft, program: CheckedProgram) -> None:
    """Where limits are no multiple of the key, some payers reach theirs first and the others pay for them."""
    for step in program.each_step():
        if not isinstance(step.key, nodes.Expression) or not step.reallocates or step.payers != "survivors":
            continue
        key = step.key
        for limit in step.each_limits:
            if not _multiple_of(limit.value, key):
                _warn(
                    draft,
                    step,
                    "silent-reallocation",
                    f"in `{step.name}` what a member cannot bear is passed to the others",
                    limit.span,
                    labels=[draft.label(key.span, "the limit is no multiple of this key")],
                    help="if that is not meant, add `without reallocation` to the sharing clause",
                )


def _multiple_of(limit: nodes.Expression, key: nodes.Expression) -> bool:
    """Whether a limit is the key itself or a fixed multiple of it, as far as its form shows."""
    if limit == key:
        return True
    if isinstance(limit, nodes.Arithmetic) and limit.operator in ("*", "of", "/"):
        literals = (nodes.NumberLiteral, nodes.PercentageLiteral)
        if isinstance(limit.right, literals):
            return _multiple_of(limit.left, key)
        return limit.operator != "/" and isinstance(limit.left, literals) and _multiple_of(limit.right, key)
    return False


def same_money_twice(draft: Draft, program: CheckedProgram) -> None:
    """A field drawn `from` in one step and used as a bare limit in another may be counted twice."""
    pots = {step.pot.name: step for step in reversed(list(program.each_step())) if step.pot is not None}
    for step in program.each_step():
        for limit in step.limits:
            value = limit.value
            if not isinstance(value, nodes.Reference) or value.name not in pots or pots[value.name] is step:
                continue
            if step.pot is not None and step.pot.name == value.name:
                continue
            _warn(
                draft,
                step,
                "same-money-twice",
                f"`{value.name}` limits `{step.name}`, but `{pots[value.name].name}` draws from it",
                value.span,
                labels=[draft.label(pots[value.name].pot.span, "drawn here")],  # type: ignore[union-attr]
                help=f"if it is the same money, write `from {value.name}` here too",
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
            _warn(
                draft,
                step,
                "non-monotone-payers",
                f"who pays `{step.name}` depends on the loss, so a larger loss may cost a member less",
                step.where.span,
                help="choose the payers by what is known before the default, or allow this with a reason",
            )


def circular_size(draft: Draft, program: CheckedProgram) -> None:
    """A limit that depends on the loss it is to bear is sized by what it should withstand."""
    of_the_loss = _of_the_loss(draft)
    for step in program.each_step():
        for limit in step.limits:
            if _reads_the_loss(limit.value, of_the_loss):
                _warn(
                    draft,
                    step,
                    "circular-size",
                    f"the limit of `{step.name}` depends on the loss it is to bear",
                    limit.value.span,
                    help="size it by what is known before the default, or allow this with a reason",
                )


def uncited_step(draft: Draft, program: CheckedProgram) -> None:
    """A step that cites its rule can be defended."""
    for step in program.each_step():
        if step.citation is None and not step.citations and all(limit.citation is None for limit in step.limits):
            _warn(draft, step, "uncited-step", f"`{step.name}` cites no rule", step.span, help='add `cite "…"`')


def rounds_the_last_factor(draft: Draft, program: CheckedProgram) -> None:
    """``10% of exposure rounded up to EUR 5`` rounds the exposure, though it may be read the other way."""
    source = draft.source
    for node in (inner for root in children(program.rulebook) for inner in walk(root)):
        match node:
            case nodes.Arithmetic(operator="*" | "/" | "of", left=left, right=nodes.Rounded(bracketed=False) as right):
                rest = source.slice(Span(right.operand.span.end, right.span.end)).strip()
                whole = source.slice(Span(left.span.start, right.operand.span.end))
                first = source.slice(Span(left.span.start, right.span.start))
                as_it_stands = f"{first}({source.slice(right.span)})"
                draft.report(
                    "rounds-the-last-factor",
                    f"only `{source.phrase(right.operand.span)}` is rounded here, not the product",
                    node.span,
                    help=f"write `({whole}) {rest}` to round the product, or `{as_it_stands}` to say so",
                )


def unused_names(draft: Draft, program: CheckedProgram) -> None:
    """What nothing names is forgotten, or misspelt elsewhere."""
    used = {inner.name for node in children(program.rulebook) for inner in references(node)}
    used |= {step.pot.name for step in program.each_step() if step.pot is not None}
    kinds = (
        ("definition", {name: section.name.span for name, section in program.definitions.items()}),
        ("field", {name: datum.span for name, datum in program.fields.items()}),
        ("given", {name: datum.span for name, datum in program.givens.items()}),
    )
    for kind, spans in kinds:
        for name, span in spans.items():
            if name not in used:
                draft.report("unused-name", f"the {kind} `{name}` is used nowhere", span, help="use it or remove it")
    named = {limit.named for step in program.each_step() for limit in step.limits}
    for name, limit in program.limits.items():
        if name not in named:
            message = f"no step takes the limit `{name}`"
            draft.report("unused-name", message, limit.span, help=f"write `up to {name}` in a step, or remove it")
    charged = {step.payers for step in program.each_step()}
    for party in program.parties:
        if party not in charged:
            message = f"the party `{party}` pays nowhere"
            draft.report("unused-name", message, draft.names[party][1], help="let it pay in a step, or remove it")


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
    rounds_the_last_factor,
    unused_names,
    multiplying_breakpoints,
)
"""The lints, in the order in which they run."""
