"""Names of steps and data over several rulebooks of a history, where they go on by ``formerly``."""

from collections.abc import Mapping

from rulelang.check.program import CheckedProgram

Names = tuple[str, ...]
"""The names that a step or a datum had under the rulebooks of a history, today's last."""


def names_known(program: CheckedProgram) -> Mapping[str, str]:
    """What a rulebook calls its steps and data, by their present and their former names."""
    return {**program.data_by_any_name, **{name: step.name for name, step in program.steps_by_any_name.items()}}


def names_today(names: Names, known: Mapping[str, str]) -> Names:
    """The names of a step or a datum when another rulebook comes into force, which knows these.

    The newest name that it knows holds, so that a rulebook which comes back knows again what was paid under it.
    """
    now = next((known[name] for name in reversed(names) if name in known), names[-1])
    return names if now == names[-1] else (*names, now)
