"""The event that shows something, run again: who pays what, and what was allowed."""

from collections.abc import Sequence
from functools import partial

from attrs import frozen

from rulelang.check.program import CheckedProgram, EnsureProgram
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.values import values_of
from rulelang.explain.sentences.words import Words, listing
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.proof.claims.verdict import Proved, Refuted, Settled
from rulelang.proof.refuting.replay import event_of, ran
from rulelang.run.run_state import settled
from rulelang.run.values import ONE
from rulelang.syntax import nodes

_MOST = 3
"""So many members are named."""


@frozen
class Witness:
    """An event for each run that shows something (two for two versions, or for a larger loss), and what is seen.

    ``runs`` are what they gave, ``None`` for a run that stopped with an error.
    """

    texts: tuple[str, ...]
    programs: tuple[CheckedProgram, ...]
    events: tuple[Event, ...]
    runs: tuple[Allocation | None, ...]
    shown: str
    members: str


def witness_of(found: Settled, programs: Sequence[CheckedProgram]) -> Witness | None:
    """The event of a refutation, or the one that was wanted; ``None`` if there is none."""
    verdict = found.verdict
    if isinstance(verdict, Refuted):
        texts = (verdict.event,) if verdict.second is None else (verdict.event, verdict.second)
    elif isinstance(verdict, Proved) and verdict.event is not None:
        texts = (verdict.event,)
    else:
        return None
    if len(programs) > 1 and len(texts) == 1:
        texts *= 2
    versions = tuple(programs) if len(programs) > 1 else (programs[0],) * len(texts)
    events = tuple(map(event_of, texts, versions))
    runs = tuple(run if isinstance(run, Allocation) else None for run in map(ran, versions, events))
    shown, about = verdict.shown, found.question.about
    first = runs[0]
    if isinstance(verdict, Refuted) and isinstance(about, int) and first is not None:
        shown = _broken(programs[0], events[0], first, programs[0].ensures[about]) or shown
    return Witness(texts, versions, events, runs, shown, _members(events[0], texts[0]))


def _members(event: Event, text: str) -> str:
    counts = ((len(event.survivors), "survivor"), (len(event.defaulters), "defaulter"), (_amounts(text), "amount"))
    return ", ".join(f"{number} {word}{'s' * (number != 1)}" for number, word in counts)


def _amounts(text: str) -> int:
    """How many values an event states."""
    return sum(" = " in line or " loss " in line or line.startswith("paid ") for line in text.splitlines())


def _broken(program: CheckedProgram, event: Event, run: Allocation, ensure: EnsureProgram) -> str:
    """For whom an invariant is broken, with the two sides of its comparison."""
    replay = Replay(program, event, run, Words(program, run.names, _MOST), detailed=False)
    place = program.ensures.index(ensure)
    last = len(replay.passes) - 1
    if last not in replay.broken_in[place]:  # what is worked out at the end is of the last pass
        earlier = [replay.passes[number] for number in sorted(replay.broken_in[place])]
        return f"broken at {listing([f'the default of {who}' if who else 'the other losses' for who in earlier])}"
    if not run.ensures[place].breaches:
        return _sides(replay, ensure.condition, None)
    _, members, truths = replay.evaluation.judged[last][place]
    rows = zip(members, truths, strict=True)
    breaches = [event.members[who] for who, truth in rows if truth is False and who is not None]
    told = [f"{member} {_sides(replay, ensure.condition, member)}" for member in breaches[:_MOST]]
    more = len(breaches) - len(told)
    return "; ".join([*told, *([f"and {more} more"] if more else [])])


def _sides(replay: Replay, condition: nodes.Expression, member: str | None) -> str:
    """What stands on both sides of a comparison; of another condition, the values that it names."""
    if not isinstance(condition, nodes.Comparison):
        return values_of(replay.words, replay.end, condition, member)
    left, right = condition.left, condition.right
    if member is not None and condition.operator in ("<=", "<") and (paid := _payment(left)) is not None:
        return f"pays {_value(replay, left, member)}{paid}, allowed {_value(replay, right, member)}"
    return listing(
        [
            _value(replay, side, member)
            if isinstance(side, _LITERALS)
            else f"`{replay.program.source.phrase(side.span)}` is {_value(replay, side, member)}"
            for side in (left, right)
        ]
    )


_LITERALS = nodes.MoneyLiteral | nodes.NumberLiteral | nodes.PercentageLiteral | nodes.YesNoLiteral


def _payment(side: nodes.Expression) -> str | None:
    """What follows ``pays AMOUNT``, if a side is what a member pays: in all, or under a step."""
    match side:
        case nodes.RunValue(what="total_paid"):
            return ""
        case nodes.StepResult(what="paid", step=step):
            return f" under `{step.text}`"
    return None


def _value(replay: Replay, side: nodes.Expression, member: str | None) -> str:
    who = ONE if member is None else (replay.end.plan.position[member],)
    value = settled(partial(replay.end.column, side, who))[0]
    return replay.words.value(value, replay.program.types[id(side)].type)
