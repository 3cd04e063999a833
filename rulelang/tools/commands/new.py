"""``rulelang new``: a commented starter."""

import os
from pathlib import Path

import click

from rulelang.base.files import read_file
from rulelang.base.source import readable
from rulelang.tools.files import RulelangPath, write_new

_STARTER = Path(__file__).parent.parent / "starter"
_LIMIT = 1 << 16


@click.command("new")
@click.argument("folder", type=RulelangPath())
@click.option("--title", help="The title of the rulebook; the name of the folder if left out.")
def command(folder: str, title: str | None) -> int:
    r"""Write a commented starter rulebook, an event and a table of members into FOLDER.

    Nothing that is there already is overwritten.

    \b
    Examples:
      rulelang new my-ccp
      rulelang test my-ccp
    """
    root = Path(folder)
    named = title if title is not None else Path(os.path.realpath(root)).name.replace("-", " ")
    if any(character == '"' or not character.isprintable() for character in named):
        raise click.UsageError("a title holds neither quotation marks nor control characters")
    files = {root / name: text for name, text in starter(named).items()}
    write_new(files)
    rules = root / "rulebook.rules"
    click.echo(
        readable(f"\nNow try:\n  rulelang test {rules}\n  rulelang run {rules} {root / 'events' / 'first.event'}")
    )
    return 0


def starter(title: str) -> dict[str, str]:
    """The files of a new rulebook by their paths; ``title`` may hold no quotation mark."""
    names = ("rulebook.rules", "events/first.event", "events/members.csv")
    return {name: read_file(_STARTER / name, _LIMIT).decode("utf-8").replace("{title}", title) for name in names}
