"""``rulelang library``: the rulebooks that ship, as a list, and as a copy to work on."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang.base.source import readable
from rulelang.base.suggest import did_you_mean
from rulelang.tools.cli import unwrapped
from rulelang.tools.files import RulelangPath, require_outputs, write_new
from rulelang.tools.formats import Reply, format_option, out_option
from rulelang.tools.library import Entry, entries, entry, names

if TYPE_CHECKING:
    from rulelang.document.document import Document
    from rulelang.document.table import Reader

_COPY = r"""Copy the rulebook NAME with its events, tables and notes into a new folder of that name.

\b
Examples:
  rulelang library copy cme-base
  rulelang library copy occ-2021 --to my-change

Nothing that is there already is overwritten.
"""


@click.group("library", invoke_without_command=True, subcommand_metavar="[copy NAME]")
@format_option(what="the list")
@out_option()
@click.pass_context
def command(context: click.Context, reply: Reply) -> int:
    r"""List the rulebooks of services and of rule changes that ship: who pays in which order, and their source.

    The notes of a rulebook say what in it is illustrative.

    \b
    Examples:
      rulelang library
      rulelang library --format json
      rulelang library copy cme-base
    """
    if context.invoked_subcommand is not None:
        return 0
    require_outputs(reply.out)
    found = entries()
    reply.tell(partial(_document, found), lambda: [each.to_dict() for each in found])
    return 0


@command.command("copy", help=unwrapped(_COPY), short_help="Copy one into a new folder.")
@click.argument("name", metavar="NAME")
@click.option("--to", metavar="FOLDER", type=RulelangPath(), help="The folder to copy into, instead of one named NAME.")
def copy(name: str, to: str | None) -> int:
    """Copy an entry, all files or none, over nothing."""
    found = entry(name)
    if found is None:
        advice = did_you_mean(name, names()) or "`rulelang library` lists them"
        raise click.UsageError(f"the library has no `{readable(name)}`; {advice}")
    root = Path(to if to is not None else name)
    files = {root / path: text for path, text in found.texts().items()}
    write_new(files)
    rules = next(path for path in files if path.suffix == ".rules")
    click.echo(readable(f"\nNow try:\n  rulelang test {rules}"))
    return 0


def _document(found: list[Entry], reader: "Reader") -> "Document":
    """A row for each entry, services apart from changes."""
    from rulelang.document.document import Document, Section
    from rulelang.document.table import NARROW, Column, Table, rows_of, texts

    columns = (Column("name"), Column("title"), Column("structure"), Column("source", least_width=NARROW))
    rows = {
        kind: [texts(each.name, each.title, each.structure, each.source) for each in found if each.kind == kind]
        for kind in ("service", "change")
    }
    tables = (
        Table("Services", columns, rows_of(*rows["service"])),
        Table("Changes", columns, rows_of(*rows["change"])),
    )
    records = Table(
        "Library",
        (Column("name"), Column("kind"), *columns[1:]),
        rows_of(*(texts(each.name, each.kind, each.title, each.structure, each.source) for each in found)),
    )
    line = f"{len(rows['service'])} services, {len(rows['change'])} changes"
    sections = (Section(table.name, table=table.filled(reader)) for table in tables)
    closing = Section(intro=("`rulelang library copy NAME` copies one.",))
    return Document(("The library of rulebooks", line), (*sections, closing), records=records)
