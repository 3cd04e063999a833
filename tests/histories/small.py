"""A rulebook small enough to reckon with by head, and a history of it: a pot that is replenished, and recoveries."""

BOOK = """rulebook "x" version "1"
currency EUR
party insurer "Insurance"
members have
    fund : money
    size : money
    extra : money if missing EUR 2
given capital : money
given floor : money if missing EUR 0
given policy : money if missing EUR 4
waterfall
    tranche own paid by ccp from capital
    tranche mutual paid by survivors from fund shared pro rata to fund
    assessment calls paid by survivors up to size each shared pro rata to size
    finally open
replenish capital paid by ccp to floor within 5 business days
replenish fund paid by survivors to size each within 5 business days
recoveries repay calls then repay mutual into fund then repay own rest to insurer
"""
OPENING = """history "x" under "book.rules"
opening 2024-01-02
    given capital = EUR 10
    member A fund = EUR 30 size = EUR 30
    member B fund = EUR 10 size = EUR 10
    member C fund = EUR 5 size = EUR 5
    member D fund = EUR 0 size = EUR 0
"""
DEFAULT = OPENING + "on 2024-01-08 default of D loss EUR 25\n"
