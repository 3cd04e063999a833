"""The sections of a page, from top to bottom."""

from collections.abc import Iterable, Iterator, Sequence

from rulelang.document.markup import Markup, element, name_of
from rulelang.explain.explanation import Paragraph
from rulelang.report.data import CLASSES, Report, Version, names_of, payers_of
from rulelang.report.tables import Amounts, Column, amount, foot_row, named, percent, table
from rulelang.report.texts import Texts
from rulelang.report.turn_places import NO_ROUND
from rulelang.run.plan import TurnPlan


def section(identity: str, title: str, *children: Markup | Sequence[Markup] | None) -> Markup:
    """A section of the page with its heading."""
    heading = element("h2", title, id=f"{identity}-title")
    return element("section", heading, children, id=identity, aria_labelledby=f"{identity}-title")


def contents(links: Iterable[tuple[str, str]]) -> Markup:
    """The links to the sections of a page, each by its identity and its name."""
    items = [element("li", element("a", name, href=f"#{to}")) for to, name in links]
    return element("nav", element("ul", items), aria_label="Contents")


def figures(shown: Iterable[tuple[str | None, str, str]]) -> Markup:
    """Figures that matter most; by the first of the three the page's script finds those that it changes."""
    made = [
        element("div", element("dt", label), element("dd", value, data_figure=name), class_="figure")
        for name, label, value in shown
    ]
    return element("dl", made, class_="figures")


def sources(texts: Iterable[tuple[str, str, str]], said: str) -> Markup:
    """The foot of a page: of each text that ran what it is, its name and its digest; below them what is ``said``."""
    rows = [
        element(
            "tr",
            element("th", what, scope="row"),
            element("td", name_of(name)),
            element("td", element("code", digest), class_="digest"),
        )
        for what, name, digest in texts
    ]
    columns = [*map(Column, ("Text", "Name", "SHA-256"))]
    made = table("sources-table", "The texts that ran", columns, rows, sorts=False)
    return element("footer", element("h2", "Sources", id="sources"), made, element("p", said))


def summary(report: Report, texts: Texts) -> Markup:
    """The figures that matter most, and how the default began."""
    allocation = report.new.allocation
    show = allocation.currency.show
    shown = [
        ("loss", "Loss", show(allocation.loss)),
        ("covered", "Covered", show(allocation.loss - allocation.uncovered)),
        ("uncovered", "Uncovered", show(allocation.uncovered)),
        ("outcome", "Outcome", _outcome(report.new)),
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
    return section("summary", "Summary", figures(shown), element("ul", classes, class_="key"), beginning)


def _outcome(version: Version) -> str:
    last, allocation = version.program.outcome, version.allocation
    if not allocation.uncovered or last is None:
        return allocation.outcome
    return last.title or last.name


def waterfall(report: Report) -> Markup:
    """The chart of the waterfall and the table of its steps."""
    allocation, currency = report.new.allocation, report.new.allocation.currency
    rows = []
    places = report.new.places
    for place, (turn, number) in enumerate(zip(places.turns, places.told(allocation.trail.turns), strict=True)):
        rows.append(_waterfall_row(report.new, turn, place, number))
    columns = [
        Column("Step"), Amounts("Pays"), Amounts("Leaves"), Amounts("Can pay"),
        Amounts("Meets a loss of"), Column("State"), Column("Name"),
    ]  # fmt: skip
    foot = _foot(report.new, "Paid by the steps shown", len(columns))
    chart = figure(
        "waterfall-chart", "The loss at one end, what each step takes of it, what stays uncovered at the other."
    )
    made = table("steps-table", f"The steps of the waterfall, in {currency.code}", columns, rows, foot, filters=True)
    return section("waterfall", "The waterfall", chart, made)


def _waterfall_row(version: Version, turn: TurnPlan, place: int, number: int | None) -> Markup:
    """A turn in its place; ``number`` is its number in the run of the event, ``None`` for a round not done there."""
    allocation, step, words = version.allocation, turn.step, version.places.words(turn)
    line = None if number is None else allocation.lines[number]
    before = None if number is None else allocation.trail.turns[number].before
    figures = (None,) * 3 if line is None else (line.drawn, line.remaining, line.capacity)
    where = element("span", words, class_="where") if words else None
    named_figures = zip(("drawn", "after", "capacity", "before"), (*figures, before), strict=True)
    cells = [
        element("th", name_of(step.title or step.name), where, scope="row"),
        *(amount(allocation.currency, units, data_cell=name) for name, units in named_figures),
        element("td", NO_ROUND if line is None else line.skipped or "paid", data_cell="status"),
        element("td", element("code", step.name)),
    ]
    return element("tr", cells, data_turn=str(place))


def _foot(version: Version, paid: str, columns: int) -> list[Markup]:
    """The foot of a table whose second column is what is paid: what is shown, the uncovered rest, the whole loss."""
    allocation, currency = version.allocation, version.allocation.currency
    rest = element("td", colspan=str(columns - 2))
    covered = allocation.loss - allocation.uncovered
    return [
        foot_row(paid, [amount(currency, covered, data_sum="1"), rest]),
        foot_row("Uncovered", [amount(currency, allocation.uncovered, data_uncovered=""), rest]),
        foot_row("Loss", [amount(currency, allocation.loss, data_loss=""), rest]),
    ]


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
            named(names.get(payer) or payer),
            amount(currency, paid, data_cell="total"),
            share,
            element("td", element("span", class_=f"swatch {group}", aria_hidden="true"), CLASSES[group]),
            element("td", payer),
        ]
        rows.append(element("tr", cells, data_payer=str(number)))
    columns = [Column("Payer"), Amounts("Pays"), Amounts("Part of the loss"), Column("Class"), Column("Id")]
    foot = _foot(report.new, "Paid by those shown", len(columns))
    made = table("payers-table", f"Who pays how much, in {currency.code}", columns, rows, foot, filters=True)
    chart = figure("payers-chart", "The largest payers, the largest amount first.")
    return section("payers", "Who pays", chart, made)


def growth(report: Report) -> Markup | None:
    """Who pays as the loss grows, and the losses at which the answer changes."""
    from rulelang.report.breakpoints import breakpoints

    profile, currency = report.new.profile, report.new.allocation.currency
    if profile is None:
        return None
    rows = []
    for row in breakpoints(profile, report.new.places):
        button = element("button", currency.grouped(int(row["loss"])), type="button", data_go_to=row["loss"])
        happenings = [element("li", name_of(text)) for text in row["what"]]
        cells = [
            element("td", button, class_="number", data_units=row["loss"]),
            element("td", element("ul", happenings)),
        ]
        rows.append(element("tr", cells))
    chart = figure(
        "growth-chart", "What each class of payers pays as the loss grows; the dashed line is the loss shown."
    )
    caption = f"The losses at which the answer changes, in {currency.code}"
    made = table("breakpoints-table", caption, [Amounts("Loss"), Column("What happens there")], rows)
    ended = None
    if profile.ended:
        ended = element("p", f"The rules end here: {profile.ended[0].message}.", class_="note")
    return section("growth", "As the loss grows", chart, legend(report), made, ended)


def legend(report: Report) -> Markup:
    """The colours of the classes of payers."""
    groups = [*dict.fromkeys(payers_of(report).values()), "uncovered"]
    items = [
        element("li", element("span", class_=f"swatch {group}", aria_hidden="true"), CLASSES.get(group, "Uncovered"))
        for group in groups
    ]
    return element("ul", items, class_="key")


def paragraph(said: Paragraph) -> Iterator[Markup]:
    """A paragraph of an explanation, without its heading."""
    if said.sentences:
        yield element("p", " ".join(said.sentences))
    if said.visible_lines:
        yield element("ul", [element("li", line) for line in said.visible_lines])


def ending(texts: Texts) -> Markup:
    """The outcome, what must hold, what was filled in, and remarks."""
    told = [(element("h3", said.heading), *paragraph(said)) for said in texts.ending]
    return section("ending", "Outcome and checks", *told)
