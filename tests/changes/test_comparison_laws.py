"""What holds of every comparison of payments: on the pairs that ship, and on random rulebooks and changes of them."""

import functools
import json
import re
from fractions import Fraction
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import SourceText
from rulelang.changes.comparison import EventPair, compare_versions
from rulelang.changes.payer_changes import exact_totals
from rulelang.changes.verdict import Level
from rulelang.model.result_columns import UNCOVERED
from rulelang.profiles.difference import Difference, Extreme
from rulelang.profiles.variable import find_variable
from rulelang.run.plan import make_plan
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import format_text, print_node
from tests.changes.pairs import CROOKED, STRAIGHT
from tests.changes.test_changes_laws import renamed
from tests.examples import examples, mostly_slow
from tests.oracle.generate import Case
from tests.properties.worlds import SEEDS, UNITS, case_of, load, money, worlds
from tests.schemas import validator

FEW = examples(30)
PLACES = examples(60)


def named(path):
    return path.parent.name


@functools.cache
def shipped(path, *, vary="loss", mirrored=False):
    verdict = json.loads(path.read_text("utf-8"))
    old, new = (rulelang.load_rulebook(path.parent / verdict[side]) for side in ("old", "new"))
    events = [path.parent / name for name in verdict["events"]]
    return rulelang.diff(*((new, old) if mirrored else (old, new)), events, vary)


def compared(old, new, case, *, vary="loss"):
    """The comparison of two texts of a rulebook in the event of a case; one that no line can follow is passed over."""
    (before, event), (after, other) = (load(evolve_case(case, text)) for text in (old, new))
    try:
        return compare_versions(before, after, [EventPair(event, other)], vary)
    except RulelangError as error:
        assume("not-straight" not in {found.code for found in error.diagnostics})
        raise


def evolve_case(case, rulebook):
    return Case(rulebook, case.event, case.files)


# ----------------------------------------------------------------------------------------------- the pairs that ship


@pytest.mark.parametrize("path", mostly_slow(STRAIGHT, 7), ids=named)
def test_a_shipped_pair_gets_its_verdict(path):
    assert shipped(path).verdict.level.words == json.loads(path.read_text("utf-8"))["verdict"]


@pytest.mark.parametrize("path", CROOKED, ids=named)
def test_a_shipped_pair_without_lines_gets_its_verdict_at_its_losses_and_is_refused_over_all(path):
    assert shipped(path, vary=None).verdict.level.words == json.loads(path.read_text("utf-8"))["verdict"]
    with pytest.raises(RulelangError, match="not-straight"):
        shipped(path)


@pytest.mark.parametrize("path", mostly_slow(STRAIGHT), ids=named)
@pytest.mark.parametrize("vary", ["loss", None])
def test_the_json_of_a_shipped_pair_fits_the_schema(path, vary):
    found = json.loads(json.dumps(shipped(path, vary=vary).to_dict()))
    validator("diff").validate(found)
    for event in found["events"]:
        rows = [*event["classes"], *event["payers"], *event["steps"]]
        assert rows
        for row in rows:
            assert Fraction(row["after"]) - Fraction(row["before"]) == Fraction(row["difference"])
            assert (row["over"] is None) == (vary is None)
            if row["over"] is not None:
                bands = row["over"]["bands"]
                assert row["over"]["from"] == (bands[0]["from"] if bands else None)
                assert (row["over"]["largest"] is None) == (not bands)


def test_the_schema_refuses_what_is_no_comparison():
    found = shipped(STRAIGHT[0]).to_dict()
    for change in ({"verdict": "other"}, {"extra": 1}, {"currency": "euro"}, {"events": [{}]}):
        assert not validator("diff").is_valid({**found, **change})


@pytest.mark.parametrize("path", mostly_slow(STRAIGHT, 7), ids=named)
def test_a_shipped_pair_is_mirrored(path):
    mirrors(shipped(path), shipped(path, mirrored=True))


@pytest.mark.parametrize("path", mostly_slow(STRAIGHT, 7), ids=named)
def test_the_interpreter_confirms_what_is_reported_of_a_shipped_pair(path):
    found = shipped(path)
    for event in found.events:
        confirmed(found, event)
        covered(event)


# --------------------------------------------------------------------------------------------------- random rulebooks


@FEW
@given(SEEDS)
def test_a_rulebook_against_itself_is_identical(seed):
    case = case_of(seed)
    found = compared(case.rulebook, case.rulebook, case)
    assert found.verdict.level is Level.IDENTICAL
    assert found.events[0].bands == ()
    for change in changes(found.events[0]):
        assert change.difference == 0
        assert change.over == Difference()


@FEW
@given(SEEDS)
def test_what_means_the_same_reaches_no_payer(seed):
    case = case_of(seed)
    laid_out = format_text(SourceText.from_text(case.rulebook))
    assert compared(case.rulebook, laid_out, case).verdict.level is Level.IDENTICAL
    turned_round = rulelang.parse_rulebook(case.rulebook).rulebook
    others = [section for section in turned_round.sections if not isinstance(section, nodes.SegmentsSection)]
    first = [section for section in turned_round.sections if isinstance(section, nodes.SegmentsSection)]
    reordered = print_node(evolve(turned_round, sections=(*first, *reversed(others))))
    assert compared(case.rulebook, reordered, case).verdict.level is Level.IDENTICAL


@FEW
@given(SEEDS)
def test_names_reach_no_payer(seed):
    case = case_of(seed)
    program = rulelang.parse_rulebook(case.rulebook)
    names = [*program.steps, *program.definitions]
    assume(not re.search(rf"\b({'|'.join(names)})\b", case.event))
    other = case.rulebook
    for number, name in enumerate(names):
        other = renamed(other, name, f"another_{number}")
    found = compared(case.rulebook, other, case)
    assert found.verdict.level < Level.MEMBERS
    assert found.events[0].bands == ()


@FEW
@given(worlds(), UNITS, st.data())
def test_a_change_and_its_reverse_are_mirrors(world, amount, data):
    old, new = world.rulebook(), changed_limit(world.rulebook(), amount, data)
    case = Case(old, world.event(), {})
    mirrors(compared(old, new, case), compared(new, old, case))


@PLACES
@given(worlds(), UNITS, st.data())
def test_the_interpreter_confirms_what_is_reported(world, amount, data):
    old, new = world.rulebook(), changed_limit(world.rulebook(), amount, data)
    found = compared(old, new, Case(old, world.event(), {}))
    confirmed(found, found.events[0])


@FEW
@given(worlds(), UNITS, st.data())
def test_levels_say_what_differs(world, amount, data):
    """The level of an event follows from its payers and classes, and the bands are those of its payers."""
    old, new = world.rulebook(), changed_limit(world.rulebook(), amount, data)
    (event,) = compared(old, new, Case(old, world.event(), {})).events
    totals = any(change.matters for change in event.classes.values())
    payers = [each.amount.over for each in event.payers if each.amount.matters]
    if event.level in (Level.TOTALS, Level.ORDER):
        assert totals
    else:
        assert not totals
        assert event.level is (Level.MEMBERS if payers else Level.IDENTICAL)
    for band in event.bands:
        assert any(each.start == band.start for over in payers for each in over.bands)
        assert any(each.end == band.end for over in payers for each in over.bands)
    covered(event)


@FEW
@given(worlds(groups=False), UNITS, st.data())
def test_at_the_events_own_loss_both_ways_of_comparing_agree(world, amount, data):
    old, new = world.rulebook(), changed_limit(world.rulebook(), amount, data)
    case = Case(old, world.event(), {})
    (fixed,) = compared(old, new, case, vary=None).events
    (varied,) = compared(old, new, case).events
    at_the_loss = {each.payer: (each.amount.before, each.amount.after) for each in varied.payers}
    for each in fixed.payers:
        assert at_the_loss[each.payer] == (each.amount.before, each.amount.after)
        assert each.amount.over is None


def covered(event):
    """The bands of an event are apart, and every band of a payer that differs lies in one of them."""
    for one, other in pairwise(event.bands):
        assert one.end is not None
        assert one.end <= other.start
    own = [band for each in event.payers if each.amount.matters for band in each.amount.over.bands]
    assert bool(event.bands) == bool(own)
    for band in own:
        assert any(
            outer.start <= band.start and (outer.end is None or (band.end is not None and band.end <= outer.end))
            for outer in event.bands
        )


def changed_limit(rulebook, amount, data):
    """The rulebook with one of its steps limited anew, or, if none is limited in numbers, as it is."""
    limits = list(re.finditer(r"EUR \d+\.\d\d", rulebook))
    if not limits:
        return rulebook
    chosen = data.draw(st.sampled_from(limits))
    return rulebook[: chosen.start()] + money(amount) + rulebook[chosen.end() :]


# ------------------------------------------------------------------------------------------------------------- mirrors


def changes(event):
    yield from event.classes.values()
    yield from (each.amount for each in event.payers)
    yield from (each.amount for each in event.steps)


def mirrors(one, other):
    """Whether two comparisons are each the other's, seen from the other side."""
    assert one.verdict.level is other.verdict.level
    for mine, theirs in zip(one.events, other.events, strict=True):
        assert mine.level is theirs.level
        assert mine.bands == theirs.bands
        assert (mine.until, mine.varied) == (theirs.until, theirs.varied)
        assert mine.classes.keys() == theirs.classes.keys()
        back = {each.payer: each.amount for each in theirs.payers}
        assert {each.payer for each in mine.payers} == back.keys()
        for each in mine.payers:
            turned(each.amount, back[each.payer])
        for name, change in mine.classes.items():
            turned(change, theirs.classes[name])
        steps = {(each.new, each.old, each.segment): each.amount for each in theirs.steps}
        assert {(each.old, each.new, each.segment) for each in mine.steps} == steps.keys()
        for each in mine.steps:
            turned(each.amount, steps[each.old, each.new, each.segment])


def turned(one, other):
    assert (one.before, one.after) == (other.after, other.before)
    assert one.matters == other.matters
    assert [(band.start, band.end, -band.sign) for band in one.over.bands] == [
        (band.start, band.end, band.sign) for band in other.over.bands
    ]
    mine, theirs = one.over.extreme, other.over.extreme
    assert Extreme(-mine.amount, mine.at, mine.side, mine.unbounded) == theirs


# ------------------------------------------------------------------------------------- what the interpreter says to it


def confirmed(found, event):
    """Runs at, below and above every place that is reported say the same, give or take what runs round."""
    if event.varied is None or event.refusal:
        return
    runs = Runs(found, event)
    slack = 2 * sum(1 for _ in found.new.each_step()) + 2 * sum(1 for _ in found.old.each_step()) + 2
    for each in event.payers:
        if each.amount.matters:
            for t, low, high in expected(each.amount.over, event.until):
                seen = runs.difference(t).get(each.payer, 0)
                assert low - slack <= seen <= high + slack, (each.payer, t, seen, low, high)
    for name, change in event.classes.items():
        if change.matters:
            for t, low, high in expected(change.over, event.until):
                seen = runs.by_class(t).get(name, 0)
                assert low - slack <= seen <= high + slack, (name, t, seen, low, high)


def expected(over, until):
    """Whole values of the variable, with the bounds of the difference there."""
    extreme = over.extreme
    most = 10**40 if extreme.unbounded else abs(extreme.amount)
    if not extreme.unbounded:
        yield beside(extreme), extreme.amount - 1, extreme.amount + 1
    for band in over.bands[:8]:
        for t in inside(band):
            yield t, (0 if band.sign > 0 else -most), (most if band.sign > 0 else 0)
    for end in [over.bands[0].start, *(band.end for band in over.bands[:8])]:
        if end is not None and (until is None or end < until):
            for t in (int(end) - 1, int(end) + 2):
                if t >= 0 and not any(band.start <= t and (band.end is None or t <= band.end) for band in over.bands):
                    yield t, 0, 0


def beside(extreme):
    """The whole value at which the largest difference is, or the next one on its side."""
    if extreme.side == "above":
        return int(extreme.at) + 1
    whole = Fraction(extreme.at).denominator == 1
    return int(extreme.at) - (whole and extreme.side == "below" and extreme.at > 0)


def inside(band):
    start = int(band.start) + 1
    end = start + 1000 if band.end is None else int(band.end)
    return [t for t in {start, (start + end) // 2, end - 1} if within(t, band)]


def within(t, band):
    return band.start < t and (band.end is None or t < band.end)


class Runs:
    """Runs of both versions at other values of the variable."""

    def __init__(self, found, event):
        self.found, self.event = found, event
        self.versions = []
        for profile in event.profiles:
            plan = make_plan(profile.plan.program, profile.plan.event)
            self.versions.append((profile.plan.program, find_variable(plan, profile.variable.name)))
        self.known = {}

    def at(self, t):
        if t not in self.known:
            pair = []
            for program, variable in self.versions:
                there = variable.event_at(t)
                losses = tuple(loss for loss in there.losses if loss.amount)
                pair.append(None if not losses else rulelang.evaluate(program, evolve(there, losses=there.losses)))
            self.known[t] = pair
        return self.known[t]

    def difference(self, t):
        before, after = ({} if run is None else exact_totals(run.trail) for run in self.at(t))
        return {payer: after.get(payer, 0) - before.get(payer, 0) for payer in {*before, *after}}

    def by_class(self, t):
        totals = []
        for run, (program, _) in zip(self.at(t), self.versions, strict=True):
            found = {UNCOVERED: 0 if run is None else run.uncovered}
            for line in () if run is None else run.lines:
                name = program.steps[line.step].payers
                found[name] = found.get(name, 0) + line.drawn
            totals.append(found)
        return {name: totals[1].get(name, 0) - totals[0].get(name, 0) for name in {*totals[0], *totals[1]}}
