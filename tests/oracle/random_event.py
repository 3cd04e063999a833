"""Random events that fit a random rulebook."""

import datetime
from collections.abc import Callable, Sequence

from tests.oracle.random_parts import MEMBERS, Datum
from tests.oracle.random_rulebook import RulebookGenerator


class Generator(RulebookGenerator):
    """Makes a rulebook and then an event for it."""

    def value(self, d: Datum, csv: bool = False) -> str:
        """A written value of a field or given."""
        r, t = self.r, d["type"]
        minus = "-" if d["signed"] and self.p(0.45) else ""
        if t == "money":
            u = r.choice(self.palette) if self.p(0.4) else self.units()
            if u == 0:
                minus = ""
            if csv:
                s = self.decimal(u, self.dec)
                whole, dot, rest = s.partition(".")
                if len(whole) > 3 and self.p(0.3):
                    return f'"{minus}{int(whole):,}{dot}{rest}"'
                return minus + s
            return minus + self.money(u)
        if t == "number":
            s = self.number()
            if csv:
                s = s.replace("_", "")
            return ("" if s == "0" else minus) + s
        if t == "ratio":
            s = r.choice(["0", "0.25", "25%", "1", "0.333", "150%", "12.5%"])
            return ("" if s == "0" else minus) + s
        if t == "bool":
            return r.choice(["yes", "no"])
        if t == "date":
            return self.date_near()
        if t == "text":
            return r.choice(["x", "Y z"]) if csv else r.choice(['"x"', '"Y z"'])
        return str(r.choice(d["values"]))

    def event(self) -> Callable[[Sequence[int]], str]:
        r = self.r
        self.palette = [self.units() for _ in range(3)]
        n = r.choice([1, 2, 3, 3, 4, 4, 5, 6, 7])
        ids = r.sample(MEMBERS, n)
        lines = []
        files = self.files = {}
        for d in self.givens:
            for seg in self.segs if d["seg"] else [None]:
                if d["missing"] is not None and self.p(0.5):
                    continue
                lines.append(f"given {self.said(d)}{' in ' + seg if seg else ''} = {self.value(d)}")
        # members: blocks, or partly a CSV file
        use_csv = self.p(0.25)
        columns = []
        in_csv = []
        if use_csv:
            columns = [(d, seg) for d in self.fields for seg in (self.segs if d["seg"] else [None]) if self.p(0.7)]
            r.shuffle(columns)
            in_csv = [m for m in ids if self.p(0.8)]
        rows = []
        blocks = []
        for m in ids:
            have = {}
            for d in self.fields:
                for seg in self.segs if d["seg"] else [None]:
                    if d["missing"] is not None and self.p(0.5):
                        continue
                    have[self.said(d), seg] = d
            cells = []
            if m in in_csv:
                for d, seg in columns:
                    v = ""
                    key = next((key for key, value in have.items() if value is d and key[1] == seg), None)
                    if key is not None:
                        v = self.value(d, csv=True)
                        if not self.p(0.12):  # else the block overrides the cell
                            del have[key]
                    cells.append(v)
                rows.append([m.strip('"'), *cells])
            if m not in in_csv or have or self.p(0.1):
                parts = [f"{f}{' in ' + seg if seg else ''} = {self.value(d)}" for (f, seg), d in have.items()]
                r.shuffle(parts)
                sep = "\n    " if self.p(0.5) else " "
                title = ' "The member"' if self.p(0.1) else ""
                blocks.append(f"member {m}{title}" + "".join(sep + x for x in parts))
        if use_csv:
            named = self.p(0.3) and "name" not in self.used_names
            naming = ["name"] if named else []
            head = ["member", *naming, *(self.said(d) + ("." + seg if seg else "") for d, seg in columns)]
            out = [",".join(head)]
            r.shuffle(rows)
            for row in rows:
                out.append(",".join([row[0]] + (["Some Name"] if named else []) + row[1:]))
            files["members.csv"] = "\n".join(out) + "\n"
            lines.append('members from "members.csv"')
        r.shuffle(blocks)
        lines += blocks
        # defaults
        down = r.sample(ids, min(n, r.choice([1, 1, 1, 2, 2, 3])))
        if n > 1 and len(down) == n and self.p(0.9):
            down = down[:-1]
        defaults = []
        for m in down:
            for _ in range(r.choice([1, 1, 2, 3]) if self.segs else r.choice([1, 1, 1, 2])):
                defaults.append((m, r.choice(self.segs) if self.segs else None))
        r.shuffle(defaults)
        defaults = self.all_losses(defaults)
        self.weights = [r.randint(1, 10) for _ in defaults]
        self.defaults = defaults
        # earlier payments
        seen = set()
        pays = []
        others = [m for m in ids if m not in down] or ids
        for s in self.steps:
            for w, business in s["windows"] or ([(5, False)] if self.p(0.03) else []):
                for _ in range(r.choice([0, 1, 2, 3])):
                    border = self.declared
                    left = w
                    while left:
                        border -= datetime.timedelta(days=1)
                        if not business or border.weekday() < 5:
                            left -= 1
                    day = r.choice(
                        [
                            border,
                            border + datetime.timedelta(days=1),
                            self.declared,
                            border - datetime.timedelta(days=1),
                            border + datetime.timedelta(days=2),
                        ]
                    )
                    day = min(day, self.declared)
                    who = s["payer"] if s["payer"] not in ("survivors", "defaulters") else r.choice(others)
                    name = r.choice([s["name"]] + s["former"] * 2)
                    seg = f" in {r.choice(self.segs)}" if s["seg"] else ""
                    line = f"paid {day} by {who} under {name}{seg} {self.money(max(1, self.units(True)))}"
                    if line not in seen:
                        seen.add(line)
                        pays.append(line)
        tail = pays
        for s in self.steps:
            if s["decide"] and self.p(0.92):
                what = r.choice(["invoke", "invoke", "decline"])
                tail.append(
                    f"decide {s['name']}: {what}"
                    + (' by "Board"' if self.p(0.5) else "")
                    + (' because "the auction failed"' if self.p(0.3) else "")
                )
        lines, tail = self.all_lines(ids, lines, tail)
        first = 'event "Random"' + (' under "rulebook.rules"' if self.p(0.3) else "") + f"\ndeclared {self.declared}\n"
        shuffle = self.p(0.15)

        def build(losses: Sequence[int]) -> str:
            ds = [
                self.loss_line(m, f" in {seg}" if seg else "", self.money(x))
                for (m, seg), x in zip(defaults, losses, strict=True)
            ]
            body = lines + ds + tail
            if shuffle:
                keep = r.getstate()
                r.seed(len(body))
                r.shuffle(body)
                r.setstate(keep)
            return first + "\n".join(body) + "\n"

        return build

    def said(self, d: Datum) -> str:
        """What an event calls a field or a given."""
        return str(d["name"])

    def all_losses(self, defaults: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
        """The losses, each of a member in perhaps a segment; here those of defaults alone."""
        return defaults

    def loss_line(self, member: str, where: str, amount: str) -> str:
        """The line of a loss."""
        return f"default of {member}{where} loss {amount}"

    def all_lines(self, _: list[str], lines: list[str], tail: list[str]) -> tuple[list[str], list[str]]:
        """The lines before and after the losses, where an event of these members says more; here it does not."""
        return lines, tail

    def losses(self, total: int) -> list[int]:
        whole = sum(self.weights)
        return [max(1, total * w // whole) for w in self.weights]
