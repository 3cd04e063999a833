"""The nearest name: at most one "did you mean", and only when it is near."""

import difflib
from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The one name that ``word`` is most likely a slip for, or ``None`` when nothing is near.

    Near means: equal but for letter case and hyphens, or so alike that a reader would take one for the other
    (similarity of at least 0.72 by the ratio of matching letters, ties to the name first in the alphabet).
    """
    plain = _plain(word)
    matcher = difflib.SequenceMatcher(b=plain)  # it keeps what it works out about its second text
    best, similarity = None, 0.72
    for name in sorted(set(names)):
        matcher.set_seq1(_plain(name))
        if matcher.real_quick_ratio() < similarity or matcher.quick_ratio() < similarity:
            continue
        ratio = matcher.ratio()
        # only a nearer name takes the place of one that comes before it in the alphabet
        if ratio > similarity or (best is None and ratio == similarity):
            best, similarity = name, ratio
    return best


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def did_you_mean(word: str, names: Iterable[str]) -> str | None:
    """A help text such as ``did you mean `contribution`?``, or ``None``."""
    name = nearest(word, names)
    return None if name is None else f"did you mean `{name}`?"


def listed(names: Iterable[str], conjunction: str = "or") -> str:
    """Up to five names as a person would list them: ```a`, `b` or `c```."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > 5:
        quoted = [*quoted[:4], f"{len(quoted) - 4} more"]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {conjunction} {quoted[-1]}"
