"""The static type and shape of every expression."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, NoReturn

from tests.oracle.parts import Decl, Expression, Rulebook, Step
from tests.oracle.words import static

Judged = tuple[Any, frozenset[str]]


@dataclass
class Ctx:
    """Where an expression stands, for its type and shape.

    ``place`` is ``step``, ``define``, ``ensure``, ``assume``, ``due`` (in a clause that replenishes), ``limit`` (one
    with a name), ``resizing`` or ``missing``; ``what`` is for messages; ``seg`` says that a segment is bound (inside
    ``per segment``, or in E over segments); ``missing`` is the data whose ``if missing`` this is.
    """

    place: str
    what: str
    step: Step | None = None
    seg: bool = False
    missing: Decl | None = None
    expanding: tuple[str, ...] = ()


READ_THE_RUN = ("loss", "remaining", "used", "unused", "paid", "total_paid", "open", "start", "defaults")
"""What `if missing` may not say."""
OF_THIS_RUN = ("loss", "remaining", "used", "unused", "paid")
"""What a limit with a name may not say."""
NOT_OF_THE_DATA = ("remaining", "used", "unused", "paid", "total_paid", "open", "start", "defaults")
"""What an ``assume`` may not say."""
NOT_AT_RESIZING = (*READ_THE_RUN, "declared", "leaving", "asof", "agg")


def is_money(t: Any) -> bool:
    """Whether a type is money of some currency."""
    return isinstance(t, str) and t.split()[0] == "money"


def is_numeric(t: Any) -> bool:
    """Whether a type is money or a number."""
    return t == "num" or is_money(t)


def decl_type(t: Any) -> Any:
    """The type of a declaration, as expressions have it."""
    if t in ("number", "ratio"):
        return "num"
    if isinstance(t, tuple):
        return ("choice", frozenset(t[1]), True)
    return t


def unify(a: Any, b: Any) -> Any:
    """The common type, or None."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        if a[2] and b[2]:
            return a if a[1] == b[1] else None
        if a[2]:
            return a if b[1] <= a[1] else None
        if b[2]:
            return b if a[1] <= b[1] else None
        return ("choice", a[1] | b[1], False)
    return a if a == b else None


def show(t: Any) -> str:
    """A type in words."""
    if isinstance(t, tuple):
        return "a choice"
    return {"num": "a number", "bool": "yes/no", "date": "a date"}.get(t, str(t))


class Shapes(ABC):
    """Infers the type and shape of expressions."""

    def __init__(self, rb: Rulebook) -> None:
        """Look names up in a rulebook."""
        self.rb = rb

    @abstractmethod
    def limits(self, s: Step, c: Ctx, seg: bool) -> None:
        """Check what stands behind each `up to`; the checker knows how."""

    def infer(self, e: Expression, c: Ctx) -> Judged:
        """(type, shape) of an expression; shape is a frozenset of 'M' (member) and 'S' (segment)."""
        rb, op = self.rb, e[0]
        none: frozenset[str] = frozenset()
        seg = frozenset("S") if c.seg else none

        def sub(x: Expression) -> Judged:
            return self.infer(x, c)

        def bad(msg: str) -> NoReturn:
            static(f"{c.what}: {msg}")

        if (c.place == "missing" and op in READ_THE_RUN) or (c.place == "limit" and op in OF_THIS_RUN):
            bad(f"`{op}` does not stand here")
        if c.place == "assume" and op in NOT_OF_THE_DATA:
            bad(f"`{op}` is no datum")
        if c.place == "resizing" and op in NOT_AT_RESIZING:
            bad(f"`{op}` in a limit `at every resizing`")
        if op == "money":
            if e[1] not in rb.currencies:
                bad(f"{e[1]} in a rulebook of {rb.currency}")
            return self.money_type(e[1]), none
        if op in ("num", "date", "text", "bool"):
            return op, none
        if op == "declared":
            return "date", none
        if op == "days":
            t, s = sub(e[1])
            if t != "date":
                bad("days are added to a date")
            return "date", s
        if op == "leaving":
            return "bool", frozenset("M")
        if op in ("open", "start", "defaults"):
            if e[1] not in rb.periods:
                bad(f"there is no period {e[1]}")
            return {"open": "bool", "start": "date", "defaults": "num"}[op], none
        if op == "asof":
            return self.infer_as_of(e, c)
        if op == "at":
            return self.infer_at(e, c)
        if op == "round":
            (t1, s1), (t2, s2) = sub(e[2]), sub(e[3])
            if t1 != t2 or not is_numeric(t1):
                bad(f"{show(t1)} rounded to {show(t2)}")
            return t1, s1 | s2
        if op == "loss":
            return "money", seg
        if op == "remaining":
            if c.place in ("ensure", "due"):
                bad("`remaining` outside a step")
            return "money", seg
        if op == "total_paid":
            return "money", frozenset("M")
        if op in ("used", "unused", "paid"):
            step = rb.steps.get(e[1])
            if step is None:
                bad(f"there is no step {e[1]}")
            if c.step is not None and step.index >= c.step.index:
                bad(f"{op}({e[1]}) names this step, a step of its group or a later one")
            if op == "unused" and step.may_be_unlimited:
                bad(f"unused({e[1]}), but {e[1]} may be unlimited")
            shape = seg if step.by_segment else none
            return "money", shape | (frozenset("M") if op == "paid" else none)
        if op == "name":
            return self.infer_name(e[1], c)
        if op in ("and", "or"):
            (t1, s1), (t2, s2) = sub(e[1]), sub(e[2])
            if t1 != "bool" or t2 != "bool":
                bad(f"`{op}` joins conditions")
            return "bool", s1 | s2
        if op == "not":
            t, s = sub(e[1])
            if t != "bool":
                bad("`not` stands before a condition")
            return "bool", s
        if op == "cmp":
            (t1, s1), (t2, s2) = sub(e[2]), sub(e[3])
            t = unify(t1, t2)
            if t is None:
                bad(f"{show(t1)} {e[1]} {show(t2)}")
            if e[1] not in ("=", "!=") and t != "date" and not is_numeric(t):
                bad(f"{show(t)} has no order")
            return "bool", s1 | s2
        if op in ("add", "sub"):
            (t1, s1), (t2, s2) = sub(e[1]), sub(e[2])
            if t1 != t2 or not is_numeric(t1):
                bad(f"{show(t1)} {'+' if op == 'add' else '-'} {show(t2)}")
            return t1, s1 | s2
        if op == "mul":
            (t1, s1), (t2, s2) = sub(e[1]), sub(e[2])
            if not is_numeric(t1) or not is_numeric(t2) or "num" not in (t1, t2):
                bad(f"{show(t1)} * {show(t2)}")
            return (t1 if t2 == "num" else t2), s1 | s2
        if op == "div":
            (t1, s1), (t2, s2) = sub(e[1]), sub(e[2])
            if not is_numeric(t1) or not is_numeric(t2) or t2 not in ("num", t1):
                bad(f"{show(t1)} / {show(t2)}")
            return (t1 if t2 == "num" else "num"), s1 | s2
        if op == "neg":
            t, s = sub(e[1])
            if not is_numeric(t):
                bad(f"- {show(t)}")
            return t, s
        if op == "if":
            (t0, s0), (t1, s1), (t2, s2) = sub(e[1]), sub(e[2]), sub(e[3])
            if t0 != "bool":
                bad("`if` needs a condition")
            t = unify(t1, t2)
            if t is None:
                bad(f"`then` gives {show(t1)}, `else` {show(t2)}")
            return t, s0 | s1 | s2
        if op in ("min", "max", "clamp"):
            shape, t = none, None
            for x in e[1]:
                t1, s1 = sub(x)
                if (t1 != "date" and not is_numeric(t1)) or (t is not None and t1 != t):
                    bad(f"{op} of values that do not compare")
                t, shape = t1, shape | s1
            return t, shape
        if op == "agg":
            return self.infer_aggregate(e, c)
        raise AssertionError(op)

    def infer_name(self, name: str, c: Ctx) -> Judged:
        """The type and shape of a name."""
        rb = self.rb
        none: frozenset[str] = frozenset()
        if name in rb.fields or name in rb.givens:
            d = rb.fields.get(name) or rb.givens[name]
            if c.place == "missing" and d is c.missing:
                static(f"{c.what}: names itself")
            if c.place == "missing" and d.per_defaulter:
                static(f"{c.what}: {name} is per defaulter, and a run alone knows which of them it meets")
            if c.place == "resizing" and d.per_defaulter:
                static(f"{c.what}: {name} is per defaulter, and has no values of earlier days")
            shape = frozenset(("M" if d.is_field else "") + ("S" if d.per_segment else ""))
            return decl_type(d.type), shape
        if name in rb.defines:
            if name in c.expanding:
                static(f"the definition {name} runs in a circle")
            inner = Ctx(c.place, c.what + f" (in {name})", c.step, c.seg, c.missing, (*c.expanding, name))
            return self.infer(rb.defines[name], inner)
        if name in rb.choice_values:
            return ("choice", frozenset([name]), False), none
        return static(f"{c.what}: unknown name {name}")

    def money_type(self, code: str) -> str:
        """The type of amounts of a currency."""
        return "money" if code == self.rb.currency else f"money {code}"

    def infer_as_of(self, e: Expression, c: Ctx) -> Judged:
        """A field or a given as of a day."""
        name = e[1]
        d = self.rb.fields.get(name) or self.rb.givens.get(name)
        if d is None or d.per_defaulter:
            static(f"{c.what}: {name} is no data with values of earlier days")
        t, s = self.infer(("name", name), c)
        day, shape = self.infer(e[2], c)
        if day != "date":
            static(f"{c.what}: {name} as of {show(day)}")
        return t, s | shape

    def infer_at(self, e: Expression, c: Ctx) -> Judged:
        """An amount at a rate."""
        t, s = self.infer(e[1], c)
        rate, shape = self.infer(("name", e[2]), c)
        if not str(rate).startswith("rate "):
            static(f"{c.what}: {e[2]} is no rate")
        _, to, source = rate.split()
        if t != self.money_type(source):
            static(f"{c.what}: {show(t)} at {e[2]}, which is {to} per {source}")
        return self.money_type(to), s | shape

    def infer_aggregate(self, e: Expression, c: Ctx) -> Judged:
        """The type and shape of an aggregate."""
        _, fn, x, who, where, by = e
        if c.place == "missing" and who in ("survivors", "defaulters"):
            static(f"{c.what}: {who} in `if missing`")
        if who == "segments":
            if not self.rb.segments:
                static(f"{c.what}: there are no segments")
            inner = Ctx(c.place, c.what, c.step, True, c.missing, c.expanding)
            t, s = self.infer(x, inner)
            if not is_numeric(t):
                static(f"{c.what}: a sum of {show(t)}")
            if "S" not in s:
                static(f"{c.what}: one value, not one per segment, is summed over segments")
            return t, s - {"S"}
        t, s = "num", frozenset("M")
        if x is not None:
            t, s = self.infer(x, c)
            if not is_numeric(t):
                static(f"{c.what}: {fn} of {show(t)}")
            if "M" not in s:
                static(f"{c.what}: {fn} of one value over {who}")
        ws: frozenset[str] = frozenset()
        if where is not None:
            wt, ws = self.infer(where, c)
            if wt != "bool":
                static(f"{c.what}: `where` needs a condition")
        if by is not None:
            d = self.rb.fields.get(by)
            if d is None or d.per_defaulter or not (d.type == "text" or isinstance(d.type, tuple)):
                static(f"{c.what}: groups go by a field that is text or a choice, not by {by}")
            ws |= self.infer(("name", by), c)[1]
        return t, (s | ws) - {"M"}

    def want(self, e: Expression, c: Ctx, types: tuple[str, ...], member: bool, seg: bool, need: str = "") -> Judged:
        """Check type and shape: member/seg say which dimensions may appear, need which must."""
        t, s = self.infer(e, c)
        kind = "choice" if isinstance(t, tuple) else t
        if is_money(t) and "any money" in types:
            kind = "any money"
        if kind not in types:
            static(f"{c.what}: {show(t)} where {' or '.join(types)} is due")
        if "M" in s and not member:
            static(f"{c.what}: one value per member where one value is due")
        if "S" in s and not seg:
            static(f"{c.what}: one value per segment where one value is due")
        for d in need:
            if d not in s:
                static(f"{c.what}: one value where one per {'member' if d == 'M' else 'segment'} is due")
        return t, s
