"""The names of a rulebook: all different from each other and from all choice values."""

from tests.oracle.parts import Decl, Expression, Group, Limit, Period, Replenish, Rulebook
from tests.oracle.words import static


def enter_names(
    rb: Rulebook,
    fields: list[Decl],
    givens: list[Decl],
    defines: list[tuple[str, Expression]],
    limits: list[tuple[str, Limit]],
    periods: list[Period],
    replenish: list[Replenish],
) -> None:
    """Enter what was declared into the rulebook; each name once."""
    taken: dict[str, str] = {}

    def take(name: str, what: str) -> None:
        if name in taken:
            static(f"the name {name} is used twice ({taken[name]} and {what})")
        taken[name] = what

    for d in fields:
        take(d.name, "field")
        rb.fields[d.name] = d
    for d in givens:
        take(d.name, "given")
        rb.givens[d.name] = d
    for n, e in defines:
        take(n, "definition")
        rb.defines[n] = e
    for n, limit in limits:
        take(n, "limit")
        rb.limits[n] = limit
    for p in periods:
        take(p.name, "period")
        rb.periods[p.name] = p
    for n in rb.parties:
        take(n, "party")
    for n in rb.segments:
        take(n, "segment")
    for i, item in enumerate(rb.waterfall):
        for s in item.steps if isinstance(item, Group) else [item]:
            take(s.name, "step")
            s.index = i
            rb.steps[s.name] = s
    if rb.finally_name is not None:
        take(rb.finally_name, "outcome")
    for s in rb.steps.values():
        for old in s.former:
            take(old, "former name")
            rb.former[old] = s.name
        _named_limits(rb, s.limits)
    for clause in replenish:
        if clause.pot in rb.replenish:
            static(f"the pot {clause.pot} is replenished twice")
        rb.replenish[clause.pot] = clause
        _named_limits(rb, clause.step.limits)
    for d in fields + givens:
        for old in d.former:
            take(old, "former name")
            rb.former_data[old] = d.name
    for d in fields + givens:
        if isinstance(d.type, tuple):
            for v in d.type[1]:
                if v in taken:
                    static(f"{v} is a choice value and a {taken[v]}")
                rb.choice_values.add(v)


def _named_limits(rb: Rulebook, limits: list[Limit]) -> None:
    """Put the limits that have a name where steps name them."""
    for i, lim in enumerate(limits):
        if lim.expr[0] == "name" and lim.expr[1] in rb.limits:
            if lim.mode != "plain" or lim.basis is not None or lim.resizing or lim.in_each_segment:
                static(f"`up to {lim.expr[1]}`: a limit with a name takes no ending")
            limits[i] = rb.limits[lim.expr[1]]
