"""Where a name is declared, and where it is used in all texts that belong together."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rulelang.analysis.facts import Facts, FileKind
from rulelang.analysis.uses import Named, Use, declaration, home_of
from rulelang.analysis.workspace import Workspace
from rulelang.base.source import Place

Homes = set[Path | None] | None
"""The rulebooks in which a name stands for the same; ``None``: in all."""
DATA = (Named.FIELD, Named.GIVEN)


def definitions(workspace: Workspace, facts: Facts, use: Use) -> list[Place]:
    """Where a name is declared: in the rulebook, a member in the events and tables that have its data."""
    if use.named is Named.MEMBER:
        return [each.place for each in references(workspace, facts, use) if each.declares]
    draft = facts.draft_at(use.span.start)
    span = None if use.named is None or draft is None else declaration(draft, use.name, use.named)
    return [] if span is None or draft is None else [Place(draft.source, span)]


def references(workspace: Workspace, facts: Facts, use: Use) -> list[Use]:
    """All uses of a name in all texts that belong together, its declarations too."""
    with workspace.together.unchanged():
        world = list(world_of(workspace, facts))
        return list(used(world, use, homes_of(workspace, world, use)))


def world_of(workspace: Workspace, facts: Facts) -> Iterator[Facts]:
    """The facts about a text and all that belong to it, as far as they can be read."""
    if facts.source.path is None:
        yield facts
        return
    yield from workspace.readable(workspace.together.world(facts.source.path))


def homes_of(workspace: Workspace, world: Iterable[Facts], use: Use) -> Homes:
    """The rulebooks in which a name stands for the same: its own, and what texts bind to it.

    A member is the same everywhere.  Any other name is of its rulebook; an event that several run binds those names
    of theirs that it has, and a history all names of the rulebooks that it goes through: what stands under one goes on
    under the next by its name.
    """
    if use.named is Named.MEMBER:
        return None
    bound = [
        _bound(workspace, each)
        for each in world
        if each.kind is FileKind.HISTORY or any(same(use, other) for other in each.by_name.get(use.name, ()))
    ]
    homes, before = {use.rulebook}, 0
    while len(homes) > before:
        before = len(homes)
        homes.update(*(each for each in bound if each & homes))
    return homes


def _bound(workspace: Workspace, facts: Facts) -> set[Path | None]:
    """The rulebooks that a text is, or is run under; of a table, those under which what names it is run."""
    path = facts.source.path
    if facts.kind is FileKind.TABLE and path is not None:
        naming = workspace.readable(workspace.together.naming(path))
        return set[Path | None]().union(*(_bound(workspace, each) for each in naming))
    drafts = [draft for _, draft in facts.drafts] or [facts.draft]
    own = {home for draft in drafts if (home := home_of(draft)) is not None}
    return {*own, *(() if path is None or facts.kind is FileKind.RULES else workspace.together.run_under(path))}


def used(world: Iterable[Facts], use: Use, homes: Homes) -> Iterator[Use]:
    """The uses of a name."""
    for facts in world:
        for other in facts.by_name.get(use.name, ()):
            if same(use, other) and (homes is None or other.rulebook in homes):
                yield other


def same(one: Use, other: Use) -> bool:
    """Whether both are of one kind; what is a field in one rulebook may be a given in another."""
    return one.named is other.named or (one.named in DATA and other.named in DATA)
