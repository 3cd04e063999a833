"""NumPy for the sweep, or what is said where it is not installed."""

from rulelang.base.extras import missing

try:
    import numpy
except ImportError:
    raise missing("sweep", "NumPy") from None

__all__ = ["numpy"]
