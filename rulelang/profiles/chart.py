"""A profile as a picture: what each step draws, stacked, with the uncovered loss on top; or a line for each payer."""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from rulelang.base.money import Exact
from rulelang.base.render import visible
from rulelang.document.drawing import BESIDE, Axes, Style, label_of, numbers_of, picture, scale_of, short
from rulelang.model.result_columns import UNCOVERED
from rulelang.profiles.curves import Curve, uncovered_curve
from rulelang.profiles.profile import Profile
from rulelang.profiles.selection import Selection, is_nothing
from rulelang.profiles.words import turn_in_words

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
_HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---", "ooo", "|||")
_DASHES: tuple[Style, ...] = ("-", "--", "-.", ":", (0, (6, 2, 1, 2, 1, 2)), (0, (1, 2)), (0, (8, 3)), (0, (3, 1)))
_LONGEST, _LONGEST_TITLE = 36, 90
_MOST_LINES = 24


def draw(profile: Profile, selection: Selection, form: str) -> bytes:
    """The picture as ``png`` or ``svg``; the same profile gives the same bytes.

    Raises:
        ReadError: Matplotlib is not installed (the extra ``rulelang[chart]`` brings it).
    """
    settings = {"svg.hashsalt": "rulelang", "hatch.linewidth": 1 / 2}
    return picture(form, (9, 5), settings, lambda figure: _Picture.of(profile, selection).draw(figure.add_subplot()))


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
        highest = end if stacked else max((knot.after for _, curve in rows for knot in curve), default=0)
        if stacked and profile.variable.foreign is not None:  # its values say nothing of how high the stack is
            places = sorted({knot.at for _, curve in rows for knot in curve if knot.at < end} | {end})
            highest = max(map(sum, zip(*(_both_sides(curve, places) for _, curve in rows), strict=True)))
        across, up = scale_of(profile.variable.currency, end), scale_of(profile.currency, highest)
        return cls(profile, stacked, rows, end, across, up)

    def draw(self, axes: Axes) -> None:
        """Draw it on the axes of the library."""
        height = self._areas(axes) if self.stacked else self._payer_lines(axes)
        profile, moved = self.profile, self.profile.variable.words
        what = f"{moved[0].upper()}{moved[1:]}"
        axes.set_xlabel(visible(label_of(profile.variable.currency, what, self.across)))
        axes.set_ylabel(label_of(profile.currency, "Paid", self.up))
        title = f"{profile.plan.program.title}: {profile.plan.event.heading}"
        axes.set_title(short(title, _LONGEST_TITLE), loc="left")
        axes.set_xlim(*self._places([profile.start, self.end]))
        axes.set_ylim(0, self._amounts([max(height, 1)])[0] * 21 / 20)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", linewidth=1 / 2, alpha=1 / 3)
        handles, labels = axes.get_legend_handles_labels()
        if handles:
            axes.legend(handles[::-1], labels[::-1], **BESIDE)

    def _areas(self, axes: Axes) -> Exact:
        """Stacked areas, the first step lowest; gives the height of the stack."""
        places = sorted({knot.at for _, curve in self.rows for knot in curve if knot.at < self.end} | {self.end})
        across = self._places([t for t in places for _ in range(2)])
        below: list[Exact] = [0] * len(across)
        for number, (label, curve) in enumerate(self.rows):
            above = [amount + under for amount, under in zip(_both_sides(curve, places), below, strict=True)]
            last = self.rows[number][0] == UNCOVERED
            axes.fill_between(
                across,
                self._amounts(below),
                self._amounts(above),
                label=short(label, _LONGEST),
                facecolor="#FFFFFF" if last else _COLOURS[number % len(_COLOURS)],
                hatch="////" if last else _HATCHES[(number + number // len(_COLOURS)) % len(_HATCHES)],
                edgecolor="#333333",
                linewidth=1 / 2,
            )
            below = above
        return max(below)

    def _payer_lines(self, axes: Axes) -> Exact:
        """A line for each payer; gives the largest amount."""
        highest: Exact = 0
        for number, (label, curve) in enumerate(self.rows):
            places = sorted({knot.at for knot in curve if knot.at < self.end} | {self.end})
            amounts = _both_sides(curve, places)
            highest = max(highest, *amounts)
            axes.plot(
                self._places([t for t in places for _ in range(2)]),
                self._amounts(amounts),
                label=short(label, _LONGEST),
                color=_COLOURS[number % len(_COLOURS)],
                linestyle=_DASHES[(number + number // len(_COLOURS)) % len(_DASHES)],
                linewidth=3 / 2,
            )
        return highest

    def _places(self, values: Sequence[Exact]) -> list[float]:
        """Values of what varies, in the unit of their axis."""
        return numbers_of(self.profile.variable.currency, values, self.across)

    def _amounts(self, amounts: Sequence[Exact]) -> list[float]:
        """Amounts that are paid, in the unit of their axis."""
        return numbers_of(self.profile.currency, amounts, self.up)


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
        found.append((UNCOVERED, uncovered_curve(profile)))
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
