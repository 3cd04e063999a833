"""``rulelang diff --git-driver``: what Git calls to show how a rulebook changed."""

import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from rulelang.base.diagnostic import RulelangError
from rulelang.base.render import visible, wants_colour
from rulelang.base.source import SourceText
from rulelang.changes.comparison import compare_versions
from rulelang.changes.words.document import make_document
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from rulelang.document.terminal import render_terminal
from rulelang.syntax.read import read_source
from rulelang.tools.cli import terminal_width

_NOTHING = "/dev/null"


def drive(arguments: Sequence[str]) -> str:
    """The edits between the two files that Git names, or its lines where one of them is no rulebook that checks.

    Git gives ``PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE NEW-HEX NEW-MODE``, two more for a file with another name, and
    ``PATH`` alone for a file that is not merged.

    Raises:
        UsageError: other arguments.
    """
    if len(arguments) == 1:
        return f"{visible(arguments[0])}: not merged\n"
    if len(arguments) not in (7, 9):
        raise click.UsageError("--git-driver takes what `git diff` gives: PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE …")
    path, old, new = arguments[0], arguments[1], arguments[4]
    named = arguments[7] if len(arguments) == 9 else path
    if _NOTHING in (old, new):
        return f"{visible(path)}: {'new' if old == _NOTHING else 'deleted'} rulebook\n\n" + _lines(
            old, new, path, named
        )
    try:
        found = compare_versions(_checked(old, f"a/{path}"), _checked(new, f"b/{named}"), [])
    except RulelangError as error:
        return f"{visible(path)}: {visible(error.diagnostics[0].message)}\n\n" + _lines(old, new, path, named)
    document = make_document(found)
    return render_terminal(document, width=terminal_width(), colour=_wants_colour()) + "\n"


def _wants_colour() -> bool:
    """Whether a person reads it: on a terminal, or through the pager that Git has started."""
    paged = os.environ.get("GIT_PAGER_IN_USE") == "true" and not os.environ.get("NO_COLOR")
    return paged or wants_colour(sys.stdout)


def _checked(file: str, name: str) -> CheckedProgram:
    return check_rulebook(read_source(Path(file)).named(name))


def _lines(old: str, new: str, path: str, named: str) -> str:
    """The lines that differ."""
    before, after = (_text(file).text.splitlines(keepends=True) for file in (old, new))
    lines = difflib.unified_diff(before, after, f"a/{path}", f"b/{named}")
    return "".join(f"{visible(line.rstrip(chr(10)))}\n" for line in lines)


def _text(file: str) -> SourceText:
    return SourceText.from_text("") if file == _NOTHING else read_source(Path(file))
