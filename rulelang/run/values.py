"""What the evaluator works on: values, truths and rows of them, whatever the kind of number."""

from collections.abc import Sequence
from typing import Any

Value = Any  # one evaluator runs over values of every domain, and only the domain knows of what type its own are
"""An amount (minor units), a number, or a value of the domain's own kind; also yes/no, text and dates."""
Truth = Any  # as above: the truths of a domain of many scenarios are known to that domain only
"""``True``, ``False``, or a truth of the domain's own kind."""
Path = Any  # as above
"""On which scenarios something counts: ``None`` (all there are), or what a domain with truths of its own makes."""
Row = list[Value]
"""One value for each of some members."""
Who = Sequence[int | None]
"""Some members by their positions in the event; ``(None,)`` where something is the same for all."""
ONE: Who = (None,)
"""Whom a value belongs to that is the same for all."""
Tie = str | int | tuple[str, int]
"""What settles a tie: the id of a payer, the place of a step, or both."""
