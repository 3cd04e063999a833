"""An event held against a rulebook: both together, the findings so far, and whether a segment is named where due."""

from collections.abc import Callable, Iterable, Mapping

from attrs import define, field, frozen

from rulelang.base.advice import Certainty, Help, only, write
from rulelang.base.diagnostic import Diagnostic, Label, finding
from rulelang.base.source import Place
from rulelang.base.suggest import Suggestions, listed
from rulelang.check.events.raw import RawEvent, Word
from rulelang.check.exact import Refusal
from rulelang.check.program import CheckedProgram, StepProgram
from rulelang.model.event import Value

Column = tuple[str, str | None]
"""A field or given, and a segment if it is per segment."""


@frozen
class Standing:
    """The data that stand before a day of a history: values of fields by column and member, and of givens."""

    fields: Mapping[Column, Mapping[str, Value | None]] = field(factory=dict)
    givens: Mapping[Column, Value | None] = field(factory=dict)


NOTHING = Standing()


def _never_there(_member: str) -> None:
    """Nobody was a member before an event."""


@define
class EventDraft:
    """An event, or a day of a history, and the rulebook it is held against, as its parts share them.

    ``members`` says where each member is first named, ``former_members`` where each former one is;
    ``defaulters_named`` are the members that values per defaulter name.  ``standing`` is what stood before a day of a
    history, and ``why_gone`` says of those who were members before it why they are none; ``told_apart`` are ids that
    were held against each other before it.
    """

    raw: RawEvent
    program: CheckedProgram
    members: dict[str, Place] = field(factory=dict)
    former_members: dict[str, Place] = field(factory=dict)
    defaulters_named: list[Word] = field(factory=list)
    standing: Standing = NOTHING
    why_gone: Callable[[str], str | None] = _never_there
    told_apart: frozenset[str] = frozenset()
    findings: list[Diagnostic] = field(factory=list)
    suggestions: Suggestions = field(factory=Suggestions)

    def report(
        self, code: str, message: str, place: Place, advice: Help | None = None, labels: Iterable[Label] = ()
    ) -> None:
        """Add a finding, under the title of the event."""
        self.findings.append(finding(code, message, place, help=advice, breadcrumb=self._crumbs, labels=labels))

    @property
    def _crumbs(self) -> tuple[str, ...]:
        return self.raw.crumbs or (f'event "{self.raw.title}"',)

    def report_second(self, code: str, message: str, place: Place, first: Place) -> None:
        """Add a finding on what stands a second time, where it may stand once."""
        self.report(code, message, place, "keep one of the two", labels=[Label(first, "the first is here")])

    def doubt(self, doubts: Iterable[Refusal], place: Place) -> None:
        """Add a warning for each doubt about what is written somewhere."""
        for each in doubts:
            code, message = each.code, each.message
            if code == "ambiguous-amount":  # where it is no more than doubtful, it is read
                code, message = "doubtful-comma", f"{message}, and is read as thousands"
            self.raw.warnings.append(finding(code, message, place, help=each.help, breadcrumb=self._crumbs))

    def is_member(self, word: Word, what: str, *, or_was: bool = False) -> bool:
        """Whether somebody is a member in the event (``or_was``: or was one); if not, with a finding."""
        if word.text in self.members or (or_was and word.text in self.former_members):
            return True
        gone = self.why_gone(word.text)
        if gone is not None:
            advice: Help = "who has left or defaulted is a member no more: check the id and the day"
            self.report("unknown-member", f"{what} {gone}", word.place, advice)
            return False
        near = self.suggestions.did_you_mean(word.text, self.members, "member")
        advice = near or "give its data in a `member` block or in the CSV file"
        if or_was and near is None:
            advice = f"{advice}, or say `former member {word.text}`"
        elif word.text in self.former_members:
            advice = "remove the line, or the line that calls it a former member"
        message = f"{what} `{word.text}` is not a member in this event"
        self.report("unknown-member", message, word.place, advice)
        return False

    def step(self, word: Word) -> StepProgram | None:
        """The step of a name that it has or had; ``None`` with a finding if there is none."""
        step = self.program.step_named(word.text)
        if step is None:
            near = self.suggestions.did_you_mean(word.text, self.program.steps_by_any_name, "step")
            advice = near or f"the steps are {listed(self.program.steps, 'and')}"
            self.report("unknown-step", f"the rulebook has no step `{word.text}`", word.place, advice)
        return step

    def step_of_today(self, word: Word, before: str) -> StepProgram | None:
        """The step of the name that it has now, which stands behind ``before``; ``None`` with a finding."""
        step = self.step(word)
        if step is None or step.name == word.text:
            return step
        message = f"`{word.text}` is a former name of `{step.name}`"
        now = write(step.name, shown=f"{before} {step.name}", instead_of=word.text, certainty=Certainty.SURE)
        self.report("unknown-step", message, word.place, only(now))
        return None

    def fits_segment(self, segment: Word | None, *, per_segment: bool, what: str, place: Place) -> bool:
        """Whether a segment is named exactly where one is due."""
        known = self.program.segments
        if segment is None:
            if per_segment:
                advice = f"say in which, as in `in {known[0]}`"
                if place.span is None:
                    advice = f'say in which, as in "{known[0]}"'
                elif place.source in self.raw.data:
                    in_header = (place.pointer or "").partition(",")[0] == "row 1"
                    advice = f"write `{known[0]}` or another in the column `segment`"
                    if in_header:
                        advice = f"name a column for each segment, as in `{what.strip('`')}.{known[0]}`"
                self.report("missing-segment", f"{what} is per segment, but no segment is named", place, advice)
            return not per_segment
        if not per_segment:
            self.report("unknown-segment", f"{what} is not per segment", segment.place, "leave the segment out")
            return False
        if segment.text not in self.program.segment_names:
            near = self.suggestions.advice(segment.text, known, "segment", "")
            self.report("unknown-segment", f"no segment is called `{segment.text}`", segment.place, near)
            return False
        return True
