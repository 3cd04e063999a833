"""What holds of every comparison, on random rulebooks and on random changes of them."""

import random
import re
from collections import Counter

import attrs
from hypothesis import given
from hypothesis import strategies as st

import rulelang
from rulelang.base.diagnostic import RulelangError
from rulelang.base.source import SourceText
from rulelang.changes.edits.structure import compare_structure
from rulelang.changes.match.canonical import Reading
from rulelang.changes.match.renames import names_in
from rulelang.syntax import nodes
from rulelang.syntax.format.printer import format_text, print_node
from tests import strategies
from tests.changes.mirrors import mirrored
from tests.examples import examples
from tests.oracle.generate import Case
from tests.properties.worlds import SEEDS, any_case, load, without_digests

FEW = examples(25)


def parsed(text):
    return rulelang.parse_rulebook(text, "random.rules")


def edits_between(old, new):
    return compare_structure(parsed(old), parsed(new)).edits


def written(rulebook, **changes):
    return print_node(attrs.evolve(rulebook, **changes))


# ----------------------------------------------------------------------------------------------- what makes no edits


@FEW
@given(SEEDS)
def test_a_rulebook_against_itself_has_no_edits(seed):
    text = any_case(seed).rulebook
    changes = compare_structure(parsed(text), parsed(text))
    assert changes.identical
    assert changes.text_only
    assert list(changes.steps) == list(changes.steps.values()) == list(parsed(text).steps)


@FEW
@given(SEEDS)
def test_formatting_makes_no_edits(seed):
    text = any_case(seed).rulebook
    assert edits_between(text, format_text(SourceText.from_text(text))) == ()
    assert edits_between(text.replace("\n", " # a comment\n"), written(parsed(text).rulebook)) == ()


@FEW
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_sections_fields_and_clauses_makes_no_edits(seed, rng):
    """But for segments, which take turns in the order in which they are declared."""
    rulebook = parsed(any_case(seed).rulebook).rulebook
    segments = iter([section for section in rulebook.sections if isinstance(section, nodes.SegmentsSection)])
    sections = [shuffled(section, rng) for section in rng.sample(rulebook.sections, len(rulebook.sections))]
    sections = tuple(next(segments) if isinstance(each, nodes.SegmentsSection) else each for each in sections)
    assert edits_between(written(rulebook), written(rulebook, sections=sections)) == ()


def shuffled(section, rng):
    if isinstance(section, nodes.MembersSection):
        return attrs.evolve(section, fields=tuple(rng.sample(section.fields, len(section.fields))))
    if isinstance(section, nodes.WaterfallSection):
        return attrs.evolve(section, items=tuple(with_shuffled_clauses(item, rng) for item in section.items))
    return section


def with_shuffled_clauses(item, rng):
    if isinstance(item, nodes.Together):
        return attrs.evolve(item, steps=tuple(with_shuffled_clauses(step, rng) for step in item.steps))
    return attrs.evolve(item, clauses=tuple(rng.sample(item.clauses, len(item.clauses))))


# ------------------------------------------------------------------------------------------------------- other names


def replaced(node, name, by):
    """The tree with a name replaced wherever it stands for the thing itself: in a place for names, and as a value."""
    if isinstance(node, tuple):
        return tuple(replaced(each, name, by) for each in node)
    if isinstance(node, nodes.Reference) and node.name == name:
        return nodes.Reference(by) if isinstance(by, str) else by
    if isinstance(node, nodes.Identifier):
        return nodes.Identifier(by) if node.text == name and isinstance(by, str) else node
    if not isinstance(node, nodes.Node):
        return node
    parts = [part.name for part in attrs.fields(type(node)) if part.name != "span"]
    return attrs.evolve(node, **{part: replaced(getattr(node, part), name, by) for part in parts})


def renamed(text, old, new):
    return print_node(replaced(parsed(text).rulebook, old, new))


@FEW
@given(SEEDS, st.integers(0, 100), st.booleans())
def test_a_step_renamed_throughout_is_one_edit(seed, pick, says_so):
    text = any_case(seed).rulebook
    names = list(parsed(text).steps)
    name = names[pick % len(names)]
    after = renamed(text, name, "another_name")
    if says_so:
        step = parsed(after).steps["another_name"].syntax
        formerly = (*step.formerly, nodes.Identifier(name))
        after = print_node(with_step(parsed(after).rulebook, attrs.evolve(step, formerly=formerly)))
    changes = compare_structure(parsed(text), parsed(after))
    assert [edit.kind for edit in changes.edits] == ["step-renamed"]
    assert changes.text_only
    assert changes.steps == {**{each: each for each in names}, name: "another_name"}
    # a former name that both have shows it too
    shows = says_so or parsed(text).steps[name].former_names
    assert changes.edits[0].evidence == ("formerly" if shows else "likeness")


def with_step(rulebook, step):
    """The rulebook with a step in the place of the one of its name."""

    def put(item):
        if isinstance(item, nodes.Together):
            return attrs.evolve(item, steps=tuple(map(put, item.steps)))
        return step if item.name == step.name else item

    return attrs.evolve(
        rulebook,
        sections=tuple(
            attrs.evolve(section, items=tuple(map(put, section.items)))
            if isinstance(section, nodes.WaterfallSection)
            else section
            for section in rulebook.sections
        ),
    )


@FEW
@given(SEEDS)
def test_definitions_renamed_throughout_are_one_edit_each(seed):
    text = after = any_case(seed).rulebook
    names = list(parsed(text).definitions)
    for number, name in enumerate(names):
        after = renamed(after, name, f"another_{number}")
    assert [edit.kind for edit in edits_between(text, after)] == ["definition-renamed"] * len(names)


# ----------------------------------------------------------------------------------------------- random changes of one

_TOKEN = re.compile(r"\b\d+\b|\b(?:survivors|ccp|each|in total|lowest|highest|money|equally|and|or|then)\b|[<>+*-]")
_OTHER = ["7", "survivors", "ccp", "each", "in total", "lowest", "highest", "equally", "and", "or", "then", "<", "+"]


def changed(text, rng):
    """The rulebook with a few small changes that it still checks with; the same if none was found."""
    for _ in range(rng.choice([1, 1, 2, 4])):
        for _ in range(20):
            candidate = rng.choice([with_another_token, with_items_changed])(text, rng)
            try:
                parsed(candidate)
            except RulelangError:
                continue
            text = candidate
            break
    return text


def with_another_token(text, rng):
    found = rng.choice(list(_TOKEN.finditer(text)))
    return text[: found.start()] + rng.choice(_OTHER) + text[found.end() :]


def with_items_changed(text, rng):
    """Steps and groups in another order, one gone, or one step twice under two names."""
    rulebook = parsed(text).rulebook
    waterfall = next(section for section in rulebook.sections if isinstance(section, nodes.WaterfallSection))
    items = list(waterfall.items)
    place = rng.randrange(len(items))
    taken = items.pop(place)
    match rng.choice(["move", "remove", "repeat", "ungroup", "reuse"]):
        case "move":
            items.insert(rng.randint(0, len(items)), taken)
        case "repeat" if isinstance(taken, nodes.Step):
            items[place:place] = [taken, attrs.evolve(taken, name=nodes.Identifier("repeated"), formerly=())]
        case "ungroup" if isinstance(taken, nodes.Together):
            items[place:place] = taken.steps
        case "reuse" if isinstance(taken, nodes.Step) and items:
            other = rng.randrange(len(items))
            if isinstance(items[other], nodes.Step):
                items.insert(place, attrs.evolve(taken, name=items[other].name))
                items[other + (other >= place)] = attrs.evolve(items[other + (other >= place)], name=taken.name)
    sections = [
        attrs.evolve(waterfall, items=tuple(items)) if each is waterfall else each for each in rulebook.sections
    ]
    return written(rulebook, sections=tuple(sections))


def assert_mirrored(old, new):
    there, back = compare_structure(old, new), compare_structure(new, old)
    assert Counter(map(mirrored, there.edits)) == Counter(back.edits)
    assert {after: before for before, after in there.steps.items()} == back.steps


@FEW
@given(SEEDS, st.integers(0, 1 << 30))
def test_a_changed_rulebook_the_other_way_round_gives_the_mirror(seed, number):
    text = any_case(seed).rulebook
    assert_mirrored(parsed(text), parsed(changed(text, random.Random(number))))


def test_two_steps_that_exchanged_their_names_and_places_give_the_mirror():
    old = EMPTY.replace("tranche a", "tranche z paid by ccp up to EUR 9 tranche a")
    two = "assessment b paid by survivors up to x each shared equally"
    one = f"{old} {two}"
    other = (
        one.replace("tranche a", "tranche c").replace("assessment b", "assessment a").replace("tranche c", "tranche b")
    )
    first, second = other.split("tranche b")[1].split("assessment a")
    other = f"{other.split('tranche b')[0]}assessment a{second} tranche b{first}"
    assert_mirrored(parsed(one), parsed(other))
    kinds = Counter(edit.kind for edit in edits_between(one, other))
    assert kinds == {"step-renamed": 2, "name-reused": 2, "step-moved": 1}


@FEW
@given(SEEDS, SEEDS)
def test_two_rulebooks_that_share_some_names_the_other_way_round_give_the_mirror(one, other):
    old, new = parsed(any_case(one).rulebook), parsed(any_case(other).rulebook)
    assert_mirrored(old, new)
    assert compare_structure(old, new).identical == (old.rulebook == new.rulebook)


@FEW
@given(SEEDS, st.integers(0, 1 << 30))
def test_a_change_of_the_tree_that_is_not_of_an_order_is_an_edit(seed, number):
    text = any_case(seed).rulebook
    after = with_another_token(text, random.Random(number))
    try:
        old, new = parsed(text), parsed(after)
    except RulelangError:
        return
    if compare_structure(old, new).identical:
        assert words_in_order(old.rulebook) == words_in_order(new.rulebook)


def words_in_order(rulebook):
    """The words of a rulebook, whatever their order and brackets."""
    return sorted(re.findall(r"\w+|[^\w\s()]", print_node(rulebook)))


@FEW
@given(SEEDS, st.integers(0, 1 << 30))
def test_what_is_text_only_changes_no_allocation(seed, number):
    case = any_case(seed)
    rng = random.Random(number)
    after = rng.choice([changed, inlined, rewritten])(case.rulebook, rng)
    changes = compare_structure(parsed(case.rulebook), parsed(after))
    if changes.text_only and all(old == new for old, new in changes.steps.items()):
        assert outcome(Case(after, case.event, case.files)) == outcome(case)


@FEW
@given(SEEDS, st.integers(0, 100))
def test_a_step_renamed_throughout_pays_the_same(seed, pick):
    case = any_case(seed)
    names = list(parsed(case.rulebook).steps)
    name = names[pick % len(names)]
    event = re.sub(rf"\b(under|decide) {name}\b", r"\1 another_name", case.event)
    files = {file: re.sub(rf"(?<=,){name}(?=,)", "another_name", text) for file, text in case.files.items()}
    found = outcome(Case(renamed(case.rulebook, name, "another_name"), event, files))
    assert repr(found).replace("'another_name'", f"'{name}'") == repr(outcome(case))


def outcome(case):
    try:
        return without_digests(rulelang.evaluate(*load(case)))
    except RulelangError as error:
        return [found.code for found in error.diagnostics]


def inlined(text, rng):
    """The rulebook with a definition in the place of its name."""
    definitions = parsed(text).definitions
    if not definitions:
        return text
    name = rng.choice(list(definitions))
    rulebook = parsed(text).rulebook
    kept = tuple(each for each in rulebook.sections if getattr(each, "name", None) != definitions[name].name)
    return print_node(replaced(attrs.evolve(rulebook, sections=kept), name, definitions[name].value))


def rewritten(text, rng):
    """The rulebook with its amounts written otherwise."""
    return re.sub(r"\b([A-Z]{3}) (\d+)(?![\d._]| (?:thousand|million|billion))", r"\1 \2.0", text)


@FEW
@given(SEEDS)
def test_an_inlined_definition_and_an_amount_written_otherwise_are_text_only(seed):
    text = any_case(seed).rulebook
    for after in (inlined(text, random.Random(seed)), rewritten(text, None)):
        assert compare_structure(parsed(text), parsed(after)).text_only


# -------------------------------------------------------------------------------------------------------------- forms

EMPTY = 'rulebook "A" currency EUR members have x : money waterfall tranche a paid by ccp up to EUR 1'


@examples(150)
@given(strategies.expressions, strategies.expressions)
def test_written_forms_are_equal_exactly_if_the_trees_are(one, other):
    reading = Reading(parsed(EMPTY), {}, {})
    assert (reading.written(one) == reading.written(other)) == (one == other)
    unbracketed = attrs.evolve(one, bracketed=not one.bracketed)
    assert reading.written(unbracketed) == reading.written(one)


@examples(60)
@given(strategies.steps, strategies.steps)
def test_written_forms_of_steps_leave_citations_out(one, other):
    reading = Reading(parsed(EMPTY), {}, {})
    same = without_citations(one) == without_citations(other)
    assert (reading.written(one) == reading.written(other)) == same
    assert reading.written(without_citations(one)) == reading.written(one)


def without_citations(step):
    return attrs.evolve(step, cite=None, clauses=tuple(attrs.evolve(clause, cite=None) for clause in step.clauses))


# --------------------------------------------------------------------------------------------------------- other names


DECLARED = ("data", "periods", "limits")


def declared(program):
    """The data that a step or an expression names, the periods and the named limits, by their sort."""
    used = names_in(tuple(section for section in program.rulebook.sections if not isinstance(section, UNREAD)))
    data = [name for name in (*program.fields, *program.givens) if name in used or name in missing(program)]
    return {"data": data, "periods": [*program.periods], "limits": [*program.limits]}


UNREAD = (nodes.MembersSection, nodes.GivenSection, nodes.TestSection, nodes.SegmentsSection)


def missing(program):
    return names_in(tuple(d.if_missing for d in (*program.fields.values(), *program.givens.values()) if d.if_missing))


@FEW
@given(SEEDS, st.sampled_from(DECLARED), st.integers(0, 100))
def test_a_datum_a_period_or_a_limit_renamed_throughout_is_one_edit(seed, sort, pick):
    text = any_case(seed).rulebook
    names = declared(parsed(text))[sort]
    if not names:
        return
    name = names[pick % len(names)]
    changes = compare_structure(parsed(text), parsed(renamed(text, name, "another_name")))
    assert [edit.kind.partition("-renamed")[1] for edit in changes.edits] == ["-renamed"], changes.edits
    assert (changes.edits[0].old_name, changes.edits[0].new_name) == (name, "another_name")
    assert changes.text_only


@FEW
@given(SEEDS)
def test_all_names_of_data_changed_throughout_are_renamings_only(seed):
    text = after = any_case(seed).rulebook
    for number, name in enumerate(declared(parsed(text))["data"]):
        after = renamed(after, name, f"another_{number}")
    assert_mirrored(parsed(text), parsed(after))
    assert {edit.kind for edit in edits_between(text, after)} <= {"field-renamed", "given-renamed"}
