"""Phrases of what stands beside the waterfall that leave something open: what is owed, comes back and must hold.

Rows as in :mod:`rulelang.syntax.recovery.doubts`, which are looked at after these.
"""

from rulelang.syntax.recovery.doubts import Doubt
from rulelang.syntax.recovery.places import in_claim, in_section

_IN_RECOVERIES, _IN_REPLENISH = in_section("recoveries"), in_section("replenish")
_STANDS_NOT, _NO_PHRASE = "does not stand here", "is not a phrase of the language here"
_AT_ONCE = r"immediately|forthwith|without\s+(?:undue\s+)?delay|at\s+once|(?:up)?on\s+(?:first\s+)?demand|promptly"
_IN_FULL = (
    r"in\s+full|fully|completely|entirely"
    r"|to\s+(?:its|the)\s+(?:full|original|previous|former)\s+(?:amount|level|size|value)"
)

RECOVERIES = (
    Doubt(r",?(?:and\s+)?(?:then|thereafter|next|secondly|thirdly|(?:and\s+)?finally|lastly|afterwards)(?:\s+"
          r"(?:repay|to))?(?=\s+[a-z])",
          "goes on with another step", "write `then repay`", " then repay", where=_IN_RECOVERIES, certain=True),
    Doubt(r"(?:first(?:ly)?|in\s+the\s+first\s+place)\s+repay", _NO_PHRASE, "write `repay`", "repay",
          where=_IN_RECOVERIES, certain=True),
    Doubt(r",?(?:first(?:ly)?|last(?:ly)?|in\s+full|fully)", _STANDS_NOT,
          "steps are repaid in the order in which they stand, each in full before the next: take it away",
          where=_IN_RECOVERIES, choices=("",)),
    Doubt(r"(?:in\s+)?(?:the\s+)?(?:reverse|inverse|opposite|same)\s+order(?:\s+(?:of|as|to)\s+(?:the\s+)?"
          r"(?:waterfall|steps|payments?))?"
          r"|all(?:\s+(?:steps|tranches|layers))?(?=\s*$|\s+(?:in|rest|then)\b)|every(?:thing|body|one|\s+step)"
          r"|(?:the\s+)?(?:survivors|members|payers|ccp)(?:\s+and\s+(?:the\s+)?(?:survivors|members|ccp))?",
          "names no step", "name the steps, those to be repaid first in front: `repay a then repay b`", "x",
          where=lambda stop: _IN_RECOVERIES(stop) and stop.expected == {"NAME"}, keyword=False),
    Doubt(r",?(?:pro[\s-]?rata|pari\s+passu|together|side\s+by\s+side|rank(?:s|ing)?\s+(?:equally|alike|"
          r"pari\s+passu))\s+with(?:\s+the)?"
          r"(?=\s+[a-z])", "is written with a comma", "write `,`", ",", where=_IN_RECOVERIES, certain=True),
    Doubt(r",?(?:pro[\s-]?rata|pari\s+passu|rateably|together|in\s+proportion)(?:\s+to\s+[^\r\n#]*)?", _STANDS_NOT,
          "who paid is repaid in proportion to what was paid anyway; steps that are repaid together have commas "
          "between them, as in `repay a, b`", where=_IN_RECOVERIES, choices=("",)),
    Doubt(r",?(?:and\s+)?(?:(?:the|any|all|what)\s+)*(?:remainder|balance|surplus|excess|residue|remaining"
          r"(?:\s+amounts?)?|is\s+left"
          r"|rest)(?:(?:\s+(?:is\s+paid|goes|returns?|belongs))?\s+to|\s+(?:is\s+)?(?:retained|kept)\s+by)(?=\s+[a-z])",
          _NO_PHRASE, "write `rest to`", " rest to", where=_IN_RECOVERIES, certain=True),
)  # fmt: skip

REPLENISH = (
    Doubt(r"(?:of|from|after|following)\s+(?:(?:the|a|any|each|such|its)\s+)*"
          r"(?:default|demand|notice|request|call|draw(?:ing)?|use|loss|payment|declaration|declared|event)"
          r"(?:\s+of\s+default)?", _STANDS_NOT,
          "the days are counted from the day of the run that drew on the pot: take it away",
          where=_IN_REPLENISH, choices=("",)),
    Doubt(r"(?:by|on|at|before|until|from|after)\s+(?:the\s+)?(?:end|close|start|beginning|expiry)\s+of\s+"
          r"(?:the\s+)?[a-z][\w -]*?"
          r"(?=\s*$|\s+within\b)|(?:after|following)\s+(?:the\s+)?(?P<period>[a-z]\w*)(?=\s+within\b|\s*$)",
                _STANDS_NOT,
          "what is due is due so many days behind the run that drew on the pot: write `within` and days",
          where=_IN_REPLENISH),
    Doubt(r"(?:by|on|within)\s+(?:the\s+)?(?:next|following|one)\s+(?P<unit>business\s+day|day|month)", _NO_PHRASE,
          "write `within 1 \\g<unit>`", "within 1 \\g<unit>", where=_IN_REPLENISH, certain=True),
    Doubt(r",?(?:but\s+)?(?:(?:no|not)\s+later\s+than|in\s+at\s+most|at\s+the\s+latest|by|in)(?=\s+[0-9])", _NO_PHRASE,
          "write `within`", " within", where=_IN_REPLENISH, certain=True),
    Doubt(rf"(?:within\s+)?(?:{_AT_ONCE})", "does not say within how many days",
          "write `within 1 day`, or `within 1 business day`", "within 1 day", where=_IN_REPLENISH,
          choices=("within 1 day", "within 1 business day")),
    Doubt(r"(?:within\s+)?(?P<hours>[0-9]+)\s+hours?", "is not counted in days",
          "due is what is due on a day: write `within 1 day`, or `within 1 business day`", "within 1 day",
          where=lambda stop: _IN_REPLENISH(stop) and not stop.expected.isdisjoint({"DAYS", "_WITHIN"}),
          choices=("within 1 day", "within 1 business day")),
    Doubt(_IN_FULL, "does not say up to what",
          "say what the pot is to hold again: what was drawn is made good by `to x as of declared each`, with "
          "its pot x",
          "to 1", where=lambda stop: _IN_REPLENISH(stop) and "TO" in stop.expected),
    Doubt(r"up\s+to|back\s+to|until|to\s+(?:at\s+least|the\s+level\s+of|the\s+amount\s+of)", _NO_PHRASE, "write `to`",
          "to",
          where=lambda stop: _IN_REPLENISH(stop) and "TO" in stop.expected, certain=True),
    Doubt(r"in\s+total|in\s+(?:the\s+)?aggregate|altogether", _STANDS_NOT,
          "behind `to` stands what one payer is to hold; all together owe no more than `up to … in total`",
          where=lambda stop: _IN_REPLENISH(stop) and "EACH" in stop.expected and "UP" in stop.expected, choices=("",)),
)  # fmt: skip

_SIDE = r"(?P<one>(?:[^():\r\n\"#]|\([^()\r\n]*\))+?)"
_OTHER = r"(?P<other>(?:[^():\r\n\"#]|\([^()\r\n]*\))+?)(?=\s*(?:$|#|cite\b))"

CLAIMS = (
    Doubt(rf"(?:(?<=:\s){_SIDE}\s+(?:implies(?:\s+that)?|only\s+if|only\s+when|[-=]+>)\s+{_OTHER})",
          "says that one follows from the other",
          "write `not (\\g<one>) or (\\g<other>)`", "not (\\g<one>) or (\\g<other>)", where=in_claim, certain=True,
          keyword=False),
    Doubt(r",?unless(?=\s)", "does not stand behind a condition", "what must hold, or else another: write `or`",
          " or", where=lambda stop: in_claim(stop) and "ADD" in stop.expected, certain=True),
    Doubt(r",?(?:for|of)\s+(?:(?:all|each|every|any)\s+)?(?:the\s+)?(?P<who>members|survivors|defaulters)",
          "stands behind what must hold",
          "say it before the colon, as in `for \\g<who>: …`",
          where=lambda stop: in_claim(stop) and "ADD" in stop.expected),
    Doubt(r",?(?:if|when|where|whenever|provided(?:\s+that)?|as\s+long\s+as)(?=\s)", "stands behind what must hold",
          "say first what it hangs on, as in `if … then … else yes`", " or",
          where=lambda stop: in_claim(stop) and "ADD" in stop.expected),
)  # fmt: skip

STANDS_BESIDE = (
    Doubt(r"waterfall\s+per\s+default(?:er)?|waterfall\s+(?:in\s+turn|one\s+default\s+after\s+(?:another|"
          r"the\s+other))", _NO_PHRASE,
          "write `waterfall for each default in turn`", "waterfall for each default in turn", certain=True),
)  # fmt: skip

SECTIONS = (*RECOVERIES, *REPLENISH, *CLAIMS, *STANDS_BESIDE)
