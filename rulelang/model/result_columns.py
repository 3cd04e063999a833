"""The titles of the columns of a sweep's results: written by sweeps, read by summaries, said once.

``drawn.STEP`` is what is drawn of a step (``drawn.STEP.SEGMENT`` in one segment), ``paid.PAYER`` what a payer pays in
all (``paid.STEP.PAYER`` under one step), ``defaulting.N`` who defaults in the worst set, and ``difference.TITLE`` what
a new version gives less what the old one gives.
"""

SCENARIO, UNCOVERED, OUTCOME, DIFFERS = "scenario", "uncovered", "outcome", "differs"
DRAWN, PAID, DEFAULTING, DIFFERENCE = "drawn.", "paid.", "defaulting.", "difference."


def drawn_title(step: str, segment: str | None = None) -> str:
    """The title of what is drawn of a step, or of one of its segments."""
    return f"{DRAWN}{step}" if segment is None else f"{DRAWN}{step}.{segment}"


def paid_title(payer: str, step: str | None = None) -> str:
    """The title of what a payer pays, in all or under one step."""
    return f"{PAID}{payer}" if step is None else f"{PAID}{step}.{payer}"
