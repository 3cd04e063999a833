"""From a text to its facts, one straight way: read what is whole, check it, hold it against its rulebook."""

import bisect
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from attrs import define, field

from rulelang.analysis.cells import in_table
from rulelang.analysis.documents import Documents, plain
from rulelang.analysis.facts import MOST_CHARACTERS, Facts, FileKind
from rulelang.analysis.uses import Use, home_of, named_in
from rulelang.analysis.written import Written, written
from rulelang.base.diagnostic import Diagnostic, ReadError, RulelangError, Severity, each_once, finding
from rulelang.base.source import Place, SourceText
from rulelang.check.draft import Draft
from rulelang.check.events.event import event_of
from rulelang.check.events.paths import inside, rulebook_under
from rulelang.check.rulebook import examined
from rulelang.histories.fold import run_history
from rulelang.histories.history import History, history_of
from rulelang.model.event import Event
from rulelang.model.history import HistoryResult
from rulelang.syntax import nodes
from rulelang.syntax.lexer import Token
from rulelang.syntax.read import Reading, reading

Rulebooks = Callable[[Path], Facts]
"""What gives the facts about a rulebook by its path."""


def analyse(
    source: SourceText,
    kind: FileKind,
    documents: Documents,
    rulebooks: Rulebooks,
    named_by: Path | None,
    beside: Path | None,
) -> Facts:
    """The facts about a text, whatever is wrong with it; other texts are read through ``documents``.

    ``rulebooks`` is asked for the rulebooks of events and histories; ``named_by`` is the one against which an event is
    held that names none, ``beside`` the one that tells what its names are where no rulebook names it either.
    """
    if kind is FileKind.RULES:
        return _rulebook(source)
    if kind is FileKind.TABLE:
        return Facts(source, kind)
    return _Event(source, kind, documents, rulebooks, named_by, beside).facts()


def table_facts(source: SourceText, contents: nodes.TableContents, draft: Draft | None) -> Facts:
    """The facts about a table, by what the event that names it says it holds."""
    names = _uses(in_table(source, contents, draft), source, [(0, draft)])
    return Facts(source, FileKind.TABLE, draft=draft, uses=names)


def _rulebook(source: SourceText) -> Facts:
    read = reading(source, "rulebook")
    if not isinstance(read.tree, nodes.Rulebook):
        return Facts(source, FileKind.RULES, None, read.findings, whole=False, tokens=_tokens(read))
    checked = examined(source, read.tree)
    whole = not read.findings
    return Facts(
        source,
        FileKind.RULES,
        read.tree,
        checked.findings if whole else read.findings,
        checked.draft,
        checked.program if whole else None,
        uses=_uses(written(read.tree, source), source, [(0, checked.draft)]),
        tokens=_tokens(read),
        whole=whole,
    )


def _tokens(read: Reading) -> Sequence[Token]:
    return read.tokens if not read.tokens or read.tokens[-1].end <= MOST_CHARACTERS else ()


def _uses(names: Iterable[Written], source: SourceText, drafts: Sequence[tuple[int, Draft | None]]) -> tuple[Use, ...]:
    """The names of a text in their order, each by the rulebook that is in force where it stands."""
    waiting, found = sorted(names, key=lambda each: each[1]), list[Use]()
    ends = [start for start, _ in drafts[1:]] + [len(source.text) + 1]
    for (_, draft), end in zip(drafts, ends, strict=True):
        rulebook = home_of(draft)
        till = bisect.bisect_left(waiting, end, lo=len(found), key=lambda each: each[1].start)
        for name, span, role in waiting[len(found) : till]:
            found.append(Use(name, span, role, named_in(draft, name, role), source, rulebook))
    return tuple(found)


class _Held(NamedTuple):
    """What a text is if it fits its rulebook."""

    event: Event | None = None
    history: History | None = None
    days: HistoryResult | None = None


@define
class _Event:
    """An event or a history while its facts are found."""

    source: SourceText
    kind: FileKind
    documents: Documents
    rulebooks: Rulebooks
    named_by: Path | None
    beside: Path | None
    read: dict[Path, SourceText] = field(factory=dict)
    findings: list[Diagnostic] = field(factory=list)
    found: dict[str, tuple[Path, Facts] | None] = field(factory=dict)

    def facts(self) -> Facts:
        """The facts about it, its rulebooks read first."""
        start = self.kind.start
        assert start is not None
        syntax = reading(self.source, start)
        if syntax.tree is None:
            return Facts(self.source, self.kind, None, syntax.findings, whole=False, tokens=_tokens(syntax))
        known = Facts(self.source, self.kind, syntax.tree)
        for under in known.under():
            if under.path not in self.found:
                self.found[under.path] = self._under(under)
        path, rulebook = self._first(known)
        names, held = rulebook, _Held()
        if rulebook is None and known.first_under is None and self.beside is not None:
            names = self._rulebook(self.beside)
        drafts = self._drafts(known, names)
        if syntax.findings or self.findings:
            pass  # a line of it is broken, or a rulebook that it names is not there
        elif rulebook is None:
            what, advice = "history" if self.kind is FileKind.HISTORY else "event", "name it with `under`"
            message = f"the {what} names no rulebook, so only its form was checked"
            self.findings.append(finding("no-rulebook", message, Place(self.source, known.opening_word), help=advice))
        elif not self._unchecked(known, rulebook):
            held = self._held(known, rulebook)
        return Facts(
            self.source,
            self.kind,
            syntax.tree,
            syntax.findings or each_once(self.findings),
            None if names is None else names.draft,
            None if rulebook is None else rulebook.program,
            path,
            held.event,
            _uses(written(syntax.tree, self.source), self.source, drafts),
            self.read,
            not syntax.findings,
            tokens=_tokens(syntax),
            drafts=drafts,
            history=held.history,
            days=held.days,
        )

    def _first(self, known: Facts) -> tuple[Path | None, Facts | None]:
        """The rulebook that is in force at the start."""
        if known.first_under is not None:
            return self.found[known.first_under.path] or (None, None)
        if self.named_by is None:
            return None, None
        return self.named_by, self._rulebook(self.named_by)

    def _rulebook(self, path: Path) -> Facts:
        facts = self.rulebooks(path)
        self.read[plain(path)] = facts.source
        return facts

    def _under(self, under: nodes.Under) -> tuple[Path, Facts] | None:
        """The rulebook that a line names."""
        place = Place(self.source, under.span)
        folder = None if self.source.path is None else self.documents.folder_of(self.source.path)
        try:
            path = rulebook_under(under.path, place, self.source, folder, self.documents.has)
            if path is not None and FileKind.of(path) in (None, FileKind.RULES):
                return path, self._rulebook(path)
            if path is not None:
                kind = path.suffix.lower()[1:]
                message = f"`{under.path}` is a {kind} file, and `under` names a rulebook"
                if kind == "event":
                    message = message.replace(" a ", " an ", 1)
                self.findings.append(finding("wrong-kind-of-file", message, place, help="name a `.rules` file"))
                return None
            message = f"`{under.path}` is no file, so the {self.kind.value[1:]} is not held against a rulebook"
            code = "unreadable-file" if self.kind is FileKind.HISTORY else "no-rulebook"
            self.findings.append(finding(code, message, place, help="check the path: it goes from this file"))
        except ReadError as error:
            self.findings += error.diagnostics
        return None

    def _unchecked(self, known: Facts, first: Facts) -> bool:
        """Whether a rulebook of the text does not check, which is told where it is named."""
        spans = [] if first.program is not None or known.first_under is not None else [known.opening_word]
        spans += [each.span for each in known.under() if (of := self.found[each.path]) and of[1].program is None]
        if not spans:
            return False
        message = f"the rulebook does not check, so this {self.kind.value[1:]} is not held against it"
        self.findings.append(
            finding("no-rulebook", message, Place(self.source, spans[0]), help="mend the rulebook first")
        )
        return True

    def _text(self, path: Path, shown: str) -> SourceText:
        source = self.documents.read(path, shown)
        self.read[plain(path)] = source
        return source

    def _held(self, known: Facts, first: Facts) -> "_Held":
        """The event or history if it fits; a history is run, since only a run knows its balances."""
        held = _Held()
        try:
            if isinstance(known.tree, nodes.EventSyntax) and first.program is not None:
                held = _Held(event_of(self.source, known.tree, first.program, self._text))
            elif isinstance(known.tree, nodes.HistorySyntax):
                every = [(word, of[1].program) for word, of in self.found.items() if of is not None]
                programs = {word: program for word, program in every if program is not None}
                head = first.program if known.first_under is None else None
                history = history_of(self.source, known.tree, head, self._text, programs or None)
                held = _Held(history=history, days=run_history(history))
        except RulelangError as error:
            self.findings += [each for each in error.diagnostics if self._is_ours(each)]
        for fits in (held.event, held.history):
            self.findings += () if fits is None else fits.warnings
        return held

    def _is_ours(self, found: Diagnostic) -> bool:
        """Whether a finding is about this text or a table of it; what a rulebook has of its own is told there."""
        if found.place is None or found.place.source is self.source:
            return True
        path = found.place.source.path
        return found.severity is Severity.ERROR and path is not None and path.suffix != FileKind.RULES.value

    def _drafts(self, known: Facts, first: Facts | None) -> tuple[tuple[int, Draft | None], ...]:
        """The drafts of the rulebooks, by the offset from which each is in force: a day of a history may bring one."""
        starts: list[tuple[int, Draft | None]] = [(0, None if first is None else first.draft)]
        if isinstance(known.tree, nodes.HistorySyntax):
            for day in known.tree.days:
                for item in day.items:
                    named = self.found.get(item.path) if isinstance(item, nodes.Under) else None
                    if named is not None:
                        starts.append((day.span.start, named[1].draft))
        return tuple(starts)


def tables_of(facts: Facts) -> Iterator[tuple[Path, nodes.TableFrom]]:
    """The tables that an event, a history or a test names, by their paths; those outside are left out."""
    home = facts.source if facts.draft is None else facts.draft.source
    for item in facts.tables():
        try:
            yield plain(inside(item.path, Place(facts.source, item.span), facts.source, home)[0]), item
        except ReadError:
            continue


def named_path(facts: Facts, written_path: str) -> Path | None:
    """Where a path that a text names leads, seen from its folder."""
    home = facts.source.path
    return None if home is None or "\0" in written_path else Path(os.path.normpath(home.parent / written_path))
