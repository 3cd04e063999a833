"""Levels of quantiles and expected shortfalls, as exact shares."""

from fractions import Fraction

from attrs import field, frozen

from rulelang.base.money import decimal_value


@frozen
class Level:
    """A level such as 99.9%: ``share`` is the exact share of one, ``text`` how it was written (``99.9``)."""

    share: Fraction
    text: str = field(eq=False)

    @property
    def percent(self) -> str:
        """The level as a person writes it: ``99.9%``."""
        return f"{self.text}%"

    def rank(self, count: int) -> int:
        """Which of ``count`` amounts, from the smallest on, is the quantile: the nearest rank, ``ceil(share * count)``.

        The quantile is the smallest amount that is not exceeded in at least this share of the scenarios; it is always
        an amount that occurs.
        """
        return max(1, _up(self.share * count))

    def worst(self, count: int) -> int:
        """Of how many of the largest amounts the expected shortfall is the mean: ``ceil((1 - share) * count)``."""
        return max(1, _up((1 - self.share) * count))


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def read_levels(text: str) -> tuple[Level, ...]:
    """Levels from percentages with commas between them, as in ``50,95,99.9``.

    Raises:
        ValueError: one is no percentage from 0 to 100, or stands twice; with a message for people.
    """
    found: dict[Fraction, Level] = {}
    for word in text.split(","):
        written = word.strip().removesuffix("%").strip()
        try:
            share = decimal_value(written) / 100
        except ValueError:
            raise ValueError(f"`{word.strip()}` is no percentage") from None
        if not 0 <= share <= 1:
            raise ValueError(f"{written}% is not from 0% to 100%")
        if share in found:
            raise ValueError(f"{written}% stands twice")
        found[share] = Level(share, written)
    return tuple(found.values())


USUAL = read_levels("50,95,99,99.9")
"""The levels of a summary, unless others are asked for."""
BOX = read_levels("5,25,50,75,95")
"""The levels that a box of a chart shows."""
(NEARLY_ALL,) = read_levels("99.9")
"""Losses above the quantile of this level share a class of a chart."""
