"""What is owed after a run, and what comes back."""

from rulelang.syntax import nodes
from rulelang.syntax.format.layout import Break, Doc, Nest, hanging
from rulelang.syntax.format.phrases.expressions import duration, expression
from rulelang.syntax.format.phrases.waterfall import clause
from rulelang.syntax.format.phrases.words import cited, name, names, titled


def replenish(node: nodes.ReplenishSection) -> Doc:
    """``replenish contribution "title" cite "…"``, and who pays, up to what and when, each on a line of its own."""
    draws = "" if node.draws_on is None else f" for draws on {name(node.draws_on)}"
    where = "" if node.where is None else hanging(("where ", expression(node.where)))
    parts: list[Doc] = [
        (f"paid by {name(node.payers)}", where),
        ("to ", expression(node.value), " each" if node.each else ""),
        *map(clause, node.limits),
        *([] if node.once is None else [clause(node.once)]),
        f"within {duration(node.within)}",
    ]
    head = (titled(f"replenish {name(node.pot)}{draws}", node.title), cited(node.cite))
    return (head, Nest(tuple((Break(), part) for part in parts)))


def recoveries(node: nodes.RecoveriesSection) -> Doc:
    """``recoveries "title" cite "…"``, and whom they repay one after the other, each on a line of its own."""
    parts: list[Doc] = [("then " if number else "", repaid(group)) for number, group in enumerate(node.groups)]
    head = (titled("recoveries", node.title), cited(node.cite))
    return (head, Nest(tuple((Break(), part) for part in (*parts, f"rest to {name(node.rest)}"))))


def repaid(node: nodes.Repaid) -> Doc:
    """``repay calls, fund_draw into contribution``."""
    return ("repay ", names(node.steps), "" if node.into is None else hanging(f"into {name(node.into)}"))
