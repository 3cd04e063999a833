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
    if question.name.startswith("ensure."):
        assert isinstance(question.about, int)
        return EnsureHolds(question, programs, programs[0].ensures[question.about])
    if question.name.startswith("reaches."):
        return StepPays(question, programs, str(question.about))
    if question.name.startswith("claim."):
        return comparison_of(question, programs)
    if question.name.startswith("order."):
        return out_of_order(question, programs[0])
    return _CLAIMS[question.name](question, programs)


_CLAIMS: Mapping[str, Callable[[Question, Programs], Claim]] = {
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
