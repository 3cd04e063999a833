"""Proofs from Python: rulebooks as they were loaded, or the files they are in."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rulelang.api.rulebooks import loaded
from rulelang.base.extras import require
from rulelang.base.source import SourceText
from rulelang.changes.match.renames import knowing
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.model.event import Event
from rulelang.proof.claims.both_versions import claims_of_versions
from rulelang.proof.claims.verdict import Question
from rulelang.proof.claims.written import assumption_source, claim_source, require_same_data, with_statements
from rulelang.proof.proof import DEFAULT_TIMEOUT, Proof, prove_all
from rulelang.syntax.read import read_source


def prove(  # noqa: PLR0913 - all but the rulebooks by name
    rulebook: CheckedProgram | str | Path,
    new: CheckedProgram | str | Path | None = None,
    *,
    claims: Iterable[str] = (),
    claim_files: Iterable[str | Path] = (),
    assume: Iterable[str] = (),
    event: str | Path | Event | None = None,
    most_members: int | None = None,
    timeout: float = DEFAULT_TIMEOUT,
) -> Proof:
    """Say of each claim about a rulebook whether it holds for all events; or, with ``new``, compare two versions.

    ``claims`` are conditions as an ``ensure`` has them (``"for survivors: total_paid <= EUR 5"``), ``claim_files`` hold
    ``ensure`` sections: if there are any, nothing else is asked.  With ``new`` they are comparisons, and ``old`` or
    ``new`` stands before a result of a run (``"for survivors: new total_paid <= old total_paid"``).  ``assume`` are
    conditions on the data, or texts of an ``ensure`` that reads data alone.  With ``event`` its members, data and
    givens are fixed, and all else is free; ``most_members`` bounds the survivors, and the defaulters.  ``timeout`` is
    in seconds, for each formula.

    Raises:
        ReadError: a file cannot be read, two versions do not declare the same data, or no solver is installed.
        CheckError: a rulebook, claim, assumption or event does not check.
    """
    require("prove")
    programs = [loaded(one) for one in (rulebook, new) if one is not None]
    return asked(
        programs,
        claims=tuple(claims),
        claim_files=[read_source(Path(name)) for name in claim_files],
        assumed=tuple(assume),
        event=event if event is None or isinstance(event, Event) else read_source(Path(event)),
        most_members=most_members,
        timeout=timeout,
    )


def asked(  # noqa: PLR0913 - as `prove`
    programs: Sequence[CheckedProgram],
    *,
    claims: Sequence[str] = (),
    claim_files: Sequence[SourceText] = (),
    assumed: Sequence[str] = (),
    event: SourceText | Event | None = None,
    most_members: int | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    told: Callable[[int, int, Question], None] = lambda _done, _total, _question: None,
) -> Proof:
    """Put the claims and assumptions to the rulebooks, and settle every question (as :func:`prove`)."""
    asking = [*(claim_source(text, number) for number, text in enumerate(claims, start=1)), *claim_files]
    assuming = [assumption_source(text, number, programs) for number, text in enumerate(assumed, start=1)]
    if len(programs) == 1:
        meant = [with_statements(programs[0], [*asking, *assuming]) if asking or assuming else programs[0]]
        only: Sequence[str | Question] = [
            f"ensure.{number}" for number in range(len(programs[0].ensures), len(meant[0].ensures))
        ]
        taking = meant[0]
    else:
        require_same_data(*programs)
        meant, only = claims_of_versions(programs, asking, assuming)
        taking = knowing(*meant)
    return prove_all(
        programs,
        meant,
        only=only or None,
        event=event if event is None or isinstance(event, Event) else check_event(event, taking),
        most_members=most_members,
        timeout=timeout,
        told=told,
    )
