"""The pictures of a summary drawn below each other in a file, and each as a part of a page."""

from collections.abc import Callable, Sequence

from attrs import frozen

from rulelang.document.document import Picture
from rulelang.document.drawing import Axes, Figure, Style, picture
from rulelang.document.markup import raw

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#999999")
ALARM = "#D55E00"
DASHES: tuple[Style, ...] = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 2)), (0, (8, 3)))
_INK = "#010203"
"""The colour of texts and axes in a picture that stands inside a page, where it becomes that of the page's text."""


@frozen
class Plot:
    """A picture to be drawn: a title, what it shows in a sentence, how it is drawn, and its height in inches."""

    title: str
    caption: str
    draw: Callable[[Axes], None]
    height: int


def draw_file(plots: Sequence[Plot], form: str) -> bytes:
    """Pictures below each other, as ``png`` or ``svg``; the same figures give the same bytes.

    Raises:
        ReadError: Matplotlib is not installed (the extra ``rulelang[chart]`` brings it).
    """
    return _drawn(plots, form, "#000000")


def draw_inside(plot: Plot) -> Picture:
    """A plot as a picture inside a page: texts and axes have the colour of the page's text.

    Raises:
        ReadError: as :func:`draw_file`.
    """
    text = _drawn((plot,), "svg", _INK).decode("utf-8")
    return Picture(raw(text[text.index("<svg") :].replace(_INK, "currentColor")), plot.title, plot.caption)


def _drawn(drawn: Sequence[Plot], form: str, ink: str) -> bytes:
    settings = {
        "svg.hashsalt": "rulelang " + " ".join(plot.title for plot in drawn),
        "svg.fonttype": "none",
        **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), ink),
    }
    heights = [plot.height for plot in drawn]

    def draw(figure: Figure) -> None:
        figure.patch.set_alpha(0 if ink == _INK else 1)
        for plot, axes in zip(
            drawn, figure.subplots(len(drawn), 1, squeeze=False, height_ratios=heights)[:, 0], strict=True
        ):
            axes.patch.set_alpha(0)
            plot.draw(axes)
            axes.set_title(plot.title, loc="left")
            axes.spines[["top", "right"]].set_visible(False)

    return picture(form, (9, sum(heights)), settings, draw)


def count_upward(axes: Axes) -> None:
    """Write plain counts beside the upward axis, not powers of ten."""
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.yaxis.set_minor_formatter(lambda _value, _: "")


def say(axes: Axes, text: str) -> None:
    """A sentence where there is nothing to draw, on axes without the numbers that the library would put there."""
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([])
        axis.set_ticks([], minor=True)
    axes.text(1 / 2, 1 / 2, text, ha="center", transform=axes.transAxes)
