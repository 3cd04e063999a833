"""A profile as JSON and CSV, with every breakpoint exact."""

import csv
import json
from collections.abc import Iterator
from io import StringIO

from rulelang.base.decimals import exact_amount, exact_text
from rulelang.document.cells import safe_cell
from rulelang.profiles.curves import Curve, curves, uncovered
from rulelang.profiles.profile import Profile
from rulelang.profiles.selection import Selection
from rulelang.profiles.to_dict import to_dict


def as_json(profile: Profile, selection: Selection) -> str:
    """The profile as JSON, indented, with a line end."""
    return json.dumps(to_dict(profile, selection), indent=2, ensure_ascii=False) + "\n"


def as_csv(profile: Profile, selection: Selection) -> str:
    """A row for each breakpoint of each step, each payer, each payer under each step, and of the uncovered loss."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["curve", "tranche", "segment", "payer", "at", "before", "value", "after", "slope", "currency"])
    currency = profile.plan.program.currency
    for head, curve in _rows(profile, selection):
        for knot in curve:
            amounts = [exact_amount(amount, currency) for amount in knot[:4]]
            writer.writerow([*head, *amounts, exact_text(knot.slope), currency.code])
    return out.getvalue()


def _rows(profile: Profile, selection: Selection) -> Iterator[tuple[list[str], Curve]]:
    for (step, segment), curve in selection.turns(profile).items():
        yield ["step", step, segment or "", ""], curve
    for payer, curve in selection.totals(profile).items():
        yield ["payer", "", "", safe_cell(payer)], curve
    for (step, segment, payer), curve in selection.under(profile).items():
        yield ["payer under step", step, segment or "", safe_cell(payer)], curve
    yield ["uncovered", "", "", ""], curves(profile, uncovered)["uncovered"]
