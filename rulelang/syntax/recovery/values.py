"""Slips in amounts, dates, numbers and percentages: written as elsewhere, not as here."""

import re
from collections.abc import Iterator
from fractions import Fraction

from rulelang.base.money import SCALES, Currency, currency_codes
from rulelang.syntax.nodes import instant
from rulelang.syntax.recovery.slip import Offsets, Slip, quoted
from rulelang.syntax.recovery.stop import Stop

_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "₹": "INR", "$": "USD", "US$": "USD", "₺": "TRY", "₽": "RUB"}
_SIGNS |= {"A$": "AUD", "C$": "CAD", "HK$": "HKD", "NT$": "TWD", "NZ$": "NZD", "R$": "BRL", "S$": "SGD", "USD$": "USD"}
_WORDS = {"euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "yen": "JPY", "won": "KRW"}
_COMMON = frozenset({"EUR", "USD", "GBP", "JPY", "CHF"})
_SCALES = {
    **dict.fromkeys("k thousand thousands thsd tsd".split(), "thousand"),
    **dict.fromkeys("m mn mm mio mln mill million millions milion".split(), "million"),
    **dict.fromkeys(["tn", "trn", "trillion", "trillions", "lakh crore", "lakh crores"], "trillion"),
    **dict.fromkeys("b bn bln mrd billion billions bilion milliard".split(), "billion"),
    **dict.fromkeys("lakh lakhs lac lacs".split(), "lakh"),
    **dict.fromkeys("crore crores cr".split(), "crore"),
}
_AMBIGUOUS_SCALES = {"t": ("thousand", "trillion"), "mil": ("thousand", "million"), "bio": ("billion", "trillion")}
"""Scales that mean one thing to some and another to others."""
_GROUP = "[ ,.'’\u00a0\u2009\u202f]"
_LAKHS = r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?"
_NUMERAL = rf"{_LAKHS}|[0-9]{{1,3}}(?:{_GROUP}[0-9]{{3}})+(?:[.,][0-9]+)?|[0-9]+(?:_[0-9]+)*(?:[.,][0-9]+(?:_[0-9]+)*)?"
_CURRENCY = (
    r"(?<!\w)[A-Za-z]{1,3}\$|(?<!\w)[€£$¥₩₹₺₽]|(?<![\w.])(?:[A-Za-z]{3}|euros?|dollars?|yen|won)(?=[\s\d.,+\-−–]|$)"
)
_SCALE = "|".join(sorted([*_SCALES, *_AMBIGUOUS_SCALES], key=len, reverse=True))
_CURRENCY_FIRST = re.compile(
    rf"(?P<currency>{_CURRENCY})\s*(?P<sign>[-−–+]?)\s*(?P<number>{_NUMERAL})"
    rf"(?:[.,][-–—]+)?(?:\s*(?P<scale>{_SCALE})\.?)?(?![\w%])(?!,[0-9])",
    re.IGNORECASE,
)
_CURRENCY_LAST = re.compile(
    rf"(?<![\w.,])(?P<sign>[-−–+]?)(?P<number>{_NUMERAL})(?:\s*(?P<scale>{_SCALE})\.?)?\s*"
    rf"(?P<currency>[€£$¥₩₹₺₽]|(?:[A-Za-z]{{3}}|euros?|dollars?|yen|won)(?!\w))(?!\s*[0-9])",
    re.IGNORECASE,
)
_NO_CURRENCY = re.compile(rf"(?<![\w.,])(?P<number>{_NUMERAL})\s*(?P<scale>{_SCALE})(?!\w)", re.IGNORECASE)


def _plain(numeral: str) -> str:
    """A number as the language writes it: underscores between digits, a point before decimals."""
    grouped = re.fullmatch(rf"([0-9]{{1,3}})((?:({_GROUP})[0-9]{{3}})(?:\3[0-9]{{3}})*)(?:([.,])([0-9]+))?", numeral)
    if grouped is not None and grouped[3] != grouped[4] and not re.fullmatch(r"[0-9]+\.[0-9]{3}", numeral):
        whole = grouped[1] + re.sub(_GROUP, "_", grouped[2])
        return f"{whole}.{grouped[5]}" if grouped[5] else whole
    if re.fullmatch(_LAKHS, numeral):
        return numeral.replace(",", "")
    return numeral.replace(",", ".")


def code_of(word: str, stop: Stop) -> str | None:
    """The currency that a sign or word stands for, if any."""
    code = _SIGNS.get(word.upper()) or _WORDS.get(word.lower()) or word.upper()
    if word.isalpha() and not word.isupper() and code not in {stop.currency, *_COMMON}:
        return None  # `all` is a word before it is the currency of Albania
    if stop.currency and ((word == "¥" and stop.currency == "CNY") or (word == "$" and stop.currency.endswith("D"))):
        code = stop.currency
    return code if code in currency_codes() else None


def _reason(found: "re.Match[str]") -> str:
    """What is unusual about an amount, by the first thing that is."""
    groups, written = found.groupdict(), quoted(found[0])
    currency, number, scale = groups.get("currency"), groups["number"], groups["scale"]
    if currency is None:
        return f"the amount {written} has no currency"
    if groups.get("sign"):
        return f"the sign of {written} stands inside the amount"
    if found.start("currency") > found.start("number"):
        return f"the currency of {written} stands behind the number"
    if currency.upper() in _SIGNS or currency.lower() in _WORDS:
        return f"the currency of {written} is not written as three letters"
    if re.search(_GROUP, number) and _plain(number) != number:
        kind = "commas" if "," in number else "points" if "." in number else "blanks"
        kind += " of lakhs and crores" if re.fullmatch(_LAKHS, number) else ""
        return f"the amount {written} has {kind} between its digits"
    if scale and scale not in SCALES:
        *most, last = (f"`{name}`" for name in SCALES)
        return f"the scale of {written} is none of {', '.join(most)} and {last}"
    if not currency.isupper():
        return f"the currency of {written} is not in capitals"
    return f"the amount {written} has no blank between its parts"


_OF_ANOTHER = re.compile(r"\s*(?:per|/)\s*[A-Z]{3}\b")


def amounts(stop: Stop) -> Iterator[Slip]:
    """``EUR7m``, ``7 million EUR``, ``€7 million``, ``EUR 7,000,000``, ``EUR -5``, ``7 million``."""
    for pattern in (_CURRENCY_FIRST, _CURRENCY_LAST, _NO_CURRENCY):
        for found in stop.around(pattern):
            groups, number = found.groupdict(), found["number"]
            written = groups.get("currency")
            code = stop.currency if written is None else code_of(written, stop)
            amount = _canonical(groups, code or "EUR")
            readings = _AMBIGUOUS_SCALES.get((groups["scale"] or "").lower())
            is_rate = written is not None and _OF_ANOTHER.match(stop.text, found.end()) is not None
            if is_rate or (code is None and written is not None) or (amount == found[0] and readings is None):
                continue
            help_ = f"write `{amount}`" if code else "write the currency before the number, as in `EUR 7 million`"
            fix, sure, choices = code is not None, written is not None and found.end() > stop.at, tuple[str, ...]()
            if readings is not None:
                choices = tuple(_canonical({**groups, "scale": each}, code or "EUR") for each in readings)
            elif _may_be_decimals(number, code, scaled=bool(groups["scale"])):
                choices = (amount, amount.replace(_plain(number), number.replace(",", ".")))
            elif _is_twice(number):
                choices = (amount, amount.replace(_plain(number), number.split()[0]))
            if choices:
                amount, fix, help_ = choices[0], False, f"write `{'` or `'.join(choices)}`, whichever is meant"
            told = ("foreign-amount", _reason(found), found.span(), amount, help_)
            yield Slip(*told, fix, choices, beyond=1, sure=sure, plain=_is_plain(groups))
    last = stop.before()
    is_currency = last is not None and last.kind == "CAPITALISED"
    if stop.kind == "NUMBER" and "CAPITALISED" in stop.expected and "NAME" not in stop.expected and not is_currency:
        message, amount = f"the amount {quoted(stop.word)} has no currency", f"{stop.currency or 'EUR'} {stop.word}"
        yield Slip("foreign-amount", message, stop.span, amount, f"write `{amount}`", beyond=1)


_ONE_READING = re.compile(
    rf"{_LAKHS}|[0-9_]+(?:\.[0-9]+)?"
    rf"|[0-9]{{1,3}}(?:([ ,'’\u00a0\u2009\u202f])[0-9]{{3}})(?:\1[0-9]{{3}})*(?:[.,][0-9]+)?"
)


def _is_plain(groups: dict[str, str | None]) -> bool:
    """Whether a currency, a sign, a number and a scale can each be read in one way only."""
    currency, number = groups.get("currency") or "", groups["number"] or ""
    own_sign = currency in {"€", "£", "₹", "₩", "₺", "₽"} or (currency.isalpha() and len(currency) == 3)
    clear_scale = (groups["scale"] or "").lower() not in {"m", "b"}
    return own_sign and clear_scale and groups.get("sign") in {None, "", "-", "−"} and _is_clear(number)


def _is_twice(number: str) -> bool:
    """Whether it may be one number that was written twice: ``200 200``."""
    groups = number.split(" ")
    return len(groups) == 2 and groups[0] == groups[1]


def _is_clear(number: str) -> bool:
    """Whether the signs in a number can only be those between groups of three and the one before its decimals."""
    return _ONE_READING.fullmatch(number) is not None


_ONE_COMMA = re.compile(r"[0-9]{1,3},[0-9]{3}")


def _may_be_decimals(number: str, code: str | None, *, scaled: bool) -> bool:
    """Whether a comma before three digits may be that of decimals: of millions, or of a currency that has three."""
    known = Currency.named(code) if code else None
    return _ONE_COMMA.fullmatch(number) is not None and (scaled or known is None or known.decimals >= 3)


def _canonical(groups: dict[str, str | None], code: str) -> str:
    written = (groups["scale"] or "").lower()
    number, scale = _plain(groups["number"] or ""), _SCALES.get(written, written)
    sign = "-" if groups.get("sign") not in {None, "", "+"} else ""
    return f"{sign}{code} {number}" + (f" {scale}" if scale else "")


# ------------------------------------------------------------------------------------------------------------ dates

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + "|sept"
_NUMERIC_DATE = re.compile(
    r"(?<![\w.])(?P<one>[0-9]{1,4})(?P<mark>[./\-−–‑])(?P<two>[0-9]{1,2})[./\-−–‑](?P<three>[0-9]{1,4})(?![\w%])"
)
_DAY_MONTH = re.compile(
    rf"(?<![\w.])(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?(?:\s+of)?[\s-]+(?P<month>{_MONTH})\.?,?[\s-]+(?P<year>[0-9]{{4}})(?!\w)",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"(?<!\w)(?P<month>{_MONTH})\.?\s+(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>[0-9]{{4}})(?!\w)",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[01][0-9])(?P<day>[0-3][0-9])(?![\w.%])")
_QUOTED = re.compile(r'"\s*(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})\s*"')


def readings(one: str, mark: str, two: str, three: str) -> list[str]:
    """The days that three numbers may stand for, as the language writes them."""
    if len(one) == 4:
        orders = [(one, two, three)]
    elif len(three) == 4:
        day_first, month_first = (three, two, one), (three, one, two)
        orders = [day_first] if mark == "." else [day_first, month_first]
    else:
        return []
    found = [f"{year}-{int(month):02}-{int(day):02}" for year, month, day in orders if _may_be(month, day)]
    return list(dict.fromkeys(found))


def _may_be(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


_WITH_TIME = re.compile(
    r"(?<![\w.-])(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:T|\s+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?Z?(?!\w)"
)


def dates(stop: Stop) -> Iterator[Slip]:
    """``11.09.2018``, ``11/09/2018``, ``2018-9-1``, ``11 September 2018``, ``20180911``, ``2018-09-11T17:00Z``."""
    for pattern in (*_FORMS, *(_ONLY_DATES if "DATE" in stop.expected else ())):
        for found in stop.around(pattern):
            days = _days(found)
            if days and days[0] != found[0]:
                yield date_slip(found[0], found.span(), days)
            elif not days and pattern is _NUMERIC_DATE and "DATE" in stop.expected:
                message, help_ = f"the year of {quoted(found[0])} has not four digits", "write a day as in `2018-09-11`"
                yield Slip("foreign-date", message, found.span(), "2000-01-01", help_, fix=False, beyond=1, sure=True)


def days_meant(text: str) -> list[str]:
    """The days of the calendar that a date in another form may stand for."""
    found = next(filter(None, (pattern.fullmatch(text.strip()) for pattern in (*_FORMS, *_ONLY_DATES))), None)
    days = [] if found is None else _days(found)
    return [day for day in days if day != text and instant(day) is not None]


_FORMS = (_WITH_TIME, _NUMERIC_DATE, _DAY_MONTH, _MONTH_DAY)
_ONLY_DATES = (_COMPACT, _QUOTED)


def _days(found: "re.Match[str]") -> list[str]:
    """The days that a date in one of the forms may stand for."""
    groups = found.groupdict()
    if "mark" in groups:
        return readings(groups["one"], groups["mark"], groups["two"], groups["three"])
    name, day, year = groups.get("month", ""), groups["day"], groups.get("year")
    if year is None:
        return [day]
    month = name if name.isdigit() else str(1 + [each[:3] for each in _MONTHS].index(name[:3].lower()))
    return [f"{year}-{int(month):02}-{int(day):02}"] if _may_be(month, day) else []


def date_slip(written: str, span: Offsets, days: list[str]) -> Slip:
    """The slip for a date that is not written year-month-day."""
    real = [day for day in days if instant(day) is not None]
    help_ = f"write `{'` or `'.join(real)}`" + (", whichever day is meant" if len(real) > 1 else "")
    if not real:
        help_ = "write a day of the calendar as year-month-day, as in `2018-09-11`"
    message = f"the date {quoted(written)} is not written year-month-day"
    stand_in = (real or days)[0]  # any date will do to read on behind it
    choices, is_one = tuple(real) if len(real) > 1 else (), len(real) == 1
    return Slip("foreign-date", message, span, stand_in, help_, is_one, choices, beyond=1, sure=True, plain=is_one)


# ---------------------------------------------------------------------------------------------------------- numbers

_PERCENT = re.compile(
    rf"(?<![\w.,])(?P<number>{_NUMERAL})\s*(?P<sign>%|％|per\s?cent(?:um|\.)?|percent|pct|percentage\s+points?)(?!\w)",
    re.IGNORECASE,
)
_PERCENT_FIRST = re.compile(rf"%\s*(?P<number>{_NUMERAL})(?!\w)")
_BASIS_POINTS = re.compile(rf"(?<![\w.,])(?P<number>{_NUMERAL})\s*(?:bps?|basis\s+points?)(?!\w)", re.IGNORECASE)
_PER_MILLE = re.compile(
    rf"(?<![\w.,])(?P<number>{_NUMERAL})\s*(?P<sign>[‰‱]|per\s?mill?e|promille|per\s+thousand)(?!\w)"
)
_BARE_PERCENT = re.compile(r"(?<![0-9])(?<![0-9]\s)%(?!\s*[0-9])")
_NUMBER = re.compile(rf"(?<![\w.,'’])(?P<number>{_NUMERAL})(?![\w%])(?!,[0-9])")
_LEADING_POINT = re.compile(r"(?<![\w.])\.[0-9]+(?:\s*%)?(?!\w)")
_TRAILING_POINT = re.compile(r"(?<![\w.])(?P<number>[0-9]+)\.(?=\s*(?:million|billion|thousand|%))")
_MULTIPLE = re.compile(rf"(?<![\w.])(?P<number>{_NUMERAL})\s*(?:x|×|times)\s*(?=[a-z(])", re.IGNORECASE)
_ZERO_COMMA = re.compile("0,[0-9]+")
_GLUED = re.compile(r"(?<![\w.])(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<word>days?|business)(?!\w)")
_SCIENTIFIC = re.compile(r"(?<![\w.])[0-9]+(?:\.[0-9]+)?[eE][+]?[0-9]{1,2}(?!\w)")
FRACTIONS = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅓": Fraction(1, 3), "⅔": Fraction(2, 3)}
_FRACTION = re.compile(
    rf"(?<![\w.,])(?P<whole>[0-9]*)(?P<part>[{''.join(FRACTIONS)}])"
    rf"(?P<rest>\s*%|\s+of(?!\w)\s*|\s*(?=[a-z(])(?!(?:{'|'.join(SCALES)}|each|in|of|per|up|rounded|then|else)(?!\w)))?"
)


def numbers(stop: Stop) -> Iterator[Slip]:
    """``20 %``, ``20 percent``, ``% of``, ``1,000``, ``.5``, ``2x``, ``30days``, ``1e6``, ``½``."""
    yield from _percentages(stop)
    for pattern, template, what, plain in (
        (_MULTIPLE, r"{} * ", "a multiple is written with `*`", False),
        (_LEADING_POINT, r"0{}", "a number has a digit before its point", True),
        (_TRAILING_POINT, r"{}", "a number has a digit behind its point", True),
    ):
        for found in stop.around(pattern):
            inner = _plain(found["number"]) if "number" in pattern.groupindex else found[0].replace(" ", "")
            yield _number_slip(found, template.format(inner), what, plain=plain)
    for found in stop.around(_GLUED):
        apart, help_ = f"{found['number']} {found['word']}", "a blank stands between a number and a word"
        yield _number_slip(found, apart, help_, plain=True)
    for found in stop.around(_FRACTION):
        yield from _fraction(stop.text, found)
    for found in stop.around(_SCIENTIFIC):
        yield _number_slip(found, _spelt_out(found[0]), "numbers are written without an exponent", plain=True)
    for found in stop.around(_NUMBER):
        if _plain(found["number"]) != found["number"]:
            help_ = "underscores may stand between digits, and a point before decimals"
            if _ONE_COMMA.fullmatch(found["number"]):
                yield _either_number(found)
            plain = _ZERO_COMMA.match(found["number"]) is not None or len(re.findall(_GROUP, found["number"])) > 1
            plain = plain and _is_clear(found["number"].replace("0,", "0.", 1) if plain else "")
            yield _number_slip(found, _plain(found["number"]), help_, plain=plain)


def _fraction(text: str, found: "re.Match[str]") -> Iterator[Slip]:
    """``1½`` is 1.5, ``2½%`` is 2.5%, ``½x`` is 0.5 * x; behind a division such a product is another one."""
    value, rest = int(found["whole"] or 0) + FRACTIONS[found["part"]], found["rest"]
    is_decimal = (value * 100).denominator == 1
    own = f"({value.numerator} / {value.denominator})"
    if is_decimal:
        own = _moved(str((value * 100).numerator), 2).removesuffix("%")
    plain = rest is None or rest.endswith("%")
    if rest is not None and rest.endswith("%"):
        own += "%"
    elif rest is not None:
        own += " * "
        if text[: found.start()].rstrip().endswith("/"):
            return
    if is_decimal or not own.endswith("%"):
        yield _number_slip(found, own, "fractions are written out", plain=plain)


def _either_number(found: "re.Match[str]") -> Slip:
    """``1,000``, which is a thousand here and one there."""
    thousands, decimals = _plain(found[0]), found[0].replace(",", ".")
    message = f"the number {quoted(found[0])} is not written as numbers are here"
    help_ = f"write `{thousands}` or `{decimals}`, whichever is meant"
    choices = (thousands, decimals)
    return Slip("foreign-number", message, found.span(), thousands, help_, fix=False, choices=choices, beyond=1)


def _percentages(stop: Stop) -> Iterator[Slip]:
    for pattern in (_PERCENT, _PERCENT_FIRST):
        for found in stop.around(pattern):
            own, help_ = f"{_plain(found['number'])}%", "the sign `%` stands right behind the number"
            if own != found[0]:
                if pattern is _PERCENT_FIRST and "ADD" in stop.expected:
                    continue  # `y % 5` is the remainder of a division to many
                plain = pattern is _PERCENT and "point" not in found[0].lower() and _is_clear(found["number"])
                yield _number_slip(found, own, help_, sure="%" in found[0], plain=plain)
                yield _number_slip(found, f"{own} of", help_)  # `200 percent contribution`
    for found in stop.around(_BASIS_POINTS):
        own = _moved(_plain(found["number"]), 2)
        yield _number_slip(found, own, "a basis point is 0.01%", plain=_is_clear(found["number"]))
    for found in stop.around(_PER_MILLE):
        own = _moved(_plain(found["number"]), 2 if found["sign"] == "‱" else 1)
        yield _number_slip(found, own, "parts of a hundred are written with `%`", plain=_is_clear(found["number"]))
    for found in stop.around(_BARE_PERCENT):
        if found.start() >= stop.at:
            message, help_ = "there is no number before `%`", "write a percentage such as `25%`"
            yield Slip("foreign-number", message, found.span(), "1%", help_, fix=False, sure=True)


def _number_slip(
    found: "re.Match[str]", replacement: str, what: str, *, sure: bool = False, plain: bool = False
) -> Slip:
    message = f"the number {quoted(found[0])} is not written as numbers are here"
    help_ = f"{what}: write `{replacement.strip()}`"
    shown = (found.start(), found.start() + len(found[0].rstrip()))
    span = found.span()
    return Slip("foreign-number", message, span, replacement, help_, beyond=1, sure=sure, shown=shown, plain=plain)


def _spelt_out(number: str) -> str:
    """``1.5e6`` without its exponent."""
    digits, exponent = re.split("[eE]", number)
    whole, _, decimals = digits.partition(".")
    power = int(exponent)
    decimals = decimals.ljust(power, "0")
    rest = decimals[power:]
    return whole + decimals[:power] + (f".{rest}" if rest else "")


def _moved(number: str, places: int) -> str:
    """A number of basis points or of parts of a thousand as a percentage: its point so many places to the left."""
    whole, _, decimals = number.replace("_", "").partition(".")
    whole = whole.rjust(places + 1, "0")
    return f"{whole[:-places].lstrip('0') or '0'}.{whole[-places:]}{decimals}".rstrip("0").rstrip(".") + "%"
