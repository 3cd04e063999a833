"""What varies in a profile: the whole loss, one defaulter's loss, or a given amount; everything else stays."""

from fractions import Fraction
from typing import Literal

from attrs import evolve, frozen

from rulelang.base.advice import Help
from rulelang.base.apportion import split
from rulelang.base.diagnostic import Diagnostic, RulelangError, finding
from rulelang.base.money import Currency
from rulelang.base.suggest import did_you_mean
from rulelang.check.events.amounts import amount_in
from rulelang.check.program import CheckedProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.profiles.line_domain import LineDomain
from rulelang.profiles.lines import Line, Moving
from rulelang.run.data import Data
from rulelang.run.inputs import make_data
from rulelang.run.plan import Key, Plan


@frozen
class Variable:
    """One amount of an event that varies, in minor units of its own currency.

    ``kind`` is ``loss`` (all default losses in proportion), ``default`` (the losses of one member, perhaps in one
    segment, in proportion) or ``given``; ``places`` are the losses that move with it.
    """

    plan: Plan
    kind: Literal["loss", "default", "given"]
    name: str
    segment: str | None = None
    places: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """What varies, as a person would say it."""
        within = "" if self.segment is None else f" in {self.segment}"
        if self.kind == "loss":
            return "the loss"
        return f"the loss of {self.name}{within}" if self.kind == "default" else f"`{self.name}`{within}"

    @property
    def currency(self) -> Currency:
        """The currency of what varies, in which every value of it is told; what is paid is in that of the rulebook."""
        program = self.plan.program
        return program.currency_of(program.givens[self.name].type) if self.kind == "given" else program.currency

    @property
    def foreign(self) -> Currency | None:
        """The currency of what varies, if it is another than that of the rulebook."""
        return None if self.currency == self.plan.program.currency else self.currency

    @property
    def value(self) -> int | None:
        """What the amount is in the event; ``None`` for a given that the event leaves out."""
        event = self.plan.event
        if self.kind == "given":
            value = event.givens[self.name, self.segment]
            return value if isinstance(value, int) else None
        return sum(event.losses[place].amount for place in self.places)

    def units(self, text: str | int) -> int:
        """The minor units of a value of it as people write amounts, in its currency; a whole number is minor units.

        Raises:
            RulelangError: it is no amount, in another currency, ambiguous, or finer than a minor unit.
        """
        try:
            return amount_in(text, self.currency)
        except RulelangError as error:
            if self.foreign is not None:
                why = f"{self.words} is in {self.foreign.code}, and so is every value of it"
                error.diagnostics = tuple(evolve(one, notes=(*one.notes, why)) for one in error.diagnostics)
            raise

    def data(self, domain: LineDomain) -> Data:
        """The event's data with the amount as a line."""
        losses: list[Moving] = [loss.amount for loss in self.plan.event.losses]
        total = self.value or 0
        for place in self.places:
            losses[place] = Line(0, Fraction(self.plan.event.losses[place].amount, total))
        givens: dict[Key, Moving] = {(self.name, self.segment): Line(0, 1)} if self.kind == "given" else {}
        return make_data(self.plan, domain, losses, givens)

    def event_at(self, amount: int) -> Event:
        """The event with the amount set; a loss is split over its ``default`` lines by largest remainder."""
        event = self.plan.event
        if self.kind == "given":
            return evolve(event, givens={**event.givens, (self.name, self.segment): amount})
        parts = dict(zip(self.places, split(amount, [event.losses[p].amount for p in self.places]), strict=True))
        losses = (evolve(loss, amount=parts.get(place, loss.amount)) for place, loss in enumerate(event.losses))
        return evolve(event, losses=tuple(losses))


def find_variable(plan: Plan, word: str = "loss") -> Variable:
    """The variable that a word names: ``loss``, a defaulter's id, a given's name; ``NAME.SEGMENT`` for one segment.

    Raises:
        RulelangError: the event has no such loss, or the rulebook no such amount.
    """
    event = plan.event
    if word == "loss":
        if not event.losses:
            raise RulelangError([_nothing("the event has no default, so there is no loss to vary")])
        return Variable(plan, "loss", word, None, tuple(range(len(event.losses))))
    for name, segment in _readings(word, plan):
        places = tuple(
            place for place, loss in enumerate(event.losses) if loss.member == name and segment in (None, loss.segment)
        )
        if places:
            return Variable(plan, "default", name, segment, places)
        if (name, segment) in event.givens and name in amounts_given(plan.program):
            return Variable(plan, "given", name, segment)
    raise RulelangError([_unknown(word, plan)])


def amounts_given(program: CheckedProgram) -> list[str]:
    """The givens that may move: amounts of money, in whatever currency."""
    return [name for name, datum in program.givens.items() if datum.type.kind is Kind.MONEY]


def _readings(word: str, plan: Plan) -> list[tuple[str, str | None]]:
    """A word as a name, or as a name and a segment."""
    name, dot, segment = word.rpartition(".")
    return [(word, None), *([(name, segment)] if dot and segment in plan.program.segments else [])]


def _unknown(word: str, plan: Plan) -> Diagnostic:
    names = [*dict.fromkeys((*plan.event.defaulters, *amounts_given(plan.program)))]
    message = f"there is no loss of `{word}` in the event and no given amount `{word}` in the rulebook"
    near = did_you_mean(word, names)
    listed = ", ".join(f"`{name}`" for name in names[:5])
    advice: Help = near or f"what may vary: `loss`{', ' * bool(listed)}{listed}"
    if word in plan.event.members:
        message = f"`{word}` does not default in the event, so it has no loss to vary"
    elif any(key[0] == word for key in plan.event.givens) and plan.program.givens[word].per_segment:
        message = f"`{word}` is per segment"
        advice = f"say of which segment, as in `{word}.{plan.program.segments[0]}`"
    elif word in plan.program.givens:
        message = f"`{word}` is no amount of money, so it cannot vary"
    return _nothing(message, advice)


def _nothing(message: str, advice: Help | None = None) -> Diagnostic:
    return finding("nothing-to-vary", message, help=advice)
