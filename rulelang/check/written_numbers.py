"""Numbers as tables, JSON and people write them: digits, a point, and commas between thousands if between all.

What is written otherwise is refused, with the sign that is in the way and, where only one reading is left, what to
write instead; what can be read in two ways is refused too.
"""

import re
import unicodedata

from attrs import field, frozen

from rulelang.base.advice import Advice, Certainty, Help, write
from rulelang.base.look_alikes import name_of
from rulelang.base.money import Currency
from rulelang.base.render import seen
from rulelang.check.exact import Refusal, refuse_ambiguous

_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?\Z")
_ONE_COMMA = re.compile(r"-?[0-9]{1,3},[0-9]{3}\Z")
_EUROPEAN = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+\Z|-?[0-9]{1,3}(?:\.[0-9]{3}){2,}\Z")
_DECIMAL_COMMA = re.compile(r"-?[0-9]+,[0-9]+\Z")
_LAKHS = re.compile(r"-?[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?\Z")
_BETWEEN = re.compile("(?<=[0-9])[\\s_'`\u00b4\u02bc\u2018\u2019\u066c](?=[0-9])")
"""What stands between thousands somewhere: blanks of every width, apostrophes, and the sign of Arabic figures."""
_IN_GROUPS = re.compile(
    "(?<![0-9.,])(?:[0-9]{1,3}(?:([\\s_'`\u00b4\u02bc\u2018\u2019\u066c])[0-9]{3})(?:\\1[0-9]{3})*"
    "|[0-9]{1,2}(?:([\\s_'`\u00b4\u02bc\u2018\u2019\u066c])[0-9]{2})(?:\\2[0-9]{2})*\\2[0-9]{3})(?![0-9])"
)
"""Digits in groups of three, or in those of lakhs and crores: what stands between them can be nothing else."""
_MINUS = re.compile("\\A[\u2010-\u2015\u2212\ufe63\uff0d]")
_SYMBOLS = {"EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥", "USD": "$"}
_ODD = re.compile(r"[A-Za-z]+|[^0-9.,-]")
_BRACKETS = re.compile(r"\A\((.*)\)\Z")
_NONE = re.compile(r"n\W?a\W?|none|null|nil|nan|-|[\u2010-\u2015]|\.\.?|x|tbd|#n/a", re.IGNORECASE)
"""What people write where there is no value."""
_MOST_SHOWN = 40
_THREE = 3


@frozen
class NotPlain(Exception):
    """A number that is not written as one: what is in the way, and how to write it (where only one reading is left).

    ``absent`` if it says that there is no value; ``sure`` if nothing else can be meant by it.
    """

    obstacle: str | None
    plain: str | None
    absent: bool = field(default=False, kw_only=True)
    sure: bool = field(default=True, kw_only=True)

    def help(self, otherwise: str, sign: str = "") -> Help:
        """What is in the way and what to write; ``otherwise`` in general, ``sign`` is what stands behind the number."""
        if self.obstacle is None:
            return otherwise
        if self.absent:
            return f"{self.obstacle}: leave it empty where there is no value, or {otherwise}"
        if self.plain is None:
            return f"{self.obstacle}: {otherwise}"
        certainty = Certainty.SURE if self.sure else Certainty.GUESS
        repair = write(f"{self.plain}{sign}", certainty=certainty)
        return Advice(f"{self.obstacle}: {repair.title}", (repair,))


def shown(text: str) -> str:
    """A text as a message shows it: not too long, and what cannot be seen by its escape."""
    return seen(text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}...")


def plain_amount(text: str, currency: Currency, doubts: list[Refusal] | None = None) -> str:
    """An amount of money as a plain decimal, perhaps with a minus in front.

    What stands behind its only comma may be decimals in a currency of three or more: this is refused or, where there is
    a list of ``doubts``, entered there and read as thousands.

    Raises:
        NotPlain: it is written in another way.
        Refusal: it can be read in two ways, as its three decimals may be thousands.
    """
    if currency.decimals >= _THREE:
        _doubt_one_comma(text, currency.code, doubts)
    plain = _plain(text, currency)
    refuse_ambiguous(plain, currency, shown(text), in_cell=True)
    return plain


def plain_number(text: str, doubts: list[Refusal] | None = None) -> str:
    """A number that is no money as a plain decimal, perhaps with a minus in front; ``doubts`` as for an amount.

    Raises:
        NotPlain: it is written in another way.
        Refusal: it can be read in two ways.
    """
    _doubt_one_comma(text, None, doubts)
    return _plain(text, None)


def plain_decimal(text: str) -> str:
    """A number in front of a scale, such as `million`, as a plain decimal; commas may stand between all thousands.

    Raises:
        NotPlain: it is written in another way.
    """
    return _plain(text, None)


def _doubt_one_comma(text: str, code: str | None, doubts: list[Refusal] | None) -> None:
    if _ONE_COMMA.match(text) is None or text.lstrip("-").startswith("0"):
        return
    whole, decimals = text.replace(",", ""), text.replace(",", ".")
    unit = "" if code is None else f"{code} "
    message = f"`{text}` may mean {unit}{whole} or {unit}{decimals}"
    repairs = tuple(write(each, instead_of=text) for each in (whole, decimals))
    doubt = Refusal("ambiguous-amount", message, Advice(f"write {repairs[0].quoted}, or {repairs[1].quoted}", repairs))
    if doubts is None:
        raise doubt
    doubts.append(doubt)


def _plain(text: str, currency: Currency | None) -> str:
    if _PLAIN.match(text):
        return text
    if _GROUPED.match(text):
        return text.replace(",", "")
    if _NONE.fullmatch(text):
        raise NotPlain(f"`{shown(text)}` is no number", None, absent=True)
    bare = _laid_bare(text, currency)
    groups, plain = _reading(bare)
    if plain is not None and currency is not None and "," in bare and "," not in plain:
        plain = _without_needless_zeros(bare, plain, currency)
    if plain is not None and _doubtful(bare, plain, currency):
        plain = None
    is_sure = (
        not _BETWEEN.search(_IN_GROUPS.sub("0", text)) and "(" not in text
    )  # not everybody brackets what is negative
    raise NotPlain(_obstacle(text) or groups, plain, sure=is_sure)


def _obstacle(text: str) -> str | None:
    """The first sign of a number that is no digit, point, comma or minus in front, and where it stands."""
    word = _ODD.search(text)
    if word is None:
        return "the minus stands at the end" if text.endswith("-") else None
    start, end = word.span()
    where = "in front" if not start else "at the end" if end == len(text) else "inside"
    sign = word[0][0]
    if sign == " ":
        return f"a blank stands {where}"
    return f"`{word[0]}` stands {where}" if sign.isascii() else f"the sign {name_of(sign)} stands {where}"


def _laid_bare(text: str, currency: Currency | None) -> str:
    """The number without the unit of its currency and what stands between its digits."""
    for unit in () if currency is None else (currency.code, _SYMBOLS.get(currency.code, currency.code)):
        text = text.removeprefix(unit).removesuffix(unit).strip()
    text = _BETWEEN.sub("", "".join(sign for sign in text if unicodedata.category(sign) != "Cf"))
    text = _BRACKETS.sub(r"-\1", _MINUS.sub("-", text))
    if text.endswith("-") and not text.startswith("-"):
        text = f"-{text[:-1]}"
    return "".join(map(_digit, text.strip())).removeprefix("+")


def _without_needless_zeros(bare: str, plain: str, currency: Currency) -> str:
    """A decimal read from one with a comma, with no more decimals than its currency has, as far as these are zeros."""
    whole, _, decimals = plain.partition(".")
    if _LAKHS.match(bare) or _GROUPED.match(bare) or not decimals:
        return plain
    kept = decimals[: currency.decimals] + decimals[currency.decimals :].rstrip("0")
    return f"{whole}.{kept}" if kept else whole


def _digit(character: str) -> str:
    """A digit of any script as one of ours, everything else as it is."""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _reading(bare: str) -> tuple[str | None, str | None]:
    """How the digits are grouped if not as here, and the plain decimal that is meant."""
    if _PLAIN.match(bare):
        return None, bare
    if _GROUPED.match(bare):
        return None, bare.replace(",", "")
    if _EUROPEAN.match(bare):
        comma = " and a comma before the decimals" if "," in bare else ""
        return f"points stand between thousands{comma}", bare.replace(".", "").replace(",", ".")
    if _DECIMAL_COMMA.match(bare):
        return "a comma stands before the decimals", bare.replace(",", ".")
    if _LAKHS.match(bare):
        return "the commas stand between lakhs and crores", bare.replace(",", "")
    return None, None


def _doubtful(bare: str, plain: str, currency: Currency | None) -> bool:
    """Whether what is left of a number can still be read in two ways."""
    if (currency is None or currency.decimals >= _THREE) and _ONE_COMMA.match(bare):
        return not bare.lstrip("-").startswith("0")
    if currency is None:
        return False
    try:
        refuse_ambiguous(plain, currency, plain)
    except Refusal:
        return True
    return False
