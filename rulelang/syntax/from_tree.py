"""From the tree that Lark gives to the abstract syntax: one builder for each rule of the grammar.

A builder takes the tree of its rule and returns a node; the children stand in the order of the grammar, with ``None``
where an optional part is missing.  Nothing is judged here: the checker does that, with the spans kept on every node.
"""

from collections.abc import Callable, Iterable
from typing import Any

from attrs import evolve
from lark import Token, Tree

from rulelang.base.source import Span
from rulelang.syntax import nodes

Builder = Callable[[Any], Any]
_BUILDERS: dict[str, Builder] = {}


def build(tree: "Tree[Token]") -> Any:
    """The node that a tree stands for."""
    return _BUILDERS[tree.data](tree)


def _rule(function: Builder) -> Builder:
    """Enter a builder under the name of its rule (an underscore before the name keeps it apart from Python words)."""
    _BUILDERS[function.__name__.strip("_")] = function
    return function


def _span(item: Any) -> Span:
    if isinstance(item, Token):
        return Span(item.start_pos or 0, item.end_pos or 0)
    meta = item.meta
    return Span(meta.start_pos, meta.end_pos)


def _optional(item: Any) -> Any:
    return None if item is None else build(item)


def _text(token: Token | None) -> str | None:
    """The text of a string token without its quotes."""
    return None if token is None else token[1:-1]


def _all(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(build(item) for item in items)


def _identifier(item: Any) -> nodes.Identifier:
    """A name from a keyword token or from the tree of a name."""
    return nodes.Identifier(str(item), span=_span(item)) if isinstance(item, Token) else build(item)


# ------------------------------------------------------------------------------------------------- names and text


@_rule
def name(tree: Any) -> nodes.Identifier:
    token = tree.children[0]
    return nodes.Identifier(str(token), span=_span(token))


@_rule
def member_id(tree: Any) -> nodes.Identifier:
    token = tree.children[0]
    if token.type == "STRING":
        return nodes.Identifier(token[1:-1], quoted=True, span=_span(token))
    return nodes.Identifier(str(token), span=_span(token))


@_rule
def cite(tree: Any) -> nodes.Citation:
    return nodes.Citation(tree.children[0][1:-1], span=_span(tree))


# --------------------------------------------------------------------------------------------------- declarations


@_rule
def rulebook(tree: Any) -> nodes.Rulebook:
    title, version, citation, *sections = tree.children
    is_date = version is not None and version.type == "DATE"
    text = None if version is None else str(version) if is_date else version[1:-1]
    return nodes.Rulebook(title[1:-1], text, is_date, _optional(citation), _all(sections), span=_span(tree))


@_rule
def currency(tree: Any) -> nodes.CurrencySection:
    return nodes.CurrencySection(_identifier(tree.children[0]), span=_span(tree))


@_rule
def segments(tree: Any) -> nodes.SegmentsSection:
    return nodes.SegmentsSection(_all(tree.children), span=_span(tree))


@_rule
def party(tree: Any) -> nodes.PartySection:
    return nodes.PartySection(build(tree.children[0]), _text(tree.children[1]), span=_span(tree))


@_rule
def fields(tree: Any) -> nodes.MembersSection:
    return nodes.MembersSection(_all(tree.children), span=_span(tree))


@_rule
def field(tree: Any) -> nodes.Datum:
    identifier, type_, per_segment, note, if_missing = tree.children
    return nodes.Datum(
        build(identifier),
        build(type_),
        per_segment is not None,
        _text(note),
        None if if_missing is None else build(if_missing.children[0]),
        span=_span(tree),
    )


@_rule
def given(tree: Any) -> nodes.GivenSection:
    return nodes.GivenSection(field(tree), span=_span(tree))


@_rule
def define(tree: Any) -> nodes.DefineSection:
    identifier, value, note, citation = tree.children
    return nodes.DefineSection(build(identifier), build(value), _text(note), _optional(citation), span=_span(tree))


@_rule
def measure_type(tree: Any) -> nodes.MeasureType:
    signed, kind = tree.children
    return nodes.MeasureType(str(kind), signed is not None, span=_span(tree))  # type: ignore[arg-type]


@_rule
def plain_type(tree: Any) -> nodes.PlainType:
    kind = tree.children[0]
    return nodes.PlainType("yes/no" if kind.type == "YES_NO" else str(kind), span=_span(tree))  # type: ignore[arg-type]


@_rule
def choice_type(tree: Any) -> nodes.ChoiceType:
    return nodes.ChoiceType(_all(tree.children), span=_span(tree))


# ------------------------------------------------------------------------------------------------------- waterfall


@_rule
def waterfall(tree: Any) -> nodes.WaterfallSection:
    title, citation, *items, outcome = tree.children
    return nodes.WaterfallSection(_all(items), _text(title), _optional(citation), _optional(outcome), span=_span(tree))


@_rule
def _finally_(tree: Any) -> nodes.Finally:
    identifier, title, citation = tree.children
    return nodes.Finally(build(identifier), _text(title), _optional(citation), span=_span(tree))


@_rule
def step(tree: Any) -> nodes.Step:
    kind, identifier, title, formerly, citation, *clauses = tree.children
    return nodes.Step(
        str(kind.children[0]),  # type: ignore[arg-type]
        build(identifier),
        _text(title),
        () if formerly is None else _all(formerly.children),
        _optional(citation),
        _all(clauses),
        span=_span(tree),
    )


@_rule
def together(tree: Any) -> nodes.Together:
    title, one_pool, per_segment, ratio, citation, *steps = tree.children
    parts = () if ratio is None else tuple(nodes.NumberLiteral(str(p), span=_span(p)) for p in ratio.children)
    return nodes.Together(
        _all(steps),
        _text(title),
        one_pool is not None,
        per_segment is not None,
        parts,
        _optional(citation),
        span=_span(tree),
    )


@_rule
def paid_by(tree: Any) -> nodes.PaidBy:
    payers, where, pot_, citation = tree.children
    condition = None if where is None else build(where.children[0])
    return nodes.PaidBy(_identifier(payers), condition, _optional(pot_), cite=_optional(citation), span=_span(tree))


@_rule
def pot(tree: Any) -> nodes.Pot:
    identifier, split = tree.children
    return nodes.Pot(build(identifier), None if split is None else build(split.children[-1]), span=_span(tree))


@_rule
def up_to(tree: Any) -> nodes.UpTo:
    value, scope, window_, each_segment, citation = tree.children
    word = None if scope is None else "each" if isinstance(scope, Token) else "in total"
    return nodes.UpTo(
        build(value),
        word,  # type: ignore[arg-type]
        _optional(window_),
        each_segment is not None,
        cite=_optional(citation),
        span=_span(tree),
    )


@_rule
def window(tree: Any) -> nodes.Window:
    _, digits, business, _ = tree.children
    return nodes.Window(str(digits), business is not None, span=_span(tree))


@_rule
def shared(tree: Any) -> nodes.Shared:
    basis, without, citation = tree.children
    if isinstance(basis, Token):
        key: Any = "limits" if basis.type == "LIMITS" else "equally"
    else:
        key = build(basis)
    return nodes.Shared(key, without is None, cite=_optional(citation), span=_span(tree))


@_rule
def in_order(tree: Any) -> nodes.InOrder:
    value, how, citation = tree.children
    direction = str(how.children[0]) if how.data == "direction" else None
    ranks = () if direction else tuple(tuple(_identifier(choice) for choice in rank.children) for rank in how.children)
    return nodes.InOrder(build(value), direction, ranks, cite=_optional(citation), span=_span(tree))  # type: ignore[arg-type]


@_rule
def step_per_segment(tree: Any) -> nodes.PerSegment:
    return nodes.PerSegment(cite=_optional(tree.children[0]), span=_span(tree))


@_rule
def for_losses(tree: Any) -> nodes.ForLosses:
    where, *names, citation = tree.children
    return nodes.ForLosses(_all(names), where.type == "OUTSIDE", cite=_optional(citation), span=_span(tree))


@_rule
def when(tree: Any) -> nodes.When:
    return nodes.When(build(tree.children[0]), cite=_optional(tree.children[1]), span=_span(tree))


@_rule
def in_force(tree: Any) -> nodes.InForce:
    start, end, citation = tree.children
    last = None if end is None else _date_literal(end)
    return nodes.InForce(_date_literal(start), last, cite=_optional(citation), span=_span(tree))


@_rule
def discretion(tree: Any) -> nodes.Discretion:
    body, citation = tree.children
    return nodes.Discretion(body[1:-1], cite=_optional(citation), span=_span(tree))


# --------------------------------------------------------------------------------------------- invariants and tests


@_rule
def ensure(tree: Any) -> nodes.EnsureSection:
    text_, ensured, condition, citation = tree.children
    population = where = None
    if ensured is not None:
        population = str(ensured.children[0].children[0])
        where = None if ensured.children[1] is None else build(ensured.children[1].children[0])
    return nodes.EnsureSection(
        text_[1:-1],
        build(condition),
        population,  # type: ignore[arg-type]
        where,
        _optional(citation),
        span=_span(tree),
    )


@_rule
def test(tree: Any) -> nodes.TestSection:
    title, *parts = tree.children
    built = _all(parts)
    expected = tuple(part for part in built if isinstance(part, nodes.Expectation))
    given_parts = tuple(part for part in built if not isinstance(part, nodes.Expectation))
    if isinstance(given_parts[0], nodes.EventFile):
        event_: Any = given_parts[0]
    else:
        span = Span(given_parts[0].span.start, given_parts[-1].span.end)
        event_ = nodes.EventSyntax(title[1:-1], given_parts, span=span)
    return nodes.TestSection(title[1:-1], event_, expected, span=_span(tree))


@_rule
def event_file(tree: Any) -> nodes.EventFile:
    return nodes.EventFile(tree.children[0][1:-1], span=_span(tree.children[0]))


@_rule
def expect_pays(tree: Any) -> nodes.ExpectPays:
    who, _, amount_, under_ = tree.children
    return nodes.ExpectPays(_identifier(who), build(amount_), _optional(under_), span=_span(tree))


@_rule
def expect_uncovered(tree: Any) -> nodes.ExpectUncovered:
    return nodes.ExpectUncovered(build(tree.children[0]), span=_span(tree))


@_rule
def expect_outcome(tree: Any) -> nodes.ExpectOutcome:
    return nodes.ExpectOutcome(_identifier(tree.children[1]), span=_span(tree))


# ----------------------------------------------------------------------------------------------------- expressions


@_rule
def conditional(tree: Any) -> nodes.Conditional:
    return nodes.Conditional(*_all(tree.children), span=_span(tree))


@_rule
def filtered(tree: Any) -> nodes.Aggregate:
    aggregate_, condition = tree.children
    return evolve(build(aggregate_), where=build(condition), span=_span(tree))  # type: ignore[no-any-return]


@_rule
def either(tree: Any) -> nodes.Connective:
    return nodes.Connective("or", *_all(tree.children), span=_span(tree))


@_rule
def both(tree: Any) -> nodes.Connective:
    return nodes.Connective("and", *_all(tree.children), span=_span(tree))


@_rule
def negated(tree: Any) -> nodes.Negated:
    return nodes.Negated(build(tree.children[0]), span=_span(tree))


@_rule
def compared(tree: Any) -> nodes.Comparison:
    left, comparator, right = tree.children
    return nodes.Comparison(str(comparator.children[0]), build(left), build(right), span=_span(tree))  # type: ignore[arg-type]


def _arithmetic(tree: Any) -> nodes.Arithmetic:
    left, operator, right = tree.children
    return nodes.Arithmetic(str(operator), build(left), build(right), span=_span(tree))  # type: ignore[arg-type]


_BUILDERS["sum_of_two"] = _BUILDERS["product_of_two"] = _arithmetic


@_rule
def negative(tree: Any) -> nodes.Negative:
    return nodes.Negative(build(tree.children[0]), span=_span(tree))


@_rule
def bracketed(tree: Any) -> nodes.Expression:
    return evolve(build(tree.children[0]), bracketed=True, span=_span(tree))  # type: ignore[no-any-return]


@_rule
def amount(tree: Any) -> nodes.MoneyLiteral:
    code, digits, scale = tree.children
    return nodes.MoneyLiteral(str(code), str(digits), None if scale is None else str(scale), span=_span(tree))


@_rule
def number(tree: Any) -> nodes.NumberLiteral | nodes.DaysLiteral:
    digits, days = tree.children
    literal = nodes.NumberLiteral if days is None else nodes.DaysLiteral
    return literal(str(digits), span=_span(tree))


@_rule
def percentage(tree: Any) -> nodes.PercentageLiteral:
    return nodes.PercentageLiteral(tree.children[0][:-1], span=_span(tree))


def _date_literal(token: Token) -> nodes.DateLiteral:
    return nodes.DateLiteral(str(token), span=_span(token))


@_rule
def date(tree: Any) -> nodes.DateLiteral:
    return _date_literal(tree.children[0])


@_rule
def text(tree: Any) -> nodes.TextLiteral:
    return nodes.TextLiteral(tree.children[0][1:-1], span=_span(tree))


@_rule
def yes_or_no(tree: Any) -> nodes.YesNoLiteral:
    return nodes.YesNoLiteral(tree.children[0].type == "YES", span=_span(tree))


@_rule
def reference(tree: Any) -> nodes.Reference:
    return nodes.Reference(str(tree.children[0]), span=_span(tree))


@_rule
def run_value(tree: Any) -> nodes.RunValue:
    return nodes.RunValue(str(tree.children[0]), span=_span(tree))  # type: ignore[arg-type]


@_rule
def step_result(tree: Any) -> nodes.StepResult:
    what, identifier = tree.children
    return nodes.StepResult(str(what), build(identifier), span=_span(tree))  # type: ignore[arg-type]


@_rule
def call(tree: Any) -> nodes.Call:
    function, *arguments = tree.children
    return nodes.Call(str(function), _all(arguments), span=_span(tree))  # type: ignore[arg-type]


def _population(item: Any) -> Any:
    return str(item) if isinstance(item, Token) else str(item.children[0])


@_rule
def aggregate(tree: Any) -> nodes.Aggregate:
    function, operand, over = tree.children
    return nodes.Aggregate(str(function), build(operand), _population(over), span=_span(tree))  # type: ignore[arg-type]


@_rule
def aggregate_largest(tree: Any) -> nodes.Aggregate:
    _, digits, operand, over = tree.children
    return nodes.Aggregate("largest", build(operand), _population(over), number=str(digits), span=_span(tree))


@_rule
def aggregate_count(tree: Any) -> nodes.Aggregate:
    return nodes.Aggregate("count", None, _population(tree.children[-1]), span=_span(tree))


# ----------------------------------------------------------------------------------------------------------- event


@_rule
def event(tree: Any) -> nodes.EventSyntax:
    title, *items = tree.children
    return nodes.EventSyntax(title[1:-1], _all(items), span=_span(tree))


@_rule
def under(tree: Any) -> nodes.Under:
    return nodes.Under(tree.children[0][1:-1], span=_span(tree.children[0]))


@_rule
def declared(tree: Any) -> nodes.DeclaredItem:
    return nodes.DeclaredItem(_date_literal(tree.children[-1]), span=_span(tree))


@_rule
def field_value(tree: Any) -> nodes.DatumValue:
    identifier, segment, value = tree.children
    where = None if segment is None else _in_segment(segment)
    return nodes.DatumValue(build(identifier), build(value), where, span=_span(tree))


@_rule
def given_value(tree: Any) -> nodes.GivenItem:
    return nodes.GivenItem(field_value(tree), span=_span(tree))


@_rule
def members_from(tree: Any) -> nodes.MembersFrom:
    return nodes.MembersFrom(tree.children[-1][1:-1], span=_span(tree.children[-1]))


@_rule
def member(tree: Any) -> nodes.MemberItem:
    identifier, title, *values = tree.children
    return nodes.MemberItem(build(identifier), _text(title), _all(values), span=_span(tree))


def _in_segment(tree: Any) -> nodes.Identifier:
    return build(tree.children[-1])  # type: ignore[no-any-return]


@_rule
def default(tree: Any) -> nodes.DefaultItem:
    identifier, segment, amount_ = tree.children
    where = None if segment is None else _in_segment(segment)
    return nodes.DefaultItem(build(identifier), build(amount_), where, span=_span(tree))


@_rule
def payment(tree: Any) -> nodes.PaymentItem:
    day, payer, step_, segment, amount_ = tree.children
    return nodes.PaymentItem(
        _date_literal(day),
        _identifier(payer),
        build(step_),
        build(amount_),
        None if segment is None else _in_segment(segment),
        span=_span(tree),
    )


@_rule
def decision(tree: Any) -> nodes.DecisionItem:
    identifier, verdict, body, reason = tree.children
    why = None if reason is None else reason.children[0][1:-1]
    return nodes.DecisionItem(build(identifier), verdict.type == "INVOKE", _text(body), why, span=_span(tree))


@_rule
def amount_value(tree: Any) -> nodes.Value:
    sign, code, digits, scale = tree.children
    text_scale = None if scale is None else str(scale)
    return nodes.Value("amount", str(digits), sign is not None, str(code), text_scale, span=_span(tree))


@_rule
def number_value(tree: Any) -> nodes.Value:
    return nodes.Value("number", str(tree.children[1]), tree.children[0] is not None, span=_span(tree))


@_rule
def percentage_value(tree: Any) -> nodes.Value:
    return nodes.Value("percentage", tree.children[1][:-1], tree.children[0] is not None, span=_span(tree))


@_rule
def date_value(tree: Any) -> nodes.Value:
    return nodes.Value("date", str(tree.children[0]), span=_span(tree))


@_rule
def text_value(tree: Any) -> nodes.Value:
    return nodes.Value("text", tree.children[0][1:-1], span=_span(tree))


@_rule
def word_value(tree: Any) -> nodes.Value:
    return nodes.Value("word", str(tree.children[0]), span=_span(tree))
