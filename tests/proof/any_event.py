"""A random event for any rulebook: a few minor units or round amounts, and everything else that an event may say."""

import datetime
import re

from rulelang.check.types import Kind
from rulelang.proof.domain.values import Outside
from rulelang.proof.worlds.regimes import SOME_DAY, regimes

IDS = [f"M{number:02d}" for number in range(40)]
LONG_AGO = 400


class AnyEvent:
    """Makes events for a rulebook, of at most so many survivors."""

    def __init__(self, program, chance, survivors=6):
        self.program, self.r, self.survivors = program, chance, survivors
        self.dated = "as of" in program.source.text or "resizing" in program.source.text
        self.day = chance.choice([*self.days(), *self.next_to_written()])
        self.unit = chance.choice([1, 1, 7, 100, 10**4, 10**8, 10**9])
        self.sizes = chance.choice([[0, 0, 1, 1, 2, 3, 5, 7, 10], [1, 2, 3, 5], [0, 1, 100], [10], [0, 10, 50]])

    def days(self):
        try:
            return regimes([self.program])
        except Outside:  # none stand for all
            return [SOME_DAY]

    def next_to_written(self):
        """The days that the rulebook writes, and those before and behind them."""
        written = map(datetime.date.fromisoformat, re.findall(r"\b2\d{3}-\d\d-\d\d", self.program.source.text))
        return [day + datetime.timedelta(more) for day in written for more in (-1, 0, 1)]

    def before(self, *days):
        return self.day - datetime.timedelta(self.r.choice(days))

    def money(self, units, currency=None):
        currency = currency or self.program.currency
        return f"{'-' * (units < 0)}{currency.code} {currency.plain(abs(units))}"

    def amount(self):
        return self.money(
            max(1, self.r.choice([*self.sizes, 20, 200, 1000]) * self.r.choice([1, self.unit, self.unit]))
        )

    def value(self, datum):
        kind, sign = datum.type.kind, self.r.choice([1, 1, -1]) if datum.signed else 1
        if kind is Kind.MONEY:
            return self.money(sign * self.r.choice(self.sizes) * self.unit, self.program.currency_of(datum.type))
        if kind is Kind.DATE:
            return f"{self.before(*range(-40, 40))}"
        said = {
            Kind.NUMBER: ["0", "1", "1", "2", "0.5", "3"],
            Kind.RATIO: ["0%", "1%", "10%", "50%", "100%", "150%"],
            Kind.RATE: ["1", "0.5", "2", "0.3"],
            Kind.YES_NO: ["yes", "no"],
            Kind.CHOICE: datum.type.choices,
        }.get(kind, ['"X"', '"Y"'])
        return "-" * (sign < 0) + self.r.choice(said)

    def data(self, word, data, defaulters=()):
        for datum in data.values():
            if datum.if_missing is not None and self.r.random() < 0.3:
                continue
            if datum.per_defaulter:
                yield from (f"{word}{datum.name} with {one} = {self.value(datum)}" for one in defaulters)
                continue
            for segment in self.program.segments if datum.per_segment else (None,):
                place = datum.name if segment is None else f"{datum.name} in {segment}"
                for back in (LONG_AGO, 31, 2, 1) if self.dated else ():
                    if back == LONG_AGO or self.r.random() < 0.1:
                        yield f"{word}{place} as of {self.before(back)} = {self.value(datum)}"
                yield f"{word}{place} = {self.value(datum)}"

    def in_segment(self):
        return f" in {self.r.choice(self.program.segments)}" if self.program.segments else ""

    def text(self, *, further=False, withdrawals=False, most_defaulters=3):
        r, program = self.r, self.program
        alive = r.choice([0, 1, 1, 2, 2, 3, 3, 4, self.survivors])
        ids = r.sample(IDS, alive + min(most_defaulters, r.choice([0, 1, 1, 1, 2, 2, 3])))
        survivors, defaulters = ids[:alive], ids[alive:]
        lines = ['event "e"', f"declared {self.day}", *self.data("given ", program.givens)]
        lines += self.past(defaulters, further=further)
        for member in ids:
            since = f" since {self.before(0, 1, 3, 40)}" if self.dated and r.random() < 0.2 else ""
            lines += [f"member {member}{since}", *self.data("    ", program.fields, defaulters)]
        lines += [f"notice by {member} dated {self.before(0, 0, 0, 1, -1)}" for member in ids if r.random() < 0.4]
        for member in defaulters:
            said = f"further loss of {member}{{}} {{}}" if further else f"default of {member}{{}} loss {{}}"
            lines += [said.format(self.in_segment(), self.amount()) for _ in range(r.choice([1, 1, 1, 2]))]
        if not defaulters or r.random() < 0.3:
            lines.append(f"non-default loss{self.in_segment()} {self.amount()}")
        for step in program.each_step():
            lines += self.of_step(step, ids, survivors, defaulters if further else (), withdrawals=withdrawals)
        return "".join(f"{line}\n" for line in lines)

    def past(self, defaulters, *, further):
        for period in self.program.periods:
            if self.r.random() < 0.4:
                last = self.day + datetime.timedelta(self.r.choice([0, 5]))
                yield f"period {period} open from {self.before(0, 1, 10, 40, 200)} to {last}"
        if further and self.r.random() < 0.6:
            day = self.before(1, 5, 30, 50)
            yield from (f"defaulted {day} {member}" for member in defaulters)
        elif not further and self.r.random() < 0.2:
            yield "former member Q"
            yield f"defaulted {self.before(0, 1, 60)} Q"

    def of_step(self, step, ids, survivors, defaulters, *, withdrawals):
        r = self.r
        if step.discretion is not None:
            bound = f" up to {self.amount()}" if r.random() < 0.4 else ""
            yield f"decide {step.name}: " + ("decline" if r.random() < 0.25 else f"invoke{bound}")
        counts = step.counts_earlier_payments or defaulters or any(limit.named for limit in step.limits)
        payers = [step.payers] if step.single_payer else ids
        while counts and payers and r.random() < 0.45:
            where = self.in_segment() if step.per_segment else ""
            whose = f" for {r.choice(defaulters)}" if defaulters and r.random() < 0.7 else ""
            day = self.before(0, 0, 1, 3, 10, 29, 40, 200)
            yield f"paid {day} by {r.choice(payers)} under {step.name}{where}{whose} {self.amount()}"
        for member in survivors if withdrawals and step.rounds else ():
            if r.random() < 0.4:
                yield f"withdraw {member} after round {r.choice([1, 1, 2])} under {step.name}"
