"""Sums, differences and products of two values, as rules say them in words: ``the excess of x over y``.

They are written with a sign.  What a difference comes to where its second value is the larger is for whoever writes the
rule to say: the help shows both readings, and nothing is replaced.
"""

import re
from collections.abc import Iterator

from attrs import frozen

from rulelang.syntax.recovery.slip import Slip, instead, quoted
from rulelang.syntax.recovery.spoken import SPOKEN, in_digits
from rulelang.syntax.recovery.stop import Stop

# a run of blanks is read in one way alone (`\s++`): in every way, a few hundred of them would take seconds
_VALUE = r"(?:[^()\r\n,#]|\((?:[^()\r\n]|\([^()\r\n]*\))*\))+?(?<!\s)"
_ENDS = (
    r"(?=\s++(?:each|in\s+(?:total|any|each|the|other)|during|at\s+every|cite|then|else|where|without|rounded)\b"
    r"|\s*+(?:[),#]|$)|[ \t]*+[\r\n])"
)
_POPULATION = r"(?!(?:members|survivors|defaulters|segments)\b)"


@frozen
class _Wording:
    """Words in front of the first value and between both, and the sign that is written instead."""

    pattern: "re.Pattern[str]"
    sign: str


def _wording(front: str, between: str, sign: str) -> _Wording:
    article = r"(?<![\w-])(?:(?:the|an?)\s+)?"
    pattern = rf"{article}(?:{front})\s++(?P<one>{_VALUE})\s++(?:{between})\s++{_POPULATION}(?P<other>{_VALUE}){_ENDS}"
    return _Wording(re.compile(pattern), sign)


_IF_ANY = r"\s*(?:,\s*if\s+any\s*,|\(\s*if\s+any\s*\)|if\s+any)"
_WORDINGS = (
    _wording(r"(?:sum|total|aggregate)\s+of", "and|plus", "+"),
    _wording(r"product\s+of", "and|with", "*"),
    _wording(r"(?:quotient|ratio)\s+of", "to|over|and", "/"),
    _wording(r"difference\s+(?:between|of)", "and", "-"),
    _wording(r"(?:excess|surplus|shortfall)\s+of|amount\s+by\s+which", "over|above|against|exceeds", "-"),
    _wording(
        rf"(?:excess|surplus|shortfall){_IF_ANY}\s+of|amount{_IF_ANY}\s+by\s+which", "over|above|against|exceeds", "max"
    ),
    _wording(r"positive\s+difference\s+(?:between|of)", "and", "max"),
)
_LOOSER = {"max": r"[<>=]", "+": r"[<>=]", "-": r"\s[-+]\s|[<>=]", "*": r"\s[-+]\s|[<>=]", "/": r"\s[-+*/]\s|[<>=]|%"}
"""What binds no tighter than a sign, so that a value with it stands in parentheses."""


_LISTED = re.compile(
    r"(?<![\w-])(?:(?:the|an?)\s+)?(?P<kind>sum|total|aggregate|average|mean|product)\s+of(?:\s*+:)?\s++"
    rf"(?P<all>{_VALUE}(?:,\s*+{_VALUE})*,?\s++(?:and|plus)\s++{_POPULATION}{_VALUE}){_ENDS}"
)
_ENUMERATED = re.compile(r"^\(?(?:[ivx]+|[a-z]|[0-9])\)\s*")
_BETWEEN = re.compile(r"\s*,\s*(?:and\s+|plus\s+)?|\s+(?:and|plus)\s+")


def several(stop: Stop) -> Iterator[Slip]:
    """``the sum of x, y and z``, ``the average of x and y``: of values, not over members."""
    for found in stop.around(_LISTED):
        values = [re.sub(r"^\([a-z]+\)\s*", "", value.strip()) for value in _BETWEEN.split(found["all"])]
        sign = "*" if found["kind"] == "product" else "+"
        own = f" {sign} ".join(f"({value})" if re.search(_LOOSER[sign], value) else value for value in values)
        if found["kind"] in {"average", "mean"}:
            own = f"({own}) / {len(values)}"
        elif len(values) == 2 or not all(values):
            continue  # two values are the next rule's
        if not _needs_brackets(found, "/" if found["kind"] in {"average", "mean"} else sign):
            yield instead(found, own, f"is written with `{sign}`")
        yield instead(found, f"({own})", f"is written with `{sign}`")


_BINDS_BEFORE = {"+": r"[-*/]|\bof", "-": r"[-*/]|\bof", "*": r"/", "/": r"/"}
"""What stands before a sum, a difference, a product or a quotient and would take its first part alone."""
_BINDS_BEHIND = {**dict.fromkeys("+-", r"[*/]|of\b|at\b|rounded\b"), **dict.fromkeys("*/", r"at\b|rounded\b")}


def _needs_brackets(found: "re.Match[str]", sign: str) -> bool:
    """Whether what stands around a phrase would take a part of what it is written as."""
    before, behind = found.string[: found.start()].rstrip(), found.string[found.end() :].lstrip()
    binds = re.search(rf"(?:{_BINDS_BEFORE[sign]})$", before[-3:])
    return binds is not None or re.match(_BINDS_BEHIND[sign], behind) is not None


def combinations(stop: Stop) -> Iterator[Slip]:
    """``the sum of x and y``, ``the excess of x over y``, ``the difference between x and y``."""
    for wording in _WORDINGS:
        for found in stop.around(wording.pattern):
            looser = re.compile(_LOOSER[wording.sign])
            values = (_ENUMERATED.sub("", found[value].strip()) for value in ("one", "other"))
            one, other = (f"({value})" if looser.search(value) else value for value in values)
            own, what = f"{one} {wording.sign} {other}", f"is written with `{wording.sign}`"
            if wording.sign == "max":
                yield instead(found, f"max({one} - {other}, {stop.currency or 'EUR'} 0)", what)
            elif wording.sign == "-":
                own = f"({own})" if _needs_brackets(found, "-") else own
                help_ = f"write `{own}`; where it must not fall below zero, `max` of that and zero"
                yield instead(found, own, what, help_, fix=False, choices=(own,))
            else:
                if not _needs_brackets(found, wording.sign):
                    yield instead(found, own, what)
                yield instead(found, f"({own})", what)


_SUM_OVER = re.compile(
    r"(?<![\w-])(?P<kind>sum|average|largest|smallest)\s+(?:[0-9]+\s+)?of\s++(?P<what>(?:[^()\r\n\"#]|\([^()"
    r"\r\n]*\))+?)"
    r"\s++over\s+(?:members|survivors|defaulters|segments)(?!\w)"
)
_AGGREGATE = re.compile(r"(?<!\w)(?:sum|average|largest|smallest|count)(?!\w)")


def sums_over(stop: Stop) -> Iterator[Slip]:
    """``sum of x + y over members``: what is added up over members is a product, or stands in brackets."""
    for found in stop.around(_SUM_OVER):
        what = found["what"]
        if re.search(r"\s[-+]\s", re.sub(r"\([^()]*\)", "", what)) and not _AGGREGATE.search(what):
            message, own = f"`{found['kind']} of` takes a product, and {quoted(what)} is none", f"({what})"
            yield Slip("unexpected-text", message, found.span("what"), own, f"write `{own}`", beyond=1)


_TOWARDS_SOMEBODY = frozenset("across among amongst for of per by on".split())
_LATER = re.compile(r"(?<!\w)over\s+(?:members|survivors|defaulters|segments)(?!\w)")
_SUM_OF_NOBODY = re.compile(
    r"(?<![\w-])(?P<kind>sum|average|largest|smallest)\s*(?:(?<=\s)(?:of\s+)?(?P<what>(?!(?:of|the|all)\b)"
    r"[a-z]\w*)(?!\w)"
    r"|\(\s*(?P<inside>[a-z]\w*)\s*\))"
)


_RANKED = re.compile(
    r"(?<![\w-])(?:(?:the\s+)?sum\s+of\s+)?(?:(?:the|all)\s+)*(?:(?P<rank>second|third|fourth|fifth)[\s-]+)?"
    rf"(?:(?P<count>{SPOKEN}|[0-9]+)\s+)?(?P<kind>largest|biggest|highest|greatest|smallest|lowest|sum|total|"
    rf"aggregate|combined|average|mean)\s+"
    r"(?:of\s+)?(?:(?:the|all)\s+)*(?P<what>[a-z]\w*)(?!\w)(?:\s+of\s+(?:any|each|every)(?:\s+[a-z]+)?)?(?!\s+"
    r"(?:of|over)\b)"
)
_OF_RANK = {
    **dict.fromkeys("smallest lowest".split(), "smallest"),
    **dict.fromkeys("sum total aggregate combined".split(), "sum"),
    **dict.fromkeys("average mean".split(), "average"),
}
_SUM_OF_RANKED = re.compile(
    rf"(?<![\w-])(?:sum\s+of\s+)?(?:the\s+)?(?P<count>{SPOKEN}|[0-9]+)\s+(?P<kind>largest|biggest|highest|"
    rf"greatest|smallest|lowest)"
    r"\s+(?:of\s+)?(?P<what>[a-z]\w*)(?=\s+over\b)"
)
_RANKS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5}


def ranked(stop: Stop) -> Iterator[Slip]:
    """``the two largest exposures``, ``the second largest exposure``, ``total contributions`` do not say over whom."""
    for found in stop.around(_SUM_OF_RANKED):
        count, kind = in_digits(found["count"]) or found["count"], _OF_RANK.get(found["kind"], "largest")
        what = next(filter(stop.declares, (found["what"], found["what"].removesuffix("s"))), found["what"])
        yield instead(found, f"{kind} {count} of {what}", "is not a phrase of the language here")
    if _LATER.search(stop.text, stop.at, stop.line_end):
        return
    for found in stop.around(_RANKED):
        what = next(filter(stop.declares, (found["what"], found["what"].removesuffix("s"))), None)
        if what is None:
            continue
        kind, count, rank = _OF_RANK.get(found["kind"], "largest"), found["count"], _RANKS.get(found["rank"] or "")
        number = f" {in_digits(count) or count}" if count and kind != "sum" else ""
        own = f"{kind}{number} of {what} over survivors"
        help_ = f"write `{own}`, `over defaulters` or `over members` (all of them)"
        if rank is not None:
            before = f" {rank - 1}" if rank > _RANKS["second"] else ""
            own = f"({kind} {rank} of {what} over survivors) - ({kind}{before} of {what} over survivors)"
            help_ = f"write `{own}`, or `over members` (all of them)"
        yield instead(found, own, "does not say over whom", help_, code="missing-part", fix=False)


def without_population(stop: Stop) -> Iterator[Slip]:
    """``sum of x each``: an aggregate that does not say over whom."""
    if ("OVER" not in stop.expected and stop.word != "(") or stop.word in _TOWARDS_SOMEBODY:
        return
    if _LATER.search(stop.text, stop.at, stop.line_end):
        return  # it does say so, behind something that cannot stand there
    for found in stop.around(_SUM_OF_NOBODY):
        what = found["what"] or found["inside"]
        choices = tuple(f"{found['kind']} of {what} over {whom}" for whom in ("survivors", "defaulters", "members"))
        own, said = choices[0], "does not say over whom"
        help_ = f"write `{own}`, `over defaulters` or `over members` (all of them)"
        yield instead(found, own, said, help_, code="missing-part", fix=False, choices=choices, sure=True)
