"""What a page says of each step and of the run: the rule as written, the citation, the formula in words."""

from collections.abc import Iterator, Mapping

from attrs import frozen

from rulelang.base.source import Span
from rulelang.check.program import GroupProgram, StepProgram
from rulelang.explain.explain import MOST_SHOWN
from rulelang.explain.explanation import Paragraph
from rulelang.explain.paragraphs.default import default
from rulelang.explain.paragraphs.outcome import missing, outcome, remarks, statements
from rulelang.explain.paragraphs.step import step as step_paragraph
from rulelang.explain.replay import Replay
from rulelang.explain.sentences.scene import Scene
from rulelang.explain.sentences.words import Words
from rulelang.report.data import Version

MOST_LINES = 40
"""So many payers of a step have a line of their own in the explanation; the tables have them all."""


@frozen
class StepText:
    """One step: number, title, name, kind, citations, the rule as written, and a paragraph for each of its turns.

    The turns are told by their numbers in the trail of the run.

    ``beside`` tells of the steps that stand beside it in its group.
    """

    number: str
    step: StepProgram
    rule: str
    citations: tuple[str, ...]
    turns: Mapping[int, Paragraph]
    beside: str | None = None


@frozen
class Texts:
    """The paragraphs of a run: how it began, its steps, and how it ended."""

    beginning: Paragraph
    steps: tuple[StepText, ...]
    ending: tuple[Paragraph, ...]


def texts_of(version: Version) -> Texts:
    """What is said of a run."""
    program, event, allocation = version.program, version.event, version.allocation
    run = Replay(program, event, allocation, Words(program, allocation.names, MOST_SHOWN), detailed=False)
    steps = tuple(_step(run, step) for step in program.each_step())
    ending = (
        outcome(run),
        *statements(run, program.statements),
        *missing(run, allocation.trail.missing),
        *remarks(run),
    )
    return Texts(default(run), steps, ending)


def _step(run: Replay, step: StepProgram) -> StepText:
    scenes = {number: scene for number, scene in enumerate(run.scenes) if scene.step is step}
    first = next(iter(scenes.values()))
    group = first.group
    turns = {number: _paragraph(run, scene) for number, scene in scenes.items()}
    rule = _as_written(run, step.syntax.span)
    beside = None if group is None else _beside(run, group, step)
    return StepText(first.number, step, rule, tuple(_citations(step, group)), turns, beside)


def _paragraph(run: Replay, scene: Scene) -> Paragraph:
    every = not scene.done or len(scene.turn.payers) <= MOST_LINES
    return step_paragraph(run, scene, asked=every)


def _beside(run: Replay, group: GroupProgram, step: StepProgram) -> str:
    words = run.words
    others = words.list([words.step(other) for other in group.steps if other is not step])
    title = f"“{group.title}”, " if group.title else ""
    how = "as one pool with" if group.one_pool else "side by side with"
    ratio = f", in the ratio {' : '.join(map(str, group.ratio))}" if group.ratio else ""
    return f"{title}{how} {others}{ratio}"


def _citations(step: StepProgram, group: GroupProgram | None) -> Iterator[str]:
    """The citations of a step, of its clauses and of its group, each once."""
    found = [step.citation, *step.citations.values(), *(limit.citation for limit in step.limits)]
    found.append(None if group is None else group.citation)
    yield from dict.fromkeys(citation for citation in found if citation is not None)


def _as_written(run: Replay, span: Span) -> str:
    """The text of a step as it stands in the rulebook, its margin taken off."""
    source = run.program.source
    start = source.line_start(source.position(span.start).line)
    margin = source.slice(Span(start, span.start))
    rule = source.slice(span).rstrip()
    if margin.strip():  # the step does not begin its line
        return rule
    return "\n".join(line.removeprefix(margin) for line in rule.splitlines())
