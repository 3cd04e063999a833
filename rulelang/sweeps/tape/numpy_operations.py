"""What the operations of a tape do with NumPy arrays.

Arrays are ``int64`` where the bounds of the operation allow it, else arrays of Python's whole numbers, which have any
length.  A column has the shape ``(scenarios,)``, a block ``(scenarios, members)``.
"""

from collections.abc import Callable, Mapping

import numpy

from rulelang.sweeps.tape.arrays import Array, Present, dtype_of
from rulelang.sweeps.tape.nodes import Node, OperationName
from rulelang.sweeps.tape.numpy_sharing import rank_block, share_block

Compute = Callable[..., Array]


def _sum(node: Node, values: Array, present: Present) -> Array:
    found: Array
    if present is True:
        found = values.sum(axis=1)
    else:
        values = numpy.asarray(values)
        kind = object if node.wide or values.dtype == object else numpy.int64
        found = numpy.where(present, values, 0).sum(axis=1, dtype=kind)
    return found


def _highest(node: Node, values: Array, present: Present) -> Array:
    """The sum of the ``detail`` largest values present: the others are put last, and never counted."""
    lowest = node.detail[1]
    if present is not True:
        values, present = numpy.broadcast_arrays(values, present)
    ordered = values if present is True else numpy.where(present, values, lowest)
    ordered = -numpy.sort(-ordered, axis=1)[:, : node.detail[0]]
    if present is not True:
        there = numpy.arange(ordered.shape[1])[None, :] < present.sum(axis=1)[:, None]
        ordered = numpy.where(there, ordered, 0)
    found: Array = ordered.sum(axis=1)
    return found


def _stack(node: Node, *arrays: Array) -> Array:
    rows = len(arrays[0])
    kind = dtype_of(node)
    constants = [0 if source is not None else value for source, value in node.detail]
    block = numpy.empty((rows, len(node.detail)), dtype=kind)
    block[:] = numpy.array(constants, dtype=kind)
    for number, array in enumerate(arrays):
        places = [place for place, (source, _) in enumerate(node.detail) if source == number]
        if array.ndim == 1:
            block[:, places] = array[:, None]
        else:
            block[:, places] = array[:, [node.detail[place][1] for place in places]]
    return block


def _pile(node: Node, *blocks: Array) -> Array:
    """The sum of several blocks; a row of values that do not vary counts too."""
    rows = next(len(block) for block in blocks if getattr(block, "ndim", 0) == 2)
    total: Array = numpy.zeros((rows, node.width or 1), dtype=dtype_of(node))
    for block in blocks:
        total += block
    return total


def _elementwise(function: Callable[..., Array]) -> Compute:
    return lambda _node, *arrays: function(*arrays)


COMPUTED: Mapping[OperationName, Compute] = {
    "add": _elementwise(numpy.add),
    "sub": _elementwise(numpy.subtract),
    "mul": _elementwise(numpy.multiply),
    "floordiv": _elementwise(numpy.floor_divide),
    "min": _elementwise(numpy.minimum),
    "max": _elementwise(numpy.maximum),
    "select": _elementwise(numpy.where),
    "eq": _elementwise(numpy.equal),
    "lt": _elementwise(numpy.less),
    "le": _elementwise(numpy.less_equal),
    "and": _elementwise(numpy.logical_and),
    "or": _elementwise(numpy.logical_or),
    "not": _elementwise(numpy.logical_not),
    "any": lambda _node, block: block.any(axis=1),
    "count": lambda _node, block: block.sum(axis=1),
    "sum": _sum,
    "highest": _highest,
    "stack": _stack,
    "pick": lambda node, block: block[:, node.detail],
    "lookup": lambda node, codes: numpy.array(node.detail, dtype=numpy.int64)[codes],
    "pile": _pile,
    "share": share_block,
    "ranks": rank_block,
}
