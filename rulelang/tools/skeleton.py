"""What a rulebook asks of an event, as files to fill in."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import assert_never

from attrs import frozen

from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.tools.needs import Asked, asked

BLANK, EARLIER = "…", "2025-01-02"


@frozen
class Skeleton:
    """An event to fill in (``event``) and the empty table of its members (``members``), as text."""

    event: str
    members: str


def skeleton(program: CheckedProgram, under: str) -> Skeleton:
    """The data that a rulebook needs: its givens, decisions and defaults as an event, its fields as a CSV header.

    ``under`` is the path from the event to the rulebook.
    """
    return Skeleton(_event(program, under), _members(program))


def _columns(program: CheckedProgram) -> list[str]:
    columns = ["member", "name"]
    for datum in program.fields.values():
        if datum.per_defaulter:
            columns.append(f"{datum.name}.{BLANK}")
        else:
            columns.extend(
                [f"{datum.name}.{segment}" for segment in program.segments] if datum.per_segment else [datum.name]
            )
    return columns


def _members(program: CheckedProgram) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerow(_columns(program))
    return out.getvalue()


def type_words(program: CheckedProgram, datum: DatumProgram) -> str:
    """The type of a datum as a rulebook writes it."""
    words = datum.type.kind.value
    if datum.type.kind is Kind.CHOICE:
        words = f"one of {', '.join(datum.type.choices)}"
    elif datum.type.kind is Kind.RATE:
        words = f"{program.currency_of(datum.type).code} per {datum.type.per}"
    elif datum.type.currency is not None:
        words = f"{words} {datum.type.currency}"
    return f"{'signed ' if datum.signed else ''}{words}{' per defaulter' if datum.per_defaulter else ''}"


def _about(program: CheckedProgram, datum: DatumProgram, found: Asked) -> str:
    """What is to be filled in, for a comment: type, note, as of which days, whether it may be left out."""
    parts = [type_words(program, datum), *([datum.note] if datum.note else [])]
    if datum.type.kind is Kind.RATE:
        parts.append(f"a plain number: {program.currency_of(datum.type).code} for one {datum.type.per}")
    if datum.per_defaulter:
        parts.append(f"a column {datum.name}.{BLANK} for each defaulter")
    if datum.name in found.as_of:
        days = " and ".join(found.as_of[datum.name])
        how = (
            f"{datum.name}@{EARLIER}"
            if datum.name in program.fields
            else f"given {datum.name} as of {EARLIER} = {BLANK}"
        )
        parts.append(f"also as of {days}, as in `{how}`")
    if datum.if_missing is not None:
        parts.append("may be left out")
    return "; ".join(parts)


def _example(program: CheckedProgram, datum: DatumProgram) -> str:
    match datum.type.kind:
        case Kind.MONEY:
            return f"{program.currency_of(datum.type).code} {BLANK}"
        case Kind.RATIO:
            return f"{BLANK}%"
        case Kind.CHOICE:
            return " / ".join(datum.type.choices)
        case Kind.YES_NO:
            return "yes / no"
        case Kind.DATE:
            return "2025-01-31"
        case Kind.TEXT:
            return f'"{BLANK}"'
        case Kind.NUMBER | Kind.RATE | Kind.DAYS | Kind.BUSINESS_DAYS | Kind.MONTHS:
            return BLANK
        case _:
            assert_never(datum.type.kind)


def _event(program: CheckedProgram, under: str) -> str:
    """The event to fill in: each `…` stands for a value; comments say what is due."""
    found = asked(program)
    lines = [
        'event "…"                          # a title: what happened, when',
        f'under "{under}"',
        "declared 2025-01-31                # the day the default was declared",
        "",
        *given_lines(program, found),
        *column_lines(program, found),
        "",
        *loss_lines(program, found),
        *payment_lines(program),
        *past_lines(program, found),
        *withdrawal_lines(program),
        *decision_lines(program),
    ]
    return "\n".join(lines) + "\n"


def given_lines(program: CheckedProgram, found: Asked) -> list[str]:
    """The givens, those that may be left out as comments; behind them a line that is empty."""
    lines = []
    for datum in program.givens.values():
        for segment in program.segments if datum.per_segment else (None,):
            where = "" if segment is None else f" in {segment}"
            mark = "# " if datum.if_missing is not None else ""
            lines.append(
                f"{mark}given {datum.name}{where} = {_example(program, datum)}   # {_about(program, datum, found)}"
            )
    return [*lines, ""] if lines else []


def column_lines(program: CheckedProgram, found: Asked) -> Iterator[str]:
    """The file of the members, with its columns."""
    yield 'members from "members.csv"'
    yield "# Columns of the file:"
    yield from (f"#   {datum.name}: {_about(program, datum, found)}" for datum in program.fields.values())


def loss_lines(program: CheckedProgram, found: Asked) -> Iterator[str]:
    """What is lost."""
    segment = f" in {program.segments[0]}" if program.segments else ""
    code = program.currency.code
    yield f"default of …{segment} loss {code} …"
    if found.non_default:
        yield f'# non-default loss{segment} {code} {BLANK} "{BLANK}"   # a loss without a defaulter'


def payment_lines(program: CheckedProgram) -> Iterator[str]:
    """Earlier payments that count."""
    for step in program.each_step():
        where = f" in {program.segments[0]}" if step.per_segment else ""
        if step.counts_earlier_payments:
            yield f"# paid {EARLIER} by … under {step.name}{where} {program.currency.code} …   # earlier payments"


def decision_lines(program: CheckedProgram) -> Iterator[str]:
    """What somebody decides."""
    for step in program.each_step():
        if step.discretion is not None:
            yield f'decide {step.name}: invoke by "{step.discretion}" because "…"   # or: decline'


def past_lines(program: CheckedProgram, found: Asked) -> Iterator[str]:
    """What an event may say of the time before it, as comments."""
    for name in program.periods:
        yield f"# period {name} open from {EARLIER} to 2025-02-14   # if it stands open already"
    if found.defaults:
        yield f"# defaulted {EARLIER} {BLANK}   # a line for each earlier default in {' or '.join(found.defaults)}"
    if found.leaving:
        yield f"# notice by {BLANK} dated {EARLIER}   # members that have given notice to leave"


def withdrawal_lines(program: CheckedProgram) -> Iterator[str]:
    """Who withdraws between rounds."""
    for step in program.each_step():
        if step.rounds is not None:
            yield f"# withdraw {BLANK} after round 1 under {step.name}   # members that pay no more in later rounds"
