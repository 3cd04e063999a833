"""The kinds of edits outside the steps: header, declarations, the end of the waterfall, invariants and tests."""

from typing import ClassVar

from attrs import frozen

from rulelang.changes.edits.edit import Edit, Rule, Whole, entered

# ------------------------------------------------------------------------------------------------- what has no effect


@entered
@frozen(kw_only=True)
class TitleChanged(Edit):
    """A title added, removed or changed: of the rulebook, the waterfall, a step, a group, a party, the end."""

    kind: ClassVar[str] = "title-changed"
    noun: ClassVar[str] = "title"
    textual: bool = True


@entered
@frozen(kw_only=True)
class CitationChanged(Edit):
    """A ``cite`` added, removed or changed: of anything that has one, a clause included."""

    kind: ClassVar[str] = "citation-changed"
    noun: ClassVar[str] = "citation"
    textual: bool = True


@entered
@frozen(kw_only=True)
class NoteChanged(Edit):
    """The note of a field, a given or a definition added, removed or changed."""

    kind: ClassVar[str] = "note-changed"
    noun: ClassVar[str] = "note"
    textual: bool = True


@entered
@frozen(kw_only=True)
class VersionChanged(Edit):
    """The version of the rulebook."""

    kind: ClassVar[str] = "version-changed"
    noun: ClassVar[str] = "version"
    part: str = "rulebook"
    textual: bool = True


# ------------------------------------------------------------------------------------------------------- declarations


@entered
@frozen(kw_only=True)
class CurrencyChanged(Edit):
    """The currency in which everything is settled."""

    kind: ClassVar[str] = "currency-changed"
    noun: ClassVar[str] = "currency"
    part: str = "rulebook"


@entered
@frozen(kw_only=True)
class SegmentAdded(Whole):
    """A segment that is new."""

    kind: ClassVar[str] = "segment-added"
    noun: ClassVar[str] = "segment"
    mirror: ClassVar[str] = "segment-removed"
    shown: ClassVar[bool] = False
    part: str = "segment"


@entered
@frozen(kw_only=True)
class SegmentRemoved(Whole):
    """A segment that is gone."""

    kind: ClassVar[str] = "segment-removed"
    noun: ClassVar[str] = "segment"
    mirror: ClassVar[str] = "segment-added"
    shown: ClassVar[bool] = False
    part: str = "segment"


@entered
@frozen(kw_only=True)
class SegmentsReordered(Edit):
    """The segments that both rulebooks have stand in another order, which is the order in which they take turns."""

    kind: ClassVar[str] = "segments-reordered"
    noun: ClassVar[str] = "order of segments"
    part: str = "rulebook"


@entered
@frozen(kw_only=True)
class PartyAdded(Whole):
    """A party that is new."""

    kind: ClassVar[str] = "party-added"
    noun: ClassVar[str] = "party"
    mirror: ClassVar[str] = "party-removed"
    shown: ClassVar[bool] = False
    part: str = "party"


@entered
@frozen(kw_only=True)
class PartyRemoved(Whole):
    """A party that is gone."""

    kind: ClassVar[str] = "party-removed"
    noun: ClassVar[str] = "party"
    mirror: ClassVar[str] = "party-added"
    shown: ClassVar[bool] = False
    part: str = "party"


@entered
@frozen(kw_only=True)
class FieldAdded(Whole):
    """A member field that is new."""

    kind: ClassVar[str] = "field-added"
    noun: ClassVar[str] = "field"
    mirror: ClassVar[str] = "field-removed"
    part: str = "field"


@entered
@frozen(kw_only=True)
class FieldRemoved(Whole):
    """A member field that is gone."""

    kind: ClassVar[str] = "field-removed"
    noun: ClassVar[str] = "field"
    mirror: ClassVar[str] = "field-added"
    part: str = "field"


@entered
@frozen(kw_only=True)
class FieldChanged(Rule):
    """The type or sign of a member field, whether it is per segment, or what holds if it is missing."""

    kind: ClassVar[str] = "field-changed"
    noun: ClassVar[str] = "declaration"
    part: str = "field"


@entered
@frozen(kw_only=True)
class GivenAdded(Whole):
    """A given that is new."""

    kind: ClassVar[str] = "given-added"
    noun: ClassVar[str] = "given"
    mirror: ClassVar[str] = "given-removed"
    part: str = "given"


@entered
@frozen(kw_only=True)
class GivenRemoved(Whole):
    """A given that is gone."""

    kind: ClassVar[str] = "given-removed"
    noun: ClassVar[str] = "given"
    mirror: ClassVar[str] = "given-added"
    part: str = "given"


@entered
@frozen(kw_only=True)
class GivenChanged(Rule):
    """The type or sign of a given, whether it is per segment, or what holds if it is missing."""

    kind: ClassVar[str] = "given-changed"
    noun: ClassVar[str] = "declaration"
    part: str = "given"


@entered
@frozen(kw_only=True)
class DefinitionAdded(Whole):
    """A definition that is new; it has an effect only where something uses it, which is an edit of its own."""

    kind: ClassVar[str] = "definition-added"
    noun: ClassVar[str] = "definition"
    mirror: ClassVar[str] = "definition-removed"
    part: str = "definition"
    textual: bool = True


@entered
@frozen(kw_only=True)
class DefinitionRemoved(Whole):
    """A definition that is gone; what used it has an edit of its own."""

    kind: ClassVar[str] = "definition-removed"
    noun: ClassVar[str] = "definition"
    mirror: ClassVar[str] = "definition-added"
    part: str = "definition"
    textual: bool = True


@entered
@frozen(kw_only=True)
class DefinitionChanged(Rule):
    """What a definition stands for; textual if it means the same or has no user in both."""

    kind: ClassVar[str] = "definition-changed"
    noun: ClassVar[str] = "definition"
    part: str = "definition"

    @property
    def remark(self) -> str:
        """Why it has no effect, where it has none."""
        return ", which changes nothing else" if self.textual else ""


@entered
@frozen(kw_only=True)
class DefinitionRenamed(Edit):
    """A definition of equal body and use has another name."""

    kind: ClassVar[str] = "definition-renamed"
    part: str = "definition"
    textual: bool = True

    @property
    def words(self) -> str:
        """One sentence."""
        return f"definition `{self.old_name}` is called `{self.new_name}` now"


# ----------------------------------------------------------------------------------------- the end, invariants, tests


@entered
@frozen(kw_only=True)
class OutcomeAdded(Whole):
    """A ``finally`` that is new."""

    kind: ClassVar[str] = "outcome-added"
    noun: ClassVar[str] = "outcome"
    mirror: ClassVar[str] = "outcome-removed"
    part: str = "outcome"


@entered
@frozen(kw_only=True)
class OutcomeRemoved(Whole):
    """A ``finally`` that is gone."""

    kind: ClassVar[str] = "outcome-removed"
    noun: ClassVar[str] = "outcome"
    mirror: ClassVar[str] = "outcome-added"
    part: str = "outcome"


@entered
@frozen(kw_only=True)
class OutcomeChanged(Edit):
    """The name of what happens to loss that is still there: the outcome of a run that is not covered."""

    kind: ClassVar[str] = "outcome-changed"
    noun: ClassVar[str] = "outcome"
    part: str = "waterfall"


@entered
@frozen(kw_only=True)
class EnsureAdded(Whole):
    """An ``ensure`` that is new."""

    kind: ClassVar[str] = "ensure-added"
    mirror: ClassVar[str] = "ensure-removed"
    part: str = "ensure"


@entered
@frozen(kw_only=True)
class EnsureRemoved(Whole):
    """An ``ensure`` that is gone."""

    kind: ClassVar[str] = "ensure-removed"
    mirror: ClassVar[str] = "ensure-added"
    part: str = "ensure"


@entered
@frozen(kw_only=True)
class EnsureChanged(Rule):
    """What an ``ensure`` of the same text demands, or of whom."""

    kind: ClassVar[str] = "ensure-changed"
    noun: ClassVar[str] = "condition"
    part: str = "ensure"


@entered
@frozen(kw_only=True)
class EnsureReworded(Edit):
    """An ``ensure`` that demands the same has another text."""

    kind: ClassVar[str] = "ensure-reworded"
    part: str = "ensure"
    textual: bool = True

    @property
    def words(self) -> str:
        """One sentence."""
        return f"text of an `ensure` changed from `{self.old}` to `{self.new}`"


@entered
@frozen(kw_only=True)
class TestAdded(Whole):
    """A ``test`` that is new."""

    __test__: ClassVar[bool] = False  # a class whose name begins with Test, not a test case
    kind: ClassVar[str] = "test-added"
    mirror: ClassVar[str] = "test-removed"
    shown: ClassVar[bool] = False
    part: str = "test"
    textual: bool = True


@entered
@frozen(kw_only=True)
class TestRemoved(Whole):
    """A ``test`` that is gone."""

    __test__: ClassVar[bool] = False
    kind: ClassVar[str] = "test-removed"
    mirror: ClassVar[str] = "test-added"
    shown: ClassVar[bool] = False
    part: str = "test"
    textual: bool = True


@entered
@frozen(kw_only=True)
class TestChanged(Edit):
    """The event or the expectations of a ``test`` of the same title; ``old`` and ``new`` are the whole tests."""

    __test__: ClassVar[bool] = False
    kind: ClassVar[str] = "test-changed"
    part: str = "test"
    textual: bool = True

    @property
    def words(self) -> str:
        """One sentence."""
        return f"{self.owner} changed"


@entered
@frozen(kw_only=True)
class TestRetitled(Edit):
    """A ``test`` of the same event and expectations has another title."""

    __test__: ClassVar[bool] = False
    kind: ClassVar[str] = "test-retitled"
    part: str = "test"
    textual: bool = True

    @property
    def words(self) -> str:
        """One sentence."""
        return f"title of a `test` changed from `{self.old}` to `{self.new}`"
