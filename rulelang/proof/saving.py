"""Events that show something as files, and the rulebook with tests: ``rulelang test`` runs them all again."""

import re
from collections.abc import Iterator, Mapping

from rulelang.base.money import SCALES, Currency
from rulelang.check.program import CheckedProgram
from rulelang.model.allocation import Allocation
from rulelang.proof.claims.verdict import Refuted, Settled
from rulelang.proof.proof import Proof
from rulelang.proof.refuting.witness import Witness
from rulelang.syntax import nodes
from rulelang.syntax.format.phrases import member_id, quoted

_SIDES = ("old", "new")


def file_of(settled: Settled) -> str:
    """The name of the file with the event of a question, without its ending."""
    return settled.question.name.replace(".", "-")


def files_of(proof: Proof) -> dict[str, str]:
    """The files by their names: an event for each run that shows something, and the rulebook of each version."""
    shown = [(one, proof.witnesses[one.question.name]) for one in proof.settled if one.question.name in proof.witnesses]
    files = {name: text for settled, witness in shown for name, text in _events(settled, witness).items()}
    for place, program in enumerate(proof.programs if shown else ()):
        tests = "\n".join(test for settled, witness in shown for test in _tests(place, settled, witness, proof))
        stem = "replay" if len(proof.programs) == 1 else _SIDES[place]
        files[f"{stem}.rules"] = f"{_without_tests(program)}\n\n{tests}"
    return files


def event_names(proof: Proof) -> dict[str, str]:
    """The first event file of each question that has one."""
    found = ((one, proof.witnesses.get(one.question.name)) for one in proof.settled)
    return {one.question.name: next(iter(_events(one, witness))) for one, witness in found if witness is not None}


def _events(settled: Settled, witness: Witness) -> Mapping[str, str]:
    stem = file_of(settled)
    if len(set(witness.texts)) == 1:
        return {f"{stem}.event": witness.texts[0]}
    return {f"{stem}-{number}.event": text for number, text in enumerate(witness.texts, start=1)}


def _tests(place: int, settled: Settled, witness: Witness, proof: Proof) -> Iterator[str]:
    """The tests of one version: of each of its runs that came to an end."""
    names = list(_events(settled, witness))
    two_versions = len(proof.programs) > 1
    for number, run in enumerate(witness.runs):
        if (two_versions and number != place) or run is None:
            continue
        title = settled.question.text.replace('"', "'").replace("`", "")
        if len(witness.runs) > 1 and not two_versions:
            title = f"{title}, {'the larger loss' if number else 'the smaller loss'}"
        yield "".join(
            f"{line}\n"
            for line in (
                f'test "{title}"',
                f'    event "{names[min(number, len(names) - 1)]}"',
                *(f"    expect {each}" for each in _expected(settled, run)),
            )
        )


def _expected(settled: Settled, run: Allocation) -> Iterator[str]:
    """What the run gave: the invariant that it breaks, what everybody pays, what stays uncovered."""
    for line in run.statements:
        if not line.holds:
            yield f"{quoted(line.text)} broken"
    for payer, paid in run.payers().items():
        shown = payer if payer in run.parties else member_id(payer)
        yield f"{shown} pays {_written(run.currency, paid)}"
    if isinstance(settled.verdict, Refuted) or run.uncovered:
        yield f"uncovered {_written(run.currency, run.uncovered)}"


def _written(currency: Currency, units: int) -> str:
    """An amount as a person would write it: ``EUR 20 million``."""
    for scale in ("billion", "million"):
        whole, rest = divmod(units, 10 ** (SCALES[scale] + currency.decimals))
        if whole and not rest:
            return f"{currency.code} {whole} {scale}"
    return f"{currency.code} {currency.plain(units)}"


def _without_tests(program: CheckedProgram) -> str:
    """The text of a rulebook without its tests, whose events are elsewhere."""
    text, source = "", program.source.text
    start = 0
    for section in program.rulebook.sections:
        if isinstance(section, nodes.TestSection):
            text += source[start : section.span.start].rstrip(" ")
            start = section.span.end
    return re.sub(r"\n{3,}", "\n\n", text + source[start:]).rstrip()
