"""What is told of places: words and their meanings, hovers, completions, hints, lenses and links."""

import random
from pathlib import Path

import pytest

from rulelang.analysis.beside import hints, lenses, links
from rulelang.analysis.columns import Columns, Point
from rulelang.analysis.completion import completions
from rulelang.analysis.documents import Documents
from rulelang.analysis.hover import hover
from rulelang.analysis.names import definitions, references
from rulelang.analysis.outline import every, outline
from rulelang.analysis.runs import Runs
from rulelang.analysis.tokens import TokenKind, coloured
from rulelang.analysis.uses import FORMER
from rulelang.analysis.words import meanings, words
from rulelang.analysis.workspace import Workspace
from rulelang.base.source import SourceText, Span
from rulelang.syntax.recovery.automaton import spellings
from rulelang.syntax.words import FUTURE
from tests.analysis.shipped import FILES, LIBRARY, NASDAQ, in_memory, workspace_of
from tests.analysis.test_facts import SHORT, A
from tests.examples import mostly_slow, share_of


def test_every_word_of_the_language_has_a_meaning_and_no_other_has():
    written = {word for several in spellings().values() for word in several if word[0].isalpha()}
    assert words().keys() == written
    assert not FUTURE & written
    for rows in words().values():
        for row in rows:
            assert row.meaning[0].islower()
            assert not row.meaning.endswith(".")


def test_the_word_behind_tells_what_a_word_means():
    assert [row.form for row in meanings("in", "total")] == ["up to EUR 5 in total"]
    assert [row.form for row in meanings("paid", "by")] == ["paid by survivors from contribution"]
    assert len(meanings("in")) > 5
    assert [row.form for row in meanings("up", "to", "each")] == ["up to EUR 7 million"]
    assert [row.form for row in meanings("up", "to", "rounded")] == ["rounded up to EUR 100_000"]
    assert [row.form for row in meanings("open", "(", "when")] == ["open(cooling_off)"]


def _hover(needle, skip=0, text=SHORT, **more):
    workspace = in_memory(a_rules=text, **more)
    facts = workspace.facts(A)
    found = hover(workspace, facts, text.index(needle) + skip, Runs(workspace).of(A))
    return "" if found is None else found.text


EVENT = """event "Fire" under "a.rules" declared 2024-05-06 given capital = EUR 5
member ALPHA contribution = EUR 50 bid = good
member BRAVO contribution = EUR 40 bid = good
default of ALPHA loss EUR 60
"""


def test_a_hover_tells_what_a_name_means_and_what_it_came_to():
    assert _hover("capital :", b_event=EVENT) == "**`capital`** — given: money\n\nIn “Fire”: `capital` is EUR 5.00."
    assert "definition: money" in _hover("fund as")
    assert "one for each member" in _hover("of contribution each")
    step = _hover("draw)", b_event=EVENT)
    assert "Source: R 3" in step
    assert 'tranche draw "Fund 🏦" cite "R 3"' in step
    assert "In “Fire”: Draws EUR 5.00 of at most EUR 20.00 for a loss of EUR 5.00" in step
    assert "ALPHA EUR 50.00 and BRAVO EUR 40.00" in _hover("contribution :", b_event=EVENT)
    assert _hover("pro rata").startswith("`shared pro rata to contribution` — in proportion to a key")
    assert _hover('"what') == ""


def test_texts_of_others_stay_texts_in_a_hover():
    hostile = SHORT.replace("what was paid in", "<b>[x](http://y) `")
    told = _hover("contribution :", text=hostile)
    assert "<b>" not in told
    assert "](http" not in told


@pytest.mark.parametrize(
    ("written", "offered", "not_offered"),
    [
        ("tranche own paid by |", ["ccp", "survivors", "defaulters"], ["own", "capital", "contribution"]),
        ("paid by survivors from |", ["contribution"], ["capital", "own"]),
        ("paid by ccp from |", ["capital"], ["contribution"]),
        ("up to |", ["contribution", "capital", "fund", "EUR", "min"], ["own", "good"]),
        ("when used(|", ["margin", "own", "draw"], ["capital"]),
        ("paid by survivors where bid = |", ["good", "poor"], ["margin"]),
        ("in order of bid: |", ["good", "poor"], ["margin", "capital"]),
        ("paid by ccp up to EUR 5 eahc\n    |", ["shared", "up to", "for"], ["capital"]),
        ("paid by ( up to\n    tranche other |", ["paid by", "up to", "formerly"], ["capital"]),
        ("sha|", ["shared"], ["capital"]),
        ("paid by ccp\ngiven mood : one of fine, bad if missing |", ["fine", "bad"], ["good", "own"]),
    ],
)
def test_what_is_offered_fits_the_place_and_the_role_even_behind_errors(written, offered, not_offered):
    before, _, behind = SHORT.partition("    finally closure")
    head = f"{before}    tranche last {written.removeprefix('tranche own ').partition('|')[0]}"
    workspace = in_memory(a_rules=f"{head}\n    finally closure{behind}")
    texts = [offer.text for offer in completions(workspace, workspace.facts(A), len(head)).offers]
    assert not set(offered) - set(texts)
    assert not set(not_offered) & set(texts)


@pytest.mark.parametrize("seed", mostly_slow(range(share_of(20, least=2))))
def test_what_stands_in_a_shipped_text_is_offered_where_it_stands(seed):
    random_ = random.Random(seed)
    for path in random_.sample([each for each in FILES if each.suffix != ".csv"], 8):
        workspace = workspace_of(path.parent.parent if path.parent.name == "events" else path.parent)
        facts = workspace.facts(path)
        named = [use for use in facts.uses if not use.declares and use.named not in FORMER]
        for use in random_.sample(named, min(6, len(named))):
            offered = completions(workspace, facts, use.span.start).offers
            assert facts.source.slice(use.span) in {offer.text for offer in offered}


DAYS = LIBRARY / "nasdaq-autumn-2018" / "autumn-2018.history"


def _said(needle, skip=0):
    workspace = workspace_of(DAYS.parent)
    facts = workspace.facts(DAYS)
    found = hover(workspace, facts, facts.source.text.index(needle) + skip)
    return "" if found is None else found.text


def test_the_days_of_a_history_tell_what_they_came_to():
    facts = workspace_of(DAYS.parent).facts(DAYS)
    text = facts.source.text
    shown = {text[hint.offset - 10 : hint.offset]: hint.text for hint in hints(facts, None)}
    assert shown["2018-09-11"] == "paid EUR 150,000,000.00, due EUR 107,000,000.00"
    assert "2018-09-14" not in shown
    within = Span(text.index("on 2018-09-14"), text.index("on 2018-11-05"))
    assert [hint.text for hint in hints(facts, None, within)] == ["paid in EUR 107,000,000.00"]
    told = [(lens.title, lens.part) for lens in lenses(facts, has_event=False)]
    assert told[0] == ("Run", None)
    assert ("Profile", "2018-09-11") in told
    assert ("Profile", "2018-09-14") not in told
    assert len(told) == 1 + 1 + text.count("\non ") + 2
    assert "Due EUR 107,000,000.00: FORTUM EUR 19,337,349.40" in _said("2018-09-11", 3)
    assert "On 2018-09-01 FORTUM: balance EUR 30,000,000.00." in _said("FORTUM")


def test_a_name_on_a_day_is_that_of_the_rulebook_in_force_then():
    workspace = workspace_of(DAYS.parent)
    facts = workspace.facts(DAYS)
    text = facts.source.text
    for name in ("replenished", "sek_fix"):
        (place,) = definitions(workspace, facts, facts.use_at(text.index(name)))
        assert place.source.path.name == "interim.rules"
        assert name in {offer.text for offer in completions(workspace, facts, text.index(name)).offers}
    assert "a rate of exchange" in _said("sek_fix")


def test_files_are_offered_where_a_path_stands():
    text = 'event "Fire" under "'
    workspace = in_memory(a_rules=SHORT, b_event=text)
    facts = workspace.facts(Path("/w/b.event"))
    assert [offer.text for offer in completions(workspace, facts, len(text)).offers] == ["a.rules"]


def test_hints_lenses_links_and_outline_of_a_shipped_rulebook():
    workspace = workspace_of(NASDAQ.parent)
    facts, run = workspace.facts(NASDAQ), Runs(workspace).of(NASDAQ)
    assert run.path.name == "aas-2018.event"
    shown = [hint.text for hint in hints(facts, run)]
    assert shown[4:6] == ["drawn EUR 107,000,000.00 of 166,000,000.00", "not reached"]
    assert [lens.title for lens in lenses(facts, has_event=True)][:3] == ["Run", "Profile", "Test"]
    assert {link.path.name for link in links(facts)} == {
        "aas-2018.event",
        "assessments-reached.event",
        "third-default.event",
    }
    assert {link.path.name for link in links(workspace.facts(run.path))} == {"rulebook.rules"}
    assert "fund_draw" in {entry.name for entry in every(outline(facts))}


def test_a_word_is_a_word_or_a_name_by_its_place():
    text = SHORT.replace("fund", "pool").replace(
        "    finally", "    together as one pool tranche a paid by ccp end\n    finally"
    )
    facts = in_memory(a_rules=text).facts(A)
    kinds = {(facts.source.slice(each.span), each.kind) for each in coloured(facts)}
    assert {("pool", TokenKind.KEYWORD), ("pool", TokenKind.DEFINITION)} <= kinds


def test_columns_are_those_of_utf_16_and_back():
    columns = Columns(SourceText.of("a𝔘b🏦\r\n\n🏦", "x"))
    assert [columns.point(at) for at in (0, 1, 2, 3, 4)] == [(0, 0), (0, 1), (0, 3), (0, 4), (0, 6)]
    assert columns.point(99) == Point(2, 2)
    assert columns.point(5) == Point(0, 6)
    assert [columns.offset(0, column) for column in range(8)] == [0, 1, 1, 2, 3, 3, 4, 4]
    assert [columns.offset(*point) for point in ((1, 5), (2, 2), (9, 0), (-1, 3))] == [6, 8, 8, 0]


def test_a_file_that_cannot_be_read_hides_nothing_of_the_others(tmp_path):
    text = SHORT.replace("    expect own", "    expect ")
    (tmp_path / "a.rules").write_text(text)
    (tmp_path / "b.event").write_text(EVENT.replace("member BRAVO", 'members from "c.csv"\nmember BRAVO'))
    (tmp_path / "c.csv").write_bytes(b"\0\1\xff")
    (tmp_path / "d.event").write_bytes(b'under "a.rules" \0\xff')
    workspace = Workspace(Documents(below=tmp_path.iterdir, folders=(tmp_path,)))
    path = tmp_path / "a.rules"
    facts = workspace.facts(path)
    offered = completions(workspace, facts, text.index("expect ") + len("expect "))
    assert {"own", "ALPHA", "BRAVO"} <= {offer.text for offer in offered.offers}
    assert Runs(workspace).of(path) is None
    assert references(workspace, facts, facts.by_name["capital"][0])
    workspace.documents.put(path, SHORT)
    assert [found.code for found in workspace.facts(tmp_path / "b.event").findings] == ["not-text"]


def test_a_text_in_memory_is_before_the_one_on_disk_and_a_table_that_changes_changes_the_event():
    table = EVENT.split("member", maxsplit=1)[0] + 'members from "m.csv"\ndefault of ALPHA loss EUR 60\n'
    workspace = in_memory(a_rules=SHORT, b_event=table, m_csv="member,contribution,bid\nALPHA,50,good\n")
    event = Path("/w/b.event")
    assert workspace.facts(event).event.fields[("contribution", None)] == {"ALPHA": 5000}
    workspace.documents.put(Path("/w/m.csv"), "member,contribution,bid\nALPHA,51,good\n")
    assert workspace.facts(event).event.fields[("contribution", None)] == {"ALPHA": 5100}
    workspace.documents.put(Path("/w/m.csv"), "member,contribution,bid\nALPHA,x,good\n")
    (found,) = workspace.facts(event).findings
    assert found.place.source.path.name == "m.csv"
    workspace.documents.put(A, SHORT.replace("waterfall", "waterfal"))
    (found,) = workspace.facts(event).findings
    assert (found.code, "does not check" in found.message) == ("no-rulebook", True)
