"""The paragraphs of one payer: every step it was or could have been in, its total, and what must hold for it."""

from collections.abc import Iterator, Sequence
from functools import partial

from rulelang.base.gather import collected
from rulelang.check.program import StepProgram
from rulelang.explain.explanation import Paragraph
from rulelang.explain.paragraphs.default import default_for
from rulelang.explain.paragraphs.facts import step_facts
from rulelang.explain.paragraphs.outcome import missing, statements
from rulelang.explain.paragraphs.step import bound, had_it_been_done, heading, part_of_group
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.limits import limits_in_total
from rulelang.explain.sentences.over_time import named_limits, withdrawn
from rulelang.explain.sentences.payer import about_payer, briefly, nothing
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.turn import gates, skipped_because, subject, told
from rulelang.explain.sentences.values import definitions, with_values
from rulelang.explain.sentences.words import listing, within
from rulelang.model.allocation import Allotment
from rulelang.run.resources import Resources
from rulelang.syntax import nodes

TurnKey = tuple[str, str | None, int | None, str | None]
"""A step, and which of its turns it is: the segment, the round, and whose default."""


def payer_in_run(run: Replay, payer: str) -> Iterator[Paragraph]:
    """Every step the payer was or could have been in, then its total and what must hold for it."""
    mine = [scene for scene in run.scenes if _may_charge(scene, payer)]
    shown = mine if run.detailed else [scene for scene in mine if _paid(scene, payer)]
    yield default_for(run, payer)
    yield from (_part_of_payer(scene, payer) for scene in shown)
    yield _total(run, payer, [scene for scene in mine if scene not in shown])
    yield from _concerning(run, payer)


def computed_for(run: Replay, payer: str) -> Iterator[Paragraph]:
    """The default, every step under which the payer pays, and the values that were filled in for it."""
    yield default_for(run, payer)
    yield from (_part_of_payer(scene, payer) for scene in run.scenes if _paid(scene, payer))
    yield from missing(run, [use for use in run.allocation.trail.missing if use.member == payer])


def paid_briefly(run: Replay, payer: str) -> dict[TurnKey, str]:
    """How what a payer pays is computed, in a few sentences for each turn in which it does."""
    return {
        (scene.turn.step, scene.turn.segment, scene.turn.round, scene.turn.defaulter): briefly(
            scene, scene.turn.payers.index(payer)
        )
        for scene in run.scenes
        if _paid(scene, payer)
    }


def payer_in_step(run: Replay, payer: str, step: StepProgram) -> Iterator[Paragraph]:
    """What one step had to do with the payer."""
    scenes = [scene for scene in run.scenes if scene.step is step]
    mine = [scene for scene in scenes if _may_charge(scene, payer)]
    if mine:
        yield from (_part_of_payer(scene, payer) for scene in mine)
    else:
        yield _not_concerned(scenes[0], payer)


def _may_charge(scene: Scene, payer: str) -> bool:
    charged = scene.step.payers
    populations, members = scene.at.passing.populations, scene.event.members
    if charged not in populations:
        return payer == charged
    return payer in {members[place] for place in populations[charged]}


def _paid(scene: Scene, payer: str) -> int:
    return dict(zip(scene.turn.payers, scene.turn.paid, strict=True)).get(payer, 0)


def _not_concerned(scene: Scene, payer: str) -> Paragraph:
    who, _ = subject(scene)
    text = told(scene, f"{who} may be charged, which {scene.words.payer(payer)} is not")
    return Paragraph(heading(scene), (text,), facts=step_facts(scene, payer))


def _part_of_payer(scene: Scene, payer: str) -> Paragraph:
    """One step as it concerns one payer."""
    turn, words = scene.turn, scene.words
    facts = step_facts(scene, payer)
    if payer in turn.payers:
        place = turn.payers.index(payer)
        texts = [told(scene, _pays(scene, place)), *gates(scene)]
        texts.extend(part_of_group(scene))
        texts += [
            *limits_in_total(scene),
            *about_payer(scene, place),
            *named_limits(scene),
            *definitions(scene, scene.member(payer)),
        ]
    else:
        where = scene.where if scene.done else ""
        texts = [told(scene, f"{words.payer(payer)} pays nothing{where}: {_why_not(scene, payer)}")]
        if not scene.done:
            charged = partial(_charged, payer)
            texts.extend(had_it_been_done(scene, charged, "What it could have been charged cannot be worked out."))
    return Paragraph(heading(scene), tuple(texts), facts=facts)


def _pays(scene: Scene, place: int) -> str:
    turn, words = scene.turn, scene.words
    payer, paid = words.payer(turn.payers[place]), turn.paid[place]
    if not paid:
        return f"{payer} pays nothing{scene.where}: {nothing(scene, place)}"
    of = f" of the {words.money(turn.drawn)} that the step pays" if turn.drawn != paid else ""
    return f"{payer} pays {words.money(paid)}{of}{scene.where}"


def _why_not(scene: Scene, payer: str) -> str:
    if not scene.done:
        return skipped_because(scene, scene.turn.status)
    if withdrawn(scene, payer):
        return "it has withdrawn before this round"
    return f"{_condition(scene, payer)} does not hold for it"


def _condition(scene: Scene, payer: str) -> str:
    assert scene.step.where is not None
    return f"the condition {with_values(scene, scene.step.where, scene.member(payer))}"


def _charged(payer: str, scene: Scene, resources: Resources) -> Iterator[str]:
    """What a payer could have been charged under a step that was not done."""
    if payer not in resources.payers:
        yield f"Had it been done, {_condition(scene, payer)} would not have held for it."
        return
    place, key = resources.payers.index(payer), ""
    if isinstance(scene.step.key, nodes.Expression):
        key = f", with the key {scene.key_text(resources.keys[place], code=True)}"
    yield f"Had it been done, it could have been charged {bound(scene.words, resources.limits[place])}{key}."


def _total(run: Replay, payer: str, unpaid: Sequence[Scene]) -> Paragraph:
    words, total = run.words, run.allocation.paid_by(payer)
    paid = [
        f"{words.money(one.amount)} under {words.step(run.program.steps[one.step])}{_turn(run, one)}"
        for one in run.allocation.allotments
        if one.payer == payer
    ]
    texts = [f"In all, {words.payer(payer)} pays {words.money(total) if total else 'nothing'}"]
    texts[0] += f": {listing(paid)}." if len(paid) > 1 else "."
    if unpaid:
        texts.append(f"It pays nothing under {listing(list(_unpaid(unpaid, payer)))}.")
    return Paragraph("Total", tuple(texts), facts={"total": run.program.currency.plain(total)})


def _turn(run: Replay, allotment: Allotment) -> str:
    """In which segment, round and pass something was paid."""
    rounds = "" if allotment.round is None else f" in round {allotment.round}"
    whose = "" if allotment.defaulter is None else f" for the default of {run.words.payer(allotment.defaulter)}"
    return f"{within(allotment.segment)}{rounds}{whose}"


def _unpaid(scenes: Sequence[Scene], payer: str) -> Iterator[str]:
    """The steps under which a payer pays nothing, with the reason; segments with the same reason together."""
    alike = collected(((scene.words.step(scene.step), _short(scene, payer)), scene) for scene in scenes)
    for (step, reason), turns in alike.items():
        segments = [scene.turn.segment for scene in turns if scene.turn.segment is not None]
        if any(scene.turn.round or scene.turn.defaulter for scene in turns):
            which = "; ".join(filter(None, (scene.which for scene in turns)))
            yield f"{step} ({which}: {reason})"
        else:
            yield f"{step}{f' in {listing(segments)}' if segments else ''} ({reason})"


def _short(scene: Scene, payer: str) -> str:
    if not scene.done:
        return scene.turn.status.value
    if withdrawn(scene, payer):
        return "withdrawn"
    if payer in scene.turn.left_out:
        return "left out"
    return nothing(scene, scene.turn.payers.index(payer))


def _concerning(run: Replay, payer: str) -> Iterator[Paragraph]:
    """The invariants and assumptions judged for this payer, and the values filled in for it."""
    groups = run.event.populations
    about = [one for one in run.program.statements if one.population is not None and payer in groups[one.population]]
    yield from statements(run, about, payer)
    yield from missing(run, [use for use in run.allocation.trail.missing if use.member == payer])
