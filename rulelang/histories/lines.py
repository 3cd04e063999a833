"""The lines of a day, held against what stands: everything that is wrong with a day is found before anything is run."""

from attrs import define

from rulelang.base.diagnostic import CheckError, each_once
from rulelang.base.source import Place
from rulelang.check.events.event_draft import EventDraft
from rulelang.check.events.event_draft import Standing as Data
from rulelang.check.events.lines import decisions, losses, units_of
from rulelang.check.events.past import check_further, withdrawals
from rulelang.check.events.raw import RawLoss
from rulelang.check.events.retold import as_default, as_further_loss
from rulelang.check.program import CheckedProgram
from rulelang.histories.happening import Happening
from rulelang.histories.history import Block
from rulelang.histories.money import Money
from rulelang.histories.standing import Standing
from rulelang.histories.values import Values, fill_pots, further_of


def enter_day(standing: Standing, block: Block) -> Happening:
    """Enter all that a day says into what stands, up to its run; what happens on it.

    Raises:
        CheckError: with every finding.
        RunError: a value for a missing pot cannot be worked out.
    """
    against = _against(standing, block)
    values, money = Values(standing, block, against), Money(standing, block, against)
    values.departures()
    stated = values.enter()
    values.further_losses()
    _refuse(against)
    further = further_of(standing, block)
    if block.program is not None or block.raw.members or further:
        fill_pots(standing, block.date, (*standing.members, *further))
    values.notices()
    against.members.update((member, block.raw.place) for member in further)
    happening = Happening(money.movements())
    money.reconcile(stated)
    losing = _Losing(standing, block, against)
    losing.losses(happening)
    losing.recoveries(happening)
    _refuse(against)
    return happening


def _against(standing: Standing, block: Block) -> EventDraft:
    data = Data(standing.fields, standing.givens)
    told_apart = frozenset(standing.members) if block.program is None else frozenset()
    # a member whose values lack is pointed to at this day, not where it was named first
    members, why_gone = dict.fromkeys(standing.members, block.raw.place), standing.why_gone
    return EventDraft(block.raw, standing.program, members, standing=data, why_gone=why_gone, told_apart=told_apart)


def _refuse(against: EventDraft) -> None:
    """Stop if anything is wrong with the lines so far."""
    if against.findings:
        raise CheckError(each_once(against.findings))


@define
class _Losing:
    """What is lost on a day, and what comes back."""

    standing: Standing
    block: Block
    against: EventDraft

    @property
    def program(self) -> CheckedProgram:
        """The rulebook in force."""
        return self.standing.program

    def losses(self, happening: Happening) -> None:
        """What is lost on the day, and what is decided on it."""
        raw, against, standing = self.block.raw, self.against, self.standing
        nothing_lost = not raw.losses
        raw.losses = [one for one in raw.losses if self._may_be_lost(one)]
        further = further_of(standing, self.block)
        new = any(one.member is not None and not one.further for one in raw.losses)
        if further:
            words = {one.member.text: one.member for one in raw.losses if one.member is not None and one.further}
            check_further(against, words, standing.defaulted, beside_new=new)
        happening.losses = losses(against)
        happening.decisions = decisions(against)
        happening.withdrawals = withdrawals(against)
        if nothing_lost:
            for place in (*(one.step.place for one in raw.decisions), *(one.step.place for one in raw.withdrawals)):
                message = f"nothing is lost on {self.block.date}, so nothing is decided and nobody withdraws"
                against.report("nothing-to-decide", message, place, "put the line on the day of the loss")

    def _may_be_lost(self, loss: RawLoss) -> bool:
        """Whether a loss is of a default that can be; if not, with a finding."""
        word, defaulted = loss.member, self.standing.defaulted
        if word is None:
            return True
        if not loss.further and word.text in defaulted:
            message = f"`{word.text}` has defaulted on {defaulted[word.text]} already"
            self.against.report("defaults-again", message, word.place, as_further_loss(word))
            return False
        if loss.further and word.text not in defaulted:
            message = f"`{word.text}` has a further loss, but has not defaulted on an earlier day"
            advice = as_default(word, "for the losses of its default")
            self.against.report("not-defaulted", message, word.place, advice)
            return False
        return True

    def recoveries(self, happening: Happening) -> None:
        """What comes back from estates, added up by defaulter."""
        against, rules = self.against, self.program.recoveries
        defaulting = set(happening.new_defaulters)
        for raw in self.block.raw.recoveries:
            ident, units = raw.member.text, units_of(against, raw.amount)
            day = self.standing.defaulted.get(ident)
            if rules is None:
                message = "money is recovered, but the rulebook does not say whom it repays"
                advice = "write it, as in `recoveries repay … rest to defaulters`"
                against.report("no-recoveries", message, raw.member.place, advice)
            elif ident not in defaulting and (day is None or ident in self.standing.before):
                what = f"`{ident}` has not defaulted"
                if day is not None:
                    what = f"`{ident}` defaulted on {day}, before the opening"
                message = f"{what}, so nothing is recovered from it"
                advice = "only what was paid for losses in this history is repaid: check the id and the day"
                against.report("not-defaulted", message, raw.member.place, advice)
            elif units is not None:
                self._check_claims(ident, raw.member.place)
                happening.recovered[ident] = happening.recovered.get(ident, 0) + units

    def _check_claims(self, defaulter: str, place: Place) -> None:
        """The rulebook knows every step under which somebody can still claim something."""
        unknown = {step: payer for (step, payer), claim in self.standing.claims.of(defaulter).items() if claim}
        for step, payer in unknown.items():
            if step not in self.program.steps:
                message = f"the rulebook has no step `{step}`, under which `{payer}` paid for `{defaulter}`"
                advice = "say with `formerly` which step it is now, or let the rulebook that knew it decide"
                self.against.report("unknown-step", message, place, advice)
