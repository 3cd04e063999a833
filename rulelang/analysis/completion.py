"""What may be written at a place: words of the language by what stands before, names by their role there, and files."""

import enum
import os
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from attrs import frozen

from rulelang.analysis.context import Context, context_at
from rulelang.analysis.facts import Facts
from rulelang.analysis.uses import KINDS, Named, Role, outcome_of
from rulelang.analysis.words import meanings
from rulelang.analysis.workspace import Workspace
from rulelang.base.source import Span
from rulelang.check.draft import Draft
from rulelang.check.program import POPULATIONS
from rulelang.check.types import Kind
from rulelang.syntax.format.phrases import member_id
from rulelang.syntax.recovery.automaton import Machine, Stack, machine, spellings


class Sort(enum.Enum):
    """What is offered, in the order in which it is."""

    NAME = "name"
    CURRENCY = "currency"
    WORD = "word"
    FILE = "file"


@frozen
class Offer:
    """Something that may be written: the text, what it is, and what it means; ``named`` if it is a name."""

    text: str
    sort: Sort
    detail: str = ""
    meaning: str = ""
    named: Named | None = None


@frozen
class Offers:
    """What may be written, and the place of the word that is begun there."""

    span: Span
    offers: tuple[Offer, ...]


_FILES = re.compile(r'\b(under|event|history|from)\s+"(?P<begun>[^"\r\n]*)$')
_ENDINGS = {"under": ".rules", "event": ".event", "history": ".history", "from": ".csv"}


def completions(workspace: Workspace, facts: Facts, offset: int) -> Offers:
    """What may be written at an offset of a text, even one with errors above."""
    text = facts.source.text
    line = text.rfind("\n", 0, offset) + 1
    in_file = _FILES.search(text, line, offset)
    if in_file is not None:
        return Offers(Span(in_file.start("begun"), offset), tuple(_files(workspace, facts, in_file[1])))
    start = facts.kind.start
    if start is None or '"' in _unquoted(text[line:offset]) or "#" in _unquoted(text[line:offset]):
        return Offers(Span(offset, offset), ())
    context = context_at(text, offset, start)
    offers: dict[str, Offer] = {}
    for offer in (*_names(workspace, facts, context), *_words(machine(start), context.stacks)):
        offers.setdefault(offer.text, offer)
    return Offers(context.span, tuple(offers.values()))


def _unquoted(line: str) -> str:
    """A line without its whole texts in quotes."""
    return re.sub(r'"[^"]*"', "", line)


def _files(workspace: Workspace, facts: Facts, word: str) -> Iterator[Offer]:
    home = facts.source.path
    if home is None:
        return
    for path in workspace.documents.paths():
        if path.suffix == _ENDINGS[word] and path != home:
            shown = Path(os.path.relpath(path, home.parent)).as_posix()
            if not shown.startswith("../../"):
                yield Offer(shown, Sort.FILE, _ENDINGS[word][1:])


def _words(tables: Machine, stacks: Iterable[Stack]) -> Iterator[Offer]:
    """The words that can come, each with those that must follow (``paid by``); what goes on with what stands first."""
    for stack in stacks:
        kinds = [(kind, after) for kind in sorted(tables.expected(stack)) if (after := tables.shift(stack, kind))]
        for kind, after in sorted(kinds, key=lambda each: -_depth(each[1])):
            for word in spellings().get(kind, ()):
                if word[0].isalpha():
                    phrase = " ".join([word, *_following(tables, after)])
                    behind = phrase.partition(" ")[2].partition(" ")[0]
                    told = meanings(word, behind)
                    yield Offer(phrase, Sort.WORD, told[0].form if told else "", told[0].meaning if told else "")


def _depth(stack: Stack | None) -> int:
    depth = 0
    while stack is not None:
        depth, stack = depth + 1, stack.below
    return depth


def _following(tables: Machine, stack: Stack | None) -> Iterator[str]:
    """The words without which a text cannot go on."""
    while stack is not None:
        kinds = tables.expected(stack)
        (kind, *others) = kinds or [""]
        written = spellings().get(kind, ())
        if others or len(written) != 1 or not written[0][0].isalpha():
            return
        yield written[0]
        stack = tables.shift(stack, kind)


def _names(workspace: Workspace, facts: Facts, context: Context) -> Iterator[Offer]:
    """The names that can come, by the role that a name would have."""
    draft, role = workspace.draft(facts, context.span.start), context.role
    if context.currency and draft is not None:
        yield from (Offer(code, Sort.CURRENCY, "currency") for code in draft.currencies)
    if context.member or role in (Role.MEMBER, Role.PAYER_OR_STEP):
        yield from _members(workspace, facts)
    if draft is None or role is None:
        return
    yield from _choices(draft, context)
    if role in _IN_ROLE:
        kinds = _IN_ROLE[role] | ({Named.LIMIT} if context.after_up_to else set())
        yield from (_offer(draft, name, what) for name, (what, _) in draft.names.items() if KINDS.get(what) in kinds)
    elif role is Role.DATUM:
        table = draft.givens if context.of_event else draft.fields
        yield from (_offer(draft, name, draft.names[name][0]) for name in table if name in draft.names)
    elif role is Role.OUTCOME and (outcome := outcome_of(draft)) is not None:
        yield Offer(outcome.name.text, Sort.NAME, "outcome", named=Named.OUTCOME)
    elif role is Role.POT:
        yield from _pots(draft, context.payer)


def _choices(draft: Draft, context: Context) -> Iterator[Offer]:
    """The values of the choice that something is compared with; where it is not known, of all choices."""
    datum = draft.fields.get(context.compared or "") or draft.givens.get(context.compared or "")
    if datum is not None or context.role is Role.CHOICE:
        choices = draft.choices if datum is None else datum.type.choices
        yield from (Offer(name, Sort.NAME, "choice value", named=Named.CHOICE) for name in choices)


def _pots(draft: Draft, payer: str | None) -> Iterator[Offer]:
    """The money that can be drawn: of members a field, of the CCP or a party a given."""
    tables = [draft.fields] * (payer in (None, *POPULATIONS)) + [draft.givens] * (payer not in POPULATIONS)
    for table in tables:
        for name, datum in table.items():
            if datum.type.kind is Kind.MONEY:
                yield _offer(draft, name, draft.names[name][0])


_IN_ROLE: dict[Role, set[Named]] = {
    Role.VALUE: {Named.FIELD, Named.GIVEN, Named.DEFINITION},
    Role.STEP: {Named.STEP},
    Role.PAYER: {Named.PARTY},
    Role.MEMBER: {Named.PARTY},
    Role.PAYER_OR_STEP: {Named.STEP, Named.PARTY},
    Role.SEGMENT: {Named.SEGMENT},
    Role.PERIOD: {Named.PERIOD},
}
"""The kinds of name that may stand in a role."""


def _offer(draft: Draft, name: str, what: str) -> Offer:
    datum = draft.fields.get(name) or draft.givens.get(name)
    note = "" if datum is None else datum.note or ""
    step = draft.step_nodes.get(name)
    return Offer(name, Sort.NAME, what, note or (step.title or "" if step is not None else ""), KINDS.get(what))


def _members(workspace: Workspace, facts: Facts) -> Iterator[Offer]:
    """The members that a text and those that belong to it know."""
    known = {
        behind.text.strip('"'): None
        for word, behind in pairwise(facts.tokens)
        if word.kind == "MEMBER" and behind.kind in ("CAPITALISED", "STRING")
    }
    home = facts.source.path
    others = () if home is None else (path for path in workspace.together.world(home) if path != home)
    with workspace.together.unchanged():
        for other in workspace.readable(others):
            known.update((use.name, None) for use in other.uses if use.named is Named.MEMBER)
    for name in known:
        yield Offer(member_id(name), Sort.NAME, "member", named=Named.MEMBER)
