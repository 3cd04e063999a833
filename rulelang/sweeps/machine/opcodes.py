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

import numpy

OPERATION, INTO, WIDTH, SHAPE, GROUP, FIRST, SECOND, THIRD, EXTRA = 0, 1, 2, 3, 4, 5, 8, 11, 14
FIELDS = 20

BLOCK, COLUMN, SPARSE = 0, 1, 2
"""Shapes of results."""

ADD, SUB, MUL, FLOORDIV, MIN, MAX, EQ, LT = range(8)
"""Operations on two operands, number by number. Of truths, 0 or 1, the smaller is both, the larger either,
and 1 less one of them its contrary."""
SELECT, COPY, STACK, LOOKUP = range(8, 12)
"""Other operations number by number; ``STACK`` takes each place from somewhere else."""
AT_PLACES, SPREAD_OUT, PUT, SHUT = range(12, 16)
"""``AT_PLACES`` reads an operand where a sparse block has numbers, ``SPREAD_OUT`` writes a sparse block out, ``PUT``
adds it to a block, ``SHUT`` makes truths no where a sparse block says so."""
SUM, HIGHEST, SUM_PLACES = range(16, 19)
"""Aggregates of rows; ``SUM_PLACES`` is the sum of a sparse block."""
SHARE = 19
"""Sharing; ``EXTRA`` has room to work in, the mode, and who is there."""
REALLOCATES, BY_LIMITS, ADDS, KNOWN, FETCHES_INPUTS, FETCHES_RESULTS = (numpy.uint64(1 << bit) for bit in range(6))
"""Modes of sharing: the rest is passed on, keys and limits are the same, what is there is added to, neither keys nor
limits vary and all that is known of them beforehand follows the keys, and what is fetched meanwhile."""

EVERYBODY, TRUTHS, PLACES = 0, 1, 2
"""Who is there: everybody, those of whom a block says so, or everybody but some of a sparse block."""
