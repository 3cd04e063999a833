"""A profile as plain values for other programs; ``rulelang/schemas/profile.schema.json`` describes them.

Amounts are texts in major units: decimals, or ``p/q`` where no decimal ends (:mod:`rulelang.base.decimals`).  Values of
what varies are in its own currency, which is told where it is not that of the rulebook.
"""

from rulelang.base.decimals import exact_amount, exact_or_none, exact_text
from rulelang.base.gather import collected
from rulelang.document.write import Plain
from rulelang.profiles.crossings import first_crossing
from rulelang.profiles.curves import Curve, uncovered_curve
from rulelang.profiles.exactness import exactness_of
from rulelang.profiles.questions import exhaustion
from rulelang.profiles.selection import Selection
from rulelang.profiles.walk import Walk
from rulelang.run.plan import Key


def to_dict(profile: Walk, selection: Selection | None = None) -> Plain:
    """The profile as plain values, or what of it is chosen."""
    selection = selection or Selection()
    currency, head = profile.variable.currency, heading(profile)
    head["vary"]["value"] = exact_or_none(profile.variable.value, currency)
    return {
        **head,
        "from": exact_amount(profile.start, currency),
        "to": exact_or_none(profile.stop, currency),
        "steps": [_step(profile, key, curve) for key, curve in selection.turns(profile).items()],
        "payers": _payers(profile, selection),
        "uncovered": _knots(profile, uncovered_curve(profile)),
        "exactness": _exactness(profile),
    }


def heading(profile: Walk) -> Plain:
    """Of which rulebook and event a profile is, and what varies in it."""
    program, event, variable = profile.plan.program, profile.plan.event, profile.variable
    return {
        "rulebook": program.named,
        "event": {**event.named, "declared": event.declared.isoformat(), "sha256": event.sha256},
        "currency": program.currency.code,
        "vary": {
            "what": variable.kind,
            "name": variable.name,
            "segment": variable.segment,
            **({} if variable.foreign is None else {"currency": variable.foreign.code}),
        },
    }


def _step(profile: Walk, key: Key, curve: Curve) -> Plain:
    name, segment = key
    currency, step = profile.variable.currency, profile.plan.steps[name]
    starts, ends = first_crossing(curve, 0, above=True, stop=profile.stop), exhaustion(profile, name, segment)
    return {
        "step": name,
        "segment": segment,
        "kind": step.kind,
        "title": step.title,
        "starts": None if starts is None else starts.to_dict(currency),
        "exhausted": None if ends is None else ends.to_dict(currency),
        "curve": _knots(profile, curve),
    }


def _payers(profile: Walk, selection: Selection) -> list[Plain]:
    """The payers that pay anything: in all, and under each step."""
    names = profile.plan.event.names
    under = collected(
        (payer, {"step": step, "segment": segment, "curve": _knots(profile, curve)})
        for (step, segment, payer), curve in selection.under(profile).items()
    )
    return [
        {
            "payer": payer,
            "name": names.get(payer),
            "curve": _knots(profile, curve),
            "under": under.get(payer, []),
        }
        for payer, curve in selection.totals(profile).items()
    ]


def _knots(profile: Walk, curve: Curve) -> list[dict[str, str]]:
    """The breakpoints; where a curve is continuous it is enough to give the value."""
    found, currency = [], profile.currency
    for knot in curve:
        row = {"at": exact_amount(knot.at, profile.variable.currency), "value": exact_amount(knot.value, currency)}
        if knot.jumps:
            row |= {"before": exact_amount(knot.before, currency), "after": exact_amount(knot.after, currency)}
        found.append(row | {"slope": exact_text(profile.told_slope(knot.slope))})
    return found


def _exactness(profile: Walk) -> Plain:
    currency, exactness = profile.variable.currency, exactness_of(profile)
    slack = [
        {"step": step, "segment": segment, "minor_units": exact_text(units)}
        for (step, segment), units in exactness.slack.items()
    ]
    doubts = [doubt.to_dict(currency) for doubt in exactness.doubts]
    return {"to_the_last_unit": exactness.to_the_last_unit, "slack": slack, "doubts": doubts}
