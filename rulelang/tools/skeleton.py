"""What a rulebook asks of an event, as files to fill in."""

import csv
from io import StringIO
from typing import assert_never

from attrs import frozen

from rulelang.check.program import CheckedProgram, DatumProgram
from rulelang.check.types import Kind
from rulelang.document.write import Plain


@frozen
class Skeleton:
    """An event to fill in (``event``) and the empty table of its members (``members``), as text."""

    event: str
    members: str


def skeleton(program: CheckedProgram, under: str, members: str = "members.csv") -> Skeleton:
    """The data that a rulebook needs: its givens, decisions and defaults as an event, its fields as a CSV header.

    ``under`` is the path from the event to the rulebook, ``members`` that to the CSV file.
    """
    return Skeleton(_event(program, under, members), _members(program))


def needs(program: CheckedProgram) -> Plain:
    """The data that a rulebook needs, as plain values."""
    return {
        "rulebook": program.title,
        "currency": program.currency.code,
        "segments": list(program.segments),
        "fields": [_need(datum) for datum in program.fields.values()],
        "givens": [_need(datum) for datum in program.givens.values()],
        "decisions": [
            {"step": step.name, "body": step.discretion} for step in program.each_step() if step.discretion is not None
        ],
        "earlier_payments": [step.name for step in program.each_step() if step.counts_earlier_payments],
    }


def _need(datum: DatumProgram) -> Plain:
    return {
        "name": datum.name,
        "type": datum.type.kind.value,
        "choices": list(datum.type.choices),
        "signed": datum.signed,
        "per_segment": datum.per_segment,
        "optional": datum.if_missing is not None,
        "note": datum.note,
    }


def _columns(program: CheckedProgram) -> list[str]:
    columns = ["member", "name"]
    for datum in program.fields.values():
        columns.extend(
            [f"{datum.name}.{segment}" for segment in program.segments] if datum.per_segment else [datum.name]
        )
    return columns


def _members(program: CheckedProgram) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerow(_columns(program))
    return out.getvalue()


def _about(datum: DatumProgram) -> str:
    """What is to be filled in, for a comment: type, note, whether it may be left out."""
    words = f"signed {datum.type.kind.value}" if datum.signed else datum.type.kind.value
    if datum.type.kind is Kind.CHOICE:
        words = f"one of {', '.join(datum.type.choices)}"
    parts = [words, *([datum.note] if datum.note else [])]
    if datum.if_missing is not None:
        parts.append("may be left out")
    return "; ".join(parts)


def _example(program: CheckedProgram, datum: DatumProgram) -> str:
    match datum.type.kind:
        case Kind.MONEY:
            return f"{program.currency.code} …"
        case Kind.RATIO:
            return "…%"
        case Kind.CHOICE:
            return " / ".join(datum.type.choices)
        case Kind.YES_NO:
            return "yes / no"
        case Kind.DATE:
            return "2025-01-31"
        case Kind.TEXT:
            return '"…"'
        case Kind.NUMBER | Kind.RATE | Kind.DAYS | Kind.BUSINESS_DAYS | Kind.MONTHS:
            return "…"
        case _:
            assert_never(datum.type.kind)


def _event(program: CheckedProgram, under: str, members: str) -> str:
    """The event to fill in: each `…` stands for a value; comments say what is due."""
    lines = [
        'event "…"                          # a title: what happened, when',
        f'under "{under}"',
        "declared 2025-01-31                # the day the default was declared",
        "",
    ]
    lines.extend(_given_lines(program))
    lines.append(f'members from "{members}"')
    lines.append("# Columns of the file:")
    lines.extend(f"#   {datum.name}: {_about(datum)}" for datum in program.fields.values())
    segment = f" in {program.segments[0]}" if program.segments else ""
    lines.extend(["", f"default of …{segment} loss {program.currency.code} …"])
    for step in program.each_step():
        where = f" in {program.segments[0]}" if step.per_segment else ""
        if step.counts_earlier_payments:
            lines.append(
                f"# paid 2025-01-02 by … under {step.name}{where} {program.currency.code} …   # earlier payments"
            )
    lines.extend(
        f'decide {step.name}: invoke by "{step.discretion}" because "…"   # or: decline'
        for step in program.each_step()
        if step.discretion is not None
    )
    return "\n".join(lines) + "\n"


def _given_lines(program: CheckedProgram) -> list[str]:
    lines = []
    for datum in program.givens.values():
        for segment in program.segments if datum.per_segment else (None,):
            where = "" if segment is None else f" in {segment}"
            mark = "# " if datum.if_missing is not None else ""
            lines.append(f"{mark}given {datum.name}{where} = {_example(program, datum)}   # {_about(datum)}")
    return [*lines, ""] if lines else []
