"""The packages that only sweeps need: asked for before anything is read, so that a lack is said at once."""

from importlib import import_module

from rulelang.base.diagnostic import ReadError, finding

_PACKAGES = {"sweep": ("numpy", "pyarrow"), "cluster": ("distributed",)}
_NEED = {"sweep": "sweeps need", "cluster": "a cluster needs"}


def require(extra: str) -> None:
    """Make sure that the packages of an extra (``sweep`` or ``cluster``) can be imported.

    Raises:
        ReadError: one is not installed.
    """
    for package in _PACKAGES[extra]:
        try:
            import_module(package)
        except ImportError:
            message = f"{_NEED[extra]} the package {package}, which is not installed"
            advice = f'install the extra, as in `pip install "rulelang[{extra}]"`'
            raise ReadError([finding("missing-extra", message, help=advice)]) from None
