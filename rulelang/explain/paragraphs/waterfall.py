"""The paragraphs of the waterfall from top to bottom, with those of groups and of what no loss reached."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from attrs import evolve

from rulelang.base.apportion import share
from rulelang.base.money import Exact
from rulelang.check.program import GroupProgram
from rulelang.explain.explanation import Paragraph
from rulelang.explain.paragraphs.step import step
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.shares import rounded, rounding
from rulelang.explain.sentences.sharing import Sharing
from rulelang.explain.sentences.turn import loss_sentence
from rulelang.explain.sentences.words import Words, decimal, listing, under, within
from rulelang.model.trail import Status


def waterfall(run: Replay) -> Iterator[Paragraph]:
    """Pass by pass and stage by stage; stages that no loss reached stand together unless all is asked for."""
    for _, passing in groupby(run.scenes, key=lambda scene: scene.turn.passing):
        scenes = list(passing)
        if len(run.passes) > 1:
            yield _pass(run, scenes[0])
        yield from _stages(run, scenes)


def _pass(run: Replay, first: Scene) -> Paragraph:
    """With what a pass begins."""
    words, defaulter = run.words, first.turn.defaulter
    losses = [run.event.losses[place].amount for place in first.at.passing.losses]
    met = "The losses met here come to" if len(losses) > 1 else "The loss met here is"
    text = f"{met} {words.money(sum(losses))}."
    if first.turn.passing:
        text += " Pots, and limits over time, go on from what was paid before; all else begins anew."
    facts = {"defaulter": defaulter, "loss": run.program.currency.plain(sum(losses))}
    heading = words.losses_of(defaulter)
    return Paragraph(f"{heading[0].upper()}{heading[1:]}", (text,), facts=facts)


def _stages(run: Replay, all_scenes: Sequence[Scene]) -> Iterator[Paragraph]:
    unreached: list[list[Scene]] = []
    for _, stage in groupby(all_scenes, key=lambda scene: scene.number.split(".")[0]):
        scenes = list(stage)
        if not run.detailed and all(scene.turn.status is Status.NOT_REACHED for scene in scenes):
            unreached.append(scenes)
            continue
        yield from _unreached(run, unreached)
        unreached = []
        yield from _stage(run, scenes)
    yield from _unreached(run, unreached)


def _unreached(run: Replay, stages: Sequence[Sequence[Scene]]) -> Iterator[Paragraph]:
    if not stages:
        return
    first, last = (stages[at][0].number.split(".")[0] for at in (0, -1))
    steps = list(dict.fromkeys(scene.step.name for stage in stages for scene in stage))
    alike: dict[str, dict[str, None]] = {}
    for stage in stages:
        for scene in stage:
            why = "No loss was left for {}."
            if scene.meets_nothing:
                why = f"No loss{scene.kind} is met here, so that nothing falls to {{}}."
            alike.setdefault(why, {})[scene.words.step(scene.step)] = None
    texts = (why.format(run.words.list(list(names))) for why, names in alike.items())
    facts = {"status": Status.NOT_REACHED.value, "steps": steps}
    numbers = first if first == last else f"{first} {'and' if len(stages) == 2 else 'to'} {last}"
    which = "" if stages[0][0].turn.defaulter is None else f", default of {stages[0][0].turn.defaulter}"
    yield Paragraph(f"{numbers}. Not reached{which}", tuple(texts), facts=facts)


def _stage(run: Replay, scenes: Sequence[Scene]) -> Iterator[Paragraph]:
    told = [scene for scene in scenes if run.detailed or scene.turn.status is not Status.NOT_REACHED]
    found = []
    for _, batch in groupby(told, key=lambda scene: scene.turn.segment):
        mates = list(batch)
        if mates[0].group is not None:
            found.append(_group(run, mates))
        found.extend(step(run, scene) for scene in mates)
    untold = list(dict.fromkeys(scene.turn.segment for scene in scenes if scene not in told and scene.turn.segment))
    if untold:
        found[-1] = evolve(found[-1], sentences=(*found[-1].sentences, f"No loss was left in {listing(untold)}."))
    yield from found


def _group(run: Replay, scenes: Sequence[Scene]) -> Paragraph:
    """What a group draws together, and how the draw is divided among its steps."""
    group, turn, plain = scenes[0].group, scenes[0].turn, run.program.currency.plain
    assert group is not None
    able = [scene for scene in scenes if scene.done]
    texts = [_side_by_side(run.words, group, scenes)]
    lines: tuple[str, ...] = ()
    if any(scene.turn.part for scene in able):
        more, lines = _division(run.words, group, able, sum(scene.turn.part or 0 for scene in able))
        texts += [*more, *loss_sentence(scenes[0], able[0].turn.reduced)]
    title = f"{group.title or 'Side by side'}{f', {scenes[0].which}' if scenes[0].which else ''}"
    facts = {
        "segment": turn.segment,
        "loss_met": plain(turn.before),
        "drawn": plain(sum(scene.turn.drawn for scene in scenes)),
        "remaining": plain(turn.after),
        "parts": {scene.step.name: plain(scene.turn.part or 0) for scene in able},
    }
    return Paragraph(f"{scenes[0].number.split('.')[0]}. {title}", tuple(texts), lines, facts)


def _side_by_side(words: Words, group: GroupProgram, scenes: Sequence[Scene]) -> str:
    """The first sentence about a group."""
    turn = scenes[0].turn
    drawn = sum(scene.turn.drawn for scene in scenes)
    suffix = "" if group.citation else f" ({words.line(group.syntax.span)})"
    lead = f"{under(group.citation)}, the" if group.citation else "The"
    names = f"{lead} steps {words.list([scene.step.title or scene.step.name for scene in scenes])}"
    if not turn.before:
        return f"{names} would stand side by side next, but no loss remains{within(turn.segment)}{suffix}."
    loss = f"the loss of {words.money(turn.before)} that remains{within(turn.segment)}"
    left = words.money(turn.after) if turn.after else "nothing"
    pay = f"together they pay {words.money(drawn)}" if drawn else "they pay nothing"
    return f"{names} stand side by side before {loss}; {pay}, and {left} is left{suffix}."


def _division(words: Words, group: GroupProgram, able: Sequence[Scene], draw: int) -> tuple[list[str], tuple[str, ...]]:
    """How the draw of a group was divided: as one pool, in its ratio, or by capacity."""
    if group.one_pool:
        sharing, _ = able[0].sharings[0]
        names = [f"{words.payer(payer)} under {scene.step.name}" for scene in able for payer in scene.turn.payers]
        texts = ["They are one pool: all payers share the draw at once, each by the key and limit of its own step."]
        return [*texts, *rounded(words, sharing, lambda index: names[index])], ()
    capacities = [scene.turn.capacity for scene in able]
    keys: Sequence[Exact] = [capacity or 0 for capacity in capacities]
    if group.ratio:
        ratio = dict(zip((step.name for step in group.steps), group.ratio, strict=True))
        keys = [ratio[scene.step.name] for scene in able]
        how = f"in the ratio {' : '.join(decimal(part) for part in group.ratio)}"
    else:
        how = "in proportion to their capacities"
    sharing = Sharing(draw, keys, capacities, share(draw, keys, capacities, range(len(keys))))
    texts = [f"The draw of {words.money(draw)} is divided {how}."]
    texts.extend(rounded(words, sharing, lambda index: able[index].step.name))
    return texts, tuple(_part(scene, sharing, i, money=not group.ratio) for i, scene in enumerate(able))


def _part(scene: Scene, sharing: Sharing, index: int, *, money: bool) -> str:
    words, turn = scene.words, scene.turn
    lead = f"{words.step(scene.step)} bears {words.money(turn.part or 0)}"
    if not sharing.keys[index] or turn.capacity == 0:
        return f"{words.step(scene.step)} bears nothing: its capacity is 0."
    if index in sharing.full:
        return f"{lead}, its whole capacity."
    shown = words.amount if money else decimal
    exact = words.amount(sharing.shares.exact(index))
    keys = f"{shown(sharing.keys[index])} / {shown(sharing.rest_weight)}"
    placed = "" if turn.drawn == turn.part else f"; it can place {words.money(turn.drawn)} of that"
    return f"{lead}: {words.amount(sharing.rest)} × {keys} = {exact}{rounding(words, sharing, index)}{placed}."
