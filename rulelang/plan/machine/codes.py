"""The instructions of the machine that plays a tape, as both its parts know them: a row of whole numbers for each.

====================  ==========================================================================================
field                 holds
====================  ==========================================================================================
``OPERATION``         one of the operations below
``INTO``              where the result begins
``WIDTH``             how many numbers a row of the result has (for an aggregate: of what is aggregated)
``SHAPE``             whether there is a row for each scenario, or one row in all: a number for each scenario, or
                      one for each number of a sparse block
``GROUP``             the sparse block whose places are meant, if any
``FIRST`` …           for each operand three fields: where it begins, how far its rows are apart, and how far the
                      numbers of a row are apart (0: they are all the same)
``EXTRA`` …           what else an operation needs
====================  ==========================================================================================
"""

OPERATION, INTO, WIDTH, SHAPE, GROUP, FIRST, SECOND, THIRD, EXTRA = 0, 1, 2, 3, 4, 5, 8, 11, 14
FIELDS = 20

BLOCK, COLUMN, SPARSE = 0, 1, 2
"""Shapes of results."""

ADD, SUB, MUL, FLOORDIV, MIN, MAX, EQ, LT, LE, AND, OR = range(11)
"""Operations on two operands, number by number."""
NOT, SELECT, COPY, STACK, LOOKUP = range(11, 16)
"""Other operations number by number; ``STACK`` takes each place from somewhere else."""
AT_PLACES, SPREAD_OUT, PUT, SHUT = range(16, 20)
"""``AT_PLACES`` reads an operand where a sparse block has numbers, ``SPREAD_OUT`` writes a sparse block out, ``PUT``
adds it to a block, ``SHUT`` makes truths no where a sparse block says so."""
SUM, LOWEST, HIGHEST, SUM_PLACES = range(20, 24)
"""Aggregates of rows; ``SUM_PLACES`` is the sum of a sparse block."""
SHARE, SHARE_KNOWN = range(24, 26)
"""Sharing where keys or limits vary, and where neither does."""

EVERYBODY, TRUTHS, PLACES = 0, 1, 2
"""Who is there: everybody, those of whom a block says so, or everybody but some of a sparse block."""
