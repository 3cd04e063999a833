"""Random events of the second edition: values of earlier days, earlier payments and defaults, what is not a default."""

import csv
import datetime
import io
import re
from collections.abc import Callable, Sequence

from tests.oracle.days import first_day
from tests.oracle.parts import Basis
from tests.oracle.random_over_time_rulebook import OverTimeRulebook
from tests.oracle.random_parts import MEMBERS, Datum

QUOTE = '"'
NOBODY = ""
"""The member of a loss that is of no default."""


class OverTimeGenerator(OverTimeRulebook):
    """Makes a rulebook of the second edition and then an event for it."""

    def said(self, d: Datum) -> str:
        return str(d["former"] if d.get("former") and self.p(0.5) else d["name"])

    def day(self, earliest: int = 100, latest: int = 0) -> datetime.date:
        """A day not after the declaration, late ones oftener."""
        return self.declared - datetime.timedelta(days=self.r.choice([latest, self.r.randint(latest, earliest)]))

    # --- losses
    def all_losses(self, defaults: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
        down = list(dict.fromkeys(m for m, _ in defaults))
        self.again = set(down) if self.p(0.2) else set()
        if self.turns:
            self.again = {m for m in down if self.p(0.25)}
        if self.p(0.3):
            for _ in range(self.r.choice([1, 1, 2])):
                defaults.append((NOBODY, self.r.choice(self.segs) if self.segs else None))
            self.r.shuffle(defaults)
            if self.p(0.1):
                defaults = [x for x in defaults if x[0] == NOBODY]
        self.again &= {m for m, _ in defaults}
        return defaults

    def loss_line(self, member: str, where: str, amount: str) -> str:
        if member == NOBODY:
            return f"non-default loss{where} {amount}" + (' "a cyber attack"' if amount.endswith("1") else "")
        if member in self.again:
            return f"further loss of {member}{where} {amount}"
        return super().loss_line(member, where, amount)

    # --- the rest
    def all_lines(self, ids: list[str], lines: list[str], tail: list[str]) -> tuple[list[str], list[str]]:
        r = self.r
        free = [m for m in MEMBERS if m not in ids]
        self.gone = r.sample(free, r.choice([0, 1, 1, 2]))
        down = list(dict.fromkeys(m for m, _ in self.defaults if m != NOBODY))
        lines = self.givens_table(lines) + self.dated_givens()
        if "members.csv" in self.files and self.p(0.6):
            self.more_columns(ids)
        lines += [block for m in ids for block in self.dated_block(m, ids)]
        tail = [self.ceiling(line) for line in tail]
        more = [f"former member {m}" + (' "who left"' if self.p(0.3) else "") for m in self.gone]
        for m in ids:
            if self.p(0.2):
                more.append(f"notice by {m} dated {self.declared + datetime.timedelta(days=r.randint(-20, 10))}")
        more += self.earlier_defaults()
        for p in self.periods:
            if self.p(0.4):
                first = self.day(40)
                more.append(f"period {p} open from {first} to {first + datetime.timedelta(days=r.randint(0, 60))}")
        for s in self.steps:
            for m in r.sample(ids, min(len(ids), r.choice([0, 1, 1, 2]))) if s.get("rounds") else []:
                more.append(f"withdraw {m} after round {r.choice([1, 1, 2, 3])} under {s['name']}")
        paid = self.payments(ids, down)
        if paid and self.p(0.2):
            self.paid_table(paid)
            more.append('paid from "paid.csv"')
        else:
            more += [
                f"paid {day} by {who} under {step}{' in ' + seg if seg else ''}"
                f"{' for ' + ', '.join(owed) if owed else ''} {self.money(units)}"
                for day, who, step, seg, owed, units in paid
            ]
        r.shuffle(more)
        return lines, tail + more

    def dated_givens(self) -> list[str]:
        lines = []
        for d in self.givens:
            for seg in self.segs if d["seg"] else [None]:
                for day in self.days() if d.get("dated") else []:
                    where = f" in {seg}" if seg else ""
                    lines.append(f"given {self.said(d)}{where} as of {day} = {self.value(d)}")
        return lines

    def days(self, first: datetime.date | None = None) -> list[datetime.date]:
        """The days of some values: an early one and later ones, never that of the declaration."""
        first = first or self.declared - datetime.timedelta(days=self.r.choice([200, 500]))
        later = {self.day(60, 1) for _ in range(self.r.choice([0, 1, 2, 3]))}
        return [d for d in sorted({first} | later) if first <= d < self.declared]

    def dated_block(self, m: str, ids: list[str]) -> list[str]:
        """What a member's values were on earlier days, and are with each defaulter."""
        rows = []
        since = self.day(40, 1) if self.p(0.15) else None
        for d in self.fields:
            for seg in self.segs if d["seg"] else [None]:
                for day in self.days(since) if d.get("dated") else []:
                    where = f" in {seg}" if seg else ""
                    rows.append(f"{self.said(d)}{where} as of {day} = {self.value(d)}")
        for d in self.per_fields:
            rows += [f"{d['name']} with {x} = {self.value(d)}" for x in ids if self.p(0.6)]
        if not rows and since is None:
            return []
        self.r.shuffle(rows)
        return ["\n    ".join([f"member {m}" + (f" since {since}" if since else ""), *rows])]

    def earlier_defaults(self) -> list[str]:
        lines = []
        one_day = self.day(60, 1)
        if self.again and (self.p(0.7) or self.counts_defaults()):
            lines = [f"defaulted {self.day(60, 1) if self.turns else one_day} {m}" for m in sorted(self.again)]
        if lines or not self.again:
            lines += [f"defaulted {self.day(60)} {m}" for m in self.gone if self.p(0.5)]
        return lines

    def counts_defaults(self) -> bool:
        """Whether the rulebook counts the defaults of a period: then earlier ones have their days."""
        return "defaults(" in self.text

    def ceiling(self, line: str) -> str:
        """Perhaps bound what a step may pay that is invoked."""
        found = re.match(r"decide (\w+): invoke", line)
        if found is None or self.p(0.6) or next(s for s in self.steps if s["name"] == found[1])["pool"]:
            return line
        return line.replace("invoke", f"invoke up to {self.money(self.units())}", 1)

    def payments(
        self, ids: list[str], down: list[str]
    ) -> list[tuple[datetime.date, str, str, str | None, list[str], int]]:
        """Earlier payments, for somebody's default or nobody's."""
        r = self.r
        found = []
        for s in self.steps:
            many = 0 if not s["bases"] and not self.again else r.choice([0, 0, 1, 2, 3])
            for _ in range(many):
                who = s["payer"] if s["payer"] not in ("survivors", "defaulters") else r.choice(ids + self.gone)
                name = r.choice([s["name"], *s["former"] * 2])
                owed = r.sample(ids + self.gone, 1) if self.p(0.3) else []
                if self.again and self.p(0.6):
                    owed = r.sample(down, r.randint(1, len(down)))
                seg = r.choice(self.segs) if s["seg"] else None
                found.append((self.near(s["bases"]), who, name, seg, owed, max(1, self.units(True))))
        return found

    def near(self, bases: list[str]) -> datetime.date:
        """A day not after the declaration, often where what is counted begins."""
        edges = []
        for text in bases:
            found = re.match(r" in any (\d+) (business|day|month)", text)
            if found is not None:
                unit = {"day": "days", "month": "months"}.get(found[2], found[2])
                holidays = frozenset(map(datetime.date.fromisoformat, self.holidays))
                edges.append(first_day(Basis(unit, int(found[1])), self.declared, holidays))
        if not edges or self.p(0.4):
            return self.day(60)
        day = self.r.choice(edges) + datetime.timedelta(days=self.r.choice([-3, -2, -1, -1, 0, 0, 1, 2]))
        return min(day, self.declared)

    # --- tables
    def table(self, name: str, header: list[str], rows: Sequence[Sequence[str]]) -> None:
        """Write a table."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([header, *rows])
        self.files[name] = out.getvalue()

    def more_columns(self, ids: list[str]) -> None:
        """Columns of earlier days and of defaulters in the table of members."""
        head, *rows = csv.reader(io.StringIO(self.files["members.csv"]))
        for d in self.fields:
            if d.get("dated") and self.p(0.6):
                seg = f".{self.r.choice(self.segs)}" if d["seg"] else ""
                heading = f"{d['name']}{seg}@{self.declared - datetime.timedelta(days=self.r.choice([9, 40, 70]))}"
                self.column(head, rows, heading, d)
        for d in self.per_fields:
            for other in self.r.sample(ids, min(len(ids), 2)):
                self.column(head, rows, f"{d['name']}.{other.strip(QUOTE)}", d)
        self.table("members.csv", head, rows)

    def column(self, head: list[str], rows: list[list[str]], heading: str, d: Datum) -> None:
        """One column more, with gaps."""
        head.append(heading)
        for row in rows:
            row.append(self.value(d, csv=True).strip(QUOTE) if self.p(0.8) else "")

    def paid_table(self, paid: list[tuple[datetime.date, str, str, str | None, list[str], int]]) -> None:
        rows = []
        for day, who, step, seg, owed, units in paid:
            people = ", ".join(x.strip(QUOTE) for x in owed)
            rows.append([str(day), who.strip(QUOTE), step, seg or "", self.decimal(units, self.dec), people])
        self.table("paid.csv", ["date", "payer", "step", "segment", "amount", "for"], rows)

    def event(self) -> Callable[[Sequence[int]], str]:
        build = super().event()
        if self.p(0.9):
            return build

        def with_table(losses: Sequence[int]) -> str:
            """The event with a table of its new defaults, where the first of them stood."""
            rows = [
                [m.strip(QUOTE), seg or "", self.decimal(units, self.dec)]
                for (m, seg), units in zip(self.defaults, losses, strict=True)
                if m != NOBODY and m not in self.again
            ]
            lines = build(losses).split("\n")
            places = [i for i, line in enumerate(lines) if line.startswith("default of ")]
            if not places:
                return "\n".join(lines)
            self.table("defaults.csv", ["member", "segment", "loss"], rows)
            lines[places[0]] = 'defaults from "defaults.csv"'
            return "\n".join(line for i, line in enumerate(lines) if i not in places[1:])

        return with_table

    def givens_table(self, lines: list[str]) -> list[str]:
        """Perhaps state some givens in a table instead, where no line says otherwise."""
        if self.p(0.8):
            return lines
        kept, rows = [], []
        data = {name: d for d in self.givens for name in (d["name"], d.get("former")) if name}
        for line in lines:
            found = re.match(r"given (\w+)(?: in (\w+))? = ", line)
            if found and self.p(0.6):
                rows.append([found[1], found[2] or "", self.value(data[found[1]], csv=True).strip(QUOTE)])
                if self.p(0.9):
                    continue
            kept.append(line)
        if rows:
            self.table("givens.csv", ["name", "segment", "value"], rows)
            kept.insert(0, 'givens from "givens.csv"')
        return kept

    def rulebook(self) -> str:
        self.text = super().rulebook()
        return self.text
