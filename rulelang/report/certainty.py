"""Whether a page can tell to the minor unit what a run pays.

A profile knows amounts as lines.  Where a step reads an amount that a run has rounded before (the share of a payer, a
part of several losses), a run may come out some minor units away from the lines.  The page then says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from attrs import frozen

from rulelang.check.expressions.walk import children, reached
from rulelang.check.program import CheckedProgram, During, StepProgram
from rulelang.model.trail import Status
from rulelang.profiles.line_sharing import LineSharing, Listed, WaterFilling
from rulelang.profiles.lines import Line, Moving, slack_of
from rulelang.profiles.walk import Piece
from rulelang.run.payments import Payments
from rulelang.run.plan import Plan
from rulelang.run.run_state import TurnResult
from rulelang.syntax import nodes

Read = tuple[str, str]
"""What a step reads of the run: ``used`` or ``paid`` and a step, or ``remaining``, ``loss`` or ``total_paid`` alone.

That is of the pass under way; ``used before`` and ``paid before`` are of all passes so far.
"""


@frozen
class Certainty:
    """What the steps of a plan read of the run; ``divided`` if there are several losses, so that each is rounded."""

    reads: Mapping[str, frozenset[Read]]
    divided: bool

    @classmethod
    def of_plan(cls, plan: Plan) -> "Certainty":
        """What every step reads, through definitions and pots too."""
        program = plan.program
        pots, again = _pots(program), len(plan.passes) > 1
        reads = {
            step.name: frozenset(
                (*_reads(program, step), *pots[step.name], *_counted(program, step, again=again or bool(step.rounds)))
            )
            for step in program.each_step()
        }
        return cls(reads, len(plan.event.losses) > 1)

    def of(self, piece: Piece) -> bool:
        """Whether every turn of a piece pays to the minor unit what a run pays."""
        evaluated = (Status.PAID, Status.CONDITION, Status.ONCE, Status.DECLINED)
        return all(
            self._settled(turn, piece.turns[:number]) and _certain(turn)
            for number, turn in enumerate(piece.turns)
            if turn.status in evaluated
        )

    def _settled(self, turn: TurnResult, earlier: Sequence[TurnResult]) -> bool:
        """Whether all that a turn reads is what a run has, to the minor unit."""
        for read, step in self.reads[turn.turn.step.name]:
            about = [other for other in earlier if step in ("", other.turn.step.name)]
            what = read.removesuffix(" before")
            if what == read:
                about = [other for other in about if other.turn.passing == turn.turn.passing]
            if what in ("loss", "remaining") and (self.divided or slack_of(turn.before)):
                return False
            if what == "used" and any(slack_of(other.drawn) or slack_of(other.capacity or 0) for other in about):
                return False
            if what in ("paid", "total_paid") and not all(_whole(other.payments) for other in about):
                return False
        return True


def _certain(turn: TurnResult) -> bool:
    """Whether keys, limits and capacity are, rounded down, those of a run."""
    if turn.payments is None:
        return True
    slacks = [slack_of(limit) for limit in (*_limits(turn.payments), *turn.limits) if limit is not None]
    keys_are_rounded = turn.turn.step.key == "limits" and any(slacks)
    capacity = 0 if turn.capacity is None else slack_of(turn.capacity)
    shared = turn.payments
    if isinstance(shared, WaterFilling) and not shared.reallocates and shared.draw != turn.before:
        slacks.append(slack_of(shared.draw))  # what bounds the loss that is shared
    # rounding an amount down makes one unit of slack; more comes from amounts that were rounded before
    return not keys_are_rounded and max(slacks, default=0) <= 1 and capacity <= max(1, sum(slacks))


def _limits(payments: Payments | None) -> Sequence[Moving | None]:
    """The limits of all payers that share a draw."""
    sharings = [] if payments is None else payments.sharings()
    return [limit for sharing in sharings if isinstance(sharing, WaterFilling) for limit in sharing.limits]


def _whole(payments: Payments | None) -> bool:
    """Whether what each payer pays is known to the minor unit, not as a share that a run rounds."""
    return payments is None or all(map(_whole_sharing, payments.sharings()))


def _whole_sharing(sharing: LineSharing) -> bool:
    match sharing:
        case WaterFilling():
            return sharing.settled or (len(sharing.keys) == 1 and not slack_of(sharing.draw))
        case Listed():
            return all(not isinstance(amount, Line) or amount.integral for amount in sharing.amounts)
        case _:
            assert_never(sharing)


def _pots(program: CheckedProgram) -> Mapping[str, list[Read]]:
    """For each step the earlier ones that may have drawn from its money, in this pass or before."""
    found: dict[str, list[Read]] = {}
    drawers: dict[str, list[Read]] = {}
    for step in program.each_step():
        found[step.name] = []
        if step.pot is not None:
            before = drawers.setdefault(step.pot.name, [])
            found[step.name] = list(before)
            before.append(("paid before" if step.pot.per_member else "used before", step.name))
            if step.per_segment or step.rounds is not None:
                found[step.name].append(before[-1])
    if program.in_turn:  # a step meets what all drew in the pass before
        for step in program.each_step():
            if step.pot is not None:
                found[step.name] = drawers[step.pot.name]
    return found


def _counted(program: CheckedProgram, step: StepProgram, *, again: bool) -> Iterator[Read]:
    """What limits over time or with a name, and periods, make a step read; ``again`` if it is done more than once."""
    for limit in step.limits:
        if limit.named is not None or (again and limit.over_time is not None):
            sharing = program.each_step() if limit.named is not None else [step]
            before = "" if limit.over_time is None else " before"
            for other in sharing:
                if other is step or any(one.named == limit.named for one in other.limits):
                    yield ("paid" if limit.each else "used") + before, other.name
        if isinstance(limit.over_time, During):
            yield from _openers(program, limit.over_time.period)
    if step.discretion is not None and (again or step.per_segment):
        yield "used", step.name
    if step.once_during is not None:
        yield "used before", step.name
        yield from _openers(program, step.once_during)


def _openers(program: CheckedProgram, period: str) -> Iterator[Read]:
    """The payments that may open a period."""
    return (("used before", name) for name in program.periods[period].steps)


def _reads(program: CheckedProgram, step: StepProgram) -> Iterator[Read]:
    """What the clauses of a step read of the run, through definitions too."""
    # what a limit with a name says stands elsewhere
    for node in reached(program.definitions, *children(step.syntax), *(limit.value for limit in step.limits)):
        match node:
            case nodes.StepResult(what=what, step=earlier):
                yield "paid" if what == "paid" else "used", earlier.text
            case nodes.RunValue(what="loss") if not program.segments:
                pass  # the whole loss is what it is
            case nodes.PeriodValue(period=period):
                yield from _openers(program, period.text)
            case nodes.RunValue(what=what) if what not in ("declared", "leaving"):
                yield what, ""
