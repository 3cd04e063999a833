"""What is asked of a rulebook, and what comes out: proved, refuted by an event that was run, or unknown.

A verdict never says more than was shown.  *Proved* names for whom and how exactly; *refuted* holds an event that the
interpreter has run and that shows it; whatever is neither is *unknown*, with the reason.
"""

from collections.abc import Mapping
from typing import Literal, Union

from attrs import field, frozen

from rulelang.base.source import Span

About = Union[int, str, "Question", None]
"""What a question is about: the number of an ``ensure`` (from 0), a step, the words of a claim, the run as a whole; of
what is assumed the question for which it is."""


@frozen
class Question:
    """One question about a rulebook (or about two versions of it), by a name that stays the same from run to run.

    ``wants_event`` if an event is what answers it (that a step can pay); otherwise no event may break it.
    ``information`` if either answer is in order (that loss can stay uncovered).
    """

    name: str
    text: str
    citation: str | None = None
    about: About = None
    wants_event: bool = False
    information: bool = False


@frozen
class Scope:
    """For whom something was proved, and how exactly.

    ``survivors`` and ``defaulters`` are how many there may be (``None``: any number, none included); ``these_members``
    if it was for the members and data of a given event, whose losses, decisions and earlier payments are free.
    ``to_the_unit`` if it holds for the rounded amounts of the interpreter.  Else, of two runs, these keep to it up to
    ``within`` minor units; or (``None``) it holds for exact shares, and no bound on what rounding does was proved.
    ``without`` names what no event has.
    """

    survivors: int | None
    defaulters: int | None
    these_members: bool = False
    to_the_unit: bool = True
    within: int | None = None
    without: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The scope in one phrase."""
        return f"{self.members}, {self.rounding}"

    @property
    def members(self) -> str:
        """For whom it was proved."""
        if self.these_members:
            return "the members of this event"
        if self.survivors is None and self.defaulters is None:
            return "any number of survivors and defaulters"
        return f"{_number(self.survivors, 'survivor')} and {_number(self.defaulters, 'defaulter')}"

    @property
    def rounding(self) -> str:
        """How exactly it was proved, and what no event has."""
        if self.to_the_unit:
            text = "to the minor unit"
        elif self.within is None:
            text = "before rounding"
        else:
            text = f"before rounding; a run differs by at most {self.within} minor units"
        return f"{text}; without {' and '.join(self.without)}" if self.without else text


def _number(most: int | None, what: str) -> str:
    if most is None:
        return f"any number of {what}s"
    return f"one {what}" if most == 1 else f"up to {most} {what}s"


How = Literal["by its words", "by its bounds", "linear", "linear, with pairs", "nonlinear", "by an event"]
"""What decided it: that two versions have the same rules word for word, bounds of the values alone, a rung of the
ladder of solvers, or an event that was run."""


@frozen
class Proved:
    """No event in the scope breaks it; of a question that wants an event, ``event`` is the text of one, and it ran.

    ``assumptions`` are the texts of those that the proof took for granted; ``shown`` is what was seen in the event.
    """

    scope: Scope
    how: How
    assumptions: tuple[str, ...] = ()
    event: str | None = None
    shown: str = ""


@frozen
class Refuted:
    """``event`` is the text of an event that breaks it, run by the interpreter; ``shown`` says what was seen there.

    ``second`` is the text of the event of the second run, where that is not the same (a larger loss, a version that
    calls its data otherwise).
    """

    event: str
    shown: str
    second: str | None = None


@frozen
class Never:
    """Of a question that wants an event: there is none in the scope, and that is proved."""

    scope: Scope
    how: How
    assumptions: tuple[str, ...] = ()


@frozen
class AboutData:
    """An ``ensure`` that reads no result of a run: a condition on the data, true or false as they are; not judged."""

    reason: str


@frozen
class Unknown:
    """Neither proved nor refuted; ``why`` is the kind of reason, ``reason`` the words.

    ``words`` and ``span`` are the words of the rulebook that are outside the provable part; ``proved`` is the scope for
    which it was proved nevertheless.
    """

    why: Literal["outside", "out of time", "not found", "assumptions"]
    reason: str
    words: str | None = None
    span: Span | None = None
    proved: Scope | None = None


Verdict = Proved | Refuted | Never | AboutData | Unknown


@frozen
class Settled:
    """A question with its verdict: how long it took, and the formulas that were asked, by regime and rung.

    A *regime* is a range of days on which the same steps are in force; the texts are SMT-LIB 2.6, and each is
    unsatisfiable where something was proved.
    """

    question: Question
    verdict: Verdict
    seconds: float
    formulas: Mapping[str, str] = field(factory=dict, repr=False)
