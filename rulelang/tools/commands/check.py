"""``rulelang check``: findings about rulebooks and events."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rulelang.base.diagnostic import Diagnostic, RulelangError, Severity, finding
from rulelang.base.render import render_text, to_json
from rulelang.base.source import Place, SourceText
from rulelang.check.events.paths import rulebook_under
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook, errors_among
from rulelang.document.write import as_json
from rulelang.syntax import nodes
from rulelang.syntax.read import parse_event, parse_history, read_source
from rulelang.tools.cli import BAD_INPUT, FINDINGS, terminal_width
from rulelang.tools.files import Files, RulelangPath, files_of, put, require_outputs
from rulelang.tools.formats import Reply, format_option, out_option

if TYPE_CHECKING:
    from rulelang.document.document import Document
    from rulelang.document.table import Reader


@click.command("check")
@click.argument("paths", nargs=-1, required=True, type=RulelangPath())
@format_option(what="the findings", more=("sarif",))
@click.option("--rulebook", type=RulelangPath(), help="Hold all events against this rulebook.")
@click.option("--no-notes", is_flag=True, help="Leave out notes, which are for information only.")
@out_option()
def command(paths: tuple[str, ...], rulebook: str | None, no_notes: bool, reply: Reply) -> int:
    r"""Check rulebooks (*.rules), events (*.event, *.json), histories (*.history): files, or folders with such files.

    An event is held against the rulebook that it names with `under`, or against --rulebook. A history is run day after
    day, since its balances are known in no other way.

    Exit code 0: clean (notes do not count), 1: warnings, 3: errors.

    \b
    Examples:
      rulelang check ccp.rules
      rulelang check rulebooks --no-notes
      rulelang check ccp.rules --format sarif --out findings.sarif
      rulelang check rulebooks --format html --out findings.html
    """
    require_outputs(reply.out, inputs=(*paths, rulebook))
    files = files_of(paths)
    found: list[Diagnostic] = [*files.errors]
    checker = _Checker(rulebook, files)
    for path in sorted(files.paths, key=lambda path: path.suffix != ".rules"):  # rulebooks under their own names
        found.extend(checker.findings(path))
    if no_notes:
        found = [d for d in found if d.severity is not Severity.NOTE]
    if found or reply.form != "table" or reply.out is not None:  # a file with the findings of yesterday must not stay
        _tell(found, reply)
    else:
        click.echo(f"{len(files.paths)} {'file' if len(files.paths) == 1 else 'files'}, no error, no warning", err=True)
    worst = {d.severity for d in found}
    return BAD_INPUT if Severity.ERROR in worst else FINDINGS if Severity.WARNING in worst else 0


def _tell(found: list[Diagnostic], reply: Reply) -> None:
    if reply.form == "sarif":
        from rulelang.base.sarif import to_sarif
        from rulelang.base.version import __version__

        put(as_json(to_sarif(tuple(found), __version__), ascii_only=True), reply.out)
        return
    text = partial(render_text, found, colour=reply.colour, width=terminal_width())
    reply.tell(partial(_document, found), partial(to_json, found), text=text, ascii_json=True)


def _document(found: list[Diagnostic], reader: "Reader") -> "Document":
    from rulelang.document.findings import findings_document

    return findings_document(found, reader)


def _no_rulebook(what: str, source: SourceText) -> Diagnostic:
    message = f"the {what} names no rulebook, so only its form was checked"
    return finding("no-rulebook", message, Place(source), help="name it with `under`, or with --rulebook")


class _Checker:
    """Checks files one by one; a rulebook that several events name is read once."""

    def __init__(self, rulebook: str | None, files: Files) -> None:
        self.folders = files.folders
        self.rulebook = None if rulebook is None else Path(rulebook)
        self.programs: dict[Path, CheckedProgram] = {}
        self.failed: set[Path] = set()

    def findings(self, path: Path) -> Iterator[Diagnostic]:
        try:
            if path.suffix == ".history":
                yield from self._history(path)
            elif path.suffix in (".event", ".json"):
                yield from self._event(path)
            else:
                yield from self._program(path).warnings
        except RulelangError as error:
            yield from error.diagnostics

    def _program(self, path: Path) -> CheckedProgram:
        resolved = Path(os.path.realpath(path))
        if resolved not in self.programs:
            if resolved in self.failed:  # its errors have been told
                raise RulelangError([])
            self.failed.add(resolved)
            self.programs[resolved] = check_rulebook(read_source(path))
        return self.programs[resolved]

    def _history(self, path: Path) -> Iterator[Diagnostic]:
        """A history is run, since its balances are known in no other way."""
        from rulelang.histories.fold import run_history
        from rulelang.histories.history import read_history

        source = read_source(path)
        if self.rulebook is None and not any(isinstance(item, nodes.Under) for item in parse_history(source).head):
            yield _no_rulebook("history", source)
            return
        try:
            history = read_history(source, None if self.rulebook is None else self._program(self.rulebook))
            run_history(history)
        except RulelangError as error:
            yield from errors_among(error.diagnostics)
            return
        yield from history.warnings

    def _event(self, path: Path) -> Iterator[Diagnostic]:
        from rulelang.check.events.event import check_event

        source = read_source(path)
        rulebook = self.rulebook
        if rulebook is None and path.suffix == ".event":
            tree = parse_event(source)
            under = next((item for item in tree.items if isinstance(item, nodes.Under)), None)
            if under is not None:
                place = Place(source, under.span)
                rulebook = rulebook_under(under.path, place, source, self.folders.get(path))
                if rulebook is None:
                    message = f"`{under.path}` is no file, so the event is not held against a rulebook"
                    yield finding("no-rulebook", message, place)
                    return
        if rulebook is None:
            yield _no_rulebook("event", source)
            return
        try:
            program = self._program(rulebook)
        except RulelangError as error:
            yield from errors_among(error.diagnostics)
            return
        yield from check_event(source, program).warnings
