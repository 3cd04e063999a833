"""Periods, limits with a name, and over what time a limit counts: from their syntax to the checked program."""

from rulelang.base.advice import Advice, Repair, write
from rulelang.base.source import Span
from rulelang.check.draft import Draft
from rulelang.check.expressions.literals import duration
from rulelang.check.expressions.names import known_period, known_step
from rulelang.check.expressions.typing_rules import require
from rulelang.check.expressions.walk import reached
from rulelang.check.program import CalendarWindow, During, NamedLimit, OverTime, PeriodProgram, Window
from rulelang.check.repairs import words
from rulelang.check.types import Kind, Varies
from rulelang.syntax import nodes


def lower_periods(draft: Draft) -> None:
    """Enter the periods into the draft."""
    for name, section in draft.period_sections.items():
        with draft.inside("periods", name, citation=nodes.cited(section.cite)):
            draft.periods[name] = _lower_period(draft, section)


def _lower_period(draft: Draft, section: nodes.PeriodSection) -> PeriodProgram:
    opener, extension, name = section.opener, section.extension, section.name.text
    seen: set[str] = set()
    for step in opener.steps:
        if known_step(draft, step) and step.text in seen:
            message = f"the step `{step.text}` stands twice in what opens `{name}`"
            draft.report("duplicate-name", message, step.span, help="keep one of the two")
        seen.add(step.text)
    if extension is not None and extension.word != opener.word:
        further = write(opener.word, shown=f"further {opener.word}", instead_of=extension.word)
        draft.report(
            "wrong-extension",
            f"`{name}` is opened by {_OPENERS[opener.word]}, but extended by {_OPENERS[extension.word]}",
            extension.span,
            labels=[draft.label(opener.span, "what opens it stands here")],
            help=Advice(
                f"a period is extended by what opens it: {further.title}, or mend what it opens at", (further,)
            ),
        )
    most = None if extension is None or extension.most is None else duration(draft, extension.most)
    return PeriodProgram(
        name,
        section.title,
        nodes.cited(section.cite),
        opener.word,
        tuple(step.text for step in opener.steps),
        duration(draft, section.length),
        extension is not None,
        most,
        section.name.span,
    )


_OPENERS = {"default": "a default", "payment": "a payment", "exhaustion": "exhaustion"}


def lower_limits(draft: Draft) -> None:
    """Enter the limits with a name into the draft."""
    for name, section in draft.limit_sections.items():
        with draft.inside("limits", name, citation=nodes.cited(section.cite)):
            draft.limits[name] = _lower_limit(draft, section)


def _lower_limit(draft: Draft, section: nodes.LimitSection) -> NamedLimit:
    name, each = section.name.text, section.scope == "each"
    for read in reached(draft.definitions, section.value):
        if isinstance(read, nodes.StepResult) or (isinstance(read, nodes.RunValue) and read.what in _OF_THE_RUN):
            draft.report(
                "not-for-limit",
                f"the limit `{name}`, which steps share, reads `{draft.source.phrase(read.span)}`, a result of the run",
                section.value.span,
                labels=[draft.label(read.span, "read here")],
                help="a limit with a name may read data, definitions made of them, and `total_paid`",
            )
            break
    typed = require(draft, section.value, (Kind.MONEY,), "a limit")
    if typed is not None:
        require_settled(draft, section.value.span, typed.type.currency, "a limit")
        written = draft.source.phrase(section.value.span)
        if typed.per_member and not each:
            message = f"`{written}` is one value per member, but a limit in total is one value"
            draft.report("shape-mismatch", message, section.value.span, help=_each_or_sum(draft, section, written))
        if typed.segment is Varies.YES:
            message = f"`{written}` is one value per segment, but a limit with a name counts all segments"
            advice = "write a sum, as in `(sum of … over segments)`"
            draft.report("shape-mismatch", message, section.value.span, help=advice)
    over_time = None if section.over_time is None else lower_over_time(draft, section.over_time)
    citation = nodes.cited(section.cite)
    return NamedLimit(name, section.title, section.value, each, over_time, citation, section.name.span)


def _each_or_sum(draft: Draft, section: nodes.LimitSection, written: str) -> Advice:
    value = section.value.span
    scope = words(draft.source, Span(value.end, section.span.end), "in total")
    total = f"(sum of {written} over survivors)"
    each, summed = Repair("each", "say `each`", scope), write(total, shown=f"{total} in total")
    return Advice(f"{each.title}, or {summed.title}", (each, summed))


_OF_THE_RUN = ("loss", "remaining")


def require_settled(draft: Draft, span: Span, currency: str | None, role: str, advice: str | None = None) -> None:
    """Money of a limit or a pot is in the currency in which the rulebook settles; else with a finding."""
    if currency is None or draft.currency is None:
        return
    own = draft.currency.code
    draft.report(
        "currency-mismatch",
        f"{role} is money in {own}, but `{draft.source.phrase(span)}` is in {currency}",
        span,
        help=advice or f"turn it into {own}, as in `… at fix` with `given fix : {own} per {currency}`",
    )


def lower_over_time(draft: Draft, node: nodes.OverTime) -> OverTime:
    """Over what time a limit counts."""
    match node:
        case nodes.Window():
            return Window(duration(draft, node))
        case nodes.CalendarWindow():
            return CalendarWindow(node.unit)
        case nodes.During():
            known_period(draft, node.period)
            return During(node.period.text)
