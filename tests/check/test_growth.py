"""The cost of a check grows as the text does: calls are counted, so that a busy machine changes nothing."""

import cProfile
import pstats
from collections.abc import Callable

import pytest

from benchmarks.parse import rulebook
from rulelang.base.source import SourceText
from rulelang.check.rulebook import check_rulebook

HEAD = """rulebook "Growing" version 2024-01-01
currency EUR
members have
    margin : money
"""
OWN = "    tranche own paid by defaulters from margin\n"


def _lines(form: str, number: int) -> str:
    return "".join(f"{form.format(each)}\n" for each in range(1, number + 1))


def _waterfall(steps: str) -> str:
    return f"waterfall\n{OWN}{steps}    finally closure\n"


def limits(number: int) -> str:
    step = f"    tranche fund paid by survivors\n{_lines('        up to {}% of margin each', number)}"
    return HEAD + _waterfall(f"{step}        shared equally\n")


def limits_in_total(number: int) -> str:
    step = f"    tranche fund paid by survivors\n{_lines('        up to EUR {} in total', number)}"
    return HEAD + _waterfall(f"{step}        shared equally\n")


def named_limits(number: int) -> str:
    steps = _lines("    assessment calls_{0} paid by survivors up to at_most_{0} shared equally", number)
    return HEAD + _lines("limit at_most_{0} as {0}% of margin each in any 30 days", number) + _waterfall(steps)


def steps(number: int) -> str:
    return HEAD + _waterfall(_lines("    tranche junior_{0} paid by ccp up to EUR {0}", number))


def definitions(number: int) -> str:
    named = "define value_0 as EUR 1\n" + "".join(
        f"define value_{each} as value_{each // 2} + EUR 1\n" for each in range(1, number)
    )
    return HEAD + named + _waterfall(f"    tranche junior paid by ccp up to value_{number - 1}\n")


def statements(number: int) -> str:
    return HEAD + _waterfall("") + _lines('ensure "claim {0}": sum of margin over survivors >= EUR {0}', number)


def choices(number: int) -> str:
    names = [f"grade_{each}" for each in range(number)]
    step = f"    tranche fund paid by survivors from margin in order of grade: {' then '.join(names)} shared equally\n"
    return f"{HEAD}    grade : one of {', '.join(names)}\n{_waterfall(step)}"


def calls_of_a_check(text: str) -> int:
    source, profile = SourceText.of(text, "growing.rules"), cProfile.Profile()
    profile.runcall(check_rulebook, source)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def everything(number: int) -> str:
    return rulebook(6 * number)


@pytest.mark.parametrize(
    "of_size", [limits, limits_in_total, named_limits, steps, definitions, statements, choices, everything]
)
def test_twice_the_text_takes_twice_the_calls(of_size: Callable[[int], str]):
    calls_of_a_check(of_size(50))  # classes with many values are made, once
    short, long = (calls_of_a_check(of_size(size)) for size in (90, 180))
    assert long < 2.2 * short
