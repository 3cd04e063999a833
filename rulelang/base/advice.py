"""Advice: what to do about a finding, as a sentence and as edits of the text, the sentence told from the edits.

A program that offers an edit and a person who reads the help are thus told the same.  How sure an edit is decides what
a program may do with it; nothing that makes another rule of one that could be read is ever called sure.
"""

import enum

from rulelang.base.source import Place, SourceText, Span
from rulelang.base.values import ComparedByValue


class Certainty(enum.Enum):
    """Whether an edit may be made without asking.

    ``SURE``: nothing else can be meant, so that all such edits of a text may be made at once.  ``GUESS``: this may be
    meant, and something else as well.  ``CHANGE``: it makes another rule of one that could be read, as whoever answers
    for the rule may want.  Guesses and changes are offered one at a time.
    """

    SURE = "sure"
    GUESS = "guess"
    CHANGE = "change"


class Repair(ComparedByValue):
    """One edit: the text at ``at`` (``None``: where the finding points) is replaced; ``title`` says it in a line.

    With ``instead_of`` only that word is replaced, which stands there in quotes perhaps, or with more beside it.
    """

    replacement: str
    title: str
    at: Span | None = None
    certainty: Certainty = Certainty.GUESS
    instead_of: str | None = None

    @property
    def quoted(self) -> str:
        """What is put in, as a sentence shows it."""
        return f"`{self.replacement.strip()}`"


class Advice(ComparedByValue):
    """A sentence for the help of a diagnostic, and the edits it speaks of, one of which is to be made."""

    sentence: str
    repairs: tuple[Repair, ...] = ()

    def __str__(self) -> str:
        """The sentence alone."""
        return self.sentence


Help = Advice | str
"""What a diagnostic has as its help: a sentence, with the edits it speaks of if there are any."""


class Fix(ComparedByValue):
    """A replacement of the text at a place that mends the finding; ``title`` is what an editor shows on its button."""

    place: Place
    replacement: str
    title: str = ""
    certainty: Certainty = Certainty.SURE


def fixes_of(advice: Help | None, place: Place | None) -> tuple[Fix, ...]:
    """The edits of an advice as fixes in the text where the finding points; none where it points into no text."""
    if not isinstance(advice, Advice) or place is None or place.span is None:
        return ()
    spans = [_replaced(place.source, repair.at or place.span, repair) for repair in advice.repairs]
    return tuple(
        Fix(Place(place.source, span), repair.replacement, repair.title, repair.certainty)
        for repair, span in zip(advice.repairs, spans, strict=True)
        if span is not None
    )


def _replaced(source: SourceText, span: Span, repair: Repair) -> Span | None:
    """What is replaced at a span; ``None`` if the word is not there once, or what comes in its place needs quotes."""
    word = repair.instead_of
    if word is None:
        return span
    written = source.slice(span)
    if not word or written.count(word) != 1:
        return None
    start = span.start + written.index(word)
    in_quotes = source.text[start - 1 : start] == '"'
    if not in_quotes and not _signs(repair.replacement) <= _signs(word):
        return None
    return Span(start, start + len(word))


def _signs(word: str) -> set[str]:
    """The signs of a word that are no letters, and whether it begins with a digit."""
    return {sign for sign in word if not (sign.isalnum() or sign == "_")} | {word[:1]} & set("0123456789")


def write(
    replacement: str,
    at: Span | None = None,
    *,
    shown: str | None = None,
    certainty: Certainty = Certainty.GUESS,
    instead_of: str | None = None,
) -> Repair:
    """To write something in the place of what stands there; ``shown`` where a sentence shows more than is put in."""
    return Repair(replacement, f"write `{shown or replacement.strip()}`", at, certainty, instead_of)


def add(text: str, at: int, certainty: Certainty = Certainty.GUESS) -> Repair:
    """To add words behind an offset, a blank before them."""
    return Repair(f" {text}", f"add `{text}`", Span(at, at), certainty)


def remove(source: SourceText, span: Span, what: str, certainty: Certainty = Certainty.GUESS) -> Repair:
    """To remove a span, with its line if nothing else stands there, else with the blanks before it."""
    text, (start, end) = source.text, span
    first, last = start, end
    while text[first - 1 : first] in (" ", "\t"):
        first -= 1
    while text[last : last + 1] in (" ", "\t"):
        last += 1
    if text[first - 1 : first] in ("", "\n") and text[last : last + 1] in ("", "\r", "\n"):
        line_end = text.find("\n", last)
        end = len(text) if line_end < 0 else line_end + 1
    elif text[first - 1 : first] in ("", "\n"):
        first, end = start, last
    return Repair("", f"remove {what}", Span(first, end), certainty)


def only(repair: Repair) -> Advice:
    """The advice to make one edit."""
    return Advice(repair.title, (repair,))
