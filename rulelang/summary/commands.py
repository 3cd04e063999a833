"""The command lines that a summary prints: each runs exactly one scenario through the interpreter."""

import shlex
from collections.abc import Mapping, Sequence

from attrs import frozen

from rulelang.base.source import readable
from rulelang.summary.source import About


@frozen
class Arguments:
    """What a replay is given: rulebook, event, files of scenarios, options that bear on reading them."""

    rulebook: str = "RULEBOOK"
    event: str = "EVENT"
    scenarios: tuple[str, ...] = ("SCENARIOS",)
    options: tuple[str, ...] = ()
    old: str = "OLD"

    @classmethod
    def of(
        cls,
        about: About,
        rulebook: str | None = None,
        event: str | None = None,
        scenarios: Sequence[str] = (),
        old: str | None = None,
    ) -> "Arguments":
        """The arguments of results; paths that are not known stand in capitals."""
        files = tuple(scenarios) or about.scenarios or ("SCENARIOS",)
        return cls(rulebook or "RULEBOOK", event or "EVENT", files, reading_options(about.options), old or "OLD")


def reading_options(options: Mapping[str, object]) -> tuple[str, ...]:
    """How scenarios are read, as a command line says it where that is not as usual."""
    said = ((name, options.get(name)) for name in ("unit", "floats", "on"))
    return tuple(
        word for name, value in said if value is not None and value != "major" for word in (f"--{name}", str(value))
    )


def replay_command(
    arguments: Arguments, scenario: str, defaulting: Sequence[str] = (), givens: Sequence[str] = ()
) -> str:
    """The command that replays a scenario, as a shell reads it; ``givens`` are of the form ``NAME=VALUE``."""
    words = ["rulelang", "replay", *arguments.options]
    for given in givens:
        words += ["--given", given]
    for member in defaulting:
        words += ["--defaulting", member]
    words += ["--", arguments.rulebook, arguments.event, *arguments.scenarios, scenario]
    if not any(word.startswith("-") for word in words[words.index("--") + 1 :]):
        words.remove("--")
    return readable(shlex.join(words))
