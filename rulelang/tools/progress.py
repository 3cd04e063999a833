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


class Progress:
    """Says how far a walk has come."""

    def __init__(self, currency: Currency, words: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin to count the time."""
        self._currency, self._words, self._clock = currency, words, clock
        self._next = clock() + _SILENT
        self._terminal = sys.stderr.isatty()
        self._said = False

    def __call__(self, at: Exact) -> None:
        """The walk has come this far."""
        if self._clock() < self._next:
            return
        self._next = self._clock() + (_BETWEEN if self._terminal else _BETWEEN_LINES)
        self._said = True
        amount = self._currency.show(int(at))
        start, end = ("\r", "\x1b[K") if self._terminal else ("", "\n")
        click.echo(f"{start}walking: {amount} of {self._words}{end}", err=True, nl=False)

    def done(self) -> None:
        """Clear the line on a terminal."""
        if self._said and self._terminal:
            click.echo("\r\x1b[K", err=True, nl=False)


class Asking:
    """Says which of several questions is being asked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin to count the time."""
        self._clock, self._next = clock, clock() + _SILENT
        self._terminal, self._said = sys.stderr.isatty(), False

    def __call__(self, done: int, total: int, question: object) -> None:
        """So many of all are settled, and the next is asked; ``question`` has a ``text``."""
        if self._clock() < self._next:
            return
        self._next = self._clock() + (_BETWEEN if self._terminal else _BETWEEN_LINES)
        self._said = True
        text = visible(str(getattr(question, "text", question)))
        start, end = ("\r", "\x1b[K") if self._terminal else ("", "\n")
        click.echo(f"{start}{done} of {total} settled, asking: {text[:_LONGEST]}{end}", err=True, nl=False)

    def done(self) -> None:
        """Clear the line on a terminal."""
        if self._said and self._terminal:
            click.echo("\r\x1b[K", err=True, nl=False)
