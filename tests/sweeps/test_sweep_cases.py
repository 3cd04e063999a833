"""Every case that runs goes through the sweep, and so do generated ones; each figure is the interpreter's."""

import random
from pathlib import Path

import pyarrow
import pytest

import rulelang
from rulelang.check.types import Kind
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.runs.piece import Piece, Setup, make_runner
from tests.sweeps.reference_sweep import make_sweep as plainly

pytestmark = pytest.mark.slow  # the language is covered without it

CASES = Path(__file__).parents[1] / "cases"
FOLDERS = [folder for kind in ("conformance", "valid") for folder in sorted((CASES / kind).iterdir())]


def amounts_of(program, event) -> dict[tuple[str, str | None], int]:
    """The amounts of an event that are varied, by the title of their column and the segment."""
    found: dict[tuple[str, str | None], int] = {}
    for loss in event.losses:
        key = ("non-default loss" if loss.member is None else f"loss.{loss.member}", loss.segment)
        found[key] = found.get(key, 0) + loss.amount
    # a new default stands beside no further loss, nobody defaults twice, and a defaulter has its data
    stand_alone = any(loss.further for loss in event.losses) or any(event.with_defaulters.values())
    gone = {member for _, member in event.past.defaulted}
    for member in () if stand_alone else [member for member in event.members[:2] if member not in gone]:
        found.setdefault((f"loss.{member}", program.segments[0] if program.segments else None), 0)
    for (name, segment), amount in event.givens.items():
        if program.givens[name].type.kind is Kind.MONEY and amount is not None:
            found[f"given.{name}", segment] = amount
    for (name, segment), values in event.fields.items():
        for member in event.members[:2] if program.fields[name].type.kind is Kind.MONEY else ():
            if values[member] is not None and values[member] >= 0:
                found[f"{name}.{member}", segment] = values[member]
    return found


def scenarios_of(program, event, chance: random.Random) -> dict[str, list[str]]:
    """The amounts of an event as they are, and others."""
    columns = {}
    for (title, segment), amount in amounts_of(program, event).items():
        varied = [amount, 0, amount // 2, amount * 3 + 1, chance.randrange(2 * amount + 100)]
        plain = program.currency.plain
        if not title.startswith(("loss", "non-default")):
            first, _, rest = title.partition(".")
            data = program.givens[rest] if first == "given" else program.fields[first]
            plain = program.currency_of(data.type).plain
        columns[title + f".{segment}" * (segment is not None)] = [plain(each) for each in varied]
    return columns


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_case_is_swept_as_it_is_interpreted(folder):
    program = rulelang.load_rulebook(folder / "rulebook.rules")
    event = rulelang.load_event(folder / "event.event", program)
    table = pyarrow.table(scenarios_of(program, event, random.Random(folder.name)))
    steps = tuple(program.steps)
    options = SweepOptions(by_step=steps, keep_going=True)
    runner = make_runner(program, Setup(program.source, event, table.schema, options))
    # every scenario is picked for the comparison with the interpreter
    outcome = runner.run(Piece(0, 0, tuple(range(table.num_rows)), table))
    rejected = 0 if outcome.rejects is None else outcome.rejects.num_rows
    assert outcome.checked == table.num_rows
    assert outcome.results.num_rows + rejected == table.num_rows
    # and once more against scenarios made without the engine's own events
    runner.plan = plainly(program, event, [source.override for source in runner.plan.sources])
    again = runner.run(Piece(0, 0, (), table))
    assert again.results.equals(outcome.results)
    if rejected:
        assert again.rejects.column("code").equals(outcome.rejects.column("code"))
        assert again.rejects.column("message").equals(outcome.rejects.column("message"))
