"""Statements from Python: what one payer is told of a run or a history."""

from rulelang.check.program import CheckedProgram
from rulelang.histories.fold import run_history
from rulelang.histories.history import History
from rulelang.model.event import Event
from rulelang.run.interpret import interpret
from rulelang.statements.statement import Statement, statements_of_history, statements_of_run


def statement(rulebook: CheckedProgram, event: Event, payer: str) -> Statement:
    """What ``payer`` pays in the run of an event, under which rule, computed how; of others it says totals alone.

    It has ``lines`` with amounts in minor units, and a ``to_dict``.

    Raises:
        CheckError: there is no such payer.
        RunError: the run met what the rules do not allow.
    """
    return next(statements_of_run(rulebook, event, interpret(rulebook, event), (payer,)))


def history_statement(history: History, payer: str) -> Statement:
    """What ``payer`` pays, owes and receives on all days of a history; see :func:`statement`.

    Raises:
        CheckError: a day does not fit what stands, or there is no such payer.
        RunError: a run met what the rules do not allow.
    """
    return next(statements_of_history(run_history(history), history.programs, (payer,)))
