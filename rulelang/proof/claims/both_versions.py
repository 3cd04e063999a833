"""Claims about two versions in the words of the language: ``for survivors: new total_paid <= 110% of old total_paid``.

Each side of the comparison is an expression over one version, which it names by ``old`` or ``new`` before the results
of a run that it reads; data are those of the one event, whichever version is asked.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from attrs import define, evolve, frozen

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.money import Exact
from rulelang.base.source import Place, SourceText, Span
from rulelang.check.program import CheckedProgram
from rulelang.check.types import MONEY, Kind
from rulelang.proof.claims.claims import Built, Claim, Played, Whom
from rulelang.proof.claims.obeying import ends_of
from rulelang.proof.claims.results_read import asks_results, first_result, named_in, steady
from rulelang.proof.claims.verdict import Question
from rulelang.proof.claims.written import with_statements
from rulelang.proof.domain.terms import Truth, conjunction, disjunction
from rulelang.proof.domain.values import Outside, Symbolic
from rulelang.run.exact import COMPARE
from rulelang.run.expressions import Moment
from rulelang.run.run_state import settled
from rulelang.run.values import ONE, Who
from rulelang.syntax import nodes

_VERSION = re.compile(r"\b(old|new)\s+(?=(?:total_paid|remaining|used|unused|paid)\b)")
_SECTION = re.compile(r"\s*ensure\s*\"(?P<text>[^\"]*)\"\s*(?P<rest>.*)\Z", re.DOTALL)
_SCOPE = re.compile(r"\s*(?P<scope>for\s+(?:members|survivors|defaulters)\b[^:]*)?:?(?P<condition>.*)\Z", re.DOTALL)
_WHERE = re.compile(r"\s+where\b")
_OPERATOR = re.compile(r"<=|>=|!=|<|>|=")
_HELP = "write a comparison, as in `for survivors: new total_paid <= old total_paid`, each side over one version"
_BROKEN: Mapping[str, Callable[[Built, Symbolic, Symbolic], Truth]] = {
    "<=": lambda built, one, other: built.more(one, other),
    ">=": lambda built, one, other: built.more(other, one),
    "<": lambda built, one, other: built.domain.at_most(other, one),
    ">": lambda built, one, other: built.domain.at_most(one, other),
    "=": lambda built, one, other: built.apart(one, other),
    "!=": lambda built, one, other: built.domain.equal(one, other),
}
"""By operator where a comparison does not hold, by more than the margin if it is one that may be off by some."""
_STRICT = ("<", ">", "!=")


@frozen
class Side:
    """One side of a comparison: an expression over one of the versions, and its words."""

    version: int
    node: nodes.Expression
    words: str


@define
class VersionsCompare(Claim):
    """A comparison of results of two versions holds, for each member of a population or as a whole."""

    left: Side
    right: Side
    operator: str
    population: nodes.Population | None
    where: Side | None

    @property
    def of_money(self) -> bool:
        """Whether amounts in the currency of the rulebooks are compared."""
        return all(self.programs[side.version].types[id(side.node)].type == MONEY for side in (self.left, self.right))

    @property
    def may_be_off(self) -> bool:
        """Whether rounding makes no more of it than of the payments: of no number, no `<` and no multiple of these."""
        if not self.of_money or self.operator in _STRICT:
            return False
        if self.where is not None and asks_results(self.programs[self.where.version], self.where.node):
            return False
        return all(steady(self.programs[side.version], side.node) for side in (self.left, self.right))

    @property
    def whom(self) -> Whom:
        """Those whom it names."""
        there = self.where
        return Whom(self.population) if there is None else Whom(self.population, there.node, there.version)

    def denial(self, built: Built) -> Truth:
        """For somebody who stands alone it does not hold."""
        if self.in_turn:
            raise Outside("`old` and `new`, where the defaults are taken in turn,")
        kinds = built.world.kinds
        ends = [run.end for run in built.runs]
        survivors, defaulters = kinds.survivors, kinds.defaulters
        if not self.of_money:  # a margin is of minor units
            built = evolve(built, margin=0)
        found: list[Truth] = []
        for who in self._asked(survivors, defaulters, ends[1]):
            there = True if self.where is None else _value(ends[self.where.version], self.where.node, who)
            # what a side may stop at is met where it is asked for, and nowhere else
            asked = [end.where(who, (there,)) for end in ends]
            one, other = (_value(asked[side.version], side.node, who) for side in (self.left, self.right))
            found.append(conjunction(there, _BROKEN[self.operator](built, one, other)))
        return disjunction(*found)

    def _asked(self, survivors: Sequence[str], defaulters: Sequence[str], end: Moment) -> Iterator[Who]:
        if self.population is None:
            yield ONE
            return
        named = {"survivors": survivors, "defaulters": defaulters, "members": (*survivors, *defaulters)}
        for member in named[self.population]:
            yield (end.plan.position[member],)

    def seen(self, played: Played) -> str | None:
        """For whom it does not hold, and both sides."""
        ends, event = ends_of(self.programs, played), played.events[0]
        for who in self._asked(event.survivors, event.defaulters, ends[1]):
            if self.where is not None and not _value(ends[self.where.version], self.where.node, who):
                continue
            sides = [(side, _value(ends[side.version], side.node, who)) for side in (self.left, self.right)]
            if not COMPARE[self.operator](sides[0][1], sides[1][1]):
                member = "" if who[0] is None else f"of {event.members[who[0]]}: "
                return member + ", ".join(f"`{side.words}` is {self._shown(side, value)}" for side, value in sides)
        return None

    def _shown(self, side: Side, value: Exact) -> str:
        program = self.programs[side.version]
        of = program.types[id(side.node)].type
        return program.show(of, int(value) if of.kind is Kind.MONEY else value)


def _value(end: Moment, node: nodes.Expression, who: Who) -> Symbolic:
    return settled(partial(end.column, node, who))[0]


def claims_of(text: str) -> list[str]:
    """The claims of a file about two versions."""
    plain = re.sub(r"#[^\r\n]*", "", text)
    return [part for part in re.split(r"(?m)^(?=\s*(?:ensure|assume|define)\b)", plain) if part.strip()]


def comparison_question(text: str, number: int) -> Question:
    """The question that a claim about two versions puts."""
    section = _SECTION.match(text)
    words = section["text"] if section else " ".join(text.split())
    return Question(f"claim.{number}", words, about=section["rest"] if section else text)


def comparison_of(question: Question, programs: Sequence[CheckedProgram]) -> VersionsCompare:
    """The claim that a question about two versions puts in words of its own.

    Raises:
        ReadError, CheckError: it is no comparison of an expression over one version with one over the other.
    """
    text = str(question.about)
    scoped = _SCOPE.match(text)
    assert scoped is not None, "every text has this form"
    scope, condition = (scoped["scope"] or "").strip(), scoped["condition"]
    parts = _split(condition)
    if parts is None:
        raise _refused(question, text, "misplaced-part", "a claim about two versions is one comparison", _HELP)
    left, operator, right = parts
    texts = [left, right, *([scope] if _WHERE.search(scope) else [])]
    versions = [_version(question, each) for each in texts]
    population = _WHERE.split(scope)[0]
    sources = []
    for text_of, plain in zip(texts, (_VERSION.sub("", each).strip() for each in texts), strict=True):
        section = f"{plain}: 0 = 0" if text_of is scope else f"{population}: ({plain}) = ({plain})"
        sources.append(SourceText.from_text(f'ensure "{question.name}" {section}', question.name))
    asked = list(programs)
    for version in sorted(set(versions)):
        written = [source for source, its in zip(sources, versions, strict=True) if its == version]
        asked[version] = with_statements(asked[version], written)
    following = {version: iter(asked[version].ensures[-versions.count(version) :]) for version in set(versions)}
    checked = [next(following[version]) for version in versions]
    sides = []
    for version, ensure, words in zip(versions, checked, texts, strict=True):
        if words is scope:
            assert ensure.where is not None, "so it was written"
            node = ensure.where
        else:
            assert isinstance(ensure.condition, nodes.Comparison), "so it was written"
            node = ensure.condition.left
        sides.append(Side(version, node, " ".join(words.split())))
        _require_versions(question, asked[version], sides[-1])
    one, other, *where = sides
    _require_amounts(question, asked, one, other)
    return VersionsCompare(question, asked, one, other, operator, checked[1].population, where[0] if where else None)


def _require_versions(question: Question, program: CheckedProgram, side: Side) -> None:
    """Make sure that a side says of each result of a run of which version it is."""
    named = len(_VERSION.findall(side.words))
    read = first_result(program, side.node)
    if read is None or (named and named_in(side.node) <= named):
        return
    words = side.words if named else re.sub(r"\A\((.*)\)\Z", r"\1", program.source.phrase(read.span))
    message = f"`{words}` reads a result of a run and does not say whether of the old or the new version"
    raise _refused(question, side.words, "misplaced-part", message, "write `old` or `new` before each result")


def _require_amounts(question: Question, programs: Sequence[CheckedProgram], one: Side, other: Side) -> None:
    """Make sure that two amounts of money of one currency are compared, or two numbers."""
    types = [programs[side.version].types[id(side.node)].type for side in (one, other)]
    numbers = all(each.kind in (Kind.NUMBER, Kind.RATIO) for each in types)
    if not numbers and not (types[0] == types[1] and types[0].kind is Kind.MONEY):
        message = f"{types[0]} is compared with {types[1]}"
        raise _refused(question, str(question.about), "type-mismatch", message, "compare two amounts, or two numbers")


def _version(question: Question, side: str) -> int:
    named = {found[1] for found in _VERSION.finditer(side)}
    if len(named) > 1:
        message = "one side of the comparison reads results of both versions"
        raise _refused(question, side, "misplaced-part", message, _HELP)
    return 0 if named == {"old"} else 1


def _refused(question: Question, words: str, code: str, message: str, advice: str) -> ReadError:
    """What is wrong with some words of a claim."""
    source = SourceText.from_text(words, question.name)
    return ReadError([finding(code, message, Place(source, Span(0, len(source.text))), help=advice)])


def _split(condition: str) -> tuple[str, str, str] | None:
    """The two sides of the only comparison outside brackets, and its operator."""
    depth, found, outside = 0, [], ""
    for place, letter in enumerate(condition):
        depth += (letter == "(") - (letter == ")")
        outside += letter if depth == 0 else ""
        if depth == 0 and (one := _OPERATOR.match(condition, place)) and condition[place - 1] not in "<>!":
            found.append(one)
    if len(found) != 1 or re.search(r"\b(?:and|or|not|if)\b", outside):
        return None
    return condition[: found[0].start()], found[0][0], condition[found[0].end() :]
