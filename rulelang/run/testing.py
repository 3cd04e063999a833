"""Running the ``test`` blocks of a rulebook, and what they reach: steps, guards and branches that no test tries."""

from collections.abc import Iterator

from attrs import evolve, field, frozen

from rulelang.base.diagnostic import Diagnostic, Label, RulelangError, finding
from rulelang.base.source import Place
from rulelang.base.suggest import did_you_mean
from rulelang.check.events.event import check_test_event
from rulelang.check.expressions.walk import children, walk
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.model.trail import Status
from rulelang.run.interpret import interpret
from rulelang.syntax import nodes


@frozen
class TestResult:
    """How one test went: it passed if there are no ``failures``; ``allocation`` is ``None`` if it did not run."""

    __test__ = False  # a class whose name begins with Test, not a test case

    title: str
    failures: tuple[Diagnostic, ...]
    remarks: tuple[Diagnostic, ...] = ()
    allocation: Allocation | None = field(default=None, repr=False)

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


def run_tests(program: CheckedProgram) -> TestReport:
    """Run every test of a rulebook; a test that cannot run is a failure, and the others go on."""
    results = tuple(_run(program, test) for test in program.tests)
    allocations = [result.allocation for result in results if result.allocation is not None]
    return TestReport(program, results, tuple(_unreached(program, allocations)))


def _run(program: CheckedProgram, test: nodes.TestSection) -> TestResult:
    try:
        event = check_test_event(program, test)
        allocation = interpret(program, event)
    except RulelangError as error:
        return TestResult(test.title, error.diagnostics)
    found = [
        failure
        for expectation in test.expectations
        if (failure := _judge(program, event, allocation, expectation)) is not None
    ]
    found = [evolve(d, breadcrumb=(f'test "{test.title}"',)) for d in found]
    failures = [d for d in found if d.code != "idle-expectation"]
    failures.extend(_broken_ensures(program, test, allocation))
    remarks = tuple(d for d in found if d.code == "idle-expectation")
    if len(remarks) < sum(isinstance(expectation, nodes.ExpectPays) for expectation in test.expectations):
        remarks = ()  # beside others, "pays nothing" shows how far the loss came
    return TestResult(test.title, tuple(failures), remarks, allocation)


def _broken_ensures(program: CheckedProgram, test: nodes.TestSection, allocation: Allocation) -> Iterator[Diagnostic]:
    expected = {each.text for each in test.expectations if isinstance(each, nodes.ExpectEnsure)}
    for line, ensure in zip(allocation.ensures, program.ensures, strict=True):
        if not line.holds and line.text not in expected:
            whom = f" for {', '.join(line.breaches[:5])}" if line.breaches else ""
            yield finding(
                "broken-ensure",
                f'"{line.text}" does not hold{whom} in the test "{test.title}"',
                Place(program.source, ensure.span),
                labels=[Label(Place(program.source, test.span), "in this test")],
            )


# ------------------------------------------------------------------------------------------------------ expectations


def _judge(
    program: CheckedProgram, event: Event, allocation: Allocation, expectation: nodes.Expectation
) -> Diagnostic | None:
    place = Place(program.source, expectation.span)
    show = program.currency.show
    if isinstance(expectation, nodes.ExpectEnsure):
        return _judge_ensure(allocation, expectation, place)
    if isinstance(expectation, nodes.ExpectOutcome):
        expected, actual = expectation.outcome.text, allocation.outcome
        if expected == actual:
            return None
        uncovered = show(allocation.uncovered)
        message = f"the outcome should be `{expected}`, but it is `{actual}` ({uncovered} uncovered)"
        return finding("unmet-expectation", message, place)
    wanted = program.constants[id(expectation.amount)]
    assert isinstance(wanted, int)
    segment = None if expectation.segment is None else expectation.segment.text
    there = "" if segment is None else f" in `{segment}`"
    if isinstance(expectation, nodes.ExpectUncovered):
        return _compare(program, f"what stays uncovered{there}", wanted, allocation.left(segment), place)
    who = expectation.who.text
    if who in program.steps and expectation.under is None and not expectation.who.quoted:
        idle = _idle(allocation, who, wanted, place)
        return idle or _compare(program, f"what `{who}` pays{there}", wanted, allocation.drawn(who, segment), place)
    if who not in event.members and who != "ccp" and who not in program.parties:
        advice = did_you_mean(who, [*event.members, *program.parties])
        return finding("unknown-member", f"`{who}` is no member of this event", place, help=advice)
    under = None if expectation.under is None else expectation.under.text
    what = f"what `{who}` pays" if under is None else f"what `{who}` pays under `{under}`"
    idle = None if under is None else _idle(allocation, under, wanted, place)
    return idle or _compare(program, what + there, wanted, allocation.paid_by(who, under, segment), place)


def _judge_ensure(allocation: Allocation, expectation: nodes.ExpectEnsure, place: Place) -> Diagnostic | None:
    holds = all(line.holds for line in allocation.ensures if line.text == expectation.text)
    if holds is expectation.holds:
        return None
    verb = "hold" if expectation.holds else "be broken"
    found = "is broken" if expectation.holds else "holds"
    return finding("unmet-expectation", f'"{expectation.text}" should {verb}, but it {found}', place)


def _compare(program: CheckedProgram, what: str, wanted: int, actual: int, place: Place) -> Diagnostic | None:
    if wanted == actual:
        return None
    show = program.currency.show
    more = "more" if actual > wanted else "less"
    message = f"{what} should be {show(wanted)}, but it is {show(actual)}: {show(abs(actual - wanted))} {more}"
    return finding("unmet-expectation", message, place)


def _idle(allocation: Allocation, step: str, wanted: int, place: Place) -> Diagnostic | None:
    """A test that only expects nothing of steps that no loss reaches shows little; it is remarked upon."""
    reached = any(line.status is not Status.NOT_REACHED for line in allocation.lines if line.step == step)
    if wanted or reached:
        return None
    return finding("idle-expectation", f"no loss reaches `{step}` in this test, so it pays nothing in any case", place)


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
