"""How many random examples a property test tries.

A property test tries 100 in the whole suite, or with ``@examples(150)`` so many; a tenth of them in the quick one
(``pytest -m "not slow"``) and ten times as many in the long run (``pytest --long``).  The long run draws other ones
each time, the others try the same ones every time, so that a change is judged by what it does.  ``tests/conftest.py``
says which of the three it is, in the environment, so that the processes of a parallel run know it too.
"""

import os
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

VARIABLE = "RULELANG_TEST_EXAMPLES"
QUICK, LONG = "1/10", "10"
USUAL = 100
Item = TypeVar("Item")


def _share() -> Fraction:
    return Fraction(os.environ.get(VARIABLE, "1"))


def is_quick() -> bool:
    """Whether this is the quick run."""
    return _share() < 1


def is_long() -> bool:
    """Whether this is the long run."""
    return _share() > 1


def share_of(usual: int, least: int = 5) -> int:
    """So many of the usual number of examples, yet no fewer than the least."""
    return max(least, int(usual * _share()))


def some_of(cases: Sequence[Item]) -> Sequence[Item]:
    """All cases, or in the quick run one in ten of them, the first among them."""
    return cases[:: max(1, int(1 / _share()))]


def mostly_slow(cases: Iterable[Item], every: int = 10) -> list[Any]:
    """The cases as parameters of a test, marked slow but for one in so many, the first among them.

    The quick run, which would throw away those marked slow, gets only the others.
    """
    if is_quick():
        return list(cases)[::every]
    return [pytest.param(case, marks=pytest.mark.slow) if number % every else case for number, case in enumerate(cases)]


def every_other(cases: Iterable[str], forms: Iterable[str], always: str) -> list[Any]:
    """Each case in each form, marked slow but for one form, every other one of a case and every other case of one."""
    return [
        pytest.param(case, form, marks=pytest.mark.slow if (row + column) % 2 and form != always else ())
        for row, case in enumerate(cases)
        for column, form in enumerate(forms)
    ]


def examples(usual: int, least: int = 5) -> settings:
    """The settings of a property test that usually tries so many examples; no example has a deadline."""
    return settings(max_examples=share_of(usual, least))


def settle_examples() -> None:
    """Have every property test try its share, whether or not it says how many; before any of them is read."""
    patient = [HealthCheck.too_slow, HealthCheck.data_too_large]
    settings.register_profile(
        "share",
        max_examples=share_of(USUAL),
        deadline=None,
        suppress_health_check=patient,
        derandomize=_share() <= 1,
    )
    settings.load_profile("share")
