"""A tree in spite of errors: all sections, steps and clauses of a text that are whole.

Reading goes on behind an error where :mod:`rulelang.syntax.recovery.recover` finds that it can; what was begun before
and is not whole is left out.
"""

from collections.abc import Iterator, Sequence

from rulelang.syntax.lexer import Token
from rulelang.syntax.parser import Parsed, Refused, rules
from rulelang.syntax.recovery.automaton import Machine, Moment, Pieces, Stack, machine
from rulelang.syntax.recovery.recover import BEGUN, resumption
from rulelang.syntax.recovery.slip import MOST_ERRORS
from rulelang.syntax.tables import END


def partial_tree(pieces: Pieces, start: str, refused: Refused | None) -> tuple[object | None, Sequence[Token]]:
    """What can be read of a text, as a start rule has it, and all its tokens but those at which reading stopped.

    It is ``None`` where nothing is whole, or too much is nested.  What the parser had read when it ``refused`` the text
    is not read again.
    """
    tree = _Tree(pieces.machine)
    at, stack = 0, pieces.machine.bottom
    for _ in range(MOST_ERRORS):
        stop = tree.read(pieces.text, pieces.read(at, stack), refused)
        if stop is None:
            break
        resumed = resumption(pieces.text, start, stop.before, stop.start)
        if resumed is None:
            tree.close(stop.before)
            break
        at, stack = resumed
        tree.cut(stack, start)
    return None if tree.parsed.is_cut else tree.node, tree.tokens


def moments(text: str, start: str) -> Iterator[Moment]:
    """The tokens of a text with the stacks around them, those behind errors too; where reading stopped is among them.

    The last is the end of the text, if reading came so far.
    """
    tables = machine(start)
    at, stack = 0, tables.bottom
    for _ in range(MOST_ERRORS):
        for moment in tables.read(text, at, stack):
            yield moment
        resumed = None if moment.after is not None else resumption(text, start, moment.before, moment.start)
        if resumed is None:
            return
        at, stack = resumed


class _Tree:
    """What was read so far: a value for each symbol on the stack, as the parser has it."""

    def __init__(self, tables: Machine) -> None:
        self.machine = tables
        self.whole = False
        self.tokens: list[Token] = []
        self._begin()

    def _begin(self) -> None:
        self.parsed = Parsed()
        self.states = [self.machine.bottom.state]

    @property
    def node(self) -> object | None:
        """What the start rule came to, if it did."""
        return self.parsed.node if self.whole else None

    def read(self, text: str, moments: Sequence[Moment], refused: Refused | None) -> Moment | None:
        """Take the tokens up to the next error, which is given back; ``None`` if there is none."""
        stop = moments[-1]
        if refused is not None and refused.token.start == stop.start and refused.states == _states(stop.before):
            self.parsed, self.states, self.tokens = refused.parsed, refused.states, [*refused.parsed.tokens]
            return stop
        for moment in moments:
            if moment.after is None:
                return moment
            token = Token(moment.kind, text[moment.start : moment.end], moment.start, moment.end)
            self._take(token)
            if token.kind != END:
                self.tokens.append(token)
        return None

    def cut(self, stack: Stack, start: str) -> None:
        """Leave out what stands above a stack; one that was never read is that behind the title."""
        states = _states(stack)
        depth = len(states)
        if self.states[:depth] != states:
            for kinds in BEGUN[start]:
                self._begin()
                for kind in kinds:
                    self._take(Token(kind, '""', 0, 0))
                if self.states == states:
                    return
        self._keep(depth)

    def _keep(self, depth: int) -> None:
        """Keep so many states, and the values of the symbols with which all but the lowest were entered."""
        del self.states[depth:], self.parsed.values[depth - 1 :], self.parsed.begins[depth - 1 :]

    def close(self, stack: Stack) -> None:
        """End the text at the innermost place where it can end."""
        below: Stack | None = stack
        while below is not None:
            if self.machine.shift(below, END) is not None:
                self._keep(len(_states(below)))
                self._take(Token(END, "", self.parsed.end, self.parsed.end))
                return
            below = below.below

    def _take(self, token: Token) -> None:
        """Put a token that can come on the stack, behind the rules that it completes."""
        parsed = self.parsed
        while (to := self.machine.action(self.states[-1], token.kind)) < 0:
            rule = rules()[to]
            if rule.make is not None:
                parsed.reduce(rule)
            if rule.drop:
                del self.states[rule.drop :]
            self.states[-1] = self.machine.action(self.states[-2], rule.origin)
        if token.kind == END:
            self.whole = True
            return
        self.states.append(to)
        parsed.values.append(token)
        parsed.begins.append(token.start)
        parsed.tokens.append(token)
        parsed.end = token.end


def _states(stack: Stack) -> Sequence[int]:
    """The states of a stack from the bottom up."""
    states = []
    below: Stack | None = stack
    while below is not None:
        states.append(below.state)
        below = below.below
    return states[::-1]
