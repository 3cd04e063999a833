"""Random histories: a rulebook with what comes after a run, and days one after another; also wrong ones of each kind.

Each day is made by what the oracle says stands before it, so that statements reconcile and dues are settled.
"""

import csv
import datetime
import io
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.oracle import OracleError, evaluate_history_texts
from tests.oracle.random_history_rulebook import HistoryRulebook
from tests.oracle.random_parts import MEMBERS

DAY = datetime.timedelta(days=1)
Row = dict[str, Any]
LOSSES = r"(default of|defaults from|further loss of|non-default loss) "


@dataclass(frozen=True)
class HistoryCase:
    """The texts of a case by the names of their files; ``error`` is why it is refused, ``wrong`` how it was spoilt."""

    files: dict[str, str]
    error: str | None = None
    wrong: str | None = None

    @property
    def text(self) -> str:
        """The history."""
        return self.files["x.history"]

    def write(self, folder: Path) -> None:
        """Write it as files into a folder, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            (folder / name).write_text(text, "utf-8")


@dataclass
class People:
    """Who there is: members, those that defaulted (with their losses so far) and those that departed."""

    members: list[str]
    fallen: dict[str, int] = field(default_factory=dict)
    departed: list[str] = field(default_factory=list)
    noticed: set[str] = field(default_factory=set)
    new: list[str] = field(default_factory=list)

    def copy(self) -> "People":
        """As it stands."""
        return People(list(self.members), dict(self.fallen), list(self.departed), set(self.noticed), list(self.new))


def quoted(member: str) -> str:
    """A member as a text writes it."""
    return member if re.fullmatch(r"[A-Z]\w*|ccp|insurer", member) else f'"{member}"'


def shuffled(text: str, seed: int) -> str:
    """The same history, the lines of each day in another order; losses, which say whose pass is first, keep theirs."""
    rng = random.Random(seed)
    head, *blocks = re.split(r"^(?=on )", text, flags=re.MULTILINE)
    for block in blocks:
        first, *lines = re.split(r"\n    (?=\S)", block.strip("\n"))
        kept = iter([line for line in lines if re.match(LOSSES, line)])
        rng.shuffle(lines)
        lines = [next(kept) if re.match(LOSSES, line) else line for line in lines]
        head += "\n    ".join([first, *lines]) + "\n\n"
    return head


class HistoryGenerator(HistoryRulebook):
    """Makes a rulebook and a history for it."""

    def __init__(self, rng: random.Random) -> None:
        """Draw what all parts go by."""
        super().__init__(rng)
        self.files = {"book.rules": self.rulebook()}
        self.now: dict[str, str] = {}
        self.book = "book.rules"
        self.refused: list[str] = []

    def name(self, name: str) -> str:
        """What a name is today; now and then a former name."""
        today = self.now.get(name, name)
        if today != name and self.p(0.15):
            return name
        return "old_fund" if name == "fund" and self.formerly and self.p(0.3) else today

    def result(self, text: str) -> list[Row]:
        """What the oracle says of a history."""
        days: list[Row] = evaluate_history_texts(text, self.files)["days"]
        return days

    # --- the opening
    def values(self, opening: bool) -> dict[str, str]:
        """The values of a member."""
        r, zero = self.r, f"{self.cur} 0"
        said = {
            self.name("margin"): self.amount(60),
            self.name("fund"): self.amount() if self.p(0.9) else zero,
            self.name("required"): self.amount(),
            "gain": f"-{self.amount(40)}" if self.p(0.4) else self.amount(40),
            "broker": r.choice(["yes", "no"]),
            "house": r.choice(["red", "blue"]),
        }
        for name, value in (("weight", str(r.randint(1, 4))), ("spare", self.amount(30)), ("fresh", self.amount(20))):
            if self.p(0.5):
                said[self.name(name)] = value
        for seg in self.segs:
            said[f"deposit in {seg}"] = self.amount(50)
        if self.second:
            said["sek_size"] = f"SEK {r.randint(0, 600)}"
        others = [m for m in self.people.members if self.p(0.2)]
        said |= {f"traded with {quoted(m)}": self.amount(30) for m in others}
        if opening:
            said[f"{self.name('required')} as of 2023-01-01"] = self.amount()
            said[f"{self.name('fund')} as of 2023-01-01"] = self.amount()
            for _ in range(r.choice([0, 1, 2])):
                said[f"{self.name('required')} as of {self.day - r.randint(1, 60) * DAY}"] = self.amount()
        return said

    def opening(self) -> list[str]:
        """What stands when the history begins."""
        r = self.r
        self.day = datetime.date(2024, 5, 20) + r.randint(0, 12) * DAY
        ids = r.sample([m.strip('"') for m in MEMBERS], r.randint(4, 7))
        self.people = People(ids[:-1] if self.p(0.5) else ids)
        self.people.new = [m for m in ids if m not in self.people.members]
        before = self.people.members[0] if len(self.people.members) > 4 and self.p(0.15) else None
        lines = [f"given capital = {self.amount()}", f"given policy = {self.amount()}"]
        lines += [f"given {name} as of 2023-01-01 = {self.amount()}" for name in ("capital", "capital_size")]
        lines += [f"given capital_size = {self.amount()}"]
        lines += [f"given sek_fix = {r.choice(['0.0973', '0.1', '0.2357'])}"] * self.second
        lines += [f"given own in {seg} = {self.amount(40)}" for seg in self.segs if self.p(0.6)]
        table: list[dict[str, str]] = []
        use_table = self.p(0.3)
        for m in self.people.members:
            said = self.values(opening=True)
            if use_table and self.p(0.8):
                cells = {n: v for n, v in said.items() if " as of " not in n and " with " not in n}
                row = {n.replace(" in ", ".").replace("old_fund", "fund"): self.cell(v) for n, v in cells.items()}
                table.append({"member": m} | row)
                said = {n: v for n, v in said.items() if n not in cells}
            lines.append(f"member {quoted(m)}" + "".join(f"\n        {n} = {v}" for n, v in said.items()))
        if table:
            self.table("members.csv", table)
            lines.insert(0, 'members from "members.csv"')
        if self.p(0.2):
            lines.append("former member Old")
            lines.append(f"defaulted {self.day - r.randint(1, 20) * DAY} Old") if self.p(0.5) else None
        if before is not None:
            lines.append(f"defaulted {self.day - r.randint(1, 20) * DAY} {quoted(before)}")
            self.people.members.remove(before)
            self.people.fallen[before] = 10**self.dec
        if self.p(0.2):
            noticed = r.choice(self.people.members)
            self.people.noticed.add(noticed)
            dated = f" dated {self.day + r.randint(-9, 9) * DAY}" if self.p(0.5) else ""
            lines.append(f"notice by {quoted(noticed)}{dated}")
        for name in self.periods:
            if self.p(0.2):
                lines.append(f"period {name} open from {self.day - 3 * DAY} to {self.day + r.randint(0, 9) * DAY}")
        for s in self.steps:
            if self.p(0.2) and self.payers[s] == "survivors" and s not in self.per_segment:
                who, whose = r.choice(self.people.members), " for Old" * ("former member Old" in lines and self.p(0.5))
                day = self.day - r.randint(0, 30) * DAY
                lines.append(f"paid {day} by {quoted(who)} under {s}{whose} {self.amount(30)}")
        return lines

    @staticmethod
    def cell(value: str) -> str:
        """A value as a table has it."""
        code = value.lstrip("-").split(" ")[0]
        return value.replace(f"{code} ", "") if code.isupper() else value

    def table(self, name: str, rows: list[dict[str, str]]) -> None:
        """A table of these rows."""
        columns = list(dict.fromkeys(column for row in rows for column in row))
        out = io.StringIO()
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self.files[name] = out.getvalue()

    # --- a day
    def is_interim(self) -> bool:
        """Whether the first rulebook knows all pots of the one in force, so that it may come back."""
        return all(now.endswith("_new") for now in self.now.values()) and "renewed" not in self.files[self.book]

    def block(self, text: str, before: Row, people: People) -> list[str]:
        """The lines of a day; ``before`` is the day before it, ``people`` are changed as the day changes them."""
        r = self.r
        lines: list[str] = []
        later = {"book.rules": "later.rules", "later.rules": "last.rules"}.get(self.book)
        if later is not None and self.p(0.15):
            self.files[later], renamed = self.later(self.files[self.book], self.now)
            self.now |= renamed
            lines.append(f'under "{later}"')
            self.book = later
            if "extra" in renamed:
                lines.append(f"given extra = {self.amount()}")
        elif self.book in ("later.rules", "last.rules") and self.p(0.2) and self.is_interim():
            self.files["back.rules"] = self.files["book.rules"]
            self.now.clear()
            lines.append('under "back.rules"')
            self.book = "back.rules"
        if len(people.members) > 3 and self.p(0.12):
            gone = people.members.pop(r.randrange(len(people.members)))
            people.departed.append(gone)
            lines.append(f"departure of {quoted(gone)}")
        if people.new and self.p(0.3):
            new = people.new.pop()
            people.members.append(new)
            since = f" since {self.day - self.r.randint(0, 40) * DAY}" * self.p(0.3)
            lines.append(
                f"member {quoted(new)}{since}" + "".join(f"\n        {n} = {v}" for n, v in self.values(False).items())
            )
        if self.p(0.3):
            lines.append(f"given capital_size = {self.amount()}")
        if self.second and self.p(0.2):
            lines.append(f"given sek_fix = 0.0{r.randint(1, 999)}")
        if self.p(0.1):
            lines.append(f"given capital_size as of {self.day - r.randint(1, 40) * DAY} = {self.amount()}")
        if self.p(0.4):
            known = people.members + [m for m in people.fallen if m not in people.departed and self.p(0.2)]
            dated = f" as of {self.day - r.randint(1, 20) * DAY}" if self.p(0.15) else ""
            lines.append(f"member {quoted(r.choice(known))} {self.name('required')}{dated} = {self.amount()}")
        quiet = [m for m in people.members if m not in people.noticed]
        if quiet and self.p(0.2):
            noticed = r.choice(quiet)
            people.noticed.add(noticed)
            dated = f" dated {self.day + r.randint(-3, 3) * DAY}" if self.p(0.5) else ""
            lines.append(f"notice by {quoted(noticed)}{dated}")
        lines += self.moves(before, people)
        if self.p(0.25):
            lines += self.reconciled(text, lines)
        elif self.p(0.1):
            lines += self.all_in_a_table(text, lines)
        if self.p(0.7):
            lines += self.losses(before, people)
        if people.fallen and self.p(0.4) and "recoveries" in self.files["book.rules"]:
            for who in r.choices(list(people.fallen), k=r.choice([1, 1, 1, 2, 3])):
                amount = people.fallen[who] * r.choice([0, 3, 30, 90, 130]) // 100
                lines.append(f"recovered from {quoted(who)} {self.money(amount)}")
        return lines

    def moves(self, before: Row, people: People) -> list[str]:
        """Money paid in and out."""
        r, lines = self.r, []
        owed = [*before["due"], *before["overdue"]]
        gone = {*people.fallen} - {*people.members}
        for due in owed:
            if due["payer"] not in gone and self.p(0.4):
                percent = r.choice([100, 100, 50, 150]) if due["payer"] not in people.departed else 100
                lines.append(self.paid_in(due, max(1, self.units(due["amount"]) * percent // 100)))
        mine = [x for x in before["balances"] if x["payer"] in (*people.members, "ccp", "insurer")]
        for row in r.sample(mine, min(len(mine), r.choice([0, 0, 1, 2]))):
            lines.append(self.paid_in(row, r.randint(0, 50) * 10**self.dec + r.randint(0, 1)))
        rich = [x for x in mine if self.units(x["amount"]) > 1]
        if rich and self.p(0.25):
            row = r.choice(rich)
            seg = f" in {row['segment']}" if row["segment"] else ""
            amount = r.choice([0, 1, self.units(row["amount"]), self.units(row["amount"]) // 2])
            pot = self.now.get(row["pot"], row["pot"])
            lines.append(f"paid out to {quoted(row['payer'])} from {pot}{seg} {self.money(amount)}")
        table = [x for x in lines if x.startswith("paid in by") and '"' not in x and self.p(0.3)]
        if len(table) > 1:
            lines = [x for x in lines if x not in table]
            self.files[f"in-{self.day}.csv"] = "payer,pot,segment,amount\n" + "".join(
                self.moved(x) for x in dict.fromkeys(table)
            )
            lines.append(f'paid in from "in-{self.day}.csv"')
        return lines

    def moved(self, line: str) -> str:
        """A line of money paid in as a row of a table."""
        words = line.split()
        segment = words[words.index("in", 2) + 1] if "in" in words[2:] else ""
        return f"{words[3]},{words[5]},{segment},{words[-1]}\n"

    def paid_in(self, row: Row, amount: int) -> str:
        """Money for the pot of a row."""
        seg = f" in {row['segment']}" if row["segment"] else ""
        return f"paid in by {quoted(row['payer'])} to {self.now.get(row['pot'], row['pot'])}{seg} {self.money(amount)}"

    def units(self, amount: str) -> int:
        """Minor units."""
        return int(Decimal(amount).scaleb(self.dec))

    def reconciled(self, text: str, lines: list[str]) -> list[str]:
        """Statements of pots that say what is there after the money of the day."""
        try:
            balances = self.result(text + self.written(lines))[-1]["balances"]
        except OracleError:
            return []
        found = []
        for row in self.r.sample(balances, min(len(balances), 3)):
            seg = f" in {row['segment']}" if row["segment"] else ""
            who = "given" if row["payer"] in ("ccp", "insurer") else f"member {quoted(row['payer'])}"
            dated = f" as of {self.day}" * self.p(0.3)
            found.append(f"{who} {row['pot']}{seg}{dated} = {self.money(self.units(row['amount']))}")
        return [x for x in found if not any(x.split("=")[0] in line for line in lines)]

    def all_in_a_table(self, text: str, lines: list[str]) -> list[str]:
        """A table with the balances of all members after the money of the day, and with other values."""
        try:
            balances = self.result(text + self.written(lines))[-1]["balances"]
        except OracleError:
            return []
        if any("required" in line for line in lines):
            return []
        rows: dict[str, dict[str, str]] = {}
        for row in balances:
            if row["payer"] not in ("ccp", "insurer"):
                column = row["pot"] + (f".{row['segment']}" if row["segment"] else "")
                mine = rows.setdefault(row["payer"], {"member": row["payer"], "broker": self.r.choice(["yes", "no"])})
                mine[column] = row["amount"]
        for mine in rows.values():
            mine.setdefault(self.now.get("required", "required"), self.cell(self.amount()))
        if not rows:
            return []
        self.table(f"members-{self.day}.csv", list(rows.values()))
        self.files[f"givens-{self.day}.csv"] = f"name,segment,value\ncapital_size,,{self.cell(self.amount())}\n"
        found = [f'members from "members-{self.day}.csv"']
        if not any("capital_size" in line for line in lines):
            found.append(f'givens from "givens-{self.day}.csv"')
        return found

    def losses(self, before: Row, people: People) -> list[str]:
        """The losses of a day, with what a run needs to be told."""
        r, lines = self.r, []
        in_pots = sum(self.units(x["amount"]) for x in before["balances"]) + 10**self.dec
        again = [m for m in people.fallen if m not in people.departed]
        kinds = ["new"] * 4 + ["further"] * 2 * bool(again) + ["none"] + ["both"] * bool(again and self.turns)
        kind = r.choice(kinds)
        new: list[str] = []
        if kind in ("new", "both") and len(people.members) > 1:
            new = r.sample(people.members, min(len(people.members) - 1, r.choice([1, 1, 1, 2, 3])))
        further = r.sample(again, r.choice([1, 1, min(2, len(again))])) if kind in ("further", "both") else []
        for m in new + further:
            for _ in range(r.choice([1, 1, 2])):
                amount = max(1, in_pots * r.choice([1, 3, 10, 20, 40, 60]) // 100 + r.randint(0, 3))
                seg = f" in {r.choice(self.segs)}" if self.segs else ""
                word = "loss " if m in new else ""
                lines.append(
                    f"{'default' if m in new else 'further loss'} of {quoted(m)}{seg} {word}{self.money(amount)}"
                )
                people.fallen[m] = people.fallen.get(m, 0) + amount
            if m in people.members:
                people.members.remove(m)
        if kind == "none" or self.p(0.15):
            seg = f" in {r.choice(self.segs)}" if self.segs else ""
            lines.append(f"non-default loss{seg} {self.money(max(1, in_pots * r.randint(1, 30) // 100))}")
        r.shuffle(lines)
        if not lines:
            return []
        defaults = [x for x in lines if x.startswith("default of") and '"' not in x]
        if len(defaults) > 1 and self.p(0.3):
            lines = [x for x in lines if x not in defaults]
            self.files[f"lost-{self.day}.csv"] = "member,segment,loss\n" + "".join(map(self.lost, defaults))
            lines.append(f'defaults from "lost-{self.day}.csv"')
        for s in self.decided:
            what = r.choice(
                ["invoke", "invoke", "decline"] + [f"invoke up to {self.amount(50)}"] * (s not in self.pooled)
            )
            lines.append(f'decide {self.now.get(s, s)}: {what} by "Board"')
        for s in self.rounds:
            if self.p(0.4) and people.members:
                lines.append(f"withdraw {quoted(r.choice(people.members))} after round 1 under {self.now.get(s, s)}")
        return lines

    @staticmethod
    def lost(line: str) -> str:
        """A default as a row of a table."""
        words = line.split()
        return f"{words[2]},{words[4] if words[3] == 'in' else ''},{words[-1]}\n"

    def written(self, lines: list[str]) -> str:
        """A block."""
        return f"\non {self.day}\n" + "".join(f"    {line}\n" for line in lines)

    # --- the whole
    def case(self, wrong: bool) -> HistoryCase:
        """A history, perhaps with a last day that is wrong."""
        r = self.r
        head = 'history "random"\nunder "book.rules"\n' + "dues paid when payable\n" * self.p(0.5)
        opening = self.opening()
        text = head + f"\nopening {self.day}\n" + "".join(f"    {line}\n" for line in opening)
        day = self.result(text)[-1]
        for _ in range(r.choice([2, 4, 6, 8])):
            self.day += r.choice([1, 1, 2, 3, 5, 8, 14, 30]) * DAY
            for _ in range(4):
                people, files, now = self.people.copy(), dict(self.files), dict(self.now)
                book = self.book
                try:
                    lines = self.block(text, day, people)
                    r.shuffle(lines)
                    day = self.result(text + self.written(lines))[-1]
                except OracleError as error:
                    self.refused.append(f"{error.kind}: {error}")
                    if error.kind not in ("syntax", "static") and self.p(0.03):
                        self.files["x.history"] = text + self.written(lines)
                        return HistoryCase(self.files, str(error), error.kind)
                    self.files, self.now, self.book = files, now, book
                    continue
                text += self.written(lines)
                self.people = people
                break
        if wrong:
            kind, text = self.spoilt(text, day)
            self.files["x.history"] = text
            try:
                self.result(text)
            except OracleError as error:
                return HistoryCase(self.files, str(error), kind)
            raise AssertionError(f"not refused: {kind}")
        self.files["x.history"] = text
        return HistoryCase(self.files)

    def another(self, rulebook: str) -> str:
        """A last day on which another rulebook comes into force."""
        self.files["wrong.rules"] = rulebook
        return self.written(['under "wrong.rules"'])

    def spoilt(self, text: str, before: Row) -> tuple[str, str]:
        """How the history is spoilt, and its text."""
        r = self.r
        self.day += DAY
        member = quoted(r.choice(self.people.members))
        mine = [x for x in before["balances"] if quoted(x["payer"]) == member] or before["balances"]
        row = r.choice(mine)
        seg = f" in {row['segment']}" if row["segment"] else ""
        place = f" in {self.segs[0]}" if self.segs else ""
        who = "given" if row["payer"] in ("ccp", "insurer") else f"member {quoted(row['payer'])}"
        more = self.money(self.units(row["amount"]) + 1)
        down = quoted(r.choice(list(self.people.fallen) or ["Nobody"]))
        gone = quoted(r.choice(self.people.departed or ["Nobody"]))
        one = self.money(1)
        kinds: dict[str, Callable[[], str]] = {
            "days out of order": lambda: f"\non {before['date']}\n",
            "a balance that does not reconcile": lambda: self.written([f"{who} {row['pot']}{seg} = {more}"]),
            "more paid out than there is": lambda: self.written(
                [f"paid out to {quoted(row['payer'])} from {row['pot']}{seg} {more}"]
            ),
            "a default of a defaulter": lambda: self.written([f"default of {down}{place} loss {one}"]),
            "a default of one that departed": lambda: self.written([f"default of {gone}{place} loss {one}"]),
            "a further loss of a member": lambda: self.written([f"further loss of {member}{place} {one}"]),
            "a notice of a defaulter": lambda: self.written([f"notice by {down}"]),
            "two notices": lambda: self.written([f"notice by {member}", f"notice by {member}"]),
            "a departure of nobody": lambda: self.written([f"departure of {gone}"]),
            "a decision without a loss": lambda: self.written([f"decide {self.now.get('s0', 's0')}: invoke"]),
            "a withdrawal without a loss": lambda: self.written(
                [f"withdraw {member} after round 1 under {self.now.get('s0', 's0')}"]
            ),
            "a recovery from a member": lambda: self.written([f"recovered from {member} {one}"]),
            "money of another": lambda: self.written(
                [f"paid in by {member} to {self.now.get('capital', 'capital')} {one}"]
            ),
            "money for no pot": lambda: self.written([f"paid in by {member} to gain {one}"]),
            "an earlier payment in a block": lambda: self.written([f"paid {self.day} by {member} under s0 {one}"]),
            "a member that departed": lambda: self.written([f"member {gone} broker = yes", f"departure of {gone}"]),
            "a value of a later day": lambda: self.written([f"given capital_size as of {self.day + DAY} = {one}"]),
            "a default and a further loss": lambda: self.written(
                [f"default of {member}{place} loss {one}", f"further loss of {member}{place} {one}"]
            ),
        }
        book = self.files[self.book]
        kinds["a type that changes"] = lambda: self.another(book.replace("gain : signed money", "gain : number"))
        full = [x for x in before["balances"] if self.units(x["amount"])]
        if full:
            pot = r.choice(full)["pot"]
            kinds["a pot that is forgotten"] = lambda: self.another(re.sub(rf"\b{pot}\b", "other_pot", book))
        if any(x["pot"] in ("margin", "fund", "deposit") for x in before["balances"]):
            kinds["a pot without a value"] = lambda: self.written(["member Newcomer broker = yes"])
        pots = [x for x in before["balances"] if x["payer"] in self.people.members and x["segment"] is None]
        if pots:
            pot = pots[0]["pot"]
            kinds["money of nobody"] = lambda: self.written([f"paid in by Stranger to {pot} {one}"])
            kinds["money paid to nobody"] = lambda: self.written([f"paid out to Stranger from {pot} {one}"])
            kinds["money in a segment"] = lambda: self.written([f"paid in by {member} to {pot} in nowhere {one}"])
        if self.people.departed:
            self.files["gone.csv"] = f"member,broker\n{self.people.departed[0]},yes\n"
            kinds["a row of one that departed"] = lambda: self.written(['members from "gone.csv"'])
        if "recoveries" not in book and self.people.fallen:
            kinds["a recovery without recoveries"] = lambda: self.written([f"recovered from {down} {one}"])
        kind = r.choice(list(kinds))
        return kind, text + kinds[kind]()
