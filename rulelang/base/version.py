"""The version of the program."""

__version__: str


def __getattr__(name: str) -> str:
    """The version, read from the installed package when it is asked for: that takes longer than a small run."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("rulelang")
    except PackageNotFoundError:  # a bare checkout on the path, never installed
        return "0+unknown"
