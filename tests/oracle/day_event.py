"""The event of a day of a history, written as a file of its own: what stands on that day, and its losses."""

from fractions import Fraction
from typing import Any

from tests.oracle.event import Event
from tests.oracle.parts import Decl, Rulebook, Segment
from tests.oracle.run import shown
from tests.oracle.values import currency_of


def quoted(payer: str, rb: Rulebook) -> str:
    """A payer as a text writes it."""
    return payer if payer == "ccp" or payer in rb.parties else f'"{payer}"'


def decimal(x: Fraction) -> str:
    """A number that has been written with decimals."""
    places = 0
    while (x * 10**places).denominator != 1:
        places += 1
    units = str(abs(int(x * 10**places))).rjust(places + 1, "0")
    return "-" * (x < 0) + (units if places == 0 else units[:-places] + "." + units[-places:])


def written(d: Decl, value: Any, rb: Rulebook) -> str:
    """A value as an event writes it."""
    if isinstance(d.type, str) and d.type.split()[0] == "money":
        code = currency_of(d.type, rb)
        return f"{'-' * (value < 0)}{code} {decimal(abs(Fraction(value)) / 10 ** rb.units[code])}"
    if d.type == "bool":
        return "yes" if value else "no"
    if d.type == "text":
        return f'"{value}"'
    if isinstance(value, Fraction | int):
        return decimal(Fraction(value))
    return str(value)


def event_text(rb: Rulebook, event: Event) -> str:
    """The event of a day."""
    lines = ['event "a day of a history"', f"declared {event.declared}"]
    members: dict[str, list[str]] = {m: [] for m in event.data}
    for (who, name, seg), dates in event.dated.items():
        d = rb.fields.get(name) or rb.givens.get(name)
        if d is None or (who is not None and who not in members):
            continue
        for day, value in dates.items():
            of_day = "" if day == event.declared else f" as of {day}"
            line = f"{name}{_in(seg)}{of_day} = {written(d, value, rb)}"
            if day <= event.declared and (seg is None or seg in rb.segments):
                members[who].append(line) if who is not None else lines.append(f"given {line}")
    for m, values in members.items():
        for name, whole in event.data[m].items():
            if rb.fields[name].per_defaulter:
                values += [f"{name} with {quoted(x, rb)} = {written(rb.fields[name], v, rb)}" for x, v in whole.items()]
        since = f" since {event.since[m]}" if m in event.since else ""
        lines.append(f"member {quoted(m, rb)}{since}" + "".join(f"\n    {x}" for x in values))
    lines += [f"former member {quoted(m, rb)}" for m in sorted(event.former_members)]
    lines += [f"defaulted {day} {quoted(m, rb)}" for m, day in event.defaulted.items()]
    lines += [f"notice by {quoted(m, rb)} dated {day}" for m, day in event.notices.items()]
    lines += [f"period {name} open from {first} to {last}" for name, (first, last) in event.open_periods.items()]
    for x in event.payments:
        owed = f" for {', '.join(quoted(m, rb) for m in x.defaulters)}" if x.defaulters else ""
        money = f"{rb.currency} {shown(rb, x.amount)}"
        lines.append(f"paid {x.day} by {quoted(x.payer, rb)} under {x.step}{_in(x.segment)}{owed} {money}")
    for loss in event.losses:
        money = f"{_in(loss.segment)} {'loss ' * (not loss.further)}{rb.currency} {shown(rb, loss.amount)}"
        if loss.member is None:
            lines.append(f"non-default loss{_in(loss.segment)} {rb.currency} {shown(rb, loss.amount)}")
        else:
            lines.append(f"{'further loss' if loss.further else 'default'} of {quoted(loss.member, rb)}{money}")
    for step, what in event.decisions.items():
        most = f" up to {rb.currency} {shown(rb, event.ceilings[step])}" if step in event.ceilings else ""
        lines.append(f"decide {step}: {what}{most}")
    lines += [f"withdraw {quoted(m, rb)} after round {n} under {step}" for m, n, step in event.withdrawals]
    return "\n".join(lines) + "\n"


def _in(seg: Segment) -> str:
    return "" if seg is None else f" in {seg}"
