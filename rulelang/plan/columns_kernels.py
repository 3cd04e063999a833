"""Compiled kernels."""

from collections.abc import Mapping
from typing import Any


def kernels() -> Mapping[str, Any]:
    """The kernels there are."""
    return {}
