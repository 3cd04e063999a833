"""Numbers, lists and names in words.

Decimals are written by integer arithmetic, and are cut off with an ellipsis where they go on.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd
from typing import Any

from attrs import frozen

from rulelang.base.money import Exact
from rulelang.base.source import Span
from rulelang.check.program import CheckedProgram, LimitProgram, StepProgram
from rulelang.check.types import Kind, Type
from rulelang.model.event import Event
from rulelang.syntax import nodes

EXACT_PLACES = 8
"""So many decimals beyond those of a minor unit are written out where they end; otherwise four and an ellipsis."""
_CUT_PLACES = 4
_MOST_BITS = 1024


def _ending_places(denominator: int, most: int) -> int | None:
    """How many decimals a fraction with this denominator (in lowest terms) has, ``None`` if more than ``most``."""
    twos = (denominator & -denominator).bit_length() - 1
    rest, fives = denominator >> twos, 0
    while rest % 5 == 0 and fives <= most:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    return places if rest == 1 and places <= most else None


def decimal(value: Exact, scale: int = 0) -> str:
    """``value`` over ten to the ``scale``, with thousands separators: exact where its decimals end, else cut off."""
    top, bottom = abs(value.numerator), value.denominator * 10**scale
    common = gcd(top, bottom)
    top, bottom = top // common, bottom // common
    if top.bit_length() - bottom.bit_length() > _MOST_BITS:
        return f"a number of {top.bit_length() - bottom.bit_length()} binary digits"
    ending = _ending_places(bottom, scale + EXACT_PLACES)
    places = scale + _CUT_PLACES if ending is None else max(scale, ending)
    whole, rest = divmod(top * 10**places // bottom, 10**places)
    tail = f".{rest:0{places}d}" if places else ""
    return f"{'-' if value < 0 else ''}{whole:,}{tail}{'…' if ending is None else ''}"


def fraction(value: Exact, scale: int = 0) -> str | None:
    """``value`` over ten to the ``scale`` as a fraction in lowest terms, ``None`` if that is too long to read."""
    exact = Fraction(value, 10**scale)
    if max(exact.numerator.bit_length(), exact.denominator.bit_length()) > _MOST_BITS // 8:
        return None
    return str(exact)


def listing(names: Sequence[str], most: int | None = None) -> str:
    """``A``, ``A and B``, ``A, B and C``; at most ``most`` of them by name, the others by their number."""
    shown = list(names)
    if most is not None and len(shown) > most:
        left = len(shown) - most
        shown = [*shown[:most], f"{left} other{'s' if left > 1 else ''}"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "nobody"


def plural(number: int, word: str) -> str:
    """``1 step`` or ``3 steps``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def sentence(text: str) -> str:
    """The text as a sentence: a capital where it begins with an article, a stop at its end."""
    return f"{'T' if text.startswith('the ') else text[:1]}{text[1:]}."


def under(citation: str, word: str = "Under") -> str:
    """``Under CR 6.3(c)``; a citation that begins like a remark stands between quotation marks."""
    return f"{word} “{citation}”" if citation[:1].islower() else f"{word} {citation}"


def titled(name: str, title: str | None) -> str:
    """What has a name and perhaps a title: ``“Cooling-off” (cooling_off)``."""
    return f"“{title}” ({name})" if title else f"“{name}”"


def within(segment: str | None) -> str:
    """`` in energy``, or nothing where no segment is meant."""
    return "" if segment is None else f" in {segment}"


def bracketed(text: str | None) -> str:
    """`` (CR 6.3)``, or nothing where there is nothing to say."""
    return f" ({text})" if text else ""


def uncited(limit: LimitProgram, clauses: Iterable[nodes.Clause]) -> Span:
    """The words of an ``up to`` without its citation; ``clauses`` are those among which it is written."""
    written = (clause for clause in clauses if clause.span == limit.span)
    cite = next((clause.cite for clause in written if clause.cite is not None), None)
    return Span(limit.span.start, limit.span.end if cite is None else cite.span.start)


@frozen
class Words:
    """How amounts, values, payers and steps are called; ``most`` names of a list are written out.

    Where the ``reader`` is a payer, it reads nothing of other members but that they are there.
    """

    program: CheckedProgram
    names: Mapping[str, str]
    most: int | None
    reader: str | None = None

    def known_to_reader(self, payer: str) -> bool:
        """Whether the reader may read who it is: itself, the CCP and parties; somebody who is no payer reads all."""
        return self.reader is None or payer in (self.reader, "ccp") or payer in self.program.parties

    def owns(self, payer: str, pot: str) -> bool:
        """Whether a pot is a payer's own, and not one that it draws from beside its owner."""
        return self.program.owners.get(pot, payer) == payer

    def amount(self, units: Exact) -> str:
        """Minor units in major units, without the currency."""
        return decimal(units, self.program.currency.decimals)

    def money(self, units: Exact, type_: Type | None = None) -> str:
        """Minor units as an amount of money, of a type of money or of the currency in which the rulebook settles."""
        currency = self.program.currency if type_ is None else self.program.currency_of(type_)
        return f"{currency.code} {decimal(units, currency.decimals)}"

    def payer(self, payer: str) -> str:
        """A payer by name and id."""
        if not self.known_to_reader(payer):
            return "another member"
        name = self.names.get(payer)
        if payer == "ccp":
            return "the CCP"
        return payer if name in (None, payer) else f"{name} ({payer})"

    def payers(self, payers: Iterable[str]) -> str:
        """Payers in a list, which is cut short where there are many."""
        told = list(payers)
        named = [self.payer(payer) for payer in told if self.known_to_reader(payer)]
        others = len(told) - len(named)
        if others > 1:
            return self.list([*named, f"{others:,} other members"])
        return self.list([*named, *(["another member"] * others)])

    def ids(self, payers: Iterable[str]) -> str:
        """Payers in a list by their ids alone."""
        told = list(payers)
        return listing(told, self.most) if all(map(self.known_to_reader, told)) else self.payers(told)

    def list(self, texts: Sequence[str]) -> str:
        """A list, cut short where there is much."""
        return listing(texts, self.most)

    def step(self, step: StepProgram) -> str:
        """A step by title and name."""
        return step.name if step.title in (None, step.name) else f"{step.title} ({step.name})"

    def quoted(self, span: Span) -> str:
        """The rulebook's own words between quotation marks."""
        return f"“{self.program.source.phrase(span)}”"

    def line(self, span: Span) -> str:
        """Where something stands in the rulebook, for what has no citation."""
        name = self.program.source.name.replace("\\", "/").rsplit("/", 1)[-1]
        return f"line {self.program.source.position(span.start).line} of {name}"

    def cited(self, citation: str | None, span: Span, text: str) -> str:
        """A sentence that begins with the citation, or ends with the line of the rulebook."""
        if citation is None:
            return sentence(f"{text} ({self.line(span)})")
        return f"{under(citation)}, {text}."

    def period(self, name: str) -> str:
        """A period by title and name."""
        return titled(name, self.program.periods[name].title)

    def losses_of(self, defaulter: str | None) -> str:
        """Which losses a pass of the waterfall meets."""
        return f"the default of {self.payer(defaulter)}" if defaulter else "the losses without a defaulter"

    def rest(self, amounts: Sequence[int]) -> str:
        """What stands in the place of the lines that are cut off from a list, by the amounts of all lines."""
        cut = amounts[self.most :]
        return f"and {len(cut):,} more, together {self.money(sum(cut))}"

    def value(self, value: Any, type_: Type) -> str:
        """A value of the language as a person would write it."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int | Fraction):
            if type_.kind is Kind.MONEY:
                return self.money(value, type_)
            if type_.kind is Kind.RATE:
                return f"{self.program.currency_of(type_).code} {decimal(value)} per {type_.per}"
            return f"{decimal(100 * Fraction(value))}%" if type_.kind is Kind.RATIO else decimal(value)
        return f"“{value}”" if type_.kind is Kind.TEXT else str(value)


def declared_on(event: Event) -> str:
    """``default was declared on 2018-09-11``; of losses without a defaulter alone, ``event is on`` that day."""
    return f"{'default was declared' if event.defaulters or not event.losses else 'event is'} on {event.declared}"


def loss_name(words: Words, event: Event, place: int) -> str:
    """Whose loss a line of the event is, in which segment, and which of several: ``of D in energy``."""
    loss = event.losses[place]
    alike = [i for i, each in enumerate(event.losses) if (each.member, each.segment) == (loss.member, loss.segment)]
    which = f" (loss {alike.index(place) + 1} of {len(alike)})" if len(alike) > 1 else ""
    if loss.member is None:
        cause = f" (“{loss.cause}”)" if loss.cause else which
        return f"without a defaulter{within(loss.segment)}{cause}"
    return f"of {words.payer(loss.member)}{within(loss.segment)}{which}"
