"""What is said of a place: what a name means, its type and shape, its rule, and what it came to in an event.

Texts of others are escaped; the answer is Markdown.
"""

import re
from collections.abc import Iterator

from attrs import frozen

from rulelang.analysis.days import day_at, in_sentences, of_payer
from rulelang.analysis.facts import Facts
from rulelang.analysis.names import definitions
from rulelang.analysis.runs import Run
from rulelang.analysis.uses import FORMER, Named, Use, declaration
from rulelang.analysis.words import meanings
from rulelang.analysis.workspace import Workspace
from rulelang.base.codes import CODES
from rulelang.base.source import SourceText, Span
from rulelang.check.draft import Draft
from rulelang.check.program import DatumProgram
from rulelang.check.types import TypeAndShape, Varies
from rulelang.document.cells import markdown
from rulelang.document.markdown import fenced, marked
from rulelang.syntax import nodes

MOST_LINES = 14
"""A piece of a rulebook is shown up to so many lines."""


@frozen
class Hover:
    """What is said of a place, in Markdown, and the piece of the text of which it is said."""

    text: str
    span: Span


def hover(workspace: Workspace, facts: Facts, offset: int, run: Run | None = None) -> Hover | None:
    """What is said of an offset; ``run`` gives the amounts of an event."""
    use = facts.use_at(offset)
    if use is not None:
        return Hover("\n\n".join(_of_name(workspace, facts, use, run)), use.span)
    line = facts.source.text.rfind("\n", 0, offset) + 1
    codes = _CODE.finditer(facts.source.text, line, offset + _LONGEST_CODE)
    code = next((found for found in codes if found.start(1) <= offset <= found.end(1)), None)
    if code is not None and code[1] in CODES:
        return Hover(f"`{code[1]}` — {markdown(CODES[code[1]].title)}", Span(*code.span(1)))
    return _of_word(facts, offset, run) or _of_expression(facts, offset, run) or _of_day(facts, offset)


_LONGEST_CODE = 60
_CODE = re.compile(r"#\s*allow\s+([a-z-]+)")


def _of_name(workspace: Workspace, facts: Facts, use: Use, run: Run | None) -> Iterator[str]:
    draft = workspace.draft(facts, use.span.start)
    said = "declared nowhere" if use.named is None else use.named.value
    if draft is None or use.named is None or use.named is Named.MEMBER:
        yield f"**`{use.name}`** — {said}"
        yield from _of_member(workspace, facts, use, run)
        return
    name = use.name
    if use.named in FORMER:
        name = draft.former_names.get(name) or draft.former_data.get(name) or name
        said = f"former name of `{name}`"
    node = _declaring(draft, name)
    types = _typed(draft, name)
    yield f"**`{use.name}`** — {said}{'' if types is None else f': {types}'}"
    note, cite = _told(node)
    if note:
        yield markdown(note)
    if isinstance(node, nodes.DefineSection | nodes.Step | nodes.LimitSection | nodes.PeriodSection):
        yield fenced(_piece(draft.source, node.span), "rulelang").rstrip("\n")
    if cite:
        yield f"Source: {markdown(cite)}"
    span = declaration(draft, name, use.named if use.named not in FORMER else Named.STEP)
    if run is not None and span is not None and (value := run.at(span)) is not None:
        yield _in_event(run, value.text)


def _declaring(draft: Draft, name: str) -> nodes.Node | None:
    """The part of a rulebook that declares a name."""
    for table in (draft.definitions, draft.step_nodes, draft.limit_sections, draft.period_sections):
        if name in table:
            found: nodes.Node = table[name]
            return found
    return next(
        (
            node
            for section in draft.rulebook.sections
            for node in (section, *(section.items if isinstance(section, nodes.WaterfallSection) else ()))
            if isinstance(node, nodes.PartySection) and node.name.text == name
        ),
        draft.waterfall.outcome if draft.waterfall is not None and name not in draft.names else None,
    )


def _told(node: nodes.Node | None) -> tuple[str | None, str | None]:
    """What a part says of itself, and the rule that it rests on."""
    note = getattr(node, "note", None) or getattr(node, "title", None)
    cite = getattr(node, "cite", None)
    return note, cite.text if isinstance(cite, nodes.Citation) else None


def _typed(draft: Draft, name: str) -> str | None:
    datum = draft.fields.get(name) or draft.givens.get(name)
    if datum is not None:
        note = f". {markdown(datum.note)}" if datum.note else ""
        return f"{_of_datum(datum)}{note}"
    if name in draft.definitions:
        known = draft.types.get(id(draft.definitions[name].value))
        return None if known is None else typed_words(known)
    return None


def _of_datum(datum: DatumProgram) -> str:
    parts = [f"{'signed ' if datum.signed else ''}{markdown(str(datum.type))}"]
    if datum.per_segment:
        parts.append("one for each segment")
    if datum.per_defaulter:
        parts.append("one for each defaulter")
    return ", ".join(parts)


def typed_words(known: TypeAndShape) -> str:
    """A type and shape in words."""
    each = [word for word, holds in (("member", known.per_member), ("segment", known.segment is Varies.YES)) if holds]
    return markdown(str(known.type)) + (f", one for each {' and '.join(each)}" if each else "")


def _piece(source: SourceText, span: Span) -> list[str]:
    """The lines of a piece of a rulebook, not more than are read at a glance."""
    start = source.line_start(source.position(span.start).line)
    blanks = source.text[start : span.start]
    lines = (source.text[start : span.end] if not blanks.strip() else source.slice(span)).splitlines()
    least = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[least:] for line in lines[:MOST_LINES]] + (["…"] if len(lines) > MOST_LINES else [])


def _of_member(workspace: Workspace, facts: Facts, use: Use, run: Run | None) -> Iterator[str]:
    day = day_at(facts, use.span.start)
    if use.named in (Named.MEMBER, Named.PARTY) and day is not None:
        yield f"On {day[1].date} {_lines(of_payer(day[1], use.name))}"
    if use.named is Named.MEMBER:
        places = definitions(workspace, facts, use)
        names = dict.fromkeys(place.source.path.name for place in places if place.source.path is not None)
        if names:
            yield f"Its data stand in {', '.join(markdown(name) for name in names)}."
        if run is not None and run.allocation is not None and use.name in run.event.members:
            paid = run.allocation.currency.show(run.allocation.paid_by(use.name))
            yield _in_event(run, f"It pays {paid} in all.")


def _of_day(facts: Facts, offset: int) -> Hover | None:
    """What the day of a history came to at whose date a place is."""
    found = day_at(facts, offset)
    if found is None or not found[0].start <= offset <= found[0].end:
        return None
    return Hover(_lines(in_sentences(found[1])), found[0])


def _lines(text: str) -> str:
    return "  \n".join(map(marked, text.split("\n")))


def _in_event(run: Run, text: str) -> str:
    """What something came to in the event of a run."""
    return f"In “{markdown(run.event.heading)}”: {_lines(text)}"


def _of_word(facts: Facts, offset: int, run: Run | None) -> Hover | None:
    """What a word of the language means at its place."""
    at = facts.token_at(offset)
    if at is None:
        return None
    token = facts.tokens[at]
    before, behind = ("".join(each.text for each in facts.tokens[near : near + 1]) for near in (at - 1, at + 1))
    rows = meanings(token.text, behind, before)
    if token.kind in ("NAME", "STRING") or not rows:
        return None
    lines = [f"`{row.form}` — {row.meaning}" for row in rows]
    typed = _of_expression(facts, offset, run)
    told = [typed.text] if typed is not None else _belongs(facts, offset, run)
    return Hover("\n\n".join(["  \n".join(lines), *told]), Span(token.start, token.end))


def _of_expression(facts: Facts, offset: int, run: Run | None) -> Hover | None:
    """The type and shape of the innermost expression at a place."""
    if facts.draft is None:
        return None
    for node in reversed(facts.around(offset)):
        known = facts.draft.types.get(id(node)) if isinstance(node, nodes.Expression) else None
        if known is not None:
            shown = facts.source.phrase(node.span).replace("`", "'")
            return Hover("\n\n".join([f"`{shown}` — {typed_words(known)}", *_belongs(facts, offset, run)]), node.span)
    return None


def _belongs(facts: Facts, offset: int, run: Run | None) -> Iterator[str]:
    """The step and the rule to which a place belongs, and what it came to."""
    around = facts.around(offset)
    step = next((node for node in around if isinstance(node, nodes.Step)), None)
    if step is not None:
        clause = next((node for node in around if isinstance(node, nodes.Clause)), None)
        cite = nodes.cited(clause.cite if clause is not None and clause.cite is not None else step.cite)
        yield f"In step `{step.name.text}`{f' ({markdown(cite)})' if cite else ''}."
    value = None if run is None or run.rulebook.source is not facts.source else run.around(offset)
    if run is not None and value is not None:
        yield _in_event(run, value.text)
