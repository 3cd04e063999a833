"""A history as it was read: its rulebooks, its opening and its days in order, before anything is run."""

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import define, field, frozen

from rulelang.base.allow import apply_allowances
from rulelang.base.diagnostic import CheckError, Diagnostic, Label, ReadError, RulelangError, each_once, finding
from rulelang.base.source import Place, SourceText
from rulelang.check import exact
from rulelang.check.events.paths import rulebook_under
from rulelang.check.events.raw import RawEvent
from rulelang.check.events.text import Reader, enter_items
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.syntax import nodes
from rulelang.syntax.read import parse_history, read_source


@frozen
class Block:
    """The opening or a day: what it says, and the rulebook that is in force from it on, where another one is."""

    date: datetime.date
    raw: RawEvent
    program: CheckedProgram | None = None


@frozen(slots=False)
class History:
    """A history with its rulebooks; ``program`` is in force when it opens, ``dues_paid`` if dues pay themselves.

    ``named`` are the rulebooks that it names, by the words with which it does.
    """

    source: SourceText
    title: str
    program: CheckedProgram = field(repr=False)
    opening: Block = field(repr=False)
    days: tuple[Block, ...] = field(repr=False)
    dues_paid: bool = False
    exercise: str | None = None
    named: Mapping[str, CheckedProgram] = field(factory=dict, repr=False)

    @property
    def programs(self) -> tuple[CheckedProgram, ...]:
        """The rulebooks in the order in which they come into force."""
        return (self.program, *(day.program for day in self.days if day.program is not None))

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What was found about its data that stops nothing, but for what its text allows; all once it has been run."""
        blocks = [block.raw for block in (self.opening, *self.days)]
        found = each_once(warning for raw in blocks for warning in raw.warnings)
        return apply_allowances(
            found, self.source, [pair for raw in blocks for pair in zip(raw.data, raw.named, strict=True)]
        )

    @property
    def data(self) -> tuple[SourceText, ...]:
        """The tables that its blocks name."""
        return tuple(table for block in (self.opening, *self.days) for table in block.raw.data)


def read_history(
    source: SourceText,
    program: CheckedProgram | None = None,
    read: Reader = read_source,
    rulebooks: Mapping[str, CheckedProgram] | None = None,
) -> History:
    """Read a history with the rulebooks and tables that it names; ``program`` takes the place of the one in its head.

    ``rulebooks`` are those that it names, by the words with which it does, where they are not read from files.

    Raises:
        ReadError: a text cannot be read.
        CheckError: a rulebook does not check, the days are not in order, or a line stands where it cannot.
    """
    return history_of(source, parse_history(source), program, read, rulebooks)


def history_of(
    source: SourceText,
    tree: nodes.HistorySyntax,
    program: CheckedProgram | None = None,
    read: Reader = read_source,
    rulebooks: Mapping[str, CheckedProgram] | None = None,
) -> History:
    """The history that was read from ``source``, as in :func:`read_history`.

    Raises:
        ReadError, CheckError: as there.
    """
    return _Reading(source, tree, read, rulebooks).history(program)


@define
class _Reading:
    """A history while it is read, with the rulebooks read so far by their files, and what was found wrong."""

    source: SourceText
    tree: nodes.HistorySyntax
    read: Reader
    rulebooks: Mapping[str, CheckedProgram] | None
    named: dict[str, CheckedProgram] = field(factory=dict)
    programs: dict[Path, CheckedProgram] = field(factory=dict)
    findings: list[Diagnostic] = field(factory=list)

    def history(self, program: CheckedProgram | None) -> History:
        self._once(self.tree.head)
        under = next((item for item in self.tree.head if isinstance(item, nodes.Under)), None)
        if program is None:
            program = self._head(under)
        blocks: list[Block] = []
        current = program
        written: tuple[nodes.OpeningBlock | nodes.DayBlock, ...] = (self.tree.opening, *self.tree.days)
        for block in written:
            try:
                read = self._block(block, current, blocks[-1] if blocks else None)
            except RulelangError as error:
                self.findings += error.diagnostics
                continue
            blocks.append(read)
            current = read.program or current
        if self.findings:
            kind = ReadError if all(found.code in _OF_FILES for found in self.findings) else CheckError
            raise kind(self.findings)
        dues_paid = any(isinstance(item, nodes.DuesPaid) for item in self.tree.head)
        exercise = next((item.name for item in self.tree.head if isinstance(item, nodes.ExerciseItem)), None)
        rest = blocks[0], tuple(blocks[1:]), dues_paid, exercise, self.named
        return History(self.source, self.tree.title, program, *rest)

    def _head(self, under: nodes.Under | None) -> CheckedProgram:
        if under is not None:
            return self._rulebook(under)
        place = Place(self.source, self.tree.span.opening("history"))
        advice = 'name it, as in `under "rulebook.rules"`, or give it before the history'
        raise CheckError(
            [finding("missing-value", "the history does not say under which rulebook", place, help=advice)]
        )

    def _rulebook(self, under: nodes.Under) -> CheckedProgram:
        if under.path not in self.named:
            self.named[under.path] = self._read_rulebook(under)
        return self.named[under.path]

    def _read_rulebook(self, under: nodes.Under) -> CheckedProgram:
        place = Place(self.source, under.span)
        if self.rulebooks is not None:
            if under.path not in self.rulebooks:
                raise ReadError([finding("unreadable-file", f"the record does not hold {under.path}", place)])
            return self.rulebooks[under.path]
        path = rulebook_under(under.path, place, self.source, None)
        if path is None:
            message = f"the rulebook `{under.path}` of the history is no file"
            raise ReadError(
                [finding("unreadable-file", message, place, help="check the path: it goes from the history")]
            )
        if path not in self.programs:
            self.programs[path] = check_rulebook(self.read(path, str(Path(self.source.name).parent / under.path)))
        return self.programs[path]

    def _once(self, items: Iterable[nodes.HistoryItem | nodes.DuesPaid]) -> None:
        """Lines that stand once where they stand."""
        first: dict[type, nodes.Node] = {}
        for item in items:
            word = _ONCE.get(type(item))
            if word is not None and first.setdefault(type(item), item) is not item:
                label = Label(Place(self.source, first[type(item)].span), "the first is here")
                place, advice = Place(self.source, item.span), "keep one of the two"
                message = f"`{word}` stands twice"
                self.findings.append(finding("duplicate-section", message, place, labels=[label], help=advice))

    def _block(
        self, block: nodes.OpeningBlock | nodes.DayBlock, program: CheckedProgram, before: Block | None
    ) -> Block:
        """A block with its lines, held against the day before it."""
        self._once(block.items)
        place = Place(self.source, block.date.span)
        try:
            date = exact.day(block.date.text)
        except exact.Refusal as refusal:
            raise CheckError([finding(refusal.code, refusal.message, place, help=refusal.help)]) from None
        if before is not None and date <= before.date:
            how = "twice" if date == before.date else f"behind {before.date}"
            advice = "put all that happens on a day into one block" if date == before.date else "put the days in order"
            label = Label(before.raw.place, "the block before it")
            message = f"the day {date} stands {how}"
            self.findings.append(finding("days-out-of-order", message, place, labels=[label], help=advice))
        if isinstance(block, nodes.OpeningBlock):
            crumb, refused, where = "opening", _NOT_IN_AN_OPENING, "an opening"
        else:
            crumb, refused, where = f"on {date}", _NOT_ON_A_DAY, "a day of a history"
        items = []
        for item in block.items:
            help_ = _refusal(item, refused)
            if help_ is not None:
                message, at = f"`{_called(item)}` does not stand in {where}", Place(self.source, item.span)
                self.findings.append(finding("not-on-this-day", message, at, help=help_))
            elif not isinstance(item, nodes.Under):
                items.append(item)
        under = next((item for item in block.items if isinstance(item, nodes.Under)), None)
        new = None if under is None or isinstance(block, nodes.OpeningBlock) else self._rulebook(under)
        raw = RawEvent(self.source, self.tree.title, place, date, crumbs=(f'history "{self.tree.title}"', crumb))
        enter_items(raw, items, new or program, self.read)
        return Block(date, raw, new)


_ONCE: dict[type[nodes.Node], str] = {
    nodes.ExerciseItem: "exercise",
    nodes.Under: "under",
    nodes.DuesPaid: "dues paid when payable",
}
_CALLED: dict[type[nodes.Node], str] = {
    **_ONCE,
    nodes.DeclaredItem: "declared",
    nodes.PaymentItem: "paid DATE by",
    nodes.FormerMemberItem: "former member",
    nodes.DefaultedItem: "defaulted",
    nodes.OpenPeriodItem: "period … open",
    nodes.DefaultItem: "default of",
    nodes.FurtherLossItem: "further loss of",
    nodes.NonDefaultLossItem: "non-default loss",
    nodes.DecisionItem: "decide",
    nodes.WithdrawalItem: "withdraw",
    nodes.DepartureItem: "departure of",
    nodes.RecoveredItem: "recovered from",
    nodes.PaidInItem: "paid in by",
    nodes.PaidOutItem: "paid out to",
}
"""What a line is called by the words with which it begins, whatever of it its place in the text shows."""
_OF_FILES = ("unreadable-file", "path-outside", "not-text", "file-too-large")
_HEAD = "put it into the head, before the opening: all of a history is an exercise or nothing of it"
_LATER = "an opening says what stands on its day: put what happens into a block `on` its day"
_NOT_IN_AN_OPENING: dict[type[nodes.Node], str] = {
    nodes.ExerciseItem: _HEAD,
    nodes.Under: "name the rulebook in the head, before the opening",
    nodes.DeclaredItem: "leave it out: the opening has its day",
    **dict.fromkeys((nodes.DefaultItem, nodes.FurtherLossItem, nodes.NonDefaultLossItem), _LATER),
    **dict.fromkeys((nodes.DecisionItem, nodes.WithdrawalItem, nodes.DepartureItem, nodes.RecoveredItem), _LATER),
    **dict.fromkeys((nodes.PaidInItem, nodes.PaidOutItem), _LATER),
}
"""What an opening does not hold, and what to do about it."""
_BEFORE = "put it into the opening: on later days the history knows it itself"
_NOT_ON_A_DAY: dict[type[nodes.Node], str] = {
    nodes.ExerciseItem: _HEAD,
    nodes.DeclaredItem: "leave it out: the block has its day",
    nodes.PaymentItem: "put it into the opening; the runs know what was paid later, and a pot is `paid in by …`",
    **dict.fromkeys((nodes.FormerMemberItem, nodes.DefaultedItem, nodes.OpenPeriodItem), _BEFORE),
}
"""What a day does not hold, and what to do about it."""


def _called(item: nodes.HistoryItem) -> str:
    return f"{item.contents} from" if isinstance(item, nodes.TableFrom) else _CALLED[type(item)]


def _refusal(item: nodes.HistoryItem, kinds: Mapping[type[nodes.Node], str]) -> str | None:
    """What to do about a line that does not stand in an opening, or on a day; ``None`` if it does."""
    if isinstance(item, nodes.TableFrom):
        of_days = {"defaults": nodes.DefaultItem, "paid in": nodes.PaidInItem, "paid": nodes.PaymentItem}
        return kinds.get(of_days.get(item.contents, nodes.TableFrom))
    return kinds.get(type(item))
