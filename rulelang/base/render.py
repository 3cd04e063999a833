"""Diagnostics as text for people and as plain values for programs: the only place that turns them into either.

The text looks like this, byte for byte the same on a terminal without colour, in a pipe and in a file::

    error[currency-mismatch]: limit of `sitg` is in USD but the rulebook settles in EUR
      --> ccp.rules:18:15   waterfall › sitg   (Clearing Rules 8.12(b))
       18 |         up to USD 25 million
          |               ^^^^^^^^^^^^^^ this amount is USD
        2 | currency EUR
          | ------------ the rulebook settles in EUR
      help: write the limit in EUR, or declare a rate

Names, titles and source lines come from strangers: no control character of theirs reaches the terminal.
"""

import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO

from rulelang.base.diagnostic import Diagnostic, Severity, in_order
from rulelang.base.gather import collected
from rulelang.base.json_values import JsonObject
from rulelang.base.source import Place, SourceText
from rulelang.base.values import ComparedByValue

MOST_SHOWN = 20
"""So many diagnostics are written out; the rest is counted."""
WIDTH = 120
"""The cells a source line may take, its gutter included, before only the part around the span is shown."""
TAB = 4
"""Tabs are shown as blanks up to the next multiple of so many cells."""

_GUTTER = 5
_LEAST_ROOM = 20
_ELLIPSIS = "…"
_SEVERITIES = tuple(Severity)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_STYLES = {"error": "1;31", "warning": "1;33", "note": "1;36", "strong": "1", "frame": "34", "help": "1;32"}

Paint = Callable[[str, str], str]


def _coloured(style: str, text: str) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if text else ""


def _plain(_style: str, text: str) -> str:
    return text


def wants_colour(stream: IO[str]) -> bool:
    """Whether text for this stream should be coloured.

    ``NO_COLOR`` forbids it, ``FORCE_COLOR`` (anything but ``0``) asks for it; without them, terminals get colour
    unless they call themselves ``dumb``.
    """
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR")
    if forced:
        return forced != "0"
    try:
        return os.environ.get("TERM") != "dumb" and stream.isatty()
    except (AttributeError, ValueError):  # not a stream of files, or closed
        return False


def visible(text: str) -> str:
    r"""The text with every character that would steer a terminal written as an escape such as ``\x1b``.

    These are control characters, line ends among them, characters that change the direction of text or join others
    unseen, and halves of surrogate pairs.
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if unicodedata.category(character) in _HIDDEN:
        return character.encode("unicode_escape").decode("ascii")
    return character


def seen(text: str) -> str:
    r"""The text as :func:`visible` shows it, every blank that is no plain one as an escape such as ``\xa0`` too.

    An ideographic space is as wide as the letters beside it, so it is seen.
    """
    return visible(text) if text.isascii() else "".join(map(_seen, text))


def _seen(character: str) -> str:
    if character not in " \u3000" and unicodedata.category(character) == "Zs":
        return character.encode("unicode_escape").decode("ascii")
    return _shown(character)


def _width(character: str) -> int:
    """How many cells of a terminal a shown character takes."""
    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0  # marks, and the vowels and finals of Korean syllables, join the character before
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _cells(text: str) -> tuple[list[str], list[int]]:
    """What is shown for each character, and the cell where it starts, with the end of the text as the last."""
    shown, starts = [], [0]
    for character in text:
        if character == "\t":
            piece = " " * (TAB - starts[-1] % TAB)
            width = len(piece)
        else:
            piece = _seen(character)
            width = sum(map(_width, piece))
        shown.append(piece)
        starts.append(starts[-1] + width)
    return shown, starts


class _View(ComparedByValue):
    """The part of a line that is shown: its characters ``first`` to ``last``, and the cell of each and of the end."""

    text: str
    first: int
    last: int
    whole: bool
    starts: tuple[int, ...]

    def holds(self, start: int, end: int) -> bool:
        """Whether a mark from ``start`` to ``end`` can be drawn under it."""
        return self.whole or self.first <= start < end <= self.last

    def underline(self, start: int, end: int, sign: str) -> str:
        """Blanks and signs that stand under the characters ``start`` to ``end``; at least one sign."""
        left = self.starts[start - self.first]
        right = self.starts[min(end, self.last) - self.first]
        return " " * left + sign * max(right - left, 1)


def _view(line: str, start: int, end: int, room: int) -> _View:
    """The line if there is room for it, else a window that shows ``start`` and as much as can be up to ``end``."""
    # of a line of megabytes only the neighbourhood is looked at
    low, high = max(0, start - 4 * room), min(len(line), start + 4 * room)
    shown, starts = _cells(line[low:high])
    if high - low == len(line) and starts[-1] <= room:
        return _View("".join(shown), 0, len(line), True, tuple(starts))  # noqa: FBT003 - the whole line
    room -= 2 * len(_ELLIPSIS)
    left, right = starts[start - low], starts[min(end, high) - low]
    # centred if the mark fits, else from its start; never past either end
    left = max(0, min(left - max(0, room - (right - left)) // 2, starts[-1] - room))
    first = next(index for index, cell in enumerate(starts) if cell >= left)
    last = max(index for index, cell in enumerate(starts) if cell <= starts[first] + room)
    before = _ELLIPSIS if low + first > 0 else ""
    after = _ELLIPSIS if low + last < len(line) else ""
    offset = len(before) - starts[first]
    return _View(
        before + "".join(shown[first:last]) + after,
        low + first,
        low + last,
        False,  # noqa: FBT003 - a part of the line
        tuple(cell + offset for cell in starts[first : last + 1]),
    )


class _Mark(ComparedByValue):
    """A place to be drawn, with its text and the sign that underlines it."""

    place: Place
    text: str
    sign: str

    @property
    def key(self) -> tuple[int, bool, str | None]:
        """Marks of one key stand under one arrow line."""
        bare = self.place.span is None
        return id(self.place.source), bare, self.place.pointer if bare else None

    def where(self) -> tuple[int, str, int, int]:
        """The number and text of the line where the span starts, and the columns from 0 that it takes there."""
        source, span = self.place.source, self.place.span
        assert span is not None
        begin = _within(source, span.start)
        number = source.position(begin).line
        line, offset = source.line(number), source.line_start(number)
        start = min(begin - offset, len(line))
        # a span over several lines is marked up to the last word of its first
        end = span.end - offset if span.end - offset <= len(line) else len(line.rstrip())
        return number, line, start, max(end, start + 1)


def _within(source: SourceText, offset: int) -> int:
    return max(0, min(offset, len(source.text)))


def _drawn(marks: Sequence[_Mark], style: str, width: int, paint: Paint) -> Iterator[str]:
    """What stands under an arrow line: source lines, each with its marks below it, or the texts alone."""
    lines: dict[tuple[int, _View], list[tuple[int, int, _Mark]]] = {}
    gutter = max([_GUTTER, *(len(str(mark.where()[0])) for mark in marks if mark.place.span is not None)])
    for mark in marks:
        if mark.place.span is None:
            if mark.text:
                yield paint("frame", f"{'=':>{gutter + 2}}") + f" {visible(mark.text)}"
            continue
        number, line, start, end = mark.where()
        fitting = (key for key in lines if key[0] == number and key[1].holds(start, end))
        key = next(fitting, None) or (number, _view(line, start, end, max(width - gutter - 3, _LEAST_ROOM)))
        lines.setdefault(key, []).append((start, end, mark))
    for (number, view), below in lines.items():
        yield (paint("frame", f"{number:>{gutter}} |") + f" {view.text}").rstrip()
        for start, end, mark in below:
            underline = paint(style if mark.sign == "^" else "frame", view.underline(start, end, mark.sign))
            yield paint("frame", f"{'|':>{gutter + 2}}") + f" {underline} {visible(mark.text)}".rstrip()


def _location(place: Place) -> str:
    """``file:line:column``, with a JSON pointer behind ``#``."""
    name, pointer = visible(place.source.name), visible(f"#{place.pointer}") if place.pointer is not None else ""
    if place.span is None:
        return name + pointer
    line, column = place.source.position(_within(place.source, place.span.start))
    return f"{name}:{line}:{column}{pointer and ' '}{pointer}"


def _frames(diagnostic: Diagnostic, style: str, width: int, paint: Paint) -> Iterator[str]:
    """The arrow lines with the source lines under each."""
    marks = [_Mark(label.place, label.text, "-") for label in diagnostic.labels]
    trail = [" › ".join(map(visible, diagnostic.breadcrumb))]
    trail.append(f"({visible(diagnostic.citation)})" if diagnostic.citation else "")
    if diagnostic.place is not None:
        marks.insert(0, _Mark(diagnostic.place, diagnostic.marker, "^"))
        trail.insert(0, _location(diagnostic.place))
    arrow = paint("frame", "  -->")
    if any(trail):
        yield f"{arrow} {'   '.join(filter(None, trail))}"
    for index, group in enumerate(collected((mark.key, mark) for mark in marks).values()):
        if index or diagnostic.place is None:
            yield f"{arrow} {_location(group[0].place)}"
        yield from _drawn(group, style, width, paint)


def _chunk(diagnostic: Diagnostic, width: int, paint: Paint) -> str:
    """One diagnostic, without the line end."""
    style = diagnostic.severity.value
    head = paint(style, f"{style}[{visible(diagnostic.code)}]")
    lines = [head + paint("strong", f": {visible(diagnostic.message)}")]
    lines += _frames(diagnostic, style, width, paint)
    lines += (f"  {paint('help', 'help:')} {visible(text)}" for text in diagnostic.helps)
    lines += (f"  {paint('strong', 'note:')} {visible(text)}" for text in diagnostic.notes)
    return "\n".join(lines)


def _chosen(ordered: Sequence[Diagnostic], most: int) -> list[Diagnostic]:
    """At most so many, in the same order; errors before warnings, so that no error is hidden by them."""
    weights = sorted(range(len(ordered)), key=lambda index: _SEVERITIES.index(ordered[index].severity))
    return [ordered[index] for index in sorted(weights[:most])]


def counts(diagnostics: Iterable[Diagnostic]) -> dict[str, int]:
    """How many errors, warnings and notes there are."""
    found = Counter(diagnostic.severity for diagnostic in diagnostics)
    return {f"{severity.value}s": found[severity] for severity in Severity}


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """One line such as ``2 errors, 1 warning``; nothing when there is nothing."""
    named = ((number, plural) for plural, number in counts(diagnostics).items() if number)
    return ", ".join(f"{number} {plural[:-1] if number == 1 else plural}" for number, plural in named)


def render_text(
    diagnostics: Iterable[Diagnostic], *, colour: bool = False, width: int = WIDTH, most: int = MOST_SHOWN
) -> str:
    """The diagnostics as a person reads them, with a line that sums up; the empty text if there are none.

    They stand in the order of files and places.  Only ``most`` are written out, the rest is counted; source lines
    longer than ``width`` are shown around the span.
    """
    ordered = in_order(diagnostics)
    if not ordered:
        return ""
    paint = _coloured if colour else _plain
    chunks = [_chunk(diagnostic, width, paint) for diagnostic in _chosen(ordered, most)]
    if len(ordered) > len(chunks):
        chunks.append(f"and {len(ordered) - len(chunks)} more")
    return "\n\n".join([*chunks, summary(ordered)]) + "\n"


def place_values(place: Place | None) -> JsonObject:
    """Where a place is: lines and columns from 1, offsets from 0, all in characters, the ends exclusive."""
    values: JsonObject = dict.fromkeys(
        ("file", "line", "column", "end_line", "end_column", "offset", "end_offset", "pointer")
    )
    if place is None:
        return values
    values |= {"file": place.source.name, "pointer": place.pointer}
    if place.span is not None:
        start = _within(place.source, place.span.start)
        end = max(start, _within(place.source, place.span.end))
        values["line"], values["column"] = place.source.position(start)
        values["end_line"], values["end_column"] = place.source.position(end)
        values |= {"offset": start, "end_offset": end}
    return values


def _values(diagnostic: Diagnostic) -> JsonObject:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **place_values(diagnostic.place),
        "marker": diagnostic.marker,
        "labels": [{"text": label.text, **place_values(label.place)} for label in diagnostic.labels],
        "helps": list(diagnostic.helps),
        "notes": list(diagnostic.notes),
        "fixes": [
            {"title": fix.title, "certainty": fix.certainty.value}
            | {"replacement": fix.replacement, **place_values(fix.place)}
            for fix in diagnostic.fixes
        ],
        "breadcrumb": list(diagnostic.breadcrumb),
        "citation": diagnostic.citation,
    }


def to_json(diagnostics: Iterable[Diagnostic]) -> JsonObject:
    """All diagnostics as plain values, in the order of files and places; see ``schemas/diagnostics.schema.json``."""
    ordered = in_order(diagnostics)
    return {"diagnostics": [_values(diagnostic) for diagnostic in ordered], "summary": counts(ordered)}
