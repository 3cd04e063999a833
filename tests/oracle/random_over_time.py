"""Random rulebooks of the second edition: what is new in expressions and declarations."""

import random

from tests.oracle.random_event import Generator
from tests.oracle.random_parts import ADD, CMP, IF, MUL, OR, PRIM, UNARY, Ctx, Datum, E, join, type_of
from tests.oracle.words import DECIMALS

PERIODS = ["cooling", "after_call", "drain"]
LIMITS = ["aggregate", "overall", "joint"]
FORMER_DATA = ["was_fund", "was_capital", "was_rate", "was_margin", "was_size"]
OTHER = "other"
"""The type of money of the other currency."""


class OverTimeExpressions(Generator):
    """Makes expressions with the forms of the second edition among those of the first."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        r = rng
        self.other: str | None = None
        self.other_decimals = 0
        if self.p(0.4):
            self.other = r.choice([x for x in ("SEK", "JPY", "KWD", "BTC", "USDC") if x != self.cur])
            self.other_decimals = DECIMALS.get(self.other, r.choice([0, 6, 8]))
        self.turns = self.p(0.35)
        self.periods: list[str] = []
        self.limits: list[Datum] = []
        self.per_fields: list[Datum] = []
        self.rates: list[Datum] = []
        self.holidays: list[str] = []

    # --- declarations
    def declarations(self) -> None:
        r = self.r
        self.periods = r.sample(PERIODS, r.choice([0, 1, 1, 2, 2, 3]))
        names = r.sample(LIMITS, r.choice([0, 1, 1, 2, 2, 3]))
        self.used_names.update(PERIODS + LIMITS)
        super().declarations()
        if not any(d["type"] == "choice" for d in self.fields) and self.p(0.5):
            self.declare(True, "choice")
        if self.other is not None:
            self.declare(True, OTHER)
            rate: Datum = {"name": self.name(["sek_fix"]), "type": "rate", "field": False, "seg": False}
            self.givens.append(rate | {"missing": None, "signed": False})
            self.rates.append(self.givens[-1])
        if self.p(0.3):
            d: Datum = {"name": self.name(["traded"]), "type": r.choice(["money", "money", "number"]), "signed": False}
            d |= {"seg": False, "missing": self.literal(type_of(d)).text, "field": True, "per": True}
            self.per_fields.append(d)
        for d in self.fields + self.givens:
            if type_of(d) in ("money", "num", "bool") and self.p(0.4):
                d["dated"] = True
            if self.p(0.08):
                d["former"] = self.name(FORMER_DATA)
        if not any(d.get("dated") and d["type"] == "money" and not d["signed"] for d in self.fields):
            next(d for d in self.fields if d["type"] == "money")["dated"] = True
        self.limits = [self.named_limit(name) for name in names]

    def named_limit(self, name: str) -> Datum:
        """A limit with a name: its text without what goes before, and what it needs to be taken."""
        r = self.r
        mode = r.choice(["each", "each", "in total"])
        c = Ctx(member=mode == "each", seg=False, steps=(), step=False, plain=True)
        e = self.expr("money", c, 1)
        if c.member and self.p(0.6):
            e = self.member_expr("money", c, 1, True)
            if self.p(0.15):
                e = join(f"max({self.cur} 0, {e.at(ADD)} - total_paid)", PRIM, "money", [e])
        basis = self.basis() if self.p(0.55) else ""
        text = f"limit {name} as {e.text} {mode}{basis}"
        return {"name": name, "mode": mode, "text": text, "many": "M" in e.dims, "basis": basis}

    def basis(self) -> str:
        """The time that a limit counts."""
        r = self.r
        kinds = ["days", "business", "business", "months", "calendar"] + ["during"] * 3 * bool(self.periods)
        kind = r.choice(kinds)
        if kind == "during":
            return f" during {r.choice(self.periods)}"
        if kind == "calendar":
            return f" in the calendar {r.choice(['year', 'month'])}"
        return f" in any {self.length(kind)}"

    def length(self, kind: str = "") -> str:
        """A number of days, business days or months."""
        r = self.r
        kind = kind or r.choice(["days", "days", "business", "months"])
        n = r.choice([1, 2, 3]) if kind == "months" else r.choice([1, 2, 3, 5, 10, 22, 30])
        word = {"days": "day", "business": "business day", "months": "month"}[kind]
        return f"{n} {word}{'s' if n > 1 or self.p(0.3) else ''}"

    def missing_expr(self, d: Datum) -> str:
        fields = [x for x in self.fields if x["type"] == "money" and not x["seg"] and x["signed"] <= d["signed"]]
        if d["type"] == "money" and fields and self.p(0.4):
            fn = self.r.choice(["sum", "average", "largest", "smallest", "largest 2"])
            text = f"{self.percent()} of ({fn} of {self.r.choice(fields)['name']} over members)"
            if self.p(0.5):
                return text
            self.def_count += 1
            self.defs.append((f"d{self.def_count}", E(text, MUL, "money", nn=not d["signed"])))
            return f"d{self.def_count}"
        return f"{self.other} 0" if d["type"] == OTHER else super().missing_expr(d)

    def type_text(self, d: Datum) -> str:
        if d["type"] == OTHER:
            return f"money {self.other}"
        if d["type"] == "rate":
            return f"{self.cur} per {self.other}"
        return super().type_text(d)

    def more_fields(self) -> list[Datum]:
        return self.per_fields

    def more_of_declaration(self, d: Datum) -> str:
        text = " per defaulter" if d.get("per") else ""
        return text + (f" formerly {d['former']}" if d.get("former") else "")

    # --- expressions
    def decls(self, t: str, c: Ctx, nn: bool) -> list[Datum]:
        found = super().decls(t, c, nn)
        if c.member and not c.missing:
            found += [d for d in self.per_fields if type_of(d) == t]
        return found

    def literal(self, t: str) -> E:
        if t == OTHER:
            return E(f"{self.other} {self.r.choice(['0', '1', '20', '7_000', '3 thousand'])}", PRIM, t)
        return super().literal(t)

    def expr_(self, t: str, c: Ctx, depth: int, nn: bool) -> E:
        if t == OTHER:
            return self.other_money(c)
        if self.p(0.18):
            e = self.later(t, c, depth, nn)
            if e is not None:
                return e
        return super().expr_(t, c, depth, nn)

    def other_money(self, c: Ctx) -> E:
        """Money of the other currency."""
        ds = self.decls(OTHER, c, True)
        if not ds or self.p(0.2):
            return self.literal(OTHER)
        e = self.named(self.r.choice(ds))
        if self.p(0.3):
            return join(f"{self.percent()} of {e.text}", MUL, OTHER, [e])
        return e

    def later(self, t: str, c: Ctx, depth: int, nn: bool) -> E | None:
        """One of the new forms."""
        r = self.r
        if t == "date":
            return self.later_date(c)
        if t not in ("money", "num"):
            return None
        how = r.choice(["rounded", "lower", "as of", "as of", "rate", "rate", "by", "by", "defaults"])
        if how == "rounded":
            x = self.expr(t, c, depth - 1, nn)
            unit = self.money(r.choice([1, 3, 10, 100]) * r.choice([1, 10**self.dec]))
            unit = unit if t == "money" else r.choice(["1", "0.5", "10", "3"])
            return join(f"{x.at(PRIM)} rounded {r.choice(['up ', 'down ', ''])}to {unit}", UNARY, t, [x], x.nn)
        if how == "lower":
            a, b = self.expr(t, c, depth - 1, nn), self.expr(t, c, depth - 1, nn)
            return join(f"{r.choice(['lower', 'higher'])} of {a.at(MUL)} and {b.at(MUL)}", IF, t, [a, b], a.nn and b.nn)
        if c.missing:
            return None
        if how == "as of":
            return self.as_of(t, c, nn)
        if how == "rate" and t == "money" and self.rates:
            x = self.other_money(c)
            return join(f"{x.at(PRIM)} at {self.rates[0]['name']}", UNARY, t, [x])
        if how == "by":
            return self.by_groups(t, c, depth, nn)
        if how == "defaults" and t == "num" and self.periods:
            return E(f"defaults({r.choice(self.periods)})", PRIM, t)
        return None

    def later_date(self, c: Ctx) -> E | None:
        """A day later or earlier, or the first day of a period."""
        r = self.r
        e = E("declared", PRIM, "date")
        if self.periods and not c.missing and self.p(0.5):
            e = E(f"start({r.choice(self.periods)})", PRIM, "date")
        if self.p(0.5):
            e = join(f"{e.text} {r.choice('+-')} {self.length()}", ADD, "date", [e])
        return e

    def as_of(self, t: str, c: Ctx, nn: bool) -> E | None:
        """A value of an earlier day."""
        r = self.r
        ds = [d for d in self.decls(t, c, nn) if d.get("dated")]
        if not ds:
            return None
        e = self.named(r.choice(ds))
        days = ["declared", self.date_near(), self.date_near()] + [f"start({p})" for p in self.periods]
        dates = [self.named(d) for d in self.decls("date", c, False)]
        day = E(r.choice(days), PRIM, "date")
        if dates and self.p(0.2):
            day = r.choice(dates)
        shift = f" {r.choice('+--')} {self.length()}" if self.p(0.4) else ""
        return join(f"{e.text} as of {day.text}{shift}", PRIM, t, [e, day], e.nn)

    def by_groups(self, t: str, c: Ctx, depth: int, nn: bool) -> E | None:
        """An aggregate over groups."""
        r = self.r
        fields = [d["name"] for d in self.fields if d["type"] in ("choice", "text") and not d["seg"]]
        if not fields:
            return None
        who = f"{r.choice(['members', 'survivors', 'survivors', 'defaulters'])} by {r.choice(fields)}"
        parts: list[E] = []
        if t == "num" and self.p(0.5):
            text = f"count of {who}"
        else:
            fn = r.choice(["sum", "average", "largest", "largest 2", "largest 2", "smallest"])
            x = self.member_expr(t, c, depth - 1, nn)
            parts = [x]
            text = f"{fn} of {x.at(MUL)} over {who}"
        prec = PRIM
        if self.p(0.3):
            where = self.member_condition(c.with_(member=True), 0)
            text += f" where {where.at(OR)}"
            parts.append(where)
            prec = IF
        return join(text, prec, t, parts, all(x.nn for x in parts[:1]), drop="M")

    def condition(self, c: Ctx, depth: int) -> E:
        if not c.missing and self.p(0.12):
            options = [E(f"open({p})", PRIM, "bool") for p in self.periods]
            if c.member:
                options += [E("leaving", PRIM, "bool", "M")] * 2
            if self.rates:
                a, b = self.other_money(c), self.literal(OTHER)
                options.append(join(f"{a.at(ADD)} > {b.text}", CMP, "bool", [a, b]))
            if options:
                return self.r.choice(options)
        return super().condition(c, depth)

    def value(self, d: Datum, csv: bool = False) -> str:
        r = self.r
        if d["type"] == "rate":
            return r.choice(["0.0973", "1", "2.5", "0.333", "11"])
        if d["type"] == OTHER:
            number = r.choice(["0", "5", "700", "12_345", "99"])
            return number.replace("_", "") if csv else f"{self.other} {number}"
        return super().value(d, csv)

    def key_type(self) -> str:
        if self.rates and self.p(0.2):
            return OTHER
        return super().key_type()
