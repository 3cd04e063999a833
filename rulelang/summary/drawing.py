"""How pictures are drawn: colours, units of axes, files and parts of pages.

Colours are those of Okabe and Ito, which people see apart who see colours differently; lines have dashes too, so that
a print in grey can be read.  A picture is the one place where amounts are not exact.
"""

import warnings
from collections.abc import Callable, Sequence
from fractions import Fraction
from io import BytesIO
from typing import Any

from attrs import frozen

from rulelang.base.extras import require
from rulelang.base.money import Currency, Exact
from rulelang.base.render import visible
from rulelang.document.document import Picture
from rulelang.document.markup import raw

Axes = Any
"""What matplotlib draws on; it is imported only when something is drawn."""
Style = Any
"""Arguments of matplotlib's, as it names them."""
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#999999")
ALARM = "#D55E00"
DASHES: tuple[Style, ...] = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 2)), (0, (8, 3)))
BESIDE: Style = {"frameon": False, "loc": "upper left", "bbox_to_anchor": (1, 1)}
"""Where a legend stands."""
_SCALES = ((9, "billion"), (6, "million"), (3, "thousand"), (0, ""))
_LONGEST = 30
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
        ReadError: matplotlib is not installed (the extra ``rulelang[chart]`` brings it).
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
    require("chart")
    import matplotlib as mpl
    from matplotlib.figure import Figure

    buffer = BytesIO()
    settings: Style = {
        "svg.hashsalt": "rulelang " + " ".join(plot.title for plot in drawn),
        "svg.fonttype": "none",
        "font.size": 9,
        "text.parse_math": False,  # names are no formulas
        **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), ink),
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks is drawn as a box
        heights = [plot.height for plot in drawn]
        figure = Figure(figsize=(9, sum(heights)), layout="constrained")
        figure.patch.set_alpha(0 if ink == _INK else 1)
        for plot, axes in zip(
            drawn, figure.subplots(len(drawn), 1, squeeze=False, height_ratios=heights)[:, 0], strict=True
        ):
            axes.patch.set_alpha(0)
            plot.draw(axes)
            axes.set_title(plot.title, loc="left")
            axes.spines[["top", "right"]].set_visible(False)
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(buffer, format=form, dpi=150, metadata=metadata)
    return buffer.getvalue()


def scale_of(currency: Currency, most: Exact) -> int:
    """The power of ten in which amounts up to ``most`` are read best."""
    return next(power for power, _ in _SCALES if most >= 10 ** (power + currency.decimals) or not power)


def numbers_of(currency: Currency, amounts: Sequence[Exact], scale: int) -> list[float]:
    """Amounts in the unit of an axis, as near as the library can draw them."""
    unit = 10 ** (scale + currency.decimals)
    return [Fraction(amount).numerator / (Fraction(amount).denominator * unit) for amount in amounts]


def count_upward(axes: Axes) -> None:
    """Write plain counts beside the upward axis, not powers of ten."""
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    axes.yaxis.set_minor_formatter(lambda _value, _: "")


def label_of(currency: Currency, what: str, scale: int) -> str:
    """What stands beside an axis of amounts."""
    return f"{what} ({f'{currency.code} {dict(_SCALES)[scale]}'.strip()})"


def say(axes: Axes, text: str) -> None:
    """A sentence where there is nothing to draw, on axes without the numbers that the library would put there."""
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([])
        axis.set_ticks([], minor=True)
    axes.text(1 / 2, 1 / 2, text, ha="center", transform=axes.transAxes)


def short(text: str) -> str:
    """A name beside an axis, cut if it is long."""
    text = visible(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
