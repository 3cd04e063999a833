"""Who pays before whom: whether a step can pay while one written before it has something left."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from attrs import define

from rulelang.base.source import SourceText
from rulelang.check.program import CheckedProgram, EnsureProgram, GroupProgram, StepProgram
from rulelang.model.trail import Status
from rulelang.proof.claims.claims import Built, Claim, Played
from rulelang.proof.claims.verdict import Question
from rulelang.proof.claims.written import with_statements
from rulelang.proof.domain.terms import Truth, disjunction, negation


def earlier_steps(program: CheckedProgram, step: str) -> list[StepProgram]:
    """The steps of earlier stages whose money a step is to wait for: those of the unlimited are never used up."""
    found: list[StepProgram] = []
    for stage in program.stages:
        steps = list(stage.steps) if isinstance(stage, GroupProgram) else [stage]
        if any(one.name == step for one in steps):
            break
        found += [one for one in steps if not one.may_be_unlimited]
    return found


def order_questions(program: CheckedProgram) -> Iterator[Question]:
    """For each step behind others whether it can pay while one of these has something left."""
    for step in program.each_step():
        if earlier_steps(program, step.name):
            text = f"`{step.name}` can pay while a step before it has money left"
            name = f"order.{step.name}"
            yield Question(name, text, step.citation, step.name, wants_event=True, information=True)


@define
class PaysOutOfOrder(Claim):
    """A step pays though one before it could have paid more: an event in which it does is wanted.

    ``waits_for`` are the earlier steps, each with the number of the invariant that says that it comes first.
    """

    waits_for: Sequence[tuple[str, EnsureProgram]]
    rarely_shown: ClassVar[bool] = True  # steps are done in their order

    @property
    def ensures(self) -> tuple[EnsureProgram, ...]:
        """One for each earlier step."""
        return tuple(ensure for _, ensure in self.waits_for)

    def denial(self, built: Built) -> Truth:
        """One of the invariants is broken, in one of the passes."""
        judged = [line for one in built.runs[0].judged for line in one]
        return disjunction(*[negation(truth) for _, _, truths in judged for truth in truths])

    def seen(self, played: Played) -> str | None:
        """What it pays while which step has something left."""
        run, step = played.run, str(self.question.about)
        for (earlier, _), line in zip(self.waits_for, run.ensures[-len(self.waits_for) :], strict=True):
            if not line.holds:
                show, lines = run.currency.show, [one for one in run.lines if one.step == earlier]
                left = sum(one.capacity - one.drawn for one in lines if one.capacity)
                rest = f"{show(left)} left" if left else "money left"
                missed = all(one.status is Status.NOT_REACHED for one in lines)
                why = ", which these losses do not reach," if missed else ""
                return f"`{step}` pays {show(run.drawn(step))} while `{earlier}`{why} has {rest}"
        return None


def out_of_order(question: Question, program: CheckedProgram) -> PaysOutOfOrder:
    """The claim that a step pays out of order, as invariants of the language behind those of the rulebook.

    The money of a defaulter meets its own losses alone, so that of several there is no order.
    """
    step, nothing = str(question.about), f"{program.currency.code} 0"
    earlier = earlier_steps(program, step)
    sections = []
    for one in earlier:
        several = " or (count of defaulters) > 1" if one.payers == "defaulters" else ""
        holds = f"used({step}) = {nothing} or unused({one.name}) = {nothing}{several}"
        sections.append(f'ensure "{one.name} comes before {step}": {holds}\n')
    asked = with_statements(program, [SourceText.from_text("".join(sections), question.text)])
    names = [one.name for one in earlier]
    return PaysOutOfOrder(question, [asked], list(zip(names, asked.ensures[-len(names) :], strict=True)))
