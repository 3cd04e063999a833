"""Histories from Python: load one, run it."""

import datetime
from pathlib import Path

from rulelang.check.program import CheckedProgram
from rulelang.histories.fold import run_history
from rulelang.histories.history import History, read_history
from rulelang.model.history import HistoryResult
from rulelang.syntax.read import read_source


def load_history(path: str | Path, rulebook: CheckedProgram | None = None) -> History:
    """Read the history in a file with the rulebooks and tables that it names.

    A ``rulebook`` takes the place of the one in the head of the history.

    Raises:
        ReadError: a file cannot be read, or its text is not of the language.
        CheckError: a rulebook does not check, or the days are not in order.
    """
    return read_history(read_source(Path(path)), rulebook)


def evaluate_history(history: History, until: datetime.date | None = None) -> HistoryResult:
    """Run a history day after day (``until`` a day, that included): its ``days`` have a ``to_dict`` each.

    Raises:
        CheckError: a day does not fit what stands, such as a balance that differs.
        RunError: a run met what the rules do not allow.
        InternalError: a law of every run or of every day is broken; the fault is the program's.
    """
    return run_history(history, until)
