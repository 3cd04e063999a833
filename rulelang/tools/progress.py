"""Progress of long work on standard error: nothing for two seconds, then a line that is written over."""

import sys
import time
from collections.abc import Callable

import click

from rulelang.base.money import Currency, Exact
from rulelang.base.render import visible

_SILENT, _BETWEEN, _BETWEEN_LINES = 2, 1, 10
"""Seconds until the first word, and between words on a terminal and in a file."""

_LONGEST = 50


class _Telling:
    """Says now and then how far long work has come, on a terminal over what it said before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin to count the time."""
        self._clock, self._next = clock, clock() + _SILENT
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


class Progress(_Telling):
    """Says how far a walk has come."""

    def __init__(self, currency: Currency, words: str, clock: Callable[[], float] = time.monotonic) -> None:
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
