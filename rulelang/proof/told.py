"""What was proved, refuted or left open, as lines for a terminal."""

import textwrap
from collections.abc import Iterator, Mapping

import click

from rulelang.base.render import visible
from rulelang.document.cells import unmarked
from rulelang.model.allocation import with_version
from rulelang.proof.claims.verdict import AboutData, Never, Proved, Refuted, Settled, Unknown
from rulelang.proof.proof import Proof, answer_of, solver_version

_INDENT = 9
_LONGEST = 60
_COLOURS = {"proved": "green", "yes": "green", "REFUTED": "red", "NEVER": "red", "unknown": "yellow"}


def told(proof: Proof, *, width: int, colour: bool, saved: Mapping[str, str]) -> str:
    """Every question with its verdict, what was taken for granted, and how many came out as what.

    ``saved`` are the files that events were written to, by the names of the questions.
    """
    lines = [*_heading(proof, width), ""]
    for settled in proof.settled:
        lines += _lines(proof, settled, width, saved.get(settled.question.name), colour=colour)
    return "\n".join([*lines, "", summary(proof)]) + "\n"


def summary(proof: Proof) -> str:
    """How many came out as what, by which solver, in what time."""
    counts = ((proof.count(word), word) for word in ("proved", "refuted", "unknown", "about the data"))
    found = ", ".join(f"{number} {word}" for number, word in counts if number)
    seconds = sum(one.seconds for one in proof.settled)
    return f"{found or 'nothing was asked'} (z3 {solver_version()}, {seconds:.1f} s)"


def taken_for_granted(proof: Proof) -> list[str]:
    """What every verdict rests on, a phrase each."""
    found = [f"assumed: {one.text}" for one in proof.assumptions]
    if proof.event is not None:
        found.append(f"the members, their data and the givens of “{proof.event.title}”; all else is free")
    if proof.most_members is not None:
        found.append(f"at most {proof.most_members} survivors and as many defaulters")
    return found


def title_of(proof: Proof) -> str:
    """What was asked about."""
    return " against ".join(with_version(one.title, one.version) for one in proof.originals)


def _heading(proof: Proof, width: int) -> Iterator[str]:
    for text in (title_of(proof), *taken_for_granted(proof)):
        yield from textwrap.wrap(visible(text), width, subsequent_indent="    ") or [""]


def _lines(proof: Proof, settled: Settled, width: int, saved: str | None, *, colour: bool) -> Iterator[str]:
    word = "data" if isinstance(settled.verdict, AboutData) else answer_of(settled)
    room = width - _INDENT
    claim = textwrap.wrap(visible(unmarked(settled.question.text)), room) or [""]
    head = click.style(word.ljust(_INDENT), fg=_COLOURS.get(word), bold=word.isupper()) if colour else f"{word:9}"
    details = [visible(unmarked(text)) for text in details_of(proof, settled, saved)]
    if details and len(claim) == 1 and _beside(settled) and len(claim[0]) + len(details[0]) + 2 <= room:
        claim[0] += " " * (room - len(claim[0]) - len(details[0])) + details[0]
        details = details[1:]
    yield (head + claim[0]).rstrip()
    body = claim[1:] + [line for text in details for line in textwrap.wrap(text, room, subsequent_indent="  ")]
    if not settled.question.wants_event:
        _at_the_end(body, f"{settled.seconds:.2f} s", room)
    for line in body:
        yield " " * _INDENT + line


def _at_the_end(lines: list[str], text: str, room: int) -> None:
    """Put a text at the right end of the last line, or of one more."""
    if not lines or len(lines[-1]) + len(text) + 2 > room:
        lines.append("")
    lines[-1] += " " * (room - len(lines[-1]) - len(text)) + text


def _beside(settled: Settled) -> bool:
    """Whether what was seen may stand on the line of the claim."""
    return isinstance(settled.verdict, Refuted) or settled.question.wants_event


def details_of(proof: Proof, settled: Settled, saved: str | None = None) -> Iterator[str]:
    """For whom it was proved, what refutes it, or why it is open; and what was taken for granted."""
    verdict, witness = settled.verdict, proof.witnesses.get(settled.question.name)
    match verdict:
        case Proved(event=None):
            yield f"{verdict.scope.members}, every loss and decision, {verdict.scope.rounding}"
        case Proved():
            yield witness.shown if witness is not None else ""
        case Never():
            yield f"no event does that: {verdict.scope.words}"
        case Refuted() if witness is not None:
            yield witness.shown
            place = "an event was found and run" if saved is None else f"event written to {saved} and run"
            yield f"{place} ({witness.members})"
        case AboutData():
            yield verdict.reason
        case Unknown():
            yield f"{verdict.reason}{f': “{_short(verdict.words)}”' if verdict.words else ''}"
    if isinstance(verdict, Unknown) and verdict.proved is not None:
        yield f"proved for {verdict.proved.words}"
    used = verdict.assumptions if isinstance(verdict, Proved | Never) else ()
    if used:
        yield f"taken for granted: {'; '.join(used)}"


def _short(words: str) -> str:
    """Words of the rulebook on one line, cut where they go on for long."""
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
