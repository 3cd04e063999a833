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
    from rulelang.api.comparisons import diff
    from rulelang.api.histories import evaluate_history, load_history
    from rulelang.api.profiles import profile
    from rulelang.api.proofs import prove
    from rulelang.api.rulebooks import evaluate, load_event, load_rulebook, parse_rulebook
    from rulelang.api.statements import history_statement, statement
    from rulelang.api.summaries import summarize
    from rulelang.api.sweeps import event_of_scenario, replay, size, sweep
    from rulelang.base.diagnostic import (
        CheckError,
        Diagnostic,
        InternalError,
        ReadError,
        RulelangError,
        RunError,
        Severity,
    )
    from rulelang.base.version import __version__
    from rulelang.changes.comparison import Comparison
    from rulelang.check.program import CheckedProgram
    from rulelang.histories.history import History
    from rulelang.model.allocation import Allocation
    from rulelang.model.event import Event
    from rulelang.model.history import HistoryDay, HistoryResult
    from rulelang.profiles.profile import Profile
    from rulelang.proof.proof import Proof
    from rulelang.statements.statement import Statement
    from rulelang.summary.differences import Differences
    from rulelang.summary.summary import Summary
    from rulelang.sweeps.sizing.sizing import Sized

_HOMES = {
    "Allocation": "rulelang.model.allocation",
    "CheckError": "rulelang.base.diagnostic",
    "CheckedProgram": "rulelang.check.program",
    "Comparison": "rulelang.changes.comparison",
    "Diagnostic": "rulelang.base.diagnostic",
    "Differences": "rulelang.summary.differences",
    "Event": "rulelang.model.event",
    "History": "rulelang.histories.history",
    "HistoryDay": "rulelang.model.history",
    "HistoryResult": "rulelang.model.history",
    "InternalError": "rulelang.base.diagnostic",
    "Profile": "rulelang.profiles.profile",
    "Proof": "rulelang.proof.proof",
    "ReadError": "rulelang.base.diagnostic",
    "RulelangError": "rulelang.base.diagnostic",
    "RunError": "rulelang.base.diagnostic",
    "Severity": "rulelang.base.diagnostic",
    "Sized": "rulelang.sweeps.sizing.sizing",
    "Statement": "rulelang.statements.statement",
    "Summary": "rulelang.summary.summary",
    "__version__": "rulelang.base.version",
    "diff": "rulelang.api.comparisons",
    "evaluate": "rulelang.api.rulebooks",
    "evaluate_history": "rulelang.api.histories",
    "event_of_scenario": "rulelang.api.sweeps",
    "history_statement": "rulelang.api.statements",
    "load_event": "rulelang.api.rulebooks",
    "load_history": "rulelang.api.histories",
    "load_rulebook": "rulelang.api.rulebooks",
    "parse_rulebook": "rulelang.api.rulebooks",
    "profile": "rulelang.api.profiles",
    "prove": "rulelang.api.proofs",
    "replay": "rulelang.api.sweeps",
    "size": "rulelang.api.sweeps",
    "statement": "rulelang.api.statements",
    "summarize": "rulelang.api.summaries",
    "sweep": "rulelang.api.sweeps",
}

__all__ = [
    "Allocation",
    "CheckError",
    "CheckedProgram",
    "Comparison",
    "Diagnostic",
    "Differences",
    "Event",
    "History",
    "HistoryDay",
    "HistoryResult",
    "InternalError",
    "Profile",
    "Proof",
    "ReadError",
    "RulelangError",
    "RunError",
    "Severity",
    "Sized",
    "Statement",
    "Summary",
    "__version__",
    "diff",
    "evaluate",
    "evaluate_history",
    "event_of_scenario",
    "history_statement",
    "load_event",
    "load_history",
    "load_rulebook",
    "parse_rulebook",
    "profile",
    "prove",
    "replay",
    "size",
    "statement",
    "summarize",
    "sweep",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: ``import rulelang`` alone costs next to nothing."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'rulelang' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(home), name)  # who asks again is not led here
    return found
