"""The words of the language: the ones no name may be, and the ones that are words only inside a phrase."""

FUTURE = frozenset(
    "period round rounds limit recoveries repay replenish amendment rate quote share service account".split()
)
"""Reserved words that nothing in the language uses yet."""

RESERVED = FUTURE | frozenset(
    """
    rulebook event version cite currency segments party members have given define as waterfall tranche assessment
    haircut voluntary together end finally ensure test expect paid by from up to each shared in order of then per when
    at for if else and or not min max clamp sum average largest smallest count over where segment ccp defaulters
    survivors declared loss remaining used unused total_paid default member decide invoke decline under yes no covered
    uncovered limits formerly
    """.split()
)
"""Words that cannot be names, in a rulebook or an event."""

SPELLINGS = {
    "ADD": ("+", "-"),
    "DAYS": ("days", "day"),
    "LIMIT_IN": ("in",),
    "MULTIPLY": ("*", "/"),
    "OUTCOME": ("outcome",),
    "PAYS": ("pays",),
    "SCALE": ("million", "billion", "thousand"),
    "SPLIT": ("split",),
    "TEAR_UP": ("tear-up",),
    "VALUE_SCALE": ("million", "billion", "thousand"),
    "WITHOUT": ("without",),
    "YES_NO": ("yes/no",),
}
"""The kinds of token that the grammar writes as regular expressions, and that yet are written in few ways."""
