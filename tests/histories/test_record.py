"""The audit record of a history: it stands from itself alone, and what is changed in it is named by day and part."""

import hashlib
import json
from contextlib import chdir

import pytest

from rulelang.audit.histories import canonical_plain, digest_of_day, seal_of_history
from rulelang.audit.record import canonical
from rulelang.audit.verify import verify_record
from rulelang.base.source import SourceText
from rulelang.base.version import __version__
from tests.examples import mostly_slow
from tests.histories.test_commands import HISTORY, RULES, folder, told  # noqa: F401 - the folder is a fixture

TABLE = "payer,pot,amount\nCHARLIE,fund,1\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The record of a history with two rulebooks and a table, made once."""
    place = tmp_path_factory.mktemp("made")
    later = RULES.partition("test ")[0].replace("calls", "asked")
    later = later.replace("assessment asked", "assessment asked formerly calls")
    (place / "a.rules").write_text(RULES, "utf-8")
    (place / "later.rules").write_text(later, "utf-8")
    text = HISTORY.replace(
        "on 2024-06-03", 'on 2024-05-01\n  under "later.rules"\n  paid in from "t.csv"\non 2024-06-03'
    )
    (place / "h.history").write_text(text, "utf-8")
    (place / "t.csv").write_text(TABLE, "utf-8")
    with chdir(place):
        told("run", "h.history", "--audit", "r.json")
    return (place / "r.json").read_text("utf-8")


@pytest.fixture
def record(folder, made):  # noqa: F811 - the fixture of the commands
    """The values of the record, in a folder that has none of its texts."""
    for name in ("h.history", "a.rules"):
        (folder / name).unlink()
    (folder / "r.json").write_text(made, "utf-8")
    return json.loads(made)


def verified(record):
    text = canonical_plain(record).decode("utf-8")
    return verify_record(SourceText.from_text(text, "r.json"), __version__)


def sealed_anew(record):
    """A record whose digests and seal were made to fit what somebody wrote into it."""
    before = "0" * 64
    for day in record["days"]:
        day["previous"] = before
        before = day["digest"] = digest_of_day(day)
    return {**record, "seal": seal_of_history(record)}


def test_a_record_stands_from_itself_alone(record):
    assert verified(record).stands
    assert canonical_plain(record) == canonical(record)


def test_the_file_is_written_in_canonical_form(record, folder):  # noqa: F811 - the same
    assert (folder / "r.json").read_bytes() == canonical(record)


def test_the_days_of_a_record_that_stands_are_not_read(record, monkeypatch):
    def never(*_):
        raise AssertionError

    monkeypatch.setattr("rulelang.audit.verify.parse_record", never)
    assert verified(record).stands


def test_each_day_is_chained_to_the_one_before(record):
    days = record["days"]
    assert [day["previous"] for day in days[1:]] == [day["digest"] for day in days[:-1]]
    assert all(digest_of_day(day) == day["digest"] for day in days)


@pytest.mark.parametrize("part", ["balances", "due", "repaid", "paid_in", "run", "periods", "rest"])
def test_what_is_changed_is_named_by_day_and_part(record, part):
    day = next(day for day in record["days"] if day[part])
    if part == "rest":
        day[part] = "1.00"
    elif part == "run":
        day[part]["allocations"][0]["amount"] = "4.99"
    elif part == "periods":
        day[part][0]["last"] = "2024-03-14"
    else:
        day[part][0]["amount"] = "1.23"
    found = verified(record)
    named = [one.part for one in found.differences]
    assert named == [f"day {day['date']}, digest", f"day {day['date']}, {part}"]
    again = verified(sealed_anew(record))
    assert f"day {day['date']}, {part}" in [one.part for one in again.differences]


def test_a_day_that_is_left_out_or_moved_breaks_the_chain(record):
    without = {**record, "days": record["days"][:2] + record["days"][3:]}
    assert any("chain" in one.part for one in verified(without).differences)
    assert "days" in [one.part for one in verified(without).differences]


@pytest.mark.parametrize("part", ["history", "rulebooks", "data"])
def test_a_text_that_was_changed_is_named(record, part):
    entry = record["inputs"][part] if part == "history" else record["inputs"][part][0]
    entry["text"] = entry["text"].replace("EUR 75", "EUR 76").replace("200%", "201%").replace("fund,1", "fund,2")
    names = {"history": "history", "rulebooks": "rulebook a.rules", "data": "data t.csv"}
    assert names[part] in [one.part for one in verified(record).differences]
    entry["sha256"] = hashlib.sha256(entry["text"].encode()).hexdigest()
    assert not verified(sealed_anew(record)).stands


@pytest.mark.parametrize("value", [2**60, float("nan"), "\ud800", [[2**60]], {"a": 1e400}])
@pytest.mark.parametrize("where", mostly_slow(["day", "inputs", "result", "engine"], every=2))
def test_values_of_no_record_are_no_internal_error(record, where, value):
    places = {
        "day": record["days"][0]["rulebook"],
        "inputs": record["inputs"]["rulebooks"][0],
        "result": record["result"]["history"],
        "engine": record["engine"],
    }
    places[where]["text" if where == "inputs" else "name" if where == "engine" else "title"] = value
    found = verify_record(SourceText.from_text(json.dumps(record), "r.json"), __version__)
    assert [one.part for one in found.differences] == ["record"]


@pytest.mark.parametrize(
    "broken", [{"days": None}, {"days": [1]}, {"inputs": {"history": 1}}, {"engine": {}}, {"more": 1}, {"seal": "x"}]
)
def test_a_record_of_another_shape_does_not_stand(record, broken):
    assert not verified({**record, **broken}).stands
