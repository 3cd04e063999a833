"""What a new name changes: in all texts that belong together, or nowhere, if one of them would say something else."""

import re
from pathlib import Path

from attrs import evolve

from rulelang.analysis.documents import nothing_below, plain
from rulelang.analysis.facts import Facts, FileKind
from rulelang.analysis.names import DATA, Homes, homes_of, same, used, world_of
from rulelang.analysis.uses import FORMER, Named, Use, home_of
from rulelang.analysis.workspace import Workspace
from rulelang.base.diagnostic import RulelangError, finding
from rulelang.base.source import Place, SourceText, Span
from rulelang.check.draft import Draft
from rulelang.syntax import nodes
from rulelang.syntax.format.phrases import member_id
from rulelang.syntax.words import RESERVED

Edits = dict[Path, list[tuple[Span, str]]]
"""For each text the places that change, and what comes in their place."""
KEEPS_FORMER = (*DATA, Named.STEP)
"""What may keep the name that it had, as a former one."""
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def renaming(workspace: Workspace, facts: Facts, use: Use, new: str, *, keep_former: bool = False) -> Edits:
    """What changes where something gets a new name, in all texts that belong together.

    A step, field or given may keep its name as a former one (``formerly``), so that earlier payments find it.

    Raises:
        RulelangError: the new name is none, or is taken; a text has errors, so that not all uses are known; the texts
            would say something else with it.
    """
    with workspace.together.unchanged():
        place = Place(use.source, use.span)
        _require_name(use, new, place)
        _require_known(workspace, facts, place)
        world = list(world_of(workspace, facts))
        homes = homes_of(workspace, world, use)
        for each in world:
            _require_free(each, use, new, place, homes)
        edits: Edits = {}
        for other in used(world, use, homes):
            if other.source.path is not None:
                edits.setdefault(plain(other.source.path), []).append((other.span, _written(other, new)))
        if new != use.name:
            _require_same_meaning(workspace, world, edits, place)
        if keep_former and new != use.name:
            for path, former in former_names(workspace, facts, use, use.name).items():
                edits.setdefault(path, []).extend(former)
        return edits


def former_names(workspace: Workspace, facts: Facts, use: Use, old: str) -> Edits:
    """What is written where a step, field or given is declared, so that it keeps an old name as a former one."""
    edits: Edits = {}
    with workspace.together.unchanged():
        world = list(world_of(workspace, facts)) if use.named in KEEPS_FORMER else []
        homes = homes_of(workspace, world, use)
        for each in world:
            home = home_of(each.draft) if each.kind is FileKind.RULES else None
            node = None if each.draft is None else _declaring(each.draft, use.name)
            if node is not None and home is not None and (homes is None or home in homes):
                at, word = _place_of_former(node, each.source)
                edits[home] = [(Span(at, at), f"{word} {old}")]
    return edits


def _require_known(workspace: Workspace, facts: Facts, place: Place) -> None:
    """All files that belong to a text are known and can be read."""
    if workspace.documents.cut():
        message = "the folder holds more files than are looked at, so not all uses of the name are known"
        raise _refused(message, place, "open a smaller folder")
    for path in () if facts.source.path is None else workspace.together.world(facts.source.path):
        try:
            workspace.facts(path)
        except RulelangError:
            message = f"{path.name} cannot be read, and may hold the name"
            raise _refused(message, place, "mend or remove it first") from None


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


def _require_free(facts: Facts, use: Use, new: str, place: Place, homes: Homes) -> None:
    """No text of the rulebooks (``None``: of all) has the new name already, and all uses in all texts are known."""
    ours = homes is None or home_of(facts.draft) in homes
    if not facts.whole or (ours and facts.kind is FileKind.RULES and facts.program is None):
        advice = "mend it first: not all of its names are known"
        raise _refused(f"{facts.source.name} has errors that may hide the name", place, advice)
    others = facts.by_name.get(new, ())
    if homes is None:
        taken = any(same(use, other) for other in others)
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
    return member_id(new)


def _declaring(draft: Draft, name: str) -> nodes.Step | nodes.Datum | None:
    """The part of a rulebook that declares a step, field or given."""
    data = (item for section in draft.rulebook.sections for item in _data(section))
    return draft.step_nodes.get(name) or next((each for each in data if each.name.text == name), None)


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
    """Refuse a name with which a text would be read otherwise or have other findings, as a word of a phrase may be."""
    before = {plain(each.source.path): each for each in world if each.source.path is not None}
    trial = Workspace(evolve(workspace.documents, texts={}, below=nothing_below))
    for path, facts in before.items():
        trial.documents.put(path, changed(facts.source, edits.get(path, [])))
    with trial.together.unchanged():
        for path, facts in before.items():
            if _said(trial.facts(path)) != _said(facts):
                advice = "take another name"
                raise _refused(f"with this name {facts.source.name} would say something else", place, advice)


def _said(facts: Facts) -> tuple[list[str], list[str]]:
    """What was found, and of what kinds the words and signs are: those of one kind are read alike."""
    kinds = [_ALIKE.get(token.kind, token.kind) for token in facts.tokens]
    return sorted(found.code for found in facts.findings), kinds


_ALIKE = {"CAPITALISED": "STRING"}
"""The id of a member may stand in quotes or without."""
