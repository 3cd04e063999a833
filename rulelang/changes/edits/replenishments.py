"""What is owed after a draw, and whom recoveries repay: what differs."""

from collections.abc import Hashable, Iterator
from typing import TypeVar

from attrs import evolve

from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.sides import Sides, one_line
from rulelang.changes.match.canonical import Reading
from rulelang.changes.match.ordering import paired, side_by_side
from rulelang.syntax import nodes

_Section = TypeVar("_Section", nodes.ReplenishSection, nodes.RecoveriesSection)


def replenishment_edits(sides: Sides) -> Iterator[Edit]:
    """Clauses that replenish pots added, removed and changed; they are matched by their pots."""
    old, new = ({clause.pot.text: clause for clause in each} for each in sides.sections(nodes.ReplenishSection))

    def changed(one: nodes.ReplenishSection, other: nodes.ReplenishSection) -> Iterator[Edit]:
        names, spans = (one.pot.text, other.pot.text), (one.pot.span, other.pot.span)
        if sides.old.written(_bare(one)) != sides.new.written(_bare(other)):
            meanings = [
                reading.meaning(reading.program.replenished[name], without=("title",))
                for reading, name in zip((sides.old, sides.new), names, strict=True)
            ]
            same = meanings[0] == meanings[1]
            texts = _text(one), _text(other)
            yield sides.edit("replenishment-changed", spans, names, texts, same=same)
        yield from sides.headed(spans, names, one, other, "replenishment")

    pairs = side_by_side((old, new), sides.matching.common.data)
    return sides.things("replenishment", pairs, lambda it: (it.pot.span, it.pot.text, _text(it)), changed)


def _bare(section: _Section) -> _Section:
    """The clause without its title and citation."""
    return evolve(section, title=None, cite=None)


def _text(section: _Section) -> str:
    """The clause without its title and citation, on one line."""
    return " ".join(line.strip() for line in one_line(_bare(section)).splitlines())


def recoveries_edits(sides: Sides) -> Iterator[Edit]:
    """What recoveries repay, added, removed and changed."""
    pairs = paired(sides.sections(nodes.RecoveriesSection), lambda _side, _section: None)

    def changed(one: nodes.RecoveriesSection, other: nodes.RecoveriesSection) -> Iterator[Edit]:
        names, spans = ("recoveries", "recoveries"), (one.span, other.span)
        if _repaid(sides.old, one) != _repaid(sides.new, other):
            yield sides.edit("recoveries-changed", spans, names, (_repayment(one), _repayment(other)))
        yield from sides.headed(spans, names, one, other, "recoveries")

    return sides.things("recoveries", pairs, lambda it: (it.span, "recoveries", _repayment(it)), changed)


def _repayment(section: nodes.RecoveriesSection) -> str:
    return _text(section).removeprefix("recoveries ")


def _repaid(reading: Reading, section: nodes.RecoveriesSection) -> Hashable:
    """Whom they repay; inside a group the order has no meaning."""
    groups = tuple(
        evolve(group, steps=tuple(sorted(group.steps, key=lambda step: reading.token(step.text))))
        for group in section.groups
    )
    return reading.written(evolve(section, groups=groups, title=None))
