"""``rulelang inputs``: the data a rulebook needs."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang.api.rulebooks import load_rulebook
from rulelang.check.program import CheckedProgram
from rulelang.document.write import Plain
from rulelang.tools.files import RulelangPath, require_outputs, write_new
from rulelang.tools.formats import Reply, format_option, out_option
from rulelang.tools.history_skeleton import history_skeleton
from rulelang.tools.needs import needs
from rulelang.tools.skeleton import skeleton

if TYPE_CHECKING:
    from rulelang.document.document import Document
    from rulelang.document.table import Reader


@click.command("inputs")
@click.argument("rulebook", type=RulelangPath())
@click.option("--history", is_flag=True, help="A history to fill in, instead of an event.")
@format_option(what="what is needed")
@out_option("A folder for new.event (or new.history) and members.csv; with another format, a file.")
def command(rulebook: str, history: bool, reply: Reply) -> int:
    r"""Say which member fields and event data RULEBOOK needs: an event to fill in, and an empty table of members.

    With --history it is a history: an opening, a day with a default, and in comments what further days may say.

    \b
    Examples:
      rulelang inputs ccp.rules
      rulelang inputs ccp.rules --out events
      rulelang inputs ccp.rules --history --out autumn
      rulelang inputs ccp.rules --format xlsx --out inputs.xlsx
    """
    if reply.form != "table":
        if history:
            raise click.UsageError("--history asks for a history to fill in, which is text: leave out --format")
        require_outputs(reply.out, inputs=(rulebook,))
        program = load_rulebook(rulebook)
        reply.tell(partial(_document, program), partial(needs, program))
        return 0
    program = load_rulebook(rulebook)
    kind = "history" if history else "event"
    folder = None if reply.out is None else Path(reply.out)
    under = Path(rulebook).name if folder is None else Path(os.path.relpath(rulebook, folder)).as_posix()
    found = skeleton(program, under)
    text = history_skeleton(program, under) if history else found.event
    if folder is not None:
        write_new({folder / f"new.{kind}": text, folder / "members.csv": found.members})
        return 0
    click.echo(f"# ---- the {kind}: save it as new.{kind} beside the rulebook\n{text}")
    click.echo(f"# ---- the members: save them as members.csv\n{found.members}", nl=False)
    return 0


def _document(program: CheckedProgram, reader: "Reader") -> "Document":
    """A row for each thing that an event must hold, or may."""
    from rulelang.document.document import Document, Section
    from rulelang.document.table import Cell, Column, Table, name, rows_of

    found = needs(program)
    dated = any(each["as_of"] for key in ("fields", "givens") for each in found[key])
    rows = [
        (
            name(kind),
            name(each["name"]),
            name(_type(program, each)),
            name(", ".join(each["choices"])),
            *(name("yes" if each[trait] else "no") for trait in ("signed", "per_segment", "optional")),
            *([name(", ".join(each["as_of"]))] if dated else []),
            name(each["note"]),
        )
        for kind, key in (("member field", "fields"), ("given", "givens"))
        for each in found[key]
    ]
    blank = [Cell()] * (5 if dated else 4)
    for what, named, type_, words in _others(found):
        rows.append((name(what), name(named), name(type_), *blank, name(words)))
    head = ("what", "name", "type", "choices", "signed", "per segment", "may be left out")
    titles = (*head, *(["also as of"] if dated else []), "note")
    table = Table("Inputs", tuple(map(Column, titles)), rows_of(*rows))
    segments = f", in the segments {', '.join(program.segments)}" if program.segments else ""
    line = f"Data that an event gives; amounts in {program.currency.code}{segments}"
    return Document((program.title, line), (Section(table=table.filled(reader)),), records=table)


def _type(program: CheckedProgram, each: Plain) -> str:
    """The type of a datum, with its currency where that is not the rulebook's, and whether defaulters have one each."""
    words = str(each["type"])
    if each["per"] is not None:
        words = f"{each['currency']} per {each['per']}"
    elif each["currency"] not in (None, program.currency.code):
        words = f"{words} {each['currency']}"
    return f"{words} per defaulter" if each["per_defaulter"] else words


def _others(found: Plain) -> Iterator[tuple[str, str, str, str]]:
    """What an event says beside data: kind, name, type and note of each."""
    for each in found["decisions"]:
        yield "decision", each["step"], "invoke or decline", f"decided by {each['body']}"
    for step in found["earlier_payments"]:
        yield "earlier payments", step, "money", "what was paid under it before counts"
    for each in found["periods"]:
        yield "open period", each["period"], "two dates", "from when to when it stands open already"
    for period in found["earlier_defaults"]:
        yield "earlier defaults", period, "date and member", "how many defaulted in it counts"
    if found["notices"]:
        yield "notices", "leaving", "date and member", "who has given notice to leave"
    for step in found["withdrawals"]:
        yield "withdrawals", step, "member and round", "who pays no more in later rounds"
    if found["non_default_losses"]:
        yield "non-default loss", "", "money", "losses without a defaulter"
