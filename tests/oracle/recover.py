"""Recoveries: what those who paid for a default have to claim, and who is repaid."""

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.parts import Rulebook
from tests.oracle.run import Run
from tests.oracle.share import floor, largest_remainder
from tests.oracle.words import bad_event

Names = tuple[str, ...]
"""The names that a step had, the newest last."""


@dataclass
class Claim:
    """What was paid under a step for a member's losses (less than zero: what was repaid)."""

    defaulter: str
    names: Names
    payer: str
    amount: Fraction


@dataclass
class Repaid:
    """What a payer gets back; ``pot`` is where it goes (None: its own cash)."""

    defaulter: str
    step: str
    payer: str
    amount: int
    pot: str | None


def today(rb: Rulebook, names: Names) -> str | None:
    """What a rulebook calls the step that had these names; None if it does not know it."""
    for name in reversed(names):
        known = rb.former.get(name, rb.former_data.get(name, name))
        if known in rb.steps or known in rb.fields or known in rb.givens:
            return known
    return None


def claims_of(run: Run) -> list[Claim]:
    """The claims that a run makes: of each amount the part that a member's losses were reduced by."""
    claims = []
    for p in run.done:
        for turned in p.turned:
            whole = sum(turned.reduced.values())
            for (step, payer), amount in turned.paid.items():
                if run.rb.steps[step].payer == "defaulters":
                    continue
                for member, reduced in turned.reduced.items():
                    if member is not None:
                        claims.append(Claim(member, (step,), payer, Fraction(amount * reduced, whole)))
    return claims


def recover(rb: Rulebook, claims: list[Claim], member: str, amount: int) -> tuple[list[Repaid], int]:
    """Who gets what of a recovery, and the rest of it; what is repaid is entered among the claims."""
    if rb.recoveries is None:
        bad_event(f"recovered from {member}: the rulebook does not say who is repaid")
    left: dict[tuple[str, str], Fraction] = {}
    unknown: dict[tuple[Names, str], Fraction] = {}
    for c in claims:
        if c.defaulter != member:
            continue
        step = today(rb, c.names)
        if step is None:
            unknown[c.names, c.payer] = unknown.get((c.names, c.payer), Fraction(0)) + c.amount
        else:
            left[step, c.payer] = left.get((step, c.payer), Fraction(0)) + c.amount
    for (names, _), claim in unknown.items():
        if claim > 0:
            bad_event(f"recovered from {member}: claims under {names[-1]}, which the rulebook does not know")
    position = {name: i for i, name in enumerate(rb.steps)}
    found = []
    for steps, pot in rb.recoveries.groups:
        pairs = [(payer, step) for (step, payer), claim in left.items() if step in steps and claim > 0]
        pairs.sort(key=lambda pair: (pair[0], position[pair[1]]))
        exact = [left[step, payer] for payer, step in pairs]
        part = min(amount, floor(Fraction(sum(exact))))
        if part == 0:
            continue
        units = largest_remainder([part * x / sum(exact) for x in exact], part)
        amount -= part
        for (payer, step), unit in zip(pairs, units, strict=True):
            if unit:
                found.append(Repaid(member, step, payer, unit, pot))
                own = [c for c in claims if (c.defaulter, today(rb, c.names), c.payer) == (member, step, payer)]
                for c in own:  # a later rulebook may tell them apart again
                    claims.append(Claim(member, c.names, payer, -unit * c.amount / left[step, payer]))
    return found, amount
