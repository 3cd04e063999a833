"""The reader of rulebooks, by recursive descent."""

import datetime
from fractions import Fraction
from typing import Any

from tests.oracle.names import enter_names
from tests.oracle.parts import (
    Basis,
    Decl,
    Expression,
    Group,
    Limit,
    Period,
    RawEvent,
    Recoveries,
    Replenish,
    Rulebook,
    Step,
)
from tests.oracle.read_event import EventReader
from tests.oracle.tokens import to_number
from tests.oracle.words import DECIMALS, KINDS, RESERVED, static


class Parser(EventReader):
    """Reads a rulebook, or (by what it inherits) an event."""

    # --- rulebook
    def rulebook(self) -> Rulebook:
        """A whole rulebook."""
        rb = Rulebook()
        self.currencies(rb)
        count = {"currency": 0, "members": 0, "waterfall": 0}
        self.expect("rulebook")
        rb.title = self.string("the rulebook's title")
        if self.accept("version"):
            if self.tok.kind == "DATE":
                self.date()
            else:
                self.string("a date or a string")
        self.opt_cite()
        self.main = rb.currency
        holidays: set[datetime.date] = set()
        limits: list[tuple[str, Limit]] = []
        periods: list[Period] = []
        fields: list[Decl] = []
        givens: list[Decl] = []
        defines: list[tuple[str, Expression]] = []
        replenish: list[Replenish] = []
        while self.tok.kind != "EOF":
            if self.accept("currency"):
                count["currency"] += 1
                while self.tok.kind in ("CAP", "NUM") or self.tok.text in ("also", "with", "decimals", ","):
                    self.next()  # read already
            elif self.accept("holidays"):
                holidays.add(self.date())
                while self.accept(","):
                    holidays.add(self.date())
            elif self.accept("limit"):
                limits.append(self.named_limit())
            elif self.accept("period"):
                periods.append(self.period())
            elif self.accept("segments"):
                rb.segments += self.names()
            elif self.accept("party"):
                rb.parties.append(self.name())
                self.opt_string()
            elif self.accept("members"):
                self.expect("have")
                count["members"] += 1
                while self.tok.kind == "WORD" and self.tok.text not in RESERVED and self.ahead().text == ":":
                    fields.append(self.decl(True))
            elif self.accept("given"):
                givens.append(self.decl(False))
            elif self.accept("define"):
                name = self.name()
                self.expect("as")
                e = self.expr()
                self.opt_string()
                self.opt_cite()
                defines.append((name, e))
            elif self.accept("waterfall"):
                count["waterfall"] += 1
                self.opt_string()
                rb.in_turn = self.accept("for", "each", "default", "in", "turn")
                self.opt_cite()
                self.waterfall(rb)
            elif self.accept("ensure"):
                rb.ensures.append(self.statement())
            elif self.tok.text == "assume" and self.ahead().kind == "STR" and self.accept("assume"):
                rb.assumes.append(self.statement())
            elif self.accept("replenish"):
                replenish.append(self.replenish())
            elif self.accept("recoveries"):
                if rb.recoveries is not None:
                    static("`recoveries` stands twice")
                rb.recoveries = self.recoveries()
            elif self.accept("test"):
                self.test()
            else:
                self.fail("a section of a rulebook")
        for word, n in count.items():
            if n != 1:
                static(f"`{word}` must stand exactly once, it stands {n} times")
        rb.holidays = frozenset(holidays)
        enter_names(rb, fields, givens, defines, limits, periods, replenish)
        return rb

    def statement(self) -> tuple[str, str | None, Expression | None, Expression]:
        """What stands behind ``ensure`` or ``assume``."""
        text = self.string()
        who = where = None
        if self.accept("for"):
            who = self.people()
            if self.accept("where"):
                where = self.expr()
        self.expect(":")
        condition = self.expr()
        self.opt_cite()
        return text, who, where, condition

    def currencies(self, rb: Rulebook) -> None:
        """Look the currencies up ahead: amounts may stand before they are declared."""
        own: dict[str, int] = {}
        for n, t in enumerate(self.toks):
            if t.kind == "WORD" and t.text == "currency":
                self.i = n + 1
                self.unit_of_account(rb, own)
                if self.accept("also"):
                    self.unit_of_account(rb, own)
                    while self.accept(","):
                        self.unit_of_account(rb, own)
                break
        self.i = 0
        rb.currency = rb.currencies[0] if rb.currencies else ""
        rb.units = {**DECIMALS, **own}
        self.units = rb.units

    def unit_of_account(self, rb: Rulebook, own: dict[str, int]) -> None:
        """A currency, perhaps with its decimals."""
        if self.tok.kind != "CAP":
            self.fail("a currency")
        code = self.next().text
        if code in rb.currencies:
            static(f"{code} is named twice")
        rb.currencies.append(code)
        if self.accept("with"):
            if self.tok.kind != "NUM" or "." in self.tok.text:
                self.fail("a whole number")
            own[code] = int(to_number(self.next().text))
            self.expect("decimals")
            if DECIMALS.get(code, own[code]) != own[code]:
                static(f"{code} has the decimals of ISO 4217")
            short = code.isascii() and code.isalnum() and code.upper() == code
            if not short or not 3 <= len(code) <= 10 or own[code] > 18:
                static(f"{code} is no unit of account")
        elif code not in DECIMALS:
            static(f"{code} is not a currency")

    def currency_code(self) -> str:
        """A currency in a type."""
        if self.tok.kind != "CAP":
            self.fail("a currency")
        return self.next().text

    def money_type(self, code: str) -> str:
        """The type of amounts of a currency."""
        return "money" if code == self.main else f"money {code}"

    def named_limit(self) -> tuple[str, Limit]:
        """What follows `limit`."""
        name = self.name()
        self.opt_string()
        self.expect("as")
        limit = Limit(self.expr(), "each", name=name)
        if not self.accept("each"):
            self.expect("in", "total")
            limit.mode = "total"
        limit.basis = self.basis()
        self.opt_cite()
        return name, limit

    def basis(self) -> Basis | None:
        """Perhaps the time that a limit counts."""
        if self.accept("in", "any"):
            n, unit = self.duration()
            return Basis(unit, n)
        if self.accept("in", "the", "calendar"):
            if self.accept("year"):
                return Basis("year")
            self.expect("month")
            return Basis("month")
        if self.accept("during"):
            return Basis("during", period=self.name("the name of a period"))
        return None

    def period(self) -> Period:
        """What follows `period`."""
        name = self.name()
        self.opt_string()
        self.opt_cite()
        self.expect("opens", "at")
        steps: list[str] = []
        if self.accept("a", "default"):
            opener = "default"
        elif self.accept("a", "payment", "under"):
            opener, steps = "payment", self.names("the name of a step")
        else:
            self.expect("exhaustion", "of")
            opener, steps = "exhaustion", self.names("the name of a step")
        self.expect("lasts")
        p = Period(name, opener, steps, self.duration())
        if self.accept("extended", "by", "each", "further"):
            self.expect(opener)
            p.extended = True
            if self.accept("to", "at", "most"):
                p.most = self.duration()
        return p

    def decl(self, is_field: bool) -> Decl:
        """A member field or a given."""
        name = self.name()
        self.expect(":")
        signed = self.accept("signed")
        t: Any = None
        for w in ("money", "number", "ratio", "text", "date"):
            if t is None and self.accept(w):
                t = w
        if t == "money" and self.tok.kind == "CAP":
            t = self.money_type(self.currency_code())
        if t is None and self.tok.kind == "CAP":
            to = self.currency_code()
            self.expect("per")
            t = f"rate {to} {self.currency_code()}"
        if t is None and self.accept("yes", "/", "no"):
            t = "bool"
        if t is None and self.accept("one", "of"):
            values = self.names("a choice value")
            if len(set(values)) != len(values):
                static(f"{name}: a choice value is named twice")
            t = ("choice", tuple(values))
        if t is None:
            self.fail("a type")
        numeric = t in ("number", "ratio") or str(t).startswith("money")
        if signed and not numeric:
            static(f"{name}: only money, numbers and ratios are signed")
        per_segment = self.accept("per", "segment")
        per_defaulter = self.accept("per", "defaulter")
        if per_defaulter and (per_segment or not numeric or not is_field):
            static(f"{name}: only fields that are numbers are per defaulter, and these are not per segment")
        former = self.names("a former name") if self.accept("formerly") else []
        self.opt_string()
        missing = None
        if self.accept("if", "missing"):
            missing = self.expr()
        return Decl(name, t, signed, per_segment, missing, is_field, per_defaulter, former)

    def waterfall(self, rb: Rulebook) -> None:
        """Steps and groups, then perhaps `finally`."""
        while True:
            if self.tok.kind == "WORD" and self.tok.text in KINDS:
                rb.waterfall.append(self.step())
            elif self.accept("together"):
                rb.waterfall.append(self.group())
            else:
                break
        if self.accept("finally"):
            rb.finally_name = self.name()
            self.opt_string()
            self.opt_cite()
        if not rb.waterfall:
            static("a waterfall has at least one step")

    def group(self) -> Group:
        """What follows `together`."""
        self.opt_string()
        pool = self.accept("as", "one", "pool")
        per_segment = self.accept("per", "segment")
        ratio = None
        if self.accept("in", "ratio"):
            ratio = [self.ratio_part()]
            while self.accept(":"):
                ratio.append(self.ratio_part())
        self.opt_cite()
        steps = []
        while self.tok.kind == "WORD" and self.tok.text in KINDS:
            steps.append(self.step())
        self.expect("end")
        g = Group(pool, per_segment, ratio, steps)
        for s in steps:
            s.group = g
        return g

    def ratio_part(self) -> Fraction:
        """One part of a ratio."""
        if self.tok.kind != "NUM":
            self.fail("a number")
        n = to_number(self.next().text)
        if n <= 0:
            static("the parts of a ratio are positive")
        return n

    def step(self) -> Step:
        """One step with its clauses."""
        kind = self.next().text
        s = Step(kind, self.name("the step's name"), [])
        self.opt_string()
        if self.accept("formerly"):
            s.former = self.names()
        self.opt_cite()
        seen: set[str] = set()

        def once(what: str) -> None:
            if what in seen:
                static(f"{s.name}: `{what}` stands twice")
            seen.add(what)

        s.clauses = seen
        while True:
            if self.accept("paid", "by"):
                once("paid by")
                for w in ("ccp", "defaulters", "survivors"):
                    if self.accept(w):
                        s.payer = w
                        break
                else:
                    s.payer = self.name("ccp, defaulters, survivors or a party")
                if self.accept("where"):
                    s.where = self.expr()
                if self.accept("from"):
                    s.pot = self.name("the name of a pot")
                    if self.accept("split", "by"):
                        s.split = self.expr()
                    s.other_segments = self.accept("in", "other", "segments")
            elif self.accept("up", "to"):
                s.limits.append(self.limit())
            elif self.accept("shared"):
                once("shared")
                if self.accept("equally"):
                    s.sharing = ("equally",)
                else:
                    self.expect("pro", "rata", "to")
                    if self.accept("limits"):
                        s.sharing = ("limits",)
                    else:
                        s.sharing = ("key", self.expr())
                if self.accept("without", "reallocation"):
                    s.no_realloc = True
            elif self.accept("in", "order", "of"):
                once("in order of")
                e = self.expr()
                if self.accept(","):
                    if self.accept("lowest", "first"):
                        s.order = ("low", e)
                    elif self.accept("highest", "first"):
                        s.order = ("high", e)
                    else:
                        self.fail("lowest first or highest first")
                else:
                    self.expect(":")
                    ranks = [[self.name("a choice value")]]
                    while True:
                        if self.accept("or"):
                            ranks[-1].append(self.name("a choice value"))
                        elif self.accept("then"):
                            ranks.append([self.name("a choice value")])
                        else:
                            break
                    s.order = ("choice", e, ranks)
            elif self.accept("per", "segment"):
                once("per segment")
                s.per_segment = True
            elif self.accept("in", "at", "most"):
                once("rounds")
                s.rounds = self.whole_number()
                if not self.accept("round"):
                    self.expect("rounds")
            elif self.at("for", "non-default") or self.at("for", "all"):
                once("for … losses")
                self.next()
                s.kind_met = self.next().text
                self.expect("losses")
            elif self.accept("once", "during"):
                once("once during")
                s.once = self.name("the name of a period")
            elif self.accept("for", "losses"):
                once("for losses")
                if self.accept("in"):
                    s.losses = ("in", self.names())
                else:
                    self.expect("outside")
                    s.losses = ("outside", self.names())
            elif self.accept("when"):
                once("when")
                s.when = self.expr()
            elif self.accept("in", "force", "from"):
                once("in force")
                a = self.date()
                s.force = (a, self.date() if self.accept("to") else None)
            elif self.accept("at", "the", "discretion", "of"):
                once("at the discretion of")
                s.body = self.string()
            else:
                break
            self.opt_cite()
        if not s.payer:
            static(f"{s.name}: `paid by` is missing")
        return s

    def limit(self) -> Limit:
        """What follows `up to`."""
        lim = Limit(self.expr(), "plain")
        if self.accept("each"):
            lim.mode = "each"
        elif self.accept("in", "total"):
            lim.mode = "total"
        lim.basis = self.basis()
        lim.resizing = self.accept("at", "every", "resizing")
        lim.in_each_segment = self.accept("in", "each", "segment")
        return lim

    def replenish(self) -> Replenish:
        """What follows `replenish`."""
        step = Step("replenish", self.name("the name of a pot"), [])
        self.opt_string()
        instead = self.name("the name of a pot") if self.accept("for", "draws", "on") else None
        self.opt_string()
        self.opt_cite()
        self.expect("paid", "by")
        for w in ("ccp", "survivors"):
            if self.accept(w):
                step.payer = w
        step.payer = step.payer or self.name("ccp, survivors or a party")
        if self.accept("where"):
            step.where = self.expr()
        self.expect("to")
        target = self.expr()
        each = self.accept("each")
        while self.accept("up", "to"):
            step.limits.append(self.limit())
        if self.accept("once", "during"):
            step.once = self.name("the name of a period")
        self.expect("within")
        clause = Replenish(step, instead, target, each, self.duration())
        self.opt_cite()
        return clause

    def recoveries(self) -> Recoveries:
        """What follows `recoveries`."""
        self.opt_string()
        self.opt_cite()
        groups = []
        self.expect("repay")
        while True:
            steps = self.names("the name of a step")
            groups.append((steps, self.name("the name of a pot") if self.accept("into") else None))
            if not self.accept("then", "repay"):
                break
        self.expect("rest", "to")
        for w in ("ccp", "defaulters"):
            if self.accept(w):
                return Recoveries(groups, w)
        return Recoveries(groups, self.name("ccp, a party or defaulters"))

    def test(self) -> None:
        """A test, which is read over."""
        self.string()
        if self.accept("event") or self.accept("history"):
            self.string()
        else:
            self.event_clauses(RawEvent())
        while self.accept("expect"):
            if self.accept("on"):
                self.next()
            if self.accept("period"):
                self.name()
                self.next()
            elif self.accept("uncovered"):
                self.money_literal()
                self.opt_segment()
            elif self.accept("outcome"):
                if not (self.accept("covered") or self.accept("uncovered")):
                    self.name()
            elif self.tok.kind == "STR" and self.ahead().text in ("holds", "broken"):
                self.string()
                self.next()
            else:
                self.payer()
                self.next()  # pays, owes, holds, repaid
                self.money_literal()
                if self.accept("under") or self.accept("to") or self.accept("in"):
                    self.name()
                self.opt_segment()
