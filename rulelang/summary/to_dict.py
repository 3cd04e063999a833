"""Summaries as plain values, described by their schemas; amounts are decimals as text, means exact fractions too."""

from fractions import Fraction

from rulelang.base.money import Currency, Exact
from rulelang.document.cells import cut_off
from rulelang.document.write import Plain
from rulelang.summary.depth import NO_LOSS
from rulelang.summary.difference_figures import DifferenceFigures, Extreme
from rulelang.summary.figures import Figures, Line
from rulelang.summary.grids import step_lines
from rulelang.summary.source import About


def summary_to_dict(summary: Figures) -> Plain:
    """The summary as plain values, described by ``schemas/summary.schema.json``; amounts are decimals as text."""
    about = summary.about
    return {
        "rulebook": {"title": about.rulebook, "version": about.version},
        "event": _event(about),
        "currency": summary.currency.code,
        "scenarios": summary.scenarios,
        "rejected": about.rejected,
        "levels": [level.text for level in summary.levels],
        "outcomes": [{"outcome": name, "scenarios": number} for name, number in summary.outcomes.items()],
        "depths": [
            {
                "step": None if depth.step == NO_LOSS else depth.step,
                "scenarios": depth.scenarios,
                "loss": summary.currency.plain(depth.loss),
            }
            for depth in summary.depths.depths
        ],
        "loss": _line(summary, summary.loss),
        "uncovered": _line(summary, summary.uncovered),
        "steps": [{"step": line.name, "segment": line.segment, **_line(summary, line)} for line in step_lines(summary)],
        "payers": [
            {"payer": line.name, "step": line.segment, **_line(summary, line)}
            for line in (*summary.payers, *summary.shares)
        ],
        "sets": None
        if summary.sets is None
        else [
            {
                "defaulting": list(one.members),
                "scenarios": one.scenarios,
                "uncovered_in": one.reached,
                "mean": exact_amount(summary.currency, one.mean),
                "largest": summary.currency.plain(one.most),
                "scenario": one.scenario,
                "command": one.command(summary.arguments),
            }
            for one in summary.sets
        ],
    }


def _event(about: About) -> Plain:
    return {"title": about.event, **({} if about.exercise is None else {"exercise": about.exercise})}


def _line(summary: Figures, line: Line) -> Plain:
    amount, show = line.amount, summary.currency.plain
    return {
        "reached": amount.reached,
        "total": show(amount.total),
        "mean": exact_amount(summary.currency, amount.mean),
        "mean_reached": None if amount.mean_reached is None else exact_amount(summary.currency, amount.mean_reached),
        "smallest": show(amount.least),
        "largest": show(amount.most),
        "quantiles": [
            {"level": level.text, "amount": show(amount.quantiles[level])} for level in summary.levels if amount.count
        ],
        "expected_shortfalls": [
            {"level": level.text, **exact_amount(summary.currency, amount.shortfalls[level])}
            for level in summary.levels
            if amount.count
        ],
        "worst": None
        if line.command is None
        else {"scenario": line.scenario, "defaulting": list(line.defaulting), "command": line.command},
    }


def exact_amount(currency: Currency, amount: Exact) -> dict[str, str]:
    """An amount cut off to the minor unit, and exactly, as a fraction of the major unit."""
    return {"amount": currency.plain(cut_off(amount)), "exact": str(Fraction(amount) / 10**currency.decimals)}


def differences_to_dict(found: DifferenceFigures) -> Plain:
    """The differences as plain values, described by ``schemas/differences.schema.json``."""
    show = found.currency.plain

    def extreme(each: Extreme | None) -> dict[str, str] | None:
        if each is None:
            return None
        return {"amount": show(each.amount), "scenario": each.scenario, "new": each.new, "old": each.old}

    return {
        "rulebook": {"title": found.about.rulebook, "version": found.about.version},
        "against": found.about.old,
        "event": _event(found.about),
        "currency": found.currency.code,
        "scenarios": found.scenarios,
        "rejected": found.about.rejected,
        "differing": found.differing,
        "differences": [
            {
                "kind": line.kind,
                "name": line.name,
                "more_in": line.amount.above,
                "less_in": line.amount.reached - line.amount.above,
                "total": show(line.amount.total),
                "mean": exact_amount(found.currency, line.amount.mean),
                "most_more": extreme(line.more),
                "most_less": extreme(line.less),
            }
            for line in found.lines
        ],
    }
