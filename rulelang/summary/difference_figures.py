"""What a sweep of two versions says: in how many scenarios they differ, and who pays most more or less where."""

from attrs import frozen

from rulelang.base.money import Currency
from rulelang.summary.source import About
from rulelang.summary.statistics import Distribution


@frozen
class Extreme:
    """The largest difference in one direction: the amount, the scenario, and the commands that run both versions.

    The amount is in minor units, new less old.
    """

    amount: int
    scenario: str
    new: str
    old: str


@frozen
class DifferenceLine:
    """What one payer, step or the uncovered loss differs by; ``more`` and ``less`` are ``None`` where it never does."""

    kind: str
    name: str
    amount: Distribution
    more: Extreme | None
    less: Extreme | None


@frozen
class DifferenceFigures:
    """What a sweep of two versions says; in ``differing`` scenarios some payer or the uncovered loss differs."""

    about: About
    currency: Currency
    scenarios: int
    differing: int
    lines: tuple[DifferenceLine, ...]
