"""The kinds of edits: what can differ between two rulebooks, one class for each.

Those of steps and groups stand here, the others in :mod:`rulelang.changes.edits.declaration_edits`; ``EDITS`` has all
by their kind.  What makes each of them is told in ``docs/changes.md``.
"""

from typing import ClassVar, Literal

from attrs import frozen

from rulelang.changes.edits import declaration_edits
from rulelang.changes.edits.edit import BY_KIND, Edit, Rule, Whole, entered

# -------------------------------------------------------------------------------------------------------------- steps


@entered
@frozen(kw_only=True)
class StepAdded(Whole):
    """A step that is new; ``new`` is the whole of it."""

    kind: ClassVar[str] = "step-added"
    noun: ClassVar[str] = "step"
    mirror: ClassVar[str] = "step-removed"
    shown: ClassVar[bool] = False


@entered
@frozen(kw_only=True)
class StepRemoved(Whole):
    """A step that is gone; ``old`` is the whole of it."""

    kind: ClassVar[str] = "step-removed"
    noun: ClassVar[str] = "step"
    placed: ClassVar[str] = "; it stood {}"
    mirror: ClassVar[str] = "step-added"
    shown: ClassVar[bool] = False


@entered
@frozen(kw_only=True)
class StepMoved(Edit):
    """A step stands at another place among the steps that both rulebooks have and that kept their order."""

    kind: ClassVar[str] = "step-moved"

    @property
    def words(self) -> str:
        """One sentence."""
        return f"`{self.subject}` moved from {self.old} to {self.new}"


@entered
@frozen(kw_only=True)
class StepRenamed(Edit):
    """A step has another name, as ``formerly`` says or as the likeness of its clauses shows."""

    kind: ClassVar[str] = "step-renamed"
    textual: bool = True
    evidence: Literal["formerly", "likeness"] = "formerly"

    @property
    def words(self) -> str:
        """One sentence."""
        why = "as `formerly` says" if self.evidence == "formerly" else "as its clauses show"
        return f"step `{self.old_name}` is called `{self.new_name}` now, {why}"


@entered
@frozen(kw_only=True)
class NameReused(Edit):
    """A name stands for another step than before; ``old`` and ``new`` are the heads of the two steps."""

    kind: ClassVar[str] = "name-reused"

    @property
    def words(self) -> str:
        """One sentence."""
        return f"the name `{self.subject}` stands for another step: once `{self.old}`, now `{self.new}`"


@entered
@frozen(kw_only=True)
class FormerNamesChanged(Edit):
    """Former names, under which earlier payments may be entered, added or removed other than by a renaming."""

    kind: ClassVar[str] = "former-names-changed"
    noun: ClassVar[str] = "former names"


@entered
@frozen(kw_only=True)
class KindChanged(Edit):
    """Tranche, assessment, haircut, tear-up or voluntary."""

    kind: ClassVar[str] = "kind-changed"
    noun: ClassVar[str] = "kind"


@entered
@frozen(kw_only=True)
class PayersChanged(Edit):
    """Who may be charged."""

    kind: ClassVar[str] = "payers-changed"
    noun: ClassVar[str] = "payers"


@entered
@frozen(kw_only=True)
class PayerConditionChanged(Rule):
    """The ``where`` of the payers."""

    kind: ClassVar[str] = "payer-condition-changed"
    noun: ClassVar[str] = "condition on the payers"


@entered
@frozen(kw_only=True)
class PotChanged(Rule):
    """The money drawn ``from``, or how it is split over segments."""

    kind: ClassVar[str] = "pot-changed"
    noun: ClassVar[str] = "pot"


@entered
@frozen(kw_only=True)
class LimitAdded(Edit):
    """An ``up to`` that is new."""

    kind: ClassVar[str] = "limit-added"
    noun: ClassVar[str] = "limit"
    mirror: ClassVar[str] = "limit-removed"


@entered
@frozen(kw_only=True)
class LimitRemoved(Edit):
    """An ``up to`` that is gone."""

    kind: ClassVar[str] = "limit-removed"
    noun: ClassVar[str] = "limit"
    mirror: ClassVar[str] = "limit-added"


@entered
@frozen(kw_only=True)
class LimitChanged(Rule):
    """An ``up to``: its value, its scope or its window."""

    kind: ClassVar[str] = "limit-changed"
    noun: ClassVar[str] = "limit"


@entered
@frozen(kw_only=True)
class KeyChanged(Rule):
    """How the draw is shared: the key, ``limits`` or ``equally``."""

    kind: ClassVar[str] = "key-changed"
    noun: ClassVar[str] = "sharing"


@entered
@frozen(kw_only=True)
class ReallocationChanged(Edit):
    """Whether the other payers bear what a payer cannot: ``without reallocation`` added or removed."""

    kind: ClassVar[str] = "reallocation-changed"

    @property
    def words(self) -> str:
        """One sentence."""
        change = "no longer passes" if self.old is None else "now passes"
        return f"`{self.subject}` {change} what a payer cannot bear to the others"


@entered
@frozen(kw_only=True)
class OrderChanged(Rule):
    """The ranks of the payers: ``in order of``."""

    kind: ClassVar[str] = "order-changed"
    noun: ClassVar[str] = "order of ranks"


@entered
@frozen(kw_only=True)
class ConditionChanged(Rule):
    """The ``when`` of a step."""

    kind: ClassVar[str] = "condition-changed"
    noun: ClassVar[str] = "condition"


@entered
@frozen(kw_only=True)
class ForceChanged(Edit):
    """The days on which a step is in force."""

    kind: ClassVar[str] = "force-changed"
    noun: ClassVar[str] = "time in force"


@entered
@frozen(kw_only=True)
class DiscretionChanged(Edit):
    """The body at whose discretion a step stands; another body is textual, one that comes or goes is not."""

    kind: ClassVar[str] = "discretion-changed"
    noun: ClassVar[str] = "discretion"


@entered
@frozen(kw_only=True)
class PerSegmentChanged(Edit):
    """Whether a step is done once for each segment."""

    kind: ClassVar[str] = "per-segment-changed"

    @property
    def words(self) -> str:
        """One sentence."""
        return f"{self.owner} is {'now' if self.old is None else 'no longer'} done once for each segment"


@entered
@frozen(kw_only=True)
class LossesChanged(Rule):
    """Which losses a step meets: ``for losses``."""

    kind: ClassVar[str] = "losses-changed"
    noun: ClassVar[str] = "losses"


# ------------------------------------------------------------------------------------------------------------- groups


@entered
@frozen(kw_only=True)
class GroupAdded(Whole):
    """A ``together`` that is new: the steps in it pay side by side from now on."""

    kind: ClassVar[str] = "group-added"
    placed: ClassVar[str] = " around {}"
    mirror: ClassVar[str] = "group-removed"
    part: str = "group"


@entered
@frozen(kw_only=True)
class GroupRemoved(Whole):
    """A ``together`` that is gone: steps that were in it pay one after another, or are gone."""

    kind: ClassVar[str] = "group-removed"
    placed: ClassVar[str] = " from around {}"
    mirror: ClassVar[str] = "group-added"
    part: str = "group"


@entered
@frozen(kw_only=True)
class StepGrouped(Edit):
    """A step moved into a group that both rulebooks have; ``new`` is the group."""

    kind: ClassVar[str] = "step-grouped"
    mirror: ClassVar[str] = "step-ungrouped"

    @property
    def words(self) -> str:
        """One sentence."""
        return f"`{self.subject}` moved into {self.new}"


@entered
@frozen(kw_only=True)
class StepUngrouped(Edit):
    """A step moved out of a group that both rulebooks have; ``old`` is the group."""

    kind: ClassVar[str] = "step-ungrouped"
    mirror: ClassVar[str] = "step-grouped"

    @property
    def words(self) -> str:
        """One sentence."""
        return f"`{self.subject}` moved out of {self.old}"


@entered
@frozen(kw_only=True)
class StepRegrouped(Edit):
    """A step moved from one group to another."""

    kind: ClassVar[str] = "step-regrouped"

    @property
    def words(self) -> str:
        """One sentence."""
        return f"`{self.subject}` moved from {self.old} to {self.new}"


@entered
@frozen(kw_only=True)
class PoolChanged(Edit):
    """Whether all payers of a group share at once: ``as one pool``."""

    kind: ClassVar[str] = "pool-changed"
    part: str = "group"

    @property
    def words(self) -> str:
        """One sentence."""
        return f"{self.owner} {'now' if self.old is None else 'no longer'} pays as one pool"


@entered
@frozen(kw_only=True)
class RatioChanged(Rule):
    """The parts in which the steps of a group pay; the same proportion in other numbers is textual."""

    kind: ClassVar[str] = "ratio-changed"
    noun: ClassVar[str] = "ratio"
    part: str = "group"


@entered
@frozen(kw_only=True)
class GroupPerSegmentChanged(Edit):
    """Whether a group is done once for each segment."""

    kind: ClassVar[str] = "group-per-segment-changed"
    part: str = "group"

    @property
    def words(self) -> str:
        """One sentence."""
        return f"{self.owner} is {'now' if self.old is None else 'no longer'} done once for each segment"


EDITS = dict(sorted(BY_KIND.items()))
"""The class of each kind of edit."""

__all__ = ["EDITS", "Edit", "declaration_edits"]
