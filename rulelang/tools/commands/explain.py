"""``rulelang explain``: a run in sentences, or the page of a diagnostic."""

import json
from pathlib import Path

import click

from rulelang.base.codes import CODES
from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.pages import page
from rulelang.base.suggest import did_you_mean
from rulelang.tools.cli import terminal_width
from rulelang.tools.files import OUT_HELP, RulelangPath, put


@click.command("explain")
@click.argument("subject", metavar="RULEBOOK|CODE", required=False, type=RulelangPath())
@click.argument("event", required=False, type=RulelangPath())
@click.option("--payer", metavar="ID", help="Only what concerns this member, party or `ccp`.")
@click.option("--step", metavar="NAME", help="Only this step, with all its payers.")
@click.option("--rejected", is_flag=True, help="Also what was looked at and not taken: skipped steps, slack limits.")
@click.option("--test", metavar="TITLE", help="Explain the run of this test of the rulebook instead of an EVENT.")
@click.option("--codes", is_flag=True, help="List the codes of all diagnostics.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True, help="How."
)
@click.option("--out", type=RulelangPath(), help=OUT_HELP)
def command(  # noqa: PLR0913 - one parameter for each option
    subject: str | None,
    event: str | None,
    payer: str | None,
    step: str | None,
    rejected: bool,
    test: str | None,
    codes: bool,
    form: str,
    out: str | None,
) -> int:
    r"""Explain the run of RULEBOOK against EVENT as sentences with amounts, formulas and citations.

    With one argument, explain the diagnostic CODE: what it means, why it matters, what to write instead.

    \b
    Examples:
      rulelang explain ccp.rules events/2018.event
      rulelang explain ccp.rules events/2018.event --payer FORTUM
      rulelang explain ccp.rules events/2018.event --step calls --rejected
      rulelang explain uncapped-assessment
    """
    if codes:
        put(_list_of_codes(), out)
        return 0
    if subject is None:
        raise click.UsageError("give a RULEBOOK and an EVENT, or the CODE of a diagnostic")
    if event is None and test is None:
        put(_page(subject), out)
        return 0
    if event is not None and test is not None:
        raise click.UsageError("give an EVENT or --test, not both")
    put(_explained(subject, event, test, payer, step, rejected=rejected, form=form), out)
    return 0


def _list_of_codes() -> str:
    width = max(map(len, CODES))
    rows = sorted(CODES.items(), key=lambda item: (["error", "warning", "note"].index(item[1].severity), item[0]))
    return "".join(f"{code:<{width}}  {entry.severity:<7}  {entry.title}\n" for code, entry in rows)


def _page(code: str) -> str:
    if code not in CODES:
        advice = did_you_mean(code, CODES) or "`rulelang explain --codes` lists them; to explain a run add an EVENT"
        raise RulelangError([finding("unknown-code", f"no diagnostic has the code `{code}`", help=advice)])
    return page(code)


def _explained(
    rulebook: str,
    event: str | None,
    test: str | None,
    payer: str | None,
    step: str | None,
    *,
    rejected: bool,
    form: str,
) -> str:
    from rulelang.check.events.event import check_event
    from rulelang.check.rulebook import check_rulebook
    from rulelang.explain.explain import explain
    from rulelang.run.interpret import interpret
    from rulelang.syntax.read import read_source
    from rulelang.tools.commands.run import test_event

    program = check_rulebook(read_source(Path(rulebook)))
    loaded = test_event(program, test) if test is not None else check_event(read_source(Path(event or "")), program)
    told = explain(program, loaded, interpret(program, loaded), payer=payer, step=step, rejected=rejected)
    if form == "json":
        return json.dumps(told.to_dict(), indent=2, ensure_ascii=False) + "\n"
    return told.to_markdown() if form == "markdown" else told.to_text(terminal_width())
