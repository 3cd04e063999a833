"""Runs from Python: load a rulebook, load an event, evaluate."""

from pathlib import Path

from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.run.interpret import interpret
from rulelang.syntax.read import read_source


def load_rulebook(path: str | Path) -> CheckedProgram:
    """Read and check the rulebook in a file.

    Its ``warnings`` hold the findings that do not stop a run.

    Raises:
        ReadError: the file cannot be read, or its text is not of the language.
        CheckError: the rulebook does not check.
    """
    return check_rulebook(read_source(Path(path)))


def loaded(rulebook: CheckedProgram | str | Path) -> CheckedProgram:
    """A rulebook as it was loaded, or the one in a file (as :func:`load_rulebook`)."""
    return rulebook if isinstance(rulebook, CheckedProgram) else load_rulebook(rulebook)


def parse_rulebook(text: str, name: str = "<rulebook>") -> CheckedProgram:
    """Check a rulebook given as text; it cannot name other files.

    Raises:
        ReadError, CheckError: as :func:`load_rulebook`.
    """
    return check_rulebook(SourceText.of(text, name))


def load_event(path: str | Path, rulebook: CheckedProgram) -> Event:
    """Read the event in a file (text, or JSON if its name ends in ``.json``) and hold it against a rulebook.

    Raises:
        ReadError: a file cannot be read, or its text is not of the language.
        CheckError: the event does not fit the rulebook.
    """
    return check_event(read_source(Path(path)), rulebook)


def evaluate(rulebook: CheckedProgram, event: Event) -> Allocation:
    """Run a rulebook against an event: who pays how much, what stays uncovered, and the trail that shows why.

    Raises:
        RunError: the run met what the rules do not allow, such as a negative limit or a missing decision.
        InternalError: a law of every run is broken; the fault is the program's.
    """
    return interpret(rulebook, event)
