"""Progress of long work on standard error: a line now and then, on a terminal written over, or a bar."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from rulelang.base.money import Currency, Exact
from rulelang.base.render import visible

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

Progress = Callable[[int, int | None], None]
"""Told what is done, and how much there is in all as far as is known."""

_SECOND = 10**9
_SILENT, _BETWEEN, _BETWEEN_LINES = 2 * _SECOND, _SECOND, 10 * _SECOND
"""Nanoseconds until the first word, and between words on a terminal and in a file."""

_LONGEST = 50


class _Telling:
    """Says now and then how far long work has come, on a terminal over what it said before."""

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns, silent: int = _SILENT) -> None:
        """Begin to count the time."""
        self._clock, self._next = clock, clock() + silent
        self._terminal, self._said = sys.stderr.isatty(), False

    def _tell(self, words: Callable[[], str]) -> None:
        if self._clock() < self._next:
            return
        self._next = self._clock() + (_BETWEEN if self._terminal else _BETWEEN_LINES)
        self._said = True
        start, end = ("\r", "\x1b[K") if self._terminal else ("", "\n")
        click.echo(f"{start}{words()}{end}", err=True, nl=False)

    def done(self) -> None:
        """Clear the line on a terminal."""
        if self._said and self._terminal:
            click.echo("\r\x1b[K", err=True, nl=False)


class Walking(_Telling):
    """Says how far a walk has come."""

    def __init__(self, currency: Currency, words: str, clock: Callable[[], int] = time.monotonic_ns) -> None:
        """Begin to count the time."""
        super().__init__(clock)
        self._currency, self._words = currency, words

    def __call__(self, at: Exact) -> None:
        """The walk has come this far."""
        self._tell(lambda: f"walking: {self._currency.show(int(at))} of {self._words}")


class Asking(_Telling):
    """Says which of several questions is being asked."""

    def __call__(self, done: int, total: int, question: object) -> None:
        """So many of all are settled, and the next is asked; ``question`` has a ``text``."""
        text = visible(str(getattr(question, "text", question)))
        self._tell(lambda: f"{done} of {total} settled, asking: {text[:_LONGEST]}")


class Counting(_Telling):
    """Says how far a run has come, a line each ten seconds."""

    def __init__(self, rate: "Rate") -> None:
        """Begin to count the time."""
        super().__init__(rate.clock, _BETWEEN_LINES)
        self._rate = rate

    def __call__(self, done: int, total: int | None) -> None:
        """Say how far the run has come, if it was not said just before."""
        text = self._rate.told(done, total)
        self._tell(lambda: text)


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
        yield Counting(Rate(what))


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


def _bar() -> "Bar":
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    return Bar(BarColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True)


def _on_terminal(bar: "Bar", task: "TaskID", rate: Rate) -> Progress:
    def tell(done: int, total: int | None) -> None:
        bar.update(task, completed=done, total=total, description=rate.told(done, total))

    return tell
