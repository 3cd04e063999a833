"""The reader of events, by recursive descent."""

import datetime
from collections.abc import Mapping

from tests.oracle.parts import Expression, RawDecision, RawEvent, RawLoss, RawPayment, Stated
from tests.oracle.read_expressions import ExpressionReader
from tests.oracle.tokens import to_number
from tests.oracle.words import DECIMALS, RESERVED, bad_event


class EventReader(ExpressionReader):
    """Reads the clauses of an event."""

    def __init__(self, text: str, units: Mapping[str, int] = DECIMALS) -> None:
        """Read the tokens."""
        super().__init__(text, units)
        self.in_value = False
        self.today: datetime.date | None = None

    def value_begins(self) -> bool:
        """Whether a line of a member block begins here."""
        return self.in_value and self.ahead().text in ("=", "in", "as", "with")

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

    def row_begins(self) -> bool:
        """Whether a value of a member begins here."""
        begins = self.tok.kind == "WORD" and self.tok.text not in RESERVED
        return begins and self.ahead().text in ("=", "in", "as", "with")

    def opt_segment(self) -> str | None:
        """Perhaps `in` and a segment."""
        return self.name("a segment") if self.accept("in") else None

    def opt_as_of(self) -> datetime.date | None:
        """Perhaps `as of` and a day."""
        return self.date() if self.accept("as", "of") else None

    def stated(self, is_field: bool) -> Stated:
        """A value as stated."""
        where = self.tok.where()
        name = self.name()
        seg = self.opt_segment()
        other = self.member_id() if is_field and self.accept("with") else None
        day = self.opt_as_of()
        self.expect("=")
        return name, seg, other, day, self.value(), where

    def event_clauses(self, ev: RawEvent) -> None:
        """The clauses of an event, as far as they go."""
        while self.event_clause(ev):
            pass

    def event_clause(self, ev: RawEvent) -> bool:
        """One clause of an event, if one comes next."""
        place = self.tok.where()
        if self.accept("under"):
            if ev.under is not None:
                bad_event("`under` stands twice")
            ev.under = self.string()
        elif self.at("exercise") and self.toks[self.i + 1].kind == "STR":
            self.i += 2  # it changes no amount
        elif self.accept("declared"):
            if ev.declared is not None:
                bad_event("`declared` stands twice")
            ev.declared = self.date()
        elif self.accept("given"):
            ev.givens.append(self.stated(False))
        elif self.at("defaults", "from"):
            self.i += 2
            ev.losses.append(RawLoss("table", self.string(), None, (), place))
        elif self.at("members", "from") or self.at("givens", "from") or self.at("paid", "from"):
            what = self.next().text
            self.expect("from")
            ev.tables.append((what, self.string()))
        elif self.accept("member"):
            ident = self.member_id()
            self.opt_string()
            since = None
            if self.at("since") and self.ahead().kind == "DATE":
                self.next()
                since = self.date()
            rows = []
            while self.row_begins():
                rows.append(self.stated(True))
            ev.members.append((ident, since, rows, place))
        elif self.accept("former", "member"):
            ev.former_members.append((self.member_id(), place))
            self.opt_string()
        elif self.accept("notice", "by"):
            ident = self.member_id()
            day = self.today
            if day is None or self.at("dated"):
                self.expect("dated")
                day = self.date()
            ev.notices.append((ident, day, place))
        elif self.at("defaulted") and self.ahead().kind == "DATE":
            self.next()
            day = self.date()
            ev.defaulted.append((day, self.member_id(), place))
        elif self.accept("period"):
            name = self.name("the name of a period")
            self.expect("open", "from")
            first = self.date()
            self.expect("to")
            ev.open_periods.append((name, first, self.date(), place))
        elif self.accept("default"):
            self.expect("of")
            ident = self.member_id()
            seg = self.opt_segment()
            self.expect("loss")
            ev.losses.append(RawLoss("default", ident, seg, self.amount(), place))
        elif self.accept("further", "loss", "of"):
            ident = self.member_id()
            seg = self.opt_segment()
            ev.losses.append(RawLoss("further", ident, seg, self.amount(), place))
        elif self.accept("non-default", "loss"):
            seg = self.opt_segment()
            ev.losses.append(RawLoss("non-default", None, seg, self.amount(), place))
            self.opt_string()
        elif self.accept("paid"):
            ev.payments.append(self.payment(place))
        elif self.accept("decide"):
            ev.decisions.append(self.decision(place))
        elif self.accept("withdraw"):
            ident = self.member_id()
            self.expect("after", "round")
            n = self.whole_number()
            self.expect("under")
            ev.withdrawals.append((ident, n, self.name("the name of a step"), place))
        else:
            return False
        return True

    def payment(self, place: str) -> RawPayment:
        """What follows `paid`."""
        day = self.date()
        self.expect("by")
        who = self.payer()
        self.expect("under")
        step = self.name()
        seg = self.opt_segment()
        owed = []
        if self.accept("for"):
            owed.append(self.member_id())
            while self.accept(","):
                owed.append(self.member_id())
        return RawPayment(day, who, step, seg, owed, self.amount(), place)

    def decision(self, place: str) -> RawDecision:
        """What follows `decide`."""
        step = self.name()
        self.expect(":")
        most = None
        what = "invoke"
        if self.accept("invoke"):
            if self.accept("up", "to"):
                most = self.amount()
        else:
            self.expect("decline")
            what = "decline"
        if self.accept("by"):
            self.string()
        if self.accept("because"):
            self.string()
        return RawDecision(step, what, most, place)

    def amount(self) -> Expression:
        """An amount of a loss or a payment."""
        if self.tok.kind != "CAP":
            self.fail("an amount")
        _, code, minor = self.money_literal()
        return ("money", minor, code)

    def value(self) -> Expression:
        """A plain value of an event: (kind, value, ...), perhaps negative."""
        sign = -1 if self.accept("-") else 1
        t = self.tok
        if t.kind == "CAP":
            self.in_value = True
            _, code, minor = self.money_literal()
            self.in_value = False
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
