"""Asks a solver in a process of its own, which is ended if it does not keep to its limit."""

import atexit
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fractions import Fraction
from functools import cache
from typing import Any, Literal  # an answer is JSON

from attrs import define, field, frozen

from rulelang.base.money import Exact

Answer = Literal["sat", "unsat", "unknown"]
WORK_PER_SECOND = 4_000_000
"""The steps that a solver takes in about a second; they bound it before its time does, so that runs are alike."""
_PATIENCE = 6
_LEAST_WORK = WORK_PER_SECOND // 100
"""Every question counts for so many steps at least: it has to be read."""


@frozen
class Answered:
    """What a solver says, with the values of the variables that were asked for if there is a solution.

    ``error`` is what it found wrong with the text; the answer is then ``unknown``.
    """

    answer: Answer
    values: Mapping[str, Exact | bool] = field(factory=dict)
    error: str | None = None


@define
class Solver:
    """A solver that answers one question at a time; its process starts with the first."""

    _left: int | None = field(default=None, init=False)
    _process: "subprocess.Popen[str] | None" = field(default=None, init=False)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Answers nothing more in the block once its questions together have taken the work of so many seconds."""
        before, self._left = self._left, int(seconds * WORK_PER_SECOND)
        try:
            yield
        finally:
            self._left = before

    @property
    def is_exhausted(self) -> bool:
        """Whether the work of the block is used up."""
        return self._left is not None and self._left <= 0

    def ask(
        self,
        text: str | None,
        seconds: float,
        *,
        values: Mapping[str, Exact | bool] | None = None,
        names: Mapping[str, bool] | None = None,
    ) -> Answered:
        """Whether a problem has a solution (``None``: the last one goes on) in which some variables have these values.

        ``names`` are the variables that are wanted, each with whether it is a truth.
        """
        if self.is_exhausted:
            return Answered("unknown")
        question = {
            "text": text,
            "values": {
                name: value if isinstance(value, bool) else str(Fraction(value))
                for name, value in (values or {}).items()
            },
            "names": dict(names or {}),
            "work": int(seconds * WORK_PER_SECOND),
            "seconds": max(1, int(seconds * _PATIENCE)),
        }
        line = self._exchange(json.dumps(question), seconds * _PATIENCE + _PATIENCE)
        found: dict[str, Any] = {"answer": "unknown", "values": {}} if line is None else json.loads(line)
        if self._left is not None:
            work: int = found.get("work", 0 if line is not None else int(seconds * WORK_PER_SECOND))
            self._left -= max(work, _LEAST_WORK)
        return Answered(
            found["answer"],
            {name: value if isinstance(value, bool) else Fraction(value) for name, value in found["values"].items()},
            found.get("error"),
        )

    def _exchange(self, question: str, most: float) -> str | None:
        """One question and its answer; ``None`` if none comes in time, or the process ends."""
        if self._process is None or self._process.poll() is not None:
            self.end()  # one that was ended because it took too long has pipes to close
            command = [sys.executable, "-m", "rulelang.proof.solving.solver_process"]
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, with a module of this package
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            atexit.register(self.end)
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        guard = threading.Timer(most, process.kill)
        guard.start()
        try:
            process.stdin.write(question + "\n")
            process.stdin.flush()
            return process.stdout.readline() or None
        except BrokenPipeError:
            return None
        finally:
            guard.cancel()

    def end(self) -> None:
        """End the process, and close its pipes."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):  # what was not read any more
                    stream.close()


@cache
def solver() -> Solver:
    """The solver that all questions of this process share."""
    return Solver()
