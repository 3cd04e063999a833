"""Lints for what says nothing: a comparison with itself, an aggregate of one value, a limit that holds anyway."""

from collections.abc import Iterator

from rulelang.base.advice import Advice, Repair, write
from rulelang.base.values import evolve
from rulelang.check.draft import Draft
from rulelang.check.program import CheckedProgram, LimitProgram, StepProgram
from rulelang.check.proportion import meant
from rulelang.check.repairs import removal
from rulelang.check.settled import Sizes
from rulelang.check.types import Kind
from rulelang.syntax import nodes


def compared_with_itself(draft: Draft, program: CheckedProgram) -> None:
    """`where group = group` holds for everybody: a condition looks at one member at a time."""
    for node in draft.expressions:
        if isinstance(node, nodes.Comparison) and meant(program, node.left) == meant(program, node.right):
            outcome = "always" if node.operator in ("=", "<=", ">=") else "never"
            advice = "compare it with another value"
            if isinstance(node.left, nodes.Reference) and _divides_members(program, node.left.name):
                advice += f"; to add up what members of one {node.left.name} have, write `by {node.left.name}`"
            message = f"`{draft.source.phrase(node.span)}` {outcome} holds: both sides are the same"
            draft.report("compared-with-itself", message, node.span, help=advice)


def _divides_members(program: CheckedProgram, name: str) -> bool:
    """Whether a name is that of a field whose values make groups of members."""
    return name in program.fields and program.fields[name].type.kind in {Kind.TEXT, Kind.CHOICE}


def aggregate_of_one_value(draft: Draft, program: CheckedProgram) -> None:
    """An aggregate over members of what is the same for all is that value, or that value so many times."""
    for node in draft.expressions:
        if not isinstance(node, nodes.Aggregate) or node.operand is None or node.over == "segments":
            continue
        if node.by is not None and node.function != "sum":
            continue  # what a group adds up to hangs on how many are in it
        typed = program.types.get(id(node.operand))
        if typed is None or typed.per_member:
            continue
        written = draft.source.phrase(node.operand.span)
        once = write(written)
        sentence = f"{once.title}, or name what members have"
        times = node.number
        if node.function == "sum":
            times = f"count of {node.over}" if node.where is None else f"(count of {node.over} where …)"
        if times is not None:
            product = f"{written} * {times}"
            once = Repair(f"({product})", f"write `{product}`")  # in brackets, whatever stands around it
            sentence = f"{once.title} if so many times is meant, or name what members have"
        advice = Advice(sentence, (once,) if _may_be_replaced(node) else ())
        message = f"`{written}` is the same for all {node.over}, so there is nothing to take the {node.function} of"
        draft.report("aggregate-of-one-value", message, node.span, help=advice)


def _may_be_replaced(node: nodes.Aggregate) -> bool:
    """Whether its value can stand in the place of an aggregate, whatever signs are around it."""
    whole = node.where is None and node.by is None and node.number is None
    return whole and isinstance(node.operand, nodes.Reference | nodes.MoneyLiteral)


_MOST_COMPARED = 20
"""With so many limits of its step a limit is compared, the first: a step has two or three."""


def repeated_limit(draft: Draft, program: CheckedProgram) -> None:
    """A limit that another limit, or the pot of the step, is already."""
    sizes = Sizes(program)
    for step in program.each_step():
        for limit, why in zip(step.limits, why_repeated(program, sizes, step), strict=True):
            if why is not None:
                with draft.inside("waterfall", step.name, citation=step.citation):
                    message = f"this limit of `{step.name}` holds anyway: {why}"
                    advice = removal(draft.source, limit.span, "take it away, or write the one meant", "the limit")
                    draft.report("repeated-limit", message, limit.span, help=advice)


def why_repeated(program: CheckedProgram, sizes: Sizes, step: StepProgram) -> Iterator[str | None]:
    """Of each limit of a step why another limit, or the pot of the step, is one already, or ``None`` if none is."""
    before: list[LimitProgram] = []  # what they say, whatever they cite
    for at, limit in enumerate(step.limits):
        said = evolve(limit, value=meant(program, limit.value), citation=None)
        yield "it stands twice" if said in before else _why_held_anyway(program, sizes, step, at)
        if at < _MOST_COMPARED:
            before.append(said)


def _why_held_anyway(program: CheckedProgram, sizes: Sizes, step: StepProgram, at: int) -> str | None:
    limit = step.limits[at]
    value = meant(program, limit.value)
    if limit.over_time is not None or limit.named is not None or step.rounds is not None:
        return None
    pot = step.pot.name if step.pot is not None and step.pot.split_by is None else None
    if limit.each or step.single_payer:
        if step.pot is not None and pot is not None and sizes.reaches(value, nodes.Reference(pot)):
            return f"no more is drawn than `{pot}` holds"
        others = enumerate(step.limits[:_MOST_COMPARED])
        lower = (_bounds(sizes, each, limit, stands_before=number < at) for number, each in others)
        return "another limit of the step is never above it" if any(lower) else None
    match value:
        case nodes.Aggregate(function="sum", where=None, by=None, over=over, operand=operand) if (
            operand is not None and over == step.payers and step.where is None and step.reallocates
        ):
            summed = meant(program, operand)
            if summed == nodes.Reference(pot or ""):
                return f"no more is drawn than `{pot}` holds"
            own = step.each_limits[:_MOST_COMPARED]
            if any(each.over_time is None and meant(program, each.value) == summed for each in own):
                return "it is the sum of the limits of all payers"
    return None


def _bounds(sizes: Sizes, lower: LimitProgram, limit: LimitProgram, *, stands_before: bool) -> bool:
    """Whether a limit is never above another of its kind; of two that are the same it is the one that stands before."""
    if lower is limit or lower.over_time is not None or lower.named is not None or lower.each != limit.each:
        return False
    if lower.in_each_segment and not limit.in_each_segment:
        return False
    return sizes.reaches(limit.value, lower.value) and (stands_before or not sizes.reaches(lower.value, limit.value))
