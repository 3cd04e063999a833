"""Truths of the domain of columns, and the paths on which values count.

A branch of an ``if`` is worked out for all scenarios, but what the rules do not allow in it counts only where it is
taken.  So every refusal is noted with the truth of its path.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeAlias

from attrs import define, field, frozen

from rulelang.base.gather import collected
from rulelang.run.rule_violation import RuleViolation
from rulelang.sweeps.tape.nodes import ByNumber, Elem, Ref
from rulelang.sweeps.tape.operations import excludes
from rulelang.sweeps.tape.tape import Tape
from rulelang.sweeps.tape.values import Owner, Truth, truth_of, truth_ref, truth_refs

Member: TypeAlias = Hashable
"""Whoever a value is of: a place among members, or what else a run counts by."""


@frozen(eq=False)
class Path:
    """In which scenarios something counts: for everyone, and for members for whom it differs."""

    everyone: Ref = True
    members: Mapping[Member, Ref] = field(factory=dict)
    domain: Owner = field(default=None, repr=False)

    def ref(self, member: Member) -> Ref:
        """In which scenarios it counts for a member."""
        return self.members.get(member, self.everyone)

    def of(self, who: Sequence[Member]) -> list[Truth]:
        """In which scenarios it counts for each of some members."""
        return [truth_of(self.domain, self.ref(member)) for member in who]


def _apart(one: Ref, other: Ref) -> bool:
    """Whether two truths are made so that they never hold together."""
    if not isinstance(one, Elem) or not isinstance(other, Elem) or one.index != other.index:
        return False
    return excludes(one.node, other.node) or excludes(other.node, one.node)


@define
class Masks:
    """The truths of a domain; ``refused`` and ``aside`` hold what was noted: the truth and that of its path.

    What is set aside is not settled by the tape: the interpreter has to say.
    """

    tape: Tape = field(factory=Tape)
    refused: list[tuple[Ref, Ref]] = field(factory=list, init=False)
    aside: list[tuple[Ref, Ref]] = field(factory=list, init=False)
    _kept: dict[Ref, Path] = field(factory=dict, init=False)

    def both(self, some: Sequence[Truth], others: Sequence[Truth]) -> list[Truth]:
        """Whether two truths hold, for each member."""
        return self._truths("and", some, others)

    def _either(self, some: Sequence[Truth], others: Sequence[Truth]) -> list[Truth]:
        return self._truths("or", some, others)

    def denied(self, truths: Sequence[Truth]) -> list[Truth]:
        """Whether a truth does not hold, for each member."""
        return self._truths("not", truths)

    def _truths(self, operation: ByNumber, *rows: Sequence[Truth]) -> list[Truth]:
        return [truth_of(self, ref) for ref in self.tape.each(operation, *map(truth_refs, rows))]

    def anyone(self, truths: Sequence[Truth]) -> Truth:
        """Whether one of the truths holds."""
        return truth_of(self, self._any(truth_refs(truths)))

    def _any(self, refs: Sequence[Ref]) -> Ref:
        """Whether one of the truths holds."""
        if any(ref is True for ref in refs):
            return True
        varying = list(dict.fromkeys(ref for ref in refs if isinstance(ref, Elem)))
        if not varying:
            return False
        present = self.tape.packed(varying)
        return Elem(present if present.width is None else self.tape.make("any", present))

    # --------------------------------------------------------------------------------------------------------- paths

    def _path(self, everyone: Ref) -> Path:
        found = self._kept.get(everyone)
        if found is None:
            found = self._kept[everyone] = Path(everyone, domain=self)
        return found

    def joined(self, path: Path | None, who: Sequence[Member]) -> Path:
        """The path of what is the same for all of ``who``."""
        if path is None:
            return self._path(True)  # noqa: FBT003 - it counts everywhere
        refs = [path.ref(member) for member in who]
        if not path.members or tuple(who) == (None,) or path.everyone in refs:
            return self._path(path.everyone)  # whoever differs counts on a part of what all others do
        return self._path(self._any(refs))

    def narrowed(self, path: Path | None, who: Sequence[Member], truths: Sequence[Truth]) -> Path:
        """The path on which each of ``who`` counts only where its truth holds."""
        path = self._path(True) if path is None else path  # noqa: FBT003 - it counts everywhere
        if all(truth is True for truth in truths):
            return path
        refs = truth_refs(truths)
        if tuple(who) == (None,):
            everyone = self.tape.one("and", path.everyone, *refs)
            if not path.members:
                return self._path(everyone)
            members = list(path.members)
            inside = self.tape.each("and", [path.members[member] for member in members], refs * len(members))
            return Path(everyone, dict(zip(members, inside, strict=True)), self)
        fewer = {member: ref for member, ref in zip(who, refs, strict=True) if ref is not True}
        made = self.tape.each("and", [path.ref(member) for member in fewer], list(fewer.values()))
        return Path(path.everyone, {**path.members, **dict(zip(fewer, made, strict=True))}, self)

    def refuse(self, path: Path | None, who: Member, truth: Truth, violation: RuleViolation) -> bool:
        """Note what the rules do not allow, where a truth holds on a path; whether there may be such a scenario."""
        ref = truth_ref(truth)
        on = True if path is None else path.ref(who)
        noted = self.aside if violation.code == "number-too-large" else self.refused
        if ref is False or on is False or _apart(ref, on):
            return False
        noted.append((ref, on))
        return True

    def noted(self, pairs: Sequence[tuple[Ref, Ref]]) -> Ref:
        """In which scenarios something of what was noted holds."""
        groups = collected(
            (tuple(ref.node if isinstance(ref, Elem) else None for ref in pair), pair) for pair in dict.fromkeys(pairs)
        )
        found = [
            self._any(self.tape.each("and", [truth for truth, _ in group], [on for _, on in group]))
            for group in groups.values()
        ]
        return self._any(found)
