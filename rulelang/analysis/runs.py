"""What rulebooks come to in the events beside them: each run once, as long as neither text changes."""

from collections.abc import Mapping
from pathlib import Path

from attrs import define, field

from rulelang.analysis.documents import plain
from rulelang.analysis.facts import Facts, FileKind
from rulelang.analysis.workspace import Workspace
from rulelang.base.diagnostic import Diagnostic, RulelangError
from rulelang.base.source import Span
from rulelang.check.events.event import check_test_event
from rulelang.check.program import CheckedProgram
from rulelang.explain.places import ValueAt, values_at
from rulelang.model.allocation import Allocation
from rulelang.model.event import Event
from rulelang.run.interpret import interpret
from rulelang.syntax import nodes


@define(eq=False)
class Run:
    """A rulebook run against an event: the allocation, or why there is none."""

    rulebook: Facts
    event: Event
    path: Path
    allocation: Allocation | None = None
    findings: tuple[Diagnostic, ...] = ()
    _values: dict[Span, ValueAt] | None = None

    @property
    def values(self) -> Mapping[Span, ValueAt]:
        """What the places of the rulebook came to, in the order of its text."""
        if self._values is None:
            program, allocation = self.rulebook.program, self.allocation
            known = () if program is None or allocation is None else values_at(program, self.event, allocation)
            self._values = {value.span: value for value in known}
        return self._values

    def at(self, span: Span) -> ValueAt | None:
        """What a piece of the rulebook came to."""
        return self.values.get(span)

    def around(self, offset: int) -> ValueAt | None:
        """What the smallest piece of the rulebook around an offset came to."""
        found = (value for span, value in self.values.items() if span.start <= offset <= span.end)
        return min(found, key=lambda value: value.span.end - value.span.start, default=None)


@define(eq=False)
class Runs:
    """The runs of rulebooks against the events that were chosen for them; without a choice against the first."""

    workspace: Workspace
    chosen: dict[Path, Path] = field(factory=dict)
    _kept: dict[Path, Run] = field(factory=dict)

    def choose(self, rulebook: Path, event: Path | None) -> None:
        """Choose the event whose amounts are shown beside a rulebook; ``None`` for the first that belongs to it."""
        if event is None:
            self.chosen.pop(plain(rulebook), None)
        else:
            self.chosen[plain(rulebook)] = plain(event)

    def forget(self, path: Path) -> None:
        """Keep no run of a text."""
        self._kept = {at: run for at, run in self._kept.items() if path not in (at, run.path)}

    def event_of(self, rulebook: Path) -> Path | None:
        """The event whose amounts are shown beside a rulebook."""
        chosen = self.chosen.get(plain(rulebook))
        facts = None if chosen is None else self.workspace.event(chosen, rulebook)
        if facts is not None and facts.kind is FileKind.EVENT:  # a history has its amounts beside its own days
            return chosen
        with self.workspace.together.unchanged():
            return next((path for path, facts in self.workspace.events(rulebook) if facts.event is not None), None)

    def of(self, rulebook: Path, event: Path | None = None) -> Run | None:
        """The run of a rulebook against an event, or the one that is chosen; ``None`` if one of both does not check."""
        event = event or self.event_of(rulebook)
        if event is None:
            return None
        try:
            rules = self.workspace.facts(rulebook)
        except RulelangError:
            return None
        loaded = self.workspace.event(event, rulebook)
        if rules.program is None or loaded is None or loaded.event is None or loaded.program is not rules.program:
            return None
        kept = self._kept.get(plain(rulebook))
        if kept is None or kept.rulebook is not rules or kept.event is not loaded.event:
            kept = self._kept[plain(rulebook)] = _run(rules, rules.program, loaded.event, plain(event))
        return kept

    def of_test(self, rules: Facts, test: nodes.TestSection) -> Run | None:
        """The run of a test of a rulebook; ``None`` if its event does not fit, or it is one of a history."""
        program, path = rules.program, rules.source.path
        if program is None or path is None or isinstance(test.event, nodes.HistoryFile):
            return None
        try:
            event = check_test_event(program, test, self.workspace.documents.read)
        except RulelangError:
            return None
        return _run(rules, program, event, path)


def _run(rules: Facts, program: CheckedProgram, event: Event, path: Path) -> Run:
    found = Run(rules, event, path)
    try:
        found.allocation = interpret(program, event)
    except RulelangError as error:
        found.findings = error.diagnostics
    return found
