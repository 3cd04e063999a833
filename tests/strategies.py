"""Hypothesis strategies for every class of the abstract syntax: trees that can be written, not always well typed.

``BY_CLASS`` has a strategy for each concrete node class; a test asserts that none is missing, so the module grows with
the language.
"""

import string
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rulelang.syntax import nodes
from rulelang.syntax.words import RESERVED

SMALL = 3
"""The most items a repeated part has."""
PHRASE_NAMES = (
    "pool",
    "total",
    "force",
    "first",
    "outcome",
    "any",
    "days",
    "one",
    "text",
    "pays",
    "without",
    "million",
    "start",
    "open",
    "defaults",
    "lower",
    "rounded",
    "business",
    "months",
    "since",
    "former",
    "givens",
    "once",
    "crore",
    "on",
    "out",
    "within",
    "into",
    "rest",
    "closed",
    "owes",
    "repaid",
)

# ------------------------------------------------------------------------------------------------------------ words

_words = st.builds(
    lambda first, rest: first + rest,
    st.sampled_from(string.ascii_lowercase),
    st.text(string.ascii_lowercase + string.digits + "_", max_size=7),
).filter(lambda word: word not in RESERVED)
names = st.one_of(st.sampled_from(["fund", "vm_gain", "junior", *PHRASE_NAMES]), _words)
identifiers = st.builds(nodes.Identifier, names)
capitalised = st.builds(
    lambda first, rest: first + rest,
    st.sampled_from(string.ascii_uppercase + "ÅÖ"),
    st.text(string.ascii_letters + string.digits + "_é", max_size=5),
)
texts = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"), exclude_characters='"'), max_size=12)
member_ids = st.one_of(
    st.builds(nodes.Identifier, capitalised), st.builds(nodes.Identifier, texts, quoted=st.sampled_from([True]))
)
digits = st.from_regex(r"(0|[1-9][0-9]{0,3}(_[0-9]{3})?)(\.[0-9]{1,3})?", fullmatch=True)
whole_digits = st.from_regex(r"[1-9][0-9]{0,2}", fullmatch=True)
date_texts = st.dates().map(str)
currencies = st.sampled_from(["EUR", "USD", "JPY", "KWD"])
scales = st.sampled_from(["thousand", "million", "billion", "trillion", "lakh", "crore"])
citations = st.builds(nodes.Citation, texts)


def optional(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """A value of the strategy, or nothing."""
    return st.none() | strategy


def several(strategy: SearchStrategy[Any], least: int = 0, most: int = SMALL) -> SearchStrategy[tuple[Any, ...]]:
    """A tuple of a few values."""
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


# ------------------------------------------------------------------------------------------------------ expressions

money = st.builds(nodes.MoneyLiteral, currencies, digits, optional(scales))
dates = st.builds(nodes.DateLiteral, date_texts)
numbers = st.builds(nodes.NumberLiteral, digits)
_flags = st.booleans()
units = st.sampled_from(["days", "business days", "months"])
_references = st.builds(nodes.Reference, names)
_periods = st.builds(nodes.PeriodValue, st.sampled_from(["open", "start", "defaults"]), identifiers)
_day_starts = st.one_of(
    dates,
    _references,
    st.builds(nodes.RunValue, st.just("declared")),
    st.builds(nodes.PeriodValue, st.just("start"), identifiers),
)
_days = _day_starts | st.builds(
    nodes.Arithmetic, st.sampled_from(["+", "-"]), _day_starts, st.builds(nodes.DaysLiteral, whole_digits, units)
)

_LEAVES: dict[type[nodes.Node], SearchStrategy[Any]] = {
    nodes.MoneyLiteral: money,
    nodes.NumberLiteral: numbers,
    nodes.PercentageLiteral: st.builds(nodes.PercentageLiteral, digits),
    nodes.DaysLiteral: st.builds(nodes.DaysLiteral, whole_digits, units),
    nodes.DateLiteral: dates,
    nodes.TextLiteral: st.builds(nodes.TextLiteral, texts),
    nodes.YesNoLiteral: st.builds(nodes.YesNoLiteral, _flags),
    nodes.Reference: st.builds(nodes.Reference, names),
    nodes.RunValue: st.builds(
        nodes.RunValue, st.sampled_from(["declared", "loss", "remaining", "total_paid", "leaving"])
    ),
    nodes.PeriodValue: _periods,
    nodes.AsOf: st.builds(nodes.AsOf, _references, _days),
    nodes.StepResult: st.builds(nodes.StepResult, st.sampled_from(["used", "unused", "paid"]), identifiers),
}
_POPULATIONS = ("members", "survivors", "defaulters")


def _aggregates(inner: SearchStrategy[nodes.Expression]) -> SearchStrategy[nodes.Expression]:
    over = st.sampled_from([*_POPULATIONS, "segments"])
    where = optional(inner)
    functions = st.sampled_from(["sum", "average", "largest", "smallest"])
    return st.one_of(
        st.builds(nodes.Aggregate, functions, inner, over, where),
        st.builds(nodes.Aggregate, functions, inner, st.sampled_from(_POPULATIONS), where, by=_references),
        st.builds(nodes.Aggregate, st.just("largest"), inner, over, where, whole_digits),
        st.builds(nodes.Aggregate, st.just("count"), st.none(), st.sampled_from(_POPULATIONS), where),
    )


def _calls(inner: SearchStrategy[nodes.Expression]) -> SearchStrategy[nodes.Expression]:
    in_words = st.builds(
        nodes.Call, st.sampled_from(["min", "max"]), st.tuples(inner, inner), in_words=st.just(True), bracketed=_flags
    )
    return in_words | st.builds(nodes.Call, st.sampled_from(["min", "max", "clamp"]), several(inner, least=1))


_COMPOUNDS: dict[
    type[nodes.Node],
    Callable[[SearchStrategy[nodes.Expression]], SearchStrategy[nodes.Expression]],
] = {
    nodes.Converted: lambda inner: st.builds(nodes.Converted, inner, _references, bracketed=_flags),
    nodes.Rounded: lambda inner: st.builds(
        nodes.Rounded, inner, st.sampled_from(["up", "down", "nearest"]), inner, bracketed=_flags
    ),
    nodes.Negative: lambda inner: st.builds(nodes.Negative, inner, bracketed=_flags),
    nodes.Negated: lambda inner: st.builds(nodes.Negated, inner, bracketed=_flags),
    nodes.Arithmetic: lambda inner: st.builds(
        nodes.Arithmetic, st.sampled_from(["+", "-", "*", "/", "of"]), inner, inner, bracketed=_flags
    ),
    nodes.Comparison: lambda inner: st.builds(
        nodes.Comparison, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inner, inner, bracketed=_flags
    ),
    nodes.Connective: lambda inner: st.builds(
        nodes.Connective, st.sampled_from(["and", "or"]), inner, inner, bracketed=_flags
    ),
    nodes.Conditional: lambda inner: st.builds(nodes.Conditional, inner, inner, inner, bracketed=_flags),
    nodes.Call: _calls,
    nodes.Aggregate: _aggregates,
}

expressions: SearchStrategy[nodes.Expression] = st.recursive(
    st.one_of(*_LEAVES.values()),
    lambda inner: st.one_of(*(make(inner) for make in _COMPOUNDS.values())),
    max_leaves=6,
)

# ----------------------------------------------------------------------------------------------------- declarations

_currency = st.builds(nodes.Identifier, currencies)
measure_types = st.builds(nodes.MeasureType, st.sampled_from(["money", "number", "ratio"]), _flags) | st.builds(
    nodes.MeasureType, st.just("money"), _flags, _currency
)
rate_types = st.builds(nodes.RateType, _currency, _currency)
plain_types = st.builds(nodes.PlainType, st.sampled_from(["text", "date", "yes/no"]))
choice_types = st.builds(nodes.ChoiceType, several(identifiers, least=1, most=5))
_per = st.sampled_from([(False, False), (True, False), (False, True)])
data = st.builds(
    lambda name, kind, per, note, missing, former: nodes.Datum(name, kind, per[0], note, missing, per[1], former),
    identifiers,
    st.one_of(measure_types, rate_types, plain_types, choice_types),
    _per,
    optional(texts),
    optional(expressions),
    several(identifiers),
)
currency_units = st.builds(nodes.CurrencyUnit, _currency, optional(numbers))
currency_sections = st.builds(nodes.CurrencySection, several(currency_units, least=1))
holidays_sections = st.builds(nodes.HolidaysSection, several(dates, least=1))
segments_sections = st.builds(nodes.SegmentsSection, several(identifiers, least=1))
party_sections = st.builds(nodes.PartySection, identifiers, optional(texts))
members_sections = st.builds(nodes.MembersSection, several(data))
given_sections = st.builds(nodes.GivenSection, data)
define_sections = st.builds(nodes.DefineSection, identifiers, expressions, optional(texts), optional(citations))

durations = st.builds(nodes.Duration, whole_digits, units)
_opened_by = st.sampled_from(["default", "payment", "exhaustion"])
openers = st.one_of(
    st.just(nodes.Opener("default")),
    st.builds(nodes.Opener, st.sampled_from(["payment", "exhaustion"]), several(identifiers, least=1)),
)
extensions = st.builds(nodes.Extension, _opened_by, optional(durations))
period_sections = st.builds(
    nodes.PeriodSection, identifiers, openers, durations, optional(extensions), optional(texts), optional(citations)
)
windows = st.builds(nodes.Window, whole_digits, units)
calendar_windows = st.builds(nodes.CalendarWindow, st.sampled_from(["year", "month"]))
durings = st.builds(nodes.During, identifiers)
_over_time = optional(st.one_of(windows, calendar_windows, durings))
limit_sections = st.builds(
    nodes.LimitSection,
    identifiers,
    expressions,
    st.sampled_from(["each", "in total"]),
    _over_time,
    optional(texts),
    optional(citations),
)

# -------------------------------------------------------------------------------------------------------- waterfall

pots = st.builds(nodes.Pot, identifiers, optional(expressions)) | st.builds(
    nodes.Pot, identifiers, other_segments=st.just(True)
)
_payers = st.sampled_from(["ccp", "survivors", "defaulters"]).map(nodes.Identifier) | identifiers
_choices = st.sampled_from(["yes", "no"]).map(nodes.Identifier) | identifiers
_cite = optional(citations)

paid_by = st.builds(nodes.PaidBy, _payers, optional(expressions), optional(pots), cite=_cite)
up_to = st.builds(
    nodes.UpTo,
    expressions,
    optional(st.sampled_from(["each", "in total"])),
    _over_time,
    _flags,
    _flags,
    cite=_cite,
)
shared = st.builds(nodes.Shared, st.sampled_from(["limits", "equally"]) | expressions, _flags, cite=_cite)
in_order = st.one_of(
    st.builds(nodes.InOrder, expressions, st.sampled_from(["lowest", "highest"]), cite=_cite),
    st.builds(nodes.InOrder, expressions, st.none(), several(several(_choices, 1), 1), cite=_cite),
)
CLAUSES: dict[type[nodes.Node], SearchStrategy[Any]] = {
    nodes.PaidBy: paid_by,
    nodes.UpTo: up_to,
    nodes.Shared: shared,
    nodes.InOrder: in_order,
    nodes.PerSegment: st.builds(nodes.PerSegment, cite=_cite),
    nodes.ForLosses: st.builds(nodes.ForLosses, several(identifiers, least=1), _flags, cite=_cite),
    nodes.When: st.builds(nodes.When, expressions, cite=_cite),
    nodes.InForce: st.builds(nodes.InForce, dates, optional(dates), cite=_cite),
    nodes.Discretion: st.builds(nodes.Discretion, texts, cite=_cite),
    nodes.InRounds: st.builds(nodes.InRounds, whole_digits, cite=_cite),
    nodes.OnceDuring: st.builds(nodes.OnceDuring, identifiers, cite=_cite),
    nodes.LossesMet: st.builds(nodes.LossesMet, st.sampled_from(["non-default", "all"]), cite=_cite),
}
clauses = st.one_of(*CLAUSES.values())
steps = st.builds(
    nodes.Step,
    st.sampled_from(["tranche", "assessment", "haircut", "tear-up", "voluntary"]),
    identifiers,
    optional(texts),
    several(identifiers),
    _cite,
    several(clauses, most=5),
)
groups = st.builds(nodes.Together, several(steps), optional(texts), _flags, _flags, several(numbers), _cite)
outcomes = st.builds(nodes.Finally, identifiers, optional(texts), _cite)
waterfall_sections = st.builds(
    nodes.WaterfallSection, several(steps | groups, most=4), optional(texts), _cite, optional(outcomes), _flags
)

replenish_sections = st.builds(
    nodes.ReplenishSection,
    identifiers,
    _payers,
    expressions,
    durations,
    _flags,
    several(up_to),
    optional(expressions),
    optional(CLAUSES[nodes.OnceDuring]),
    optional(identifiers),
    optional(texts),
    _cite,
)
repaid = st.builds(nodes.Repaid, several(identifiers, least=1), optional(identifiers))
recoveries_sections = st.builds(
    nodes.RecoveriesSection,
    several(repaid, least=1),
    st.sampled_from(["ccp", "defaulters"]).map(nodes.Identifier) | identifiers,
    optional(texts),
    _cite,
)

# ----------------------------------------------------------------------------------------------------------- events

amount_values = st.builds(nodes.Value, st.just("amount"), digits, _flags, currencies, optional(scales))
values = st.one_of(
    amount_values,
    st.builds(nodes.Value, st.sampled_from(["number", "percentage"]), digits, _flags),
    st.builds(nodes.Value, st.just("date"), date_texts),
    st.builds(nodes.Value, st.just("text"), texts),
    st.builds(nodes.Value, st.just("word"), names | st.sampled_from(["yes", "no"])),
)
_segment = optional(identifiers)
datum_values = st.builds(nodes.DatumValue, identifiers, values, _segment, optional(dates), optional(member_ids))
given_values = st.builds(nodes.DatumValue, identifiers, values, _segment, optional(dates))
_event_payers = st.one_of(st.just(nodes.Identifier("ccp")), identifiers, member_ids)
EVENT_ITEMS: dict[type[nodes.Node], SearchStrategy[Any]] = {
    nodes.ExerciseItem: st.builds(nodes.ExerciseItem, texts),
    nodes.Under: st.builds(nodes.Under, texts),
    nodes.DeclaredItem: st.builds(nodes.DeclaredItem, dates),
    nodes.GivenItem: st.builds(nodes.GivenItem, given_values),
    nodes.TableFrom: st.builds(nodes.TableFrom, st.sampled_from(["members", "givens", "paid", "defaults"]), texts),
    nodes.MemberItem: st.builds(nodes.MemberItem, member_ids, optional(texts), several(datum_values), optional(dates)),
    nodes.FormerMemberItem: st.builds(nodes.FormerMemberItem, member_ids, optional(texts)),
    nodes.NoticeItem: st.builds(nodes.NoticeItem, member_ids, optional(dates)),
    nodes.DefaultedItem: st.builds(nodes.DefaultedItem, dates, member_ids),
    nodes.OpenPeriodItem: st.builds(nodes.OpenPeriodItem, identifiers, dates, dates),
    nodes.FurtherLossItem: st.builds(nodes.FurtherLossItem, member_ids, money, _segment),
    nodes.NonDefaultLossItem: st.builds(nodes.NonDefaultLossItem, money, _segment, optional(texts)),
    nodes.WithdrawalItem: st.builds(nodes.WithdrawalItem, member_ids, whole_digits, identifiers),
    nodes.DefaultItem: st.builds(nodes.DefaultItem, member_ids, money, _segment),
    nodes.PaymentItem: st.builds(
        nodes.PaymentItem, dates, _event_payers, identifiers, money, _segment, several(member_ids)
    ),
    nodes.DecisionItem: st.one_of(
        st.builds(nodes.DecisionItem, identifiers, _flags, optional(texts), optional(texts)),
        st.builds(nodes.DecisionItem, identifiers, st.just(True), optional(texts), optional(texts), money),
    ),
}
event_items = st.one_of(*EVENT_ITEMS.values())
events = st.builds(nodes.EventSyntax, texts, several(event_items, most=6))

# -------------------------------------------------------------------------------------------------------- histories

HISTORY_ITEMS: dict[type[nodes.Node], SearchStrategy[Any]] = {
    nodes.DepartureItem: st.builds(nodes.DepartureItem, member_ids),
    nodes.PaidInItem: st.builds(nodes.PaidInItem, _event_payers, identifiers, money, _segment),
    nodes.PaidOutItem: st.builds(nodes.PaidOutItem, _event_payers, identifiers, money, _segment),
    nodes.RecoveredItem: st.builds(nodes.RecoveredItem, member_ids, money),
}
history_items = st.one_of(*HISTORY_ITEMS.values(), event_items, st.builds(nodes.TableFrom, st.just("paid in"), texts))
opening_blocks = st.builds(nodes.OpeningBlock, dates, several(history_items))
day_blocks = st.builds(nodes.DayBlock, dates, several(history_items))
_head = st.just(nodes.DuesPaid()) | EVENT_ITEMS[nodes.Under] | EVENT_ITEMS[nodes.ExerciseItem]
histories = st.builds(nodes.HistorySyntax, texts, several(_head, most=2), opening_blocks, several(day_blocks))

# --------------------------------------------------------------------------------------------- invariants and tests


@st.composite
def statements(draw: st.DrawFn, sort: type[nodes.Statement]) -> nodes.Statement:
    """An invariant or an assumption; only one that names a population has a ``where``."""
    population = draw(optional(st.sampled_from(_POPULATIONS)))
    where = None if population is None else draw(optional(expressions))
    return sort(draw(texts), draw(expressions), population, where, draw(_cite))


event_files = st.builds(nodes.EventFile, texts)
history_files = st.builds(nodes.HistoryFile, texts)
_day = optional(dates)
EXPECTATIONS: dict[type[nodes.Node], SearchStrategy[Any]] = {
    nodes.ExpectPays: st.builds(nodes.ExpectPays, _event_payers, money, optional(identifiers), _segment, day=_day),
    nodes.ExpectUncovered: st.builds(nodes.ExpectUncovered, money, _segment, day=_day),
    nodes.ExpectEnsure: st.builds(nodes.ExpectEnsure, texts, _flags, day=_day),
    nodes.ExpectOutcome: st.builds(
        nodes.ExpectOutcome, identifiers | st.sampled_from(["covered", "uncovered"]).map(nodes.Identifier), day=_day
    ),
    nodes.ExpectOwes: st.builds(nodes.ExpectOwes, _event_payers, money, identifiers, _segment, day=dates),
    nodes.ExpectHolds: st.builds(nodes.ExpectHolds, _event_payers, money, identifiers, _segment, day=dates),
    nodes.ExpectRepaid: st.builds(nodes.ExpectRepaid, _event_payers, money, optional(identifiers), day=dates),
    nodes.ExpectPeriod: st.builds(nodes.ExpectPeriod, identifiers, _flags, day=dates),
}


@st.composite
def test_sections(draw: st.DrawFn) -> nodes.TestSection:
    """A test; an event written in it has its title."""
    title = draw(texts)
    event = draw(
        event_files
        | history_files
        | st.builds(nodes.EventSyntax, st.just(title), several(event_items, least=1, most=4))
    )
    expected = draw(several(st.one_of(*EXPECTATIONS.values()), least=1))
    return nodes.TestSection(title, event, expected)


SECTIONS: dict[type[nodes.Node], SearchStrategy[Any]] = {
    nodes.CurrencySection: currency_sections,
    nodes.HolidaysSection: holidays_sections,
    nodes.SegmentsSection: segments_sections,
    nodes.PartySection: party_sections,
    nodes.MembersSection: members_sections,
    nodes.GivenSection: given_sections,
    nodes.DefineSection: define_sections,
    nodes.LimitSection: limit_sections,
    nodes.PeriodSection: period_sections,
    nodes.WaterfallSection: waterfall_sections,
    nodes.ReplenishSection: replenish_sections,
    nodes.RecoveriesSection: recoveries_sections,
    nodes.EnsureSection: statements(nodes.EnsureSection),
    nodes.AssumeSection: statements(nodes.AssumeSection),
    nodes.TestSection: test_sections(),
}
sections = st.one_of(*SECTIONS.values())


@st.composite
def rulebooks(draw: st.DrawFn) -> nodes.Rulebook:
    """A rulebook of a few sections in any order."""
    is_date = draw(_flags)
    version = draw(date_texts if is_date else optional(texts))
    parts = draw(several(sections, most=4))
    return nodes.Rulebook(draw(texts), version, is_date, draw(_cite), parts)


BY_CLASS: dict[type[nodes.Node], SearchStrategy[Any]] = {
    **_LEAVES,
    **{kind: make(expressions) for kind, make in _COMPOUNDS.items()},
    **CLAUSES,
    **EVENT_ITEMS,
    **HISTORY_ITEMS,
    **EXPECTATIONS,
    **SECTIONS,
    nodes.Identifier: identifiers | member_ids,
    nodes.Citation: citations,
    nodes.MeasureType: measure_types,
    nodes.PlainType: plain_types,
    nodes.ChoiceType: choice_types,
    nodes.Datum: data,
    nodes.RateType: rate_types,
    nodes.CurrencyUnit: currency_units,
    nodes.Duration: durations,
    nodes.Opener: openers,
    nodes.Extension: extensions,
    nodes.Pot: pots,
    nodes.Window: windows,
    nodes.CalendarWindow: calendar_windows,
    nodes.During: durings,
    nodes.Step: steps,
    nodes.Together: groups,
    nodes.Finally: outcomes,
    nodes.Repaid: repaid,
    nodes.EventFile: event_files,
    nodes.HistoryFile: history_files,
    nodes.DuesPaid: st.just(nodes.DuesPaid()),
    nodes.OpeningBlock: opening_blocks,
    nodes.DayBlock: day_blocks,
    nodes.HistorySyntax: histories,
    nodes.Value: values,
    nodes.DatumValue: datum_values,
    nodes.EventSyntax: events,
    nodes.Rulebook: rulebooks(),
}
"""A strategy for each concrete class of :mod:`rulelang.syntax.nodes`."""
