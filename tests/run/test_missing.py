"""Missing values: nothing is assumed; what the rulebook puts in their place is worked out exactly and recorded."""

from fractions import Fraction
from itertools import pairwise

import pytest

import rulelang
from rulelang.base.diagnostic import CheckError, RulelangError, RunError
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.model.allocation import Allocation

WATERFALL = """
waterfall
    tranche mutual paid by survivors up to more each shared equally
    finally open
"""


def run(rulebook: str, event: str, losses: str = "default of D loss EUR 100") -> Allocation:
    program = rulelang.parse_rulebook(f'rulebook "missing values" currency EUR {rulebook}')
    text = f'event "e" declared 2024-03-15 {event} {losses}'
    return rulelang.evaluate(program, check_event(SourceText.from_text(text, "e.event"), program))


def uses(allocation: Allocation) -> list[tuple[str, str | None, str | None, object]]:
    return [(use.name, use.member, use.segment, use.value) for use in allocation.trail.missing]


MEMBERS = "member A fund = EUR 8 member B fund = EUR 4 more = EUR 1 member D fund = EUR 0"


def test_a_value_that_is_given_is_never_replaced():
    allocation = run(f"members have fund : money more : money if missing fund {WATERFALL}", MEMBERS)
    assert allocation.payers() == {"A": 800, "B": 100}
    assert uses(allocation) == [("more", "A", None, 800), ("more", "D", None, 0)]
    assert {use.words for use in allocation.trail.missing} == {"fund"}


def test_a_run_without_missing_values_records_none():
    rulebook = f"members have more : money if missing EUR 1 given cap : money if missing EUR 1 {WATERFALL}"
    allocation = run(rulebook, "given cap = EUR 5 member A more = EUR 2 member D more = EUR 3")
    assert uses(allocation) == []


@pytest.mark.parametrize(
    ("expression", "paid"),
    [
        ("EUR 5", 500),
        ("50% of fund", 400),
        ("fund / 3", 266),  # a part of a cent is kept, the limit is rounded down
        ("3 * (fund / 3)", 800),
        ("cap", 700),
        ("min(fund, cap)", 700),
        ("if fund > EUR 5 then EUR 1 else fund / 0", 100),
        ("if declared > 2024-03-14 then EUR 2 else EUR 3", 200),
        ("clamp(fund, EUR 1, EUR 6)", 600),
        ("max(loss_of_it, EUR 0)", 900),
        ("weight * fund", 1600),
    ],
)
def test_it_may_name_givens_and_the_members_other_fields(expression, paid):
    allocation = run(
        f"""members have
            more : money if missing {expression}
            fund : money
            weight : number if missing 2
            loss_of_it : signed money if missing EUR 9
        given cap : money
        waterfall
            tranche mutual paid by survivors where weight = 2 up to more each shared equally
            finally open""",
        "given cap = EUR 7 member A fund = EUR 8 member D fund = EUR 6",
    )
    assert allocation.payers() == {"A": paid}


def test_values_that_rest_on_each_other_are_filled_in_whatever_their_order():
    allocation = run(
        f"""members have
            more : money if missing 2 * second
            second : money if missing third + first_given
            third : money if missing fund
            fund : money
        given first_given : money if missing other_given
        given other_given : money if missing EUR 1
        {WATERFALL}""",
        "member A fund = EUR 8 member B third = EUR 1 fund = EUR 5 member D fund = EUR 0",
    )
    assert allocation.payers() == {"A": 1800, "B": 400}
    found = uses(allocation)
    assert ("third", "B", None, 100) not in found
    assert [name for name, member, _, _ in found if member in (None, "A")].index("third") < [
        name for name, member, _, _ in found if member in (None, "A")
    ].index("second")
    assert ("first_given", None, None, 100) in found
    assert ("second", "B", None, 200) in found


def test_values_that_rest_on_each_other_through_definitions_are_filled_in_whatever_their_order():
    allocation = run(
        f"""members have
            more : money if missing own
            fund : money if missing EUR 3
        given size : money if missing whole
        define own as 50% of size
        define whole as base + EUR 1
        define base as sum of fund over members
        {WATERFALL}""",
        "member A fund = EUR 8 member B more = EUR 1 member D",
    )
    assert allocation.payers() == {"A": 750, "B": 100}
    assert ("size", None, None, 1500) in uses(allocation)


SEGMENTS = """
segments energy, metals
members have
    stake : money per segment if missing half + 50% of cover
    half : money
given cover : money per segment if missing EUR 2
waterfall
    tranche mutual per segment paid by survivors up to stake each shared equally
    finally open
"""
LOSSES = "default of D in energy loss EUR 50 default of D in metals loss EUR 50"


def test_per_segment_each_segment_has_its_own():
    event = "given cover in metals = EUR 6 member A half = EUR 1 stake in energy = EUR 9 member D half = EUR 0"
    allocation = run(SEGMENTS, event, LOSSES)
    assert [(a.segment, a.amount) for a in allocation.allotments] == [("energy", 900), ("metals", 400)]
    assert uses(allocation) == [
        ("cover", None, "energy", 200),
        ("stake", "D", "energy", 100),
        ("stake", "A", "metals", 400),
        ("stake", "D", "metals", 300),
    ]


@pytest.mark.parametrize(
    ("datum", "given"),
    [
        ("more : signed money if missing -fund", -800),
        ("more : number if missing 1 / 3", Fraction(1, 3)),
        ("more : ratio if missing 150%", Fraction(3, 2)),
        ("more : yes/no if missing fund > EUR 7", True),
        ("more : one of red, green if missing red", "red"),
        ('more : text if missing "x"', "x"),
        ("more : date if missing declared + 30 days", "2024-04-14"),
    ],
)
def test_every_type_can_be_filled_in(datum, given):
    waterfall = "waterfall tranche t paid by survivors from fund shared equally finally open"
    allocation = run(f"members have fund : money {datum} {waterfall}", "member A fund = EUR 8 member D fund = EUR 0")
    ((name, member, segment, value), _) = uses(allocation)
    assert (name, member, segment) == ("more", "A", None)
    assert (str(value) if isinstance(given, str) else value) == given


def test_what_is_filled_in_is_what_conditions_keys_and_invariants_read():
    allocation = run(
        """members have
            fund : money
            key : number if missing 3
            able : yes/no if missing no
        waterfall
            tranche t paid by survivors where not able from fund shared pro rata to key
            finally open
        ensure "keys" for survivors: key = 3 or able""",
        "member A fund = EUR 80 key = 1 able = yes member B fund = EUR 80 member C fund = EUR 80 key = 1 "
        "member D fund = EUR 0",
        "default of D loss EUR 40",
    )
    assert allocation.payers() == {"B": 3000, "C": 1000}
    assert allocation.ensures[0].breaches == ("C",)


def test_a_negative_value_where_the_type_is_not_signed_ends_the_run():
    with pytest.raises(RunError) as refused:
        run(f"members have fund : money more : money if missing fund - EUR 5 {WATERFALL}", MEMBERS)
    (found,) = refused.value.diagnostics
    assert found.code == "negative-value"
    assert "`D`" in found.message
    assert found.place is not None
    assert found.place.source.slice(found.place.span) == "fund - EUR 5"


def test_a_negative_value_is_told_in_its_own_currency():
    data = "members have fund : money more : money JPY if missing owed given owed : signed money JPY"
    event = "given owed = -JPY 700 given fix = 0.01 member D fund = EUR 5"
    with pytest.raises(RunError, match="`more` is JPY -700, below zero"):
        run(f"also JPY {data} given fix : EUR per JPY {WATERFALL.replace('more each', 'more at fix each')}", event)


def test_a_fault_in_a_value_ends_the_run_although_no_loss_reaches_it():
    rulebook = "members have fund : money more : money if missing fund / 0 waterfall tranche t paid by ccp finally open"
    with pytest.raises(RunError) as refused:
        run(rulebook, "member D fund = EUR 1", "")
    assert [found.code for found in refused.value.diagnostics] == ["division-by-zero"]
    assert run(rulebook, "member D fund = EUR 1 more = EUR 1", "").loss == 0


@pytest.mark.parametrize(
    ("event", "codes"),
    [
        ("member A more = EUR 1 member D more = EUR 1", ["missing-value"]),
        ("given cap = EUR 1 member A more = EUR 1 member D", ["missing-value"]),
        ("given cap = EUR 1 member A member D", ["missing-value"]),
        ("given cap = EUR 1 member A more = EUR 1 member B member C member D", ["missing-value"] * 3),
        ("given cap = USD 1 member A more = EUR 1 member D more = EUR 1", ["currency-mismatch"]),
        ("given cap = EUR 1 member A more = 5 member D more = EUR 1", ["wrong-value"]),
        ("given cap = EUR 1 given cap = EUR 1 member D more = EUR 1", ["duplicate-value"]),
        ("given cup = EUR 1 given cap = EUR 2 member D more = EUR 1", ["unknown-name"]),
    ],
)
def test_without_it_a_missing_value_is_a_finding_and_a_broken_one_is_not_called_missing(event, codes):
    with pytest.raises(CheckError) as refused:
        run(f"members have more : money given cap : money {WATERFALL}", event)
    assert [found.code for found in refused.value.diagnostics] == codes


DEFINITIONS = """
define of_run as 50% of loss
define through as more + EUR 1
define each_of as 2 * more
"""


@pytest.mark.parametrize(
    ("declarations", "code"),
    [
        ("more : money if missing more", "circular-definition"),
        ("more : money if missing other other : money if missing more", "circular-definition"),
        ("more : money if missing 5", "type-mismatch"),
        ("more : money if missing 5%", "type-mismatch"),
        ("more : money if missing USD 5", "currency-mismatch"),
        ("more : money if missing loss", "not-for-missing"),
        ("more : money if missing used(mutual)", "not-for-missing"),
        ("more : money if missing total_paid", "not-for-missing"),
        ("more : money if missing of_run", "not-for-missing"),
        ("more : money if missing (sum of fund over survivors) fund : money", "not-for-missing"),
        ("more : money if missing through", "circular-definition"),
        ("more : money if missing (sum of more over members)", "circular-definition"),
        ("more : money if missing EUR 1 given capital : money if missing each_of", "not-for-missing"),
        ("more : money if missing nothing", "unknown-name"),
        ("more : money given capital : money if missing more", "not-for-missing"),
        ("more : money other : one of a, b if missing c", "unknown-name"),
        ("more : money other : one of a, b if missing x third : one of x, y", "type-mismatch"),
    ],
)
def test_values_for_missing_ones_are_checked_before_anything_runs(declarations, code):
    with pytest.raises(RulelangError) as refused:
        run(f"members have {declarations} {DEFINITIONS} {WATERFALL}", "member D")
    assert code in {found.code for found in refused.value.diagnostics}


@pytest.mark.parametrize("step", [-1, 1])
def test_names_that_rest_on_each_other_by_thousands_are_filled_in(step):
    count = 2000
    names = [f"p{number}" for number in range(count)][::-step]
    lines = [f"    {names[0]} : number", *(f"    {a} : number if missing {b} + 1" for b, a in pairwise(names))]
    fields = "\n".join(sorted(lines, key=lambda line: int(line.split()[0][1:])))
    program = rulelang.parse_rulebook(
        f'rulebook "B"\ncurrency EUR\nmembers have\n{fields}\nwaterfall\n tranche one paid by ccp up to EUR 1\n'
    )
    text = f'event "E"\ndeclared 2020-01-01\nmember M\n    {names[0]} = 1\ndefault of M loss EUR 1\n'
    allocation = rulelang.evaluate(program, check_event(SourceText.from_text(text), program))
    assert {use.value for use in allocation.trail.missing} == set(range(2, count + 1))
