"""A turn as plain values for programs, as the record of a run and an explanation both tell it."""

from rulelang.base.json_values import JsonObject
from rulelang.check.program import CheckedProgram
from rulelang.model.trail import Turn


def facts_of_turn(program: CheckedProgram, turn: Turn) -> JsonObject:
    """Which step it is, what became of it and what it drew; amounts are text in major units.

    Who tells more of a turn puts that beside these, and who cites otherwise puts that in the place of ``citation``.
    """
    step, plain = program.steps[turn.step], program.currency.plain
    return {
        "step": step.name,
        "title": step.title,
        "kind": step.kind,
        "segment": turn.segment,
        "round": turn.round,
        "defaulter": turn.defaulter,
        "citation": step.citation,
        "line": program.source.position(step.span.start).line,
        "status": turn.status.value,
        "loss_met": plain(turn.before),
        "capacity": None if turn.capacity is None else plain(turn.capacity),
        "part_of_group": None if turn.part is None else plain(turn.part),
        "drawn": plain(turn.drawn),
        "remaining": plain(turn.after),
    }
