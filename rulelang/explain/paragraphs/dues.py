"""The paragraphs of what a run makes due: who owes how much to which pot, worked out how, payable when."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from rulelang.base.apportion import round_down
from rulelang.base.gather import totals
from rulelang.base.money import Exact
from rulelang.check.program import LimitProgram
from rulelang.explain.explanation import Paragraph
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.over_time import counted_since, least_of_days, limit_by_name
from rulelang.explain.sentences.values import defined, values_of
from rulelang.explain.sentences.words import Words, bracketed, fraction, listing, plural, sentence, uncited, within
from rulelang.model.history import Due
from rulelang.run.over_time import LimitPlan
from rulelang.run.replenish import Worked, worked_again
from rulelang.run.resources import LimitValues
from rulelang.run.trail import basis_of, limit_trail
from rulelang.syntax import nodes


@frozen
class Dues:
    """What a run made due: how each clause came to it, and on which day each is payable."""

    run: Replay
    worked: tuple[Worked, ...]
    payable: dict[str, datetime.date]

    @classmethod
    def of(cls, run: Replay, raised: Sequence[Due], owed: Sequence[Due]) -> "Dues":
        """Those of a run that ``raised`` some; ``owed`` is what is owed when its day ends, of whichever day."""
        before = totals((due.account, due.amount) for due in owed if due.raised < run.event.declared)
        payable = {due.pot: due.payable for due in raised}
        worked = worked_again(run.evaluation, before, payable.keys()) if raised else ()
        return cls(run, worked, payable)

    def briefly(self, words: Words, payer: str) -> dict[tuple[str, str | None], str]:
        """How what a payer owes is worked out, in a sentence for each pot (and segment)."""
        return {
            (one.clause.pot, one.segment): self._telling(words, one).briefly(place)
            for one in self.worked
            for place, amount in enumerate(one.amounts)
            if amount and one.payers[place] == payer
        }

    def told(self, words: Words, payer: str | None) -> Iterator[Paragraph]:
        """A paragraph for each clause (and segment) that made something due, of all payers or of one."""
        for one in self.worked:
            places = [place for place, amount in enumerate(one.amounts) if amount]
            if payer is None and len(places) > 1:
                yield self._telling(words, one).of_all(places)
            for place in places:
                if payer == one.payers[place] or (payer is None and len(places) == 1):
                    yield self._telling(words, one).of_one(place)

    def _telling(self, words: Words, one: Worked) -> "_Telling":
        return _Telling(self.run, words, one, self.payable[one.clause.pot])


@frozen
class _Telling:
    """A clause while it is told of."""

    run: Replay
    words: Words
    worked: Worked
    payable: datetime.date

    def of_one(self, place: int) -> Paragraph:
        """What one payer owes, and how that is worked out."""
        words, worked = self.words, self.worked
        pot, missing = worked.clause.pot, self._missing(place)
        owes = f"{words.payer(worked.payers[place])} owes {words.money(worked.amounts[place])}"
        aim = f"Its {pot} is to hold {words.quoted(worked.clause.value.span)}, {self._aim(place)}"
        holds = f"after the run it holds {words.money(worked.balances[place])}{self._owed(place)}"
        texts = [self._owes(owes), f"{aim}; {holds}, so that {words.money(missing)} is missing."]
        if worked.clause.where is not None:
            shown = bracketed(self._values(worked.clause.where, place))
            texts.append(f"It is asked because {words.quoted(worked.clause.where.span)} holds for it{shown}.")
        texts += [f"{self._limit(plan, values, place)}." for plan, values in worked.limits]
        least = min(self._bounds(place))
        if round_down(least) != least:
            texts.append("What comes of it is rounded down to a minor unit.")
        texts += self._names(worked.payers[place] if worked.clause.per_member else None)
        return self._paragraph(texts, (), [place])

    def of_all(self, places: Sequence[int]) -> Paragraph:
        """What all payers of a clause owe, with a line for each."""
        words, worked = self.words, self.worked
        amount = words.money(sum(worked.amounts))
        who = f"the {plural(len(places), 'surviving member')} owe {amount}"
        texts = [
            self._owes(who),
            f"The {worked.clause.pot} of each is to hold {words.quoted(worked.clause.value.span)}.",
        ]
        if worked.clause.where is not None:
            texts.append(f"Only those are asked for whom {words.quoted(worked.clause.where.span)} holds.")
        texts += [f"{self._limit(plan, values, 0)}." for plan, values in worked.limits if not plan.limit.each]
        texts += self._names(None)
        order = sorted(places, key=lambda place: (-worked.amounts[place], place))
        return self._paragraph(texts, tuple(map(self._line, order)), order)

    def _names(self, member: str | None) -> Iterator[str]:
        """What limits with a name say, and what the definitions stand for that the clause names."""
        words, clause = self.words, self.worked.clause
        for limit in clause.limits:
            if limit.named is not None:
                yield limit_by_name(words, limit.named, basis_of(limit))
        named_nodes: list[nodes.Expression] = [clause.value, *(limit.value for limit in clause.limits)]
        yield from defined(words, self.worked.at, named_nodes, member)

    def briefly(self, place: int) -> str:
        """What one payer owes and how that is worked out, in one sentence that stands alone."""
        limits = [
            self._limit(plan, values, place) for plan, values in self.worked.limits if self._shared(plan.limit, values)
        ]
        aim = f"{self.words.quoted(self.worked.clause.value.span)}, {self._aim(place)},"
        return "; ".join([self._line(place, aim)[:-1], *limits]) + "."

    def _line(self, place: int, aim: str | None = None) -> str:
        words, worked = self.words, self.worked
        aim = f"its {worked.clause.pot} is to hold {aim or self._aim(place)}"
        parts = [f"{aim} and holds {words.money(worked.balances[place])}{self._owed(place)}"]
        parts += [
            self._limit(plan, values, place)
            for plan, values in worked.limits
            if plan.limit.each and values.left[place] < self._missing(place)
        ]
        owes = f"{words.payer(worked.payers[place])} owes {words.money(worked.amounts[place])}"
        return sentence(f"{owes}: {'; '.join(parts)}")

    def _missing(self, place: int) -> Exact:
        worked = self.worked
        missing: Exact = worked.aims[place] - worked.balances[place] - worked.owed[place]
        return missing

    def _bounds(self, place: int) -> list[Exact]:
        """What is missing, and what each limit of the payer leaves; of one payer also those in total."""
        alone = len(self.worked.payers) == 1
        limits = [(plan, values) for plan, values in self.worked.limits if plan.limit.each or alone]
        return [self._missing(place), *(values.left[place if plan.limit.each else 0] for plan, values in limits)]

    def _owes(self, text: str) -> str:
        """A sentence that begins with who owes how much, and goes on with where and until when."""
        clause, declared = self.worked.clause, self.run.event.declared
        where = f"to {clause.pot}{within(self.worked.segment)}"
        when = f"payable on {self.payable}, {clause.within} after {declared}"
        return self.words.cited(clause.citation, clause.span, f"{text} {where}, {when}")

    def _aim(self, place: int) -> str:
        """What a payer is to have, with the values of the names that say so."""
        clause, amount = self.worked.clause, self.words.money(self.worked.aims[place])
        plain = isinstance(clause.value, nodes.Reference) and clause.value.name not in self.run.program.definitions
        return amount if plain else f"{amount}{bracketed(self._values(clause.value, place))}"

    def _values(self, node: nodes.Expression, place: int) -> str:
        member = self.worked.payers[place] if self.worked.clause.per_member else None
        return values_of(self.words, self.worked.at, node, member)

    def _owed(self, place: int) -> str:
        owed = self.worked.owed[place]
        return f", {self.words.money(owed)} is owed to it already" if owed else ""

    def _limit(self, plan: LimitPlan, values: LimitValues, place: int) -> str:
        """What an ``up to`` leaves to a payer, or to all; and whether that is shared."""
        words, limit = self.words, plan.limit
        at = place if limit.each else 0
        whom = "it" if limit.each or len(self.worked.payers) == 1 else "all together"
        varies = limit.each and self.worked.clause.per_member
        shown = bracketed(self._values(limit.value, place) if varies else values_of(words, self.worked.at, limit.value))
        text = f"{words.quoted(uncited(limit, self._written()))} allows {whom} {words.money(values.values[at])}{shown}"
        trail = limit_trail(words.program.source, plan, values)
        text += least_of_days(words, trail, at, "paid or due")
        if trail.deducted is not None:
            counted = trail.deducted[at]
            since = self._since(plan)
            left = f", which leaves {words.money(trail.left[at])}" if counted else ""
            text += f"; {words.money(counted) if counted else 'nothing'} counts already{since}{left}"
        if len(self.worked.payers) > 1 and self._shared(limit, values):
            due = f"{words.money(sum(self.worked.wanted))} would be due"
            text += f"; {due}, so that this is shared in proportion to what each would owe"
        return text

    def _shared(self, limit: LimitProgram, values: LimitValues) -> bool:
        """Whether a limit in total leaves less than all payers together would owe."""
        return not limit.each and round_down(values.left[0]) < sum(self.worked.wanted)

    def _written(self) -> Sequence[nodes.UpTo]:
        """The limits of the clause as they are written."""
        sections = self.run.program.rulebook.sections
        clauses = (one for one in sections if isinstance(one, nodes.ReplenishSection))
        return next((one.limits for one in clauses if one.pot.span == self.worked.clause.span), ())

    def _since(self, plan: LimitPlan) -> str:
        """Under what and since when a limit counts."""
        names = list(dict.fromkeys(name for name, _ in plan.keys))
        where = f" under {listing(names)}" if plan.limit.named is not None and len(names) > 1 else ""
        if plan.limit.over_time is not None:
            since = counted_since(self.words, plan.limit.over_time, plan.first, self.worked.at, " ({} is not open)")
            return f"{where}{since}"
        further = dict.fromkeys(one.member for one in self.run.event.losses if one.further and one.member is not None)
        if further:
            return f"{where} for the default of {self.words.ids(further)}"
        return f"{where} on this day"

    def _paragraph(self, texts: Sequence[str], lines: tuple[str, ...], places: Sequence[int]) -> Paragraph:
        clause, words = self.worked.clause, self.words
        called = clause.pot if clause.title is None else f"{clause.title} ({clause.pot})"
        heading = f"What is due: {called}{within(self.worked.segment)}"
        others = words.rest([self.worked.amounts[place] for place in places])
        return Paragraph(heading, tuple(texts), lines, self._facts(places), words.most, others)

    def _facts(self, places: Sequence[int]) -> dict[str, Any]:
        worked, currency = self.worked, self.run.program.currency
        payers = [
            {
                "payer": worked.payers[place],
                "to_have": fraction(worked.aims[place], currency.decimals),
                "has": currency.plain(worked.balances[place]),
                "owes_already": currency.plain(worked.owed[place]),
                "limits": [
                    fraction(values.left[place if plan.limit.each else 0], currency.decimals)
                    for plan, values in worked.limits
                ],
                "owes": currency.plain(worked.amounts[place]),
            }
            for place in places
        ]
        return {
            "pot": worked.clause.pot,
            "segment": worked.segment,
            "citation": worked.clause.citation,
            "payable": self.payable.isoformat(),
            "payers": payers,
        }
