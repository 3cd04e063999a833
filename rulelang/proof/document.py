"""What was proved, refuted or left open, as a document."""

from collections.abc import Mapping

from rulelang.document.document import Document, Headline, Section
from rulelang.document.table import Cell, Column, Reader, Table, name, rows_of
from rulelang.proof.claims.verdict import Settled, Unknown
from rulelang.proof.proof import Proof, answer_of
from rulelang.proof.told import details_of, summary, taken_for_granted, title_of

_TONES: Mapping[str, str] = {"proved": "good", "yes": "good", "REFUTED": "bad", "NEVER": "bad"}
_COLUMNS = ("claim", "citation", "verdict", "for whom, or what was seen", "seconds")


def proof_document(proof: Proof, reader: Reader) -> Document:
    """A row for each question, and the events that show something, to be copied."""
    rests = tuple(taken_for_granted(proof))
    sections = [
        Section("What every verdict rests on", 2, items=rests) if rests else None,
        verdicts_section(proof, "Verdicts"),
    ]
    if reader.form in ("markdown", "html"):
        sections += [
            Section(f"Event: {key}", 2, intro=(witness.shown,), code=tuple(witness.texts[0].splitlines()))
            for key, witness in proof.witnesses.items()
        ]
    headline = Headline(proof.verdict, proof.verdict == "proved", summary(proof))
    return Document((title_of(proof),), tuple(one for one in sections if one is not None), headline=headline)


def verdicts_section(proof: Proof, title: str) -> Section:
    """The table of verdicts."""
    rows = rows_of(*(_row(proof, settled) for settled in proof.settled))
    return Section(title, 2, table=Table("Verdicts", tuple(map(Column, _COLUMNS)), rows))


def _row(proof: Proof, settled: Settled) -> tuple[Cell, ...]:
    word = answer_of(settled)
    tone = "dim" if isinstance(settled.verdict, Unknown) else _TONES.get(word, "")
    return (
        Cell("text", settled.question.text) if settled.question.name[:6] != "ensure" else name(settled.question.text),
        name(settled.question.citation),
        Cell("name", word, tone=tone),  # type: ignore[arg-type]
        name("; ".join(text for text in details_of(proof, settled) if text).replace("`", "")),
        name(f"{settled.seconds:.2f}"),
    )
