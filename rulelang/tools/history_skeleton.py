"""What a history under a rulebook holds, as a file to fill in: an opening, a day, and what further days may say."""

from collections.abc import Iterable, Iterator

from rulelang.check.program import CheckedProgram
from rulelang.tools.needs import asked
from rulelang.tools.skeleton import (
    BLANK,
    column_lines,
    decision_lines,
    given_lines,
    loss_lines,
    past_lines,
    payment_lines,
    withdrawal_lines,
)


def history_skeleton(program: CheckedProgram, under: str) -> str:
    """The history to fill in: each `…` stands for a value; what may be there or not stands in comments.

    ``under`` is the path from the history to the rulebook.
    """
    found = asked(program)
    opening = [*given_lines(program, found), *column_lines(program, found), *payment_lines(program)]
    default, *losses = loss_lines(program, found)
    day = [default, _further(program), *losses, *withdrawal_lines(program), *decision_lines(program)]
    return "\n".join(
        (
            'history "…"  # a title: what happened, and when',
            f'under "{under}"',
            *_dues(program),
            "",
            "opening 2025-01-10  # what stands on this day",
            *_indented(line for line in (*opening, *past_lines(program, found)) if line),
            "",
            "# A block for each day on which anything happens, in their order; the lines of a day in any order.",
            "on 2025-01-31",
            *_indented(day),
            "",
            "# on 2025-02-28",
            *(f"#     {line}" for line in _later(program)),
            "",
        )
    )


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _dues(program: CheckedProgram) -> Iterator[str]:
    if program.replenishments:
        yield "# dues paid when payable   # if each due is paid in by itself on the day on which it is payable"


def _further(program: CheckedProgram) -> str:
    segment = f" in {program.segments[0]}" if program.segments else ""
    return f"# further loss of …{segment} {program.currency.code} …   # of a member that defaulted on an earlier day"


def _later(program: CheckedProgram) -> Iterator[str]:
    """What days may say beside losses."""
    yield f'under "{BLANK}"   # from this day on another rulebook is in force'
    code = program.currency.code
    for pot in sorted(program.pots):
        datum = program.fields.get(pot) or program.givens[pot]
        where = f" in {program.segments[0]}" if datum.per_segment else ""
        payer = program.owners.get(pot, BLANK)
        yield f"paid in by {payer} to {pot}{where} {code} {BLANK}"
        yield f"paid out to {payer} from {pot}{where} {code} {BLANK}"
    yield f"member {BLANK}   # and values: a new member, or new values of one that there is"
    yield f"notice by {BLANK}   # it is leaving from this day on"
    yield f"departure of {BLANK}   # it is no member any more"
    if program.recoveries is not None:
        yield f"recovered from {BLANK} {code} {BLANK}   # money from the estate of a member that defaulted"
