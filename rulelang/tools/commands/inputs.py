"""``rulelang inputs``: the data a rulebook needs."""

import json
import os
from pathlib import Path

import click

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.files import write_atomically
from rulelang.check.rulebook import check_rulebook
from rulelang.syntax.read import read_source
from rulelang.tools.files import RulelangPath
from rulelang.tools.skeleton import needs, skeleton


@click.command("inputs")
@click.argument("rulebook", type=RulelangPath())
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How.")
@click.option("--out", type=RulelangPath(), help="Write new.event and members.csv into this folder, to fill in.")
def command(rulebook: str, form: str, out: str | None) -> int:
    r"""Say which member fields and event data RULEBOOK needs: an event to fill in, and an empty table of members.

    \b
    Examples:
      rulelang inputs ccp.rules
      rulelang inputs ccp.rules --out events
    """
    program = check_rulebook(read_source(Path(rulebook)))
    if form == "json":
        click.echo(json.dumps(needs(program), indent=2, ensure_ascii=False))
        return 0
    if out is None:
        found = skeleton(program, Path(rulebook).name)
        click.echo(f"# ---- the event: save it as new.event beside the rulebook\n{found.event}")
        click.echo(f"# ---- the members: save them as members.csv\n{found.members}", nl=False)
        return 0
    folder = Path(out)
    found = skeleton(program, Path(os.path.relpath(rulebook, folder)).as_posix())
    files = {folder / "new.event": found.event, folder / "members.csv": found.members}
    there = [path for path in files if path.exists()]
    if there:
        message = f"{there[0]} is there already, and nothing is overwritten"
        raise ReadError([finding("unwritable-file", message, help="choose another folder")])
    for path, text in files.items():
        write_atomically(path, text)
        click.echo(f"wrote {path}")
    return 0
