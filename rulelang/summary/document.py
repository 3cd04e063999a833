"""What Markdown, spreadsheets, pages and terminals show of a summary, whatever it is of."""

from attrs import frozen

from rulelang.base.money import Currency
from rulelang.base.suggest import listed
from rulelang.document.cells import cut_off
from rulelang.document.workbook import Share
from rulelang.summary.grids import Grid, grids
from rulelang.summary.source import About
from rulelang.summary.summary import Line, Summary


@frozen
class Document:
    """A summary as a title, a line that says what it is of, one that says most, grids, and what the figures mean."""

    title: str
    about: About
    headline: str
    currency: Currency
    grids: tuple[Grid, ...]
    notes: tuple[str, ...]
    lead: str = ""

    def heading(self, grid: Grid, scale: str = "") -> str:
        """The heading of a grid, with the currency where it has amounts; ``scale`` is a word such as ``million``."""
        unit = " ".join(word for word in (self.currency.code, scale) if word)
        return f"{grid.title} ({unit})" if grid.amounts and unit else grid.title


NOTES = (
    "Reached: scenarios in which the amount is above zero.",
    "Quantiles are nearest ranks: the smallest amount not exceeded in that share of the scenarios.",
    "ES, expected shortfall: the mean of the largest amounts, ceil((1 - level) x n) of them.",
    "Means are over all scenarios, unless it is said that they are over those reached.",
    "Amounts are cut off to the last digit shown; JSON has them exactly.",
    "The worst scenario is the first of those with the largest amount.",
)
"""What the figures of a summary mean."""


TOO_MANY_SETS = "So many different sets are the worst somewhere that there is no table of them."
OF_SETS = (
    "Of every set of defaulters that was tried, all figures are those of the worst one in each scenario.",
    "Amounts of sets are what is uncovered in the scenarios in which the set is the worst.",
)


def document_of(summary: Summary) -> Document:
    """The document of a summary."""
    line = headline(summary.about, summary.scenarios)
    notes = (*OF_SETS, *NOTES) if summary.about.options.get("cover") else NOTES
    if summary.sets is None and summary.about.options.get("cover"):
        notes = (TOO_MANY_SETS, *notes)
    found = tuple(grids(summary))
    return Document("Summary of a sweep", summary.about, line, summary.currency, found, notes, lead_of(summary))


def lead_of(summary: Summary) -> str:
    """How often something is uncovered and how much, or how far the loss goes, in a sentence or two."""
    line, show = summary.uncovered, summary.currency.show
    amount = line.amount
    if not amount.count:
        return ""
    if amount.mean_reached is not None:
        share = Share(amount.reached, amount.count).text
        return (
            f"Something is uncovered in {amount.reached:,} of {amount.count:,} scenarios ({share}): "
            f"{show(cut_off(amount.mean_reached)).strip()} on average in these, {_at_most(summary, line)}."
        )
    last = last_reached(summary)
    if last is None:
        return "Nothing is uncovered in any scenario, and there is no loss."
    return (
        f"Nothing is uncovered in any scenario. The last step that pays is {last.name}, in {last.amount.reached:,} of "
        f"{amount.count:,} scenarios: {_at_most(summary, last)}."
    )


def last_reached(summary: Summary) -> Line | None:
    """The last step that pays anything in some scenario."""
    return next((line for line in reversed(summary.steps) if line.amount.reached), None)


def _at_most(summary: Summary, line: Line) -> str:
    names = line.defaulting
    who = f", where {listed(names, 'and')} default{'s' * (len(names) == 1)}" if names else ""
    return f"{summary.currency.show(line.amount.most).strip()} at most, in {line.scenario}{who}"


def headline(about: About, scenarios: int) -> str:
    """What a sweep was of: rulebook, event, how many scenarios."""
    version = f", version {about.version}" if about.version else ""
    names = [f"{about.rulebook}{version}"] if about.rulebook else []
    names += [f"against {about.old}"] if about.old else []
    names += [about.event] if about.event else []
    rejected = f", {about.rejected:,} rejected" if about.rejected else ""
    return " – ".join([*names, f"{scenarios:,} scenario{'s' * (scenarios != 1)}{rejected}"])
