"""What each place of a rulebook came to in a run: its steps and their clauses, definitions, limits, data, statements.

An editor shows the short form behind the line and the sentences where somebody points; both are told from the same
run, evaluated once more.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from rulelang.base.gather import collected
from rulelang.base.source import Span
from rulelang.base.values import ComparedByValue
from rulelang.check.expressions.walk import reached
from rulelang.check.program import CheckedProgram, DatumProgram, StepProgram
from rulelang.check.types import ORDERED, Kind, Type, Varies
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.limits import limit_told, pot_told
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.words import Words, listing, plural
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.trail import Status, Turn
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.run_state import settled
from rulelang.run.values import ONE, Row
from rulelang.syntax import nodes

_MOST_NAMES = 6
_MOST_TURNS = 12
_MOST_LETTERS = 100
"""So long is the short form of a place where several turns tell of it."""


class ValueAt(ComparedByValue):
    """What a piece of a rulebook came to in a run: on half a line, and in sentences."""

    span: Span
    short: str
    text: str


Told = tuple[str, str, str]
"""Of one turn: which it is (empty if there is no other), the short form, the sentences."""


def values_at(program: CheckedProgram, event: Event, allocation: Allocation) -> tuple[ValueAt, ...]:
    """What the places of a rulebook came to in a run, in the order of the text; no place is told of twice."""
    run = Replay(program, event, allocation, Words(program, allocation.names, _MOST_NAMES), detailed=True)
    found = [*_data(run), *_definitions(run), *_limits(run), *_steps(run), *_statements(run), *_outcome(run)]
    return tuple({value.span: value for value in sorted(found, key=lambda value: value.span)}.values())


# ------------------------------------------------------------------------------------------------------------ steps


def _steps(run: Replay) -> Iterator[ValueAt]:
    for told in collected((scene.step.name, scene) for scene in run.scenes).values():
        step, words = told[0].step, run.words
        yield _whole_step(step, [scene.turn for scene in told], words)
        done = [scene for scene in told if scene.details.resources is not None and scene.turn.payers]
        reached = [scene for scene in told if scene.turn.status not in (Status.NOT_REACHED, Status.NOT_IN_FORCE)]
        if step.condition is not None and reached:
            yield _over_turns(step.condition.span, [_condition(scene) for scene in reached])
        if not done:
            continue
        if step.pot is not None:
            yield _over_turns(step.pot.span, [_pot(scene) for scene in done])
        if isinstance(step.key, nodes.Expression):
            yield _over_turns(step.key.span, [_key(scene, step.key) for scene in done])
        for at, limit in enumerate(step.limits):
            yield _over_turns(limit.span, [_limit(scene, at) for scene in done])


def _whole_step(step: StepProgram, turns: Sequence[Turn], words: Words) -> ValueAt:
    drawn, done = sum(turn.drawn for turn in turns), [turn for turn in turns if turn.status is Status.PAID]
    short = turns[0].status.value if not done else f"drawn {words.money(drawn)}"
    if len(turns) == 1 and done and done[0].capacity is not None:
        short += f" of {words.amount(done[0].capacity)}"
    if len(turns) > 1:
        by_segment = dict.fromkeys(turn.segment for turn in turns)
        parts = [
            f"{each} {words.amount(sum(t.drawn for t in turns if t.segment == each))}" for each in by_segment if each
        ]
        short += f" ({_cut(parts)})" if parts and done else ""
    return ValueAt(step.span, short, _sentences((_which(turn), "", _drew(turn, words)) for turn in turns))


def _drew(turn: Turn, words: Words) -> str:
    if turn.status is not Status.PAID:
        return f"Not done: {turn.status.value}."
    most = "" if turn.capacity is None else f" of at most {words.money(turn.capacity)}"
    met, left = words.money(turn.before), words.money(turn.after)
    return f"Draws {words.money(turn.drawn)}{most} for a loss of {met}, of which {left} is left."


def _which(turn: Turn) -> str:
    """Which turn of its step it is."""
    said = (turn.defaulter and f"default of {turn.defaulter}", turn.segment, turn.round and f"round {turn.round}")
    return ", ".join(part for part in said if part)


def _condition(scene: Scene) -> Told:
    holds = scene.turn.status is not Status.CONDITION
    said = "holds" if holds else "does not hold"
    return _which(scene.turn), said, f"The condition {said}."


def _pot(scene: Scene) -> Told:
    assert scene.turn.pot is not None
    short = f"{scene.words.money(sum(scene.turn.pot.left))} left"
    return _which(scene.turn), short, " ".join(pot_told(scene))


def _key(scene: Scene, node: nodes.Expression) -> Told:
    assert scene.turn.keys is not None
    words, type_ = scene.words, scene.program.types[id(node)].type
    rows = zip(scene.turn.payers, scene.turn.keys, strict=True)
    named = [f"{words.payer(payer)} {words.value(key, type_)}" for payer, key in rows]
    return _which(scene.turn), _summary(words, scene.turn.keys, type_), f"The key is {listing(named, _MOST_NAMES)}."


def _limit(scene: Scene, at: int) -> Told:
    limit, trail = scene.step.limits[at], scene.turn.limit_trails[at]
    short = _summary(scene.words, trail.values, _MONEY)
    paid = sum(trail.deducted or ())
    short += f" less {scene.words.amount(paid)} paid before" if paid else ""
    return _which(scene.turn), short, limit_told(scene, limit, trail)


_MONEY = Type(Kind.MONEY)


def _over_turns(span: Span, told: Sequence[Told]) -> ValueAt:
    """A place of which every turn of its step tells."""
    if len({short for _, short, _ in told}) == 1:
        return ValueAt(span, told[0][1], _sentences(told))
    return ValueAt(span, _cut([f"{which}: {short}" for which, short, _ in told]), _sentences(told))


def _cut(parts: Sequence[str]) -> str:
    """As many of the parts as are read at a glance, the first of them always."""
    shown = [parts[0]]
    for part in parts[1:]:
        if len("; ".join([*shown, part])) > _MOST_LETTERS:
            return f"{'; '.join(shown)}; …"
        shown.append(part)
    return "; ".join(shown)


def _sentences(told: Iterable[Told]) -> str:
    every = list(told)
    if len(every) == 1:
        return every[0][2]
    lines = [f"{which[:1].upper()}{which[1:]}: {text}" if which else text for which, _, text in every[:_MOST_TURNS]]
    left = len(every) - len(lines)
    return "\n".join([*lines, *([f"And {plural(left, 'turn')} more."] if left else [])])


# ------------------------------------------------------------------------------------- definitions, limits and data


def _definitions(run: Replay) -> Iterator[ValueAt]:
    for name, define in run.program.definitions.items():
        yield from _evaluated(run, define.name.span, name, define.value)


def _limits(run: Replay) -> Iterator[ValueAt]:
    for name, limit in run.program.limits.items():
        yield from _evaluated(run, limit.span, name, limit.value)


def _evaluated(run: Replay, span: Span, name: str, node: nodes.Expression) -> Iterator[ValueAt]:
    """An expression as it is when the run has ended; nothing where it has no value, for the run may not need it."""
    typed = run.program.types[id(node)]
    segments = run.program.segments if typed.segment is Varies.YES else (None,)
    told: list[Told] = []
    for segment in segments:
        at = run.end if segment is None else run.end.within(segment)
        who = at.population("members")[0] if typed.per_member else ONE
        try:
            values = settled(partial(at.column, node, who))
        except (RuleViolation, KeyError):
            return
        told.append(_values(run.words, name, typed.type, segment, values, at.ids(who) if typed.per_member else ()))
    if told:
        value = _over_turns(span, told)
        moving = " when the run has ended" if run.program.in_turn or _moves(run.program, node) else ""
        yield ValueAt(span, f"{value.short}{moving}", value.text)


def _moves(program: CheckedProgram, node: nodes.Expression) -> bool:
    """Whether an expression reads the run, itself or through definitions, so that it differs from step to step."""
    return any(isinstance(inner, nodes.StepResult | nodes.RunValue) for inner in reached(program.definitions, node))


def _data(run: Replay) -> Iterator[ValueAt]:
    """Givens and fields as the run read them, with what was missing filled in."""
    for table, columns in ((run.program.givens, run.end.data.givens), (run.program.fields, run.end.data.fields)):
        for name, datum in table.items():
            told = [
                _datum(run, datum, segment, columns[name, segment])
                for segment in (run.program.segments if datum.per_segment else (None,))
                if (name, segment) in columns
            ]
            if told:
                yield _over_turns(datum.span, told)


def _datum(run: Replay, datum: DatumProgram, segment: str | None, value: object) -> Told:
    members = run.event.members if isinstance(value, Sequence) and not isinstance(value, str) else ()
    values: Row = list(value) if members else [value]  # type: ignore[call-overload]
    return _values(run.words, datum.name, datum.type, segment, values, members)


def _values(words: Words, name: str, type_: Type, segment: str | None, values: Row, members: Sequence[str]) -> Told:
    """The values of a name: one, or one for each member."""
    known = [value for value in values if value is not None]
    missing = f"{len(values) - len(known)} missing" if len(known) < len(values) else ""
    short = _summary(words, known, type_) if known else ""
    if not members:
        return segment or "", short or missing, f"`{name}` is {short or missing}."
    pairs = [(who, value) for who, value in zip(members, values, strict=True) if value is not None]
    rows = [f"{words.payer(who)} {words.value(value, type_)}" for who, value in pairs[:_MOST_NAMES]]
    more = [""] * (len(pairs) - len(rows))
    text = f"`{name}` is {listing([*rows, *more], _MOST_NAMES)}." if rows else f"`{name}` is missing."
    return segment or "", ", ".join(part for part in (short, missing) if part), text


def _summary(words: Words, values: Sequence[object], type_: Type) -> str:
    """Values in a few words: the one, the one of all, from the least to the largest, or how many of each."""
    if not values:
        return "nobody's"
    first = words.value(values[0], type_)
    if len(values) == 1:
        return first
    if len(set(values)) == 1:
        return f"{first} each"
    if type_.kind in ORDERED:
        least, most = (words.value(end(values), type_) for end in (min, max))  # type: ignore[type-var]
        in_all = f", {words.value(sum(values), type_)} in all" if type_.kind is Kind.MONEY else ""
        return f"{least} to {most}{in_all}"
    counts = {value: list(values).count(value) for value in dict.fromkeys(values)}
    return _cut([f"{number} {words.value(value, type_)}" for value, number in counts.items()])


# ------------------------------------------------------------------------------------------- statements and outcome


def _statements(run: Replay) -> Iterator[ValueAt]:
    for stated, line in zip(run.program.statements, run.allocation.statements, strict=True):
        who = f" for {run.words.payers(line.breaches)}" if line.breaches else ""
        said = "holds" if line.holds else f"does not hold{who}"
        yield ValueAt(stated.span, said, f"“{line.text}” {said}.")


def _outcome(run: Replay) -> Iterator[ValueAt]:
    final = run.program.waterfall.outcome
    if final is not None:
        left = run.allocation.uncovered
        said = f"{run.words.money(left)} uncovered" if left else "not reached"
        yield ValueAt(final.name.span, said, f"{said[0].upper()}{said[1:]}.")
