"""The packages that only parts of rulelang need: asked for before anything is read, so that a lack is said at once."""

from importlib import import_module

from rulelang.base.diagnostic import ReadError, finding

_PACKAGES = {
    "sweep": ("numpy", "pyarrow"),
    "cluster": ("distributed",),
    "chart": ("matplotlib",),
    "prove": ("z3",),
    "lsp": ("pygls", "lsprotocol"),
}
_NEED = {
    "sweep": "sweeps need",
    "cluster": "a cluster needs",
    "chart": "charts need",
    "excel": "spreadsheets need",
    "prove": "proofs need",
    "lsp": "the language server needs",
}


def require(extra: str) -> None:
    """Make sure that the packages of an extra, such as ``sweep`` or ``lsp``, can be imported.

    Raises:
        ReadError: one is not installed.
    """
    for package in _PACKAGES[extra]:
        try:
            import_module(package)
        except ImportError:
            raise missing(extra, package) from None


def missing(extra: str, package: str) -> ReadError:
    """The error for a package of an extra that is not installed."""
    message = f"{_NEED[extra]} the package {package}, which is not installed"
    published, checkout = f'pip install "rulelang[{extra}]"', f"pip install '.[{extra}]'"
    advice = f"install the extra, as in `{published}`, in a checkout `{checkout}`"
    return ReadError([finding("missing-extra", message, help=advice)])
