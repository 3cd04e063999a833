"""Every word that is a keyword only inside a phrase is the name of a datum, whatever stands before it."""

import pytest

from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event
from rulelang.check.program import CheckedProgram
from rulelang.check.rulebook import check_rulebook
from tests.phrase_words import PHRASE_WORDS

WORDS = sorted(PHRASE_WORDS)
BOOK = """rulebook "x" version "1"
currency EUR also SEK
given capital : money
members have
    k : money
    n : number
{}waterfall
    tranche t paid by survivors up to k each shared equally
    finally closure
"""
ENDINGS = {
    "money": [
        "EUR 5",
        "EUR 5 million",
        "k",
        "EUR 3 rounded to EUR 2",
        "sum of k over members",
        "capital as of declared",
    ],
    "number": ["3", "3 * 2", "(3)", "n + 3"],
    "ratio": ["25%"],
    "date": ["declared", "2018-01-01", "declared + 1 day", "2018-01-01 - 2 months", "declared + 5 business days"],
    "text": ['"x"'],
    "yes/no": ["yes", "n = 3"],
    "money SEK": ["SEK 5"],
    "one of red, blue": ["red"],
}
VALUES = {
    "money": ["EUR 5", "EUR 5 million", "EUR 5 crore"],
    "number": ["3", "25%"],
    "date": ["2024-01-02"],
    "text": ['"x"'],
    "yes/no": ["yes"],
    "one of red, blue": ["red"],
}


def checked(fields: str) -> CheckedProgram:
    return check_rulebook(SourceText.from_text(BOOK.format(fields), "x.rules"))


@pytest.mark.parametrize(("type_", "ending"), [(type_, each) for type_, some in ENDINGS.items() for each in some])
def test_behind_each_way_in_which_a_field_may_end(type_, ending):
    checked("".join(f"    {word} : {type_} if missing {ending}\n" for word in WORDS))


@pytest.mark.parametrize(("type_", "value"), [(type_, each) for type_, some in VALUES.items() for each in some])
def test_behind_each_value_in_an_event(type_, value):
    program = checked("".join(f"    {word} : {type_} if missing {value}\n" for word in WORDS))
    values = " ".join(f"{word} as of 2023-01-01 = {value} {word} = {value}" for word in WORDS)
    backwards = " ".join(f"{word} = {value}" for word in reversed(WORDS))
    each = "".join(f'member M{at} "m" {word} = {value} k = EUR 1 n = 1\n' for at, word in enumerate(WORDS))
    event = f'event "x" declared 2024-01-08 given capital = EUR 1 {each} member A {values} k = EUR 1 n = 1'
    event += f" member B {backwards} k = EUR 1 n = 1 default of A loss EUR 1"
    assert check_event(SourceText.from_text(event, "x.event"), program).defaulters == ("A",)
