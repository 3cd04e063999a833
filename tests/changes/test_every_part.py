"""Each part of each class of nodes that a rulebook may hold: changed by itself, it is an edit.

The parts are those of the classes, so that one that is new is not passed over: without a change of it that checks, the
test fails, and so it does where the change makes no edit.
"""

import functools
import itertools
import re
import typing
from collections.abc import Iterator

import attrs
import pytest

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.changes.edits.structure import compare_structure
from rulelang.check.program import CheckedProgram
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import print_node

BOOKS = (
    """rulebook "Clearing" version 2026-01-01 cite "Rules"
currency EUR also SEK, USDC with 6 decimals, XAUX with 3 decimals
holidays 2026-12-24, 2026-12-25
party insurer "Insurance"
party broker
members have
    margin   : money  "posted"
    deposit  : money formerly paid_in, put_in
    required : money SEK if missing SEK 5
    traded   : money per defaulter
    group    : one of north, south
    office   : text
    gain     : signed money if missing EUR 0
    score    : number
    gain_pot : money
    portion  : ratio
    rank     : one of low, middle, high
    good     : yes/no
    joined   : date
    grade    : one of low, middle, high
    owed     : money SEK
    remark   : text
given capital : money
given policy : money
given sek_fix : EUR per SEK
given alert : yes/no
given day : date
given usd_fix : EUR per USDC
given unread : EUR per SEK "of the central bank"
define fees as sum of (owed at unread) over members
define earlier as sum of (margin as of declared - 3 months) over members
define days_of as start(recovery)
define number_in as defaults(recovery)
define fund as sum of deposit over survivors "the fund" cite "2"
define two as largest 2 of deposit over members by group where good
define least as smallest of max(gain, deposit, EUR 1) over survivors
define number_of as count of defaulters where score > 3
define mean as average of (if rank = low or not good then -gain else if alert then EUR 5 else deposit) over survivors
period cooling_off "Cooling-off" cite "3"
    opens at a default
    lasts 5 business days
    extended by each further default to at most 3 months
period recovery opens at a payment under calls, charges lasts 30 days
period empty opens at exhaustion of fund_draw lasts 2 months extended by each further exhaustion
limit aggregate "Aggregate" as 550% of deposit each during cooling_off cite "4"
limit all_calls as EUR 90 million in total in any 30 days
limit yearly as EUR 5 million each in the calendar year
limit called as EUR 5 million each during recovery
waterfall "Default" for each default in turn cite "5"
    tranche own "Own" formerly mine cite "6" paid by defaulters where margin > EUR 0 from margin cite "6.1"
    tranche junior "Junior" in force from 2020-01-01 to 2029-12-31 cite "7" paid by ccp from capital
        up to clamp(loss - used(own), EUR 5 million, 25% of fund * 2) cite "7.1"
    tranche cover "Cover" paid by insurer from policy up to EUR 7 million in any 30 days
    tranche fund_draw paid by survivors from deposit in order of rank: low or middle then high
        shared pro rata to deposit cite "8.1"
    together "Fund" as one pool cite "8"
        tranche first_draw paid by survivors from deposit shared pro rata to deposit
        tranche second_draw paid by ccp from capital shared pro rata to capital
    end
    together in ratio 3 : 1
        tranche third paid by ccp from capital
        tranche fourth paid by insurer up to EUR 3 million
    end
    assessment calls at the discretion of "Board" cite "9"
        when open(recovery) and start(cooling_off) > declared - 30 days and defaults(cooling_off) > 1 cite "9.1"
        paid by survivors where (office = "Oslo" or joined < 2020-01-01) and not leaving
        up to required at sek_fix each in any 5 business days at every resizing cite "9.2"
        up to deposit as of start(cooling_off) - 1 month each
        up to aggregate
        shared equally without reallocation cite "9.3"
    assessment charges
        in at most 3 rounds cite "10"
        once during recovery cite "10.1"
        for all losses cite "10.2"
        paid by survivors
        up to lower of traded and (deposit / 2) rounded up to EUR 100_000 each in the calendar year
        up to all_calls
        in order of score, lowest first
        shared pro rata to limits
    tranche graded once during cooling_off paid by survivors from gain_pot in order of grade: low then middle then high
        up to (owed at sek_fix) each shared equally
    voluntary offers at the discretion of "Board" paid by survivors shared pro rata to deposit
    finally closure "Closure" cite "11"
replenish deposit "Refill" cite "11.1" paid by survivors where good to deposit * 2 each up to aggregate
    once during recovery within 5 business days
replenish gain_pot for draws on deposit paid by survivors to deposit each within 1 month
replenish capital paid by ccp to EUR 7 million up to all_calls within 9 days
recoveries "Recoveries" cite "11.2" repay calls, charges then repay fund_draw into deposit then repay junior
    rest to insurer
ensure "capped" for survivors where good: total_paid <= 300% of deposit + max(gain, EUR 0) and (good = alert) cite "12"
ensure "kept": used(junior) >= EUR 0 and unused(junior) >= EUR 0 and (good_day or sum of gain over members > EUR 0)
assume "known" for survivors where good: deposit >= EUR 0 and score >= 0 cite "13"
assume "staffed": count of members >= 2 and capital >= EUR 0
define good_day as day = 2020-01-01 or yes or alert
""",
    """rulebook "Segments" version "two"
currency EUR
segments energy, metals, freight
party insurer
members have
    deposit : money per segment
    margin  : money
    key     : money
given capital : money per segment
given whole : money
given other_whole : money
given extra : money per segment
waterfall
    tranche own paid by defaulters from margin
    tranche junior per segment paid by ccp from capital
    tranche main per segment paid by survivors from deposit shared pro rata to deposit
    tranche other per segment cite "3" paid by survivors from deposit in other segments shared pro rata to key
    together "Both" per segment
        tranche one paid by ccp from whole split by extra
        tranche two paid by survivors up to key each in each segment shared pro rata to key
    end
    together
        tranche side paid by ccp up to 20% of loss
        tranche by_side paid by insurer up to 30% of loss
    end
    tranche split per segment paid by ccp from other_whole split by capital
    tranche bounded per segment paid by ccp up to capital in each segment
    tranche last for losses in energy, metals cite "4" paid by ccp up to sum of extra over segments
    tranche rest for losses outside energy paid by ccp up to EUR 5
test "a run"
    declared 2026-01-05
    given whole = EUR 5
    given other_whole = EUR 5
    given extra in energy = EUR 1
    given extra in metals = EUR 1
    given extra in freight = EUR 1
    given capital in energy = EUR 5
    given capital in metals = EUR 5
    given capital in freight = EUR 5
    member A deposit in energy = EUR 1 deposit in metals = EUR 1 deposit in freight = EUR 2 margin = EUR 1 key = EUR 1
    member B deposit in energy = EUR 1 deposit in metals = EUR 1 deposit in freight = EUR 2 margin = EUR 1 key = EUR 1
    default of A in energy loss EUR 5
    expect B pays EUR 1 under main in energy
    expect uncovered EUR 0 in energy
""",
)
_ENOUGH = 1
"""So many changes of a part that check are compared."""
_MOST = 12
"""So many other values of one part are tried."""


@functools.cache
def programs():
    return tuple(rulelang.parse_rulebook(book, "old.rules") for book in BOOKS)


def parts_of(kind: type) -> Iterator[str]:
    return (part.name for part in attrs.fields(kind) if part.eq)


def classes_in(declared: object, found: set[type]) -> set[type]:
    """The classes of nodes that a declared type may hold."""
    if isinstance(declared, type) and issubclass(declared, nodes.Node):
        for kind in (declared, *declared.__subclasses__()):
            if kind not in found and not kind.__subclasses__():
                found.add(kind)
                for part in attrs.fields(kind):
                    classes_in(part.type, found) if part.eq else None
    for inner in typing.get_args(declared):
        classes_in(inner, found)
    return found


IN_TESTS = {kind for kind in classes_in(nodes.TestSection, set()) if kind not in classes_in(nodes.Clause, set())}
"""What stands in tests alone: their edits are of the whole test."""
TOGETHER = {(nodes.Extension, "word"), (nodes.ReplenishSection, "payers")}
"""What can only be changed with something else: what extends a period with what opens it, who pays with the pot."""
KINDS = sorted(classes_in(nodes.Rulebook, set()) - IN_TESTS, key=lambda kind: kind.__name__)
PARTS = [(kind, part) for kind in KINDS for part in parts_of(kind) if (kind, part) not in TOGETHER]


def walk(node: object, put=lambda new: new):
    """Every node inside, with what gives the whole tree with another one in its place."""
    if isinstance(node, tuple):
        for place, each in enumerate(node):
            yield from walk(each, lambda new, place=place: put((*node[:place], new, *node[place + 1 :])))
    elif isinstance(node, nodes.Node):
        yield node, put
        for part in parts_of(type(node)):
            yield from walk(getattr(node, part), lambda new, part=part: put(attrs.evolve(node, **{part: new})))


@functools.cache
def everything():
    return [(program, *each) for program in programs() for each in walk(program.rulebook)]


@functools.cache
def values_of(kind: type, part: str) -> list[object]:
    """What stands in a part anywhere, each once, ``None`` first."""
    found = [getattr(node, part) for _, node, _ in everything() if type(node) is kind]
    return sorted({repr(value): value for value in found}.values(), key=lambda value: value is not None)


def of_type(declared: object) -> Iterator[object]:
    """What a part of a declared type may hold: the words of a literal, the nodes of a class."""
    if isinstance(declared, str):
        yield declared
    elif typing.get_origin(declared) is typing.Literal:
        yield from typing.get_args(declared)
    elif declared is nodes.Expression:
        yield from (nodes.MoneyLiteral("EUR", "77"), nodes.NumberLiteral("7"), nodes.YesNoLiteral(True))
    elif isinstance(declared, type) and issubclass(declared, nodes.Node):
        yield from (node for _, node, _ in everything() if type(node) is declared)


def others(kind: type, part: str, value: object) -> Iterator[object]:
    """Other values for a part: small changes of what stands here, what stands there elsewhere, what may stand there."""
    declared = next(each.type for each in attrs.fields(kind) if each.name == part)
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, tuple) and len(value) > 1:
        yield from (value[:-1], value[1:], value[::-1])
    elif isinstance(value, str) and typing.get_origin(declared) is not typing.Literal:
        yield from (value[:-1] + "7", f"{value}7", "2031-01-02")
    elif isinstance(value, nodes.Identifier):
        yield from (attrs.evolve(value, text=f"{value.text}7"), attrs.evolve(value, text=f"{value.text}_7"))
    yield from (other for other in values_of(kind, part) if other != value)
    yield from (new for inner in (declared, *typing.get_args(declared)) for new in of_type(inner))
    if isinstance(value, nodes.Node):
        for below in parts_of(type(value)):
            yield from (attrs.evolve(value, **{below: other}) for other in values_of(type(value), below))


def words_in_order(rulebook: nodes.Rulebook) -> list[str]:
    return sorted(re.findall(r"\w+|[^\w\s()]", print_node(rulebook)))


def checked(changed: nodes.Rulebook) -> CheckedProgram | None:
    """The rulebook with a change, if it can be written and checks."""
    try:
        return rulelang.parse_rulebook(print_node(changed), "new.rules")
    except (RulelangError, AssertionError, AttributeError, TypeError, ValueError):
        return None


@pytest.mark.slow  # the pairs of tests/cases/changes have each kind of edit
@pytest.mark.parametrize(("kind", "part"), PARTS, ids=lambda value: getattr(value, "__name__", value))
def test_a_part_that_changes_is_an_edit(kind: type, part: str) -> None:
    seen = 0
    for program, node, put in everything():
        if type(node) is not kind or seen >= _ENOUGH:
            continue
        before = words_in_order(program.rulebook)
        values = itertools.islice(others(kind, part, getattr(node, part)), _MOST)
        changes = (checked(put(attrs.evolve(node, **{part: value}))) for value in values)
        new = next((each for each in changes if each is not None and words_in_order(each.rulebook) != before), None)
        if new is not None:
            edits = compare_structure(program, new).edits
            assert edits, print_node(new.rulebook)
            assert all(edit.words and "None" not in edit.words for edit in edits)
            seen += 1
    assert seen
