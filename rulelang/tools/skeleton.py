"""What a rulebook asks of an event, as files to fill in, and the starter files of ``rulelang new``."""

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
        case Kind.NUMBER | Kind.DAYS:
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


# ----------------------------------------------------------------------------------------------------------- starter

STARTER_RULEBOOK = """\
# A starter rulebook. Read it aloud; then change it into yours.
# Check it with `rulelang check`, try its tests with `rulelang test`.

rulebook "{title}" version 2025-01-01
    cite "Clearing Rules, chapter 6"

currency EUR

# What must be known of every member. Each line is a column of members.csv.
members have
    initial_margin : money
    contribution   : money   "paid-in default fund contribution"
    vm_gain        : signed money   "cumulative variation margin since the default"  if missing EUR 0

# What must be known besides: given by each event.
given skin_in_the_game : money  "CCP capital set aside for this service"

# Names for what the rules speak of more than once.
define fund as sum of contribution over survivors
    "the default fund of the members that did not default"

# The steps are taken from top to bottom until the loss is borne.
waterfall "Default of a clearing member"

    tranche margin "Defaulter's margin" cite "6.1(a)"
        paid by defaulters from initial_margin

    tranche own_contribution "Defaulter's contribution" cite "6.1(b)"
        paid by defaulters from contribution

    tranche junior "Capital of the CCP" cite "6.1(c)"
        paid by ccp from skin_in_the_game

    # `from` draws on money that is there; `shared` says by what key.
    tranche fund_draw "Default fund" cite "6.1(d)"
        paid by survivors from contribution
        shared pro rata to contribution

    # A cash call, limited for each member, also over time.
    assessment calls "Assessments" cite "6.1(e)"
        paid by survivors
        up to 100% of contribution each
        up to 200% of contribution each in any 90 days
        shared pro rata to contribution

    # Left to the discretion of a body: the event says what it decided.
    haircut gains_haircut "Variation margin gains haircut" cite "6.2"
        at the discretion of "Default Management Committee"
        paid by survivors where vm_gain > EUR 0
        up to vm_gain each
        shared pro rata to limits

    finally service_closure "Service closure" cite "6.3"

# What must hold after every run.
ensure "nobody pays more than twice its contribution and its gain" for survivors:
    total_paid <= 200% of contribution + max(vm_gain, EUR 0)

ensure "the default fund pays no more than it holds":
    used(fund_draw) <= fund

ensure "the default fund is used only when the capital of the CCP is gone":
    used(fund_draw) = EUR 0 or unused(junior) = EUR 0

test "the first event"
    event "events/first.event"
    expect margin pays EUR 20 million
    expect junior pays EUR 5 million
    expect ALPHA pays EUR 7_500_000 under fund_draw
    expect outcome covered

test "a loss beyond everything"
    declared 2025-03-31
    given skin_in_the_game = EUR 5 million
    member ALPHA initial_margin = EUR 9 million contribution = EUR 10 million
    member BRAVO initial_margin = EUR 20 million contribution = EUR 4 million
    default of BRAVO loss EUR 60 million
    decide gains_haircut: decline by "Default Management Committee" because "no member has gained"
    expect calls pays EUR 10 million
    expect uncovered EUR 11 million
    expect outcome service_closure

test "the haircut is invoked"
    declared 2025-03-31
    given skin_in_the_game = EUR 5 million
    member ALPHA
        initial_margin = EUR 9 million
        contribution = EUR 10 million
        vm_gain = EUR 8 million
    member BRAVO initial_margin = EUR 20 million contribution = EUR 4 million
    default of BRAVO loss EUR 54 million
    decide gains_haircut: invoke by "Default Management Committee"
    expect ALPHA pays EUR 5 million under gains_haircut
    expect outcome covered
"""

STARTER_EVENT = """\
# A default: what happened, what members had, what was decided.
event "The first event"
under "../rulebook.rules"
declared 2025-03-31

given skin_in_the_game = EUR 5 million

members from "members.csv"

# Blocks add to the table or override it, here with data known later.
member CHARLIE "Charlie Clearing"
    vm_gain = EUR 2.5 million

default of BRAVO loss EUR 44 million
"""

STARTER_MEMBERS = """\
member,name,initial_margin,contribution
ALPHA,Alpha Bank,9000000,10000000
BRAVO,Bravo Securities,20000000,4000000
CHARLIE,Charlie Clearing,7500000.50,6000000
DELTA,Delta Futures,12000000,4000000
"""


def starter(title: str) -> dict[str, str]:
    """The files of a new rulebook by their paths; ``title`` may hold no quotation mark."""
    return {
        "rulebook.rules": STARTER_RULEBOOK.replace("{title}", title),
        "events/first.event": STARTER_EVENT,
        "events/members.csv": STARTER_MEMBERS,
    }
