"""Every command in every format, with names that try to be formulas, markup, or orders to a terminal."""

import csv
import html
import io
import json
import os
import re
import unicodedata
from base64 import b64encode
from decimal import Decimal
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from click.testing import CliRunner

from rulelang.base.diagnostic import RulelangError
from rulelang.base.render import render_text
from rulelang.tools.cli import COMMANDS, cli
from rulelang.tools.formats import FORMATS
from tests.examples import every_other
from tests.schemas import validator
from tests.sources import shipped

STEERS = "\x1b[31m\x1b]0;owned\x07\x9b\x00\u202e\u2066\u200b\u200f\ufeff\u2028\x85"
NAMES = (
    '<script>alert("1")</script>',
    "=cmd|'/c calc'!A0",
    "@SUM(1)",
    "+1",
    "\n=2",
    "\uff1d3",
    "\u00a0=4",
    "\t=5",
    "`tick` ``two`` |bar| [x](javascript:1) ![y](z) **b** <!-- c --> &amp; </style>",
    f"id{STEERS}",
    "'\"><img src=x onerror=1>",
)
TITLE = "- <script>1</script> `t` | =1 <b> & @all #7 [x](y) </title> </td>"
RULES = f"""rulebook "{TITLE}" version "1"
currency EUR
given capital : money "{TITLE}"
members have
    fund : money "{TITLE}"
waterfall "{TITLE}"
    tranche own "{TITLE}" cite "{TITLE}"
        paid by ccp
        up to capital
    tranche pool "{TITLE}"
        paid by survivors from fund
        shared pro rata to fund
    finally open
ensure "{TITLE}" for survivors: total_paid = EUR 0
test "{TITLE}"
    given capital = EUR 1
    member A fund = EUR 5
    member B fund = EUR 6
    default of A loss EUR 4
    expect outcome open
"""

CASES = {
    "check": ("check", "a.rules"),
    "run": ("run", "a.rules", "e.json"),
    "diff": ("diff", "b.rules", "a.rules", "--event", "e.event"),
    "prove": ("prove", "a.rules", "--claim", "used(own) <= capital"),
    "profile": ("profile", "a.rules", "e.json"),
    "when": ("when", "a.rules", "e.json", "--payer", NAMES[0], "--starts"),
    "explain": ("explain", "a.rules", "e.json"),
    "explain CODE": ("explain", "uncapped-assessment"),
    "explain --codes": ("explain", "--codes"),
    "size": ("size", "a.rules", "e.json", "s.parquet", "--given", "capital"),
    "sweep": ("sweep", "a.rules", "e.json", "s.parquet", "--restart"),
    "replay": ("replay", "a.rules", "e.json", "s.parquet", "two"),
    "summary": ("summary", "results.parquet"),
    "summary of two": ("summary", "differences.parquet"),
    "test": ("test", "a.rules"),
    "verify": ("verify", "record.json"),
    "inputs": ("inputs", "a.rules"),
    "library": ("library",),
    "run a history": ("run", "h.rules", "h.history"),
    "run a day": ("run", "h.rules", "h.history", "--on", "2024-01-08"),
    "verify a history": ("verify", "h.json"),
}
TELL_NOTHING = {"fmt", "report", "statement", "new", "completion", "event", "studio", "lsp"}
"""Commands that write a rulebook, an event, a page of its own, files to fill in, or a script, and no format else."""
SCHEMA_OF = {
    "check": "diagnostics",
    "replay": "run",
    "sweep": "summary",
    "explain CODE": "code",
    "explain --codes": "codes",
    "summary of two": "differences",
    "run a history": "history",
    "run a day": "history",
    "verify a history": "verify",
}
REFUSED = {(case, form) for case in ("explain", "explain CODE") for form in ("csv", "xlsx")} | {("sweep", "xlsx")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A hostile rulebook in two versions, an event, scenarios, results, a record."""
    root = tmp_path_factory.mktemp("hostile")
    (root / "a.rules").write_text(RULES, "utf-8")
    (root / "b.rules").write_text(RULES.replace("up to capital", "up to 50% of capital"), "utf-8")
    ids = [each if each.isprintable() else f"M{number}" for number, each in enumerate(NAMES)]  # others are refused
    members = [{"member": id_, "name": each, "fields": {"fund": "5"}} for id_, each in zip(ids, NAMES, strict=True)]
    members.append({"member": "D", "fields": {"fund": "1"}})
    event = {"event": TITLE + STEERS, "declared": "2024-01-01", "givens": {"capital": "3"}, "members": members}
    (root / "e.json").write_text(json.dumps({**event, "defaults": [{"member": "D", "amount": "40"}]}), "utf-8")
    plain = f'event "{TITLE}" declared 2024-01-01 given capital = EUR 3 member D fund = EUR 1\n'
    named = "\n".join(f'member "{each}" fund = EUR 5' for each in NAMES if each.isprintable() and '"' not in each)
    (root / "e.event").write_text(f"{plain}{named}\ndefault of D loss EUR 40\n", "utf-8")
    owing = f"""replenish fund "{TITLE}" cite "{TITLE}" paid by survivors to EUR 9 each within 1 day
recoveries "{TITLE}" cite "{TITLE}" repay pool into fund then repay own rest to defaulters
period quiet "{TITLE}" opens at a default lasts 9 days
"""
    rules = RULES.partition("ensure ")[0] + owing
    (root / "h.rules").write_text(rules, "utf-8")
    (root / "h.history").write_text(
        f'history "{TITLE}" opening 2024-01-01 given capital = EUR 3 member D fund = EUR 1\n{named}\n'
        "on 2024-01-02 default of D loss EUR 20\n"
        'on 2024-01-08 paid in by "=cmd|\'/c calc\'!A0" to fund EUR 1 paid out to "+1" from fund EUR 0.01\n'
        '  default of "+1" loss EUR 30 recovered from D EUR 9 departure of "@SUM(1)"\n',
        "utf-8",
    )
    losses = pyarrow.array(map(Decimal, (0, 40, 90)), pyarrow.decimal128(18, 2))
    table = pyarrow.table({"scenario": ["one", "two", "=three"], "loss.D": losses})
    pyarrow.parquet.write_table(table, root / "s.parquet")
    for words in (
        ("run", "a.rules", "e.json", "--audit", "record.json"),
        ("run", "h.rules", "h.history", "--audit", "h.json"),
        ("sweep", "a.rules", "e.json", "s.parquet", "--out", "results.parquet", "--quiet"),
        ("sweep", "a.rules", "e.json", "s.parquet", "--out", "differences.parquet", "--quiet", "--against", "b.rules"),
    ):
        told(root, *words)
    return root


@pytest.fixture(scope="module", autouse=True)
def library_read_once():
    """What the library holds is the same in every format."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("rulelang.tools.commands.library.entries", shipped)
        yield


def told(folder, *words):
    before = Path.cwd()
    os.chdir(folder)
    try:
        done = CliRunner().invoke(cli, words, env={"COLUMNS": "100", "NO_COLOR": "1"})
    finally:
        os.chdir(before)
    if isinstance(done.exception, RulelangError):
        pytest.fail(f"{words}\n{render_text(done.exception.diagnostics)}")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


def test_every_command_is_tried():
    assert {words[0] for words in CASES.values()} | TELL_NOTHING == set(COMMANDS)
    for command in sorted(set(COMMANDS) - TELL_NOTHING):
        said = told(Path.cwd(), command, "--help").output
        assert all(form in said for form in FORMATS), command


@pytest.mark.parametrize(("case", "form"), every_other(CASES, FORMATS, always="json"))
def test_names_stay_text(folder, case, form):
    out = folder / f"{case}.{form}"
    words = [*CASES[case], "--format", form]
    writes = case != "sweep" and (case, form) != ("inputs", "table")
    words += ["--out", str(out)] if writes else ["--out", "again.parquet"] if case == "sweep" else []
    done = told(folder, *words)
    if (case, form) in REFUSED:
        assert done.exit_code == 2
        assert "explanation is text" in done.output or "--out holds the results" in done.output
        assert not out.exists()
        return
    assert done.exit_code == 0, done.output
    data = out.read_bytes() if writes else done.stdout.encode()
    CHECKS[form](case, data)


def plain(text, kept="\t\r\n"):
    """Whether nothing in a text steers a program or turns the direction of text."""
    return all(c in kept or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text)


def check_terminal(_case, data):
    text = data.decode("utf-8")
    assert plain(text, "\n"), ascii(text)


def check_json(case, data):
    validator(SCHEMA_OF.get(case, case)).validate(json.loads(data))


def check_csv(_case, data):
    text = data.decode("utf-8")
    assert plain(text), ascii(text)
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        assert harmless(cell), ascii(cell)


def harmless(cell):
    """Whether no spreadsheet takes it for a formula; numbers below zero stay numbers."""
    first = cell.lstrip("\u00a0\ufeff\u200b \t\r\n")[:1]
    return first not in tuple("=+-@\uff1d\uff0b\uff0d\uff20") or re.fullmatch(r"[+-][0-9.,/]+", cell) is not None


def check_markdown(case, data):
    text = data.decode("utf-8")
    assert plain(text, "\n"), ascii(text)
    if case == "explain CODE":
        return
    bare = re.sub(r"(?s)^(```+).*?^\1$", "", text, flags=re.MULTILINE)
    bare = re.sub(r"<summary>.*</summary>", "", bare)  # inside of tags only they count
    bare = re.sub(r"\\.", "", bare)  # what is escaped
    bare = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", bare)  # what is code
    assert not re.search(r"(?i)<(script|img|b>|/t|/script)", bare), bare
    assert "](" not in bare
    assert not re.search(r"(?m)^(- )*- \\<script\\>1", text), "a title opens a list"
    for line in text.splitlines():
        if line.startswith("| "):
            assert cells_of(line) >= 1
    heads = [index for index, line in enumerate(text.splitlines()) if re.match(r"\|( :--| --:)+", line)]
    lines = text.splitlines()
    for head in heads:
        table = lines[head - 1 :]
        width = cells_of(table[0])
        for line in table:
            if not line.startswith("|"):
                break
            assert cells_of(line) == width, line


def cells_of(line):
    """How many cells a line of a table has: bars that are escaped, in code too, part nothing."""
    return len(re.sub(r"\\\|", "", line).split("|")) - 2


class Page(HTMLParser):
    """The elements of a page, each closed where it should be."""

    EMPTY = frozenset({"meta", "path", "use", "image", "link", "br"})

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.text, self.policy, self.style = [], set(), set(), [], "", ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        found = dict(attrs)
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "style" and not self.style:
            self.style = data
        self.text.append(data)


def check_html(_case, data):
    text = data.decode("utf-8")
    page = Page()
    page.feed(text)
    assert not page.open
    assert page.tags.isdisjoint({"script", "img", "iframe", "object", "form", "a", "base"})
    assert not [name for name in page.attributes if name.startswith("on") or name in ("src", "href", "srcset")]
    assert plain(text, "\n"), ascii(text)
    assert page.policy.startswith("default-src 'none'; style-src ")
    assert "script-src" not in page.policy
    if "svg" in page.tags:
        assert "'unsafe-inline'" in page.policy  # lines of a drawing carry their styles
    else:
        assert f"'sha256-{b64encode(sha256(page.style.encode()).digest()).decode()}'" in page.policy
        assert "style" not in page.attributes
    assert html.unescape(TITLE) in "".join(page.text) or "code" in text


def check_xlsx(_case, data):
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert len({sheet.title.lower() for sheet in book}) == len(book.sheetnames)
    for sheet in book:
        assert len(sheet.title) <= 31
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.value
                assert not isinstance(cell.value, str) or plain(cell.value)


CHECKS = {
    "table": check_terminal,
    "json": check_json,
    "csv": check_csv,
    "markdown": check_markdown,
    "xlsx": check_xlsx,
    "html": check_html,
}


def test_a_page_is_the_same_whoever_asks(folder):
    pages = [told(folder, "run", "a.rules", "e.json", "--format", "html").stdout for _ in range(2)]
    assert pages[0] == pages[1]


def test_text_is_another_name_of_table(folder):
    for words in (("diff", "b.rules", "a.rules"), ("run", "a.rules", "e.json"), ("inputs", "a.rules")):
        assert told(folder, *words, "--format", "text").stdout == told(folder, *words).stdout
