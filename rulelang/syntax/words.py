"""The words of the language: the ones no name may be, and the ones the parser looks for to find its feet again."""

RESERVED = frozenset(
    """
    rulebook event version cite currency segments party members have given define as waterfall tranche assessment
    haircut voluntary together end finally ensure test expect paid by from up to each shared in order of then per when
    at for if else and or not min max clamp sum average largest smallest count over where segment ccp defaulters
    survivors declared loss remaining used unused total_paid default member decide invoke decline under yes no covered
    uncovered period round rounds limit limits recoveries repay replenish amendment rate formerly quote share service
    account
    """.split()
)
"""Words that cannot be names, in a rulebook or an event."""

PHRASE_WORDS = frozenset(
    """
    pool total force first lowest highest pro rata equally without reallocation losses outside discretion the pays
    outcome because missing signed money number ratio text date one any business day days thousand million billion
    split ratio
    """.split()
)
"""Words that are keywords only inside a phrase; they may be names."""

SECTION_WORDS = (
    "currency",
    "segments",
    "party",
    "members",
    "given",
    "define",
    "waterfall",
    "ensure",
    "test",
)
STEP_WORDS = ("tranche", "assessment", "haircut", "tear-up", "voluntary", "together", "finally")
EVENT_WORDS = ("under", "declared", "given", "members", "member", "default", "paid", "decide")
