"""The words of the language: the ones no name may be, and the ones that are words only inside a phrase."""

FUTURE = frozenset("amendment rate quote share service account".split())
"""Reserved words that nothing in the language uses yet."""

RESERVED = FUTURE | frozenset(
    """
    rulebook event version cite currency segments party members have given define as waterfall tranche assessment
    haircut voluntary together end finally ensure test expect paid by from up to each shared in order of then per when
    at for if else and or not min max clamp sum average largest smallest count over where segment ccp defaulters
    survivors declared loss remaining used unused total_paid default member decide invoke decline under yes no covered
    uncovered limits formerly period round rounds limit notice withdraw holidays leaving during recoveries repay
    replenish history opening departure recovered
    """.split()
)
"""Words that cannot be names, in a rulebook or an event."""

RESERVED_SINCE_SECOND = frozenset("departure during history holidays leaving notice opening recovered withdraw".split())
"""Those of them that were names in the first edition of the language, and are in the texts of its audit records."""

CAPITALISED = (
    r"[A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽƏƷǄǇǊǞǤǦǨǮȘȚȪȬȰḂḊḐḞṀṖṠṪẀẂẄẞỲ"
    r"ΆΈ-ΊΌΎΏΑ-ΡΣ-ΫЀ-ЯҊҌҎҐҒҔҖҘҚҜҞҠҢҤҦҨҪҬҮҰҲҴҶҸҺҼҾӀӁӃӅӇӉӋӍӐӒӔӖӘӚӜӞӠӢӤӦӨӪӬӮӰӲӴӶӸӺӼӾ]\w*"
)
"""A member id (or a currency) that needs no quotes, as the grammar writes it."""

_PHRASES = (
    "after also assume because dated exercise extended holds into lasts on once open opens owes repaid rest with within"
)
_SCALES = ("million", "billion", "thousand", "trillion", "lakh", "crore")

SPELLINGS = {
    "ADD": ("+", "-"),
    "AT": ("at",),
    "AT_EVERY": ("at",),
    "BUSINESS": ("business",),
    "CLOSED": ("closed",),
    "DAYS": ("days", "day"),
    "DEFAULTED": ("defaulted",),
    "DEFAULTS": ("defaults",),
    "DEFAULTS_OF": ("defaults",),
    "FORMER": ("former",),
    "FURTHER": ("further",),
    "GIVENS": ("givens",),
    "HIGHER": ("higher",),
    "IN_OTHER": ("in",),
    "LIMIT_IN": ("in",),
    "LOWER": ("lower",),
    "MONTHS": ("months", "month"),
    "MULTIPLY": ("*", "/"),
    "NON_DEFAULT": ("non-default",),
    "OFFSET": ("+", "-"),
    "OPEN_NOW": ("open",),
    "OPEN_OF": ("open",),
    "OUTCOME": ("outcome",),
    "PAYS": ("pays",),
    "ROUNDED": ("rounded",),
    "ROUNDS": ("rounds", "round"),
    "SCALE": _SCALES,
    "SINCE": ("since",),
    "SPLIT": ("split",),
    "START_OF": ("start",),
    "TEAR_UP": ("tear-up",),
    "VALUE_SCALE": _SCALES,
    "WITHOUT": ("without",),
    "YES_NO": ("yes/no",),
    **{f"_{word.upper()}": (word,) for word in _PHRASES.split()},
}
"""The kinds of token that the grammar writes as regular expressions, and that yet are written in few ways."""
