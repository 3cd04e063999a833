"""The exhibit of a change of rules: the verdict, the edits, and who pays differently."""

from collections.abc import Iterator
from fractions import Fraction

from rulelang.base.money import Currency, size_of
from rulelang.document.markup import Markup, element, lines, name_of
from rulelang.document.write import Plain
from rulelang.model.allocation import with_version
from rulelang.profiles.words import shortened
from rulelang.report.data import Report, names_of, payers_of
from rulelang.report.sections import figure, legend, section
from rulelang.report.tables import Amounts, Column, amount, foot_row, named, table


def changes(report: Report, shown: Plain) -> Markup:
    """The exhibit; ``shown`` is described in :mod:`rulelang.report.changes`."""
    old, new = report.old, report.new
    assert old is not None
    verdict = element(
        "p", element("b", shown["verdict"]), f": {shown['sentence']}. Compared: {shown['compared']}.", class_="verdict"
    )
    charts = []
    if new.profile is not None:
        both = "What each class of payers pays over the loss: solid under the new rules, dashed under the old ones."
        more = "By how much each class pays more (above zero) or less (below) under the new rules."
        charts = [figure("difference-chart", more), figure("change-chart", both), legend(report)]
    before, after = (with_version(f"“{each.program.title}”", each.program.version) for each in (old, new))
    versions = element("p", f"Old: {before}. New: {after}.")
    parts = [verdict, versions, *charts, _payers(report, shown), _steps(report, shown), *_edits(shown)]
    return section("changes", "What the change of rules changes", parts)


def _payers(report: Report, shown: Plain) -> Markup:
    assert report.old is not None
    currency, names = report.new.allocation.currency, names_of(report)
    rows, total = [], [0, 0]
    for number, payer in enumerate(payers_of(report)):
        before, after = report.old.allocation.paid_by(payer), report.new.allocation.paid_by(payer)
        total = [total[0] + before, total[1] + after]
        over = shown["payers"].get(payer)
        cells = [
            named(names.get(payer) or payer),
            amount(currency, before, data_cell="before"),
            amount(currency, after, data_cell="after"),
            amount(currency, after - before, data_cell="difference"),
            *_over(report, over, currency),
            element("td", payer),
        ]
        rows.append(element("tr", cells, data_payer=str(number)))
    columns = [Column("Payer"), Amounts("Before"), Amounts("After"), Amounts("Difference")]
    columns += [] if report.fixed else [Column("Pays differently"), Column("Most")]
    columns += [Column("Id")]
    sums = (total[0], total[1], total[1] - total[0])
    added = [amount(currency, each, data_sum=str(place)) for place, each in enumerate(sums, start=1)]
    foot = [foot_row("Together", [*added, element("td", colspan=str(len(columns) - 4))])]
    caption = f"Every payer under the old and the new rules, in {currency.code}"
    return table("change-payers-table", caption, columns, rows, foot, filters=True)


def _over(report: Report, over: Plain | None, currency: Currency) -> list[Markup]:
    """Where a payer pays differently, and by how much at most, if other losses than the event's were compared."""
    if report.fixed:
        return []
    if over is None:
        return [element("td", "nowhere"), element("td", "–")]
    return [element("td", "; ".join(_bands(over["bands"], currency))), element("td", _largest(over, currency))]


def _bands(bands: list[Plain], currency: Currency) -> Iterator[str]:
    """The losses at which a payer pays more or less, in whole minor units; ``…`` says that an amount is cut off."""
    for band in bands:
        word = "more" if band["sign"] > 0 else "less"
        start = shortened(Fraction(band["start"]), currency)
        if band["end"] is None:
            yield f"{word} above {start}"
        elif band["end"] == band["start"]:
            yield f"{word} at {start}"
        else:
            yield f"{word} from {start} to {shortened(Fraction(band['end']), currency)}"


def _largest(over: Plain, currency: Currency) -> str:
    if over["unbounded"]:
        return f"ever {'more' if over['bands'][-1]['sign'] > 0 else 'less'} the larger the loss"
    largest = Fraction(over["largest"])
    word = "more" if largest > 0 else "less"
    where = "at" if over["side"] == "at" else f"just {over['side']}"
    return f"{shortened(size_of(largest), currency)} {word}, {where} {shortened(Fraction(over['at']), currency)}"


def _steps(report: Report, shown: Plain) -> Markup:
    """The steps of both versions; those that correspond stand on one line."""
    assert report.old is not None
    currency = report.new.allocation.currency
    former = {row["new"]: row["old"] for row in shown["steps"]}
    pairs: list[tuple[str | None, str | None]] = [(former.get(name), name) for name in report.new.program.steps]
    pairs += [(name, None) for name in report.old.program.steps if name not in former.values()]
    rows = [_step(report, old, new, currency) for old, new in pairs]
    columns = [
        Column("Step"), Amounts("Before"), Amounts("After"), Amounts("Difference"),
        Column("Old name"), Column("New name"),
    ]  # fmt: skip
    return table("change-steps-table", f"Every step under the old and the new rules, in {currency.code}", columns, rows)


def _step(report: Report, old: str | None, new: str | None, currency: Currency) -> Markup:
    assert report.old is not None
    step = report.new.program.steps[new] if new else report.old.program.steps[old or ""]
    before = report.old.allocation.drawn(old) if old else None
    after = report.new.allocation.drawn(new) if new else None
    cells = [
        named(step.title or step.name),
        amount(currency, before, data_cell="before"),
        amount(currency, after, data_cell="after"),
        amount(currency, (after or 0) - (before or 0), data_cell="difference"),
        element("td", old or "–"),
        element("td", new or "–"),
    ]
    return element("tr", cells, data_old=old, data_new=new)


def _edits(shown: Plain) -> Iterator[Markup]:
    """The edits of the text, those that can have no effect last."""
    yield element("h3", "The edits")
    if not shown["edits"]:
        yield element("p", "Both versions say the same.")
        return
    edits = sorted(shown["edits"], key=lambda edit: edit["textual"])
    yield element("ol", [_edit(edit) for edit in edits], class_="edits")


def _edit(edit: Plain) -> Markup:
    """One edit with both texts, those of more than one line below each other."""
    note = " (cannot change an allocation)" if edit["textual"] else ""
    head = element("p", element("b", edit["kind"].replace("-", " ")), element("span", note, class_="note"))
    texts = [
        (element("dt", label), element("dd", element("pre", lines(edit[name]), tabindex="0")))
        for label, name in (("Old", "old"), ("New", "new"))
        if edit[name]
    ]
    subject = edit["subject"]
    about = element("p", f"{edit['part']} ", element("code", name_of(subject))) if subject else None
    return element("li", head, about, element("dl", texts, class_="texts") if texts else None)
