"""Records of runs of the second edition: they hold what is new of a run, stand, and any change is noticed."""

import json
import random
from pathlib import Path

import pytest

from rulelang import RulelangError, evaluate, load_event, load_rulebook
from rulelang.audit.record import canonical, make_record, seal_of
from rulelang.audit.verify import verify_record
from rulelang.base.source import SourceText
from tests.audit.test_whole_record import VALUES, at, changed, places
from tests.examples import share_of
from tests.explain.test_explain_over_time import EVENT, PAIRS, RULES
from tests.oracle.generate import generate


def record_of(rules: Path, event: Path) -> dict | None:
    """The record of a run; nothing if it is refused."""
    try:
        program = load_rulebook(rules)
        loaded = load_event(event, program)
        return make_record(program, loaded, evaluate(program, loaded), "1")
    except RulelangError:
        return None


def stands(record: dict) -> bool:
    data = canonical({**record, "seal": seal_of(record)})
    return verify_record(SourceText.from_text(data.decode("utf-8"), "a.json"), "1").stands


@pytest.fixture(scope="module")
def record(tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("record")
    (folder / "a.rules").write_text(RULES, "utf-8")
    (folder / "a.event").write_text(EVENT, "utf-8")
    found = record_of(folder / "a.rules", folder / "a.event")
    assert found is not None
    return found


def step(record: dict, name: str, round_: int | None = None, defaulter: str | None = "D") -> dict:
    wanted = (name, round_, defaulter)
    return next(row for row in record["steps"] if (row["step"], row["round"], row["defaulter"]) == wanted)


def test_the_version_of_the_language_rose(record):
    assert (record["record_version"], record["language_version"]) == (2, "2")


def test_losses_rounds_and_passes_are_recorded(record):
    assert [(loss["member"], loss["amount"]) for loss in record["result"]["losses"]] == [
        ("D", "170.00"),
        ("E", "90.00"),
        (None, "7.00"),
    ]
    left = [loss["uncovered"] for loss in record["result"]["losses"]]
    assert sum(int(amount.replace(".", "")) for amount in left) == int(record["result"]["uncovered"].replace(".", ""))
    turns = {(row["pass"], row["defaulter"], row["round"]) for row in record["steps"] if row["step"] == "charges"}
    assert turns >= {(1, "D", 1), (1, "D", 2), (2, "E", 1), (3, None, None)}
    assert step(record, "charges", 2)["payers"][0]["payer"] == "A"
    assert [row["payer"] for row in step(record, "charges", 2)["payers"]] == ["A", "C"]


def test_a_limit_says_what_it_counted(record):
    (own, shared) = step(record, "charges", 1)["limits"]
    assert (own["name"], own["basis"], own["counts"], own["first_day"]) == (None, None, [], None)
    assert {key: shared[key] for key in ("name", "basis", "counts", "first_day", "citation")} == {
        "name": "aggregate",
        "basis": "during cooling",
        "counts": ["charges", "more"],
        "first_day": "2024-03-29",
        "citation": "802.G",
    }
    assert shared["already_paid"] == ["60.00", "0.00", "0.00"]
    assert shared["values"] == ["110.00", "247.50", "55.00"]


def test_bounds_periods_dated_values_and_the_past_are_recorded(record):
    decision = {"step": "charges", "decision": "invoke", "by": "Board", "because": "due", "up_to": "150.00"}
    assert record["decisions"] == [decision]
    assert [step(record, "charges", number)["decided_most"] for number in (1, 2)] == ["150.00", "45.00"]
    assert step(record, "own", defaulter="E")["status"] == "paid once in the period"
    assert step(record, "own")["once_during"] == "cooling"
    assert step(record, "insured", defaulter=None)["losses_met"] == "non-default"
    cooling, calm = record["periods"]
    assert cooling == {
        "period": "cooling",
        "title": "Cooling-off period",
        "first": "2024-03-29",
        "last": "2024-04-08",
        "before": {"first": "2024-03-29", "last": "2024-04-05"},
        "triggered": True,
    }
    assert (calm["first"], calm["before"]) == ("2024-04-02", None)
    assert record["values_as_of"][0] == {
        "name": "required",
        "member": "A",
        "segment": None,
        "as_of": "2024-03-29",
        "dated": "2024-03-01",
        "value": "EUR 20.00",
    }
    assert record["past"]["defaulted"] == [{"member": "Z", "date": "2024-03-29"}]
    assert record["past"]["former_members"] == ["Z"]
    assert record["past"]["notices"] == [{"member": "A", "dated": "2024-03-01"}]
    assert record["past"]["withdrawals"] == [{"member": "B", "after_round": 1, "step": "charges"}]
    assert {use["defaulter"] for use in record["missing"]} == {"D", "E"}


def test_resizings_are_recorded():
    folder = PAIRS[0].parents[1] / "hand-sgx"
    found = record_of(folder / "book.rules", folder / "b.event")
    assert found is not None
    (limit,) = found["steps"][0]["limits"]
    assert limit["resizings"] == [
        {"day": "2024-10-22", "values": ["300.00"], "already_paid": ["230.00"]},
        {"day": "2024-11-10", "values": ["120.00"], "already_paid": ["80.00"]},
        {"day": "2024-11-20", "values": ["120.00"], "already_paid": ["0.00"]},
    ]


def test_no_value_of_a_record_can_be_another(record):
    """A sample of all that is new in records."""
    new = {"past", "values_as_of", "periods", "losses", "round", "defaulter", "pass", "once_during", "decided_most"}
    new |= {"losses_met", "name", "basis", "counts", "first_day", "resizings", "up_to"}
    ways = [path for path in places(record) if new & set(path) and path[0] != "inputs"]
    chosen = random.Random(11)
    for path in chosen.sample(ways, share_of(40)):
        value = chosen.choice([value for value in VALUES if canonical(value) != canonical(at(record, path))])
        assert not stands(changed(record, path, value)), path


@pytest.mark.parametrize("event", PAIRS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_records_of_the_pairs_of_the_contract_stand(event):
    found = record_of(event.parent / "book.rules", event)
    assert found is None or stands(json.loads(canonical(found)))


def test_records_of_random_cases_stand(tmp_path):
    stood, tried = 0, share_of(30)
    for seed in range(720_000, 720_000 + tried):
        folder = tmp_path / str(seed)
        folder.mkdir()
        generate(seed, over_time=True).write(folder)
        found = record_of(folder / "rulebook.rules", folder / "event.event")
        if found is not None:
            assert stands(found), seed
            stood += 1
    assert stood > tried / 2
