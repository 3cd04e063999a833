"""How many random examples a property test tries.

``@examples(150)`` tries 150 in the whole suite, a tenth of them in the quick one (``pytest -m "not slow"``) and ten
times as many in the long run (``pytest --long``).  ``tests/conftest.py`` says which of the three it is, in the
environment, so that the processes of a parallel run know it too.
"""

import os
from fractions import Fraction

from hypothesis import HealthCheck, settings

VARIABLE = "RULELANG_TEST_EXAMPLES"
QUICK, LONG = "1/10", "10"


def share_of(usual: int) -> int:
    """So many of the usual number of examples, at least five."""
    return max(5, int(usual * Fraction(os.environ.get(VARIABLE, "1"))))


def examples(usual: int) -> settings:
    """The settings of a property test that usually tries so many examples; no example has a deadline."""
    return settings(max_examples=share_of(usual), deadline=None, suppress_health_check=[HealthCheck.too_slow])
