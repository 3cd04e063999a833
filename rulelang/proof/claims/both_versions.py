"""Claims about two versions in the words of the language: ``for survivors: new total_paid <= 110% of old total_paid``.

Each side of the comparison is an expression over one version, which it names by ``old`` or ``new`` before the results
of a run that it reads; data are those of the one event, whichever version is asked.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from attrs import define, evolve, frozen

from rulelang.base.diagnostic import Diagnostic, ReadError, RulelangError, finding
from rulelang.base.money import Exact
from rulelang.base.source import Place, SourceText, Span
from rulelang.check.expressions.walk import walk
from rulelang.check.program import CheckedProgram, EnsureProgram
from rulelang.check.types import MONEY, Kind
from rulelang.proof.claims.claims import Built, Claim, Played, Whom
from rulelang.proof.claims.obeying import ends_of
from rulelang.proof.claims.results_read import asks_results, first_result, is_result, steady
from rulelang.proof.claims.same_words import Meaning, filled_the_same
from rulelang.proof.claims.verdict import Question
from rulelang.proof.claims.written import claim_source, in_names_of, plain, sections_of, statements_for, with_statements
from rulelang.proof.domain.terms import Truth, conjunction, disjunction
from rulelang.proof.domain.values import Outside, Symbolic
from rulelang.run.exact import COMPARE
from rulelang.run.expressions import Moment
from rulelang.run.run_state import settled
from rulelang.run.values import ONE, Who
from rulelang.syntax import nodes

_VERSION = re.compile(r"\b(old|new)\s+\Z")
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

    def holds_of_the_same(self, meanings: Sequence[Meaning]) -> bool:
        """Whether both sides are the same words, and what they say may be equal."""
        if self.operator in _STRICT:
            return False
        read = [evolve(one, program=program, read={}) for one, program in zip(meanings, self.programs, strict=True)]
        left, right = (read[side.version].of(side.node) for side in (self.left, self.right))
        return left == right and filled_the_same(*read)

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


def claims_of_versions(
    programs: Sequence[CheckedProgram], asking: Sequence[SourceText], assuming: Sequence[SourceText]
) -> tuple[list[CheckedProgram], list[Question]]:
    """Two versions with the definitions of some sources and what these assume, and the questions that these put.

    What is assumed is said of the one event, and stands with the version that knows its names, the old one first.

    Raises:
        ReadError, CheckError: something is wrong with a source.
    """
    meant = []
    for place, program in enumerate(programs):
        kinds = (nodes.DefineSection, nodes.AssumeSection) if place == 0 else (nodes.DefineSection,)
        shared = [statements_for(program, programs[1 - place], source, kinds) for source in (*asking, *assuming)]
        sources = [source for source in shared if source is not None]
        meant.append(with_statements(program, sources) if sources else program)
    questions = list[Question]()
    for source in asking:
        found = questions_in(source, len(questions) + 1)
        for question in found:
            comparison_of(question, meant, source.name)  # what is wrong with it is told before anything is asked
        questions += found
    return meant, questions


def comparison_question(text: str, number: int) -> Question:
    """The question that a claim about two versions puts, as it was given."""
    (question,) = questions_in(claim_source(text, number), number)
    return question


def questions_in(source: SourceText, number: int) -> list[Question]:
    """The questions that the claims of a source put, of which the first has a number; each keeps its place there.

    Raises:
        ReadError: the source is no text of the language, or has something else than claims and what they rest on.
    """
    ensures = [section for section in sections_of(source) if isinstance(section, nodes.EnsureSection)]
    return [
        Question(
            f"claim.{place}",
            section.text,
            None if section.cite is None else section.cite.text,
            about=_alone(source.text, section.span),
        )
        for place, section in enumerate(ensures, start=number)
    ]


def _alone(text: str, span: Span) -> str:
    return re.sub(r"[^\n]", " ", text[: span.start]) + text[span.start : span.end]


def comparison_of(question: Question, programs: Sequence[CheckedProgram], name: str | None = None) -> VersionsCompare:
    """The claim that a question about two versions puts in words of its own; ``name`` is that of the file it is from.

    Raises:
        ReadError, CheckError: it is no comparison of an expression over one version with one over the other.
    """
    source = SourceText.from_text(str(question.about), name or question.name)
    (section,) = sections_of(source)
    assert isinstance(section, nodes.EnsureSection), "such a section is what it is about"
    condition = section.condition
    if not isinstance(condition, nodes.Comparison):
        raise _refused(source, condition.span, "a claim about two versions is one comparison", _HELP)
    scope = "" if section.population is None else f"for {section.population}"
    pieces = [_Piece(source, node, _version(source, node)) for node in (condition.left, condition.right)]
    if section.where is not None:
        pieces.append(_Piece(source, section.where, _version(source, section.where), is_where=True))
    asked, checked = list(programs), dict[int, Iterator[EnsureProgram]]()
    for version in sorted({piece.version for piece in pieces}):
        its = [(piece, piece.statement(question.name, scope, programs)) for piece in pieces if piece.version == version]
        asked[version] = _with_pieces(asked[version], its)
        checked[version] = iter(asked[version].ensures[-len(its) :])
    sides, populations = [], []
    for piece in pieces:
        ensure = next(checked[piece.version])
        sides.append(Side(piece.version, piece.found_in(ensure), piece.words))
        populations.append(ensure.population)
        _require_versions(piece, asked[piece.version])
    one, other, *where = sides
    _require_amounts(source, condition.span, asked, one, other)
    return VersionsCompare(question, asked, one, other, condition.operator, populations[0], where[0] if where else None)


@frozen
class _Piece:
    """A side of a comparison, or its `where`, as it stands in a source, and of which version it is."""

    source: SourceText
    node: nodes.Expression
    version: int
    is_where: bool = False

    @property
    def words(self) -> str:
        """Its words, with the one that names the version before them."""
        before = _VERSION.search(self.source.text, 0, self.node.span.start)
        start = self.node.span.start if before is None else before.start()
        return self.source.phrase(Span(start, self.node.span.end))

    def statement(self, name: str, scope: str, programs: Sequence[CheckedProgram]) -> tuple[SourceText, int]:
        """A statement about its version alone that has this part, and the place of the part in it."""
        before = f'ensure "{name}" {scope} where (' if self.is_where else f'ensure "{name}" {scope}: ('
        said = in_names_of(programs[self.version], programs[1 - self.version], plain(self.source), self.node)
        text = f"{before}{said}): 0 = 0" if self.is_where else f"{before}{said}) = ({said})"
        return SourceText.from_text(text, self.source.name), len(before)

    def found_in(self, ensure: EnsureProgram) -> nodes.Expression:
        """The part itself in such a statement, once that is checked."""
        if self.is_where:
            assert ensure.where is not None, "so it was written"
            return ensure.where
        assert isinstance(ensure.condition, nodes.Comparison), "so it was written"
        return ensure.condition.left


def _with_pieces(program: CheckedProgram, pieces: Sequence[tuple[_Piece, tuple[SourceText, int]]]) -> CheckedProgram:
    """A version with statements about it; what is wrong with one is told where its part was written."""
    try:
        return with_statements(program, [source for _, (source, _) in pieces])
    except RulelangError as error:
        found = [moved for each in error.diagnostics for moved in _where_written(each, pieces)]
        error.diagnostics = tuple(found) or error.diagnostics
        raise


def _where_written(found: Diagnostic, pieces: Sequence[tuple[_Piece, tuple[SourceText, int]]]) -> Iterator[Diagnostic]:
    """A finding at the place of the part that it is about; a part that is said twice is told once."""
    for piece, (source, start) in pieces:
        span = None if found.place is None or found.place.source is not source else found.place.span
        if span is not None and span.start - start <= piece.node.span.end - piece.node.span.start:
            first, last = (piece.node.span.start + max(0, at - start) for at in span)
            place = Place(piece.source, Span(first, min(last, len(piece.source.text))))
            yield evolve(found, place=place, labels=())


def _version(source: SourceText, node: nodes.Expression) -> int:
    """Of which version the results are that an expression names: the old one, or else the new one."""
    named = set()
    for each in walk(node):
        before = _VERSION.search(source.text, 0, each.span.start)
        if before is not None and (is_result(each) or isinstance(each, nodes.Reference)):
            named.add(before[1])
        elif is_result(each):
            raise _no_version(source, each.span, source.phrase(each.span))
    if len(named) > 1:
        raise _refused(source, node.span, "one side of the comparison reads results of both versions", _HELP)
    return 0 if "old" in named else 1


def _require_versions(piece: _Piece, program: CheckedProgram) -> None:
    """Make sure that no definition hides of which version a result is that it reads."""
    for each in walk(piece.node):
        hides = isinstance(each, nodes.Reference) and first_result(program, each) is not None
        if hides and _VERSION.search(piece.source.text, 0, each.span.start) is None:
            raise _no_version(piece.source, each.span, piece.source.slice(each.span))


def _no_version(source: SourceText, span: Span, words: str) -> ReadError:
    message = f"`{words}` reads a result of a run and does not say whether of the old or the new version"
    return _refused(source, span, message, "write `old` or `new` before each result")


def _require_amounts(
    source: SourceText, span: Span, programs: Sequence[CheckedProgram], one: Side, other: Side
) -> None:
    """Make sure that two amounts of money of one currency are compared, or two numbers."""
    types = [programs[side.version].types[id(side.node)].type for side in (one, other)]
    numbers = all(each.kind in (Kind.NUMBER, Kind.RATIO) for each in types)
    if not numbers and not (types[0] == types[1] and types[0].kind is Kind.MONEY):
        message, advice = f"{types[0]} is compared with {types[1]}", "compare two amounts, or two numbers"
        raise ReadError([finding("type-mismatch", message, Place(source, span), help=advice)])


def _refused(source: SourceText, span: Span, message: str, advice: str) -> ReadError:
    """What is wrong with some words of a claim."""
    return ReadError([finding("misplaced-part", message, Place(source, span), help=advice)])
