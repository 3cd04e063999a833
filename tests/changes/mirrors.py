"""An edit as it is seen from the other side."""

from attrs import evolve

from rulelang.changes.edits.edit import Edit

_OTHER_WORD = {
    "added": "removed",
    "removed": "added",
    "grouped": "ungrouped",
    "ungrouped": "grouped",
    "shared": "own",
    "own": "shared",
}


def mirrored(edit: Edit) -> Edit:
    """The same edit seen from the new rulebook: old and new in each other's place."""
    thing, _, word = edit.kind.rpartition("-")
    return evolve(
        edit,
        kind=f"{thing}-{_OTHER_WORD.get(word, word)}",
        old_name=edit.new_name,
        new_name=edit.old_name,
        old=edit.new,
        new=edit.old,
        old_place=edit.new_place,
        new_place=edit.old_place,
    )
