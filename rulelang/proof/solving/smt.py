"""SMT-LIB texts: the seam between formulas and solvers.

A text holds the goal, the cone of variables that it rests on with their definitions, and the facts of all events about
these.  Leaving the rest out is sound, for fewer constraints have more solutions; and any of them may be asked of
another solver as it stands.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import define, field

from rulelang.base.money import Exact, size_of
from rulelang.proof.domain.terms import Form, Formula, Truth, names_in
from rulelang.proof.domain.variables import Variable

_PAIRS = 400


@define
class Problem:
    """Whether a goal can hold: the constraints in the order of the names of their variables.

    ``linear`` are those without products, ``products`` what the products mean, ``pairs`` what linear arithmetic may
    know of two products with a factor in common.
    """

    variables: Mapping[str, Variable]
    goal: Formula
    facts: Sequence[Formula]
    names: list[str] = field(init=False)
    _words: dict[Formula, str] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        cone: dict[str, None] = {}
        self._reach(cone, names_in(self.goal))
        waiting = list(self.facts)
        kept: list[Formula] = []
        growing = True
        while growing:
            near = [fact for fact in waiting if any(name in cone for name in names_in(fact))]
            growing = bool(near)
            waiting = [fact for fact in waiting if fact not in near]
            kept += near
            for fact in near:
                self._reach(cone, names_in(fact))
        self.facts = kept
        self.names = sorted(cone)

    def _reach(self, cone: dict[str, None], names: Iterable[str]) -> None:
        waiting = [name for name in names if name not in cone]
        while waiting:
            name = waiting.pop()
            if name in cone:
                continue
            cone[name] = None
            one = self.variables[name]
            for definition in one.definitions:
                waiting.extend(names_in(definition))
            waiting.extend(one.product or ())

    @property
    def is_nonlinear(self) -> bool:
        """Whether there are products."""
        return any(self.variables[name].product for name in self.names)

    def text(self, *, pairs: bool = False, products: bool = False) -> str:
        """The problem in SMT-LIB 2.6, without the question at its end."""
        lines = [f"(set-logic {'QF_NRA' if products and self.is_nonlinear else 'QF_LRA'})"]
        sorts = {name: "Bool" if self.variables[name].is_truth else "Real" for name in self.names}
        lines += [f"(declare-const |{name}| {sort})" for name, sort in sorts.items()]
        lines += [f"(assert {constraint})" for constraint in self._constraints()]
        if pairs:
            lines += [f"(assert {constraint})" for constraint in self._pairs()]
        if products:
            for name in self.names:
                factors = self.variables[name].product
                if factors is not None:
                    lines.append(f"(assert (= |{name}| (* |{factors[0]}| |{factors[1]}|)))")
        return "\n".join(lines) + "\n"

    def _constraints(self) -> Iterator[str]:
        for name in self.names:
            one = self.variables[name]
            if one.low is not None:
                yield f"(<= {_number(one.low)} |{name}|)"
            if one.high is not None:
                yield f"(<= |{name}| {_number(one.high)})"
            yield from map(self.words, one.definitions)
        yield from map(self.words, self.facts)
        yield self.words(self.goal)

    def _pairs(self) -> Iterator[str]:
        """Of two products with a factor in common, not below zero, that with the greater other factor is no less."""
        by_factor: dict[str, list[tuple[str, str]]] = {}
        for name in self.names:
            product = self.variables[name].product
            for factor, other in (product, product[::-1]) if product is not None else ():
                low = self.variables[factor].low
                if low is not None and low >= 0:
                    by_factor.setdefault(factor, []).append((name, other))
        count = 0
        for rows in by_factor.values():
            for place, (one, left) in enumerate(rows):
                for other, right in rows[:place]:
                    if one == other:
                        continue
                    yield f"(=> (<= |{left}| |{right}|) (<= |{one}| |{other}|))"
                    yield f"(=> (<= |{right}| |{left}|) (<= |{other}| |{one}|))"
                    count += 2
                    if count > _PAIRS:
                        return

    def words(self, truth: Truth) -> str:
        """A truth in SMT-LIB."""
        if isinstance(truth, bool):
            return "true" if truth else "false"
        if truth not in self._words:
            self._words[truth] = self._say(truth)
        return self._words[truth]

    def _say(self, truth: Formula) -> str:
        if truth.operation == "name":
            return f"|{truth.name}|"
        if truth.form is not None:
            left, right = _sides(truth.form)
            return f"({ {'below': '<', 'at most': '<=', 'zero': '='}[truth.operation] } {left} {right})"
        return f"({truth.operation} {' '.join(map(self.words, truth.parts))})"


def _sides(form: Form) -> tuple[str, str]:
    """A form as the difference of two sums without negative parts."""
    sides: tuple[list[str], list[str]] = ([], [])
    for name, factor in sorted(form.terms.items()):
        size = size_of(factor)
        sides[factor < 0].append(f"|{name}|" if size == 1 else f"(* {_number(size)} |{name}|)")
    if form.constant:
        sides[form.constant < 0].append(_number(size_of(form.constant)))
    left, right = [f"(+ {' '.join(side)})" if len(side) > 1 else "".join(side) or "0.0" for side in sides]
    return left, right


def _number(value: Exact) -> str:
    """A rational number; SMT-LIB has no negative literals."""
    fraction = Fraction(value)
    size = f"{abs(fraction.numerator)}.0"
    if fraction.denominator != 1:
        size = f"(/ {size} {fraction.denominator}.0)"
    return f"(- {size})" if fraction < 0 else size
