"""Typing rules of operators, ``if`` and calls: whether the kinds of what they join fit, and what they give."""

from rulelang.base.advice import Advice, Certainty, Help, only, remove, write
from rulelang.base.source import Span
from rulelang.base.suggest import listed
from rulelang.check.draft import Draft
from rulelang.check.expressions.type_of import TypingRule, as_amount, require, type_of
from rulelang.check.types import DATE, ORDERED, PLAIN, RATIO, SPANS, YES_NO, Kind, Type, TypeAndShape, joined, shape_of
from rulelang.syntax import nodes

MEASURES = (Kind.MONEY, Kind.NUMBER, Kind.RATIO)


def _negative(draft: Draft, node: nodes.Negative) -> TypeAndShape | None:
    return require(draft, node.operand, MEASURES, "what stands after a minus")


def _negated(draft: Draft, node: nodes.Negated) -> TypeAndShape | None:
    return require(draft, node.operand, (Kind.YES_NO,), "what stands after `not`")


def _connective(draft: Draft, node: nodes.Connective) -> TypeAndShape | None:
    left, right = type_of(draft, node.left), type_of(draft, node.right)
    if left and right and node.operator == "and" and left.type.kind in MEASURES and left.type == right.type:
        own = f"{draft.source.phrase(node.left.span)} + {draft.source.phrase(node.right.span)}"
        message, sides = f"`and` joins conditions, and both sides are {left.type}", (node.left, node.right)
        _mismatch(draft, node, message, *[(side, left.type) for side in sides], advice=f"to add them, write `{own}`")
        return None
    if left and right and right.type.kind is not Kind.YES_NO and _is_left_out(draft, node, right):
        return None
    role = f"each side of `{node.operator}`"
    left = left and require(draft, node.left, (Kind.YES_NO,), role)
    right = right and require(draft, node.right, (Kind.YES_NO,), role)
    return TypeAndShape(YES_NO, *shape_of(left, right)) if left and right else None


def _is_left_out(draft: Draft, node: nodes.Connective, right: TypeAndShape) -> bool:
    """Whether it is `rating = "A" or "B"`: with another value, but without what is compared with it."""
    before = node.left.right if isinstance(node.left, nodes.Connective) else node.left
    compared = type_of(draft, before.right) if isinstance(before, nodes.Comparison) else None
    if not isinstance(before, nodes.Comparison) or compared is None or compared.type.kind is not right.type.kind:
        return False
    value = draft.source.slice(node.right.span)
    own = write(f"{draft.source.slice(before.left.span)} {before.operator} {value}", node.right.span)
    message = f"`{draft.source.phrase(node.right.span)}` is {right.type}, where another comparison is due"
    draft.report("type-mismatch", message, node.right.span, help=only(own))
    return True


def _mismatch(
    draft: Draft, node: nodes.Expression, message: str, *sides: tuple[nodes.Expression, Type], advice: Help | None
) -> None:
    labels = [draft.label(side.span, f"this is {type_}") for side, type_ in sides]
    draft.report("type-mismatch", message, node.span, labels=labels, help=advice)


def _comparison(draft: Draft, node: nodes.Comparison) -> TypeAndShape | None:
    left, right = type_of(draft, node.left), type_of(draft, node.right)
    if left is None or right is None:
        return None
    common = joined(left.type, right.type)
    sides = (node.left, left.type), (node.right, right.type)
    if common is None:
        choices = {left.type.kind, right.type.kind} == {Kind.CHOICE}
        advice = _choice_help(draft, left.type, right.type) if choices else _measure_help(draft, *sides)
        _mismatch(draft, node, f"{left.type} cannot be compared with {right.type}", *sides, advice=advice)
        return None
    if node.operator not in ("=", "!=") and common.kind not in ORDERED:
        advice = "say which values you mean, as in `bid = absent or bid = poor`" if common.kind is Kind.CHOICE else None
        _mismatch(draft, node, f"{common} has no order, only `=` and `!=`", *sides, advice=advice)
        return None
    return TypeAndShape(YES_NO, *shape_of(left, right))


def _choice_help(draft: Draft, left: Type, right: Type) -> Help | None:
    some, whole = (left, right) if left.literal else (right, left)
    if whole.literal or not some.literal:
        return None
    near = draft.suggestions.did_you_mean(some.choices[0], whole.choices)
    return near or f"the values are {listed(whole.choices, 'and')}"


def _arithmetic(draft: Draft, node: nodes.Arithmetic) -> TypeAndShape | None:
    if _divides_a_product_of_money(draft, node):
        return None
    left, right = type_of(draft, node.left), type_of(draft, node.right)
    if left is None or right is None:
        return None
    type_ = _sum_type(node, left, right) if node.operator in "+-" else _product_type(node, left, right)
    if type_ is None:
        _arithmetic_mismatch(draft, node, left, right)
        return None
    return TypeAndShape(type_, *shape_of(left, right))


def _divides_a_product_of_money(draft: Draft, node: nodes.Arithmetic) -> bool:
    """Whether it is `size * margin / total`, all of them money: the order of rules, in which money would be squared."""
    product = node.left
    if node.operator != "/" or not isinstance(product, nodes.Arithmetic) or product.operator not in ("*", "of"):
        return False
    parts = (product.left, product.right, node.right)
    typed = [type_of(draft, part) for part in parts]
    if None in typed:
        return True  # what is wrong with a part has been said
    if any(each is not None and each.type.kind is not Kind.MONEY for each in typed):
        return False
    size, key, total = (draft.source.slice(part.span) for part in parts)
    total = f"({total})" if isinstance(node.right, nodes.Aggregate) and node.right.where is not None else total
    inside = Span(node.left.span.start, node.right.span.end)  # what stands around it keeps its brackets
    own = write(f"{size} * ({key} / {total})", inside, certainty=Certainty.SURE)
    draft.report(
        "type-mismatch",
        "money cannot be multiplied by money",
        product.span,
        labels=[draft.label(part.span, "this is money") for part in parts[:2]],
        help=Advice(f"divide first, which gives a ratio: {own.title}", (own,)),
    )
    return True


def _sum_type(node: nodes.Arithmetic, left: TypeAndShape, right: TypeAndShape) -> Type | None:
    if left.type.kind is Kind.DATE and right.type.kind in SPANS:
        return DATE
    if left.type.kind in SPANS and right.type.kind is Kind.DATE and node.operator == "+":
        return DATE
    common = joined(left.type, right.type)
    return common if common is not None and common.kind in (Kind.MONEY, *PLAIN) else None


def _product_type(node: nodes.Arithmetic, left: TypeAndShape, right: TypeAndShape) -> Type | None:
    kinds = (left.type.kind, right.type.kind)
    if kinds[0] is Kind.MONEY and kinds[1] in PLAIN:
        return left.type
    if node.operator == "/" and kinds == (Kind.MONEY, Kind.MONEY):
        return RATIO if joined(left.type, right.type) is not None else None
    if node.operator != "/" and kinds[0] in PLAIN and kinds[1] is Kind.MONEY:
        return right.type
    return joined(left.type, right.type) if kinds[0] in PLAIN and kinds[1] in PLAIN else None


_VERBS = {"+": "added to", "-": "taken from", "*": "multiplied by", "of": "multiplied by", "/": "divided by"}


def _arithmetic_mismatch(draft: Draft, node: nodes.Arithmetic, left: TypeAndShape, right: TypeAndShape) -> None:
    first, second = (right, left) if node.operator == "-" else (left, right)
    message = f"{first.type} cannot be {_VERBS[node.operator]} {second.type}"
    advice = None
    kinds = {left.type.kind, right.type.kind}
    if node.operator in "+-":
        advice = _measure_help(draft, (node.left, left.type), (node.right, right.type))
    if kinds == {Kind.MONEY} and node.operator in ("*", "of"):
        advice = "multiply money by a ratio or a number, as in `25% of capital`"
    _mismatch(draft, node, message, (node.left, left.type), (node.right, right.type), advice=advice)


def _measure_help(
    draft: Draft, one: tuple[nodes.Expression, Type], other: tuple[nodes.Expression, Type]
) -> Help | None:
    """What is often meant where two measures do not go together."""
    left, right = one[1], other[1]
    if left.kind is right.kind is Kind.MONEY:
        return "turn one currency into the other first, as in `fee at sek_fix` with `given sek_fix : EUR per SEK`"
    match {left.kind, right.kind}:
        case kinds if kinds == {Kind.MONEY, Kind.RATIO}:
            return "say of what the percentage is, as in `25% of contribution`"
        case kinds if kinds == {Kind.MONEY, Kind.NUMBER}:
            number, money = (one[0], right) if left.kind is Kind.NUMBER else (other[0], left)
            return as_amount(draft, number, money.currency)
        case kinds if Kind.RATE in kinds:
            return "a rate stands behind `at`, as in `fee at sek_fix`"
        case kinds if kinds == {Kind.DATE, Kind.NUMBER}:
            return "say that they are days, as in `30 days`"
    return None


def _conditional(draft: Draft, node: nodes.Conditional) -> TypeAndShape | None:
    condition = require(draft, node.condition, (Kind.YES_NO,), "what stands after `if`")
    then, otherwise = type_of(draft, node.then), type_of(draft, node.otherwise)
    if condition is None or then is None or otherwise is None:
        return None
    common = joined(then.type, otherwise.type)
    if common is not None and common.kind in SPANS:
        advice = "choose between dates, as in `if late then declared + 3 days else declared + 4 days`"
        draft.report("type-mismatch", "`if` cannot choose between numbers of days", node.span, help=advice)
        return None
    if common is None:
        message = f"the two branches of `if` give {then.type} and {otherwise.type}"
        sides = (node.then, then.type), (node.otherwise, otherwise.type)
        _mismatch(draft, node, message, *sides, advice="both branches give the same kind of value")
        return None
    return TypeAndShape(common, *shape_of(condition, then, otherwise))


def _call(draft: Draft, node: nodes.Call) -> TypeAndShape | None:
    types = [type_of(draft, argument) for argument in node.arguments]
    if node.function == "clamp" and len(types) != 3:
        draft.report(
            "wrong-number-of-arguments",
            f"`clamp` takes a value, a lower and an upper bound, but {len(types)} stand here",
            node.span,
            help="write `clamp(x, low, high)`",
        )
        return None
    if any(typed is None for typed in types):
        return None
    known = [typed for typed in types if typed is not None]
    common: Type | None = known[0].type
    for argument, typed in zip(node.arguments, known, strict=True):
        common = None if common is None else joined(common, typed.type)
        if common is None or common.kind not in ORDERED:
            first, written = (draft.source.phrase(each.span) for each in (node.arguments[0], argument))
            message = f"`{node.function}` takes values of one kind, but `{first}` is {known[0].type}"
            if typed.type.kind in ORDERED:
                message += f" and `{written}` is {typed.type}"
            else:
                message = f"`{node.function}` takes values that have an order, but `{written}` is {typed.type}"
            advice = _measure_help(draft, (node.arguments[0], known[0].type), (argument, typed.type))
            draft.report("type-mismatch", message, argument.span, marker=f"this is {typed.type}", help=advice)
            return None
    assert common is not None
    return TypeAndShape(common, *shape_of(*known))


def _converted(draft: Draft, node: nodes.Converted) -> TypeAndShape | None:
    """An amount of one currency in another; nothing else mixes currencies."""
    operand = require(draft, node.operand, (Kind.MONEY,), "what is turned into another currency")
    rate = require(draft, node.rate, (Kind.RATE,), "what stands behind `at`", _RATE_ADVICE)
    if operand is None or rate is None:
        return None
    if operand.type.currency != rate.type.per:
        own = draft.currency.code if draft.currency is not None else ""
        of, into, found = (code or own for code in (rate.type.per, rate.type.currency, operand.type.currency))
        written = draft.source.phrase(node.operand.span)
        left_out = remove(draft.source, Span(node.operand.span.end, node.rate.span.end), f"`at {node.rate.name}`")
        draft.report(
            "currency-mismatch",
            f"`{node.rate.name}` turns {of} into {into}, but `{written}` is in {found}",
            node.span,
            labels=[draft.label(node.operand.span, f"this is {operand.type}")],
            help=Advice(f"leave `at {node.rate.name}` out", (left_out,)) if found == into else f"use a rate of {found}",
        )
        return None
    return TypeAndShape(Type(Kind.MONEY, currency=rate.type.currency), *shape_of(operand, rate))


_RATE_ADVICE = "declare one, as in `given sek_fix : EUR per SEK`"


def _rounded(draft: Draft, node: nodes.Rounded) -> TypeAndShape | None:
    operand = require(draft, node.operand, MEASURES, "what is rounded")
    unit = require(draft, node.unit, MEASURES, "the unit to which is rounded")
    if operand is None or unit is None:
        return None
    common = joined(operand.type, unit.type)
    if common is None:
        sides = (node.operand, operand.type), (node.unit, unit.type)
        advice = "the unit is of the kind of what is rounded: money or a number; a product stands in parentheses"
        _mismatch(draft, node, f"{operand.type} cannot be rounded to {unit.type}", *sides, advice=advice)
        return None
    constant = draft.constants.get(id(node.unit))
    if constant is not None and not constant:
        message = "nothing can be rounded to multiples of zero"
        draft.report("rounding-unit", message, node.unit.span, help="write a unit above zero")
        return None
    return TypeAndShape(common, *shape_of(operand, unit))


OPERATORS: dict[type, TypingRule] = {
    nodes.Converted: _converted,
    nodes.Rounded: _rounded,
    nodes.Negative: _negative,
    nodes.Negated: _negated,
    nodes.Connective: _connective,
    nodes.Comparison: _comparison,
    nodes.Arithmetic: _arithmetic,
    nodes.Conditional: _conditional,
    nodes.Call: _call,
}
