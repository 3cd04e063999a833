"""One difference between two rulebooks: what it is about, the old and the new text, and where they stand."""

from attrs import field, frozen

from rulelang.base.source import Place
from rulelang.changes.edits.kinds import EditKind, kind_named
from rulelang.changes.match.matching import Evidence
from rulelang.document.write import Plain

_THINGS = {
    "rulebook": "the rulebook",
    "waterfall": "the waterfall",
    "group": "group `{}`",
    "ensure": 'ensure "{}"',
    "assume": 'assume "{}"',
    "test": 'test "{}"',
    "named-limit": "limit `{}`",
    "replenishment": "what replenishes `{}`",
    "recoveries": "{}",
    **dict.fromkeys(
        ("step", "definition", "field", "given", "party", "outcome", "segment", "period", "currency"), "`{}`"
    ),
}
"""How a thing is called; every other part is a clause."""
_EVIDENCE: dict[Evidence, str] = {
    "name": "",
    "formerly": "as `formerly` says",
    "likeness": "as its clauses show",
    "use": "as all that names it shows",
}


@frozen(kw_only=True)
class Edit:
    """One difference between two rulebooks.

    ``kind`` is a word of :data:`rulelang.changes.edits.kinds.KINDS`.  ``old_name`` and ``new_name`` say what the edit
    is about as each rulebook calls it (``None``: not there, or a part without a name); ``old`` and ``new`` are the two
    texts in standard layout, ``old_place`` and ``new_place`` where they stand.  ``part`` says which part is meant: a
    thing (``step``, ``group``, ``rulebook``) or the words that open a clause (``up to``).  ``textual`` is true of an
    edit that can have no effect on an allocation.  ``position`` is where a thing stands that only one rulebook has,
    ``evidence`` by what a step or a datum was found to be renamed.
    """

    kind: str
    part: str
    old_name: str | None = None
    new_name: str | None = None
    old: str | None = None
    new: str | None = None
    old_place: Place | None = field(default=None, repr=False)
    new_place: Place | None = field(default=None, repr=False)
    textual: bool = False
    position: str = ""
    evidence: Evidence = "name"

    @property
    def subject(self) -> str:
        """What the edit is about: its name in the new rulebook, or in the old one if it is gone; may be empty."""
        return (self.old_name if self.new_name is None else self.new_name) or ""

    @property
    def owner(self) -> str:
        """What the edit is about, as it stands in a sentence."""
        return _THINGS.get(self.part, f"the clause `{self.part}` of `{{}}`").format(self.subject)

    @property
    def heading(self) -> str:
        """What the edit is about, above all that is told of it."""
        if not self.subject:
            return self.part
        titled = self.part in ("group", "ensure", "assume", "test")
        return (_THINGS[self.part] if titled else "`{}`").format(self.subject)

    @property
    def words(self) -> str:
        """One sentence, without a capital at its start and a stop at its end."""
        kind = self._kind
        if kind.still is not None and self.old is not None and self.old == self.new:
            return self._filled(kind.still)
        sentence = kind.added if self.old is None else kind.removed if self.new is None else kind.both
        return self._filled(sentence) + self.remark

    @property
    def brief(self) -> str:
        """What has changed, without the texts."""
        clause = "" if self.part in _THINGS else f" (`{self.part}`)"
        meant = " – means the same" if self.remark else ""
        if self.old is not None and self.old == self.new:
            meant = " – reads the same, but a name in it means something else now"
        return f"{self.kind.replace('-', ' ')}{self.where}{clause}{meant}"

    @property
    def remark(self) -> str:
        """An ending for what reads as if it changed a result, but cannot."""
        return self._kind.same if self.textual else ""

    @property
    def where(self) -> str:
        """Where a thing stands that only one rulebook has, if that counts."""
        forms = self._kind.where
        return forms[self.new is None].format(position=self.position) if forms and self.position else ""

    @property
    def why(self) -> str:
        """By what something was found to be renamed."""
        must = self.evidence == "use" and self.part in ("field", "given")
        return _EVIDENCE[self.evidence] + "; without `formerly`, events have to say the new name" * must

    @property
    def _kind(self) -> EditKind:
        return kind_named(self.kind)

    def _filled(self, sentence: str) -> str:
        names = ("owner", "subject", "where", "why", "old", "new", "old_name", "new_name")
        return sentence.format_map({name: getattr(self, name) for name in names})

    def to_dict(self) -> Plain:
        """The edit as plain values, with what only its kind has; places are file, line and column, counted from 1."""
        found: Plain = {
            "kind": self.kind,
            "subject": self.subject,
            "part": self.part,
            "old_name": self.old_name,
            "new_name": self.new_name,
            "old": self.old,
            "new": self.new,
            "old_place": _place_values(self.old_place),
            "new_place": _place_values(self.new_place),
            "textual": self.textual,
            "words": self.words,
        }
        if self._kind.where is not None:
            found["position"] = self.position
        if self.evidence != "name":
            found["evidence"] = self.evidence
        return found


def _place_values(place: Place | None) -> Plain | None:
    position = None if place is None else place.position
    if place is None or position is None:
        return None
    return {"file": place.source.name, "line": position.line, "column": position.column}
