"""``rulelang run``: who pays how much."""

from functools import partial
from typing import TYPE_CHECKING

import click

from rulelang.api.rulebooks import load_event, load_rulebook
from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.suggest import did_you_mean
from rulelang.check.events.event import check_test_event
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.run.interpret import interpret
from rulelang.tools.cli import FINDINGS
from rulelang.tools.days import Subject, require_no_day, subject
from rulelang.tools.files import Output, RulelangPath, require_outputs
from rulelang.tools.formats import Reply, format_option, out_option

if TYPE_CHECKING:
    from rulelang.document.document import Document
    from rulelang.document.table import Reader

audit_option = click.option(
    "--audit",
    type=RulelangPath(),
    help="Write the audit record of the run to this file; `-`: it alone to standard output.",
)


@click.command("run")
@subject(on="Of a history, only this day of it.")
@click.option("--test", "test", metavar="TITLE", help="Run the event of this test of the rulebook instead of a file.")
@format_option(what="the allocation")
@audit_option
@out_option()
def command(about: Subject, test: str | None, audit: str | None, reply: Reply) -> int:
    r"""Run RULEBOOK against EVENT and print who pays how much, step by step.

    EVENT may be a history (*.history), which is run day after day; one that names its rulebook may stand alone.

    Exit code 0: all invariants hold, 1: an `ensure` is broken (the allocation stands), 3: an input cannot be read,
    does not check, or the run met what the rules do not allow.

    \b
    Examples:
      rulelang run ccp.rules events/2018.event
      rulelang run ccp.rules events/2018.event --format json
      rulelang run ccp.rules events/2018.event --audit 2018.audit.json
      rulelang run autumn-2018.history --format xlsx --out autumn.xlsx
      rulelang run autumn-2018.history --on 2018-10-01
      rulelang run ccp.rules --test "the 2018 default" --format xlsx --out 2018.xlsx
    """
    if about.is_history and test is None:
        return _run_history(about, audit, reply)
    rulebook, event = about.paths
    require_no_day(about.on)
    if rulebook is None or (event is None) == (test is None):
        raise click.UsageError("give an EVENT, or the title of a test with --test")
    require_outputs(reply.out, audit=audit, inputs=(rulebook, event))
    program = load_rulebook(rulebook)
    return tell_run(
        program, load_event(event, program) if event is not None else test_event(program, test or ""), audit, reply
    )


def _run_history(about: Subject, audit: str | None, reply: Reply) -> int:
    """Run a history, write its days (or one of them) and, if there is to be one, its audit record; the exit code."""
    from rulelang.histories.document import history_document
    from rulelang.histories.fold import one_day, run_history

    require_outputs(reply.out, audit=audit, inputs=about.paths)
    loaded, on = about.history(), about.on
    found = run_history(loaded, on)
    record: Output = b"", None
    if audit is not None:
        if on is not None:
            message = (
                "--audit keeps a record of all days: leave out --on, or write the day's event with `rulelang event`"
            )
            raise click.UsageError(message)
        from rulelang.audit.histories import history_record
        from rulelang.base.version import __version__

        record = history_record(loaded, found, __version__), audit
    told = found if on is None else one_day(loaded, found, on)
    reply.tell(partial(history_document, told), told.to_dict, record)
    return 0 if all(day.run is None or day.run.holds for day in told.days) else FINDINGS


def test_event(program: CheckedProgram, title: str) -> Event:
    """The event of a test, by the title of the test.

    Raises:
        RulelangError: there is no such test, or its event does not fit.
    """
    titles = [test.title for test in program.tests]
    for test in program.tests:
        if test.title == title:
            return check_test_event(program, test)
    advice = did_you_mean(title, titles)
    raise RulelangError([finding("unknown-test", f'the rulebook has no test "{title}"', help=advice)])


def tell_run(program: CheckedProgram, event: Event, audit: str | None, reply: Reply) -> int:
    """Run an event, write its allocation and, if there is to be one, its audit record; the exit code."""
    allocation = interpret(program, event)
    record: Output = b"", None
    if audit is not None:
        from rulelang.audit.record import canonical, make_record
        from rulelang.base.version import __version__

        record = canonical(make_record(program, event, allocation, __version__)), audit
    reply.tell(partial(_document, allocation), allocation.to_dict, record)
    return 0 if allocation.holds else FINDINGS


def _document(allocation: Allocation, reader: "Reader") -> "Document":
    from rulelang.document.allocation import allocation_document  # JSON needs none of it

    return allocation_document(allocation, reader)
