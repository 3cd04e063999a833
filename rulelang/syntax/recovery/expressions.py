"""Slips in expressions: what stands in brackets, chains of comparisons, an ``if`` without ``else``."""

import re
from collections.abc import Iterator

from rulelang.syntax.recovery.automaton import Moment
from rulelang.syntax.recovery.slip import Slip, quoted
from rulelang.syntax.recovery.stop import Stop

_COMPARATORS = frozenset({"EQUAL", "LESSTHAN", "MORETHAN", "__ANON_0", "__ANON_1", "__ANON_2", "__ANON_3"})
_AGGREGATES = frozenset({"SUM", "AVERAGE", "LARGEST", "SMALLEST", "COUNT"})
_POPULATIONS = frozenset({"MEMBERS", "SURVIVORS", "DEFAULTERS", "SEGMENTS"})


def brackets(stop: Stop) -> Iterator[Slip]:
    """An aggregate with ``where``, an ``if`` or a ``not`` that needs parentheses; chains of comparisons."""
    last = stop.before()
    if stop.word == "where" and last is not None and last.kind in _POPULATIONS:
        for moment in reversed(stop.history):
            if moment.kind in _AGGREGATES:
                message = f"`{stop.source(moment)} … where …` is part of a longer expression"
                yield from _bracketed(
                    stop,
                    moment.start,
                    message,
                    "an aggregate with `where` stands in parentheses unless it is the whole expression",
                )
                break
    if stop.word == "if" and "LPAR" in stop.expected:
        help_ = "an `if` stands in parentheses unless it is the whole expression"
        yield from _bracketed(stop, stop.at, "`if … then … else …` is part of a longer expression", help_)
    if stop.word == "of" and last is not None and last.kind in {"MAX", "MIN"}:
        function, own = stop.source(last), "largest" if last.kind == "MAX" else "smallest"
        help_ = f"write `{function}(a, b)` for values, or `{own} of x over survivors` for members"
        message = f"`{function}` takes its values in parentheses"
        yield Slip("missing-brackets", message, last.start, stop.end, help=help_, sure=True)
    if stop.word == "not" and "LPAR" in stop.expected:
        yield from _bracketed(stop, stop.at, "`not …` is part of a longer expression", "put it in parentheses")
    if stop.kind in _COMPARATORS:
        yield from _chained(stop)


_PAUSE = re.compile(r"(?<=\S)\s+(?:each|in\s+total|cite|[-+*/<>=)])")


def _bracketed(stop: Stop, start: int, message: str, help_: str) -> Iterator[Slip]:
    """Parentheses from an offset to the end of the line, or as far as the text then goes on."""
    ends = (found.start() for found in _PAUSE.finditer(stop.text, stop.end, stop.line_end))
    for end in [stop.line_end, *ends]:
        yield Slip(
            "missing-brackets",
            message,
            start,
            end,
            f"({stop.text[start:end]})",
            help_,
            beyond=1,
            shown=(start, stop.end),
        )
    yield Slip("missing-brackets", message, start, stop.end, help=help_, sure=True)


def _chained(stop: Stop) -> Iterator[Slip]:
    """``a < b < c``."""
    between: list[Moment] = []
    for moment in reversed(stop.history):
        if moment.kind in {"AND", "OR", "NOT", "LPAR", "COMMA", "THEN", "ELSE", "WHERE", "COLON", "AS"}:
            return
        if moment.kind in _COMPARATORS:
            middle = stop.text[between[-1].start : between[0].end] if between else ""
            message = f"two comparisons in a row: `{stop.source(moment)}` and `{stop.word}`"
            pair = f"… {stop.source(moment)} {middle} and {middle} {stop.word} …"
            help_ = f"write them as two, with `and` between them: `{pair}`"
            yield Slip(
                "chained-comparison",
                message,
                stop.at,
                stop.end,
                f"and {middle} {stop.word}",
                help_,
                beyond=1,
                sure=True,
                labels=((moment.start, moment.end, "the first comparison"),),
            )
            return
        between.append(moment)


def conditionals(stop: Stop) -> Iterator[Slip]:
    """An ``if`` without ``else``."""
    if "ELSE" in stop.expected and "THEN" not in stop.expected:
        opened = next((m for m in reversed(stop.history) if m.kind == "IF"), None)
        shown = (stop.at, stop.end) if opened is None else (opened.start, opened.end)
        help_ = "say what the value is otherwise: `if … then … else …`"
        yield Slip(
            "missing-part",
            "this `if` has no `else`",
            stop.at,
            stop.at,
            " else 0 ",
            help_,
            fix=False,
            shown=shown,
            beyond=1,
        )


def closing(stop: Stop) -> Iterator[Slip]:
    """A bracket that is not closed, or that closes nothing."""
    if stop.word.startswith(")"):
        yield Slip(
            "unbalanced-bracket", "this bracket closes nothing", stop.at, stop.at + 1, "", "take it away", beyond=1
        )
        return
    if "RPAR" not in stop.expected:
        return
    depth, opened = 0, None
    for moment in reversed(stop.history):
        depth += (moment.kind == "RPAR") - (moment.kind == "LPAR")
        if depth < 0:
            opened = moment
            break
    shown = (stop.at, stop.end) if opened is None else (opened.start, opened.end)
    last = stop.before()
    at = stop.at if last is None else last.end
    missing = 1
    for missing in range(1, 5):
        yield Slip(
            "unbalanced-bracket",
            "this bracket is not closed",
            at,
            at,
            ")" * missing,
            f"put `{')' * missing}` behind {quoted(stop.previous)}",
            shown=shown,
            beyond=1,
        )
