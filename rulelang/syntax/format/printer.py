"""The formatter: the one way in which a rulebook, an event or a history is laid out.

A tree becomes rows (this module) of documents (:mod:`rulelang.syntax.format.phrases`) laid out on lines
(:mod:`rulelang.syntax.format.layout`); :mod:`rulelang.syntax.format.comments` puts comments and blank lines back.
Two choices of the author are kept: which lines a blank line sets apart, and whether a short step or member stands on
one line.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, assert_never, get_args

import attrs
from attrs import frozen

from rulelang.base.diagnostic import ReadError
from rulelang.base.source import SourceText, Span
from rulelang.syntax import nodes
from rulelang.syntax.format import comments, phrases
from rulelang.syntax.format.layout import INDENT, Break, Doc, Gap, Group, Nest, Row, flat, plain_text, statement
from rulelang.syntax.format.line_ends import items_on_lines_of_their_own
from rulelang.syntax.read import parse_event, parse_history, parse_rulebook

_LINE_END = re.compile(r"\r\n?")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_FIELD_BLANKS = 3
_GIVEN_BLANKS = 2
_NEAR = 4
"""Notes are put below each other if their types differ in width by no more than this."""


class FormatterError(Exception):
    """The formatted text would not mean what the source means: a fault of the formatter, and nothing was written."""


@frozen
class Style:
    """How wide lines may be, and the text the tree was read from, if the author's choices are to be kept.

    ``line`` is the width of a line, ``wide`` that of a line made of names and quoted texts (the head of a step, a field
    with its note, an item of an event), ``short`` that of a step that stands on one line.  ``line_ends`` are the places
    in that text before which a line ends because of comments.
    """

    line: int = 100
    wide: int = 120
    short: int = 88
    source: SourceText | None = None
    line_ends: frozenset[int] = frozenset()

    def statement(self, doc: Doc, width: int, depth: int = 0, gap: Gap = Gap.FREE) -> list[Row]:
        """The rows of one statement that begins ``depth`` levels from the margin."""
        return statement(doc, width, depth, gap, self.line_ends)

    def on_one_line(self, node: nodes.Node) -> bool:
        """Whether the author wrote the node on one line."""
        return self.source is not None and "\n" not in self.source.slice(node.span)

    def blank_between(self, before: nodes.Node, after: nodes.Node) -> bool:
        """Whether the author left a blank line between two nodes."""
        between = Span(before.span.end, after.span.start)
        return self.source is not None and _BLANK_LINE.search(self.source.slice(between)) is not None

    def in_one_column(self, items: Iterable[nodes.Node]) -> bool:
        """Whether the author began the nodes in one column."""
        if self.source is None:
            return False
        return len({self.source.position(item.span.start).column for item in items}) == 1


_PLAIN = Style()
_ON_ONE_LINE = (nodes.PeriodSection, nodes.ReplenishSection, nodes.RecoveriesSection)
"""Sections of several parts that an author may write on one line."""
_WIDE = (nodes.Finally, nodes.PaymentItem, nodes.DecisionItem, nodes.NonDefaultLossItem)


# ----------------------------------------------------------------------------------------------------- what others call


def format_text(source: SourceText) -> str:
    """The text of a rulebook, an event or a history as it should be laid out, with all its comments.

    Raises:
        ReadError: the source is not text of the language.
        FormatterError: the formatted text would not mean the same.
    """
    text = _LINE_END.sub("\n", source.text)
    even = source.with_text(text)
    tree = _parse(even)
    try:
        style = Style(source=even, line_ends=items_on_lines_of_their_own(text, tree))
        result = comments.weave(text, _file_rows(tree, style))
        again = _parse(SourceText.from_text(result, source.name))
    except comments.MisfitError as error:
        raise FormatterError(f"{source.name}: formatting would change the text at {error}") from error
    except ReadError as error:
        raise FormatterError(f"{source.name}: the formatted text cannot be read again") from error
    if again != tree:
        raise FormatterError(f"{source.name}: the formatted text would not mean the same")
    if _comments(result) != _comments(text):
        raise FormatterError(f"{source.name}: formatting would lose a comment")
    return result


def print_expression(node: nodes.Expression) -> str:
    """An expression on one line, with the brackets it had and those it needs."""
    return flat(phrases.expression(node))


def print_node(node: nodes.Node, style: Style = _PLAIN) -> str:
    """Any node as it is laid out at the margin, without a line end behind it."""
    return plain_text(_rows(node, 0, Gap.FREE, style)).removesuffix("\n")


File = nodes.Rulebook | nodes.EventSyntax | nodes.HistorySyntax
"""What a whole file of the language says."""


def _parse(source: SourceText) -> File:
    first = next((atom.text for atom in comments.atoms(source.text) if not atom.is_comment), "")
    match first:
        case "event":
            return parse_event(source)
        case "history":
            return parse_history(source)
        case _:
            return parse_rulebook(source)


def _comments(text: str) -> list[str]:
    return sorted(atom.text for atom in comments.atoms(text) if atom.is_comment)


def _file_rows(tree: File, style: Style) -> list[Row]:
    match tree:
        case nodes.Rulebook():
            return list(_rulebook(tree, style))
        case nodes.EventSyntax():
            return list(_event(tree, style))
        case nodes.HistorySyntax():
            return list(_history(tree, style))
        case _:
            assert_never(tree)


# ------------------------------------------------------------------------------------------------------- dispatching


def _rows(node: nodes.Node, depth: int, gap: Gap, style: Style) -> Iterator[Row]:  # noqa: C901 - a case for each kind
    """The rows of a node that begins ``depth`` levels from the margin; ``gap`` stands before the first."""
    match node:
        case nodes.Rulebook() | nodes.EventSyntax() | nodes.HistorySyntax():
            return iter(_file_rows(node, style))
        case nodes.MembersSection():
            return _members(node, gap, style)
        case nodes.WaterfallSection():
            return _waterfall(node, gap, style)
        case nodes.Step():
            return _step(node, depth, gap, style)
        case nodes.Together():
            return _together(node, depth, gap, style)
        case nodes.EnsureSection() | nodes.AssumeSection():
            return _statement(node, gap, style)
        case nodes.TestSection():
            return _test(node, gap, style)
        case nodes.MemberItem():
            return _member(node, depth, gap, style)
        case nodes.OpeningBlock() | nodes.DayBlock():
            return _block(node, gap, style)
        case nodes.GivenSection():
            return iter(_given(_table([node.datum], _GIVEN_BLANKS, style)[0], gap, style))
    width = style.wide if isinstance(node, _WIDE) else style.line
    together = isinstance(node, _ON_ONE_LINE) and style.on_one_line(node)
    return iter(style.statement(Group(_doc(node)) if together else _doc(node), width, depth, gap))


def _doc(node: nodes.Node) -> Doc:
    """A node that is one statement, or a part of one."""
    match node:
        case nodes.Expression():
            return phrases.expression(node)
        case nodes.Clause():
            return phrases.clause(node)
    return _DOCS.get(type(node), phrases.item)(node)


_DOCS: dict[type[nodes.Node], Callable[[Any], Doc]] = {
    nodes.Identifier: phrases.name,
    nodes.Citation: phrases.cite,
    **dict.fromkeys(get_args(nodes.DataType), phrases.data_type),
    nodes.Datum: phrases.datum,
    nodes.CurrencySection: phrases.currency,
    nodes.CurrencyUnit: phrases.currency_unit,
    nodes.HolidaysSection: phrases.holidays,
    nodes.SegmentsSection: phrases.segments,
    nodes.PartySection: phrases.party,
    nodes.DefineSection: phrases.define,
    nodes.LimitSection: phrases.limit,
    nodes.PeriodSection: phrases.period,
    nodes.Opener: phrases.opener,
    nodes.Duration: phrases.duration,
    nodes.Extension: phrases.extension,
    nodes.Pot: phrases.pot,
    **dict.fromkeys(get_args(nodes.OverTime), phrases.over_time),
    nodes.Finally: phrases.outcome,
    nodes.ReplenishSection: phrases.replenish,
    nodes.RecoveriesSection: phrases.recoveries,
    nodes.Repaid: phrases.repaid,
    nodes.EventFile: phrases.event_file,
    nodes.HistoryFile: phrases.history_file,
    **dict.fromkeys(get_args(nodes.Expectation), phrases.expectation),
    nodes.Value: phrases.value,
    nodes.DatumValue: phrases.datum_value,
}


# ---------------------------------------------------------------------------------------------------------- rulebook


def _rulebook(tree: nodes.Rulebook, style: Style) -> Iterator[Row]:
    version = tree.version if tree.version_is_date or tree.version is None else phrases.quoted(tree.version)
    header = f"rulebook {phrases.quoted(tree.title)}" + ("" if version is None else f" version {version}")
    cite: Doc = "" if tree.cite is None else Nest((Break(), phrases.cite(tree.cite)))
    yield from style.statement((header, cite), style.line)
    before: nodes.Node = tree
    was_short = True
    for section, rows in _sections(tree.sections, style):
        is_short = len(rows) == 1
        gap = _section_gap(before, section, both_short=was_short and is_short)
        yield attrs.evolve(rows[0], gap=gap)
        yield from rows[1:]
        before, was_short = section, is_short


def _sections(sections: Sequence[nodes.Section], style: Style) -> Iterator[tuple[nodes.Section, list[Row]]]:
    """The sections with their rows; givens that follow each other have common columns."""
    for _, group in itertools.groupby(sections, lambda section: isinstance(section, nodes.GivenSection)):
        run = list(group)
        givens = [section for section in run if isinstance(section, nodes.GivenSection)]
        table = _table([given.datum for given in givens], _GIVEN_BLANKS, style)
        for given, doc in zip(givens, table, strict=True):
            yield given, _given(doc, Gap.FREE, style)
        for section in run[len(givens) :]:
            yield section, list(_rows(section, 0, Gap.FREE, style))


def _section_gap(before: nodes.Node, after: nodes.Node, *, both_short: bool) -> Gap:
    """Sections are set apart, but for the short ones that an author may want to see together."""
    preamble = (nodes.CurrencySection, nodes.HolidaysSection, nodes.SegmentsSection, nodes.PartySection)
    if isinstance(before, (nodes.Rulebook, *preamble)) and isinstance(after, preamble):
        return Gap.FREE
    if isinstance(before, nodes.GivenSection) and isinstance(after, nodes.GivenSection):
        return Gap.FREE
    if both_short and type(before) is type(after) and isinstance(after, nodes.DefineSection | nodes.LimitSection):
        return Gap.FREE
    return Gap.APART


def _one_row(parts: Iterable[Doc], depth: int, gap: Gap) -> Row:
    return Row(" " * (INDENT * depth) + " ".join(map(flat, parts)), gap)


def _given(doc: Doc, gap: Gap, style: Style) -> list[Row]:
    return style.statement(("given ", doc), style.wide, 0, gap)


def _members(node: nodes.MembersSection, gap: Gap, style: Style) -> Iterator[Row]:
    yield Row("members have", gap)
    for index, doc in enumerate(_table(node.fields, _FIELD_BLANKS, style)):
        yield from style.statement(doc, style.wide, 1, Gap.FREE if index else Gap.OPENS)


def _table(data: Sequence[nodes.Datum], blanks: int, style: Style) -> list[Doc]:
    """Fields or givens below each other: one column for the colons of each group, and for notes that are near."""
    docs: list[Doc] = []
    for group in _groups(data, style):
        width = max(len(datum.name.text) for datum in group)
        gaps = _note_gaps(group, blanks)
        docs += [phrases.datum(datum, width, gap) for datum, gap in zip(group, gaps, strict=True)]
    return docs


def _groups(data: Sequence[nodes.Datum], style: Style) -> Iterator[list[nodes.Datum]]:
    """Data with no blank line between them."""
    group: list[nodes.Datum] = []
    for datum in data:
        if group and style.blank_between(group[-1], datum):
            yield group
            group = []
        group.append(datum)
    if group:
        yield group


def _note_gaps(group: Sequence[nodes.Datum], blanks: int) -> list[int]:
    """How many blanks stand between type and note in each row of a group."""
    gaps = [blanks] * len(group)
    run: list[int] = []
    widths = [phrases.type_width(datum) for datum in group]
    for index in (index for index, datum in enumerate(group) if datum.note is not None):
        among = [widths[other] for other in (*run, index)]
        run = [*run, index] if max(among) - min(among) <= _NEAR else [index]
        for other in run:
            gaps[other] = blanks + max(widths[one] for one in run) - widths[other]
    return gaps


# --------------------------------------------------------------------------------------------------------- waterfall


def _waterfall(node: nodes.WaterfallSection, gap: Gap, style: Style) -> Iterator[Row]:
    yield from style.statement(phrases.waterfall_header(node), style.wide, 0, gap)
    items = (*node.items, *(() if node.outcome is None else (node.outcome,)))
    for rows in _apart([_rows(item, 1, Gap.FREE, style) for item in items]):
        yield from rows


def _apart(items: Iterable[Iterable[Row]]) -> Iterator[list[Row]]:
    """The items of a block, set apart from each other and from its head unless they are lines below lines."""
    was_short = True
    for item in items:
        first, *rest = item
        is_short = not rest
        yield [first if was_short and is_short else attrs.evolve(first, gap=Gap.APART), *rest]
        was_short = is_short


def _together(node: nodes.Together, depth: int, gap: Gap, style: Style) -> Iterator[Row]:
    yield from style.statement(phrases.together_header(node), style.wide, depth, gap)
    steps = [_rows(step, depth + 1, Gap.FREE, style) for step in node.steps]
    for rows in _apart([*steps, style.statement("end", style.line, depth, Gap.CLOSES)]):
        yield from rows


def _step(node: nodes.Step, depth: int, gap: Gap, style: Style) -> Iterator[Row]:
    header = phrases.step_header(node)
    clauses = [phrases.clause(clause) for clause in node.clauses]
    if style.on_one_line(node):
        row = _one_row([header, *clauses], depth, gap)
        if len(row.text) <= style.short:
            yield row
            return
    yield from style.statement(header, style.wide, depth, gap)
    for index, clause in enumerate(clauses):
        yield from style.statement(clause, style.line, depth + 1, Gap.FREE if index else Gap.OPENS)


# ------------------------------------------------------------------------------------------------ invariants and tests


def _statement(node: nodes.Statement, gap: Gap, style: Style) -> Iterator[Row]:
    yield from style.statement(phrases.statement_header(node), style.wide, 0, gap)
    condition = phrases.expression(node.condition, opens_line=True)
    cite: Doc = "" if node.cite is None else (Break(), phrases.cite(node.cite))
    yield from style.statement((condition, cite), style.line, 1, Gap.OPENS)


def _test(node: nodes.TestSection, gap: Gap, style: Style) -> Iterator[Row]:
    yield from style.statement(f"test {phrases.quoted(node.title)}", style.line, 0, gap)
    event = node.event.items if isinstance(node.event, nodes.EventSyntax) else (node.event,)
    for index, item in enumerate((*event, *node.expectations)):
        yield from _rows(item, 1, Gap.FREE if index else Gap.OPENS, style)


# ------------------------------------------------------------------------------------------------------------- events


def _event(tree: nodes.EventSyntax, style: Style) -> Iterator[Row]:
    yield from style.statement(f"event {phrases.quoted(tree.title)}", style.line)
    for item in tree.items:
        yield from _rows(item, 0, Gap.FREE, style)


def _history(tree: nodes.HistorySyntax, style: Style) -> Iterator[Row]:
    yield from style.statement(f"history {phrases.quoted(tree.title)}", style.line)
    for item in tree.head:
        yield from _rows(item, 0, Gap.FREE, style)
    for rows in _apart([_rows(block, 0, Gap.FREE, style) for block in (tree.opening, *tree.days)]):
        yield from rows


def _block(node: nodes.OpeningBlock | nodes.DayBlock, gap: Gap, style: Style) -> Iterator[Row]:
    """A day with what happened on it; one line that the author put beside the day may stay there."""
    word = "opening" if isinstance(node, nodes.OpeningBlock) else "on"
    if len(node.items) == 1 and style.on_one_line(node):
        rows = list(_rows(node.items[0], 0, Gap.FREE, style))
        text = f"{word} {node.date.text} {rows[0].text}"
        if len(rows) == 1 and len(text) <= style.line:
            yield Row(text, gap)
            return
    yield from style.statement(f"{word} {node.date.text}", style.line, 0, gap)
    for index, item in enumerate(node.items):
        yield from _rows(item, 1, Gap.FREE if index else Gap.OPENS, style)


def _member(node: nodes.MemberItem, depth: int, gap: Gap, style: Style) -> Iterator[Row]:
    header = phrases.member_header(node)
    if style.on_one_line(node):
        row = _one_row([header, *map(phrases.datum_value, node.values)], depth, gap)
        if len(row.text) <= style.line:
            yield row
            return
    yield from style.statement(header, style.line, depth, gap)
    aligned = style.in_one_column(item.value for item in node.values)
    width = max((len(phrases.datum_name(item)) for item in node.values), default=0) if aligned else 0
    for index, item in enumerate(node.values):
        yield from style.statement(
            phrases.datum_value(item, width), style.line, depth + 1, Gap.FREE if index else Gap.OPENS
        )
