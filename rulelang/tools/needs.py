"""What a rulebook asks of an event, found in its checked program: its data, and what it reads of earlier days."""

from collections.abc import Iterable

from attrs import frozen

from rulelang.check.expressions.walk import reached
from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.document.write import Plain
from rulelang.syntax import nodes


@frozen
class Asked:
    """What the rules read beside today's values.

    ``as_of`` gives for each datum the days as of which it is read, in the rulebook's words; ``leaving`` if notices
    count, ``defaults`` are the periods in which earlier defaults count, ``non_default`` if a step meets losses without
    a defaulter.
    """

    as_of: dict[str, list[str]]
    leaving: bool
    defaults: tuple[str, ...]
    non_default: bool


def asked(program: CheckedProgram) -> Asked:
    """What a program reads of earlier days."""
    as_of: dict[str, dict[str, None]] = {}
    leaving, defaults = False, dict[str, None]()
    for expression in program.expressions:
        match expression:
            case nodes.AsOf():
                as_of.setdefault(expression.datum.name, {})[program.source.phrase(expression.day.span)] = None
            case nodes.RunValue(what="leaving"):
                leaving = True
            case nodes.PeriodValue(what="defaults"):
                defaults[expression.period.text] = None
            case _:
                pass
    for limit in (*program.limits_of_earlier_days, *program.replenishing_limits_of_earlier_days):
        words = f"each day `{program.source.phrase(limit.span).partition(' each ')[2]}`"
        for name in _data_in(program, limit.value):
            as_of.setdefault(name, {})[words] = None
    without = any(step.losses_met != "defaults" for step in program.each_step())
    return Asked({name: list(days) for name, days in as_of.items()}, leaving, tuple(defaults), without)


def _data_in(program: CheckedProgram, value: nodes.Expression) -> Iterable[str]:
    """The fields and givens that an expression reads, by definitions too."""
    names = (node.name for node in reached(program.definitions, value) if isinstance(node, nodes.Reference))
    return dict.fromkeys(name for name in names if name in program.fields or name in program.givens)


def needs(program: CheckedProgram) -> Plain:
    """The data that a rulebook needs, as plain values."""
    found = asked(program)
    return {
        "rulebook": program.title,
        "currency": program.currency.code,
        "segments": list(program.segments),
        "fields": [_need(program, datum, found) for datum in program.fields.values()],
        "givens": [_need(program, datum, found) for datum in program.givens.values()],
        "decisions": [
            {"step": step.name, "body": step.discretion} for step in program.each_step() if step.discretion is not None
        ],
        "earlier_payments": [step.name for step in program.each_step() if step.counts_earlier_payments],
        "periods": [{"period": each.name, "title": each.title} for each in program.periods.values()],
        "earlier_defaults": list(found.defaults),
        "notices": found.leaving,
        "withdrawals": [step.name for step in program.each_step() if step.rounds is not None],
        "non_default_losses": found.non_default,
    }


def _need(program: CheckedProgram, datum: DatumProgram, found: Asked) -> Plain:
    money = datum.type.kind in (Kind.MONEY, Kind.RATE)
    return {
        "name": datum.name,
        "type": datum.type.kind.value,
        "currency": program.currency_of(datum.type).code if money else None,
        "per": datum.type.per,
        "choices": list(datum.type.choices),
        "signed": datum.signed,
        "per_segment": datum.per_segment,
        "per_defaulter": datum.per_defaulter,
        "as_of": found.as_of.get(datum.name, []),
        "former_names": list(datum.former_names),
        "optional": datum.if_missing is not None,
        "note": datum.note,
    }
