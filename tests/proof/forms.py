"""Random small rulebooks of every form of the language, and random claims about them, many of which are true."""

import random
import re

CASES = ["", "in ratio 2 : 1", "as one pool"]
OF_THREE = ["", "in ratio 2 : 1 : 1", "as one pool"]
WINDOWS = [
    "in any 30 days",
    "in the calendar year",
    "in any 5 business days",
    "in the calendar month",
    "in any 2 months",
]
DAYS = ["2024-06-01", "2024-05-31", "2024-06-01 - 1 business day", "2024-02-29"]
BACK = ["in any 30 days", "in any 5 business days", "in any 2 months"]
LENGTHS = ["1 day", "30 days", "1 business day", "5 business days", "2 months"]


class Forms:
    """A rulebook; what may stand in it is drawn first, so that its expressions name what it declares."""

    def __init__(self, seed):
        self.r = random.Random(f"forms {seed}")
        self.steps, self.limited, self.of_members = [], set(), []
        self.period, self.leaving, self.choices = (self.chance(0.35) for _ in range(3))
        self.signed, self.number = self.chance(0.35), self.chance(0.3)
        self.dated, self.rate, self.dealt, self.named = (self.chance(0.15) for _ in range(4))
        self.in_turn = self.chance(0.08)
        self.segments, self.party, self.defined, self.missing = (self.chance(0.2) for _ in range(4))
        self.day_of_each, self.text, self.quarter, self.replenished = (self.chance(0.06) for _ in range(4))
        self.holidays, self.in_all, self.assumed = (self.chance(0.2) for _ in range(3))
        self.periods = ["p", "p2"] if self.period and self.chance(0.3) else ["p"] * self.period
        self.inside = False  # whether what is written is of a step per segment
        self.day = self.some(
            *("declared - 1 day", "declared - 2 business days", "2024-05-31", "2024-05-31 + 1 business day"),
            "start(p)" if self.period else None,
            "last_quarter" if self.quarter else None,
        )
        self.currency = self.r.choice(["EUR", "EUR", "JPY", "KWD"])
        self.nothing = f"{self.currency} 0"

    def chance(self, likely):
        return self.r.random() < likely

    def some(self, *options):
        return self.r.choice([option for option in options if option is not None])

    def constant(self):
        return f"{self.currency} {self.some(1, 1, 2, 3, 5, 10, 100)}"

    # ------------------------------------------------------------------------------------------- amounts, and truths

    def shared(self, depth):
        """Money that is the same for all."""
        if depth <= 0 or self.chance(0.15):
            paid = [f"used({step})" for step in self.steps] + [f"unused({step})" for step in sorted(self.limited)]
            late = ["remaining", "loss"] if self.steps else []
            signed = f"max(h, {self.nothing})" if self.signed else None
            more = ["d"] if self.defined and self.steps else []
            more += [self.of_segments("gs")] if self.segments else []
            return self.some(self.constant(), "g", "g", self.total(depth), signed, *paid, *late, *more)
        one, other = self.shared(depth - 1), self.shared(depth - 1)
        return self.some(
            f"{self.some('min', 'max')}({one}, {other})",
            f"(if {self.truth(depth - 1)} then {one} else {other})",
            f"{self.some('50%', '200%', 'q', '10%')} of ({one})",
            f"({one} + {other})",
            f"max({one} - {other}, {self.nothing})",
            f"({self.count(depth - 1)}) * {self.constant()}",
            f"(({one}) rounded {self.some('up', 'down', '')} to {self.currency} {self.some(1, 2, 5)})",
            f"({one}) * (({other}) / {self.currency} 10)",
            self.total(depth),
        )

    def of_segments(self, name):
        """A datum per segment: that of the segment of a step, or the sum over all."""
        return name if self.inside else f"(sum of {name} over segments)"

    def where(self, depth):
        return f" where {self.truth_of_each(depth)}" if self.chance(0.5) else ""

    def population(self):
        return self.some("survivors", "survivors", "survivors", "members", "defaulters")

    def count(self, depth):
        return f"count of {self.population()}{self.where(depth - 1)}"

    def total(self, depth):
        who = self.where(depth - 1)
        if self.chance(0.9):
            what = self.some("sum", "sum", "sum", "largest", "largest 2")
            by = self.some("w" if self.choices else None, "tx" if self.text else None, "") if self.chance(0.1) else ""
            return f"({what} of {self.each(depth - 2)} over {self.population()}{f' by {by}' if by else ''}{who})"
        one = f"({self.some('average', 'smallest')} of {self.each(depth - 2)} over survivors{who})"
        return f"(if (count of survivors{who}) > 0 then {one} else {self.nothing})"

    def each(self, depth):
        """Money of each member."""
        if depth <= 0 or self.chance(0.2):
            paid = [f"paid({step})" for step in self.of_members]
            return self.some(
                *("k", "k", "y", "y", *paid),
                "total_paid" if paid else None,
                f"max(s, {self.nothing})" if self.signed else None,
                f"n * {self.constant()}" if self.number else None,
                f"(y as of {self.day})" if self.dated else None,
                self.of_segments("ks") if self.segments else None,
                "dk" if self.defined and self.steps else None,
                "m" if self.missing else None,
                "t" if self.dealt else None,
                "f at fx" if self.rate else None,
            )
        one, other = self.each(depth - 1), self.some(self.each(depth - 1), self.shared(depth - 2))
        return self.some(
            f"{self.some('min', 'max')}({one}, {other})",
            f"(if {self.truth_of_each(depth - 1)} then {one} else {self.some(other, self.nothing)})",
            f"(if {self.truth_of_each(depth - 1)} then {one} else {self.some(other, self.nothing)})",
            f"{self.some('50%', '200%', 'q')} of ({one})",
            f"({one} + {other})",
            f"max({one} - {other}, {self.nothing})",
            f"clamp({one}, {self.nothing}, {self.constant()})",
            f"({one}) * ({self.count(0)})",
            *([f"({one}) * n", f"({one}) / (n + {self.some('0.5', '1')})", f"({one}) / n"] if self.number else []),
            f"({one}) * (({self.shared(depth - 2)}) / {self.currency} 10)",
            f"(({one}) rounded {self.some('up', 'down', '')} to {self.currency} {self.some(1, 2, 5)})",
            self.shared(depth - 1),
        )

    def compared(self):
        return self.some("=", "!=", "<", "<=", ">", ">=", "=", ">")

    def truth(self, depth):
        """A truth of the run."""
        if depth > 0 and self.chance(0.3):
            one, other = self.truth(depth - 1), self.truth(depth - 1)
            return self.some(f"not ({one})", f"(({one}) and ({other}))", f"(({one}) or ({other}))")
        return self.some(
            f"({self.shared(depth - 1)}) {self.compared()} ({self.shared(depth - 1)})",
            f"({self.shared(depth - 1)}) {self.some('=', '!=', '>')} {self.nothing}",
            f"({self.count(depth - 1)}) {self.compared()} {self.some(0, 1, 1, 2, 3)}",
            f"open({self.some(*self.periods)})" if self.period else None,
            f"defaults({self.some(*self.periods)}) {self.compared()} {self.some(0, 1, 2)}" if self.period else None,
            f"declared {self.compared()} {self.some(*DAYS)}" if self.chance(0.2) else None,
            f"declared {self.compared()} expiry" if self.quarter else None,
        )

    def truth_of_each(self, depth):
        """A truth of each member, of which a part may be one of the run."""
        if depth > 0 and self.chance(0.4):
            one, other = self.truth_of_each(depth - 1), self.some(self.truth_of_each, self.truth)(depth - 1)
            return self.some(f"not ({one})", f"(({one}) and ({other}))", f"(({one}) or ({other}))")
        return self.some(
            f"{self.each(depth - 1)} {self.compared()} {self.some(self.each, self.shared)(depth - 1)}",
            f"{self.each(depth - 1)} {self.some('=', '!=', '>')} {self.nothing}",
            *(["leaving", "leaving"] if self.leaving else []),
            *(["v", "w = aa", "w = bb"] if self.choices else []),
            f"declared {self.compared()} e" if self.day_of_each else None,
            f"e + 1 business day {self.compared()} 2024-06-01" if self.day_of_each else None,
            'tx = "X"' if self.text else None,
            f"(v as of {self.day})" if self.choices and self.dated else None,
            f"s {self.compared()} {self.nothing}" if self.signed else None,
        )

    # --------------------------------------------------------------------------------------------------- the rulebook

    def rulebook(self):
        body = []
        for place in range(self.some(1, 2, 2, 3, 3, 4)):
            if self.chance(0.15):
                many = "abc" if self.chance(0.3) else "ab"
                form, two = self.some(*(OF_THREE if len(many) > 2 else CASES)), [f"s{place}{one}" for one in many]
                found = [self.step(name, form) for name in two]
                body += [f'    together "G" {form}', *(line for lines, _ in found for line in lines), "    end"]
            else:
                two = [f"s{place}"]
                found = [self.step(two[0], None)]
                body += found[0][0]
            for name, (_, known) in zip(two, found, strict=True):
                self.steps.append(name)
                known(name)
        lines = [f"currency {self.currency}{' also USD' if self.rate else ''}", *self.declared()]
        lines.append(f'waterfall "w"{" for each default in turn" if self.in_turn else ""}')
        if self.defined:  # written behind the steps, whose results they may read
            self.defined = False  # and not each other
            lines.insert(1, f"define d as {self.shared(1)}\ndefine dk as {self.each(1)} + k")
            self.defined = True
        if self.assumed:
            body.append(f'    finally z "z"\nassume "a"{self.assumption()}')
        else:
            body.append('    finally z "z"')
        if self.replenished and any(re.search(r" from k\b", line) for line in body):
            body.append("replenish k\n    paid by survivors\n    to y each\n    within 5 days")
        return "\n".join(['rulebook "T" version "1"', *lines, *body, ""])

    def assumption(self):
        """What is taken for granted of the data."""
        return self.some(
            *(f": {words}" for words in (f"g <= {self.constant()}", "q <= 100%", f"loss <= {self.constant()}")),
            f": g > {self.nothing} and q = 50%",
            f": (sum of k over {self.population()}) {self.some('<=', '>=')} g",
            f" for {self.population()}: k {self.compared()} y",
            f" for {self.population()} where k > {self.constant()}: y = {self.nothing}",
            " for survivors: v" if self.choices else None,
            f" for {self.population()} where v: k >= y" if self.choices else None,
            f" for {self.population()} where not leaving: k = {self.nothing} or y = {self.nothing}",
        )

    def declared(self):
        yield "holidays 2024-05-30, 2024-05-31, 2024-06-03" if self.holidays else ""
        yield "segments sa, sb" if self.segments else ""
        yield 'party ins "I"' if self.party else ""
        yield "members have\n    k : money\n    y : money"
        fields = {"s : signed money": self.signed, "n : number": self.number, "t : money per defaulter": self.dealt}
        fields |= {"v : yes/no": self.choices, "w : one of aa, bb": self.choices, "f : money USD": self.rate}
        fields |= {"ks : money per segment": self.segments, "e : date": self.day_of_each, "tx : text": self.text}
        fields |= {f"m : money if missing {self.some('k', 'g', '50% of k', '33% of g', 'min(k, y)')}": self.missing}
        yield from (f"    {words}" for words, there in fields.items() if there)
        yield "given g : money\ngiven q : ratio"
        if self.segments:
            yield "given gs : money per segment"
        if self.party:
            yield "given gi : money"
        if self.party and self.segments:
            yield "given gis : money per segment"
        if self.quarter:
            yield "given last_quarter : date\ngiven expiry : date"
        if self.signed:
            yield "given h : signed money"
        if self.rate:
            yield f"given fx : {self.currency} per USD"
        if self.named:
            yield f"limit lim as {self.some('k', 'y', '200% of k')} each {self.some('', *WINDOWS)}"
        if self.in_all:
            value = self.some("g", "50% of (sum of k over members)", f"{self.constant()}")
            yield f"limit all as {value} in total {self.some('', *WINDOWS)}"
        for period in self.periods:
            how, opener = self.some(
                ("default", "a default"),
                *(("payment", f"a payment under {s}") for s in self.steps),
                *(("exhaustion", f"exhaustion of {s}") for s in self.steps),
            )
            most = f" to at most {self.some(*LENGTHS)}" if self.chance(0.5) else ""
            longer = f" extended by each further {how}{most}" if self.chance(0.3) else ""
            yield f"period {period} opens at {opener} lasts {self.some(*LENGTHS)}{longer}"

    def who_pays(self, *, alone):
        """Who pays in a step, and from what; it may be a step per segment."""
        payers = self.some("ccp", "survivors", "survivors", "survivors", "defaulters" if alone else None)
        pot = self.some("k", "y") if payers != "ccp" and alone and self.chance(0.35) else None
        if alone and payers == "ccp" and self.party and self.chance(0.5):
            payers, pot = "ins", self.some("gi", None)
        self.inside = bool(alone and self.segments and self.chance(0.4))
        if self.inside and payers == "ins":
            pot = self.some("gis", "gi split by gs", None)
        elif self.inside and pot:
            pot = self.some("ks", "ks", f"{pot} split by ks", "ks in other segments")
        return payers, pot

    def step(self, name, form):
        """A step (of a group, if it has a form), and what is known of it when it has its place."""
        alone, pool = form is None, form == "as one pool"
        payers, pot = self.who_pays(alone=alone)
        who = f" where {self.truth_of_each(1)}" if payers != "ccp" and self.chance(0.35) else ""
        lines = [f"paid by {payers}{who}{f' from {pot}' if pot else ''}"]
        lines += ["per segment"] if self.inside else []
        if self.segments and not self.inside and alone and self.chance(0.3):
            lines.append(self.some("for losses in sa", "for losses outside sa"))
        limits = list(self.limits(payers, alone=alone, pool=pool))
        lines += limits
        limited = pot or limits
        if payers == "survivors":
            by_each = pot or any(re.search(r" each\b(?! segment)|lim$", line) for line in limits)
            lines += self.shares("limits" if by_each else None, alone=alone, pool=pool)
            if alone and limited and self.chance(0.1):
                lines.append("in at most 2 rounds")
        elif pool:
            lines.append("shared equally")
        if alone and payers != "defaulters" and "rounds" not in lines[-1] and self.chance(0.15):
            lines.append(self.some("for all losses", "for non-default losses"))
        lines += self.gates()

        def known(name):
            self.inside = False
            self.limited |= {name} if limited else set()
            self.of_members += [name] if payers not in ("ccp", "ins") else []

        return [f'    tranche {name} "{name}" cite "1"', *(f"        {line}" for line in lines)], known

    def limits(self, payers, *, alone, pool):
        """Up to how much it pays."""
        segment = " in each segment" if self.inside else ""
        for _ in range(self.some(0, 1, 1, 2) if alone else 1):
            yield f"up to {self.limit(payers, pool=pool)}"
        if self.named and alone and payers == "survivors" and self.chance(0.4):
            yield "up to lim"
        if self.in_all and alone and payers != "defaulters" and self.chance(0.4):
            yield "up to all"
        if payers == "survivors" and not pool and self.chance(0.06):
            yield f"up to {self.some('k', 'y', 'k + g')} each {self.some(*BACK)} at every resizing{segment}"

    def gates(self):
        """When the step is done."""
        if self.chance(0.2):
            yield f"when {self.truth(1)}"
        if self.period and self.chance(0.12):
            yield f"once during {self.some(*self.periods)}"
        if self.chance(0.06):
            yield self.some("in force from 2024-06-01", "in force from 2020-01-01 to 2024-05-31")
        if self.chance(0.12):
            yield 'at the discretion of "X"'

    def limit(self, payers, *, pool):
        window = self.some(*WINDOWS, *(f"during {one}" for one in self.periods)) if self.chance(0.25) else ""
        segment = " in each segment" if self.inside else ""
        if payers in ("ccp", "ins"):
            return f"{self.shared(2)} {window}{segment}"
        by_each = pool or self.chance(0.75)
        limit = f"{self.each(2)} each {window}" if by_each else f"{self.shared(2)} in total {window}"
        return f"{limit}{segment}"

    def shares(self, limits, *, alone, pool):
        key = self.some("(k)", "(k)", "(y)", "(200% of k)", f"({self.each(1)})", limits)
        shared = "shared equally" if self.chance(0.2) else f"shared pro rata to {key}"
        if alone and self.chance(0.08):
            rank = self.some("y", "k", "e" if self.day_of_each else None)
            return [f"in order of {rank}, {self.some('lowest', 'highest')} first", shared]
        if alone and self.choices and self.chance(0.25):
            return [self.some("in order of w: aa then bb", "in order of v: no then yes"), shared]
        return [shared + (" without reallocation" if not pool and self.chance(0.2) else "")]

    # ------------------------------------------------------------------------------------------------------ the claims

    def claim(self):
        """An invariant."""
        if self.chance(0.5):
            parts = [self.truth(self.some(0, 1, 1)) for _ in range(self.some(1, 1, 2, 2, 3))]
            scope = ""
        else:
            parts = [
                self.some(self.truth_of_each, self.truth)(self.some(0, 1, 1)) for _ in range(self.some(1, 1, 2, 2))
            ]
            scope = f" for {self.population()}{self.where(1)}"
        return f'ensure "c"{scope}: {" or ".join(f"({part})" for part in parts)}\n'

    def comparison(self):
        """A claim about two versions."""
        who = self.some("", "for survivors: ", "for members: ", "for survivors where k > y: ")

        def side():
            version, step = self.some("old", "new"), self.some(*self.steps)
            if who:
                return self.some(f"{version} total_paid", f"{version} total_paid + k", "k")
            return self.some(f"{version} used({step})", f"{version} remaining")

        return f"{who}{side()} {self.compared()} {side()}"

    def renamed(self, text):
        """A version that calls a field or a step otherwise."""
        if self.chance(0.25):
            text = re.sub(r"\by\b", "yy", text).replace("    yy : money", "    yy : money formerly y")
        if self.chance(0.25):
            step = self.some(*self.steps)
            text = re.sub(rf"\b{step}\b", f"{step}x", text).replace(
                f'"{step}x" cite', f'"{step}x" formerly {step} cite'
            )
        return text

    def mutant(self, text):
        """Another version: a clause dropped, an amount changed, or two steps swapped."""
        lines = text.replace('version "1"', 'version "2"').split("\n")
        for _ in range(self.some(0, 1, 1, 2)):
            place = self.r.randrange(len(lines))
            if re.match(r"\s+(up to|when|once|in order)", lines[place]) and self.chance(0.5):
                del lines[place]
            else:
                lines[place] = re.sub(self.currency + r" \d+", lambda _: self.constant(), lines[place])
        text = self.renamed("\n".join(lines))
        blocks = re.split(r"(?m)^(?=    (?:tranche|together|finally))", text)
        if len(blocks) > 3 and "together" not in text and self.chance(0.4):
            place = self.r.randrange(1, len(blocks) - 2)
            blocks[place : place + 2] = reversed(blocks[place : place + 2])
        return "".join(blocks)
