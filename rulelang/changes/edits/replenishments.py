"""What is owed after a draw, and whom recoveries repay: what differs."""

from collections.abc import Hashable, Iterator

from attrs import evolve

from rulelang.changes.edits.declarations import sections_of
from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.sides import Sides, one_line
from rulelang.changes.match.canonical import Reading
from rulelang.changes.match.ordering import merged, side_by_side
from rulelang.syntax import nodes


def replenishment_edits(sides: Sides) -> Iterator[Edit]:
    """Clauses that replenish pots added, removed and changed; they are matched by their pots."""
    old, new = ({s.pot.text: s for s in sections_of(program, nodes.ReplenishSection)} for program in sides.programs)
    both = {name: other for name, other in sides.matching.common.data.items() if name in old and other in new}

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
        yield from sides.retitled(spans, names, one.title, other.title, "replenishment")
        yield from sides.recited(spans, names, one.cite, other.cite, "replenishment")

    pairs = side_by_side([*old.values()], [*new.values()], merged([*old], [*new], both))
    return sides.things("replenishment", pairs, lambda it: (it.pot.span, it.pot.text, _text(it)), changed)


def _text(section: nodes.ReplenishSection) -> str:
    """The clause without its title and citation, on one line."""
    return _joined(one_line(_bare(section)))


def _joined(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines())


def _bare(section: nodes.ReplenishSection) -> nodes.ReplenishSection:
    """The clause without its title and citation."""
    return evolve(section, title=None, cite=None)


def recoveries_edits(sides: Sides) -> Iterator[Edit]:
    """What recoveries repay, added, removed and changed."""
    old, new = (next(iter(sections_of(program, nodes.RecoveriesSection)), None) for program in sides.programs)

    def changed(one: nodes.RecoveriesSection, other: nodes.RecoveriesSection) -> Iterator[Edit]:
        names, spans = ("recoveries", "recoveries"), (one.span, other.span)
        if _repaid(sides.old, one) != _repaid(sides.new, other):
            yield sides.edit("recoveries-changed", spans, names, (_repayment(one), _repayment(other)))
        yield from sides.retitled(spans, names, one.title, other.title, "recoveries")
        yield from sides.recited(spans, names, one.cite, other.cite, "recoveries")

    return sides.things("recoveries", [(old, new)], lambda it: (it.span, "recoveries", _repayment(it)), changed)


def _repayment(section: nodes.RecoveriesSection) -> str:
    return _joined(one_line(evolve(section, title=None, cite=None))).removeprefix("recoveries ")


def _repaid(reading: Reading, section: nodes.RecoveriesSection) -> Hashable:
    """Whom they repay; inside a group the order has no meaning."""
    groups = tuple(
        evolve(group, steps=tuple(sorted(group.steps, key=lambda step: reading.token(step.text))))
        for group in section.groups
    )
    return reading.written(evolve(section, groups=groups, title=None))
