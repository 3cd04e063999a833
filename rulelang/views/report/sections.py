"""The sections of a page, from top to bottom."""

from collections.abc import Iterator, Sequence

from rulelang.views.explanation import Paragraph
from rulelang.views.report.data import Report, Version, names_of, payers_of
from rulelang.views.report.markup import Markup, element, lines, name_of
from rulelang.views.report.tables import Column, amount, foot_row, named, percent, table
from rulelang.views.report.texts import StepText, Texts

CLASSES = {
    "defaulters": "Defaulters",
    "ccp": "The CCP",
    "parties": "Other parties",
    "survivors": "Surviving members",
}
"""Classes of payers, in the order in which they are shown."""


def section(identity: str, title: str, *children: Markup | Sequence[Markup] | None) -> Markup:
    """A section of the page with its heading."""
    heading = element("h2", title, id=f"{identity}-title")
    return element("section", heading, children, id=identity, aria_labelledby=f"{identity}-title")


def summary(report: Report, texts: Texts) -> Markup:
    """The figures that matter most, and how the default began."""
    allocation = report.new.allocation
    show = allocation.currency.show
    figures = [
        ("loss", "Loss", show(allocation.loss)),
        ("covered", "Covered", show(allocation.loss - allocation.uncovered)),
        ("uncovered", "Uncovered", show(allocation.uncovered)),
        ("outcome", "Outcome", _outcome(report.new)),
    ]
    shown = [
        element("div", element("dt", label), element("dd", value, data_figure=name), class_="figure")
        for name, label, value in figures
    ]
    totals = dict.fromkeys(payers_of(report).values(), 0)
    for payer, group in payers_of(report).items():
        totals[group] += allocation.paid_by(payer)
    classes = [
        element(
            "li",
            element("span", class_=f"swatch {group}", aria_hidden="true"),
            f"{CLASSES[group]} ",
            element("b", show(total), data_class_total=group),
        )
        for group, total in totals.items()
    ]
    beginning = element("p", " ".join(texts.beginning.sentences))
    return section("summary", "Summary", element("dl", shown, class_="figures"), element("ul", classes, class_="key"), beginning)


def _outcome(version: Version) -> str:
    last, allocation = version.program.outcome, version.allocation
    if not allocation.uncovered or last is None:
        return allocation.outcome
    return last.title or last.name


def waterfall(report: Report) -> Markup:
    """The chart of the waterfall and the table of its steps."""
    allocation, currency = report.new.allocation, report.new.allocation.currency
    rows = []
    for number, line in enumerate(allocation.lines):
        where = element("span", f" in {line.segment}", class_="where") if line.segment else None
        cells = [
            element("th", name_of(line.title or line.step), where, scope="row"),
            element("td", element("code", line.step)),
            amount(currency, allocation.trail.turns[number].before, data_cell="before"),
            amount(currency, line.capacity, data_cell="capacity"),
            amount(currency, line.drawn, data_cell="drawn"),
            amount(currency, line.remaining, data_cell="after"),
            element("td", line.skipped or "paid", data_cell="status"),
        ]
        rows.append(element("tr", cells, data_turn=str(number)))
    covered, empty = allocation.loss - allocation.uncovered, element("td")
    foot = [
        foot_row("Paid by the steps shown", 4, [amount(currency, covered, data_sum="4"), empty, empty]),
        foot_row("Uncovered", 4, [amount(currency, allocation.uncovered, data_uncovered=""), empty, empty]),
        foot_row("Loss", 4, [amount(currency, allocation.loss, data_loss=""), empty, empty]),
    ]
    columns = [
        Column("Step"), Column("Name"), Column("Meets a loss of", True), Column("Can pay", True),
        Column("Pays", True), Column("Leaves", True), Column("State"),
    ]  # fmt: skip
    chart = figure("waterfall-chart", "The loss at one end, what each step takes of it, what stays uncovered at the other.")
    made = table("steps-table", f"The steps of the waterfall, in {currency.code}", columns, rows, foot, filters=True)
    return section("waterfall", "The waterfall", chart, made)


def figure(identity: str, caption: str) -> Markup:
    """A place for a chart; the page's script writes its text alternative."""
    chart = element("div", id=identity, class_="chart", role="img", aria_label=caption)
    return element("figure", chart, element("figcaption", caption))


def payers(report: Report) -> Markup:
    """The chart and the table of payers."""
    allocation, currency, names = report.new.allocation, report.new.allocation.currency, names_of(report)
    rows = []
    for number, (payer, group) in enumerate(payers_of(report).items()):
        paid = allocation.paid_by(payer)
        share = element("td", percent(paid, allocation.loss), class_="number", data_cell="share", data_units=str(paid))
        cells = [
            named(names.get(payer), payer),
            element("td", payer),
            element("td", element("span", class_=f"swatch {group}", aria_hidden="true"), CLASSES[group]),
            amount(currency, paid, data_cell="total"),
            share,
        ]
        rows.append(element("tr", cells, data_payer=str(number)))
    covered, empty = allocation.loss - allocation.uncovered, element("td")
    foot = [
        foot_row("Paid by those shown", 3, [amount(currency, covered, data_sum="3"), empty]),
        foot_row("Uncovered", 3, [amount(currency, allocation.uncovered, data_uncovered=""), empty]),
        foot_row("Loss", 3, [amount(currency, allocation.loss, data_loss=""), empty]),
    ]
    columns = [Column("Payer"), Column("Id"), Column("Class"), Column("Pays", True), Column("Part of the loss", True)]
    made = table("payers-table", f"Who pays how much, in {currency.code}", columns, rows, foot, filters=True)
    chart = figure("payers-chart", "The largest payers, the largest amount first.")
    return section("payers", "Who pays", chart, made)


def growth(report: Report) -> Markup | None:
    """Who pays as the loss grows, and the losses at which the answer changes."""
    from rulelang.views.report.breakpoints import breakpoints

    profile, currency = report.new.profile, report.new.allocation.currency
    if profile is None:
        return None
    rows = []
    for row in breakpoints(profile):
        button = element("button", currency.grouped(int(row["loss"])), type="button", data_go_to=row["loss"])
        happenings = [element("li", name_of(text)) for text in row["what"]]
        cells = [element("td", button, class_="number", data_units=row["loss"]), element("td", element("ul", happenings))]
        rows.append(element("tr", cells))
    chart = figure("growth-chart", "What each class of payers pays as the loss grows; the dashed line is the loss shown.")
    caption = f"The losses at which the answer changes, in {currency.code}"
    made = table("breakpoints-table", caption, [Column("Loss", True), Column("What happens there")], rows)
    ended = None
    if profile.ended:
        ended = element("p", f"The rules end here: {profile.ended[0].message}.", class_="note")
    return section("growth", "As the loss grows", chart, legend(report), made, *([] if ended is None else [ended]))


def legend(report: Report) -> Markup:
    """The colours of the classes of payers."""
    groups = [*dict.fromkeys(payers_of(report).values()), "uncovered"]
    items = [
        element("li", element("span", class_=f"swatch {group}", aria_hidden="true"), CLASSES.get(group, "Uncovered"))
        for group in groups
    ]
    return element("ul", items, class_="key")


# ---------------------------------------------------------------------------------------------------- steps in detail


def steps(report: Report, texts: Texts) -> Markup:
    """Each step with its title, citation, the rule as written and the formula in words."""
    places = [(line.step, line.segment) for line in report.new.allocation.lines]
    loss = report.new.allocation.currency.show(report.new.allocation.loss)
    return section(
        "steps",
        "The steps one by one",
        element("p", f"What is said in sentences is said of the event's own loss, {loss}.", class_="note"),
        [_step(report.new, text, places) for text in texts.steps],
    )


def _step(version: Version, told: StepText, places: Sequence[tuple[str, str | None]]) -> Markup:
    step = told.step
    title = element(
        "summary",
        element("span", told.number, class_="place"),
        element("h3", name_of(step.title or step.name)),
        element("span", ", ".join(told.citations), class_="citation"),
    )
    facts = [("Name", step.name), ("Kind", step.kind), ("Citation", "; ".join(told.citations) or "none")]
    if told.beside is not None:
        facts.append(("Group", told.beside))
    described = element("dl", [(element("dt", name), element("dd", value)) for name, value in facts], class_="facts")
    rule = (element("h4", "The rule as written"), element("pre", lines(told.rule), tabindex="0"))
    turns = [_turn(version, segment, said, places.index((step.name, segment))) for segment, said in told.turns]
    return element("details", title, described, rule, turns, class_=f"step {_class(step.payers)}", id=f"step-{step.name}")


def _class(payers: str) -> str:
    return payers if payers in CLASSES else "parties"


def _turn(version: Version, segment: str | None, said: Paragraph, place: int) -> Markup:
    where = "" if segment is None else f" in {segment}"
    drawn = version.allocation.lines[place].drawn
    show = version.allocation.currency.show
    amounts = element(
        "div",
        element("p", f"Pays{where} at the loss shown: ", element("b", show(drawn), data_drawn="")),
        element("div", _payers_of(version, place), class_="scroll", hidden=not drawn),
        data_payers_of=str(place),
    )
    return element(
        "div", element("h4", f"In words{where}"), *_paragraph(said), amounts, class_="turn"
    )


def _payers_of(version: Version, place: int) -> Markup:
    """Who pays under a step; the script fills it in again for other losses."""
    turn, names, currency = version.allocation.trail.turns[place], version.allocation.names, version.allocation.currency
    pairs = zip(turn.paid, turn.payers, strict=True)
    paid = sorted((pair for pair in pairs if pair[0]), key=lambda pair: (-pair[0], pair[1]))
    rows = [
        element("tr", named(names.get(payer), payer), element("td", payer), amount(currency, units))
        for units, payer in paid
    ]
    head = element(
        "tr",
        element("th", "Payer", scope="col"),
        element("th", "Id", scope="col"),
        element("th", f"Pays, in {currency.code}", scope="col", class_="number"),
    )
    return element("table", element("thead", head), element("tbody", rows))


def _paragraph(said: Paragraph) -> Iterator[Markup]:
    if said.sentences:
        yield element("p", " ".join(said.sentences))
    if said.visible_lines:
        yield element("ul", [element("li", line) for line in said.visible_lines])


def ending(texts: Texts) -> Markup:
    """The outcome, what must hold, what was filled in, and remarks."""
    told = [(element("h3", said.heading), *_paragraph(said)) for said in texts.ending]
    return section("ending", "Outcome and checks", *told)
