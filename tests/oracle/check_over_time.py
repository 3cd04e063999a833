"""The static checks of what a rulebook says about the time after a run: what is made good, and what is repaid."""

from tests.oracle.parts import Decl, Recoveries, Replenish, Rulebook
from tests.oracle.shapes import Ctx, Shapes
from tests.oracle.words import static


def check_replenish(shapes: Shapes, clause: Replenish) -> None:
    """Check one clause that replenishes a pot."""
    rb, step = shapes.rb, clause.step
    where = f"replenish {clause.pot}"
    d = _pot(rb, clause.pot, where)
    survivors = step.payer == "survivors"
    if not survivors and step.payer not in ("ccp", *rb.parties):
        static(f"{where}: there is no party {step.payer}")
    if _owner(rb, d) != step.payer:
        static(f"{where}: it is paid by its owner")
    if survivors != clause.each:
        static(f"{where}: `each` stands where members pay, and only there")
    if step.where is not None:
        shapes.want(step.where, Ctx("due", where), ("bool",), survivors, d.per_segment)
    if clause.instead is not None:
        other = _pot(rb, clause.instead, where)
        if other is d or _owner(rb, other) != step.payer:
            static(f"{where}: draws on {clause.instead}, which is not another pot of the same owners")
    shapes.want(clause.target, Ctx("due", where, seg=d.per_segment), ("money",), survivors, d.per_segment)
    if d.per_segment and step.limits:
        static(f"{where}: a pot per segment is replenished without limits")
    shapes.limits(step, Ctx("due", where), d.per_segment)
    if step.once is not None and step.once not in rb.periods:
        static(f"{where}: there is no period {step.once}")


def check_recoveries(rb: Rulebook, found: Recoveries) -> None:
    """Check how recoveries are applied."""
    if found.rest not in ("ccp", "defaulters", *rb.parties):
        static(f"recoveries: there is no party {found.rest}")
    named = [name for names, _ in found.groups for name in names]
    if len(set(named)) < len(named):
        static("recoveries: a step is named twice")
    for names, pot in found.groups:
        for name in names:
            if name not in rb.steps or rb.steps[name].payer == "defaulters":
                static(f"recoveries: {name} is no step whose payers are repaid")
            if pot is not None and (rb.steps[name].pot != pot or _pot(rb, pot, "recoveries").per_segment):
                static(f"recoveries: {name} does not draw from {pot}, or that is per segment")


def _pot(rb: Rulebook, name: str, where: str) -> Decl:
    d = rb.fields.get(name) or rb.givens.get(name)
    if d is None or name not in rb.pots:
        static(f"{where}: {name} is no pot")
    return d


def _owner(rb: Rulebook, d: Decl) -> str:
    return "survivors" if d.is_field else rb.owner(d.name)
