"""Money that a day pays into pots and out of them, and what is stated of pots held against their balances."""

from collections.abc import Iterable

from attrs import define, evolve

from rulelang.base.advice import Advice, write
from rulelang.check.events.datum_values import called
from rulelang.check.events.event_draft import EventDraft
from rulelang.check.events.lines import units_of
from rulelang.check.events.raw import RawMovement, Word
from rulelang.histories.history import Block
from rulelang.histories.standing import Standing
from rulelang.histories.values import Stated
from rulelang.model.history import Account, Movement


@define
class Money:
    """The money of a day as it is entered into what stands."""

    standing: Standing
    block: Block
    against: EventDraft

    def movements(self) -> list[Movement]:
        """Money paid in, which settles what is owed, and money paid out, of which there is no more than that."""
        standing, paid = self.standing, []
        known = [(raw, self._movement(raw)) for raw in self.block.raw.movements]
        for raw, movement in known:
            if movement is not None:
                paid.append(evolve(movement, amount=-movement.amount) if raw.out else movement)
            if movement is not None and not raw.out:
                self._check_owed(raw, movement.account, movement.amount)
                standing.change(movement.account, movement.amount)
                standing.settle(movement.account, movement.amount)
        for raw, movement in known:
            if movement is not None and raw.out:
                self._pay_out(raw, movement)
        return paid

    def _check_owed(self, raw: RawMovement, account: Account, amount: int) -> None:
        """Who has left, or whose pot it is no more, pays in what it owes, and no more."""
        standing, (payer, pot, segment) = self.standing, account
        if self._is_own(payer, pot):
            return
        program, owed = standing.program, standing.owed_by_account().get(account, 0)
        if amount <= owed:
            return
        show, where = program.currency.show, called((pot, segment))
        code, what, who = "unknown-member", f"`{payer}` left on {standing.departed.get(payer)}", "who has left"
        if pot not in program.pots:
            code, what, who = "unknown-pot", f"`{pot}` is no pot any more", "who owes to it still"
        elif pot in program.owners:
            code, what, who = "wrong-owner", f"`{pot}` is money of `{program.owners[pot]}` now", "who owes to it still"
        message = f"{what}, and `{payer}` owes {show(owed)} to `{where}`, not {show(amount)}"
        advice = f"check the amount: {who} pays in what it owes, and no more"
        self.against.report(code, message, raw.amount.place, advice)

    def _is_own(self, payer: str, pot: str) -> bool:
        """Whether a pot is one of the payer, that of a member that is one still, or a given of its owner."""
        program = self.standing.program
        if pot not in program.pots:
            return False
        return payer == program.owners[pot] if pot in program.owners else payer not in self.standing.departed

    def _pay_out(self, raw: RawMovement, movement: Movement) -> None:
        account, show = movement.account, self.standing.program.currency.show
        there = self.standing.balance(account)
        if movement.amount > there:
            where = called((movement.pot, movement.segment))
            message = (
                f"`{movement.payer}` is paid out {show(movement.amount)} from `{where}`, which holds {show(there)}"
            )
            advice = "check the amount: no more is paid out than there is after all that comes in on that day"
            self.against.report("more-than-there-is", message, raw.amount.place, advice)
        else:
            self.standing.change(account, -movement.amount)

    def _movement(self, raw: RawMovement) -> Movement | None:
        against, program = self.against, self.standing.program
        name = program.data_by_any_name.get(raw.pot.text, raw.pot.text)
        account = raw.payer.text, name, None if raw.segment is None else raw.segment.text
        own = self._is_own(raw.payer.text, name)
        owes = not raw.out and not own and account in self.standing.owed_by_account()
        if name not in program.pots and not owes:
            near = against.suggestions.advice(raw.pot.text, sorted(program.pots), "pot", "no step draws `from` any")
            message = f"`{raw.pot.text}` is no pot: no step of the rulebook draws from it"
            against.report("unknown-pot", message, raw.pot.place, near)
            return None
        units = units_of(against, raw.amount)
        datum = program.fields.get(name) or program.givens[name]
        what = f"the pot `{name}`"
        fits = against.fits_segment(raw.segment, per_segment=datum.per_segment, what=what, place=raw.pot.place)
        if not ((owes or self._has_pot(raw.payer, name)) and fits and units is not None):
            return None
        return Movement(*account, units)

    def _has_pot(self, payer: Word, pot: str) -> bool:
        """Whether somebody has a balance in a pot; if not, with a finding."""
        against, owner = self.against, self.standing.program.owners.get(pot)
        if owner is None:
            if self.standing.departed.get(payer.text) is not None:
                return True  # who has left pays what it owes, and is paid what it has
            if payer.text == "ccp" or payer.text in self.standing.program.parties:
                message = f"`{pot}` is money of members, not of `{payer.text}`"
                help_ = f"name the member that pays or is paid, or a pot of `{payer.text}`"
                against.report("wrong-owner", message, payer.place, help_)
                return False
            return against.is_member(payer, "the payer")
        if payer.text != owner:
            message = f"`{pot}` is money of `{owner}`, not of `{payer.text}`"
            own = write(owner, instead_of=payer.text)
            advice = Advice(f"{own.title}, or name a pot of `{payer.text}`", (own,))
            against.report("wrong-owner", message, payer.place, advice)
        return payer.text == owner

    def reconcile(self, stated: Iterable[Stated]) -> None:
        """What is stated of a pot that has a balance is that balance, after the day's money in and out."""
        show = self.standing.program.currency.show
        for account, value, amount in stated:
            payer, pot, segment = account
            balance = self.standing.balance(account)
            if balance != amount:
                whose = f" of `{payer}`" if pot in self.standing.program.fields else ""
                by = f"{show(abs(amount - balance))} {'more' if amount > balance else 'less'}"
                what = f"`{called((pot, segment))}`{whose} is stated as {show(amount)}"
                message = f"{what}, but its balance is {show(balance)}: {by}"
                advice = "enter what was paid in or out, or mend the figure: a pot goes on from day to day"
                self.against.report("balance-differs", message, value.place, advice)
