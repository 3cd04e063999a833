"""The words, currencies and errors of the reference evaluator."""

from fractions import Fraction
from typing import NoReturn


class OracleError(Exception):
    """An error the contract asks for; ``kind`` is ``syntax``, ``static``, ``event`` or ``run``."""

    def __init__(self, kind: str, message: str) -> None:
        """Keep the kind beside the message."""
        super().__init__(message)
        self.kind = kind


def static(message: str) -> NoReturn:
    """Refuse a rulebook."""
    raise OracleError("static", message)


def bad_event(message: str) -> NoReturn:
    """Refuse an event."""
    raise OracleError("event", message)


def run_error(message: str) -> NoReturn:
    """End a run."""
    raise OracleError("run", message)


_CURRENCIES = {
    2: """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
    CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD
    KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO
    NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
    THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW
    """,
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
DECIMALS = {code: decimals for decimals, codes in _CURRENCIES.items() for code in codes.split()}
"""The decimals of each currency of ISO 4217."""

SCALES = {
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "crore": 10**7,
    "lakh": 10**5,
}


def minor_units(code: str, decimals: int, text: str, scale: int | None, where: str) -> Fraction:
    """An amount as written, in minor units: never with more decimals than its currency has.

    Without a scale, three decimals may be thousands, and are refused where the currency has fewer.
    """
    minor = Fraction(text.replace("_", "")) * (scale or 1) * 10**decimals
    if minor.denominator != 1:
        raise OracleError("static", f"{where}: more decimals than {code} has")
    if scale is None and decimals < 3 == len(text.partition(".")[2].replace("_", "")):
        raise OracleError("static", f"{where}: {text} may mean thousands")
    return minor


_RESERVED = """
rulebook event version cite currency segments party members have given define as waterfall tranche assessment haircut
voluntary together end finally ensure test expect paid by from up to each shared in order of then per when at for if
else and or not min max clamp sum average largest smallest count over where segment ccp defaulters survivors declared
loss remaining used unused total_paid default member decide invoke decline under yes no covered uncovered period round
rounds limit limits recoveries repay replenish amendment rate formerly quote share service account
history opening departure notice withdraw recovered holidays leaving during
"""
RESERVED = frozenset(_RESERVED.split())
"""The words that no name may be."""

KINDS = ("tranche", "assessment", "haircut", "tear-up", "voluntary")
"""The kinds of steps."""
