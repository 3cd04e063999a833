"""``rulelang diff``: what two versions of a rulebook make different, in words and in money."""

import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from attrs import evolve, frozen

from rulelang.api.comparisons import pair_of
from rulelang.base.diagnostic import CheckError, Diagnostic, ReadError, RulelangError
from rulelang.base.extras import require
from rulelang.base.source import SourceText
from rulelang.changes.comparison import Comparison, EventPair, compare_versions, not_checking
from rulelang.changes.verdict import Level
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.document.write import Plain
from rulelang.syntax.read import read_source
from rulelang.tools.cli import FINDINGS
from rulelang.tools.days import is_history, on_option, source_of
from rulelang.tools.files import RulelangPath, files_of, put, require_outputs
from rulelang.tools.formats import Reply, format_option, out_option
from rulelang.tools.proving import proof_of
from rulelang.tools.versions import Side, pair_recorded, read_side

if TYPE_CHECKING:
    from rulelang.changes.history_comparison import HistoryComparison
    from rulelang.document.document import Document
    from rulelang.document.table import Reader
    from rulelang.proof.proof import Proof

LEVELS = {level.words.replace(" ", "-"): level for level in Level if level is not Level.IDENTICAL}
"""The words that ``--fail-at`` takes, beside ``never``."""
NEVER = "never"

_STRAIGHT = "or compare at the events' own losses only, with `--fixed`"


@click.command("diff")
@click.argument("versions", nargs=-1, required=True, metavar="OLD NEW", type=RulelangPath())
@click.option(
    "--event",
    "events",
    multiple=True,
    type=RulelangPath(),
    help="Compare in this event, or all of a folder; repeatable.",
)
@on_option()
@click.option(
    "--new-event",
    "new_events",
    multiple=True,
    type=RulelangPath(),
    help="The first (second …) --event, written anew for NEW; repeatable.",
)
@click.option("--vary", metavar="NAME", help="What varies: `loss` (if left out), a defaulter, a given, NAME.SEGMENT.")
@click.option("--to", metavar="AMOUNT", help="Compare only up to this value of what varies.")
@click.option("--fixed", is_flag=True, help="Compare at the events' own losses only.")
@click.option("--prove", is_flag=True, help="Say too what holds for all events (see `rulelang prove OLD NEW`).")
@format_option(what="the comparison")
@click.option("--full", is_flag=True, help="Also what did not change, and every payer.")
@click.option(
    "--fail-at",
    type=click.Choice([*LEVELS, NEVER]),
    default="text",
    show_default=True,
    help="Exit code 1 if the verdict is this or stronger.",
)
@out_option()
@click.option("--git-driver", is_flag=True, help="Take the arguments that `git diff` gives to an external program.")
def command(  # noqa: PLR0913 - one parameter for each option
    versions: tuple[str, ...],
    events: tuple[str, ...],
    on: datetime.date | None,
    new_events: tuple[str, ...],
    vary: str | None,
    to: str | None,
    fixed: bool,
    prove: bool,
    full: bool,
    fail_at: str,
    reply: Reply,
    git_driver: bool,
) -> int:
    r"""Compare two versions of a rulebook: the edits, who pays more or less in each event, and a verdict.

    An --event may be a history: both versions are run over all of it and compared day by day, or with --on in the event
    of one of its days.

    OLD and NEW are files, REV:PATH in a Git repository, or audit records (which bring their event). In each event
    both versions are compared at its own loss and for every loss from 0 on.

    With --prove what holds for all events is said beside it, before what was compared for some.

    Verdicts, each stronger than the one before: identical, text, structure without effect, members differ, totals
    differ, order of loss differs, does not run any more. What they say of payments holds for the events and losses
    compared, which are named.

    Exit code 0: identical (or a verdict weaker than --fail-at), 1: they differ, 2: wrong use, 3: an input cannot
    be read, does not check, or cannot be compared.

    \b
    Examples:
      rulelang diff before.rules after.rules --event events
      rulelang diff HEAD~1:ccp.rules ccp.rules --event events/2018.event --fail-at totals-differ
      rulelang diff before.rules after.rules --event a.event --format markdown --out diff.md
      rulelang diff 2018.audit.json 2019.audit.json
    """
    if git_driver:
        from rulelang.tools.git_driver import drive

        put(drive(versions), None)
        return 0
    if len(versions) != 2:
        raise click.UsageError("give two versions, OLD and NEW")
    if fixed and (vary is not None or to is not None):
        raise click.UsageError(
            "--fixed compares at the events' own losses, so nothing varies: leave out --vary and --to"
        )
    if prove:
        require("prove")
    require_outputs(reply.out, inputs=(*versions, *events, *new_events))
    order = _Order(events, on, new_events, fixed, vary, to)
    bar = LEVELS.get(fail_at)  # nothing reaches `never`
    found = order.compare(read_side(versions[0]), read_side(versions[1]), bar)
    proof = None if not prove or found.new is None else proof_of([found.old, found.new])
    reply.tell(partial(_document, found, proof, full=full), partial(_plain, found, proof), full=full)
    return FINDINGS if bar is not None and found.verdict.level >= bar else 0


def _document(found: Comparison, proof: "Proof | None", reader: "Reader", *, full: bool) -> "Document":
    """The comparison; what holds for all events stands before what was compared for some."""
    from rulelang.changes.words.document import make_document

    document = make_document(found, reader, full=full)
    if proof is None:
        return document
    from rulelang.proof.document import verdicts_section

    return evolve(document, sections=(verdicts_section(proof, "For all events"), *document.sections))


def _plain(found: Comparison, proof: "Proof | None") -> Plain:
    return found.to_dict() if proof is None else {**found.to_dict(), "proof": proof.to_dict()}


@frozen
class _Order:
    """What is to be compared beside the versions."""

    events: tuple[str, ...]
    on: datetime.date | None
    new_events: tuple[str, ...]
    fixed: bool
    vary: str | None
    to: str | None

    def compare(self, old: Side, new: Side, fail_at: Level | None) -> Comparison:
        """The comparison; wrong use where a verdict that is to fail could never be reached."""
        recorded = old.record is not None or new.record is not None
        if fail_at is not None and fail_at > Level.TEXT and not self.events and not recorded:
            words = fail_at.words.replace(" ", "-")
            raise click.UsageError(f"--fail-at {words} needs an --event: without one, nothing is said of payments")
        before = check_rulebook(old.source)
        try:
            after = check_rulebook(new.source)
        except CheckError as error:
            return not_checking(before, new.source, error)
        first = pair_recorded((old, new), before, after)
        pairs = [*([] if first is None else [first]), *self._pairs(before, after)]
        given = [option for option in ("on", "vary", "to") if getattr(self, option) is not None]
        if given and not pairs:
            options = " and ".join(f"--{option}" for option in given)
            raise click.UsageError(f"without an --event, or with a history and no --on, leave out {options}")
        vary = None if self.fixed else self.vary or "loss"
        try:
            found = compare_versions(before, after, pairs, vary, self.to)
            return found.with_histories(self._histories(before, after))
        except RulelangError as error:
            _advise(error)

    def _pairs(self, old: CheckedProgram, new: CheckedProgram) -> list[EventPair]:
        found = files_of([each for each in self.events if not self._whole(each)], (".event",))
        if found.errors:
            raise ReadError(found.errors)
        files = found.paths
        if len(self.new_events) > len(files):
            raise click.UsageError("there are more --new-event than --event")
        if self.new_events and found.folders:
            raise click.UsageError("--new-event goes with files in their order: give each --event as a file")
        others = [*map(Path, self.new_events), *[None] * (len(files) - len(self.new_events))]
        return [
            pair_of(self._source(old, path), old, new, None if other is None else read_source(other))
            for path, other in zip(files, others, strict=True)
        ]

    def _whole(self, name: str) -> bool:
        """Whether an argument is a history that is compared day by day."""
        return is_history(name) and self.on is None

    def _histories(self, old: CheckedProgram, new: CheckedProgram) -> list["HistoryComparison"]:
        """The histories among the events, each run under both versions."""
        names = [name for name in self.events if self._whole(name)]
        if not names:
            return []
        from rulelang.api.comparisons import history_of

        return [history_of(name, old, new) for name in names]

    def _source(self, old: CheckedProgram, path: Path) -> SourceText:
        """The text of an event; of a history that of its day as the old version comes to it, which both then read."""
        if not is_history(str(path)) and self.on is not None and any(map(is_history, self.events)):
            return read_source(path)
        return source_of(old, str(path), self.on, compared=True)[1]


def _advise(error: RulelangError) -> NoReturn:
    """Say of what has no straight lines that the events' own losses can be compared nevertheless."""
    error.diagnostics = tuple(map(_advised, error.diagnostics))
    raise error


def _advised(found: Diagnostic) -> Diagnostic:
    return evolve(found, helps=(*found.helps, _STRAIGHT)) if found.code == "not-straight" else found
