"""Where a name is declared, where it is used in all texts that belong together, and what a new name would change."""

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve, frozen

from rulelang.analysis.documents import nothing_below, plain
from rulelang.analysis.facts import Facts, FileKind
from rulelang.analysis.uses import FORMER, Named, Use, declaration
from rulelang.analysis.workspace import Workspace
from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.syntax import nodes
from rulelang.syntax.words import RESERVED

Edits = dict[Path, list[tuple[Span, str]]]
"""For each text the places that change, and what comes in their place."""
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_PLAIN_ID = re.compile(r"[A-ZÀ-ÖØ-Þ]\w*\Z")
_DATA = (Named.FIELD, Named.GIVEN)


def definitions(workspace: Workspace, facts: Facts, use: Use) -> list[Place]:
    """Where a name is declared: in the rulebook, a member in the events and tables that have its data."""
    if use.named is Named.MEMBER:
        return [Place(each.source, each.span) for each in references(workspace, facts, use) if each.declares]
    if use.named is None or facts.draft is None:
        return []
    span = declaration(facts.draft, use.name, use.named)
    return [] if span is None else [Place(facts.draft.source, span)]


def references(workspace: Workspace, facts: Facts, use: Use) -> list[Use]:
    """All uses of a name in all texts that belong together, its declarations too."""
    with workspace.unchanged():
        return _references(workspace, list(_world(workspace, facts)), use)


def _references(workspace: Workspace, world: list[Facts], use: Use) -> list[Use]:
    """The uses of a name: a member is the same everywhere, all else is of a rulebook.

    Another rulebook of the same name has a part in it only where both are run against a text that has the name.
    """
    found = [(each, other) for each in world for other in each.by_name.get(use.name, ()) if _same(use, other)]
    if use.named is Named.MEMBER:
        return [other for _, other in found]
    of = [{other.rulebook, *_run_against(workspace, each)} for each, other in found]
    homes, before = {use.rulebook}, 0
    while len(homes) > before:
        before = len(homes)
        homes.update(*(each for each in of if each & homes))
    return [other for each, (_, other) in zip(of, found, strict=True) if each & homes]


def _run_against(workspace: Workspace, facts: Facts) -> Iterator[Path]:
    """The rulebooks whose tests run an event, or the events of a table; a history says itself what it is under."""
    path = facts.source.path
    if path is None or facts.kind is FileKind.RULES or (facts.kind is FileKind.HISTORY and any(facts.under())):
        return
    for naming in workspace.naming(path):
        if FileKind.of(naming) is FileKind.RULES:
            yield plain(naming)
        elif facts.kind is FileKind.TABLE:
            yield from (rulebook for each in workspace.readable([naming]) for rulebook in _of(workspace, each))


def _of(workspace: Workspace, facts: Facts) -> Iterator[Path]:
    if facts.rulebook is not None:
        yield plain(facts.rulebook)
    yield from _run_against(workspace, facts)


def _same(one: Use, other: Use) -> bool:
    return one.named is other.named or (one.named in _DATA and other.named in _DATA)


def _world(workspace: Workspace, facts: Facts) -> Iterator[Facts]:
    if facts.source.path is None:
        yield facts
        return
    yield from workspace.readable(workspace.world(facts.source.path))


def _unread(workspace: Workspace, facts: Facts, world: list[Facts]) -> Iterator[Path]:
    """The files that belong to a text and cannot be read."""
    if facts.source.path is not None:
        read = {plain(each.source.path) for each in world if each.source.path is not None}
        yield from (path for path in workspace.world(facts.source.path) if path not in read)


@frozen
class Renamed:
    """What a new name changes, and where the name that goes could be kept as a former one."""

    edits: Edits
    formerly: tuple[Path, Span, str] | None = None


def renaming(workspace: Workspace, facts: Facts, use: Use, new: str, *, keep_former: bool = False) -> Renamed:
    """What changes where something gets a new name, in all texts that belong together.

    A step, field or given may keep its name as a former one (``formerly``), so that earlier payments find it.

    Raises:
        RulelangError: the new name is none, or is taken; a text has errors, so that not all uses are known; the texts
            would say something else with it.
    """
    with workspace.unchanged():
        return _renaming(workspace, facts, use, new, keep_former=keep_former)


def _renaming(workspace: Workspace, facts: Facts, use: Use, new: str, *, keep_former: bool) -> Renamed:
    place = Place(use.source, use.span)
    world = list(_world(workspace, facts))
    _require_name(use, new, place)
    if workspace.documents.cut():
        message = "the folder holds more files than are looked at, so not all uses of the name are known"
        raise _refused(message, place, "open a smaller folder")
    unread = next(_unread(workspace, facts, world), None)
    if unread is not None:
        raise _refused(f"{unread.name} cannot be read, and may hold the name", place, "mend or remove it first")
    uses = _references(workspace, world, use)
    homes = None if use.named is Named.MEMBER else {use.rulebook, *(other.rulebook for other in uses)}
    for each in world:
        _require_free(each, use, new, place, homes)
    edits: Edits = {}
    for other in uses:
        if other.source.path is not None:
            edits.setdefault(plain(other.source.path), []).append((other.span, _written(other, new)))
    former = _former(facts, use) if use.named in (*_DATA, Named.STEP) else None
    if former is not None and keep_former:
        edits.setdefault(former[0], []).append(former[1:])
    if new != use.name:
        _require_same_meaning(workspace, world, edits, place)
    return Renamed(edits, former)


def _refused(message: str, place: Place, advice: str) -> RulelangError:
    return RulelangError([finding("malformed-name", message, place, help=advice)])


def _require_name(use: Use, new: str, place: Place) -> None:
    if use.named is None or use.named in FORMER:
        what = "a former name" if use.named is not None else "declared nowhere"
        raise _refused(f"`{use.name}` is {what}, and is not renamed", place, "rename what it is the name of")
    if use.named is Named.MEMBER:
        if not new.strip() or '"' in new or not new.isprintable() or new == "ccp":
            raise _refused(f"`{new}` is no member id", place, "write a text without quotes")
        return
    if not _NAME.match(new):
        raise _refused(f"`{new}` is no name", place, "write a small letter, then small letters, digits and underscores")
    if new in RESERVED:
        raise _refused(f"`{new}` is a word of the language", place, "take another name")


def _require_free(facts: Facts, use: Use, new: str, place: Place, homes: set[Path | None] | None) -> None:
    """No text of the rulebooks (``None``: of all) has the new name already, and all uses in all texts are known."""
    home = None if facts.draft is None or facts.draft.source.path is None else plain(facts.draft.source.path)
    ours = homes is None or home in homes
    if not facts.whole or (ours and facts.kind is FileKind.RULES and facts.program is None):
        advice = "mend it first: not all of its names are known"
        raise _refused(f"{facts.source.name} has errors that may hide the name", place, advice)
    others = facts.by_name.get(new, ())
    if homes is None:
        taken = any(_same(use, other) for other in others)
    else:
        taken = any(other.rulebook is None or other.rulebook in homes for other in others)
    if new != use.name and (taken or (ours and facts.draft is not None and new in facts.draft.names)):
        raise _refused(f"`{new}` is there already, in {facts.source.name}", place, "take another name")


def _written(use: Use, new: str) -> str:
    """A new name as it is written at a place: a member id in quotes if it is not plain."""
    if use.named is not Named.MEMBER:
        return new
    if FileKind.of(use.source.path or Path()) is FileKind.TABLE:
        old = use.source.slice(use.span)
        if old.startswith('""') and not old.startswith('"""'):  # one of several ids in a cell
            return f'""{new}""'
        return f'"{new}"' if old.startswith('"') or "," in new else new
    return new if _PLAIN_ID.match(new) else f'"{new}"'


def _former(facts: Facts, use: Use) -> tuple[Path, Span, str] | None:
    """Where the name that goes is written as a former one."""
    draft = facts.draft
    if draft is None or draft.source.path is None:
        return None
    node: nodes.Step | nodes.Datum | None = draft.step_nodes.get(use.name)
    if node is None:
        data = (item for section in draft.rulebook.sections for item in _data(section))
        node = next((each for each in data if each.name.text == use.name), None)
    if node is None:
        return None
    at, word = _place_of_former(node, draft.source)
    return plain(draft.source.path), Span(at, at), f"{word} {use.name}"


def _data(section: nodes.Section) -> tuple[nodes.Datum, ...]:
    if isinstance(section, nodes.MembersSection):
        return section.fields
    return (section.datum,) if isinstance(section, nodes.GivenSection) else ()


_GAP = r"(?:\s|#[^\n]*+)"  # a comment is taken whole: cut in two it could be read in 2^n ways
_TITLE = re.compile(rf'{_GAP}*+"[^"\n]*"')
_PER = re.compile(rf"(?:{_GAP}++per{_GAP}++(?:segment|defaulter)\b)*")


def _place_of_former(node: nodes.Step | nodes.Datum, source: SourceText) -> tuple[int, str]:
    if node.formerly:
        return node.formerly[-1].span.end, ","
    if isinstance(node, nodes.Step):
        found = _TITLE.match(source.text, node.name.span.end) if node.title is not None else None
        return node.name.span.end if found is None else found.end(), " formerly"
    found = _PER.match(source.text, node.type.span.end)
    return node.type.span.end if found is None else found.end(), " formerly"


def changed(source: SourceText, edits: list[tuple[Span, str]]) -> str:
    """A text with changes made."""
    text = source.text
    for span, new in sorted(edits, key=lambda edit: edit[0], reverse=True):
        text = text[: span.start] + new + text[span.end :]
    return text


def _require_same_meaning(workspace: Workspace, world: list[Facts], edits: Edits, place: Place) -> None:
    """Refuse a name with which the texts would have other findings, as a word of a phrase may be."""
    before = {plain(each.source.path): each for each in world if each.source.path is not None}
    trial = Workspace(evolve(workspace.documents, texts={}, below=nothing_below))
    for path, facts in before.items():
        trial.documents.put(path, changed(facts.source, edits.get(path, [])))
    with trial.unchanged():
        for path, facts in before.items():
            if _codes(trial.facts(path)) != _codes(facts):
                advice = "take another name"
                raise _refused(f"with this name {facts.source.name} would say something else", place, advice)


def _codes(facts: Facts) -> list[str]:
    return sorted(found.code for found in facts.findings)
