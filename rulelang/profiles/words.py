"""Words and figures that document and chart of a profile share."""

from fractions import Fraction

from rulelang.base.apportion import round_down
from rulelang.base.decimals import exact_text
from rulelang.base.money import Currency, Exact
from rulelang.profiles.crossings import Crossing
from rulelang.profiles.profile import Profile

_MOST_DIGITS = 4


def shortened(amount: Exact, currency: Currency) -> str:
    """An amount with thousands separators, cut off behind the minor unit; ``…`` says that more digits follow."""
    exact = Fraction(amount)
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    return f"{sign}{currency.grouped(whole)}" + ("…" if rest else "")


def slope_in_words(slope: Exact) -> str:
    """A slope as a short decimal or quotient, else cut off with ``…``."""
    text = exact_text(slope)
    if len(text) <= _MOST_DIGITS + 2:
        return text
    sign = "-" if slope < 0 else ""
    exact = Fraction(slope)
    scaled = abs(exact.numerator) * 10**_MOST_DIGITS // exact.denominator
    whole, decimals = divmod(scaled, 10**_MOST_DIGITS)
    return f"{sign}{whole}.{decimals:0{_MOST_DIGITS}}…"


def place(crossing: Crossing | None, currency: Currency, *, ends: bool = False) -> str:
    """Where something starts (just above, unless ``at``) or ends; a dash where it never does.

    ``currency`` is that of the variable.
    """
    if crossing is None:
        return "–"
    return ("at " if crossing.attained and not ends else "") + shortened(crossing.at, currency)


def turn_in_words(step: str, segment: str | None) -> str:
    """A step, with its segment if it has one."""
    return step if segment is None else f"{step} ({segment})"


def range_in_words(profile: Profile) -> str:
    """From where to where a profile goes."""
    show = profile.variable.currency.show
    start = show(profile.start)
    return f"from {start} " + ("to where nothing more changes" if profile.stop is None else f"to {show(profile.stop)}")


def exactness_in_words(profile: Profile) -> list[str]:
    """How exact a profile is, a line for each thing to be said."""
    exactness, currency = profile.exactness, profile.variable.currency
    unit = "" if profile.variable.foreign is None else f"{currency.code} "
    if exactness.to_the_last_unit:
        return ["exact: every run gives these amounts, shares rounded to the minor unit by largest remainder"]
    lines = []
    if exactness.slack:
        most = max(exactness.slack.values())
        named = [turn_in_words(*turn) for turn in exactness.slack]
        listed = ", ".join(named[:4]) + (f" and {len(named) - 4} more" if len(named) > 4 else "")
        units = -round_down(-most)
        lines.append(
            f"runs may differ by up to {units} minor unit{'s' * (units != 1)} more than rounding a share does, because "
            f"the rules go on from rounded amounts, in {listed}; elsewhere they agree to the last unit"
        )
    for doubt in exactness.doubts[:3]:
        where = "the event's data" if doubt.turn is None else turn_in_words(*doubt.turn)
        end = "on" if doubt.end is None else f"to {unit}{shortened(doubt.end, currency)}"
        lines.append(f"a run may decide otherwise in {where}, from {unit}{shortened(doubt.start, currency)} {end}")
    if len(exactness.doubts) > 3:
        lines.append(f"and in {len(exactness.doubts) - 3} other stretches (all with --format json)")
    return lines
