"""``rulelang event``: a day of a history as an event of its own."""

import datetime
from pathlib import Path

import click

from rulelang.histories.fold import event_on
from rulelang.tools.days import Subject, in_order, on_option
from rulelang.tools.files import RulelangPath, put, require_outputs


@click.command("event")
@click.argument("paths", nargs=-1, required=True, metavar="[RULEBOOK] HISTORY", type=RulelangPath())
@on_option("The day of the history.", required=True)
@click.option("--out", type=RulelangPath(), help="Write to this file (JSON if it ends in .json), not standard output.")
def command(paths: tuple[str, ...], on: datetime.date, out: str | None) -> int:
    r"""Write the event that HISTORY comes to on a day: balances, earlier payments, open periods, losses of that day.

    Run alone, it gives what the history gives on that day. Without RULEBOOK, the history names its rulebook itself.

    \b
    Examples:
      rulelang event autumn-2018.history --on 2018-10-01
      rulelang event ccp.rules autumn-2018.history --on 2018-10-01 --out october.event
    """
    rulebook, history, others = in_order(paths)
    about = Subject(rulebook, history)
    if others or not about.is_history:
        raise click.UsageError("give a HISTORY (a file that ends in .history), perhaps with a RULEBOOK")
    require_outputs(out, inputs=paths)
    program, event = event_on(about.history(), on)
    if out is not None and Path(out).suffix == ".json":
        from rulelang.check.events.written import event_as_json, written_event

        written_event(program, event, out)  # it reads back as the same event, or nothing is written
        put(event_as_json(program, event), out)
        return 0
    from rulelang.check.events.as_text import event_as_text

    put(event_as_text(program, event), out)
    return 0
