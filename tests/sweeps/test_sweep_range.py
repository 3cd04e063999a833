"""Rulebooks whose numbers grow beyond the range of exact arithmetic: sweeps reject such scenarios as runs do."""

import pyarrow
import pyarrow.parquet
import pytest

import rulelang
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.workers.job import SweepJob, sweep_files


def far_out(squarings, terms):
    """A rulebook whose sum of fractions has a denominator of so many bits that exact arithmetic may end."""
    words = ['rulebook "Far out" currency EUR', "members have x : money", "given k : number", "given q : money"]
    for term in range(terms):
        words.append(f"define d{term}_0 as k * 2 + {2 * term + 1}")
        words += [f"define d{term}_{n + 1} as d{term}_{n} * d{term}_{n}" for n in range(squarings)]
    words.append("define whole as " + " + ".join(f"1 / d{term}_{squarings}" for term in range(terms)))
    words += ["waterfall tranche a paid by ccp up to q"]
    words += ["tranche b paid by survivors up to x * whole each shared pro rata to x finally closure"]
    return "\n".join(words) + "\n"


@pytest.mark.parametrize("how", ["plain", "cover", "against", "size"])
def test_numbers_too_large_for_the_interpreter_are_rejected_and_no_internal_error(place, how):
    event = (
        'event "E" declared 2024-01-01 given k = 1 given q = EUR 1\n'
        "member A x = EUR 9 member B x = EUR 90 default of A loss EUR 100\n"
    )
    place = type(place)(place.folder, far_out(6, 20), event)
    loss = "stress.A" if how == "cover" else "loss.A"
    table = pyarrow.table({"scenario": ["a", "b"], loss: [5, 9], "given.k": [3, 9 * 10**17]})
    path = place.write("s.parquet", table)
    if how == "size":
        with pytest.raises(rulelang.RulelangError, match="beyond the range of exact arithmetic") as refused:
            rulelang.size(place.program, place.event, table, "q")
        assert [found.code for found in refused.value.diagnostics] == ["rejected-scenario"]
        return
    old = (place.program, place.event) if how == "against" else None
    options = SweepOptions(keep_going=True, cover=1 if how == "cover" else None)
    done = sweep_files(SweepJob(place.program, place.event, (path,), place.out, options, against=old))
    assert (done.scenarios, done.rejected, done.checked) == (2, 1, 1 if how == "cover" else done.checked)
    rejects = pyarrow.parquet.read_table(place.folder / "results.rejects.parquet").to_pylist()
    assert [(row["scenario"], row["code"]) for row in rejects] == [("b", "number-too-large")]
