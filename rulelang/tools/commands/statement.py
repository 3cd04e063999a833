"""``rulelang statement``: a letter for each payer."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from rulelang.base.source import readable
from rulelang.document.write import as_json, written
from rulelang.tools.days import Subject, subject
from rulelang.tools.files import RulelangPath, write_new

if TYPE_CHECKING:
    from rulelang.statements.statement import Statement

_ENDINGS = {"markdown": "md", "html": "html", "json": "json"}
_NO_NAME = re.compile(r"[^\w.-]+")
_LONGEST = 100


@click.command("statement")
@subject(event="EVENT|HISTORY")
@click.option("--payer", "payers", metavar="PAYER", multiple=True, help="Only for this payer; repeatable.")
@click.option(
    "--format",
    "form",
    type=click.Choice([*_ENDINGS]),
    default="markdown",
    show_default=True,
    help="The format of the letters; `html` is laid out to be printed.",
)
@click.option("--full", is_flag=True, help="Also the working out in words behind each letter (JSON always has it).")
@click.option(
    "--out", "out", metavar="FOLDER", type=RulelangPath(), required=True, help="The folder for the letters, one each."
)
def command(
    about: Subject,
    payers: tuple[str, ...],
    form: Literal["markdown", "html", "json"],
    full: bool,
    out: str,
) -> int:
    r"""Write a statement for each payer: what it pays or receives on which day, under which rule, computed how.

    The letter of a member holds nothing of the other members but totals. Without --payer there is one for everybody
    that pays, owes or receives something. A history is told as a whole, or with --on only its run of one day; one that
    names its rulebook may stand alone. An ordinary letter is one page; where much happened it goes on, and no line is
    left out.

    \b
    Examples:
      rulelang statement ccp.rules events/2018.event --out letters
      rulelang statement ccp.rules autumn.history --payer FORTUM --format html --out letters
      rulelang statement autumn.history --out letters
      rulelang statement autumn.history --on 2018-09-11 --out letters

    No file is overwritten: all letters are written, or none.
    """
    told = _statements(about, payers)
    letters = {Path(out) / name: _letter(each, form, full=full) for name, each in _named(told, _ENDINGS[form]).items()}
    if not letters:
        click.echo("nobody pays, owes or receives anything: there is no letter to write")
        return 0
    write_new(letters)
    return 0


def _statements(about: Subject, payers: Iterable[str]) -> Iterator["Statement"]:
    """The statements of these payers, of all that have one if there are none."""
    from rulelang.histories.fold import run_history
    from rulelang.run.interpret import interpret
    from rulelang.statements.statement import payers_of_history, statements_of_history, statements_of_run

    if about.event is None:
        raise click.UsageError("give an EVENT, or a history that names its rulebook")
    asked = tuple(dict.fromkeys(payers))
    if about.is_history and about.on is None:
        history = about.history()
        result = run_history(history)
        return statements_of_history(result, history.programs, asked or payers_of_history(result))
    program, event = about.load()
    allocation = interpret(program, event)
    return statements_of_run(program, event, allocation, asked or allocation.payers())


def _letter(told: "Statement", form: Literal["markdown", "html", "json"], *, full: bool) -> str:
    from rulelang.document.table import Reader
    from rulelang.statements.document import statement_document

    if form == "json":
        return as_json(told.to_dict())
    letter = written(statement_document(told, Reader(form), full=full), form)
    assert isinstance(letter, str), "a letter is a text"
    return letter


def _named(told: Iterable["Statement"], ending: str) -> Mapping[str, "Statement"]:
    """The letters by the names of their files: the id of the payer, as far as a file can be called so."""
    found: dict[str, Statement] = {}
    taken: set[str] = set()
    for each in told:
        stem = plain = _NO_NAME.sub("_", readable(each.payer)).strip("._")[:_LONGEST] or "payer"
        number = 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{plain}-{number}"
        taken.add(stem.casefold())
        found[f"{stem}.{ending}"] = each
    return found
