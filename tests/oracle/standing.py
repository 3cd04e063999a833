"""What stands of a history on a day: values, balances, dues, periods, and who is a member."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.oracle.due import Due, Pot
from tests.oracle.event import Event, Payment
from tests.oracle.parts import Decl, RawHistory, Rulebook, Segment
from tests.oracle.recover import Claim, Repaid, today
from tests.oracle.results import Instance
from tests.oracle.run import Run
from tests.oracle.stated import MissingEnv, Withs
from tests.oracle.tables import Files, Values
from tests.oracle.words import bad_event

Row = dict[str, Any]


@dataclass
class Movement:
    """Money that came into a pot of a payer, or went out of it (below zero), or is owed no more."""

    payer: str
    pot: str
    segment: Segment
    amount: int


@dataclass
class Today:
    """What one day gives."""

    day: datetime.date
    present: set[str]
    event: Event
    run: Run | None = None
    result: Row | None = None
    paid_in: list[Movement] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)
    cancelled: list[Movement] = field(default_factory=list)
    repaid: list[Repaid] = field(default_factory=list)
    rest: int = 0

    @property
    def new_defaulters(self) -> list[str]:
        """Who defaults today."""
        return list(dict.fromkeys(x.member for x in self.event.losses if x.member is not None and not x.further))


class Standing:
    """What stands of a history from day to day.

    ``values`` of a member (None: the givens) hold what was stated, by days, and of pots the balance of each day on
    which it changed; ``balances`` hold what is in the pots now.
    """

    def __init__(
        self, raw: RawHistory, books: Mapping[str, Rulebook], head: Rulebook | None, base: Path | None, files: Files
    ) -> None:
        """Start with nothing; ``head`` takes the place of the rulebook that the history's head names."""
        self.raw, self.books, self.base, self.files = raw, books, base, files
        if head is None:
            if raw.under is None:
                bad_event("no rulebook")
            head = books[raw.under]
        self.rb = head
        self.values: dict[str | None, Values] = {None: {}}
        self.withs: Withs = {}
        self.balances: dict[Pot, int] = {}
        self.members: set[str] = set()
        self.since: dict[str, datetime.date] = {}
        self.departed: set[str] = set()
        self.fallen: dict[str, datetime.date] = {}
        self.own_defaults: set[str] = set()
        self.former: set[str] = set()
        self.parties: set[str] = set()
        self.notices: dict[str, datetime.date] = {}
        self.payments: list[Payment] = []
        self.periods: dict[str, Instance] = {}
        self.dues: list[Due] = []
        self.claims: list[Claim] = []
        self.events: dict[datetime.date, Event] = {}

    def key(self, payer: str, pot: str, seg: Segment) -> Pot:
        """The pot of a payer."""
        return (payer if pot in self.rb.fields else None), pot, seg

    def known_by(self, day: datetime.date) -> None:
        """Enter the balances as the values of a day."""
        for (who, pot, seg), amount in self.balances.items():
            self.values[who].setdefault((pot, seg), {})[day] = amount

    def event(self, now: Today) -> Event:
        """The event of a day, without its losses and values."""
        event = Event(now.day)
        everybody = {*self.values, *self.former, *self.departed} - {None}
        event.former_members = {m for m in everybody if m is not None} - now.present
        event.since = {m: day for m, day in self.since.items() if m in now.present}
        event.notices = {m: day for m, day in self.notices.items() if m in now.present}
        event.defaulted = dict(self.fallen)
        event.open_periods = {n: x for n, x in self.periods.items() if n in self.rb.periods}
        for x in self.payments:
            step = today(self.rb, x.names)
            if step in self.rb.steps or step in self.rb.replenish:
                event.payments.append(replace(x, step=step))
        event.data = {m: {} for m in sorted(now.present)}
        return event

    def env(self, now: Today) -> MissingEnv:
        """Reads the values of a day."""
        data = {m: self.values[m] for m in sorted(now.present)}
        return MissingEnv(self.rb, now.event, self.values[None], data, {m: self.withs.get(m, {}) for m in data})

    def pots_appear(self, now: Today) -> None:
        """Every pot of today has a balance: what is stated, or what `if missing` gives."""
        rb, env = self.rb, self.env(now)
        for who in (None, *sorted(now.present)):
            for d in (rb.givens if who is None else rb.fields).values():
                for seg in _segments(d, rb) if d.name in rb.pots else []:
                    if (who, d.name, seg) not in self.balances:
                        value = int(env.value(d, who, seg))
                        self.balances[who, d.name, seg] = value
                        self.values[who].setdefault((d.name, seg), {})[now.day] = value


def _segments(d: Decl, rb: Rulebook) -> list[Segment]:
    return list(rb.segments) if d.per_segment else [None]
