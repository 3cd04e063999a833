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
from rulelang.proof.claims.both_versions import claims_of, comparison_of, comparison_question
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
    first, *others = programs
    compared = list[Question]()
    written = list[SourceText]()
    if others:
        texts = [*claims, *(text for source in claim_files for text in claims_of(source.text))]
        compared = [comparison_question(text, number) for number, text in enumerate(texts, start=1)]
    else:
        written = [*(claim_source(text, number) for number, text in enumerate(claims, start=1)), *claim_files]
    written += [assumption_source(text, number, first) for number, text in enumerate(assumed, start=1)]
    if others:
        require_same_data(first, *others)
    meant = with_statements(first, written) if written else first
    taking = knowing(meant, others[0]) if others else meant
    for question in compared:
        comparison_of(question, (meant, *others))  # what is wrong with it is told before anything is asked
    return prove_all(
        programs,
        (meant, *others),
        only=compared or [f"ensure.{number}" for number in range(len(first.ensures), len(meant.ensures))] or None,
        event=event if event is None or isinstance(event, Event) else check_event(event, taking),
        most_members=most_members,
        timeout=timeout,
        told=told,
    )
