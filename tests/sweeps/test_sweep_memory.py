"""Memory does not grow with the number of scenarios."""

import subprocess
import sys

import numpy
import pyarrow
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet
import pytest

MEASURED = r"""
import os, re, sys, threading, time
from pathlib import Path
from rulelang.tools.cli import cli

peak = 0

def held(process):  # what it holds itself: the system takes pages of files back whenever it likes
    try:
        text = Path(f"/proc/{process}/status").read_text()
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:  # it has just ended
        return 0
    found = re.search(r"RssAnon:\s+(\d+) kB", text)
    return (int(found[1]) if found else 0) + sum(map(held, children))

def watch():
    global peak
    while True:
        peak = max(peak, held(os.getpid()))
        time.sleep(0.01)

if __name__ == "__main__":
    threading.Thread(target=watch, daemon=True).start()
    code = cli.main(sys.argv[1:], standalone_mode=False)
    print(code, peak // 1024)
"""

BOOK = """
rulebook "A bare book" version "1"
currency EUR
members have
    fund : money
given capital : money
waterfall
    tranche own paid by defaulters from fund
    tranche junior paid by ccp from capital
    finally closure
"""
EVENT = """
event "A default" declared 2024-05-06
given capital = EUR 30
member A fund = EUR 10
member B fund = EUR 10
member C fund = EUR 10
default of A loss EUR 100
"""


def megabytes(place, name, *more):
    """The most memory that a sweep of a file of scenarios needs, in all its processes."""
    arguments = ["sweep", place.rules, place.event_file, place.folder / name, "--out", place.out, "--quiet", *more]
    command = [sys.executable, place.write("measured.py", MEASURED), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    code, peak = done.stdout.split()
    assert code == "0"
    return int(peak)


def amounts(rows):
    chance = numpy.random.default_rng(1)
    columns = [*(f"{what}.{member}" for what in ("loss", "fund") for member in "ABC"), "given.capital"]
    return pyarrow.table({name: chance.integers(0, 10**6, rows) for name in columns})


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
@pytest.mark.parametrize("kind", ["parquet", "csv", "arrow"])
def test_memory_is_bounded(place, kind):
    place = type(place)(place.folder, BOOK, EVENT)
    # the more of the larger table alone, 43 MB, is beyond the growth that is allowed; the fewer fill what readers keep
    few, many = 400_000, 1_200_000
    for rows in (few, many):
        table, path = amounts(rows), place.folder / f"{rows}.{kind}"
        if kind == "parquet":
            pyarrow.parquet.write_table(table, path, row_group_size=rows)  # one group for all, the worst there is
        elif kind == "csv":
            pyarrow.csv.write_csv(table, path)
        else:
            with pyarrow.ipc.new_file(path, table.schema) as file:
                file.write_table(table)
    options = ("--rows", "16384", "--sample", "1")
    growth = megabytes(place, f"{many}.{kind}", *options) - megabytes(place, f"{few}.{kind}", *options)
    assert growth < 30, f"{growth} MB more for {many - few:,} more scenarios"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
@pytest.mark.parametrize("groups", [1, 12])
def test_memory_of_workers_is_bounded(place, groups):
    """Whether they read by themselves or the command reads."""
    place = type(place)(place.folder, BOOK, EVENT)
    few, many = 400_000, 1_700_000  # the more is 73 MB
    for rows in (few, many):
        pyarrow.parquet.write_table(amounts(rows), place.folder / f"{rows}.parquet", row_group_size=rows // groups)
    options = ("--rows", "8192", "--sample", "1", "--workers", "2")
    growth = megabytes(place, f"{many}.parquet", *options) - megabytes(place, f"{few}.parquet", *options)
    assert growth < 60, f"{growth} MB more for {many - few:,} more scenarios"
