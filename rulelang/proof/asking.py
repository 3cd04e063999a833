"""Which claim a question makes."""

from collections.abc import Callable, Mapping, Sequence

from rulelang.check.program import CheckedProgram
from rulelang.proof.both_versions import comparison_of
from rulelang.proof.claims import AnEventObeys, Claim, EnsureHolds, LeavesLoss, NeverRefuses, StepPays
from rulelang.proof.comparisons import NoSurvivorPays, NothingMoreUncovered, SameTotals
from rulelang.proof.order import out_of_order
from rulelang.proof.verdict import Question

Programs = Sequence[CheckedProgram]


def claim_of(question: Question, programs: Sequence[CheckedProgram]) -> Claim:
    """The claim that a question makes.

    Raises:
        LookupError: there is no such question.
    """
    return _CLAIMS[question.name.partition(".")[0]](question, programs)


def _ensure(question: Question, programs: Programs) -> Claim:
    assert isinstance(question.about, int)
    return EnsureHolds(question, programs, programs[0].ensures[question.about])


_CLAIMS: Mapping[str, Callable[[Question, Programs], Claim]] = {
    "ensure": _ensure,
    "reaches": lambda asked, programs: StepPays(asked, programs, str(asked.about)),
    "order": lambda asked, programs: out_of_order(asked, programs[0]),
    "claim": comparison_of,
    "assumptions-hold": AnEventObeys,
    "never-refuses": NeverRefuses,
    "leaves-loss": LeavesLoss,
    "larger-loss": lambda asked, both: NoSurvivorPays(asked, (both[0], both[0]), more=False, larger=True),
    "same-payments": lambda asked, both: SameTotals(asked, both, each=True),
    "same-totals": lambda asked, both: SameTotals(asked, both, each=False),
    "no-survivor-pays-more": lambda asked, both: NoSurvivorPays(asked, both, more=True),
    "no-survivor-pays-less": lambda asked, both: NoSurvivorPays(asked, both, more=False),
    "nothing-more-uncovered": NothingMoreUncovered,
}
"""By the name of a question, up to its first point."""
