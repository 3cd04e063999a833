"""What differs between two steps that are one: every field of a step, in the order in which a step holds them.

A field without a row in ``FACETS`` is compared nevertheless: by what it means, and shown by the clauses that no row is
about.  So a new clause is compared, shown and cited without a change here, unless it needs a sentence of its own.
"""

from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import TypeVar

from attrs import evolve, fields, frozen

from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.limits import limit_edits
from rulelang.changes.edits.sides import NEITHER, Sides, cited_span, clause_text, line_of, step_head
from rulelang.changes.match.canonical import Reading
from rulelang.check.program import StepProgram
from rulelang.check.steps.scope import CLAUSE_WORDS
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_expression

_AnyClause = TypeVar("_AnyClause", bound=nodes.Clause)
_Text = Callable[[StepProgram], str | None]
_Form = Callable[[Reading, StepProgram], Hashable]


@frozen
class Facet:
    """One thing that a step says, once at most.

    ``clause`` is the class of the clause that says it (``None``: the head); ``text`` is ``None`` where nothing is said;
    ``form`` is equal for steps that say it in the same words, ``meaning`` for those that mean the same (``None``: those
    of which the field means the same).
    """

    kind: str
    clause: type[nodes.Clause] | None
    text: _Text
    form: _Form
    meaning: _Form | None = None


_NOT_COMPARED = ("name", "title", "citation", "former_names", "syntax", "citations")
"""Fields of a step that are told of by themselves, before or behind the others."""


def step_edits(sides: Sides, old: StepProgram, new: StepProgram) -> Iterator[Edit]:
    """The edits of one step, in the order in which a step is written."""
    yield from _head_edits(sides, old, new)
    for part in fields(StepProgram):
        if part.name == "limits":
            yield from limit_edits(sides, old, new)
        elif part.eq and part.name not in _NOT_COMPARED:
            yield from _facet_edits(sides, part.name, old, new)
    for kind, words in CLAUSE_WORDS.items():
        one, other = clause_of(old, kind), clause_of(new, kind)
        if one is not None and other is not None:
            places = cited_span(one, one.span), cited_span(other, other.span)
            yield from sides.recited(places, (old.name, new.name), one.cite, other.cite, words)


def _head_edits(sides: Sides, old: StepProgram, new: StepProgram) -> Iterator[Edit]:
    names, spans = (old.name, new.name), (old.span, new.span)
    yield from sides.renamed("step", spans, names)
    yield from sides.formerly_called(spans, names, old.former_names, new.former_names, "step")
    yield from sides.retitled(spans, names, old.title, new.title, "step")
    cited = cited_span(old.syntax, old.span), cited_span(new.syntax, new.span)
    yield from sides.recited(cited, names, old.syntax.cite, new.syntax.cite, "step")


def _facet_edits(sides: Sides, name: str, old: StepProgram, new: StepProgram) -> Iterator[Edit]:
    facet = FACETS.get(name) or _plain(name)
    meaning = facet.meaning or partial(_meaning, name)
    if facet.form(sides.old, old) == facet.form(sides.new, new):
        return
    clauses = [facet.clause and clause_of(step, facet.clause) for step in (old, new)]
    spans = [step.span if clause is None else clause.span for step, clause in zip((old, new), clauses, strict=True)]
    same = meaning(sides.old, old) == meaning(sides.new, new)
    texts = facet.text(old), facet.text(new)
    if texts == NEITHER:  # no clause says it alone
        texts = _whole_text(old), _whole_text(new)
    yield sides.edit(facet.kind, (spans[0], spans[1]), (old.name, new.name), texts, same=same)


def _meaning(name: str, reading: Reading, step: StepProgram) -> Hashable:
    return reading.meaning(getattr(step, name))


def _whole_text(step: StepProgram) -> str:
    return " ".join([step_head(step.syntax), *map(clause_text, step.syntax.clauses)])


def clause_of(step: StepProgram, kind: type[_AnyClause]) -> _AnyClause | None:
    """The clause of a class, if the step has one."""
    return next((clause for clause in step.syntax.clauses if isinstance(clause, kind)), None)


def _plain(name: str) -> Facet:
    """The facet of a field that has none of its own."""

    def others(step: StepProgram) -> tuple[nodes.Clause, ...]:
        about = {facet.clause for facet in FACETS.values()} | {nodes.UpTo}
        return tuple(clause for clause in step.syntax.clauses if type(clause) not in about)

    return Facet(
        f"{name.replace('_', '-')}-changed",
        None,
        lambda step: " ".join(map(clause_text, others(step))) or None,
        lambda reading, step: (_meaning(name, reading, step), frozenset(map(reading.written, others(step)))),
    )


def _clause(kind: str, clause: type[nodes.Clause], meaning: _Form | None = None) -> Facet:
    """A facet that is the whole of a clause."""

    def text(step: StepProgram) -> str | None:
        found = clause_of(step, clause)
        return None if found is None else clause_text(found)

    return Facet(kind, clause, text, lambda reading, step: reading.written(clause_of(step, clause)), meaning)


def _pot(step: StepProgram) -> nodes.Pot | None:
    paid_by = clause_of(step, nodes.PaidBy)
    return None if paid_by is None else paid_by.pot


def _key_text(step: StepProgram) -> str | None:
    shared = clause_of(step, nodes.Shared)
    return None if shared is None else clause_text(evolve(shared, reallocation=True))


def _key_form(reading: Reading, step: StepProgram) -> Hashable:
    return reading.written(step.key) if isinstance(step.key, nodes.Expression) else step.key


def _losses_meaning(reading: Reading, step: StepProgram) -> Hashable:
    segments = frozenset(reading.program.segments)
    return segments if step.scope is None else step.scope, segments


FACETS = {
    "kind": Facet("kind-changed", None, lambda step: step.kind, lambda _, step: step.kind),
    "payers": Facet(
        "payers-changed",
        nodes.PaidBy,
        lambda step: f"paid by {step.payers}",
        lambda reading, step: reading.token(step.payers),
    ),
    "where": Facet(
        "payer-condition-changed",
        nodes.PaidBy,
        lambda step: None if step.where is None else f"where {print_expression(step.where)}",
        lambda reading, step: reading.written(step.where),
    ),
    "pot": Facet(
        "pot-changed",
        nodes.PaidBy,
        lambda step: line_of(_pot(step)),
        lambda reading, step: reading.written(_pot(step)),
    ),
    "key": Facet("key-changed", nodes.Shared, _key_text, _key_form),
    "reallocates": Facet(
        "reallocation-changed",
        nodes.Shared,
        lambda step: None if step.reallocates else "without reallocation",
        lambda _, step: step.reallocates,
    ),
    "order": _clause("order-changed", nodes.InOrder),
    "per_segment": _clause("per-segment-changed", nodes.PerSegment),
    "scope": _clause("losses-changed", nodes.ForLosses, _losses_meaning),
    "rounds": _clause("rounds-changed", nodes.InRounds),
    "once_during": _clause("once-during-changed", nodes.OnceDuring),
    "losses_met": _clause("losses-met-changed", nodes.LossesMet),
    "condition": _clause("condition-changed", nodes.When),
    "force": _clause("force-changed", nodes.InForce),
    "discretion": _clause("discretion-changed", nodes.Discretion, lambda _, step: step.discretion is None),
}
"""What a step says once at most, by the field that holds it."""
