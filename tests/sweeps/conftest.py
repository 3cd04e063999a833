"""A small rulebook and event, and how tests write tables of scenarios."""

from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

import rulelang
from rulelang.sweeps.machine import machine
from rulelang.sweeps.tape import players
from tests.examples import is_quick

BOOK = """
rulebook "A small book" version "1"
currency EUR
segments energy, metals
members have
    fund   : money
    gain   : signed money
    margin : money per segment
    weight : ratio
    rank   : one of absent, poor, good
    since  : date
    active : yes/no
given capital : money
given buffer : money per segment
given note : text
waterfall
    tranche own paid by defaulters from margin per segment
    tranche junior paid by ccp from capital
    tranche pool paid by survivors where active from fund shared pro rata to fund
    haircut gains paid by survivors up to max(gain, EUR 0) each shared pro rata to weight
    finally closure
"""

EVENT = """
event "A default" declared 2024-05-06
given capital = EUR 30
given buffer in energy = EUR 1
given buffer in metals = EUR 2
given note = "x"
member A fund = EUR 10 gain = EUR 1 margin in energy = EUR 5 margin in metals = EUR 6
    weight = 0.5 rank = poor since = 2020-01-01 active = yes
member "B.C" fund = EUR 20 gain = EUR 2 margin in energy = EUR 7 margin in metals = EUR 8
    weight = 0.25 rank = good since = 2021-01-01 active = yes
member D fund = EUR 40 gain = EUR 4 margin in energy = EUR 9 margin in metals = EUR 3
    weight = 0.25 rank = absent since = 2022-01-01 active = yes
default of D in energy loss EUR 100
"""


class Place:
    """A folder with a rulebook, an event and tables of scenarios."""

    Refused = rulelang.RulelangError

    def __init__(self, folder: Path, book: str, event: str) -> None:
        self.folder = folder
        self.rules, self.event_file = folder / "book.rules", folder / "a.event"
        self.rules.write_text(book, encoding="utf-8")
        self.event_file.write_text(event, encoding="utf-8")
        self.program = rulelang.load_rulebook(self.rules)
        self.event = rulelang.load_event(self.event_file, self.program)
        self.out = folder / "results.parquet"

    def sweep(self, table, **options):
        """The table from Python; columns may be given as a dictionary."""
        table = pyarrow.table(table) if isinstance(table, dict) else table
        return rulelang.sweep(self.program, self.event, table, **options)

    def refusals(self, table, **options):
        """The code and message of each finding against a table."""
        with pytest.raises(rulelang.RulelangError) as refused:
            self.sweep(table, **options)
        return [(found.code, found.message) for found in refused.value.diagnostics]

    def write(self, name: str, columns, **how) -> Path:
        """A file of scenarios: text as it is, columns as Parquet."""
        path = self.folder / name
        if isinstance(columns, str):
            path.write_text(columns, encoding="utf-8")
        else:
            table = pyarrow.table(columns) if isinstance(columns, dict) else columns
            pyarrow.parquet.write_table(table, path, **how)
        return path


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sweeps are played with the machine from the first scenario on, where it is installed.

    In the quick run they are played with NumPy, which gives the same: to compile the machine takes as long as a tenth
    of all its tests.
    """
    monkeypatch.setattr(players, "PATIENCE", 0)
    if is_quick():
        monkeypatch.setattr(machine, "compiled", lambda: None)


@pytest.fixture(params=[pytest.param("compiled", marks=pytest.mark.slow), "plain"])
def engine(request, monkeypatch):
    """With compiled kernels, and as if numba were not installed."""
    if request.param == "compiled":
        pytest.importorskip("numba")
    else:
        monkeypatch.setattr(machine, "compiled", lambda: None)


@pytest.fixture
def plain(monkeypatch):
    """As if numba were not installed: nothing has to be compiled."""
    monkeypatch.setattr(machine, "compiled", lambda: None)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, BOOK, EVENT)
