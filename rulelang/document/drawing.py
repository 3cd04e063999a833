"""How pictures are drawn with Matplotlib: files, units of axes, names beside them.

Colours are those of Okabe and Ito, which people see apart who see colours differently; areas also have hatches and
lines dashes, so that a print in grey can be read.  A picture is the one place where amounts are not exact.
"""

import warnings
from collections.abc import Callable, Sequence
from fractions import Fraction
from io import BytesIO
from typing import Any

from rulelang.base.extras import require
from rulelang.base.money import Currency, Exact
from rulelang.base.render import visible
from rulelang.document.fitting import SCALES

Axes = Any
"""What Matplotlib draws on; it is imported only when something is drawn."""
Figure = Any
"""What holds the axes of a picture."""
Style = Any
"""Arguments of Matplotlib's, as it names them."""
BESIDE: Style = {"frameon": False, "loc": "upper left", "bbox_to_anchor": (1, 1)}
"""Where a legend stands."""


def picture(form: str, size: tuple[int, int], settings: Style, draw: Callable[[Figure], None]) -> bytes:
    """What is drawn on a figure of some inches, as ``png`` or ``svg``; the same figures give the same bytes.

    Raises:
        ReadError: Matplotlib is not installed (the extra ``rulelang[chart]`` brings it).
    """
    require("chart")
    import matplotlib as mpl
    from matplotlib import figure as figures

    buffer = BytesIO()
    usual: Style = {"font.size": 9, "text.parse_math": False}  # names are no formulas
    with mpl.rc_context(usual | settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks is drawn as a box
        figure = figures.Figure(figsize=size, layout="constrained")
        draw(figure)
        figure.savefig(buffer, format=form, dpi=150, metadata={"Date": None} if form == "svg" else {"Software": None})
    return buffer.getvalue()


def scale_of(currency: Currency, most: Exact) -> int:
    """The power of ten in which amounts up to ``most`` are read best."""
    return next(power for power, _ in reversed(SCALES) if most >= 10 ** (power + currency.decimals) or not power)


def label_of(currency: Currency, what: str, scale: int) -> str:
    """What stands beside an axis of amounts."""
    return f"{what} ({f'{currency.code} {dict(SCALES)[scale]}'.strip()})"


def numbers_of(currency: Currency, amounts: Sequence[Exact], scale: int) -> list[float]:
    """Amounts in the unit of an axis, as near as the library can draw them."""
    unit = 10 ** (scale + currency.decimals)
    return [Fraction(amount).numerator / (Fraction(amount).denominator * unit) for amount in amounts]


def short(text: str, longest: int = 30) -> str:
    """A name in a picture, cut if it is long."""
    text = visible(text)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
