"""``rulelang fmt``: the one standard layout."""

import difflib
import sys

import click

from rulelang.base.diagnostic import Diagnostic, RulelangError
from rulelang.base.files import write_atomically
from rulelang.base.source import SourceText
from rulelang.syntax.format.printer import format_text
from rulelang.syntax.read import read_source
from rulelang.tools.cli import BAD_INPUT, FINDINGS, show
from rulelang.tools.files import RulelangPath, files_of


@click.command("fmt")
@click.argument("paths", nargs=-1, required=True, type=RulelangPath())
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
def command(paths: tuple[str, ...], check: bool, diff: bool) -> int:
    r"""Lay out rulebooks and events in the one standard way, in place: files, folders, or - for standard input.

    Comments and the meaning stay: a file whose tree would change, or that cannot be read, is left as it is.

    \b
    Examples:
      rulelang fmt rulebooks
      rulelang fmt --check rulebooks
      rulelang fmt --diff ccp.rules
      rulelang fmt - < ccp.rules
    """
    if paths == ("-",):
        text = format_text(SourceText.from_text(sys.stdin.read(), "<standard input>"))
        click.echo(text, nl=False)
        return 0
    changed, failed = 0, False
    broken: list[Diagnostic] = []
    files = files_of(paths)
    for path in files:
        try:
            source = read_source(path)
            text = format_text(source)
        except RulelangError as error:
            broken.extend(error.diagnostics)
            failed = True
            continue
        if text.encode("utf-8") == path.read_bytes():
            continue
        changed += 1
        if diff:
            click.echo(_difference(source, text), nl=False)
        elif check:
            click.echo(f"would change {path}")
        else:
            write_atomically(path, text)
            click.echo(f"changed {path}")
    if failed:
        show(RulelangError(broken))
    click.echo(_summary(len(files), changed, dry=check or diff), err=True)
    return BAD_INPUT if failed else FINDINGS if changed and (check or diff) else 0


def _difference(source: SourceText, text: str) -> str:
    before, after = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
    lines = difflib.unified_diff(before, after, source.name, f"{source.name} (formatted)")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _summary(files: int, changed: int, *, dry: bool) -> str:
    word = "would change" if dry else "changed"
    return f"{files} {'file' if files == 1 else 'files'}, {changed} {word}"
