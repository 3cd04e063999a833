"""The first paragraph: who defaulted with what loss, and how it is met; for a payer, what it had to do with it."""

from rulelang.explain.explanation import Paragraph
from rulelang.explain.paragraphs.facts import loss_fact
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.turn import EVERYBODY
from rulelang.explain.sentences.words import loss_name, plural, within


def default(run: Replay) -> Paragraph:
    """The default, its losses, the members, and who meets the loss."""
    event, rulebook = run.event, run.allocation.rulebook
    version = f", version {rulebook.version}" if rulebook.version else ""
    texts = [f"The rulebook is “{rulebook.title}”{version}; the default was declared on {event.declared}."]
    texts.extend(_losses(run))
    members = f"{plural(len(event.members), 'member')}, {len(event.survivors):,} of them surviving"
    texts.append(f"There are {members}." if len(event.members) != 1 else "There is one member.")
    texts.append(_summary(run))
    facts = {
        "declared": event.declared.isoformat(),
        "losses": [loss_fact(run.words, event, place, loss.amount) for place, loss in enumerate(event.losses)],
        "members": len(event.members),
        "survivors": len(event.survivors),
    }
    return Paragraph("The default", tuple(texts), facts=facts)


def _losses(run: Replay) -> list[str]:
    event, words = run.event, run.words
    if not event.losses:
        return []
    if len(event.losses) == 1:
        loss = event.losses[0]
        amount = f"{words.money(loss.amount)}{within(loss.segment)}"
        if loss.member is None:
            return [f"There is a loss of {amount} without a defaulter{f': {loss.cause}' if loss.cause else ''}."]
        return [f"{words.payer(loss.member)} defaulted with a loss of {amount}."]
    losses = [f"{words.money(loss.amount)} of {loss_name(words, event, at)}" for at, loss in enumerate(event.losses)]
    in_all = f"{words.money(event.loss)} in all: {words.list(losses)}"
    return [f"{words.payers(event.defaulters)} defaulted; the losses are {in_all}."]


def _summary(run: Replay) -> str:
    totals: dict[str, int] = {}
    for allotment in run.allocation.allotments:
        step = run.program.steps[allotment.step]
        who = EVERYBODY.get(step.payers) or run.words.payer(step.payers)
        who = "the defaulter" if who == "the defaulters" and len(run.event.defaulters) == 1 else who
        totals[who] = totals.get(who, 0) + allotment.amount
    if not totals:
        return "Nobody pays anything."
    paid = run.words.list([f"{run.words.money(amount)} by {who}" for who, amount in totals.items()])
    uncovered = run.allocation.uncovered
    stays = f"{run.words.money(uncovered)} stays uncovered" if uncovered else "nothing stays uncovered"
    return f"The loss is met with {paid}; {stays}."


def default_for(run: Replay, payer: str) -> Paragraph:
    """The default as it concerns one payer: its own, one that it survived, or that of somebody else."""
    event, words = run.event, run.words
    own = [loss for loss in event.losses if loss.member == payer]
    declared, loss = f"declared on {event.declared}", f"with a loss of {words.money(event.loss)}"
    if own:
        losses = words.list([f"{words.money(loss.amount)}{within(loss.segment)}" for loss in own])
        text = f"{words.payer(payer)} defaulted; the default was {declared} with a loss of {losses}."
    elif payer in event.members:
        text = f"{words.payer(payer)} survived the default of {words.payers(event.defaulters)}, {declared} {loss}."
    else:
        text = f"The default was {declared} {loss}."
    return Paragraph("The default", (text,), facts={"payer": payer, "name": run.allocation.names.get(payer)})
