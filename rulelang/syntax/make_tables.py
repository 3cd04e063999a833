"""From the grammar to the tables of the parser, by Lark: done when the package is built, never when a text is read.

What Lark works out is taken over through its documented serialisation (``lark.tools.serialize``) and put into an order
that depends on the grammar alone, so that the same grammar gives the same bytes.  This module needs Lark and the
standard library, nothing else, for the build has nothing else.
"""

import io
import json
from collections.abc import Iterator, Mapping
from typing import TypedDict

import lark
from lark.tools.serialize import serialize

from rulelang.syntax.tables import END, START_RULES, Rules, RuleShape, States, Tables, Terminal


class _Symbol(TypedDict):
    """A terminal or a rule's name; an anonymous word of the grammar is filtered out of the tree."""

    name: str
    filter_out: bool
    __type__: str


class _Options(TypedDict):
    keep_all_tokens: bool
    expand1: bool
    empty_indices: list[bool]


class _Rule(TypedDict):
    """A rule as Lark writes it."""

    origin: _Symbol
    expansion: list[_Symbol]
    alias: str | None
    options: _Options


def make_tables(grammar: str) -> Tables:
    """The tables of a grammar with all its start rules.

    Raises:
        lark.exceptions.LarkError: the text is no grammar of Lark's, or has a conflict.
    """
    made = lark.Lark(grammar, parser="lalr", start=list(START_RULES), maybe_placeholders=True)
    out = io.StringIO()
    serialize(made, out)  # type: ignore[no-untyped-call]
    plain = json.loads(out.getvalue())
    parts, automaton = plain["memo"], plain["data"]["parser"]["parser"]
    rules: dict[str, _Rule] = {number: part for number, part in parts.items() if part["__type__"] == "Rule"}
    ordered = sorted(rules, key=lambda number: json.dumps(rules[number], sort_keys=True))
    place = {number: at for at, number in enumerate(ordered)}
    rows = {
        int(state): {
            automaton["tokens"][token]: ~place[str(to["@"])] if reduces else to
            for token, (reduces, to) in sorted(actions.items(), key=lambda item: str(automaton["tokens"][item[0]]))
        }
        for state, actions in automaton["states"].items()
    }
    begins: dict[str, int] = automaton["start_states"]
    for end in automaton["end_states"].values():
        rows[end][END] = end
    order = {state: number for number, state in enumerate(_reached(rows, [begins[start] for start in START_RULES]))}
    return Tables(
        lark.__version__,
        _terminals(made),
        tuple(sorted(made.ignore_tokens)),
        {start: order[begins[start]] for start in START_RULES},
        Rules.of(_shape(rules[number]) for number in ordered),
        States.of({kind: order[to] if to >= 0 else to for kind, to in rows[state].items()} for state in order),
    )


def _reached(rows: Mapping[int, Mapping[str, int]], begins: list[int]) -> Iterator[int]:
    """All states in the order in which they are reached from the beginnings."""
    waiting, seen = list(begins), set(begins)
    for state in waiting:
        yield state
        for to in rows[state].values():
            if to >= 0 and to not in seen:
                seen.add(to)
                waiting.append(to)


def _terminals(made: lark.Lark) -> tuple[Terminal, ...]:
    """The terminals in the order in which Lark tries them: by priority, longest text, longest pattern, and name."""

    def rank(terminal: lark.lexer.TerminalDef) -> tuple[int, int, int, str]:
        return -terminal.priority, -terminal.pattern.max_width, -len(terminal.pattern.value), terminal.name

    return tuple(
        Terminal(each.name, each.pattern.value, fixed=True)
        if each.pattern.type == "str"
        else Terminal(each.name, each.pattern.to_regexp(), fixed=False)
        for each in sorted(made.terminals, key=rank)
    )


def _shape(rule: _Rule) -> RuleShape:
    """What the node of a rule is made of: its symbols without the anonymous words, a gap for each part left out."""
    symbols, options = rule["expansion"], rule["options"]
    taken: list[int | None] = []
    waiting = iter(enumerate(symbols))
    for is_gap in options["empty_indices"] or [False] * len(symbols):
        if is_gap:
            taken.append(None)
            continue
        at, symbol = next(waiting)
        is_word = symbol["__type__"] == "Terminal"
        if not is_word and symbol["name"].startswith("_"):
            taken.append(len(symbols) - at)
        elif not is_word or options["keep_all_tokens"] or not symbol["filter_out"]:
            taken.append(at - len(symbols))
    name = rule["alias"] or rule["origin"]["name"]
    if name.startswith("_"):
        return RuleShape(rule["origin"]["name"], len(symbols), "", tuple(taken))
    passed_on = options["expand1"] and rule["alias"] is None and len(taken) == 1
    return RuleShape(rule["origin"]["name"], len(symbols), None if passed_on else name, tuple(taken))
