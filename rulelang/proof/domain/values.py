"""What rows hold beside numbers and truths: sums over many members, truths of each of many, choices, what is outside.

Of the members of an event some may be *taken as one*: a *slot* stands for any number of members that agree in every
choice.  A value that differs among them stands in a row as the :class:`Sum` of the members' values, and a truth that
differs among them as an :class:`Each`, whose formula is read for each member: a linear form over sums is, term by term,
a linear form over each member's values.  Neither mixes by itself with what is the same for everybody; the domain says
what that means (:mod:`rulelang.proof.domain.rows`).
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from attrs import field, frozen

from rulelang.base.source import Span
from rulelang.proof.domain.terms import Formula, Number, Truth, conjunction, disjunction, negation
from rulelang.syntax import nodes


@frozen
class Outside(Exception):
    """A word of the language that the encoding does not cover; ``words`` are those of the rulebook, at ``span``."""

    reason: str
    node: nodes.Expression | None = None
    words: str | None = None
    span: Span | None = None

    def __str__(self) -> str:
        return self.reason


@frozen
class Slot:
    """Members taken as one: their name in the event, their number, and what all of them have in common."""

    name: str
    number: Number
    choices: Mapping[tuple[str, str | None], str | bool | int] = field(factory=dict, eq=False)


@frozen
class Sum:
    """The sum of a value over the members of a slot."""

    form: Number
    slot: Slot


@frozen
class Each:
    """A truth of each of the members of a slot, put as one over the sums of their values."""

    formula: Formula
    slot: Slot


@frozen
class Choice:
    """A value of a choice that varies: the truth of each option; exactly one holds."""

    options: Mapping[str, Truth] = field(hash=False)

    def is_(self, other: "Choice | str") -> Truth:
        """Whether it is another value."""
        if isinstance(other, str):
            return self.options.get(other, False)
        both = [conjunction(truth, other.options.get(option, False)) for option, truth in self.options.items()]
        return disjunction(*both)


@frozen
class Unread:
    """A datum whose type the encoding does not cover; whatever is done with it is outside."""

    datum: str
    kind: str
    span: Span

    def outside(self) -> Outside:
        """The reason."""
        return Outside(f"`{self.datum}` is {self.kind}, which varies from event to event", None, self.datum, self.span)

    def _used(self, *_: object) -> NoReturn:
        raise self.outside()

    __add__ = __radd__ = __sub__ = __rsub__ = __neg__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = _used


Symbolic = Any  # a value of a row: an exact number, a form, a sum, a truth of any kind, a choice, text or a date
"""A value of a row."""


def slot_of(*values: Symbolic) -> Slot | None:
    """The slot whose members some values of one place in a row belong to (``None``: they are one member's).

    Raises:
        Outside: one is of a type that is not encoded.
    """
    for value in values:
        if isinstance(value, Unread):
            raise value.outside()
        if isinstance(value, (Sum, Each)):
            return value.slot
    return None


def summed(number: Number, slot: Slot | None) -> Symbolic:
    """A sum over the members of a slot, if there is one; nothing is nothing for each."""
    return number if slot is None or number == 0 else Sum(number, slot)


def number_in(value: Symbolic) -> Number:
    """A value as a number, a sum as one like any other."""
    return value.form if isinstance(value, Sum) else value


def of_each(truth: Truth, slot: Slot | None) -> Symbolic:
    """A truth of each member of a slot; settled, it is a plain one."""
    return Each(truth, slot) if isinstance(truth, Formula) and slot is not None else truth


def denied(truth: Symbolic) -> Symbolic:
    """That a truth does not hold."""
    return of_each(negation(truth.formula), truth.slot) if isinstance(truth, Each) else negation(truth)
