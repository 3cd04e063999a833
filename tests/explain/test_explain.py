"""Explanations of runs: the whole texts are kept in files, the rules behind them are tested one by one.

``RULELANG_REWRITE=1`` writes the expected texts anew; read the difference before it is committed.
"""

import json
import os
import re
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from rulelang.api.rulebooks import evaluate, load_event, load_rulebook, parse_rulebook
from rulelang.base.diagnostic import CheckError
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.explain.explain import explain
from rulelang.explain.explanation import Explanation, Paragraph
from rulelang.explain.sentences.words import decimal, fraction, listing
from tests.examples import mostly_slow, some_of

EXPECTED = Path(__file__).with_name("expected")
RULEBOOKS = Path(__file__).parents[2] / "rulebooks"

SHARED = """
rulebook "Small book" version "1" cite "Book"
currency EUR
party insurer "Insurance"
members have
    margin : money
    fund   : money
    rank   : one of first, second  if missing first
    strong : yes/no  if missing yes
given capital : money  if missing EUR 3
"""

SMALL = {
    "every_gate": """
define half_fund as 50% of (sum of fund over survivors)   cite "Rule 1"
waterfall
    tranche own "Own margin" cite "Rule 2"
        paid by defaulters from margin
    tranche temporary
        in force from 2018-09-14 to 2018-12-13
        paid by ccp from capital
    tranche policy "Policy"
        when loss > EUR 1 million   cite "Rule 3"
        paid by insurer
        up to EUR 5
    tranche first_half
        paid by survivors from fund
        up to half_fund in total   cite "Rule 4"
        shared pro rata to fund
    assessment calls formerly levy
        at the discretion of "Board"
        paid by survivors where strong
        up to 200% of fund each in any 10 days
        shared pro rata to limits
    haircut gains
        at the discretion of "Board"
        paid by survivors
        up to fund each
        shared equally
    finally closure "Closure" cite "Rule 9"
ensure "nobody pays more than its fund twice" for survivors: total_paid <= 2 * fund   cite "Rule 10"
ensure "the policy pays" : used(policy) > EUR 0
""",
    "limits_and_reallocation": """
waterfall
    tranche reallocated
        paid by survivors
        up to (if strong then EUR 5 else EUR 80) each
        shared pro rata to fund
    tranche strict
        paid by survivors
        up to (if strong then EUR 5 else EUR 80) each
        up to 30% of fund each
        shared pro rata to fund without reallocation
    tranche equal
        paid by survivors where fund > EUR 0
        up to EUR 10 million in total
        shared equally
    finally open
""",
    "ranks": """
waterfall
    tranche ranked
        paid by survivors from fund
        in order of rank: first then second   cite "Rule 7"
        shared pro rata to fund
    tranche by_size
        paid by survivors
        up to margin each
        in order of fund, highest first
        shared equally
    finally open
""",
    "pots": """
waterfall
    tranche capital_once paid by ccp from capital up to EUR 1.25
    tranche fund_once
        paid by survivors from fund
        up to 10% of fund each
        shared pro rata to fund
    tranche capital_again paid by ccp from capital
    tranche fund_again paid by survivors from fund shared pro rata to limits
    finally open
""",
    "groups": """
waterfall
    together "By capacity" cite "Rule 3"
        tranche a_fund paid by survivors from fund shared pro rata to fund
        tranche a_capital paid by ccp from capital
    end
    together in ratio 3 : 1
        assessment calls paid by survivors up to fund each shared pro rata to fund
        tranche insurance paid by insurer up to EUR 200
    end
    together "One pool" as one pool
        assessment more paid by survivors up to 2 * fund each shared pro rata to fund
        tranche last paid by ccp up to EUR 70 shared pro rata to EUR 70
    end
    finally open
""",
}

EVENT = """
event "Small event" declared 2018-12-13
member D "Debtor" margin = EUR 6 fund = EUR 0
member E margin = EUR 2 fund = EUR 1
member A "Alpha" margin = EUR 4 fund = EUR 100 rank = second
member B "Beta" margin = EUR 5 fund = EUR 50 strong = no
member C margin = EUR 0 fund = EUR 0 strong = no
member F margin = EUR 1 fund = EUR 50
"""

EVENTS = {
    "every_gate": """
default of D loss EUR 300.01
default of E loss EUR 5
paid 2018-12-03 by A under levy EUR 11
paid 2018-12-04 by A under levy EUR 22.50
decide calls: invoke by "Board" because "money was short"
decide gains: decline
""",
    "limits_and_reallocation": "default of D loss EUR 100.01 default of E loss EUR 30",
    "ranks": "default of D loss EUR 150.02 default of E loss EUR 30",
    "pots": "default of D loss EUR 90",
    "ranks+low": "default of D loss EUR 80.01",
    "ranks+high": "default of D loss EUR 210.01",
    "groups": "default of D loss EUR 700 default of E loss EUR 0.01",
    "groups+low": "default of D loss EUR 100.01",
    "groups+ratio": "default of D loss EUR 363.01",
}


def small(name: str):
    program = parse_rulebook(SHARED + SMALL[name.partition("+")[0]], "folder/small.rules")
    event = check_event(SourceText.from_text(EVENT + EVENTS[name], "small.event"), program)
    return program, event, evaluate(program, event)


def from_files(rulebook: str, event: str):
    program = load_rulebook(RULEBOOKS / rulebook)
    found = load_event((RULEBOOKS / rulebook).parent / "events" / event, program)
    return program, found, evaluate(program, found)


def run(name: str):
    match name.split("/"):
        case [only]:
            return small(only)
        case [folder, event]:
            return from_files(f"{folder}/rulebook.rules", event)
        case [folder, rules, event]:
            return from_files(f"{folder}/{rules}", event)


CASES = {
    "nasdaq-2018-80": ("nasdaq-commodities-2018/aas-2018.event", {}, 80),
    "nasdaq-2018-120": ("nasdaq-commodities-2018/aas-2018.event", {}, 120),
    "nasdaq-2018-rejected": ("nasdaq-commodities-2018/aas-2018.event", {"rejected": True}, 100),
    "nasdaq-2018-fortum": ("nasdaq-commodities-2018/aas-2018.event", {"payer": "FORTUM"}, 80),
    "nasdaq-2018-fortum-rejected": (
        "nasdaq-commodities-2018/aas-2018.event",
        {"payer": "FORTUM", "rejected": True},
        80,
    ),
    "nasdaq-2018-ccp": ("nasdaq-commodities-2018/aas-2018.event", {"payer": "ccp"}, 80),
    "nasdaq-third-default": ("nasdaq-commodities-2018/third-default.event", {}, 100),
    "nasdaq-calls": ("nasdaq-commodities-2018/assessments-reached.event", {"step": "calls"}, 100),
    "eurex-second-default": ("eurex-pari-passu/second-default.event", {}, 100),
    "segmented-calls": ("segmented-ccp/calls-and-haircut.event", {}, 100),
    "segmented-atlas": ("segmented-ccp/calls-and-haircut.event", {"payer": "ATLAS"}, 100),
    "otc-declined": ("otc-rates/all-declined.event", {"rejected": True}, 100),
    "every-gate": ("every_gate", {}, 90),
    "every-gate-rejected": ("every_gate", {"rejected": True}, 90),
    "every-gate-alpha": ("every_gate", {"payer": "A"}, 90),
    "every-gate-debtor": ("every_gate", {"payer": "D", "rejected": True}, 90),
    "every-gate-beta-rejected": ("every_gate", {"payer": "C", "rejected": True}, 90),
    "limits": ("limits_and_reallocation", {}, 90),
    "limits-alpha": ("limits_and_reallocation", {"payer": "A"}, 90),
    "limits-rejected": ("limits_and_reallocation", {"rejected": True}, 90),
    "ranks": ("ranks", {}, 90),
    "ranks-beta-rejected": ("ranks", {"payer": "B", "rejected": True}, 90),
    "ranks-alpha-rejected": ("ranks", {"payer": "A", "rejected": True}, 90),
    "pots": ("pots", {}, 90),
    "pots-alpha": ("pots", {"payer": "A"}, 90),
    "pots-ccp": ("pots", {"payer": "ccp"}, 90),
    "groups": ("groups", {}, 90),
    "groups-alpha": ("groups", {"payer": "A"}, 90),
    "groups-more": ("groups", {"step": "more"}, 90),
    "groups-low": ("groups+low", {}, 90),
    "groups-ratio": ("groups+ratio", {}, 90),
    "groups-ratio-alpha": ("groups+ratio", {"payer": "A"}, 90),
    "ranks-low": ("ranks+low", {}, 90),
    "ranks-low-beta": ("ranks+low", {"payer": "B"}, 90),
    "ranks-low-alpha-rejected": ("ranks+low", {"payer": "A", "rejected": True}, 90),
    "ranks-high": ("ranks+high", {}, 90),
}


@pytest.mark.parametrize("name", CASES)
def test_the_text_is_the_expected_one(name):
    what, choice, width = CASES[name]
    text = explain(*run(what), **choice).to_text(width)
    path = EXPECTED / f"{name}.txt"
    if os.environ.get("RULELANG_REWRITE"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_expected_text_has_a_case():
    assert {path.stem for path in EXPECTED.iterdir()} == set(CASES)


ALL_RUNS = sorted(
    f"{path.parents[1].name}/{path.name}"
    for path in RULEBOOKS.glob("*/events/*.event")
    if (path.parents[1] / "rulebook.rules").exists() and "interim" not in path.name
)


@pytest.mark.parametrize("name", mostly_slow([*ALL_RUNS, *EVENTS], every=4))
@pytest.mark.parametrize("rejected", [False, True])
def test_every_view_of_every_run_can_be_told(name, rejected):
    program, event, allocation = run(name)
    choices = [{}]
    choices += [{"payer": payer} for payer in (*event.members, "ccp", *program.parties)]
    choices += [{"step": step} for step in program.steps]
    choices += [{"step": step, "payer": event.members[-1]} for step in program.steps]
    for choice in some_of(choices):
        told = explain(program, event, allocation, rejected=rejected, **choice)
        assert told.paragraphs
        for paragraph in told.paragraphs:
            for text in (*paragraph.sentences, *paragraph.lines):
                assert text.endswith("."), text
                assert "None" not in text
                assert ".." not in text
                assert "  " not in text
        json.dumps(told.to_dict())
        assert all(len(line) <= 100 for line in told.to_text(100).splitlines())


@pytest.mark.parametrize("name", mostly_slow([*ALL_RUNS, *EVENTS], every=4))
def test_the_facts_add_up_to_the_allocation(name):
    program, event, allocation = run(name)
    facts = [p.facts for p in explain(program, event, allocation, rejected=True).paragraphs if "payers" in p.facts]
    paid = [
        (fact["step"], row["payer"], fact["segment"], row["pays"])
        for fact in facts
        for row in fact["payers"]
        if Fraction(row["pays"])
    ]
    plain = program.currency.plain
    assert paid == [(a.step, a.payer, a.segment, plain(a.amount)) for a in allocation.allotments]


@pytest.mark.parametrize("name", mostly_slow([*ALL_RUNS, *EVENTS], every=4))
def test_a_formula_gives_the_exact_share_it_states(name):
    program, event, allocation = run(name)
    found = 0
    for paragraph in explain(program, event, allocation, rejected=True).paragraphs:
        for line in paragraph.lines:
            match = re.search(r"([\d,.]+) × ([\d,.]+) / ([\d,.]+) = ([\d,.]+)(…?)", line)
            if match is None:
                continue
            draw, key, weight, share = (
                Fraction(text.rstrip(".,").replace(",", "")) for text in match.group(1, 2, 3, 4)
            )
            found += 1
            unit = Fraction(1, 10 ** len(match[4].rstrip(".,").partition(".")[2]))
            exact = draw * key / weight
            assert share == exact if not match[5] else share < exact < share + unit, line
    assert found or name in FEW_FORMULAS or name not in EVENTS


FEW_FORMULAS = {"ranks", "ranks+high"}


@pytest.mark.parametrize("key", ["pro rata to limits", "equally", "pro rata to margin + EUR 1"])
def test_a_limit_of_zero_is_told_with_those_of_the_others_whatever_the_key(key):
    """C has the limit 0, which is its key where limits are keys: no reason to tell of the others alone."""
    told = told_of_calls(f"up to (if fund = EUR 0 then EUR 0 else EUR 30) each shared {key}")
    assert "allows between EUR 0.00 and EUR 30.00 each, EUR 90.00 together" in told
    assert "3 of the 4 surviving members pay EUR 90.00" in told


@pytest.mark.parametrize("key", ["pro rata to limits", "equally"])
def test_what_used_up_a_limit_is_told_whatever_the_key(key):
    paid = "paid 2018-12-04 by A under calls EUR 40"
    told = told_of_calls(f"up to 40% of fund each in any 10 days shared {key}", paid)
    assert "; EUR 40.00 was already paid since 2018-12-04 (Alpha (A) EUR 40.00), which leaves EUR 40.00" in told
    assert "2 of the 4 surviving members pay EUR 40.00" in told


@pytest.mark.parametrize("key", ["pro rata to limits", "equally"])
def test_a_pot_is_told_whole_whatever_the_key(key):
    told = told_of_calls(f"up to (if strong then EUR 0 else EUR 30) each shared {key}", source="from fund")
    assert "The payers' fund holds EUR 200.00 in all." in told


def test_a_condition_holds_for_those_there_are():
    """There may be several to charge, one, or nobody at all."""
    assert "The condition “fund >= EUR 0” holds for every one of them." in told_of_survivors("A", "B")
    assert "The condition “fund >= EUR 0” holds." in told_of_survivors("A")
    assert "condition" not in told_of_survivors()


def told_of_survivors(*survivors):
    rules = "waterfall tranche pool paid by survivors where fund >= EUR 0 from fund shared equally finally open"
    program = parse_rulebook(SHARED + rules)
    members = " ".join(f"member {each} margin = EUR 0 fund = EUR 5" for each in ("D", *survivors))
    event = check_event(
        SourceText.from_text(f'event "few" declared 2020-01-01 {members} default of D loss EUR 4'), program
    )
    return explain(program, event, evaluate(program, event), step="pool").to_text(1000)


def told_of_calls(clauses, more="", source=""):
    program = parse_rulebook(f"{SHARED} waterfall assessment calls paid by survivors {source} {clauses} finally open")
    losses = f"{EVENT} default of D loss EUR 500 default of E loss EUR 1"
    event = check_event(SourceText.from_text(f"{losses} {more}"), program)
    return explain(program, event, evaluate(program, event), step="calls").to_text(1000)


def test_many_payers_are_cut_short_in_text_and_complete_in_the_values():
    members = "\n".join(f'member "M{number:03}" margin = EUR 0 fund = EUR {number + 1}' for number in range(30))
    rules = "waterfall tranche pool paid by survivors from fund shared pro rata to fund finally open"
    program = parse_rulebook(SHARED + rules)
    losses = 'event "many" declared 2020-01-01 member D margin = EUR 0 fund = EUR 0 default of D loss EUR 400\n'
    event = check_event(SourceText.from_text(losses + members), program)
    allocation = evaluate(program, event)
    told = explain(program, event, allocation)
    rest = sum(sorted((a.amount for a in allocation.allotments), reverse=True)[12:])
    shown = [line for line in told.to_text(200).splitlines() if line.startswith("  - ") and "pays" in line]
    assert len(shown) == 12
    assert shown[0].startswith("  - M029 pays")
    assert f"  - and 18 others, together EUR {rest // 100}.{rest % 100:02}\n" in told.to_text(200)
    assert "- and 18 others, together EUR" in told.to_markdown()
    pool = told.to_dict()["paragraphs"][1]
    assert len(pool["lines"]) == len(pool["facts"]["payers"]) == 30
    whole = explain(program, event, allocation, step="pool").to_text(200)
    assert "others" not in whole
    assert sum(line.startswith("  - ") for line in whole.splitlines()) == 30


@pytest.mark.parametrize(
    ("choice", "code", "advice"),
    [
        ({"payer": "FORTUMM"}, "unknown-member", "did you mean `FORTUM`?"),
        ({"payer": "Fortum"}, "unknown-member", "did you mean `FORTUM`?"),
        ({"step": "fund_drow"}, "unknown-step", "did you mean `fund_draw`?"),
        ({"step": "nothing_like_it"}, "unknown-step", None),
    ],
)
def test_unknown_payers_and_steps_are_findings(choice, code, advice):
    with pytest.raises(CheckError) as caught:
        explain(*run("nasdaq-commodities-2018/aas-2018.event"), **choice)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == code
    assert next(iter(choice.values())) in diagnostic.message
    assert diagnostic.helps == (() if advice is None else (advice,))


def test_a_former_name_finds_its_step():
    (paragraph,) = explain(*small("every_gate"), step="levy").paragraphs
    assert paragraph.facts["step"] == "calls"


def test_a_step_that_never_charges_a_payer_says_whom_it_charges():
    (paragraph,) = explain(*small("every_gate"), step="policy", payer="A").paragraphs
    assert paragraph.sentences == ("Under Rule 3, Insurance (insurer) may be charged, which Alpha (A) is not.",)


HOSTILE = [
    "[x](http://evil)",
    "<script>",
    "**bold**",
    "a|b",
    "# head",
    "- item",
    "1. one",
    "\x1b[31mred",
    "a\nb",
    "\u202ex",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_plain_text(name):
    program, event, allocation = small("every_gate")
    allocation = evolve(allocation, names={**allocation.names, "A": name, "D": name})
    event = evolve(event, title=name)
    told = explain(program, event, allocation)
    text, markdown = told.to_text(90), told.to_markdown()
    for form in (text, markdown):
        assert not {"\x1b", "\u202e"} & set(form)
    for active in (r"(?<!\\)\]\(", "(?<!\\\\)<script", r"(?<!\\)\*", "http://"):
        assert not re.search(active, markdown)
    assert not re.search(r"^(- )?(# head|- item|1\. one)", markdown.partition("\n")[2], re.MULTILINE)
    assert len([line for line in markdown.splitlines() if line.startswith("# ")]) == 1
    assert json.dumps(told.to_dict())


def test_markdown_escapes_what_opens_a_block_or_a_link():
    paragraph = Paragraph("1. Heading", ("1. not a list & www.evil.example $x$ me@there.",), ("- not nested",))
    markdown = Explanation("+ title", (paragraph,)).to_markdown()
    assert markdown == (
        "# \\+ title\n\n## 1. Heading\n\n"
        "1\\. not a list \\& www\\.evil.example \\$x\\$ me@<!-- -->there.\n\n- \\- not nested\n"
    )


def test_text_is_wrapped_by_cells_and_keeps_amounts_whole():
    told = Explanation("日本" * 4, (Paragraph("Head", ("one two EUR 5.00 three",)),))
    assert told.to_text(12) == "日本日本日本日本\n============\n\nHead\n----\none two\nEUR 5.00\nthree\n"


# ---------------------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (0, 0, "0"),
        (1234567, 0, "1,234,567"),
        (1234567, 2, "12,345.67"),
        (-5, 2, "-0.05"),
        (Fraction(1, 3), 0, "0.3333…"),
        (Fraction(10000, 3), 2, "33.333333…"),
        (Fraction(-10000, 3), 2, "-33.333333…"),
        (Fraction(1, 8), 2, "0.00125"),
        (Fraction(1, 2), 0, "0.5"),
        (Fraction(1, 2**9), 0, "0.0019…"),
        (Fraction(1, 2**8), 0, "0.00390625"),
        (Fraction(2, 3), 0, "0.6666…"),
        (2**5000, 0, "a number of 5000 binary digits"),
    ],
)
def test_decimals(value, scale, text):
    assert decimal(value, scale) == text


@given(st.fractions(), st.sampled_from([0, 2, 3]))
def test_a_decimal_is_exact_or_cut_off(value, scale):
    text = decimal(value, scale).replace(",", "")
    exact = abs(value / 10**scale)
    shown = Fraction(text.removesuffix("…").removeprefix("-"))
    if text.endswith("…"):
        assert shown < exact < shown + Fraction(1, 10 ** (scale + 4))
    else:
        assert shown == exact
    assert text.startswith("-") == (value < 0)


def test_fractions_are_in_lowest_terms_and_short():
    assert fraction(Fraction(10000, 3), 2) == "100/3"
    assert fraction(500, 2) == "5"
    assert fraction(Fraction(1, 3**200)) is None


@pytest.mark.parametrize(
    ("names", "most", "text"),
    [
        ([], None, "nobody"),
        (["A"], 1, "A"),
        (["A", "B"], None, "A and B"),
        (["A", "B", "C"], 3, "A, B and C"),
        (["A", "B", "C"], 2, "A, B and 1 other"),
        (["A", "B", "C", "D"], 1, "A and 3 others"),
    ],
)
def test_lists(names, most, text):
    assert listing(names, most) == text
