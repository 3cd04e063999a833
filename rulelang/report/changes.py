"""What a page shows of a change of rules, from a comparison of two versions.

The exhibit is a plain dictionary, so that the page knows nothing of how versions are compared::

    {"verdict": "totals differ",            the level, in the words of `rulelang diff`
     "sentence": "…", "compared": "…",      why, and for which events and losses that was found
     "edits": [{"kind": "limit-changed", "subject": "junior", "part": "up to", "words": "…",
                "old": "…", "new": "…", "textual": false}],
     "steps": [{"old": "junior", "new": "junior"}],
     "payers": {"ALPHA": {"bands": [{"start": "…", "end": "…" or null, "sign": 1}],
                          "largest": "…", "at": "…", "side": "at", "unbounded": false}}}

Amounts are strings of minor units, exact where they are no whole ones; ``payers`` has those alone that differ at some
loss.
"""

from rulelang.changes.comparison import Comparison
from rulelang.changes.event_comparison import PayerChange
from rulelang.document.write import Plain


def exhibit(comparison: Comparison) -> Plain:
    """The exhibit of a comparison over one event."""
    assert comparison.structure is not None, "both versions check"
    edits = [
        {name: getattr(edit, name) for name in ("kind", "subject", "part", "words", "old", "new", "textual")}
        for edit in comparison.structure.edits
    ]
    payers = {each.payer: _over(each) for event in comparison.events for each in event.payers if each.amount.matters}
    return {
        **comparison.verdict.to_dict(),
        "edits": edits,
        "steps": [{"old": old, "new": new} for old, new in comparison.structure.steps.items()],
        "payers": {payer: over for payer, over in payers.items() if over is not None},
    }


def _over(change: PayerChange) -> Plain | None:
    """Where a payer pays otherwise, and by how much at most."""
    over = change.amount.over
    if over is None:
        return None
    bands = [
        {"start": str(band.start), "end": None if band.end is None else str(band.end), "sign": band.sign}
        for band in over.bands
    ]
    extreme = over.extreme
    return {
        "bands": bands,
        "largest": str(extreme.amount),
        "at": str(extreme.at),
        "side": extreme.side,
        "unbounded": extreme.unbounded,
    }
