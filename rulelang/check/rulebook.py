"""From the abstract syntax of a rulebook to a checked program: the passes, in their order."""

from collections.abc import Callable
from typing import NamedTuple

from rulelang.base.allow import apply_allowances
from rulelang.base.diagnostic import CheckError, Diagnostic, Severity, each_once
from rulelang.base.source import SourceText
from rulelang.base.values import evolve
from rulelang.check.declarations import declare_all
from rulelang.check.draft import Draft
from rulelang.check.ensures import lower_statements
from rulelang.check.expectations import check_tests
from rulelang.check.expressions.definitions import type_definitions
from rulelang.check.lints import LINTS
from rulelang.check.missing_values import check_missing_values
from rulelang.check.order import check_depth, check_order, watch_steps
from rulelang.check.over_time import lower_limits, lower_periods
from rulelang.check.program import CheckedProgram, OutcomeProgram
from rulelang.check.replenishments import lower_recoveries, lower_replenishments
from rulelang.check.steps.clauses import lower_waterfall
from rulelang.model.calendar import Calendar
from rulelang.syntax import nodes
from rulelang.syntax.read import parse_rulebook

PASSES: tuple[Callable[[Draft], None], ...] = (
    type_definitions,
    check_missing_values,
    lower_periods,
    lower_limits,
    lower_waterfall,
    lower_replenishments,
    lower_recoveries,
    lower_statements,
    check_order,
    watch_steps,
    check_depth,
    check_tests,
)
"""What is done, in this order, once the declarations are in; each pass enters what it makes into the draft."""


def check_rulebook(source: SourceText, edition: int = 2) -> CheckedProgram:
    """Read and check a rulebook; ``edition`` is 1 for one from a record of that time.

    Raises:
        ReadError: the text is not of the language.
        CheckError: names, types, shapes, order or limits do not fit; with every finding, warnings included.
    """
    program = checked_program(source, parse_rulebook(source, edition))
    return program if edition == program.edition else evolve(program, edition=edition)


def checked_program(source: SourceText, rulebook: nodes.Rulebook) -> CheckedProgram:
    """Check a rulebook that was read from ``source``.

    Raises:
        CheckError: as in :func:`check_rulebook`.
    """
    checked = examined(source, rulebook)
    if checked.program is None:
        raise CheckError(checked.findings)
    return checked.program


class Examined(NamedTuple):
    """A rulebook that was checked: the draft, whatever was found, and the program if no error was."""

    draft: Draft
    findings: tuple[Diagnostic, ...]
    program: CheckedProgram | None = None


def examined(source: SourceText, rulebook: nodes.Rulebook) -> Examined:
    """Check a rulebook and keep what the checker learnt of it, even where it does not check."""
    draft = Draft(source, rulebook)
    declare_all(draft)
    if draft.currency is None or draft.waterfall is None:
        return Examined(draft, each_once(draft.findings))
    for check in PASSES:
        check(draft)
    program = _program(draft)
    if not draft.failed:
        for lint in LINTS:
            lint(draft, program)
    findings = apply_allowances(each_once(draft.findings), source)
    return Examined(draft, findings, None if draft.failed else evolve(program, warnings=findings))


def _program(draft: Draft) -> CheckedProgram:
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
        draft.stages,
        outcome,
        draft.ensures,
        tuple(section for section in draft.rulebook.sections if isinstance(section, nodes.TestSection)),
        draft.types,
        draft.constants,
        draft.watched,
        draft.currencies,
        draft.limits,
        draft.periods,
        Calendar(tuple(sorted(draft.holidays))),
        draft.waterfall.in_turn,
        replenishments=draft.replenishments,
        recoveries=draft.recoveries,
        assumes=draft.assumes,
    )


def errors_among(findings: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The errors of a list of findings."""
    return tuple(found for found in findings if found.severity is Severity.ERROR)
