"""What is said where two versions of a rulebook are not in one currency."""

from rulelang.base.diagnostic import Diagnostic, finding
from rulelang.base.money import Currency


def currencies_apart(old: Currency, new: Currency, what: str | None = None) -> str:
    """How the currencies differ that two versions settle in, or those that they have ``what`` in.

    A currency that is not of ISO 4217 may have other decimals in each version.
    """
    if old.code == new.code:
        within = "" if what is None else f", in which {what} is,"
        return f"{old.code}{within} has {old.decimals} decimals in the old version and {new.decimals} in the new one"
    if what is None:
        return f"the old version settles in {old.code}, the new one in {new.code}"
    return f"{what} is in {old.code} in the old version, and in {new.code} in the new one"


def settle_apart(old: Currency, new: Currency) -> Diagnostic:
    """Why versions that settle in two currencies, or in other minor units of one, cannot be compared."""
    advice = "compare versions of one currency"
    if old.code == new.code:  # with the more decimals every amount of both can still be written
        advice = f"declare it with {max(old.decimals, new.decimals)} decimals in both versions"
    return finding("not-comparable", currencies_apart(old, new), help=advice)
