"""Slips in expressions: what stands in brackets, chains of comparisons, an ``if`` without ``else``."""

import re
from collections.abc import Iterator

from rulelang.syntax.recovery.automaton import Moment
from rulelang.syntax.recovery.places import in_claim
from rulelang.syntax.recovery.slip import Slip, instead, quoted
from rulelang.syntax.recovery.stop import Stop

_COMPARATORS = frozenset({"EQUAL", "NOT_EQUAL", "LESS", "AT_MOST", "MORE", "AT_LEAST"})
_LINES = frozenset({"DECIDE", "GIVEN", "MEMBER", "PAID", "DEFAULT", "UNDER", "DECLARED", "DEFAULTED", "EXPECT"})
"""Words with which lines of an event begin: a comparison does not go on behind them."""
_PARTED = frozenset("AND OR NOT LPAR COMMA THEN ELSE WHERE COLON AS".split())
"""What stands between a comparison and another of its own."""
_AGGREGATES = frozenset({"SUM", "AVERAGE", "LARGEST", "SMALLEST", "COUNT"})
_POPULATIONS = frozenset({"MEMBERS", "SURVIVORS", "DEFAULTERS", "SEGMENTS"})


def brackets(stop: Stop) -> Iterator[Slip]:
    """An aggregate with ``where``, an ``if`` or a ``not`` that needs parentheses; chains of comparisons."""
    last = stop.before()
    if stop.word == "where" and last is not None and last.kind in _POPULATIONS:
        opened = stop.last_of(_AGGREGATES)
        if opened is not None:
            help_ = "an aggregate with `where` stands in parentheses unless it is the whole expression"
            yield from _bracketed(stop, opened.start, f"{stop.source(opened)} … where …", help_)
    if stop.word == "if" and "LPAR" in stop.expected:
        help_ = "an `if` stands in parentheses unless it is the whole expression"
        yield from _bracketed(stop, stop.at, "if … then … else …", help_)
    if stop.word == "of" and last is not None and last.kind in {"MAX", "MIN"}:
        function, own = stop.source(last), "largest" if last.kind == "MAX" else "smallest"
        help_ = f"write `{function}(a, b)` for values, or `{own} of x over survivors` for members"
        message = f"`{function}` takes its values in parentheses"
        yield Slip("missing-brackets", message, (last.start, stop.end), help=help_, sure=True)
    if last is not None and stop.source(last) in {"open", "start", "defaults"} and stop.kind == "NAME":
        function, span = stop.source(last), (last.start, stop.end)
        own = f"{function}({stop.word})"
        yield Slip("missing-brackets", f"`{function}` takes its period in parentheses", span, own, f"write `{own}`")
    if stop.word == "not" and "LPAR" in stop.expected:
        yield from _bracketed(stop, stop.at, "not …", "put it in parentheses")
    if stop.kind in _COMPARATORS:
        yield from _chained(stop)


def functions(stop: Stop) -> Iterator[Slip]:
    """``sqrt(x)``, and ``x > y ? x : y``: what other languages have in an expression."""
    last = stop.before()
    if stop.word == "(" and last is not None and last.kind == "NAME" and "ADD" in stop.expected:
        name = stop.source(last)
        message, help_ = f"{quoted(name)} is no function of the language", "its functions are `min`, `max` and `clamp`"
        if stop.declares(name):
            message = f"parentheses cannot stand behind {quoted(name)}"
            help_ = "a sign such as `*` stands between two values, a remark behind `#`"
        yield Slip("foreign-word", message, last.span, help=help_, sure=True)
    if stop.word[:1] == "?" and "ADD" in stop.expected:
        help_ = "one of two values is written `if … then … else …`"
        yield Slip("foreign-punctuation", "`?` is no sign of the language", stop.first, help=help_, sure=True)


_PAUSE = re.compile(r"(?<=\S)\s+(?:each|in\s+total|cite|[-+*/<>=)])")


def _bracketed(stop: Stop, start: int, what: str, help_: str) -> Iterator[Slip]:
    """Parentheses from an offset to the end of the line, or as far as the text then goes on."""
    message, shown = f"`{what}` is part of a longer expression", (start, stop.end)
    for end in (stop.line_end, *(found.start() for found in _PAUSE.finditer(stop.text, stop.end, stop.line_end))):
        inner = f"({stop.text[start:end]})"
        yield Slip("missing-brackets", message, (start, end), inner, help_, beyond=1, shown=shown)
    yield Slip("missing-brackets", message, shown, help=help_, sure=True)


def _chained(stop: Stop) -> Iterator[Slip]:
    """``a < b < c``."""
    between: list[Moment] = []
    for moment in reversed(stop.history):
        if moment.kind in _LINES | _PARTED:
            return
        if moment.kind in _COMPARATORS:
            first, middle = stop.source(moment), stop.text[between[-1].start : between[0].end] if between else ""
            if not middle:
                twice = f"`{first}` and `{stop.word}` stand side by side"
                help_ = "one comparison stands between two values"
                yield Slip("chained-comparison", twice, stop.span, help=help_, sure=True, labels=())
                return
            message, own = f"two comparisons in a row: `{first}` and `{stop.word}`", f"and {middle} {stop.word}"
            help_ = f"write them as two, with `and` between them: `… {first} {middle} {own} …`"
            labels = ((moment.span, "the first comparison"),)
            yield Slip("chained-comparison", message, stop.span, own, help_, beyond=1, sure=True, labels=labels)
            return
        between.append(moment)


_WORD_OR_TEXT = r"(?:\"[^\"\r\n]*\"|[a-z]\w*)"
_MEMBERSHIP = re.compile(
    r"(?<![\w-])(?P<what>[a-z]\w*)\s+(?:(?:is|are)\s+)?(?P<not>not\s+)?(?:in|(?:one|any|either)\s+of|either)\s*"
    rf"(?P<open>\(\s*)?(?P<values>{_WORD_OR_TEXT}(?:\s*(?:,\s*(?:or\s+|and\s+)?|\bor\s+){_WORD_OR_TEXT})+)(?(open)\s*\))"
)


def memberships(stop: Stop) -> Iterator[Slip]:
    """``rating in ("A", "B")``, ``bid is one of poor, absent``: each value is compared."""
    for found in stop.around(_MEMBERSHIP):
        values = re.findall(_WORD_OR_TEXT, re.sub(r"\b(?:or|and)\b", " ", found["values"]))
        sign, word = ("!=", "and") if found["not"] else ("=", "or")
        own = f" {word} ".join(f"{found['what']} {sign} {value}" for value in values)
        yield instead(found, f"({own})", "is no comparison of the language")


_PART = r"(?:[^(),\r\n\"#]|\([^()\r\n]*\))+?(?<!\s)"
_VALUE_FIRST = re.compile(  # a run of blanks is read in one way alone: in every way, a few hundred would take seconds
    rf"(?<!\w)(?:up\s+to|as|missing)\s++(?P<whole>(?P<value>{_PART})(?:\s*+,)?\s++if\s++(?P<condition>{_PART})"
    rf"(?:\s*+,)?\s++else\s++(?P<other>{_PART}))"
    r"(?=\s++(?:each|in\s+(?:total|any|the|each)|during|at\s+(?:every|the)|cite|when|once|shared|up\s+to)\b"
    r"|\s*+(?:#|$)|[ \t]*+[\r\n])"
)


def conditionals(stop: Stop) -> Iterator[Slip]:
    """An ``if`` without ``else``, and one behind its value: ``x if c else y``."""
    for found in stop.around(_VALUE_FIRST):
        own = f"if {found['condition']} then {found['value']} else {found['other']}"
        message, help_ = "the value stands before its `if`", f"write `{own}`"
        shown = found.start("value"), found.end("value")
        yield Slip("foreign-word", message, found.span("whole"), own, help_, shown=shown, beyond=1)
    if "ELSE" in stop.expected and "THEN" not in stop.expected:
        opened = stop.last_of({"IF"})
        shown = stop.span if opened is None else opened.span
        message, help_ = "this `if` has no `else`", "say what the value is otherwise: `if … then … else …`"
        if in_claim(stop):
            end, help_ = stop.before_end, "say what must hold otherwise: `else yes` if nothing must"
            yield Slip("missing-part", message, (end, end), " else yes", help_, shown=shown, beyond=1)
        yield Slip("missing-part", message, stop.gap, " else 0 ", help_, fix=False, shown=shown, beyond=1)


def closing(stop: Stop) -> Iterator[Slip]:
    """A bracket that is not closed, or that closes nothing."""
    if stop.word.startswith(")"):
        message = "this bracket closes nothing: it is one too many, or another is missing before it"
        yield Slip("unbalanced-bracket", message, stop.first, "", "take it away", beyond=1)
        return
    if "RPAR" not in stop.expected:
        return
    depth, shown = 0, stop.span
    for moment in reversed(stop.history):
        depth += (moment.kind == "RPAR") - (moment.kind == "LPAR")
        if depth < 0:
            shown = moment.span
            break
    last = stop.before()
    at = stop.at if last is None else last.end
    for missing in (")", "))", ")))", "))))"):
        message, help_ = "this bracket is not closed", f"put `{missing}`{stop.behind}"
        yield Slip("unbalanced-bracket", message, (at, at), missing, help_, shown=shown, beyond=1)
