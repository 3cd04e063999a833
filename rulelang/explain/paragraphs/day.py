"""The paragraphs of a day of a history beside its run: money paid in and out, what is owed, what comes back."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from rulelang.base.gather import collected
from rulelang.base.money import Currency
from rulelang.check.program import RecoveriesProgram
from rulelang.explain.explanation import Paragraph
from rulelang.explain.sentences.words import Words, fraction, listing, sentence, within
from rulelang.model.history import Due, HistoryDay, Movement, RepaidGroup, Repayment


def before_run(day: HistoryDay, words: Words, payer: str | None) -> Iterator[Paragraph]:
    """What happens before anything is lost: money paid in and out, and what is owed no more."""
    moved = [one for one in day.paid_in if payer in (None, one.payer)]
    lines = [_moved(words, one) for one in moved]
    yield from _listed("Paid in and out", lines, words, [_account(one, day.currency) for one in moved])
    gone = [one for one in day.cancelled if payer in (None, one.payer)]
    lines = [sentence(f"{_owes(words, one)} no more, as it defaults") for one in gone]
    yield from _listed("What is owed no more", lines, words, [_account(one, day.currency) for one in gone])


def after_run(day: HistoryDay, words: Words, payer: str | None) -> Iterator[Paragraph]:
    """What happens when the run is over: what comes back from estates, and what was not paid on its day."""
    yield from repaid(day, words, payer)
    late = [one for one in day.overdue if payer in (None, one.payer)]
    lines = [sentence(f"{_owes(words, one)} since {one.raised}; it was payable on {one.payable}") for one in late]
    yield from _listed("What is overdue", lines, words, [_account(one, day.currency) for one in late])


def repaid(day: HistoryDay, words: Words, payer: str | None) -> Iterator[Paragraph]:
    """Who gets what back of what was recovered, group by group of the rules; and where the rest goes."""
    rules = words.program.recoveries
    if rules is None:
        return
    groups = collected(((one.defaulter, one.group.number), one) for one in day.repaid)
    for (defaulter, _), rows in sorted(groups.items()):
        own = [one for one in rows if payer in (None, one.payer)]
        if own:
            estate = f"the estate of {words.payer(defaulter)}"
            heading = f"What comes back from {estate}: {listing(own[0].group.steps)}"
            lines = tuple(_repaid(words, one) for one in own)
            texts = _group(words, rules, own[0].group, estate)
            others = words.rest([one.amount for one in own])
            yield Paragraph(heading, texts, lines, _facts(day.currency, own), words.most, others)
    if day.rest and payer in (None, rules.rest):
        whom = "back to the estates" if rules.rest == "defaulters" else f"to {words.payer(rules.rest)}"
        rest = f"{words.money(day.rest)} of what was recovered on this day is left, and goes {whom}"
        told = words.cited(rules.citation, rules.span, rest)
        yield Paragraph("What is left of it", (told,), facts={"rest": day.currency.plain(day.rest)})


def repaid_briefly(day: HistoryDay, words: Words, payer: str) -> dict[tuple[str, str], str]:
    """How what a payer is repaid of what it paid is worked out, by whose default and step."""
    found = {}
    for one in day.repaid:
        if one.payer == payer:
            group, estate = one.group, f"the estate of {words.payer(one.defaulter)}"
            from_ = f"{words.money(group.repaid)} of the {words.money(group.recovered)} recovered from {estate}"
            goes = f"{from_} goes to claims of {words.money(group.claims)}"
            found[one.defaulter, one.step] = f"{_repaid(words, one)[:-1]}; {goes}."
    return found


def _group(words: Words, rules: RecoveriesProgram, group: RepaidGroup, estate: str) -> tuple[str, ...]:
    """What a group is repaid of what it can claim."""
    whom = f"those who paid under {listing(group.steps)}"
    goes = f"{words.money(group.repaid)} of the {words.money(group.recovered)} recovered from {estate} goes to {whom}"
    claims = f"Together they can claim {words.money(group.claims)} for its losses"
    shared = "" if group.repaid >= group.claims else ", in proportion to which it is shared"
    return words.cited(rules.citation, rules.span, goes), f"{claims}{shared}."


def _repaid(words: Words, one: Repayment) -> str:
    exact = Fraction(one.group.repaid) * Fraction(one.claim) / Fraction(one.group.claims)
    whole = "" if exact == one.amount else f", which makes {words.money(exact)} before rounding"
    into = ""
    if one.into is not None:
        into = f", into {'its' if words.owns(one.payer, one.into) else 'the'} {one.into}"
    paid = f"{words.payer(one.payer)} is repaid {words.money(one.amount)} of what it paid under {one.step}{into}"
    return sentence(f"{paid}: it can claim {words.money(one.claim)}{whole}")


def _facts(currency: Currency, rows: Sequence[Repayment]) -> dict[str, Any]:
    group = rows[0].group
    return {
        "from": rows[0].defaulter,
        "steps": list(group.steps),
        "recovered": currency.plain(group.recovered),
        "repaid": currency.plain(group.repaid),
        "claims": fraction(group.claims, currency.decimals),
        "payers": [
            {
                "payer": one.payer,
                "step": one.step,
                "into": one.into,
                "claim": fraction(one.claim, currency.decimals),
                "amount": currency.plain(one.amount),
            }
            for one in rows
        ],
    }


def _moved(words: Words, one: Movement) -> str:
    who, amount = words.payer(one.payer), words.money(abs(one.amount))
    if one.amount < 0:
        return sentence(f"{who} is paid out {amount} from {_pot(one)}")
    if one.payable is not None:
        return sentence(f"{who} pays the {amount} that it owed to {_pot(one)}, on {one.payable}, when it was payable")
    return sentence(f"{who} pays {amount} into {_pot(one)}")


def _owes(words: Words, one: Movement | Due) -> str:
    return f"{words.payer(one.payer)} owes {words.money(one.amount)} to {_pot(one)}"


def _pot(one: Movement | Due) -> str:
    return f"{one.pot}{within(one.segment)}"


def _account(one: Movement | Due, currency: Currency) -> dict[str, Any]:
    payable = None if one.payable is None else one.payable.isoformat()
    amount = currency.plain(one.amount)
    return {"payer": one.payer, "pot": one.pot, "segment": one.segment, "amount": amount, "payable": payable}


def _listed(heading: str, lines: Sequence[str], words: Words, rows: list[dict[str, Any]]) -> Iterator[Paragraph]:
    """Lines with the rows behind them, cut short for people where there are many; nothing if there are none."""
    if lines:
        others = f"and {len(lines[words.most :]):,} more"
        yield Paragraph(heading, (), tuple(lines), {"rows": rows}, words.most, others)
