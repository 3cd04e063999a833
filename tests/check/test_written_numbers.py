"""Numbers of tables, JSON and the command line: what is read, what is ambiguous, and what is said of all the rest."""

import json
from pathlib import Path

import pytest

import rulelang
from rulelang import RulelangError
from rulelang.base.diagnostic import Diagnostic
from rulelang.base.money import Currency
from rulelang.base.render import render_text
from rulelang.base.source import Span
from rulelang.check.events.amounts import amount_in
from rulelang.check.events.values import from_cell
from rulelang.check.exact import Refusal
from rulelang.check.program import DatumProgram
from rulelang.check.types import RATIO
from rulelang.check.written_numbers import NotPlain, plain_amount, plain_number

EUR, KWD, JPY, BTC = Currency("EUR", 2), Currency("KWD", 3), Currency("JPY", 0), Currency("BTC", 8)


@pytest.mark.parametrize(
    ("text", "currency", "plain"),
    [
        ("1080", EUR, "1080"),
        ("-1080.5", EUR, "-1080.5"),
        ("1,080", EUR, "1080"),
        ("1,080.50", EUR, "1080.50"),
        ("1,080", JPY, "1080"),
        ("1.080", KWD, "1.080"),
        ("1,080,000", KWD, "1080000"),
        ("1,080.500", KWD, "1080.500"),
        ("1.08012345", BTC, "1.08012345"),
        ("1.0800", EUR, "1.0800"),
    ],
)
def test_what_has_one_reading_is_read(text, currency, plain):
    assert plain_amount(text, currency) == plain


@pytest.mark.parametrize(
    ("text", "currency", "advice"),
    [
        ("1.080", EUR, "write `1080` for thousands, or `1.08`"),
        ("-2.500", EUR, "write `2500` for thousands, or `2.50`"),
        ("1.085", EUR, "write `1085` for thousands"),
        ("1.080", JPY, "write `1080` for thousands"),
        ("1,080", KWD, "write `1080`, or `1.080`"),
        ("-1,080", BTC, "write `-1080`, or `-1.080`"),
    ],
)
def test_what_may_be_thousands_or_decimals_is_refused(text, currency, advice):
    with pytest.raises(Refusal) as refused:
        plain_amount(text, currency)
    assert (refused.value.code, str(refused.value.help)) == ("ambiguous-amount", advice)


@pytest.mark.parametrize("text", ["1,080", "12,500", "-1,250"])
def test_numbers_that_are_no_money_may_have_decimals(text):
    with pytest.raises(Refusal):
        plain_number(text)
    doubts: list[Refusal] = []
    assert plain_number(text, doubts) == text.replace(",", "")
    assert len(doubts) == 1


def test_tables_and_json_read_a_doubtful_comma_as_thousands_and_say_so(tmp_path):
    rules = RULES.replace("EUR", "KWD")
    (tmp_path / "a.rules").write_text(rules, "utf-8")
    (tmp_path / "m.csv").write_text('member,fund\nA,"1,080"\nB,"1,080.500"\nZ,"1,080,000"\n', "utf-8")
    text = 'event "e"\ndeclared 2024-01-01\ngiven own = KWD 1\nmembers from "m.csv"\ndefault of Z loss KWD 5\n'
    (tmp_path / "e.event").write_text(text, "utf-8")
    event = rulelang.load_event(tmp_path / "e.event", rulelang.load_rulebook(tmp_path / "a.rules"))
    assert event.fields["fund", None] == {"A": 1080000, "B": 1080500, "Z": 1080000000}
    assert [(one.code, one.message, one.place.pointer) for one in event.warnings] == [
        ("doubtful-comma", "`1,080` may mean KWD 1080 or KWD 1.080, and is read as thousands", "row 2, column fund")
    ]


def test_a_ratio_that_may_be_a_number_of_per_cent_is_told(tmp_path):
    rules = RULES.replace("fund : money", "fund : money\n    part : ratio\n    size : number")
    (tmp_path / "a.rules").write_text(rules, "utf-8")
    table = "member,fund,part,size\nA,1,25,25\nB,1,12.5%,1\nC,1,9.75,1\nD,1,2500%,1\nZ,1,0.5,1\n"
    (tmp_path / "m.csv").write_text(table, "utf-8")
    text = 'event "e"\ndeclared 2024-01-01\ngiven own = EUR 1\nmembers from "m.csv"\ndefault of Z loss EUR 5\n'
    (tmp_path / "e.event").write_text(text, "utf-8")
    (found,) = rulelang.load_event(tmp_path / "e.event", rulelang.load_rulebook(tmp_path / "a.rules")).warnings
    assert (found.code, found.place.pointer) == ("doubtful-ratio", "row 2, column part")
    assert found.message == "`part` of `A` is a ratio, and `25` is 25 times the whole"
    assert [fix.replacement for fix in found.fixes] == ["25%"]


@pytest.mark.parametrize(
    ("text", "plain", "obstacle"),
    [
        ("1.070,10", "1070.10", "points stand between thousands and a comma before the decimals"),
        ("1.234.567", "1234567", "points stand between thousands"),
        ("1080,5", "1080.5", "a comma stands before the decimals"),
        ("0,250", "0.25", "a comma stands before the decimals"),
        ("1 080.50", "1080.50", "a blank stands inside"),
        ("1\u00a0080.50", "1080.50", "the sign U+00A0 (no-break space) stands inside"),
        ("1\u202f080,50", "1080.50", "the sign U+202F (narrow no-break space) stands inside"),
        ("1\u2009080", "1080", "the sign U+2009 (thin space) stands inside"),
        ("1\u200b000", "1000", "the sign U+200B (zero width space) stands inside"),
        ("1,23,45,678.90", "12345678.90", "the commas stand between lakhs and crores"),
        ("50,00,000", "5000000", "the commas stand between lakhs and crores"),
        ("1'080.50", "1080.50", "`'` stands inside"),
        ("1\u2019080", "1080", "the sign U+2019 (right single quotation mark) stands inside"),
        ("€ 1.080,50", "1080.50", "the sign U+20AC (euro sign) stands in front"),
        ("5 EUR", "5", "a blank stands inside"),
        ("EUR 5", "5", "`EUR` stands in front"),
        ("(5.00)", "-5.00", "`(` stands in front"),
        ("5-", "-5", "the minus stands at the end"),
        ("\u22125", "-5", "the sign U+2212 (minus sign) stands in front"),
        ("+5", "5", "`+` stands in front"),
        ("\u0661\u0662", "12", "the sign U+0661 (arabic-indic digit one) stands in front"),
        # what has no reading, or more than one, is not rewritten
        ("€1.080", None, "the sign U+20AC (euro sign) stands in front"),
        ("$5", None, "`$` stands in front"),
        ("USD 5", None, "`USD` stands in front"),
        ("1e6", None, "`e` stands inside"),
        ("5 million", None, "a blank stands inside"),
        ("N/A", None, "`N/A` is no number"),
        ("\u2013", None, "`\u2013` is no number"),
        ("1,2,3", None, None),
        ("1.2.3", None, None),
    ],
)
def test_the_sign_in_the_way_is_named_and_the_number_shown_without_it(text, plain, obstacle):
    with pytest.raises(NotPlain) as refused:
        plain_amount(text, EUR)
    assert (refused.value.plain, refused.value.obstacle) == (plain, obstacle)
    if plain is not None:
        assert plain_amount(plain, EUR) == plain


RULES = """rulebook "Fund"
currency EUR
given own : money
members have
    fund : money
waterfall
    tranche first paid by ccp from own
    tranche draw paid by survivors from fund shared pro rata to fund
    finally closure
"""


def refused_by(folder: Path, name: str, text: str, **files: str) -> list[Diagnostic]:
    """What is found when an event of a name is read."""
    for each, content in {"a.rules": RULES, name: text, **files}.items():
        (folder / each).write_text(content, "utf-8")
    with pytest.raises(RulelangError) as refused:
        rulelang.load_event(folder / name, rulelang.load_rulebook(folder / "a.rules"))
    return list(refused.value.diagnostics)


@pytest.mark.parametrize("amount", ["1.080", "1.070,10", "1\u00a0080", "1,23,45,678.90"])
def test_tables_and_json_have_one_standard(amount, tmp_path):
    head = 'event "e"\ndeclared 2024-01-01\n'
    quoted = f'"{amount}"'
    blocks = "member A fund = EUR 1\nmember Z fund = EUR 1\n"
    own, loss = "given own = EUR 1\n", "default of Z loss EUR 5\n"
    lines = [
        f'{own}members from "m.csv"\n{loss}|member,fund\nA,{quoted}\nZ,0\n',
        f'givens from "m.csv"\n{blocks}{loss}|name,value\nown,{quoted}\n',
        f'{own}{blocks}defaults from "m.csv"\n|member,loss\nZ,{quoted}\n',
        f'{own}{blocks}paid from "m.csv"\n{loss}|date,payer,step,amount\n2024-01-01,A,draw,{quoted}\n',
    ]
    found = [
        refused_by(tmp_path, "e.event", head + text, **{"m.csv": table})
        for text, table in (each.split("|") for each in lines)
    ]
    event = {
        "event": "e",
        "declared": "2024-01-01",
        "givens": {"own": "1"},
        "defaults": [{"member": "Z", "amount": "5"}],
    }
    members = [{"member": "A", "fund": amount}, {"member": "Z", "fund": "0"}]
    event["members"] = [{"member": each["member"], "fields": {"fund": each["fund"]}} for each in members]
    found.append(refused_by(tmp_path, "e.json", json.dumps(event)))
    assert {(one.code, one.helps) for each in found for one in each} == {(found[0][0].code, found[0][0].helps)}
    assert [len(each) for each in found] == [1] * 5
    assert found[0][0].code == ("ambiguous-amount" if amount == "1.080" else "wrong-value")


def test_what_cannot_be_seen_is_shown_in_the_message_and_in_the_line(tmp_path):
    event = 'event "e"\ndeclared 2024-01-01\ngiven own = EUR 1\nmembers from "m.csv"\ndefault of A loss EUR 5\n'
    found = refused_by(tmp_path, "e.event", event, **{"m.csv": 'member,fund\nA,"1\u202f080.50"\n'})
    shown = render_text(found)
    assert "\u202f" not in shown
    assert shown.count(r"1\u202f080.50") == 2
    assert "U+202F (narrow no-break space)" in shown


@pytest.mark.parametrize(
    ("text", "currency", "code", "advice"),
    [
        ("1.080", EUR, "ambiguous-amount", "write `1080` for thousands, or `1.08`"),
        ("EUR 1.080", EUR, "ambiguous-amount", "write `1080` for thousands, or `1.08`"),
        ("KWD 1,080", KWD, "ambiguous-amount", "write `1080`, or `1.080`"),
        (
            "1.070,10",
            EUR,
            "wrong-value",
            'points stand between thousands and a comma before the decimals: write "1070.10"',
        ),
        ("EUR 1,5 million", EUR, "wrong-value", 'a comma stands before the decimals: write "EUR 1.5 million"'),
        ("EUR 1 000", EUR, "wrong-value", 'a blank stands inside: write "EUR 1000"'),
        ("1,23,456", EUR, "wrong-value", 'the commas stand between lakhs and crores: write "123456"'),
    ],
)
def test_amounts_of_the_command_line_are_judged_alike(text, currency, code, advice):
    with pytest.raises(RulelangError) as refused:
        amount_in(text, currency)
    assert [(one.code, one.helps) for one in refused.value.diagnostics] == [(code, (advice,))]


def test_amounts_of_the_command_line_take_scales_and_longer_codes():
    assert amount_in("EUR 1.080 million", EUR) == 108000000
    assert amount_in("5 lakh", EUR) == 50000000
    assert amount_in("USDC 1_000", Currency("USDC", 6)) == 10**9


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("25 %", "a blank stands at the end: write `25%`"),
        ("12,5%", "a comma stands before the decimals: write `12.5%`"),
        ("12,5", "a comma stands before the decimals: write `12.5`"),
        ("%25", "`%` stands in front: write a number such as `0.25` or `25%`"),
        ("25 bp", "a blank stands inside: write a number such as `0.25` or `25%`"),
    ],
)
def test_a_percentage_stays_one(text, advice):
    ratio = DatumProgram("x", RATIO, signed=False, per_segment=False, note=None, if_missing=None, span=Span(0, 0))
    with pytest.raises(Refusal) as refused:
        from_cell(text, ratio, EUR, "`x`")
    assert str(refused.value.help) == advice


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("1 234 567", True),
        ("1'234.50", True),
        ("1 000,50", True),
        ("12 34 567", True),
        ("12 5", False),
        ("1 2 3", False),
        ("2018'5", False),
        ("12 345 67", False),
        ("1 234.5 6", False),
        ("1 234'567", False),
    ],
)
def test_blanks_are_surely_between_thousands_only_in_groups_of_three(text: str, sure: bool) -> None:
    with pytest.raises(NotPlain) as refused:
        plain_amount(text, EUR)
    assert refused.value.sure is sure
