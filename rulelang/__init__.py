"""rulelang: the default waterfall of a central counterparty as a text, run to the last cent.

>>> import rulelang
>>> rulebook = rulelang.load_rulebook("rulebooks/nasdaq-commodities-2018/rulebook.rules")
>>> event = rulelang.load_event("rulebooks/nasdaq-commodities-2018/events/aas-2018.event", rulebook)
>>> allocation = rulelang.evaluate(rulebook, event)

Errors are exceptions that carry diagnostics (:class:`RulelangError` and its subclasses), never strings.
Only this module is public; what it names stays, what lies below may move.
"""

from importlib import import_module

TYPE_CHECKING = False  # as type checkers read it; importing `typing` would cost more than all that stands here
if TYPE_CHECKING:
    from rulelang.base.diagnostic import (
        CheckError,
        Diagnostic,
        InternalError,
        ReadError,
        RulelangError,
        RunError,
        Severity,
    )
    from rulelang.check.program import CheckedProgram
    from rulelang.model.allocation import Allocation
    from rulelang.model.event import Event
    from rulelang.plan.door import profile
    from rulelang.plan.profile import Profile
    from rulelang.run.door import __version__, evaluate, load_event, load_rulebook, parse_rulebook
    from rulelang.views.changes.comparison import Comparison
    from rulelang.views.changes.door import diff
    from rulelang.views.summary.differences import Differences
    from rulelang.views.summary.door import summarize
    from rulelang.views.summary.summary import Summary
    from rulelang.views.sweep.door import event_of_scenario, replay, size, sweep
    from rulelang.views.sweep.sizing import Sized

_HOMES = {
    "Allocation": "rulelang.model.allocation",
    "CheckError": "rulelang.base.diagnostic",
    "CheckedProgram": "rulelang.check.program",
    "Comparison": "rulelang.views.changes.comparison",
    "Diagnostic": "rulelang.base.diagnostic",
    "Differences": "rulelang.views.summary.differences",
    "Event": "rulelang.model.event",
    "InternalError": "rulelang.base.diagnostic",
    "Profile": "rulelang.plan.profile",
    "ReadError": "rulelang.base.diagnostic",
    "RulelangError": "rulelang.base.diagnostic",
    "RunError": "rulelang.base.diagnostic",
    "Severity": "rulelang.base.diagnostic",
    "Sized": "rulelang.views.sweep.sizing",
    "Summary": "rulelang.views.summary.summary",
    "__version__": "rulelang.run.door",
    "diff": "rulelang.views.changes.door",
    "evaluate": "rulelang.run.door",
    "event_of_scenario": "rulelang.views.sweep.door",
    "load_event": "rulelang.run.door",
    "load_rulebook": "rulelang.run.door",
    "parse_rulebook": "rulelang.run.door",
    "profile": "rulelang.plan.door",
    "replay": "rulelang.views.sweep.door",
    "size": "rulelang.views.sweep.door",
    "summarize": "rulelang.views.summary.door",
    "sweep": "rulelang.views.sweep.door",
}

__all__ = [
    "Allocation",
    "CheckError",
    "CheckedProgram",
    "Comparison",
    "Diagnostic",
    "Differences",
    "Event",
    "InternalError",
    "Profile",
    "ReadError",
    "RulelangError",
    "RunError",
    "Severity",
    "Sized",
    "Summary",
    "__version__",
    "diff",
    "evaluate",
    "event_of_scenario",
    "load_event",
    "load_rulebook",
    "parse_rulebook",
    "profile",
    "replay",
    "size",
    "summarize",
    "sweep",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: ``import rulelang`` alone costs next to nothing."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'rulelang' has no attribute {name!r}")
    return getattr(import_module(home), name)
