"""A rulebook that settles in euro and takes amounts in other currencies, with fewer and with more decimals."""

from fractions import Fraction

import rulelang
from rulelang.base.source import SourceText
from rulelang.check.events.event import check_event

BOOK = """rulebook "Several currencies" version "1"
currency EUR also JPY, KWD, GLD with 5 decimals
members have fund : money
given plain : money
given yen : money JPY
given dinar : money KWD
given gold : money GLD
given yen_fix : EUR per JPY
given dinar_fix : EUR per KWD
given gold_fix : EUR per GLD
waterfall
    tranche own paid by ccp up to plain
    tranche in_yen paid by ccp up to yen at yen_fix
    tranche in_dinar paid by ccp up to dinar at dinar_fix
    tranche in_gold paid by ccp up to gold at gold_fix
    tranche pool paid by survivors from fund shared pro rata to fund
    finally closure
"""
EVENT = """event "A default" declared 2024-05-06
given plain = EUR 3
given yen = JPY 700
given dinar = KWD 1.500
given gold = GLD 0.02123
given yen_fix = 0.006
given dinar_fix = 3.1
given gold_fix = 130
member A fund = EUR 5
member B fund = EUR 50
member C fund = EUR 20
default of A loss EUR 40
"""
VARIED = {"yen": ("JPY", 0), "dinar": ("KWD", 3), "gold": ("GLD", 5)}
"""The givens in other currencies, with the code and the decimals of each."""


def load(book=BOOK, event=EVENT):
    """The rulebook and an event of it."""
    program = rulelang.parse_rulebook(book)
    return program, _event(event, program)


def _event(text, program):
    return check_event(SourceText.of(text, "a.event"), program)


def run_with(given, told, book=BOOK, event=EVENT):
    """The run where a given is what somebody was told that it is, such as ``JPY 700``."""
    lines = [f"given {given} = {told}" if line.startswith(f"given {given} =") else line for line in event.splitlines()]
    program = rulelang.parse_rulebook(book)
    return rulelang.evaluate(program, _event("\n".join(lines), program))


def number(told):
    """An amount or a slope as a program is told it: a decimal, or a quotient."""
    return Fraction(told)


def decimals(told):
    """How many decimals a told amount has."""
    return len(told.partition(".")[2])
