"""A date names a day of the calendar, wherever one stands."""

import json
from pathlib import Path

import pytest

from rulelang import RulelangError
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.rulebook import check_rulebook
from tests.fixing import applied

RULES = """rulebook "2018-02-31" version {version}
currency EUR
members have
    since : date
given until : date
define late as declared > {literal}
waterfall
tranche own paid by ccp up to EUR 1 in any 30 days in force from {start} to {end} when late
"""
DATES = {"version": "2018-01-01", "literal": "2018-01-01", "start": "2018-01-01", "end": "2019-01-01"}

EVENT = """event "2018-02-31"
declared {declared}
given until = {given}
member D since = {field}
default of D loss EUR 2
paid {paid} by ccp under own EUR 1
"""
DAYS = {"declared": "2018-06-01", "given": "2018-01-01", "field": "2018-01-01", "paid": "2018-05-31"}

NO_DAYS = [
    "2018-02-31",
    "2018-02-29",
    "1900-02-29",
    "2018-00-10",
    "2018-13-01",
    "2018-04-31",
    "2018-01-00",
    "0000-01-01",
]
OTHER_FORMS = ["2018-2-28", "28.02.2018", "31.02.2018", "28/02/2018", "20180228", "2018-W01-1", "2018-060", "2018-02"]


def rulebook(**dates: str):
    return check_rulebook(SourceText.from_text(RULES.format(**{**DATES, **dates}), "a.rules"))


def codes(work) -> set[str]:
    with pytest.raises(RulelangError) as caught:
        work()
    return {found.code for found in caught.value.diagnostics}


@pytest.mark.parametrize("text", NO_DAYS)
@pytest.mark.parametrize("where", DATES)
def test_a_rulebook_has_no_day_that_is_none(where, text):
    assert codes(lambda: rulebook(**{where: text})) == {"malformed-date"}


@pytest.mark.parametrize("text", NO_DAYS)
@pytest.mark.parametrize("where", DAYS)
def test_a_test_in_a_rulebook_has_no_day_that_is_none(where, text):
    _, *items = EVENT.format(**{**DAYS, where: text}).replace('event "2018-02-31" ', "event\n").splitlines()
    test = "\n".join(['test "t"', *items, "expect uncovered EUR 1", ""])
    written = SourceText.from_text(RULES.format(**DATES) + test, "a.rules")
    assert codes(lambda: check_rulebook(written)) == {"malformed-date"}


@pytest.mark.parametrize("text", OTHER_FORMS)
@pytest.mark.parametrize("where", DATES)
def test_a_rulebook_takes_no_other_form_for_a_date(where, text):
    codes(lambda: rulebook(**{where: text}))


@pytest.mark.parametrize("text", ["2018-02-28", "2000-02-29", "0001-01-01", "9999-12-31"])
def test_a_version_may_be_any_day(text):
    assert rulebook(version=text).version == text


@pytest.mark.parametrize("text", ["2018.1", "2018-02-31", "31.02.2018", "model", "", "1", "20180231"])
def test_a_version_in_quotes_is_what_its_authors_call_it(text):
    assert rulebook(version=f'"{text}"').version == text


def test_the_finding_stands_at_the_version():
    text = RULES.format(**{**DATES, "version": "# of 2018-01-01\n  2018-02-31"})
    with pytest.raises(RulelangError) as caught:
        check_rulebook(SourceText.from_text(text, "a.rules"))
    (found,) = caught.value.diagnostics
    assert found.place.source.slice(found.place.span) == "2018-02-31"
    assert found.place.position == (2, 3)
    assert found.helps == ("February 2018 has 28 days",)


def test_many_comments_in_the_header_take_no_time():
    text = RULES.format(**{**DATES, "version": "#" + " #" * 2000 + "\n" + "# a # b\n" * 2000 + "2018-02-31"})
    assert codes(lambda: check_rulebook(SourceText.from_text(text, "a.rules"))) == {"malformed-date"}


@pytest.mark.parametrize("text", ["31.02.2018", "2018-2-31", "20180231", "31 February 2018"])
def test_no_help_names_a_day_that_is_none(text):
    with pytest.raises(RulelangError) as caught:
        rulebook(version=text)
    found = caught.value.diagnostics[0]
    assert found.code == "foreign-date"
    assert not any("2018-02-31" in help_ for help_ in found.helps)
    assert not found.fixes


@pytest.mark.parametrize("text", NO_DAYS)
@pytest.mark.parametrize("where", DAYS)
def test_an_event_has_no_day_that_is_none(where, text):
    program = rulebook()
    source = SourceText.from_text(EVENT.format(**{**DAYS, where: text}), "a.event")
    assert codes(lambda: check_event(source, program)) == {"malformed-date"}


@pytest.mark.parametrize("text", OTHER_FORMS)
@pytest.mark.parametrize("where", DAYS)
def test_an_event_takes_no_other_form_for_a_date(where, text):
    program = rulebook()
    source = SourceText.from_text(EVENT.format(**{**DAYS, where: text}), "a.event")
    codes(lambda: check_event(source, program))


@pytest.mark.parametrize("text", [*NO_DAYS, *OTHER_FORMS, "2018-02-28T00:00", "２０１８-02-28", ""])
@pytest.mark.parametrize("where", DAYS)
def test_a_json_event_takes_nothing_else_for_a_date(where, text):
    days = {**DAYS, where: text}
    data = {
        "event": "e",
        "declared": days["declared"],
        "givens": {"until": days["given"]},
        "members": [{"member": "D", "fields": {"since": days["field"]}}],
        "defaults": [{"member": "D", "amount": "2"}],
        "payments": [{"date": days["paid"], "payer": "ccp", "step": "own", "amount": "1"}],
    }
    program = rulebook()
    codes(lambda: check_event(SourceText.from_text(json.dumps(data), "e.json"), program))


@pytest.mark.parametrize("text", [*NO_DAYS, *OTHER_FORMS, "2018-02-28T00:00"])
def test_a_table_takes_nothing_else_for_a_date(text):
    event = EVENT.format(**DAYS).replace("member D since = 2018-01-01", 'members from "m.csv"')
    table = SourceText.from_text(f"member,since\nD,{text}\n", "m.csv")
    source = SourceText.from_text(event, "a.event", Path("a.event"))
    program = rulebook()
    assert codes(lambda: check_event(source, program, lambda *_: table)) == {"malformed-date"}


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("28.02.2018", "write `2018-02-28`"),
        ("2018-2-28", "write `2018-02-28`"),
        ("28 Feb 2018", "write `2018-02-28`"),
        ("20180228", "write `2018-02-28`"),
        ("2018-02-28T00:00", "write `2018-02-28`"),
        ("28/02/2018", "write `2018-02-28`"),
        ("01/02/2018", "write `2018-02-01` or `2018-01-02`, whichever day is meant"),
        ("31.02.2018", "write a date as year-month-day, as in `2018-09-11`"),
        ("43159", "a spreadsheet counts days: write `2018-02-28`, or `2022-03-01` if it counts them from 1904"),
    ],
)
def test_a_day_of_a_table_is_led_to_its_form(written, advice):
    table = SourceText.from_text(f"member,since\nD,{written}\n", "m.csv")
    text = 'event "E"\ndeclared 2018-06-01\ngiven until = 2018-01-01\nmembers from "m.csv"\ndefault of D loss EUR 2\n'
    with pytest.raises(RulelangError) as caught:
        check_event(SourceText.from_text(text, "a.event", Path("a.event")), rulebook(), lambda *_: table)
    (found,) = caught.value.diagnostics
    assert found.helps == (advice,)
    assert "is not written year-month-day" in found.message
    for fix in found.fixes:
        assert applied(table.text, [fix]) == f"member,since\nD,{fix.replacement}\n"


def test_what_is_dated_by_the_day_itself_is_no_value_of_an_earlier_day():
    program = rulebook()
    event = EVENT.format(**DAYS).replace("since =", "since as of 2018-06-01 =")
    event = event.replace("given until =", "given until as of 2018-06-01 =")
    dated, plain = (
        check_event(SourceText.from_text(text, "a.event"), program) for text in (event, EVENT.format(**DAYS))
    )
    assert (dated.fields, dated.givens) == (plain.fields, plain.givens)
    assert (dated.past.fields, dated.past.givens) == ({}, {})
