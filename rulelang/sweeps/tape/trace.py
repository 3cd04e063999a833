"""The plan evaluated over columns once: the tape, and which of its columns are the results."""

from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from rulelang.base.diagnostic import CheckError, finding
from rulelang.base.gather import collected
from rulelang.base.source import Place
from rulelang.check.program import POPULATIONS, CheckedProgram, StepProgram
from rulelang.model.event import Event
from rulelang.run.data import Data, Population
from rulelang.run.inputs import make_data
from rulelang.run.plan import Key, Plan
from rulelang.run.run_state import TurnResult
from rulelang.run.waterfall import Evaluation
from rulelang.sweeps.tape.arithmetic import VariesError
from rulelang.sweeps.tape.domain import ColumnDomain
from rulelang.sweeps.tape.nodes import Elem, Node, Ref
from rulelang.sweeps.tape.overrides import Source
from rulelang.sweeps.tape.players import Player, make_player
from rulelang.sweeps.tape.values import Column, Row, Value, ref_of, truth_of, truth_ref

MOST_PASSES = 32
"""Where more members than this may default in turn, a tape of all their passes costs more than the runs of a scenario,
in which few do: the interpreter runs these."""
Bounds = Sequence[tuple[int, int]]
"""The least and the most that each column holds."""


@frozen
class Trace:
    """What a sweep computes: references into the tape, good for columns within ``bounds``.

    ``refused`` says in which scenarios the rules do not allow something, ``aside`` which of them the interpreter has
    to run because the tape does not settle them.
    """

    domain: ColumnDomain = field(repr=False)
    loss: Ref
    uncovered: Ref
    drawn: Mapping[Key, Ref]
    paid: Mapping[str, Ref]
    refused: Ref
    aside: Ref
    turns: Mapping[Key, Sequence[TurnResult]] = field(repr=False)
    bounds: Bounds = field(repr=False)
    players: dict[tuple[Node, ...], Player] = field(factory=dict, repr=False)

    def player(self, nodes: Sequence[Node]) -> Player:
        """What computes some nodes; kept, with the memory that it works in."""
        key = tuple(nodes)
        if key not in self.players:
            self.players[key] = make_player(nodes)
        return self.players[key]

    def paid_under(self, key: Key, payer: str) -> Ref:
        """What a payer pays under a step in a segment, in all its passes and rounds."""
        return ref_of(self.domain.total([turn.paid(payer) for turn in self.turns.get(key, ())]))


def traced(plan: Plan, sources: Sequence[Source], bounds: Bounds) -> Trace:
    """Evaluate the plan with the columns of some sources, whose values lie within bounds.

    The losses of the plan's event begin with those of the sources, in their order.

    Raises:
        CheckError: something varies that a sweep can only take as the event has it; the diagnostic names it.
    """
    try:
        return _traced(plan, sources, bounds)
    except VariesError as error:
        message = f"{error.what} varies from scenario to scenario, and a sweep takes it as it is"
        place = Place(plan.program.source, error.node.span)
        advice = "leave out the columns that change it, or run such scenarios one by one"
        raise CheckError([finding("nothing-to-vary", message, place, help=advice)]) from None


def _traced(plan: Plan, sources: Sequence[Source], bounds: Bounds) -> Trace:
    domain = ColumnDomain()
    if plan.program.in_turn and len(plan.passes) > MOST_PASSES:
        return _one_by_one(plan, domain, bounds)
    refs = _inputs(domain, sources, bounds)
    losses: Row = [loss.amount for loss in plan.event.losses]
    givens: dict[Key, Value] = {}
    cells: dict[tuple[Key, int], Value] = {}
    dealt: dict[tuple[str, str, int], Value] = {}
    place = 0
    for source, ref in zip(sources, refs, strict=True):
        override, value = source.override, source.scale.value(domain, ref)
        if override.kind == "loss":
            losses[place] = value
            place += 1
        elif override.kind == "given":
            givens[override.name, override.segment] = value
        else:
            assert override.member is not None
            position = plan.position[override.member]
            if override.defaulter is None:
                cells[(override.name, override.segment), position] = value
            else:
                dealt[override.name, override.defaulter, position] = value
    populations = _populations(plan, domain, losses)
    _set_aside(plan, domain, losses)
    data = make_data(plan, domain, losses, givens, cells, populations, dealt)
    return _evaluated(plan, domain, data, bounds)


def _one_by_one(plan: Plan, domain: ColumnDomain, bounds: Bounds) -> Trace:
    """All scenarios left to the interpreter."""
    drawn = dict.fromkeys((turn.key for turn in plan.turns()), 0)
    paid = dict.fromkeys(payers_of(plan.program, plan.event), 0)
    return Trace(domain, 0, 0, drawn, paid, False, True, {}, bounds)  # noqa: FBT003 - set aside


def payers_of(program: CheckedProgram, event: Event, steps: Iterable[StepProgram] | None = None) -> tuple[str, ...]:
    """Everybody whom some step may charge: the CCP, parties in the order declared, members in that of their ids."""
    charged = {step.payers for step in (program.each_step() if steps is None else steps)}
    single = [payer for payer in ("ccp", *program.parties) if payer in charged]
    return (*single, *(event.members if charged.intersection(POPULATIONS) else ()))


def _inputs(domain: ColumnDomain, sources: Sequence[Source], bounds: Bounds) -> list[Ref]:
    """The references of the columns; those of one field, or of all losses, make one block."""
    groups: dict[tuple[str, str | None, str | None], list[int]] = {}
    for number, source in enumerate(sources):
        override = source.override
        name = None if override.kind == "loss" else override.name
        groups.setdefault((override.kind, name, override.segment), []).append(number)
    refs: list[Ref] = [0] * len(sources)
    for numbers in groups.values():
        low, high = min(bounds[number][0] for number in numbers), max(bounds[number][1] for number in numbers)
        for number, ref in zip(numbers, domain.tape.columns(numbers, low, high), strict=True):
            refs[number] = ref
    return refs


def _populations(plan: Plan, domain: ColumnDomain, losses: Row) -> dict[str, Population]:
    """Who defaults and who survives, in which scenarios."""
    columns = [loss.numerator if isinstance(loss, Column) else loss for loss in losses]
    above = domain.tape.each("lt", [0] * len(columns), columns)
    fails: dict[int, Ref] = {}
    for loss, truth in zip(plan.event.losses, above, strict=True):
        if loss.member is None:
            continue
        position, first = plan.position[loss.member], truth
        known = fails.get(position, False)
        if known is not False:
            first = domain.tape.one("and", truth, domain.tape.one("not", known))
            truth = domain.tape.one("or", known, truth)  # noqa: PLW2901 - now of all losses so far
        fails[position] = truth
        domain.firsts.append((position, truth_of(domain, first)))
    for loss, column in zip(plan.event.losses, columns, strict=True):
        if isinstance(column, Elem) and loss.member is not None:
            domain.owners[column] = fails[plan.position[loss.member]]
    everyone = range(len(plan.event.members))
    ordered = [fails.get(position, False) for position in everyone]
    lives = domain.tape.each("not", ordered) if ordered else []
    return {
        "members": (tuple(everyone), None),
        "defaulters": _settled(domain, list(fails), list(fails.values())),
        "survivors": _settled(domain, list(everyone), lives),
    }


def _set_aside(plan: Plan, domain: ColumnDomain, losses: Row) -> None:
    """Leave to the interpreter the scenarios in which the plan is another one.

    A further loss of zero is none, and what was paid for that default is not counted.  Passes are in the order of each
    member's first line: where that line is of a loss of zero, a member that stands behind it may default before.  Where
    there is no non-default loss after all, there is a pass less.
    """
    for loss, amount in zip(plan.event.losses, losses, strict=True):
        if loss.further:
            domain.aside.append((truth_ref(domain.comparisons("=", [amount], [0])[0]), True))
    if not plan.program.in_turn:
        return
    lines = [
        (plan.position[loss.member], place) for place, loss in enumerate(plan.event.losses) if loss.member is not None
    ]
    above = domain.nonzero(losses)
    firsts: dict[int, int] = {}
    for (member, place), (_, is_first) in zip(lines, domain.firsts, strict=True):
        begin = firsts.setdefault(member, place)
        before = [
            above[other]
            for whose, other in lines
            if begin < other < place and whose != member and firsts[whose] > begin
        ]
        if before:
            late = domain.both([domain.anyone(before)], [is_first])[0]
            domain.aside.append((truth_ref(late), True))
    others = [above[place] for place in plan.passes[-1].losses]
    if others:
        domain.aside.append((truth_ref(domain.denied([domain.anyone(others)])[0]), True))


def _settled(domain: ColumnDomain, who: Sequence[int], refs: Sequence[Ref]) -> Population:
    """Those who may belong to a population; the truths are ``None`` if all of them do in every scenario."""
    rows = [(member, ref) for member, ref in zip(who, refs, strict=True) if ref is not False]
    members = tuple(member for member, _ in rows)
    if all(ref is True for _, ref in rows):
        return members, None
    return members, tuple(truth_of(domain, ref) for _, ref in rows)


def _evaluated(plan: Plan, domain: ColumnDomain, data: Data, bounds: Bounds) -> Trace:
    evaluation = Evaluation(plan, domain, data)
    evaluation.run(judging=True)
    state = evaluation.state
    every = range(len(plan.event.losses))
    results = collected((result.turn.key, result) for result in state.results)
    paid = _paid(domain, state.results, plan.position)
    return Trace(
        domain,
        ref_of(data.losses.total(every)),
        ref_of(state.losses.total(every)),
        {key: ref_of(domain.total([turn.drawn for turn in turns])) for key, turns in results.items()},
        paid,
        domain.noted(domain.refused),
        domain.noted(domain.aside),
        results,
        bounds,
    )


def _paid(domain: ColumnDomain, turns: Sequence[TurnResult], members: Mapping[str, int]) -> dict[str, Ref]:
    """What each payer pays in all turns; the members are worked on together."""
    paying = [turn for turn in turns if turn.payments is not None]
    payers = dict.fromkeys(payer for turn in paying for payer in turn.payers)
    found: dict[str, Ref] = {}
    together = sorted((payer for payer in payers if payer in members), key=lambda payer: members[payer])
    for some in (together, *([payer] for payer in payers if payer not in members)):
        rows = [[turn.paid(payer) for payer in some] for turn in paying if not set(some).isdisjoint(turn.places)]
        if rows and some:
            found.update(zip(some, map(ref_of, domain.piled(rows)), strict=True))
    return found
