"""All errors of a text in one go: after each, reading finds its feet again.

Where a slip is recognised and its repair lets the text go on, reading goes on behind the repair as if it had been made.
Otherwise the rest of the clause is passed over: reading goes on at the next word that opens a clause, step, section or
line of an event, with the innermost state in which that word can stand.  Nothing of a broken clause is reported twice.
"""

import re
from collections import deque
from collections.abc import Iterator
from functools import partial

from rulelang.base.diagnostic import Diagnostic
from rulelang.base.source import SourceText
from rulelang.syntax.recovery.automaton import Machine, Moment, Pieces, Stack, machine
from rulelang.syntax.recovery.breadcrumbs import Trail
from rulelang.syntax.recovery.rules import slip_at
from rulelang.syntax.recovery.slip import MOST_ERRORS, diagnostic
from rulelang.syntax.recovery.stop import Stop

_REMEMBERED = 64

_OPENING = re.compile(
    r"""
    "[^"\r\n]*"? | \#[^\r\n]*
    | (?<![\w.-]) (?P<opening>
        (?: currency | party | define | waterfall | ensure | test | expect
          | tranche | assessment | haircut | tear-up | voluntary | together | end | finally | when | member | decide
          | withdraw
        ) (?![\w-])
      | assume (?= \s*" )
      | limit (?= \s+[a-z]\w*\s+(?:as\b|") )
      | period (?= \s+[a-z]\w*\s+(?:opens?\b|cite\b|") )
      | holidays (?= \s+[0-9] )
      | (?:givens|defaults) (?= \s+from\b )
      | defaulted (?= \s+[0-9] )
      | (?:former (?= \s+member\b ) | further (?= \s+loss\b ) | non-default (?= \s+loss\s+(?:in\b|[A-Z]) ))
      | notice (?= \s+by\b )
      | segments (?= \s+[a-z]\w*\s*(?:,|\s[a-z]|$|\#) )
      | members (?= \s+(?:have|from)\b )
      | given (?= \s+[a-z]\w*\s*(?:[:=]|in\b) )
      | declared (?= \s+[0-9] )
      | default (?= \s+of\b )
      | under (?= \s+" )
      | paid (?= \s+(?:by\b|from\b|[0-9]) )
      | up (?= \s+to\b )
      | shared (?= \s+(?:pro|equally)\b )
      | in (?= \s+(?:order\s+of|force\s+from|at\s+most)\b )
      | once (?= \s+during\b )
      | per (?= \s+segment\b )
      | for (?= \s+(?:(?:non-default|all)\s+)?losses\b )
      | at (?= \s+the\s+discretion\b )
      | (?P<field> [a-z][a-z0-9_]* ) (?= \s*[:=] | \s+(?:in\s+[a-z]\w*|with\s+\S+|as\s+of\s+\S+)\s*= )
    )
    """,
    re.VERBOSE,
)
_LINE_OPENING = re.compile(
    r"""
    "[^"\r\n]*"? | \#[^\r\n]*
    | ^[\t ]* (?P<opening>
        (?: under | declared | given | members | member | default | paid | decide | givens | defaults | defaulted
          | former | further | non-default | notice | period | withdraw | opening | on | dues | recovered | departure
        ) (?![\w-])
      | (?P<field> [a-z][a-z0-9_]* ) (?= \s*= | \s+(?:in\s+[a-z]\w*|with\s+\S+|as\s+of\s+\S+)\s*= )
    )
    """,
    re.VERBOSE | re.MULTILINE,
)
_TWO = "paid declared under in for per members limit period holidays givens defaults defaulted former further once"
_WORDS_NEEDED = {"given": 3, **dict.fromkeys(_TWO.split(), 2)}
_ANCHORS = {
    **dict.fromkeys(("rulebook", "event"), frozenset({"WHEN", "TRANCHE", "DEFINE", "EXPECT", "DECIDE"})),
    "history": frozenset({"OPENING", "_ON", "DECIDE"}),
}
"""One word for each sort of thing that may be opened: where it can come, all of its sort can."""


def syntax_errors(source: SourceText, start: str, pieces: Pieces | None) -> list[Diagnostic]:
    """A diagnostic for each place where a text is not of the language, in the order of the text.

    ``pieces`` keep what is read, for whoever reads the text again.
    """
    return list(_Reader(source, start, pieces).errors())


class _Reader:
    """Reads a text from error to error."""

    def __init__(self, source: SourceText, start: str, pieces: Pieces | None) -> None:
        self.source, self.start = source, start
        self.machine = machine(start)
        self.read = partial(self.machine.read, source.text) if pieces is None else pieces.read
        self.trail = Trail()
        self.history: deque[Moment] = deque(maxlen=_REMEMBERED)
        self.base: tuple[int, Stack] = (0, self.machine.bottom)

    def errors(self) -> Iterator[Diagnostic]:
        """One diagnostic after the other."""
        for _ in range(MOST_ERRORS):
            stop = self._read_on()
            if stop is None:
                return
            slip, resumption = slip_at(stop)
            yield diagnostic(self.source, slip, self.trail)
            if resumption is not None:
                for kind, text in resumption.seen:
                    self.trail.see(kind, text)
                self._start_at(resumption.at, resumption.stack)
            elif not self._skip(stop, slip.skip):
                return

    def _start_at(self, at: int, stack: Stack) -> None:
        self.base = (at, stack)
        self.history.clear()

    def _read_on(self) -> Stop | None:
        """Read up to the next error."""
        text = self.source.text
        for moment in self.read(*self.base):
            if moment.after is None:
                return Stop(text, self.machine, moment, tuple(self.history), self.base, self.trail)
            self.history.append(moment)
            self.trail.see(moment.kind, text[moment.start : moment.end], moment.span)
        return None

    def _skip(self, stop: Stop, at: int | None) -> bool:
        """Pass over the rest of what is broken; ``False`` if nothing comes that reading could go on with."""
        found = resumption(self.source.text, self.start, stop.moment.before, stop.at if at is None else at)
        if found is not None:
            self._start_at(*found)
        return found is not None


def resumption(text: str, start: str, stopped: Stack, at: int) -> tuple[int, Stack] | None:
    """Where reading goes on behind what is broken at an offset, and the stack there: part of the one it stopped with.

    ``None`` if nothing comes that reading could go on with.
    """
    tables, in_lines = machine(start), start != "rulebook"
    possible = list(levels(tables, stopped, start))
    openings = _LINE_OPENING if in_lines else _OPENING
    for found in openings.finditer(text, at):
        opening, begin = found["opening"], found.start("opening")
        if opening is None:
            continue
        needed = 2 if found["field"] else 1 if in_lines else _WORDS_NEEDED.get(opening, 1)
        # a `given` may be a section or a line of a test: the sign behind its name tells, if the name is a name
        for least in (needed, 1) if opening == "given" else (needed,):
            for level in possible:
                if tables.may_begin(level, opening) and _opens(tables, level, text[begin : begin + 200], least):
                    return begin, level
    return None


def levels(tables: Machine, stack: Stack | None, start: str) -> Iterator[Stack]:
    """The stacks below a stop in which something may be opened, the innermost first.

    Behind its opening nothing is of the head of a history; before it the next line may be of an opening that is broken.
    """
    anchored: dict[int, bool] = {}
    is_history = start == "history"
    while stack is not None:
        if stack.state not in anchored:
            anchored[stack.state] = not _ANCHORS[start].isdisjoint(tables.kinds(stack.state))
        if anchored[stack.state]:
            yield stack
        if is_history and tables.shift(stack, "_ON"):
            return
        stack = stack.below
    for kinds in () if any(anchored.values()) and not is_history else BEGUN[start]:
        stack = tables.bottom
        for kind in kinds:
            stack = tables.shift(stack, kind) or stack
        yield stack


BEGUN: dict[str, list[tuple[str, ...]]] = {
    "rulebook": [("RULEBOOK", "STRING")],
    "event": [("EVENT", "STRING")],
    "history": [("HISTORY", "STRING"), ("HISTORY", "STRING", "OPENING", "DATE")],
}
"""The kinds of token with which a text begins, for one that does not; a history may lack its opening too."""


def _opens(tables: Machine, stack: Stack, window: str, needed: int) -> bool:
    """Whether the words of a piece of text can be read with a stack."""
    for count, moment in enumerate(tables.read(window, 0, stack)):
        if count == needed:
            return True
        if moment.after is None:
            return False
    return True
