"""The page as one file: everything it needs is inside, and it asks nobody for anything."""

import json
from collections.abc import Iterator, Sequence

from rulelang.audit.record import LANGUAGE_VERSION
from rulelang.base.source import SourceText
from rulelang.document.html import exercise_banner
from rulelang.document.markup import Markup, element, name_of, raw
from rulelang.report import sections
from rulelang.report.change_section import changes
from rulelang.report.data import Report, Version, report_data
from rulelang.report.library import CHART_LIBRARY, ICON, metas, scripts, styles
from rulelang.report.proof_section import proved
from rulelang.report.step_section import steps
from rulelang.report.tables import name_and_version
from rulelang.report.texts import Texts, texts_of


def render_page(report: Report, engine: str) -> str:
    """The page; ``engine`` is the version of the program.  The same report always gives the same page."""
    used = scripts()
    head = element("head", page_head(used, report.new.event.exercise), element("title", report.title))
    body = element("body", page_body(report, engine), [element("script", raw(text)) for text in used])
    page = element("html", head, body, lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def page_body(report: Report, engine: str) -> list[Markup]:
    """What the body of a page holds, before its scripts."""
    data, texts = report_data(report), texts_of(report.new)
    return [
        element("a", "Skip to the figures", href="#main", class_="skip"),
        _header(report),
        element("main", _main(report, texts, data["changes"]), id="main", tabindex="-1"),
        _footer(report, engine),
        element("script", raw(island(data)), type="application/json", id="report-data"),
    ]


def island(data: object) -> str:
    """Data inside a page: no ``<`` of theirs can end the element they stand in."""
    written = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def page_head(texts: Sequence[str], exercise: str | None) -> list[Markup]:
    """What the head of a page with these scripts holds, but for its title."""
    return [*metas(texts), ICON, styles(exercise)]


def _header(report: Report) -> Markup:
    program, event = report.new.program, report.new.event
    links = [("summary", "Summary"), ("waterfall", "Waterfall"), ("payers", "Payers")]
    links += [] if report.fixed else [("growth", "Growing loss")]
    links += [] if report.old is None else [("changes", "Changes")]
    links += [] if report.proof is None else [("proof", "All events")]
    links += [("steps", "Steps"), ("ending", "Checks"), ("sources", "Sources")]
    return element(
        "header",
        element("button", "Dark", type="button", id="theme", aria_pressed="false", hidden=True),
        exercise_banner(event.exercise),
        element("h1", name_of(event.heading)),
        element("p", name_and_version(program.title, program.version), f". {_declared(report)}."),
        sections.contents(links),
    )


def _declared(report: Report) -> str:
    """On which day the event was declared, which need not be a default."""
    event = report.new.event
    return f"{'Default declared' if event.defaulters else 'Declared'} on {event.declared}"


def _main(report: Report, texts: Texts, shown: dict[str, object] | None) -> list[Markup | None]:
    return [
        *_notes(report),
        *([] if report.fixed else _slider(report)),
        sections.summary(report, texts),
        sections.waterfall(report),
        sections.payers(report),
        sections.growth(report),
        None if shown is None else changes(report, shown),
        None if report.proof is None else proved(report.proof),
        steps(report, texts),
        sections.ending(texts),
    ]


def _notes(report: Report) -> list[Markup]:
    wrong = "This page's arithmetic does not give the run of the event. Do not rely on its figures, and report it."
    rounded = (
        "At this loss some limits rest on amounts that a run has rounded before: a run may give some payers a few "
        "minor units more or less than this page."
    )
    still = element("p", "The script of this page does not run here: the figures are those of the event's own loss.")
    notes = [
        element("noscript", still),
        element("p", wrong, id="self-check", role="alert", class_="warning", hidden=True),
    ]
    if report.fixed:
        text = "This page is about the event's own loss alone; other losses were not worked out."
        return [*notes, element("p", text, class_="warning", id="fixed")]
    return [*notes, element("p", rounded, id="not-exact", class_="warning", hidden=True)]


def _slider(report: Report) -> list[Markup]:
    """The loss: a bar with the slider that stays in sight, and below it the field and what is said of the loss."""
    currency, loss = report.new.allocation.currency, report.new.event.loss
    buttons = [
        ("loss-previous", "‹ Previous", "‹ Previous loss at which the answer changes"),
        ("loss-next", "Next ›", "Next › loss at which the answer changes"),
        ("loss-event", "The event's loss", None),
    ]
    made = [element("button", name, type="button", id=to, aria_label=said) for to, name, said in buttons]
    tools = element("div", made, class_="loss-tools")
    slider = element("input", type="range", id="loss-slider", min="0", max="1000", step="1", value="500")
    bar = element(
        "section",
        element("h2", "The loss", id="loss-title"),
        element("label", "Loss", for_="loss-slider"),
        element(
            "div",
            element("output", currency.show(loss), id="loss-shown", for_="loss-slider"),
            tools,
            class_="loss-head",
        ),
        element("div", slider, element("div", id="loss-ticks", aria_hidden="true"), class_="loss-slide"),
        id="loss",
        aria_labelledby="loss-title",
    )
    return [bar, _exact_loss(report)]


def _exact_loss(report: Report) -> Markup:
    currency, loss = report.new.allocation.currency, report.new.event.loss
    field = element(
        "input",
        type="text",
        id="loss-field",
        inputmode="decimal",
        autocomplete="off",
        value=currency.grouped(loss),
        aria_describedby="loss-problem",
    )
    label = element("label", f"Exact loss in {currency.code}", for_="loss-field")
    return element(
        "div",
        element("p", "", id="loss-said", role="status", aria_live="polite"),
        element("form", label, field, element("button", "Show", type="submit"), id="loss-form"),
        element("p", "", id="loss-problem", role="alert"),
        id="loss-more",
    )


def _footer(report: Report, engine: str) -> Markup:
    """What ran: digests of the texts, and versions."""
    texts = [*_sources("", report.new)]
    if report.old is not None:
        texts = [*_sources("New ", report.new), *_sources("Old ", report.old)]
    versions = (
        f"rulelang {engine}, language {LANGUAGE_VERSION}. Charts by Bokeh {CHART_LIBRARY}. "
        f"{_declared(report)}. Amounts are exact, in {report.new.allocation.currency.code}."
    )
    return sections.sources(texts, versions)


def _sources(which: str, version: Version) -> Iterator[tuple[str, str, str]]:
    program, event = version.program, version.event
    found: list[tuple[str, SourceText | None]] = [("rulebook", program.source)]
    if not which.startswith("Old"):
        found += [("event", event.source), *(("data", table) for table in event.data)]
    for what, source in found:
        if source is not None:
            name = source.name.replace("\\", "/").rsplit("/", 1)[-1]
            yield f"{which}{what}".capitalize(), name, source.sha256
