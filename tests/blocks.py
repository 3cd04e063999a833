"""The fenced blocks of a page that states what events and histories give, and what a run gives in the same words."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attrs import field, frozen

from rulelang.api.histories import evaluate_history, load_history
from rulelang.api.rulebooks import evaluate, load_event, load_rulebook
from rulelang.check.program import CheckedProgram
from rulelang.histories.rows import rows_of_day
from rulelang.model.allocation import Allocation, Allotment


@frozen
class Block:
    """A fenced block: its language, the words behind it, its text and the line where it stands."""

    language: str
    words: str
    text: str
    line: int


@frozen
class Case:
    """An event of a page with the rulebook above it, its data files and what the run is said to give."""

    rules: Block
    event: Block
    data: Mapping[str, str]
    result: Block

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"line {self.event.line}"


@frozen
class Result:
    """A run in the words of a ``result`` block."""

    payments: frozenset[str]
    others: Mapping[str, str] = field(factory=dict)


def blocks_of(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    for found in re.finditer(r"^```(\w+)([^\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(found[1], found[2].strip(), found[3], line)


def titled(blocks: Sequence[Block], words: str) -> Block:
    """The rulebook that a block speaks of: ``for "Title"``."""
    title = shlex.split(words)[-1]
    return next(block for block in blocks if block.language == "rules" and f'rulebook "{title}"' in block.text)


def cases_of(blocks: Sequence[Block]) -> Iterator[Case]:
    """Each event with its rulebook, its data and its result."""
    rules: Block | None = None
    data: dict[str, str] = {}
    event: Block | None = None
    for block in blocks:
        if block.language == "rules":
            rules, data = block, {}
        elif block.language == "csv":
            data[block.words] = block.text
        elif block.language == "event" or (block.language == "json" and block.words.startswith("event")):
            assert event is None, f"the event of line {event and event.line} has no result"
            event = block
        elif block.language == "result":
            assert rules is not None
            assert event is not None
            above = rules if event.language == "event" else titled(blocks, event.words)
            yield Case(above, event, dict(data), block)
            event = None
    assert event is None


def rulebook_of(block: Block, folder: Path) -> CheckedProgram:
    """The rulebook of a block, checked."""
    path = folder / "rulebook.rules"
    path.write_text(block.text, encoding="utf-8")
    return load_rulebook(path)


def run_of(case: Case, folder: Path) -> Allocation:
    """What the event of a case gives."""
    for name, text in case.data.items():
        (folder / name).write_text(text, encoding="utf-8")
    path = folder / f"it.{case.event.language}"
    path.write_text(case.event.text, encoding="utf-8")
    rulebook = rulebook_of(case.rules, folder)
    return evaluate(rulebook, load_event(path, rulebook))


def days_of(rules: Block, history: Block, folder: Path) -> list[str]:
    """What the days of a history give, a line for each amount."""
    (folder / "it.history").write_text(history.text, encoding="utf-8")
    loaded = load_history(folder / "it.history", rulebook_of(rules, folder))
    return [
        f"{day.date} {row.kind} {row.payer} {row.what} {day.currency.plain(row.amount)}"
        for day in evaluate_history(loaded).days
        for row in rows_of_day(day)
    ]


def _turn(allotment: Allotment) -> str:
    """Under which step something was paid, in which segment and round, and for whose default."""
    parts = {"in": allotment.segment, "round": allotment.round, "for": allotment.defaulter}
    return " ".join([allotment.step, *(f"{word} {part}" for word, part in parts.items() if part is not None)])


def given_by(allocation: Allocation) -> Result:
    """A run in the words of a block."""
    plain = allocation.currency.plain
    payments = (f"{_turn(a)} {a.payer} {plain(a.amount)}" for a in allocation.allotments)
    others = {"uncovered": plain(allocation.uncovered), "outcome": allocation.outcome}
    for word, lines in (("ensures", allocation.ensures), ("assumes", allocation.assumes)):
        others[word] = "hold" if all(line.holds for line in lines) else "fail"
    return Result(frozenset(payments), others)


def stated_in(block: Block) -> Result:
    """What a block says."""
    lines = [line.strip() for line in block.text.splitlines() if line.strip()]
    others = dict(
        line.split(" ", 1) for line in lines if line.split()[0] in {"uncovered", "outcome", "ensures", "assumes"}
    )
    return Result(frozenset(lines) - {f"{key} {value}" for key, value in others.items()}, others)


def same_days(stated: str, given: Sequence[str]) -> bool:
    """Whether every amount stated of a day is given, and no other of its kind on that day for a step that is named."""
    lines = set(stated.splitlines())
    moving = {line for line in lines if " balance " not in line}
    kinds = {line.rsplit(" ", 3)[0] for line in moving}
    return lines <= set(given) and {line for line in given if line.rsplit(" ", 3)[0] in kinds} == moving
