"""The progress of a long run on standard error: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

Progress = Callable[[int, int | None], None]
"""Told what is done, and how much there is in all as far as is known."""

_SECOND = 10**9
_BETWEEN_LINES = 10 * _SECOND


@contextmanager
def progress(what: str, *, quiet: bool = False) -> Iterator[Progress | None]:
    """A function to tell how far a run has come, counted in ``what``; ``None`` if nothing is to be said."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar() as bar:
            task = bar.add_task(what, total=None, rate="")
            yield _on_terminal(bar, task, Rate(what))
    else:
        yield Lines(Rate(what))


class Rate:
    """How fast a run is, and how long it has to go; what was done before it started does not count."""

    def __init__(self, what: str, clock: Callable[[], int] = time.monotonic_ns) -> None:
        """Start counting ``what``."""
        self.what, self.clock = what, clock
        self.start, self.before = clock(), 0
        self.started = False

    def told(self, done: int, total: int | None) -> str:
        """How far the run has come, in words."""
        if not self.started:
            self.started, self.start, self.before = True, self.clock(), done
        passed = max(1, self.clock() - self.start)
        rate = (done - self.before) * _SECOND // passed
        text = f"{done:,} {self.what}" if total is None else f"{done:,} of {total:,} {self.what}"
        if not rate:
            return text
        left = "" if total is None else f", {duration(max(0, total - done) // rate)} left"
        return f"{text}, {rate:,} a second{left}"


def duration(seconds: int) -> str:
    """Seconds as hours, minutes and seconds: ``1:02:03``."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


class Lines:
    """Writes a line now and then."""

    def __init__(self, rate: Rate, write: Callable[[str], None] | None = None) -> None:
        """Write to standard error, unless told where else."""
        self.rate, self.write = rate, write or _to_standard_error
        self.last = rate.clock()

    def __call__(self, done: int, total: int | None) -> None:
        """Say how far the run has come, if it was not said just before."""
        text = self.rate.told(done, total)
        if self.rate.clock() - self.last >= _BETWEEN_LINES:
            self.last = self.rate.clock()
            self.write(text)


def _to_standard_error(text: str) -> None:
    click.echo(text, err=True)


def _bar() -> "Bar":
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    return Bar(BarColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True)


def _on_terminal(bar: "Bar", task: "TaskID", rate: Rate) -> Progress:
    def tell(done: int, total: int | None) -> None:
        bar.update(task, completed=done, total=total, description=rate.told(done, total))

    return tell
