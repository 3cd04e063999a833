"""Words that are keywords only inside a phrase and may be names: specification and grammar are held to these."""

PHRASE_WORDS = frozenset(
    """
    pool total force first lowest highest pro rata equally without reallocation losses outside discretion the pays
    outcome because missing signed money number ratio text date one any business day days thousand million billion
    split also with decimals defaulter trillion lakh crore months month year calendar every resizing other opens a
    payment exhaustion lasts extended further most once all turn rounded down lower higher start open defaults holds
    broken givens since defaulted former dated exercise after on dues payable out into rest draws within owes repaid
    closed assume
    """.split()
)
