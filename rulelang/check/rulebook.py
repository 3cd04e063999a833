"""From the abstract syntax of a rulebook to a checked program: the passes, in their order."""

from attrs import evolve

from rulelang.base.allow import apply_allowances
from rulelang.base.diagnostic import CheckError, Diagnostic, Severity
from rulelang.base.source import SourceText
from rulelang.check.declarations import declare_all
from rulelang.check.draft import Draft
from rulelang.check.expectations import check_tests
from rulelang.check.expressions.definitions import type_definitions
from rulelang.check.expressions.typing_rules import require
from rulelang.check.expressions.walk import references, walk
from rulelang.check.lints import LINTS
from rulelang.check.order import check_depth, check_order, step_expressions, watched_steps
from rulelang.check.program import (
    CheckedProgram,
    DatumProgram,
    EnsureProgram,
    GroupProgram,
    OutcomeProgram,
    Stage,
)
from rulelang.check.steps.clauses import lower_waterfall
from rulelang.check.types import Kind, Varies, joined
from rulelang.syntax import nodes
from rulelang.syntax.read import parse_rulebook


def check_rulebook(source: SourceText) -> CheckedProgram:
    """Read and check a rulebook.

    Raises:
        ReadError: the text is not of the language.
        CheckError: names, types, shapes, order or limits do not fit; with every finding, warnings included.
    """
    return checked_program(source, parse_rulebook(source))


def checked_program(source: SourceText, rulebook: nodes.Rulebook) -> CheckedProgram:
    """Check a rulebook that was read from ``source``.

    Raises:
        CheckError: as in :func:`check_rulebook`.
    """
    draft = Draft(source, rulebook)
    declare_all(draft)
    if draft.currency is None or draft.waterfall is None:
        raise CheckError(_sorted(draft))
    type_definitions(draft)
    _check_missing_values(draft)
    stages = lower_waterfall(draft)
    ensures = _lower_ensures(draft)
    roots = _roots(draft, stages, ensures)
    check_order(draft, stages)
    watched = watched_steps(draft, stages, roots)
    if not draft.failed:
        check_depth(draft, roots)
    check_tests(draft)
    program = _program(draft, stages, ensures, watched)
    if not draft.failed:
        for lint in LINTS:
            lint(draft, program)
    findings = apply_allowances(_sorted(draft), source)
    if draft.failed:
        raise CheckError(findings)
    return evolve(program, warnings=findings)


def _sorted(draft: Draft) -> tuple[Diagnostic, ...]:
    """The findings in the order of the text, each once."""
    unique = {(d.code, d.message, d.place and d.place.span): d for d in draft.findings}
    return tuple(sorted(unique.values(), key=_start))


def _start(found: Diagnostic) -> int:
    return 0 if found.place is None or found.place.span is None else found.place.span.start


def _program(
    draft: Draft, stages: tuple[Stage, ...], ensures: tuple[EnsureProgram, ...], watched: frozenset[str]
) -> CheckedProgram:
    assert draft.currency is not None
    assert draft.waterfall is not None
    final = draft.waterfall.outcome
    outcome = None if final is None else OutcomeProgram(final.name.text, final.title, nodes.cited(final.cite))
    return CheckedProgram(
        draft.source,
        draft.rulebook,
        draft.currency,
        draft.segments,
        draft.parties,
        draft.fields,
        draft.givens,
        draft.definitions,
        stages,
        outcome,
        ensures,
        tuple(section for section in draft.rulebook.sections if isinstance(section, nodes.TestSection)),
        draft.types,
        draft.constants,
        watched,
    )


# ---------------------------------------------------------------------------------------------------- missing values


def _check_missing_values(draft: Draft) -> None:
    """``if missing`` names givens and, for a field, that member's other fields; it never goes in a circle."""
    for table, crumb in ((draft.fields, "members have"), (draft.givens, "givens")):
        for datum in table.values():
            if datum.if_missing is not None:
                with draft.inside(crumb, datum.name):
                    _check_missing_value(draft, datum, field=table is draft.fields)
    _refuse_circles(draft)


def _check_missing_value(draft: Draft, datum: DatumProgram, *, field: bool) -> None:
    value = datum.if_missing
    assert value is not None
    for node in walk(value):
        refused = (
            isinstance(node, nodes.StepResult | nodes.Aggregate)
            or (isinstance(node, nodes.RunValue) and node.what != "declared")
            or (isinstance(node, nodes.Reference) and node.name in draft.definitions)
            or (isinstance(node, nodes.Reference) and node.name in draft.fields and not field)
        )
        if refused:
            allowed = "givens and that member's other fields" if field else "other givens"
            draft.report(
                "not-for-missing",
                f"`{draft.source.phrase(node.span)}` is not known when a missing value is filled in",
                node.span,
                help=f"`if missing` may name {allowed}",
            )
            return
    typed = require(draft, value, tuple(Kind), "a value for what is missing")
    if typed is None:
        return
    common = joined(datum.type, typed.type)
    if common is None:
        draft.report(
            "type-mismatch",
            f"`{datum.name}` is {datum.type}, but the value for a missing one is {typed.type}",
            value.span,
            labels=[draft.label(datum.span, f"declared here as {datum.type}")],
            help="write a value of the kind that is declared",
        )
    elif typed.segment is Varies.YES and not datum.per_segment:
        draft.report(
            "shape-mismatch",
            f"`{datum.name}` is one value, but the value for a missing one differs from segment to segment",
            value.span,
            help="name a value that is the same for all segments",
        )


def _refuse_circles(draft: Draft) -> None:
    data = {**draft.fields, **draft.givens}
    needs = {
        name: [r.name for r in references(datum.if_missing) if r.name in data]
        for name, datum in data.items()
        if datum.if_missing is not None
    }
    settled: set[str] = set()
    for start in needs:
        path = [start]
        while path:
            following = next((name for name in needs.get(path[-1], ()) if name not in settled), None)
            if following is None:
                settled.add(path.pop())
            elif following in path:
                circle = " → ".join(f"`{name}`" for name in [*path[path.index(following) :], following])
                draft.report(
                    "circular-definition",
                    f"values for what is missing go in a circle: {circle}",
                    data[path[-1]].span,
                    help="give one of them a value of its own",
                )
                settled.add(path.pop())
            else:
                path.append(following)


# -------------------------------------------------------------------------------------------------------- invariants


def _lower_ensures(draft: Draft) -> tuple[EnsureProgram, ...]:
    return tuple(
        _lower_ensure(draft, section) for section in draft.rulebook.sections if isinstance(section, nodes.EnsureSection)
    )


def _lower_ensure(draft: Draft, section: nodes.EnsureSection) -> EnsureProgram:
    citation = nodes.cited(section.cite)
    with draft.inside(f'ensure "{section.text}"', citation=citation):
        for node, role in ((section.condition, "what an invariant states"), (section.where, "what follows `where`")):
            if node is None:
                continue
            typed = require(draft, node, (Kind.YES_NO,), role)
            if typed is not None and typed.per_member and section.population is None:
                draft.report(
                    "shape-mismatch",
                    "this condition is one per member, but the invariant does not say for whom",
                    node.span,
                    help='say for whom, as in `ensure "…" for survivors: …`',
                )
            elif typed is not None and typed.segment is Varies.YES:
                draft.report(
                    "shape-mismatch",
                    "this condition is one per segment, but an invariant holds for the whole run",
                    node.span,
                    help="compare sums, as in `(sum of … over segments)`",
                )
    return EnsureProgram(section.text, section.condition, section.population, section.where, citation, section.span)


def _roots(draft: Draft, stages: tuple[Stage, ...], ensures: tuple[EnsureProgram, ...]) -> list[nodes.Expression]:
    """Every expression that a run may evaluate."""
    roots = [section.value for section in draft.definitions.values()]
    for stage in stages:
        for step in stage.steps if isinstance(stage, GroupProgram) else (stage,):
            roots.extend(step_expressions(step))
    for ensure in ensures:
        roots.extend(node for node in (ensure.where, ensure.condition) if node is not None)
    return roots


def errors_among(findings: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The errors of a list of findings."""
    return tuple(found for found in findings if found.severity is Severity.ERROR)
