"""The first pass: what a rulebook declares, that each name is declared once, and that no section is missing."""

import re
from collections.abc import Iterable
from typing import assert_never

from rulelang.base.money import Currency, currency_codes
from rulelang.base.source import Span
from rulelang.check.draft import Draft
from rulelang.check.expressions.literals import day
from rulelang.check.program import DatumProgram
from rulelang.check.types import Kind, Type
from rulelang.syntax import nodes


def declare_all(draft: Draft) -> None:
    """Enter every declaration of the rulebook into the draft."""
    for section in draft.rulebook.sections:
        _enter(draft, section)
    _check_version(draft)
    _check_choices(draft)
    _check_segmented(draft)
    _require_sections(draft)


def _enter(draft: Draft, section: nodes.Section) -> None:
    match section:
        case nodes.CurrencySection():
            _currency(draft, section)
        case nodes.SegmentsSection(names=names):
            draft.segments += tuple(name.text for name in names if _declare(draft, name, "a segment"))
        case nodes.PartySection():
            _party(draft, section)
        case nodes.MembersSection(fields=fields):
            if _once(draft, "members have", section):
                _data(draft, draft.fields, fields, "a member field")
        case nodes.GivenSection(datum=datum):
            _data(draft, draft.givens, (datum,), "a given")
        case nodes.DefineSection():
            _definition(draft, section)
        case nodes.WaterfallSection():
            _waterfall(draft, section)
        case nodes.EnsureSection() | nodes.TestSection():
            pass  # they declare no name
        case _:
            assert_never(section)


def _declare(draft: Draft, name: nodes.Identifier, what: str) -> bool:
    """Enter a name; ``False``, with a finding, if the rulebook has it already."""
    earlier = draft.names.get(name.text)
    if earlier is None:
        draft.names[name.text] = (what, name.span)
        return True
    first, span = earlier
    draft.report(
        "duplicate-name",
        f"`{name.text}` is declared twice, as {first} and as {what}"
        if first != what
        else f"`{name.text}` is declared twice",
        name.span,
        labels=[draft.label(span, f"first declared here, as {first}")],
        help="all names of a rulebook are different: rename one of the two",
    )
    return False


_HEADER = re.compile(
    r"""rulebook(?:\s|\#[^\n]*+)*+"[^"]*"(?:\s|\#[^\n]*+)*+version(?:\s|\#[^\n]*+)*+(?P<date>[-0-9]+)""", re.VERBOSE
)


def _check_version(draft: Draft) -> None:
    """A version that is a date names a day of the calendar; one in quotes is whatever its authors call it."""
    rulebook = draft.rulebook
    if rulebook.version is None or not rulebook.version_is_date:
        return
    written = _HEADER.match(draft.source.text, rulebook.span.start)
    span = rulebook.span if written is None else Span(*written.span("date"))
    day(draft, nodes.DateLiteral(rulebook.version, span=span))


def _check_choices(draft: Draft) -> None:
    """Choice values may serve several fields, but they are no names of anything else."""
    for value, span in draft.choices.items():
        if value in draft.names:
            what, declared = draft.names[value]
            draft.report(
                "duplicate-name",
                f"`{value}` is a choice value and also {what}",
                span,
                labels=[draft.label(declared, f"declared here, as {what}")],
                help="choice values differ from all names of a rulebook: rename one of the two",
            )


def _check_segmented(draft: Draft) -> None:
    """Data per segment need segments."""
    for datum in (*draft.fields.values(), *draft.givens.values()):
        if datum.per_segment and not draft.segments:
            draft.report(
                "no-segments",
                f"`{datum.name}` is per segment, but the rulebook has no segments",
                datum.span,
                help="declare them, as in `segments energy, financials`",
            )


def _once(draft: Draft, what: str, section: nodes.Section) -> bool:
    """Whether a section is the first of its kind; a finding if it is not."""
    first = draft.first_sections.setdefault(type(section), section)
    if first is section:
        return True
    spans = [Span(each.span.start, each.span.start + len(what)) for each in (first, section)]
    message = f"`{what}` stands twice, but a rulebook has it once"
    draft.report_second("duplicate-section", message, spans[1], spans[0])
    return False


def _currency(draft: Draft, section: nodes.CurrencySection) -> None:
    if not _once(draft, "currency", section):
        return
    code = section.code.text
    draft.currency = Currency.named(code)
    if draft.currency is None:
        draft.report(
            "unknown-currency",
            f"`{code}` is no currency of ISO 4217",
            section.code.span,
            help=draft.suggestions.did_you_mean(code, currency_codes(), "currency")
            or "write its code of three letters, as in `currency EUR`",
        )
        draft.currency = Currency(code, 2)


def _party(draft: Draft, section: nodes.PartySection) -> None:
    if _declare(draft, section.name, "a party"):
        draft.parties[section.name.text] = section.title


def _definition(draft: Draft, section: nodes.DefineSection) -> None:
    if _declare(draft, section.name, "a definition"):
        draft.definitions[section.name.text] = section


def _data(draft: Draft, table: dict[str, DatumProgram], data: Iterable[nodes.Datum], what: str) -> None:
    """Enter member fields or a given into their table."""
    for datum in data:
        if _declare(draft, datum.name, what):
            signed = isinstance(datum.type, nodes.MeasureType) and datum.type.signed
            table[datum.name.text] = DatumProgram(
                datum.name.text,
                _type(draft, datum.type),
                signed,
                datum.per_segment,
                datum.note,
                datum.if_missing,
                datum.name.span,
            )


def _type(draft: Draft, type_: nodes.MeasureType | nodes.PlainType | nodes.ChoiceType) -> Type:
    if not isinstance(type_, nodes.ChoiceType):
        return Type(Kind(type_.kind))
    seen: dict[str, Span] = {}
    for value in type_.values:
        if value.text in seen:
            message = f"the choice value `{value.text}` stands twice"
            draft.report_second("duplicate-name", message, value.span, seen[value.text], "remove one of the two")
        seen.setdefault(value.text, value.span)
        draft.choices.setdefault(value.text, value.span)
    return Type(Kind.CHOICE, tuple(seen))


def _waterfall(draft: Draft, section: nodes.WaterfallSection) -> None:
    if not _once(draft, "waterfall", section):
        return
    draft.waterfall = section
    for stage, item in enumerate(section.items):
        steps: Iterable[nodes.Step] = item.steps if isinstance(item, nodes.Together) else (item,)
        for step in steps:
            _step(draft, step, stage, in_segments=isinstance(item, nodes.Together) and item.per_segment)
    for step in draft.step_nodes.values():
        for former in step.formerly:
            _declare(draft, former, f"a former name of `{step.name.text}`")
            draft.former_names.setdefault(former.text, step.name.text)


def _step(draft: Draft, step: nodes.Step, stage: int, *, in_segments: bool) -> None:
    if _declare(draft, step.name, "a step"):
        own = any(isinstance(clause, nodes.PerSegment) for clause in step.clauses)
        draft.step_nodes[step.name.text] = step
        draft.step_stage[step.name.text] = stage
        draft.step_per_segment[step.name.text] = own or in_segments


_REQUIRED = (
    (nodes.CurrencySection, "currency", "say in which money the rulebook settles, as in `currency EUR`"),
    (
        nodes.MembersSection,
        "members have",
        "say what is known of each member, as in `members have contribution : money`",
    ),
    (nodes.WaterfallSection, "waterfall", "write the steps in their order, as in `waterfall` and `tranche …`"),
)


def _require_sections(draft: Draft) -> None:
    present = {type(section) for section in draft.rulebook.sections}
    start = draft.rulebook.span.start
    header = Span(start, start + len("rulebook"))
    for section, words, advice in _REQUIRED:
        if section not in present:
            draft.report("missing-section", f"the rulebook has no `{words}`", header, help=advice)
    if draft.waterfall is not None and not draft.waterfall.items:
        span = draft.waterfall.span
        draft.report(
            "missing-section",
            "the waterfall has no step",
            Span(span.start, span.start + len("waterfall")),
            help="write at least one, as in `tranche junior paid by ccp up to EUR 7 million`",
        )
