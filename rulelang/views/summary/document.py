"""What Markdown, spreadsheets, pages and terminals show of a summary, whatever it is of."""

from attrs import frozen

from rulelang.base.money import Currency
from rulelang.views.summary.grids import Grid, grids
from rulelang.views.summary.summary import Summary
from rulelang.views.summary.table import About


@frozen
class Document:
    """A summary as a title, a line that says what it is of, grids, and a note on what the figures mean."""

    title: str
    about: About
    headline: str
    currency: Currency
    grids: tuple[Grid, ...]
    note: str

    def heading(self, grid: Grid) -> str:
        """The heading of a grid, with the currency where it has amounts."""
        return f"{grid.title} ({self.currency.code})" if grid.amounts and self.currency.code else grid.title


NOTE = (
    "Reached: scenarios in which the amount is above zero. Quantiles are nearest ranks: the smallest amount not "
    "exceeded in that share of the scenarios. ES, expected shortfall: the mean of the largest amounts, "
    "ceil((1 - level) x n) of them. Means are over all scenarios. Amounts are cut off to the minor unit; JSON has them "
    "exactly. The worst scenario is the first of those with the largest amount."
)
"""What the figures of a summary mean."""


def document_of(summary: Summary) -> Document:
    """The document of a summary."""
    line = headline(summary.about, summary.scenarios)
    return Document("Summary of a sweep", summary.about, line, summary.currency, tuple(grids(summary)), NOTE)


def headline(about: About, scenarios: int) -> str:
    """What a sweep was of: rulebook, event, how many scenarios."""
    version = f", version {about.version}" if about.version else ""
    names = [f"{about.rulebook}{version}"] if about.rulebook else []
    names += [f"against {about.old}"] if about.old else []
    names += [about.event] if about.event else []
    rejected = f", {about.rejected:,} rejected" if about.rejected else ""
    return " – ".join([*names, f"{scenarios:,} scenarios{rejected}"])
