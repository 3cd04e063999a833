"""``rulelang inputs``: the data a rulebook needs."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang.api.rulebooks import load_rulebook
from rulelang.check.program import CheckedProgram
from rulelang.tools.files import RulelangPath, require_outputs, write_new
from rulelang.tools.formats import Reply, format_option, out_option
from rulelang.tools.skeleton import needs, skeleton

if TYPE_CHECKING:
    from rulelang.document.document import Document, Reader


@click.command("inputs")
@click.argument("rulebook", type=RulelangPath())
@format_option()
@out_option("A folder for new.event and members.csv; with another format, a file.")
def command(rulebook: str, reply: Reply) -> int:
    r"""Say which member fields and event data RULEBOOK needs: an event to fill in, and an empty table of members.

    \b
    Examples:
      rulelang inputs ccp.rules
      rulelang inputs ccp.rules --out events
      rulelang inputs ccp.rules --format xlsx --out inputs.xlsx
    """
    if reply.form != "table":
        require_outputs(reply.out, inputs=(rulebook,))
    program = load_rulebook(rulebook)
    if reply.form != "table":
        reply.tell(partial(_document, program), partial(needs, program))
        return 0
    if reply.out is None:
        found = skeleton(program, Path(rulebook).name)
        click.echo(f"# ---- the event: save it as new.event beside the rulebook\n{found.event}")
        click.echo(f"# ---- the members: save them as members.csv\n{found.members}", nl=False)
        return 0
    folder = Path(reply.out)
    found = skeleton(program, Path(os.path.relpath(rulebook, folder)).as_posix())
    write_new({folder / "new.event": found.event, folder / "members.csv": found.members})
    return 0


def _document(program: CheckedProgram, reader: "Reader") -> "Document":
    """A row for each thing that an event must hold, or may."""
    from rulelang.document.document import Cell, Column, Document, Section, Table, name, rows_of

    found = needs(program)
    rows = [
        (
            name(kind),
            name(each["name"]),
            name(each["type"]),
            name(", ".join(each["choices"])),
            *(name("yes" if each[trait] else "no") for trait in ("signed", "per_segment", "optional")),
            name(each["note"]),
        )
        for kind, key in (("member field", "fields"), ("given", "givens"))
        for each in found[key]
    ]
    blank = Cell()
    for each in found["decisions"]:
        words = name(f"decided by {each['body']}")
        rows.append((name("decision"), name(each["step"]), name("invoke or decline"), *[blank] * 4, words))
    for step in found["earlier_payments"]:
        words = name("what was paid under it before counts")
        rows.append((name("earlier payments"), name(step), name("money"), *[blank] * 4, words))
    titles = ("what", "name", "type", "choices", "signed", "per segment", "may be left out", "note")
    table = Table("Inputs", tuple(map(Column, titles)), rows_of(*rows))
    segments = f", in the segments {', '.join(program.segments)}" if program.segments else ""
    line = f"Data that an event gives; amounts in {program.currency.code}{segments}"
    return Document((program.title, line), (Section(table=table.filled(reader)),), records=table)
