"""Sweeps of the second edition: passes, rounds, periods, data per defaulter, and the columns that only it has."""

import random

import numpy
import pyarrow
import pytest

import rulelang
from rulelang.sweeps.options import SweepOptions
from rulelang.sweeps.runs.piece import Piece, Setup, make_runner
from rulelang.sweeps.tape import trace as traces
from rulelang.sweeps.tape.engine import Override, make_sweep
from rulelang.sweeps.tape.overrides import NOBODY
from tests.conftest import ROOT
from tests.examples import mostly_slow, share_of
from tests.sweeps.random_sweeps import differences, random_sweep
from tests.sweeps.test_tape import column, loaded, swept

PAIRS = sorted((ROOT / "tests" / "conformance_2").glob("*/*.event"))

IN_TURN = """
rulebook "In turn" currency EUR also SEK
segments x, y
members have
    fund   : money formerly deposit
    house  : one of north, south
    traded : money per defaulter
    fee    : money SEK
given capital : money
given fix : EUR per SEK
period cooling
    opens at a default
    lasts 5 business days
limit cap as 50% of fund each during cooling
waterfall for each default in turn
    tranche own paid by defaulters from fund
    tranche junior paid by ccp from capital for all losses
    tranche again paid by survivors up to fee at fix rounded up to EUR 0.05 each shared equally once during cooling
    assessment calls paid by survivors up to cap up to 30% of fund each shared pro rata to fund in at most 3 rounds
    haircut gains paid by survivors up to traded each shared pro rata to limits when defaults(cooling) >= 1
    finally closure
ensure "all that default are members" : count of defaulters <= count of members
"""
TURNS = """
event "In turn" declared 2024-05-06
given capital = EUR 3
given fix = 0.1
member A fund = EUR 10 house = north fee = SEK 20 traded with A = EUR 0 traded with B = EUR 1 traded with C = EUR 2
member B fund = EUR 20 house = north fee = SEK 10 traded with A = EUR 3 traded with B = EUR 0 traded with C = EUR 4
member C fund = EUR 30 house = south fee = SEK 15 traded with A = EUR 5 traded with B = EUR 6 traded with C = EUR 0
default of C in x loss EUR 9
non-default loss in y EUR 4
withdraw A after round 1 under calls
"""


# ---------------------------------------------------------------------------------------------------- random cases


@pytest.mark.slow
@pytest.mark.parametrize("block", range(6))
@pytest.mark.usefixtures("engine")
def test_is_the_interpreter_on_random_cases(block):
    checked = 0
    for seed in range(70_000 + block * 15, 70_015 + block * 15):
        try:
            made = random_sweep(seed, over_time=True)
        except rulelang.RulelangError as error:
            assert error.diagnostics[0].code == "nothing-to-vary"
            continue
        if made is not None:
            assert differences(*made, made[0].run(made[1])) == [], f"seed {seed}"
            checked += 1
    assert checked > 7


@pytest.mark.usefixtures("plain")
def test_what_a_payer_pays_under_one_step_is_added_up_over_passes_and_rounds():
    checked, tried = 0, share_of(30)
    for seed in range(71_000, 71_000 + tried):
        try:
            made = random_sweep(seed, 4, over_time=True)
        except rulelang.RulelangError:
            continue
        if made is None:
            continue
        plan, columns = made
        batch = plan.run(columns)
        for index in set(range(4)) - {rejection.scenario for rejection in batch.rejected}:
            due: dict[tuple[str, str | None, str], int] = {}
            for one in rulelang.evaluate(plan.program, plan.event_at(columns, index)).allotments:
                key = one.step, one.segment, one.payer
                due[key] = due.get(key, 0) + one.amount
            for key, amount in due.items():
                assert batch.paid_under(*key)[index] == amount, f"seed {seed}"
                checked += 1
    assert checked > tried


@pytest.mark.parametrize("path", mostly_slow(PAIRS, every=4), ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.usefixtures("plain")
def test_the_pairs_of_the_contract_are_swept_as_they_are_interpreted(path):
    """Each loss and each amount of money as it is, and others; every scenario is held against the interpreter."""
    try:
        program = rulelang.load_rulebook(path.parent / "book.rules")
        event = rulelang.load_event(path, program)
    except rulelang.RulelangError:
        return  # what is refused is not swept
    chance = random.Random(path.parent.name)
    columns: dict[str, list[str]] = {}
    for loss in event.losses:
        title = f"loss.{loss.member}" if loss.member else "non-default loss"
        columns[title + f".{loss.segment}" * (loss.segment is not None)] = [
            program.currency.plain(amount)
            for amount in (loss.amount, 0, loss.amount // 2, loss.amount * 3 + 1, chance.randrange(2 * loss.amount + 9))
        ]
    for (name, segment), row in event.fields.items():
        datum = program.fields[name]
        for member in event.members[:2] if datum.type.kind.value == "money" else ():
            if row[member] is not None and row[member] >= 0:
                amounts = (row[member], 0, row[member] // 2, row[member] * 2 + 1, chance.randrange(row[member] + 9))
                plain_ = program.currency_of(datum.type).plain
                columns[f"{name}.{member}" + f".{segment}" * (segment is not None)] = list(map(plain_, amounts))
    table = pyarrow.table(columns)
    options = SweepOptions(by_step=tuple(program.steps), keep_going=True)
    runner = make_runner(program, Setup(program.source, event, table.schema, options))
    outcome = runner.run(Piece(0, 0, tuple(range(table.num_rows)), table))
    assert outcome.checked == table.num_rows


# ---------------------------------------------------------------------------------------------------- named scenarios


@pytest.mark.usefixtures("engine")
def test_everything_of_the_second_edition_varies():
    overrides = [
        Override("loss", "A", segment="x"),
        Override("loss", "B", segment="y"),
        Override("loss", NOBODY, segment="y"),
        Override("given", "fix"),
        Override("field", "fee", "B"),
        Override("field", "fund", "A"),
        *(Override("field", "traded", member, defaulter="B") for member in "ABC"),
    ]
    rng = random.Random(3)
    tops = [4000, 3000, 900, 3 * 10**9, 4000, 2000, 300, 300, 300]
    columns = [column(*(rng.choice([0, rng.randint(1, top)]) for _ in range(60))) for top in tops]
    columns[3] = numpy.maximum(columns[3], 1)
    plan = swept(*overrides, book=IN_TURN, event=TURNS)
    batch = plan.run(columns)
    assert differences(plan, columns, batch) == []
    assert not batch.rejected
    assert len(numpy.flatnonzero(batch.drawn["gains", None])) > 4


@pytest.mark.usefixtures("plain")
def test_who_defaults_first_may_change_with_the_scenario():
    """The first line of A is one of zero in some scenarios; then B, whose line stands before A's second, is first."""
    overrides = [
        Override("loss", "A", segment="x"),
        Override("loss", "B", segment="x"),
        Override("loss", "A", segment="y"),
    ]
    columns = [column(0, 5, 0, 900, 0), column(900, 900, 0, 0, 0), column(900, 900, 900, 900, 0)]
    plan = swept(*overrides, book=IN_TURN, event=TURNS)
    assert differences(plan, columns, plan.run(columns)) == []


@pytest.mark.usefixtures("plain")
def test_one_payer_bears_no_more_than_its_limit_without_reallocation():
    book = """rulebook "R" currency JPY members have fund : money waterfall
        haircut cuts paid by survivors up to fund each shared equally without reallocation finally z"""
    event = """event "e" declared 2024-01-01 member A fund = JPY 3 member B fund = JPY 4 default of B loss JPY 9"""
    plan = swept(Override("loss", "B"), Override("field", "fund", "A"), book=book, event=event)
    columns = [column(9, 2, 50), column(3, 3, 40)]
    assert differences(plan, columns, plan.run(columns)) == []


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("direction", ["up", "down", "to"])
def test_amounts_and_their_units_are_rounded(direction):
    book = f"""rulebook "R" currency JPY members have x : signed money unit : money waterfall
        tranche cuts paid by survivors up to max((x / 3) rounded {direction.replace("to", "")} to unit, JPY 0) each
            shared equally finally z""".replace("rounded  to", "rounded to")
    event = """event "e" declared 2024-01-01 member A x = JPY 3 unit = JPY 7 member B x = JPY 4 unit = JPY 2
        default of B loss JPY 900"""
    overrides = [Override("loss", "B"), Override("field", "x", "A"), Override("field", "unit", "A")]
    rng = random.Random(5)
    columns = [
        column(*[900] * 40),
        column(*(rng.randint(-60, 90) for _ in range(40))),
        column(*(rng.randint(0, 9) for _ in range(40))),
    ]
    plan = swept(*overrides, book=book, event=event)
    batch = plan.run(columns)
    assert differences(plan, columns, batch) == []
    assert {rejection.told.code for rejection in batch.rejected} == {"rounding-unit"}


@pytest.mark.usefixtures("plain")
def test_a_further_loss_varies_and_may_be_none():
    book = """rulebook "F" currency JPY members have fund : money
        waterfall tranche cuts paid by survivors up to fund each shared equally finally z"""
    event = """event "e" declared 2024-01-09 member A fund = JPY 9 member B fund = JPY 4 member C fund = JPY 4
        defaulted 2024-01-05 B further loss of B JPY 9 paid 2024-01-05 by A under cuts for B JPY 6"""
    plan = swept(Override("loss", "B"), book=book, event=event)
    columns = [column(9, 0, 2, 50)]
    assert differences(plan, columns, plan.run(columns)) == []


# ---------------------------------------------------------------------------------------------------------- columns


def runner_of(columns, book=IN_TURN, event=TURNS, **options):
    program, read = loaded(book, event)
    return make_runner(program, Setup(program.source, read, pyarrow.table(columns).schema, SweepOptions(**options)))


def figures_of(columns, book=IN_TURN, event=TURNS, **options):
    table = pyarrow.table(columns)
    runner = runner_of(columns, book, event, **options)
    return runner.run(Piece(0, 0, tuple(range(table.num_rows)), table)).results.to_pylist()


@pytest.mark.usefixtures("plain")
def test_columns_name_defaulters_other_currencies_rates_former_names_and_losses_of_nobody():
    rows = figures_of(
        {
            "loss.A.x": ["50", "0"],
            "traded.B.A": ["1.50", "2"],
            "fee.B": ["1000.25", "1"],
            "given.fix": ["0.0973", "1.5"],
            "deposit.B": ["25", "26"],
            "non-default loss.y": ["0", "7.5"],
        }
    )
    assert [str(row["uncovered"]) for row in rows] != ["0.00", "0.00"]


def test_ids_of_members_and_defaulters_may_hold_points():
    book = """rulebook "P" currency JPY members have traded : money per defaulter
        waterfall haircut cuts paid by survivors up to traded each shared equally finally z"""
    event = """event "e" declared 2024-01-01 member "A.B" traded with C = JPY 3 member C traded with C = JPY 0
        default of C loss JPY 9"""
    runner = runner_of({"traded.A.B.C": ["5"]}, book, event)
    assert [each.override for each in runner.columns.overrides] == [
        Override("field", "traded", "A.B", None, "C"),
    ]


@pytest.mark.parametrize(
    ("columns", "code", "message"),
    [
        ({"traded.B": ["1"]}, "unknown-column", "does not say with which defaulter"),
        ({"traded.B.Q": ["1"]}, "unknown-member", "`Q`"),
        ({"traded.Q.B": ["1"]}, "unknown-member", "`Q`"),
        ({"non-default loss": ["1"]}, "missing-segment", "does not say of which segment"),
        ({"non-default loss.q": ["1"]}, "unknown-segment", "`q`"),
        ({"given.fix": [True]}, "wrong-column-type", "rate of exchange"),
    ],
)
def test_columns_that_fit_nothing(columns, code, message):
    with pytest.raises(rulelang.RulelangError) as refused:
        runner_of(columns)
    found = refused.value.diagnostics[0]
    assert found.code == code
    assert message in found.message


@pytest.mark.parametrize("column", ["non-default loss.q", "loss.A.q"])
def test_an_unknown_segment_lists_those_there_are(column):
    with pytest.raises(rulelang.RulelangError) as refused:
        runner_of({column: ["1"]})
    assert refused.value.diagnostics[0].code == "unknown-segment"
    assert refused.value.diagnostics[0].helps == ("the segments are `x` and `y`",)


def test_where_the_rulebook_has_no_segments_a_loss_of_nobody_names_none():
    book = """rulebook "P" currency JPY members have fund : money
        waterfall tranche one paid by survivors from fund shared equally finally z"""
    event = """event "e" declared 2024-01-01 member A fund = JPY 3 member C fund = JPY 0 default of C loss JPY 9"""
    with pytest.raises(rulelang.RulelangError) as refused:
        runner_of({"non-default loss.q": ["1"]}, book, event)
    found = refused.value.diagnostics[0]
    assert (found.code, found.helps) == ("unknown-segment", ("write `non-default loss`",))
    assert "names the segment `q`, but the amount is not per segment" in found.message


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("rate", "code"), [("0", "rate-not-positive"), ("-1", "rate-not-positive"), ("0.12345678901", "too-many-decimals")]
)
def test_rates_that_are_none(rate, code):
    with pytest.raises(rulelang.RulelangError) as refused:
        figures_of({"given.fix": ["0.1", rate]})
    assert code in refused.value.diagnostics[0].helps[0]


# --------------------------------------------------------------------------------------------- what is not exact

DAYS = """rulebook "D" currency JPY
members have fund : money house : one of n, s since : date
given start_day : date
waterfall
    tranche one paid by survivors up to {limit} each shared equally
finally z"""
DAY = """event "e" declared 2024-01-31 given start_day = 2024-01-10
member A fund = JPY 3 house = n since = 2020-01-01 fund as of 2023-01-01 = JPY 2
member B fund = JPY 4 house = s since = 2020-01-01 fund as of 2023-01-01 = JPY 3
default of B loss JPY 9"""


@pytest.mark.parametrize(
    ("limit", "override", "message"),
    [
        ("fund as of start_day", Override("given", "start_day"), "the day as of which `fund` is read"),
        ("fund as of since", Override("field", "since", "A"), "the day as of which `fund` is read"),
        (
            "if since + 1 month > declared then fund else JPY 0",
            Override("field", "since", "A"),
            "a date moved by months",
        ),
        (
            "if start_day + 2 business days > declared then fund else JPY 0",
            Override("given", "start_day"),
            "a date moved by business days",
        ),
        ("largest 1 of fund over members by house", Override("field", "house", "A"), "`house`, by which is added up,"),
    ],
)
def test_what_a_sweep_takes_as_it_is_is_refused_by_name_before_it_runs(limit, override, message):
    with pytest.raises(rulelang.RulelangError) as refused:
        make_sweep(*loaded(DAYS.format(limit=limit), DAY), [override])
    found = refused.value.diagnostics[0]
    assert found.code == "nothing-to-vary"
    assert found.message.startswith(message)
    assert found.place is not None


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    "limit",
    [
        "fund as of start_day",
        "largest 1 of fund over members by house",
        "if start_day + 1 month > declared then fund else JPY 0",
    ],
)
def test_and_all_else_varies_beside_it(limit):
    plan = make_sweep(*loaded(DAYS.format(limit=limit), DAY), [Override("loss", "B"), Override("field", "fund", "A")])
    columns = [column(9, 1, 0), column(0, 5, 7)]
    assert differences(plan, columns, plan.run(columns)) == []


def test_a_new_default_beside_a_further_loss_is_refused():
    book = """rulebook "F" currency JPY members have fund : money
        waterfall tranche cuts paid by survivors up to fund each shared equally finally z"""
    event = """event "e" declared 2024-01-09 member A fund = JPY 9 member B fund = JPY 4 member C fund = JPY 4
        defaulted 2024-01-05 B defaulted 2024-01-04 C further loss of B JPY 9"""
    for member, code in (("A", "losses-apart"), ("C", "defaults-again")):
        with pytest.raises(rulelang.RulelangError) as refused:
            swept(Override("loss", member), book=book, event=event)
        assert refused.value.diagnostics[0].code == code


def test_whoever_may_default_has_its_data():
    book = """rulebook "P" currency JPY members have traded : money per defaulter
        waterfall haircut cuts paid by survivors up to traded each shared equally finally z"""
    event = """event "e" declared 2024-01-01 member A traded with C = JPY 3 member C traded with C = JPY 0
        default of C loss JPY 9"""
    with pytest.raises(rulelang.RulelangError) as refused:
        swept(Override("loss", "A"), book=book, event=event)
    found = refused.value.diagnostics[0]
    assert (found.code, found.message) == (
        "missing-value",
        "`traded with A` of member `A` is missing, and `A` may default",
    )


@pytest.mark.usefixtures("plain")
def test_many_that_may_default_in_turn_are_run_one_by_one(monkeypatch):
    """What the interpreter runs is the same as what the tape says, of payers and steps too."""
    overrides = [Override("loss", name, segment=segment) for segment in "xy" for name in "AB"]
    rng = random.Random(8)
    columns = [column(*(rng.choice([0, rng.randint(1, 4000)]) for _ in range(20))) for _ in overrides]
    taped = swept(*overrides, book=IN_TURN, event=TURNS).run(columns)
    monkeypatch.setattr(traces, "MOST_PASSES", 2)
    plan = swept(*overrides, book=IN_TURN, event=TURNS)
    batch = plan.run(columns)
    assert differences(plan, columns, batch) == []
    assert len(batch.apart) == 20
    for step in plan.program.each_step():
        for payer in ("ccp", "A", "B", "C"):
            segments = ("x", "y") if step.per_segment else (None,)
            for segment in segments:
                amounts = [each.paid_under(step.name, segment, payer).tolist() for each in (batch, taped)]
                assert amounts[0] == amounts[1]


@pytest.mark.usefixtures("plain")
def test_a_scenario_in_which_nobody_defaults_in_turn_is_one_pass():
    """An ensure is judged there, and may be refused; with other members it is judged after each default alone."""
    book = """rulebook "N" currency JPY members have fund : money waterfall for each default in turn
        tranche cuts paid by survivors up to fund each shared equally finally z
        ensure "share" : (smallest of fund over defaulters) >= JPY 0"""
    event = """event "e" declared 2024-01-09 member A fund = JPY 9 member B fund = JPY 4 default of B loss JPY 1"""
    plan = swept(Override("loss", "B"), Override("loss", "A"), book=book, event=event)
    columns = [column(9, 0, 2, 0), column(0, 3, 2, 0)]
    batch = plan.run(columns)
    assert differences(plan, columns, batch) == []
    assert [rejection.scenario for rejection in batch.rejected] == [3]
    assert not batch.apart
