"""The kinds of edits: what can differ between two rulebooks, as one table.

What makes each of them is told in ``docs/changes.md``.
"""

from collections.abc import Iterator
from typing import Literal

from attrs import frozen

Weight = Literal["weighs", "textual", "as meant"]
"""Whether an edit may change an allocation: it may, it never can, or it can only if old and new mean something else."""

MEANS_THE_SAME = ", which means the same"


@frozen
class EditKind:
    """A kind of edit: the word for it, what it weighs, what it is about, and its sentence.

    ``part`` is what such an edit is about, unless the edit says otherwise.  ``both``, ``added`` and ``removed`` are the
    sentence where both rulebooks show a text, or one of them; ``still`` the one where both show the same text, if that
    is to be said.  In braces a sentence names a field or a property of the edit.  ``same`` ends the sentence of an edit
    that reads as if it could change an allocation, but cannot.  ``where`` is how an edit of a thing that only one
    rulebook has says where it stands, if it was added and if it was removed.
    """

    name: str
    weight: Weight
    part: str
    both: str
    added: str
    removed: str
    still: str | None = None
    same: str = ""
    where: tuple[str, str] | None = None


def _changed(
    name: str, noun: str, weight: Weight = "weighs", part: str = "step", same: str = MEANS_THE_SAME, of: str = " of"
) -> EditKind:
    """Something that a part says, other than before, as of now, or no longer."""
    what = f"{noun}{of} {{owner}}"
    both = f"{what} changed from `{{old}}` to `{{new}}`"
    still = f"{what} still reads `{{new}}`, but a name in it means something else now"
    same = same if weight == "as meant" else ""
    return EditKind(name, weight, part, both, f"{what} added: `{{new}}`", f"{what} removed: `{{old}}`", still, same)


def _told(name: str, sentence: str, weight: Weight = "weighs", part: str = "step") -> EditKind:
    """Something with one sentence of its own."""
    return EditKind(name, weight, part, sentence, sentence, sentence)


def _switched(name: str, added: str, removed: str, part: str = "step") -> EditKind:
    """Words that a part has as of now, or has no longer."""
    return EditKind(name, "weighs", part, added, added, removed)


def _whole(
    part: str,
    noun: str = "",
    weight: Weight = "weighs",
    *,
    text: bool = True,
    where: tuple[str, str] = (" {position}", " {position}"),
) -> Iterator[EditKind]:
    """A thing that only one rulebook has; its sentence shows its ``text``, or not."""
    what = f"{noun} {{owner}}".lstrip()
    added = f"{what} added{{where}}" + ": `{new}`" * text
    removed = f"{what} removed{{where}}" + ": `{old}`" * text
    for name in (f"{part}-added", f"{part}-removed"):
        yield EditKind(name, weight, part, added, added, removed, where=where)


def _listed(name: str, same: str) -> Iterator[EditKind]:
    """Some of many things of one sort that only one rulebook has."""
    for word, text in (("added", "{new}"), ("removed", "{old}")):
        sentence = f"{name} {word}: `{text}`"
        yield EditKind(f"{name}-{word}", "as meant", "rulebook", sentence, sentence, sentence, same=same)


_RENAMED = "`{old_name}` is called `{new_name}` now, {why}"
_ONCE = "done once for each segment"

_OF_ANYTHING = (
    _changed("title-changed", "title", "textual"),
    _changed("citation-changed", "citation", "textual"),
    _changed("note-changed", "note", "textual"),
)
_OF_DECLARATIONS = (
    _changed("version-changed", "version", "textual", "rulebook"),
    _changed("currency-changed", "currency", part="rulebook"),
    *_whole("currency", "further currency", text=False),
    _changed("decimals-changed", "decimals", "as meant", "currency"),
    *_listed("holidays", ", which are no business days anyway"),
    *_whole("segment", "segment", text=False),
    _changed("segments-reordered", "order of segments", part="rulebook"),
    *_whole("party", "party", text=False),
    *_whole("field", "field"),
    _changed("field-changed", "declaration", "as meant", "field"),
    _told("field-renamed", f"field {_RENAMED}", "textual", "field"),
    *_whole("given", "given"),
    _changed("given-changed", "declaration", "as meant", "given"),
    _told("given-renamed", f"given {_RENAMED}", "textual", "given"),
    *_whole("definition", "definition", "textual"),  # what uses it has an edit of its own
    _changed("definition-changed", "definition", "as meant", "definition", ", which changes nothing else"),
    _told("definition-renamed", "definition `{old_name}` is called `{new_name}` now", "textual", "definition"),
)
_OF_TIME = (
    *_whole("period", "period"),
    _told("period-renamed", f"period {_RENAMED}", "textual", "period"),
    _changed("opener-changed", "what opens", part="period", of=""),
    _changed("length-changed", "length", "as meant", "period"),
    _changed("extension-changed", "extension", "as meant", "period"),
    *_whole("named-limit"),
    _told("named-limit-renamed", f"limit {_RENAMED}", "textual", "named-limit"),
    _changed("named-limit-value-changed", "value", "as meant", "named-limit"),
    _changed("named-limit-reach-changed", "reach", part="named-limit"),
    _changed("named-limit-time-changed", "span of time", "as meant", "named-limit"),
)
_OF_STEPS = (
    *_whole("step", "step", text=False, where=(" {position}", "; it stood {position}")),
    _told("step-moved", "`{subject}` moved from {old} to {new}"),
    _told("step-renamed", "step `{old_name}` is called `{new_name}` now, {why}", "textual"),
    _told("name-reused", "the name `{subject}` stands for another step: once `{old}`, now `{new}`"),
    _changed("former-names-changed", "former names"),  # other than by a renaming
    _changed("kind-changed", "kind"),
    _changed("payers-changed", "payers"),
    _changed("payer-condition-changed", "condition on the payers", "as meant"),
    _changed("pot-changed", "pot", "as meant"),
    _changed("limit-added", "limit"),
    _changed("limit-removed", "limit"),
    _changed("limit-changed", "limit", "as meant"),
    _told("limit-shared", "`{subject}` now takes the limit with a name, `{new}`, in the place of its own, `{old}`"),
    _told(
        "limit-own", "`{subject}` now has a limit of its own, `{new}`, in the place of the limit with a name, `{old}`"
    ),
    _changed("key-changed", "sharing", "as meant"),
    _switched(
        "reallocation-changed",
        "`{subject}` no longer passes what a payer cannot bear to the others",
        "`{subject}` now passes what a payer cannot bear to the others",
    ),
    _changed("order-changed", "order of ranks", "as meant"),
    _changed("condition-changed", "condition", "as meant"),
    _changed("force-changed", "time in force"),
    _changed("discretion-changed", "discretion", "as meant", same=""),  # another body decides, whoever it is
    _switched("per-segment-changed", f"{{owner}} is now {_ONCE}", f"{{owner}} is no longer {_ONCE}"),
    _changed("losses-changed", "losses", "as meant"),
    _changed("losses-met-changed", "kind of losses met", of=" by"),
    _changed("rounds-changed", "number of rounds", "as meant"),
    _changed("once-during-changed", "bar on repeated use"),
)
_OF_GROUPS = (
    *_whole("group", where=(" around {position}", " from around {position}")),
    _told("step-grouped", "`{subject}` moved into {new}"),
    _told("step-ungrouped", "`{subject}` moved out of {old}"),
    _told("step-regrouped", "`{subject}` moved from {old} to {new}"),
    _switched("pool-changed", "{owner} now pays as one pool", "{owner} no longer pays as one pool", "group"),
    _changed("ratio-changed", "ratio", "as meant", "group"),
    _switched("group-per-segment-changed", f"{{owner}} is now {_ONCE}", f"{{owner}} is no longer {_ONCE}", "group"),
)
_OF_WHAT_COMES_AFTER = (
    *_whole("replenishment"),
    _changed("replenishment-changed", "rule on", "as meant", "replenishment", of=""),
    *_whole("recoveries"),
    _changed("recoveries-changed", "order", part="recoveries"),
)
_OF_THE_WATERFALL_AND_TESTS = (
    _switched(
        "in-turn-changed",
        "{owner} now takes the defaults one after another, each with its own losses",
        "{owner} no longer takes the defaults one after another, but all their losses together",
        "waterfall",
    ),
    *_whole("outcome", "outcome"),
    _changed("outcome-changed", "outcome", part="waterfall"),
    *_whole("ensure"),
    _changed("ensure-changed", "condition", "as meant", "ensure"),
    _told("ensure-reworded", "text of an `ensure` changed from `{old}` to `{new}`", "textual", "ensure"),
    *_whole("assume"),
    _changed("assume-changed", "condition", "as meant", "assume"),
    _told("assume-reworded", "text of an `assume` changed from `{old}` to `{new}`", "textual", "assume"),
    *_whole("test", weight="textual", text=False),
    _told("test-changed", "{owner} changed", "textual", "test"),
    _told("test-retitled", "title of a `test` changed from `{old}` to `{new}`", "textual", "test"),
)

_LAST = (_OF_WHAT_COMES_AFTER, _OF_THE_WATERFALL_AND_TESTS)

KINDS: dict[str, EditKind] = {
    kind.name: kind
    for kinds in (_OF_ANYTHING, _OF_DECLARATIONS, _OF_TIME, _OF_STEPS, _OF_GROUPS, *_LAST)
    for kind in kinds
}
"""Each kind of edit by its word."""


def kind_named(name: str) -> EditKind:
    """The kind of this word; what the table does not know (a new clause) is told as any other change of a step."""
    return KINDS.get(name) or _changed(name, name.removesuffix("-changed").replace("-", " "), "as meant")
