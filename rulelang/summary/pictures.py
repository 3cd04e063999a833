"""A summary as pictures: how often the loss goes how far, how often how much is uncovered, what payers pay."""

from functools import partial

from rulelang.document.drawing import BESIDE, Axes, Style, label_of, numbers_of, scale_of, short
from rulelang.model.result_columns import UNCOVERED
from rulelang.summary.depth import BINS, NO_LOSS
from rulelang.summary.drawing import ALARM, COLOURS, DASHES, Plot, count_upward, say
from rulelang.summary.figures import Figures, Line
from rulelang.summary.levels import BOX

_MOST_PAYERS = 20
_MARKS: Style = {"linestyle": "none", "color": ALARM}


def pictures(summary: Figures) -> tuple[Plot, ...]:
    """The pictures of a summary."""
    boxes = max(2, 1 + len(_largest_payers(summary)) // 3)
    return (
        Plot(
            "How far the loss goes",
            "How many scenarios have a loss of each size, by the last step that pays.",
            partial(_draw_depths, summary),
            3,
        ),
        Plot(
            "Uncovered loss",
            "In how many scenarios more than an amount stays uncovered.",
            partial(_draw_exceedance, summary),
            3,
        ),
        Plot(
            "What payers pay",
            "Boxes from 25% to 75% of the scenarios with the median, lines from 5% to 95%, expected shortfall (ES), "
            f"and the largest amount; of the {_MOST_PAYERS} payers with the largest, if there are more.",
            partial(_draw_boxes, summary),
            boxes,
        ),
    )


def _draw_depths(summary: Figures, axes: Axes) -> None:
    depths = summary.depths
    scale = scale_of(summary.currency, depths.width * BINS)
    drawn = [depth for depth in depths.depths if depth.scenarios and depth.step != NO_LOSS]
    edges = numbers_of(summary.currency, [depths.width * number for number in range(BINS + 1)], scale)
    for number, depth in enumerate(drawn):
        style = {"color": COLOURS[number % len(COLOURS)], "linestyle": DASHES[number % len(DASHES)]}
        if depth.step == UNCOVERED:
            style = {"color": ALARM, "linestyle": "-"}
        label = f"{short(depth.step)} ({depth.scenarios:,})"
        axes.stairs(depth.bins, edges, label=label, linewidth=3 / 2, **style)
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(bottom=0)
    count_upward(axes)
    axes.set_ylabel("scenarios")
    axes.set_xlabel(
        label_of(summary.currency, "loss", scale) + ("; the last class: all larger ones" if depths.open else "")
    )
    if drawn:
        axes.legend(title="last to pay", alignment="left", **BESIDE)
    else:
        say(axes, "there is no loss in any scenario")


def _draw_exceedance(summary: Figures, axes: Axes) -> None:
    scale = scale_of(summary.currency, summary.uncovered.amount.most)
    points = [(amount, number) for amount, number in summary.depths.exceeding if number]
    axes.plot(
        numbers_of(summary.currency, [amount for amount, _ in points], scale),
        [number for _, number in points],
        color=COLOURS[0],
        drawstyle="steps-post",
    )
    if points:
        axes.set_yscale("log")
        count_upward(axes)
    else:
        say(axes, "nothing is uncovered in any scenario")
    axes.set_ylabel("scenarios with more")
    axes.set_xlabel(label_of(summary.currency, "uncovered", scale))


def _largest_payers(summary: Figures) -> list[Line]:
    """The payers whose largest amounts are largest, first the largest."""
    paying = [line for line in summary.payers if line.amount.most]
    return sorted(paying, key=lambda line: -line.amount.most)[:_MOST_PAYERS]


def _draw_boxes(summary: Figures, axes: Axes) -> None:
    lines = _largest_payers(summary)[::-1]
    scale = scale_of(summary.currency, max((line.amount.most for line in lines), default=0))
    rows = [numbers_of(summary.currency, [line.amount.quantiles[level] for level in BOX], scale) for line in lines]
    places = range(len(lines))
    low, start, middle, end, high = zip(*rows, strict=True) if rows else ((),) * len(BOX)
    most = numbers_of(summary.currency, [line.amount.most for line in lines], scale)
    axes.hlines(places, 0, most, color=COLOURS[5], linewidth=1 / 2)
    axes.hlines(places, low, high, color=COLOURS[0], linewidth=2, label="5% to 95%")
    widths = [right - left for left, right in zip(start, end, strict=True)]
    box = {"height": 1 / 2, "color": COLOURS[4], "edgecolor": COLOURS[0], "label": "25% to 75%"}
    axes.barh(places, widths, left=start, **box)
    axes.plot(middle, places, marker="|", markersize=12, markeredgewidth=2, label="median", **_MARKS)
    if summary.levels:
        level = summary.levels[-1]
        worst = numbers_of(summary.currency, [line.amount.shortfalls[level] for line in lines], scale)
        hollow = {"marker": "D", "markerfacecolor": "none"}
        axes.plot(worst, places, label=f"ES {level.percent}", **hollow, **_MARKS)
    axes.plot(most, places, marker="x", color=COLOURS[0], linestyle="none", label="largest")
    axes.set_yticks(places, [short(line.name) for line in lines])
    axes.set_xlim(left=0)
    axes.set_xlabel(label_of(summary.currency, "paid", scale))
    if lines:
        axes.legend(**BESIDE)
    else:
        say(axes, "nobody pays anything in any scenario")
