"""Claims about the members, data and givens of one event, whose losses, decisions and earlier payments are free."""

from rulelang.model.event import Event
from rulelang.proof.claims import Claim
from rulelang.proof.questions import Assumption
from rulelang.proof.verdict import Unknown, Verdict


def settle_for_event(claim: Claim, event: Event, assumptions: tuple[Assumption, ...], seconds: float) -> Verdict:
    """The verdict for the members of an event."""
    del claim, event, assumptions, seconds
    return Unknown("not found", "claims about the members of one event are not settled yet")
