"""Every code has a page, a reproducer and a use; what the pages show is what happens."""

import ast
import datetime
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow
import pytest
from attrs import frozen

import rulelang
from rulelang.audit.verify import verify_record
from rulelang.base.codes import CODES
from rulelang.base.diagnostic import Diagnostic, RulelangError, Severity
from rulelang.base.outputs import write_atomically
from rulelang.base.pages import page
from rulelang.base.source import SourceText
from rulelang.document.allocation import allocation_document
from rulelang.document.sheets import as_spreadsheet
from rulelang.document.table import Reader
from rulelang.histories.fold import event_on
from rulelang.histories.history import read_history
from rulelang.histories.testing import run_tests
from rulelang.profiles.profile import Budget, make_profile
from rulelang.profiles.variable import find_variable
from rulelang.run.exact import ExactNumbers, ExactPayments
from rulelang.run.plan import make_plan
from rulelang.sweeps.scenarios.scenario import Wanted, scenario_event
from rulelang.sweeps.scenarios.tables import open_scenarios
from rulelang.sweeps.tape.engine import SweepPlan
from rulelang.sweeps.workers.job import SweepJob, sweep_files
from rulelang.syntax import read
from rulelang.tools.commands import check, run
from rulelang.tools.files import Files
from rulelang.tools.versions import read_version
from tests.every import every
from tests.sources import nodes

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "codes"
PARTS = ("What it does", "Why it matters", "Example", "Use instead")
FILES = {
    "rules": "rulebook.rules",
    "event": "default.event",
    "history": "year.history",
    "csv": "members.csv",
    "json": "event.json",
    "scenarios": "scenarios.csv",
}
EVENTS = ("event", "json")

BESIDE = {"unknown-code": {"uncapped-assessment"}, "allowance-without-reason": {"uncapped-assessment"}}
"""What an example may give beside its code: the very finding that it fails to allow."""

Blocks = dict[str, tuple[str, str]]
"""The files of an example by their kind: the name of each, and its text."""


# ------------------------------------------------------------------------------------------------------------- pages


@frozen
class Page:
    """A page taken apart: the text above its parts, and each part by its heading."""

    head: str
    parts: dict[str, str]

    def varied(self, part: str) -> str | None:
        """What the profile varies that a part shows, if it shows one."""
        found = re.search(r"^\$ rulelang profile .*--vary (\S+)", self.parts[part], re.MULTILINE)
        return found and found[1]

    def blocks(self, part: str) -> Blocks:
        """The files shown in a part; what is shown of a terminal is none.

        Files of one kind have names of their own; the first is the one that is checked and run.
        """
        found = re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", self.parts[part], re.DOTALL | re.MULTILINE)
        several = {kind for kind in FILES if len({name for each, name, _ in found if each == kind}) > 1}
        blocks: Blocks = {}
        for kind, name, text in found:
            if kind in FILES:
                key = f"{kind} {name}" if kind in several and kind in blocks else kind
                blocks[key] = (name or FILES[kind], text)
        return blocks

    def compared(self, part: str) -> list[str]:
        """What `rulelang diff` is given in a part, if it is shown."""
        found = re.search(r"^\$ rulelang diff (.*)$", self.parts[part], re.MULTILINE)
        return found[1].split() if found else []


def read_page(code: str) -> Page:
    head, *sections = re.split(r"^## ", page(code), flags=re.MULTILINE)
    parts = [section.split("\n", 1) for section in sections]
    return Page(head, {heading: body.strip() for heading, body in parts})


SHOWN = [code for code in CODES if (FOLDER / f"{code}.md").is_file() and read_page(code).blocks("Example")]


def test_no_page_without_a_code() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == sorted(CODES)


@every(tuple(CODES), str)
def test_a_page_has_all_parts_in_order(code: str) -> None:
    shown = read_page(code)
    assert shown.head == f"# `{code}`\n\n*{CODES[code].severity}* – {CODES[code].title}.\n\n"
    assert tuple(shown.parts) == PARTS
    assert all(shown.parts.values())
    text = page(code)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not [line for line in text.splitlines() if line != line.rstrip()]
    assert text.count("\n```") % 2 == 0


# ---------------------------------------------------------------------------------------------------------- examples


def findings(folder: Path, blocks: Blocks, vary: str | None = None, compared: Sequence[str] = ()) -> list[Diagnostic]:
    """What is found when the files are read, checked, tested and run, through the doors that users have.

    With ``vary`` the events are profiled too, with ``compared`` two of the rulebooks are compared.
    """
    for name, text in blocks.values():
        (folder / name).write_text(text, encoding="utf-8")
    found: list[Diagnostic] = []
    try:
        if compared:
            old, new, _, event, _, other = compared  # OLD NEW --event FILE --new-event FILE
            before, after = (rulelang.load_rulebook(folder / name) for name in (old, new))
            pairs = [(rulelang.load_event(folder / event, before), rulelang.load_event(folder / other, after))]
            rulelang.diff(before, after, pairs)
        rulebook = rulelang.load_rulebook(folder / blocks["rules"][0])
        found += rulebook.warnings
        if rulebook.tests:
            report = run_tests(rulebook)
            found += report.unreached
            found += [d for result in report.results for d in (*result.failures, *result.remarks)]
        for kind in EVENTS:
            if kind in blocks:
                event = rulelang.load_event(folder / blocks[kind][0], rulebook)
                found += event.warnings
                rulelang.evaluate(rulebook, event)
                if vary is not None:
                    rulelang.profile(rulebook, event, vary)
                if "scenarios" in blocks:
                    paths = (folder / blocks["scenarios"][0],)
                    sweep_files(SweepJob(rulebook, event, paths, folder / "results.parquet"))
        if "history" in blocks:
            rulelang.evaluate_history(rulelang.load_history(folder / blocks["history"][0], rulebook))
    except rulelang.RulelangError as error:
        found += error.diagnostics
    return found


def errors(found: Iterable[Diagnostic]) -> set[str]:
    return {d.code for d in found if d.severity is Severity.ERROR}


@pytest.mark.parametrize("code", SHOWN)
def test_the_example_gives_exactly_its_code(code: str, tmp_path: Path) -> None:
    shown = read_page(code)
    found = findings(tmp_path, shown.blocks("Example"), shown.varied("Example"), shown.compared("Example"))
    if CODES[code].severity == "error":
        assert errors(found) == {code}
    else:
        assert {d.code for d in found} - BESIDE.get(code, set()) == {code}
    for each in found:
        said_well(each)


@pytest.mark.parametrize("code", SHOWN)
def test_the_correction_gives_it_no_more(code: str, tmp_path: Path) -> None:
    shown = read_page(code)
    better = shown.blocks("Use instead")
    assert better, "the correction is shown"
    blocks = shown.blocks("Example")
    for key, block in better.items():
        same = (each for each, (name, _) in blocks.items() if name == block[0])
        blocks[next(same, key)] = block
    found = findings(tmp_path, blocks, shown.varied("Use instead"), shown.compared("Use instead"))
    assert errors(found) == set()
    assert code not in {d.code for d in found}


def said_well(found: Diagnostic) -> None:
    """A message is one line of plain words without a final stop, and so is what helps."""
    start = found.message[0]
    assert start.islower() or start.isdigit() or start in '`"/', found.message
    for text in (found.message, *found.helps, *found.notes, *(label.text for label in found.labels)):
        assert not text.endswith((".", " ", ":")) or text.endswith("…"), text
        assert text.isprintable(), text
        assert not re.search(r"\ba ccp\b|\b1 (steps|parts|members)\b|\b(None|True|False|Fraction)\b", text), text


# ------------------------------------------------------------------- codes whose example is no text that a page shows

BOOK = """rulebook "Nordic Clearing"
currency EUR
members have
    margin : money
waterfall
    tranche junior
        paid by ccp
        up to EUR 5 million
"""
EVENT = """event "Default of Halden"
declared 2025-03-10
member HALDEN
    margin = EUR 0
default of HALDEN loss EUR 18 million
"""


def loaded(folder: Path, text: str | bytes = BOOK) -> rulelang.CheckedProgram:
    """The rulebook with this text, from a file."""
    file = folder / "rulebook.rules"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return rulelang.load_rulebook(file)


def allocated(folder: Path) -> rulelang.Allocation:
    """A run of the small rulebook."""
    rulebook = loaded(folder)
    (folder / "default.event").write_text(EVENT, encoding="utf-8")
    return rulelang.evaluate(rulebook, rulelang.load_event(folder / "default.event", rulebook))


def unreadable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rulelang.load_rulebook(folder / "missing.rules")


def unwritable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_atomically(folder / "missing" / "result.json", "{}")


def not_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(folder, b'rulebook "Cr\xe9dit"\n')


def too_large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(read.MAXIMUM_BYTES, ".rules", 100)
    loaded(folder)


def too_deep(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(folder, BOOK.replace("EUR 5 million", "(" * 201 + "EUR 5 million" + ")" * 201))


def too_long_a_chain(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = "".join(f"define a{number} as a{number + 1}\n" for number in range(201))
    loaded(folder, BOOK.replace("EUR 5 million", "a0") + chain + "define a201 as EUR 5 million\n")


def turned_text(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(folder, BOOK.replace("Nordic", "Nordic\u202e"))


def unseen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(folder, BOOK.replace("paid by", "paid\u00a0by"))


def broken_law(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExactNumbers, "share", lambda self, draw, sharers, origin=None: ExactPayments((draw + 1,)))
    allocated(folder)


def no_record(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(folder)
    verify_record(read.read_source(folder / "rulebook.rules"), "0")


def no_such_test(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run.test_event(loaded(folder), "the 2018 default")


def no_such_day(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'history "Autumn" opening 2024-01-01 on 2024-01-02'
    event_on(read_history(SourceText.from_text(text, "a.history"), loaded(folder)), datetime.date(2024, 1, 3))


def no_such_revision(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    read_version("HEAD~1:ccp.rules")


def two_currencies(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = loaded(folder)
    rulelang.diff(old, loaded(folder, BOOK.replace("EUR", "NOK")))


def no_spreadsheets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    as_spreadsheet(allocation_document(allocated(folder), Reader("xlsx")))


def endless_profile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rulebook = loaded(folder)
    (folder / "default.event").write_text(EVENT, encoding="utf-8")
    plan = make_plan(rulebook, rulelang.load_event(folder / "default.event", rulebook))
    make_profile(plan, find_variable(plan), budget=Budget(breakpoints=0))


def swept(folder: Path, table: dict[str, list[object]]) -> pyarrow.Table:
    """A sweep of the small rulebook over a table."""
    rulebook = loaded(folder)
    (folder / "default.event").write_text(EVENT, encoding="utf-8")
    return rulelang.sweep(rulebook, rulelang.load_event(folder / "default.event", rulebook), pyarrow.table(table))


def floating_losses(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swept(folder, {"loss.HALDEN": [1.5]})


def cut_short(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "losses.parquet").write_bytes(b"PAR1 and no more")
    open_scenarios([folder / "losses.parquet"])


def nowhere_to_be_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rulebook = loaded(folder)
    (folder / "default.event").write_text(EVENT, encoding="utf-8")
    (folder / "losses.csv").write_text("scenario,loss.HALDEN\ns1,1.00\n", encoding="utf-8")
    event = rulelang.load_event(folder / "default.event", rulebook)
    scenario_event(rulebook, event, Wanted((folder / "losses.csv",), "s71"))


def sweep_gone_wrong(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SweepPlan, "event_at", lambda plan, columns, index: plan.event)
    swept(folder, {"loss.HALDEN": [7]})


def no_rulebook_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Diagnostic]:
    (folder / "default.event").write_text(EVENT, encoding="utf-8")
    return check._Checker(None, Files([])).findings(folder / "default.event")


Reproducer = Callable[[Path, pytest.MonkeyPatch], Iterator[Diagnostic] | None]
REPRODUCERS: list[tuple[str, Reproducer]] = [
    ("unreadable-file", unreadable),
    ("unwritable-file", unwritable),
    ("not-text", not_text),
    ("file-too-large", too_large),
    ("nested-too-deeply", too_deep),
    ("nested-too-deeply", too_long_a_chain),
    ("bidirectional-control", turned_text),
    ("invisible-character", unseen),
    ("broken-invariant", broken_law),
    ("not-a-record", no_record),
    ("too-many-breakpoints", endless_profile),
    ("unknown-test", no_such_test),
    ("unknown-day", no_such_day),
    ("unknown-revision", no_such_revision),
    ("not-comparable", two_currencies),
    ("missing-extra", no_spreadsheets),
    ("wrong-column-type", floating_losses),
    ("unreadable-table", cut_short),
    ("unknown-scenario", nowhere_to_be_found),
    ("sample-differs", sweep_gone_wrong),
    ("no-rulebook", no_rulebook_named),
]


@pytest.mark.parametrize(("code", "reproduce"), REPRODUCERS)
def test_a_reproducer_gives_its_code(
    code: str, reproduce: Reproducer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: tuple[Diagnostic, ...] = ()
    try:
        found = tuple(reproduce(tmp_path, monkeypatch) or ())
    except RulelangError as error:
        found = error.diagnostics
    assert code in {d.code for d in found}
    assert errors(found) <= {code}
    for each in found:
        said_well(each)


def test_every_code_has_a_reproducer() -> None:
    assert {*SHOWN, *(code for code, _ in REPRODUCERS)} == set(CODES)


# ------------------------------------------------------------------------------------------------------- the sources


def constants(path: Path) -> Iterator[str]:
    for inner in nodes(path):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def name_of(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


SOURCES = sorted(path for path in (ROOT / "rulelang").rglob("*.py") if path.name != "codes.py")


def literals() -> Iterator[tuple[str, int, str, int, str]]:
    """Every text that is a positional argument: file, line, the function called, the position, the text.

    A choice between two texts, `"a" if c else "b"`, is both of them.
    """
    for path, call in ((source, node) for source in SOURCES for node in nodes(source) if isinstance(node, ast.Call)):
        for position, argument in enumerate(call.args):
            shown = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
            for each in shown:
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield path.name, call.lineno, name_of(call), position, each.value


def test_every_code_in_the_sources_is_in_the_table() -> None:
    """Where some call of a function has a code, every such call must have one at that position."""
    bearers = {(name, position) for _, _, name, position, text in literals() if text in CODES}
    assert {"finding", "report", "RuleViolation", "Refusal"} <= {name for name, _ in bearers}
    strays = [
        f"{path}:{line} {name}({text!r})"
        for path, line, name, position, text in literals()
        if (name, position) in bearers and re.fullmatch(r"[a-z]+(-[a-z]+)+", text) and text not in CODES
    ]
    assert strays == []


def test_every_code_in_the_table_is_used() -> None:
    used = {text for path in SOURCES for text in constants(path)}
    assert [code for code in CODES if code not in used] == []


def test_codes_are_words_that_read_well_behind_allow() -> None:
    for code, row in CODES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code), code
        assert row.severity in ("error", "warning", "note")
        assert row.title[0].islower() or row.title[0] == "`"
        assert not row.title.endswith(".")
