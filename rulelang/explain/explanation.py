"""An explanation as a value: paragraphs of sentences and lines, as text, as Markdown and as plain values.

Names and titles come from strangers and stay plain text in every form.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from rulelang.base.render import visible
from rulelang.document.cells import markdown_sentence


@frozen
class Paragraph:
    """A heading, sentences, and lines of a list; ``facts`` says the same as plain values.

    Text and Markdown show ``shown`` lines of the list (``None``: all) and then the line ``others``.
    """

    heading: str
    sentences: tuple[str, ...]
    lines: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(factory=dict, repr=False)
    shown: int | None = None
    others: str = ""

    @property
    def visible_lines(self) -> tuple[str, ...]:
        """The lines that text and Markdown show."""
        if self.shown is None or len(self.lines) <= self.shown:
            return self.lines
        return (*self.lines[: self.shown], self.others)


@frozen
class Explanation:
    """A run, or what one payer or one step had to do with it, in paragraphs."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    facts: Mapping[str, Any] = field(factory=dict, repr=False)

    def to_text(self, width: int = 80) -> str:
        """Plain text, no line wider than ``width`` cells unless a single word is."""
        title = list(_wrapped(self.title, width))
        blocks = ["\n".join([*title, "=" * min(width, max(map(_cells, title), default=0))])]
        for paragraph in self.paragraphs:
            lines = list(_wrapped(paragraph.heading, width))
            lines.append("-" * min(width, max(map(_cells, lines), default=0)))
            lines.extend(_wrapped(" ".join(paragraph.sentences), width))
            for line in paragraph.visible_lines:
                lines.extend(_wrapped(line, width, "  - ", "    "))
            blocks.append("\n".join(lines))
        return "\n\n".join(blocks) + "\n"

    def to_markdown(self) -> str:
        """Markdown, every name and title escaped."""
        blocks = [f"# {markdown_sentence(self.title)}"]
        for paragraph in self.paragraphs:
            blocks.append(f"## {markdown_sentence(paragraph.heading, opens=False)}")
            if paragraph.sentences:
                blocks.append(markdown_sentence(" ".join(paragraph.sentences)))
            if paragraph.lines:
                blocks.append("\n".join(f"- {markdown_sentence(line)}" for line in paragraph.visible_lines))
        return "\n\n".join(blocks) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """Plain values: every sentence, every payer, amounts as strings in major units."""
        return {
            **self.facts,
            "title": self.title,
            "paragraphs": [
                {
                    "heading": paragraph.heading,
                    "sentences": list(paragraph.sentences),
                    "lines": list(paragraph.lines),
                    "facts": dict(paragraph.facts),
                }
                for paragraph in self.paragraphs
            ],
        }


_CODE_AND_AMOUNT = re.compile(r"(?<=\b[A-Z]{3}) (?=-?[0-9])")


def _cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # takes a while, and most texts have plain letters only

    return cell_len(text)


def _wrapped(text: str, width: int, first: str = "", later: str = "") -> Iterator[str]:
    """The text in lines; a currency stays with its amount."""
    line, room = first, False
    for word in _CODE_AND_AMOUNT.sub("\0", visible(text)).split():
        shown = word.replace("\0", " ")
        if room and _cells(line) + 1 + _cells(shown) > width:
            yield line
            line, room = later, False
        line += f" {shown}" if room else shown
        room = True
    if room:
        yield line
