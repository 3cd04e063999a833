"""The statement of one payer over a run or a history.

Of the other members it says nothing but totals: whoever may read what it pays itself may read all of it.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Literal

from attrs import asdict, frozen

from rulelang.base.diagnostic import CheckError, finding
from rulelang.base.gather import totals
from rulelang.base.json_values import JsonObject
from rulelang.base.money import Currency
from rulelang.base.suggest import did_you_mean
from rulelang.check.program import CheckedProgram
from rulelang.explain.computations import Computed, DayComputations, computed, replayed
from rulelang.explain.explanation import Paragraph
from rulelang.model.allocation import Allocation, Identity
from rulelang.model.event import Event
from rulelang.model.history import Due, HistoryDay, HistoryResult, Movement

What = Literal["pays", "owes", "pays in", "is paid out", "is repaid", "no longer owes"]
"""What happens to a payer: it pays under a step, owes to a pot, pays into it or is paid out of it, is repaid what it
paid under a step, or no longer owes what it owed."""


@frozen
class Line:
    """One thing that happens to the payer on a day; ``amount`` in minor units, ``payable`` the day on which it is due.

    ``under`` is the step or the pot by its name, ``title`` what the rulebook calls it, ``citation`` the rule, ``how``
    the amount is worked out, in a few sentences, where it is not simply what was paid in or out.
    """

    date: datetime.date
    what: What
    under: str
    title: str | None
    citation: str | None
    segment: str | None
    amount: int
    payable: datetime.date | None = None
    how: str | None = None


@frozen
class DayTold:
    """How what a day brings is computed, in paragraphs, and what all payers together pay in its run, in totals.

    Amounts are minor units.
    """

    date: datetime.date
    computed: tuple[Paragraph, ...]
    together: tuple[tuple[str, int], ...]
    loss: int
    uncovered: int


@frozen
class Statement:
    """What one payer is told; ``balances`` are what it holds in pots when the last day ends, ``owed`` what it owes."""

    payer: str
    name: str | None
    rulebooks: tuple[Identity, ...]
    title: str
    exercise: str | None
    currency: Currency
    lines: tuple[Line, ...]
    days: tuple[DayTold, ...]
    owed: tuple[Due, ...] = ()
    balances: tuple[Movement, ...] = ()

    def sum_of(self, *what: What) -> int:
        """What lines of some kinds come to, in minor units."""
        return sum(line.amount for line in self.lines if line.what in what)

    @property
    def last(self) -> datetime.date:
        """The latest day that it tells of."""
        return max((*(line.date for line in self.lines), *(day.date for day in self.days)), default=datetime.date.min)

    def to_dict(self) -> JsonObject:
        """The statement as plain values, see ``schemas/statement.schema.json``; amounts are decimals as text."""
        plain = self.currency.plain
        return {
            "payer": self.payer,
            "name": self.name,
            "title": self.title,
            **({} if self.exercise is None else {"exercise": self.exercise}),
            "rulebooks": list(map(asdict, self.rulebooks)),
            "currency": self.currency.code,
            "lines": [
                {
                    "date": line.date.isoformat(),
                    "what": line.what,
                    "under": line.under,
                    "title": line.title,
                    "citation": line.citation,
                    "segment": line.segment,
                    "amount": plain(line.amount),
                    "payable": None if line.payable is None else line.payable.isoformat(),
                    "how": line.how,
                }
                for line in self.lines
            ],
            "pays": plain(self.sum_of("pays")),
            "is_repaid": plain(self.sum_of("is repaid")),
            "owed": [
                {
                    "pot": due.pot,
                    "segment": due.segment,
                    "amount": plain(due.amount),
                    "payable": due.payable.isoformat(),
                }
                for due in self.owed
            ],
            "balances": [
                {"pot": one.pot, "segment": one.segment, "amount": plain(one.amount)} for one in self.balances
            ],
            "days": [
                {
                    "date": day.date.isoformat(),
                    "loss": plain(day.loss),
                    "uncovered": plain(day.uncovered),
                    "together": [{"who": who, "amount": plain(amount)} for who, amount in day.together],
                    "computed": [_paragraph(each) for each in day.computed],
                }
                for day in self.days
            ],
        }


def _paragraph(told: Paragraph) -> JsonObject:
    return {"heading": told.heading, "sentences": list(told.sentences), "lines": list(told.lines)}


# ------------------------------------------------------------------------------------------------------- of one event


def statements_of_run(
    program: CheckedProgram, event: Event, allocation: Allocation, payers: Iterable[str]
) -> Iterator[Statement]:
    """The statements of some payers over one run.

    Raises:
        CheckError: there is no such payer.
    """
    run = replayed(program, event, allocation)
    for payer in payers:
        _known(payer, (*event.members, "ccp", *program.parties))
        how = computed(run, payer)
        yield Statement(
            payer,
            _name(payer, allocation.names),
            (allocation.rulebook,),
            allocation.event.title,
            allocation.exercise,
            allocation.currency,
            tuple(_paid(program, allocation, payer, how)),
            (_together(program, allocation, how.paragraphs),),
        )


def _known(payer: str, payers: Iterable[str]) -> None:
    known = tuple(dict.fromkeys(payers))
    if payer not in known:
        advice = did_you_mean(payer, known)
        raise CheckError([finding("unknown-member", f"no payer is called `{payer}`", help=advice)])


def _name(payer: str, names: Mapping[str, str]) -> str | None:
    return "the CCP" if payer == "ccp" else names.get(payer)


def _paid(program: CheckedProgram, allocation: Allocation, payer: str, how: Computed) -> Iterator[Line]:
    day = allocation.declared
    for one in allocation.allotments:
        if one.payer == payer:
            step, told = program.steps[one.step], how.paid[one.step, one.segment, one.round, one.defaulter]
            yield Line(day, "pays", step.name, step.title, step.citation, one.segment, one.amount, day, told)


_TOGETHER = {"survivors": "the surviving members", "defaulters": "the defaulting members", "ccp": "the CCP"}


def _together(program: CheckedProgram, allocation: Allocation, computed: tuple[Paragraph, ...]) -> DayTold:
    paid = totals((program.steps[one.step].payers, one.amount) for one in allocation.allotments)
    together = totals(
        (_TOGETHER.get(payers) or program.parties.get(payers) or payers, amount) for payers, amount in paid.items()
    )
    return DayTold(allocation.declared, computed, tuple(together.items()), allocation.loss, allocation.uncovered)


# ------------------------------------------------------------------------------------------------------ of a history


def payers_of_history(result: HistoryResult) -> tuple[str, ...]:
    """Everybody that pays, owes or receives something on some day."""
    found = {payer for day in result.days for payer in (*day.payers(), *(day.run.payers() if day.run else ()))}
    return tuple(sorted(found, key=lambda payer: (result.is_member(payer), payer)))


def statements_of_history(
    result: HistoryResult, programs: Sequence[CheckedProgram], payers: Iterable[str]
) -> Iterator[Statement]:
    """The statements of some payers over a history, whose rulebooks are ``programs``.

    Raises:
        CheckError: there is no such payer on any day.
    """
    by_digest = {program.source.sha256: program for program in programs}
    days = [(day, by_digest[day.rulebook.sha256]) for day in result.days]
    known = dict.fromkeys(who for day, program in days for who in (*_present(day), "ccp", *program.parties))
    last = result.days[-1]
    names = {who: title for program in programs for who, title in program.parties.items() if title} | dict(last.names)
    workings = [(program, day, DayComputations.of_day(program, day)) for day, program in days]
    for payer in payers:
        _known(payer, known)
        told = [(program, day, how.of(payer) if _concerns(day, payer) else None) for program, day, how in workings]
        yield Statement(
            payer,
            _name(payer, names),
            tuple(dict.fromkeys(day.rulebook for day, _ in days)),
            result.heading,
            result.exercise,
            result.currency,
            tuple(
                line
                for program, day, how in told
                for line in sorted(_lines_of_day(day, program, payer, how or Computed()), key=attrgetter("date"))
            ),
            tuple(_told_of_day(program, day, how.paragraphs) for program, day, how in told if how is not None),
            tuple(due for due in last.owed if due.payer == payer),
            last.standing.of(payer),
        )


def _concerns(day: HistoryDay, payer: str) -> bool:
    """Whether a day has anything of a payer that is computed: what it pays in the run, owes or is repaid."""
    pays = day.run is not None and day.run.paid_by(payer) > 0
    return pays or any(one.payer == payer for one in day.due) or any(one.payer == payer for one in day.repaid)


def _told_of_day(program: CheckedProgram, day: HistoryDay, computed: tuple[Paragraph, ...]) -> DayTold:
    return DayTold(day.date, computed, (), 0, 0) if day.run is None else _together(program, day.run, computed)


def _present(day: HistoryDay) -> Iterator[str]:
    yield from (row.payer for row in day.balances)
    yield from () if day.event is None else day.event.members


def _lines_of_day(day: HistoryDay, program: CheckedProgram, payer: str, how: Computed) -> Iterator[Line]:
    """What happens to a payer on a day, in the order in which a day is worked."""
    for row in day.paid_in:
        if row.payer == payer:
            what: What = "pays in" if row.amount > 0 else "is paid out"
            yield _of_pot(day.date, what, program, row)
    for row in day.cancelled:
        if row.payer == payer:
            yield _of_pot(day.date, "no longer owes", program, row)
    if day.run is not None:
        yield from _paid(program, day.run, payer, how)
    for due in day.due:
        if due.payer == payer:
            yield _of_pot(day.date, "owes", program, due, how.owed[due.pot, due.segment])
    rules = program.recoveries
    for one in day.repaid:
        if one.payer == payer:
            step = program.steps.get(one.step)
            title = None if step is None else step.title
            citation = None if rules is None else rules.citation
            told = how.repaid[one.defaulter, one.step]
            yield Line(day.date, "is repaid", one.step, title, citation, None, one.amount, day.date, told)


def _of_pot(
    date: datetime.date, what: What, program: CheckedProgram, row: Movement | Due, how: str | None = None
) -> Line:
    clause = program.replenished.get(row.pot) if what in ("owes", "no longer owes") else None
    title, citation = (None, None) if clause is None else (clause.title, clause.citation)
    payable = row.payable or date
    if isinstance(row, Movement) and row.payable is not None:
        date = row.payable  # a due that was paid by itself, perhaps before the day of the block
    return Line(date, what, row.pot, title, citation, row.segment, abs(row.amount), payable, how)
