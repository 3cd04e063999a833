"""The differences of two versions as pictures: by how much payers pay more or less, and in how many scenarios."""

from collections.abc import Sequence
from functools import partial

from rulelang.document.drawing import BESIDE, Axes, label_of, numbers_of, scale_of, short
from rulelang.summary.difference_figures import DifferenceFigures, DifferenceLine
from rulelang.summary.drawing import ALARM, COLOURS, Plot, say

_MOST_LINES = 20
_LESS, _MORE = COLOURS[0], ALARM
_ZERO = COLOURS[5]


def difference_pictures(found: DifferenceFigures) -> tuple[Plot, ...]:
    """The pictures of two versions."""
    height = max(2, 1 + len(_lines(found)) // 3)
    which = f"of the {_MOST_LINES} with the largest difference, if there are more."
    return (
        Plot(
            "How much more or less",
            f"What the new version gives less what the old one gives, of the uncovered loss and of payers {which} Bars "
            "go from the most less to the most more in one scenario; a mark shows the mean of all.",
            partial(_draw_amounts, found),
            height,
        ),
        Plot(
            "In how many scenarios",
            f"In how many scenarios the new version gives less (to the left) and more (to the right), {which}",
            partial(_draw_counts, found),
            height,
        ),
    )


def _lines(found: DifferenceFigures) -> list[DifferenceLine]:
    """The uncovered loss and the payers that differ most, the first to be drawn on top."""
    payers = [line for line in found.lines if line.kind == "payer" and line.amount.reached]
    payers.sort(key=lambda line: -max(line.amount.most, -line.amount.least))
    uncovered = [line for line in found.lines if line.kind == "uncovered" and line.amount.reached]
    return [*uncovered, *payers[:_MOST_LINES]][::-1]


def _draw_amounts(found: DifferenceFigures, axes: Axes) -> None:
    lines = _lines(found)
    scale = scale_of(found.currency, max((max(line.amount.most, -line.amount.least) for line in lines), default=0))
    less, mean, more = (
        numbers_of(found.currency, amounts, scale)
        for amounts in (
            [min(line.amount.least, 0) for line in lines],
            [line.amount.mean for line in lines],
            [max(line.amount.most, 0) for line in lines],
        )
    )
    _draw_bars(axes, lines, less, more)
    marks = {"marker": "D", "markersize": 5, "markerfacecolor": "#ffffff", "markeredgecolor": "#000000"}
    axes.plot(mean, range(len(lines)), linestyle="none", label="mean", **marks)
    axes.set_xlabel(label_of(found.currency, "difference", scale))
    _close(axes, lines)


def _draw_counts(found: DifferenceFigures, axes: Axes) -> None:
    lines = _lines(found)
    less = [line.amount.above - line.amount.reached for line in lines]
    _draw_bars(axes, lines, less, [line.amount.above for line in lines])
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):,.10g}")
    axes.set_xlim(-found.scenarios, found.scenarios)
    axes.set_xlabel("scenarios")
    _close(axes, lines)


def _draw_bars(axes: Axes, lines: list[DifferenceLine], less: Sequence[float], more: Sequence[float]) -> None:
    places = range(len(lines))
    axes.barh(places, less, height=1 / 2, color=_LESS, hatch="//", edgecolor="#ffffff", label="less")
    axes.barh(places, more, height=1 / 2, color=_MORE, label="more")
    axes.axvline(0, color=_ZERO, linewidth=1 / 2)
    axes.set_yticks(places, [short(line.name) for line in lines])


def _close(axes: Axes, lines: list[DifferenceLine]) -> None:
    if lines:
        axes.legend(**BESIDE)
    else:
        say(axes, "no payer and no uncovered loss differs in any scenario")
