"""Ids and texts of an event that a reader takes for one another: refused, for money would go by what nobody sees."""

from collections.abc import Mapping

from rulelang.base.diagnostic import Label
from rulelang.base.look_alikes import difference, look_alikes
from rulelang.base.source import Place
from rulelang.check.events.event_draft import EventDraft


def refuse_alike_ids(against: EventDraft) -> None:
    """Members, former members and payers of the rulebook have ids that can be told apart."""
    places = {**against.former_members, **against.members}
    for first, other in look_alikes(["ccp", *against.program.parties, *places]):
        if other not in places:
            continue
        what = "members" if first in places else "payers"
        _refuse(against, (first, other), places, f"the {what} `{first}` and `{other}` look alike")


def refuse_alike_texts(against: EventDraft, name: str, places: Mapping[str, Place]) -> None:
    """The texts of a field can be told apart, so that members are grouped and compared by what is read.

    ``places`` says where each text of the field first stands.
    """
    for first, other in look_alikes(places):
        _refuse(against, (first, other), places, f"two texts of `{name}` look alike: `{first}` and `{other}`")


def _refuse(against: EventDraft, alike: tuple[str, str], places: Mapping[str, Place], message: str) -> None:
    first, other = alike
    labels = [Label(places[first], "the first is here")] if first in places else []
    advice = "write both alike if they are one, else give one of them another id"
    message = f"{message}, but {difference(first, other)}"
    against.report("look-alike", message, places[other], advice, labels=labels)
