"""The static type and shape of every expression."""

from dataclasses import dataclass
from typing import Any, NoReturn

from tests.oracle.parts import Decl, Expression, Rulebook, Step
from tests.oracle.words import static

Judged = tuple[Any, frozenset[str]]


@dataclass
class Ctx:
    """Where an expression stands, for its type and shape.

    ``place`` is ``step``, ``define``, ``ensure`` or ``missing``; ``what`` is for messages; ``seg`` says that a segment
    is bound (inside ``per segment``, or in E over segments); ``missing`` is the data whose ``if missing`` this is.
    """

    place: str
    what: str
    step: Step | None = None
    seg: bool = False
    missing: Decl | None = None
    expanding: tuple[str, ...] = ()


NUMERIC = ("money", "num")


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
    return {"num": "a number", "money": "money", "bool": "yes/no", "date": "a date", "text": "text"}[t]


class Shapes:
    """Infers the type and shape of expressions."""

    def __init__(self, rb: Rulebook) -> None:
        """Look names up in a rulebook."""
        self.rb = rb

    def infer(self, e: Expression, c: Ctx) -> Judged:
        """(type, shape) of an expression; shape is a frozenset of 'M' (member) and 'S' (segment)."""
        rb, op = self.rb, e[0]
        none: frozenset[str] = frozenset()
        seg = frozenset("S") if c.seg else none

        def sub(x: Expression) -> Judged:
            return self.infer(x, c)

        def bad(msg: str) -> NoReturn:
            static(f"{c.what}: {msg}")

        if op == "money":
            if e[1] != rb.currency:
                bad(f"{e[1]} in a rulebook of {rb.currency}")
            return "money", none
        if op in ("num", "date", "text", "bool"):
            return op, none
        if op == "declared":
            return "date", none
        if op == "days":
            t, s = sub(e[1])
            if t != "date":
                bad("days are added to a date")
            return "date", s
        if op in ("loss", "remaining", "total_paid", "used", "unused", "paid") and c.place == "missing":
            bad(f"`{op}` in `if missing`")
        if op == "loss":
            return "money", seg
        if op == "remaining":
            if c.place == "ensure":
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
            if e[1] not in ("=", "!=") and t not in ("money", "num", "date"):
                bad(f"{show(t)} has no order")
            return "bool", s1 | s2
        if op in ("add", "sub"):
            (t1, s1), (t2, s2) = sub(e[1]), sub(e[2])
            if t1 != t2 or t1 not in NUMERIC:
                bad(f"{show(t1)} {'+' if op == 'add' else '-'} {show(t2)}")
            return t1, s1 | s2
        if op == "mul":
            (t1, s1), (t2, s2) = sub(e[1]), sub(e[2])
            if t1 not in NUMERIC or t2 not in NUMERIC or (t1 == t2 == "money"):
                bad(f"{show(t1)} * {show(t2)}")
            return ("money" if "money" in (t1, t2) else "num"), s1 | s2
        if op == "div":
            (t1, s1), (t2, s2) = sub(e[1]), sub(e[2])
            if t1 not in NUMERIC or t2 not in NUMERIC or (t1 == "num" and t2 == "money"):
                bad(f"{show(t1)} / {show(t2)}")
            return ("money" if t1 == "money" and t2 == "num" else "num"), s1 | s2
        if op == "neg":
            t, s = sub(e[1])
            if t not in NUMERIC:
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
                if t1 not in ("money", "num", "date") or (t is not None and t1 != t):
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
            if c.place == "missing":
                if d is c.missing:
                    static(f"{c.what}: names itself")
                if d.is_field and c.missing is not None and not c.missing.is_field:
                    static(f"{c.what}: a given does not name the field {name}")
            shape = frozenset(("M" if d.is_field else "") + ("S" if d.per_segment else ""))
            return decl_type(d.type), shape
        if name in rb.defines:
            if c.place == "missing":
                static(f"{c.what}: `if missing` names the definition {name}")
            if name in c.expanding:
                static(f"the definition {name} runs in a circle")
            inner = Ctx(c.place, c.what + f" (in {name})", c.step, c.seg, None, (*c.expanding, name))
            return self.infer(rb.defines[name], inner)
        if name in rb.choice_values:
            return ("choice", frozenset([name]), False), none
        return static(f"{c.what}: unknown name {name}")

    def infer_aggregate(self, e: Expression, c: Ctx) -> Judged:
        """The type and shape of an aggregate."""
        _, fn, x, who, where = e
        if c.place == "missing":
            static(f"{c.what}: an aggregate in `if missing`")
        if who == "segments":
            if not self.rb.segments:
                static(f"{c.what}: there are no segments")
            inner = Ctx(c.place, c.what, c.step, True, None, c.expanding)
            t, s = self.infer(x, inner)
            if t not in NUMERIC:
                static(f"{c.what}: a sum of {show(t)}")
            if "S" not in s:
                static(f"{c.what}: one value, not one per segment, is summed over segments")
            return t, s - {"S"}
        t, s = "num", frozenset("M")
        if x is not None:
            t, s = self.infer(x, c)
            if t not in NUMERIC:
                static(f"{c.what}: {fn} of {show(t)}")
            if "M" not in s:
                static(f"{c.what}: {fn} of one value over {who}")
        ws: frozenset[str] = frozenset()
        if where is not None:
            wt, ws = self.infer(where, c)
            if wt != "bool":
                static(f"{c.what}: `where` needs a condition")
        return t, (s | ws) - {"M"}

    def want(self, e: Expression, c: Ctx, types: tuple[str, ...], member: bool, seg: bool, need: str = "") -> Judged:
        """Check type and shape: member/seg say which dimensions may appear, need which must."""
        t, s = self.infer(e, c)
        kind = "choice" if isinstance(t, tuple) else t
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
