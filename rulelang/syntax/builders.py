"""From the parser's reductions to the abstract syntax: what each rule of the grammar comes to.

Most rules come to a node whose fields are their parts: a line of the table says which part is which field.  The others
have a function of their own.  Nothing is judged here: the checker does that, with the spans kept on every node.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Literal, cast

from rulelang.base.source import Span
from rulelang.base.values import defaults_of, evolve
from rulelang.syntax import nodes
from rulelang.syntax.lexer import Token
from rulelang.syntax.tables import RuleShape

Builder = Callable[..., object]
"""Takes a span and the parts of a rule; the grammar says which, so no type can hold the arguments of all.

A part is what a rule came to, a token, or ``None`` where an optional part is missing.
"""
Maker = Callable[[Sequence[object], Span], object]
"""Makes what a rule comes to of values among which its parts stand, and of its span."""

_FIELDS: dict[str, tuple[Builder, str]] = {
    # a rulebook and what it declares
    "cite": (nodes.Citation, "text"),
    "name": (nodes.Identifier, "text"),
    "quoted_name": (partial(nodes.Identifier, quoted=True), "text"),
    "currency": (nodes.CurrencySection, "*units"),
    "money_unit": (nodes.CurrencyUnit, "code decimals"),
    "holidays": (nodes.HolidaysSection, "*days"),
    "segments": (nodes.SegmentsSection, "*names"),
    "party": (nodes.PartySection, "name title"),
    "fields": (nodes.MembersSection, "*fields"),
    "field": (nodes.Datum, "name type per_segment per_defaulter formerly note if_missing"),
    "define": (nodes.DefineSection, "name value note cite"),
    "measure_type": (nodes.MeasureType, "signed=SIGNED kind"),
    "money_type": (nodes.MeasureType, "signed=SIGNED kind currency"),
    "rate_type": (nodes.RateType, "price unit"),
    "choice_type": (nodes.ChoiceType, "*values"),
    # periods and limits with a name
    "limit": (nodes.LimitSection, "name title value scope over_time cite"),
    "period": (nodes.PeriodSection, "name title cite opener length extension"),
    "opens_at_payment": (partial(nodes.Opener, "payment"), "*steps"),
    "opens_at_exhaustion": (partial(nodes.Opener, "exhaustion"), "*steps"),
    "extension": (nodes.Extension, "word most"),
    "duration": (nodes.Duration, "digits unit"),
    "calendar": (nodes.CalendarWindow, "- unit"),
    "during": (nodes.During, "period"),
    # the waterfall, its steps and their clauses
    "waterfall": (nodes.WaterfallSection, "title in_turn cite *items outcome"),
    "step": (nodes.Step, "kind name title formerly cite *clauses"),
    "together": (nodes.Together, "title one_pool per_segment ratio cite *steps"),
    "finally": (nodes.Finally, "name title cite"),
    "paid_by": (nodes.PaidBy, "payers where pot cite"),
    "pot": (nodes.Pot, "name - split_by other_segments"),
    "up_to": (nodes.UpTo, "value scope over_time at_every_resizing in_each_segment cite"),
    "window": (nodes.Window, "- digits unit"),
    "shared": (nodes.Shared, "key reallocation cite"),
    "in_order": (nodes.InOrder, "value direction cite"),
    "in_ranks": (nodes.InOrder, "value ranks cite"),
    "in_rounds": (nodes.InRounds, "digits - cite"),
    "once": (nodes.OnceDuring, "period cite"),
    "losses_met": (nodes.LossesMet, "kind cite"),
    "for_losses": (nodes.ForLosses, "outside=OUTSIDE *segments cite"),
    "when": (nodes.When, "condition cite"),
    "in_force": (nodes.InForce, "start end cite"),
    "discretion": (nodes.Discretion, "body cite"),
    # what is owed, and what comes back
    "replenish": (nodes.ReplenishSection, "pot draws_on title cite payers where value each=EACH *limits once within"),
    "repaid": (nodes.Repaid, "*steps into"),
    # invariants and tests
    "ensure": (nodes.EnsureSection, "text population where condition cite"),
    "assume": (nodes.AssumeSection, "text population where condition cite"),
    "expect_pays": (nodes.ExpectPays, "day who - amount under segment"),
    "expect_uncovered": (nodes.ExpectUncovered, "day amount segment"),
    "expect_outcome": (nodes.ExpectOutcome, "day - outcome"),
    "expect_ensure": (nodes.ExpectEnsure, "day text holds=HOLDS"),
    "expect_owes": (nodes.ExpectOwes, "day who amount pot segment"),
    "expect_holds": (nodes.ExpectHolds, "day who amount pot segment"),
    "expect_repaid": (nodes.ExpectRepaid, "day who amount under"),
    "expect_period": (nodes.ExpectPeriod, "day period is_open=OPEN_NOW"),
    # expressions
    "conditional": (nodes.Conditional, "condition then otherwise"),
    "connected": (nodes.Connective, "left operator right"),
    "negated": (nodes.Negated, "operand"),
    "compared": (nodes.Comparison, "left operator right"),
    "arithmetic": (nodes.Arithmetic, "left operator right"),
    "at_rate": (nodes.Converted, "operand - rate"),
    "rounded": (partial(nodes.Rounded, direction="nearest"), "operand - direction unit"),
    "as_of": (nodes.AsOf, "datum day"),
    "period_value": (nodes.PeriodValue, "what period"),
    "negative": (nodes.Negative, "operand"),
    "amount": (nodes.MoneyLiteral, "currency digits scale"),
    "number": (nodes.NumberLiteral, "digits"),
    "days": (nodes.DaysLiteral, "digits unit"),
    "percentage": (nodes.PercentageLiteral, "digits"),
    "date": (nodes.DateLiteral, "text"),
    "text": (nodes.TextLiteral, "text"),
    "yes_or_no": (nodes.YesNoLiteral, "value=YES"),
    "reference": (nodes.Reference, "name"),
    "run_value": (nodes.RunValue, "what"),
    "step_result": (nodes.StepResult, "what step"),
    "call": (nodes.Call, "function *arguments"),
    "aggregate": (nodes.Aggregate, "function operand over by"),
    "aggregate_largest": (nodes.Aggregate, "function number operand over by"),
    "aggregate_count": (partial(nodes.Aggregate, operand=None), "function over by"),
    # events
    "event": (nodes.EventSyntax, "title *items"),
    "exercise": (nodes.ExerciseItem, "name"),
    "declared": (nodes.DeclaredItem, "date"),
    "field_value": (nodes.DatumValue, "name segment defaulter as_of value"),
    "member": (nodes.MemberItem, "member name - since *values"),
    "former_member": (nodes.FormerMemberItem, "- member name"),
    "notice": (nodes.NoticeItem, "member date"),
    "defaulted": (nodes.DefaultedItem, "- date member"),
    "open_period": (nodes.OpenPeriodItem, "period first last"),
    "default": (nodes.DefaultItem, "member segment amount"),
    "further_loss": (nodes.FurtherLossItem, "- member segment amount"),
    "non_default_loss": (nodes.NonDefaultLossItem, "- segment amount cause"),
    "payment": (nodes.PaymentItem, "date payer step segment defaulters amount"),
    "decision": (nodes.DecisionItem, "step invoke=INVOKE most body reason"),
    "declined": (nodes.DecisionItem, "step invoke=INVOKE body reason"),
    "withdrawal": (nodes.WithdrawalItem, "member digits step"),
    # histories
    "opening": (nodes.OpeningBlock, "date *items"),
    "block": (nodes.DayBlock, "date *items"),
    "departure": (nodes.DepartureItem, "member"),
    "paid_in": (nodes.PaidInItem, "payer pot segment amount"),
    "paid_out": (nodes.PaidOutItem, "payer pot segment amount"),
    "recovered": (nodes.RecoveredItem, "member amount"),
    # values
    "amount_value": (partial(nodes.Value, "amount"), "negative currency text scale"),
    "number_value": (partial(nodes.Value, "number"), "negative text"),
    "percentage_value": (partial(nodes.Value, "percentage"), "negative text"),
    "date_value": (partial(nodes.Value, "date"), "text"),
    "text_value": (partial(nodes.Value, "text"), "text"),
    "word_value": (partial(nodes.Value, "word"), "text"),
}
"""The nodes whose fields are the parts of a rule, in the order of the grammar.

A part that is missing leaves its field at its default.  ``-`` is a word that says nothing more, ``*`` takes as many
parts as there are, and ``signed=SIGNED`` is whether the part is that word.
"""

_SHORTENED = {"STRING": slice(1, -1), "PERCENTAGE": slice(0, -1)}
"""What of a token is said: a text without its quotes, a percentage without its sign."""


_new = object.__new__


class _OfFields:
    """The builder of a node whose fields are the parts of its rule.

    It puts the parts where ``__init__`` would put them, in half the time: most of a text are names and literals.
    """

    def __init__(self, node: Builder, parts: str) -> None:
        before, several, behind = parts.partition("*")
        self.several = bool(several)
        self._first, self._last = len(before.split()), max(len(behind.split()) - 1, 0)
        names = (before + behind).split()
        self._fields = [(field, word) for field, _, word in (name.partition("=") for name in names)]
        self._given = partial(node)

    def __call__(self, span: Span, *items: object) -> object:
        """Make a node of parts."""
        if self.several:
            end = len(items) - self._last
            items = (*items[: self._first], items[self._first : end], *items[end:])
        return self._of_all(items, span)

    @cached_property
    def _of_all(self) -> Maker:
        return self.of_places(range(len(self._fields)))

    def of_places(self, places: Sequence[int | None]) -> Maker:
        """What makes a node of values in which each part has its place; ``None`` is a part that is left out."""
        given = self._given
        node = cast("type[nodes.Node]", given.func)
        by_place = dict(zip(node.__match_args__, given.args, strict=False))
        template = {**defaults_of(node), **by_place, **given.keywords}
        parts = [(*each, place) for each, place in zip(self._fields, places, strict=True) if place is not None]
        told = [(field, place) for field, word, place in parts if not word and field != "-"]
        words = [(field, word, place) for field, word, place in parts if word]

        def make(values: Sequence[object], span: Span) -> object:
            value = _new(node)
            mine = value.__dict__
            mine.update(template)
            mine["span"] = span
            for field, place in told:
                part = values[place]
                if type(part) is Token:
                    kind, text, _, _ = part
                    mine[field] = text[_SHORTENED[kind]] if kind in _SHORTENED else text
                elif part is not None:
                    mine[field] = part
            for field, word, place in words:
                token = values[place]
                if type(token) is Token:
                    mine[field] = token[0] == word
            return value

        return make


def _around(node: Builder, rule: str) -> Builder:
    """The builder of a node with one field, which is what the same parts come to by another rule."""
    return lambda span, *parts: node(BUILDERS[rule](span, *parts), span=span)


def _of_file(node: Builder) -> Builder:
    """The builder of a line that names a file: what is wrong with it is wrong at the name."""
    return lambda _span, path: node(path.text[1:-1], span=Span(path.start, path.end))


BUILDERS: dict[str, Builder] = {
    **{rule: _OfFields(node, parts) for rule, (node, parts) in _FIELDS.items()},
    "step_per_segment": lambda span, cite: nodes.PerSegment(cite=cite, span=span),
    "given": _around(nodes.GivenSection, "field"),
    "given_value": _around(nodes.GivenItem, "field_value"),
    "under": _of_file(nodes.Under),
    "table_from": lambda _span, contents, path: nodes.TableFrom(
        contents.text, path.text[1:-1], span=Span(path.start, path.end)
    ),
    "paid_in_from": lambda _span, path: nodes.TableFrom("paid in", path.text[1:-1], span=Span(path.start, path.end)),
    "event_file": _of_file(nodes.EventFile),
    "history_file": _of_file(nodes.HistoryFile),
    "owner": lambda _span, name: name,
    "dues": lambda span, *_: nodes.DuesPaid(span=span),
    "yes": lambda *_: True,
    "no": lambda *_: False,
    "several": lambda _span, *parts: parts,
    "direction": lambda _span, word: word.text,
    "in_segment": lambda _span, _word, segment: segment,
    "in_total": lambda *_: "in total",
    "in_days": lambda *_: "days",
    "in_business_days": lambda *_: "business days",
    "in_months": lambda *_: "months",
    "opens_at_default": lambda span: nodes.Opener("default", span=span),
    "in_words": lambda span, which, *both: nodes.Call(
        "min" if which.kind == "LOWER" else "max", both, in_words=True, span=span
    ),
    "filtered": lambda span, aggregate, condition: evolve(aggregate, where=condition, span=span),
    "bracketed": lambda span, inner: evolve(inner, bracketed=True, span=span),
}
"""The builders by the names of their rules."""


def _rule(function: Builder) -> Builder:
    BUILDERS[function.__name__.strip("_")] = function
    return function


@_rule
def _plain_type(span: Span, kind: Token) -> nodes.PlainType:
    # `yes / no` may be written with blanks
    text = "yes/no" if kind.kind == "YES_NO" else cast('Literal["text", "date"]', kind.text)
    return nodes.PlainType(text, span=span)


@_rule
def _rulebook(
    span: Span, title: Token, version: Token | None, cite: nodes.Citation | None, *sections: nodes.Section
) -> nodes.Rulebook:
    is_date = version is not None and version.kind == "DATE"
    written = None if version is None else version.text.strip('"')
    return nodes.Rulebook(title.text[1:-1], written, is_date, cite, sections, span=span)


@_rule
def _recoveries(
    span: Span, title: Token | None, cite: nodes.Citation | None, *parts: nodes.Repaid | nodes.Identifier
) -> nodes.RecoveriesSection:
    *groups, rest = parts
    said = None if title is None else title.text[1:-1]
    return nodes.RecoveriesSection(
        cast("tuple[nodes.Repaid, ...]", tuple(groups)), cast("nodes.Identifier", rest), said, cite, span=span
    )


@_rule
def _history(
    span: Span, title: Token, *parts: nodes.HistoryHead | nodes.OpeningBlock | nodes.DayBlock
) -> nodes.HistorySyntax:
    head = tuple(part for part in parts if isinstance(part, nodes.HistoryHead))
    opening = next(part for part in parts if isinstance(part, nodes.OpeningBlock))
    days = tuple(part for part in parts if isinstance(part, nodes.DayBlock))
    return nodes.HistorySyntax(title.text[1:-1], head, opening, days, span=span)


@_rule
def _test(
    span: Span, title: Token, *parts: nodes.EventFile | nodes.HistoryFile | nodes.EventItem | nodes.Expectation
) -> nodes.TestSection:
    name = title.text[1:-1]
    expected = tuple(part for part in parts if isinstance(part, nodes.Expectation))
    given = parts[: len(parts) - len(expected)]
    event = given[0]
    if isinstance(event, nodes.EventFile | nodes.HistoryFile):
        return nodes.TestSection(name, event, expected, span=span)
    items = cast("tuple[nodes.EventItem, ...]", given)
    written = nodes.EventSyntax(name, items, span=Span(items[0].span.start, items[-1].span.end))
    return nodes.TestSection(name, written, expected, span=span)


# ----------------------------------------------------------------------------------------------------- from the stack


def maker(rule: RuleShape) -> Maker:
    """What makes of the values on top of the parser's stack what a rule of the tables comes to."""
    parts, name = rule.parts, rule.name
    if name is None:
        return lambda values, _: _items(values, parts)[0]
    if not name:
        return lambda values, _: _items(values, parts)
    builder = BUILDERS[name]
    if isinstance(builder, _OfFields) and not builder.several and all(part is None or part < 0 for part in parts):
        return builder.of_places(parts)
    return lambda values, span: builder(span, *_items(values, parts))


def _items(values: Sequence[object], parts: Sequence[int | None]) -> list[object]:
    """The parts of a rule, on top of the stack."""
    items: list[object] = []
    for part in parts:
        if part is None:
            items.append(None)
        elif part < 0:
            items.append(values[part])
        elif items:
            items += cast("list[object]", values[-part])
        else:
            items = cast("list[object]", values[-part])  # a list grows in its place: nobody else has it
    return items
