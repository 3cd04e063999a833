"""Audit records: they stand, and any change is noticed and named."""

import json
import random

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from rulelang import ReadError, evaluate, load_event, load_rulebook
from rulelang.audit.record import canonical, make_record, seal_of
from rulelang.audit.verify import verify_record
from rulelang.base.files import data_folder
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_test_event
from tests.examples import examples

FOLDER = data_folder("rulebooks")
PAIRS = [
    ("nasdaq-commodities-2018/rulebook.rules", "nasdaq-commodities-2018/events/aas-2018.event"),
    ("nasdaq-commodities-2018/rulebook.rules", "nasdaq-commodities-2018/events/third-default.event"),
    ("krx-derivatives/before-2014.rules", "krx-derivatives/events/hanmag-2013.event"),
    ("otc-rates/rulebook.rules", "otc-rates/events/all-invoked.event"),
    ("segmented-ccp/rulebook.rules", "segmented-ccp/events/calls-and-haircut.event"),
    ("eurex-pari-passu/rulebook.rules", "eurex-pari-passu/events/beside-the-assessments.event"),
]


def record_of(rules: str, event: str) -> dict:
    program = load_rulebook(FOLDER / rules)
    loaded = load_event(FOLDER / event, program)
    return make_record(program, loaded, evaluate(program, loaded), "1")


def verify(record: dict | bytes, engine: str = "1"):
    data = record if isinstance(record, bytes) else canonical(record)
    return verify_record(SourceText.from_text(data.decode("utf-8"), "a.json"), engine)


def resealed(record: dict) -> dict:
    return {**record, "seal": seal_of(record)}


@pytest.fixture(scope="module")
def small() -> dict:
    return record_of(*PAIRS[0])


@pytest.mark.parametrize(("rules", "event"), PAIRS)
def test_a_record_stands(rules, event):
    record = record_of(rules, event)
    assert verify(record).stands, verify(record)
    assert canonical(record) == canonical(record_of(rules, event))


KEPT = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
VALUES = st.recursive(KEPT, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@examples(200)
@given(VALUES)
def test_the_canonical_form_is_that_of_the_standard(value):
    assert canonical(value) == rfc8785.dumps(value)


def test_keys_stand_in_the_order_of_their_utf_16_units():
    assert canonical({"\ufb33": 1, "\U0001f600": 2}) == '{"\U0001f600":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize("value", [2**53, [-(2**53)], {"\ud800": 1}, "\udfff", float("nan"), {"a": float("inf")}])
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011 - each with the words of whoever notices
        canonical(value)


def test_a_record_of_a_test_of_the_rulebook_stands():
    program = load_rulebook(FOLDER / "krx-derivatives/before-2014.rules")
    for test in program.tests:
        event = check_test_event(program, test)
        assert verify(make_record(program, event, evaluate(program, event), "1")).stands


@pytest.mark.slow
def test_any_single_changed_byte_is_noticed(small):
    data = canonical(small)
    chosen = random.Random(7)
    for place in sorted(chosen.sample(range(len(data)), 120)):
        for mask in (1, 32):
            changed = bytearray(data)
            changed[place] ^= mask
            try:
                text = changed.decode("utf-8")
            except UnicodeDecodeError:
                continue
            try:
                found = verify_record(SourceText.from_text(text, "a.json"), "1")
            except ReadError:
                continue
            assert not found.stands, (place, data[place - 20 : place + 20])


@pytest.mark.parametrize("edit", [lambda d: d + b"\n", lambda d: d.replace(b'{"', b'{ "', 1), lambda d: d[:-1]])
def test_a_record_in_another_form_is_noticed(small, edit):
    try:
        assert not verify(edit(canonical(small))).stands
    except ReadError as error:
        assert error.diagnostics[0].code == "not-a-record"


def parts_of(record: dict) -> set[str]:
    return {difference.part for difference in verify(resealed(record)).differences}


def test_a_changed_rulebook_is_named_with_the_step_it_changes(small):
    record = json.loads(json.dumps(small))
    text = record["inputs"]["rulebook"]["text"]
    record["inputs"]["rulebook"]["text"] = text.replace(
        "from junior_capital", "from junior_capital up to EUR 1 million", 1
    )
    assert record["inputs"]["rulebook"]["text"] != text
    assert {"rulebook", "step junior", "result"} <= parts_of(record)


def test_changed_data_are_named():
    record = record_of(*PAIRS[2])
    entry = record["inputs"]["data"][0]
    entry["text"] = entry["text"].replace("SAMSUNG,", "SAMSUNK,", 1)
    found = parts_of(record)
    assert any(part.startswith("data ") for part in found)
    assert "step fund_draw" in found


def test_a_changed_result_is_named(small):
    record = json.loads(json.dumps(small))
    record["result"]["allocations"][0]["amount"] = "1.00"
    assert parts_of(record) == {"result"}


def test_a_changed_step_is_named(small):
    record = json.loads(json.dumps(small))
    record["steps"][0]["payers"][0]["pays"] = "1.00"
    assert parts_of(record) == {"step margin"}


def test_another_engine_is_noted_and_no_difference(small):
    found = verify(small, "2")
    assert found.stands
    assert "version 1" in found.notes[0]


@pytest.mark.parametrize("key", ["inputs", "steps", "result", "engine", "decisions"])
def test_a_record_without_a_part_does_not_stand(small, key):
    record = {name: value for name, value in small.items() if name != key}
    assert not verify(resealed(record)).stands


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"format": "rulelang audit record"}', "[" * 100_000])
def test_what_is_no_record_is_refused(text):
    with pytest.raises(ReadError) as caught:
        verify_record(SourceText.from_text(text, "a.json"), "1")
    assert caught.value.diagnostics[0].code == "not-a-record"


@pytest.mark.parametrize("part", ["rulebook", "event"])
@pytest.mark.parametrize(
    "value", [None, 3, {}, {"name": 1}, {"name": "a", "text": 3, "sha256": "", "byte_order_mark": 0}]
)
def test_misshapen_inputs_do_not_stand(small, part, value):
    record = json.loads(json.dumps(small))
    record["inputs"][part] = value
    assert not verify(resealed(record)).stands


def test_a_record_opens_no_file(small, tmp_path):
    """A record that names a file outside itself is refused, even if there is such a file."""
    record = json.loads(json.dumps(small))
    record["inputs"]["event"]["text"] += f'\nmembers from "{FOLDER / "major-ccp/events/members.csv"}"\n'
    assert not verify(resealed(record)).stands


def test_a_byte_order_mark_and_line_ends_survive(tmp_path):
    rules = tmp_path / "a.rules"
    text = 'rulebook "A"\r\ncurrency EUR\r\nmembers have x : money\r\nwaterfall tranche a paid by ccp up to EUR 1\r\n'
    rules.write_bytes(b"\xef\xbb\xbf" + text.encode())
    event = tmp_path / "a.event"
    event.write_bytes(b'event "e"\r\ndeclared 2024-01-01\r\nmember D x = EUR 0\r\ndefault of D loss EUR 2\r\n')
    program = load_rulebook(rules)
    loaded = load_event(event, program)
    assert verify(make_record(program, loaded, evaluate(program, loaded), "1")).stands


def test_the_record_explains_the_rounding(small):
    step = next(step for step in small["steps"] if step["step"] == "fund_draw")
    rows = {row["payer"]: row for row in step["payers"]}
    assert rows["FORTUM"]["exact_share"] == "1605000000/83"
    assert sum(row["rounding_units"] for row in rows.values()) == 2
    assert step["citation"]
    assert step["line"] > 0
