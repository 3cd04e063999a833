"""``rulelang report``: one self-contained page that a risk committee can read."""

from functools import cache

import click

from rulelang.api.rulebooks import load_rulebook
from rulelang.base.extras import require
from rulelang.base.source import SourceText
from rulelang.check.events.amounts import amount_in
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.syntax.read import read_source
from rulelang.tools.days import Subject, subject
from rulelang.tools.files import RulelangPath, put, require_outputs
from rulelang.tools.proving import proof_of


@click.command("report")
@subject()
@click.option("--against", metavar="OLD", type=RulelangPath(), help="An older version of the rulebook to compare with.")
@click.option("--to", metavar="AMOUNT", help="The largest loss to go to, as in `EUR 2 billion` or `2000000000`.")
@click.option("--fixed", is_flag=True, help="Only the event's own loss, without a slider.")
@click.option("--prove", is_flag=True, help="Also what holds for all events, of RULEBOOK or of both versions.")
@click.option("--payer", metavar="ID", help="Of a history: the line of this payer alone, open.")
@click.option("--brief", is_flag=True, help="Of a history: its days do not open; a much smaller file.")
@click.option("--out", required=True, type=RulelangPath(), help="Write the page to this file (whole or not at all).")
def command(  # noqa: PLR0913 - one parameter for each option
    about: Subject,
    against: str | None,
    to: str | None,
    fixed: bool,
    prove: bool,
    payer: str | None,
    brief: bool,
    out: str,
) -> int:
    r"""Write one self-contained HTML page about RULEBOOK in EVENT: the waterfall, the loss on a slider, who pays.

    Every payer is recomputed in the page, exactly, for each loss.  Where a rulebook makes an amount that no straight
    line of the loss can follow, use --fixed.

    For EVENT a history may stand, also by itself: the page then has its time line, its pots, every day with its run,
    which opens into the page of that day (not with --brief), and the line of each payer.  With --on the page is about
    the event of one day of it.

    \b
    Examples:
      rulelang report ccp.rules events/2018.event --out 2018.html
      rulelang report new.rules events/2018.event --against old.rules --out change.html
      rulelang report ccp.rules events/2018.event --to "EUR 2 billion" --out 2018.html
      rulelang report ccp.rules events/2018.event --fixed --out 2018.html
      rulelang report new.rules events/2018.event --against old.rules --prove --out change.html
      rulelang report autumn-2018.history --out autumn.html
      rulelang report autumn-2018.history --payer FORTUM --out fortum.html
      rulelang report autumn-2018.history --on 2018-09-11 --out day.html
    """
    if about.is_history and about.on is None:
        if against is not None or to is not None or fixed or prove:
            raise click.UsageError("--against, --to, --fixed and --prove are about one event: name a day with --on")
        put(_history_page(about, payer, out, opening=not brief), out)
        return 0
    if payer is not None or brief:
        message = "--payer and --brief are about a whole history: the page of an event has all payers in its table"
        raise click.UsageError(message)
    if fixed and to is not None:
        raise click.UsageError("--fixed is about the event's own loss alone: leave --to out")
    if prove:
        require("prove")
    require_outputs(out, inputs=(*about.paths, against))
    program, source = about.source(compared=against is not None)
    units = None if to is None else amount_in(to, program.currency)
    text = _page(program, source, against, units, fixed=fixed, prove=prove)
    put(text, out)
    return 0


def _history_page(about: Subject, payer: str | None, out: str, *, opening: bool) -> str:
    from rulelang.base.version import __version__
    from rulelang.histories.fold import run_history
    from rulelang.report.history_lines import payers_of
    from rulelang.report.history_page import render_history

    require_outputs(out, inputs=about.paths)
    found = about.history()
    read = [source.name for source in (*(program.source for program in found.programs), *found.data)]
    require_outputs(out, inputs=read)
    result = run_history(found)
    if payer is not None and payer not in payers_of(result):
        raise click.UsageError(f"--payer: `{payer}` is charged, owes and is repaid nothing in this history")
    programs = {program.source.sha256: program for program in found.programs}
    return render_history(result, programs, __version__, payer, opening=opening)


def _page(
    program: CheckedProgram, source: SourceText, against: str | None, to: int | None, *, fixed: bool, prove: bool
) -> str:
    from rulelang.base.version import __version__
    from rulelang.report.data import make_report
    from rulelang.report.page import render_page

    read = cache(read_source)  # of two versions each is given the same files
    resolved = check_event(source, program, read)
    if to is not None and to < resolved.loss:
        raise click.UsageError(f"--to must not be below the event's own loss, {program.currency.show(resolved.loss)}")
    older = None
    if against is not None:
        old = load_rulebook(against)
        older = (old, check_event(source, old, read))
    proof = proof_of([program] if older is None else [older[0], program]) if prove else None
    return render_page(make_report(program, resolved, older, fixed=fixed, to=to, proof=proof), __version__)
