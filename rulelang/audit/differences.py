"""In which parts a record is not the one that its texts give, and how two values of it differ, in words."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from attrs import frozen

from rulelang.audit.record import bytes_of, canonical
from rulelang.base.json_values import JsonValue


@frozen
class Difference:
    """One part of a record that is not as it should be: ``part`` names it, ``text`` says how."""

    part: str
    text: str


def digest_differences(texts: Iterable[tuple[str, JsonValue]]) -> Iterator[Difference]:
    """Of some texts, each with the name of its part, those that do not have the digest that stands beside them."""
    for part, entry in texts:
        actual = hashlib.sha256(bytes_of(entry)).hexdigest()
        if actual != entry["sha256"]:
            yield Difference(part, f"its text has the digest {actual}, but the record says {entry['sha256']}")


def part_differences(
    record: Mapping[str, JsonValue],
    again: Mapping[str, JsonValue],
    special: Mapping[str, Callable[[JsonValue, JsonValue], Iterable[Difference]]],
) -> Iterator[Difference]:
    """The parts of a record that are not those of the one made anew; ``special`` compares some in a way of their own.

    The seal is told of before, and it follows from the rest.
    """
    for key in again:
        if key == "seal":
            continue
        if key not in record:
            yield Difference(key, "the record lacks this part")
        elif key in special:
            yield from special[key](record[key], again[key])
        elif not same(record[key], again[key]):
            yield Difference(key, first_difference(record[key], again[key]))
    yield from (Difference(key, "no record has this part") for key in sorted({*record} - {*again}))


def input_differences(old: JsonValue, new: JsonValue) -> Iterator[Difference]:
    """What the inputs say beside the digests of their texts, which are looked at before."""
    mine, theirs = _without_digests(old), _without_digests(new)
    if not same(mine, theirs):
        yield Difference("inputs", first_difference(mine, theirs))


def _without_digests(inputs: JsonValue) -> JsonValue:
    if isinstance(inputs, dict):
        kept = (key for key in inputs if key != "sha256" or "text" not in inputs)
        return {key: _without_digests(inputs[key]) for key in kept}
    return list(map(_without_digests, inputs)) if isinstance(inputs, list) else inputs


def same(old: object, new: object) -> bool:
    """Whether two JSON values are written alike: a number is no truth value, though Python takes them for equal."""
    return canonical(old) == canonical(new)


def first_difference(old: JsonValue, new: JsonValue, path: str = "") -> str:
    """Where two JSON values differ first, and how."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            inner = f"{path}.{key}" if path else key
            if key not in new:
                return f"`{inner}` is no part of a record"
            if key not in old:
                return f"{inner} is missing in the record"
            if not same(old[key], new[key]):
                return first_difference(old[key], new[key], inner)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            if not same(before, after):
                named = after.get("payer", index) if isinstance(after, dict) else index
                return first_difference(before, after, f"{path}[{named}]")
    return f"{path or 'it'} is {_brief(old)} in the record, but the run gives {_brief(new)}"


def _brief(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
