"""Random expressions that the contract settles: of a wanted type, with a known shape."""

import datetime
import random
from collections.abc import Sequence
from typing import Any

from tests.oracle.random_parts import (
    ADD,
    AND,
    CHOICES,
    CMP,
    FIELD_NAMES,
    GIVEN_NAMES,
    IF,
    MUL,
    NOT,
    OR,
    PARTIES,
    PRIM,
    SEGMENTS,
    UNARY,
    Ctx,
    Datum,
    E,
    GiveUp,
    join,
    type_of,
)
from tests.oracle.words import DECIMALS


class ExpressionGenerator:
    """Makes literals, declarations and expressions."""

    def __init__(self, rng: random.Random) -> None:
        self.r = rng
        r = rng
        self.cur = r.choice(["EUR"] * 5 + ["JPY", "KWD", "USD"])
        self.dec = DECIMALS[self.cur]
        self.mode = r.choice(["micro", "tiny", "tiny", "tiny", "normal", "huge"])
        self.segs = r.sample(SEGMENTS, r.choice([0, 0, 0, 0, 1, 2, 2, 2, 3, 3]))
        self.parties = r.sample(PARTIES, r.choice([0, 0, 1, 1, 2]))
        self.fields: list[Datum] = []
        self.givens: list[Datum] = []
        self.defs: list[tuple[str, E]] = []
        self.steps: list[Datum] = []
        self.used_names: set[str] = set()
        self.def_count = 0
        self.wild = r.random() < 0.06  # negative keys, limits and the like become likelier
        self.declared = datetime.date(r.choice([2018, 2020, 2024]), r.randint(1, 12), r.randint(1, 28))

    def p(self, x: float) -> bool:
        return self.r.random() < x

    def units(self, small: bool = False) -> int:
        r = self.r
        if self.p(0.12):
            return 0
        if self.p(0.08):
            return r.choice([1, 2, 3])
        top = {"micro": 9, "tiny": 2000, "normal": 10**7, "huge": 10**14}[self.mode]
        if small or self.p(0.15):
            top = max(9, top // 50)
        n = r.randint(1, top)
        if self.p(0.3):
            unit = 10**self.dec
            n = max(unit, n // unit * unit)
        return n

    def decimal(self, units: int, places: int) -> str:
        s = str(units).rjust(places + 1, "0")
        if places:
            s = s[:-places] + "." + s[-places:]
            s = s.rstrip("0").rstrip(".") if self.p(0.6) or places > self.dec else s
        return s

    def money(self, units: int) -> str:
        """A money literal in one of its spellings."""
        for word, zeros in (("billion", 9), ("million", 6), ("thousand", 3)):
            if self.p(0.02):
                return f"{self.cur} {self.decimal(units, self.dec + zeros)} {word}"
            if units and units % 10 ** (self.dec + zeros) == 0 and self.p(0.5):
                return f"{self.cur} {units // 10 ** (self.dec + zeros)} {word}"
        s = self.decimal(units, self.dec)
        whole, dot, rest = s.partition(".")
        if len(whole) > 3 and self.p(0.3):
            whole = f"{int(whole):_}"
        return f"{self.cur} {whole}{dot}{rest}"

    def number(self) -> str:
        return self.r.choice(["0", "1", "1", "2", "3", "0.5", "0.25", "1.75", "7", "0.1", "10", "1_000", "0.333"])

    def percent(self) -> str:
        return self.r.choice(["0%", "10%", "25%", "33.3%", "50%", "50%", "100%", "150%", "200%", "0.5%", "7%"])

    def date_near(self) -> str:
        return (self.declared + datetime.timedelta(days=self.r.randint(-40, 40))).isoformat()

    def name(self, pool: Sequence[str]) -> str:
        free = [n for n in pool if n not in self.used_names]
        if not free:
            raise GiveUp
        n = self.r.choice(free[:4]) if self.p(0.5) else self.r.choice(free)
        self.used_names.add(n)
        return n

    def declare(self, is_field: bool, type_: str, signed: bool = False) -> None:
        d: Datum = {
            "name": self.name(FIELD_NAMES if is_field else GIVEN_NAMES),
            "type": type_,
            "signed": signed,
            "seg": bool(self.segs) and self.p(0.4),
            "missing": None,
            "field": is_field,
        }
        if type_ == "choice":
            d["values"] = self.r.choice(CHOICES)
            self.used_names.update(d["values"])
        if self.p(0.25):
            d["missing"] = self.missing_expr(d)
        (self.fields if is_field else self.givens).append(d)

    def missing_expr(self, d: Datum) -> str:
        t = type_of(d)
        if t == "choice":
            return str(self.r.choice(d["values"]))
        c = Ctx(member=d["field"], seg=d["seg"], plain=True, step=False, missing=True)
        if self.p(0.4):
            return self.literal(t).text
        for _ in range(4):
            e = self.expr(t, c, 1, nn=not d["signed"])
            if "S" not in e.dims or d["seg"]:
                return e.text
        return self.literal(t).text

    def declarations(self) -> None:
        r = self.r
        for _ in range(r.choice([2, 2, 3])):
            self.declare(False, "money") if self.p(0.3) else None
            self.declare(True, "money")
        for _ in range(r.choice([0, 1, 2, 2])):
            self.declare(False, "money")
        for _ in range(r.choice([0, 1, 1, 2, 3])):
            t = r.choice(["number", "number", "ratio", "choice", "choice", "bool", "date", "text", "money", "number"])
            self.declare(True, t, signed=t in ("money", "number", "ratio") and self.p(0.4))
        for _ in range(r.choice([0, 0, 1, 2])):
            t = r.choice(["number", "ratio", "choice", "bool", "date", "text", "money"])
            self.declare(False, t, signed=t in ("money", "number", "ratio") and self.p(0.3))

    def literal(self, t: str) -> E:
        r = self.r
        if t == "money":
            return E(self.money(self.units(True) if self.p(0.5) else self.units()), PRIM, t)
        if t == "num":
            return E(self.percent() if self.p(0.5) else self.number(), PRIM, t)
        if t == "bool":
            return E(r.choice(["yes", "no"]), PRIM, t)
        if t == "date":
            return E(self.date_near(), PRIM, t)
        return E(r.choice(['"x"', '"Y z"', '""']), PRIM, t)

    def decls(self, t: str, c: Ctx, nn: bool) -> list[Datum]:
        out = []
        for d in self.fields + self.givens:
            dt = type_of(d)
            if dt != t or (nn and d["signed"]) or (d["field"] and not c.member) or (d["seg"] and not c.seg):
                continue
            out.append(d)
        return out

    def named(self, d: Datum) -> E:
        dims = ("M" if d["field"] else "") + ("S" if d["seg"] else "")
        t = type_of(d)
        return E(d["name"], PRIM, t, dims, nn=not d["signed"])

    def reuse(self, t: str, c: Ctx, nn: bool) -> E | None:
        """A definition that fits here."""
        fit = []
        for n, e in self.defs:
            if e.type != t or (nn and not e.nn) or c.missing:
                continue
            if ("M" in e.dims and not c.member) or ("S" in e.dims and not c.seg):
                continue
            if (e.instep and not c.step) or e.maxstep >= c.index or (e.segstep and c.over):
                continue
            if c.plain and (e.ctxdep or e.instep or e.maxstep >= 0):
                continue
            fit.append((n, e))
        if not fit:
            return None
        n, e = self.r.choice(fit)
        dims = set(e.dims) | ({"S"} if e.ctxdep and c.seg else set())
        return E(n, PRIM, t, dims, e.ctxdep, e.maxstep, e.segstep, e.instep, e.nn)

    def extract(self, e: E, c: Ctx) -> E:
        """Put an expression into a definition of its own and name it instead."""
        self.def_count += 1
        n = f"d{self.def_count}"
        base = e.dims - ({"S"} if e.ctxdep else set())
        if e.ctxdep and "S" in e.dims:
            return e  # its shape depends on more than the definition shows: keep it in place
        kept = e.copied(dims=base)
        self.defs.append((n, kept))
        return e.copied(text=n, prec=PRIM)

    def expr(self, t: str, c: Ctx, depth: int = 2, nn: bool = True) -> E:
        e = self.expr_(t, c, depth, nn)
        if e.prec < PRIM and not c.missing and t in ("money", "num", "bool") and self.p(0.08):
            return self.extract(e, c)
        if self.p(0.03):
            return e.copied(text=f"({e.text})", prec=PRIM)
        return e

    def leaf(self, t: str, c: Ctx, nn: bool) -> E:
        if self.p(0.2):
            d = self.reuse(t, c, nn)
            if d is not None:
                return d
        if t == "money" and not c.plain and self.p(0.3):
            x = self.result(c)
            if x is not None:
                return x
        ds = self.decls(t, c, nn)
        if c.member and self.p(0.6):
            ds = [d for d in ds if d["field"]] or ds
        if ds and self.p(0.75):
            return self.named(self.r.choice(ds))
        if t == "date" and self.p(0.5):
            return E("declared", PRIM, "date")
        return self.literal(t)

    def result(self, c: Ctx) -> E | None:
        r = self.r
        seg = "S" if c.seg else ""
        what = r.choice(["loss", "remaining", "used", "used", "unused", "paid", "paid", "total_paid"])
        if what == "loss":
            return E("loss", PRIM, "money", seg, ctxdep=True)
        if what == "remaining":
            if not c.step:
                return None
            return E("remaining", PRIM, "money", seg, ctxdep=True, instep=True)
        if what == "total_paid":
            return E("total_paid", PRIM, "money", "M") if c.member else None
        if what == "paid" and not c.member:
            return None
        steps = [s for s in c.steps if s["index"] < c.index and not (c.over and s["seg"])]
        if what == "paid":
            steps = [s for s in steps if s["payer"] in ("survivors", "defaulters")]
        if what == "unused":
            steps = [s for s in steps if not s["unlimited"] and not (s["seg"] and s["losses"])]
        if not steps:
            return None
        s = r.choice(steps)
        return E(
            f"{what}({s['name']})",
            PRIM,
            "money",
            (seg if s["seg"] else "") + ("M" if what == "paid" else ""),
            ctxdep=s["seg"],
            maxstep=s["index"],
            segstep=s["seg"],
        )

    def expr_(self, t: str, c: Ctx, depth: int, nn: bool) -> E:
        r = self.r
        if t == "bool":
            return self.condition(c, depth)
        if t == "date":
            e = self.leaf("date", c, nn)
            if self.p(0.3):
                return join(f"{e.at(ADD)} + {r.randint(1, 40)} days", ADD, "date", [e])
            return e
        if t == "text":
            return self.leaf("text", c, nn)
        if depth <= 0 or self.p(0.25):
            return self.leaf(t, c, nn)
        other = "num"
        shapes = "add mul mul of of minmax minmax clamp if agg agg sub div ratio neg aggseg"
        shape = r.choice(shapes.split())
        if c.missing and shape in ("agg", "aggseg", "div", "ratio"):
            shape = "of"

        def sub(tt: str, n: bool = nn, **kw: Any) -> E:
            return self.expr(tt, c.with_(**kw) if kw else c, depth - 1, n)

        if shape == "add":
            a, b = sub(t), sub(t)
            return join(f"{a.at(ADD)} + {b.at(MUL)}", ADD, t, [a, b])
        if shape in ("mul", "of"):
            a, b = (sub(other), sub(t)) if shape == "of" or self.p(0.5) else (sub(t), sub(other))
            if shape == "of" and self.p(0.7):
                a = E(self.percent(), PRIM, "num")
            return join(f"{a.at(MUL)} {'of' if shape == 'of' else '*'} {b.at(UNARY)}", MUL, t, [a, b])
        if shape == "minmax":
            parts = [sub(t) for _ in range(r.choice([2, 2, 3]))]
            return join(f"{r.choice(['min', 'max'])}({', '.join(x.at(OR) for x in parts)})", PRIM, t, parts)
        if shape == "clamp":
            a = sub(t, False)
            low = self.literal(t)
            high = sub(t)
            high = join(f"{low.at(ADD)} + {high.at(MUL)}", ADD, t, [low, high])
            return join(f"clamp({a.at(OR)}, {low.text}, {high.text})", PRIM, t, [a, low, high])
        if shape == "if":
            k, a, b = sub("bool"), sub(t), sub(t)
            text = f"if {k.at(OR)} then {a.at(OR)} else "
            parts = [k, a, b]
            if self.p(0.25):
                k2, d = self.condition(c, 0), self.leaf(t, c, nn)
                text += f"if {k2.at(OR)} then {d.at(OR)} else "
                parts += [k2, d]
            return join(text + b.at(OR), IF, t, parts)
        if shape == "agg":
            return self.aggregate(t, c, depth, nn)
        if shape == "aggseg" and self.segs:
            x = self.expr(t, c.with_(seg=True, over=True), depth - 1, nn)
            if "S" not in x.dims:
                ds = [d for d in self.decls(t, c.with_(seg=True), nn) if d["seg"]]
                if t == "money" and not c.plain and self.p(0.4):
                    w = "remaining" if c.step and self.p(0.6) else "loss"
                    y = E(w, PRIM, t, "S", True, instep=w == "remaining")
                elif ds:
                    y = self.named(r.choice(ds))
                else:
                    return x if not x.ctxdep else self.literal(t)
                x = join(f"min({x.at(OR)}, {y.text})", PRIM, t, [x, y]) if self.p(0.5) else y
            e = join(f"sum of {x.at(MUL)} over segments", PRIM, t, [x], x.nn, drop="S")
            e.ctxdep = False  # loss and remaining inside mean the summed segment's
            e.segstep = x.segstep
            return e
        if shape == "sub":
            a, b = sub(t), sub(t)
            e = join(f"{a.at(ADD)} - {b.at(MUL)}", ADD, t, [a, b], nn=False)
            if not nn or (self.wild and self.p(0.4)):
                return e
            zero = f"{self.cur} 0" if t == "money" else "0"
            return join(f"max({e.text}, {zero})", PRIM, t, [e])
        if shape == "div":
            a, b = sub(t), sub("num", True)
            more = "1" if not self.wild else "0"
            return join(f"{a.at(MUL)} / ({b.at(ADD)} + {more})", MUL, t, [a, b])
        if shape == "ratio" and t == "num":
            a, b = sub("money"), sub("money", True)
            one = self.money(r.choice([1, 10, 10**self.dec]))
            least = r.choice(["max", "min" if self.wild else "max"])
            return join(f"{a.at(MUL)} / {least}({b.at(OR)}, {one})", MUL, t, [a, b])
        if shape == "neg" and not nn:
            a = sub(t)
            if self.p(0.5):
                return join(f"-{a.at(UNARY)}", UNARY, t, [a], nn=False)
            zero = f"{self.cur} 0" if t == "money" else "0"
            return join(f"{zero} - {a.at(MUL)}", ADD, t, [a], nn=False)
        return self.leaf(t, c, nn)

    def member_expr(self, t: str, c: Ctx, depth: int, nn: bool) -> E:
        """An expression of a member's own."""
        for _ in range(6):
            e = self.expr(t, c.with_(member=True), depth, nn)
            if "M" in e.dims:
                return e
        ds = [d for d in self.decls(t, c.with_(member=True), nn) if d["field"]]
        if not ds:
            raise GiveUp
        return self.named(self.r.choice(ds))

    def aggregate(self, t: str, c: Ctx, depth: int, nn: bool) -> E:
        r = self.r
        who = r.choice(["members", "survivors", "survivors", "defaulters"])
        where = None
        if self.p(0.3):
            where = self.member_condition(c.with_(member=True), max(0, depth - 2))
        if t == "num" and self.p(0.4):
            text, parts = f"count of {who}", []
            drop = "M"
            nn_ = True
        else:
            fn = r.choice(["sum", "sum", "sum", "average", "largest", "largest 2", "largest 3", "smallest"])
            if fn in ("average", "smallest") and self.p(0.7) and not where:
                who = "members"
            x = self.member_expr(t, c, depth - 1, nn)
            text, parts, drop, nn_ = f"{fn} of {x.at(MUL)} over {who}", [x], "M", x.nn
        if where is not None:
            text += f" where {where.at(OR)}"
            parts.append(where)
        return join(text, PRIM if where is None else IF, t, parts, nn_, drop=drop)

    def member_condition(self, c: Ctx, depth: int) -> E:
        for _ in range(8):
            e = self.condition(c, depth)
            if "M" in e.dims:
                return e
        e = self.member_expr("money", c, 0, False)
        operator = self.r.choice(["<", "<=", ">", ">="])
        return join(f"{e.at(ADD)} {operator} {self.literal('money').text}", CMP, "bool", [e])

    def condition(self, c: Ctx, depth: int) -> E:
        r = self.r
        if depth > 0 and self.p(0.35):
            k = r.choice(["and", "or", "not"])
            a = self.expr("bool", c, depth - 1)
            if k == "not":
                return join(f"not {a.at(NOT)}", NOT, "bool", [a])
            b = self.expr("bool", c, depth - 1)
            lv = AND if k == "and" else OR
            return join(f"{a.at(lv)} {k} {b.at(lv + 1)}", lv, "bool", [a, b])
        k = r.choice(["money", "money", "money", "num", "num", "date", "choice", "choice", "bool", "text"])
        if k == "choice":
            ds = self.decls("choice", c, False)
            if ds:
                d = r.choice(ds)
                a = self.named(d)
                return join(f"{d['name']} {r.choice(['=', '!='])} {r.choice(d['values'])}", CMP, "bool", [a])
            k = "money"
        if k == "bool":
            ds = self.decls("bool", c, False)
            if ds:
                a = self.named(r.choice(ds))
                if self.p(0.4):
                    return join(f"{a.text} = {r.choice(['yes', 'no'])}", CMP, "bool", [a])
                return a
            k = "money"
        if k == "text":
            ds = self.decls("text", c, False)
            if not ds:
                k = "num"
            else:
                a, b = self.named(r.choice(ds)), self.literal("text")
                return join(f"{a.text} {r.choice(['=', '!='])} {b.text}", CMP, "bool", [a, b])
        a = self.expr(k, c, depth - 1, False)
        if a.text[0].isdigit() and k == "num" and self.p(0.8):
            a = self.expr("money", c, depth, False)
            k = "money"
        b = self.expr(k, c, depth - 1, False) if self.p(0.4) else self.literal(k)
        op = r.choice(["<", "<=", ">", ">=", ">", ">="] + (["=", "!="] if self.p(0.3) else []))
        return join(f"{a.at(ADD)} {op} {b.at(ADD)}", CMP, "bool", [a, b])
