"""Both rulebooks side by side, and how parts of them are written in an edit."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from attrs import evolve, frozen

from rulelang.base.source import Place, Span
from rulelang.changes.edits.edit import Edit
from rulelang.changes.edits.kinds import kind_named
from rulelang.changes.match.canonical import Reading
from rulelang.changes.match.matching import Matching
from rulelang.check.program import CheckedProgram
from rulelang.syntax import nodes
from rulelang.syntax.format import phrases
from rulelang.syntax.format.layout import flat
from rulelang.syntax.format.printer import Style, print_expression, print_node

_ONE_LINE = Style(line=1 << 40, wide=1 << 40)
Both = tuple[str | None, str | None]
"""Something of the old rulebook, and the same of the new one."""
NEITHER: Both = (None, None)
Spans = tuple[Span | None, Span | None]
Thing = TypeVar("Thing")
Section = TypeVar("Section", bound=nodes.Node)
_Headed = (
    nodes.WaterfallSection
    | nodes.Finally
    | nodes.Together
    | nodes.PeriodSection
    | nodes.LimitSection
    | nodes.ReplenishSection
    | nodes.RecoveriesSection
)


@frozen
class Sides:
    """The old and the new rulebook, read with what is matched as the same."""

    old: Reading
    new: Reading
    matching: Matching

    def sections(self, kind: type[Section]) -> tuple[list[Section], list[Section]]:
        """The sections of a kind of both rulebooks, in order."""
        old, new = (program.rulebook.sections for program in self.programs)
        return [one for one in old if isinstance(one, kind)], [one for one in new if isinstance(one, kind)]

    @property
    def programs(self) -> tuple[CheckedProgram, CheckedProgram]:
        """The two checked programs."""
        return self.old.program, self.new.program

    def edit(
        self,
        kind: str,
        spans: Spans,
        names: Both = NEITHER,
        texts: Both = NEITHER,
        *,
        part: str | None = None,
        same: bool = False,
    ) -> Edit:
        """An edit of a kind; spans, names and texts are those of the old and of the new rulebook.

        ``same`` says that both mean the same, which counts where the kind weighs ``as meant``.
        """
        places = [
            None if span is None else Place(program.source, span)
            for program, span in zip(self.programs, spans, strict=True)
        ]
        row = kind_named(kind)
        return Edit(
            kind=kind,
            part=part or row.part,
            old_name=names[0],
            new_name=names[1],
            old=texts[0],
            new=texts[1],
            old_place=places[0],
            new_place=places[1],
            textual=row.weight == "textual" or (row.weight == "as meant" and same),
        )

    def added(self, part: str, span: Span, name: str, text: str, position: str = "") -> Edit:
        """The edit of a thing that only the new rulebook has, and where it has it."""
        return evolve(self.edit(f"{part}-added", (None, span), (None, name), (None, text)), position=position)

    def removed(self, part: str, span: Span, name: str, text: str, position: str = "") -> Edit:
        """The edit of a thing that only the old rulebook has, and where it has it."""
        return evolve(self.edit(f"{part}-removed", (span, None), (name, None), (text, None)), position=position)

    def things(
        self,
        part: str,
        pairs: Iterable[tuple[Thing | None, Thing | None]],
        said: Callable[[Thing], tuple[Span, str, str]],
        changed: Callable[[Thing, Thing], Iterable[Edit]] = lambda *_: (),
    ) -> Iterator[Edit]:
        """The edits of things of one sort: what only one rulebook has, and what is ``changed`` where both have it.

        ``said`` gives of a thing where it stands, what it is called, and its text.
        """
        for old, new in pairs:
            if old is not None and new is not None:
                yield from changed(old, new)
            elif new is not None:
                yield self.added(part, *said(new))
            elif old is not None:
                yield self.removed(part, *said(old))

    def renamed(self, part: str, spans: Spans, names: tuple[str, str]) -> Iterator[Edit]:
        """The edit of a name, if it is another."""
        if names[0] != names[1]:
            evidence = self.matching.evidence.get(names[0], "name")
            yield evolve(self.edit(f"{part}-renamed", spans, names, names), evidence=evidence)

    def headed(self, spans: Spans, names: Both, old: _Headed, new: _Headed, part: str) -> Iterator[Edit]:
        """The edits of a title and a citation, if they are others."""
        yield from self.retitled(spans, names, old.title, new.title, part)
        yield from self.recited(spans, names, old.cite, new.cite, part)

    def retitled(
        self, spans: Spans, names: Both, old: str | None, new: str | None, part: str, word: str = "title"
    ) -> Iterator[Edit]:
        """The edit of a title (or a note), if it is another."""
        if old != new:
            yield self.edit(f"{word}-changed", spans, names, quoted_texts(old, new), part=part)

    def recited(
        self, spans: Spans, names: Both, old: nodes.Citation | None, new: nodes.Citation | None, part: str
    ) -> Iterator[Edit]:
        """The edit of a citation, if it is another."""
        if old != new:
            one, other = (None if cite is None else phrases.cite(cite) for cite in (old, new))
            yield self.edit("citation-changed", spans, names, (one, other), part=part)

    def formerly_called(
        self, spans: Spans, names: tuple[str, str], old: Sequence[str], new: Sequence[str], part: str
    ) -> Iterator[Edit]:
        """The edit of the former names, if they are others, and not by a renaming alone."""
        if {*old} - {names[1]} != {*new} - {names[0]}:
            one, other = (f"formerly {', '.join(former)}" if former else None for former in (old, new))
            yield self.edit("former-names-changed", spans, names, (one, other), part=part)


def one_line(node: nodes.Node) -> str:
    """A part in standard layout, on one line."""
    return print_node(node, _ONE_LINE)


def line_of(node: nodes.Node | None) -> str | None:
    """As :func:`one_line`; ``None`` where nothing is said."""
    return None if node is None else one_line(node)


def clause_text(clause: nodes.Clause) -> str:
    """A clause on one line, without its citation."""
    return one_line(evolve(clause, cite=None))


def cited_span(part: nodes.Clause | nodes.Step, span: Span) -> Span:
    """Where the citation of a part stands, or the part itself if it has none."""
    return span if part.cite is None else part.cite.span


def datum_text(datum: nodes.Datum) -> str:
    """A field or a given on one line, without its note."""
    return one_line(evolve(datum, note=None))


def step_head(step: nodes.Step) -> str:
    """``tranche junior "Junior capital"``."""
    return flat(phrases.step_header(evolve(step, cite=None, formerly=())))


def group_head(group: nodes.Together) -> str:
    """``together "Fund" as one pool``."""
    return flat(phrases.together_header(evolve(group, cite=None)))


def stated_text(stated: nodes.Statement) -> str:
    """What an ``ensure`` or ``assume`` says: ``for survivors where c: condition``, or the condition alone."""
    condition = print_expression(stated.condition)
    if stated.population is None:
        return condition
    where = "" if stated.where is None else f" where {print_expression(stated.where)}"
    return f"for {stated.population}{where}: {condition}"


def quoted_texts(old: str | None, new: str | None) -> Both:
    """Two titles or notes between their quotes."""
    one, other = (None if text is None else phrases.quoted(text) for text in (old, new))
    return one, other
