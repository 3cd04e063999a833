"""The skeleton of a history: filled in, whatever of it is left a comment or not, it checks, and it is in layout."""

import re

import pytest
from click.testing import CliRunner

import rulelang
from rulelang.tools.cli import cli
from rulelang.tools.history_skeleton import history_skeleton
from tests.conftest import ROOT
from tests.examples import mostly_slow
from tests.histories.test_commands import RULES
from tests.tools.test_skeleton import OVER_TIME

BOOK = RULES.partition("test ")[0]
BOOKS = sorted(path for path in (ROOT / "rulebooks").rglob("*.rules"))


def asked(*words):
    done = CliRunner().invoke(cli, ["inputs", *map(str, words)], env={"COLUMNS": "100", "NO_COLOR": "1"})
    return done.exit_code, done.output


def filled(text, member):
    """What the lines that are no comments leave open, filled in with plain values; the words behind them stay."""
    found = []
    for line in text.splitlines():
        code, mark, note = line.partition("#")
        code = code.replace("default of …", f"default of {member}")
        code = re.sub(r"([A-Z]{3,10}) …", r"\1 5", code).replace("…%", "5%")
        code = re.sub(r"= yes / no", "= yes", re.sub(r"= (\w+) / [^#]*", r"= \1 ", code))
        found.append(code.replace('"…"', '"x"').replace("= …", "= 1") + mark + note)
    return "\n".join(found) + "\n"


def row(program, member):
    """A row of the table of members."""
    examples = {"choice": None, "ratio": "5%", "yes/no": "yes", "date": "2025-01-01", "text": "x"}
    cells = [member, ""]
    for datum in program.fields.values():
        kind = datum.type.kind.value
        value = examples.get(kind, "5")
        many = 1 if datum.per_defaulter or not datum.per_segment else len(program.segments)
        cells += [value if value is not None else datum.type.choices[0]] * many
    return ",".join(cells)


@pytest.mark.parametrize("book", mostly_slow(BOOKS, every=5), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_skeleton_filled_in_checks_and_is_in_layout(book, tmp_path):
    program = rulelang.load_rulebook(book)
    (tmp_path / "a.rules").write_text(book.read_text("utf-8"), "utf-8")
    for data in book.parent.glob("*.csv"):
        (tmp_path / data.name).write_bytes(data.read_bytes())
    (tmp_path / "new").mkdir()
    code, said = asked(tmp_path / "a.rules", "--history", "--out", tmp_path / "new")
    assert code == 0, said
    head = (tmp_path / "new/members.csv").read_text("utf-8").strip().replace(".…", ".A")
    (tmp_path / "new/members.csv").write_text(f"{head}\n{row(program, 'A')}\n{row(program, 'B')}\n", "utf-8")
    text = (tmp_path / "new/new.history").read_text("utf-8")
    (tmp_path / "new/new.history").write_text(filled(text, "A"), "utf-8")
    read = rulelang.load_history(tmp_path / "new/new.history", program)
    assert [str(day.date) for day in (read.opening, *read.days)] == ["2025-01-10", "2025-01-31"]
    done = CliRunner().invoke(cli, ["fmt", "--check", str(tmp_path / "new/new.history")])
    assert done.exit_code == 0, (done.output, done.exception)


def test_a_skeleton_runs_with_all_that_it_offers(tmp_path):
    (tmp_path / "a.rules").write_text(BOOK, "utf-8")
    code, text = asked(tmp_path / "a.rules", "--history")
    assert code == 0
    text = text.partition("# ---- the members")[0]
    day = text.partition("# on 2025-02-28\n")[2].replace("#     ", "    ")
    day = day.replace('under "…"', 'under "a.rules"').replace("member …", "member C fund = EUR 1 required = EUR 1")
    day = day.replace("paid in by …", "paid in by B").replace("paid out to …", "paid out to B")
    day = day.replace("notice by …", "notice by C").replace("departure of …", "departure of D")
    day = re.sub(r"from … EUR …", "from A EUR 1", day).replace("EUR …", "EUR 1")
    text = text.partition("# on 2025-02-28\n")[0].replace("# dues paid", "dues paid").replace("# paid", "paid")
    text = text.replace("by … under", "by B under").replace("# period", "period")
    text = filled(text, "A").replace("EUR …", "EUR 1").replace("opening", "opening", 1) + "on 2025-02-28\n" + day
    (tmp_path / "new.history").write_text(text, "utf-8")
    (tmp_path / "members.csv").write_text("member,name,fund,required\nA,,5,5\nB,,5,5\nD,,5,5\n", "utf-8")
    result = rulelang.evaluate_history(rulelang.load_history(tmp_path / "new.history"))
    assert [one.payer for one in result.days[-1].repaid] != []


def test_what_a_rulebook_does_not_know_is_not_offered():
    small = 'rulebook "Small"\ncurrency USD\nmembers have x : money\nwaterfall tranche a paid by ccp up to USD 1\n'
    text = history_skeleton(rulelang.parse_rulebook(small), "s.rules")
    assert not re.search("dues|recovered|paid in|decide|period|given|notice by … dated", text)
    over = history_skeleton(rulelang.parse_rulebook(OVER_TIME), "a.rules")
    for words in ("# withdraw …", "# non-default loss", "# notice by … dated", "# defaulted ", "# period calm"):
        assert words in over


def test_wrong_use_is_refused_and_nothing_is_overwritten(tmp_path):
    (tmp_path / "a.rules").write_text(BOOK, "utf-8")
    code, said = asked(tmp_path / "a.rules", "--history", "--format", "json")
    assert code == 2
    assert "leave out --format" in said
    (tmp_path / "new.history").write_text("mine", "utf-8")
    assert asked(tmp_path / "a.rules", "--history", "--out", tmp_path)[0] != 0
    assert (tmp_path / "new.history").read_text("utf-8") == "mine"
    assert not (tmp_path / "members.csv").exists()
