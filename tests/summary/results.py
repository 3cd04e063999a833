"""Results of sweeps written by hand, as the command writes them."""

import json

import numpy
import pyarrow
import pyarrow.parquet


def decimals(amounts, places=2, precision=19):
    """Minor units as Arrow decimals."""
    words = numpy.empty((len(amounts), 2), numpy.int64)
    words[:, 0] = amounts
    words[:, 1] = words[:, 0] >> 63
    return pyarrow.Array.from_buffers(
        pyarrow.decimal128(precision, places), len(amounts), [None, pyarrow.py_buffer(words)]
    )


ABOUT = {
    "rulebook": {"title": "A book", "version": "1"},
    "event": {"title": "A default"},
    "currency": "EUR",
    "scenarios": {"files": [{"name": "losses.parquet"}], "rejected": 2},
    "options": {"unit": "minor", "floats": None, "by_step": ["fund"]},
}


def write_results(path, amounts, ids=None, group=1 << 16, about=None, texts=None):
    """Results with these amounts in minor units by the titles of their columns; outcomes follow from the uncovered."""
    uncovered = numpy.asarray(amounts["uncovered"], numpy.int64)
    ids = [f"s{number}" for number in range(len(uncovered))] if ids is None else ids
    columns = {
        "scenario": pyarrow.array(ids),
        "uncovered": decimals(uncovered),
        "outcome": pyarrow.array(["closure" if amount else "covered" for amount in uncovered.tolist()]),
        **{title: pyarrow.array(values, pyarrow.string()) for title, values in (texts or {}).items()},
        **{title: decimals(values) for title, values in amounts.items() if title != "uncovered"},
    }
    table = pyarrow.table(columns).replace_schema_metadata({"rulelang": json.dumps(ABOUT if about is None else about)})
    pyarrow.parquet.write_table(table, path, row_group_size=group)
    return path
