"""What differs between two steps that are one: head, payers, limits, sharing, order, guards, scope."""

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from attrs import evolve, frozen

from rulelang.base.source import Span
from rulelang.changes.edits import kinds
from rulelang.changes.edits.declaration_edits import CitationChanged, TitleChanged
from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.limits import limit_edits
from rulelang.changes.edits.sides import Sides, cite_texts, cited_span, clause_text, one_line, quoted_texts
from rulelang.changes.match.canonical import Reading
from rulelang.check.program import StepProgram
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_expression


@frozen
class Facet:
    """One thing that a step says, once at most.

    ``clause`` is the class of the clause that says it (``None``: the head); ``form`` is equal for steps that say it in
    the same words, ``meaning`` for those that mean the same; ``text`` is ``None`` where nothing is said.
    """

    edit: type[Edit]
    clause: type[nodes.Clause] | None
    text: Callable[[StepProgram], str | None]
    form: Callable[[Reading, StepProgram], Hashable]
    meaning: Callable[[Reading, StepProgram], Hashable] | None = None


CLAUSE_WORDS: dict[type[nodes.Clause], str] = {
    nodes.PaidBy: "paid by",
    nodes.Shared: "shared",
    nodes.InOrder: "in order of",
    nodes.PerSegment: "per segment",
    nodes.ForLosses: "for losses",
    nodes.When: "when",
    nodes.InForce: "in force from",
    nodes.Discretion: "at the discretion of",
}


def step_edits(sides: Sides, old: StepProgram, new: StepProgram) -> Iterator[Edit]:
    """The edits of one step, in the order in which a step is written."""
    names = old.name, new.name
    yield from _head_edits(sides, old, new)
    for facet in FACETS[:_BEFORE_LIMITS]:
        yield from _facet_edits(sides, facet, old, new)
    yield from limit_edits(sides, old, new)
    for facet in FACETS[_BEFORE_LIMITS:]:
        yield from _facet_edits(sides, facet, old, new)
    for kind, words in CLAUSE_WORDS.items():
        one, other = _clause(old, kind), _clause(new, kind)
        if one is not None and other is not None and one.cite != other.cite:
            texts = cite_texts(one.cite, other.cite)
            yield sides.edit(CitationChanged, (cited_span(one), cited_span(other)), names, texts, part=words)


def _head_edits(sides: Sides, old: StepProgram, new: StepProgram) -> Iterator[Edit]:
    names, spans = (old.name, new.name), (old.span, new.span)
    if old.name != new.name:
        yield sides.edit(kinds.StepRenamed, spans, names, names, evidence=sides.matching.evidence[old.name])
    former = set(old.former_names) - {new.name}, set(new.former_names) - {old.name}
    if former[0] != former[1]:
        yield sides.edit(kinds.FormerNamesChanged, spans, names, (_former_text(old), _former_text(new)))
    if old.title != new.title:
        yield sides.edit(TitleChanged, spans, names, quoted_texts(old.title, new.title))
    one, other = old.syntax.cite, new.syntax.cite
    if one != other:
        places = (old.span if one is None else one.span, new.span if other is None else other.span)
        yield sides.edit(CitationChanged, places, names, cite_texts(one, other))


def _former_text(step: StepProgram) -> str | None:
    return f"formerly {', '.join(step.former_names)}" if step.former_names else None


def _facet_edits(sides: Sides, facet: Facet, old: StepProgram, new: StepProgram) -> Iterator[Edit]:
    if facet.form(sides.old, old) == facet.form(sides.new, new):
        return
    spans = _span(old, facet.clause), _span(new, facet.clause)
    same = facet.meaning is not None and facet.meaning(sides.old, old) == facet.meaning(sides.new, new)
    texts = facet.text(old), facet.text(new)
    yield sides.edit(facet.edit, spans, (old.name, new.name), texts, textual=same)


def _span(step: StepProgram, kind: type[nodes.Clause] | None) -> Span:
    """Where a clause stands, or the name of the step if it has none."""
    clause = None if kind is None else _clause(step, kind)
    return step.span if clause is None else clause.span


def _clause(step: StepProgram, kind: type[nodes.Clause]) -> Any:
    """The clause of a class, if the step has one."""
    return next((clause for clause in step.syntax.clauses if type(clause) is kind), None)


def _text(kind: type[nodes.Clause]) -> Callable[[StepProgram], str | None]:
    def text(step: StepProgram) -> str | None:
        clause = _clause(step, kind)
        return None if clause is None else clause_text(clause)

    return text


def _written(kind: type[nodes.Clause]) -> Callable[[Reading, StepProgram], Hashable]:
    def form(reading: Reading, step: StepProgram) -> Hashable:
        return reading.written(_clause(step, kind))

    return form


def _where_text(step: StepProgram) -> str | None:
    return None if step.where is None else f"where {print_expression(step.where)}"


def _pot_text(step: StepProgram) -> str | None:
    paid_by = _clause(step, nodes.PaidBy)
    return None if paid_by.pot is None else one_line(paid_by.pot)


def _pot_meaning(reading: Reading, step: StepProgram) -> Hashable:
    return step.pot and (reading.token(step.pot.name), reading.meant(step.pot.split_by))


def _key_text(step: StepProgram) -> str | None:
    shared = _clause(step, nodes.Shared)
    return None if shared is None else clause_text(evolve(shared, reallocation=True))


def _key_form(reading: Reading, step: StepProgram) -> Hashable:
    return reading.written(step.key) if isinstance(step.key, nodes.Expression) else step.key


def _key_meaning(reading: Reading, step: StepProgram) -> Hashable:
    return reading.meant(step.key) if isinstance(step.key, nodes.Expression) else step.key


def _order_meaning(reading: Reading, step: StepProgram) -> Hashable:
    order = step.order
    if order is None:
        return None
    return reading.meant(order.value), order.highest, order.ranks and frozenset(order.ranks.items())


def _losses_meaning(reading: Reading, step: StepProgram) -> Hashable:
    segments = frozenset(reading.program.segments)
    return segments if step.scope is None else step.scope, segments


FACETS = (
    Facet(kinds.KindChanged, None, lambda step: step.kind, lambda _, step: step.kind),
    Facet(
        kinds.PayersChanged,
        nodes.PaidBy,
        lambda step: f"paid by {step.payers}",
        lambda reading, step: reading.token(step.payers),
    ),
    Facet(
        kinds.PayerConditionChanged,
        nodes.PaidBy,
        _where_text,
        lambda reading, step: reading.written(step.where),
        lambda reading, step: reading.meant(step.where),
    ),
    Facet(
        kinds.PotChanged,
        nodes.PaidBy,
        _pot_text,
        lambda reading, step: reading.written(_clause(step, nodes.PaidBy).pot),
        _pot_meaning,
    ),
    Facet(kinds.KeyChanged, nodes.Shared, _key_text, _key_form, _key_meaning),
    Facet(
        kinds.ReallocationChanged,
        nodes.Shared,
        lambda step: None if step.reallocates else "without reallocation",
        lambda _, step: step.reallocates,
    ),
    Facet(kinds.OrderChanged, nodes.InOrder, _text(nodes.InOrder), _written(nodes.InOrder), _order_meaning),
    Facet(kinds.PerSegmentChanged, nodes.PerSegment, _text(nodes.PerSegment), _written(nodes.PerSegment)),
    Facet(kinds.LossesChanged, nodes.ForLosses, _text(nodes.ForLosses), _written(nodes.ForLosses), _losses_meaning),
    Facet(
        kinds.ConditionChanged,
        nodes.When,
        _text(nodes.When),
        _written(nodes.When),
        lambda reading, step: reading.meant(step.condition),
    ),
    Facet(kinds.ForceChanged, nodes.InForce, _text(nodes.InForce), _written(nodes.InForce)),
    Facet(
        kinds.DiscretionChanged,
        nodes.Discretion,
        _text(nodes.Discretion),
        _written(nodes.Discretion),
        lambda _, step: step.discretion is None,
    ),
)
"""What a step says once at most, in the order in which edits are given."""
_BEFORE_LIMITS = 4
