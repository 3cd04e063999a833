"""Limits with a name, periods, and the days that a limit counts."""

from typing import assert_never

from rulelang.syntax import nodes
from rulelang.syntax.format.layout import Break, Doc, Group, Nest, hanging
from rulelang.syntax.format.phrases.expressions import duration, expression
from rulelang.syntax.format.phrases.words import cited, name, names, titled


def limit(node: nodes.LimitSection) -> Doc:
    """``limit aggregate "title" as E each during cooling_off``, the citation behind it."""
    over_time_ = "" if node.over_time is None else hanging(over_time(node.over_time))
    value = hanging(Group((expression(node.value), Break(), node.scope, over_time_)))
    return (titled(f"limit {name(node.name)}", node.title), " as", value, cited(node.cite, "   "))


def period(node: nodes.PeriodSection) -> Doc:
    """``period cooling_off "title" cite "…"``, and how it opens, lasts and is extended, each on a line of its own."""
    parts: list[Doc] = [opener(node.opener), f"lasts {duration(node.length)}"]
    parts += [] if node.extension is None else [extension(node.extension)]
    head = (titled(f"period {name(node.name)}", node.title), cited(node.cite))
    return (head, Nest(tuple((Break(), part) for part in parts)))


def opener(node: nodes.Opener) -> Doc:
    """``opens at a default``."""
    match node.word:
        case "default":
            return "opens at a default"
        case "payment":
            return ("opens at a payment under ", names(node.steps))
        case "exhaustion":
            return ("opens at exhaustion of ", names(node.steps))
        case _:
            assert_never(node.word)


def extension(node: nodes.Extension) -> str:
    """``extended by each further default to at most 3 months``."""
    most = "" if node.most is None else f" to at most {duration(node.most)}"
    return f"extended by each further {node.word}{most}"


def over_time(node: nodes.OverTime) -> str:
    """``in any 30 days``, ``in the calendar year`` or ``during cooling_off``."""
    match node:
        case nodes.Window():
            return f"in any {duration(node)}"
        case nodes.CalendarWindow():
            return f"in the calendar {node.unit}"
        case nodes.During():
            return f"during {name(node.period)}"
        case _:
            assert_never(node)
