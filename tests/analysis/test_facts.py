"""The facts about every shipped text, about broken texts, and about texts that are typed and taken away again."""

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from rulelang.analysis.completion import completions
from rulelang.analysis.facts import FileKind
from rulelang.analysis.hover import hover
from rulelang.analysis.names import definitions, references
from rulelang.analysis.outline import every, folds, outline
from rulelang.analysis.runs import Runs
from rulelang.analysis.tokens import coloured
from rulelang.base.diagnostic import RulelangError, Severity
from rulelang.base.render import to_json
from rulelang.base.source import SourceText
from rulelang.syntax.read import reading
from rulelang.syntax.recovery.automaton import Machine, Pieces
from rulelang.syntax.recovery.partial import partial_tree
from rulelang.tools.cli import cli
from tests.analysis.shipped import FILES, LIBRARY, in_memory, library, workspace_of
from tests.examples import mostly_slow, share_of

A = Path("/w/a.rules")
SHORT = """rulebook "A" version 2024-01-01
currency EUR
members have
    contribution : money "what was paid in 𝔘 🏦"
    bid : one of good, poor
given capital : money
define fund as sum of contribution over survivors
waterfall
    tranche margin paid by defaulters from contribution
    tranche own paid by ccp from capital
    tranche draw "Fund 🏦" cite "R 3"
        paid by survivors from contribution
        up to 50% of contribution each
        shared pro rata to contribution
    finally closure
ensure "enough": used(draw) <= fund
test "one" under "a.rules"
    declared 2024-05-06
    given capital = EUR 5
    member ALPHA contribution = EUR 50 bid = good
    member "BRAVO 🏦" contribution = EUR 50 bid = poor
    default of ALPHA loss EUR 70
    expect own pays EUR 5
"""


@pytest.mark.parametrize("path", mostly_slow(FILES), ids=lambda path: str(path.relative_to(LIBRARY)))
def test_every_name_of_a_shipped_text_stands_where_it_is_said_to_and_is_known(path):
    workspace = library()
    facts = workspace.facts(path)
    assert facts.whole
    assert not [found for found in facts.findings if found.severity is Severity.ERROR]
    for use in facts.uses:
        assert facts.source.slice(use.span).strip('"') == use.name
        assert use.named is not None or facts.draft is None
    coloured_ = coloured(facts)
    assert all(one.span.end <= other.span.start for one, other in pairwise(coloured_))
    for entry in every(outline(facts)):
        assert entry.span.start <= entry.name_span.start <= entry.name_span.end <= entry.span.end
    for start, end in folds(facts):
        assert 0 <= start < end < facts.source.line_count


def _checked(path):
    """What `rulelang check` finds."""
    done = CliRunner().invoke(cli, ["check", str(path), "--format", "json"])
    return [
        (each["code"], each["message"], each["line"], each["column"]) for each in json.loads(done.output)["diagnostics"]
    ]


def _found(path):
    told = to_json(workspace_of(path.parent).facts(path).findings)["diagnostics"]
    return [(each["code"], each["message"], each["line"], each["column"]) for each in told]


@pytest.mark.parametrize("path", [each for each in FILES if each.suffix != ".csv"][:: max(1, 60 // share_of(20))])
def test_the_command_line_finds_what_the_analysis_finds(path):
    if path.suffix == ".rules" or 'under "' in path.read_text():
        assert _found(path) == _checked(path)


def test_what_the_text_of_an_event_allows_is_not_told(tmp_path):
    (tmp_path / "a.rules").write_text(SHORT)
    (tmp_path / "d.csv").write_text("member,loss\nBRAVO,5\nBRAVO,5\n")
    event = tmp_path / "b.event"
    text = EVENT + 'defaults from "d.csv"{}\n'
    event.write_text(text.format(""))
    assert "repeated-row" in [code for code, *_ in _found(event)]
    assert _found(event) == _checked(event)
    event.write_text(text.format("  # allow repeated-row: two losses"))
    assert "repeated-row" not in [code for code, *_ in _found(event)]
    assert _found(event) == _checked(event)


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        ("paid by ccp from capital", 3),
        ("paid by ccp", 3),
        ("own paid by ccp from capital", 3),
        ("bid : one of good, poor", 3),
        ("as sum of contribution over survivors", 3),
    ],
)
def test_a_text_with_an_error_keeps_what_is_whole(broken, kept):
    text = SHORT.replace(broken, broken[: len(broken) // 2] + " (", 1)
    facts = in_memory(a_rules=text).facts(A)
    assert not facts.whole
    assert facts.draft is not None
    assert len(facts.draft.step_nodes) == kept
    assert {"contribution", "capital"} & facts.draft.names.keys()


def test_a_half_typed_text_is_read_once_up_to_its_error(monkeypatch):
    """What the parser and the machine have read there serves the findings and the tree."""
    broken = SourceText.of(SHORT.replace("up to 50%", "up to ( 50%"), "x")
    anew = partial_tree(Pieces(broken.text, "rulebook"), "rulebook", None)
    begun, read = [], Machine.read
    monkeypatch.setattr(Machine, "read", lambda self, *at: begun.append(at[:2]) or read(self, *at))
    found = reading(broken, "rulebook")
    assert begun.count((broken.text, 0)) == 1
    assert (found.tree, found.tokens) == anew


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".history"], ids=lambda path: path.name)
def test_a_history_with_a_broken_line_keeps_all_days_but_one_whose_date_is_broken(path):
    lines = path.read_text().split("\n")
    for number, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        broken = "\n".join([*lines[:number], f"{line[: len(line) // 2]} (", *lines[number + 1 :]])
        tree = reading(SourceText.of(broken, "x"), "history").tree
        assert tree is not None
        assert len(tree.days) >= sum(each.startswith("on ") for each in lines) - line.startswith("on ")


def test_every_expression_has_a_type_though_the_rulebook_does_not_check():
    workspace = in_memory(a_rules=SHORT.replace("used(draw) <= fund", "used(draw) <= nothing_like_it"))
    facts = workspace.facts(A)
    assert [found.code for found in facts.findings if found.severity is Severity.ERROR] == ["unknown-name"]
    assert facts.program is None
    told = hover(workspace, facts, facts.source.text.index("50% of"))
    assert told is not None
    assert told.text.startswith("`50%` — a ratio\n\nIn step `draw` (R 3).")


EVENT = """event "b" under "a.rules" declared 2024-05-06 given capital = EUR 5
member ALPHA contribution = EUR 50 bid = good
member BRAVO contribution = EUR 40 bid = good
"""


def _all_of(workspace, path, random_):
    """Everything that is asked of a text, at some places."""
    facts = workspace.facts(path)
    text = facts.source.text
    for found in facts.findings:
        if found.place is not None and found.place.span is not None and found.place.source is facts.source:
            assert 0 <= found.place.span.start <= found.place.span.end <= len(text)
    run = Runs(workspace).of(path) if facts.kind is FileKind.RULES else None
    for _ in range(3):
        offset = random_.randint(0, len(text))
        hover(workspace, facts, offset, run)
        offers = completions(workspace, facts, offset)
        assert 0 <= offers.span.start <= offers.span.end == offset
        use = facts.use_at(offset)
        if use is not None:
            definitions(workspace, facts, use)
            references(workspace, facts, use)
        facts.around(offset)
    points = [facts.columns.ends(each.span) for each in coloured(facts)]
    lines = text.split("\n")
    for start, end in points:
        for point in (start, end):
            assert point.column <= len(lines[point.line].encode("utf-16-le", "surrogatepass")) // 2
            assert facts.columns.point(facts.columns.offset(*point)) == point
    list(every(outline(facts)))
    folds(facts)
    return facts


ODD = [
    "🏦",
    "𝔘",
    '"',
    "#",
    "(",
    ")",
    "\r\n",
    "\r",
    "\u2028",
    "\f",
    "\t",
    "é",
    ",",
    "=",
    " up to ",
    " paid by ",
    "EUR 5",
]


@pytest.mark.parametrize("seed", mostly_slow(range(share_of(6)), every=6))
def test_random_edits_of_shipped_texts_typed_and_deleted_raise_nothing(seed):
    random_ = random.Random(seed)
    path = random_.choice([each for each in FILES if each.suffix != ".csv"])
    workspace = workspace_of(path.parent.parent if path.parent.name == "events" else path.parent)
    text = workspace.documents.read(path).text
    for _ in range(4):
        at = random_.randint(0, len(text))
        other = workspace.documents.read(random_.choice(FILES)).text
        begin = random_.randint(0, len(other))
        typed = random_.choice([other[begin : begin + 6], random_.choice(ODD), text[at : at + 5][::-1]])
        for count in range(1, len(typed) + 1):
            workspace.documents.put(path, text[:at] + typed[:count] + text[at:])
            _all_of(workspace, path, random_)
        gone = random_.randint(1, 12)
        text = text[:at] + typed + text[at:] if random_.random() < 0.3 else text[:at] + text[at + gone :]
        workspace.documents.put(path, text)
        _all_of(workspace, path, random_)


def test_a_text_typed_from_its_first_character_to_its_last_raises_nothing():
    workspace, random_ = in_memory(a_rules=""), random.Random(1)
    path = A
    for count in range(0, len(SHORT), 7 * 60 // share_of(60, least=20)):
        workspace.documents.put(path, SHORT[:count])
        _all_of(workspace, path, random_)
    workspace.documents.put(path, SHORT)
    assert workspace.facts(path).program is not None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "\n",
            "\r\n\r\n",
            "#",
            '"',
            "rulebook",
            "\0",
            "\ufeff" + SHORT,
            SHORT.replace("\n", " # 🏦\r\n"),
            SHORT.rstrip(),
        ),
        *(SHORT.replace("\n", "\r"), "x" * 5000, "(" * 5000, SHORT.replace("fund\n", "(" * 3000 + "fund" + ")" * 3000)),
        *("\ud800", SHORT + "\x00\x01", SHORT.replace("R 3", "R \u202e3")),
    ],
)
def test_bad_texts_have_findings_or_none_but_never_end_the_analysis(text):
    for ending in ("rules", "event", "history", "csv"):
        workspace = in_memory(**{f"a_{ending}": text})
        _all_of(workspace, Path(f"/w/a.{ending}"), random.Random(0))


@pytest.mark.slow
def test_four_megabytes_are_refused_kindly():
    workspace = in_memory(a_rules="x" * ((4 << 20) + 1), a_event="🏦" * ((4 << 20) + 1))
    for ending in ("rules", "event"):
        facts = _all_of(workspace, Path(f"/w/a.{ending}"), random.Random(0))
        assert [found.code for found in facts.findings] == ["file-too-large"]


def test_a_text_that_is_not_there_is_an_error_of_its_own():
    with pytest.raises(RulelangError, match="cannot read"):
        in_memory().facts(A)
