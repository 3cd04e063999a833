"""What a server keeps between two messages: the texts that are open, what is chosen, and what was told of them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import define, field
from lsprotocol import types

from rulelang.analysis.columns import Columns
from rulelang.analysis.documents import Documents, plain
from rulelang.analysis.facts import Facts, FileKind
from rulelang.analysis.runs import Run, Runs
from rulelang.analysis.workspace import Workspace
from rulelang.base.diagnostic import Diagnostic, RulelangError
from rulelang.base.files import data_folder
from rulelang.base.source import SourceText
from rulelang.lsp.addresses import Addresses
from rulelang.lsp.disk import Disk
from rulelang.lsp.shapes import diagnostic

PAGES = "file"
"""The pages of codes that ship with the package, as files."""


@define
class Options:
    """What an editor may choose.

    ``debounce`` is how many milliseconds after the last key a text is looked at; ``code_pages`` is the address of the
    page of a code with ``{code}`` in it, ``file`` for the pages that ship, or ``None``; ``formerly`` whether a new name
    of a step or datum keeps the old one as a former one without being asked.
    """

    debounce: int = 150
    code_pages: str | None = PAGES
    formerly: bool = False

    def take(self, said: object) -> None:
        """Take what an editor says; what is not understood stays as it is."""
        if not isinstance(said, Mapping):
            return
        debounce = said.get("debounce")
        if isinstance(debounce, int) and not isinstance(debounce, bool) and 0 <= debounce <= 10_000:
            self.debounce = debounce
        if "codePages" in said and (said["codePages"] is None or isinstance(said["codePages"], str)):
            self.code_pages = said["codePages"]
        if isinstance(said.get("formerly"), bool):
            self.formerly = said["formerly"]

    def page(self, code: str) -> str | None:
        """The address of the page of a code."""
        if self.code_pages is None:
            return None
        if self.code_pages != PAGES:
            return self.code_pages.replace("{code}", code)
        return (data_folder("codes", "docs/codes") / f"{code}.md").as_uri()


Found = dict[Path, list[Diagnostic]]
"""Findings by the texts in which they are."""


@define(eq=False)
class Session:
    """The state of a server."""

    options: Options = field(factory=Options)
    addresses: Addresses = field(factory=Addresses)
    disk: Disk = field(factory=Disk)
    open: dict[Path, int | None] = field(factory=dict)
    former: dict[tuple[Path, str], str] = field(factory=dict)
    workspace: Workspace = field(init=False)
    runs: Runs = field(init=False)
    _told: dict[Path, Found] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.workspace = Workspace(Documents(from_disk=self.disk.read, below=self.disk.files, cut=self.disk.is_cut))
        self.runs = Runs(self.workspace)
        self.disk.open = self.open.keys()

    def work_in(self, folders: Iterable[str]) -> None:
        """Work in these folders, given by their addresses."""
        self.disk.folders = [self.addresses.path(each) for each in folders if each.startswith("file:")]
        self.files_changed()
        self.workspace.work_in(self.disk.folders)

    def files_changed(self) -> None:
        """Files have come, gone or changed on disk."""
        for path in self.disk.changed():
            self.workspace.forget(path)
            self.runs.forget(path)

    def put(self, address: str, text: str, version: int | None) -> Path:
        """A text is open, or has changed."""
        path = self.addresses.path(address)
        self.workspace.documents.put(path, text)
        new = path not in self.open
        self.open[path] = version
        if new:
            self.disk.opened(path)
        return path

    def close(self, address: str) -> list[types.PublishDiagnosticsParams]:
        """A text is closed: from now on the one on disk counts, and nothing more is told of it."""
        path = self.addresses.path(address)
        self.open.pop(path, None)
        beside = self._open_beside(path)
        self.workspace.documents.forget(path)
        self.workspace.forget(path)
        self.runs.forget(path)
        self.disk.forget(path)
        self.former = {new: old for new, old in self.former.items() if new[0] != path}
        gone = self._told.pop(path, {})
        touched = self._renew({*beside, *self._open_beside(path)})
        told = self._told_of({path, *gone, *touched})
        self.addresses.forget(path)
        return told

    def facts(self, address: str) -> Facts | None:
        """The facts about a text; ``None`` if there is none, or it is of no kind that is known here."""
        path = self.addresses.path(address)
        if FileKind.of(path) is None:
            return None
        try:
            return self.workspace.facts(path)
        except RulelangError:
            return None

    def run(self, facts: Facts, event: Path | None = None, at: int | None = None) -> Run | None:
        """The run whose amounts are shown beside a text: of an event itself, of a rulebook against its event.

        ``at`` is an offset in the text: where a test stands there, the run is that of the test.
        """
        path = facts.source.path
        if path is None:
            return None
        test = next((each for each in facts.tests() if at is not None and each.span.start <= at < each.span.end), None)
        if test is not None:
            return self.runs.of_test(facts, test)
        if facts.kind is FileKind.EVENT:
            return None if facts.rulebook is None else self.runs.of(facts.rulebook, path)
        return self.runs.of(path, event) if facts.kind is FileKind.RULES else None

    def refresh(self, path: Path) -> list[types.PublishDiagnosticsParams]:
        """What is to be told after a text has changed, of it and of all that belong to it and are open."""
        return self._told_of(self._renew(self._open_beside(path)))

    def told_now(self, address: str) -> Sequence[types.Diagnostic]:
        """The findings about a text as it stands."""
        path = self.addresses.path(address)
        self._renew(self._open_beside(path))
        return self._published(path).diagnostics

    def _renew(self, paths: Iterable[Path]) -> set[Path]:
        """Find anew what is wrong with some texts; the texts of which something is told, or was."""
        touched: set[Path] = set()
        with self.workspace.together.unchanged():
            for each in paths:
                before, found = self._told.get(each, {}), self._found(each)
                self._told[each] = found
                touched |= {each, *before, *found}
        return touched

    def _open_beside(self, path: Path) -> list[Path]:
        beside = [each for each in self.workspace.together.world(path) if each in self.open]
        return beside if plain(path) in beside or path not in self.open else [path, *beside]

    def _found(self, path: Path) -> Found:
        """The findings about an open text, by the texts in which they are."""
        found: Found = {path: []}
        if FileKind.of(path) is None:
            return found
        try:
            findings = self.workspace.facts(path).findings
        except RulelangError as error:
            findings = error.diagnostics
        for each in findings:
            where = None if each.place is None else each.place.source.path
            found.setdefault(path if where is None else plain(where), []).append(each)
        return found

    def _told_of(self, paths: set[Path]) -> list[types.PublishDiagnosticsParams]:
        """What is told of some texts by all texts that are open."""
        return [self._published(path) for path in sorted(paths)]

    def _published(self, path: Path) -> types.PublishDiagnosticsParams:
        told: dict[tuple[Any, ...], types.Diagnostic] = {}
        columns: dict[int, Columns] = {}
        for found in self._told.values():
            for each in found.get(path, ()):
                source = self._source(each, path)
                of = columns.setdefault(id(source), Columns(source))
                shape = diagnostic(each, of, self.addresses.address, self.options.page(each.code))
                told[each.code, each.message, shape.range.start.line, shape.range.start.character] = shape
        return types.PublishDiagnosticsParams(self.addresses.address(path), [*told.values()], self.open.get(path))

    def _source(self, found: Diagnostic, path: Path) -> SourceText:
        return SourceText.of("", path.name, path) if found.place is None else found.place.source
