"""All that was asked of a rulebook or of two versions, with what was found: what command, page and Python tell."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any, assert_never

from attrs import evolve, frozen

from rulelang.check.program import CheckedProgram
from rulelang.document.write import Plain
from rulelang.model.event import Event
from rulelang.proof.claims.common_names import in_words
from rulelang.proof.claims.questions import QUESTIONS_OF_PAIR, Assumption, Key, possible_for, questions_of
from rulelang.proof.claims.verdict import AboutData, Never, Proved, Question, Refuted, Scope, Settled, Unknown
from rulelang.proof.refuting.witness import Witness, witness_of
from rulelang.proof.settle import settle

SOLVER = "z3"
DEFAULT_TIMEOUT = 10
"""Seconds for each question that is put to the solver."""
WORDS = {Proved: "proved", Refuted: "refuted", Never: "refuted", AboutData: "about the data", Unknown: "unknown"}


@frozen(slots=False, repr=False)
class Proof:
    """What was found, question by question.

    ``programs`` are the rulebooks as they were asked, with claims and assumptions that were written for the proof;
    ``originals`` as they were given.  ``event`` fixes members and data, ``most_members`` bounds their number.
    """

    originals: tuple[CheckedProgram, ...]
    programs: tuple[CheckedProgram, ...]
    assumptions: tuple[Assumption, ...]
    settled: tuple[Settled, ...]
    event: Event | None = None
    most_members: int | None = None
    timeout: float = DEFAULT_TIMEOUT

    @property
    def verdict(self) -> str:
        """``refuted`` if one was, else ``unknown`` if one is, else ``proved``."""
        found = {word_of(one) for one in self.settled}
        return next((word for word in ("refuted", "unknown") if word in found), "proved")

    def count(self, word: str) -> int:
        """How many came out as this word."""
        return sum(word_of(one) == word for one in self.settled)

    @cached_property
    def witnesses(self) -> Mapping[str, Witness]:
        """The events that show something, by the names of the questions, run again."""
        found = ((one.question.name, witness_of(one, self.programs)) for one in self.settled)
        return {name: witness for name, witness in found if witness is not None}

    def to_text(self) -> str:
        """Every question with its verdict, a line each."""
        return "".join(f"{answer_of(one):<10} {one.question.text}\n" for one in self.settled)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<Proof of {len(self.settled)} questions: {self.verdict}>"

    def to_dict(self) -> Plain:
        """The certificates as plain values: what ``rulelang prove --format json`` prints."""
        return {
            "rulebooks": [program.named for program in self.originals],
            "event": None if self.event is None else {"title": self.event.title, "sha256": self.event.sha256},
            "most_members": self.most_members,
            "assumptions": [{"text": one.text, "version": one.version} for one in self.assumptions],
            "solver": {"name": SOLVER, "version": solver_version(), "seconds_each": str(self.timeout)},
            "verdict": self.verdict,
            "claims": [self._claim(one) for one in self.settled],
        }

    def _claim(self, settled: Settled) -> Plain:
        question, witness = settled.question, self.witnesses.get(settled.question.name)
        return {
            "name": question.name,
            "claim": question.text,
            "citation": question.citation,
            "wants_event": question.wants_event,
            "verdict": word_of(settled),
            **_certificate(settled),
            "shown": None if witness is None else witness.shown,
            "events": [] if witness is None else list(witness.texts),
            "seconds": int(settled.seconds * 1000) / 1000,
            "formulas": [
                {"regime": regime, "sha256": sha256(text.encode("utf-8")).hexdigest()}
                for regime, text in problems(settled).items()
            ],
        }


def problems(settled: Settled) -> Mapping[str, str]:
    """The formulas as whole files of SMT-LIB 2.6, by regime: what `--smt` writes and any solver takes."""
    claim = f"; {settled.question.name}: {settled.question.text}\n"
    says = "; unsat: no event of this regime breaks it (of what asks for an event: there is none)\n"
    return {regime: f"{claim}; {regime}\n{says}{text}(check-sat)\n" for regime, text in settled.formulas.items()}


def word_of(settled: Settled) -> str:
    """The verdict in a word: ``proved``, ``refuted``, ``about the data`` or ``unknown``."""
    if settled.question.information and not isinstance(settled.verdict, Unknown):
        return "proved"  # either answer is in order
    return WORDS[type(settled.verdict)]


def answer_of(settled: Settled) -> str:
    """The word that a person is shown: of a question that wants an event, whether there is one."""
    if settled.question.wants_event:
        match settled.verdict:
            case Proved():
                return "yes"
            case Never():
                return "never" if settled.question.information else "NEVER"
    word = word_of(settled)
    return word.upper() if word == "refuted" else word


def _certificate(settled: Settled) -> Plain:
    """The scope, what decided it, what it took for granted, and why it is open."""
    verdict = settled.verdict
    plain: dict[str, Any] = {"scope": None, "how": None, "assumptions": [], "why": None, "reason": None, "words": None}
    match verdict:
        case Proved() | Never():
            plain |= {"scope": _scope(verdict.scope), "how": verdict.how, "assumptions": list(verdict.assumptions)}
        case Refuted():
            plain |= {"how": "by an event"}
        case AboutData():
            plain |= {"reason": verdict.reason}
        case Unknown():
            scope = None if verdict.proved is None else _scope(verdict.proved)
            plain |= {"scope": scope, "why": verdict.why, "reason": verdict.reason, "words": verdict.words}
        case _:
            assert_never(verdict)
    return plain


def _scope(scope: Scope) -> Plain:
    return {
        "survivors": scope.survivors,
        "defaulters": scope.defaulters,
        "these_members": scope.these_members,
        "to_the_unit": scope.to_the_unit,
        "within": scope.within,
        "without": list(scope.without),
        "text": scope.words,
    }


def solver_version() -> str | None:
    """The version of the solver's package, if it is there."""
    try:
        return version("z3-solver")
    except PackageNotFoundError:
        return None


def assumptions_of(programs: Sequence[CheckedProgram]) -> tuple[Assumption, ...]:
    """What the rulebooks assume; what two versions assume in the same words, which mean the same, is assumed once."""
    found: dict[tuple[str, ...], Assumption] = {}
    for place, program in enumerate(programs):
        for one in program.assumes:
            parts = (one.condition,) if one.where is None else (one.condition, one.where)
            words = (program.source.slice(part.span) for part in parts)
            key = one.text, str(one.population), *words, *in_words(program, *parts)
            found.setdefault(key, Assumption(one.text, one.condition, one.population, one.where, place))
    return tuple(found.values())


def prove_all(
    originals: Sequence[CheckedProgram],
    programs: Sequence[CheckedProgram],
    *,
    only: Collection[str | Question] | None = None,
    event: Event | None = None,
    most_members: int | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    told: Callable[[int, int, Question], None] = lambda _done, _total, _question: None,
) -> Proof:
    """Settle every question about a rulebook or about two versions; ``told`` is called before each.

    ``only`` names the questions that are asked, or holds such as are asked of no other rulebook.  From assumptions
    that contradict each other nothing is proved.
    """
    assumptions = assumptions_of(programs)
    questions = questions_of(programs[0]) if len(programs) == 1 else QUESTIONS_OF_PAIR
    asked = [question for question in questions if only is None or question.name in only]
    asked += [one for one in only or () if isinstance(one, Question)]
    settling = partial(
        settle, programs=programs, assumptions=assumptions, event=event, most_members=most_members, timeout=timeout
    )
    found: list[Settled] = []
    possible: dict[Key, Settled] = {}
    for done, question in enumerate(asked):
        if assumptions:
            key, first = possible_for(question, programs)
            if key not in possible:
                told(done, len(asked), first)
                possible[key] = settling(first)
            if isinstance(possible[key].verdict, Never):
                found.append(_from_nothing(question, possible[key], key))
                continue
        told(done, len(asked), question)
        settled = settling(question)
        found.append(_perhaps_of_nothing(settled, possible[key]) if assumptions else settled)
    return Proof(tuple(originals), tuple(programs), assumptions, tuple(found), event, most_members, timeout)


def _from_nothing(question: Question, possible: Settled, key: Key) -> Settled:
    """What can be said where no event obeys the assumptions: of no event everything is true."""
    why = "the assumptions contradict each other: no event obeys them all"
    if key[0] is not None:
        why = "the assumptions contradict each other, or no event that obeys them has anybody of whom this is said"
    reason = f"{why}, so nothing counts as proved"
    return Settled(question, Unknown("assumptions", reason), possible.seconds, possible.formulas)


def _perhaps_of_nothing(settled: Settled, possible: Settled) -> Settled:
    """What was found, unless it rests on assumptions that perhaps no event obeys."""
    verdict = settled.verdict
    if isinstance(possible.verdict, Proved) or not isinstance(verdict, Proved | Never):
        return settled
    if isinstance(verdict, Proved) and verdict.event is not None:
        return settled
    reason = "proved of events that obey all assumptions, but no such event was found: perhaps there is none"
    return evolve(settled, verdict=Unknown("assumptions", reason, proved=verdict.scope))
