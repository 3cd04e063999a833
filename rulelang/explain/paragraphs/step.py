"""The paragraph of one turn of a step: its sentences, a line for each payer, what it could have paid if not done."""

from collections.abc import Callable, Iterator

from rulelang.explain.explanation import Paragraph
from rulelang.explain.paragraphs.facts import step_facts
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.limits import capacity, left_out
from rulelang.explain.sentences.over_time import named_limits
from rulelang.explain.sentences.payer import line_of
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.shares import shared
from rulelang.explain.sentences.turn import gates, loss_sentence, opening, skipped_because
from rulelang.explain.sentences.values import definitions
from rulelang.explain.sentences.words import Words, plural
from rulelang.model.trail import Status
from rulelang.run.resources import Resources


def step(run: Replay, scene: Scene, *, asked: bool = False) -> Paragraph:
    """One turn: its sentences, and a line for each payer; ``asked`` if it is this step that is asked for."""
    turn = scene.turn
    texts = [opening(scene)]
    lines, others = tuple[str, ...](), ""
    if scene.done:
        texts += [*gates(scene), *left_out(scene), *capacity(scene), *named_limits(scene), *definitions(scene)]
        texts.extend(part_of_group(scene) if asked else ())
        texts.extend(shared(scene))
        if scene.group is None:
            texts.extend(loss_sentence(scene, turn.reduced))
        lines, others = _payer_lines(scene, every=run.detailed or asked)
    elif run.detailed or asked:
        texts.extend(had_it_been_done(scene, _charged, "What it could have paid cannot be worked out."))
    return Paragraph(heading(scene), tuple(texts), lines, step_facts(scene), scene.words.most, others)


def heading(scene: Scene) -> str:
    """The number of the stage, the step, and which of its turns it is."""
    where = f", {scene.which}" if scene.which else ""
    stop = "" if "." in scene.number else "."
    return f"{scene.number}{stop} {scene.words.step(scene.step)}{where}"


def part_of_group(scene: Scene) -> Iterator[str]:
    """What a step had to bear of its group's draw, where the group itself is not told of."""
    part = scene.turn.part
    if part is not None and scene.group is not None and not scene.group.one_pool:
        yield f"The step's part of what its group pays is {scene.words.money(part)}."


def _payer_lines(scene: Scene, *, every: bool) -> tuple[tuple[str, ...], str]:
    """The payers, the largest amount first, and what is said of those that are not shown."""
    turn, words = scene.turn, scene.words
    pooled = scene.group is not None and scene.group.one_pool
    if len(turn.payers) == 1 and not pooled:
        return (), ""
    places = [place for place in range(len(turn.payers)) if turn.paid[place] or every]
    places.sort(key=lambda place: (-turn.paid[place], place))
    cut = places[words.most :]
    others = f"and {plural(len(cut), 'other')}, together {words.money(sum(turn.paid[place] for place in cut))}"
    return tuple(line_of(scene, place) for place in places), others


def had_it_been_done(scene: Scene, charged: Callable[[Scene, Resources], Iterator[str]], unknown: str) -> Iterator[str]:
    """What a step that was not done could have paid, or why it would not have been done even if loss had reached it."""
    if scene.turn.status is Status.NOT_REACHED and scene.gate is not Status.PAID:
        yield f"Nor would it have been done: {skipped_because(scene, scene.gate)}."
    elif scene.could_have is None:
        yield unknown
    else:
        yield from charged(scene, scene.could_have)


def _charged(scene: Scene, resources: Resources) -> Iterator[str]:
    if not resources.payers:
        yield "Had it been done, there would have been nobody to charge."
        return
    words, many = scene.words, len(resources.payers) > 1
    who = plural(len(resources.payers), "payer") if many else words.payer(resources.payers[0])
    together = " together" if many else ""
    yield f"Had it been done, {who} could have been charged {bound(words, resources.capacity)}{together}."
    if resources.left_out:
        yield f"Left out would have been {words.payers(resources.left_out)}."


def bound(words: Words, limit: int | None) -> str:
    """Up to what somebody could be charged."""
    if limit is None:
        return "without limit"
    return f"up to {words.money(limit)}" if limit else "nothing"
