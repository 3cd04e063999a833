"""``rulelang verify``: whether an audit record stands."""

from collections.abc import Sequence
from functools import partial

import click

from rulelang.audit.verify import NOT_PROVEN, PROVEN, Verification, verify_record
from rulelang.base.render import visible
from rulelang.base.version import __version__
from rulelang.tools.cli import FINDINGS
from rulelang.tools.files import RulelangPath, read_argument, require_outputs
from rulelang.tools.formats import Reply, format_option, out_option


@click.command("verify")
@click.argument("records", nargs=-1, required=True, type=RulelangPath())
@format_option(what="the answer")
@out_option()
def command(records: tuple[str, ...], reply: Reply) -> int:
    r"""Run audit RECORDS again, each from itself alone, and compare every step.

    When something differs, the parts that differ are named: the rulebook, the event, a file of data, a step, the
    result. A record that stands holds nothing but what its texts give when they run again; who made it, and when, no
    record proves. Exit code 0: all records stand, 1: one does not, 3: a file is no audit record.

    \b
    Examples:
      rulelang verify 2018.audit.json
      rulelang verify records/*.json --format html --out verified.html
    """
    require_outputs(reply.out, inputs=records)
    found = [verify_record(read_argument(name), __version__) for name in records]
    from rulelang.audit.document import verification_document

    reply.tell(
        partial(verification_document, found),
        lambda: [each.to_dict() for each in found],
        text=partial(_told, found),
        ascii_json=True,
    )
    return 0 if all(each.stands for each in found) else FINDINGS


def _told(found: Sequence[Verification]) -> str:
    lines = []
    if any(each.stands for each in found):
        lines.append(f"a record that stands proves: {PROVEN}\nit does not prove: {NOT_PROVEN}\n")
    for each in found:
        lines.append(f"{visible(each.title)}: {'stands' if each.stands else 'does NOT stand'}\n")
        lines += [f"  {visible(difference.part)}: {visible(difference.text)}\n" for difference in each.differences]
        lines += [f"  note: {visible(note)}\n" for note in each.notes]
    return "".join(lines)
