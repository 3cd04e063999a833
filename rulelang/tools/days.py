"""Events for commands: a file, or a day of a history, which is an event like any other once it is made."""

import datetime
from pathlib import Path

import click

from rulelang.api.rulebooks import load_rulebook
from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.model.history import HistoryDay
from rulelang.syntax.nodes import instant
from rulelang.syntax.read import read_source

ENDING = ".history"


class Day(click.ParamType[datetime.date]):
    """A day, written year-month-day."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """The day; wrong use if there is none such."""
        if isinstance(value, datetime.date):
            return value
        found = instant(str(value))
        if found is None:
            self.fail(f"there is no day `{value}`; write it as 2018-09-11", param, ctx)
        return found


on_option = click.option("--on", "on", type=Day(), metavar="DATE", help="With a history: the event of this day of it.")
"""The option ``--on`` of the commands that take an event."""


def is_history(name: str | None) -> bool:
    """Whether an argument names a history."""
    return name is not None and Path(name).suffix == ENDING


def event_source(
    rulebook: str, event: str | None, on: datetime.date | None, *, compared: bool = False
) -> tuple[CheckedProgram, SourceText]:
    """The text of an event, and the rulebook under which it is run; see :func:`source_of`.

    A history that names its rulebook may stand alone, in the place of the rulebook.

    Raises:
        UsageError: there is no event; or see :func:`source_of`.
        RulelangError: see :func:`source_of`.
    """
    if event is None and is_history(rulebook):
        return source_of(None, rulebook, on, compared=compared)
    if event is None:
        raise click.UsageError("Missing argument 'EVENT': only a history that names its rulebook may stand alone")
    return source_of(load_rulebook(rulebook), event, on, compared=compared)


def source_of(
    program: CheckedProgram | None, name: str, on: datetime.date | None, *, compared: bool = False
) -> tuple[CheckedProgram, SourceText]:
    """The text of the event that an argument names, and the rulebook under which it is run.

    Of a history it is the event of the day ``on``, as JSON, and the rulebook is the one in force then: ``program``
    (``None``: the one in its head) unless the history has put another one in its place, which is refused where two
    are ``compared``.

    Raises:
        UsageError: a history without a day, or a day without a history.
        RulelangError: the history cannot be read, does not check, or has no such day; or see ``compared``.
    """
    if program is not None and not is_history(name):
        if on is not None:
            raise click.UsageError("--on goes with a history, a file that ends in .history")
        return program, read_source(Path(name))
    if on is None:
        raise click.UsageError("say of which day of the history, with --on DATE (or run all of it: `rulelang run`)")
    from rulelang.api.histories import load_history
    from rulelang.check.events.written import written_event
    from rulelang.histories.fold import event_on

    history = load_history(name, program)
    in_force, event = event_on(history, on)
    if compared and in_force is not history.program:
        message = f"on {on} another rulebook is in force than the two that are compared"
        raise RulelangError([finding("not-comparable", message, help="name a day before the history changes it")])
    source = written_event(in_force, event, f"{name}, {on}.json").source
    assert source is not None, "an event that was written and read has a source"
    return in_force, source


def day_of_history(rulebook: str, event: str | None, on: datetime.date) -> HistoryDay:
    """A day of the history that arguments name, as it ended.

    Raises:
        RulelangError: as :func:`event_source`.
    """
    from rulelang.api.histories import load_history
    from rulelang.histories.fold import require_day, run_history

    history = load_history(event or rulebook, None if event is None else load_rulebook(rulebook))
    require_day(history, on)
    day = run_history(history, on).on(on)
    assert day is not None, "a history has the days that it is required to have"
    return day


def load_day(rulebook: str, event: str | None, on: datetime.date | None) -> tuple[CheckedProgram, Event]:
    """The event that arguments name (a file, or a day of a history), and the rulebook under which it is run.

    Raises:
        UsageError, RulelangError: as :func:`event_source`.
    """
    in_force, source = event_source(rulebook, event, on)
    return in_force, check_event(source, in_force)
