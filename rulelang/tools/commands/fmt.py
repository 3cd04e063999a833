"""``rulelang fmt``: the one standard layout."""

import difflib
import hashlib

import click

from rulelang.base.diagnostic import Diagnostic, RulelangError
from rulelang.base.outputs import write_atomically
from rulelang.base.source import SourceText, readable
from rulelang.syntax.format.line_ends import line_end_of
from rulelang.syntax.format.printer import format_text
from rulelang.syntax.read import read_source
from rulelang.tools.cli import BAD_INPUT, FINDINGS, show
from rulelang.tools.files import RulelangPath, files_of, put, standard_input


@click.command("fmt")
@click.argument("paths", nargs=-1, required=True, type=RulelangPath())
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
def command(paths: tuple[str, ...], check: bool, diff: bool) -> int:
    r"""Lay rulebooks, events and histories out in the one standard way: files, folders, or standard input (-).

    Comments, the way lines end, and the meaning stay: a file whose tree would change, or that cannot be read, is left
    as it is.

    \b
    Examples:
      rulelang fmt rulebooks
      rulelang fmt --check rulebooks
      rulelang fmt --diff ccp.rules
      rulelang fmt - < ccp.rules
    """
    if paths == ("-",):
        put(_formatted(standard_input()), None)
        return 0
    changed, files = 0, files_of(paths)
    broken: list[Diagnostic] = [*files.errors]
    for path in files.paths:
        try:
            source = read_source(path)
            text = _formatted(source)
            if hashlib.sha256(text.encode("utf-8")).hexdigest() == source.sha256:
                continue
            if not (check or diff):
                write_atomically(path, text, over_input=True)
        except RulelangError as error:
            broken.extend(error.diagnostics)
            continue
        changed += 1
        if diff:
            click.echo(_difference(source, text), nl=False)
        else:
            click.echo(f"{'would change' if check else 'changed'} {readable(str(path))}")
    if broken:
        show(RulelangError(broken))
    click.echo(_summary(len(files.paths), changed, dry=check or diff), err=True)
    return BAD_INPUT if broken else FINDINGS if changed and (check or diff) else 0


def _formatted(source: SourceText) -> str:
    """The text laid out, its lines ended as most of its lines were."""
    return format_text(source).replace("\n", line_end_of(source.text))


def _difference(source: SourceText, text: str) -> str:
    before, after = source.text.splitlines(keepends=True), text.splitlines(keepends=True)
    lines = difflib.unified_diff(before, after, source.name, f"{source.name} (formatted)")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _summary(files: int, changed: int, *, dry: bool) -> str:
    word = "would change" if dry else "changed"
    return f"{files} {'file' if files == 1 else 'files'}, {changed} {word}"
