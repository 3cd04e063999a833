"""What commands are about: a rulebook and an event, or a history and a day of it, which is an event once it is made."""

import datetime
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from rulelang.api.rulebooks import load_rulebook
from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.source import SourceText
from rulelang.base.values import ComparedByValue
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.model.history import HistoryDay
from rulelang.syntax.nodes import instant
from rulelang.syntax.read import read_source
from rulelang.tools.files import RulelangPath

if TYPE_CHECKING:
    from rulelang.histories.history import History

ENDING = ".history"
_RULEBOOK = ".rules"
_OF_HISTORY = "With a history: the event of this day of it."
_OF_HISTORY_ALONE = "With a history (alone, if it names its rulebook): the event of this day of it."
Command = TypeVar("Command", bound=Callable[..., object])


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


def on_option(words: str = _OF_HISTORY, *, required: bool = False) -> Callable[[Command], Command]:
    """The option ``--on`` of the commands that take an event."""
    return click.option("--on", "on", type=Day(), required=required, metavar="DATE", help=words)


def is_history(name: str) -> bool:
    """Whether an argument names a history."""
    return Path(name).suffix == ENDING


def require_no_day(on: datetime.date | None) -> None:
    """Make sure that no day is named where there is no history.

    Raises:
        UsageError: one is.
    """
    if on is not None:
        raise click.UsageError("--on goes with a history, a file that ends in .history")


def in_order(paths: Sequence[str]) -> tuple[str | None, str | None, tuple[str, ...]]:
    """The rulebook, the event or history, and the files behind them, in whichever order they were given.

    A history may stand behind the rulebook under which it is run, before it, or alone: then the rulebook (``None``) is
    the one in its head.
    """
    first, *others = paths
    if not is_history(first):
        return first, others[0] if others else None, tuple(others[1:])
    if others and Path(others[0]).suffix == _RULEBOOK:
        return others[0], first, tuple(others[1:])
    return None, first, tuple(others)


class Subject(ComparedByValue):
    """What a command is about, by what its arguments name.

    Without a ``rulebook`` the ``event`` is a history, run under the one in its head; ``on`` is the day of it that is
    meant.
    """

    rulebook: str | None
    event: str | None
    on: datetime.date | None = None

    @property
    def paths(self) -> tuple[str | None, str | None]:
        """What is read of it."""
        return self.rulebook, self.event

    @property
    def is_history(self) -> bool:
        """Whether it is a history, or a day of one."""
        return self.event is not None and is_history(self.event)

    def history(self) -> "History":
        """The history, under the rulebook in its head or another one.

        Raises:
            RulelangError: it, or the rulebook, cannot be read or does not check.
        """
        from rulelang.api.histories import load_history

        assert self.event is not None
        return load_history(self.event, self._program())

    def source(self, *, compared: bool = False) -> tuple[CheckedProgram, SourceText]:
        """The text of the event, and the rulebook under which it is run; see :func:`source_of`.

        Raises:
            UsageError: there is no event; or see :func:`source_of`.
            RulelangError: see :func:`source_of`.
        """
        if self.event is None:
            raise click.UsageError("Missing argument 'EVENT': only a history that names its rulebook may stand alone")
        return source_of(self._program(), self.event, self.on, compared=compared)

    def day(self, on: datetime.date) -> HistoryDay:
        """A day of the history, as it ended.

        Raises:
            RulelangError: as :meth:`history`, or it has no such day.
        """
        from rulelang.histories.fold import require_day, run_history

        history = self.history()
        require_day(history, on)
        day = run_history(history, on).on(on)
        assert day is not None, "a history has the days that it is required to have"
        return day

    def load(self) -> tuple[CheckedProgram, Event]:
        """The event, and the rulebook under which it is run.

        Raises:
            UsageError, RulelangError: as :meth:`source`.
        """
        in_force, source = self.source()
        return in_force, check_event(source, in_force)

    def _program(self) -> CheckedProgram | None:
        return None if self.rulebook is None else load_rulebook(self.rulebook)


def subject(
    *,
    rulebook: str = "RULEBOOK",
    event: str = "[EVENT]",
    required: bool = True,
    on: str = _OF_HISTORY_ALONE,
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """The arguments of a command about a rulebook and an event, or a history, by their names in its help; and ``--on``.

    The command gets them as ``about``, and its ``scenarios``, if it takes any, from where they begin.
    """

    def decorated(command: Callable[..., int]) -> Callable[..., int]:
        @click.argument("rulebook", metavar=rulebook, type=RulelangPath(), required=required)
        @click.argument("event", metavar=event, type=RulelangPath(), required=False)
        @on_option(on)
        @wraps(command)
        def ordered(
            *,
            rulebook: str | None,
            event: str | None,
            on: datetime.date | None,
            scenarios: tuple[str, ...] | None = None,
            **others: object,
        ) -> int:
            if rulebook is None:
                return command(about=Subject(None, None, on), **others)
            paths = [path for path in (rulebook, event, *(scenarios or ())) if path is not None]
            rulebook, event, behind = in_order(paths)
            if scenarios is not None:
                if not behind:
                    raise click.UsageError("Missing argument 'SCENARIOS...'.")
                others["scenarios"] = behind
            elif behind:
                raise click.UsageError(f"{behind[0]} is no rulebook under which a history is run: it ends in .rules")
            return command(about=Subject(rulebook, event, on), **others)

        return ordered

    return decorated


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
        require_no_day(on)
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
