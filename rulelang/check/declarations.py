"""The first pass: what a rulebook declares, that each name is declared once, and that no section is missing."""

import re
from collections.abc import Iterable
from typing import assert_never

from rulelang.base.advice import Advice, Help, only, remove, write
from rulelang.base.money import Currency, currency_codes
from rulelang.base.source import Span
from rulelang.base.suggest import listed
from rulelang.check.draft import Draft
from rulelang.check.expressions.literals import day
from rulelang.check.program import DatumProgram
from rulelang.check.types import Kind, Type
from rulelang.syntax import nodes


def declare_all(draft: Draft) -> None:
    """Enter every declaration of the rulebook into the draft."""
    # the types of data name currencies, wherever these are declared
    for section in sorted(draft.rulebook.sections, key=lambda one: not isinstance(one, nodes.CurrencySection)):
        _enter(draft, section)
    _check_version(draft)
    _check_choices(draft)
    _check_segmented(draft)
    _require_sections(draft)


def _enter(draft: Draft, section: nodes.Section) -> None:  # noqa: C901, PLR0912 - a case for each kind
    match section:
        case nodes.CurrencySection():
            _currency(draft, section)
        case nodes.SegmentsSection(names=names):
            draft.segments += tuple(name.text for name in names if _declare(draft, name, "a segment"))
        case nodes.PartySection(name=name, title=title):
            if _declare(draft, name, "a party"):
                draft.parties[name.text] = title
        case nodes.MembersSection(fields=fields):
            if _once(draft, "members have", section):
                _data(draft, draft.fields, fields, "a member field")
        case nodes.GivenSection(datum=datum):
            _data(draft, draft.givens, (datum,), "a given")
        case nodes.DefineSection(name=name):
            if _declare(draft, name, "a definition"):
                draft.definitions[name.text] = section
        case nodes.HolidaysSection(days=days):
            found = (day(draft, written) for written in days)
            draft.holidays |= {each for each in found if each is not None}  # two calendars may name the same day
        case nodes.LimitSection(name=name):
            if _declare(draft, name, "a limit"):
                draft.limit_sections[name.text] = section
        case nodes.PeriodSection(name=name):
            if _declare(draft, name, "a period"):
                draft.period_sections[name.text] = section
        case nodes.WaterfallSection():
            _waterfall(draft, section)
        case (
            nodes.EnsureSection()
            | nodes.AssumeSection()
            | nodes.TestSection()
            | nodes.ReplenishSection()
            | nodes.RecoveriesSection()
        ):
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


_UNIT = re.compile(r"[A-Z][A-Z0-9]{2,9}\Z")
MOST_DECIMALS = 18
"""The smallest part of any unit of account in use has so many decimals."""
MEASURES = frozenset({Kind.MONEY, Kind.NUMBER, Kind.RATIO})

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
    """Data per segment need segments; data per defaulter are numbers of members."""
    for datum in (*draft.fields.values(), *draft.givens.values()):
        if datum.per_defaulter and (datum.name in draft.givens or datum.type.kind not in MEASURES):
            what = "a given" if datum.name in draft.givens else str(datum.type)
            message = f"`{datum.name}` is {what}, but only money, numbers and ratios of members are `per defaulter`"
            advice = "declare it in `members have`, as in `traded : money per defaulter`"
            draft.report("not-per-defaulter", message, datum.span, help=advice)
        if datum.per_defaulter and datum.per_segment:
            message = f"`{datum.name}` is both per segment and per defaulter"
            draft.report("not-per-defaulter", message, datum.span, help="keep one of the two")
        if datum.per_segment and not draft.segments:
            message = f"`{datum.name}` is per segment, but the rulebook has no segments"
            draft.report("no-segments", message, datum.span, help="declare them, as in `segments energy, financials`")


def _once(draft: Draft, what: str, section: nodes.Section) -> bool:
    """Whether a section is the first of its kind; a finding if it is not."""
    first = draft.first_sections.setdefault(type(section), section)
    if first is section:
        return True
    message = f"`{what}` stands twice, but a rulebook has it once"
    draft.report_second("duplicate-section", message, section.span.opening(what), first.span.opening(what))
    return False


def _currency(draft: Draft, section: nodes.CurrencySection) -> None:
    if not _once(draft, "currency", section):
        return
    for unit in section.units:
        code = unit.code.text
        if code in draft.currencies:
            draft.report(
                "duplicate-name", f"the currency `{code}` stands twice", unit.code.span, help="keep one of the two"
            )
            continue
        draft.currencies[code] = _unit(draft, unit)
    draft.currency = draft.currencies[section.code.text]


_OTHER_NAMES = {"EURO": "EUR", "EUROS": "EUR", "RMB": "CNY", "NTD": "TWD", "STG": "GBP", "UKP": "GBP", "YEN": "JPY"}
_DECIMALS = {"CNH": 2, "USDC": 6, "USDT": 6, "ETH": 18}
"""How many decimals some units outside ISO 4217 have; others get those of bitcoin as an example."""


def _unit_help(code: str) -> Help:
    """What to write for a code that ISO 4217 does not have: never another currency, for that is another unit."""
    own = _OTHER_NAMES.get(code.upper()) or (code.upper() if code.upper() in currency_codes() else None)
    if own is not None:
        return only(write(own))  # the amounts in the unit that was none are left, so that it is not all
    turned = [known for known in currency_codes() if sorted(known) == sorted(code.upper())]
    if _UNIT.match(code) is None:
        return "write its code of three letters, as in `currency EUR`"
    decimals = _DECIMALS.get(code, 8)
    own = f"a unit of account is declared with its decimals, as in `currency {code} with {decimals} decimals`"
    if len(turned) != 1:
        return own
    meant = write(turned[0])
    return Advice(f"did you mean {meant.quoted}? If not, {own}", (meant,))


def _unit(draft: Draft, unit: nodes.CurrencyUnit) -> Currency:
    """A currency of ISO 4217, or a unit of account with its decimals."""
    code, known = unit.code.text, Currency.named(unit.code.text)
    if unit.decimals is None:
        if known is None:
            draft.report(
                "unknown-currency", f"`{code}` is no currency of ISO 4217", unit.code.span, help=_unit_help(code)
            )
        return known or Currency(code, 2)
    digits = unit.decimals.digits
    if known is not None and digits != str(known.decimals):
        removed = remove(draft.source, Span(unit.code.span.end, unit.span.end), f"`with {digits} decimals`")
        draft.report(
            "wrong-decimals",
            f"`{code}` is a currency of ISO 4217 with {known.decimals} decimals, not {digits}",
            unit.decimals.span,
            help=Advice(f"{removed.title}, or choose a code that ISO 4217 does not have", (removed,)),
        )
        return known
    if _UNIT.match(code) is None:
        message = f"`{code}` cannot be the name of a unit of account"
        draft.report("unknown-currency", message, unit.code.span, help="write 3 to 10 capital letters and digits")
    if not (digits.isdigit() and len(digits) <= 2 and int(digits) <= MOST_DECIMALS):
        message = f"the decimals of a unit are a whole number from 0 to {MOST_DECIMALS}, but `{digits}` stands here"
        draft.report(
            "malformed-number", message, unit.decimals.span, help="write how many it has, as in `with 8 decimals`"
        )
        return Currency(code, 2)
    return Currency(code, int(digits))


def _data(draft: Draft, table: dict[str, DatumProgram], data: Iterable[nodes.Datum], what: str) -> None:
    """Enter member fields or a given into their table."""
    for datum in data:
        if _declare(draft, datum.name, what):
            for former in datum.formerly:
                if _declare(draft, former, f"a former name of `{datum.name.text}`"):
                    draft.former_data[former.text] = datum.name.text
            signed = isinstance(datum.type, nodes.MeasureType) and datum.type.signed
            table[datum.name.text] = DatumProgram(
                datum.name.text,
                _type(draft, datum.type),
                signed,
                datum.per_segment,
                datum.note,
                datum.if_missing,
                datum.name.span,
                datum.per_defaulter,
                tuple(former.text for former in datum.formerly),
            )


def _type(draft: Draft, type_: nodes.DataType) -> Type:
    if isinstance(type_, nodes.MeasureType):
        return Type(Kind(type_.kind), currency=_foreign(draft, type_.currency))
    if isinstance(type_, nodes.PlainType):
        return Type(Kind(type_.kind))
    if isinstance(type_, nodes.RateType):
        price, unit = _foreign(draft, type_.price), _foreign(draft, type_.unit)
        if type_.price.text == type_.unit.text:
            message = f"a rate turns one currency into another, but both are {type_.unit.text}"
            draft.report("currency-mismatch", message, type_.span, help="name two currencies of the rulebook")
        return Type(Kind.RATE, currency=price, per=unit)
    seen: dict[str, Span] = {}
    for value in type_.values:
        if value.text in seen:
            message = f"the choice value `{value.text}` stands twice"
            draft.report_second("duplicate-name", message, value.span, seen[value.text], "remove one of the two")
        seen.setdefault(value.text, value.span)
        draft.choices.setdefault(value.text, value.span)
    return Type(Kind.CHOICE, tuple(seen))


def _foreign(draft: Draft, code: nodes.Identifier | None) -> str | None:
    """A currency that is not the one in which the rulebook settles; ``None`` for that."""
    if code is None or (draft.currency is not None and code.text == draft.currency.code):
        return None
    if draft.currency is not None and code.text not in draft.currencies:
        known = listed(draft.currencies, "and")
        draft.report(
            "unknown-currency",
            f"the rulebook does not declare the currency `{code.text}`",
            code.span,
            help=draft.suggestions.did_you_mean(code.text, draft.currencies, "currency")
            or f"it declares {known}; declare another as in `currency {draft.currency.code} also {code.text}`",
        )
    return code.text


def _waterfall(draft: Draft, section: nodes.WaterfallSection) -> None:
    if not _once(draft, "waterfall", section):
        return
    draft.waterfall = section
    for stage, item in enumerate(section.items):
        in_segments = isinstance(item, nodes.Together) and item.per_segment
        for step in item.steps if isinstance(item, nodes.Together) else (item,):
            if _declare(draft, step.name, "a step"):
                own = any(isinstance(clause, nodes.PerSegment) for clause in step.clauses)
                draft.step_nodes[step.name.text] = step
                draft.step_stage[step.name.text] = stage
                draft.step_per_segment[step.name.text] = own or in_segments
    for step in draft.step_nodes.values():
        for former in step.formerly:
            _declare(draft, former, f"a former name of `{step.name.text}`")
            draft.former_names.setdefault(former.text, step.name.text)


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
    header = draft.rulebook.span.opening("rulebook")
    for section, words, advice in _REQUIRED:
        if section not in present:
            draft.report("missing-section", f"the rulebook has no `{words}`", header, help=advice)
    if draft.waterfall is not None and not draft.waterfall.items:
        draft.report(
            "missing-section",
            "the waterfall has no step",
            draft.waterfall.span.opening("waterfall"),
            help="write at least one, as in `tranche junior paid by ccp up to EUR 7 million`",
        )
