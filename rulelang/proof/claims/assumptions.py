"""What is taken for granted of the data: as a formula about the members of a world, and as bounds of its data."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import evolve

from rulelang.base.money import Exact
from rulelang.check.program import CheckedProgram
from rulelang.proof.claims.claims import Built
from rulelang.proof.claims.questions import Assumption
from rulelang.proof.domain.terms import Formula, Truth, conjunction, implies
from rulelang.proof.domain.values import Each, Slot, Symbolic, denied
from rulelang.proof.worlds.kinds import Bounds
from rulelang.proof.worlds.worlds import is_whole
from rulelang.syntax import nodes


def assumed(built: Built, assumption: Assumption, place: int) -> Truth:
    """What follows from an assumption for a run: of many members no more than carries over to sums of their values."""
    run = built.runs[place]
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


def bounds_of_data(
    assumptions: Sequence[Assumption], programs: Sequence[CheckedProgram], names: Sequence[Mapping[str, str]]
) -> Bounds:
    """The lowest and the highest that a given can be, where just that is assumed, by its name in all versions.

    What bounds settle no solver has to: where a figure is assumed to lie between two amounts, versions that clamp it
    beyond these do the same.
    """
    found: dict[str, tuple[Exact | None, Exact | None]] = {}
    for assumption in assumptions:
        program = programs[assumption.version]
        comparisons = _joined(assumption.condition) if assumption.population is None else ()
        for one in comparisons:
            for given, operator, other in ((one.left, one.operator, one.right), (one.right, _turned(one), one.left)):
                value = program.constants.get(id(other))
                if not isinstance(given, nodes.Reference) or given.name not in program.givens:
                    continue
                if isinstance(value, bool) or not isinstance(value, int | Fraction):
                    continue
                name = names[assumption.version].get(given.name, given.name)
                datum = program.givens[given.name]
                low, high = found.get(name, (None if datum.signed else 0, None))
                in_units = is_whole(datum) and isinstance(value, int)
                least, most = _between(operator, value, in_units=in_units)
                found[name] = (
                    max((one for one in (low, least) if one is not None), default=None),
                    min((one for one in (high, most) if one is not None), default=None),
                )
    return found


def _between(operator: str, value: Exact, *, in_units: bool) -> tuple[Exact | None, Exact | None]:
    """The bounds of what is compared with a value; ``in_units`` if both are whole."""
    match operator:
        case "=":
            return value, value
        case ">=":
            return value, None
        case "<=":
            return None, value
        case ">" if in_units:
            return value + 1, None
        case "<" if in_units:
            return None, value - 1
    return None, None


def contradict(between: Bounds) -> bool:
    """Whether some number would have to be no less than one and no more than another that is smaller."""
    return any(low is not None and high is not None and low > high for low, high in between.values())


def _turned(comparison: nodes.Comparison) -> str:
    """The operator of a comparison whose sides are exchanged."""
    return {"<=": ">=", ">=": "<=", "<": ">", ">": "<"}.get(comparison.operator, comparison.operator)


def _joined(condition: nodes.Expression) -> Iterator[nodes.Comparison]:
    """The comparisons that a condition joins by ``and``."""
    if isinstance(condition, nodes.Comparison):
        yield condition
    elif isinstance(condition, nodes.Connective) and condition.operator == "and":
        yield from _joined(condition.left)
        yield from _joined(condition.right)
