"""Names: where they are declared and used, and that a new name changes nothing but the name."""

import random
from pathlib import Path

import pytest

from rulelang.analysis.documents import Documents
from rulelang.analysis.facts import FileKind
from rulelang.analysis.names import definitions, references
from rulelang.analysis.renaming import changed, renaming
from rulelang.analysis.runs import Runs
from rulelang.analysis.uses import FORMER, Named, Role
from rulelang.analysis.workspace import Workspace
from rulelang.analysis.written import ROLES
from rulelang.base.diagnostic import RulelangError
from rulelang.base.values import types_of_parts
from rulelang.syntax import nodes
from tests.analysis.shipped import LIBRARY, SEGMENTED, in_memory, workspace_of
from tests.analysis.test_facts import SHORT, A
from tests.examples import share_of

FOLDERS = sorted({path.parent for path in LIBRARY.rglob("*.rules")})


def _use(facts, name, role=None):
    return next(use for use in facts.by_name[name] if role in (None, use.role))


def test_a_field_of_segments_is_found_in_rulebook_events_and_headings_of_tables():
    workspace = workspace_of(SEGMENTED.parent)
    facts = workspace.facts(SEGMENTED)
    use = _use(facts, "energy")
    files = {use.source.path.name for use in references(workspace, facts, use)}
    assert {"rulebook.rules", "members.csv", "energy-default.event"} <= files
    (place,) = definitions(workspace, facts, use)
    assert facts.source.slice(place.span) == "energy"
    event = workspace.facts(SEGMENTED.parent / "events" / "energy-default.event")
    (place,) = definitions(workspace, event, _use(event, "energy"))
    assert place.source.path == SEGMENTED


@pytest.mark.parametrize("folder", FOLDERS[:: max(1, 60 // share_of(60))], ids=lambda path: path.name)
def test_with_new_names_texts_have_the_same_findings_and_runs_give_the_same_money(folder):
    random_ = random.Random(folder.name)
    workspace = workspace_of(folder)
    path = next(iter(sorted(folder.glob("*.rules"))))
    facts = workspace.facts(path)
    uses = {use.name: use for use in facts.uses if use.named not in (None, Named.MEMBER, *FORMER)}
    for name in random_.sample(sorted(uses), min(3, len(uses))):
        renamed = renaming(workspace, facts, uses[name], "another_name", keep_former=True)
        assert renamed
        other = Workspace(Documents())
        for each in workspace.together.world(path):
            source = workspace.facts(each).source
            other.documents.put(each, changed(source, renamed.get(each, [])))
        for each in workspace.together.world(path):
            before, after = workspace.facts(each), other.facts(each)
            assert [found.code for found in after.findings] == [found.code for found in before.findings]
            left = [use for use in after.by_name.get(name, ()) if use.named is uses[name].named]
            assert not [use for use in left if use.rulebook == path]
            if FileKind.of(each) is FileKind.EVENT and before.rulebook is not None:
                one, two = Runs(workspace).of(before.rulebook, each), Runs(other).of(after.rulebook, each)
                assert (one is None) == (two is None)
                if one is not None and one.allocation is not None:
                    assert [line.drawn for line in two.allocation.lines] == [
                        line.drawn for line in one.allocation.lines
                    ]
                    assert [*two.allocation.payers().values()] == [*one.allocation.payers().values()]


def test_a_step_keeps_its_name_as_a_former_one():
    workspace = in_memory(a_rules=SHORT)
    facts = workspace.facts(A)
    renamed = renaming(workspace, facts, _use(facts, "draw"), "fund_draw", keep_former=True)
    text = changed(facts.source, renamed[A])
    assert 'tranche fund_draw "Fund 🏦" formerly draw cite "R 3"' in text
    assert "used(fund_draw)" in text
    renamed = renaming(workspace, facts, _use(facts, "contribution"), "paid_in", keep_former=True)
    text = changed(facts.source, renamed[A])
    assert 'paid_in : money formerly contribution "what was paid in 𝔘 🏦"' in text
    again = in_memory(a_rules=text)
    renamed = renaming(again, again.facts(A), _use(again.facts(A), "paid_in"), "cash", keep_former=True)
    assert "cash : money formerly contribution, paid_in " in changed(again.facts(A).source, renamed[A])


def test_a_member_is_renamed_with_the_quotes_that_its_id_needs():
    workspace = in_memory(a_rules=SHORT)
    facts = workspace.facts(A)
    for old, new, written in [
        ("ALPHA", "Alpha Bank", 'member "Alpha Bank" contribution'),
        ("BRAVO 🏦", "BRAVO", "member BRAVO contribution"),
    ]:
        text = changed(facts.source, renaming(workspace, facts, _use(facts, old), new)[A])
        assert written in text
        assert in_memory(a_rules=text).facts(A).program is not None


@pytest.mark.parametrize(
    ("name", "new", "why"),
    [
        ("draw", "margin", "there already"),
        ("draw", "Draw", "no name"),
        ("draw", "paid", "word of the language"),
        ("draw", "", "no name"),
        ("good", "poor", "there already"),
        ("ALPHA", "BRAVO 🏦", "there already"),
        ("ALPHA", 'A"B', "no member id"),
        ("ALPHA", "", "no member id"),
    ],
)
def test_a_name_that_is_none_or_is_taken_is_refused(name, new, why):
    workspace = in_memory(a_rules=SHORT)
    facts = workspace.facts(A)
    with pytest.raises(RulelangError, match=why):
        renaming(workspace, facts, _use(facts, name), new)


def test_nothing_is_renamed_while_names_may_be_hidden_by_an_error():
    workspace = in_memory(a_rules=SHORT, b_event='event "b" under "a.rules" declared 2024-01-01 member (')
    facts = workspace.facts(A)
    with pytest.raises(RulelangError, match=r"b\.event has errors"):
        renaming(workspace, facts, _use(facts, "draw"), "fund_draw")


def test_nothing_outside_is_read_or_renamed_because_a_text_names_it(tmp_path):
    inside, outside = tmp_path / "inside" / "rules", tmp_path / "outside"
    inside.mkdir(parents=True)
    outside.mkdir()
    (outside / "b.event").write_text('event "b" under "../inside/rules/a.rules" declared 2024-01-01\n')
    (outside / "linked.event").write_text('event "l" declared 2024-01-01\n')
    (inside / "linked.event").symlink_to(outside / "linked.event")
    named = "".join(
        f'test "{at}" event "{path}" expect outcome covered\n'
        for at, path in enumerate(["../../outside/b.event", str(outside / "b.event"), "linked.event", "near.event"])
    )
    (inside / "near.event").write_text('event "n" under "a.rules" declared 2024-01-01\n')
    (inside / "a.rules").write_text(SHORT + named)
    workspace = Workspace(Documents())
    assert workspace.together.world(inside / "a.rules") == (inside / "a.rules", inside / "near.event")


def test_every_part_of_a_node_in_which_a_name_may_stand_has_a_role():
    codes = {"code", "currency", "price", "unit"}
    kinds = [kind for kind in vars(nodes).values() if isinstance(kind, type) and issubclass(kind, nodes.Node)]
    for kind in kinds:
        named = {part for part, type_ in types_of_parts(kind).items() if "Identifier" in str(type_)}
        assert named - ROLES[kind].keys() <= codes, kind


def test_uses_have_the_roles_in_which_they_stand():
    facts = in_memory(a_rules=SHORT).facts(A)
    assert {use.role for use in facts.by_name["contribution"]} == {Role.DECLARED, Role.POT, Role.VALUE, Role.DATUM}
    assert {use.role for use in facts.by_name["draw"]} == {Role.DECLARED, Role.STEP}
    assert [use.role for use in facts.by_name["ALPHA"]] == [Role.JOINING, Role.MEMBER]
    assert Path(facts.source.name).name == "a.rules"
