"""NumPy for the sweep, or what is said where it is not installed."""

from rulelang.base.diagnostic import ReadError, finding

try:
    import numpy
except ImportError:
    _MESSAGE = "sweeps need the package NumPy, which is not installed"
    _ADVICE = 'install the extra, as in `pip install "rulelang[sweep]"`'
    raise ReadError([finding("missing-extra", _MESSAGE, help=_ADVICE)]) from None

__all__ = ["numpy"]
