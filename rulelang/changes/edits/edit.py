"""What every edit has: what it is about, the old and the new text, where they stand, and one sentence."""

from typing import Any, ClassVar, TypeVar

from attrs import field, fields, frozen

from rulelang.base.source import Place

_NAMED_BY_TEXT = {"group": "group `{}`", "ensure": 'ensure "{}"', "test": 'test "{}"'}
_BY_NAME = ("step", "definition", "field", "given", "party", "outcome", "segment")
_ONLY_ONE = ("rulebook", "waterfall")


@frozen(kw_only=True)
class Edit:
    """One difference between two rulebooks.

    ``old_name`` and ``new_name`` say what the edit is about as each rulebook calls it (``None``: not there, or a part
    without a name); ``old`` and ``new`` are the two texts in standard layout, ``old_place`` and ``new_place`` where
    they stand.  ``part`` says which part is meant: a thing (``step``, ``group``, ``rulebook``) or the words that open
    a clause (``up to``).  ``textual`` is true of an edit that can have no effect on an allocation.
    """

    kind: ClassVar[str] = ""
    """The word for this class of edits, such as ``limit-changed``."""
    noun: ClassVar[str] = ""
    """What has changed, in words: ``limit``."""
    mirror: ClassVar[str] = ""
    """The kind of the same edit seen from the other side, where it is another one."""

    old_name: str | None = None
    new_name: str | None = None
    old: str | None = None
    new: str | None = None
    old_place: Place | None = field(default=None, repr=False)
    new_place: Place | None = field(default=None, repr=False)
    part: str = "step"
    textual: bool = False

    @property
    def subject(self) -> str:
        """What the edit is about: its name in the new rulebook, or in the old one if it is gone; may be empty."""
        return (self.old_name if self.new_name is None else self.new_name) or ""

    @property
    def owner(self) -> str:
        """What the edit is about, as it stands in a sentence."""
        if self.part in _ONLY_ONE:
            return f"the {self.part}"
        if self.part in _NAMED_BY_TEXT:
            return _NAMED_BY_TEXT[self.part].format(self.subject)
        return f"`{self.subject}`" if self.part in _BY_NAME else f"the clause `{self.part}` of `{self.subject}`"

    @property
    def words(self) -> str:
        """One sentence, without a capital at its start and a stop at its end."""
        what = f"{self.noun} of {self.owner}"
        if self.old is None:
            return f"{what} added: `{self.new}`{self.remark}"
        if self.new is None:
            return f"{what} removed: `{self.old}`{self.remark}"
        if self.old == self.new:
            return f"{what} still reads `{self.new}`, but a name in it means something else now"
        return f"{what} changed from `{self.old}` to `{self.new}`{self.remark}"

    @property
    def remark(self) -> str:
        """An ending for what reads as if it changed a result, but cannot."""
        return ""

    def mirrored(self) -> "Edit":
        """The same edit seen from the new rulebook: old and new in each other's place."""
        cls = BY_KIND[self.mirror] if self.mirror else type(self)
        values = {part.name: getattr(self, part.name) for part in fields(type(self))}
        for old, new in (("old_name", "new_name"), ("old", "new"), ("old_place", "new_place")):
            values[old], values[new] = values[new], values[old]
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """The edit as plain values, with what only its class has; places are file, line and column, counted from 1."""
        own = [part.name for part in fields(type(self)) if part.name not in _COMMON]
        return {
            "kind": self.kind,
            "subject": self.subject,
            "part": self.part,
            "old_name": self.old_name,
            "new_name": self.new_name,
            "old": self.old,
            "new": self.new,
            "old_place": _plain_place(self.old_place),
            "new_place": _plain_place(self.new_place),
            "textual": self.textual,
            "words": self.words,
            **{name: getattr(self, name) for name in own},
        }


_COMMON = frozenset(part.name for part in fields(Edit))

Kind = TypeVar("Kind", bound=Edit)

BY_KIND: dict[str, type[Edit]] = {}
"""The class of each kind of edit."""


def entered(cls: type[Kind]) -> type[Kind]:
    """Enter a class under its kind (a decorator)."""
    BY_KIND[cls.kind] = cls
    return cls


@frozen(kw_only=True)
class Rule(Edit):
    """A change of what is ruled, which may have been written otherwise without meaning anything else."""

    @property
    def remark(self) -> str:
        """That nothing but the writing has changed, where that is so."""
        return ", which means the same" if self.textual else ""


@frozen(kw_only=True)
class Whole(Edit):
    """Something that only one of the two rulebooks has; ``position`` says where it stands there, if that counts."""

    shown: ClassVar[bool] = True
    """Whether the sentence shows the text."""
    placed: ClassVar[str] = " {}"
    """How the sentence says where it stands."""

    position: str = ""

    @property
    def words(self) -> str:
        """One sentence."""
        what, text = ("removed", self.old) if self.new is None else ("added", self.new)
        where = self.placed.format(self.position) if self.position else ""
        shown = f": `{text}`" if self.shown else ""
        return f"{self.noun}{' ' if self.noun else ''}{self.owner} {what}{where}{shown}"


def _plain_place(place: Place | None) -> dict[str, Any] | None:
    position = None if place is None else place.position
    if place is None or position is None:
        return None
    return {"file": place.source.name, "line": position.line, "column": position.column}
