"""What a name in an expression stands for: a field, a given, a definition, a choice, a value of the run."""

from itertools import chain

from rulelang.base.advice import Advice, Certainty, Help, write
from rulelang.check.draft import Draft
from rulelang.check.expressions.type_of import TypingRule, require, type_of
from rulelang.check.types import DATE, MONEY, NUMBER, YES_NO, Kind, Type, TypeAndShape, Varies, shape_of
from rulelang.syntax import nodes


def _reference(draft: Draft, node: nodes.Reference) -> TypeAndShape | None:
    name = node.name
    if name in draft.definitions:
        return draft.types.get(id(draft.definitions[name].value))
    datum = draft.fields.get(name) or draft.givens.get(name)
    if datum is not None:
        segment = Varies.YES if datum.per_segment else Varies.NO
        return TypeAndShape(datum.type, name in draft.fields, segment)
    if name in draft.choices:
        draft.constants[id(node)] = name
        return TypeAndShape(Type(Kind.CHOICE, (name,), literal=True))
    _unknown_value(draft, node)
    return None


def _as_of(draft: Draft, node: nodes.AsOf) -> TypeAndShape | None:
    """A field or a given as of a day; neither a definition nor what there is per defaulter is dated."""
    name = node.datum.name
    datum = draft.fields.get(name) or draft.givens.get(name)
    if datum is None or datum.per_defaulter:
        typed = type_of(draft, node.datum)
        if typed is not None:
            what = "has a value for each defaulter" if datum is not None else f"is {draft.names[name][0]}"
            message = f"`{name}` {what}, and `as of` asks for a member field or a given"
            advice = "name the data themselves: an event dates the values of fields and givens"
            draft.report("not-dated", message, node.datum.span, help=advice)
        return None
    typed = type_of(draft, node.datum)
    day = require(
        draft,
        node.day,
        (Kind.DATE,),
        "what stands behind `as of`",
        "name a day, as in `as of 2018-09-11`, or data that are dates",
    )
    return None if typed is None or day is None else TypeAndShape(typed.type, *shape_of(typed, day))


def _period_value(draft: Draft, node: nodes.PeriodValue) -> TypeAndShape | None:
    if not known_period(draft, node.period):
        return None
    return TypeAndShape({"open": YES_NO, "start": DATE, "defaults": NUMBER}[node.what])


def known_period(draft: Draft, name: nodes.Identifier) -> bool:
    """Whether the rulebook has a period of this name; if not, with a finding."""
    if name.text in draft.period_sections:
        return True
    declare = f"declare it, as in `period {name.text} opens at a default lasts 30 days`"
    advice = draft.suggestions.advice(name.text, draft.period_sections, "period", declare)
    draft.report("unknown-period", draft.is_none(name.text, "period"), name.span, help=advice)
    return False


def _unknown_value(draft: Draft, node: nodes.Reference) -> None:
    if node.name in draft.names:
        what, declared = draft.names[node.name]
        advice: Help | None = _NOT_A_VALUE[what].format(node.name) if what in _NOT_A_VALUE else None
        if what.startswith("a former name of"):
            now = write(what.removeprefix("a former name of ").strip("`"), certainty=Certainty.SURE)
            advice = Advice(f"use its present name, {now.quoted}", (now,))
        draft.report(
            "not-a-value",
            f"`{node.name}` is {what}, not a value",
            node.span,
            labels=[draft.label(declared, f"declared here, as {what}")],
            help=advice,
        )
        return
    if node.name in NOTHING:
        message, own = f"`{node.name}` is written in digits", draft.currency.code if draft.currency else "EUR"
        money, number = write(f"{own} 0"), write("0")
        sentence = f"{money.title} if it is money, or {number.quoted} if it is a number"
        nothing = Advice(sentence, (money, number))
        draft.report("unknown-name", message, node.span, help=nothing)
        return
    if node.name in NO_LIMIT:
        message, advice = f"`{node.name}` is no value", "a step without `up to` has no limit: leave the limit out"
        draft.report("unknown-name", message, node.span, help=advice)
        return
    known = chain(draft.fields, draft.givens, draft.definitions, draft.choices)
    draft.report(
        "unknown-name",
        f"no field, given, definition or choice value is called `{node.name}`",
        node.span,
        help=draft.suggestions.did_you_mean(node.name, known, "value")
        or "declare it with `given`, `define` or in `members have`",
    )


NOTHING = frozenset({"zero", "nil", "nothing"})
"""Words with which some say an amount of nothing: no names of the language."""

NO_LIMIT = frozenset({"unlimited", "uncapped", "infinity", "infinite"})
"""Words with which some say that there is no limit: where there is none, the language says nothing."""

_NOT_A_VALUE = {
    "a step": "say which result of it you mean, as in `used({0})`",
    "a period": "say what of it you mean: `open({0})`, `start({0})` or `defaults({0})`",
    "a limit": "a named limit stands alone, as in `up to {0}`",
}
"""What to do where a name that is no value stands in the place of one."""


def known_step(draft: Draft, name: nodes.Identifier) -> bool:
    """Whether the rulebook has a step that is called so today; if not, with a finding."""
    if name.text in draft.step_nodes:
        return True
    now = draft.former_names.get(name.text)
    if now is not None:
        renamed = write(now, instead_of=name.text, certainty=Certainty.SURE)
        advice: Help = Advice(f"it is now called {renamed.quoted}", (renamed,))
    else:
        advice = draft.suggestions.advice(name.text, draft.step_nodes, "step", "")
    draft.report("unknown-step", f"no step is called `{name.text}`", name.span, help=advice)
    return False


def pot_advice(draft: Draft, name: str) -> Help:
    """What to do about the name of a pot that there is not."""
    return draft.suggestions.advice(name, draft.pots, "pot", "no step draws `from` anything")


def _run_value(_draft: Draft, node: nodes.RunValue) -> TypeAndShape:
    match node.what:
        case "declared":
            return TypeAndShape(DATE)
        case "total_paid":
            return TypeAndShape(MONEY, per_member=True)
        case "leaving":
            return TypeAndShape(YES_NO, per_member=True)
        case _:
            return TypeAndShape(MONEY, segment=Varies.FOLLOWS)


def _step_result(draft: Draft, node: nodes.StepResult) -> TypeAndShape | None:
    if not known_step(draft, node.step):
        return None
    segment = Varies.FOLLOWS if draft.step_per_segment[node.step.text] else Varies.NO
    return TypeAndShape(MONEY, per_member=node.what == "paid", segment=segment)


NAMES: dict[type, TypingRule] = {
    nodes.Reference: _reference,
    nodes.AsOf: _as_of,
    nodes.PeriodValue: _period_value,
    nodes.RunValue: _run_value,
    nodes.StepResult: _step_result,
}
