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
import re, sys, threading, time
from rulelang.tools.cli import cli

peak = 0

def watch():  # what the process holds itself: the system takes pages of files back whenever it likes
    global peak
    while True:
        with open("/proc/self/status") as file:
            peak = max(peak, int(re.search(r"RssAnon:\s+(\d+) kB", file.read())[1]))
        time.sleep(0.01)

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
    """The most memory that a sweep of a file of scenarios needs."""
    arguments = ["sweep", place.rules, place.event_file, place.folder / name, "--out", place.out, "--quiet", *more]
    command = [sys.executable, "-c", MEASURED, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    code, peak = done.stdout.split()
    assert code == "0"
    return int(peak)


def amounts(rows):
    chance = numpy.random.default_rng(1)
    columns = [*(f"{what}.{member}" for what in ("loss", "fund") for member in "ABC"), "given.capital"]
    return pyarrow.table({name: chance.integers(0, 10**6, rows) for name in columns})


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
@pytest.mark.parametrize("kind", ["parquet", "csv", "arrow"])
def test_memory_is_bounded(place, kind):
    place = type(place)(place.folder, BOOK, EVENT)
    few, many = 400_000, 1_200_000  # the more of the larger table alone, 43 MB, is beyond the growth that is allowed
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
