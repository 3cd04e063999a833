"""The nearest name: at most one "did you mean", and only when it is near."""

from collections.abc import Collection, Iterable
from itertools import islice

from rulelang.base.advice import Advice, Help, write
from rulelang.base.values import Gathering, part

_NEAR = 0.72
_TURNED = frozenset(
    f"{prefix}{dash}" for prefix in "un non not dis anti ex re pre under over".split() for dash in ("", "_")
)
"""What turns a word into another: `unpaid` is no slip for `paid`."""
_LONGEST = 100
"""A word of more letters is no slip of the hand, and to compare two of them takes their product."""
_MOST_COMPARED = 20_000
"""So many names are compared for one text: 200 slips in a rulebook of 100 names, 10 among 2,000 members."""


def nearest(word: str, names: Collection[str]) -> str | None:
    """The one name that ``word`` is most likely a slip for, or ``None`` when nothing is near.

    Near means: it looks the same, or is equal but for letter case and hyphens, or so alike that a reader would take one
    for the other (similarity of at least 0.72 by the ratio of matching letters, ties to the first in the alphabet).
    """
    if len(word) > _LONGEST:
        return None
    if not word.isascii():
        from rulelang.base.look_alikes import skeleton  # its tables are for texts with slips

        seen = skeleton(word)
        alike = next((name for name in names if name != word and skeleton(name) == seen), None)
        if alike is not None:
            return alike
    import difflib  # texts without slips need none

    plain = _plain(word)
    matcher = difflib.SequenceMatcher(b=plain)  # it keeps what it works out about its second text
    best, similarity = None, _NEAR
    for name in sorted(set(names)):
        other = _plain(name)
        if len(name) > 2 * _LONGEST or _turns(plain, other) or _turns(other, plain):
            continue
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() < similarity or matcher.quick_ratio() < similarity:
            continue
        ratio = matcher.ratio()
        # only a nearer name takes the place of one that comes before it in the alphabet
        if ratio > similarity or (best is None and ratio == similarity):
            best, similarity = name, ratio
    return best


def _turns(word: str, other: str) -> bool:
    """Whether a word is another one with a beginning that makes it mean something else."""
    return word.endswith(other) and word[: -len(other)] in _TURNED


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def did_you_mean(word: str, names: Iterable[str]) -> Advice | None:
    """The advice to write the nearest name, such as ``did you mean `contribution`?``, or ``None``."""
    return asked(word, nearest(word, list(names)))


def asked(word: str, name: str | None, *, whole: bool = False) -> Advice | None:
    """The question whether a name is meant, and how the word differs from it if no reader can see that.

    ``whole`` if all that stands where the finding points is replaced, else the word in it.
    """
    if name is None:
        return None
    from rulelang.base.look_alikes import difference, skeleton

    alike = name != word and skeleton(name) == skeleton(word)
    meant = write(name, instead_of=None if whole else word)
    return Advice(f"did you mean {meant.quoted}?" + (f" {difference(name, word)}" if alike else ""), (meant,))


class Suggestions(Gathering):
    """Suggestions for the slips of one text, where there may be thousands of them and of names.

    Each compares a word with every name, so that without a bound their cost would be the product of the two.  After
    20,000 comparisons in all no more are made: the findings go on, without "did you mean".  A word that was looked
    for among the names of one kind is answered again without comparing.
    """

    left: int = _MOST_COMPARED
    answers: dict[tuple[str, str], str | None] = part(factory=dict)

    def nearest(self, word: str, names: Iterable[str], kind: str | None = None) -> str | None:
        """As :func:`nearest`; ``kind`` says of what the names are, if they are the same at every call."""
        if kind is not None and (kind, word) in self.answers:
            return self.answers[kind, word]
        if self.left <= 0:
            return None
        known = list(names)
        self.left -= len(known)
        found = nearest(word, known)
        if kind is not None:
            self.answers[kind, word] = found
        return found

    def did_you_mean(self, word: str, names: Iterable[str], kind: str | None = None) -> Advice | None:
        """As :func:`did_you_mean`, within what is left."""
        return asked(word, self.nearest(word, names, kind))

    def advice(self, word: str, names: Collection[str], kind: str, otherwise: str) -> Help:
        """To write the nearest name, or one of all there are; ``otherwise`` where there is none."""
        known = f"the {kind}s are {listed(names, 'and')}" if names else otherwise
        return self.did_you_mean(word, names, kind) or known


def listed(names: Iterable[str], conjunction: str = "or") -> str:
    """Up to five names as a person would list them: ```a`, `b` or `c```."""
    known = names if isinstance(names, Collection) else list(names)
    quoted = [f"`{name}`" for name in islice(known, 5 if len(known) <= 5 else 4)]
    if len(known) > 5:
        quoted.append(f"{len(known) - 4} more")
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {conjunction} {quoted[-1]}"
