"""``rulelang explain``: a run in sentences, or the page of a diagnostic."""

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from rulelang.base.codes import CODES
from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.pages import page
from rulelang.base.suggest import did_you_mean
from rulelang.tools.cli import terminal_width
from rulelang.tools.days import Subject, require_no_day, subject
from rulelang.tools.files import OUT_HELP, RulelangPath, put, require_outputs
from rulelang.tools.formats import Reply, format_option

if TYPE_CHECKING:
    from rulelang.document.document import Document
    from rulelang.document.table import Reader


@click.command("explain")
@subject(rulebook="[RULEBOOK|CODE]", required=False)
@click.option("--payer", metavar="ID", help="Only what concerns this member, party or `ccp`.")
@click.option("--step", metavar="NAME", help="Only this step, with all its payers.")
@click.option("--rejected", is_flag=True, help="Also what was looked at and not taken: skipped steps, slack limits.")
@click.option("--test", metavar="TITLE", help="Explain the run of this test of the rulebook instead of an EVENT.")
@click.option("--codes", is_flag=True, help="List the codes of all diagnostics.")
@format_option(what="the explanation")
@click.option("--out", type=RulelangPath(), help=OUT_HELP)
def command(  # noqa: PLR0913 - one parameter for each option
    about: Subject,
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
    rulebook, event = about.paths
    if event is None:
        require_no_day(about.on)
    if (codes or (event is None and test is None)) and (payer is not None or step is not None or rejected):
        raise click.UsageError("--payer, --step and --rejected are about a run: give its RULEBOOK and EVENT")
    require_outputs(out, inputs=about.paths)
    if form in ("csv", "xlsx") and not codes:
        raise click.UsageError(f"an explanation is text: {form} has no columns for it; take markdown or html")
    reply = Reply(form, out)
    if codes:
        reply.tell(_codes_document, _codes, text=_list_of_codes)
        return 0
    if rulebook is None and event is None:
        raise click.UsageError("give a RULEBOOK and an EVENT, or the CODE of a diagnostic")
    if rulebook is not None and event is None and test is None:
        _explain_code(rulebook, reply)
        return 0
    if event is not None and test is not None:
        raise click.UsageError("give an EVENT or --test, not both")
    _explain_run(about, test, reply, payer=payer, step=step, rejected=rejected)
    return 0


def _codes() -> list[dict[str, str]]:
    """The codes, errors first."""
    order = ["error", "warning", "note"]
    codes = sorted(CODES.items(), key=lambda item: (order.index(item[1].severity), item[0]))
    return [{"code": code, "severity": entry.severity, "title": entry.title} for code, entry in codes]


def _codes_document(_reader: "Reader") -> "Document":
    from rulelang.document.document import Document, Section
    from rulelang.document.table import Column, Table, name, rows_of

    columns = (Column("code"), Column("severity"), Column("title"))
    table = Table("Codes", columns, rows_of(*([*map(name, each.values())] for each in _codes())))
    return Document(("The codes of all diagnostics",), (Section(table=table),), records=table)


def _list_of_codes() -> str:
    width = max(map(len, CODES))
    return "".join(f"{each['code']:<{width}}  {each['severity']:<7}  {each['title']}\n" for each in _codes())


def _explain_code(code: str, reply: Reply) -> None:
    if code not in CODES:
        advice = did_you_mean(code, CODES) or "`rulelang explain --codes` lists them; to explain a run add an EVENT"
        raise RulelangError([finding("unknown-code", f"no diagnostic has the code `{code}`", help=advice)])
    text = page(code)
    if reply.form == "markdown":
        put(text, reply.out)
        return
    entry = CODES[code]
    plain = {"code": code, "severity": entry.severity, "title": entry.title, "page": text}
    reply.tell(partial(_page_document, code, text), lambda: plain, text=lambda: text)


def _page_document(code: str, text: str, _reader: "Reader") -> "Document":
    """The page of a code: its headings, its paragraphs, and its examples as they stand."""
    from rulelang.document.document import Document, Section

    sections = []
    for chapter in text.split("\n## ")[1:]:
        title, _, body = chapter.partition("\n")
        sections.append(Section(title))
        for number, part in enumerate(body.split("```")):
            if number % 2:
                sections.append(Section(code=tuple(part.strip("\n").split("\n")[1:])))
            else:
                paragraphs = filter(None, (" ".join(each.split()) for each in part.split("\n\n")))
                sections.extend(Section(intro=(each,)) for each in paragraphs)
    said = CODES[code]
    return Document((code, f"{said.severity}: {said.title}"), tuple(sections))


def _explain_run(about: Subject, test: str | None, reply: Reply, **choices: Any) -> None:
    from rulelang.api.rulebooks import load_rulebook
    from rulelang.explain.document import explanation_document
    from rulelang.explain.explain import explain
    from rulelang.run.interpret import interpreted
    from rulelang.tools.commands.run import test_event

    day = None
    if about.event is None:
        program = load_rulebook(about.rulebook or "")
        loaded = test_event(program, test or "")
    else:
        program, loaded = about.load()
        day = None if about.on is None else about.day(about.on)
    allocation, _ = interpreted(program, loaded, own_past=day is not None)
    told = explain(program, loaded, allocation, **choices, day=day)
    if reply.form == "markdown":
        put(told.to_markdown(), reply.out)
        return
    text = partial(told.to_text, terminal_width())
    reply.tell(partial(explanation_document, told), told.to_dict, text=text)
