"""Names that a reader takes for one another, though they differ: in how letters are stored, or in their script.

Two names look alike if they are the same in compatibility form (NFKD) with letters of other scripts that have the shape
of a Latin one as that one, and with dashes, apostrophes and blanks of every kind as the plain one.  The letters are
those that the table of confusables of Unicode (UTS 39) has for whole letters of Cyrillic, Greek, Armenian and Cherokee;
letters of one script, such as `O` and `0`, are told apart by whoever gives ids.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_SHAPES = {
    # Cyrillic
    "АВСЕНІЈКМОРЅТХУҮԚԜӀ": "ABCEHIJKMOPSTXYYQWI",
    "аԁеһіјкӏорԛѕсуүѵԝх": "adehijklopqscyyvwx",
    # Greek
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ": "ABEZHIKMNOPTYXCJ",
    "αικνορυγϲϳ": "aikvopuycj",
    # Armenian
    "ՏՍԼՕհնոսօցզ": "SULOhunuogq",
    # Cherokee
    "ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ": "ABCDEGHJKLMPRSTVWZ",
    # Latin letters that are stored as others
    "ıɑɡǀ": "iagl",
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212": "-------",
    "\u2018\u2019\u02b9\u02bc\u2032\u00b4`": "'''''''",
    "\u201c\u201d\u2033": '"""',
    "\u2044\u2215": "//",
}
_LATIN = str.maketrans(
    {odd: plain for odds, plains in _SHAPES.items() for odd, plain in zip(odds, plains, strict=True)}
)
_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_BLANKS = re.compile(r"\s+")


def name_of(character: str) -> str:
    """A character by its number and its name in Unicode: ``U+00A0 (no-break space)``."""
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def skeleton(text: str) -> str:
    """What a reader sees of a text: that of two texts that look alike is the same."""
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text.translate(_LATIN)).translate(_LATIN)
        text = _UNSEEN.sub("", plain)
    return _BLANKS.sub(" ", text).strip()


def look_alikes(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of different texts that look alike: the first of each kind, with every later one."""
    first: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        other = first.setdefault(skeleton(text), text)
        if other is not text:
            yield other, text


def difference(text: str, other: str) -> str:
    """Where two texts part, in the names of their characters."""
    pairs = zip(text, other, strict=False)
    at = next((place for place, (mine, its) in enumerate(pairs) if mine != its), min(len(text), len(other)))
    mine, its = text[at : at + 1], other[at : at + 1]
    if text[at + 1 :] == other[at:]:
        its = ""
    elif text[at:] == other[at + 1 :]:
        mine = ""
    if mine and its:
        return f"{name_of(its)} stands where the other has {name_of(mine)}"
    return f"{name_of(mine or its)} stands in one of them only"
