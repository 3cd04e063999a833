"""Sentences about one turn of a run: what it met, who could be charged, up to what, how it was shared and rounded.

Everything is told from the trail; expressions are evaluated again only to put values beside their words.  Decimals are
written by integer arithmetic, and are cut off with an ellipsis where they go on.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import Any

from attrs import field, frozen

from rulelang.base.apportion import Shares, round_down
from rulelang.base.money import Exact
from rulelang.base.source import Span
from rulelang.check.facts import children, references
from rulelang.check.program import CheckedProgram, GroupProgram, LimitProgram, StepProgram
from rulelang.check.types import Kind
from rulelang.model.event import Event
from rulelang.model.trail import LimitTrail, Status, Turn
from rulelang.run.evaluate import Evaluation, Trouble
from rulelang.syntax import nodes

EXACT_PLACES = 8
"""So many decimals beyond those of a minor unit are written out where they end; otherwise four and an ellipsis."""
_CUT_PLACES = 4
_MOST_BITS = 1024
_MOST_VALUES = 6


# ------------------------------------------------------------------------------------------------------ numbers, lists


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


def sentence(text: str) -> str:
    """The text as a sentence: a capital where it begins with an article, a stop at its end."""
    return f"{'T' if text.startswith('the ') else text[:1]}{text[1:]}."


@frozen
class Words:
    """How amounts, values, payers and steps are called; ``most`` names of a list are written out."""

    program: CheckedProgram
    names: Mapping[str, str]
    most: int | None

    def amount(self, units: Exact) -> str:
        """Minor units in major units, without the currency."""
        return decimal(units, self.program.currency.decimals)

    def money(self, units: Exact) -> str:
        """Minor units as an amount of money."""
        return f"{self.program.currency.code} {self.amount(units)}"

    def payer(self, payer: str) -> str:
        """A payer by name and id."""
        name = self.names.get(payer)
        if payer == "ccp":
            return "the CCP"
        return payer if name in (None, payer) else f"{name} ({payer})"

    def payers(self, payers: Iterable[str]) -> str:
        """Payers in a list, which is cut short where there are many."""
        return self.list([self.payer(payer) for payer in payers])

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

    def value(self, value: Any, kind: Kind) -> str:
        """A value of the language as a person would write it."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int | Fraction):
            if kind is Kind.MONEY:
                return self.money(value)
            return f"{decimal(100 * Fraction(value))}%" if kind is Kind.RATIO else decimal(value)
        return f"“{value}”" if kind is Kind.TEXT else str(value)


def plural(number: int, word: str) -> str:
    """``1 step`` or ``3 steps``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


# ------------------------------------------------------------------------------------------------------------ one draw


@frozen(slots=False)
class Sharing:
    """A draw that was shared at once: that of a step, of one rank of it, of a pool of steps, or of a group."""

    draw: int
    keys: Sequence[Exact]
    limits: Sequence[int | None]
    shares: Shares
    reallocates: bool = True
    rank: str | None = None

    @cached_property
    def weight(self) -> Exact:
        """The sum of all keys."""
        return sum(self.keys)

    @cached_property
    def full(self) -> frozenset[int]:
        """Who reaches its limit."""
        rows = enumerate(zip(self.keys, self.limits, strict=True))
        return frozenset(i for i, (key, limit) in rows if key and limit is not None and self.shares.exact(i) >= limit)

    @cached_property
    def rest(self) -> int:
        """What those share who do not reach their limit."""
        return self.draw - sum(self.limits[i] or 0 for i in self.full) if self.reallocates else self.draw

    @cached_property
    def rest_weight(self) -> Exact:
        """The sum of the keys that share the rest."""
        return self.weight - sum(self.keys[i] for i in self.full) if self.reallocates else self.weight

    @cached_property
    def lifted(self) -> tuple[int, ...]:
        """Who got one of the minor units that rounding down left over."""
        rows = enumerate(zip(self.shares.units, self.shares.whole, strict=True))
        return tuple(i for i, (units, whole) in rows if units > whole)

    @cached_property
    def tied(self) -> bool:
        """Whether ids had to settle who got the last of these units."""
        passed_over = set(range(len(self.keys))) - set(self.lifted)
        return bool(self.lifted) and self.last_part in {self.shares.part[i] for i in passed_over}

    @cached_property
    def last_part(self) -> int:
        """The smallest fractional part that still got a unit."""
        return min(self.shares.part[i] for i in self.lifted)

    @cached_property
    def exhausted(self) -> bool:
        """Whether everybody pays its limit."""
        return len(self.full) == self.able

    def fair(self, index: int) -> Exact:
        """The share of a payer if there were no limits."""
        return Fraction(self.draw * self.keys[index]) / self.weight

    @cached_property
    def able(self) -> int:
        """How many have a key that is not 0."""
        return sum(1 for key in self.keys if key)


@frozen(slots=False, eq=False)
class Scene:
    """One turn with all that is needed to tell of it.

    ``mates`` are the turns of the same group and segment, itself among them; ``ev`` evaluates expressions in the run
    as the turn met it; ``detailed`` asks for what was looked at and not taken, too.
    """

    turn: Turn
    step: StepProgram
    number: str
    group: GroupProgram | None
    mates: tuple[Turn, ...]
    ev: Evaluation = field(repr=False)
    words: Words = field(repr=False)
    detailed: bool = False

    @property
    def program(self) -> CheckedProgram:
        """The rulebook."""
        return self.words.program

    @property
    def event(self) -> Event:
        """The event."""
        return self.ev.event

    @property
    def done(self) -> bool:
        """Whether the step was done, be it for nothing."""
        return self.turn.status is Status.PAID

    @cached_property
    def met(self) -> tuple[int, ...]:
        """The places of the losses that the turn meets."""
        scope, segment = self.step.scope, self.turn.segment
        return tuple(
            place
            for place, loss in enumerate(self.event.losses)
            if (segment is None or loss.segment == segment) and (scope is None or loss.segment in scope)
        )

    @cached_property
    def draw(self) -> int:
        """What the step had to share among its payers."""
        turn = self.turn
        if turn.part is not None:
            return turn.part
        return turn.before if turn.capacity is None else min(turn.before, turn.capacity)

    @cached_property
    def sharings(self) -> tuple[tuple[Sharing, Mapping[int, int]], ...]:
        """Each draw that was shared, with the place of every payer of the turn in it."""
        turn = self.turn
        if turn.ranks:
            return tuple(self._ranked())
        if turn.shares is None:
            return ()
        if self.group is not None and self.group.one_pool:
            return (self._pooled(),)
        keys = (1,) * len(turn.payers) if turn.keys is None else turn.keys
        sharing = Sharing(self.draw, keys, turn.limits, turn.shares, self.step.reallocates)
        return ((sharing, {place: place for place in range(len(turn.payers))}),)

    def _ranked(self) -> Iterator[tuple[Sharing, Mapping[int, int]]]:
        turn = self.turn
        assert turn.keys is not None
        for rank in turn.ranks:
            keys = tuple(turn.keys[place] for place in rank.payers)
            limits = tuple(turn.limits[place] for place in rank.payers)
            places = {place: index for index, place in enumerate(rank.payers)}
            yield Sharing(rank.draw, keys, limits, rank.shares, rank=rank.value), places

    def _pooled(self) -> tuple[Sharing, Mapping[int, int]]:
        able = [turn for turn in self.mates if turn.shares is not None]
        rows = [turn.shares for turn in able if turn.shares is not None]
        shares = Shares(
            tuple(whole for row in rows for whole in row.whole),
            tuple(part for row in rows for part in row.part),
            next((row.denominator for row in rows), 1),
            tuple(units for row in rows for units in row.units),
        )
        keys = tuple(key for turn in able for key in turn.keys or ())
        limits = tuple(limit for turn in able for limit in turn.limits)
        offset = sum(len(turn.payers) for turn in able[: able.index(self.turn)])
        places = {place: offset + place for place in range(len(self.turn.payers))}
        return Sharing(sum(shares.units), keys, limits, shares), places

    def seat(self, place: int) -> tuple[Sharing, int] | None:
        """The draw that a payer had a share of, and its place in it."""
        return next(((sharing, places[place]) for sharing, places in self.sharings if place in places), None)

    def key_text(self, key: Exact, *, code: bool = False) -> str:
        """A key as a number, in a formula without the code of the currency."""
        named = isinstance(self.step.key, nodes.Expression)
        money = self.program.facts[id(self.step.key)].type.kind is Kind.MONEY if named else self.step.key == "limits"
        if money:
            return self.words.money(key) if code else self.words.amount(key)
        return decimal(key)

    def limit_words(self, limit: LimitProgram) -> str:
        """An ``up to`` in the rulebook's words, with its citation behind."""
        return f"{self.uncited_words(limit)}{_bracketed(limit.citation)}"

    def uncited_words(self, limit: LimitProgram) -> str:
        """An ``up to`` in the rulebook's words."""
        clauses = (clause for clause in self.step.syntax.clauses if clause.span == limit.span)
        cite = next((clause.cite for clause in clauses if clause.cite is not None), None)
        end = limit.span.end if cite is None else cite.span.start
        return self.words.quoted(Span(limit.span.start, end))

    @property
    def equal(self) -> bool:
        """Whether all payers that share a draw have the same share."""
        return self.step.key == "equally" and (self.group is None or not self.group.one_pool)

    @property
    def where(self) -> str:
        """Where the loss lies that the turn meets: `` in energy``, or nothing where that is plain."""
        if self.turn.segment is not None:
            return f" in {self.turn.segment}"
        if self.step.scope is None:
            return ""
        return f" in {listing([name for name in self.program.segments if name in self.step.scope])}"


def _bracketed(citation: str | None) -> str:
    return "" if citation is None else f" ({citation})"


# --------------------------------------------------------------------------------------------------- citation, subject


def citation_of(scene: Scene) -> str | None:
    """The citation a step goes by: its own, else that of one of its clauses, else that of its group."""
    step = scene.step
    clauses = [step.citations.get(name) for name in ("paid by", "shared", *step.citations)]
    found = [step.citation, *clauses, *(limit.citation for limit in step.limits)]
    if scene.group is not None:
        found.append(scene.group.citation)
    return next((citation for citation in found if citation is not None), None)


def told(scene: Scene, text: str) -> str:
    """A sentence that begins with the step's citation, or ends with its line in the rulebook."""
    citation = citation_of(scene)
    if citation is None:
        return sentence(f"{text} ({scene.words.line(scene.step.span)})")
    return f"{under(citation)}, {text}."


def under(citation: str) -> str:
    """``Under CR 6.3(c)``; a citation that begins like a remark stands between quotation marks."""
    return f"Under “{citation}”" if citation[:1].islower() else f"Under {citation}"


_EVERYBODY = {"ccp": "the CCP", "survivors": "the surviving members", "defaulters": "the defaulters"}
_ONE = {"survivors": "surviving member", "defaulters": "defaulter"}


def subject(scene: Scene) -> tuple[str, bool]:
    """Who pays, in words, and whether that is more than one."""
    step, payers = scene.step, scene.turn.payers
    if step.single_payer:
        return scene.words.payer(step.payers), False
    if len(payers) == 1:
        return scene.words.payer(payers[0]), False
    if not payers:
        return _EVERYBODY[step.payers], True
    return f"the {plural(len(payers), _ONE[step.payers])}", True


# ---------------------------------------------------------------------------------------------------- values and gates


def values_of(words: Words, ev: Evaluation, node: nodes.Expression, member: str | None = None) -> str:
    """The values of the names in an expression: ``loss is EUR 50.00 and used(junior) is EUR 3.00``."""
    found: dict[str, str] = {}
    for leaf in sorted(_leaves(words.program, node), key=lambda leaf: leaf.span.start):
        text = words.program.source.phrase(leaf.span)
        if leaf.bracketed and text.startswith("("):
            text = text[1:-1].strip()
        try:
            value = ev.column(leaf, (member,))[0]
        except (Trouble, KeyError):  # not needed by the run, so that nothing says it can be worked out
            continue
        found.setdefault(text, words.value(value, words.program.facts[id(leaf)].type.kind))
    return listing([f"{text} is {value}" for text, value in list(found.items())[:_MOST_VALUES]]) if found else ""


def _leaves(program: CheckedProgram, node: nodes.Expression) -> Iterator[nodes.Expression]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, nodes.Aggregate | nodes.RunValue | nodes.StepResult):
            yield current
        elif isinstance(current, nodes.Reference):
            if current.name in (*program.fields, *program.givens, *program.definitions):
                yield current
        else:
            waiting.extend(children(current))


def leaves(scene: Scene, node: nodes.Expression, member: str | None = None) -> str:
    """The values of the names in an expression, in the run as the turn met it."""
    return values_of(scene.words, scene.ev, node, member)


def definitions(scene: Scene, member: str | None = None) -> Iterator[str]:
    """What the definitions stand for that the step names, directly or through others."""
    program, words = scene.program, scene.words
    waiting = [node for node in _expressions(scene) if node is not None]
    told_of: set[str] = set()
    while waiting:
        names = [inner.name for inner in references(waiting.pop(0)) if inner.name in program.definitions]
        for name in sorted(set(names) - told_of):
            told_of.add(name)
            define = program.definitions[name]
            waiting.append(define.value)
            varies = program.facts[id(define.value)].per_member
            plain = isinstance(define.value, nodes.Aggregate | nodes.Reference | nodes.RunValue | nodes.StepResult)
            values = "" if plain or (varies and member is None) else leaves(scene, define.value, member)
            cite = _bracketed(None if define.cite is None else define.cite.text)
            where = f", where {values}" if values else ""
            yield f"{name} is defined as {words.quoted(define.value.span)}{cite}{where}."


def _expressions(scene: Scene) -> Iterator[nodes.Expression | None]:
    step = scene.step
    yield from (step.condition, step.where, None if step.pot is None else step.pot.split_by)
    for limit, trail in zip(step.limits, scene.turn.limit_trails, strict=False):
        if scene.detailed or binds(scene, trail):
            yield limit.value
    if isinstance(step.key, nodes.Expression):
        yield step.key
    if step.order is not None:
        yield step.order.value


def with_values(scene: Scene, node: nodes.Expression, member: str | None = None) -> str:
    """The words of an expression, with the values of its names in brackets."""
    values = leaves(scene, node, member)
    return f"{scene.words.quoted(node.span)}{f' ({values})' if values else ''}"


def skipped_because(scene: Scene, status: Status) -> str:
    """Why a step was not done, or would not have been."""
    step, event = scene.step, scene.event
    match status:
        case Status.NOT_REACHED:
            return f"no loss remains{scene.where}"
        case Status.NOT_IN_FORCE:
            return f"the step is in force {_in_force(step)} only, and the default was declared on {event.declared}"
        case Status.CONDITION:
            assert step.condition is not None
            return f"the condition {with_values(scene, step.condition)} does not hold"
        case _:
            return f"it is at the discretion of “{step.discretion}” and was {_decided(scene)}"


def _in_force(step: StepProgram) -> str:
    assert step.force is not None
    start, end = step.force
    return f"from {start} on" if end is None else f"from {start} to {end}"


def _decided(scene: Scene) -> str:
    decision = scene.event.decisions.get(scene.step.name)
    if decision is None:
        return "invoked"
    by = "" if decision.body is None else f" by “{decision.body}”"
    reason = ", for which the event gives no reason" if decision.reason is None else f" because “{decision.reason}”"
    return f"{'invoked' if decision.invoke else 'declined'}{by}{reason}"


def gates(scene: Scene) -> Iterator[str]:
    """What a step that was done had to pass: its dates, its condition, a decision."""
    step = scene.step
    if step.force is not None:
        yield f"The step is in force {_in_force(step)}; the default was declared on {scene.event.declared}."
    if step.condition is not None:
        yield f"Its condition {with_values(scene, step.condition)} holds."
    if scene.turn.decided:
        yield f"It is at the discretion of “{step.discretion}” and was {_decided(scene)}."


# ------------------------------------------------------------------------------------------------------------- opening


def opening(scene: Scene) -> str:
    """The first sentence about a turn: who pays how much of what, or why nothing."""
    words, turn = scene.words, scene.turn
    who, many = subject(scene)
    pot = f" from {turn.pot.name}" if turn.pot is not None else ""
    if not scene.done:
        remains = "" if turn.status is Status.NOT_REACHED else f"; {words.money(turn.before)} remains{scene.where}"
        return told(scene, f"{who} would pay next, but {skipped_because(scene, turn.status)}{remains}")
    loss = f"the loss of {words.money(turn.before)} that remains{scene.where}"
    if not turn.drawn:
        return told(scene, f"{who} would pay{pot} towards {loss}, but can pay nothing: {_nothing_because(scene)}")
    pays = f"{who} {'pay' if many else 'pays'} {words.money(turn.drawn)}{pot}"
    if turn.drawn == turn.before:
        return told(scene, f"{pays}, which covers all of the loss that remains{scene.where}")
    left = "" if turn.group is not None else f"; {words.money(turn.after)} is left"
    return told(scene, f"{pays} towards {loss}{left}")


def _nothing_because(scene: Scene) -> str:
    turn = scene.turn
    if not turn.payers:
        return "there is nobody to charge"
    if turn.keys is not None and not any(turn.keys) and scene.step.key != "limits":
        return "every key is 0"
    if turn.capacity == 0:
        return _no_capacity(scene)
    if scene.step.payers == "defaulters":
        return "what remains is not their own loss"
    return "its part of the draw is 0" if turn.part == 0 else "every share is less than a minor unit"


def _no_capacity(scene: Scene) -> str:
    turn = scene.turn
    if turn.pot is not None and _pots_empty(turn):
        return f"nothing is left in {turn.pot.name}"
    if len(turn.payers) == 1:
        return "its limit is 0"
    if any(not trail.each and not round_down(trail.left[0]) for trail in turn.limit_trails):
        return "the limit in total is 0"
    return "every key or limit is 0" if any(turn.limits) else "every limit is 0"


def _pots(turn: Turn) -> Sequence[Exact]:
    """What is left of each payer's pot, or of the segment's part of it."""
    if turn.pot is None:
        return ()
    return turn.pot.left if turn.pot.parts is None else turn.pot.parts


def _pots_empty(turn: Turn) -> bool:
    return turn.pot is not None and not any(_pots(turn))


def loss_sentence(scene: Scene, reduced: Sequence[int]) -> Iterator[str]:
    """How much each loss goes down, where there are several."""
    losses, remaining = scene.event.losses, scene.ev.state.remaining
    if len(losses) < 2 or not any(reduced):
        return
    texts = [
        f"of {loss_name(scene.words, scene.event, place)} from "
        f"{scene.words.money(remaining[place])} to {scene.words.money(remaining[place] - amount)}"
        for place, amount in enumerate(reduced)
        if amount
    ]
    if len(texts) == 1:
        yield f"This reduces the loss {texts[0]}."
        return
    how = "" if scene.step.payers == "defaulters" else ", in proportion to what remains of each"
    yield f"This reduces the losses{how}: {scene.words.list([f'that {text}' for text in texts])}."


def loss_name(words: Words, event: Event, place: int) -> str:
    """A ``default`` line: whose loss, in which segment, and which of several."""
    loss = event.losses[place]
    alike = [i for i, each in enumerate(event.losses) if (each.member, each.segment) == (loss.member, loss.segment)]
    where = "" if loss.segment is None else f" in {loss.segment}"
    which = f" (loss {alike.index(place) + 1} of {len(alike)})" if len(alike) > 1 else ""
    return f"{words.payer(loss.member)}{where}{which}"


# ---------------------------------------------------------------------------------------------------- payers, capacity


def left_out(scene: Scene) -> Iterator[str]:
    """Who was not charged because the condition on payers does not hold, or because its key is 0."""
    turn, step, words = scene.turn, scene.step, scene.words
    if step.where is not None:
        if turn.left_out:
            names = [_with_reason(scene, payer) for payer in turn.left_out]
            kept = f"{len(turn.payers)} of {len(turn.payers) + len(turn.left_out)} may be charged"
            holds = f"the condition {words.quoted(step.where.span)} does not hold"
            yield f"{kept}; {holds} for {words.list(names)}."
        else:
            yield f"The condition {words.quoted(step.where.span)} holds for every one of them."
    if turn.keys is not None and step.key != "limits":
        without = [payer for payer, key in zip(turn.payers, turn.keys, strict=True) if not key]
        if without and len(without) < len(turn.payers):
            them = "it" if len(without) == 1 else "them"
            yield f"The key is 0 for {words.payers(without)}, so that nothing falls to {them}."


def _with_reason(scene: Scene, payer: str) -> str:
    assert scene.step.where is not None
    values = leaves(scene, scene.step.where, _member(scene, payer)) if scene.detailed else ""
    return f"{scene.words.payer(payer)}{f' ({values})' if values else ''}"


def _member(scene: Scene, payer: str) -> str | None:
    return None if scene.step.single_payer else payer


def capacity(scene: Scene) -> Iterator[str]:
    """How the capacity came about: what was left of the money, each ``up to``, and the lowest of them."""
    turn, step, words = scene.turn, scene.step, scene.words
    sources = len(turn.limit_trails) + (turn.pot is not None)
    if not turn.payers or (_pots_empty(turn) and not scene.detailed):
        return
    if turn.pot is not None:
        yield from _pot(scene)
    for limit, trail in zip(step.limits, turn.limit_trails, strict=True):
        if binds(scene, trail):
            yield _limit(scene, limit, trail)
        elif scene.detailed:
            whose = " of anybody" if limit.each else ""
            yield f"{_limit(scene, limit, trail)[:-1]}; it is not the lowest limit{whose}."
    if turn.capacity is None:
        yield "Nothing limits what it can pay." if step.single_payer else "Nothing limits what they can pay."
    elif sources > 1:
        yield f"The most the step can pay is therefore {words.money(turn.capacity)}."


def bounds(scene: Scene, place: int) -> list[Exact]:
    """All limits of one payer before rounding: those of ``up to … each`` and what is left of its pot."""
    turn = scene.turn
    found = [trail.left[place] for trail in turn.limit_trails if trail.each]
    if turn.pot is not None:
        found.append(_pots(turn)[place])
    return found


def binds(scene: Scene, trail: LimitTrail) -> bool:
    """Whether a limit is the lowest of a payer or, in total, below what all payers lend."""
    turn = scene.turn
    if trail.each:
        return any(trail.left[place] == min(bounds(scene, place)) for place in _able(scene))
    return turn.capacity is not None and round_down(trail.left[0]) == turn.capacity


def _able(scene: Scene) -> list[int]:
    keys = scene.turn.keys
    return [place for place in range(len(scene.turn.payers)) if keys is None or keys[place]]


def _pot(scene: Scene) -> Iterator[str]:
    turn, words, pot = scene.turn, scene.words, scene.step.pot
    assert turn.pot is not None
    assert pot is not None
    able = _able(scene)
    left = sum(turn.pot.left[place] for place in able)
    drawn = sum(pot_drawn(scene, turn.payers[place]) for place in able)
    many = len(turn.payers) > 1
    whose, together = ("The payers'", " in all") if many else ("Its", "")
    text = f"{whose} {pot.name} {_holds(words, left, drawn, together)}"
    if turn.pot.parts is not None and pot.split_by is not None:
        part = words.money(sum(turn.pot.parts[place] for place in able))
        text += f"; {part} of what it held when the step began is the part of {turn.segment}"
        text += f", split by {words.quoted(pot.split_by.span)}"
    yield f"{text}."


def _holds(words: Words, left: Exact, drawn: int, together: str = "") -> str:
    if drawn:
        return f"still holds {words.money(left)}{together}, after {words.money(drawn)} drawn from it earlier"
    return f"holds {words.money(left)}{together}"


def pot_drawn(scene: Scene, payer: str) -> int:
    """What earlier steps drew from a payer's pot."""
    pot = scene.step.pot
    assert pot is not None
    drawn = scene.ev.state.drawn.get((pot.name, scene.turn.segment if pot.per_segment else None), {})
    return drawn.get(payer, 0) if pot.per_member else sum(drawn.values())


def _limit(scene: Scene, limit: LimitProgram, trail: LimitTrail) -> str:
    """One ``up to`` for all payers: what it allows, and what the window of time has left of that."""
    words, payers = scene.words, scene.turn.payers
    places = _able(scene) if trail.each else [0]
    single = len(payers) == 1
    varies = scene.program.facts[id(limit.value)].per_member
    values = leaves(scene, limit.value, payers[0] if varies else None) if single or not varies else ""
    text = f"{scene.limit_words(limit)} {_allows(scene, trail, places)}{f' ({values})' if values else ''}"
    left = sum(trail.left[place] for place in places)
    if trail.counted is not None:
        since = first_day(trail)
        paid = sum(trail.counted[place] for place in places)
        if not paid:
            return f"{text}, of which nothing was paid since {since}."
        text += f"; {words.money(paid)} was already paid since {since}{_earlier(scene, trail)}"
        text += f", which leaves {words.money(left)}"
    if (single or not trail.each) and round_down(left) != left:
        text += f", rounded down to {words.money(round_down(left))}"
    return f"{text}."


def _allows(scene: Scene, trail: LimitTrail, places: Sequence[int]) -> str:
    words, values = scene.words, [trail.values[place] for place in places]
    if not trail.each:
        return f"limits the step to {words.money(values[0])}"
    if len(scene.turn.payers) == 1:
        return f"allows {words.money(sum(values))}"
    if not values:
        return "allows nothing"
    least, most = min(values), max(values)
    each = words.money(least) if least == most else f"between {words.money(least)} and {words.money(most)}"
    return f"allows {each} each, {words.money(sum(values))} together"


def _earlier(scene: Scene, trail: LimitTrail) -> str:
    """Who paid before, where the limit counts for each."""
    if not trail.each or trail.counted is None or len(scene.turn.payers) == 1:
        return ""
    words = scene.words
    rows = zip(scene.turn.payers, trail.counted, strict=True)
    return f" ({words.list([f'{words.payer(payer)} {words.money(paid)}' for payer, paid in rows if paid])})"


def first_day(trail: LimitTrail) -> str:
    """The first day of the window of a limit."""
    assert trail.window_start is not None
    return (datetime.date.fromisoformat(trail.window_start) + datetime.timedelta(1)).isoformat()


# ------------------------------------------------------------------------------------------------------------- sharing


def shared(scene: Scene) -> Iterator[str]:
    """How the draw was shared: by what key, rank after rank, who reached a limit, and how it was rounded."""
    step = scene.step
    if (step.single_payer and scene.group is None) or not scene.turn.drawn:
        return
    if step.order is not None:
        cite = _bracketed(step.order.citation)
        order = f"{scene.words.quoted(step.order.value.span)}{cite}"
        yield f"Payers stand in order of {order}; a rank pays only when those before it are exhausted."
    for number, (sharing, places) in enumerate(scene.sharings, start=1):
        payers = {index: scene.turn.payers[place] for place, index in places.items()}
        if sharing.rank is not None:
            yield _rank(scene, number, sharing, list(payers.values()))
        if sharing.draw and sharing.able > 1:
            yield from _formula(scene, sharing, payers)


def _rank(scene: Scene, number: int, sharing: Sharing, payers: Sequence[str]) -> str:
    words = scene.words
    lead = f"Rank {number}, {sharing.rank} ({words.payers(payers)}),"
    if not sharing.draw:
        spent = sum(each.draw for each, _ in scene.sharings[: number - 1]) == scene.draw
        return f"{lead} is not reached." if spent else f"{lead} can pay nothing."
    limits = [limit for limit, key in zip(sharing.limits, sharing.keys, strict=True) if key]
    exhausted = None not in limits and sum(limit or 0 for limit in limits) == sharing.draw
    return f"{lead} bears {words.money(sharing.draw)}{', all it can' if exhausted else ''}."


def key_words(scene: Scene) -> str:
    """How the draw is shared, in words."""
    key = scene.step.key
    cite = _bracketed(scene.step.citations.get("shared"))
    if isinstance(key, nodes.Expression):
        return f"pro rata to {scene.words.quoted(key.span)}{cite}"
    return f"equally{cite}" if key == "equally" else f"pro rata to the payers' limits{cite}"


def _formula(scene: Scene, sharing: Sharing, payers: Mapping[int, str]) -> Iterator[str]:
    words = scene.words
    draw, weight = words.money(sharing.draw), scene.key_text(sharing.weight)
    pooled = scene.group is not None and scene.group.one_pool
    if scene.step.single_payer and not pooled:
        return
    lead = "The draw is" if sharing.rank is None else "This is"
    if sharing.exhausted:
        if sharing.rank is None:
            yield f"{lead} shared {key_words(scene)} and takes all that can be charged: everybody pays its limit."
        return
    if scene.equal:
        yield f"{lead} shared {key_words(scene)}: {draw} / {sharing.able} each."
    else:
        whole = f"{draw}, the draw of the pool," if pooled else draw
        keys = "all keys" if sharing.rank is None else "the keys of the rank"
        yield f"{lead} shared {key_words(scene)}: {whole} × key / {weight}, the sum of {keys}."
    yield from _at_limit(scene, sharing, payers)
    if not pooled:
        yield from rounded(words, sharing, lambda index: words.payer(payers[index]))


def _at_limit(scene: Scene, sharing: Sharing, payers: Mapping[int, str]) -> Iterator[str]:
    words = scene.words
    full = [index for index in sorted(sharing.full) if index in payers]
    if not full:
        return
    names, many = words.payers(payers[index] for index in full), len(full) > 1
    limits = words.money(sum(sharing.limits[index] or 0 for index in full))
    reach = f"{names} {'reach their limits' if many else 'reaches its limit'} and {'pay' if many else 'pays'} {limits}"
    if sharing.reallocates:
        others = f"× key / {scene.key_text(sharing.rest_weight)}, the sum of the keys of the others"
        if scene.equal:
            others = f"/ {decimal(sharing.rest_weight)} each"
        rest = words.money(sharing.rest)
        yield f"{sentence(reach)[:-1]}; what is left is shared among the others: {rest} {others}."
        return
    unpaid = sum(sharing.fair(index) - (sharing.limits[index] or 0) for index in full)
    if unpaid:
        kept = f"“without reallocation” the {words.money(unpaid)} above is not passed on and stays unpaid"
        yield f"{sentence(reach)[:-1]}; {kept}."
    else:
        yield sentence(reach)


def rounded(words: Words, sharing: Sharing, name: Callable[[int], str]) -> Iterator[str]:
    """Who received the minor units that rounding down left over."""
    if not any(sharing.shares.part):
        return
    unit = words.program.currency.minor_unit
    lost = sum(sharing.shares.part) % sharing.shares.denominator
    if not sharing.lifted:
        yield f"Shares are rounded down to {unit}; no whole unit is left over."
        return
    names = words.list([name(index) for index in sharing.lifted])
    number = len(sharing.lifted)
    which = "one unit left over goes to the largest fractional part, that of"
    if number > 1:
        which = f"{number:,} units left over go to the largest fractional parts, those of"
    tie = "; equal parts are settled by the smaller id" if sharing.tied else ""
    unpaid = ", and less than a unit stays unpaid" if lost else ""
    yield f"Shares are rounded down to {unit}; the {which} {names}{unpaid}{tie}."


# ----------------------------------------------------------------------------------------------------------- one payer


def formula(scene: Scene, sharing: Sharing, index: int) -> str:
    """The formula for one payer's exact share, with its numbers: ``100.00 × 3 / 9 = 33.333333…``."""
    words = scene.words
    exact = words.amount(sharing.shares.exact(index))
    return f"{_product(scene, sharing.rest, sharing.keys[index], sharing.rest_weight)} = {exact}"


def _product(scene: Scene, draw: int, key: Exact, weight: Exact) -> str:
    if scene.equal:
        return f"{scene.words.amount(draw)} / {decimal(weight)}"
    return f"{scene.words.amount(draw)} × {scene.key_text(key)} / {scene.key_text(weight)}"


def rounding(words: Words, sharing: Sharing, index: int) -> str:
    """How one exact share became minor units; nothing where it is whole."""
    shares = sharing.shares
    if not shares.part[index]:
        return ""
    text = f", rounded down to {words.amount(shares.whole[index])}"
    if shares.units[index] == shares.whole[index]:
        return text
    tied = sharing.tied and shares.part[index] == sharing.last_part
    tie = " (equal parts settled by the smaller id)" if tied else ""
    return f"{text}, plus {words.amount(1)} for one of the largest fractional parts{tie}"


def line_of(scene: Scene, place: int) -> str:
    """What one payer pays and how that came about, as one line of a list."""
    words, turn = scene.words, scene.turn
    name, seat = words.payer(turn.payers[place]), scene.seat(place)
    if not turn.paid[place]:
        return sentence(f"{name} pays nothing: {nothing(scene, place)}")
    pays = f"{name} pays {words.money(turn.paid[place])}"
    if scene.step.payers == "defaulters":
        return sentence(f"{pays} {own_losses(scene, place)}")
    if seat is None or (seat[0].able < 2 and not seat[0].full):
        return sentence(pays)
    sharing, index = seat
    if index in sharing.full:
        return sentence(f"{pays}, its limit{_lowest(scene, place)}{_above(scene, sharing, index)}")
    limit = turn.limits[place]
    below = (
        f"; its limit is {words.money(limit)}" if limit is not None and (scene.detailed or words.most is None) else ""
    )
    return sentence(f"{pays}: {formula(scene, sharing, index)}{rounding(words, sharing, index)}{below}")


def _lowest(scene: Scene, place: int) -> str:
    """Which of several limits is the lowest of a payer."""
    turn, words = scene.turn, scene.words
    found = bounds(scene, place)
    if len(found) < 2:
        return ""
    at = found.index(min(found))
    each = [trail for trail in turn.limit_trails if trail.each]
    if at == len(each):
        assert turn.pot is not None
        return f" (what its {turn.pot.name} holds)"
    limit, trail = scene.step.each_limits[at], each[at]
    paid = 0 if trail.counted is None else trail.counted[place]
    less = f", less {words.money(paid)} already paid" if paid else ""
    return f" ({scene.uncited_words(limit)}{less})"


def _above(scene: Scene, sharing: Sharing, index: int) -> str:
    """The share that a limit cut, if it was above the limit at once."""
    limit, fair, words = sharing.limits[index], sharing.fair(index), scene.words
    if limit is None or sharing.exhausted:
        return ""
    if fair < limit:
        return ", which it reaches as others drop out"
    if fair == limit:
        return ", which is exactly its share"
    numbers = _product(scene, sharing.draw, sharing.keys[index], sharing.weight)
    return f"; its share would be {numbers} = {words.amount(fair)}"


def own_losses(scene: Scene, place: int) -> str:
    """Of which losses of its own a defaulter pays, and what held it back."""
    turn, words = scene.turn, scene.words
    own = own_loss(scene, turn.payers[place])
    limit, paid = turn.limits[place], turn.paid[place]
    if paid == own:
        return "and so all that remains of its own losses"
    text = f"towards its own losses of {words.money(own)}"
    if limit is not None and paid == limit:
        return f"{text}, all that it can be charged{_lowest(scene, place)}"
    return f"{text}, all that the limit in total leaves"


def own_loss(scene: Scene, payer: str) -> int:
    """What remained of a defaulter's own losses when the turn met them."""
    losses, remaining = scene.event.losses, scene.ev.state.remaining
    return sum(remaining[at] for at in scene.met if losses[at].member == payer)


def nothing(scene: Scene, place: int) -> str:
    """Why a payer that may be charged pays nothing."""
    turn, seat, words = scene.turn, scene.seat(place), scene.words
    if turn.keys is not None and not turn.keys[place] and scene.step.key != "limits":
        words_of = f", {words.quoted(scene.step.key.span)}," if isinstance(scene.step.key, nodes.Expression) else ""
        return f"its key{words_of} is 0"
    if turn.limits[place] == 0:
        if turn.pot is not None and not _pots(turn)[place]:
            return f"nothing is left in its {turn.pot.name}"
        return f"its limit is 0{_lowest(scene, place)}"
    if seat is None:
        own = own_loss(scene, turn.payers[place])
        return "no loss of its own remains" if not own else "the limit in total is used up"
    sharing, index = seat
    if sharing.draw and sharing.keys[index]:
        return f"{formula(scene, sharing, index)}{rounding(words, sharing, index)}"
    if sharing.rank is None:
        return "the step draws nothing"
    return f"its rank, {sharing.rank}, is not reached"


def about_payer(scene: Scene, place: int) -> Iterator[str]:
    """Everything about one payer of a step that was done: key, limits, exact share, rounding."""
    turn, seat = scene.turn, scene.seat(place)
    yield from _key_of(scene, place)
    yield from _limits_of(scene, place)
    yield from _rank_of(scene, place)
    if scene.step.payers == "defaulters":
        if turn.paid[place]:
            yield f"It pays {scene.words.money(turn.paid[place])} {own_losses(scene, place)}."
    elif seat is not None and seat[0].able > 1 and seat[0].draw and seat[0].keys[seat[1]]:
        yield from _sharing_around(scene, seat[0])
        yield from _share_of(scene, *seat)


def _rank_of(scene: Scene, place: int) -> Iterator[str]:
    """Where a payer stands in the order, and what its rank had to bear."""
    for number, (sharing, places) in enumerate(scene.sharings, start=1):
        if place in places and sharing.rank is not None and sharing.draw:
            alone = ", and alone has to bear it" if sharing.able == 1 and sharing.keys[places[place]] else ""
            rank = f"It stands in rank {number}, {sharing.rank}"
            yield f"{rank}, to which {scene.words.money(sharing.draw)} of the draw falls{alone}."


def _sharing_around(scene: Scene, sharing: Sharing) -> Iterator[str]:
    """How the draw was shared, as far as it matters for one of the payers."""
    words, number = scene.words, len(sharing.full)
    if sharing.exhausted:
        return
    rank = "" if sharing.rank is None else ", in that rank"
    keys = plural(sharing.able, "payer")
    if scene.step.key != "equally":
        keys += f"; their keys add up to {scene.key_text(sharing.weight, code=True)}"
    yield f"{words.money(sharing.draw)} is shared {key_words(scene)}{rank}, among {keys}."
    if sharing.full and sharing.reallocates:
        verb = "reaches its limit and bears" if number == 1 else "reach their limits and bear"
        yield (
            f"{plural(number, 'payer')} {verb} {words.money(sharing.draw - sharing.rest)}; the others share "
            f"{words.money(sharing.rest)} by keys that add up to {scene.key_text(sharing.rest_weight, code=True)}."
        )


def _key_of(scene: Scene, place: int) -> Iterator[str]:
    turn, step = scene.turn, scene.step
    if turn.keys is None or not turn.keys[place] or not isinstance(step.key, nodes.Expression):
        return
    values = leaves(scene, step.key, _member(scene, turn.payers[place]))
    beside = f" ({values})" if values and not isinstance(step.key, nodes.Reference) else ""
    yield f"Its key, {scene.words.quoted(step.key.span)}{beside}, is {scene.key_text(turn.keys[place], code=True)}."


def _limits_of(scene: Scene, place: int) -> Iterator[str]:
    turn, step, words = scene.turn, scene.step, scene.words
    texts = []
    if turn.pot is not None and step.pot is not None:
        texts.append(_pot_of(scene, place))
    for limit, trail in zip(step.limits, turn.limit_trails, strict=True):
        if trail.each:
            texts.append(_limit_of(scene, limit, trail, place))
    if len(texts) > 1 or turn.limits[place] not in bounds(scene, place):
        limit_of = turn.limits[place]
        texts.append("It has no limit of its own" if limit_of is None else f"Its limit is {words.money(limit_of)}")
        if limit_of is not None and limit_of not in bounds(scene, place):
            texts[-1] += f", rounded down from {words.money(min(bounds(scene, place)))}"
    yield from (f"{text}." for text in texts)


def _pot_of(scene: Scene, place: int) -> str:
    turn, words, pot = scene.turn, scene.words, scene.step.pot
    assert turn.pot is not None
    assert pot is not None
    drawn = pot_drawn(scene, turn.payers[place])
    text = f"Its {pot.name} {_holds(words, turn.pot.left[place], drawn)}"
    if turn.pot.parts is None or pot.split_by is None:
        return text
    part = words.money(turn.pot.parts[place])
    return f"{text}; the part of {turn.segment}, split by {words.quoted(pot.split_by.span)}, is {part}"


def _limit_of(scene: Scene, limit: LimitProgram, trail: LimitTrail, place: int) -> str:
    words = scene.words
    values = leaves(scene, limit.value, _member(scene, scene.turn.payers[place]))
    text = f"{scene.limit_words(limit)} allows it {words.money(trail.values[place])}{f' ({values})' if values else ''}"
    if trail.counted is None:
        return text
    since = first_day(trail)
    if not trail.counted[place]:
        return f"{text}, of which it paid nothing since {since}"
    paid, left = words.money(trail.counted[place]), words.money(trail.left[place])
    return f"{text}; it already paid {paid} since {since}, which leaves {left}"


def _share_of(scene: Scene, sharing: Sharing, index: int) -> Iterator[str]:
    words = scene.words
    if index in sharing.full:
        if sharing.exhausted:
            yield "The draw takes all that can be charged, so that everybody pays its limit."
        else:
            yield f"It reaches its limit and pays it{_above(scene, sharing, index)}."
        return
    exact = sharing.shares.exact(index)
    as_fraction = fraction(exact, words.program.currency.decimals)
    text = f"Its exact share is {formula(scene, sharing, index)}"
    if sharing.shares.part[index] and as_fraction is not None:
        text += f", as a fraction {as_fraction}"
    yield f"{text}{rounding(words, sharing, index)}."


def totals(scene: Scene) -> Iterator[str]:
    """The limits in total that bound a step, for one of its payers."""
    for limit, trail in zip(scene.step.limits, scene.turn.limit_trails, strict=True):
        if not trail.each and binds(scene, trail):
            yield _limit(scene, limit, trail)
