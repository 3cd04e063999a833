"""What a name is a name of, in what role it stands somewhere, and one use of it."""

import enum
from pathlib import Path

from rulelang.analysis.documents import plain
from rulelang.base.source import Place, SourceText, Span
from rulelang.base.values import ComparedByValue, part
from rulelang.check.draft import Draft
from rulelang.syntax import nodes


class Named(enum.Enum):
    """What a name stands for; the words are those in which people are told."""

    FIELD = "member field"
    GIVEN = "given"
    DEFINITION = "definition"
    LIMIT = "limit"
    PERIOD = "period"
    PARTY = "party"
    SEGMENT = "segment"
    STEP = "step"
    CHOICE = "choice value"
    OUTCOME = "outcome"
    FORMER_STEP = "former name of a step"
    FORMER_DATUM = "former name of data"
    MEMBER = "member"


class Role(enum.Enum):
    """In what role a name stands at a place."""

    DECLARED = "declared"
    VALUE = "value"
    STEP = "step"
    PAYER = "payer"
    POT = "pot"
    SEGMENT = "segment"
    PERIOD = "period"
    CHOICE = "choice"
    OUTCOME = "outcome"
    ENDING = "outcome declared"
    FORMER = "former name"
    DATUM = "datum"
    MEMBER = "member"
    JOINING = "member with its data"
    PAYER_OR_STEP = "payer or step"


class Use(ComparedByValue):
    """A name at a place: ``named`` is what it stands for, ``None`` if nothing of that name is declared.

    ``span`` holds the name with the quotes around it, if there are any; ``rulebook`` is that by which it stands for it.
    """

    name: str
    span: Span
    role: Role
    named: Named | None
    source: SourceText = part(eq=False, repr=False)
    rulebook: Path | None = part(eq=False, repr=False, default=None)

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.source, self.span)

    @property
    def declares(self) -> bool:
        """Whether it is the place at which the name is declared."""
        return self.role in (Role.DECLARED, Role.ENDING, Role.FORMER, Role.JOINING)


def named_in(draft: Draft | None, name: str, role: Role) -> Named | None:
    """What a name stands for in some role, by a rulebook (``None``: there is none)."""
    if draft is None:
        return Named.MEMBER if role in _OF_MEMBERS else None
    outcome = outcome_of(draft)
    if role in (Role.OUTCOME, Role.ENDING):
        return Named.OUTCOME if outcome is not None and name == outcome.name.text else None
    if role in _OF_MEMBERS:
        return Named.PARTY if name in draft.parties else Named.MEMBER
    if name in draft.names:
        return KINDS.get(draft.names[name][0], Named.FORMER_STEP if name in draft.former_names else Named.FORMER_DATUM)
    return Named.CHOICE if name in draft.choices else None


_OF_MEMBERS = frozenset({Role.MEMBER, Role.JOINING})
KINDS = {f"{article} {named.value}": named for named in Named for article in ("a", "an")}
"""The kinds of names by what the draft of a rulebook calls them; what else it has in it are former names."""


def outcome_of(draft: Draft) -> nodes.Finally | None:
    """The end of the waterfall, if it has one."""
    return None if draft.waterfall is None else draft.waterfall.outcome


def home_of(draft: Draft | None) -> Path | None:
    """The path of a rulebook, if it is a file."""
    return None if draft is None or draft.source.path is None else plain(draft.source.path)


def declaration(draft: Draft, name: str, named: Named) -> Span | None:
    """Where a rulebook declares a name of some kind; a member is declared in events."""
    if named is Named.OUTCOME:
        outcome = outcome_of(draft)
        return None if outcome is None else outcome.name.span
    if named is Named.CHOICE:
        return draft.choices.get(name)
    return draft.names[name][1] if named is not Named.MEMBER and name in draft.names else None


FORMER = frozenset({Named.FORMER_STEP, Named.FORMER_DATUM})
"""Names that something had before."""
