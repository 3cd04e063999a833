"""Sentences about a turn as a whole: under which rule who pays how much of what, or why nobody; what it had to pass."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from rulelang.base.apportion import round_down
from rulelang.check.program import StepProgram
from rulelang.explain.sentences.over_time import may_pay_once, once_told, round_told
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.values import with_values
from rulelang.explain.sentences.words import declared_on, loss_name, plural
from rulelang.model.trail import Status


def citation_of(scene: Scene) -> str | None:
    """The citation a step goes by: its own, else that of one of its clauses, else that of its group."""
    step = scene.step
    clauses = [step.citations.get(name) for name in ("paid by", "shared", *step.citations)]
    found = [step.citation, *clauses, *(limit.citation for limit in step.limits)]
    if scene.group is not None:
        found.append(scene.group.citation)
    return next((citation for citation in found if citation is not None), None)


def told(scene: Scene, text: str) -> str:
    """A sentence that begins with the step's citation, or ends with its line in the rulebook."""
    return scene.words.cited(citation_of(scene), scene.step.span, text)


EVERYBODY = {"survivors": "the surviving members", "defaulters": "the defaulters"}
_ONE = {"survivors": "surviving member", "defaulters": "defaulter"}


def subject(scene: Scene) -> tuple[str, bool]:
    """Who pays, in words, and whether that is more than one."""
    step, payers = scene.step, scene.turn.payers
    if step.single_payer:
        return scene.words.payer(step.payers), False
    if len(payers) == 1:
        return scene.words.payer(payers[0]), False
    if not payers:
        return EVERYBODY[step.payers], True
    return f"the {plural(len(payers), _ONE[step.payers])}", True


def _paying(scene: Scene) -> tuple[str, bool]:
    """Who pays anything: all that may be charged, or so many of them."""
    who, many = subject(scene)
    paying = sum(map(bool, scene.turn.paid))
    return (who, many) if paying == len(scene.turn.payers) else (f"{paying:,} of {who}", paying > 1)


def skipped_because(scene: Scene, status: Status) -> str:
    """Why a step was not done, or would not have been."""
    step, event = scene.step, scene.event
    match status:
        case Status.NOT_REACHED:
            return f"no loss{scene.kind} remains{scene.where}"
        case Status.NOT_IN_FORCE:
            return f"the step is in force {_in_force(step)} only, and the {declared_on(event)}"
        case Status.CONDITION:
            assert step.condition is not None
            return f"the condition {with_values(scene, step.condition)} does not hold"
        case Status.ONCE:
            return once_told(scene)
        case Status.DECLINED:
            return f"it is at the discretion of “{step.discretion}” and was {_decided(scene)}"
        case Status.PAID:
            raise ValueError(f"`{step.name}` was done")
        case _:
            assert_never(status)


def _in_force(step: StepProgram) -> str:
    assert step.force is not None
    start, end = step.force
    return f"from {start} on" if end is None else f"from {start} to {end}"


def _decided(scene: Scene) -> str:
    decision = scene.event.decisions.get(scene.step.name)
    if decision is None:
        return "invoked"
    by = "" if decision.body is None else f" by “{decision.body}”"
    most = "" if decision.most is None else f" up to {scene.words.money(decision.most)}"
    reason = ", for which the event gives no reason" if decision.reason is None else f" because “{decision.reason}”"
    return f"{'invoked' if decision.invoke else 'declined'}{most}{by}{reason}"


def gates(scene: Scene) -> Iterator[str]:
    """What a step that was done had to pass: its dates, its condition, a decision."""
    step = scene.step
    yield from round_told(scene)
    yield from may_pay_once(scene)
    if step.force is not None:
        yield f"The step is in force {_in_force(step)}; the {declared_on(scene.event)}."
    if step.condition is not None:
        yield f"Its condition {with_values(scene, step.condition)} holds."
    if scene.turn.decided:
        yield f"It is at the discretion of “{step.discretion}” and was {_decided(scene)}."


def opening(scene: Scene) -> str:
    """The first sentence about a turn: who pays how much of what, or why nothing."""
    words, turn = scene.words, scene.turn
    who, _ = subject(scene)
    pot = f" from {turn.pot.name}" if turn.pot is not None else ""
    if not scene.done:
        remains = "" if turn.status is Status.NOT_REACHED else f"; {words.money(turn.before)} remains{scene.where}"
        return told(scene, f"{who} would pay next, but {skipped_because(scene, turn.status)}{remains}")
    loss = f"the loss of {words.money(turn.before)}{scene.kind} that remains{scene.where}"
    if not turn.drawn:
        return told(scene, f"{who} would pay{pot} towards {loss}, but can pay nothing: {_nothing_because(scene)}")
    who, many = _paying(scene)
    pays = f"{who} {'pay' if many else 'pays'} {words.money(turn.drawn)}{pot}"
    if turn.drawn == turn.before:
        return told(scene, f"{pays}, which covers all of the loss{scene.kind} that remains{scene.where}")
    left = "" if turn.group is not None else f"; {words.money(turn.after)} is left"
    return told(scene, f"{pays} towards {loss}{left}")


def _nothing_because(scene: Scene) -> str:
    turn = scene.turn
    if not turn.payers:
        return "there is nobody to charge"
    if turn.keys is not None and not any(turn.keys) and scene.step.key != "limits":
        return "every key is 0"
    if turn.capacity == 0:
        return _no_capacity(scene)
    if scene.step.payers == "defaulters":
        return "what remains is not their own loss"
    return "its part of the draw is 0" if turn.part == 0 else "every share is less than a minor unit"


def _no_capacity(scene: Scene) -> str:
    turn = scene.turn
    if turn.pot is not None and scene.pots_empty:
        return f"nothing is left in {turn.pot.name}"
    if len(turn.payers) == 1:
        return "its limit is 0"
    if turn.decided_most == 0:
        return "all that it was invoked up to is used"
    if any(not trail.each and not round_down(trail.left[0]) for trail in turn.limit_trails):
        return "the limit in total is 0"
    return "every key or limit is 0" if any(turn.limits) else "every limit is 0"


def loss_sentence(scene: Scene, reduced: Sequence[int]) -> Iterator[str]:
    """How much each loss goes down, where there are several."""
    losses, remaining = scene.event.losses, scene.remaining
    if len(losses) < 2 or not any(reduced):
        return
    texts = [
        f"{loss_name(scene.words, scene.event, place)} from "
        f"{scene.words.money(remaining[place])} to {scene.words.money(remaining[place] - amount)}"
        for place, amount in enumerate(reduced)
        if amount
    ]
    if len(texts) == 1:
        yield f"This reduces the loss {texts[0]}."
        return
    how = "" if scene.step.payers == "defaulters" else ", in proportion to what remains of each"
    yield f"This reduces the losses{how}: {scene.words.list([f'that {text}' for text in texts])}."
