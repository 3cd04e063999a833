"""Slips in words: misspelt, of another language or of plain English; names of the wrong form; words that are missing."""

import difflib
import re
import unicodedata
from collections.abc import Iterator

from rulelang.base.money import currency_codes
from rulelang.syntax.expected import listed, phrases
from rulelang.syntax.machine import Moment, spellings
from rulelang.syntax.stop import Slip, Stop, quoted
from rulelang.syntax.words import RESERVED

# -------------------------------------------------------------------------------------------- words of other tongues

_NUMBER_OF_DAYS = r"(?=\s+[0-9]+\s+(?:[a-z]+\s+)?days?)"
_PHRASES: tuple[tuple[str, str], ...] = (
    # payers
    (r"paid\s+from(?=\s+(?:ccp|survivors|defaulters)\b)", "paid by"),
    (r"paid\s+by\s+(?:(?:all|the|each|every)\s+)*(?:clearing\s+)?(?:members?|participants?)", "paid by survivors"),
    (r"(?:pays|pay|payed|payable|borne|funded|covered|provided|contributed|charged)\s+(?:by|to)", "paid by"),
    (r"(?:the\s+)?(?:non-?\s?defaulting|surviving)\s+(?:clearing\s+)?(?:members?|participants?)", "survivors"),
    (r"(?:the\s+|all\s+(?:the\s+)?|each\s+|every\s+)?(?:non-?defaulters?|survivors?)", "survivors"),
    (r"(?:the\s+)?defaulting\s+(?:clearing\s+)?(?:members?|participants?)", "defaulters"),
    (r"(?:the\s+|all\s+(?:the\s+)?|each\s+|every\s+)?defaulters?", "defaulters"),
    (r"(?:the\s+|all\s+(?:the\s+)?|each\s+|every\s+)(?:clearing\s+)?members?|participants?", "members"),
    (r"(?:the\s+)?(?:ccp|CCP|clearing\s+house|central\s+counterparty)", "ccp"),
    (r"(?:with|having)(?=[^\n]*[<>=])|if|whose|such\s+that|provided(?:\s+that)?", "where"),
    (r"(?:out\s+of|drawn\s+from|using|with|of)", "from"),
    # steps and sections
    (r"tear[ _]?ups?", "tear-up"),
    (r"(?:layer|level|stage|step|tier|slice|resource)", "tranche"),
    (r"(?:(?:cash\s+)?calls?|assessments|power\s+of\s+assessment)", "assessment"),
    (r"(?:let|def|set|const|definition)", "define"),
    (r"(?:input|param(?:eter)?|variable|var)", "given"),
    (r"(?:assert|require|invariant|check|always)", "ensure"),
    (r"(?:group|parallel|pari\s+passu)", "together"),
    (r"(?:member\s+data|members?\s+has|members|fields)", "members have"),
    (r"(?:final|last|in\s+the\s+end|outcome)", "finally"),
    (r"(?:source|ref|reference|according\s+to|see|rule)", "cite"),
    (r"(?:if\s+absent|if\s+not\s+given|or\s+else|defaults?(?:\s+to)?)", "if missing"),
    # limits
    (r"up-?to", "up to"),
    (r"(?:capped|limited)\s+(?:at|to)|(?:not?|never)\s+more\s+than|at\s+most|to\s+a\s+maximum\s+of", "up to"),
    (r"(?:max(?:imum)?|limit|cap)(?:\s+of)?", "up to"),
    (r"(?:per|for\s+each|from\s+each|for\s+every)\s+(?:member|payer|survivor|participant)", "each"),
    (r"(?:in\s+(?:the\s+)?aggregate|in\s+sum|overall|altogether|together|total)", "in total"),
    (r"calendar\s+days?", "days"),
    (r"(?:working|banking|trading|bank)\s+days?", "business days"),
    (rf"(?:within|in|over|per|during|every)(?:\s+(?:a|an|any|each|every))?(?:\s+rolling)?{_NUMBER_OF_DAYS}", "in any"),
    (r"in\s+segments?|(?:in|for|per)\s+(?:each|every)\s+segments?|by\s+segment", "in each segment"),
    (r"(?:for|in)\s+(?:each|every)\s+segment|by\s+segment|segment-?wise", "per segment"),
    # sharing and order
    (r"pro-?rata(?:\s+(?:to|by|on|with|of|per))?", "pro rata to"),
    (r"pro\s+rata\s+(?:by|on|with|of|per|based\s+on|according\s+to)", "pro rata to"),
    (r"pro-?\s?rated?(?:\s+(?:to|by|on))?", "pro rata to"),
    (r"(?:in\s+proportion|proportional(?:ly)?|proportionate(?:ly)?|rat(?:e)?ably)(?:\s+(?:to|by|with))?", "pro rata to"),
    (r"(?:distributed|split|divided|allocated|apportioned|share|shares)", "shared"),
    (r"(?:evenly|equal|in\s+equal\s+(?:parts|shares)|per\s+(?:capita|head)|pari\s+passu)", "equally"),
    (r"(?:(?:with\s+)?no|not|non|w/o)\s+re-?\s?allocat\w+", "without reallocation"),
    (r"re-\s?allocat\w*|re-?allocating|redistribution|re-?distribut\w*", "reallocation"),
    (r"in\s+(?:ascending|increasing|rising)\s+order\s+of\s+(?P<key>[^\"#\r\n,:]+)", r"in order of \g<key>, lowest first"),
    (r"in\s+(?:descending|decreasing|falling)\s+order\s+of\s+(?P<key>[^\"#\r\n,:]+)", r"in order of \g<key>, highest first"),
    (r"(?:order(?:ed)?|sorted|ranked)\s+by|in\s+the\s+order\s+of|by\s+order\s+of", "in order of"),
    (r",?\s*(?:lowest|smallest|least|ascending|increasing|asc)(?:\s+first)?", ", lowest first"),
    (r",?\s*(?:highest|largest|greatest|biggest|descending|decreasing|desc)(?:\s+first)?", ", highest first"),
    (r"at\s+(?:the\s+)?(?:sole\s+|absolute\s+)?discretion\s+of", "at the discretion of"),
    (r"(?:in\s+force|valid|effective|applies|in\s+effect)(?:\s+(?:from|since|as\s+of|after))?", "in force from"),
    (r"(?:until|till|through|thru)", "to"),
    (r"for\s+losse?s?\s+(?:of|from|to)", "for losses in"),
    # expressions
    (r"(?:max|maximum|highest|biggest)\s+of", "largest of"),
    (r"(?:min|minimum|lowest|least)\s+of", "smallest of"),
    (r"(?:avg|mean|average)(?:\s+of)?", "average of"),
    (r"(?:total|sum|sum\s+over)\s+of|sum", "sum of"),
    (r"(?:number|amount)\s+of", "count of"),
    (r"(?:across|among|amongst|for|of)(?:\s+all)?(?=\s+(?:members|survivors|defaulters|segments)\b)", "over"),
    (r"elif|elsif|elseif", "else if"),
    (r"otherwise", "else"),
    (r"[Tt]rue|TRUE|Yes|YES", "yes"),
    (r"[Ff]alse|FALSE|No|NO", "no"),
    (r"multiplied\s+by|times", "*"),
    (r"divided\s+by", "/"),
    (r"plus", "+"),
    (r"minus|less", "-"),
    (r"is\s+not|isn't|not\s+equals?(?:\s+to)?|differs\s+from", "!="),
    (r"(?:is\s+)?(?:greater|more|larger|higher|bigger)\s+than\s+or\s+equal\s+to|(?:is\s+)?at\s+least", ">="),
    (r"(?:is\s+)?(?:less|smaller|lower|fewer)\s+than\s+or\s+equal\s+to|(?:is\s+)?(?:at\s+most|not\s+more\s+than)", "<="),
    (r"(?:is\s+)?(?:greater|more|larger|higher|bigger|above|after)(?:\s+than)?", ">"),
    (r"(?:is\s+)?(?:less|smaller|lower|below|before)(?:\s+than)?", "<"),
    (r"is|equals?(?:\s+to)?|eq", "="),
    (r"from", "of"),
    # types
    (r"bool(?:ean)?|flag", "yes/no"),
    (r"string|str|varchar", "text"),
    (r"int(?:eger)?|decimal|float|double|count", "number"),
    (r"amount|cash|monetary", "money"),
    (r"percent(?:age)?|fraction|share|rate", "ratio"),
    (r"day|datetime", "date"),
    (r"enum(?:eration)?(?:\s+of)?|choice(?:\s+of)?|any\s+of|oneof|either", "one of"),
    # events and tests
    (r"(?:defaults|defaulted|defaulting|default)(?:\s+(?:by|for))?", "default of"),
    (r"(?:with\s+)?(?:a\s+)?(?:loss|losses)\s+of|with\s+(?:a\s+)?loss|losses|amount", "loss"),
    (r"(?:rulebook|rules|uses|using)", "under"),
    (r"(?:date|declared\s+(?:on|at))", "declared"),
    (r"members\s+(?:in|of|are|file)", "members from"),
    (r"(?:decision|decided)(?:\s+(?:on|about|for))?", "decide"),
    (r"invoked|yes|approved?|exercised?|used?|called", "invoke"),
    (r"declined|no|reject(?:ed)?|refused?", "decline"),
    (r"reason|since|as", "because"),
    (r"(?:should|must|shall|will|to)\s+pay|pay|paid|is|has\s+paid", "pays"),
    (r"(?:expects?|expected|should\s+be|assert)", "expect"),
    (r"(?:result|status)", "outcome"),
    # words that carry nothing
    (r"(?:the|a|an|of|is|are|be|shall|will|all|then|and|on|at)", ""),
)  # fmt: skip
_COMPILED = tuple(
    (
        re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])" if not pattern.startswith(",") else rf"(?:{pattern})(?![\w-])"),
        own,
    )
    for pattern, own in _PHRASES
)


def foreign_words(stop: Stop) -> Iterator[Slip]:
    """Phrases for which the language has its own, such as ``pro-rata`` or ``non-defaulting members``."""
    for pattern, own in _COMPILED:
        for found in stop.around(pattern):
            written = found[0]
            replacement = found.expand(own)
            if "key" in pattern.groupindex:
                replacement = re.sub(r"\s+,", ",", replacement)
            plain = " ".join(replacement.split())
            if " ".join(written.split()) == plain or found.end() < stop.at - 80:
                continue
            if own:
                message = f"{quoted(written)} is not a phrase of the language here"
                advice = f"write `{plain.removeprefix(', ') if written.startswith(',') else plain}`"
            else:
                message, advice = f"the word {quoted(written)} does not stand here", "take it away"
            blanks = len(written) - len(written.lstrip())
            shown = (found.start() + blanks, found.end())
            spaced = _spaced(stop, found, replacement)
            yield Slip(
                "foreign-word",
                message,
                *found.span(),
                spaced,
                advice,
                beyond=1 if own else 2,
                keyword=True,
                shown=shown,
            )


def _spaced(stop: Stop, found: "re.Match[str]", replacement: str) -> str:
    """The replacement, with a blank behind it where the next word would touch it."""
    if replacement and replacement[-1].isalnum() and stop.text[found.end() : found.end() + 1].isalnum():
        return f"{replacement} "
    return replacement


# --------------------------------------------------------------------------------------------------------- misspelt

_WORD = re.compile(r"[^\W\d]\w*(?:-\w+)?")


def misspelt(stop: Stop) -> Iterator[Slip]:
    """A word near one that may stand there: ``trnache``, ``Waterfall``; also where it was read as a name."""
    for start, expected in _word_places(stop):
        found = _WORD.match(stop.text, start)
        if found is None:
            continue
        word = found[0]
        for own in _near(word, stop.spelt(expected)):
            if own == word:
                continue
            capitalised = own == word.lower()
            message = (
                f"the word {quoted(word)} is written with small letters"
                if capitalised
                else f"{quoted(word)} is misspelt"
            )
            advice = f"write `{own}`" if capitalised else f"did you mean `{own}`?"
            beyond = 1 if capitalised or _ratio(word, own) > _ALMOST else 2
            yield Slip("misspelt-word", message, start, found.end(), own, advice, beyond=beyond, keyword=True)


def _word_places(stop: Stop) -> Iterator[tuple[int, frozenset[str]]]:
    """The stop and the two words before it, with what may stand there."""
    yield stop.at, stop.expected
    for number in (1, 2):
        moment = stop.before(number)
        if moment is not None and moment.kind in {"NAME", "CAPITALISED"}:
            yield moment.start, stop.machine.expected(moment.before)


_ALMOST = 0.85
_NO_SLIPS = frozenset({"trillion", "number", "survivor"})
"""Words that are near others of the language and mean something else."""


def _ratio(word: str, own: str) -> float:
    return difflib.SequenceMatcher(None, word.lower(), own).ratio()


def _near(word: str, spelt: list[str]) -> list[str]:
    """The words of the language that a word may be a slip for, the nearest first."""
    words = [own for own in spelt if own[0].isalpha()]
    lower = word.lower()
    if lower in _NO_SLIPS:
        return []
    if lower in words:
        return [lower]
    return difflib.get_close_matches(lower, words, n=3, cutoff=0.72) if len(word) > 2 else []


# ------------------------------------------------------------------------------------------------------------ names

_HYPHENATED = re.compile(r"(?<![\w-])[A-Za-z]\w*(?:-\w+)+(?![\w-])")
_MIXED_CASE = re.compile(r"(?<!\w)[a-z][a-z0-9_]*[A-Z]\w*")
_DIGIT_FIRST = re.compile(r"(?<![\w.])[0-9]+[A-Za-z_]\w*")
_NOT_ASCII = re.compile(r"(?<!\w)\w*[^\W\d_a-zA-Z]\w*")
_QUOTED_NAME = re.compile(r'"([^"\r\n]{0,80})"')


def snake(text: str) -> str:
    """A text as a name: ``Own-Contribution`` and ``ownContribution`` give ``own_contribution``."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    divided = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    return re.sub(r"_+", "_", re.sub(r"[^a-z0-9_]+", "_", divided.lower())).strip("_")


def names(stop: Stop) -> Iterator[Slip]:
    """Names that are capitalised, hyphenated, in two words, in quotes, in mixed case or with letters like ``ä``."""
    yield from _reserved(stop)
    yield from _currencies_and_ids(stop)
    for pattern, what in (
        (_HYPHENATED, "has a hyphen"),
        (_MIXED_CASE, "has capitals in it"),
        (_DIGIT_FIRST, "begins with a digit"),
        (_NOT_ASCII, "has letters other than a to z"),
    ):
        for found in stop.around(pattern):
            name = snake(found[0]).lstrip("0123456789_")
            if name and name != found[0]:
                yield _name_slip(quoted(found[0]), what, *found.span(), name)
    yield from _capitalised(stop)
    yield from _in_quotes(stop)
    last = stop.before()
    if last is not None and last.kind == "NAME" and stop.kind in {"NAME", "CAPITALISED", "NUMBER"}:
        joined = snake(stop.text[last.start : stop.end])
        if stop.text[last.end : stop.at].strip(" \t") == "":
            yield _name_slip(quoted(stop.text[last.start : stop.end]), "is two words", last.start, stop.end, joined)


def _name_slip(name: str, what: str, start: int, end: int, replacement: str) -> Slip:
    help_ = f"names are of small letters, digits and underscores: write `{replacement}`"
    return Slip("malformed-name", f"the name {name} {what}", start, end, replacement, help_)


def _capitalised(stop: Stop) -> Iterator[Slip]:
    for start, end, kind, expected in ((stop.at, stop.end, stop.kind, stop.expected), *_before(stop)):
        if kind == "CAPITALISED" and "NAME" in expected:
            written = stop.text[start:end]
            yield _name_slip(quoted(written), "begins with a capital", start, end, snake(written))


def _before(stop: Stop) -> Iterator[tuple[int, int, str, frozenset[str]]]:
    last = stop.before()
    if last is not None:
        yield last.start, last.end, last.kind, stop.machine.expected(last.before)


def _currencies_and_ids(stop: Stop) -> Iterator[Slip]:
    """A currency or the id of a member in small letters."""
    if stop.kind != "NAME" or "CAPITALISED" not in stop.expected:
        return
    upper, span = stop.word.upper(), (stop.at, stop.end)
    if upper in currency_codes():
        yield Slip(
            "malformed-name",
            f"the currency {quoted(stop.word)} is not in capitals",
            *span,
            upper,
            f"write `{upper}`",
            beyond=1,
        )
    if "STRING" in stop.expected:
        help_ = f'write `{upper}`, or `"{stop.word}"` in quotes if it is spelt like this'
        message = f"the member id {quoted(stop.word)} does not begin with a capital"
        yield Slip("malformed-name", message, *span, f'"{stop.word}"', help_, fix=False, beyond=1)


def _in_quotes(stop: Stop) -> Iterator[Slip]:
    """A title where the name is missing, or a name in quotes."""
    found = stop.here(_QUOTED_NAME)
    if found is None or "NAME" not in stop.expected:
        return
    name = snake(found[1]).lstrip("0123456789_") or "name"
    message = f"the name is missing before the title {quoted(found[0])}"
    help_ = f"a name of small letters comes first: `{name} {found[0]}`"
    yield Slip("missing-part", message, stop.at, stop.at, f"{name} ", help_, shown=found.span())
    yield _name_slip(found[0] and quoted(found[0]), "stands in quotes", *found.span(), name)


def _reserved(stop: Stop) -> Iterator[Slip]:
    """A word of the language where a name is due."""
    if stop.word in RESERVED and "NAME" in stop.expected and "LPAR" not in stop.expected:
        message = f"`{stop.word}` is a word of the language and cannot be a name"
        if "\n" not in stop.text[stop.before_end : stop.at]:
            yield Slip("reserved-word", message, stop.at, stop.end, f"my_{stop.word}", _OTHER_NAME, fix=False, beyond=1)


_OTHER_NAME = "choose another name, perhaps of two words"


# ---------------------------------------------------------------------------------------------------------- missing

_MAY_BE_MISSING = (
    "to by of rata first total the discretion order force losses segment per from under loss pays as over then missing "
    "have order one pool ratio reallocation equally in"
).split() + [":", "=", ","]
_OPERANDS = frozenset({"NUMBER", "NAME", "RPAR", "DATE", "STRING"})
_WANTS = re.compile(r"[A-Za-z][\w ,.'()/&-]*")


def missing_words(stop: Stop) -> Iterator[Slip]:
    """A word or sign without which the phrase does not go on: ``shared pro rata contribution``."""
    last = stop.before()
    if last is None or "LPAR" in stop.expected:
        return
    behind, at = f" behind {quoted(stop.previous)}", last.end
    kinds = {spelling: kind for kind in stop.expected for spelling in spellings().get(kind, ())}
    for word in _MAY_BE_MISSING:
        if (
            word in kinds
            and not (word == "of" and last.kind in _OPERANDS)
            and not (word == "=" and "ADD" in kinds.values())
        ):
            glued = word in {",", ":"}
            replacement = word if glued else f" {word}" if stop.text[at : at + 1].isspace() else f" {word} "
            yield Slip(
                "missing-word",
                f"`{word}` is missing{behind}",
                at,
                at,
                replacement,
                f"write `{word}`{behind}",
                shown=_shown(stop, last),
            )
    if "STRING" in stop.expected:
        yield from _missing_quotes(stop)


def _shown(stop: Stop, last: Moment | None) -> tuple[int, int]:
    """The token at the stop, or the one before it if something is missing at the end of a line."""
    if last is None or ("\n" not in stop.text[last.end : stop.at] and not stop.at_end):
        return stop.at, stop.end
    return last.start, last.end


def _missing_quotes(stop: Stop) -> Iterator[Slip]:
    """A title, path or citation without its quotes."""
    found = _WANTS.match(stop.text, stop.at, stop.line_end) if stop.line_end > stop.at else None
    if found is None or "\n" in stop.text[stop.before_end : stop.at]:
        return
    whole = found[0].rstrip()
    ends = [whole, *(whole[: cut.start()].rstrip() for cut in re.finditer(r"\b(?:cite|version|because|by)\b", whole))]
    for text in ends:
        if text:
            message = f"{quoted(text)} does not stand in quotes"
            yield Slip(
                "missing-quotes", message, stop.at, stop.at + len(text), f'"{text}"', f'write `"{text}"`', beyond=1
            )


_PLACEHOLDERS = {
    "NUMBER": (" 0 ", "an expression"),
    "NAME": (" x ", "a name"),
    "STRING": (' "…" ', "a text in quotes"),
    "DATE": (" 2000-01-01 ", "a date"),
    "CAPITALISED": (" EUR 1 ", "an amount"),
}


def missing_parts(stop: Stop) -> Iterator[Slip]:
    """A name, title, value or expression that is not there."""
    last = stop.before()
    if last is None:
        return
    for kind, (text, what) in _PLACEHOLDERS.items():
        if kind not in stop.expected or (kind == "NAME" and "LPAR" in stop.expected):
            continue
        if kind in {"NUMBER", "CAPITALISED"} and "LPAR" not in stop.expected:
            what = "a number" if kind == "NUMBER" else "an amount" if "STRING" not in stop.expected else "a member id"
        message = f"{what} is missing behind {quoted(stop.previous)}"
        shown = (last.start, last.end)
        yield Slip("missing-part", message, stop.at, stop.at, text, _examples(stop.expected), shown=shown, fix=False)


def _examples(expected: frozenset[str]) -> str | None:
    return f"here stands {listed(phrases(expected))}" if len(phrases(expected)) > 1 else None
