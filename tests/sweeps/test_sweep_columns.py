"""Columns of scenarios: what they override, which are refused and how that is said."""

import datetime
from decimal import Decimal

import pyarrow
import pytest

import rulelang
from rulelang.run.interpret import interpret
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.scenarios.columns import read_columns


def overrides(place, *names, type_=None):
    schema = pyarrow.schema([(name, type_ or pyarrow.int64()) for name in names])
    found = read_columns(place.program, place.event, schema, SweepOptions())
    return [(c.kind, c.name, c.member, c.segment) for c in (column.override for column in found.overrides)]


def test_names_say_what_is_overridden(place):
    names = (
        "loss.A.energy",
        "loss.B.C.metals",
        "fund.B.C",
        "margin.B.C.energy",
        "given.capital",
        "given.buffer.metals",
    )
    assert overrides(place, "scenario", *names) == [
        ("loss", "A", None, "energy"),
        ("loss", "B.C", None, "metals"),
        ("field", "fund", "B.C", None),
        ("field", "margin", "B.C", "energy"),
        ("given", "capital", None, None),
        ("given", "buffer", None, "metals"),
    ]


@pytest.mark.parametrize(
    ("name", "code", "words", "advice"),
    [
        ("loss.E.energy", "unknown-member", "`E`, who is not a member", None),
        ("loss.B.c.energy", "unknown-member", "`B.c`", "did you mean `B.C`?"),
        ("loss.A", "missing-segment", "does not say of which segment", "`loss.A.energy`"),
        ("loss.A.metal", "unknown-segment", "`metal`", "did you mean `metals`?"),
        ("fund.A.energy", "unknown-segment", "is not per segment", "write `fund.A`"),
        ("margin.A", "missing-segment", "does not say of which segment", "`margin.A.energy`"),
        ("fnud.A", "unknown-column", "`fnud.A` overrides nothing", "did you mean `fund.A`?"),
        ("Loss.A.energy", "unknown-column", "overrides nothing", "did you mean `loss.A.energy`?"),
        ("fund", "unknown-column", "`fund` overrides nothing", "`fund.A`"),
        ("capital", "unknown-column", "overrides nothing", "write `given.capital`"),
        ("Scenario", "unknown-column", "overrides nothing", "did you mean `scenario`?"),
        ("given.capitol", "unknown-column", "the given `capitol`", "did you mean `capital`?"),
        ("given.buffer", "missing-segment", "does not say of which segment", "`given.buffer.energy`"),
        ("given.note", "wrong-column-type", "overrides text", "`one of …`"),
    ],
)
def test_a_column_that_fits_nothing_is_named(place, name, code, words, advice):
    with pytest.raises(rulelang.CheckError) as refused:
        overrides(place, name)
    (found,) = refused.value.diagnostics
    assert found.code == code
    assert f"`{name}`" in found.message
    assert words in found.message
    assert advice is None or any(advice in text for text in found.helps)


def test_all_findings_are_told_at_once(place):
    table = pyarrow.Table.from_arrays([pyarrow.array([1])] * 4, ["fund.A", "fund.A", "fnd.A", "given.note"])
    codes = [code for code, _ in place.refusals(table)]
    assert sorted(codes) == ["duplicate-value", "unknown-column", "wrong-column-type"]


@pytest.mark.parametrize(
    ("names", "twice"),
    [
        (("loss.A.energy", "stress.A.energy"), ["`loss.A.energy` and `stress.A.energy`"]),
        (("stress.B.C.metals", "loss.A.metals", "loss.B.C.metals"), ["`stress.B.C.metals` and `loss.B.C.metals`"]),
        (("loss.A.energy", "stress.A.metals"), []),
        (("loss.A.energy", "stress.B.C.energy"), []),
    ],
)
def test_a_loss_and_a_stress_of_one_default_are_refused(place, names, twice):
    schema = pyarrow.schema([(name, pyarrow.int64()) for name in names])
    found = []
    try:
        read_columns(place.program, place.event, schema, SweepOptions(cover=1))
    except rulelang.CheckError as refused:
        found = [(each.code, each.message) for each in refused.diagnostics]
    assert found == [("duplicate-value", f"the columns {both} are of the same default") for both in twice]


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("fund.A", [1.5], "floating numbers"),
        ("weight.A", pyarrow.array([0.5], pyarrow.float32()), "floating numbers"),
        ("fund.A", [True], "is money, but its type is truth values"),
        ("since.A", [5], "is a date, but its type is whole numbers"),
        ("active.A", [1], "is yes or no"),
        ("rank.A", [1], "is one of absent, poor, good"),
        ("since.A", [datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)], "`timestamp[us, tz=UTC]`"),
        ("scenario", [1.5], "holds ids"),
    ],
)
def test_a_type_that_does_not_hold_the_values_is_refused(place, name, values, words):
    ((code, message),) = place.refusals({name: values, "gain.A": [1]})
    assert code == "wrong-column-type"
    assert words in message


def test_a_table_that_overrides_nothing_is_refused(place):
    ((code, message),) = place.refusals({"scenario": [1, 2]})
    assert (code, message) == ("unknown-column", "the scenarios override nothing of the event")


def test_values_of_every_type_reach_the_run(place):
    columns = {
        "scenario": ["one", "two"],
        "loss.A.metals": [Decimal("12.34"), Decimal(0)],
        "gain.A": ["-1", "1,000.25"],
        "weight.B.C": ["12.5%", "0.75"],
        "rank.A": pyarrow.array(["good", "absent"]).dictionary_encode(),
        "since.A": [datetime.date(2020, 1, 1), datetime.date(2024, 12, 31)],
        "active.A": ["no", "yes"],
        "active.B.C": [True, False],
        "margin.A.metals": [2, 3],
    }
    # checked against the interpreter, which gets the values from the engine's own event
    results = place.sweep(columns, sample=2)
    assert results.column("scenario").to_pylist() == ["one", "two"]
    assert results.column("drawn.own.metals").to_pylist() == [Decimal("2.00"), Decimal("0.00")]
    assert results.column("drawn.own").to_pylist() == [Decimal("11.00"), Decimal("9.00")]


def test_a_scenario_is_what_an_event_with_its_values_is(place):
    text = place.event_file.read_text("utf-8")
    text = text.replace("capital = EUR 30", "capital = EUR 12.50").replace("loss EUR 100", "loss EUR 71.31")
    place.event_file.write_text(text.replace("weight = 0.5", "weight = 0.125"), encoding="utf-8")
    expected = interpret(place.program, rulelang.load_event(place.event_file, place.program))
    (found,) = place.sweep(
        {"given.capital": [Decimal("12.5")], "loss.D.energy": ["71.31"], "weight.A": [Decimal("0.125")]},
        by_step=["gains", "pool"],
    ).to_pylist()
    plain = place.program.currency.plain
    assert found["scenario"] == 1
    assert (str(found["uncovered"]), found["outcome"]) == (plain(expected.uncovered), expected.outcome)
    for step in ("own", "junior", "pool", "gains"):
        assert str(found[f"drawn.{step}"]) == plain(expected.drawn(step))
    for payer in ("ccp", "A", "B.C", "D"):
        assert str(found[f"paid.{payer}"]) == plain(expected.paid_by(payer))
    assert str(found["paid.gains.A"]) == plain(expected.paid_by("A", "gains"))
    assert "paid.junior.ccp" not in found


def test_an_unknown_step_is_refused(place):
    ((code, message),) = place.refusals({"fund.A": [1]}, by_step=["gain"])
    assert (code, message) == ("unknown-step", "the rulebook has no step `gain`")


def test_two_columns_of_one_title_are_refused(place):
    rules = place.rules.read_text("utf-8")
    event = place.event_file.read_text("utf-8").replace('"B.C"', '"own.A"')
    other = type(place)(place.folder, rules, event)
    assert other.refusals({"fund.A": [1]}, by_step=["own"])[0][0] == "duplicate-name"
    assert other.sweep({"fund.A": [1]}).num_rows == 1


def test_an_amount_is_varied_once_under_whichever_of_its_names(place):
    rules = place.rules.read_text("utf-8").replace("fund   : money", "fund   : money formerly deposit")
    event = place.event_file.read_text("utf-8")
    other = type(place)(place.folder, rules, event)
    assert other.sweep({"deposit.A": [1]}).num_rows == 1
    twice = other.refusals({"fund.A": [1], "deposit.A": [2]})
    assert twice == [("duplicate-value", "`fund` of `A` is varied twice")]
