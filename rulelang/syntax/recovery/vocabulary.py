"""Phrases of plain English and words of other languages, and what this language has in their place.

A phrase stands here only if its replacement always says the same: what can be meant in two ways is in `doubtful`.
"""

from rulelang.syntax.recovery.spoken import AMOUNT, DATE

_FURTHER_LIMIT = r"(?=\s+[A-Z]{3}\s+[0-9][^,\r\n\"#]*\s(?:each|in\s+total)\b)"
_BRACKETED = r"\((?:[^()\r\n]|\([^()\r\n]*\))*\)"
_VALUE = r"(?:[^(),\r\n]|\((?:[^()\r\n]|\([^()\r\n]*\))*\))+"
_MULTIPLE_OF = (
    r"(?:(?:the|an?)\s+)?(?:(?:nearest|next|full|whole)(?:\s+(?:full|whole))?)?(?:\s*multiples?\s+of)?(?=\s+[A-Z(0-9])"
)
_NOT = r"(?:(?:(?:is|are)\s+)?(?:not?|never)|isn't|aren't)"
_UNDENIED = r"(?<!\bno )(?<!\bnot )(?<!n't )"
_HEADS = r"(?=\s+[a-z]\w*[ \t]*:|[ \t]*:?[ \t]*(?:#[^\r\n]*)?$)"
_WHOLE = r"(?:whole|full|multiples?\s+of)"
_ONE_BY_ONE = r"in\s+(?:turn|a\s+row|order|sequence)|separately|one\s+(?:after|by)\s+(?:another|one|the\s+other)"
_SUBJECT_TO = (
    r"subject\s+to(?!\s+(?:[a-z]+\s+){0,3}(?:approval|consent|decision|confirmation|review|agreement|law|availability)\b)"
    r"(?:\s+(?:a|an|the)(?:\s+(?:total|overall|aggregate))?\s+(?:maximum|limit|cap|ceiling)(?:\s+of)?)?"
)
_PAYERS = "(?:survivors|members|payers|defaulters|ccp|them)"
_SPAN = r"[0-9]+\s+(?:business\s+)?(?:days?|months?)"
_DAY = rf"declared|{DATE}|start\([a-z]\w*\)"
_OVER = r"(?P<of>[^()\r\n]+?)\s+over\s+(?P<who>members|survivors|defaulters|segments)"
_COMPARES = r"[^\n]*(?:[<>=]|\b(?:above|below|over|under|at\s+least|at\s+most|more|less|greater|exceed))"
_BEHIND = r"\s*(?:,\s*|\s)"
_LOWEST, _HIGHEST = "(?:lowest|smallest|least)", "(?:highest|largest|greatest|biggest)"
_NO_EVENT = (
    r"(?:(?:but|and)\s+)?(?:(?:in|under)\s+(?:no|any)\s+(?:event|case|circumstances?)\s+)?(?:being\s+|always\s+)?"
)
_RULE = r"(?:[Rr]ule|[Ss]ection|[Aa]rticle|[Cc]lause|[Rr]egulation|[Cc]hapter|§|CR|Art\.|Sec\.)"
_STEP_WORD = r"(?:tranche|assessment|haircut|tear-up|voluntary|together|finally)\b"
_PLAIN = r"[^(),;\r\n#]+?"
_KEY = r"(?P<key>[^\"#\r\n,:]+)"
PHRASES: tuple[tuple[str, str], ...] = (
    # payers
    ((r"paid\s+(?:from|out\s+of)\s+(?:the\s+)?(?P<pot>[a-z]\w*)\s+(?:by|of)\s+(?:the\s+)?(?P<who>survivors|"
     r"defaulters|ccp)(?!\w)"),
     r"paid by \g<who> from \g<pot>"),
    ((r"(?:drawn\s+)?(?:from|out\s+of)\s+(?:the\s+)?(?P<pot>[a-z]\w*)\s*,?\s+paid\s+by\s+"
     r"(?:the\s+)?(?P<who>survivors|defaulters|ccp)(?!\w)"),
     r"paid by \g<who> from \g<pot>"),
    (r"paid\s+from(?=\s+(?:ccp|survivors|defaulters)\b)", "paid by"),
    (r"(?:is|are|(?:shall|will|must|may)(?:\s+be)?|to\s+be)\s+(?:paid|borne|met)\s+by", "paid by"),
    (r"paid\s+(?:firstly|first|secondly|second|thirdly|third|next|then|lastly)\s+by", "paid by"),
    (r"(?:(?:pays|pay|payed|payable|borne|funded|covered|provided|contributed|charged)\s+by|charged\s+to)", "paid by"),
    (r"(?:the\s+)?(?:non-?\s?defaulting|surviving)\s+(?:clearing\s+)?(?:members?|participants?)", "survivors"),
    (r"(?:the\s+|all\s+(?:the\s+)?|each\s+|every\s+)?(?:non-?defaulters?|survivors?)", "survivors"),
    (r"(?:the\s+)?defaulting\s+(?:clearing\s+)?(?:members?|participants?)", "defaulters"),
    (r"(?:the\s+|all\s+(?:the\s+)?|each\s+|every\s+)?defaulters?", "defaulters"),
    (r"(?:the\s+|all\s+(?:the\s+)?|each\s+|every\s+)(?:clearing\s+)?members?|participants?", "members"),
    (r"(?:the\s+)?(?:ccp|CCP|clearing\s+house|central\s+counterparty)", "ccp"),
    (rf"(?:with|having)(?={_COMPARES})|if|whose|such\s+that|provided(?:\s+that)?", "where"),
    (r"(?:out\s+of|drawn\s+from|using|with|of)", "from"),
    # steps and sections
    (r"end\s+(?:of\s+)?(?:together|(?:the\s+)?group)", "end"),
    (r"(?:default|loss(?:\s+allocation)?|payment)\s+waterfall", "waterfall"),
    ((r"(?:vmgh|VMGH|(?:variation\s+margin\s+)?gains?\s+haircut(?:ting)?s?|variation\s+margin\s+haircut"
      r"(?:ting)?s?)"), "haircut"),
    (r"voluntary\s+(?:contributions?|payments?)(?=\s+[a-z]\w*\s+(?:paid|\"))", "voluntary"),
    ((rf"\(?(?:[0-9]{{1,2}}|[ivx]+|[a-z])[.)](?=\s+{_STEP_WORD})|(?:first|second|third|fourth|senior"
      rf"|junior|mezzanine)(?=\s+{_STEP_WORD})"), ""),
    (r"[-–—](?=\s+paid\s+by\b)|that(?=\s+\")", ""),
    (r"(?:as|in)\s+(?:an?\s+)?(?:single|one|common)\s+pool", "as one pool"),
    (rf"(?P<rule>{_RULE}\s+[0-9][\w.()]*)", r'cite "\g<rule>"'),
    (r"limit\s+(?P<name>[a-z]\w*)\s+as\s+(?:(?:not?|never)\s+more\s+than|at\s+most|up\s+to)", r"limit \g<name> as"),
    (r"tear[ _]?ups?", "tear-up"),
    (r"(?:layer|level|stage|step|tier|slice|resource)", "tranche"),
    (r"(?:(?:cash\s+)?calls?|assessments|power\s+of\s+assessment)", "assessment"),
    (r"(?:let|set)\s+(?P<name>[a-z]\w*)\s+(?:be|equal|to)", r"define \g<name> as"),
    (r"\"?(?P<name>[a-z]\w*)\"?\s+(?:means|(?:shall|will)\s+mean|refers\s+to|is\s+defined\s+as)",
          r"define \g<name> as"),
    (r"(?:let|def|set|const|definition)", "define"),
    (r"(?:input|param(?:eter)?|variable|var)", "given"),
    (r"(?:assert|require|invariant|check|always)", "ensure"),
    (r"(?:assum(?:ption|ing|es)|suppos(?:e|ing)|presum(?:e|ing)|premise|axiom)", "assume"),
    (r"(?:group|parallel|pari\s+passu)", "together"),
    (rf"(?:member\s+data|members?\s+has|members|fields){_HEADS}", "members have"),
    (r"(?:final|last(?=\s+[a-z]\w*\s*$)|in\s+the\s+end)", "finally"),
    (rf"[(\[](?P<rule>{_RULE}[^)\]\r\n\"]*)[)\]]", r'cite "\g<rule>"'),
    (r"(?:source|ref|reference|according\s+to|see|rule)", "cite"),
    ((r"(?:if|where|when)\s+(?:(?:it\s+is\s+)?not\s+(?:given|provided|available|known|stated|specified|"
      r"applicable|set|there)"
      r"|absent|blank|empty|unknown|unspecified|none|no\s+value(?:\s+is\s+given)?)|or\s+else|defaults?(?:\s+to)?"),
            "if missing"),
    (r"from\s+(?P<part>[0-9.]+%)\s+of\s+(?:the\s+)?(?P<pot>[a-z]\w*)", r"from \g<pot> up to \g<part> of \g<pot>"),
    (r"from(?=\s+[A-Z]{3}\s+[0-9])", "up to"),
    (rf"from(?=\s+{DATE}\s+(?:to|until|till)\b)", "in force from"),
    (r"paid\s+by\s+(?!(?:the|all|each|every|any)\b)(?P<which>[a-z]\w*)\s+survivors",
     r"paid by survivors where \g<which>"),
    # limits
    (r"up-?to", "up to"),
    (r"up\s+to\s+(?:max(?:imum)?\.?|at\s+most)(?=\s+[A-Z0-9])", "up to"),
    (r"(?:in\s+)?(?:the|an?)\s+(?:fixed\s+)?amount\s+of(?=\s+[A-Z]{3}\s+[0-9])", "up to"),
    (rf",\s*(?:but\s+)?(?:always\s+)?{_SUBJECT_TO}", " up to"),
    (rf"(?:but\s+)?(?:always\s+)?{_SUBJECT_TO}", "up to"),
    ((r"(?:capped|limited)\s+(?:at|to)(?:\s+an?\s+(?:maximum|limit|cap|amount)\s+of)?|at\s+most|(?:to"
      r"|with)\s+an?\s+(?:maximum|limit|cap|ceiling)\s+of"), "up to"),
    ((r"(?:(?:but|and)\s+)?(?:only|(?:no|not|never)\s+more\s+(?:often\s+)?than|at\s+most|max(?:imum)?)\s+"
      r"(?:once|one\s+time)(?=\s+during\b)"), "once"),
    (r"up\s+to\s+(?:not?|never)\s+more\s+than|up\s+to\s+and\s+including", "up to"),
    (rf",\s*{_NO_EVENT}(?:not?|never)?\s*(?:more|greater)\s+than", " up to"),
    (rf"{_NO_EVENT}(?:not?|never)\s+(?:more|greater)\s+than", "up to"),
    (r"(?:but\s+)?(?:in|under)\s+no\s+(?:event|case|circumstances?)\s+(?:more|greater)\s+than", "up to"),
    ((r",?\s*(?:and|but)\s+in\s+(?:the\s+)?(?:aggregate|total)\s+(?:up\s+to\s+)?"
      r"(?P<amount>[A-Z]{3}\s+[0-9][0-9_.]*(?:\s+[a-z]+llion)?)"), r" up to \g<amount> in total"),
    (r"(?:up\s+to\s+)?(?:(?:in\s+)?an\s+amount\s+)?(?:but\s+)?not\s+(?:to\s+exceed|exceeding)", "up to"),
    (r"up\s+to\s+(?:but\s+not\s+more\s+than|(?:an?|the)\s+(?:maximum\s+)?(?:amount|maximum|limit|cap)\s+of)", "up to"),
    (r"up\s+to\s+(?:an?|the)\s+(?:amount|sum|limit)\s+equal\s+to", "up to"),
    (r"(?<!\ba )(?<!\bthe )(?:max(?:imum)?|limit|cap)(?:\s+of)?", "up to"),
    (r"limit\s+(?P<value>[a-z0-9][^\r\n\"]*?)(?=\s+(?:each|in\s+total)\b)", r"up to \g<value>"),
    (r"(?P<number>[0-9]+)-(?P<unit>day|month)s?(?:\s+(?:period|window))?", r"\g<number> \g<unit>s"),
    ((r"(?:per|(?:for|from|of|by)\s+(?:each|every))\s+(?:(?:non-?defaulting|surviving)\s+)?(?:clearing\s+)?"
      r"(?:member|payer|survivor|participant)"), "each"),
    (rf",\s*(?:and\s+)?{_FURTHER_LIMIT}", " up to"),
    (rf"and{_FURTHER_LIMIT}", "up to"),
    ((r"up\s+to\s+(?:an?|the)\s+(?:aggregate|total|combined)(?:\s+(?:amount|sum|limit|cap|maximum))?\s+"
      r"(?:of\s+)?(?P<amount>[A-Z]{3}\s+[0-9][0-9_.]*(?:\s+[a-z]+llion)?)"), r"up to \g<amount> in total"),
    (r"(?:in\s+(?:the\s+)?aggregate|in\s+sum|overall|altogether|collectively|together|total)", "in total"),
    (r"apiece|for\s+each\s+of\s+them", "each"),
    (r"(?:calendar|consecutive)\s+days?", "days"),
    (r"(?:working|banking|bank|business)\s+days?", "business days"),
    (r"(?P<number>[0-9]+)\s+(?P<unit>day|month)s?\s+(?:rolling\s+)?(?:periods?|windows?)", r"\g<number> \g<unit>s"),
    (r"(?:in|during|within)\s+(?:any|a|each|every|one|the\s+same)\s+calendar(?=\s+(?:year|month)\b)",
     "in the calendar"),
    (r"(?:at|on|upon)\s+(?:each|every|any|the)?\s*(?:re-?sizing|resiz\w*)", "at every resizing"),
    (r"(?:in|from|of)\s+(?:(?:all|any)\s+)?(?:the\s+)?(?:other|othr|oter)\s+segments?", "in other segments"),
    ((r"(?:as\s+(?:of|at)|on|at)\s+(?:the\s+)?(?:(?:date|day|time)\s+of\s+(?:the\s+)?(?:default"
      r"|declaration)|default(?!\s+of))"), "as of declared"),
    (r"(?:as\s+at|at|on|per)(?:\s+the)?(?=\s+(?:[0-9]{4}-|declared\b|start\b))|as\s+of\s+the(?=\s)", "as of"),
    (r"at\s+(?:the|a)\s+(?:(?:exchange|fixing)\s+)?rate(?:\s+of)?", "at"),
    (r"non\s+defaults?(?=\s+loss)", "non-default"),
    (r"once\s+(?:in|within|per|every)", "once during"),
    # periods
    (r"(?:begins|starts|commences|is\s+opened)(?=\s+(?:at|on|upon|when|with)\b)", "opens"),
    ((r"opens\s+(?:(?:at|on|upon|with|by)\s+)?(?:the\s+)?(?:(?:first|each|every|any|a|new|notice|declaration)"
      r"\s+)*(?:of\s+)?(?:an?\s+)?(?:event\s+of\s+)?"
      r"default(?=\s*,?\s+(?:lasts|and)\b)|opens\s+when\s+(?:a|any)\s+(?:member\s+defaults|default\s+"
      r"(?:is\s+declared|occurs))"),
     "opens at a default"),
    (r"lasts\s+for", "lasts"),
    ((r",?\s*(?:and\s+)?(?:is\s+)?(?:extended|renewed|restarted|reset|prolonged|extends?|restarts?)"
      r"(?=\s+(?:by|on|at|upon|with)\b)"), " extended"),
    ((r"(?:by|on|at|upon|with)\s+(?:any|each|every|a)\s+(?:further|new|other|later|subsequent"
      r"|additional)\s+defaults?"), "by each further default"),
    (r"(?:at|on|upon|with|by|after)?\s*(?:(?:each|every|any|the|a)\s+)?default(?=\s+lasts\b)", "at a default"),
    (r"(?:on|upon|with|by)(?=\s+(?:a\s+(?:default|payment)|exhaustion)\b)", "at"),
    (r"at\s+(?:(?:each|every|any|the)\s+)?payment(?:\s+(?:of|in|to|under|for))?", "at a payment under"),
    (r"a\s+payment\s+(?:of|in|to|for)", "a payment under"),
    (r"(?:for|lasting|last|and\s+lasts|which\s+lasts)(?=\s+[0-9])", "lasts"),
    (r"by\s+(?:(?:each|every|any|a|the)\s+)?(?:(?:further|new|other|later)\s+)?defaults?", "by each further default"),
    (r"by\s+(?:(?:each|every|any|a|the)\s+)?(?:(?:further|new|other|later)\s+)?payments?", "by each further payment"),
    (r"(?:up\s+to(?:\s+at\s+most)?|at\s+most|to\s+a\s+maximum\s+of|to)(?=\s+[0-9]+\s+[a-z]+)", "to at most"),
    (r"extending|prolonged|extends", "extended"),
    (rf"for\s+(?:each|every|all)\s+default(?:er|s)?(?:\s+(?:{_ONE_BY_ONE}))?|in\s+turn", "for each default in turn"),
    # rounding
    (r"(?P<way>up|down)wards(?=\s+to\b)", r"\g<way>"),
    (rf"rounded\s+(?P<way>up|down)\s+to\s+{_MULTIPLE_OF}", r"rounded \g<way> to"),
    (rf"rounded\s+(?:off\s+)?to\s+(?:the\s+|an?\s+)?nearest(?:\s+{_WHOLE})?(?=\s+[A-Z(0-9])", "rounded to"),
    (r"rounded\s+off\s+to", "rounded to"),
    (rf"round(?P<way>\s+up|\s+down|)\s+(?P<what>{_BRACKETED}|[a-z]\w*)\s+to(?=\s)", r"\g<what> rounded\g<way> to"),
    (rf"round(?:ed|ing)?\s+(?P<what>{_BRACKETED}|[a-z]\w*)\s+(?P<way>up|down)\s+to(?=\s)",
     r"\g<what> rounded \g<way> to"),
    (rf"round\((?P<what>{_VALUE}),\s*(?P<unit>{_VALUE})\)", r"(\g<what>) rounded to \g<unit>"),
    (rf"(?:round_?up|ceil(?:ing)?)\((?P<what>{_VALUE}),\s*(?P<unit>{_VALUE})\)", r"(\g<what>) rounded up to \g<unit>"),
    (rf"(?:round_?down|floor)\((?P<what>{_VALUE}),\s*(?P<unit>{_VALUE})\)", r"(\g<what>) rounded down to \g<unit>"),
    # currencies
    (r"(?:and|or)(?=\s+[A-Z])", "also"),
    (r",(?=\s*[A-Z])", " also"),
    (r"\s*(?:,\s*|\s)and(?=\s+[A-Z])", ","),
    (r"(?:has|to|having)(?=\s+[0-9]+\s+decimals?\b)", "with"),
    (r"in\s+(?P<code>[A-Z]{3})", r"\g<code>"),
    (r"(?:by|for\s+each|for\s+every)\s+defaulters?", "per defaulter"),
    (r"per\s+(?:member|participant|survivor)", ""),
    (r"in\s+segments?|(?:in|for|per)\s+(?:each|every)\s+segments?|by\s+segment", "in each segment"),
    (r"(?:for|in)\s+(?:each|every)\s+segment|by\s+segment|segment-?wise", "per segment"),
    # sharing and order
    (r"pro-?rata(?:\s+(?:to|by|on|with|of|per))?", "pro rata to"),
    (r"(?:according\s+to|in\s+accordance\s+with|by\s+reference\s+to|as\s+per)(?=\s+[a-z(])", "pro rata to"),
    ((r"in\s+the\s+(?:same\s+)?proportions?\s+(?:that|which|as)\s+"
      r"(?P<key>[a-z]\w*)\s+bears?\s+to\s+[^\r\n#]*"), r"pro rata to \g<key>"),
    (r"in\s+(?:the\s+)?(?:ratio|proportion)(?:\s+(?:of|to))?(?=\s+[a-z(])", "pro rata to"),
    (r"in\s+the\s+same\s+(?:proportions?|ratio)\s+as|relative\s+to|weighted\s+(?:by|with)", "pro rata to"),
    (rf"(?:among|amongst|between|by)\s+(?:all\s+)?(?:the\s+)?{_PAYERS}(?=\s+(?:pro|equally)\b)", ""),
    (r"shared\s+in\s+(?:the\s+)?order\s+of", "in order of"),
    (r"lowest\s+(?P<key>[a-z]\w*)\s+first", r"in order of \g<key>, lowest first"),
    (r"highest\s+(?P<key>[a-z]\w*)\s+first", r"in order of \g<key>, highest first"),
    (r"pro\s+rata\s+(?:by|on|with|of|per|based\s+on|according\s+to)", "pro rata to"),
    (r"pro-?\s?rated?(?:\s+(?:to|by|on))?", "pro rata to"),
    (r"(?:in\s+proportion|proportional(?:ly)?|proportionate(?:ly)?|rate?ably)(?:\s+(?:to|by))?", "pro rata to"),
    (rf"(?:by|on\s+the\s+basis\s+of|based\s+on)(?=\s+(?!(?:all|the|each|every|{_PAYERS})\b)[a-z(])", "pro rata to"),
    ((r"(?:distributed|split|divided|allocated|apportioned|mutuali[sz]ed|shared)\s+(?:among|amongst|between|by|"
      r"across)\s+"
      rf"(?:all\s+)?(?:the\s+)?(?:{_PAYERS}|(?:non-?defaulting|surviving)\s+(?:clearing\s+)?(?:members|participants))"
      r"(?=\s+(?:pro|in|on|equally|rate?ably|by|according)\b)"), "shared"),
    (r"(?:distributed|split|divided|allocated|apportioned|mutuali[sz]ed|share|shares)", "shared"),
    (r"(?:in\s+proportion|proportional(?:ly)?|proportionate(?:ly)?|rate?ably)\s+(?:to|by|with)(?=\s+[a-z(])",
          "shared pro rata to"),
    (r"(?:borne|spread|paid|met)(?=\s+(?:pro|equally|rate?ably|in\s+(?:proportion|equal))\b)", "shared"),
    (rf"(?:among|amongst|between)\s+(?:all\s+)?(?:the\s+)?{_PAYERS}", ""),
    (rf"equally\s+(?:among|amongst|between|by|across)\s+(?:all\s+)?(?:the\s+)?{_PAYERS}", "equally"),
    (r"in\s+equal\s+(?:parts|shares|proportions)", "shared equally"),
    (r"(?:evenly|equal|in\s+equal\s+(?:parts|shares)|per\s+(?:capita|head))", "equally"),
    (r"(?:(?:with\s+)?no|not|non|w/o)\s+re-?\s?allocat\w+", "without reallocation"),
    (r"\s*(?:,\s*|\s)(?:and\s+)?with\s+(?:re-?\s?allocation|re-?distribution)", ""),
    (r"re-\s?allocat\w*|re-?allocating|redistribution|re-?distribut\w*", "reallocation"),
    (rf"in\s+(?:ascending|increasing|rising)\s+order\s+of\s+{_KEY}", r"in order of \g<key>, lowest first"),
    (rf"in\s+(?:descending|decreasing|falling)\s+order\s+of\s+{_KEY}", r"in order of \g<key>, highest first"),
    (r"(?:order(?:ed)?|sorted|ranked)\s+by|in\s+the\s+order\s+of|by\s+order\s+of", "in order of"),
    ((rf"{_BEHIND}(?:starting\s+with\s+|beginning\s+with\s+|from\s+)(?:the\s+)?{_LOWEST}(?:\s+to\s+"
      rf"(?:the\s+)?{_HIGHEST})?"), ", lowest first"),
    ((rf"{_BEHIND}(?:starting\s+with\s+|beginning\s+with\s+|from\s+)(?:the\s+)?{_HIGHEST}(?:\s+to\s+"
      rf"(?:the\s+)?{_LOWEST})?"), ", highest first"),
    (rf"{_BEHIND}(?:{_LOWEST}|ascending|increasing|asc)(?:\s+first)?", ", lowest first"),
    (rf"{_BEHIND}(?:{_HIGHEST}|descending|decreasing|desc)(?:\s+first)?", ", highest first"),
    (r"at\s+(?:the\s+)?(?:sole\s+|absolute\s+)?discretion\s+of", "at the discretion of"),
    ((r"(?:(?:in\s+force|valid|effective|applies|in\s+effect)(?:\s+(?:from|since|as\s+(?:of|from)))?"
      r"|with\s+effect\s+from)"), "in force from"),
    (r"(?:until|till|through|thru)", "to"),
    (r"for\s+(?:the\s+)?default\s+losses|for\s+losses\s+of\s+(?:the\s+)?defaults?", ""),
    (r"(?P<kept>for\s+losses\s+(?:in|outside)\s+[a-z]\w*(?:\s*,\s*[a-z]\w*)*)\s+only", r"\g<kept>"),
    (r"only\s+(?P<kept>for\s+losses\s+(?:in|outside)\b)", r"\g<kept>"),
    ((r"for\s+(?:default\s+losses\s+and\s+non-default\s+losses|non-default\s+losses\s+and\s+default\s+losses"
      r"|all\s+losses,?\s*(?:\(?(?:including|incl\.?|and)\s+non-default\s+losses\)?))"), "for all losses"),
    ((r"for\s+(?:losses\s+(?:(?:arising|resulting)\s+(?:from|out\s+of)|caused\s+by|due\s+to)\s+(?:(?:the|a|an|any)\s+)?"
      r"(?:event\s+of\s+)?defaults?|losses\s+other\s+than\s+non-default\s+losses|default\s+losses\s+only|"
      r"only\s+default\s+losses)"), ""),
    (r"for\s+losses\s+(?:except|excluding|not)(?:\s+(?:in|of|for))?(?!\s+exceeding)", "for losses outside"),
    (r"for\s+losse?s?\s+(?:of|from|to|inside|within)", "for losses in"),
    (r"for\s+all\s+non-?\s?default\s+losses", "for non-default losses"),
    ((r"for\s+losses\s+(?:not\s+(?:caused|arising)\s+(?:by|from|out\s+of)|without|other\s+than\s+of)\s+"
     r"(?:an?\s+)?defaults?"),
     "for non-default losses"),
    (r"for\s+(?:any|every)\s+loss(?:es)?", "for all losses"),
    (r"for\s+(?:both\s+)?(?:non-)?default\s+and\s+(?:non-)?default\s+losses", "for all losses"),
    (r"only\s+for\s+non-default\s+losses|for\s+(?:only\s+)?non-default\s+losses\s+only", "for non-default losses"),
    ((r"in(?:\s+(?:up\s+to|not?\s+more\s+than|a\s+maximum\s+of|max(?:imum)?\.?))?"
      r"(?=\s+[0-9]+\s+rounds?\b)"), "in at most"),
    # expressions
    ((r"(?:the\s+)?(?:remainder|balance|residue|rest)(?:\s+(?:thereof|of\s+the\s+loss))?"
      r"|(?:the\s+)?(?:remaining|residual|outstanding|unpaid|uncovered)\s+loss(?:es)?|(?:the\s+)?loss"
      r"(?:es)?\s+remaining"),
     "remaining"),
    (r"(?:the\s+)?number\s+of\s+(?P<which>[a-z]\w*)\s+(?P<who>members|survivors|defaulters)",
     r"(count of \g<who> where \g<which>)"),
    ((r"(?P<x>[a-z]\w*)\s+(?:is\s+)?between\s+(?P<low>[^\r\n#\"()]+?)\s+and\s+"
      r"(?P<high>[A-Z]{3}\s+[0-9][0-9_.]*(?:\s+[a-z]+llion)?|[0-9][0-9_.]*%?|[a-z]\w*)"),
     r"\g<x> >= \g<low> and \g<x> <= \g<high>"),
    ((rf"(?P<x>[a-z]\w*)\s+(?:is\s+)?(?:at\s+least|no\s+less\s+than|not\s+less\s+than|>=)\s+(?P<low>{AMOUNT}|"
      rf"[0-9][0-9_.]*%?)"
      rf"\s+(?:and|but)\s+(?:at\s+most|(?:not?|never)\s+more\s+than|not\s+exceeding|up\s+to)\s+(?P<high>{AMOUNT}|"
      rf"[0-9][0-9_.]*%?)"),
     r"\g<x> >= \g<low> and \g<x> <= \g<high>"),
    ((r"(?:the\s+)?(?P<key>[a-z]\w*)\s+of\s+(?:(?:each|every|the|such|that|any|a)\s+)+(?:non-?defaulting\s+|"
      r"surviving\s+)?"
      r"(?:clearing\s+)?(?:member|participant|survivor|payer)s?"), r"\g<key>"),
    (rf"(?P<span>{_SPAN})\s+(?:after|following)\s+(?P<day>{_DAY})", r"\g<day> + \g<span>"),
    (rf"(?P<span>{_SPAN})\s+(?:before|prior\s+to)\s+(?P<day>{_DAY})", r"\g<day> - \g<span>"),
    (r"(?:the\s+)?(?:start|beginning)\s+of\s+(?:the\s+)?(?P<period>[a-z]\w*)", r"start(\g<period>)"),
    ((r"(?:the\s+)?(?:sum|total|aggregate|combined)\s+(?!of\b)(?P<of>[a-z]\w*)\s+(?:of|over|across|for|among)\s+"
      r"(?:all\s+)?(?:the\s+)?"
      r"(?P<who>members|survivors|defaulters)"), r"sum of \g<of> over \g<who>"),
    (rf"(?P<what>sum|average|largest|smallest)\s*\({_OVER}\)", r"\g<what> of \g<of> over \g<who>"),
    (rf"max\s*\({_OVER}\)", r"largest of \g<of> over \g<who>"),
    (rf"min\s*\({_OVER}\)", r"smallest of \g<of> over \g<who>"),
    (r"(?:max|maximum|highest|biggest)\s+of", "largest of"),
    (r"(?:min|minimum|lowest|least)\s+of", "smallest of"),
    (r"(?:avg|mean|average)(?:\s+of)?", "average of"),
    (r"(?:total|sum|sum\s+over)\s+of|sum", "sum of"),
    (r"number\s+of", "count of"),
    (r"(?:per|grouped\s+by|for\s+each|for\s+every)(?=\s+[a-z]\w*\b)", "by"),
    (r"(?:across|among|amongst|for|of)(?:\s+all)?(?=\s+(?:members|survivors|defaulters|segments)\b)", "over"),
    (r"(?:maximum|larger|largest|greater|greatest|higher)(?=\s*\()", "max"),
    (r"(?:minimum|smaller|smallest|lesser|least|lower)(?=\s*\()", "min"),
    (r"(?P<period>[a-z]\w*)\s+is\s+open", r"open(\g<period>)"),
    (r"(?P<period>[a-z]\w*)\s+is\s+(?:not\s+open|closed)", r"(not open(\g<period>))"),
    (r"(?:on\s+or\s+after|not\s+before)(?=\s+[0-9])", ">="),
    (r"(?:on\s+or\s+before|not\s+after)(?=\s+[0-9])", "<="),
    (r"at\s+or\s+above|(?:is\s+)?equal\s+to\s+or\s+(?:greater|more|higher)\s+than", ">="),
    (r"at\s+or\s+below|(?:is\s+)?equal\s+to\s+or\s+(?:less|lower)\s+than", "<="),
    (r"elif|elsif|elseif", "else if"),
    (r"case\s+when", "if"),
    (rf"if\s*\(\s*(?P<c>{_PLAIN})\s*[,;]\s*(?P<a>{_PLAIN})\s*[,;]\s*(?P<b>{_PLAIN})\s*\)",
     r"(if \g<c> then \g<a> else \g<b>)"),
    ((rf"if\s+(?P<c>{_PLAIN}),\s*(?:then\s+)?(?P<a>{_PLAIN}),?\s+(?:otherwise|else)\s+(?P<b>{_PLAIN})"
      r"(?=\s*$|\s+each\b)"), r"if \g<c> then \g<a> else \g<b>"),
    ((rf"(?:(?<=\bas )|(?<=\bto ))(?P<a>{_PLAIN})\s+if\s+(?P<c>{_PLAIN}),?\s+(?:otherwise|else)\s+(?P<b>{_PLAIN})"
      r"(?=\s*$|\s+each\b)"), r"if \g<c> then \g<a> else \g<b>"),
    (r"otherwise", "else"),
    (r"[Tt]rue|TRUE|Yes|YES", "yes"),
    (r"[Ff]alse|FALSE|No|NO", "no"),
    (r"multiplied\s+by|times", "*"),
    (r"divided\s+by", "/"),
    (r"plus", "+"),
    (r"minus|(?:but\s+)?less(?!\s+than\b)|net\s+of|after\s+(?:deduction|deducting)(?:\s+of)?|reduced\s+by", "-"),
    (r"increased\s+by|together\s+with|in\s+addition\s+to", "+"),
    (rf"{_NOT}\s+(?:(?:less|fewer|lower|smaller)\s+than|below|under)", ">="),
    (rf"{_NOT}\s+(?:(?:more|greater|higher|larger|bigger)\s+than|above|over)", "<="),
    (rf"{_NOT}\s+at\s+least", "<"),
    (rf"{_NOT}\s+at\s+most", ">"),
    (r"(?:does\s+)?not\s+(?:to\s+)?exceed(?:s|ing)?", "<="),
    (r"exceed(?:s|ing)?", ">"),
    (r"(?:is\s+not|isn't)(?!\s+(?:less|more|greater|higher|lower)\b)|not\s+equals?(?:\s+to)?|differs\s+from", "!="),
    (r"(?:is\s+)?(?:greater|more|larger|higher|bigger)\s+than\s+or\s+equal\s+to|(?:is\s+)?at\s+least", ">="),
    (r"(?:is\s+)?(?:(?:less|smaller|lower|fewer)\s+than\s+or\s+equal\s+to|at\s+most|not\s+more\s+than)", "<="),
    (rf"{_UNDENIED}(?:is\s+)?(?:greater|more|larger|higher|bigger|above|after)(?:\s+than)?", ">"),
    (rf"{_UNDENIED}(?:is\s+)?(?:less|smaller|lower|below|before)(?:\s+than)?", "<"),
    (r"is|equals?(?:\s+to)?|eq", "="),
    (r"from(?!\s+\")", "of"),
    # types
    (r"bool(?:ean)?|flag|yes\s+or\s+no|y/n|true/false|true\s+or\s+false", "yes/no"),
    (r"string|str|varchar", "text"),
    (r"int(?:eger)?|decimal|float|double|count", "number"),
    (r"amount|cash|monetary", "money"),
    (r"percent(?:age)?|fraction|share", "ratio"),
    (r"(?:non-?\s?negative|positive|unsigned)\s+(?P<type>money|number|ratio|amount)(?!\w)", r"\g<type>"),
    (r"money\s+\(\s*(?:in\s+)?(?P<code>[A-Z]{3})\s*\)", r"money \g<code>"),
    (r"(?P<name>[a-z]\w*)\s+(?:is|as)(?:\s+an?)?(?=\s+(?:signed\s+)?(?:money|number|ratio|text|date|yes/no)\b)",
          r"\g<name> :"),
    (r"day|datetime", "date"),
    (r"enum(?:eration)?(?:\s+of)?|choice(?:\s+of)?|any\s+of|oneof|either", "one of"),
    # events and tests
    (r"non\s+default(?:\s+loss(?:es)?)?|non-default\s+losses", "non-default loss"),
    (rf"defaulted\s+(?P<id>[A-Z]\w*|\"[^\"\r\n]*\")\s+(?:on\s+)?(?P<day>{DATE})", r"defaulted \g<day> \g<id>"),
    (r"given(?=\s+from\b)|values(?=\s+from\b)", "givens"),
    (r"(?:payments?|ledger|calls)(?=\s+from\b)", "paid"),
    (r"(?:losses|loss|default|defaulters?)(?=\s+from\b)", "defaults"),
    (r"(?:of|from)(?=\s+(?:[A-Z]\w*|\"[^\"\r\n]*\")\s+dated\b)", "by"),
    (r"(?:on|at|of|from|as\s+of)(?=\s+[0-9]{4}-)", "dated"),
    (r"(?:from|as\s+of|on)(?=\s+[0-9]{4}-)", "since"),
    (r"since(?=\s+[0-9]{4}-)", "from"),
    (r"after\s+(?P<number>[0-9]+)\s+rounds?", r"after round \g<number>"),
    (r"(?:for|of|against|to)(?=\s+(?:[A-Z]\w*|\"[^\"\r\n]*\")\s*=)", "with"),
    (r"(?:of|from)(?=\s+[A-Z])", "for"),
    (r"(?:for|from|of|to|in)(?=\s+[a-z]\w*\s+(?:in\s+[a-z]\w*\s+)?[A-Z]{3}\s)", "under"),
    (r"(?:fails|failed|failing|is\s+broken|does\s+not\s+hold)", "broken"),
    (r"(?:succeeds|passes|is\s+true|is\s+met)", "holds"),
    (r"for(?=\s+[a-z]\w*\s*(?:#|\bexpect\b|$))", "in"),
    (r"loss(?=\s+[A-Z]{3}\s+[0-9])", ""),
    (r"defaults\s+in\s+(?P<period>[a-z]\w*)", r"defaults(\g<period>)"),
    (r"ensure(?=\s+\")", ""),
    (r"(?:defaults|defaulted|defaulting|default)(?:\s+(?:by|for))?", "default of"),
    (r"(?:with\s+)?(?:a\s+)?(?:loss|losses)\s+of|with\s+(?:a\s+)?loss|losses|amount", "loss"),
    (r"(?:rulebook|rules|uses|using)", "under"),
    (r"(?:date|declared\s+(?:on|at))", "declared"),
    (r"members\s+(?:in|of|are|file)", "members from"),
    (r"(?:decision|decided)(?:\s+(?:on|about|for))?", "decide"),
    (r"invoked|yes|approved?|exercised?|used?|called", "invoke"),
    (r"declined|no|reject(?:ed)?|refused?|withh[oe]ld|den(?:y|ied)", "decline"),
    (r"(?:(?:do|is|was|to)\s+)?not\s+(?:to\s+)?(?:be\s+)?invoked?", "decline"),
    (r"reason|since|as", "because"),
    (r"(?:should|must|shall|will|to)\s+pay|pay|paid|is|has\s+paid", "pays"),
    (r"(?:expects?|expected|should\s+be|assert)", "expect"),
    (r"(?:result|status)", "outcome"),
    # words that carry nothing
    ((r"(?:its|their|such|(?:(?:that|the|each|such)\s+)?(?:clearing\s+)?(?:member|participant|payer"
      r"|survivor)'s)(?:\s+(?:own|respective|relevant))*(?=\s+[a-z])"), ""),
    (r"the\s+(?:full|whole|entire)(?:\s+(?:amount|value|sum))?(?:\s+of)?(?:\s+the)?(?=\s+[a-z])", ""),
    (r"(?:the|a|an|any|of|is|are|be|shall|will|all|then|and|on|at)", ""),
)  # fmt: skip
