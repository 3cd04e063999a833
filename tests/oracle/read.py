"""The reader of rulebooks and events, by recursive descent."""

from fractions import Fraction
from typing import Any

from tests.oracle.names import enter_names
from tests.oracle.parts import Decl, Expression, Group, Limit, RawEvent, Rulebook, Step
from tests.oracle.read_expressions import ExpressionReader
from tests.oracle.tokens import to_number
from tests.oracle.words import DECIMALS, KINDS, RESERVED, bad_event, static


class Parser(ExpressionReader):
    """Reads one text."""

    # --- rulebook
    def rulebook(self) -> Rulebook:
        """A whole rulebook."""
        rb = Rulebook()
        count = {"currency": 0, "members": 0, "waterfall": 0}
        self.expect("rulebook")
        rb.title = self.string("the rulebook's title")
        if self.accept("version"):
            if self.tok.kind == "DATE":
                self.date()
            else:
                self.string("a date or a string")
        self.opt_cite()
        fields: list[Decl] = []
        givens: list[Decl] = []
        defines: list[tuple[str, Expression]] = []
        while self.tok.kind != "EOF":
            if self.accept("currency"):
                count["currency"] += 1
                if self.tok.kind != "CAP":
                    self.fail("a currency")
                rb.currency = self.next().text
                if rb.currency not in DECIMALS:
                    static(f"{rb.currency} is not a currency")
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
                self.waterfall(rb)
            elif self.accept("ensure"):
                text = self.string()
                who = where = None
                if self.accept("for"):
                    who = self.people()
                    if self.accept("where"):
                        where = self.expr()
                self.expect(":")
                rb.ensures.append((text, who, where, self.expr()))
            elif self.accept("test"):
                self.test()
            else:
                self.fail("a section of a rulebook")
        for word, n in count.items():
            if n != 1:
                static(f"`{word}` must stand exactly once, it stands {n} times")
        enter_names(rb, fields, givens, defines)
        return rb

    def decl(self, is_field: bool) -> Decl:
        """A member field or a given."""
        name = self.name()
        self.expect(":")
        signed = self.accept("signed")
        t: Any = None
        for w in ("money", "number", "ratio", "text", "date"):
            if t is None and self.accept(w):
                t = w
        if t is None and self.accept("yes", "/", "no"):
            t = "bool"
        if t is None and self.accept("one", "of"):
            values = self.names("a choice value")
            if len(set(values)) != len(values):
                static(f"{name}: a choice value is named twice")
            t = ("choice", tuple(values))
        if t is None:
            self.fail("a type")
        if signed and t not in ("money", "number", "ratio"):
            static(f"{name}: only money, numbers and ratios are signed")
        per_segment = self.accept("per", "segment")
        self.opt_string()
        missing = None
        if self.accept("if", "missing"):
            missing = self.expr()
        return Decl(name, t, signed, per_segment, missing, is_field)

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
        seen = set()

        def once(what: str) -> None:
            if what in seen:
                static(f"{s.name}: `{what}` stands twice")
            seen.add(what)

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
            elif self.accept("up", "to"):
                lim = Limit(self.expr(), "plain")
                if self.accept("each"):
                    lim.mode = "each"
                elif self.accept("in", "total"):
                    lim.mode = "total"
                if self.accept("in", "any"):
                    lim.days = self.whole_number()
                    lim.business = self.accept("business")
                    self.expect("days")
                lim.in_each_segment = self.accept("in", "each", "segment")
                s.limits.append(lim)
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
        if s.payer is None:
            static(f"{s.name}: `paid by` is missing")
        return s

    def test(self) -> None:
        """A test, which is read over."""
        self.string()
        if self.accept("event"):
            self.string()
        else:
            self.event_clauses(RawEvent())
        while self.accept("expect"):
            if self.accept("uncovered"):
                self.money_literal()
            elif self.accept("outcome"):
                if not (self.accept("covered") or self.accept("uncovered")):
                    self.name()
            else:
                self.payer()
                self.expect("pays")
                self.money_literal()
                if self.accept("under"):
                    self.name()

    # --- events
    def event(self) -> RawEvent:
        """A whole event."""
        ev = RawEvent()
        self.expect("event")
        ev.title = self.string("the event's title")
        self.event_clauses(ev)
        if self.tok.kind != "EOF":
            self.fail("a clause of an event")
        return ev

    def payer(self) -> str:
        """The CCP, a party or a member."""
        if self.accept("ccp"):
            return "ccp"
        if self.tok.kind == "WORD":
            return self.name("a payer")
        return self.member_id()

    def member_id(self) -> str:
        """A word with a capital, or a string."""
        if self.tok.kind == "CAP":
            return self.next().text
        return self.string("a member")

    def opt_segment(self) -> str | None:
        """Perhaps `in` and a segment."""
        return self.name("a segment") if self.accept("in") else None

    def event_clauses(self, ev: RawEvent) -> None:
        """The clauses of an event, as far as they go."""
        while True:
            t = self.tok
            if self.accept("under"):
                if ev.under is not None:
                    bad_event("`under` stands twice")
                ev.under = self.string()
            elif self.accept("declared"):
                if ev.declared is not None:
                    bad_event("`declared` stands twice")
                ev.declared = self.date()
            elif self.accept("given"):
                name = self.name()
                seg = self.opt_segment()
                self.expect("=")
                ev.givens.append((name, seg, self.value(), t.where()))
            elif self.accept("members"):
                self.expect("from")
                ev.csvs.append(self.string())
            elif self.accept("member"):
                ident = self.member_id()
                self.opt_string()
                rows = []
                while self.tok.kind == "WORD" and self.tok.text not in RESERVED:
                    ft = self.tok
                    fname = self.name()
                    seg = self.opt_segment()
                    self.expect("=")
                    rows.append((fname, seg, self.value(), ft.where()))
                ev.members.append((ident, rows))
            elif self.accept("default"):
                self.expect("of")
                ident = self.member_id()
                seg = self.opt_segment()
                self.expect("loss")
                ev.defaults.append((ident, seg, self.value(), t.where()))
            elif self.accept("paid"):
                d = self.date()
                self.expect("by")
                who = self.payer()
                self.expect("under")
                step = self.name()
                seg = self.opt_segment()
                ev.payments.append((d, who, step, seg, self.value(), t.where()))
            elif self.accept("decide"):
                step = self.name()
                self.expect(":")
                if self.accept("invoke"):
                    what = "invoke"
                else:
                    self.expect("decline")
                    what = "decline"
                if self.accept("by"):
                    self.string()
                if self.accept("because"):
                    self.string()
                ev.decisions.append((step, what, t.where()))
            else:
                return

    def value(self) -> Expression:
        """A plain value of an event: (kind, value, ...), perhaps negative."""
        sign = -1 if self.accept("-") else 1
        t = self.tok
        if t.kind == "CAP":
            _, code, minor = self.money_literal()
            return ("money", sign * minor, code)
        if t.kind == "NUM":
            return ("number", sign * to_number(self.next().text))
        if t.kind == "PCT":
            return ("percent", sign * to_number(self.next().text[:-1]) / 100)
        if sign == -1:
            self.fail("an amount or a number")
        if t.kind == "DATE":
            return ("date", self.date())
        if t.kind == "STR":
            return ("text", self.string())
        if self.accept("yes"):
            return ("bool", True)
        if self.accept("no"):
            return ("bool", False)
        return ("choice", self.name("a value"))
