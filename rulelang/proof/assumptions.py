"""What is taken for granted of the data, as a formula about the members of a world."""

from attrs import evolve

from rulelang.proof.claims import Built
from rulelang.proof.questions import Assumption
from rulelang.proof.terms import Formula, Truth, conjunction, implies
from rulelang.proof.values import Each, Slot, Symbolic, denied


def assumed(built: Built, assumption: Assumption) -> Truth:
    """What follows from an assumption: of many members no more than carries over to the sums of their values."""
    run = built.runs[assumption.version]
    program = run.plan.program
    at = evolve(run.end, path=run.domain.joined(None, ()))
    assert id(assumption.condition) in program.types, "checked against this version"
    if assumption.population is None:
        truth: Truth = at.one(assumption.condition)
        return truth
    who, counts, at = at.those(assumption.population, assumption.where)
    holds = at.column(assumption.condition, who)
    if counts is not None:
        counted = zip(counts, holds, strict=True)
        holds = [denied(built.domain.jointly(count, denied(truth))) for count, truth in counted]
    return conjunction(
        *[everybody(built, truth, built.domain.slot_at(member)) for member, truth in zip(who, holds, strict=True)]
    )


def everybody(built: Built, truth: Symbolic, slot: Slot | None) -> Truth:
    """What is known of the sums over many members of whom all obey a truth; there may be none of them."""
    if slot is None:
        return truth  # type: ignore[no-any-return]
    somebody = built.domain.at_most(1, slot.number)
    if not isinstance(truth, Each):
        return implies(somebody, truth)
    atoms = truth.formula.parts if truth.formula.operation == "and" else (truth.formula,)
    return implies(somebody, conjunction(*[_of_sums(built, atom) for atom in atoms]))


def _of_sums(built: Built, atom: Formula) -> Truth:
    match atom.operation:
        case "zero" | "at most" | "below":
            return atom
        case "not" if atom.parts[0].form is not None:
            inner = atom.parts[0].form
            return atom if built.domain.never_negative(inner) or built.domain.never_positive(inner) else True
        case _:
            return True
