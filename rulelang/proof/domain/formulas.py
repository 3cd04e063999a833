"""The domain of formulas: one run of the evaluator over symbolic data; what comes out are forms and constraints.

Some members may be taken as one (:class:`~rulelang.proof.domain.values.Slot`).  What the rules do not allow is noted
with the truth of the path on which it is met; a claim is about the runs that end, so it is asked where none of these
holds.
What one of many members meets the one that stands for all of its kind meets too, in another event of the same claim;
so refusals of slots are not kept.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter

from attrs import define, evolve, field, frozen

from rulelang.proof.domain.losses import SymbolicLosses
from rulelang.proof.domain.sharing import Sharings
from rulelang.proof.domain.terms import Formula, Number, Truth, conjunction, disjunction
from rulelang.proof.domain.values import Choice, Each, Outside, Slot, Sum, Symbolic, Unread
from rulelang.run.domain import Domain
from rulelang.run.rule_violation import RuleViolation
from rulelang.run.values import Row, Who
from rulelang.syntax import nodes


@frozen
class SymbolicPath:
    """Where something counts: for everybody, or for a member by its position."""

    everyone: Truth = True
    members: Mapping[int, Symbolic] = field(factory=dict, hash=False)

    def at(self, member: int | None) -> Symbolic:
        """Where it counts for a member (``None``: for all)."""
        return self.everyone if member is None else self.members.get(member, self.everyone)

    def of(self, who: Sequence[int | None]) -> Row:
        """The same for several."""
        return [self.at(member) for member in who]


@define
class Formulas(Sharings, Domain):
    """See :class:`rulelang.run.domain.Domain` for what each operation means.

    ``slots`` are the members taken as one by their positions, ``owners`` the positions of those whose the losses are,
    ``refusals`` say where what the rules do not allow is met.
    """

    slots: dict[int, Slot] = field(factory=dict)
    owners: tuple[int | None, ...] = ()
    refusals: list[Truth] = field(factory=list)

    def begin(self, slots: dict[int, Slot], owners: tuple[int | None, ...]) -> None:
        """One more run begins."""
        self.slots, self.owners, self.place = slots, owners, 0

    def slot_at(self, member: int | None) -> Slot | None:
        """The slot that a position in the event is."""
        return None if member is None else self.slots.get(member)

    @property
    def slots_there(self) -> bool:
        """Whether some members are taken as one."""
        return bool(self.slots)

    def losses(self, amounts: Sequence[Number]) -> SymbolicLosses:
        """The losses at the start of a run."""
        owners = tuple(self.slot_at(owner) for owner in self.owners) if amounts else ()
        return SymbolicLosses(self, tuple(amounts), owners)

    def settled(self, values: Row, what: str, node: nodes.Expression) -> Row:
        """Values on which something hangs that is settled once.

        Raises:
            Outside: one varies.
        """
        if any(isinstance(value, (Formula, Sum, Each, Choice, Unread)) for value in values):
            raise Outside(f"{what} varies from event to event", node)
        return values

    # --------------------------------------------------------------------------------------------------------- paths

    def refuse(self, path: SymbolicPath | None, who: int | None, truth: Symbolic, violation: RuleViolation) -> bool:
        """Note where the rules do not allow something; it gives whether there may be such a run."""
        del violation
        met = self.jointly(True if path is None else path.at(who), truth)
        if met is False:
            return False
        if self.slot_at(who) is None and not isinstance(met, Each):
            self.refusals.append(met)
        return True

    def narrowed(self, path: SymbolicPath | None, who: Who, truths: Sequence[Symbolic]) -> SymbolicPath:
        """The path on which each of ``who`` counts only where its truth holds."""
        result = path or SymbolicPath()
        for member, truth in zip(who, truths, strict=True):
            if member is None:
                members = {each: self.jointly(there, truth) for each, there in result.members.items()}
                result = SymbolicPath(self.jointly(result.everyone, truth), members)
            else:
                result = evolve(result, members={**result.members, member: self.jointly(result.at(member), truth)})
        return self._the_same(result)

    def _the_same(self, path: SymbolicPath) -> SymbolicPath:
        """A path by which runs know again what they worked out on it: equal paths are one object."""
        key = ("path", path.everyone, tuple(sorted(path.members.items(), key=itemgetter(0))))
        return self.known.setdefault(key, path)  # type: ignore[no-any-return]

    def joined(self, path: SymbolicPath | None, who: Sequence[int | None]) -> SymbolicPath:
        """The path of what is the same for all of ``who``: where it counts for one of them."""
        path = path or SymbolicPath()
        if not who or who[0] is None:
            return self._the_same(path)
        somebody: list[Truth] = []
        for member, truth in zip(who, path.of(who), strict=True):
            slot = self.slot_at(member)
            there = True if slot is None else self.at_most(1, slot.number)
            somebody.append(conjunction(self.of_somebody(truth), there))
        return self._the_same(SymbolicPath(disjunction(*somebody)))
