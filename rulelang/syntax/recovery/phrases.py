"""Slips in phrases: plain English and words of other languages for which this one has its own."""

import re
from collections.abc import Iterator

from rulelang.syntax.recovery.slip import Slip, quoted
from rulelang.syntax.recovery.stop import Stop

_NUMBER_OF_DAYS = r"(?=\s+[0-9]+\s+(?:[a-z]+\s+)?days?)"
_KEY = r"(?P<key>[^\"#\r\n,:]+)"
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
    (r"(?:final|last|in\s+the\s+end)", "finally"),
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
    (r"(?:in\s+proportion|proportional(?:ly)?|proportionate(?:ly)?|rate?ably)(?:\s+(?:to|by))?", "pro rata to"),
    (r"(?:distributed|split|divided|allocated|apportioned|share|shares)", "shared"),
    (r"(?:evenly|equal|in\s+equal\s+(?:parts|shares)|per\s+(?:capita|head)|pari\s+passu)", "equally"),
    (r"(?:(?:with\s+)?no|not|non|w/o)\s+re-?\s?allocat\w+", "without reallocation"),
    (r"re-\s?allocat\w*|re-?allocating|redistribution|re-?distribut\w*", "reallocation"),
    (rf"in\s+(?:ascending|increasing|rising)\s+order\s+of\s+{_KEY}", r"in order of \g<key>, lowest first"),
    (rf"in\s+(?:descending|decreasing|falling)\s+order\s+of\s+{_KEY}", r"in order of \g<key>, highest first"),
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
    (r"(?:is\s+)?(?:(?:less|smaller|lower|fewer)\s+than\s+or\s+equal\s+to|at\s+most|not\s+more\s+than)", "<="),
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


def _compiled(pattern: str) -> "re.Pattern[str]":
    """A pattern that matches whole words."""
    before = "" if pattern.startswith(",") else r"(?<![\w-])"
    return re.compile(rf"{before}(?:{pattern})(?![\w-])")


_RULES = tuple((_compiled(pattern), own) for pattern, own in _PHRASES)


def foreign_words(stop: Stop) -> Iterator[Slip]:
    """Phrases for which the language has its own, such as ``pro-rata`` or ``non-defaulting members``."""
    for pattern, own in _RULES:
        for found in stop.around(pattern):
            written = found[0].strip()
            replacement = re.sub(r"\s+,", ",", found.expand(own))
            plain = " ".join(replacement.split())
            if " ".join(written.split()) in {plain, plain.removeprefix(", ")}:
                continue
            shown = (found.end() - len(written), found.end())
            if not own:
                message = f"the word {quoted(written)} does not stand here"
                yield Slip("foreign-word", message, found.span(), "", "take it away", keyword=True, shown=shown)
                continue
            message, help_ = f"{quoted(written)} is not a phrase of the language here", f"write `{plain}`"
            span = found.span()
            # a type stands alone: nothing else can be meant, whatever follows
            sure = "MONEY" in stop.expected and found.start() == stop.at and own in _TYPES
            yield Slip(
                "foreign-word", message, span, replacement, help_, shown=shown, beyond=1, sure=sure, keyword=True
            )


_TYPES = frozenset({"yes/no", "text", "number", "money", "ratio", "date", "one of"})


_AGGREGATES = {
    **dict.fromkeys("mean avg".split(), "average"),
    **dict.fromkeys("total".split(), "sum"),
    **dict.fromkeys("maximum max highest biggest greatest".split(), "largest"),
    **dict.fromkeys("minimum min lowest least".split(), "smallest"),
}


def aggregates(stop: Stop) -> Iterator[Slip]:
    """``mean of x over survivors``: read as a product of a name up to ``over``."""
    if stop.word != "over":
        return
    for moment in reversed(stop.history):
        own = _AGGREGATES.get(stop.source(moment))
        if own is not None:
            message = f"{quoted(stop.source(moment))} is no aggregate of the language"
            yield Slip("foreign-word", message, moment.span, own, f"write `{own}`", beyond=1)
            return
