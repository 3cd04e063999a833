"""Random rulebooks of the second edition: what is new in steps, and the sections around them."""

import datetime

from tests.oracle.random_over_time import OverTimeExpressions
from tests.oracle.random_parts import Ctx, Datum


class OverTimeRulebook(OverTimeExpressions):
    """Makes rulebooks with the forms of the second edition."""

    def limit(self, s: Datum, c: Ctx, mode: str) -> str:
        if mode == "each" and self.p(0.2):
            e = self.at_resizing(c)
            if e is not None:
                s["bases"].append(f" in any {self.length()}")
                text = f"up to {e} each{s['bases'][-1]} at every resizing"
                return text + (" in each segment" if s["seg"] else "")
        return super().limit(s, c, mode)

    def at_resizing(self, c: Ctx) -> str | None:
        """A limit that has a value on every day."""
        r = self.r
        ds = [d for d in self.decls("money", c, True) if d.get("dated") and not d["seg"]]
        ds = [d for d in ds if d["field"] == c.member] or ds
        if not ds:
            return None
        name = r.choice(ds)["name"]
        numbers = [d["name"] for d in self.decls("num", c, True) if d.get("dated") and not d["seg"]]
        forms = [name, f"{self.percent()} of {name}", f"max({name}, {self.literal('money').text})"]
        forms += [f"{x} * {name}" for x in numbers] + [f"{name} / 3 + {r.choice(ds)['name']}"]
        return r.choice(forms)

    def over_time(self, s: Datum) -> str:
        s["bases"].append(self.basis())
        return str(s["bases"][-1])

    def named_limits(self, s: Datum, group: Datum | None) -> list[tuple[str, bool]]:
        taken = group.setdefault("limits", set()) if group is not None else set()
        single = s["payer"] not in ("survivors", "defaulters")
        fit = [
            x
            for x in self.limits
            if x["name"] not in taken
            and not (single and x["many"])
            and not (group is not None and group["pool"] and x["mode"] == "in total")
        ]
        found = []
        for x in self.r.sample(fit, min(len(fit), self.r.choice([0, 0, 1, 1, 2]))):
            taken.add(x["name"])
            s["bases"].append(x["basis"])
            found.append((f"up to {x['name']}", x["mode"] == "each"))
        return found

    def which_pots(self, d: Datum) -> str:
        return " in other segments" if d["seg"] and len(self.segs) > 1 and self.p(0.6) else ""

    def more_clauses(self, s: Datum, group: Datum | None) -> list[str]:
        r = self.r
        clauses = []
        s["pool"] = group is not None and group["pool"]
        if group is None and s["payer"] != "defaulters" and self.p(0.2):
            clauses.append(f"for {r.choice(['all', 'all', 'non-default'])} losses")
        if group is None and s["payer"] == "survivors" and not s["seg"] and self.p(0.35):
            s["rounds"] = r.choice([2, 2, 3, 3, 4, 7])
            clauses.append(f"in at most {s['rounds']} rounds")
        if self.periods and self.p(0.12):
            s["bases"].append(f" during {r.choice(self.periods)}")
            clauses.append(f"once{s['bases'][-1]}")
        return clauses

    def ensure(self, k: int) -> str:
        """An invariant; some show what a run otherwise keeps to itself."""
        r = self.r
        pots = [d for d in self.fields if d["type"] == "money" and not d["seg"] and f"from {d['name']}" in self.drawn()]
        n = r.randint(1, 9)
        near = self.declared - datetime.timedelta(days=n + r.randint(0, 4))
        forms = [f'"e{k}" for members: leaving', f'"e{k}": declared - {n} business days > {near}']
        forms += [f'"e{k}" for members: {d["name"]} rounded to {self.smallest()} = {d["name"]}' for d in pots]
        for p in self.periods:
            forms += [f'"e{k}": open({p})', f'"e{k}": start({p}) >= declared - {self.length()}']
            forms.append(f'"e{k}": defaults({p}) {r.choice(["<", "<=", ">"])} {r.randint(0, 3)}')
        if self.p(0.45):
            return f"ensure {r.choice(forms)}"
        return super().ensure(k)

    def drawn(self) -> str:
        """The texts of all steps."""
        return " ".join(s["text"] for s in self.steps) + " "

    def smallest(self) -> str:
        """The smallest amount of the currency."""
        return f"{self.cur} {self.decimal(1, self.dec)}"

    def in_turn(self) -> str:
        return " for each default in turn" if self.turns else ""

    def currency(self) -> str:
        if self.other is None:
            return f"currency {self.cur}"
        own = f" with {self.other_decimals} decimals" if self.other in ("BTC", "USDC") else ""
        return f"currency {self.cur} also {self.other}{own}"

    def more_sections(self) -> list[str]:
        r = self.r
        sections = [x["text"] + self.cite() for x in self.limits]
        for name in self.periods:
            bounded = [s["name"] for s in self.steps if not s["unlimited"]]
            kinds = ["default", "default", "payment", "exhaustion"] if bounded else ["default", "payment"]
            kind = r.choice(kinds)
            steps = [s["name"] for s in self.steps] if kind == "payment" else bounded
            named = ", ".join(r.sample(steps, min(len(steps), r.choice([1, 1, 2]))))
            opener = {
                "default": "a default",
                "payment": f"a payment under {named}",
                "exhaustion": f"exhaustion of {named}",
            }
            text = f"period {name} opens at {opener[kind]} lasts {self.length()}"
            if self.p(0.5):
                text += f" extended by each further {kind}"
                if self.p(0.7):
                    text += f" to at most {self.length()}"
            sections.append(text)
        if self.p(0.6):
            days = r.sample(range(-14, 4) if self.p(0.6) else range(-40, 10), r.randint(2, 10))
            self.holidays = [str(self.declared + datetime.timedelta(days=n)) for n in sorted(days)]
            sections.append("holidays " + ", ".join(self.holidays))
        return sections
