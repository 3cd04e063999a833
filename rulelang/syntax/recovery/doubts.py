"""Phrases that leave something open, and what the language wants to be told: who, how much, since when, by what.

A phrase has a fix only where one reading is left.  Elsewhere its help shows all of them, and who wrote the rule
chooses; what can be put in as it stands is among the choices.
"""

from attrs import frozen

from rulelang.syntax.recovery.places import (
    Where,
    anywhere,
    behind_a_clause,
    behind_a_name,
    behind_no_day,
    expecting,
    expecting_all,
    in_amount,
    in_condition,
    in_limit,
    in_list,
    in_quantity,
    in_ranks,
    in_value,
)
from rulelang.syntax.recovery.spoken import AMOUNT, DATE

_MEMBERS = r"(?:(?:other|remaining|solvent)\s+)*(?:clearing\s+)?(?:members?|participants?)"
_DEFAULTERS = r"(?:the\s+)?(?:defaulters?|defaulting\s+(?:clearing\s+)?(?:members?|participants?))"
_EXCEPT = r"(?:other\s+than|except(?:ing|\s+for)?|exclud\w+|but\s+not|save(?:\s+for)?|not)"
_ALL = rf"paid\s+by\s+(?:(?:all|the|each|every|other)\s+)*{_MEMBERS}"
_WHO = r"(?:\s+(?:who|that|which|with|where|whose|if|when))?(?:\s+(?:is|are|has|have))?"
_THOSE = rf"(?:\s+(?:those|members?|survivors?|participants?|the))*{_WHO}"
_LENGTH = r"(?=\s+[0-9]+[\s-]+(?:[a-z]+\s+){0,2}(?:days?|months?)\b)"
_A = r"(?:(?:a|an|any|each|every|one|the|the\s+same)\s+)?"
_STRETCH = (
    r"(?:\s+(?:a|an|any|each|every|the(?=\s+(?:last|past|prec|prev))))?(?:\s+(?:rolling|last|past|preceding|previous))?"
)
_YEAR = r"(?:year|annum)"
_ZERO = r"(?:zero|nil|nought|(?:[A-Z]{3}\s+)?0(?![0-9.]))"
_GONE = (
    r"(?:(?:is|are|has|have|being)\s+)?(?:been\s+)?(?:fully\s+|wholly\s+)?"
    r"(?:exhausted|used(?:\s+up)?|depleted|consumed|spent|(?:not\s+|in)sufficient)"
)
_AFTER = (
    r"(?:(?:but\s+)?only\s+(?:if|when|once|after)|subject\s+to|after|following|upon|once|when|where|if|until|on"
    r"|as\s+soon\s+as|in\s+the\s+event\s+of)"
)
_SOLE = r"(?:(?:sole|absolute|own|full|and)\s+)*"
_TIMES = r"(?:twice|thrice|(?:two|three|four|five|[2-9])\s+times)"
_LIMIT_OF_GROUPS = (
    "a limit counts for every payer or for all of them together; none counts a group of affiliates as one"
)


_PART = rf"(?:{AMOUNT}|[0-9.]+%\s+of\s+[a-z]\w*)"


@frozen
class Doubt:
    """A phrase that leaves something open.

    ``what`` stands behind the phrase in the message.  ``own`` is put in its place to read on, and offered if it is
    ``certain``; ``choices`` are what may be meant.  All but ``what`` may name groups of the pattern, as ``key``.
    """

    pattern: str
    what: str
    help: str
    own: str = ""
    where: Where = anywhere
    choices: tuple[str, ...] = ()
    certain: bool = False
    keyword: bool = True


_NO_PHRASE = "is not a phrase of the language"
_NO_PHRASE_HERE = "is not a phrase of the language here"
_NO_CONDITION = "does not stand here"
_BEGINS = "does not say when it begins"
_HOW_MANY = "does not say how many rounds there are"
_ROUNDS = "write `in at most 3 rounds`, with the number of rounds that the rule allows"
_IN_ORDER = (
    "a step pays when those above it are used up; to say it of one of them, write `when unused(\\g<step>) = EUR 0`"
)
_COUNTS_DAYS = expecting("LIMIT_IN", "SEGMENT", "NUMBER")


PAYERS = (
    Doubt(rf"{_ALL}\s+\(?{_EXCEPT}\s+{_DEFAULTERS}(?:\s*\))?|{_ALL}\s+not\s+in\s+default", _NO_PHRASE,
          "write `paid by survivors`", "paid by survivors", certain=True),
    Doubt(rf"{_ALL}\s+in\s+default", _NO_PHRASE, "write `paid by defaulters`", "paid by defaulters", certain=True),
    Doubt(_ALL, "does not say whether the defaulter pays too",
          "write `paid by survivors` for those that did not default; a defaulter pays in steps `paid by defaulters`",
          "paid by survivors"),
    Doubt(
          r"(?:(?:all|any|each)\s+)?(?:its\s+|their\s+)?affiliates(?:\s+of\s+[^\r\n#\"]*?)?(?=\s*$|\s+(?:from|up|"
          r"where)\b)",
          "are nobody the language knows",
          'members of one group have the same value in a field of the rulebook, as in `where parent != "…"`',
          "survivors", where=expecting("SURVIVORS")),
    Doubt(rf"(?:unless|other\s+than|except(?:ing|\s+for)?|exclud\w+|but\s+not|save(?:\s+for)?){_THOSE}(?=\s+[a-z(])",
          "does not say who pays",
          "say who does pay: write `where not`, in parentheses what is more than one condition", "where not",
          where=expecting_all("FROM", "WHERE"), choices=("where not",)),
    Doubt(r"(?:and|,|together\s+with)(?=\s+(?:the\s+)?(?:ccp|survivors|defaulters|members)\b)",
          "stands between two payers",
          "a step has one kind of payers: write a step for each, side by side between `together` and `end`",
          "where x from x up to EUR 1 each when no shared equally paid by", where=expecting_all("FROM", "UP")),
)  # fmt: skip

STEPS = (
    Doubt(r"(?:who|that|which)(?:\s+(?:is|are))?(?=\s+[a-z])", _NO_PHRASE_HERE, "write `where`",
          "where", where=expecting_all("FROM", "WHERE"), certain=True),
    Doubt(
          r"(?:in\s+(?:the\s+)?(?:ratio|proportion)\s+(?:of\s+)?)?(?P<one>[0-9]+)%?\s*(?::|to|/)\s*(?P<other>[0-9]+)%?",
          _NO_PHRASE_HERE, "write `in ratio \\g<one> : \\g<other>`",
          "in ratio \\g<one> : \\g<other>", where=expecting_all("AS", "END"), certain=True),
    Doubt(r"(?:ranking\s+)?(?:pari\s+passu(?:\s+and\s+pro\s+rata)?|pro\s+rata|side\s+by\s+side|in\s+parallel)",
          "does not stand here",
          "steps between `together` and `end` pay side by side anyway, each in proportion to what it can pay",
          where=expecting_all("AS", "END"), choices=("",)),
    Doubt(r"\s+(?:and|or|&)", "does not stand in a list", "write `,`", ",", where=in_list, certain=True),
    Doubt(r"of|up\s+to|is|at|being|means|equals?(?:\s+to)?|(?:to|shall)\s+(?:be|mean)",
          _NO_PHRASE_HERE, "write `as`", "as", where=behind_a_name, certain=True),
)  # fmt: skip

TYPES = (
    Doubt(r"rate", "does not say of what", "a part of a whole is a `ratio`; what one currency costs in another "
                                           "is `EUR per USD`, as one is written",
          "ratio", where=lambda stop: "MONEY" in stop.expected, choices=("ratio",)),
    Doubt(r"(?!(?:signed|money|number|ratio|text|date|yes|no|one)\b)(?P<one>[a-z]\w*)(?:\s*(?:,|/|\||\bor\b)"
          r"\s*(?P<other>[a-z]\w*))(?=\s*$)", "is a choice",
          "write `one of \\g<one>, \\g<other>`", "one of \\g<one>, \\g<other>",
          where=lambda stop: "MONEY" in stop.expected, certain=True),
    Doubt(rf",?(?:=|or|otherwise|else|absent)(?=\s+{AMOUNT})", _NO_PHRASE_HERE,
          "write `if missing`", " if missing", where=expecting_all("FORMERLY", "IF"), certain=True),
    Doubt(r",?(?:or\s+missing|optional|nullable|(?:if|where)\s+(?:any|available|applicable|known))",
          "does not say what holds where there is no value", "say it, as in `if missing EUR 0`", " if missing 0",
          where=expecting_all("FORMERLY", "IF")),
    Doubt(r"one\s+of\s+(?:\"|[A-Z])[^\r\n#:]*", "are no words of small letters",
          "values of a choice are words of small letters, as in `one of aaa, aa`; for any text write `text`", "text",
          choices=("text",)),
)  # fmt: skip

LIMITS = (
    Doubt(r"each,?\s+(?:net\s+of|less|minus|after\s+(?:deduction\s+of|deducting)|reduced\s+by)\s+(?:(?:any|all|"
          r"the)\s+)?"
          r"(?:amounts?|sums?|payments?|calls?)\s+(?:already|previously|so\s+far)\s+(?:paid|called|made|"
          r"contributed)[^\r\n#]*",
          "does not stand behind `each`",
          "what was paid in earlier runs counts in a limit `in any …` or `during …`; what is paid in this run so "
          "far is "
          "taken off the amount by `- total_paid each`", "- total_paid each", where=in_limit,
          choices=("- total_paid each",)),
    Doubt(r"each,?\s+(?P<what>(?:\(?rounded|as\s+(?:of|at|on)|calculated|determined|measured)\s+[^\r\n#]*)",
          "stands behind `each`",
          "what belongs to the amount stands in front of that word", "each", where=in_limit),
    Doubt(rf"each,?\s+(?:net\s+of|less|minus|after\s+(?:deduction\s+of|deducting))\s+(?P<what>{_PART}|[a-z]\w*)",
          "does not stand behind `each`", "what is taken off stands behind the amount: write `- \\g<what> each`",
          "- \\g<what> each", where=in_limit, choices=("- \\g<what> each",)),
    Doubt(rf"each,?\s+(?:plus|increased\s+by|together\s+with)\s+(?P<what>{_PART})", "does not stand behind `each`",
          "what is added stands behind the amount: write `+ \\g<what> each`", "+ \\g<what> each", where=in_limit,
          choices=("+ \\g<what> each",)),
    Doubt(r"each,?\s+(?:plus|increased\s+by|and|together\s+with)\s+(?P<what>[a-z]\w*)", "does not stand behind `each`",
          "what is added stands behind the amount: write `+ \\g<what> each`", "+ \\g<what> each", where=in_limit,
          choices=("+ \\g<what> each",)),
    Doubt(
          r"each,?\s+(?:but\s+)?(?:in\s+any\s+(?:event|case)\s+)?(?:not?\s+less\s+than|at\s+least|"
          r"with\s+a\s+minimum\s+of)"
          rf"\s+(?:{AMOUNT}|[a-z]\w*)", "is not said behind a limit",
          "a limit that has a floor is written `higher of X and Y each`", "each", where=in_limit),
    Doubt(r",?(?:other\s+than|except(?:ing|\s+for)|exclud\w+|save\s+for)\s+[^\r\n#]*", "does not say who pays",
          "who pays is said by the first clause, as in `paid by survivors where not (…)`", where=behind_a_clause),
    Doubt(
          r",?(?:(?:but|and)\s+)?(?:in\s+any\s+(?:event|case)\s+)?(?:(?:with|subject\s+to)\s+(?:a|the)\s+"
          r"(?:minimum|floor)\s+of"
          r"|being\s+at\s+least|not?\s+(?:to\s+be\s+)?(?:less\s+than|below)|at\s+least|floored\s+at)(?!\s+"
          r"(?:zero|nil|(?:[A-Z]{3}\s+)?0)\b)",
          "is not said behind a limit", "a limit that has a floor is written `higher of X and Y`, or `max(X, Y, Z)`",
          "+", where=in_limit),
    Doubt(
          r",?(?:(?:but|and)\s+)?(?:in\s+any\s+(?:event|case)\s+)?(?:(?:with|subject\s+to)\s+)?(?:(?:a|the)\s+"
          r"(?:minimum|floor)\s+of"
          r"|being\s+at\s+least|not?\s+(?:to\s+be\s+)?(?:less\s+than|below)|at\s+least|floored\s+at)(?!\s+"
          r"(?:zero|nil|(?:[A-Z]{3}\s+)?0)\b)",
          "is not said behind a value", "a value that has a floor is written `higher of X and Y`, or `max(X, Y, Z)`",
          "+", where=in_quantity),
    Doubt(
          r",?(?:(?:but|and)\s+)?(?:in\s+any\s+(?:event|case)\s+)?(?:(?:with|subject\s+to)\s+)?(?:(?:a|the)\s+"
          r"(?:maximum|cap|ceiling|limit)\s+of"
          r"|capped\s+at|limited\s+to|(?:not?|never)\s+(?:to\s+be\s+)?(?:more|greater)\s+than|not\s+exceeding|"
          r"at\s+most|up\s+to)",
          "is not said behind a value", "a value that has a cap is written `lower of X and Y`, or `min(X, Y, Z)`",
          "+", where=lambda stop: in_quantity(stop) and not in_limit(stop)),
    Doubt(r"(?:at\s+least|at\s+most|(?:not?|never)\s+(?:more|less)\s+than|up\s+to|between|not\s+exceeding|a\s+"
          r"(?:minimum|maximum)\s+of)",
          "is no value", "a definition is one value; the most that a step pays is said there, by `up to`", "0 +",
          where=lambda stop: stop.last_of({"AS", "DEFINE", "COLON"}) is stop.before() and "LPAR" in stop.expected
          and stop.last_of({"DEFINE", "LIMIT", "TRANCHE", "UP"}) is stop.last_of({"DEFINE"}) is not None,
          keyword=False),
    Doubt(rf"up\s+to\s+(?:[0-9]+|{_TIMES}|once|three|four|five)(?:\s+times)?(?:\s+(?:in|per|a|during|within|"
          rf"every)\s+[^\r\n#]*)?(?=\s*$)",
          "counts how often a step is done",
          "write `in at most 3 rounds` for rounds of one run, or `once during p` with a period `p`",
                "in at most 2 rounds",
          where=lambda stop: stop.word.startswith("time") or "UP" in stop.expected),
    Doubt(rf",?(?:provided\s+(?:that|always)(?:\s+that)?|so\s+that|such\s+that|but|and)\s+(?:no|each|every)"
          rf"\s+{_MEMBERS}\s+"
          r"(?:(?:shall|will|may|must|is\s+to)\s+)?(?:be\s+)?(?:pays?|bears?|contributes?|called|liable|required)"
          r"(?:\s+(?:on|upon|for|to\s+pay))?\s+"
          rf"(?:(?:(?:no|not|any)\s+)?(?:more|greater)\s+than|at\s+most|up\s+to)\s+(?P<amount>{_PART}|[a-z]\w*)"
          rf"(?:\s+each)?",
          "is written as a limit", "write `up to \\g<amount> each`", " up to \\g<amount> each", certain=True),
    Doubt(
          rf",?(?:floored\s+at\s+{_ZERO}|if\s+(?:positive|any)|but\s+not\s+(?:less\s+than|below)\s+{_ZERO}|"
          rf"(?:with|subject\s+to)\s+a"
          rf"\s+(?:minimum|floor)\s+of\s+{_ZERO}|if\s+(?:greater|more)\s+than\s+{_ZERO})",
          "is not said behind a value", "a value that is never below zero is written `max(…, EUR 0)`",
          where=expecting("ADD")),
    Doubt(r"without\s+(?:any\s+)?(?:limit(?:ation)?|cap)|unlimited|uncapped", "is not said",
          "a step without `up to` has no limit: leave it out", where=expecting("UP"), choices=("",)),
    Doubt(r"(?:up\s+to\s+)?(?:an?\s+)?unlimited(?:\s+amounts?)?(?:\s+each)?|up\s+to\s+any\s+amount(?:\s+each)?",
          "is no amount", "a step without `up to` has no limit: leave it out"),
    Doubt(r"up\s+to\s+(?:but\s+)?(?:not\s+including|excluding|exclusive\s+of)", _NO_PHRASE,
          "a limit is the most that is paid, itself included: write `up to`", "up to", choices=("up to",)),
    Doubt(r"(?:each|per\s+(?:clearing\s+)?(?:member|participant|survivor))(?:\s+and|,)?\s+(?:in\s+"
          r"(?:the\s+)?aggregate|in\s+total|overall|altogether)", "says both",
          "a limit is `each` or `in total`: keep one of the two, or write two limits", "each", where=expecting("ADD"),
          choices=("each", "in total")),
    Doubt(r"(?:per|for\s+each|for\s+every|of\s+each|by)\s+(?:affiliated?\s+|corporate\s+|member\s+)*"
          r"(?:groups?|parent|famil(?:y|ies))(?:\s+of\s+affiliates)?(?:\s+each)?", "counts members together",
          _LIMIT_OF_GROUPS, "each", where=in_limit),
    Doubt(r"gross\s+of\s+(?P<what>[a-z]\w*)", "takes nothing off",
          "leave it out: only what is taken off is written, as in `x - y`", where=expecting("ADD"), choices=("",)),
    Doubt(
          r",?(?:in\s+each\s+case|as\s+applicable|if\s+applicable|for\s+the\s+avoidance\s+of\s+doubt|"
          r"notwithstanding\s+[^\r\n#\"]*?"
          r"|hereunder|thereunder|from\s+time\s+to\s+time)(?=\s*(?:,|$|\s(?:up\s+to|each)\b))",
          "says nothing that is computed", "leave it out; what it makes an exception to is written where it stands",
          choices=("",)),
)  # fmt: skip

PERIODS = (
    Doubt(r"(?:within|in|for|during)\s+(?:the\s+|(?:a|the)\s+period\s+of\s+)?(?P<span>[0-9]+\s+(?:business\s+|"
          r"calendar\s+)?(?:days?|months?))\s+"
          r"(?:of|from|after|following|since)\s+(?:(?:the|a|any|each|such|first)\s+)*(?:date\s+of\s+(?:the\s+)?)?"
          r"(?:event\s+of\s+)?"
          r"(?:default|declaration|declared|payment|draw)(?:\s+of\s+[a-z]+)?",
          "counts from something", "declare it, as in `period p opens at a default lasts \\g<span>`, and write "
                                   "`during p`",
          "during x", where=expecting("LIMIT_IN", "SEGMENT", "DURING", "CALENDAR")),
    Doubt(r"(?:(?:but\s+)?only\s+|(?:no|not)\s+more\s+than\s+)?once\s+(?:a|an|each|any)\s+(?:calendar\s+)?"
          r"(?:year|month|quarter|day|week)"
          r"|once\s+(?:annually|yearly|monthly)", "does not say when the days begin",
          "declare a `period` of that length with what opens it, and write `once during` and its name",
                "once during x"),
    Doubt(r"opens\s+(?:when|once|if|after|upon)\s+(?:the\s+)?(?P<step>[a-z]\w*)\s+(?:is|are|has\s+been|"
          r"have\s+been)\s+(?:fully\s+)?(?:exhausted|used(?:\s+up)?|depleted|spent)",
          _NO_PHRASE_HERE, "write `opens at exhaustion of \\g<step>`",
                "opens at exhaustion of \\g<step>", certain=True),
    Doubt(r"opens\s+(?:when|once|if|after|upon|at|on)\s+(?:(?:a|an|the|any|first)\s+)*(?:call|assessment|draw|"
          r"payment|use)(?:\s+(?:is\s+made|under|on|of))?"
          r"(?=\s+lasts)", "does not say under which step", "write `opens at a payment under` and the name of the step",
          "opens at a payment under x"),
    Doubt(r"(?:of|lasting|that\s+lasts|lasts|for|is)\s+(?P<span>[0-9]+\s+(?:business\s+)?(?:days?|months?))(?:\s+"
          r"(?:from|after)\s+[^\r\n#]*)?",
          "does not say what opens the period",
          "write `opens at a default lasts \\g<span>`, or what else opens it: `at a payment under …`, `at "
          "exhaustion of …`",
          "opens at a default lasts \\g<span>", where=expecting("_OPENS"), choices=(
                "opens at a default lasts \\g<span>",)),
    Doubt(r"(?:begins|starts|runs|is)\s+(?![^\r\n]*\blasts\b)[^\r\n#]*",
          "does not say what opens the period and how long it lasts",
          "a period is written like this: `opens at a default lasts 30 days`",
                "opens at a default lasts 31 days", where=expecting("_OPENS")),
    Doubt(r",?(?:but|and)?\s*(?:(?:no|not)\s+(?:longer|more)\s+than|at\s+most)\s+[0-9]+\s+(?:business\s+)?"
          r"(?:days?|months?)",
          "does not stand behind how long a period lasts",
          "it lasts so long; one that further defaults make longer is `extended by each further default to at most …`",
          where=expecting("_EXTENDED")),
    Doubt(r"(?:from|after)\s+(?:the\s+)?(?:declared|default|declaration)",
          "does not stand behind how long a period lasts",
          "it counts from the day that opens it: take it away", where=expecting("_EXTENDED"), choices=("",)),
    Doubt(r"by\s+(?P<span>[0-9]+\s+(?:business\s+)?(?:days?|months?))", "does not say what extends the period",
          "write `extended by each further default`: it then lasts as long again from that day on",
                "by each further default",
          where=lambda stop: stop.last_of({"_EXTENDED"}) is not None),
    Doubt(rf"(?:(?:but\s+)?only\s+|(?:no|not)\s+more\s+than\s+)?once\s+(?:during|in|within|per|every)\s+{_A}"
          r"(?:[0-9]+\s+(?:[a-z]+\s+)?[a-z]+|(?:calendar\s+)?(?:year|month|quarter)|(?:[a-z]+[\s-]+){1,2}period)(?!\w)",
          "does not say when the days begin",
          "declare a `period` of that length with what opens it, and write `once during` and its name",
          "once during x"),
    Doubt(
          rf"(?:(?:no|not)\s+more\s+than\s+|at\s+most\s+)?{_TIMES}\s+(?:during|in|within|per|every)\s+{_A}"
          rf"(?:[0-9]+\s+)?(?:[a-z]+\s+)?[a-z]\w*",
          "counts how often a step is done",
          "a step can be done once during a period (`once during p`), or as often as there are losses",
          "once during x", where=expecting("UP")),
    Doubt(rf"(?:within|in|over){_STRETCH}{_LENGTH}", "is no phrase of the language here",
          "write `in any` for every stretch of so many days, or `during` and a `period` that a default opens",
          "in any", certain=True),
    Doubt(rf"(?:within|in|over|per|during|every){_STRETCH}(?:\s+period\s+of)?{_LENGTH}",
          "is no phrase of the language here",
          "write `in any` for every stretch of so many days, or `during` and a `period` that a default opens",
          "in any"),
    Doubt(
          rf"(?:(?:per|a|every|each)\s+(?:calendar\s+)?{_YEAR}|(?:in|within|during)\s+(?:a|one|any|each|every)"
          rf"\s+{_YEAR}|annually|yearly"
          r"|p\.\s?a\.?)", _BEGINS,
          "write `in the calendar year`, or `in any 12 months` for every stretch of that length",
          "in the calendar year", where=_COUNTS_DAYS, choices=("in the calendar year", "in any 12 months")),
    Doubt(
          r"(?:(?:per|a|every|each)\s+(?:calendar\s+)?month|(?:in|within|during)\s+(?:a|one|any|each|every)"
          r"\s+month|monthly)",
          _BEGINS, "write `in the calendar month`, or `in any 1 month` for every stretch of that length",
          "in the calendar month", where=_COUNTS_DAYS, choices=("in the calendar month", "in any 1 month")),
    Doubt(rf"(?:(?:in|during|within|per)\s+)?{_A}(?:calendar\s+)?(?P<part>quarter|half[\s-]?year)|quarterly",
          "is no length that the language counts",
          "the calendar has `in the calendar year` and `month`; `in any 3 months` is every stretch of that length",
          "in any 3 months", where=_COUNTS_DAYS),
    Doubt(
          r"(?:in|within|during|for|over|per)\s+(?:(?:the|a|an|any|each|every|one|the\s+same)\s+)?"
          r"(?:[a-z]+[\s-]+){0,2}period",
          "does not say which period", "declare a `period` with what opens it, and write `during` and its name",
          "during x", where=expecting("LIMIT_IN", "SEGMENT", "DURING", "CALENDAR")),
    Doubt(
          r"(?:(?:as\s+(?:of|at)|on|at)\s+)?(?:the\s+(?:(?:last\s+)?(?:business\s+)?day|date|close)\s+)?"
          r"(?:immediately\s+|just\s+)?"
          r"(?:before|prior\s+to|preceding)\s+(?:the\s+)?(?:(?:day|date)\s+of\s+(?:the\s+)?)?(?:default|"
          r"declaration|declared)", "does not say which day is meant",
          "write `as of declared - 1 days` for the day before, or `as of declared - 1 business days`",
          "as of declared - 1 days", choices=("as of declared - 1 days", "as of declared - 1 business days")),
    Doubt(
          r"(?:as\s+(?:of|at)\s+)?(?:the\s+)?close\s+of\s+business\s+(?:on|of)\s+(?:the\s+)?(?:previous|"
          r"preceding|prior)\s+(?:business\s+)?day"
          r"|as\s+(?:of|at)\s+(?:the\s+)?(?:(?:first|last)\s+(?:business\s+)?day\s+of\s+(?:the\s+)?)?(?:previous|"
          r"preceding|prior|last)"
          r"(?:\s+(?:business|calendar|month|quarter|year|trading))*\s+(?:day|month|quarter|year|resizing|date)"
          r"(?:-end)?",
          "does not say which day is meant",
          "write a day, as in `as of declared - 1 business days`, or `as of start(p)` with a period `p`",
          "as of declared - 1 days"),
    Doubt(
          r"over\s+(?:the\s+)?(?:(?:last|past|previous|preceding)\s+)?[0-9]+\s+(?:[a-z]+\s+)?(?:days|months|"
          r"years|quarters)",
          "is no population",
          "an average over days comes with the event: declare it with `given`, or as a field of the members",
          "over survivors", where=expecting("OVER", "SURVIVORS")),
)  # fmt: skip

CONDITIONS = (
    Doubt(r"(?:when|if|once|after|where)\s+(?:all|each|every)\s+(?:of\s+)?(?:the\s+)?(?:previous|preceding|prior|"
          r"earlier|above)"
          rf"\s+(?:steps?|layers?|tranches?|resources?)\s+{_GONE}|(?:if\s+and\s+)?(?:only\s+)?to\s+the\s+extent\s+"
          r"(?:necessary|required|needed|(?:that\s+)?[^\r\n#\"]*?\s+(?:is|are)\s+(?:not\s+sufficient|insufficient))"
          r"|if\s+(?:necessary|required|needed)", _NO_CONDITION,
          "a step pays what those above it leave, and when they are used up: leave it out", where=behind_a_clause,
          choices=("",)),
    Doubt(r"for\s+(?:(?:any|all|the|that|those)\s+)?(?:part\s+of\s+)?(?:the\s+)?loss(?:es)?\s+(?:which\s+|"
          r"that\s+)?(?:is\s+|are\s+)?(?:not\s+)?"
          r"(?:(?:to\s+)?exceed(?:s|ing)?|in\s+excess\s+of|above|over|below|under|beyond|(?:of\s+)?(?:more|less|"
          r"at\s+least|at\s+most|up\s+to)(?:\s+than)?)"
          r"\s+[^\r\n#\"]*", "is none of the kinds of losses",
          "a step meets what those above it leave: how much it pays is said by `up to`, from which loss on by "
          "`when loss > …`",
          "for all losses"),
    Doubt(r"(?:(?:upon|after|following|with|on|subject\s+to|when)\s+)?(?:(?:the|any|prior|written|regulatory|"
          r"supervisory|board)\s+)*"
          r"(?:approval|consent|decision|approved|confirmation)(?:\s+(?:by|from|of)\s+"
          r"(?:the\s+)?\"?(?P<who>[A-Za-z][\w ]*?)\"?)(?=\s*$)",
          _NO_CONDITION, 'what somebody decides is written `at the discretion of "\\g<who>"`',
          '\n at the discretion of "\\g<who>"', where=behind_a_clause, choices=('at the discretion of "\\g<who>"',)),
    Doubt(r"(?:(?:upon|after|following|with|on|subject\s+to|when)\s+)?(?:(?:the|any|prior|written)"
          r"\s+)*(?P<who>regulator(?:y|'s)?|supervisory|board|committee|[a-z]+)"
          r"(?:'s)?\s+(?:approval|consent|decision|confirmation)", "does not say who decides",
          'write `at the discretion of "…"` with the name of the body',
                '\n at the discretion of "x"', where=behind_a_clause),
    Doubt(r"(?:when|if|where|as|once)\s+(?:the\s+)?(?P<who>(?i:board|committee|risk\s+committee|"
          r"default\s+management\s+committee|clearing\s+house|ccp|regulator))"
          r"\s+(?:so\s+)?(?:decides?|determines?|approves?|resolves?|directs?|requires?|elects?)(?:\s+so)?",
                "is no condition of figures",
          'what somebody decides is written `at the discretion of "\\g<who>"`', 'at the discretion of "\\g<who>"',
          choices=('at the discretion of "\\g<who>"',)),
    Doubt(r",?(?:payable|due|(?:to\s+be\s+)(?:paid|settled|delivered|funded))\s+(?:(?:within|in|on|"
          r"no\s+later\s+than|by\s+(?:the\s+)?(?:next|end|close|noon))\s+[^\r\n#\"]*|immediately|forthwith)"
          r"|(?:within|in|no\s+later\s+than)\s+[0-9]+\s+(?:business\s+|calendar\s+)?(?:days?|hours?)\s+(?:of|"
          r"from|after|following)\s+(?:(?:the|a|any|such)\s+)*"
          r"(?:demand|notice|request|call|notification)|(?:up)?on\s+(?:first\s+)?demand|immediately|forthwith|"
          r"without\s+(?:undue\s+)?delay",
          "says by when, and a step says who pays and how much",
          "leave it out: what is owed by a day is said by `replenish`",
          where=behind_a_clause, choices=("",)),
    Doubt(r"for\s+(?P<span>[0-9]+\s+(?:business\s+)?(?:days?|months?))(?:\s+(?:from|after)\s+[0-9-]+)?",
          "does not say the last day",
          "write from which day to which, as in `in force from 2026-01-01 to 2026-03-31`", "",
          where=lambda stop: behind_a_clause(stop) or ("TO" in stop.expected and "UP" in stop.expected)),
    Doubt(rf"(?:from|since|as\s+of)(?=\s+{DATE}\b)", _NO_PHRASE_HERE, "write `in force from`",
          "in force from", where=behind_a_clause, certain=True),
    Doubt(rf"(?:until|till|repealed(?:\s+on)?)(?=\s+{DATE}\b)", "does not say since when",
          "say from which day on, as in `in force from 2000-01-01 to 2018-12-31`", "in force from 2000-01-01 to",
          where=behind_no_day),
    Doubt(r"in\s+force\s+(?:until|till|through|to)(?=\s+[0-9])|valid\s+(?:until|till)(?=\s+[0-9])",
          "does not say since when", "say from which day on, as in `in force from 2000-01-01 to 2018-12-31`",
          "in force from 2000-01-01 to"),
    Doubt(r"(?:if|when|where|unless)", "does not stand behind a value",
          "one of two values is written `if … then … else …`; who pays at all, `paid by survivors where …`", "+",
          where=expecting_all("ADD", "EACH"), keyword=False),
    Doubt(r"(?:if|when|where|unless)(?![^\r\n]*\b(?:otherwise|else)\b)", "does not stand behind a value",
          "one of two values is written `if … then … else …`", "+", where=in_quantity, keyword=False),
    Doubt(rf",?{_AFTER}\s+(?:the\s+)?(?:full\s+)?(?:exhaustion|depletion|use)\s+of\s+(?:the\s+)?(?P<step>[a-z]\w*)",
          _NO_CONDITION, _IN_ORDER, "\n when unused(\\g<step>) = EUR 0", where=expecting("UP", "SURVIVORS", "WHEN"),
          choices=("when unused(\\g<step>) = EUR 0",)),
    Doubt(rf",?{_AFTER}\s+(?:the\s+)?(?P<step>[a-z]\w*)\s+{_GONE}", _NO_CONDITION, _IN_ORDER,
          "\n when unused(\\g<step>) = EUR 0", choices=("when unused(\\g<step>) = EUR 0",)),
    Doubt(
          r",?(?:provided|on\s+(?:the\s+)?condition|(?:so|as)\s+long\s+as|(?:but\s+)?only|in\s+case|"
          r"in\s+the\s+event|if|where)"
          r"(?:\s+(?:that|if|when|where))?(?!\s+(?:for|once|by|during))", _NO_CONDITION,
          "for a condition of the whole step write `when`; one of single payers is written `paid by survivors where …`",
          "\n when", where=behind_a_clause, choices=(" when",)),
    Doubt(r",?(?:unless|except|save)(?:\s+(?:that|if|when|where))?", _NO_CONDITION,
          "a condition of the whole step is written `when not (…)`; one of single payers `paid by survivors where …`",
          "\n when", where=behind_a_clause),
    Doubt(r"(?:(?:with|subject\s+to)\s+)?(?:the\s+)?(?:prior\s+)?(?:approval|consent|decision)\s+of\s+(?:the\s+)?"
          r"\"?(?P<who>[A-Za-z][\w ]*?)\"?(?=\s*$)", _NO_CONDITION,
          'what somebody decides is written `at the discretion of "\\g<who>"`', '\n at the discretion of "\\g<who>"',
          where=behind_a_clause, choices=('at the discretion of "\\g<who>"',)),
    Doubt(rf"(?:at|in)\s+(?:the\s+)?(?P<who>[A-Za-z][\w ]*?)'s\s+{_SOLE}discretion", _NO_CONDITION,
          'what somebody decides is written `at the discretion of "\\g<who>"`', '\n at the discretion of "\\g<who>"',
          choices=('at the discretion of "\\g<who>"',)),
    Doubt(rf"(?!at\s+the\s+discretion)at\s+(?:the\s+)?{_SOLE}(?:discretion|option|election)\s+of\s+(?:the\s+)?"
          r"(?P<who>[A-Za-z][\w ]*?)(?=\s*$)", _NO_CONDITION, 'write `at the discretion of "\\g<who>"`',
          'at the discretion of "\\g<who>"', certain=True),
    Doubt(
          r"may\s+be\s+(?:called|made|levied|invoked)\s+by\s+(?:the\s+)?\"?(?P<who>[A-Za-z][\w ]*?)\"?(?=\s*$)",
          _NO_CONDITION, 'what somebody decides is written `at the discretion of "\\g<who>"`',
          '\n at the discretion of "\\g<who>"', choices=('at the discretion of "\\g<who>"',)),
    Doubt(rf"(?:at|in)\s+(?:its|their)\s+{_SOLE}discretion"
          rf"|(?:the\s+)?[a-z][\w ]*?\s+may(?:,?\s+(?:at|in)\s+its\s+{_SOLE}discretion)?", "does not say who decides",
          'write `at the discretion of "…"` with the name of the body', '\n at the discretion of "x"',
          where=behind_a_clause),
    Doubt(
          r"subject\s+to\s+(?:the\s+)?(?:rules?|sections?|articles?|clauses?|regulations?|paragraphs?|"
          r"provisions?|chapters?)\b[^\r\n#\"]*",
          "says nothing that is computed", 'write what that rule says, and name it with `cite "…"`', "",
          choices=("",)),
    Doubt(r"for\s+(?:operational|operating|investment|custody|business|treasury|cyber)\s+losses",
          "is none of the kinds of losses",
          "losses without a defaulter are `for non-default losses`; what caused one is said in the event",
          "for non-default losses", choices=("for non-default losses",)),
)  # fmt: skip

ORDERS = (
    Doubt(r"\s*,(?:\s*and)?(?=\s*(?!then\b)[a-z])", "does not say whether these ranks pay one after the other",
          "write `then` between ranks that follow each other, `or` between values that rank alike", " then ",
          where=in_ranks,
          choices=(" then ", " or "), keyword=False),
    Doubt(r"\s*(?:>+|->|→)\s*(?=[a-z])", "does not stand between ranks", "write `then`", " then ", where=in_ranks,
          certain=True),
    Doubt(r"\s*\(\s*(?P<ranks>[a-z]\w*(?:\s+or\s+[a-z]\w*)*)\s*\)", "stands in parentheses",
          "values that rank alike need none: write `\\g<ranks>`",
          " \\g<ranks>", where=in_ranks, certain=True, keyword=False),
    Doubt(r",?(?:followed\s+by|before|ahead\s+of|prior\s+to|and\s+then|after\s+that|next|thereafter)",
          _NO_PHRASE_HERE, "write `then`", " then", where=in_ranks, certain=True),
    Doubt(r"and|together\s+with|alike\s+with", _NO_PHRASE_HERE, "write `or` between values that rank alike", "or",
          where=in_ranks,
          choices=("or",)),
    Doubt(r"(?:(?:all|any)\s+)?(?:the\s+)?(?:others?|rest|remaining(?:\s+(?:members|survivors|ones))?|remainder"
          r"|every(?:body|one)(?:\s+else)?)(?=\s*$|\s+shared)",
          "names no value", "name the values that rank last, with `or` between them if they rank alike", "x",
          where=lambda stop: in_ranks(stop) and stop.expected <= {"NAME", "YES", "NO"}, keyword=False),
)  # fmt: skip

SHARING = (
    Doubt(r"(?:(?:partly|in\s+part)\s+)?(?P<part>[0-9.]+%)\s+(?:shared\s+)?(?:pro\s?-?rata|in\s+proportion)"
          r"\s+to\s+[^\r\n#]*",
          "shares by two keys", "steps that share by a key each stand side by side: `together in ratio 70 : 30` "
                                "and `end`",
          "equally", where=expecting("EQUALLY")),
    Doubt(r"(?:what|the\s+amounts?)\s+(?:they|each|it|he)\s+(?:can|may|could)\s+(?:still\s+)?(?:pay|bear)"
          r"|(?:their|its|the|each)(?:\s+respective)?\s+(?:limits?|capacit(?:y|ies)|caps?)|capacity", _NO_PHRASE_HERE,
          "write `limits`",
          "limits", where=expecting("LIMITS"), certain=True),
    Doubt(r"(?:the\s+|their\s+|its\s+)?(?:respective\s+)?(?:amounts?|sums?|payments?)\s+(?:already\s+|"
          r"previously\s+)?(?:paid|made|contributed)"
          r"(?:\s+so\s+far)?", "is written with a name", "what a payer has paid in this run so far is `total_paid`",
          "total_paid",
          where=expecting("TOTAL_PAID"), choices=("total_paid",)),
    Doubt(r"in\s+(?:reverse|inverse|opposite)\s+order\s+of\s+(?P<key>[a-z]\w*)", "does not say where it begins",
          "write `in order of \\g<key>, highest first`, or `lowest first`", "in order of \\g<key>, highest first",
          choices=("in order of \\g<key>, highest first", "in order of \\g<key>, lowest first")),
    Doubt(
          r"shared\s+pro\s?-?rata\s+to\s+(?:the\s+)?(?:sum\s+of|total|aggregate)\s+(?:the\s+|"
          r"all\s+)?(?P<key>[a-z]\w*)(?!\s+(?:of|over)\b)",
          "is the same for all", "payers share by what differs among them: write `shared pro rata to \\g<key>`",
          "shared pro rata to \\g<key>", choices=("shared pro rata to \\g<key>",)),
    Doubt(
          r",?(?:on\s+an?\s+)?(?:joint(?:ly)?\s+and\s+several(?:ly)?|several(?:ly)?(?:\s+(?:and|but)"
          r"\s+not\s+joint(?:ly)?)?|joint(?:ly)?)(?:\s+basis)?",
          "is no phrase of the language",
          "what one payer cannot bear passes to the others, unless the sharing says `without reallocation`",
          where=expecting("WITHOUT", "FROM")),
    Doubt(r"(?:and|then|,|followed\s+by)(?=\s+[a-z]\w*\s*$)", "stands between two pots",
          "a step draws from one pot: write a step for each, one below the other or between `together` and `end`",
          "\n up to", where=expecting_all("SPLIT", "UP")),
    Doubt(
          r"(?:for\s+)?(?:its|their|a|the)\s+(?:pro[\s-]?rata|proportionate|proportional|rateable)\s+(?:share|"
          r"part|portion)(?:\s+(?:thereof|of\s+the\s+(?:remaining\s+)?loss))?",
          "is no amount", "what each bears is said by `shared pro rata to …`; a limit is the most that one pays",
          "EUR 1", where=in_limit),
)  # fmt: skip

ROUNDS = (
    Doubt(
          r"(?:repeated(?:ly)?\s+)?until\s+(?:(?:the\s+)?(?:loss|losses)\s+(?:is|are)\s+(?:fully\s+)?(?:covered|"
          r"met|gone)|(?:all\s+(?:are\s+)?)?exhausted)",
          _HOW_MANY, f"what one payer cannot bear passes to the others anyway; for calls that are repeated, {_ROUNDS}",
          "in at most 2 rounds"),
    Doubt(
          r"(?:in|by)\s+(?:(?:at\s+most|up\s+to|not?\s+more\s+than|a\s+maximum\s+of)\s+)?(?:successive\s+|"
          r"several\s+|further\s+)?rounds?"
          r"|repeated(?:ly)?", _HOW_MANY, _ROUNDS, "in at most 2 rounds"),
)  # fmt: skip

VALUES = (
    Doubt(r"(?:is|are)\s+(?:not\s+negative|non-?\s?negative|never\s+negative)", "is not written with a word",
          "write `>= EUR 0` for an amount, or `>= 0` for a number", ">= 0", where=expecting("ADD"),
          choices=(">= EUR 0", ">= 0")),
    Doubt(r"(?:is|are)\s+(?:not\s+positive|non-?\s?positive)", "is not written with a word",
          "write `<= EUR 0` for an amount, or `<= 0` for a number", "<= 0", where=expecting("ADD"),
          choices=("<= EUR 0", "<= 0")),
    Doubt(r"(?:is|are)\s+(?:not|non-?)\s*(?:zero|nil|nought)", "is not written with a word",
          "write `!= EUR 0` for an amount, or `!= 0` for a number", "!= 0", where=expecting("ADD"),
          choices=("!= EUR 0", "!= 0")),
    Doubt(r"(?:is|are)\s+positive", "is not written with a word",
          "write `> EUR 0` for an amount, or `> 0` for a number", "> 0", where=expecting("ADD"),
          choices=("> EUR 0", "> 0")),
    Doubt(r"(?:is|are)\s+negative", "is not written with a word",
          "write `< EUR 0` for an amount, or `< 0` for a number", "< 0", where=expecting("ADD"),
          choices=("< EUR 0", "< 0")),
    Doubt(r"(?:is|are|=)\s+(?:zero|nil|nought)", "is not written with a word",
          "write `= EUR 0` for an amount, or `= 0` for a number", "= 0", where=expecting("ADD"),
          choices=("= EUR 0", "= 0")),
    Doubt(r"in\s+excess\s+of|over\s+and\s+above", _NO_PHRASE_HERE, "write `>`", ">",
          where=in_condition, certain=True),
    Doubt(
          r"(?:in\s+excess\s+of|to\s+the\s+extent\s+(?:that\s+)?(?:it\s+)?(?:exceed(?:s|ing)|is\s+(?:greater|"
          r"more)\s+than|above)|over\s+and\s+above|above)",
          "is written with `-`", "write `-`; where it must not fall below zero, `max` of that and `EUR 0`", "-",
          where=in_amount, choices=("-",)),
    Doubt(r"in\s+excess\s+of|over\s+and\s+above|to\s+the\s+extent\s+(?:that\s+)?(?:it\s+)?exceed(?:s|ing)",
          "is a difference or a comparison",
          "write `-` for what one value has more than the other, or `>` to compare them", "-", where=expecting("ADD"),
          choices=("-", ">")),
    Doubt(r"(?:median|mode|variance|deviation|quantile|percentile)\s+of\s+(?P<what>[a-z]\w*)",
          "is no aggregate of the language",
          "the aggregates are `sum`, `average`, `largest`, `smallest` and `count`; other figures come with the event",
          "average of \\g<what>"),
    Doubt(r"(?:per|for\s+each|for\s+every)\s+(?:clearing\s+)?(?:member|participant|survivor)",
          "does not say of how many", "write `* count of members` (or `survivors`), or `each` if a limit is meant",
          "* count of members", where=in_value, choices=("* count of members", "* count of survivors")),
)  # fmt: skip

DOUBTS = (*PAYERS, *STEPS, *TYPES, *LIMITS, *PERIODS, *CONDITIONS, *ORDERS, *SHARING, *ROUNDS, *VALUES)
