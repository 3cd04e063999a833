"""The questions that every rulebook, and every pair of versions, has to answer, and the claim that each makes."""

from collections.abc import Callable, Mapping, Sequence

from attrs import evolve, frozen

from rulelang.check.program import CheckedProgram
from rulelang.proof.claims.both_versions import comparison_of
from rulelang.proof.claims.claims import Claim, EnsureHolds, LeavesLoss, NeverRefuses, StepPays, Whom
from rulelang.proof.claims.comparisons import NoSurvivorPays, NothingMoreUncovered, SameTotals
from rulelang.proof.claims.obeying import AnEventObeys
from rulelang.proof.claims.order import order_questions, out_of_order
from rulelang.proof.claims.results_read import first_result
from rulelang.proof.claims.verdict import Question
from rulelang.syntax import nodes

Programs = Sequence[CheckedProgram]


@frozen
class Assumption:
    """What a proof may take for granted of the data; its expressions were checked against one of the programs.

    ``version`` is the place of that program among those of the question.
    """

    text: str
    condition: nodes.Expression
    population: nodes.Population | None = None
    where: nodes.Expression | None = None
    version: int = 0

    def of(self, before: Programs, after: Programs) -> "Assumption":
        """The same assumption of programs that a claim has read again, with sections of its own behind theirs."""
        old, new = before[self.version], after[self.version]
        if old is new:
            return self
        place = next(number for number, one in enumerate(old.assumes) if one.condition is self.condition)
        meant = new.assumes[place]
        return Assumption(self.text, meant.condition, meant.population, meant.where, self.version)


POSSIBLE = Question("assumptions-hold", "an event can obey all assumptions", wants_event=True)
"""What is asked first where something is assumed: from assumptions that contradict each other all would follow."""


Key = tuple[nodes.Population | None, int, str | None]
"""Of whom a question speaks, in words."""


def possible_for(question: Question, programs: Programs) -> tuple[Key, Question]:
    """The same with somebody of whom a question speaks; questions that speak of the same have the same key."""
    claim = claim_of(question, programs)
    whom = _by_their_data(claim)
    where = None if whom.where is None else claim.programs[whom.version].source.phrase(whom.where.span)
    return (whom.population, whom.version, where), evolve(POSSIBLE, about=question)


def questions_of(program: CheckedProgram) -> list[Question]:
    """Every ``ensure`` (``ensure.0`` …), and what may be asked of any rulebook."""
    asked = [
        Question(f"ensure.{number}", ensure.text, ensure.citation, number)
        for number, ensure in enumerate(program.ensures)
    ]
    asked.append(Question("never-refuses", "no event that fits the rulebook makes a run stop with an error"))
    asked += [
        Question(f"reaches.{step.name}", f"`{step.name}` can pay", step.citation, step.name, wants_event=True)
        for step in program.each_step()
    ]
    asked += order_questions(program)
    asked.append(Question("leaves-loss", "loss can stay uncovered", wants_event=True, information=True))
    asked.append(Question("larger-loss", "no survivor pays less when a loss grows"))
    return asked


QUESTIONS_OF_PAIR = (
    Question("same-payments", "every payer pays the same under both versions"),
    Question("same-totals", "the payers of each kind pay the same in total under both versions"),
    Question("no-survivor-pays-more", "no survivor pays more under the new version"),
    Question("no-survivor-pays-less", "no survivor pays less under the new version"),
    Question("nothing-more-uncovered", "no more loss stays uncovered under the new version"),
)
"""What may be asked of two versions of a rulebook, under one event."""


def claim_of(question: Question, programs: Programs) -> Claim:
    """The claim that a question makes.

    Raises:
        LookupError: there is no such question.
    """
    return _CLAIMS[question.name.partition(".")[0]](question, programs)


def _by_their_data(claim: Claim) -> Whom:
    """Of whom a claim speaks, by what is assumed of: what a run makes of somebody is no matter of that."""
    whom = claim.whom
    of_a_run = whom.where is not None and first_result(claim.programs[whom.version], whom.where) is not None
    return Whom(whom.population) if of_a_run else whom


def _obeying(question: Question, programs: Programs) -> AnEventObeys:
    if not isinstance(question.about, Question):
        return AnEventObeys(question, programs, Whom())
    claim = claim_of(question.about, programs)
    return AnEventObeys(question, claim.programs, _by_their_data(claim))


def _ensure(question: Question, programs: Programs) -> Claim:
    assert isinstance(question.about, int)
    return EnsureHolds(question, programs, programs[0].ensures[question.about])


_CLAIMS: Mapping[str, Callable[[Question, Programs], Claim]] = {
    "ensure": _ensure,
    "reaches": lambda asked, programs: StepPays(asked, programs, str(asked.about)),
    "order": lambda asked, programs: out_of_order(asked, programs[0]),
    "claim": comparison_of,
    "assumptions-hold": _obeying,
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
