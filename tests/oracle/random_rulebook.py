"""Random rulebooks: steps, groups, invariants and declarations around random expressions."""

import datetime
import re

from tests.oracle.random_expressions import ExpressionGenerator
from tests.oracle.random_parts import ADD, CHOICES, KINDS, OLD_NAMES, PRIM, STEP_NAMES, Ctx, Datum, E


class RulebookGenerator(ExpressionGenerator):
    """Makes a rulebook."""

    def cite(self) -> str:
        return f' cite "CR {self.r.randint(1, 9)}.{self.r.randint(1, 9)}(a)"' if self.p(0.08) else ""

    def step(self, index: int, group: Datum | None = None) -> Datum:
        r = self.r
        s: Datum = {
            "index": index,
            "name": self.name(STEP_NAMES),
            "former": [],
            "decide": False,
            "windows": [],
            "bases": [],
            "losses": False,
            "unlimited": False,
        }
        pool = group is not None and group["pool"]
        s["seg"] = group["seg"] if group else bool(self.segs) and self.p(0.4)
        people = ["survivors"] * 6 + ["ccp"] * 2 + ["defaulters"] * (0 if group else 2)
        if self.parties:
            people.append(r.choice(self.parties))
        s["payer"] = payer = r.choice(people)
        single = payer not in ("survivors", "defaulters")
        c = Ctx(member=not single, seg=s["seg"], steps=self.steps, index=index)
        c1 = c.with_(member=False)
        clauses = []

        # paid by
        text = f"paid by {payer}"
        if not single and self.p(0.25):
            text += f" where {self.member_condition(c, 1).text}"
        table = self.givens if single else self.fields
        pots = [
            d
            for d in table
            if d["type"] == "money"
            and not d["signed"]
            and (s["seg"] or not d["seg"])
            and not (group and d["name"] in group["pots"])
        ]
        has_pot = False
        if pots and self.p(0.5):
            d = r.choice(pots)
            split = s["seg"] and not d["seg"]
            if split:
                e = self.split_expr(c)
                text += f" from {d['name']} split by {e.text}"
            else:
                text += f" from {d['name']}{self.which_pots(d)}"
            has_pot = True
            if group:
                group["pots"].add(d["name"])
        clauses.append(text)

        # limits
        limits = []
        each = False
        want = r.choice([0, 1, 1, 2]) if has_pot else r.choice([1, 1, 1, 2, 2, 3]) if not self.p(0.05) else 0
        if want == 0 and not has_pot and group is not None and group["ratio"] is None and not pool:
            want = 1
        for _ in range(want):
            if single:
                mode = "plain" if pool else r.choice(["plain", "plain", "in total", "each"])
            else:
                mode = "each" if pool else r.choice(["each", "each", "in total"])
            limits.append(self.limit(s, c if mode == "each" and not single else c1, mode))
            each = each or mode in ("each", "plain")
        for text, for_each in self.named_limits(s, group):
            limits.append(text)
            each = each or for_each
        clauses += limits
        s["unlimited"] = not limits and not has_pot

        # sharing and order
        if payer == "survivors" or pool:
            words = ["equally", "key", "key"]
            if each or has_pot:
                words.append("limits")
            keys = group["keys"] if group is not None and pool else None
            if keys == "money":
                words = [w for w in words if w != "equally"]
            if keys == "num":
                words = [w for w in words if w != "limits"]
            how = r.choice(words)
            kt = keys or self.key_type()
            if how == "key":
                if single:
                    text = f"shared pro rata to {self.expr(kt, c1, 1).text}"
                else:
                    if kt == "num" and not self.decls("num", c, True):
                        kt = "money" if not pool else kt
                    text = f"shared pro rata to {self.member_expr(kt, c, r.choice([0, 0, 1, 2]), True).text}"
            else:
                text = {"equally": "shared equally", "limits": "shared pro rata to limits"}[how]
            order = None
            if not pool and self.p(0.25):
                order = self.order(c)
            if order is not None:
                clauses.append(order)
            elif not pool and self.p(0.25):
                text += " without reallocation"
            clauses.append(text)

        # the rest
        if group is None and s["seg"]:
            clauses.append("per segment")
        if group is None and self.segs and self.p(0.2):
            names = r.sample(self.segs, r.randint(1, len(self.segs)))
            how = "in" if len(names) == len(self.segs) or self.p(0.6) else "outside"
            clauses.append(f"for losses {how} {', '.join(names)}")
            s["losses"] = True
        if self.p(0.18):
            clauses.append(f"when {self.condition(c1, 1).text}")
        if self.p(0.1):
            day = self.declared
            a, b = r.choice([(0, 0), (0, None), (-1, 0), (-5, 5), (1, None), (-9, -1), (-3, None), (0, 30)])
            text = f"in force from {day + datetime.timedelta(days=a)}"
            if b is not None:
                text += f" to {day + datetime.timedelta(days=b)}"
            clauses.append(text)
        if self.p(0.15):
            clauses.append('at the discretion of "Board"')
            s["decide"] = True
        clauses += self.more_clauses(s, group)
        if self.p(0.7):
            r.shuffle(clauses)
        title = f' "{s["name"].title()}"' if self.p(0.3) else ""
        if (s["windows"] and self.p(0.5)) or self.p(0.05):
            s["former"] = [self.name(OLD_NAMES) for _ in range(r.choice([1, 1, 2]))]
            title += " formerly " + ", ".join(s["former"])
        sep = "\n        " if self.p(0.8) else " "
        s["text"] = f"{r.choice(KINDS)} {s['name']}{title}{self.cite()}" + "".join(
            sep + x + self.cite() for x in clauses
        )
        return s

    def limit(self, s: Datum, c: Ctx, mode: str) -> str:
        """One `up to` of a step."""
        e = self.limit_expr(c, mode)
        text = f"up to {e.text}" + ("" if mode == "plain" else f" {mode}")
        if s["payer"] != "defaulters" and self.p(0.25):
            text += self.over_time(s)
        if s["seg"] and ("S" not in e.dims or self.p(0.1)):
            text += " in each segment"
        return text

    def key_type(self) -> str:
        """The type of a key."""
        return self.r.choice(["money", "money", "num"])

    def over_time(self, s: Datum) -> str:
        """The days that a limit counts."""
        n, business = self.r.choice([1, 2, 3, 5, 10, 30, 90]), self.p(0.4)
        s["windows"].append((n, business))
        return f" in any {n} {'business ' if business else ''}days"

    def named_limits(self, _: Datum, __: Datum | None) -> list[tuple[str, bool]]:
        """Further limits of a step (or of one in a group), and whether they are for each payer; here none."""
        return []

    def which_pots(self, _: Datum) -> str:
        """Perhaps other pots than the one named; here never."""
        return ""

    def more_clauses(self, _: Datum, __: Datum | None) -> list[str]:
        """Further clauses of a step (or of one in a group); here none."""
        return []

    def limit_expr(self, c: Ctx, mode: str) -> E:
        if self.p(0.2):
            return self.expr("money", c, 2, nn=not (self.wild and self.p(0.5)))
        if self.p(0.3):
            return self.literal("money")
        if c.member and self.p(0.7):
            return self.member_expr("money", c, self.r.choice([0, 0, 1]), True)
        return self.expr("money", c, 1)

    def split_expr(self, c: Ctx) -> E:
        t = self.r.choice(["money", "money", "num"])
        cc = c.with_(seg=True, over=True)
        for _ in range(5):
            e = self.expr(t, cc, self.r.choice([0, 1]))
            if "S" in e.dims:
                return e
        ds = [d for d in self.decls(t, cc, True) if d["seg"]]
        if ds and self.p(0.6):
            return self.named(self.r.choice(ds))
        return E(self.r.choice(["loss", "remaining"]), PRIM, "money", "S", True, instep=True)

    def order(self, c: Ctx) -> str:
        r = self.r
        ds = [d for d in self.decls("choice", c, False) if d["field"]]
        if ds and self.p(0.5):
            d = r.choice(ds)
            vals = list(d["values"])
            r.shuffle(vals)
            text = vals[0]
            for v in vals[1:]:
                text += f" {r.choice(['or', 'then', 'then'])} {v}"
            return f"in order of {d['name']}: {text}"
        t = r.choice(["money", "money", "num", "num", "date"])
        if not [d for d in self.decls(t, c, False) if d["field"]]:
            t = "money"
        e = self.member_expr(t, c, r.choice([0, 0, 1]), self.p(0.5))
        return f"in order of {e.text}, {r.choice(['lowest', 'highest'])} first"

    def waterfall(self) -> str:
        r = self.r
        n = r.choice([1, 2, 3, 3, 4, 4, 5, 6, 7, 8])
        out = []
        index = 0
        while len(self.steps) < n:
            if self.p(0.2):
                kind = r.choice(["capacity", "ratio", "pool", "pool"])
                size = r.choice([1, 2, 2, 3])
                g: Datum = {"pool": kind == "pool", "seg": bool(self.segs) and self.p(0.4)}
                g |= {"ratio": None, "pots": set(), "keys": r.choice(["money", "num"])}
                head = "together" + (f' "group {index}"' if self.p(0.4) else "")
                if g["pool"]:
                    head += " as one pool"
                if g["seg"]:
                    head += " per segment"
                if kind == "ratio":
                    g["ratio"] = [r.choice(["1", "2", "3", "0.5", "5", "1.5"]) for _ in range(size)]
                    if size == 1:
                        g["ratio"] = None
                    else:
                        head += " in ratio " + " : ".join(g["ratio"])
                head += self.cite()
                steps = [self.step(index, g) for _ in range(size)]
                self.steps += steps
                out.append(f"    {head}\n" + "\n".join("    " + x["text"] for x in steps) + "\n    end")
            else:
                s = self.step(index)
                self.steps.append(s)
                out.append("    " + s["text"])
            index += 1
        title = ' "Default of a member"' if self.p(0.4) else ""
        title += self.in_turn()
        text = f"waterfall{title}\n" + "\n".join(out)
        self.finally_ = None
        if self.p(0.8):
            text += (
                "\n    finally "
                + r.choice(["open", "closure", "service_closure", "wind_up"])
                + (' "What is left"' if self.p(0.2) else "")
            )
        self.index = index
        return text

    def in_turn(self) -> str:
        """How several defaults are met; here together."""
        return ""

    def currency(self) -> str:
        """The currencies."""
        return f"currency {self.cur}"

    def more_sections(self) -> list[str]:
        """Further sections; here none."""
        return []

    def ensure(self, k: int) -> str:
        c = Ctx(member=False, seg=False, steps=self.steps, step=False, index=self.index)
        if self.p(0.5):
            who = self.r.choice(["members", "survivors", "survivors", "defaulters"])
            cm = c.with_(member=True)
            where = f" where {self.member_condition(cm, 0).text}" if self.p(0.3) else ""
            if self.p(0.6):
                e = self.member_expr("money", c, 1, True)
                cond = f"total_paid <= {e.at(ADD)}"
            else:
                a, b = self.member_expr("money", c, 1, False), self.literal("money")
                cond = f"{a.at(ADD)} {self.r.choice(['<', '>=', '<='])} {b.text}"
            return f'ensure "e{k}" for {who}{where}: {cond}'
        return f'ensure "e{k}"{self.r.choice([" ", ""])}: {self.condition(c, 2).text}'

    def assume(self, k: int) -> str:
        """An assumption: of the data alone, the loss included."""
        r, c = self.r, Ctx(steps=(), step=False, plain=True)
        who = r.choice(["", "", " for members", " for survivors", " for defaulters"])
        where = f" where {self.of_the_data(c.with_(member=True))}" if who and self.p(0.3) else ""
        condition = self.of_the_data(c.with_(member=bool(who)))
        if not who and self.p(0.4):
            condition = f"loss {r.choice(['<', '<=', '>'])} {self.literal('money').text}"
        return f'assume "a{k}"{who}{where}: {condition}'

    def of_the_data(self, c: Ctx) -> str:
        """A condition that reads no result of the run, through definitions either."""
        defined = {name: e.text for name, e in self.defs}
        for _ in range(8):
            text = self.condition(c, 1).text
            seen, waiting = "", [text]
            while waiting:
                seen += " " + (one := waiting.pop())
                waiting += [body for name, body in defined.items() if re.search(rf"\b{name}\b", one)]
            if not re.search(r"\b(?:open|start|defaults|used|unused|paid)\(|\b(?:total_paid|remaining)\b", seen):
                return text
        return "declared > 2000-01-01"

    def more_fields(self) -> list[Datum]:
        """Fields of which an event does not simply state a value; here none."""
        return []

    def type_text(self, d: Datum) -> str:
        """A type as written; choices are written elsewhere."""
        return {"bool": "yes/no"}.get(d["type"], d["type"])

    def more_of_declaration(self, _: Datum) -> str:
        """What else is declared of data; here nothing."""
        return ""

    def declaration_text(self, d: Datum) -> str:
        t = self.type_text(d)
        if t == "choice":
            t = "one of " + ", ".join(d["values"])
        text = f"{d['name']} : {'signed ' if d['signed'] else ''}{t}"
        if d["seg"]:
            text += " per segment"
        text += self.more_of_declaration(d)
        if self.p(0.1):
            text += ' "a note"'
        if d["missing"] is not None:
            text += f" if missing {d['missing']}"
        return text

    def rulebook(self) -> str:
        r = self.r
        self.used_names.update(v for c in CHOICES for v in c)
        self.declarations()
        c0 = Ctx(member=True, seg=bool(self.segs), steps=(), step=False, plain=True)
        for _ in range(r.choice([0, 0, 1, 2, 3])):
            e = self.expr_(r.choice(["money", "money", "num", "bool"]), c0, 2, True)
            self.extract(e, c0)
        waterfall = self.waterfall()
        ensures = [self.ensure(k) for k in range(r.choice([0, 0, 1, 2, 3]))]
        assumes = [self.assume(k) for k in range(r.choice([0, 0, 0, 1, 2]))]
        fields = [*self.fields, *self.more_fields()]
        sections = ["members have\n" + "\n".join("    " + self.declaration_text(d) for d in fields), waterfall]
        sections.append(self.currency())
        if self.segs:
            if len(self.segs) > 1 and self.p(0.1):
                ordered = [f"segments {self.segs[0]}", f"segments {', '.join(self.segs[1:])}"]
                sections.append("\n".join(ordered))
            else:
                sections.append("segments " + ", ".join(self.segs))
        for x in self.parties:
            sections.append(f'party {x} "{x.title()}"')
        for d in self.givens:
            sections.append("given " + self.declaration_text(d))
        for n, e in self.defs:
            sections.append(f"define {n} as {e.text}" + (' "note"' if self.p(0.05) else "") + self.cite())
        sections += ensures + assumes + self.more_sections()
        if self.p(0.6):
            r.shuffle(sections)
        head = 'rulebook "Random"' + r.choice(["", " version 2020-02-29", ' version "v1"']) + self.cite()
        return "\n".join([head, *sections]) + "\n"
