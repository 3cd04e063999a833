"""The reader of histories, by recursive descent."""

from itertools import pairwise

from tests.oracle.parts import Move, RawDay, RawHistory
from tests.oracle.read_event import EventReader
from tests.oracle.tokens import tokenize

NOT_IN_THE_OPENING = ("declared", "under", "default", "defaults", "further", "non-default", "decide", "withdraw")
NOT_IN_A_BLOCK = ("declared", "former", "defaulted", "period")


def rulebooks_named(text: str) -> list[str]:
    """The files that a history names behind `under`, which are read before it: they say what currencies there are."""
    tokens = tokenize(text)
    return [b.text[1:-1] for a, b in pairwise(tokens) if a.text == "under" and b.kind == "STR"]


class HistoryReader(EventReader):
    """Reads a history."""

    def history(self) -> RawHistory:
        """A whole history."""
        self.expect("history")
        found = RawHistory(self.string("the history's title"), None, False, [])
        while True:
            if self.at("under") and found.under is None:
                self.next()
                found.under = self.string("the file of a rulebook")
            elif self.at("dues") and not found.by_themselves:
                self.expect("dues", "paid", "when", "payable")
                found.by_themselves = True
            elif self.at("exercise"):
                self.next()
                self.string("the name of the exercise")
            else:
                break
        self.expect("opening")
        found.days.append(self.opening())
        while self.tok.kind != "EOF":
            self.expect("on")
            found.days.append(self.block())
        return found

    def opening(self) -> RawDay:
        """What follows `opening`."""
        place = self.tok.where()
        day = RawDay(self.date(), place)
        self.today = day.day
        while not self.at("on") and self.tok.kind != "EOF":
            if self.tok.text in NOT_IN_THE_OPENING or not self.event_clause(day.event):
                self.fail("a clause of the opening")
        return day

    def block(self) -> RawDay:
        """What follows `on`."""
        place = self.tok.where()
        day = RawDay(self.date(), place)
        self.today = day.day
        while not self.at("on") and self.tok.kind != "EOF":
            place = self.tok.where()
            if self.at("under") and day.under is None:
                self.next()
                day.under = self.string("the file of a rulebook")
            elif self.accept("paid", "in"):
                day.moves.append(self.paid_in(place))
            elif self.accept("paid", "out", "to"):
                who = self.payer()
                self.expect("from")
                pot = self.name("the name of a pot")
                day.moves.append(Move(True, who, pot, self.opt_segment(), self.amount(), place))
            elif self.accept("departure", "of"):
                day.departures.append((self.member_id(), place))
            elif self.accept("recovered", "from"):
                day.recovered.append((self.member_id(), self.amount(), place))
            elif (
                self.at("paid")
                or self.at("under")
                or self.tok.text in NOT_IN_A_BLOCK
                or not self.event_clause(day.event)
            ):
                self.fail("a clause of a day")
        return day

    def paid_in(self, place: str) -> Move:
        """What follows `paid in`."""
        if self.accept("from"):
            return Move(False, "", "", None, (), place, self.string())
        self.expect("by")
        who = self.payer()
        self.expect("to")
        pot = self.name("the name of a pot")
        return Move(False, who, pot, self.opt_segment(), self.amount(), place)
