"""``rulelang prove``: what holds of a rulebook for all events, with an event that runs where it does not."""

import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang.base.extras import require
from rulelang.base.source import readable
from rulelang.check.rulebook import check_rulebook
from rulelang.tools.cli import FINDINGS, UNKNOWN, terminal_width
from rulelang.tools.days import is_history, on_option, require_no_day, source_of
from rulelang.tools.files import RulelangPath, new_files, read_argument, require_outputs
from rulelang.tools.formats import Reply, format_option, out_option
from rulelang.tools.proving import proof_of
from rulelang.tools.versions import read_side

if TYPE_CHECKING:
    from rulelang.base.source import SourceText
    from rulelang.check.program import CheckedProgram
    from rulelang.proof.proof import Proof


@click.command("prove")
@click.argument("versions", nargs=-1, required=True, metavar="RULEBOOK [NEW]", type=RulelangPath())
@click.option(
    "--claim",
    "claims",
    multiple=True,
    metavar="TEXT",
    help="Ask this alone: a condition, as an `ensure` has it; repeatable.",
)
@click.option(
    "--claims",
    "claim_files",
    multiple=True,
    type=RulelangPath(),
    help="Ask what the `ensure`s of this file say; repeatable.",
)
@click.option(
    "--assume",
    "assumed",
    multiple=True,
    metavar="TEXT",
    help="Take for granted: a condition on the data, or an `ensure` by its text; repeatable.",
)
@click.option(
    "--event",
    type=RulelangPath(),
    help="For the members, data and givens of this event (or of a history, with --on); the rest is free.",
)
@on_option()
@click.option("--members", type=click.IntRange(1, 8), metavar="N", help="For at most N survivors and N defaulters.")
@click.option(
    "--timeout",
    type=click.IntRange(1, 3600),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="How long the solver may work on each formula.",
)
@click.option("--save", type=RulelangPath(), metavar="FOLDER", help="Write the events, with tests, to a new folder.")
@click.option("--smt", type=RulelangPath(), metavar="FOLDER", help="Write the formulas as SMT-LIB to a new folder.")
@format_option(what="the answer")
@out_option()
def command(  # noqa: PLR0913 - one parameter for each option
    versions: tuple[str, ...],
    claims: tuple[str, ...],
    claim_files: tuple[str, ...],
    assumed: tuple[str, ...],
    event: str | None,
    on: datetime.date | None,
    members: int | None,
    timeout: int,
    save: str | None,
    smt: str | None,
    reply: Reply,
) -> int:
    r"""Say of each claim whether it holds for all events: any loss, any decision, any data, any number of members.

    Of a RULEBOOK every `ensure` is asked, whether a run can stop with an error, whether each step can pay, who pays
    before whom, whether loss can stay uncovered, and whether a larger loss lowers what a survivor pays. Of two
    versions (files, or REV:PATH in a Git repository): whether they pay the same, and who ever pays more. A claim is
    proved, or refuted by an event that was run, or unknown, with the reason.

    A history that names its rulebook may stand in the place of the RULEBOOK: with --on it is about the members and the
    data of that day.

    Exit code 0: all is proved, 1: something is refuted, 4: something is unknown and nothing refuted, 2: wrong use,
    3: an input cannot be read, does not check, or cannot be compared.

    \b
    Examples:
      rulelang prove ccp.rules
      rulelang prove ccp.rules --claim 'for survivors: total_paid <= 300% of contribution'
      rulelang prove ccp.rules --claims claims.rules --save refuted
      rulelang prove before.rules after.rules --assume 'stress_loss <= GBP 225 million'
      rulelang prove HEAD~1:ccp.rules ccp.rules --event events/2018.event
      rulelang prove before.rules after.rules --claim 'for survivors: new total_paid <= 110% of old total_paid'
      rulelang prove autumn-2018.history --on 2018-09-11
    """
    if len(versions) > 2:
        raise click.UsageError("give a rulebook, or two versions of it")
    require("prove")
    require_outputs(reply.out, inputs=(*versions, *claim_files, event))
    from rulelang.proof.document import proof_document
    from rulelang.proof.told import told

    programs, about = _programs(versions, event, on)
    proof = proof_of(
        programs,
        claims=claims,
        claim_files=[read_argument(name) for name in claim_files],
        assumed=assumed,
        event=about,
        most_members=members,
        timeout=timeout,
    )
    files, saved = _files(proof, save, smt)
    with new_files(files):
        reply.tell(
            partial(proof_document, proof),
            proof.to_dict,
            text=partial(told, proof, width=terminal_width(), colour=reply.colour, saved=saved),
        )
    return {"proved": 0, "refuted": FINDINGS, "unknown": UNKNOWN}[proof.verdict]


def _programs(
    versions: tuple[str, ...], event: str | None, on: datetime.date | None
) -> "tuple[list[CheckedProgram], SourceText | None]":
    """The rulebooks, and the event whose members are meant; of a history the rulebook is the one in force then."""
    if len(versions) == 1 and event is None and is_history(versions[0]):
        in_force, source = source_of(None, versions[0], on)
        return [in_force], source
    programs = [check_rulebook(read_side(version).source) for version in versions]
    if event is None:
        require_no_day(on)
        return programs, None
    if not is_history(event) and on is None:
        return programs, read_argument(event)
    in_force, source = source_of(programs[0], event, on, compared=len(programs) > 1)
    return [in_force, *programs[1:]], source


def _files(proof: "Proof", save: str | None, smt: str | None) -> tuple[dict[Path, str], dict[str, str]]:
    """The files to be written, and in which of them the events of which questions are."""
    files: dict[Path, str] = {}
    saved: dict[str, str] = {}
    if save is not None:
        from rulelang.proof.saving import event_names, files_of

        files |= {Path(save, name): text for name, text in files_of(proof).items()}
        saved = {key: readable(str(Path(save, name))) for key, name in event_names(proof).items()}
    if smt is not None:
        from rulelang.proof.proof import problems

        for one in proof.settled:
            for number, text in enumerate(problems(one).values(), start=1):
                files[Path(smt, f"{one.question.name}.{number}.smt2")] = text
    return files, saved
