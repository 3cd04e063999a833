"""Running the ``test`` blocks of a rulebook, and what they reach: steps, guards and branches that no test tries."""

from collections.abc import Callable, Iterator, Mapping
from typing import assert_never

from attrs import evolve, field, frozen

from rulelang.base.diagnostic import Diagnostic, Label, RulelangError, finding
from rulelang.base.source import Place
from rulelang.base.suggest import did_you_mean
from rulelang.check.events.event import check_test_event
from rulelang.check.events.text import Reader
from rulelang.check.expressions.walk import children, walk
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.trail import Status
from rulelang.run.interpret import interpret
from rulelang.syntax import nodes
from rulelang.syntax.read import read_source


@frozen
class TestResult:
    """How one test went: it passed if there are no ``failures``; ``allocations`` are its runs by this rulebook."""

    __test__ = False  # a class whose name begins with Test, not a test case

    title: str
    failures: tuple[Diagnostic, ...]
    remarks: tuple[Diagnostic, ...] = ()
    allocations: tuple[Allocation, ...] = field(default=(), repr=False)

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.failures


@frozen
class TestReport:
    """All tests of a rulebook, and as notes what none of them reaches."""

    __test__ = False

    program: CheckedProgram = field(repr=False)
    results: tuple[TestResult, ...]
    unreached: tuple[Diagnostic, ...]

    @property
    def passed(self) -> bool:
        """Whether all tests passed."""
        return all(result.passed for result in self.results)


HistoryTest = Callable[[CheckedProgram, nodes.TestSection, Reader], TestResult]
"""How a test of a history goes; histories are run above this room."""


def run_tests_with(program: CheckedProgram, of_history: HistoryTest, read: Reader = read_source) -> TestReport:
    """Run every test of a rulebook; see :func:`rulelang.histories.testing.run_tests`."""
    results = tuple(
        of_history(program, test, read) if isinstance(test.event, nodes.HistoryFile) else _run(program, test, read)
        for test in program.tests
    )
    allocations = [allocation for result in results for allocation in result.allocations]
    return TestReport(program, results, tuple(_unreached(program, allocations)))


def _run(program: CheckedProgram, test: nodes.TestSection, read: Reader) -> TestResult:
    try:
        event = check_test_event(program, test, read)
        allocation = interpret(program, event)
    except RulelangError as error:
        return TestResult(test.title, error.diagnostics)
    found = [
        failure
        for expectation in test.expectations
        if (failure := judge(program, event, allocation, expectation)) is not None
    ]
    found = [evolve(d, breadcrumb=(f'test "{test.title}"',)) for d in found]
    failures = [d for d in found if d.code != "idle-expectation"]
    failures.extend(broken_statements(program, test, allocation))
    remarks = tuple(d for d in found if d.code == "idle-expectation")
    if len(remarks) < sum(isinstance(expectation, nodes.ExpectPays) for expectation in test.expectations):
        remarks = ()  # beside others, "pays nothing" shows how far the loss came
    return TestResult(test.title, tuple(failures), remarks, (allocation,))


_BROKEN = {"ensure": "broken-ensure", "assume": "broken-assume"}


def broken_statements(program: CheckedProgram, test: nodes.TestSection, allocation: Allocation) -> Iterator[Diagnostic]:
    """A finding for each invariant or assumption that is broken though the test does not expect it."""
    expected = {each.text for each in test.expectations if isinstance(each, nodes.ExpectEnsure)}
    for line, statement in zip(allocation.statements, program.statements, strict=True):
        if not line.holds and line.text not in expected:
            whom = f" for {', '.join(line.breaches[:5])}" if line.breaches else ""
            yield finding(
                _BROKEN[statement.word],
                f'"{line.text}" does not hold{whom} in the test "{test.title}"',
                Place(program.source, statement.span),
                labels=[Label(Place(program.source, test.span), "in this test")],
            )


# ------------------------------------------------------------------------------------------------------ expectations


def judge(
    program: CheckedProgram,
    event: Event,
    allocation: Allocation,
    expectation: nodes.Expectation,
    called: Mapping[str, str] | None = None,
) -> Diagnostic | None:
    """What is wrong with a run, by one expectation.

    ``called`` says what steps are called by the rulebook that ran, where that is another one than the test's.
    """
    place = Place(program.source, expectation.span)
    match expectation:
        case nodes.ExpectOutcome():
            expected, actual = expectation.outcome.text, allocation.outcome
            if expected == actual:
                return None
            uncovered = program.currency.show(allocation.uncovered)
            message = f"the outcome should be `{expected}`, but it is `{actual}` ({uncovered} uncovered)"
            return finding("unmet-expectation", message, place)
        case nodes.ExpectUncovered():
            segment = None if expectation.segment is None else expectation.segment.text
            what = "what stays uncovered" + _within(segment)
            return compare(program, what, expectation.amount, allocation.left(segment), place)
        case nodes.ExpectPays():
            return _judge_payment(program, event, allocation, expectation, place, called or {})
        case nodes.ExpectEnsure():
            return _judge_ensure(allocation, expectation, place)
        case nodes.ExpectOwes() | nodes.ExpectHolds() | nodes.ExpectRepaid() | nodes.ExpectPeriod():
            raise AssertionError(expectation)  # refused by the checker: they stand in tests of histories alone
        case _:
            assert_never(expectation)


def _within(segment: str | None) -> str:
    return "" if segment is None else f" in `{segment}`"


def _judge_payment(
    program: CheckedProgram,
    event: Event,
    allocation: Allocation,
    expected: nodes.ExpectPays,
    place: Place,
    called: Mapping[str, str],
) -> Diagnostic | None:
    """What a step pays in all, or a payer, perhaps under one step."""
    who, under = expected.who.text, None if expected.under is None else expected.under.text
    of_step = who in program.steps and under is None and not expected.who.quoted
    payers = (*event.members, "ccp", *program.parties)
    if not of_step and who not in payers:
        advice = did_you_mean(who, [payer for payer in payers if payer != "ccp"])
        return finding("unknown-member", f"`{who}` is no member of this event", place, help=advice)
    named = who if of_step else under
    step = None if named is None else called.get(named, named)
    reached = any(line.status is not Status.NOT_REACHED for line in allocation.lines if line.step == step)
    if step is not None and not reached and not program.constants[id(expected.amount)]:
        # a test that only expects nothing of steps that no loss reaches shows little
        message = f"no loss reaches `{named}` in this test, so it pays nothing in any case"
        return finding("idle-expectation", message, place)
    what = f"what `{who}` pays" if under is None else f"what `{who}` pays under `{under}`"
    segment = None if expected.segment is None else expected.segment.text
    actual = allocation.drawn(step or who, segment) if of_step else allocation.paid_by(who, step, segment)
    return compare(program, what + _within(segment), expected.amount, actual, place)


def _judge_ensure(allocation: Allocation, expectation: nodes.ExpectEnsure, place: Place) -> Diagnostic | None:
    holds = all(line.holds for line in allocation.statements if line.text == expectation.text)
    if holds is expectation.holds:
        return None
    verb = "hold" if expectation.holds else "be broken"
    found = "is broken" if expectation.holds else "holds"
    return finding("unmet-expectation", f'"{expectation.text}" should {verb}, but it {found}', place)


def compare(
    program: CheckedProgram, what: str, expected: nodes.Expression, actual: int, place: Place
) -> Diagnostic | None:
    """What is wrong with an amount, if it is not the one expected."""
    wanted, show = program.constants[id(expected)], program.currency.show
    assert isinstance(wanted, int)
    if wanted == actual:
        return None
    more = "more" if actual > wanted else "less"
    message = f"{what} should be {show(wanted)}, but it is {show(actual)}: {show(abs(actual - wanted))} {more}"
    return finding("unmet-expectation", message, place)


# ------------------------------------------------------------------------------------------------------------- reach


def _unreached(program: CheckedProgram, allocations: list[Allocation]) -> Iterator[Diagnostic]:
    """What no test reaches: steps, sides of guards, branches of ``if``, and the end of the waterfall."""
    for step in program.each_step():
        lines = [line for allocation in allocations for line in allocation.lines if line.step == step.name]
        statuses = {line.status for line in lines}
        place = Place(program.source, step.span)
        if not any(line.drawn for line in lines):
            yield finding("untested-step", f"in no test does `{step.name}` pay anything", place)
            continue
        for words, status in _guards(step):
            if status not in statuses:
                yield finding("untested-branch", f"in no test is `{step.name}` {words}", place)
    yield from _untaken(program, allocations)
    if allocations and program.outcome is not None and not any(allocation.uncovered for allocation in allocations):
        span = program.waterfall.outcome.name.span  # type: ignore[union-attr]
        message = f"in no test is loss left for `{program.outcome.name}`"
        yield finding("untested-branch", message, Place(program.source, span))


def _guards(step: StepProgram) -> Iterator[tuple[str, Status]]:
    if step.force is not None:
        yield "out of force", Status.NOT_IN_FORCE
    if step.once_during is not None:
        yield "skipped because it has paid once in its period", Status.ONCE
    if step.condition is not None:
        yield "skipped because its condition does not hold", Status.CONDITION
    if step.discretion is not None:
        yield "declined", Status.DECLINED


def _untaken(program: CheckedProgram, allocations: list[Allocation]) -> Iterator[Diagnostic]:
    taken = {branch for allocation in allocations for branch in allocation.trail.branches}
    roots = [section.value for section in program.definitions.values()]
    roots.extend(node for step in program.each_step() for node in children(step.syntax))
    for root in roots:
        for node in walk(root):
            if isinstance(node, nodes.Conditional):
                for branch, side in ((node.then, True), (node.otherwise, False)):
                    if (id(node), side) not in taken:
                        word = "then" if side else "else"
                        message = f"no test takes the branch after `{word}`"
                        yield finding("untested-branch", message, Place(program.source, branch.span))
