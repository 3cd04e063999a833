"""Words that are keywords only inside a phrase and may be names: specification and grammar are held to these."""

PHRASE_WORDS = frozenset(
    """
    pool total force first lowest highest pro rata equally without reallocation losses outside discretion the pays
    outcome because missing signed money number ratio text date one any business day days thousand million billion
    split
    """.split()
)
