"""What holds for all events, beside what was run for one."""

from rulelang.document.markup import Markup, element, name_of
from rulelang.proof.claims.verdict import Settled
from rulelang.proof.proof import Proof, answer_of
from rulelang.proof.told import details_of, summary, taken_for_granted
from rulelang.report.sections import section
from rulelang.report.tables import Column, named, table


def proved(proof: Proof) -> Markup:
    """Every question with its verdict, for whom it was proved or what refutes it, and what that rests on."""
    whole = "This was asked of all events: every loss, decision and datum. All else on this page is of one event."
    rests = taken_for_granted(proof)
    columns = [*map(Column, ("Claim", "Verdict", "For whom, or what was seen"))]
    parts = [
        element("p", f"{whole} In all: {summary(proof)}."),
        element("ul", [element("li", name_of(one)) for one in rests]) if rests else None,
        table("proof-table", "What holds for all events", columns, [_row(proof, one) for one in proof.settled]),
    ]
    return section("proof", "What holds for all events", *parts)


def _row(proof: Proof, settled: Settled) -> Markup:
    told = "; ".join(text for text in details_of(proof, settled) if text).replace("`", "")
    cells = (
        named(settled.question.text.replace("`", "")),
        element("td", answer_of(settled)),
        element("td", name_of(told)),
    )
    return element("tr", cells)
