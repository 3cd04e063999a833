"""NumPy for the sweep, or what is said where it is not installed, and the arrays of a tape."""

from typing import Any, Literal, TypeAlias

from rulelang.base.extras import missing
from rulelang.sweeps.tape.nodes import Node

try:
    import numpy
    from numpy.typing import NDArray
except ImportError:
    raise missing("sweep", "NumPy") from None

__all__ = ["Array", "Integers", "Present", "dtype_of", "numpy"]

Array: TypeAlias = NDArray[Any]
"""Numbers of 64 bits, truths, or Python's whole numbers where 64 bits may not do: a tape knows which only when made."""
Integers: TypeAlias = NDArray[numpy.int64]
"""Whole numbers of 64 bits."""
Present: TypeAlias = Array | Literal[True]
"""Who is there: truths, or everybody."""


def dtype_of(node: Node) -> numpy.dtype[Any]:
    """What the numbers of a node are in an array."""
    return numpy.dtype(numpy.bool_ if node.truth else numpy.object_ if node.wide else numpy.int64)
