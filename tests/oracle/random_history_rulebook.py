"""Random rulebooks for histories: pots, limits over time, periods, what is made good again and what is repaid."""

import random
import re

PERIODS = ("cooling", "after_call", "drain")
STEPS = "(?:tranche|assessment|haircut|voluntary)"
LIMITS = ("aggregate", "joint", "overall")


class HistoryRulebook:
    """Makes a rulebook with known names, so that a history can be made for it, and one that takes its place."""

    def __init__(self, rng: random.Random) -> None:
        """Draw what all parts go by."""
        self.r = rng
        self.cur, self.dec = rng.choice([("EUR", 2), ("EUR", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("BTC", 8)])
        self.second = self.cur == "EUR" and self.p(0.4)
        self.segs = rng.sample(["south", "north", "east"], rng.choice([0, 0, 2, 2, 3]))
        self.turns = self.p(0.4)
        self.periods = rng.sample(PERIODS, rng.choice([0, 1, 1, 2, 3]))
        self.limits = rng.sample(LIMITS, rng.choice([0, 1, 1, 2, 3]))
        self.steps: list[str] = []
        self.payers: dict[str, str] = {}
        self.pots: dict[str, str | None] = {}
        self.decided: list[str] = []
        self.rounds: list[str] = []
        self.per_segment: list[str] = []
        self.pooled: list[str] = []
        self.formerly = False
        self.totals: set[str] = set()

    # --- helpers
    def p(self, chance: float) -> bool:
        """Whether something happens."""
        return self.r.random() < chance

    def money(self, units: int) -> str:
        """An amount."""
        whole, part = divmod(abs(units), 10**self.dec)
        text = f"{whole}.{part:0{self.dec}d}" if part else f"{whole}"
        if self.dec and not part and self.p(0.2):
            text += "." + "0" * self.dec
        return f"{'-' * (units < 0)}{self.cur} {text}"

    def amount(self, most: int = 90) -> str:
        """An amount of some units of money, now and then with parts of one."""
        unit = 10**self.dec
        return self.money(self.r.randint(0, most) * unit + (self.r.randrange(unit) if self.p(0.5) else 0))

    def length(self) -> str:
        """A number of days, business days or months."""
        days = ["1 day", "5 days", "13 days", "30 days", "3 business days", "10 business days", "1 month", "3 months"]
        return self.r.choice(days)

    def basis(self, total: bool = False) -> str:
        """The time that a limit counts, or none."""
        if self.periods and self.p(0.4):
            return f" during {self.r.choice(self.periods)}"
        if self.p(0.5):
            return ""
        if self.p(0.3):
            return f" in the calendar {self.r.choice(['month', 'year'])}"
        return f" in any {self.length()}" + (" at every resizing" if not total and self.p(0.15) else "")

    # --- expressions
    def per_member(self, resizing: bool = False) -> str:
        """An amount for each member."""
        n = self.r.choice([12, 37, 75, 100, 154, 220])
        forms = [
            "required",
            f"{n}% of required",
            f"{n}% of required",
            f"{n}% of required rounded up to {self.money(10**self.dec * 5)}",
            "fund",
        ]
        if not resizing:
            forms += [
                f"{n}% of fund",
                "traded",
                "(if leaving then required else 2 * required)",
                "(if broker then required else 40% of required)",
                f"(lower of required and {self.amount()})",
                f"max({self.cur} 0, required - total_paid)",
                "required as of declared - 10 days",
                f"fund as of declared - {self.r.choice(['1 day', '2 days', '5 business days', '1 month'])}",
                f"{n}% of required rounded down to {self.money(10**self.dec * 3)}",
            ]
            if self.second:
                forms += ["sek_size at sek_fix", f"{n}% of clamp(sek_size, SEK 10, SEK 300) at sek_fix"]
            if self.periods:
                period = self.r.choice(self.periods)
                back = self.r.choice(["", " - 3 business days", " - 1 day"])
                forms.append(f"{self.r.choice(['required', 'fund'])} as of start({period}){back}")
                forms.append(f"(if defaults({period}) > 1 then 30% of required else required)")
                forms.append(f"(if open({period}) then {self.amount()} else required)")
        return self.r.choice(forms)

    def one(self) -> str:
        """One amount."""
        n = self.r.choice([10, 50, 91, 130])
        periods = [f"defaults({x}) * {self.money(7 * 10**self.dec)}" for x in self.periods]
        return self.r.choice(
            [
                *periods[:1],
                f"(smallest of required over members by house) rounded to {self.money(2 * 10**self.dec)}",
                f"{n}% of capital_size",
                f"{n}% of capital_size",
                self.amount(),
                f"{n}% of (sum of required over survivors)",
                f"{n}% of loss",
                "(largest 2 of required over members by house)",
                "base",
                "capital_size as of declared - 1 month",
                "capital as of declared - 3 days",
            ]
        )

    # --- steps
    def named(self, single: bool, pool: bool, taken: set[str]) -> list[str]:
        """Limits that have a name, each once in a step or a group."""
        fit = [x for x in self.limits if x not in taken and not (single and x not in self.totals)]
        fit = [x for x in fit if not (pool and x in self.totals)]
        chosen = self.r.sample(fit, min(len(fit), self.r.choice([0, 1, 1, 2])))
        taken.update(chosen)
        return [f"up to {x}" for x in chosen]

    def step(self, n: int, payer: str, group: str = "", taken: set[str] | None = None) -> str:
        """One step; ``group`` says of which kind the group is that it stands in."""
        r, name = self.r, f"s{n}"
        taken = set() if taken is None else taken
        pool = group == "pool"
        self.steps.append(name)
        self.pooled += [name] * pool
        self.payers[name] = payer
        clauses, pot, seg = [], None, False
        if payer == "defaulters":
            pot = r.choice(["margin", "margin", "fund"] + ["deposit"] * 2 * bool(self.segs))
            seg = pot == "deposit"
        elif payer == "ccp":
            pot = r.choice(["capital", "capital"] + ["own"] * 2 * bool(self.segs and not group))
            seg = pot == "own"
        elif payer == "insurer":
            pot = "capital" if self.p(0.15) else "policy"
        elif self.p(0.6):
            pot = r.choice(["fund", "fund", "fresh", "spare"] + ["deposit"] * bool(self.segs and not group))
            seg = pot == "deposit"
        if pot in taken or (pot == "capital" and "own" in taken):
            pot = None
        if pot is not None:
            taken.add(pot)
        self.pots[name] = pot
        other = " in other segments" if seg and payer != "defaulters" and self.p(0.4) else ""
        if self.segs and not group and payer != "defaulters" and pot in ("fund", "fresh", "capital") and self.p(0.2):
            other, seg = f" split by {r.choice(['loss', 'remaining + ' + self.money(1)])}", True
        where = ""
        if payer == "survivors" and self.p(0.25):
            who = ["not broker", "not leaving", f"required > {self.amount(30)}", "weight > 1 or broker"]
            where = f" where {r.choice(who)}"
        clauses.append(f"paid by {payer}{where}" + (f" from {pot}{other}" if pot else ""))
        each = " in each segment" if seg else ""
        limited = pot is not None
        if payer == "survivors":
            if not limited or self.p(0.5):
                basis = "" if seg else self.basis()
                e = self.per_member("resizing" in basis)
                clauses.append(f"up to {e} each{basis}{each}")
                limited = True
            if not pool and self.p(0.25):
                clauses.append(f"up to {self.one()} in total{self.basis(total=True)}{each}")
        elif payer != "defaulters" and (pot is None or self.p(0.25)):
            clauses.append(f"up to {self.one()}{self.basis(total=True)}{each}")
        if payer == "survivors" or (payer != "defaulters" and not pool):
            clauses += self.named(payer != "survivors", pool, taken)
        if payer == "survivors" or pool:
            key = r.choice(["to required", "to required", "to limits", "to fund"])
            if pool:
                key = "to required" if payer == "survivors" else "to limits"
            elif self.p(0.25):
                key = r.choice(["to weight", "to weight * required", "to traded"])
            shared = f"shared pro rata {key}" if pool or self.p(0.85) else "shared equally"
            if not pool and not group and self.p(0.12):
                shared += " without reallocation"
            clauses.append(shared)
        if seg:
            clauses.append("per segment")
            self.per_segment.append(name)
        if self.segs and not group and self.p(0.15):
            clauses.append(f"for losses {r.choice(['in', 'outside'])} {r.choice(self.segs)}")
        if payer == "survivors" and not group and not pool and "without" not in shared and self.p(0.12):
            clauses.append(r.choice(["in order of required, lowest first", "in order of house: red then blue"]))
        if payer == "survivors" and not group and not seg and self.p(0.3):
            clauses.append(f"in at most {r.choice([2, 2, 3])} rounds")
            self.rounds.append(name)
        if payer != "defaulters" and not group and self.p(0.3):
            clauses.append(f"for {r.choice(['all', 'all', 'non-default'])} losses")
        if self.periods and payer != "defaulters" and self.p(0.1):
            clauses.append(f"once during {r.choice(self.periods)}")
        if self.periods and self.p(0.1):
            clauses.append(f"when {r.choice(['', 'not '])}open({r.choice(self.periods)})")
        elif self.periods and self.p(0.05):
            clauses.append(f"when declared < start({r.choice(self.periods)}) + {r.choice([1, 4, 20])} days")
        elif self.p(0.05):
            clauses.append(f"when remaining > {self.amount(20)}")
        if self.p(0.12):
            clauses.append('at the discretion of "Board"')
            self.decided.append(name)
        kind = r.choice(["tranche", "assessment", "haircut", "voluntary"])
        return f"    {kind} {name}\n" + "\n".join("        " + c for c in clauses)

    def payer(self) -> str:
        """Who pays a step."""
        return self.r.choice(["ccp", "insurer", "survivors", "survivors", "survivors"])

    def waterfall(self) -> str:
        """All steps."""
        r, text, n = self.r, [], 0
        if self.p(0.6):
            text.append(self.step(n, "defaulters"))
            n += 1
        while n < r.choice([2, 3, 4, 5, 6]) or not any(self.pots.values()):
            if self.p(0.15):
                kind = r.choice(["capacity", "pool", "ratio"])
                taken: set[str] = set()
                word = {
                    "capacity": "",
                    "pool": " as one pool",
                    "ratio": f" in ratio {r.randint(1, 3)} : {r.randint(1, 3)}",
                }
                text.append("    together" + word[kind])
                for payer in ["survivors"] * 2 if kind == "pool" else [self.payer(), "survivors"]:
                    text.append(self.step(n, payer, kind, taken))
                    n += 1
                text.append("    end")
            else:
                text.append(self.step(n, self.payer()))
                n += 1
        return f"waterfall{' for each default in turn' * self.turns}\n" + "\n".join(text) + "\n    finally closure"

    # --- what comes after a run
    def replenish(self) -> list[str]:
        """Clauses that make pots good again."""
        r, clauses = self.r, []
        used = {pot: {self.payers[s] for s, x in self.pots.items() if x == pot} for pot in self.pots.values() if pot}
        members = [pot for pot in used if pot in ("fund", "fresh", "spare", "deposit", "margin")]
        for pot in members + [x for x in used if x not in members]:
            if self.p(0.35):
                continue
            own = pot in members
            payer = "survivors" if own else "insurer" if used[pot] == {"insurer"} else "ccp"
            others = [x for x in members if x not in (pot, "deposit")]
            instead = ""
            n = r.choice([50, 92, 100, 120])
            target = f"{n}% of required" if own else r.choice(["capital_size", self.amount()])
            if own and others and pot != "deposit" and self.p(0.3):
                source = r.choice(others)
                instead, target = f" for draws on {source}", f"required - {source}"
            elif own and pot != "deposit" and self.p(0.2):
                target = r.choice(["required as of declared - 10 days", "required - paid(s0)", "required + total_paid"])
            if pot == "deposit" and self.p(0.4):
                target = f"{n}% of required + 10% of deposit"
            text = f"replenish {pot}{instead} paid by {payer}"
            if own and self.p(0.2):
                text += f" where {r.choice(['weight > 1', 'not leaving', 'not broker'])}"
            text += f" to {target}" + " each" * own
            if pot not in ("deposit", "own"):
                if own and self.p(0.5):
                    text += f" up to {self.per_member()} each{self.basis(total=True)}"
                if self.p(0.3):
                    text += f" up to {self.one()}" + " in total" * own + self.basis(total=True)
                text += "".join(" " + x for x in self.named(not own, False, set()))
            if self.periods and self.p(0.15):
                text += f" once during {r.choice(self.periods)}"
            clauses.append(f"{text} within {self.length()}")
        r.shuffle(clauses)
        return clauses

    def recoveries(self) -> str:
        """How recoveries are applied."""
        r = self.r
        steps = [s for s in self.steps if self.payers[s] != "defaulters"]
        r.shuffle(steps)
        steps = steps[: r.randint(1, len(steps))]
        if not steps or self.p(0.2):
            return ""
        groups: list[list[str]] = [[]]
        for s in steps:
            groups[-1].append(s)
            if self.p(0.4):
                groups.append([])
        texts = []
        for group in groups:
            pots = {self.pots[s] for s in group}
            (pot,) = pots if len(pots) == 1 else (None,)
            if group:
                whole = pot is not None and not set(group) & set(self.per_segment) and self.p(0.5)
                texts.append(", ".join(group) + (f" into {pot}" if whole else ""))
        return f"recoveries repay {' then repay '.join(texts)} rest to {r.choice(['ccp', 'insurer', 'defaulters'])}"

    def named_value(self) -> str:
        """What a limit with a name allows each."""
        n = self.r.choice([49, 110, 230])
        dated = f" as of start({self.r.choice(self.periods)})" if self.periods and self.p(0.25) else ""
        return self.amount(60) if self.p(0.15) else f"{n}% of required{dated}"

    # --- the whole
    def period(self, name: str) -> str:
        """A period."""
        bounded = [s for s in self.steps if self.pots[s]] or self.steps[:1]
        step = self.r.choice(bounded)
        paying = self.r.sample(self.steps, min(len(self.steps), self.r.choice([1, 1, 2])))
        opener, word = {
            "cooling": ("a default", "default"),
            "after_call": (f"a payment under {', '.join(paying)}", "payment"),
            "drain": (f"exhaustion of {step}", "exhaustion"),
        }[name]
        text = f"period {name} opens at {opener} lasts {self.length()}"
        if self.p(0.5):
            text += f" extended by each further {word}"
            text += f" to at most {self.length()}" if self.p(0.6) else ""
        return text

    def rulebook(self) -> str:
        """The rulebook."""
        r, cur = self.r, self.cur
        self.totals = {x for x in self.limits if self.p(0.35)}
        limits = [
            f"limit {x} as "
            + (f"{self.amount(150)} in total" if x in self.totals else f"{self.named_value()} each")
            + self.basis(total=True)
            for x in self.limits
        ]
        waterfall = self.waterfall()
        self.formerly = self.p(0.15)
        fields = ["margin : money", "fund : money" + " formerly old_fund" * self.formerly, "required : money"]
        fields += ["gain : signed money", "weight : number if missing 1", "broker : yes/no", "house : one of red, blue"]
        spare = r.choice(["base", f"10% of required rounded up to {cur} 1", "25% of fund"])
        fields.append(f"spare : money if missing {spare}")
        fields += [f"fresh : money if missing {cur} 3", f"traded : money per defaulter if missing {cur} 5"]
        givens = ["capital : money", "capital_size : money", "policy : money"]
        if self.second:
            fields.append("sek_size : money SEK")
            givens.append("sek_fix : EUR per SEK")
        if self.segs:
            fields.append("deposit : money per segment")
            givens.append(f"own : money per segment if missing {cur} 7")
        also = " also SEK" * self.second + " with 8 decimals" * (cur == "BTC")
        lines = ['rulebook "random" version "1"', f"currency {cur}{also}"]
        lines += [f"segments {', '.join(self.segs)}"] if self.segs else []
        lines += ['party insurer "Insurance"', "members have", *("    " + f for f in fields)]
        lines += [f"given {g}" for g in givens]
        lines.append("define base as 5% of (sum of required over members)")
        lines += [self.period(name) for name in self.periods] + limits
        if self.p(0.3):
            lines.append("holidays 2024-06-03, 2024-06-04, 2024-06-28")
        lines += [waterfall, *self.replenish(), self.recoveries()]
        lines.append('ensure "bounded" for survivors: total_paid <= 2 * required')
        if self.p(0.3):
            lines.append(f'ensure "own" : used({r.choice(self.steps)}) <= capital_size')
        if self.p(0.3):
            lines.append('ensure "pots" for members: fund >= ' + f"{cur} 5")
        return "\n".join(line for line in lines if line) + "\n"

    def later(self, text: str, before: dict[str, str]) -> tuple[str, dict[str, str]]:
        """A rulebook that takes the place of another, and what it calls names anew that have their first name still."""
        r, renamed = self.r, dict[str, str]()
        text = text.replace('version "2"', 'version "3"').replace('version "1"', 'version "2"')
        text = re.sub(
            r"(\d+)% of required each",
            lambda m: f"{max(1, int(m[1]) * r.choice([50, 80, 100]) // 100)}% of required each",
            text,
        )
        if self.p(0.3):
            text = re.sub(
                r"^(period .* lasts )\d+ [a-z ]+?(?= extended|$)", rf"\g<1>{self.length()}", text, flags=re.MULTILINE
            )
        steps = [s for s in self.steps if s not in before]
        if steps and self.p(0.5):
            old = r.choice(steps)
            text = re.sub(rf"\b{old}\b", f"{old}_new", text)
            text = re.sub(rf"({STEPS} {old}_new)\b", rf"\1 formerly {old}", text)
            renamed[old] = f"{old}_new"
        data = [x for x in ("fresh", "capital", "margin", "required") if x not in before]
        if data and self.p(0.4):
            old = r.choice(data)
            text = re.sub(rf"\b{old}\b", f"{old}_now", text)
            text = re.sub(rf"\b({old}_now : money)(?! per)", rf"\1 formerly {old}", text)
            renamed[old] = f"{old}_now"
        if "extra" not in before and self.p(0.3):
            text = re.sub(
                r"^(waterfall.*)$",
                r"given extra : money\n\1\n    tranche extra_first paid by ccp from extra",
                text,
                flags=re.MULTILINE,
            )
            renamed["extra"] = "extra"
        if "renewed" not in text and self.p(0.3):
            text = text.replace(
                "    gain : signed", f"    renewed : money if missing {self.amount(20)}\n    gain : signed"
            )
            last = "    tranche renewed_last paid by survivors from renewed shared equally\n    finally closure"
            text = text.replace("    finally closure", last)
        if self.p(0.2):
            text = re.sub(r"^replenish .*\n", "", text, count=1, flags=re.MULTILINE)
        if self.p(0.2):
            text = re.sub(r"^recoveries .*\n", "", text, flags=re.MULTILINE)
        if self.p(0.15):
            text = re.sub(
                rf"^    {STEPS} \w+\n(        .*\n)+(?=    (?:{STEPS}|finally))",
                "",
                text,
                count=1,
                flags=re.MULTILINE,
            )
        return text, renamed
