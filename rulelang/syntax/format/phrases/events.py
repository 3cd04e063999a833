"""The lines of an event."""

from typing import assert_never

from rulelang.syntax import nodes
from rulelang.syntax.format.layout import Doc, hanging
from rulelang.syntax.format.phrases.expressions import atom
from rulelang.syntax.format.phrases.words import in_segment, name, names, quoted, titled


def value(node: nodes.Value) -> str:
    """A value of an event: ``-EUR 7 million``, ``25%``, ``"Oslo"``."""
    sign = "-" if node.negative else ""
    match node.form:
        case "amount":
            return sign + " ".join(filter(None, (node.currency, node.text, node.scale)))
        case "percentage":
            return f"{sign}{node.text}%"
        case "text":
            return quoted(node.text)
    return sign + node.text


def datum_value(node: nodes.DatumValue, name_width: int = 0) -> str:
    """``contribution in energy = EUR 5``, the name filled up to its column."""
    return f"{datum_name(node).ljust(name_width)} = {value(node.value)}"


def datum_name(node: nodes.DatumValue) -> str:
    """``contribution in energy as of 2018-08-01``, or ``traded with AAS``."""
    defaulter = "" if node.defaulter is None else f" with {name(node.defaulter)}"
    as_of = "" if node.as_of is None else f" as of {node.as_of.text}"
    return name(node.name) + in_segment(node.segment) + defaulter + as_of


def member_header(node: nodes.MemberItem) -> str:
    """``member AAS "Einar Aas" since 2018-01-01``."""
    since = "" if node.since is None else f" since {node.since.text}"
    return f"member {titled(name(node.member), node.name)}{since}"


def event_item(node: nodes.EventItem) -> Doc:  # noqa: C901, PLR0912 - a case for each kind
    """One item of an event; of a member only the line that names it."""
    match node:
        case nodes.ExerciseItem():
            return f"exercise {quoted(node.name)}"
        case nodes.Under():
            return f"under {quoted(node.path)}"
        case nodes.DeclaredItem():
            return f"declared {node.date.text}"
        case nodes.GivenItem():
            return f"given {datum_value(node.datum)}"
        case nodes.TableFrom():
            return f"{node.contents} from {quoted(node.path)}"
        case nodes.MemberItem():
            return member_header(node)
        case nodes.FormerMemberItem():
            return f"former member {titled(name(node.member), node.name)}"
        case nodes.NoticeItem():
            dated = "" if node.date is None else f" dated {node.date.text}"
            return f"notice by {name(node.member)}{dated}"
        case nodes.DefaultedItem():
            return f"defaulted {node.date.text} {name(node.member)}"
        case nodes.OpenPeriodItem():
            return f"period {name(node.period)} open from {node.first.text} to {node.last.text}"
        case nodes.DefaultItem():
            return f"default of {name(node.member)}{in_segment(node.segment)} loss {atom(node.amount)}"
        case nodes.FurtherLossItem():
            return f"further loss of {name(node.member)}{in_segment(node.segment)} {atom(node.amount)}"
        case nodes.NonDefaultLossItem():
            cause = "" if node.cause is None else hanging(quoted(node.cause))
            return (f"non-default loss{in_segment(node.segment)} {atom(node.amount)}", cause)
        case nodes.PaymentItem():
            step = name(node.step) + in_segment(node.segment)
            whose: Doc = (" for ", names(node.defaulters)) if node.defaulters else ""
            return (f"paid {node.date.text} by {name(node.payer)} under {step}", whose, f" {atom(node.amount)}")
        case nodes.DecisionItem():
            return _decision(node)
        case nodes.WithdrawalItem():
            return f"withdraw {name(node.member)} after round {node.digits} under {name(node.step)}"
        case _:
            assert_never(node)


def _decision(node: nodes.DecisionItem) -> Doc:
    most = "" if node.most is None else f" up to {atom(node.most)}"
    body = "" if node.body is None else hanging(f"by {quoted(node.body)}")
    reason = "" if node.reason is None else hanging(f"because {quoted(node.reason)}")
    return (f"decide {name(node.step)}: {'invoke' if node.invoke else 'decline'}{most}", body, reason)
