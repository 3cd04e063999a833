"""The page of a history: the time line, the pots, each day with its run, and the line of each payer.

It is one file; its own pictures need no script.  Each day with a run opens into the page of that day.
"""

from rulelang.audit.record import LANGUAGE_VERSION
from rulelang.document.html import exercise_banner
from rulelang.document.markup import Markup, element, name_of, raw
from rulelang.model.allocation import with_version
from rulelang.model.history import HistoryResult
from rulelang.report.day_pages import DayPages
from rulelang.report.history_days import Programs, day_of
from rulelang.report.history_lines import KINDS, OWES, Entry, line_of, payers_of, sums_by_kind
from rulelang.report.history_picture import losses_of, pot_line, pots_of, timeline
from rulelang.report.library import ICON, metas, own_script, styles
from rulelang.report.sections import contents, figures, section, sources
from rulelang.report.tables import Amounts, Column, amount, foot_row, table


def render_history(
    result: HistoryResult, programs: Programs, engine: str, payer: str | None = None, *, opening: bool = False
) -> str:
    """The page; with a ``payer`` its line alone stands at the end.  The same history always gives the same page.

    With ``opening`` each day with a run opens into its own page, which has its steps in words; else they stand here.
    """
    opening = opening and any(day.run is not None for day in result.days)
    pages = DayPages.of(result.days, programs, engine, result.exercise) if opening else None
    days = [day_of(result, day, programs, None if pages is None else pages.anchor(day)) for day in result.days]
    main = [
        _summary(result),
        section("timeline", "The time line", element("div", timeline(result), class_="scroll"), _days_table(result)),
        _pots(result),
        section("days", "Day by day", days),
        _lines(result, payer),
    ]
    script = own_script("history.js")
    body = element(
        "body",
        element("a", "Skip to the figures", href="#main", class_="skip"),
        _header(result),
        element("main", main, id="main", tabindex="-1"),
        _footer(result, engine),
        None if pages is None else pages.elements(),
        element("script", raw(script)),
    )
    head = _head(result, (script, *(() if pages is None else pages.used)))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _head(result: HistoryResult, texts: tuple[str, ...]) -> Markup:
    return element(
        "head",
        metas(texts),
        element("title", result.heading),
        ICON,
        styles(result.exercise, "drawing.css", "history.css"),
    )


def _header(result: HistoryResult) -> Markup:
    first, last = result.days[0], result.days[-1]
    links = ("summary", "Summary"), ("timeline", "Time line"), ("pots", "Pots"), ("days", "Days"), ("payers", "Payers")
    return element(
        "header",
        element("h1", name_of(result.heading)),
        exercise_banner(result.exercise),
        element("p", name_of(first.rulebook.title), f". From {first.date} to {last.date}."),
        contents(links),
    )


def _summary(result: HistoryResult) -> Markup:
    show, runs = result.currency.show, [day.run for day in result.days if day.run is not None]
    last = result.days[-1]
    shown = [
        (None, "Losses", show(sum(run.loss for run in runs))),
        (None, "Covered", show(sum(run.loss - run.uncovered for run in runs))),
        (None, "Uncovered", show(sum(run.uncovered for run in runs))),
        (None, "Raised as due", show(sum(one.amount for day in result.days for one in day.due))),
        (None, "Overdue at the end", show(sum(one.amount for one in last.overdue))),
        (None, "Repaid", show(sum(one.amount for day in result.days for one in day.repaid))),
    ]
    return section("summary", "Summary", figures(shown))


def _days_table(result: HistoryResult) -> Markup:
    """The time line in words and figures."""
    currency, rows = result.currency, []
    for day in result.days:
        run = day.run
        cells = [
            element("th", element("a", str(day.date), href=f"#day-{day.date}"), scope="row"),
            element("td", name_of(losses_of(day)) if losses_of(day) else "–"),
            amount(currency, None if run is None else run.loss),
            amount(currency, None if run is None else run.uncovered),
            amount(currency, sum(one.amount for one in day.paid_in)),
            amount(currency, sum(one.amount for one in day.due)),
            amount(currency, sum(one.amount for one in day.repaid)),
            element("td", ", ".join(f"{one.period} to {one.last}" for one in day.periods) or "–"),
        ]
        rows.append(element("tr", cells))
    columns = [
        Column("Day"), Column("Losses of"), Amounts("Loss"), Amounts("Uncovered"), Amounts("Paid in"), Amounts("Due"),
        Amounts("Repaid"), Column("Open periods"),
    ]  # fmt: skip
    return table("days-table", f"The days, amounts in {currency.code}", columns, rows, sorts=False)


def _pots(result: HistoryResult) -> Markup:
    currency, pots = result.currency, pots_of(result)
    drawn = [
        element("figure", element("figcaption", name_of(pot)), pot_line(pot, amounts, result, currency))
        for pot, amounts in pots.items()
    ]
    rows = [
        element("tr", element("th", str(day.date), scope="row"), [amount(currency, each[n]) for each in pots.values()])
        for n, day in enumerate(result.days)
    ]
    caption = f"What is in each pot when a day ends, of all members that there are, in {currency.code}"
    columns = [Column("Day"), *map(Amounts, pots)]
    return section("pots", "What is in the pots", drawn, table("pots-table", caption, columns, rows, sorts=False))


def _lines(result: HistoryResult, payer: str | None) -> Markup:
    """The line of each payer, folded; of one payer alone it lies open."""
    names = payers_of(result)
    shown = names if payer is None else {payer: names.get(payer, payer)}
    made = []
    for each, name in shown.items():
        entries = line_of(result, each)
        heading = element("summary", element("h3", name_of(name)))
        nothing = element("p", "Nothing is charged, owed or repaid.") if not entries else None
        lines = None if not entries else _line(result, each, entries)
        made.append(element("details", heading, nothing, lines, class_="step", open=payer is not None))
    return section("payers", "The line of each payer" if payer is None else "The line of one payer", made)


def _line(result: HistoryResult, payer: str, entries: list[Entry]) -> Markup:
    rows = [
        element(
            "tr",
            element("th", str(one.day), scope="row"),
            element("td", name_of(one.what)),
            [amount(result.currency, one.amount if one.kind == kind else None) for kind in KINDS],
        )
        for one in entries
    ]
    sums = sums_by_kind(entries)
    foot = [foot_row("In all", [element("td"), *(amount(result.currency, sums[kind]) for kind in KINDS)])]
    caption = f"{payer}, amounts in {result.currency.code}; {OWES.lower()}: what is raised as due"
    columns = [Column("Day"), Column("What happens"), *map(Amounts, KINDS)]
    return table(f"line-{payer}", caption, columns, rows, foot, sorts=False)


def _footer(result: HistoryResult, engine: str) -> Markup:
    names = {result.sha256: ("History", result.title)}
    for day in result.days:
        called = with_version(day.rulebook.title, day.rulebook.version)
        names.setdefault(day.rulebook.sha256, (f"Rulebook from {day.date}", called))
    versions = f"rulelang {engine}, language {LANGUAGE_VERSION}. Amounts are exact, in {result.currency.code}."
    return sources(((*named, digest) for digest, named in names.items()), versions)
