"""A profile as a picture: what each step draws, stacked, with the uncovered loss on top; or a line for each payer.

Colours are those of Okabe and Ito, which people see apart who see colours differently; areas also have hatches, and
lines dashes, so that a print in grey can be read.  A picture is the one place where amounts are not exact.
"""

import warnings
from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO
from typing import Any

from attrs import frozen

from rulelang.base.extras import require
from rulelang.base.money import Exact
from rulelang.base.render import visible
from rulelang.profiles.curves import Curve, curves, uncovered
from rulelang.profiles.profile import Profile
from rulelang.profiles.selection import Selection, is_nothing
from rulelang.profiles.words import turn_in_words

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
_HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---", "ooo", "|||")
_DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 2)), (0, (8, 3)), (0, (3, 1)))
_LONGEST, _LONGEST_TITLE = 36, 90
_MOST_LINES = 24
_UNCOVERED = "uncovered"
_SCALES = ((9, "billion"), (6, "million"), (3, "thousand"), (0, ""))


def draw(profile: Profile, selection: Selection, form: str) -> bytes:
    """The picture as ``png`` or ``svg``; the same profile gives the same bytes.

    Raises:
        ReadError: matplotlib is not installed (the extra ``rulelang[chart]`` brings it).
    """
    require("chart")
    import matplotlib as mpl
    from matplotlib.figure import Figure

    buffer = BytesIO()
    settings: Any = {
        "svg.hashsalt": "rulelang",
        "hatch.linewidth": 1 / 2,
        "font.size": 9,
        "text.parse_math": False,  # names are no formulas
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks is drawn as a box
        figure = Figure(figsize=(9, 5), layout="constrained")
        _Picture.of(profile, selection).draw(figure.add_subplot())
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        figure.savefig(buffer, format=form, dpi=150, metadata=metadata)
    return buffer.getvalue()


@frozen
class _Picture:
    """What is drawn: the labelled curves, the end of the axis, and the powers of ten in which amounts are read best."""

    profile: Profile
    stacked: bool
    rows: Sequence[tuple[str, Curve]]
    end: Exact
    across: int
    up: int

    @classmethod
    def of(cls, profile: Profile, selection: Selection) -> "_Picture":
        """The picture of a profile, or of what of it is chosen."""
        stacked = selection.payers is None
        rows = _stack(profile, selection) if stacked else _lines(profile, selection)
        last = max((knot.at for _, curve in rows for knot in curve), default=profile.start)
        end: Exact = last + max(Fraction(last - profile.start) / 10, Fraction(1))
        end = end if profile.stop is None else profile.stop
        decimals = profile.plan.program.currency.decimals
        highest = end if stacked else max((knot.after for _, curve in rows for knot in curve), default=0)
        across, up = (
            next(power for power, _ in _SCALES if size >= 10 ** (power + decimals) or not power)
            for size in (end, highest)
        )
        return cls(profile, stacked, rows, end, across, up)

    def draw(self, axes: Any) -> None:
        """Draw it on the axes of the library."""
        height = self._areas(axes) if self.stacked else self._payer_lines(axes)
        profile, moved = self.profile, self.profile.variable.words
        units = [f"{profile.plan.program.currency.code} {dict(_SCALES)[scale]}" for scale in (self.across, self.up)]
        axes.set_xlabel(visible(f"{moved[0].upper()}{moved[1:]} ({units[0].strip()})"))
        axes.set_ylabel(f"Paid ({units[1].strip()})")
        title = f"{profile.plan.program.title}: {profile.plan.event.heading}"
        axes.set_title(visible(_short(title, _LONGEST_TITLE)), loc="left")
        axes.set_xlim(self._number(profile.start, self.across), self._number(self.end, self.across))
        axes.set_ylim(0, self._number(max(height, 1), self.up) * 21 / 20)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", linewidth=1 / 2, alpha=1 / 3)
        handles, labels = axes.get_legend_handles_labels()
        if handles:
            axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1, 1), frameon=False)

    def _areas(self, axes: Any) -> Exact:
        """Stacked areas, the first step lowest; gives the height of the stack."""
        places = sorted({knot.at for _, curve in self.rows for knot in curve if knot.at < self.end} | {self.end})
        across = [self._number(t, self.across) for t in places for _ in range(2)]
        below: list[Exact] = [0] * len(across)
        for number, (label, curve) in enumerate(self.rows):
            above = [amount + under for amount, under in zip(_both_sides(curve, places), below, strict=True)]
            last = self.rows[number][0] == _UNCOVERED
            axes.fill_between(
                across,
                [self._number(amount, self.up) for amount in below],
                [self._number(amount, self.up) for amount in above],
                label=visible(_short(label)),
                facecolor="#FFFFFF" if last else _COLOURS[number % len(_COLOURS)],
                hatch="////" if last else _HATCHES[(number + number // len(_COLOURS)) % len(_HATCHES)],
                edgecolor="#333333",
                linewidth=1 / 2,
            )
            below = above
        return max(below)

    def _payer_lines(self, axes: Any) -> Exact:
        """A line for each payer; gives the largest amount."""
        highest: Exact = 0
        for number, (label, curve) in enumerate(self.rows):
            places = sorted({knot.at for knot in curve if knot.at < self.end} | {self.end})
            amounts = _both_sides(curve, places)
            highest = max(highest, *amounts)
            axes.plot(
                [self._number(t, self.across) for t in places for _ in range(2)],
                [self._number(amount, self.up) for amount in amounts],
                label=visible(_short(label)),
                color=_COLOURS[number % len(_COLOURS)],
                linestyle=_DASHES[(number + number // len(_COLOURS)) % len(_DASHES)],
                linewidth=3 / 2,
            )
        return highest

    def _number(self, amount: Exact, scale: int) -> Any:
        """An amount in the unit of the axes, as near as the library can draw it."""
        exact = Fraction(amount)
        return exact.numerator / (exact.denominator * 10 ** (scale + self.profile.plan.program.currency.decimals))


def _both_sides(curve: Curve, places: Sequence[Exact]) -> list[Exact]:
    """Where a curve comes from and where it goes on, at each place."""
    found: list[Exact] = []
    for t in places:
        knot = curve[bisect_right(curve, t, key=lambda knot: knot.at) - 1]
        found += [knot.before, knot.after] if knot.at == t else [knot.on(t)] * 2
    return found


def _stack(profile: Profile, selection: Selection) -> list[tuple[str, Curve]]:
    """The steps that draw anything, from the first up, and what stays uncovered."""
    found = [(turn_in_words(*key), curve) for key, curve in selection.turns(profile).items() if not is_nothing(curve)]
    if selection.steps is None:
        found.append((_UNCOVERED, curves(profile, uncovered)["uncovered"]))
    return found


def _lines(profile: Profile, selection: Selection) -> list[tuple[str, Curve]]:
    """The chosen payers, those that pay most if there are too many to tell apart."""
    names = profile.plan.event.names
    if selection.steps is None:
        totals = selection.totals(profile)
        found = [(f"{payer} {names[payer]}" if payer in names else payer, curve) for payer, curve in totals.items()]
    else:
        parts = selection.under(profile).items()
        found = [(f"{payer} under {turn_in_words(step, segment)}", curve) for (step, segment, payer), curve in parts]
    return sorted(found, key=lambda row: -max(knot.after for knot in row[1]))[:_MOST_LINES]


def _short(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
