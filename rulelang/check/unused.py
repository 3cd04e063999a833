"""The lint for what nothing names: it is forgotten, or misspelt elsewhere."""

from bisect import bisect_right
from collections.abc import Callable, Iterator

from rulelang.base.advice import Help
from rulelang.base.source import Span
from rulelang.check.draft import Draft
from rulelang.check.program import CheckedProgram, During, LimitProgram
from rulelang.check.repairs import removal
from rulelang.syntax import nodes


def unused_names(draft: Draft, program: CheckedProgram) -> None:
    """What nothing names is forgotten, or misspelt elsewhere."""
    removed = _removals(draft)
    for message, declared, advice in _unused(draft, program):
        draft.report("unused-name", message, declared, help=removed(declared, advice))


def _unused(draft: Draft, program: CheckedProgram) -> Iterator[tuple[str, Span, str]]:
    """What is said of each such name, where it is declared, and what to do."""
    used = {inner.name for inner in draft.expressions if isinstance(inner, nodes.Reference)}
    used |= {step.pot.name for step in program.each_step() if step.pot is not None}
    kinds = (
        ("definition", {name: section.name.span for name, section in program.definitions.items()}),
        ("field", {name: datum.span for name, datum in program.fields.items()}),
        ("given", {name: datum.span for name, datum in program.givens.items()}),
    )
    for kind, spans in kinds:
        for name, span in spans.items():
            if name not in used:
                yield f"the {kind} `{name}` is used nowhere", span, "use it or remove it"
    limits = list(_limits(program))
    taken = {limit.named for limit in limits}
    for name, limit in program.limits.items():
        if name not in taken:
            yield f"no step takes the limit `{name}`", limit.span, f"write `up to {name}` in a step, or remove it"
    asked_for = _periods_named(draft, program, limits)
    for name in program.periods:
        if name not in asked_for:
            advice = f"write `during {name}` in a limit, or remove it"
            yield f"nothing asks for the period `{name}`", draft.names[name][1], advice
    charged = {step.payers for step in program.each_step()}
    for name in program.parties:
        if name not in charged:
            yield f"the party `{name}` pays nowhere", draft.names[name][1], "let it pay in a step, or remove it"


def _removals(draft: Draft) -> Callable[[Span, str], Help]:
    """The advice to remove what declares a name, unless it is the only field of the members."""
    sections = sorted(draft.rulebook.sections, key=lambda each: each.span.start)
    starts = [each.span.start for each in sections]
    members = [each for each in sections if isinstance(each, nodes.MembersSection)]
    fields = {each.name.span: each.span for one in members if len(one.fields) > 1 for each in one.fields}

    def removed(name: Span, sentence: str) -> Help:
        section = sections[bisect_right(starts, name.start) - 1]
        whole = fields.get(name) if isinstance(section, nodes.MembersSection) else section.span
        return sentence if whole is None else removal(draft.source, whole, sentence, "it")

    return removed


def _limits(program: CheckedProgram) -> Iterator[LimitProgram]:
    """The limits of steps and of what replenishes pots."""
    for step in program.each_step():
        yield from step.limits
    for each in program.replenishments:
        yield from each.limits


def _periods_named(draft: Draft, program: CheckedProgram, limits: list[LimitProgram]) -> set[str | None]:
    """The periods that a limit, a step or an expression names."""
    over_time = [limit.over_time for limit in program.limits.values()] + [limit.over_time for limit in limits]
    named = {each.period for each in over_time if isinstance(each, During)}
    asked = {node.period.text for node in draft.expressions if isinstance(node, nodes.PeriodValue)}
    once = [step.once_during for step in program.each_step()] + [each.once_during for each in program.replenishments]
    return {*named, *asked, *once}
