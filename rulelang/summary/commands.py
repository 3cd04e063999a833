"""The command lines that a summary prints: each runs exactly one scenario through the interpreter."""

import datetime
import shlex
from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from rulelang.base.source import readable
from rulelang.summary.source import About


@frozen
class Arguments:
    """What a replay is given: rulebook, event, files of scenarios, options that bear on reading them.

    ``rulebook`` is ``None`` where the event is a day of a history that names it; ``on`` is that day, and ``before``
    what has to be run first.
    """

    rulebook: str | None = "RULEBOOK"
    event: str = "EVENT"
    scenarios: tuple[str, ...] = ("SCENARIOS",)
    options: tuple[str, ...] = ()
    old: str = "OLD"
    on: datetime.date | None = None
    before: str = ""

    @classmethod
    def of(
        cls,
        about: About,
        rulebook: str | None = None,
        event: str | None = None,
        scenarios: Sequence[str] = (),
        old: str | None = None,
        on: datetime.date | None = None,
    ) -> "Arguments":
        """The arguments of results; paths that are not known stand in capitals.

        ``on`` says of which day of a history; without a rulebook that is replayed under the one in its head.
        """
        files = tuple(scenarios) or about.scenarios or ("SCENARIOS",)
        options = reading_options(about.options)
        alone = rulebook is None and on is not None and event is not None
        return cls(None if alone else rulebook or "RULEBOOK", event or "EVENT", files, options, old or "OLD", on)

    def under_old(self) -> "Arguments":
        """The same under the old rulebook; both read the event to which the new one brings the history."""
        if self.on is None:
            return evolve(self, rulebook=self.old)
        made = _line(["rulelang", "event", "--on", str(self.on), "--out", _DAY], [self.rulebook, self.event])
        return evolve(self, rulebook=self.old, event=_DAY, on=None, before=f"{made} && ")


_DAY = "day.json"


def reading_options(options: Mapping[str, object]) -> tuple[str, ...]:
    """How scenarios are read, as a command line says it where that is not as usual."""
    said = ((name, options.get(name)) for name in ("unit", "floats"))
    return tuple(
        word for name, value in said if value is not None and value != "major" for word in (f"--{name}", str(value))
    )


def replay_command(
    arguments: Arguments, scenario: str, defaulting: Sequence[str] = (), givens: Sequence[str] = ()
) -> str:
    """The command that replays a scenario, as a shell reads it; ``givens`` are of the form ``NAME=VALUE``."""
    words = ["rulelang", "replay", *arguments.options]
    words += [] if arguments.on is None else ["--on", str(arguments.on)]
    for given in givens:
        words += ["--given", given]
    for member in defaulting:
        words += ["--defaulting", member]
    return arguments.before + _line(words, [arguments.rulebook, arguments.event, *arguments.scenarios, scenario])


def _line(words: Sequence[str], arguments: Sequence[str | None]) -> str:
    """A command line; what could be taken for an option stands behind `--`."""
    given = [word for word in arguments if word is not None]
    parted = ["--"] if any(word.startswith("-") for word in given) else []
    return readable(shlex.join([*words, *parted, *given]))
