"""Settles a question: a proof, an event that refutes it, or neither with the reason."""

from collections.abc import Sequence

from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.proof.questions import Assumption
from rulelang.proof.verdict import Question, Settled, Unknown


def settle(
    question: Question,
    programs: Sequence[CheckedProgram],
    *,
    assumptions: Sequence[Assumption] = (),
    event: Event | None = None,
    most_members: int | None = None,
    timeout: float = 10,
) -> Settled:
    """What can be said of a question about a rulebook, or about two versions of it.

    With ``event`` it is settled for the members, data and givens of that event, the rest being free; with
    ``most_members`` for at most so many survivors and as many defaulters, instead of any number.  ``timeout`` bounds
    each question put to the solver, in seconds.
    """
    del programs, assumptions, event, most_members, timeout
    return Settled(question, Unknown("not found", "this question is not asked yet"), 0)
