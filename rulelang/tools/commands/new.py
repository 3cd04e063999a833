"""``rulelang new``: a commented starter."""

from pathlib import Path

import click

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.files import WriteError, write_atomically
from rulelang.tools.files import RulelangPath
from rulelang.tools.skeleton import starter


@click.command("new")
@click.argument("folder", type=RulelangPath())
@click.option("--title", help="The title of the rulebook; the name of the folder if left out.")
def command(folder: str, title: str | None) -> int:
    r"""Write a commented starter rulebook, an event and a table of members into FOLDER.

    Nothing that is there already is overwritten.

    \b
    Example:
      rulelang new my-ccp
      rulelang test my-ccp
    """
    root = Path(folder)
    named = title if title is not None else root.resolve().name.replace("-", " ")
    if any(character == '"' or not character.isprintable() for character in named):
        raise click.UsageError("a title holds neither quotation marks nor control characters")
    files = {root / name: text for name, text in starter(named).items()}
    there = [path for path in files if path.exists()]
    if there:
        message = f"{there[0]} is there already, and nothing is overwritten"
        raise ReadError([finding("unwritable-file", message, help="choose a new folder")])
    for path, text in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            message = f"cannot make the folder {path.parent}: {reason}"
            raise WriteError([finding("unwritable-file", message)]) from None
        write_atomically(path, text)
        click.echo(f"wrote {path}")
    rules = root / "rulebook.rules"
    click.echo(f"\nNow try:\n  rulelang test {rules}\n  rulelang run {rules} {root / 'events' / 'first.event'}")
    return 0
