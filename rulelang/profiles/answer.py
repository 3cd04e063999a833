"""The answer to an inverse question, in words and as plain values."""

from attrs import frozen

from rulelang.base.decimals import exact_or_none
from rulelang.base.money import Exact
from rulelang.base.render import visible
from rulelang.document.write import Plain
from rulelang.model.trail import Status
from rulelang.profiles.profile import Profile
from rulelang.profiles.questions import Answer, turns_of
from rulelang.profiles.to_dict import heading


@frozen
class Told:
    """An answer and what it was asked of; ``outcome`` if the question was put as one about the outcome."""

    profile: Profile
    answer: Answer
    outcome: bool = False

    @property
    def found(self) -> bool:
        """Whether it is ever so."""
        return self.answer.value is not None

    def to_text(self) -> str:
        """The answer in a few lines; that of an exercise says so first."""
        return self.profile.plan.event.banner + self.sentences()

    def sentences(self) -> str:
        """The answer in a few lines."""
        answer, words = self.answer, self.profile.variable.words
        if answer.crossing is None:
            return f"{self._never()}\n"
        side = "exactly at" if answer.crossing.attained else "just above"
        by_lines = f"  by the lines: {side} {self._value(answer.crossing.at)}"
        if answer.value is None:
            return f"{self._asked()} by the lines alone: no run near comes to it, because runs round\n{by_lines}\n"
        there = f"at {self._value(answer.value)} {self._measured(answer.there)}"
        below = "" if answer.below is None else f"; one minor unit below {self._measured(answer.below)}"
        if below and answer.question.exhausted and answer.below == answer.there:  # what it can pay is less here
            below += ", and could pay more"
        head = f"{self._asked()} where {words} is {self._value(answer.value)}"
        return f"{head}\n{by_lines}\n  confirmed by runs: {there}{below}\n"

    def _asked(self) -> str:
        """What is asked, as a statement."""
        question = self.answer.question
        if self.outcome:
            return f"the outcome is first `{self._finally()}`"
        amount = "anything" if question.amount is None else self._show(question.amount)
        if question.of_the_uncovered:
            return f"{amount} stays uncovered first"
        return f"{self._subject()} {'is first exhausted' if question.exhausted else f'first pays {amount}'}"

    def _subject(self) -> str:
        question = self.answer.question
        within = "" if question.segment is None else f" in {question.segment}"
        if question.payer is None:
            return f"`{question.step}`{within}"
        under = "" if question.step is None else f" under `{question.step}`"
        return f"{visible(question.payer)}{under}"

    def _measured(self, amount: int | None) -> str:
        question = self.answer.question
        shown = self._show(amount or 0)
        return f"{shown} stays uncovered" if question.of_the_uncovered else f"it pays {shown}"

    def _never(self) -> str:
        """That it is never so, and why."""
        question, peak = self.answer.question, self.answer.peak
        stop = self.profile.stop
        reach = "" if stop is None else f", up to where {self.profile.variable.words} is {self._value(stop)}"
        amount = "anything" if question.amount is None else self._show(question.amount)
        if question.of_the_uncovered:
            head = f"the outcome is never `{self._finally()}`" if self.outcome else f"{amount} never stays uncovered"
        else:
            head = f"{self._subject()} {'is never exhausted' if question.exhausted else f'never pays {amount}'}"
        if question.exhausted and self._unlimited():
            return f"{head}{reach}: it has no limit"
        if peak.amount is None:
            return f"{head}{reach}"
        if not peak.amount:
            nothing = "every loss is covered" if question.of_the_uncovered else "it never pays anything"
            return f"{head}{reach}" + (f": {nothing}" if self.outcome or question.amount or question.exhausted else "")
        most = "the most that stays uncovered is" if question.of_the_uncovered else "the most it pays is"
        where = f"first where {self.profile.variable.words} is {self._value(peak.at)}"
        return f"{head}{reach}: {most} {self._show(peak.amount)}, {where}"

    def _unlimited(self) -> bool:
        question = self.answer.question
        keys = turns_of(self.profile, question.step or "", question.segment)
        turns = [turn for piece in self.profile.pieces for turn in piece.turns if turn.turn.key in keys]
        return any(turn.status is Status.PAID and turn.capacity is None for turn in turns)

    def _finally(self) -> str:
        outcome = self.profile.plan.program.outcome
        return "uncovered" if outcome is None else outcome.name

    def _show(self, amount: Exact) -> str:
        return self.profile.currency.show(amount)

    def _value(self, at: Exact) -> str:
        """A value of what varies, in the currency of that."""
        return self.profile.variable.currency.show(at)

    def to_dict(self) -> Plain:
        """The answer as plain values: what ``rulelang when --format json`` prints."""
        answer, question, crossing = self.answer, self.answer.question, self.answer.crossing
        currency, moved = self.profile.currency, self.profile.variable.currency
        subject = "payer" if question.payer else "step" if question.step else "outcome" if self.outcome else "uncovered"
        asks = "exhausted" if question.exhausted else "starts" if question.amount is None else "amount"
        return {
            **heading(self.profile),
            "question": {
                "of": subject,
                "payer": question.payer,
                "step": question.step,
                "segment": question.segment,
                "asks": asks,
                "amount": exact_or_none(question.amount, currency),
            },
            "exact": None if crossing is None else crossing.to_dict(moved),
            "value": exact_or_none(answer.value, moved),
            "there": exact_or_none(answer.there, currency),
            "below": exact_or_none(answer.below, currency),
            "most": exact_or_none(answer.peak.amount, currency),
            "words": self.to_text().splitlines()[0],
        }
