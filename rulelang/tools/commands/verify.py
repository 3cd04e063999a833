"""``rulelang verify``: whether an audit record stands."""

import json

import click

from rulelang.audit.verify import NOT_PROVEN, PROVEN, Verification, verify_record
from rulelang.base.render import visible
from rulelang.base.version import __version__
from rulelang.tools.cli import FINDINGS
from rulelang.tools.files import RulelangPath, read_argument


@click.command("verify")
@click.argument("records", nargs=-1, required=True, type=RulelangPath())
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How.")
def command(records: tuple[str, ...], form: str) -> int:
    r"""Run audit RECORDS again, each from itself alone, and compare every step.

    When something differs, the parts that differ are named: the rulebook, the event, a file of data, a step, the
    result. A record that stands holds nothing but what its texts give when they run again; who made it, and when, no
    record proves. Exit code 0: all records stand, 1: one does not, 3: a file is no audit record.

    \b
    Example:
      rulelang verify 2018.audit.json
    """
    found = [verify_record(read_argument(name), __version__) for name in records]
    if form == "json":
        click.echo(json.dumps([each.to_dict() for each in found], indent=2))
    else:
        if any(each.stands for each in found):
            click.echo(f"a record that stands proves: {PROVEN}\nit does not prove: {NOT_PROVEN}")
        for each in found:
            click.echo(_told(each), nl=False)
    return 0 if all(each.stands for each in found) else FINDINGS


def _told(found: Verification) -> str:
    lines = [f"{visible(found.title)}: {'stands' if found.stands else 'does NOT stand'}\n"]
    lines.extend(f"  {visible(difference.part)}: {visible(difference.text)}\n" for difference in found.differences)
    lines.extend(f"  note: {visible(note)}\n" for note in found.notes)
    return "".join(lines)
