"""The days of a history on its page, each folded: what happened, its run with the steps in words, what stands then."""

from collections.abc import Iterator, Mapping, Sequence

from rulelang.check.program import CheckedProgram
from rulelang.document.allocation import allocation_document
from rulelang.document.html import render_fragment
from rulelang.document.markup import Markup, element, lines, name_of, raw
from rulelang.document.table import PAGE
from rulelang.explain.sentences.words import within
from rulelang.model.history import Due, HistoryDay, HistoryResult, Movement
from rulelang.report.data import Version
from rulelang.report.history_picture import losses_of
from rulelang.report.sections import paragraph
from rulelang.report.tables import Amounts, Column, amount, foot_row, name_and_version, named, table
from rulelang.report.texts import texts_of

Programs = Mapping[str, CheckedProgram]
"""The rulebooks of a history by the digests of their texts."""


def day_of(result: HistoryResult, day: HistoryDay, programs: Programs, link: Markup | None = None) -> Markup:
    """One day, folded: what happened, the run with all its tables and the ``link`` to its page, what stands then."""
    place = element("span", str(day.date), class_="place")
    heading = element("summary", place, element("h3", name_of(losses_of(day) or _quiet(result, day))))
    return element("details", heading, [*_parts(result, day, programs, link)], class_="step", id=f"day-{day.date}")


def _quiet(result: HistoryResult, day: HistoryDay) -> str:
    if day is result.days[0]:
        return "The opening"
    before = result.days[result.days.index(day) - 1]
    happened = {
        "another rulebook": day.rulebook != before.rulebook,
        "money in and out": day.paid_in,
        "recoveries": day.repaid or day.rest,
    }
    return ", ".join(what for what, there in happened.items() if there) or "no loss"


def _parts(result: HistoryResult, day: HistoryDay, programs: Programs, link: Markup | None) -> Iterator[Markup | None]:
    currency = result.currency
    yield element("p", "Under ", name_and_version(day.rulebook.title, day.rulebook.version), ".")
    yield _rows("paid-in", "Paid in (below zero: paid out)", day, day.paid_in, result)
    yield _rows("owed-no-more", "Owed no more, as the payer defaults", day, day.cancelled, result)
    yield link
    if day.run is not None:
        yield raw(render_fragment(allocation_document(day.run, PAGE)))
        if link is None:
            yield _in_words(day, programs[day.rulebook.sha256])
    yield _rows("due", "Due from this day on", day, day.due, result)
    if day.repaid or day.rest:
        rows = [
            element(
                "tr",
                named(one.payer),
                element("td", name_of(one.step)),
                element("td", name_of(one.defaulter)),
                amount(currency, one.amount),
            )
            for one in day.repaid
        ]
        columns = [Column("Payer"), Column("Of what it paid under"), Column("For"), Amounts("Gets back")]
        foot = [foot_row("The rest", [element("td"), element("td"), amount(currency, day.rest)])]
        yield table(f"repaid-{day.date}", f"Repaid, in {currency.code}", columns, rows, foot, sorts=False)
    yield _rows("overdue", "Overdue when the day ends", day, day.overdue, result)
    yield _rows("balances", "Balances when the day ends", day, day.balances, result)


def _rows(
    kind: str, caption: str, day: HistoryDay, found: Sequence[Movement | Due], result: HistoryResult
) -> Markup | None:
    """Amounts by payer and pot, with the day on which they are payable where they are due."""
    if not found:
        return None
    dated = any(one.payable is not None for one in found)
    rows = [
        element(
            "tr",
            named(one.payer),
            element("td", name_of(f"{one.pot}{within(one.segment)}")),
            amount(result.currency, one.amount),
            element("td", str(one.payable or day.date)) if dated else None,
        )
        for one in found
    ]
    columns = [Column("Payer"), Column("Pot"), Amounts("Amount")]
    columns += [Column("Payable" if isinstance(found[0], Due) else "On")] if dated else []
    return table(f"{kind}-{day.date}", f"{caption}, in {result.currency.code}", columns, rows, sorts=False)


def _in_words(day: HistoryDay, program: CheckedProgram) -> Markup:
    """The steps of a run: the rule as written, the formula in words with the amounts of the day."""
    assert day.run is not None
    assert day.event is not None
    texts = texts_of(Version(program, day.event, day.run, None))
    told = [
        (
            element("h4", f"{text.number} ", name_of(text.step.title or text.step.name), _cited(text.citations)),
            element("pre", lines(text.rule), tabindex="0"),
            [element("div", *paragraph(said)) for said in text.turns.values()],
        )
        for text in texts.steps
    ]
    ending = [(element("h4", said.heading), *paragraph(said)) for said in texts.ending]
    return element("details", element("summary", "The steps one by one, in words"), told, ending, class_="words")


def _cited(citations: Sequence[str]) -> Markup | None:
    return element("span", f" {', '.join(citations)}", class_="where") if citations else None
