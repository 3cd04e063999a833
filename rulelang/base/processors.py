"""How many processors there are to work with."""

import os


def processors() -> int:
    """The processors that this process may use, which may be fewer than the machine has; at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
