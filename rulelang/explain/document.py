"""An explanation as a document: a section for each paragraph."""

from rulelang.document.document import Document, Section
from rulelang.document.table import Reader
from rulelang.explain.explanation import Explanation


def explanation_document(told: Explanation, _reader: Reader) -> Document:
    """Sentences, and below them the lines of each list."""
    sections = (
        Section(
            paragraph.heading,
            intro=(" ".join(paragraph.sentences),) if paragraph.sentences else (),
            items=paragraph.visible_lines,
        )
        for paragraph in told.paragraphs
    )
    return Document((told.title,), tuple(sections), exercise=told.facts.get("event", {}).get("exercise"))
