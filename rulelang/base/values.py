"""What classes of values have in common, written once: ``__init__``, and of frozen ones equality, hash and ``repr``.

Made anew for each class, as attrs does, they would be the greatest part of a cold start: attrs writes them as text,
which Python compiles at every import.  Here attrs makes a class when its fields are asked for, as ``attrs.fields``
does, or when it has many values: a short text makes no class worth it, and what checks one does not load attrs, which
alone takes a sixth of such a check.
"""

from collections.abc import Mapping
from inspect import get_annotations
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

if TYPE_CHECKING:
    from attrs import evolve
    from attrs import frozen as unchanging
    from attrs import frozen as with_fields
else:

    def unchanging(cls: type | None = None, *, slots: bool = True) -> type:
        """A frozen class of values that a run makes by the hundred: the type checker alone refuses to change one."""
        from attrs import define

        # Frozen when it runs as well, each part of a new value would take three times as long to set.
        return define(cls, unsafe_hash=True, slots=slots)

    def evolve(value: "ComparedByValue", /, **parts: object) -> "ComparedByValue":
        """As ``attrs.evolve``: a value like another, but for the parts that are given."""
        return type(value)(**{name: getattr(value, name) for name in types_of_parts(type(value))} | parts)

    def with_fields(cls: type) -> type:
        """For the type checker, a class that has the fields of attrs; they are made when they are asked for."""
        return cls


__all__ = ["ComparedByValue", "Gathering", "evolve", "part", "types_of_parts", "unchanging"]

_MAKING = RLock()
"""Held while attrs makes a class, so that two threads do not both."""


_MANY = 200
"""A class with more values than this is worth an ``__init__`` of its own, which takes a tenth of the time for each.

To make the class takes as long as a hundred values, and to load attrs for it as long as some two thousand.
"""


class _Part(dict[str, Any]):
    """What is said of a part, in the words of ``attrs.field``."""


def part(**said: object) -> Any:  # as `attrs.field`, which stands in the place of a value of any type
    """A part of which more is said than its type: ``default``, ``factory``, ``kw_only``, ``eq`` or ``repr``."""
    return _Part(said)


class _Form:
    """What the parts of a class are: their types, and the names of those that count, are shown, may come by place."""

    def __init__(self, parts: Mapping[str, _Part], types: Mapping[str, object]) -> None:
        self.parts, self.types = parts, types
        self.counted = [name for name, said in parts.items() if said.get("eq", True)]
        self.shown = [name for name, said in parts.items() if said.get("repr", True)]
        self.by_place = [name for name, said in parts.items() if not said.get("kw_only")]
        self.defaults = {name: said["default"] for name, said in parts.items() if "default" in said}
        self.factories = [(name, said["factory"]) for name, said in parts.items() if "factory" in said]
        self.values = 0


class _Fields:
    """What stands for the fields in a class that attrs has yet to make: who asks for them has it made."""

    def __get__(self, value: object, cls: type["ComparedByValue"]) -> object:
        from attrs import field, fields, frozen

        with _MAKING:
            if isinstance(vars(cls)["__attrs_attrs__"], _Fields):
                for name, said in list(vars(cls).items()):
                    if isinstance(said, _Part):
                        setattr(cls, name, field(**said))
                frozen(cls, slots=False, eq=False, repr=False, auto_detect=False)
        return fields(cls)


class _OfParts:
    """A class that takes the parts it declares, by place or by name."""

    _form: ClassVar[_Form] = _Form({}, {})

    def __init_subclass__(cls) -> None:
        """Take note of the parts of what derives from this one."""
        types = get_annotations(cls)
        parts = {name: vars(cls).get(name, _Part()) for name in types}
        parts = {name: each if isinstance(each, _Part) else _Part(default=each) for name, each in parts.items()}
        cls._form = _Form({**cls._form.parts, **parts}, {**cls._form.types, **types})
        cls.__match_args__ = tuple(cls._form.by_place)  # type: ignore[attr-defined,misc]

    def __init__(self, /, *parts: object, **named: object) -> None:
        """Take the parts, by place or by name.

        Raises:
            TypeError: one is missing, or is none of the class's.
        """
        form, mine = self._form, vars(self)
        mine.update(form.defaults)
        mine.update(zip(form.by_place, parts, strict=False), **named)
        for name, factory in form.factories:
            if name not in mine:
                mine[name] = factory()
        if mine.keys() != form.parts.keys() or len(parts) > len(form.by_place):
            given = f"{len(parts)} by place and {list(named)} by name"
            raise TypeError(f"{type(self).__qualname__} has the parts {list(form.parts)}, but was given {given}")


@dataclass_transform(field_specifiers=(part,))
class Gathering(_OfParts):
    """What is filled while something is worked out: its parts change, and it is equal to itself alone."""


@dataclass_transform(frozen_default=True, field_specifiers=(part,))
@with_fields
class ComparedByValue(_OfParts):
    """A value: equal to another of its class if all parts that count are equal.

    What derives from this is a frozen class without a decorator of its own.  (For slots attrs would make each class
    twice, which only small values in great numbers are worth.)  A part with ``part(eq=False)`` does not count, one with
    ``part(repr=False)`` is not shown.
    """

    def __init_subclass__(cls) -> None:
        """Take note of the parts of what derives from this one."""
        super().__init_subclass__()
        cls.__attrs_attrs__ = _Fields()  # type: ignore[assignment]
        cls.__init__ = ComparedByValue.__init__  # type: ignore[method-assign]  # not one that attrs wrote for its base

    def __init__(self, /, *parts: object, **named: object) -> None:
        """Take the parts, by place or by name.

        Raises:
            TypeError: one is missing, or is none of the class's.
        """
        form = self._form
        form.values += 1
        if form.values > _MANY:
            type(self).__attrs_attrs__  # noqa: B018 - made now; its `__init__` is that of attrs, which takes half the time
        super().__init__(*parts, **named)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a value does not change."""
        from attrs.exceptions import FrozenInstanceError

        raise FrozenInstanceError

    def __delattr__(self, name: str) -> None:
        """Refuse: a value does not change."""
        from attrs.exceptions import FrozenInstanceError

        raise FrozenInstanceError

    def __eq__(self, other: object) -> bool:
        """Whether both are of one class and all parts that count are equal, however deep they stand in each other."""
        if other.__class__ is not self.__class__:
            return NotImplemented
        pairs: list[tuple[object, object]] = [(self, other)]
        while pairs:
            mine, others = pairs.pop()
            if mine is others:  # as in most comparisons of a plan with itself, whose syntax is a large tree
                continue
            if mine.__class__ is others.__class__ and isinstance(mine, ComparedByValue):
                pairs.extend((getattr(mine, name), getattr(others, name)) for name in mine._form.counted)
            elif mine.__class__ is others.__class__ is tuple:
                if len(mine) != len(others):
                    return False
                pairs.extend(zip(mine, others, strict=True))
            elif mine != others:
                return False
        return True

    def __hash__(self) -> int:
        """The hash of the parts that count."""
        return hash((type(self), *(getattr(self, name) for name in self._form.counted)))

    def __repr__(self) -> str:
        """The call that makes an equal value."""
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._form.shown)
        return f"{type(self).__qualname__}({shown})"


def types_of_parts(cls: type[ComparedByValue]) -> Mapping[str, object]:
    """The parts of a class of values, and the types that they are declared to be of."""
    return cls._form.types


def defaults_of(cls: type[ComparedByValue]) -> Mapping[str, object]:
    """The parts of a class of values that may be left out, and what they are then."""
    return cls._form.defaults
