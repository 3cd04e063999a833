"""An independent evaluator of the language, to hold the package against.

It was written from the language's contract alone and shares no code with the package: its own reader (by recursive
descent, without a grammar), its own checks and its own run, one member and one segment at a time with exact fractions.
Where both agree on a random case, a mistake would have to be made twice.  ``NOTES.md`` says how it reads the contract
where that leaves a choice.

    python -m tests.oracle RULEBOOK EVENT                     what the oracle gives, as JSON
    python -m tests.oracle [RULEBOOK] X.history               the same of a history
    python -m tests.oracle --random 20000 --seed 1            compare the package with it on random cases
    python -m tests.oracle --random 20000 --over-time         the same with the forms of the second edition
    python -m tests.oracle --cases tests/cases/valid          compare on the cases below a folder
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.oracle.check import parse_rulebook
from tests.oracle.event import load_event
from tests.oracle.history import run_history
from tests.oracle.run import Run
from tests.oracle.tables import Files
from tests.oracle.words import OracleError, bad_event

__all__ = [
    "OracleError",
    "evaluate_files",
    "evaluate_history_files",
    "evaluate_history_texts",
    "evaluate_texts",
]


def evaluate_texts(rulebook: str, event: str, files: Files = None) -> dict[str, Any]:
    """The result of a run; ``files`` holds the CSV files by name.

    Raises:
        OracleError: the contract asks for an error.
    """
    checked = parse_rulebook(rulebook)
    return Run(checked, load_event(event, checked, files=files)).run()


def evaluate_files(rulebook: Path, event: Path) -> dict[str, Any]:
    """The same from files.

    Raises:
        OracleError: as :func:`evaluate_texts`.
    """
    checked = parse_rulebook(rulebook.read_text("utf-8"))
    return Run(checked, load_event(event.read_text("utf-8"), checked, event.parent)).run()


def evaluate_history_texts(history: str, files: Mapping[str, str], head: str | None = None) -> dict[str, Any]:
    """What a history gives; ``files`` holds rulebooks and tables by name, ``head`` is the first rulebook's text.

    Raises:
        OracleError: the contract asks for an error.
    """

    def book(name: str) -> str:
        if name not in files:
            bad_event(f"{name}: no such file")
        return files[name]

    return run_history(history, book, head, files=files)


def evaluate_history_files(history: Path, rulebook: Path | None = None) -> dict[str, Any]:
    """The same from files.

    Raises:
        OracleError: as :func:`evaluate_history_texts`.
    """

    def book(name: str) -> str:
        try:
            return (history.parent / name).read_text("utf-8")
        except OSError as error:
            bad_event(f"{name}: {error}")

    head = None if rulebook is None else rulebook.read_text("utf-8")
    return run_history(history.read_text("utf-8"), book, head, history.parent)
