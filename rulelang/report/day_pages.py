"""The full page of each day of a history with a run, inside the page of the history.

What the pages of all days share (the chart library, the scripts, the styles) stands there once, as text that does
nothing; of each day there is its own part.  A script puts the two together in a frame when the page is asked for.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from rulelang.base.diagnostic import RulelangError
from rulelang.check.program import CheckedProgram
from rulelang.document.markup import Markup, element, joined, raw
from rulelang.model.history import HistoryDay
from rulelang.report.data import Report, make_report
from rulelang.report.library import scripts
from rulelang.report.page import island, page_body, page_head


@frozen
class DayPages:
    """What the page of a history holds of the pages of its days: ``parts`` by day, beside what they share."""

    used: Sequence[str]
    head: str
    parts: Mapping[datetime.date, Mapping[str, str]]

    @classmethod
    def of(
        cls, days: Iterable[HistoryDay], programs: Mapping[str, CheckedProgram], engine: str, exercise: str | None
    ) -> "DayPages":
        """The pages of the days that have a run."""
        used, parts = scripts(), {}
        for day in days:
            if day.event is not None and day.run is not None:
                report = _report(programs[day.rulebook.sha256], day)
                parts[day.date] = {
                    "called": report.new.event.heading,
                    "title": element("title", report.title),
                    "body": joined(page_body(report, engine)),
                }
        return cls(used, joined(page_head(used, exercise)), parts)

    def anchor(self, day: HistoryDay) -> Markup | None:
        """The link that opens the page of a day; it is there once the script of the page runs."""
        if day.date not in self.parts:
            return None
        text = f"Open the page of {day.date}: the loss on a slider, every payer"
        link = element("a", text, href=f"#page-{day.date}", class_="day-page", hidden=True)
        return element("p", link)

    def elements(self) -> Iterator[Markup]:
        """The dialog for the page of a day, and the texts from which it is made."""
        buttons = [
            element("button", name, type="button", id=identity)
            for name, identity in (("Print", "day-print"), ("Close", "day-close"))
        ]
        bar = element("div", element("strong", "", id="day-called"), buttons, class_="day-bar")
        yield element("dialog", bar, id="day-dialog", aria_labelledby="day-called")
        yield element("script", raw(island(self.head)), type="application/json", id="day-head")
        for date, part in self.parts.items():
            yield element("script", raw(island(part)), type="application/json", id=f"page-{date}")
        for text in self.used:
            yield element("script", raw(text), type="text/plain", class_="of-days")


def _report(program: CheckedProgram, day: HistoryDay) -> Report:
    """The report of a day; where no straight lines follow its loss, that of the loss that there was."""
    assert day.event is not None
    try:
        return make_report(program, day.event, run=day.run)
    except RulelangError:
        return make_report(program, day.event, run=day.run, fixed=True)
