"""A record is compared whole: nothing in it stands that the run does not make, whatever and wherever it is."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from rulelang import ReadError, evaluate, load_event, load_rulebook
from rulelang.audit.record import canonical, make_record, seal_of
from rulelang.audit.verify import Verification, verify_record
from rulelang.base.source import SourceText
from rulelang.check.rulebook import check_rulebook
from rulelang.syntax.read import read_source

RULES = """rulebook "Small"
currency EUR
segments power, gas
members have
    fund : money
    calm : yes/no
given capital : money if missing EUR 5
waterfall
tranche own paid by ccp up to EUR 10 in any 30 days cite "1"
tranche more paid by ccp up to capital
tranche pool paid by survivors from fund shared pro rata to fund
assessment calls paid by survivors where calm up to fund each shared equally at the discretion of "the board"
ensure "little is left": remaining <= EUR 10
"""
EVENT = """event "Small default"
declared 2024-03-04
members from "members.csv"
default of D in power loss EUR 40
default of D in gas loss EUR 20
paid 2024-03-01 by ccp under own EUR 4
decide calls: invoke by "Board" because "it is due"
"""
TABLE = "member,name,fund,calm\nA,Alpha,20,yes\nB,Beta,30,no\nD,Delta,1,yes\n"


def record_in(folder: Path, rules: str | bytes = RULES, event: str | bytes = EVENT, table: str | bytes = TABLE) -> dict:
    for name, text in (("a.rules", rules), ("a.event", event), ("members.csv", table)):
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    program = load_rulebook(folder / "a.rules")
    loaded = load_event(folder / "a.event", program)
    return make_record(program, loaded, evaluate(program, loaded), "1")


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> dict:
    record = record_in(tmp_path_factory.mktemp("small"))
    assert verify(canonical(record)).stands
    return record


def verify(data: bytes) -> Verification:
    return verify_record(SourceText.from_text(data.decode("utf-8"), "a.json"), "1")


def sealed(record: dict) -> bytes:
    return canonical({**record, "seal": seal_of(record)})


def refused(data: bytes) -> str:
    """What is said of a record that does not stand."""
    try:
        found = verify(data)
    except ReadError as error:
        assert error.diagnostics[0].code == "not-a-record"
        return error.diagnostics[0].message
    assert not found.stands
    assert found.differences
    return "\n".join(f"{difference.part}: {difference.text}" for difference in found.differences)


def places(value: object, path: tuple = ()) -> Iterator[tuple]:
    """The way to every value of a record."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*path, key))


def changed(record: dict, path: tuple, value: object) -> dict:
    copied = copy.deepcopy(record)
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return copied


def at(record: dict, path: tuple) -> object:
    for key in path:
        record = record[key]  # type: ignore[assignment]
    return record


VALUES = (None, True, 1, 0, 1.5, "", "text", [], {}, [None], {"a": 1}, {"test": 3}, "\x00", "😀")


@pytest.mark.slow
def test_no_value_of_a_record_can_be_another(small):
    """Whatever stands in a place is compared: all of the inputs and the engine, and a sample of the rest."""
    ways = [path for path in places(small) if path and path != ("seal",)]
    head = [path for path in ways if path[0] in ("inputs", "engine") or len(path) == 1]
    rest = random.Random(5).sample([path for path in ways if path not in head], 60)
    chosen = random.Random(6)
    for path in (*head, *rest):
        if path == ("engine", "version") or (path[-1] == "name" and path[1] in ("rulebook", "event")):
            continue  # what no run can make anew: verify says that it is not proven
        for value in (*chosen.sample(VALUES, 4 if path in rest else 8),):
            if canonical(at(small, path)) != canonical(value):
                assert refused(sealed(changed(small, path, value))), (path, value)


def test_no_object_of_a_record_has_another_key(small):
    for path in places(small):
        if isinstance(at(small, path), dict):
            record = changed(small, (*path, "approved_by"), "the board")
            assert "approved_by" in refused(sealed(record)), path


def test_truth_is_no_number(small):
    """Python takes 1 for equal to true; a reader of the JSON need not."""
    for path in places(small):
        value = at(small, path)
        if isinstance(value, bool):
            refused(sealed(changed(small, path, int(value))))
        elif value in (0, 1) and value is not None:
            refused(sealed(changed(small, path, bool(value))))


NO_VERSIONS = ["Approved by the board", "", "1 ", "v1", "1\n", "١", "1.2+evil", "1+unknown", 1, None, ["1"]]


@pytest.mark.parametrize("engine", NO_VERSIONS)
def test_the_version_is_a_version(small, engine):
    assert "version" in refused(sealed(changed(small, ("engine", "version"), engine)))


@pytest.mark.parametrize("engine", ["0.4.1", "1.0.0rc1", "2", "0+unknown", "1.2.dev3"])
def test_a_record_of_another_version_stands_with_a_note(small, engine):
    found = verify(sealed(changed(small, ("engine", "version"), engine)))
    assert found.stands
    assert found.notes == (f"the record was written by version {engine} of the engine, this is 1",)


def test_a_table_that_the_run_does_not_read_is_named(small):
    table = small["inputs"]["data"][0]
    decoy = {**table, "text": table["text"].replace("30", "31")}
    decoy["sha256"] = SourceText.from_text(decoy["text"]).sha256
    for data in ([decoy, table], [table, table], [table, {**decoy, "name": "other.csv"}]):
        assert "files of data" in refused(sealed(changed(small, ("inputs", "data"), data)))


@pytest.mark.parametrize("name", ["./members.csv", "x/../members.csv", "/members.csv", "MEMBERS.csv", ""])
def test_a_table_has_its_name(small, name):
    refused(sealed(changed(small, ("inputs", "data", 0, "name"), name)))


@pytest.mark.parametrize("name", ["x/a.rules", "/a.rules", "./a.rules", "a.rules/", "../a.rules"])
def test_texts_have_names_without_a_folder_that_nothing_leads_through(small, name):
    refused(sealed(changed(small, ("inputs", "rulebook", "name"), name)))
    refused(sealed(changed(small, ("inputs", "event", "name"), f"x/../{name}")))


@pytest.mark.parametrize(
    "edit",
    [
        lambda d: b"\xef\xbb\xbf" + d,
        lambda d: d + b"\n",
        lambda d: d + b"{}",
        lambda d: b" " + d,
        lambda d: d.replace(b'{"', b'{\r"', 1),
        lambda d: d.replace(b'"record_version":2', b'"record_version":2.0'),
        lambda d: d.replace(b'"record_version":2', b'"record_version":2e0'),
        lambda d: d.replace(b'"Small"', b'"\\u0053mall"', 1),
        lambda d: d.replace(b'"seal":', b'"seal":"x","seal":'),
        lambda d: d.replace(b'"holds":true', b'"holds":false,"holds":true'),
        lambda d: d.replace(b'"holds":true', b'"holds":1'),
        lambda d: json.dumps(json.loads(d)).encode(),
        lambda d: json.dumps(dict(reversed(json.loads(d).items())), separators=(",", ":")).encode(),
    ],
)
def test_the_file_holds_no_other_bytes(small, tmp_path, edit):
    """The bytes of the file are compared, not the text that is left when it was read."""
    data = edit(canonical(small))
    assert data != canonical(small)
    (tmp_path / "a.json").write_bytes(data)
    try:
        assert not verify_record(read_source(tmp_path / "a.json"), "1").stands
    except ReadError as error:
        assert error.diagnostics[0].code == "not-a-record"


@pytest.mark.parametrize("value", ["\ud800", 10**30, 1e400, float("nan")])
def test_values_of_no_record_are_no_internal_error(small, value):
    for path in (("inputs", "rulebook", "text"), ("inputs", "event", "name"), ("steps",), ("x",)):
        text = json.dumps(changed(small, path, value))
        with_values = verify_record(SourceText.from_text(text, "a.json"), "1")
        assert not with_values.stands


def test_nested_beyond_measure_is_no_internal_error(small):
    for depth in (100, 400, 900, 5000):
        deep = "[" * depth + "]" * depth
        for key in ("steps", "x", "inputs", "result"):
            text = json.dumps({**small, key: "HERE"}).replace('"HERE"', deep)
            try:
                assert not verify_record(SourceText.from_text(text, "a.json"), "1").stands
            except ReadError as error:
                assert error.diagnostics[0].code == "not-a-record"


FIRST = sorted((Path(__file__).parent / "records").glob("first-*.audit.json"))
"""Written by the program of the first edition: of an event with tables, of a test, of a scenario that was replayed, and
of rulebooks with what means something else since: windows of business days, no reallocation, pots filled in,
and names that are words of the language since."""


def test_records_of_each_kind_are_kept():
    assert {path.name.partition("-")[2].partition(".")[0] for path in FIRST} == {
        *("tables", "test", "replay", "window", "without", "together", "parts", "words")
    }


@pytest.mark.parametrize("path", FIRST, ids=lambda path: path.stem)
def test_a_record_of_the_first_edition_stands(path):
    """It must go on to verify, whatever its words mean today; and nothing in it may be another."""
    record = json.loads(path.read_text("utf-8"))
    assert (record["record_version"], record["language_version"]) == (1, "1")
    found = verify_record(read_source(path), "0.1.0")
    assert found.stands, found.differences
    assert not verify(sealed({**record, "periods": []})).stands
    assert not verify(sealed({**record, "record_version": 2, "language_version": "2"})).stands
    assert not verify(sealed({**record, "language_version": "2"})).stands
    row = record["result"]["allocations"][0]
    for change in ({"amount": "0.01"}, {"round": None}):
        assert not verify(sealed(changed(record, ("result", "allocations", 0), {**row, **change}))).stands


@pytest.mark.parametrize("kind", ["window", "without", "parts", "words"])
def test_what_means_something_else_today_is_run_as_it_was(monkeypatch, kind):
    """The same texts give another record by the rules of today: so that the test above can fail."""
    path = next(path for path in FIRST if f"-{kind}." in path.name)
    monkeypatch.setattr("rulelang.audit.reload.as_of_edition", lambda rulebook, _: check_rulebook(rulebook))
    assert not verify_record(read_source(path), "0.1.0").stands


def test_a_first_record_that_the_second_edition_refuses_says_what_can_verify_it():
    """No verdict on the record: such an amount may mean thousands, and is refused since."""
    path = next(path for path in FIRST if "-parts." in path.name)
    record = json.loads(path.read_text("utf-8").replace("EUR 100", "EUR 100.000"))
    entry = record["inputs"]["event"]
    entry["sha256"] = SourceText.from_text(entry["text"]).sha256
    said = refused(sealed(record))
    assert "may mean" in said
    assert "verify it with version 0.1.0" in said


@pytest.mark.parametrize("entry", ["rulebook", "event"])
def test_a_first_record_with_texts_of_the_second_edition_says_what_stands_in_its_way(small, entry):
    """What looks for slips finds none there, for it reads the language of today."""
    texts = {
        "rulebook": small["inputs"]["rulebook"]["text"].replace(
            "waterfall", "limit assessed as EUR 1 each during cooling_off\n\nwaterfall", 1
        ),
        "event": small["inputs"]["event"]["text"] + "\nnotice by C\n",
    }
    written = {"text": texts[entry], "sha256": SourceText.from_text(texts[entry]).sha256}
    inputs = {**small["inputs"], entry: {**small["inputs"][entry], **written}}
    said = refused(sealed({**small, "record_version": 1, "language_version": "1", "inputs": inputs}))
    assert "cannot stand here in version 1 of the language" in said


@pytest.mark.parametrize("version", [0, 3, True, 1.5, "1", None, [], {}])
def test_a_record_of_a_form_that_nobody_knows_is_refused(small, version):
    with pytest.raises(ReadError) as refused_record:
        verify(sealed({**small, "record_version": version}))
    assert "a form that this version does not know" in refused_record.value.diagnostics[0].message


def test_what_is_proven_is_said(small):
    said = verify(canonical(small)).to_dict()
    assert "to the byte" in said["proven"]
    assert "who made the record" in said["not_proven"]
    assert verify(sealed({**small, "x": 1})).to_dict()["proven"] is None


# ---------------------------------------------------------------------------------------------------- odd characters


def odd(text: str, kind: str) -> bytes:
    """A text with line ends, marks and characters as some program may have written them."""
    lines = text.split("\n")
    match kind:
        case "lone carriage returns":
            return "\r".join(lines).encode()
        case "all kinds of line ends":
            ends = ["\r", "\n", "\r\n", "\r\r\n", "\n\r"]
            return "".join(line + ends[at % len(ends)] for at, line in enumerate(lines)).encode()
        case "byte order mark":
            return b"\xef\xbb\xbf" + text.encode()
        case "mark and carriage returns":
            return b"\xef\xbb\xbf" + "\r".join(lines).encode()
        case _:
            return text.encode()


KINDS = ["lone carriage returns", "all kinds of line ends", "byte order mark", "mark and carriage returns"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("which", ["rules", "event", "table"])
def test_a_record_stands_whatever_the_line_ends(tmp_path, kind, which):
    text = {"rules": RULES, "event": EVENT, "table": TABLE}[which]
    record = record_in(tmp_path, **{which: odd(text, kind)})
    assert verify(canonical(record)).stands


@pytest.mark.parametrize("character", ["\r", "\x0c", "\t", "\x85", "\u2028", "\ufeff", "\xa0", "e\u0301", "😀", "\x1b"])
@pytest.mark.parametrize("which", ["rules", "event", "table"])
def test_a_record_stands_whatever_its_characters(tmp_path, character, which):
    """A text with an odd character is refused when it is read, or its record stands."""
    text = {
        "rules": RULES.replace("waterfall", f"# {character} here\nwaterfall"),
        "event": EVENT.replace("default of", f"# {character} here\ndefault of", 1),
        "table": TABLE.replace("Alpha", f'"Al{character}pha"'),
    }[which]
    try:
        record = record_in(tmp_path, **{which: text})
    except ReadError:
        return
    assert verify(canonical(record)).stands
    assert (
        record["inputs"]["rulebook"]["sha256"]
        == SourceText.from_text((tmp_path / "a.rules").read_bytes().decode()).sha256
    )


def test_a_file_name_that_is_no_text_is_escaped(tmp_path):
    record_in(tmp_path)
    try:
        (tmp_path / "a.rules").rename(tmp_path / "\udcff.rules")
    except OSError:
        pytest.skip("this file system takes no such name")
    program = load_rulebook(tmp_path / "\udcff.rules")
    event = load_event(tmp_path / "a.event", program)
    record = make_record(program, event, evaluate(program, event), "1")
    assert record["inputs"]["rulebook"]["name"] == "\\xff.rules"
    assert verify(canonical(record)).stands


def test_a_record_that_is_laid_out_otherwise_does_not_stand(small):
    """Its content is that of the run, and so is its seal; the file is another one all the same."""
    assert "but the file holds other bytes" in refused(json.dumps(small, indent=1).encode("utf-8"))


def test_steps_that_are_left_out_or_told_twice_are_counted(small):
    steps = small["steps"]
    for kept in (steps[:-1], [*steps, steps[-1]]):
        said = refused(sealed({**small, "steps": kept}))
        assert f"steps: the record has {len(kept)}, the run {len(steps)}" in said


def test_a_round_that_differs_is_named(tmp_path):
    rules = RULES.replace('shared equally at the discretion of "the board"', "shared equally in at most 2 rounds")
    event = EVENT.replace("loss EUR 40", "loss EUR 90").partition("decide")[0]
    record = record_in(tmp_path, rules, event)
    assert [step["round"] for step in record["steps"]][-2:] == [1, 2]
    steps = copy.deepcopy(record["steps"])
    steps[-1]["drawn"] = "1.00"
    assert "step calls, round 2: " in refused(sealed({**record, "steps": steps}))
