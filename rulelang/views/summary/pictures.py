"""A summary as pictures: how often the loss goes how far, how often how much is uncovered, what payers pay.

Colours are those of Okabe and Ito, which people see apart who see colours differently; lines have dashes too, so that
a print in grey can be read.  A picture is the one place where amounts are not exact.
"""

import warnings
from collections.abc import Callable, Sequence
from fractions import Fraction
from io import BytesIO
from typing import Any

from attrs import frozen

from rulelang.base.diagnostic import ReadError, finding
from rulelang.base.money import Exact
from rulelang.base.render import visible
from rulelang.views.summary.depth import BINS, NO_LOSS
from rulelang.views.summary.levels import BOX
from rulelang.views.summary.source import UNCOVERED
from rulelang.views.summary.summary import Line, Summary

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#999999")
_ALARM = "#D55E00"
_DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 2)), (0, (8, 3)))
_SCALES = ((9, "billion"), (6, "million"), (3, "thousand"), (0, ""))
_MOST_PAYERS = 20
_LONGEST = 30
_BESIDE: Any = {"frameon": False, "loc": "upper left", "bbox_to_anchor": (1, 1)}
_MARKS: Any = {"linestyle": "none", "color": _ALARM}
_INK = "#010203"
"""The colour of texts and axes in a picture that stands inside a page, where it becomes that of the page's text."""


@frozen
class Picture:
    """One picture: a title, what it shows in a sentence, and how it is drawn on axes."""

    title: str
    caption: str
    draw: Callable[[Any, Summary], None]
    height: int


def pictures(summary: Summary) -> tuple[Picture, ...]:
    """The pictures of a summary."""
    boxes = max(2, 1 + len(_largest_payers(summary)) // 3)
    return (
        Picture(
            "How far the loss goes",
            "How many scenarios have a loss of each size, by the last step that pays.",
            _draw_depths,
            3,
        ),
        Picture("Uncovered loss", "In how many scenarios more than an amount stays uncovered.", _draw_exceedance, 3),
        Picture(
            "What payers pay",
            "Boxes from 25% to 75% of the scenarios with the median, lines from 5% to 95%, expected shortfall (ES), "
            f"and the largest amount; of the {_MOST_PAYERS} payers with the largest, if there are more.",
            _draw_boxes,
            boxes,
        ),
    )


def draw_file(summary: Summary, form: str) -> bytes:
    """All pictures below each other, as ``png`` or ``svg``; the same summary gives the same bytes.

    Raises:
        ReadError: matplotlib is not installed (the extra ``rulelang[chart]`` brings it).
    """
    return _drawn(summary, pictures(summary), form, "#000000")


def draw_inside(summary: Summary, picture: Picture) -> str:
    """One picture as SVG to stand inside a page: texts and axes have the colour of the page's text.

    Raises:
        ReadError: as :func:`draw_file`.
    """
    text = _drawn(summary, (picture,), "svg", _INK).decode("utf-8")
    return text[text.index("<svg") :].replace(_INK, "currentColor")


def _drawn(summary: Summary, drawn: Sequence[Picture], form: str, ink: str) -> bytes:
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        message = "charts need the package matplotlib, which is not installed"
        advice = 'install the extra, as in `pip install "rulelang[chart]"`'
        raise ReadError([finding("missing-extra", message, help=advice)]) from None
    buffer = BytesIO()
    settings: Any = {
        "svg.hashsalt": "rulelang " + " ".join(picture.title for picture in drawn),
        "svg.fonttype": "none",
        "font.size": 9,
        "text.parse_math": False,  # names are no formulas
        **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), ink),
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks is drawn as a box
        heights = [picture.height for picture in drawn]
        figure = Figure(figsize=(9, sum(heights)), layout="constrained")
        figure.patch.set_alpha(0 if ink == _INK else 1)
        for picture, axes in zip(
            drawn, figure.subplots(len(drawn), 1, squeeze=False, height_ratios=heights)[:, 0], strict=True
        ):
            axes.patch.set_alpha(0)
            picture.draw(axes, summary)
            axes.set_title(picture.title, loc="left")
            axes.spines[["top", "right"]].set_visible(False)
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(buffer, format=form, dpi=150, metadata=metadata)
    return buffer.getvalue()


def _scale(summary: Summary, most: Exact) -> int:
    """The power of ten in which amounts up to ``most`` are read best."""
    decimals = summary.currency.decimals
    return next(power for power, _ in _SCALES if most >= 10 ** (power + decimals) or not power)


def _numbers(summary: Summary, amounts: Sequence[Exact], scale: int) -> list[Any]:
    """Amounts in the unit of an axis, as near as the library can draw them."""
    unit = 10 ** (scale + summary.currency.decimals)
    return [Fraction(amount).numerator / (Fraction(amount).denominator * unit) for amount in amounts]


def _count_upward(axes: Any) -> None:
    """Write plain counts beside the upward axis, not powers of ten."""
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.yaxis.set_minor_formatter(lambda _value, _: "")


def _label(summary: Summary, what: str, scale: int) -> str:
    return f"{what} ({f'{summary.currency.code} {dict(_SCALES)[scale]}'.strip()})"


def _draw_depths(axes: Any, summary: Summary) -> None:
    depths = summary.depths
    scale = _scale(summary, depths.width * BINS)
    drawn = [depth for depth in depths.depths if depth.scenarios and depth.step != NO_LOSS]
    edges = _numbers(summary, [depths.width * number for number in range(BINS + 1)], scale)
    for number, depth in enumerate(drawn):
        style = {"color": _COLOURS[number % len(_COLOURS)], "linestyle": _DASHES[number % len(_DASHES)]}
        if depth.step == UNCOVERED:
            style = {"color": _ALARM, "linestyle": "-"}
        label = f"{_short(depth.step)} ({depth.scenarios:,})"
        axes.stairs(depth.bins, edges, label=label, linewidth=3 / 2, **style)
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(bottom=0)
    _count_upward(axes)
    axes.set_ylabel("scenarios")
    axes.set_xlabel(_label(summary, "loss", scale) + ("; the last class: all larger ones" if depths.open else ""))
    if drawn:
        axes.legend(title="last to pay", alignment="left", **_BESIDE)
    else:
        axes.text(1 / 2, 1 / 2, "there is no loss in any scenario", ha="center", transform=axes.transAxes)


def _draw_exceedance(axes: Any, summary: Summary) -> None:
    scale = _scale(summary, summary.uncovered.amount.most)
    points = [(amount, number) for amount, number in summary.depths.exceeding if number]
    axes.plot(
        _numbers(summary, [amount for amount, _ in points], scale),
        [number for _, number in points],
        color=_COLOURS[0],
        drawstyle="steps-post",
    )
    if points:
        axes.set_yscale("log")
        _count_upward(axes)
    else:
        axes.text(1 / 2, 1 / 2, "nothing is uncovered in any scenario", ha="center", transform=axes.transAxes)
    axes.set_ylabel("scenarios with more")
    axes.set_xlabel(_label(summary, "uncovered", scale))


def _largest_payers(summary: Summary) -> list[Line]:
    """The payers whose largest amounts are largest, first the largest."""
    paying = [line for line in summary.payers if line.amount.most]
    return sorted(paying, key=lambda line: -line.amount.most)[:_MOST_PAYERS]


def _draw_boxes(axes: Any, summary: Summary) -> None:
    lines = _largest_payers(summary)[::-1]
    scale = _scale(summary, max((line.amount.most for line in lines), default=0))
    rows = [_numbers(summary, [line.amount.quantile(level) for level in BOX], scale) for line in lines]
    places = range(len(lines))
    low, start, middle, end, high = zip(*rows, strict=True) if rows else ((),) * len(BOX)
    most = _numbers(summary, [line.amount.most for line in lines], scale)
    axes.hlines(places, 0, most, color=_COLOURS[5], linewidth=1 / 2)
    axes.hlines(places, low, high, color=_COLOURS[0], linewidth=2, label="5% to 95%")
    widths = [right - left for left, right in zip(start, end, strict=True)]
    box = {"height": 1 / 2, "color": _COLOURS[4], "edgecolor": _COLOURS[0], "label": "25% to 75%"}
    axes.barh(places, widths, left=start, **box)
    axes.plot(middle, places, marker="|", markersize=12, markeredgewidth=2, label="median", **_MARKS)
    if summary.levels:
        level = summary.levels[-1]
        worst = _numbers(summary, [line.amount.shortfalls[level] for line in lines], scale)
        hollow = {"marker": "D", "markerfacecolor": "none"}
        axes.plot(worst, places, label=f"ES {level.percent}", **hollow, **_MARKS)
    axes.plot(most, places, marker="x", color=_COLOURS[0], linestyle="none", label="largest")
    axes.set_yticks(places, [_short(line.name) for line in lines])
    axes.set_xlim(left=0)
    axes.set_xlabel(_label(summary, "paid", scale))
    if lines:
        axes.legend(**_BESIDE)
    else:
        axes.text(1 / 2, 1 / 2, "nobody pays anything in any scenario", ha="center", transform=axes.transAxes)


def _short(text: str) -> str:
    text = visible(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
