"""How the amounts of one payer came about, for that payer to read: of other members nothing but totals."""

from collections.abc import Mapping

from attrs import evolve, field, frozen

from rulelang.check.program import CheckedProgram
from rulelang.explain.explanation import Paragraph
from rulelang.explain.paragraphs.day import repaid, repaid_briefly
from rulelang.explain.paragraphs.dues import Dues
from rulelang.explain.paragraphs.payer import TurnKey, computed_for, paid_briefly
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.words import Words
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.history import HistoryDay


@frozen
class Computed:
    """How amounts of a payer came about: in ``paragraphs``, with all that was looked at, and in a few sentences each.

    ``paid`` has these by turn, ``owed`` by pot and segment, ``repaid`` by whose default and step.
    """

    paragraphs: tuple[Paragraph, ...] = ()
    paid: Mapping[TurnKey, str] = field(factory=dict)
    owed: Mapping[tuple[str, str | None], str] = field(factory=dict)
    repaid: Mapping[tuple[str, str], str] = field(factory=dict)


def replayed(program: CheckedProgram, event: Event, allocation: Allocation) -> Replay:
    """A run as payers are told of it, evaluated once for all of them."""
    return Replay(program, event, allocation, Words(program, allocation.names, None), detailed=False)


def computed(run: Replay, payer: str) -> Computed:
    """The default, every step under which the payer pays, and the values that were filled in for it."""
    read = run.read_by(payer)
    return Computed(tuple(computed_for(read, payer)), paid_briefly(read, payer))


@frozen
class DayComputations:
    """The same of a day of a history: also what its run, if it has one, makes due, and what comes back."""

    day: HistoryDay
    words: Words
    dues: Dues | None

    @classmethod
    def of_day(cls, program: CheckedProgram, day: HistoryDay) -> "DayComputations":
        """Those of a day, whose run is evaluated once for all payers."""
        parties = {who: title for who, title in program.parties.items() if title is not None}
        words = Words(program, {**parties, **day.names}, None)
        if day.event is None or day.run is None:
            return cls(day, words, None)
        return cls(day, words, Dues.of(replayed(program, day.event, day.run), day.due, day.owed))

    def of(self, payer: str) -> Computed:
        """What a payer pays, owes and is repaid on the day, if it does, each as it is computed."""
        words, ran, dues = evolve(self.words, reader=payer), Computed(), self.dues
        if dues is not None and dues.run.allocation.paid_by(payer):
            ran = computed(dues.run, payer)
        due = () if dues is None else dues.told(words, payer)
        return evolve(
            ran,
            paragraphs=(*ran.paragraphs, *due, *repaid(self.day, words, payer)),
            owed={} if dues is None else dues.briefly(words, payer),
            repaid=repaid_briefly(self.day, words, payer),
        )
