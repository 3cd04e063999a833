"""The domain of columns: every scenario of a sweep is what the interpreter gives for it, to the last unit."""

import random
import subprocess
import sys

import numpy
import pytest
from attrs import evolve

import rulelang
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.sweeps.machine import machine
from rulelang.sweeps.tape import engine as engines
from rulelang.sweeps.tape import numpy_player, players
from rulelang.sweeps.tape.domain import ColumnDomain
from rulelang.sweeps.tape.engine import Override, SweepPlan, make_sweep
from rulelang.sweeps.tape.values import Column, truth_of
from tests.sweeps.random_sweeps import differences, random_sweep

pytestmark = pytest.mark.slow  # the language is covered without it

FIRST_SEED, BLOCKS, IN_A_BLOCK = 50_000, 10, 12

BOOK = """
rulebook "Sweep" currency EUR
members have
    margin : money
    fund   : money
    key    : number
    gain   : signed money
    class  : one of first_class, second_class
    since  : date
    part   : ratio
    able   : yes/no
given capital : money
waterfall
    tranche margins paid by defaulters from margin
    tranche own paid by ccp from capital
    tranche pool paid by survivors where able from fund shared pro rata to key
    assessment calls paid by survivors
        up to part * fund each
        in order of class: second_class then first_class
        shared equally
    haircut cuts paid by survivors where gain > EUR 0 and since <= declared
        up to gain each shared pro rata to limits
    finally closure
"""
EVENT = """
event "Sweep" declared 2024-05-06
given capital = EUR 0.05
member A margin = EUR 0.03 fund = EUR 0.10 key = 1 gain = EUR 0.30
    class = first_class since = 2020-01-01 part = 1 able = yes
member B margin = EUR 0.04 fund = EUR 0.10 key = 1 gain = EUR 0.20
    class = second_class since = 2020-01-01 part = 1 able = yes
member C margin = EUR 0.05 fund = EUR 0.10 key = 1 gain = EUR 0.10
    class = first_class since = 2020-01-01 part = 1 able = yes
member D margin = EUR 0.06 fund = EUR 0.10 key = 0 gain = EUR 0.00
    class = first_class since = 2020-01-01 part = 1 able = yes
default of D loss EUR 0.50
"""


def loaded(book: str = BOOK, event: str = EVENT) -> tuple[rulelang.CheckedProgram, rulelang.Event]:
    program = rulelang.parse_rulebook(book)
    return program, check_event(SourceText.from_text(event), program)


def swept(*overrides: Override, book: str = BOOK, event: str = EVENT) -> SweepPlan:
    return make_sweep(*loaded(book, event), overrides)


def column(*values: int) -> numpy.ndarray:
    return numpy.array(values, dtype=numpy.int64)


# ---------------------------------------------------------------------------------------------------- random cases


@pytest.mark.parametrize("block", range(BLOCKS))
@pytest.mark.usefixtures("engine")
def test_is_the_interpreter_on_random_cases(block):
    start = FIRST_SEED + block * IN_A_BLOCK
    for seed in range(start, start + IN_A_BLOCK):
        made = random_sweep(seed)
        if made is not None:
            assert differences(*made, made[0].run(made[1])) == [], f"seed {seed}"


@pytest.mark.usefixtures("plain")
def test_what_a_payer_pays_under_one_step():
    checked = 0
    for seed in range(FIRST_SEED, FIRST_SEED + 40):
        made = random_sweep(seed, 4)
        if made is None:
            continue
        plan, columns = made
        batch = plan.run(columns)
        refused = {rejection.scenario for rejection in batch.rejected}
        for index in set(range(4)) - refused:
            for allotment in rulelang.evaluate(plan.program, plan.event_at(columns, index)).allotments:
                paid = batch.paid_under(allotment.step, allotment.segment, allotment.payer)
                assert paid[index] == allotment.amount, f"seed {seed}"
                checked += 1
    assert checked > 100


# ---------------------------------------------------------------------------------------------------- named scenarios


@pytest.mark.usefixtures("engine")
def test_every_kind_of_data_varies():
    overrides = [
        Override("loss", "A"),
        Override("given", "capital"),
        Override("field", "key", "B"),
        Override("field", "gain", "C"),
        Override("field", "class", "B"),
        Override("field", "since", "C"),
        Override("field", "part", "C"),
        Override("field", "able", "B"),
    ]
    rng = random.Random(7)
    ranges = [(0, 99), (0, 9), (0, 3), (-20, 20), (0, 1), (738_900, 739_100), (0, 2_000_000), (0, 1)]
    columns = [column(*(rng.randint(*span) for _ in range(300))) for span in ranges]
    plan = swept(*overrides)
    batch = plan.run(columns)
    assert differences(plan, columns, batch) == []
    assert {int(v) for v in batch.outcome} == {0, 1}
    assert batch.rejected == []


@pytest.mark.usefixtures("engine")
def test_who_defaults_and_in_which_order():
    """From nobody to everybody; the losses of a member decide whether it survives, their order settles ties."""
    book = BOOK.replace("defaulters from margin", "defaulters from margin up to EUR 0.07 in total")
    overrides = [Override("loss", name) for name in ("C", "A", "D", "B")]
    plan = swept(*overrides, book=book)
    values = numpy.array([[(number >> place & 1) * (7 + place) for place in range(4)] for number in range(16)])
    columns = [values[:, place].astype(numpy.int64) for place in range(4)]
    batch = plan.run(columns)
    assert differences(plan, columns, batch) == []
    assert plan.event_at(columns, 0).losses == ()
    assert plan.event_at(columns, 15).defaulters == ("C", "A", "D", "B")
    assert plan.event_at(columns, 10).defaulters == ("A", "B")


@pytest.mark.usefixtures("engine")
def test_other_default_lines_stay_behind_those_that_vary():
    plan = swept(Override("loss", "A"))
    batch = plan.run([column(0, 9)])
    assert [loss.member for loss in plan.event_at([column(0, 9)], 1).losses] == ["A", "D"]
    assert [loss.member for loss in plan.event_at([column(0, 9)], 0).losses] == ["D"]
    assert (batch.uncovered + sum(batch.drawn.values())).tolist() == [50, 59]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("size", [1, 2, 7, 30])
def test_ties_go_to_the_smaller_id(size):
    """Equal keys, and draws that do not divide: the first members pay the units left over."""
    book = """rulebook "T" currency JPY members have x : money waterfall
        tranche a paid by survivors up to JPY 100 each shared equally finally z"""
    members = "\n".join(f'member "{number:02}" x = JPY 0' for number in range(size))
    event = f'event "e" declared 2024-01-01\n{members}\nmember Z x = JPY 0\ndefault of Z loss JPY 1'
    plan = swept(Override("loss", "Z"), book=book, event=event)
    losses = column(*range(1, 3 * size + 2))
    batch = plan.run([losses])
    for index, loss in enumerate(losses.tolist()):
        whole, rest = divmod(loss, size)
        assert [int(batch.paid[f"{n:02}"][index]) for n in range(size)] == [whole + (n < rest) for n in range(size)]


@pytest.mark.usefixtures("engine")
def test_amounts_near_64_bits_never_wrap():
    book = """rulebook "L" currency JPY members have fund : money key : number waterfall
        tranche a paid by survivors from fund shared pro rata to key
        tranche b paid by survivors up to 7 * fund / 3 each shared pro rata to fund
        finally z"""
    names = "ABCD"
    event = 'event "e" declared 2024-01-01\n' + "\n".join(
        f"member {name} fund = JPY {2**62 - 11 * place} key = {3 + place}" for place, name in enumerate(names)
    )
    event += "\ndefault of A loss JPY 1"
    plan = swept(*(Override("loss", name) for name in names), book=book, event=event)
    top = 2**63 - 1
    columns = [column(top, top, 2**62, 1), column(0, top, 3, 0), column(0, top - 1, 0, 0), column(0, 0, 0, 0)]
    batch = plan.run(columns)
    assert differences(plan, columns, batch) == []
    assert batch.drawn["b", None].dtype == object
    assert max(batch.drawn["b", None].tolist()) > top


@pytest.mark.usefixtures("plain")
def test_numbers_beyond_columns_are_run_one_by_one():
    """A product whose bounds are far wider than what it comes to."""
    product = " * ".join(["factor"] * 140)
    book = f"""rulebook "F" currency JPY members have x : money given factor : number
        define large as {product}
        waterfall tranche a paid by ccp up to JPY 3 * min(large, 9) finally z"""
    event = 'event "e" declared 2024-01-01 given factor = 1 member A x = JPY 0 default of A loss JPY 100'
    plan = swept(Override("given", "factor"), book=book, event=event)
    columns = [column(0, 1, 2, 2**40)]
    batch = plan.run(columns)
    assert differences(plan, columns, batch) == []
    assert batch.drawn["a", None].tolist() == [0, 3, 27, 27]
    assert batch.paid_under("a", None, "ccp").tolist() == [0, 3, 27, 27]


# -------------------------------------------------------------------------------------------------------- rejections


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ([column(0, 2), column(0, 0), column(1, 1)], "`class` of `A`"),
        ([column(0, 0), column(0, -3), column(1, 1)], "`capital`"),
        ([column(0, 0), column(0, 0), column(1, -1)], "the loss of `B`"),
    ],
)
def test_what_a_column_may_not_hold_is_no_scenario(columns, named):
    """Whoever converts a table has refused it before."""
    plan = swept(Override("field", "class", "A"), Override("given", "capital"), Override("loss", "B"))
    with pytest.raises(ValueError, match=f"the column of {named} holds what it does not allow"):
        plan.run(columns)


@pytest.mark.usefixtures("plain")
def test_only_branches_that_are_taken_can_fail():
    book = """rulebook "B" currency JPY members have x : signed money given n : number waterfall
        tranche a paid by survivors up to if x > JPY 0 then x / n else JPY 1 each shared equally
        tranche b paid by ccp up to JPY 100 when n = 0 or JPY 4 / n > JPY 1 finally z"""
    event = """event "e" declared 2024-01-01 given n = 1
        member A x = JPY 9 member B x = JPY 0 member Z x = JPY 0 default of Z loss JPY 90"""
    plan = swept(Override("given", "n"), Override("field", "x", "A"), Override("loss", "A"), book=book, event=event)
    columns = [column(0, 0, 0, 2), column(9, 0, 9, 9), column(0, 0, 5, 0)]
    batch = plan.run(columns)
    assert differences(plan, columns, batch) == []
    assert [(r.scenario, r.told.code) for r in batch.rejected] == [(0, "division-by-zero")]
    assert "for member `A`, in step `a`" in batch.rejected[0].told.message


@pytest.mark.usefixtures("plain")
def test_a_scenario_that_an_ensure_cannot_judge_is_refused_as_a_run_refuses_it():
    book = """rulebook "E" currency JPY members have x : money given n : number waterfall
        tranche a paid by ccp up to JPY 5 finally z ensure "it can be judged": JPY 4 / n >= JPY 1"""
    event = 'event "e" declared 2024-01-01 given n = 1 member Z x = JPY 0 default of Z loss JPY 90'
    plan = swept(Override("given", "n"), book=book, event=event)
    columns = [column(0, 2)]
    batch = plan.run(columns)
    assert differences(plan, columns, batch) == []
    assert batch.rejected[0].told.message.endswith('for ensure "it can be judged"')


def test_one_amount_varies_once():
    with pytest.raises(rulelang.RulelangError) as refused:
        swept(Override("loss", "B"), Override("given", "capital"), Override("given", "capital"))
    assert [(found.code, found.message) for found in refused.value.diagnostics] == [
        ("duplicate-value", "`capital` is varied twice")
    ]


@pytest.mark.parametrize(
    "columns",
    [[], [column(1)], [column(1), column(1, 2)], [column(1), numpy.array([1.0])], [column(1), column(1)[:, None]]],
    ids=["none", "too few", "lengths", "floating point", "a table"],
)
def test_columns_of_another_form_are_refused(columns):
    with pytest.raises(ValueError, match="columns"):
        swept(Override("loss", "A"), Override("loss", "B")).run(columns)


# ---------------------------------------------------------------------------------------------- how it is worked out


@pytest.mark.usefixtures("engine")
def test_batches_tables_and_arrays_used_again_change_nothing(monkeypatch):
    monkeypatch.setattr(numpy_player, "CELLS", 1)  # 64 scenarios at a time
    monkeypatch.setattr(players, "STRETCH", 50)
    monkeypatch.setattr(players, "COPIED", 50)
    members = [f"M{number:02}" for number in range(24)]
    lines = [f"member {m} fund = JPY {100 + 7 * n} key = {n % 5}" for n, m in enumerate(members)]
    book = """rulebook "M" currency JPY members have fund : money key : number waterfall
        tranche d paid by defaulters from fund
        tranche a paid by survivors from fund shared pro rata to key
        tranche b paid by survivors up to fund each shared pro rata to fund without reallocation
        finally z"""
    event = 'event "e" declared 2024-01-01\n' + "\n".join(lines) + "\ndefault of M00 loss JPY 1"
    rng = numpy.random.default_rng(3)
    table = numpy.zeros((300, 24), dtype=numpy.int64)
    table[numpy.arange(300), rng.integers(0, 24, 300)] = rng.integers(1, 9_000, 300)
    table[7] = rng.integers(0, 900, 24)  # not sparse
    plan = swept(*(Override("loss", member) for member in members), book=book, event=event)
    views = [table[:, place] for place in range(24)]
    copies = [view.copy() for view in views]
    first = plan.run(views)
    assert differences(plan, views, first) == []
    second = plan.run(copies)
    for name, amounts in first.paid.items():
        assert amounts.tolist() == second.paid[name].tolist()
    kept = {name: amounts.copy() for name, amounts in first.paid.items()}
    third = plan.run(views, room=first)
    assert all(third.paid[name].tolist() == amounts.tolist() for name, amounts in kept.items())
    assert len(plan.traces) == 1


@pytest.mark.usefixtures("engine")
def test_bounds_guessed_from_the_beginning_are_made_sure_of(monkeypatch):
    monkeypatch.setattr(engines, "GLANCE", 2)
    plan = swept(Override("loss", "A"), Override("field", "fund", "B"))
    columns = [column(1, 2, 40, 2**62, 0, 7), column(1, 1, 2**40, 3, 0, 5)]
    assert differences(plan, columns, plan.run(columns)) == []


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("name", "condition", "first", "later"),
    [
        ("x", "x > JPY 10", 3, 50),
        ("x", "x = JPY 9", 3, 9),
        ("kind", "kind = c1", 2, 3),  # the binary digits of what is allowed have room for more
        ("since", "since > 2024-01-01", 738_950, 0),
        ("since", "since < 2024-01-01", 3_652_050, 3_652_060),
    ],
)
def test_what_bounds_decide_is_made_sure_of_too(name, condition, first, later, monkeypatch):
    """A comparison that the beginning of a column decides, and a number just beyond what a column may hold."""
    monkeypatch.setattr(engines, "GLANCE", 2)
    book = f"""rulebook "G" currency JPY members have x : money kind : one of a1, b1, c1 since : date waterfall
        tranche a paid by survivors where {condition} up to JPY 5 each shared equally finally z"""
    event = """event "e" declared 2024-01-01
        member A x = JPY 1 kind = c1 since = 2024-01-02 member B x = JPY 1 kind = c1 since = 2024-01-02
        default of B loss JPY 9"""
    plan = swept(Override("field", name, "A"), book=book, event=event)
    columns = [column(first, first, first, later)]
    if name == "x":
        assert differences(plan, columns, plan.run(columns)) == []
    else:
        with pytest.raises(ValueError, match="does not allow"):
            plan.run(columns)


def test_the_tape_does_not_grow_with_the_members(monkeypatch):
    """Members are worked on together, so that the cost of a scenario is proportional to them."""
    monkeypatch.setattr(machine, "compiled", lambda: None)
    book = BOOK.replace("        in order of class: second_class then first_class\n", "")
    sizes = {}
    for size in (20, 200):
        data = "margin = EUR 3 fund = EUR 9 key = 2 gain = EUR 4"
        data += " class = first_class since = 2020-01-01 part = 1 able = yes"
        lines = "\n".join(f"member M{number:03} {data}" for number in range(size))
        event = f'event "e" declared 2024-01-01 given capital = EUR 5\n{lines}\ndefault of M000 loss EUR 1'
        members = [f"M{number:03}" for number in range(size)]
        overrides = [Override("loss", member) for member in members]
        plan = swept(*overrides, *(Override("field", "gain", member) for member in members), book=book, event=event)
        batch = plan.run([column(7)] * (2 * size))
        sizes[size] = sum(len(player.needed.order) for player in batch.trace.players.values())
    assert sizes[200] <= sizes[20] + 2 < 60


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("varied", ["A", "ABC"])
@pytest.mark.parametrize("payers", ["ccp", "survivors", "survivors where x > JPY 0"])
def test_the_tape_grows_with_the_steps_and_not_with_their_square(payers, varied):
    """Each limit asks what the step before left unused, which it works out anew where no loss reached that step."""
    each = "" if payers == "ccp" else "each shared equally"
    event = """event "e" declared 2024-01-01 given first = JPY 5
        member A x = JPY 3 member B x = JPY 3 member C x = JPY 3 default of C loss JPY 9"""
    overrides = [Override("given", "first"), *(Override("loss", member) for member in varied)]
    rng = numpy.random.default_rng(5)
    sizes = {}
    for count in (10, 20, 40):
        steps = "\n".join(
            f"tranche s{number} paid by {payers} up to unused(s{number - 1}) + JPY 1 {each}"
            for number in range(1, count)
        )
        book = f"""rulebook "U" currency JPY members have x : money given first : money waterfall
            tranche s0 paid by ccp up to first
            {steps}
            finally z"""
        plan = swept(*overrides, book=book, event=event)
        columns = [rng.integers(0, 60, 20).astype(numpy.int64) for _ in overrides]
        batch = plan.run(columns)
        assert differences(plan, columns, batch) == []
        sizes[count] = len(batch.trace.domain.tape.nodes)
    assert sizes[40] - sizes[20] < 2.2 * (sizes[20] - sizes[10])


def test_no_scenarios_and_no_overrides():
    empty = swept(Override("loss", "A")).run([column()])
    assert (len(empty), empty.rejected) == (0, [])
    alone = swept().run([])
    assert len(alone) == 1
    assert alone.uncovered[0] == rulelang.evaluate(*loaded()).uncovered


def test_a_broken_engine_is_noticed(monkeypatch):
    """Conservation is checked in every scenario."""
    monkeypatch.setattr(machine, "compiled", lambda: None)
    plan = swept(Override("loss", "A"))
    trace = plan.run([column(70)]).trace
    broken = {key: 0 if key[0] == "pool" else ref for key, ref in trace.drawn.items()}
    plan.traces = {key: evolve(trace, drawn=broken, players={}) for key in plan.traces}
    with pytest.raises(rulelang.RulelangError, match="law of every run"):
        plan.run([column(70)])


def test_numpy_and_numba_are_loaded_for_sweeps_alone():
    script = "import sys, rulelang.profiles.profile; print(sorted({'numpy', 'numba'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_without_numpy_a_sweep_says_what_to_install():
    script = """
import sys
sys.modules["numpy"] = None
try:
    import rulelang.sweeps.tape.engine
except Exception as error:
    print(error.diagnostics[0].code, error.diagnostics[0].helps)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "missing-extra" in done.stdout
    assert "rulelang[sweep]" in done.stdout


@pytest.mark.usefixtures("engine")
def test_the_largest_of_those_who_are_there():
    """Whoever is settled not to be there is left out, also where nothing of who is there varies."""
    domain = ColumnDomain()
    *amounts, chance = domain.tape.columns([0, 1, 2, 3], 0, 100)
    values = [Column(domain, ref, 1) for ref in amounts]
    lives = truth_of(domain, domain.tape.each("lt", [0], [chance])[0])
    columns = [column(50, 50), column(5, 5), column(3, 3), column(1, 0)]
    for present, wanted in (
        (None, [55, 55]),
        ([False, True, True], [8, 8]),
        ([False, True, lives], [8, 5]),
        ([lives, True, True], [55, 8]),
    ):
        node = domain.largest(2, values, present).numerator.node
        written = players.make_player([node]).play(columns, 2, 1, None)
        assert written.arrays[node].tolist() == wanted
