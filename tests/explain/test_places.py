"""What each place of a rulebook came to: told of every library rulebook, at the words of which it is told."""

import re
from pathlib import Path

import pytest

import rulelang
from rulelang.explain.places import ValueAt, values_at
from rulelang.syntax import nodes
from tests.examples import mostly_slow

RULEBOOKS = Path(__file__).parents[2] / "rulebooks"
EVENTS = sorted(RULEBOOKS.glob("*/events/*.event"))


def told(rulebook: Path, event: Path) -> tuple[rulelang.CheckedProgram, tuple[ValueAt, ...]]:
    """The rulebook and what its places came to in an event."""
    program = rulelang.load_rulebook(rulebook)
    read = rulelang.load_event(event, program)
    return program, values_at(program, read, rulelang.evaluate(program, read))


def by_words(program: rulelang.CheckedProgram, values: tuple[ValueAt, ...]) -> dict[str, ValueAt]:
    """The first value told of each piece of text."""
    found: dict[str, ValueAt] = {}
    for value in values:
        found.setdefault(program.source.phrase(value.span), value)
    return found


@pytest.mark.parametrize("event", mostly_slow(EVENTS, every=5), ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_every_library_rulebook_is_told_at_its_places(event: Path) -> None:
    under = re.search(r'^under "(.*)"', event.read_text(encoding="utf-8"), re.MULTILINE)
    beside = sorted(event.parents[1].glob("*.rules"), key=lambda path: (path.stem != "rulebook", path))
    program, values = told(event.parent / under[1] if under else beside[0], event)
    spans = [value.span for value in values]
    assert spans == sorted(set(spans))
    texts = {program.source.slice(span) for span in spans}
    assert program.steps.keys() <= texts
    assert program.definitions.keys() | program.givens.keys() | program.fields.keys() <= texts
    for value in values:
        assert value.short.isprintable()
        assert 0 < len(value.short) < 160
        assert value.text.endswith((".", ")"))
        assert "None" not in value.short + value.text


def test_a_step_tells_what_it_drew_of_how_much() -> None:
    book = RULEBOOKS / "nasdaq-commodities-2018"
    program, values = told(book / "rulebook.rules", book / "events" / "aas-2018.event")
    at = by_words(program, values)
    assert at["junior"].short == "drawn EUR 7,000,000.00 of 7,000,000.00"
    assert at["fund_draw"].short == "drawn EUR 107,000,000.00 of 166,000,000.00"
    assert at["fund_draw"].text == (
        "Draws EUR 107,000,000.00 of at most EUR 166,000,000.00 for a loss of EUR 107,000,000.00, "
        "of which EUR 0.00 is left."
    )
    assert at["senior"].short == "not reached"
    assert at["from junior_capital"].short == "EUR 7,000,000.00 left"
    assert at["service_fund"].short == "EUR 166,000,000.00"
    assert at["unallocated_loss"].short == "not reached"


BOOK = """rulebook "Small"
currency EUR
segments energy, metals
members have
    fund : money
    good : yes/no
given own : money per segment
define half as 50% of fund
define left_over as remaining
define broken as EUR 1 / (count of members where fund < EUR 0)
limit joint as EUR 9 in total
waterfall
    tranche first paid by ccp from own per segment
    tranche second when loss > EUR 1 000
        paid by survivors where good
        up to half each
        up to joint
        shared pro rata to fund
    finally service_closure
ensure "little": remaining <= EUR 5
"""
EVENT = """event "E"
declared 2025-03-10
given own in energy = EUR 3
given own in metals = EUR 4
member A fund = EUR 10 good = yes
member B fund = EUR 20 good = yes
member C fund = EUR 6 good = no
default of C in energy loss EUR 10
default of C in metals loss EUR 14
"""


def small(folder: Path, event: str = EVENT) -> dict[str, ValueAt]:
    (folder / "r.rules").write_text(BOOK.replace("EUR 1 000", "EUR 5"), encoding="utf-8")
    (folder / "e.event").write_text(event, encoding="utf-8")
    return by_words(*told(folder / "r.rules", folder / "e.event"))


def test_turns_members_and_segments_are_told_beside_each_other(tmp_path: Path) -> None:
    at = small(tmp_path)
    assert at["first"].short == "drawn EUR 7.00 (energy 3.00; metals 4.00)"
    assert at["first"].text.splitlines()[0].startswith("Energy: Draws EUR 3.00 of at most EUR 3.00")
    assert at["own"].short == "energy: EUR 3.00; metals: EUR 4.00"
    assert at["from own"].short == "energy: EUR 3.00 left; metals: EUR 4.00 left"
    assert at["fund"].short == "EUR 6.00 to EUR 20.00, EUR 36.00 in all"
    assert at["good"].short == "2 yes; 1 no"
    assert at["half"].short == "EUR 3.00 to EUR 10.00, EUR 18.00 in all"
    assert at["loss > EUR 5"].short == "holds"
    assert at["up to half each"].short == "EUR 5.00 to EUR 10.00, EUR 15.00 in all"
    assert at["up to joint"].short == at["joint"].short == "EUR 9.00"
    assert at["left_over"].short == "EUR 8.00 when the run has ended"
    assert "broken" not in at  # the run did not need it, and it has no value
    assert at["service_closure"].short == "EUR 8.00 uncovered"
    assert at['ensure "little": remaining <= EUR 5'].short == "does not hold"


def test_a_step_that_is_not_done_has_no_values_at_its_clauses(tmp_path: Path) -> None:
    at = small(tmp_path, EVENT.replace("EUR 10\ndefault", "EUR 1\ndefault").replace("EUR 14", "EUR 4"))
    assert at["second"].short == "not reached"
    assert "up to half each" not in at
    assert "loss > EUR 5" not in at


def test_every_clause_with_a_value_is_told(tmp_path: Path) -> None:
    program = rulelang.load_rulebook(RULEBOOKS / "nasdaq-commodities-2018" / "rulebook.rules")
    event = rulelang.load_event(RULEBOOKS / "nasdaq-commodities-2018" / "events" / "aas-2018.event", program)
    spans = {value.span for value in values_at(program, event, rulelang.evaluate(program, event))}
    for step in program.each_step():
        if step.name in ("margin", "junior", "fund_draw"):
            assert step.pot is None or step.pot.span in spans
            assert all(limit.span in spans for limit in step.limits)
            assert not isinstance(step.key, nodes.Expression) or step.key.span in spans


def test_a_limit_at_every_resizing_is_not_told_as_a_difference() -> None:
    folder = Path(__file__).parents[1] / "cases/valid/at-every-resizing"
    program, values = told(folder / "rulebook.rules", folder / "event.event")
    limit = by_words(program, values)["up to requirement each in any 10 days at every resizing"]
    assert "paid before" not in limit.short
    assert "the least is left by" in limit.text or "which leaves" in limit.text
