"""The waterfall: the heads of its steps and groups, and their clauses."""

from rulelang.syntax import nodes
from rulelang.syntax.format.layout import Doc, hanging
from rulelang.syntax.format.phrases.expressions import expression
from rulelang.syntax.format.phrases.periods import over_time
from rulelang.syntax.format.phrases.words import cited, formerly, name, names, quoted, titled


def step_header(node: nodes.Step) -> Doc:
    """``tranche junior "Junior capital" formerly x cite "…"``."""
    return (f"{node.kind} ", titled(name(node.name), node.title), formerly(node.formerly), cited(node.cite))


def together_header(node: nodes.Together) -> Doc:
    """``together "title" as one pool per segment in ratio 3 : 1 cite "…"``."""
    ratio = " : ".join(part.digits for part in node.ratio)
    parts = ["as one pool"] * node.one_pool + ["per segment"] * node.per_segment
    parts += [f"in ratio {ratio}"] if ratio else []
    return (titled("together", node.title), *map(hanging, parts), cited(node.cite))


def waterfall_header(node: nodes.WaterfallSection) -> Doc:
    """``waterfall "title" for each default in turn cite "…"``."""
    in_turn = hanging("for each default in turn") if node.in_turn else ""
    return (titled("waterfall", node.title), in_turn, cited(node.cite))


def outcome(node: nodes.Finally) -> Doc:
    """``finally service_closure "Service closure" cite "…"``."""
    return (titled(f"finally {name(node.name)}", node.title), cited(node.cite))


def clause(node: nodes.Clause) -> Doc:
    """A clause, with its citation three blanks behind it."""
    return (_clause(node), cited(node.cite, "   "))


def _clause(node: nodes.Clause) -> Doc:  # noqa: C901 - a case for each kind
    match node:
        case nodes.PaidBy():
            return _paid_by(node)
        case nodes.UpTo():
            return _up_to(node)
        case nodes.Shared():
            return _shared(node)
        case nodes.InOrder():
            return _in_order(node)
        case nodes.PerSegment():
            return "per segment"
        case nodes.InRounds():
            return f"in at most {node.digits} {'round' if node.digits == '1' else 'rounds'}"
        case nodes.OnceDuring():
            return f"once during {name(node.period)}"
        case nodes.LossesMet():
            return f"for {node.kind} losses"
        case nodes.ForLosses():
            return (f"for losses {'outside' if node.outside else 'in'} ", names(node.segments))
        case nodes.When():
            return ("when ", expression(node.condition))
        case nodes.InForce():
            end = "" if node.end is None else f" to {node.end.text}"
            return f"in force from {node.start.text}{end}"
        case nodes.Discretion():
            return f"at the discretion of {quoted(node.body)}"
    raise TypeError(node)


def _paid_by(node: nodes.PaidBy) -> Doc:
    where = "" if node.where is None else hanging(("where ", expression(node.where)))
    source = "" if node.pot is None else hanging(pot(node.pot))
    return (f"paid by {name(node.payers)}", where, source)


def pot(node: nodes.Pot) -> Doc:
    """``from contribution``, perhaps ``split by loss`` or ``in other segments``."""
    use: Doc = hanging("in other segments") if node.other_segments else ""
    if node.split_by is not None:
        use = hanging(("split by ", expression(node.split_by)))
    return (f"from {name(node.name)}", use)


def _up_to(node: nodes.UpTo) -> Doc:
    tail: list[Doc] = [] if node.scope is None else [f" {node.scope}"]
    tail += [] if node.over_time is None else [hanging(over_time(node.over_time))]
    tail += [hanging("at every resizing")] if node.at_every_resizing else []
    tail += [hanging("in each segment")] if node.in_each_segment else []
    return ("up to ", expression(node.value), *tail)


def _shared(node: nodes.Shared) -> Doc:
    without = "" if node.reallocation else hanging("without reallocation")
    if node.key == "equally":
        return ("shared equally", without)
    key = "limits" if isinstance(node.key, str) else expression(node.key)
    return ("shared pro rata to ", key, without)


def _in_order(node: nodes.InOrder) -> Doc:
    value = expression(node.value)
    if node.direction is not None:
        return ("in order of ", value, ",", hanging(f"{node.direction} first"))
    first, *rest = ((" or ".join(map(name, rank)), rank[0].span.start) for rank in node.ranks)
    return ("in order of ", value, ":", hanging(first[0]), *(hanging(f"then {rank}", at=at) for rank, at in rest))
