"""What the shipped rulebooks give stays what it is, byte by byte.

``tests/digests.json`` holds a digest for each command below: the audit record and the explanation of every shipped pair
of rulebook and event and of every valid case, and what profile, diff, sweep and summary say of a representative set.
A change of the code that is meant to change nothing leaves all of them alone; after one that is meant to change
something, ``pytest tests/test_digests.py --rewrite`` writes those that changed, and ``docs/decisions.md`` says why.
"""

import hashlib
import json
import os
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from rulelang.base import version
from rulelang.base.diagnostic import RulelangError
from rulelang.base.render import render_text
from rulelang.tools.cli import cli
from tests.conftest import ROOT

EXPECTED = Path(__file__).with_name("digests.json")
BOOKS = sorted(path.relative_to(ROOT) for path in (ROOT / "rulebooks").rglob("*.rules"))
HISTORIES = sorted(path.relative_to(ROOT) for path in (ROOT / "rulebooks").rglob("*.history"))
CASES = sorted(
    path.relative_to(ROOT)
    for kind in ("conformance", "valid")
    for path in (ROOT / "tests/cases" / kind).glob("*/rulebook.rules")
)
RECORDED = "0.1.0"
"""The version of the program that the records of the digests name: their seals cover it."""
RECORD, RESULTS = "record.json", "results.parquet"
LOSSES = """scenario,loss.AAS,loss.FORTUM,given.junior_capital
as it was,150000000.00,0,7000000.00
larger,250000000.00,0,3500000.00
two defaults,150000000.00,80000000.00,7000000.00
"""
STRESSES = """scenario,stress.FORTUM,stress.AAS,given.junior_capital
up,150000000.00,80000000.00,7000000.00
down,10000000.00,250000000.00,7000000.00
"""
NASDAQ = "rulebooks/nasdaq-commodities-2018/rulebook.rules rulebooks/nasdaq-commodities-2018/events/aas-2018.event"


def pairs():
    """Every rulebook with each event that lies in its folder or the one below."""
    for book in (*BOOKS, *CASES):
        for event in sorted((ROOT / book.parent).rglob("*.event")):
            yield book, event.relative_to(ROOT)


def changes():
    for verdict in sorted((ROOT / "rulebooks").rglob("verdict.json")):
        said = json.loads(verdict.read_text("utf-8"))
        folder = verdict.parent.relative_to(ROOT)
        yield f"{folder / said['old']} {folder / said['new']} --event {folder / 'events'}"


def records():
    """The command lines about every pair, in the checkout; a file that one writes has the name of ``RECORD``."""
    for book, event in pairs():
        yield f"run {book} {event} --format json --audit {RECORD}"
        yield f"explain {book} {event}"


def formats():
    """The command lines about every rulebook."""
    for book in BOOKS:
        for event in sorted((ROOT / book.parent).rglob("*.event"))[:1]:  # the folder of a history has none
            pair = f"{book} {event.relative_to(ROOT)}"
            yield f"run {pair} --format table"
            yield f"run {pair} --format csv"
            yield f"run {pair} --format markdown"
            yield f"profile {pair} --format json"
            yield f"profile {pair} --format table"
        yield f"inputs {book}"
        yield f"test {book}"
    for history in HISTORIES:
        yield f"run {history} --format json"
        yield f"run {history}"


def comparisons():
    """Those about every change, and a few of scenarios; a file that one writes has the name of ``RESULTS``."""
    for pair in changes():
        yield f"diff {pair} --format json"
        yield f"diff {pair} --format text"
        yield f"diff {pair} --format markdown"
    yield f"when {NASDAQ} --step calls --starts --format json"
    yield f"when {NASDAQ} --payer FORTUM --pays 'EUR 10 million'"
    yield f"sweep {NASDAQ} losses.csv --out {RESULTS}"
    yield f"summary {RESULTS} --format json"
    yield f"summary {RESULTS} --format csv"
    yield f"sweep {NASDAQ} stress.csv --cover 2 --out {RESULTS}"
    yield f"summary {RESULTS} --format json"


PARTS = {"records": records, "formats": formats, "comparisons": comparisons}
"""The commands in parts, which workers run side by side."""


def part_of(command: str) -> str:
    """The part in which a command is."""
    word = command.split(maxsplit=1)[0]
    if word == "explain" or RECORD in command:
        return "records"
    return "comparisons" if word in ("diff", "when", "sweep", "summary") else "formats"


def digests(folder: Path, commands):
    """The digest of each command: exit code, what it prints, what it writes."""
    (folder / "losses.csv").write_text(LOSSES, "utf-8")
    (folder / "stress.csv").write_text(STRESSES, "utf-8")
    found = {}
    for command in commands:
        words = [
            str(folder / word) if word in (RECORD, RESULTS, "losses.csv", "stress.csv") else word
            for word in shlex.split(command)
        ]
        written = next(
            (Path(words[words.index(option) + 1]) for option in ("--audit", "--out") if option in words), None
        )
        if written is not None:
            written.unlink(missing_ok=True)
        done = CliRunner().invoke(cli, words)
        refused = done.exception
        said = [done.stdout, str(done.exit_code)]
        if isinstance(refused, RulelangError):
            said.append(render_text(refused.diagnostics))
        else:
            assert refused is None or isinstance(refused, SystemExit), refused
        if written is not None and written.exists():
            said.append(contents(written))
        key = command if command not in found else f"{command} (again)"
        found[key] = hashlib.sha256("\0".join(said).replace(str(folder), ".").encode()).hexdigest()[:16]
    return found


def contents(path: Path) -> str:
    if path.suffix != ".parquet":
        return path.read_text("utf-8")
    from pyarrow import parquet

    table = parquet.read_table(path)
    return f"{table.schema.remove_metadata()}{table.to_pylist()}"


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_every_output_is_what_it_was(tmp_path, monkeypatch, rewrite, part):
    monkeypatch.chdir(ROOT)
    monkeypatch.setitem(os.environ, "COLUMNS", "100")
    monkeypatch.setattr(version, "__version__", RECORDED, raising=False)  # a release alone changes no digest
    found = digests(tmp_path, PARTS[part]())
    kept = json.loads(EXPECTED.read_text("utf-8"))
    expected = {key: digest for key, digest in kept.items() if part_of(key) == part}
    if rewrite:
        parts = {name: {key: kept[key] for key in kept if part_of(key) == name} for name in PARTS} | {part: found}
        together = {key: digest for each in parts.values() for key, digest in each.items()}
        EXPECTED.write_text(json.dumps(together, indent=0) + "\n", "utf-8")
        expected = found
    assert {key for key in found | expected if found.get(key) != expected.get(key)} == set()
