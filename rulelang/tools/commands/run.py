"""``rulelang run``: who pays how much."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.suggest import did_you_mean
from rulelang.check.events.event import check_event, check_test_event
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.run.interpret import interpret
from rulelang.syntax.read import read_source
from rulelang.tools.cli import FINDINGS
from rulelang.tools.files import AUDIT_HELP, OUT_HELP, Output, RulelangPath, put, require_outputs
from rulelang.tools.formats import format_option, needs_file, rendered

if TYPE_CHECKING:
    from rulelang.document.document import Document, Reader


@click.command("run")
@click.argument("rulebook", type=RulelangPath())
@click.argument("event", type=RulelangPath(), required=False)
@click.option("--test", "test", metavar="TITLE", help="Run the event of this test of the rulebook instead of a file.")
@format_option(what="the allocation")
@click.option("--audit", type=RulelangPath(), help=AUDIT_HELP)
@click.option("--out", type=RulelangPath(), help=OUT_HELP)
def command(rulebook: str, event: str | None, test: str | None, form: str, audit: str | None, out: str | None) -> int:
    r"""Run RULEBOOK against EVENT and print who pays how much, step by step.

    Exit code 0: all invariants hold, 1: an `ensure` is broken (the allocation stands), 3: an input cannot be read,
    does not check, or the run met what the rules do not allow.

    \b
    Examples:
      rulelang run ccp.rules events/2018.event
      rulelang run ccp.rules events/2018.event --format json
      rulelang run ccp.rules events/2018.event --audit 2018.audit.json
      rulelang run ccp.rules --test "the 2018 default" --format xlsx --out 2018.xlsx
    """
    if (event is None) == (test is None):
        raise click.UsageError("give an EVENT, or the title of a test with --test")
    needs_file(form, out)
    require_outputs(audit, out, inputs=(rulebook, event))
    program = check_rulebook(read_source(Path(rulebook)))
    resolved = check_event(read_source(Path(event)), program) if event is not None else test_event(program, test or "")
    allocation = interpret(program, resolved)
    text = told(allocation, form, out)
    put(text, out, recorded(program, resolved, allocation, audit))
    return 0 if allocation.holds else FINDINGS


def test_event(program: CheckedProgram, title: str) -> Event:
    """The event of a test, by the title of the test."""
    titles = [test.title for test in program.tests]
    for test in program.tests:
        if test.title == title:
            return check_test_event(program, test)
    advice = did_you_mean(title, titles)
    raise RulelangError([finding("unknown-test", f'the rulebook has no test "{title}"', help=advice)])


def told(allocation: Allocation, form: str, out: str | None) -> str | bytes:
    """An allocation in one of the formats."""
    return rendered(partial(_document, allocation), allocation.to_dict, form, out)


def _document(allocation: Allocation, reader: "Reader") -> "Document":
    from rulelang.document.allocation import allocation_document  # JSON needs none of it

    return allocation_document(allocation, reader)


def recorded(program: CheckedProgram, event: Event, allocation: Allocation, audit: str | None) -> Output:
    """The audit record of a run, to go to the file ``audit``, if there is to be one."""
    if audit is None:
        return b"", None
    from rulelang.audit.record import canonical, make_record
    from rulelang.base.version import __version__

    return canonical(make_record(program, event, allocation, __version__)), audit
