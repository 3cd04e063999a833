"""What results are results of, as their metadata say it; the same run says the same, wherever it is made."""

from functools import cache
from pathlib import Path

import pyarrow
from attrs import asdict

from rulelang.check.program import CheckedProgram
from rulelang.document.write import Plain
from rulelang.model.event import Event
from rulelang.sweeps.options import SweepOptions


def about(
    program: CheckedProgram,
    event: Event,
    options: SweepOptions,
    scenarios: Plain,
    old: CheckedProgram | None = None,
) -> Plain:
    """Rulebook, event, scenarios, options and versions; ``old`` is the version that was compared with."""
    package, arrow = versions()
    data = [{"name": Path(source.name).name, "sha256": source.sha256} for source in event.data]
    return {
        "rulebook": program.named,
        **({} if old is None else {"against": old.named}),
        "event": {**event.named, "sha256": event.sha256, "data": data},
        "currency": program.currency.code,
        "scenarios": scenarios,
        "options": bearing(options),
        "versions": {"rulelang": package, "pyarrow": arrow},
    }


def bearing(options: SweepOptions) -> Plain:
    """The options that bear on the results."""
    found = asdict(options)
    del found["sample"]
    if options.cover is None:
        del found["cover"], found["cover_by"]
    if options.cover_groups is None:
        del found["cover_groups"]
    return found


@cache
def versions() -> tuple[str, str]:
    """The versions of what makes the bytes of results: this package and pyarrow."""
    from rulelang.base.version import __version__

    return __version__, str(pyarrow.__version__)
