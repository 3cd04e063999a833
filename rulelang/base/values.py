"""What frozen classes of values have in common, written once: equality, hash and ``repr``.

Made anew for each class, as attrs does by default, they would be the greatest part of a cold start: attrs writes them
as text, which Python compiles at every import.  What is left for each class, its fields and its ``__init__``, attrs
makes when they are first asked for: no text has values of all the classes.
"""

from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, dataclass_transform

from attrs import define, field, fields, frozen

if TYPE_CHECKING:
    from attrs import frozen as unchanging
else:
    # Frozen when it runs as well, each part of a new value would take three times as long to set.
    unchanging = partial(define, unsafe_hash=True)
    """A frozen class of values that a run makes by the hundred: the type checker alone refuses to change one."""

__all__ = ["ComparedByValue", "unchanging"]

_MAKING = RLock()
"""Held while attrs makes a class, so that two threads do not both."""


class _Fields:
    """What stands for the fields in a class that attrs has yet to make: who asks for them has it made."""

    def __get__(self, value: object, cls: type["ComparedByValue"]) -> object:
        _make(cls)
        return fields(cls)


def _first(value: "ComparedByValue", /, *parts: object, **named: object) -> None:
    """What stands for ``__init__`` in a class that attrs has yet to make: the first value has it made."""
    _make(type(value))
    value.__init__(*parts, **named)  # type: ignore[misc]  # by now the one that attrs has written


def _make(cls: type["ComparedByValue"]) -> None:
    with _MAKING:
        if isinstance(vars(cls)["__attrs_attrs__"], _Fields):
            frozen(cls, slots=False, eq=False, repr=False, auto_detect=False)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
@frozen(slots=False, eq=False, repr=False)
class ComparedByValue:
    """A value: equal to another of its class if all parts that count are equal.

    What derives from this is a frozen class of attrs without a decorator of its own.  (For slots attrs would make each
    class twice, which only small values in great numbers are worth.)  A part with ``field(eq=False)`` does not count,
    one with ``field(repr=False)`` is not shown.
    """

    def __init_subclass__(cls) -> None:
        """Have attrs make a class of values of what derives from this one, when it is first used."""
        cls.__attrs_attrs__ = _Fields()  # type: ignore[assignment]
        cls.__init__ = _first  # type: ignore[assignment,method-assign]

    def __setstate__(self, state: dict[str, object]) -> None:
        """Take the parts of a value from another process: it may be the first of its class in this one."""
        _make(type(self))
        vars(self).update(state)

    def __eq__(self, other: object) -> bool:
        """Whether both are of one class and all parts that count are equal."""
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _parts(type(self)))

    def __hash__(self) -> int:
        """The hash of the parts that count."""
        return hash((type(self), *(getattr(self, name) for name in _parts(type(self)))))

    def __repr__(self) -> str:
        """The call that makes an equal value."""
        shown = ", ".join(f"{part.name}={getattr(self, part.name)!r}" for part in fields(type(self)) if part.repr)
        return f"{type(self).__qualname__}({shown})"


_PARTS: dict[type[ComparedByValue], tuple[str, ...]] = {}


def _parts(cls: type[ComparedByValue]) -> tuple[str, ...]:
    """The names of the parts of a class that count for equality."""
    if cls not in _PARTS:
        _PARTS[cls] = tuple(part.name for part in fields(cls) if part.eq)
    return _PARTS[cls]
