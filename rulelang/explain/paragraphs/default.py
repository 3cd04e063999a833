"""The first paragraph: who defaulted with what loss, and how it is met; for a payer, what it had to do with it."""

from collections.abc import Iterator

from rulelang.base.gather import totals
from rulelang.explain.explanation import Paragraph
from rulelang.explain.paragraphs.facts import loss_fact
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.turn import EVERYBODY
from rulelang.explain.sentences.words import declared_on, loss_name, plural, within
from rulelang.model.allocation import with_version


def default(run: Replay) -> Paragraph:
    """The default, its losses, the members, and who meets the loss."""
    event, rulebook = run.event, run.allocation.rulebook
    called = with_version(f"“{rulebook.title}”", rulebook.version)
    texts = [f"The rulebook is {called}; the {declared_on(event)}."]
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


def _losses(run: Replay) -> Iterator[str]:
    """Who defaulted, with what losses; losses without a defaulter; in what order the losses are met."""
    event, words = run.event, run.words
    if not event.losses:
        return
    defaulted = "" if not event.defaulters else f"{words.payers(event.defaulters)} defaulted"
    if event.defaulters and all(loss.further or loss.member is None for loss in event.losses):
        defaulted = f"{words.payers(event.defaulters)} defaulted on an earlier day, and there is more loss"
    losses = [f"{words.money(loss.amount)} {loss_name(words, event, at)}" for at, loss in enumerate(event.losses)]
    if len(losses) > 1:
        in_all = f"{words.money(event.loss)} in all: {words.list(losses)}"
        yield f"{defaulted}; the losses are {in_all}." if defaulted else f"The losses are {in_all}."
    elif not defaulted:
        yield f"There is a loss of {losses[0]}."
    elif event.losses[0].further:
        yield f"{defaulted}: {words.money(event.loss)}{within(event.losses[0].segment)}."
    else:
        yield f"{defaulted} with a loss of {words.money(event.loss)}{within(event.losses[0].segment)}."
    earlier = [f"{words.payer(member)} on {day}" for day, member in event.past.defaulted if day <= event.declared]
    if earlier:
        yield f"Before that, {words.list(earlier)} had defaulted."
    if len(run.passes) > 1:
        order = ", then ".join(map(words.losses_of, run.passes))
        yield f"The defaults are taken in turn, each through the whole waterfall: {order}."


def _summary(run: Replay) -> str:
    met = totals((run.program.steps[one.step].payers, one.amount) for one in run.allocation.allotments)
    if not met:
        return "Nobody pays anything."
    called = EVERYBODY | ({"defaulters": "the defaulter"} if len(run.event.defaulters) == 1 else {})
    by_whom = [f"{run.words.money(amount)} by {called.get(who) or run.words.payer(who)}" for who, amount in met.items()]
    paid = run.words.list(by_whom)
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
    elif payer in event.members and event.defaulters:
        text = f"{words.payer(payer)} survived the default of {words.payers(event.defaulters)}, {declared} {loss}."
    else:
        text = f"The {declared_on(event)} {loss}."
    return Paragraph("The default", (text,), facts={"payer": payer, "name": run.allocation.names.get(payer)})
