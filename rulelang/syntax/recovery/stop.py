"""Where reading stopped, what may have been meant there, and whether a repair lets the text go on."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cache, cached_property, lru_cache

from attrs import evolve, field, frozen

from rulelang.base.money import currency_codes
from rulelang.syntax.recovery.automaton import Machine, Moment, Stack, spellings
from rulelang.syntax.recovery.breadcrumbs import Trail
from rulelang.syntax.recovery.slip import Offsets, Slip, quoted
from rulelang.syntax.tables import END

NEAR = 240
"""So many characters around a stop are looked at, so that a line of megabytes costs no more than any other."""
_STRING_OR_COMMENT = re.compile(r'"[^"\r\n]*"?|#[^\r\n]*')
_RULEBOOK_CURRENCY = re.compile(r"^[ \t]*currency[ \t]+([A-Z][A-Z0-9]{2,9})\b", re.MULTILINE)
_ANY_CURRENCY = re.compile(r"\b([A-Z]{3})[ \t]+[0-9]")
_LONGEST_PHRASE = 3
_CAPITALISED_WORD = re.compile(r"(?<!\w)[A-Z][a-z]+(?![\w$])")


@lru_cache(maxsize=2)
def _in_small_letters(text: str) -> str:
    """A text in which the defined terms of rulebooks, such as ``Business Days``, are written as other words."""
    return _CAPITALISED_WORD.sub(lambda found: found[0].lower(), text)


@cache
def _words() -> frozenset[str]:
    """The kinds of token that are words of the language."""
    return frozenset(kind for kind, written in spellings().items() if written[0].isalpha())


@frozen
class Resumption:
    """Where reading goes on after a repair: an offset of the text, the stack there, and the tokens repaired."""

    at: int
    stack: Stack
    seen: tuple[tuple[str, str], ...]


@frozen(slots=False, eq=False)
class Stop:
    """A place where the text cannot go on: the token there, and the last tokens before it.

    ``base`` is the offset and the stack from which reading has gone on without interruption, ``written`` the text of
    which this one is a repair.
    """

    text: str
    machine: Machine
    moment: Moment
    history: Sequence[Moment]
    base: tuple[int, Stack]
    trail: Trail = field(repr=False)
    written: str | None = None

    @property
    def at(self) -> int:
        """The offset of the token that cannot come."""
        return self.moment.start

    @property
    def kind(self) -> str:
        """The kind of that token."""
        return self.moment.kind

    @property
    def at_end(self) -> bool:
        """Whether it is the end of the text."""
        return self.moment.kind == END

    @cached_property
    def word(self) -> str:
        """That token as written; of a character that begins no token, all that stands without a blank."""
        if self.kind:
            return self.text[self.at : self.moment.end]
        found = re.compile(r"[^\s\"()]{1,200}|.", re.DOTALL).match(self.text, self.at)
        return "" if found is None else found[0]

    @property
    def end(self) -> int:
        """The offset behind that token."""
        return self.at + len(self.word)

    @property
    def span(self) -> Offsets:
        """Where that token begins and ends."""
        return self.at, self.end

    @property
    def character(self) -> str:
        """The first character of that token."""
        return self.text[self.at : self.at + 1]

    @property
    def first(self) -> Offsets:
        """Where that character stands."""
        return self.at, self.at + 1

    @property
    def gap(self) -> Offsets:
        """The empty place before that token, where something may be put in."""
        return self.at, self.at

    @cached_property
    def expected(self) -> frozenset[str]:
        """The kinds of token that can come here."""
        return self.machine.expected(self.moment.before)

    def before(self, number: int = 1) -> Moment | None:
        """The token before the stop, or the one before that."""
        return self.history[-number] if len(self.history) >= number else None

    def last_of(self, kinds: Container[str]) -> Moment | None:
        """The last token before the stop that is of one of these kinds."""
        return next((moment for moment in reversed(self.history) if moment.kind in kinds), None)

    def source(self, moment: Moment) -> str:
        """A token as written."""
        return self.text[moment.start : moment.end]

    @property
    def before_end(self) -> int:
        """The offset behind the token before the stop, or where reading began."""
        moment = self.before()
        return self.base[0] if moment is None else moment.end

    @cached_property
    def previous(self) -> str:
        """The token before the stop as written, with the words of the language before it: ``up to``."""
        words: list[Moment] = []
        for moment in reversed(self.history):
            if words and (moment.kind not in _words() or "\n" in self.text[moment.end : words[-1].start]):
                break
            words.append(moment)
            if moment.kind not in _words() or len(words) == _LONGEST_PHRASE:
                break
        return " ".join(self.source(moment) for moment in reversed(words))

    @property
    def behind(self) -> str:
        """Behind what the stop is, for a message that ends with it."""
        return f" behind {quoted(self.previous)}" if self.previous else ""

    @cached_property
    def window(self) -> Offsets:
        """From the start of the line on which the last token stands to the end of the line of the stop."""
        moment = self.before()
        start = self.at if moment is None else moment.start
        low = max(self.text.rfind("\n", 0, start) + 1, start - NEAR, self.at - 2 * NEAR, 0)
        line_end = self.text.find("\n", self.at)
        high = len(self.text) if line_end < 0 else line_end
        return low, min(high, self.at + NEAR)

    @cached_property
    def line_end(self) -> int:
        """The offset where the line of the stop ends, blanks and a comment at its end left out."""
        low = max(self.text.rfind("\n", 0, self.at) + 1, self.at - NEAR)
        line = re.sub(r'("[^"]*")|#.*', lambda m: m[1] or "", self.text[low : self.window[1]])
        return max(self.at, low + len(line.rstrip()))

    @cached_property
    def currency(self) -> str | None:
        """The currency of the rulebook, perhaps a unit of its own, or of any amount in the text."""
        declared = _RULEBOOK_CURRENCY.search(self.text)
        if declared is not None:
            return declared[1]
        found = _ANY_CURRENCY.search(self.text[: NEAR * NEAR])
        return found[1] if found is not None and found[1] in currency_codes() else None

    def declares(self, name: str) -> bool:
        """Whether a field, given or definition seems to have this name."""
        return re.search(rf"(?<!\w){name}\s*:|(?<!\w)define\s+{name}\b", self.text) is not None

    def is_code(self, offset: int) -> bool:
        """Whether an offset near the stop is neither in a text in quotes nor in a comment."""
        line = max(self.text.rfind("\n", 0, offset) + 1, offset - NEAR)
        found = _STRING_OR_COMMENT.finditer(self.text, line, offset + 1)
        return offset >= self.at or not any(match.end() > offset for match in found)

    def around(self, pattern: "re.Pattern[str]") -> Iterator["re.Match[str]"]:
        """The matches of a pattern that touch the stop; in a rulebook ``Clearing Members`` are other words too."""
        yield from self._touching(pattern, self.text)
        if self._has_terms:
            yield from self._touching(pattern, _in_small_letters(self.text))

    @cached_property
    def _has_terms(self) -> bool:
        return not self.trail.in_event and _CAPITALISED_WORD.search(self.text, *self.window) is not None

    def _touching(self, pattern: "re.Pattern[str]", text: str) -> Iterator["re.Match[str]"]:
        low, high = self.window
        for found in pattern.finditer(text, low, high):
            if found.start() > self.at:
                return
            touches = found.end() >= self.at or not self.text[found.end() : self.at].strip()
            blanks = len(found[0]) - len(found[0].lstrip())
            if self.trail.in_event and "\n" in found[0].strip():
                continue  # there a line says one thing, and the next another
            if touches and self.is_code(found.start() + blanks):
                yield found

    def moved_to(self, offset: int) -> "Stop":
        """The stop at the token that begins at an offset before it, or at the next, as if reading had ended there."""
        for number, moment in enumerate(self.history):
            if moment.start >= offset:
                return evolve(self, moment=moment, history=tuple(self.history)[:number])
        return self

    def with_repair(self, slip: Slip) -> "Stop | None":
        """The next stop once a slip is repaired, before so many tokens as are to follow, and in events on its line."""
        (start, end), own = slip.span, slip.replacement or ""
        origin, stack = self._known_before(start)
        trial, behind = self.text[:start] + own + self.text[end:], start + len(own)
        history: list[Moment] = []
        for moment in self.machine.read(trial, origin, stack):
            if moment.after is None:
                is_near = moment.start >= behind and (
                    not self.trail.in_event or "\n" not in trial[behind : moment.start]
                )
                at = (origin, stack)
                seen, written = tuple(history), self.written or self.text
                return Stop(trial, self.machine, moment, seen, at, self.trail, written) if is_near else None
            history.append(moment)
            if sum(each.start >= behind for each in history[-slip.beyond :]) == slip.beyond:
                return None
        return None

    def here(self, pattern: "re.Pattern[str]") -> "re.Match[str] | None":
        """The match of a pattern that begins at the stop."""
        return pattern.match(self.text, self.at)

    def spelt(self, kinds: Iterable[str]) -> list[str]:
        """How tokens of these kinds are written, as far as they are fixed words or signs."""
        return [spelling for kind in sorted(kinds) for spelling in spellings().get(kind, ())]

    def _known_before(self, offset: int) -> tuple[int, Stack]:
        """The last place that ends before an offset, and the stack there."""
        for moment in reversed(self.history):
            if moment.end < offset and moment.after is not None:
                return moment.end, moment.after
        return self.base

    def mend(self, slip: Slip, *, alone: bool = False) -> Resumption | None:
        """Where reading goes on once the slip is repaired, or ``None`` if the text cannot go on then either.

        ``alone`` if nothing need follow the repair, since there may be another slip right behind it.
        """
        start, end = slip.span
        if slip.replacement is None or start < self.base[0]:
            return None
        origin, stack = self._known_before(start)
        boundary = start - origin + len(slip.replacement)
        rest = end + 4 * NEAR
        trial = self.text[origin:start] + slip.replacement + self.text[end:rest]
        shift = end - boundary
        resumption: Resumption | None = None
        seen: list[tuple[str, str]] = []
        beyond = 0
        for moment in self.machine.read(trial, 0, stack):
            if resumption is None and moment.start >= boundary:
                resumption = Resumption(end, moment.before, tuple(seen))
                if alone:
                    return resumption
            if moment.after is None:
                cut = rest < len(self.text) and moment.end >= len(trial)
                goes_on = (cut and moment.start + shift > self.at) or (slip.sure and end > self.at)
                return resumption if goes_on else None
            if moment.start >= boundary:
                beyond += 1
                if moment.kind == END or (beyond >= slip.beyond and moment.end + shift >= self.end):
                    return resumption
            else:
                if slip.keyword and moment.kind == "NAME" and moment.start == boundary - len(slip.replacement):
                    return None
                seen.append((moment.kind, trial[moment.start : moment.end]))
                if moment.end > boundary:
                    resumption = Resumption(moment.end + shift, moment.after, tuple(seen))
        return None
