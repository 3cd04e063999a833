"""What random rulebooks are made of: names, expressions with what is known of them, and the places for them."""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

Datum = dict[str, Any]
"""A declaration, a step or a group, by the words of the generator."""

_KINDS = {"number": "num", "ratio": "num"}


def type_of(d: Datum) -> str:
    """The type that an expression has which names a declaration."""
    return _KINDS.get(d["type"], str(d["type"]))


FIELD_NAMES = [
    "fund",
    "contribution",
    "margin",
    "pool",
    "total",
    "force",
    "first",
    "deposit",
    "weight",
    "score",
    "gain",
    "rating",
    "any",
    "money",
    "level_2",
    "exposure",
    "quota",
    "z",
    "a",
    "b1",
    "lowest",
    "equally",
    "number",
    "one",
    "in_order",
    "pays",
    "text",
    "body",
    "split",
]
GIVEN_NAMES = [
    "capital",
    "junior",
    "insured",
    "rate_of_it",
    "threshold",
    "factor",
    "cut_off",
    "panel",
    "mode",
    "g1",
    "g2",
    "g3",
    "highest",
    "missing",
    "outcome",
]
STEP_NAMES = [
    "margins",
    "sitg",
    "mutual",
    "calls",
    "vmgh",
    "tears",
    "extra",
    "top_up",
    "s1",
    "s2",
    "s3",
    "s4",
    "s5",
    "s6",
    "s7",
    "second",
    "third",
    "pro",
    "rata",
    "business",
    "signed",
    "days",
    "million",
]
OLD_NAMES = ["old_calls", "levy", "cash_call", "was_1", "was_2", "was_3", "was_4", "was_5"]
SEGMENTS = ["energy", "financials", "rates_x", "seg_a", "seg_b", "equity", "fx"]
PARTIES = ["insurer", "parent", "bank_of_x"]
CHOICES = [["absent", "poor", "good"], ["gold", "silver"], ["tier_one", "tier_two", "tier_three", "tier_four"]]
MEMBERS = [
    "A",
    "B",
    "C",
    "D",
    "E",
    "F",
    "AA",
    "AB",
    "Ab",
    "A1",
    "A_1",
    "ZED",
    "Zed",
    "BANK2",
    "BANK10",
    '"a"',
    '"b c"',
    '"9"',
    '"\u00e9"',
    "EUR",
    "X",
]
KINDS = ["tranche", "assessment", "haircut", "tear-up", "voluntary"]

IF, OR, AND, NOT, CMP, ADD, MUL, UNARY, PRIM = range(9)


class GiveUp(Exception):
    """An attempt at a case leads nowhere."""


class E:
    """A generated expression: text, how tightly it binds, its type, its shape, and what it needs to be reused."""

    def __init__(
        self,
        text: str,
        prec: int,
        type_: str,
        dims: Iterable[str] = "",
        ctxdep: bool = False,
        maxstep: int = -1,
        segstep: bool = False,
        instep: bool = False,
        nn: bool = True,
    ) -> None:
        """Keep all of it: ``dims`` are M (member) and S (segment), ``nn`` says that it is never negative."""
        self.text, self.prec, self.type, self.dims = text, prec, type_, frozenset(dims)
        self.ctxdep, self.maxstep, self.segstep, self.instep, self.nn = ctxdep, maxstep, segstep, instep, nn

    def at(self, prec: int) -> str:
        """The text for a place that binds as tightly as this, in parentheses if need be."""
        return self.text if self.prec >= prec else f"({self.text})"

    def copied(self, **changes: Any) -> "E":
        """The same with some things changed."""
        e = copy.copy(self)
        e.__dict__.update(changes)
        return e


def join(text: str, prec: int, type_: str, parts: Sequence[E], nn: bool = True, drop: str = "") -> E:
    """An expression made of others."""
    dims: frozenset[str] = frozenset().union(*[p.dims for p in parts]) - frozenset(drop)
    return E(
        text,
        prec,
        type_,
        dims,
        any(p.ctxdep for p in parts),
        max([-1] + [p.maxstep for p in parts]),
        any(p.segstep for p in parts),
        any(p.instep for p in parts),
        nn,
    )


@dataclass(frozen=True)
class Ctx:
    """Where an expression is to stand.

    ``member``: member data may be named; ``seg``: a segment is bound; ``steps``: steps that may be named; ``step``:
    inside a step, so that `remaining` is possible; ``over``: inside E over segments; ``plain``: no results of the run;
    ``index``: the position of the step; ``missing``: inside `if missing`.
    """

    member: bool = False
    seg: bool = False
    steps: Sequence[Datum] = ()
    step: bool = True
    over: bool = False
    plain: bool = False
    index: int = 0
    missing: bool = False

    def with_(self, **changes: Any) -> "Ctx":
        """The same place with some things changed."""
        return replace(self, **changes)
