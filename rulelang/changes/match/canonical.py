"""When two parts of two rulebooks are the same: as they are written, and as they are meant.

A *form* is a number that two parts share exactly if they are the same.  Names are read as what they stand for, so that
a step or a definition that is only called otherwise changes nothing; layout, brackets and citations do not count.

- The *written* form keeps the literals and the names of definitions as they are written.
- The *meant* form has the value of each literal and puts definitions in the place of their names, so that
  ``EUR 7 million`` is ``EUR 7_000_000`` and an inlined definition is what it was.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping

from attrs import astuple, define, field, fields, frozen, has

from rulelang.check.program import CheckedProgram
from rulelang.syntax import nodes

Several = tuple["nodes.Node | Several", ...]
"""Parts in their order, perhaps in groups: the choice values of a rank."""
Token = tuple[str, str]
"""What a name stands for: the sort of thing, and the name by which both rulebooks know it."""

_NUMBERS = (nodes.NumberLiteral, nodes.PercentageLiteral)
_LITERALS = (
    nodes.MoneyLiteral,
    nodes.DaysLiteral,
    nodes.DateLiteral,
    nodes.TextLiteral,
    nodes.YesNoLiteral,
    *_NUMBERS,
)


@define
class Reading:
    """One of two rulebooks, read with its names as what they stand for.

    ``forms`` are the numbers of the forms met so far, common to both rulebooks.
    """

    program: CheckedProgram
    forms: dict[Hashable, int]
    tokens: Mapping[str, Token]
    _definitions: dict[str, int] = field(factory=dict, init=False)

    def token(self, name: str) -> Token:
        """What a name stands for; a word that is declared nowhere stands for itself."""
        return self.tokens.get(name, ("word", name))

    def _number(self, form: Hashable) -> int:
        return self.forms.setdefault(form, len(self.forms))

    def written(self, node: nodes.Node | None) -> int:
        """The form of a part as it is written, citations left out."""
        if node is None:
            return self._number(None)
        parts: list[Hashable] = [type(node).__name__]
        for part in _counted(type(node)):
            value = getattr(node, part)
            if isinstance(value, nodes.Node):
                parts.append(self.written(value))
            elif isinstance(value, tuple):
                parts.append(self.written_all(value))
            else:
                parts.append(self._scalar(node, value))
        return self._number(tuple(parts))

    def written_all(self, items: Several) -> int:
        """The form of several parts in their order."""
        forms = [self.written_all(item) if isinstance(item, tuple) else self.written(item) for item in items]
        return self._number(("several", *forms))

    def _scalar(self, node: nodes.Node, value: object) -> Hashable:
        if isinstance(node, nodes.Identifier) and node.quoted:
            return ("word", value)  # the id of a member, whatever else has that name
        if isinstance(node, nodes.Reference | nodes.Identifier) and isinstance(value, str):
            return self.token(value)
        return (type(value).__name__, value)

    def meant(self, node: nodes.Expression | None) -> int:
        """The form of an expression as it is meant."""
        if node is None:
            return self._number(None)
        if isinstance(node, _LITERALS):
            return self._literal(node)
        if isinstance(node, nodes.Reference) and node.name in self.program.definitions:
            return self.definition(node.name)
        parts: list[Hashable] = [type(node).__name__]
        for part in _counted(type(node)):
            value = getattr(node, part)
            if isinstance(value, nodes.Expression):
                parts.append(self.meant(value))
            elif isinstance(value, nodes.Node):
                parts.append(self.written(value))
            elif isinstance(value, tuple):
                parts.extend([self.meant(item) for item in value])
            else:
                parts.append(self._scalar(node, "*" if part == "operator" and value == "of" else value))
        return self._number(("meant", *parts))

    def definition(self, name: str) -> int:
        """The form of what a definition means, worked out once."""
        if name not in self._definitions:
            self._definitions[name] = self.meant(self.program.definitions[name].value)
        return self._definitions[name]

    def meaning(self, value: object, without: Collection[str] = ()) -> Hashable:
        """What a part of a checked program means: field by field of its class, so that none can be left out.

        Citations and places do not count, nor do fields named in ``without``.
        """
        if isinstance(value, nodes.Expression):
            return self.meant(value)
        if has(cls := type(value)):
            parts = [part.name for part in fields(cls) if part.eq and part.name not in ("citation", *without)]
            return tuple(self.meaning(getattr(value, part)) for part in parts)
        if isinstance(value, tuple):
            return tuple(map(self.meaning, value))
        if isinstance(value, Mapping):
            return frozenset(value.items())
        assert isinstance(value, Hashable)
        return self.token(value) if isinstance(value, str) else value

    def _literal(self, node: nodes.Expression) -> int:
        kind = "number" if isinstance(node, _NUMBERS) else type(node).__name__
        currency = node.currency if isinstance(node, nodes.MoneyLiteral) else ""
        return self._number((kind, currency, self.program.constants[id(node)]))


_COUNTED: dict[type, tuple[str, ...]] = {}


def _counted(cls: type[nodes.Node]) -> tuple[str, ...]:
    """The parts of a class of nodes that count: those of its equality, without the citation."""
    if cls not in _COUNTED:
        _COUNTED[cls] = tuple(part.name for part in fields(cls) if part.eq and part.name != "cite")
    return _COUNTED[cls]


@frozen
class Common:
    """What both rulebooks have: for each old name the new one."""

    steps: dict[str, str]
    definitions: dict[str, str]
    data: dict[str, str]
    periods: dict[str, str]
    limits: dict[str, str]


def readings(old: CheckedProgram, new: CheckedProgram, common: Common) -> tuple[Reading, Reading]:
    """Both rulebooks, read with what they have in common as the same."""
    forms: dict[Hashable, int] = {}
    from_new = Common(*({new: old for old, new in pairs.items()} for pairs in astuple(common, recurse=False)))
    from_old = Common(*({name: name for name in pairs} for pairs in astuple(common, recurse=False)))
    return Reading(old, forms, _tokens(old, "old", from_old)), Reading(new, forms, _tokens(new, "new", from_new))


def _tokens(program: CheckedProgram, side: str, common: Common) -> dict[str, Token]:
    """What each name of a rulebook stands for.

    ``common`` gives the name by which both rulebooks know what they both have; what only this rulebook has gets a token
    of this ``side``, equal to none of the other.
    """
    tokens: dict[str, Token] = {name: ("party", name) for name in program.parties}
    tokens |= {name: ("segment", name) for name in program.segments}
    declared: tuple[tuple[str, Iterable[str], Mapping[str, str]], ...] = (
        ("field", program.fields, common.data),
        ("given", program.givens, common.data),
        ("definition", program.definitions, common.definitions),
        ("period", program.periods, common.periods),
        ("limit", program.limits, common.limits),
    )
    for sort, names, known in declared:
        tokens |= {name: (sort, known[name]) if name in known else (f"{side} {sort}", name) for name in names}
    for datum in (*program.fields.values(), *program.givens.values()):
        tokens |= {former: tokens[datum.name] for former in datum.former_names if former not in tokens}
    for step in program.each_step():
        own = ("step", common.steps[step.name]) if step.name in common.steps else (f"{side} step", step.name)
        tokens |= dict.fromkeys(step.names, own)
    return tokens
