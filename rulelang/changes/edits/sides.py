"""Both rulebooks side by side, and how parts of them are written in an edit."""

from typing import Any, TypeVar

from attrs import evolve, frozen

from rulelang.base.source import Place, Span
from rulelang.changes.edits.edit import Edit
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
_AnyEdit = TypeVar("_AnyEdit", bound=Edit)


@frozen
class Sides:
    """The old and the new rulebook, read with what is matched as the same."""

    old: Reading
    new: Reading
    matching: Matching

    @property
    def programs(self) -> tuple[CheckedProgram, CheckedProgram]:
        """The two checked programs."""
        return self.old.program, self.new.program

    def edit(
        self,
        cls: type[_AnyEdit],
        spans: tuple[Span | None, Span | None],
        names: Both = NEITHER,
        texts: Both = NEITHER,
        **values: Any,
    ) -> _AnyEdit:
        """An edit of a class; spans, names and texts are those of the old and of the new rulebook."""
        one, other = (
            None if span is None else Place(program.source, span)
            for program, span in zip(self.programs, spans, strict=True)
        )
        return cls(
            old_place=one,
            new_place=other,
            old_name=names[0],
            new_name=names[1],
            old=texts[0],
            new=texts[1],
            **values,
        )


def one_line(node: nodes.Node) -> str:
    """A part in standard layout, on one line."""
    return print_node(node, _ONE_LINE)


def clause_text(clause: nodes.Clause) -> str:
    """A clause on one line, without its citation."""
    return one_line(evolve(clause, cite=None))


def cited_span(clause: nodes.Clause) -> Span:
    """Where the citation of a clause stands, or the clause if it has none."""
    return clause.span if clause.cite is None else clause.cite.span


def datum_text(datum: nodes.Datum) -> str:
    """A field or a given on one line, without its note."""
    return one_line(evolve(datum, note=None))


def step_head(step: nodes.Step) -> str:
    """``tranche junior "Junior capital"``."""
    return flat(phrases.step_header(evolve(step, cite=None, formerly=())))


def group_head(group: nodes.Together) -> str:
    """``together "Fund" as one pool``."""
    return flat(phrases.together_header(evolve(group, cite=None)))


def ensure_text(ensure: nodes.EnsureSection) -> str:
    """What an ``ensure`` demands: ``for survivors where c: condition``, or the condition alone."""
    condition = print_expression(ensure.condition)
    if ensure.population is None:
        return condition
    where = "" if ensure.where is None else f" where {print_expression(ensure.where)}"
    return f"for {ensure.population}{where}: {condition}"


def cite_texts(old: nodes.Citation | None, new: nodes.Citation | None) -> Both:
    """``cite "…"``, old and new."""
    one, other = (None if cite is None else phrases.cite(cite) for cite in (old, new))
    return one, other


def quoted_texts(old: str | None, new: str | None) -> Both:
    """Two titles or notes between their quotes."""
    one, other = (None if text is None else phrases.quoted(text) for text in (old, new))
    return one, other
