"""Linear forms over named variables, and formulas over them: what a run over symbolic data computes with.

A number is a plain exact number or a :class:`Form`; a truth is a plain ``bool`` or a :class:`Formula`.  A product of
two variables is a variable of its own (:mod:`rulelang.proof.domain.variables`), so that every number is linear in
variables.
Neither is ever changed, both are compared by what they say, and nothing here depends on the order of a hash.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal, TypeGuard, Union

from attrs import define, field

from rulelang.base.money import Exact

Operation = Literal["name", "not", "and", "or", "below", "at most", "zero"]


@define(eq=False, repr=False)
class Form:
    """``constant`` plus the sum of ``terms``, a coefficient other than 0 for each variable; never without a term."""

    terms: Mapping[str, Exact]
    constant: Exact = 0
    _hash: int | None = field(default=None, init=False)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.constant, frozenset(self.terms.items())))
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Form) and self.constant == other.constant and self.terms == other.terms
        )

    def __repr__(self) -> str:
        parts = [name if factor == 1 else f"{factor}*{name}" for name, factor in sorted(self.terms.items())]
        return " + ".join([*parts, str(self.constant)] if self.constant else parts)

    def __add__(self, other: "Number") -> "Number":
        if not isinstance(other, Form):
            return Form(self.terms, self.constant + other) if other else self
        terms = dict(self.terms)
        for name, factor in other.terms.items():
            before = terms.get(name)
            if before is None:
                terms[name] = factor
            elif before == -factor:
                del terms[name]
            else:
                terms[name] = before + factor
        return form(terms, self.constant + other.constant)

    __radd__ = __add__

    def __neg__(self) -> "Form":
        return Form({name: -factor for name, factor in self.terms.items()}, -self.constant)

    def __sub__(self, other: "Number") -> "Number":
        return self + -other

    def __rsub__(self, other: "Number") -> "Number":
        return -self + other

    def times(self, factor: Exact) -> "Number":
        """The form times an exact number."""
        if not factor:
            return 0
        return Form({name: each * factor for name, each in self.terms.items()}, self.constant * factor)


Number = Union[Exact, Form]  # noqa: UP007 - `|` of a forward reference
"""An exact number or a form."""


def form(terms: Mapping[str, Exact], constant: Exact) -> Number:
    """The form with these terms, a plain number if there are none."""
    return Form(terms, constant) if terms else constant


def variable(name: str) -> Form:
    """A variable as a form."""
    return Form({name: 1})


def fixed(number: Number) -> TypeGuard[Exact]:
    """Whether a number is a plain one."""
    return not isinstance(number, Form)


def scaled(number: Number, factor: Exact) -> Number:
    """A number times an exact one."""
    return number.times(factor) if isinstance(number, Form) else number * factor


def added(numbers: Iterable[Number]) -> Number:
    """The sum of some numbers."""
    total: Number = 0
    for number in numbers:
        total = total + number
    return total


def terms_of(number: Number) -> tuple[Mapping[str, Exact], Exact]:
    """The terms and the constant of a number."""
    return (number.terms, number.constant) if isinstance(number, Form) else ({}, number)


# ---------------------------------------------------------------------------------------------------------- formulas


@define(eq=False, repr=False)
class Formula:
    """A truth that varies: a named one, a form that is below (at most, exactly) zero, or some of these joined."""

    operation: Operation
    parts: tuple["Formula", ...] = ()
    form: Form | None = None
    name: str = ""
    _hash: int | None = field(default=None, init=False)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.operation, self.name, self.form, self.parts))
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Formula)
            and hash(self) == hash(other)
            and (self.operation, self.name, self.form, self.parts)
            == (other.operation, other.name, other.form, other.parts)
        )

    def __bool__(self) -> bool:
        message = f"a truth that varies was asked for: {self!r}"
        raise TypeError(message)

    def __repr__(self) -> str:
        if self.operation == "name":
            return self.name
        return f"({self.operation} {self.form!r})" if self.form is not None else f"({self.operation} {self.parts})"


Truth = bool | Formula
"""A plain truth or one that varies."""


def named(name: str) -> Formula:
    """A truth that is a variable of its own."""
    return Formula("name", name=name)


def below(number: Form) -> Formula:
    """That a form is below zero."""
    return Formula("below", form=number)


def negation(truth: Truth) -> Truth:
    """That a truth does not hold, with ``not`` only before names and equations."""
    if isinstance(truth, bool):
        return not truth
    match truth.operation:
        case "not":
            return truth.parts[0]
        case "below":
            assert truth.form is not None
            return Formula("at most", form=-truth.form)
        case "at most":
            assert truth.form is not None
            return Formula("below", form=-truth.form)
        case "and":
            return disjunction(*[negation(part) for part in truth.parts])
        case "or":
            return conjunction(*[negation(part) for part in truth.parts])
        case _:
            return Formula("not", (truth,))


_OPPOSITES: tuple[tuple[Operation, Operation | None], ...] = (("below", "at most"), ("and", "or"), ("not", None))
"""Operations of which one may deny the other (``None``: any)."""


def _joined(operation: Literal["and", "or"], truths: tuple[Truth, ...]) -> Truth:
    """Truths joined: ``settles`` is the value that settles all, and so do a truth and its denial."""
    settles = operation == "or"
    found: dict[Formula, None] = {}
    for truth in truths:
        if isinstance(truth, bool):
            if truth is settles:
                return settles
            continue
        found.update(dict.fromkeys(truth.parts if truth.operation == operation else (truth,)))
    operations = {truth.operation for truth in found}
    for one, other in _OPPOSITES:
        both = one in operations and (other is None or other in operations)
        if both and any(negation(truth) in found for truth in found if truth.operation == one):
            return settles
    if not found:
        return not settles
    return next(iter(found)) if len(found) == 1 else Formula(operation, tuple(found))


def conjunction(*truths: Truth) -> Truth:
    """That all of some truths hold."""
    return _joined("and", truths)


def disjunction(*truths: Truth) -> Truth:
    """That one of some truths holds."""
    return _joined("or", truths)


def implies(if_: Truth, then: Truth) -> Truth:
    """That a second truth holds where a first does."""
    return disjunction(negation(if_), then)


def equivalent(one: Truth, other: Truth) -> Truth:
    """That two truths hold together or not at all."""
    return conjunction(implies(one, other), implies(other, one))


def names_in(what: "Number | Truth") -> dict[str, None]:
    """The variables of a number or a truth, in the order in which they stand there."""
    found: dict[str, None] = {}
    waiting: list[Number | Truth] = [what]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Form):
            found.update(dict.fromkeys(one.terms))
        elif isinstance(one, Formula):
            if one.operation == "name":
                found[one.name] = None
            waiting.extend(one.parts)
            if one.form is not None:
                waiting.append(one.form)
    return found


def value_of(what: "Number | Truth", values: Mapping[str, Exact | bool]) -> Exact | bool:
    """What a number or a truth is where the variables have these values; one that has none counts as 0 or false."""
    if isinstance(what, Form):
        return what.constant + sum(Fraction(factor) * values.get(name, 0) for name, factor in what.terms.items())
    if not isinstance(what, Formula):
        return what
    match what.operation:
        case "name":
            return bool(values.get(what.name, False))
        case "not":
            return not value_of(what.parts[0], values)
        case "and":
            return all(value_of(part, values) for part in what.parts)
        case "or":
            return any(value_of(part, values) for part in what.parts)
        case "below" | "at most" | "zero":
            assert what.form is not None
            value = value_of(what.form, values)
            return value < 0 if what.operation == "below" else value <= 0 if what.operation == "at most" else value == 0
