"""What differs between two rulebooks, as a list of typed edits: the structural half of a comparison.

Parts are matched by what they are, not by where they stand (:mod:`rulelang.changes.match.matching`).  Layout, comments,
the order of sections, of definitions, of fields and of clauses have no meaning and make no edits.
"""

from collections.abc import Mapping

from attrs import frozen

from rulelang.changes.edits.declarations import (
    datum_edits,
    definition_edits,
    header_edits,
    party_edits,
    segment_edits,
)
from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.ensures_and_tests import statement_edits, test_edits
from rulelang.changes.edits.over_time import currency_edits, holiday_edits, named_limit_edits, period_edits
from rulelang.changes.edits.replenishments import recoveries_edits, replenishment_edits
from rulelang.changes.edits.sides import Sides
from rulelang.changes.edits.waterfall import waterfall_edits
from rulelang.changes.match.canonical import readings
from rulelang.changes.match.matching import match
from rulelang.check.program import CheckedProgram
from rulelang.document.write import Plain


@frozen
class StructureChanges:
    """How a rulebook became another.

    ``edits`` are in the order of the new rulebook, header and declarations first; what is gone stands behind what it
    stood behind.  ``steps`` gives for the name of each step that both have the name it has in the new one.
    """

    edits: tuple[Edit, ...]
    steps: Mapping[str, str]

    @property
    def identical(self) -> bool:
        """Whether both rulebooks say the same in the same words."""
        return not self.edits

    @property
    def text_only(self) -> bool:
        """Whether no edit can have an effect on an allocation; true also if there is none."""
        return all(edit.textual for edit in self.edits)

    def to_dict(self) -> Plain:
        """The changes as plain values; steps in the order of the old rulebook."""
        return {
            "identical": self.identical,
            "text_only": self.text_only,
            "steps": [{"old": old, "new": new} for old, new in self.steps.items()],
            "edits": [edit.to_dict() for edit in self.edits],
        }


_PASSES = (
    header_edits,
    currency_edits,
    holiday_edits,
    segment_edits,
    party_edits,
    datum_edits,
    definition_edits,
    period_edits,
    named_limit_edits,
    waterfall_edits,
    replenishment_edits,
    recoveries_edits,
    statement_edits,
    test_edits,
)


def compare_structure(old: CheckedProgram, new: CheckedProgram) -> StructureChanges:
    """The edits that make the new rulebook of the old one.

    The comparison of the same rulebooks the other way round gives the same edits mirrored.
    """
    matching = match(old, new)
    sides = Sides(*readings(old, new, matching.common), matching)
    edits = tuple(edit for compare in _PASSES for edit in compare(sides))
    steps = {step.name: matching.steps[step.name] for step in old.each_step() if step.name in matching.steps}
    return StructureChanges(edits, steps)
